"""Dividing: how the maps of four layers share one place: their grids, their zooms, their rows.

C1 and S2 stand above C3 and S4. A layer's grid is chosen once for all the heights that the place
may have, so that a map stays where it is when a chapter or a panel takes room: then everything is
scaled, and nothing is tiled anew. A pooled map is never drawn larger than the map it pools.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viz.views.maps.tiling import GAP, Grid

Shapes = tuple[tuple[int, int, int], ...]
"""(maps, height, width) of the upper left, upper right, lower left and lower right layer."""

Four = tuple[int, int, int, int]

SPAN = 4.0
"""How far a cell may be from the one that would fill the place evenly, as a factor."""


@dataclass(frozen=True)
class Division:
    """In device pixels: the ``heights`` of the tiles of the two rows, the width of the left layer
    in each (``lefts``); and the grid of each layer."""

    heights: tuple[int, int]
    lefts: tuple[int, int]
    grids: tuple[Grid, ...]

    @property
    def smallest(self) -> float:
        """The size of the smallest cell."""
        return min(grid.cell for grid in self.grids)


@dataclass(frozen=True)
class _Row:
    """Every way to lay out two layers side by side; arrays of one length."""

    columns: NDArray[np.intp]
    """(N, 2)"""
    cells: NDArray[np.float64]
    """(N, 2)"""
    widths: NDArray[np.intp]
    """(N, 2) that the layers take, tiles or head."""
    height: NDArray[np.intp]
    worth: NDArray[np.float64]


def worth(cell: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a cell of this size is worth: twice as large is as much more for each layer, but one of
    less than two pixels costs dearly, so that none grows at another's cost."""
    value: NDArray[np.float64] = np.log(cell) - 2 * np.maximum(1 / cell - 0.5, 0)
    return value


@lru_cache(maxsize=64)
def columns(shapes: Shapes, width: int, heights: tuple[int, ...], least: Four) -> Four:
    """The columns of each layer that serve best in places of this width and all these heights,
    heads not counted; a height counts as often as it is named. ``least``: the heads' widths."""
    upper, lower = _rows(shapes, width, max(heights), least, None)
    (upper_grids, upper_of), (lower_grids, lower_of) = (
        np.unique(row.columns, axis=0, return_inverse=True) for row in (upper, lower)
    )
    high, low = (
        _best_within(row, of.reshape(-1), max(heights))
        for row, of in ((upper, upper_of), (lower, lower_of))
    )
    total = np.zeros((len(upper_grids), len(lower_grids)))
    for height, times in Counter(heights).items():
        best = np.full(total.shape, -np.inf)
        for step in np.unique(upper.height[upper.height <= height]):  # between them nothing changes
            np.maximum(best, high[:, step, None] + low[:, height - step], out=best)
        total += times * best
    one, two = np.unravel_index(int(total.argmax()), total.shape)
    (first, second), (third, fourth) = upper_grids[one], lower_grids[two]
    return int(first), int(second), int(third), int(fourth)


def _best_within(row: _Row, grid: NDArray[np.intp], height: int) -> NDArray[np.float64]:
    """The most that each grid is worth in each height up to this: (grids, height + 1)."""
    table = np.full((int(grid.max()) + 1, height + 1), -np.inf)
    np.maximum.at(table, (grid, row.height), row.worth)
    return np.maximum.accumulate(table, 1)


@lru_cache(maxsize=64)
def division(shapes: Shapes, width: int, height: int, least: Four, grid: Four) -> Division:
    """The division of a place with the largest cells for these grids; the heights and widths that
    enlarge no cell are left over below, and shared between left and right."""
    upper, lower = _rows(shapes, width, height, least, grid)
    value = upper.worth[:, None] + lower.worth
    taken = upper.height[:, None] + lower.height
    value[taken > height] = -np.inf
    up, low = np.unravel_index(int((value - 1e-6 * taken).argmax()), value.shape)
    lows = upper.widths[up, 0], lower.widths[low, 0]
    highs = width - upper.widths[up, 1], width - lower.widths[low, 1]
    if max(lows) <= min(highs):  # both rows are divided at the same place
        lefts = ((max(lows) + min(highs)) // 2,) * 2
    else:
        lefts = (lows[0] + highs[0]) // 2, (lows[1] + highs[1]) // 2
    one, two = int(lefts[0]), int(lefts[1])
    cells = (*upper.cells[up].tolist(), *lower.cells[low].tolist())
    heights = int(upper.height[up]), int(lower.height[low])
    layers = tuple(Grid(count, cell) for count, cell in zip(grid, cells, strict=True))
    return Division(heights, (one, two), layers)


def best_division(
    shapes: Shapes, width: int, height: int, usual: tuple[int, ...], least: Four
) -> Division:
    """The division of a place of this ``height``, in grids that serve in one of ``usual`` heights
    too, unless a unit would not even have a pixel in these and would in others."""
    kept = division(shapes, width, height, least, columns(shapes, width, usual, least))
    if kept.smallest >= 1:
        return kept
    own = division(shapes, width, height, least, columns(shapes, width, (height,), least))
    return own if own.smallest >= 1 else kept


def _rows(
    shapes: Shapes, width: int, height: int, least: Four, columns: Four | None
) -> tuple[_Row, _Row]:
    area = sum(maps * high * wide for maps, high, wide in shapes)
    middle = max(1e-3, np.sqrt(max(1, height) * max(1, width) / area))
    upper, lower = (
        _row(
            shapes[first : first + 2],
            (width, height),
            least[first : first + 2],
            middle,
            None if columns is None else columns[first : first + 2],
        )
        for first in (0, 2)
    )
    return upper, lower


def _row(
    shapes: Shapes,
    space: tuple[int, int],
    least: tuple[int, ...],
    middle: float,
    columns: tuple[int, ...] | None,
) -> _Row:
    """The ways that fit into a ``space`` (width, height); the smallest of all, if none does."""
    width, height = space
    counts = [_columns(shapes[k][0]) if columns is None else np.array([columns[k]]) for k in (0, 1)]
    cells = _cells(middle)
    highs, wides = [], []
    for (maps, high, wide), count, head in zip(shapes, counts, least, strict=True):
        tall = np.ceil(high * cells - 1e-9) + GAP
        broad = np.ceil(wide * cells - 1e-9) + GAP
        highs.append(-(-maps // count)[:, None] * tall - GAP)
        wides.append(np.maximum(count[:, None] * broad - GAP, head))
    pooled = (cells[:, None] <= cells + 1e-9) & (cells <= 2 * cells[:, None] + 1e-9)
    tallest = np.maximum(highs[0][:, None, :, None], highs[1][None, :, None, :])
    broadest = wides[0][:, None, :, None] + wides[1][None, :, None, :]
    fits = (broadest <= width) & (tallest <= height) & pooled
    if not fits.any():
        fits = np.zeros_like(fits)
        fits[:, :, 0, 0] = True
        tallest = np.zeros_like(tallest)
        wides = [np.full_like(wide, width // 2) for wide in wides]
    one, two, mine, its = np.nonzero(fits)
    return _Row(
        columns=np.stack((counts[0][one], counts[1][two]), 1),
        cells=np.stack((cells[mine], cells[its]), 1),
        widths=np.stack((wides[0][one, mine], wides[1][two, its]), 1).astype(np.intp),
        height=tallest[one, two, mine, its].astype(np.intp),
        worth=worth(cells[mine]) + worth(cells[its]),
    )


def _columns(maps: int) -> NDArray[np.intp]:
    """The numbers of columns of which each is the least for its number of rows."""
    return np.unique(-(-maps // np.arange(1, maps + 1)))


def _cells(middle: float) -> NDArray[np.float64]:
    """The sizes that a cell may have: whole numbers, and one by whole numbers."""
    shrunk = 1 / np.arange(max(2, int(SPAN / middle)), 1, -1)
    whole = np.arange(1.0, max(2, int(SPAN * middle) + 1))
    cells: NDArray[np.float64] = np.concatenate((shrunk, whole))
    return cells[cells >= min(middle / SPAN, whole[-1])]
