"""Tiling: how the maps of a layer are laid out side by side, and shrunk if they must be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GAP = 2
"""The distance between two tiles, in device pixels."""

BROAD = 2.4
"""The width of a grid of maps that is best, in its heights."""

LONGEST = 4
"""How many times as many tiles as the other side of a grid one side may have."""


@dataclass(frozen=True)
class Plan:
    """How tiles are laid out: ``columns`` × ``rows`` of them, each ``height`` × ``width`` cells.

    A cell is one map pixel enlarged to ``zoom`` device pixels, or the average of ``shrink`` ×
    ``shrink`` map pixels; one of the two is 1. Tiles lie ``gap`` device pixels apart.
    """

    columns: int
    rows: int
    zoom: int
    shrink: int
    height: int
    width: int
    gap: int = GAP

    @property
    def cell(self) -> float:
        """Device pixels of a map pixel."""
        return self.zoom / self.shrink

    @property
    def pitch(self) -> tuple[int, int]:
        """(vertical, horizontal) distance between the corners of two tiles in device pixels."""
        return self.height * self.zoom + self.gap, self.width * self.zoom + self.gap

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of all tiles in device pixels."""
        down, right = self.pitch
        return self.rows * down - self.gap, self.columns * right - self.gap


def grid_columns(maps: int, height: int, width: int) -> int:
    """Return in how many columns ``maps`` tiles of height × width stand.

    Of the pairs of factors, columns × rows, the one whose grid is nearest to ``BROAD`` : 1, by the
    logarithm; a number with no pair of at most ``LONGEST`` : 1 is laid out nearly square, its last
    row short. So a map's place depends on the canvas's size alone.
    """
    counts = [n for n in range(1, maps + 1) if maps % n == 0]
    counts = [n for n in counts if max(n, maps // n) <= LONGEST * min(n, maps // n)]
    if not counts:
        side = int(np.ceil(np.sqrt(maps)))
        counts = [side, -(-maps // side)]

    def distance(columns: int) -> float:
        rows = -(-maps // columns)
        return float(abs(np.log(columns * width / (rows * height) / BROAD)))

    return min(counts, key=distance)


def tiled(maps: int, height: int, width: int, columns: int, cell: float, gap: int = GAP) -> Plan:
    """Return the plan of ``maps`` tiles of height × width map pixels with cells of this size in
    device pixels: a whole number, or one by a whole number."""
    zoom, shrink = max(1, int(cell)), max(1, round(1 / cell))
    size = max(1, height // shrink), max(1, width // shrink)
    return Plan(columns, -(-maps // columns), zoom, shrink, *size, gap)


def plan(
    maps: int,
    height: int,
    width: int,
    space: tuple[int, int],
    gap: int = GAP,
    columns: int | None = None,
) -> Plan:
    """Return the plan with the largest cells for ``maps`` tiles of height × width map pixels in
    ``space`` (height, width) device pixels; in any number of columns if none is given, of those
    with the same cells the one with the fewest empty places, and then the squarest."""
    counts = np.arange(1, maps + 1) if columns is None else np.array([columns])
    rows = -(-maps // counts)
    room_h = (space[0] + gap) / rows - gap
    room_w = (space[1] + gap) / counts - gap
    zoom = np.floor(np.minimum(room_h / height, room_w / width)).astype(int)
    # The least k with height // k and width // k cells in the room
    cells_h, cells_w = (np.maximum(np.floor(room), 1) for room in (room_h, room_w))
    shrink = 1 + np.floor(np.maximum(height / (cells_h + 1), width / (cells_w + 1)))
    shrink[(room_h < 1) | (room_w < 1)] = np.inf
    cell = np.where(zoom >= 1, zoom, 1 / shrink)
    squareness = np.abs(rows * height - counts * width)
    best = int(np.lexsort((squareness, rows * counts - maps, -cell))[0])
    if cell[best] == 0:  # no room at all: one cell each
        return Plan(int(counts[best]), int(rows[best]), 1, max(height, width), 1, 1, gap)
    return tiled(maps, height, width, int(counts[best]), float(cell[best]), gap)


def averaged(values: NDArray[np.float32], layout: Plan) -> NDArray[np.float32]:
    """Return maps shrunk by averaging shrink × shrink blocks; a remainder at the border is left
    out."""
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
