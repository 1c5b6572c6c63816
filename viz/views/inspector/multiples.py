"""Small multiples: where the patches, kernels and products of a unit stand, one slot per channel.

Pure geometry. The arrangement with the largest cells is taken, preferably one with room for each
channel's sum as a number; failing that a signed bar stands for the sum. The cells are square, but
for a single channel's, which are wide enough to be read as numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

PARTS = 3
"""Patch, kernel, product."""

LARGEST_CELL = 64
ENOUGH = 4
"""Cells of this size, with numbers, are better than larger ones without."""

MARGIN = 6
"""Pixels between two slots."""

BAR_CELLS = 3
"""Least height of a bar that stands for a sum, in cells."""

WIDEST = 2.5
"""Greatest width of a cell, as a multiple of its height."""


@dataclass(frozen=True)
class Multiples:
    """``count`` slots in rows of ``columns``, each with three k×k matrices of ``wide`` × ``high``
    cells.

    ``stacked``: the matrices stand one above the other, else side by side, ``gap`` apart.
    ``sums``: where a channel's sum stands: "beside" or "below" as a number, as a "bar" below the
    matrices, or "" for nowhere. All lengths are whole pixels.
    """

    count: int
    columns: int
    wide: int
    high: int
    k: int
    gap: int
    stacked: bool
    sums: str
    slot_width: int
    slot_height: int

    @property
    def matrix(self) -> tuple[int, int]:
        """(width, height) of one matrix."""
        return self.wide * self.k, self.high * self.k

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the three matrices of a slot."""
        width, height = self.matrix
        gaps = (PARTS - 1) * self.gap
        if self.stacked:
            return width, PARTS * height + gaps
        return PARTS * width + gaps, height

    def slot(self, index: int) -> tuple[int, int]:
        """Return the upper left of a slot."""
        row, column = divmod(index, self.columns)
        return column * self.slot_width, row * self.slot_height

    def corner(self, index: int, part: int) -> tuple[int, int]:
        """Return the upper left of matrix ``part`` (0 patch, 1 kernel, 2 product) of a slot."""
        x, y = self.slot(index)
        width, height = self.matrix
        if self.stacked:
            return x, y + part * (height + self.gap)
        return x + part * (width + self.gap), y

    def bar(self, index: int) -> tuple[int, int, int, int]:
        """Return (x, y, width, height) of the bar that stands for a slot's sum: what is left of its
        height."""
        x, y = self.slot(index)
        above = self.size[1] + self.gap
        return x, y + above, self.size[0], self.slot_height - MARGIN - above

    def find(self, x: float, y: float) -> tuple[int, int, int] | None:
        """Return the cell under a point as (slot, row, column), in any of the matrices."""
        column, row = int(x // self.slot_width), int(y // self.slot_height)
        index = row * self.columns + column
        if not (0 <= column < self.columns and row >= 0 and index < self.count):
            return None
        for part in range(PARTS):
            left, top = self.corner(index, part)
            u, v = int((y - top) // self.high), int((x - left) // self.wide)
            if 0 <= u < self.k and 0 <= v < self.k:
                return index, u, v
        return None


def arrange(
    count: int, k: int, width: int, height: int, text: tuple[int, int], gap: int = 2
) -> Multiples | None:
    """Return the best arrangement of ``count`` > 1 channels of k×k weights in a place.

    ``width``, ``height``: of the place, in pixels; ``text``: those of a sum as a number. None if
    not even cells of one pixel fit.
    """
    best: Multiples | None = None
    best_key = (-1, -1, 0)
    kinds = product(range(1, count + 1), (False, True), ("beside", "below", "bar"))
    for columns, stacked, sums in kinds:
        rows = -(-count // columns)
        slot = (width + MARGIN) // columns, (height + MARGIN) // rows
        cell = _cell(k, slot, text, gap, stacked, sums)
        if cell < 1:
            continue
        worth = min(cell, ENOUGH) - (sums == "bar")
        key = (worth, cell, -rows)
        if key > best_key:
            best_key = key
            best = Multiples(count, columns, cell, cell, k, gap, stacked, sums, *slot)
    return best


def arrange_single(k: int, width: int, height: int, gap: int) -> Multiples | None:
    """Return one channel's matrices side by side, with cells as wide as the width allows.

    It has no sum of its own: that is the unit's. ``gap`` is the least distance between two
    matrices. None if not even cells of one pixel fit.
    """
    high = min(height // k, LARGEST_CELL)
    wide = min((width - (PARTS - 1) * gap) // (PARTS * k), LARGEST_CELL, int(WIDEST * high))
    if wide < 1 or high < 1:
        return None
    return Multiples(1, 1, wide, high, k, gap, False, "", width, height)


def _cell(
    k: int, slot: tuple[int, int], text: tuple[int, int], gap: int, stacked: bool, sums: str
) -> int:
    """The largest whole cell with which a slot of this kind fits; 0 or less if none does."""
    cells_x, cells_y = PARTS * k, k
    fixed_x, fixed_y = (PARTS - 1) * gap, 0
    if stacked:
        cells_x, cells_y, fixed_x, fixed_y = cells_y, cells_x, fixed_y, fixed_x
    if sums == "beside":
        fixed_x += gap + text[0] + MARGIN
        if stacked or slot[1] < text[1]:
            return 0
    elif sums == "below":
        fixed_y += text[1]
        if slot[0] < text[0] + MARGIN:
            return 0
    else:
        cells_y += BAR_CELLS
        fixed_y += gap
    return min(
        (slot[0] - MARGIN - fixed_x) // cells_x,
        (slot[1] - MARGIN - fixed_y) // cells_y,
        LARGEST_CELL,
    )
