"""The toy's signal: eight cells that the user sets and shifts, and their values before the move."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from viz.chapters.pooling.measure.changes import Array, shifted_signal
from viz.nets.pooling import Pooling, pool_1d

CELLS = 8
START = (0.0, 1.0, *(0.0,) * (CELLS - 2))
"""The lecture's own: [0 1 0 0 …]."""

STEP = 0.25
"""Cells that the pattern moves by; whole ones are among them."""

VALUE_STEP = 0.05


def windows_of(cell: int, pooling: Pooling) -> range:
    """Return the numbers of the windows that hold a cell; none for one beyond the signal's ends."""
    first = -((pooling.reach - 1 - cell) // pooling.stride)
    last = min(cell // pooling.stride, pooling.outputs(CELLS) - 1)
    return range(max(0, first), last + 1)


def _listed(values: Array) -> list[float]:
    return [round(float(value), 4) for value in values]


def _signal_in(values: object) -> Array | None:
    """Return the signal, (CELLS,), if this is one."""
    if not isinstance(values, list) or len(values) != CELLS:
        return None
    if not all(isinstance(value, (int, float)) and 0 <= value <= 1 for value in values):
        return None
    return np.array(values, np.float32)


def _shift_in(value: object) -> float:
    """Return cells, at most out of sight; 0 if this is no number of them."""
    fits = type(value) in (int, float) and -CELLS <= value <= CELLS  # type: ignore[operator]
    return float(value) if fits else 0.0  # type: ignore[arg-type]


class ToySignal:
    """A pattern and how far it is shifted; ``rest`` is the signal where the last move began."""

    def __init__(self) -> None:
        self._pattern: Array = np.array(START, np.float32)
        self.shift = 0.0
        self.rest: Array = self._pattern
        self._rest_shift = 0.0

    @property
    def values(self) -> Array:
        """The signal, (CELLS,) float32 in 0 … 1."""
        return shifted_signal(self._pattern, self.shift)

    @property
    def moved(self) -> float:
        """Cells that the pattern moved since the move began."""
        return self.shift - self._rest_shift

    @property
    def middle(self) -> float:
        """The pattern's centre of mass in cells, 0 … CELLS; CELLS / 2 for a blank pattern."""
        total, centre = float(self._pattern.sum()), CELLS / 2
        if total > 0:
            centre = float(self._pattern @ np.arange(CELLS)) / total + 0.5
        return min(max(centre + self.shift, 0.0), float(CELLS))

    def changes(self, pooling: Pooling) -> tuple[float, float]:
        """Return how far signal and pooled signal are, as Euclidean distances, from where the move
        began."""
        now = self.values
        pooled = pool_1d(now, pooling) - pool_1d(self.rest, pooling)
        return float(np.linalg.norm(now - self.rest)), float(np.linalg.norm(pooled))

    def crossed(self, pooling: Pooling) -> bool:
        """Tell whether a value of the pattern, or a part of it, came into a window or left one
        since the move began. If not, each window holds the same values, after whole moves in other
        places."""
        whole = self.moved % 1 == 0
        return any(
            old != new if whole else len({*old, *new}) > 1 for old, new in self._windows(pooling)
        )

    def seen(self, pooling: Pooling) -> bool:
        """Tell whether any window holds something of the pattern, now or where the move began."""
        return any(len(one) for old, new in self._windows(pooling) for one in (*old, *new))

    def _windows(self, pooling: Pooling) -> list[tuple[list[range], list[range]]]:
        """Return for each value the windows of the one or two cells where it lies, then and now."""

        def lying(place: float) -> list[range]:
            return [windows_of(end, pooling) for end in (math.floor(place), math.ceil(place))]

        return [
            (lying(cell + self._rest_shift), lying(cell + self.shift))
            for cell in np.flatnonzero(self._pattern).tolist()
        ]

    def state(self) -> dict[str, Any]:
        """Return the pattern as ``signal``, its shift, and what they were when the last move
        began."""
        return {
            "signal": _listed(self._pattern),
            "shift": self.shift,
            "rest": _listed(self.rest),
            "rest_shift": self._rest_shift,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take a state back, as far as it makes sense; without a ``rest`` it is at rest."""
        pattern, rest = (_signal_in(state.get(name)) for name in ("signal", "rest"))
        if pattern is None:
            return
        shift, rest_shift = (_shift_in(state.get(name)) for name in ("shift", "rest_shift"))
        self._pattern, self.shift = pattern, shift
        self.begin()
        if rest is not None:
            self.rest, self._rest_shift = rest, rest_shift

    def begin(self) -> None:
        """Count changes from here on."""
        self.rest, self._rest_shift = self.values, self.shift

    def set(self, values: Sequence[float]) -> None:
        """Take another signal, at rest."""
        self._pattern, self.shift = np.clip(np.array(values, np.float32), 0, 1), 0.0
        self.begin()

    def fix(self) -> None:
        """Take the signal as it is for the pattern, before a value of it is set."""
        self._pattern, self.shift = self.values, 0.0
        self.begin()

    def put(self, cell: int, value: float) -> None:
        """Set one value of the pattern, within 0 … 1."""
        pattern = self._pattern.copy()
        pattern[cell] = min(max(round(value, 2), 0.0), 1.0)
        self._pattern = pattern

    def move_to(self, shift: float) -> bool:
        """Shift the pattern by so many cells, at most out of sight; tell whether it moved."""
        before, self.shift = self.shift, min(max(shift, float(-CELLS)), float(CELLS))
        return self.shift != before
