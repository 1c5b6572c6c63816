"""Tiling: how the maps of a layer are laid out side by side, and shrunk if they must be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GAP = 2
"""The least distance between two tiles, in device pixels."""
WIDEST_GAP = 8


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


def plan(maps: int, height: int, width: int, space: tuple[int, int]) -> Plan:
    """The layout with the largest cells for ``maps`` tiles of height × width map pixels in
    ``space`` (height, width) device pixels; among equals the one with the fewest empty places."""
    columns = np.arange(1, maps + 1)
    rows = -(-maps // columns)
    room_h = (space[0] + GAP) / rows - GAP
    room_w = (space[1] + GAP) / columns - GAP
    zoom = np.floor(np.minimum(room_h / height, room_w / width)).astype(int)
    with np.errstate(divide="ignore"):
        shrink = np.ceil(np.maximum(height / room_h, width / room_w))
    shrink[(room_h < 1) | (room_w < 1)] = np.inf
    cell = np.where(zoom >= 1, zoom, 1 / shrink)
    squareness = np.abs(rows * height - columns * width)
    best = int(np.lexsort((squareness, rows * columns - maps, -cell))[0])
    if cell[best] == 0:  # no room at all: one cell each
        return Plan(maps, 1, 1, max(height, width), 1, 1)
    z = max(1, int(zoom[best]))
    s = 1 if zoom[best] >= 1 else int(shrink[best])
    r, c = int(rows[best]), int(columns[best])
    h, w = max(1, height // s), max(1, width // s)
    return Plan(c, r, z, s, h, w, (_gap(r, h * z, space[0]), _gap(c, w * z, space[1])))


def _gap(count: int, size: int, space: int) -> int:
    if count == 1:
        return GAP
    return max(GAP, min(WIDEST_GAP, (space - count * size) // (count - 1)))


def best_split(
    shapes: tuple[tuple[int, int, int], ...], space: tuple[int, int]
) -> tuple[float, float]:
    """Where to divide ``space`` (height, width) for four mosaics in a 2×2 grid.

    ``shapes`` are (maps, height, width) of the upper left, upper right, lower left and lower
    right. Returns (share of the height for the upper row, of the width for the left column) that
    cover most of the space with maps, the smallest zoom counting most.
    """
    upper_left, upper_right, lower_left, lower_right = shapes
    best, best_key = (0.65, 0.65), (-1.0, -1.0)
    for up in np.linspace(0.5, 0.8, 13):
        for left in np.linspace(0.5, 0.76, 14):
            covered, smallest = 0.0, np.inf
            for shape, part in (
                (upper_left, (up, left)),
                (upper_right, (up, 1 - left)),
                (lower_left, (1 - up, left)),
                (lower_right, (1 - up, 1 - left)),
            ):
                cell = _cell(*shape, int(space[0] * part[0]) - 24, int(space[1] * part[1]) - 8)
                covered += shape[0] * shape[1] * shape[2] * cell**2
                smallest = min(smallest, cell)
            key = (min(smallest, 2.0), covered)
            if key > best_key:
                best, best_key = (float(up), float(left)), key
    return best


def _cell(maps: int, height: int, width: int, space_h: int, space_w: int) -> float:
    """The size of a cell in device pixels that ``plan`` would reach, without numpy's overhead."""
    best = 0.0
    for rows in range(1, maps + 1):
        columns = -(-maps // rows)
        room = min(
            ((space_h + GAP) / rows - GAP) / height, ((space_w + GAP) / columns - GAP) / width
        )
        if room < best:
            continue
        if room >= 1:
            best = max(best, float(int(room)))
        elif room > 0:
            best = max(best, 1 / -(-1 // room))
    return best


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
