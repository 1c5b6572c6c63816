"""Tiling: how the maps of a layer are laid out side by side, and shrunk if they must be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GAP = 2
"""The least distance between two tiles, in device pixels."""
WIDEST_GAP = 8
UNEVEN = 3
"""By how much the gaps of the two directions may differ."""


@dataclass(frozen=True)
class Plan:
    """How tiles are laid out: ``columns`` × ``rows`` of them, each ``height`` × ``width`` cells.

    A cell is one map pixel enlarged to ``zoom`` device pixels, or the average of ``shrink`` ×
    ``shrink`` map pixels; one of the two is 1. ``gaps`` (vertical, horizontal) spread the tiles
    over the space there is.
    """

    columns: int
    rows: int
    zoom: int
    shrink: int
    height: int
    width: int
    gaps: tuple[int, int] = (GAP, GAP)

    @property
    def pitch(self) -> tuple[int, int]:
        """(vertical, horizontal) distance between the corners of two tiles in device pixels."""
        return self.height * self.zoom + self.gaps[0], self.width * self.zoom + self.gaps[1]

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of all tiles in device pixels."""
        down, right = self.pitch
        return self.rows * down - self.gaps[0], self.columns * right - self.gaps[1]


@dataclass(frozen=True)
class Grid:
    """How a layer's tiles are to stand: in so many ``columns``, a map pixel no larger than
    ``cell`` device pixels."""

    columns: int
    cell: float


def plan(
    maps: int,
    height: int,
    width: int,
    space: tuple[int, int],
    least: int = GAP,
    grid: Grid | None = None,
) -> Plan:
    """The layout with the largest cells for ``maps`` tiles of height × width map pixels in
    ``space`` (height, width) device pixels, at least ``least`` apart; among equals the one with
    the fewest empty places. A ``grid`` leaves only the size of the cells open."""
    columns = np.arange(1, maps + 1) if grid is None else np.array([grid.columns])
    rows = -(-maps // columns)
    room_h = (space[0] + least) / rows - least
    room_w = (space[1] + least) / columns - least
    zoom = np.floor(np.minimum(room_h / height, room_w / width)).astype(int)
    with np.errstate(divide="ignore"):
        shrink = np.ceil(np.maximum(height / room_h, width / room_w))
    if grid is not None:
        zoom = np.minimum(zoom, int(grid.cell))
        shrink = np.maximum(shrink, np.ceil(1 / grid.cell - 1e-9))
    shrink[(room_h < 1) | (room_w < 1)] = np.inf
    cell = np.where(zoom >= 1, zoom, 1 / shrink)
    squareness = np.abs(rows * height - columns * width)
    best = int(np.lexsort((squareness, rows * columns - maps, -cell))[0])
    if cell[best] == 0:  # no room at all: one cell each
        return Plan(maps, 1, 1, max(height, width), 1, 1, (least, least))
    z = max(1, int(zoom[best]))
    s = 1 if zoom[best] >= 1 else int(shrink[best])
    r, c = int(rows[best]), int(columns[best])
    h, w = max(1, height // s), max(1, width // s)
    down, right = _gap(r, h * z, space[0], least), _gap(c, w * z, space[1], least)
    even = min(down, right) + UNEVEN
    return Plan(c, r, z, s, h, w, (min(down, even), min(right, even)))


def _gap(count: int, size: int, space: int, least: int) -> int:
    if count == 1:
        return least
    return max(least, min(WIDEST_GAP, (space - count * size) // (count - 1)))


def averaged(values: NDArray[np.float32], layout: Plan) -> NDArray[np.float32]:
    """Maps shrunk by averaging shrink × shrink blocks; a remainder at the border is left out."""
    k, height, width = layout.shrink, layout.height, layout.width
    part = values[:, : height * k, : width * k]
    if part.shape[1] < height * k or part.shape[2] < width * k:  # a map smaller than one block
        return part.mean((1, 2), keepdims=True)
    total = part[:, ::k, ::k].copy()
    for i in range(k):
        for j in range(k):
            if i or j:
                total += part[:, i::k, j::k]
    total /= k * k
    return total
