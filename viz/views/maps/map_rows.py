"""Map rows: how large the maps of a network's layers are drawn, two layers a row.

The grid of each layer is given (``tiling.grid_columns``); open are the sizes of units, whole
numbers of device pixels or one by a whole number, and the widths of the two layers of a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from viz.views.maps.tiling import tiled

CELLS = (*(1 / n for n in range(16, 1, -1)), *map(float, range(1, 65)))
"""The sizes that a unit may have, in device pixels."""

ONE, LARGEST = CELLS.index(1), len(CELLS) - 1


@dataclass(frozen=True)
class MapLayer:
    """The maps of a layer: their number, size and columns; the width of the head above them."""

    maps: int
    height: int
    width: int
    columns: int
    head: int = 0


@lru_cache(maxsize=4096)
def _size(layer: MapLayer, cell: int, ratio: float) -> tuple[int, int]:
    """(width, height) of a layer's maps."""
    plan = tiled(layer.maps, layer.height, layer.width, layer.columns, CELLS[cell])
    height, width = plan.size
    return ceil(width / ratio), ceil(height / ratio)


@dataclass(frozen=True)
class MapRows:
    """``layers`` in rows of two, ``gap`` pixels between the two, ``ratio`` device pixels to one.

    ``cells`` are sizes of units, of each row one, as indices of ``CELLS``.
    """

    layers: tuple[MapLayer, ...]
    gap: int
    ratio: float = 1.0

    @property
    def rows(self) -> tuple[tuple[MapLayer, ...], ...]:
        """The layers of each row."""
        return tuple(self.layers[first : first + 2] for first in range(0, len(self.layers), 2))

    def heights(self, cells: tuple[int, ...]) -> tuple[int, ...]:
        """Return the height of each row's maps."""
        return tuple(
            max(_size(layer, cell, self.ratio)[1] for layer in row)
            for row, cell in zip(self.rows, cells, strict=True)
        )

    def widths(self, cells: tuple[int, ...], place: int) -> tuple[int, int]:
        """Return the widths of the left and of the right layers in a ``place`` of this width.

        Each is enlarged towards the height of its row as far as there is room, at best so that a
        pooled map is drawn as large as the one that it pools; and then for whole heads.
        """
        least = self._least(cells)
        left = self._enlarged(cells, 0, place - least[1] - self.gap)
        right = self._enlarged(cells, 1, place - left - self.gap)
        heads = [max((row[side].head for row in self.rows if side < len(row)), default=0)
                 for side in (0, 1)]  # fmt: skip
        headed = max(left, heads[0]), max(right, heads[1])
        return headed if sum(headed) + self.gap <= place else (left, right)

    def _least(self, cells: tuple[int, ...]) -> tuple[int, int]:
        """The widths with no layer enlarged."""
        widths = [[_size(layer, cell, self.ratio)[0] for layer in row]
                  for row, cell in zip(self.rows, cells, strict=True)]  # fmt: skip
        return (
            max((wide[0] for wide in widths), default=0),
            max((wide[1] for wide in widths if len(wide) > 1), default=0),
        )

    def _enlarged(self, cells: tuple[int, ...], side: int, place: int) -> int:
        width = self._least(cells)[side]
        for row, height in zip(self.rows, self.heights(cells), strict=True):
            for layer in row[side : side + 1]:
                sizes = (_size(layer, cell, self.ratio) for cell in range(len(CELLS)))
                fitting = (wide for wide, high in sizes if high <= height and wide <= place)
                width = max(width, *fitting, 0)
        return width

    def enlarge(
        self, cells: tuple[int, ...], width: int, height: int, most: int = LARGEST
    ) -> tuple[int, ...]:
        """Return the largest cells from these on, up to ``most``, whose maps fit into a place.

        They grow one row after another, of those that can grow the one with the smallest first, and
        of the same size that with the smallest maps.
        """
        areas = [row[0].height * row[0].width for row in self.rows]
        while True:
            for row in sorted(range(len(cells)), key=lambda row: (cells[row], areas[row])):
                larger = (*cells[:row], cells[row] + 1, *cells[row + 1 :])
                if (
                    larger[row] <= most
                    and sum(self.heights(larger)) <= height
                    and sum(self._least(larger)) + self.gap <= width
                ):
                    cells = larger
                    break
            else:
                return cells
