"""Recent units: which maps have conjunction units, or had some until a moment ago.

From one look to the next, while a stroke moves, half of the units are other ones, and a map that
has one now may have none a fifth of a second later and one again after that. Which maps had one
within the last second changes far less, and a map that has come stays that long, so that one can
look at it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

SECOND = 1.0
"""How long a map without units is kept, in seconds."""


class RecentUnits:
    """Keeps which maps to show, and when the next one goes."""

    def __init__(self) -> None:
        self._now: frozenset[tuple[str, int]] = frozenset()
        self._until: dict[tuple[str, int], float] = {}

    def see(self, units: Mapping[str, NDArray[np.intp]], now: float) -> None:
        """Take the units that there are at ``now`` (seconds): (N, 3) map, row, column by layer."""
        found = frozenset(
            (layer, number) for layer, places in units.items() for number in places[:, 0].tolist()
        )
        for gone in self._now - found:
            self._until[gone] = now + SECOND
        for back in found & self._until.keys():
            del self._until[back]
        self._now = found

    @property
    def due(self) -> float | None:
        """When the next maps go; None if all that are shown have units."""
        return min(self._until.values(), default=None)

    def drop(self) -> None:
        """Drop the maps that go next."""
        due = self.due
        self._until = {one: until for one, until in self._until.items() if until != due}

    def maps(self) -> dict[str, tuple[int, ...]]:
        """Return the maps with present or recent units, by layer, ascending; omit empty layers."""
        kept: dict[str, list[int]] = {}
        for layer, number in sorted(self._now | self._until.keys()):
            kept.setdefault(layer, []).append(number)
        return {layer: tuple(numbers) for layer, numbers in kept.items()}
