"""Signals of one variable, and one slid over the other: convolution and cross-correlation.

    convolution        (f ∗ g)(t) = ∫ f(τ) g(t − τ) dτ        g flipped, then slid to t
    cross-correlation  (f ⋆ g)(t) = ∫ f(τ) g(τ − t) dτ        g slid to t

With step Δ the integral is Δ times the sum over the middles of the steps, and t a multiple of Δ:
for boxes, which change at such multiples, that is exact. Signals are 0 outside ±``REACH``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

REACH = 4.0
"""Signals are 0 further from the middle than this."""

FINE, COARSE = 1 / 64, 1 / 2
"""The step of what counts as continuous, and of samples."""

SHAPES: dict[str, Callable[[Floats], Floats]] = {
    "box": lambda x: (np.abs(x) < 1).astype(float),
    "triangle": lambda x: np.maximum(0.0, 1 - np.abs(x)),
    "gaussian": lambda x: np.exp(-2 * x**2),
    "step": lambda x: (x > 0).astype(float),
    "ramp": lambda x: np.where((x > -1) & (x < 1), (x + 1) / 2, 0.0),
}
"""Of x in ±``REACH``; box and ramp reach from −1 to 1, the Gaussian has σ = ½, the step lasts to
the end. The ramp is not symmetric, so flipping it is seen."""

SPIKE, ROW, DRAWN = "spike", "row", "drawn"
"""A spike is one sample whose area is 1; a row is one of the canvas, stretched to ±``REACH``; what
is drawn has a value every ``DRAWN_STEP``, and straight lines between."""

DRAWN_STEP = 1 / 8

HIGHEST = 1.25
"""The largest value that can be drawn; only a spike goes beyond."""


def middles(step: float) -> Floats:
    """Return the middles of the steps from −``REACH`` to ``REACH``, ascending."""
    count = round(2 * REACH / step)
    return (np.arange(count) + 0.5) * step - REACH


def signal(
    shape: str, step: float, row: Floats | None = None, drawn: Sequence[float] = ()
) -> Floats:
    """Sample a shape of ``SHAPES``, ``SPIKE``, ``ROW`` or ``DRAWN`` at the middles of the steps.

    Raises ValueError for another name, for a row without values, and for a drawing that has not one
    in each step of ``DRAWN_STEP``.
    """
    places = middles(step)
    if shape == DRAWN:
        return np.interp(places, middles(DRAWN_STEP), drawn)
    if shape in SHAPES:
        return SHAPES[shape](places)
    if shape == SPIKE:
        values = np.zeros(len(places))
        values[len(places) // 2] = 1 / step
        return values
    if shape == ROW and row is not None and len(row):
        at = ((places + REACH) / (2 * REACH) * len(row)).astype(int)
        return np.asarray(row[np.clip(at, 0, len(row) - 1)])
    raise ValueError(f"there is no signal {shape!r}")


def drawn_values(value: object) -> tuple[float, ...]:
    """Return a drawing from a file. Raises ValueError for what is none."""
    count = len(middles(DRAWN_STEP))
    if not isinstance(value, (list, tuple)) or len(value) != count:
        raise ValueError(f"a drawing has {count} values")
    if not all(type(one) in (int, float) and 0 <= one <= HIGHEST for one in value):
        raise ValueError(f"values of a drawing lie from 0 to {HIGHEST}")
    return tuple(map(float, value))


def with_line(
    drawn: Sequence[float], start: tuple[float, float], end: tuple[float, float]
) -> tuple[float, ...]:
    """Draw a straight line between two points (x, value): what lay there before is replaced."""
    places, values = middles(DRAWN_STEP), np.array(drawn, float)
    (left, low), (right, high) = sorted((start, end))
    steps = np.floor((places + REACH) / DRAWN_STEP)
    first, last = (math.floor((x + REACH) / DRAWN_STEP) for x in (left, right))
    covered = (steps >= first) & (steps <= last)
    values[covered] = np.interp(places[covered], (left, right), (low, high))
    return tuple(np.round(np.clip(values, 0, HIGHEST), 3).tolist())


@dataclass(frozen=True, eq=False)
class Slid:
    """``f`` and ``g`` at the middles of steps of ``step``; ``flipped``: a convolution.

    ``t``, ascending multiples of the step from −2·``REACH`` to 2·``REACH``, and the ``result``.
    ``continuous``: of samples, the same at ``FINE`` steps.
    """

    f: Floats
    g: Floats
    step: float
    flipped: bool
    t: Floats
    result: Floats
    continuous: Slid | None = None

    def moved(self, t: float) -> Floats:
        """Return g slid to t, flipped if so, at the middles of the steps."""
        by = round(t / self.step)
        g = self.g[::-1] if self.flipped else self.g
        values = np.zeros(len(g))
        first, last = max(0, by), min(len(g), len(g) + by)
        if first < last:
            values[first:last] = g[first - by : last - by]
        return values

    def product(self, t: float) -> Floats:
        """Return f times the moved g, whose area is the result at t."""
        return self.f * self.moved(t)

    def at(self, t: float) -> float:
        """Return the result at the multiple of the step that is nearest to t."""
        place = min(max(round(t / self.step) + len(self.g), 0), len(self.result) - 1)
        return float(self.result[place])


def slide(f: Floats, g: Floats, step: float, *, flipped: bool) -> Slid:
    """Slide g over f; both sampled at ``middles(step)``."""
    other = g if flipped else g[::-1]
    result = np.zeros(len(f) + len(g) + 1)
    result[1:-1] = np.convolve(f, other) * step
    t = np.arange(-len(g), len(f) + 1) * step
    return Slid(f, g, step, flipped, t, result)
