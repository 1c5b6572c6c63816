"""Rows of number grids whose cells all have one size, so that matrices look like what they are."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PyQt6.QtCore import QEvent
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QWidget

from viz.views import theme as themes
from viz.views.theme import GRID
from viz.views.widgets.number_grid import NumberGrid
from viz.views.widgets.text_cache import text_cache

LARGEST = 5.0
"""Side of a cell at most, in sizes of text."""


class GridRows(QWidget):
    """Grids side by side in rows; what stands in a column begins at one place if ``aligned``."""

    def __init__(self, parent: QWidget | None = None, *, aligned: bool = False) -> None:
        super().__init__(parent)
        self._aligned = aligned
        self.rows: tuple[tuple[NumberGrid, ...], ...] = ()

    def set_rows(self, rows: Sequence[Sequence[NumberGrid]]) -> None:
        """Show these, made for it; others are let go."""
        kept = {grid for row in rows for grid in row}
        for grid in (grid for row in self.rows for grid in row):
            if grid not in kept:
                grid.hide()
                grid.deleteLater()
        self.rows = tuple(map(tuple, rows))
        for grid in kept:
            grid.setParent(self)
            grid.show()
        self.place()

    def place(self) -> None:
        """Give each grid its room, as its array and caption need it."""
        if not self.rows:
            return
        text = text_cache(themes.text_px(self))
        head = round(text.height) + GRID
        gap = 3 * GRID
        heights = [max(grid.values.shape[0] for grid in row) for row in self.rows]
        high = (self.height() - len(heights) * (head + GRID)) / max(1, sum(heights))
        names = [[ceil(text.width(grid.caption)) for grid in row] for row in self.rows]
        cell = min(high, LARGEST * themes.text_px(self))
        while (
            cell > 4
            and max(map(sum, self._widths(cell, names))) + gap * (max(map(len, self.rows)) - 1)
            > self.width()
        ):
            cell -= 1
        side, top = max(4, int(cell)), 0
        for row, widths, rows in zip(self.rows, self._widths(side, names), heights, strict=True):
            left, whole = 0, head + rows * side
            for grid, wide in zip(row, widths, strict=True):
                room = grid.values.shape[1] * side
                grid.setGeometry(left, top, max(wide, room), head + grid.values.shape[0] * side)
                left += wide + gap
            top += whole + GRID

    def _widths(self, cell: float, names: Sequence[Sequence[int]]) -> list[list[int]]:
        """Pixels of each grid of each row."""
        found = []
        for row, own in zip(self.rows, names, strict=True):
            pairs = zip(row, own, strict=True)
            found.append([max(int(grid.values.shape[1] * cell), name) for grid, name in pairs])
        if self._aligned:
            columns = [max(column) for column in zip(*found, strict=True)]
            return [columns for _ in found]
        return found

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self.place()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        self.place()
