"""Paths of the four methods down a surface, with or without the noise of batches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz.chapters.learning.measure.optimisers import METHODS, is_lost, no_memory, step
from viz.chapters.learning.measure.surfaces import Surface

Floats = NDArray[np.float64]

STEPS = 150


@dataclass(frozen=True, eq=False)
class Path:
    """``places`` (k + 1, 2) of k steps, the ``gradients`` (k, 2) that they followed, what was
    remembered (k + 1, 2, 2), and the ``losses`` (k + 1,) of all examples.

    k is less than was asked for where the steps grew beyond all bounds: then it ``is_lost``.
    """

    places: Floats
    gradients: Floats
    memories: Floats
    losses: Floats
    is_lost: bool

    @property
    def steps(self) -> int:
        """How many were made."""
        return len(self.gradients)


def follow(
    surface: Surface, method: str, start: Floats, rate: float, batch: int, seed: int,
    steps: int = STEPS,
) -> Path:  # fmt: skip
    """Go down from ``start`` (2,), each step by the mean gradient of ``batch`` examples, drawn
    without putting back; 0: of all of them."""
    rng = np.random.default_rng(seed)
    place = np.asarray(start, np.float64)
    memory, lost = no_memory(place), False
    places, gradients, memories = [place], [], [memory]
    for number in range(1, steps + 1):
        drawn = rng.choice(surface.count, batch, replace=False) if batch else None
        slope = surface.gradient(place, drawn)
        place, memory = step(method, place, slope, memory, rate, number)
        if is_lost(place):
            lost = True
            break
        places.append(place)
        gradients.append(slope)
        memories.append(memory)
    taken = np.array(places)
    slopes = np.array(gradients).reshape(-1, 2)
    return Path(taken, slopes, np.array(memories), surface.values(taken), lost)


def follow_all(
    surface: Surface, start: Floats, rate: float, batch: int, seed: int
) -> dict[str, Path]:
    """Follow all methods, with the same batches."""
    return {one: follow(surface, one, start, rate, batch, seed) for one in METHODS}
