"""Surfaces to go down on: formulas in two variables, and a slice of a network's real loss.

Each is the mean of the losses of many examples, so that batches can be drawn from them: those of a
formula differ from it by a random slope each, which together are 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]

FORMULAS = ("bowl", "ravine", "saddle", "minima")
REACH = 2.0
"""A formula's surface is shown from −2 to 2, both ways."""

EXAMPLES = 64
"""Of a formula's surface."""

NOISE = 1.5
"""Standard deviation of the slopes by which these differ, each way."""

CELLS = 64
"""Cells of a picture of a surface, each way."""

LEVELS = 14


class Surface(Protocol):
    """A loss over (x, y) that is the mean over ``count`` examples; ``reach``: how far from 0."""

    @property
    def reach(self) -> float: ...

    @property
    def count(self) -> int: ...

    def values(self, places: Floats) -> Floats:
        """Return the loss (…) at places (…, 2)."""

    def gradient(self, place: Floats, batch: Numbers | None = None) -> Floats:
        """Return its slope (2,) at a place (2,), or that of the mean over some examples."""


@cache
def _slopes() -> Floats:
    drawn = np.random.default_rng(4).normal(0, NOISE, (EXAMPLES, 2))
    return np.asarray(drawn - drawn.mean(0))


@dataclass(frozen=True, eq=False)
class Formula:
    """One of ``FORMULAS``."""

    name: str
    reach: float = REACH
    count: int = EXAMPLES
    slopes: Floats = field(default_factory=_slopes)

    def values(self, places: Floats) -> Floats:
        x, y = places[..., 0], places[..., 1]
        if self.name == "bowl":
            return np.asarray((x**2 + y**2) / 2)
        if self.name == "ravine":
            return np.asarray((0.1 * x**2 + 10 * y**2) / 2)
        if self.name == "saddle":
            return np.asarray(x**2 / 2 - y**2 / 2 + y**4 / 4)
        # Styblinski and Tang 1990, at twice the place, by a hundredth
        each = (16 * places**4 - 64 * places**2 + 10 * places) / 100
        return np.asarray(each.sum(-1))

    def gradient(self, place: Floats, batch: Numbers | None = None) -> Floats:
        x, y = place
        if self.name == "bowl":
            slope = np.array([x, y])
        elif self.name == "ravine":
            slope = np.array([0.1 * x, 10 * y])
        elif self.name == "saddle":
            slope = np.array([x, y**3 - y])
        else:
            slope = (64 * place**3 - 128 * place + 10) / 100
        return slope if batch is None else slope + self.slopes[batch].mean(0)


@dataclass(frozen=True, eq=False)
class Slice:
    """Losses ``each`` (examples, n, n) on a grid from −reach to reach, rows upwards, and between
    its points the cubic through the four nearest each way (R. Keys 1981)."""

    each: Floats
    reach: float = 1.0

    @property
    def count(self) -> int:
        return len(self.each)

    @property
    def mean(self) -> Floats:
        """The loss (n, n) on the grid."""
        return np.asarray(self.each.mean(0))

    def values(self, places: Floats) -> Floats:
        flat = np.asarray(places, np.float64).reshape(-1, 2)
        mean = self.mean
        rows, up, _ = self._weights(flat[:, 1])
        columns, across, _ = self._weights(flat[:, 0])
        near = mean[rows[:, :, None], columns[:, None, :]]
        found = np.einsum("pr,prc,pc->p", up, near, across)
        return np.asarray(found.reshape(places.shape[:-1]))

    def gradient(self, place: Floats, batch: Numbers | None = None) -> Floats:
        rows, up, steep = self._weights(place[1:])
        columns, across, aslant = self._weights(place[:1])
        near = (self.each if batch is None else self.each[batch])[:, rows[0]][:, :, columns[0]]
        near = near.mean(0)
        return np.array([up[0] @ near @ aslant[0], steep[0] @ near @ across[0]])

    def _weights(self, at: Floats) -> tuple[Numbers, Floats, Floats]:
        """The four points of the grid that count at a place (p,), the weights (p, 4) of their
        values, and of these the derivatives. Beyond the grid it goes on as at its edge."""
        last = self.each.shape[1] - 1
        scale = last / (2 * self.reach)
        inside = np.clip(at, -self.reach, self.reach)
        place = (inside + self.reach) * scale
        first = np.clip(place.astype(np.intp), 0, last - 1)
        t = (place - first)[:, None]
        powers, slopes = t ** np.arange(4), np.concatenate([0 * t, t**0, 2 * t, 3 * t**2], 1)
        nodes = np.clip(first[:, None] + np.arange(-1, 3), 0, last)
        return nodes, powers @ _KEYS, np.where((inside == at)[:, None], slopes @ _KEYS * scale, 0)


_KEYS = np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]]) / 2
"""Rows: powers of t; columns: the four points."""


def field_of(surface: Surface, cells: int = CELLS) -> Floats:
    """Return the loss (cells + 1, cells + 1) at points from −reach to reach, rows upwards."""
    at = np.linspace(-surface.reach, surface.reach, cells + 1)
    return surface.values(np.stack(np.meshgrid(at, at), -1))


def levels(values: Floats) -> Floats:
    """Return the heights of contour lines, dense near the lowest value: squares, equally apart."""
    low, high = float(values.min()), float(values.max())
    return np.asarray(low + (high - low) * ((np.arange(LEVELS) + 0.5) / LEVELS) ** 2)


def contours(values: Floats, heights: Floats, reach: float) -> tuple[Floats, Floats]:
    """Return the x and the y of contour lines over a square from −reach to reach: pairs of points,
    NaN between. ``values`` (n, n), rows upwards, are taken as flat on triangles."""
    side = len(values)
    at = np.linspace(-reach, reach, side)
    y, x = np.meshgrid(at, at, indexing="ij")
    corners = np.stack([x, y, values], -1)
    a, b = corners[:-1, :-1].reshape(-1, 3), corners[:-1, 1:].reshape(-1, 3)
    c, d = corners[1:, 1:].reshape(-1, 3), corners[1:, :-1].reshape(-1, 3)
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    pieces = [_cuts(triangles, float(height)) for height in heights]
    joined = np.concatenate(pieces) if pieces else np.empty((0, 2, 2))
    broken = np.concatenate([joined, np.full((len(joined), 1, 2), np.nan)], 1).reshape(-1, 2)
    return broken[:, 0], broken[:, 1]


def _cuts(triangles: Floats, height: float) -> Floats:
    """The segments (k, 2, 2) in which triangles (m, 3, 3) of x, y, value are at a height."""
    above = triangles[:, :, 2] > height
    mixed = triangles[(above.sum(1) % 3) != 0]
    above = mixed[:, :, 2] > height
    # The corner that is alone on its side, and the two others
    alone = np.where(above.sum(1) == 1, above.argmax(1), (~above).argmax(1))
    rows = np.arange(len(mixed))
    tip = mixed[rows, alone]
    ends = []
    for turn in (1, 2):
        other = mixed[rows, (alone + turn) % 3]
        share = (height - tip[:, 2]) / (other[:, 2] - tip[:, 2])
        ends.append(tip[:, :2] + share[:, None] * (other[:, :2] - tip[:, :2]))
    return np.stack(ends, 1)
