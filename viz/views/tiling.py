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


def plan(maps: int, height: int, width: int, space: tuple[int, int], least: int = GAP) -> Plan:
    """The layout with the largest cells for ``maps`` tiles of height × width map pixels in
    ``space`` (height, width) device pixels, at least ``least`` apart; among equals the one with
    the fewest empty places."""
    columns = np.arange(1, maps + 1)
    rows = -(-maps // columns)
    room_h = (space[0] + least) / rows - least
    room_w = (space[1] + least) / columns - least
    zoom = np.floor(np.minimum(room_h / height, room_w / width)).astype(int)
    with np.errstate(divide="ignore"):
        shrink = np.ceil(np.maximum(height / room_h, width / room_w))
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


@dataclass(frozen=True)
class Split:
    """Two rows of two mosaics, in device pixels: heights of the rows, and the width of the left
    mosaic in each."""

    heights: tuple[int, int]
    lefts: tuple[int, int]


def best_split(
    shapes: tuple[tuple[int, int, int], ...],
    space: tuple[int, int],
    head: int,
    below: int,
    least: tuple[int, ...] = (0, 0, 0, 0),
) -> Split:
    """How to divide ``space`` (height, width) among four mosaics in two rows.

    ``shapes`` are (maps, height, width) of the upper left, upper right, lower left and lower
    right; each has ``head`` pixels of header, which is ``least`` pixels wide. What lies below them
    gets at least ``below`` pixels, and all that would not enlarge a cell. The smallest cell counts
    most, up to 2 pixels, then the geometric mean of the four, so that no layer grows at another's
    cost, and of those that are equal there the most even. What is left over of a row's width is
    shared.
    """
    heights = np.linspace(0.2, 0.8, 61) * (space[0] - below)
    widths = np.arange(0.2 * space[1] // 1, 0.8 * space[1])  # a pixel may make a cell larger
    rows = []
    for (left, right), (least_l, least_r) in zip(
        (shapes[:2], shapes[2:]), (least[:2], least[2:]), strict=True
    ):
        cell_l = cell_sizes(*left, heights - head, widths)
        cell_r = cell_sizes(*right, heights - head, space[1] - widths)
        smallest = np.minimum(np.minimum(cell_l, cell_r), 2.0)
        mean = np.log(cell_l) + np.log(cell_r)
        mean -= 1e-3 * np.abs(np.log(cell_l) - np.log(cell_r))
        value = smallest * 100 + mean
        fits = (widths >= least_l) & (space[1] - widths >= least_r)
        if fits.any():
            value[:, ~fits] = -np.inf
        equal = (value >= value.max(1, keepdims=True) - 1e-9).cumsum(1)
        best = (2 * equal >= equal[:, -1:]).argmax(1)  # the middle one of the equally good
        place = np.arange(len(heights)), best
        rows.append((smallest[place], mean[place], widths[best]))
    (small_u, mean_u, left_u), (small_l, mean_l, left_l) = rows
    total = heights[:, None] + heights[None]
    value = np.minimum(small_u[:, None], small_l) * 100 + (mean_u[:, None] + mean_l) - total * 1e-6
    value[total > space[0] - below + 1] = -np.inf
    up, low = np.unravel_index(int(value.argmax()), value.shape)
    return Split((int(heights[up]), int(heights[low])), (int(left_u[up]), int(left_l[low])))


def cell_sizes(
    maps: int, height: int, width: int, heights: NDArray[np.float64], widths: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The size of a cell that ``plan`` reaches for each of the heights and widths of the space,
    (heights, widths)."""
    columns = np.unique(-(-maps // np.arange(1, maps + 1)))
    rows = -(-maps // columns)  # the fewest with so many columns: others would only be smaller
    room = np.minimum(
        (((heights + GAP) / rows[:, None] - GAP) / height)[:, :, None],
        (((widths + GAP) / columns[:, None] - GAP) / width)[:, None, :],
    )
    largest = np.maximum(room.max(0), 1e-6)
    whole: NDArray[np.float64] = np.where(largest >= 1, np.floor(largest), 1 / np.ceil(1 / largest))
    return whole


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
