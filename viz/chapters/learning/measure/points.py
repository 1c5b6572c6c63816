"""Points of two classes in the plane, within ±1.5: rings, moons, spiral, XOR, or drawn ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SETS = ("rings", "moons", "spiral", "xor")
EACH = 40
"""Points of either class of a set."""

REACH = 1.5
"""The plane is shown from −1.5 to 1.5, both ways."""

MOST = 400
"""Points that can be drawn."""


@dataclass(frozen=True, eq=False)
class Points:
    """``places`` (n, 2) and ``classes`` (n,), 0.0 or 1.0."""

    places: Floats
    classes: Floats

    @property
    def is_teachable(self) -> bool:
        """Whether there are points of both classes."""
        return bool(len(self.classes)) and 0 < float(self.classes.mean()) < 1


def points(name: str) -> Points:
    """Make one of ``SETS``, always the same. Raises KeyError for another name."""
    rng = np.random.default_rng(9)
    along = (np.arange(EACH) + 0.5) / EACH
    if name == "rings":
        angle = 2 * math.pi * along
        inner = 0.35 * np.sqrt(rng.uniform(0, 1, EACH))
        outer = rng.normal(1.05, 0.08, EACH)
        pair = [_polar(inner, angle), _polar(outer, angle)]
    elif name == "moons":
        angle = math.pi * along
        upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], 1)
        pair = [0.8 * one + rng.normal(0, 0.06, (EACH, 2)) for one in (upper, -upper)]
    elif name == "spiral":
        radius, angle = 0.2 + 1.05 * along, 1.5 * math.pi * along
        arm = _polar(radius, angle)
        pair = [one + rng.normal(0, 0.03, (EACH, 2)) for one in (arm, -arm)]
    elif name == "xor":
        side = np.where(np.arange(EACH) % 2, 0.7, -0.7)
        pair = [np.stack([side, way * side], 1) + rng.normal(0, 0.18, (EACH, 2)) for way in (1, -1)]
    else:
        raise KeyError(name)
    return Points(np.concatenate(pair), np.repeat([0.0, 1.0], EACH))


def drawn_points(value: Any) -> tuple[tuple[float, float, int], ...]:
    """Check points (x, y, class) as a file has them. Raises ValueError for anything else."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MOST:
        raise ValueError(value)
    found = []
    for one in value:
        if not isinstance(one, Sequence) or isinstance(one, str) or len(one) != 3:
            raise ValueError(one)
        numbers = [part for part in one if isinstance(part, (int, float)) and part == part]
        if len(numbers) != 3 or any(isinstance(part, bool) for part in one):
            raise ValueError(one)
        x, y, kind = numbers
        if max(abs(x), abs(y)) > REACH or kind not in (0, 1):
            raise ValueError(one)
        found.append((float(x), float(y), int(kind)))
    return tuple(found)


def of_drawn(drawn: Sequence[tuple[float, float, int]]) -> Points:
    """Return drawn points as arrays."""
    table = np.array(drawn, np.float64).reshape(-1, 3)
    return Points(table[:, :2], table[:, 2])


def _polar(radius: Floats, angle: Floats) -> Floats:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
