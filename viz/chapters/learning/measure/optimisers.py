"""Optimisers: how gradient descent, momentum, RMSProp and Adam step, on arrays of any shape.

Momentum: B. Polyak 1964, v ← μv + g, x ← x − ηv. RMSProp: T. Tieleman, G. Hinton 2012,
s ← ρs + (1 − ρ)g², x ← x − ηg / (√s + ε). Adam: D. Kingma, J. Ba 2015, algorithm 1.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

METHODS = ("descent", "momentum", "rmsprop", "adam")

MOMENTUM = 0.9
DECAY = 0.9
BETAS = 0.9, 0.999
EPSILON = 1e-8


def no_memory(place: Floats) -> Floats:
    """Return what a method remembers before its first step: zeros (2, …)."""
    return np.zeros((2, *place.shape))


def step(
    method: str, place: Floats, gradient: Floats, memory: Floats, rate: float, number: int
) -> tuple[Floats, Floats]:
    """Make step ``number``, from 1 on; return the new place and memory.

    ``memory`` (2, …): the velocity of momentum or Adam's first moment, and the mean of squares.
    Raises KeyError for a method that is none of ``METHODS``.
    """
    first, second = memory
    if method == "descent":
        return place - rate * gradient, memory
    if method == "momentum":
        first = MOMENTUM * first + gradient
        return place - rate * first, np.stack([first, second])
    if method == "rmsprop":
        second = DECAY * second + (1 - DECAY) * gradient**2
        return place - rate * gradient / (np.sqrt(second) + EPSILON), np.stack([first, second])
    if method != "adam":
        raise KeyError(method)
    first = BETAS[0] * first + (1 - BETAS[0]) * gradient
    second = BETAS[1] * second + (1 - BETAS[1]) * gradient**2
    mean, square = first / (1 - BETAS[0] ** number), second / (1 - BETAS[1] ** number)
    return place - rate * mean / (np.sqrt(square) + EPSILON), np.stack([first, second])


def is_lost(place: Floats) -> bool:
    """Tell whether steps were so large that the numbers no longer mean anything."""
    return not math.isfinite(float(np.abs(place).max())) or float(np.abs(place).max()) > 1e6
