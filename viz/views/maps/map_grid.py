"""Dividing: how the maps of a network's layers share one place: their grids, zooms and rows.

Layers stand in rows of two, in their order. A layer's grid is a pair of factors of the number of
its maps, and the same for all the heights that the place may have, so that a map stays where it is
when a chapter or a panel takes room: then everything is scaled, and nothing is tiled anew. A map is
never drawn larger than the one below it that it pools.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from viz.views.maps.tiling import GAP, Grid

Shapes = tuple[tuple[int, int, int], ...]
"""(maps, height, width) of the layers, in their order."""

Numbers = tuple[int, ...]

SPAN, NARROW = 4.0, 16.0
"""How much larger and how much smaller a cell may be than the one that would fill the place evenly,
as factors."""

LEAST_CELL = 0.5
"""Pixels of a unit that pairs of factors may leave it."""

NEARNESS = 1e-3
"""What the nearness of a grid's shape to its place's counts, beside the size of the cells."""

LONGEST = 4
"""How many times as long as the other a side of a grid may be."""


@dataclass(frozen=True)
class Division:
    """In device pixels: the ``heights`` of the tiles of each row, the width of the left layer in
    each (``lefts``); and the grid of each layer."""

    heights: Numbers
    lefts: Numbers
    grids: tuple[Grid, ...]

    @property
    def smallest(self) -> float:
        """The size of the smallest cell."""
        return min((grid.cell for grid in self.grids), default=1.0)

    @property
    def worth(self) -> float:
        """What all cells together are worth."""
        return float(worth(np.array([grid.cell for grid in self.grids])).sum())


@dataclass(frozen=True)
class _Row:
    """The ways to lay out one or two layers side by side, none both higher and worth less than
    another; arrays of one length N, heights ascending. K layers."""

    columns: NDArray[np.intp]
    """(N, K)"""
    cells: NDArray[np.float64]
    """(N, K)"""
    widths: NDArray[np.intp]
    """(N, K) that the layers take, tiles or head."""
    height: NDArray[np.intp]
    worth: NDArray[np.float64]


def worth(cell: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a cell of this size is worth: twice as large is as much more for each layer, but one of
    less than two pixels costs dearly, so that none grows at another's cost."""
    value: NDArray[np.float64] = np.log(cell) - 2 * np.maximum(1 / cell - 0.5, 0)
    return value


def factors(maps: int) -> tuple[int, ...]:
    """The columns that a grid of so many maps may have.

    Those of the pairs of factors that are at most 4:1; where there is none, those that are nearly
    square, the last row short.
    """
    wide = np.arange(1, maps + 1)
    pairs = wide[maps % wide == 0]
    pairs = pairs[(pairs <= LONGEST * (maps // pairs)) & (maps // pairs <= LONGEST * pairs)]
    if not len(pairs):
        side = int(np.ceil(np.sqrt(maps)))
        pairs = np.unique((side, -(-maps // side)))
    return tuple(pairs.tolist())


def _every(maps: int) -> Numbers:
    """The numbers of columns of which each is the least for its number of rows."""
    return tuple(np.unique(-(-maps // np.arange(1, maps + 1))).tolist())


@lru_cache(maxsize=64)
def division(shapes: Shapes, width: int, height: int, least: Numbers, grid: Numbers) -> Division:
    """The division of a place with the largest cells for these grids (columns of each layer); the
    heights and widths that enlarge no cell are left over below, and shared between left and right.
    ``least``: the widths of the layers' heads."""
    rows, chosen = _best(shapes, width, height, least, tuple((count,) for count in grid))
    lows, highs = [], []
    for row, option in zip(rows, chosen, strict=True):
        wide = row.widths[option]
        lows.append(int(wide[0]))
        highs.append(width - int(wide[1]) if len(wide) > 1 else width)
    two = [number for number, row in enumerate(rows) if row.widths.shape[1] > 1]
    low, high = max((lows[k] for k in two), default=0), min((highs[k] for k in two), default=width)
    lefts = [
        width if number not in two  # both rows are divided at the same place, if they can be
        else (low + high) // 2 if low <= high
        else (lows[number] + highs[number]) // 2
        for number in range(len(rows))
    ]  # fmt: skip
    cells = [cell for row, k in zip(rows, chosen, strict=True) for cell in row.cells[k].tolist()]
    heights = tuple(int(row.height[k]) for row, k in zip(rows, chosen, strict=True))
    grids = tuple(Grid(count, cell) for count, cell in zip(grid, cells, strict=True))
    return Division(heights, tuple(lefts), grids)


@lru_cache(maxsize=64)
def columns(shapes: Shapes, width: int, heights: Numbers, least: Numbers) -> Numbers:
    """The columns of each layer, of ``factors``, that serve best in places of this width and all
    these heights; a height counts as often as it is named.

    Each row has the grids that are best for one of the heights.
    """
    each = [_best_columns(shapes, width, height, least) for height in sorted(set(heights))]
    rows = [{grid[first : first + 2] for grid in each} for first in range(0, len(shapes), 2)]
    grids = [tuple(count for row in chosen for count in row) for chosen in product(*rows)]

    def merit(grid: Numbers) -> tuple[bool, float]:
        found = [division(shapes, width, height, least, grid) for height in heights]
        return min(one.smallest for one in found) >= 1, sum(one.worth for one in found)

    return grids[0] if len(grids) == 1 else max(sorted(grids), key=merit)


@lru_cache(maxsize=64)
def _best_columns(
    shapes: Shapes, width: int, height: int, least: Numbers, any_grid: bool = False
) -> Numbers:
    """The columns of each layer with which a place of this height has the largest cells; of
    ``factors`` unless ``any_grid``."""
    grids = tuple(_every(shape[0]) if any_grid else factors(shape[0]) for shape in shapes)
    rows, chosen = _best(shapes, width, height, least, grids)
    return tuple(
        count for row, option in zip(rows, chosen, strict=True)
        for count in row.columns[option].tolist()
    )  # fmt: skip


def best_division(
    shapes: Shapes,
    width: int,
    height: int,
    usual: tuple[int, ...],
    least: Numbers,
    *,
    any_grid: bool = False,
) -> Division:
    """The division of a place of this ``height``, in the grids that serve best in the ``usual``
    ones, unless a unit would not even have a pixel in these and would in others: then in other
    pairs of factors, or, with ``any_grid`` or for less than half a pixel, in grids of any shape."""
    if not shapes:
        return Division((), (), ())
    kept = division(shapes, width, height, least, columns(shapes, width, usual, least))
    if kept.smallest >= 1:
        return kept
    own = division(shapes, width, height, least, _best_columns(shapes, width, height, least))
    if own.smallest >= 1:
        return own
    if not any_grid and max(own.smallest, kept.smallest) >= LEAST_CELL:
        return kept
    grid = _best_columns(shapes, width, height, least, any_grid=True)
    loose = division(shapes, width, height, least, grid)
    return loose if loose.smallest >= (1 if any_grid else LEAST_CELL) else kept


def _best(
    shapes: Shapes, width: int, height: int, least: Numbers, grids: tuple[Numbers, ...]
) -> tuple[list[_Row], list[int]]:
    """The rows, and of each the option taken, so that together they are worth most within
    ``height``."""
    for narrow in (SPAN, NARROW):  # few cells, unless only very small ones fit
        rows = _rows(shapes, width, height, least, grids, narrow)
        chosen = _chosen(rows, height)
        if sum(int(row.height[k]) for row, k in zip(rows, chosen, strict=True)) <= height:
            break
    return rows, chosen


def _chosen(rows: list[_Row], height: int) -> list[int]:
    heights, values = np.zeros(1, np.intp), np.zeros(1)
    choices = np.zeros((1, 0), np.intp)
    for row in rows:
        total = (heights[:, None] + row.height).ravel()
        value = (values[:, None] + row.worth).ravel()
        before, own = np.divmod(np.arange(total.size), len(row.height))
        kept = _leading(total, value)
        fitting = kept[total[kept] <= height]
        kept = fitting if len(fitting) else kept[:1]
        choices = np.concatenate([choices[before[kept]], own[kept, None]], 1)
        heights, values = total[kept], value[kept]
    best = int((values - 1e-6 * heights).argmax())
    return [int(option) for option in choices[best]]


def _leading(height: NDArray[np.intp], value: NDArray[np.float64]) -> NDArray[np.intp]:
    """The options that are worth more than every one of no more height, heights ascending."""
    order = np.lexsort((-value, height))
    best = np.maximum.accumulate(value[order])
    first = np.concatenate([[True], value[order][1:] > best[:-1]])
    return order[first]


def _rows(
    shapes: Shapes,
    width: int,
    height: int,
    least: Numbers,
    grids: tuple[Numbers, ...],
    narrow: float,
) -> list[_Row]:
    """The ways to lay out each row, with each layer in one of its ``grids`` (columns)."""
    area = sum(maps * high * wide for maps, high, wide in shapes)
    middle = max(1e-3, np.sqrt(max(1, height) * max(1, width) / area))
    aspect = width * -(-len(shapes) // 2) / (2 * max(1, height))  # of a layer's even share
    return [
        _row(
            shapes[first : first + 2], (width, height), least[first : first + 2], middle,
            grids[first : first + 2], aspect, narrow,
        )
        for first in range(0, len(shapes), 2)
    ]  # fmt: skip


@lru_cache(maxsize=256)
def _row(
    shapes: Shapes,
    space: tuple[int, int],
    least: Numbers,
    middle: float,
    grids: tuple[Numbers, ...],
    aspect: float,
    narrow: float,
) -> _Row:
    """The ways that fit into a ``space`` (width, height); the smallest of all, if none does.

    Of grids with the same cells the one counts for more whose shape is nearer to ``aspect``.
    """
    width, height = space
    columns, cell, tall, wide = _options(shapes, least, grids, _cells(middle, narrow))
    tallest = tall.max(1)
    fits = (wide.sum(1) <= width) & (tallest <= height)
    if not fits.any():
        fits[int(cell.sum(1).argmin())] = True
        tallest = np.full_like(tallest, height + 1 if narrow == SPAN else 0)
        wide = np.full_like(wide, width // len(shapes))
    columns, cell, tall, tallest, wide = (
        part[fits] for part in (columns, cell, tall, tallest, wide)
    )
    away = np.abs(np.log(np.maximum(wide, 1) / np.maximum(tall, 1) / max(aspect, 1e-3))).sum(1)
    value = worth(cell).sum(1) - NEARNESS * away
    kept = _leading(tallest.astype(np.intp), value)
    return _Row(
        columns=columns[kept].astype(np.intp),
        cells=cell[kept],
        widths=wide[kept].astype(np.intp),
        height=tallest[kept].astype(np.intp),
        worth=value[kept],
    )


def _options(
    shapes: Shapes, least: Numbers, grids: tuple[Numbers, ...], cells: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...]:
    """Every way to lay out a row, without regard to its place: (N, K) arrays of columns, cells,
    heights and widths, of K layers."""
    options = []
    for (maps, high, broad), counts, head in zip(shapes, grids, least, strict=True):
        count, cell = (part.ravel() for part in np.meshgrid(counts, cells, indexing="ij"))
        tall = -(-maps // count) * (np.ceil(high * cell - 1e-9) + GAP) - GAP
        wide = np.maximum(count * (np.ceil(broad * cell - 1e-9) + GAP) - GAP, head)
        options.append((count, cell, tall, wide))
    mine = np.indices([len(option[0]) for option in options]).reshape(len(options), -1)
    if len(shapes) > 1:
        first, second = (option[1][at] for option, at in zip(options, mine, strict=True))
        ratio = round(max(1.0, shapes[0][1] / max(1, shapes[1][1])))  # of the strides
        mine = mine[:, (first <= second + 1e-9) & (second <= ratio * first + 1e-9)]
    return tuple(
        np.stack([option[part][at] for option, at in zip(options, mine, strict=True)], 1)
        for part in range(4)
    )


def _cells(middle: float, narrow: float) -> NDArray[np.float64]:
    """The sizes that a cell may have, down to ``narrow`` times smaller than ``middle``: whole
    numbers, and one by whole numbers; of the small ones about forty, since a long row of windows
    has hundreds."""
    most = max(2.0, narrow / middle)
    shrunk = 1 / np.unique(np.rint(2 * (most / 2) ** np.linspace(0, 1, 40)))[::-1]
    whole = np.arange(1.0, max(2, int(SPAN * middle) + 1))
    cells: NDArray[np.float64] = np.concatenate((shrunk, whole))
    return cells[cells >= min(middle / narrow, whole[-1])]
