"""Rows of number grids whose cells all have one size, so that matrices look like what they are."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from PyQt6.QtCore import QEvent
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QWidget

from viz.views import theme as themes
from viz.views.theme import GRID
from viz.views.widgets.number_grid import NumberGrid
from viz.views.widgets.text_cache import text_cache

LARGEST = 8.0
"""Side of a cell at most, in sizes of text."""

GAP = 3 * GRID
"""Between two grids, in pixels."""

LEAST = 8
"""Pixels of a cell below which only the first row is shown, larger."""

SHOWN = 5e-4
"""Smaller numbers may be written as 0: three decimals are all that a grid writes."""


class ExactGrid(NumberGrid):
    """Writes no numbers where there is room for so few decimals that some would look like 0."""

    @property
    def texts(self) -> tuple[str, ...]:
        found = super().texts
        values = np.abs(self.values.ravel())
        is_wrong = any(
            text == "0" and value >= SHOWN for text, value in zip(found, values, strict=False)
        )
        return () if is_wrong else found


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
        side = self._side(self.rows)
        shown = self.rows if side >= LEAST else self.rows[:1]
        for row in self.rows[1:]:
            for grid in row:
                grid.setVisible(len(shown) > 1)
        self._lay_out(shown, max(4, self._side(shown)))

    def _side(self, rows: Sequence[Sequence[NumberGrid]]) -> int:
        """The side of a cell that these rows have room for, in pixels."""
        lines = sum(_height(row) for row in rows)
        high = (self.height() - len(rows) * (self._head + GRID)) / max(1, lines)
        cell = int(min(high, LARGEST * themes.text_px(self)))
        gaps = GAP * (max(map(len, rows)) - 1)
        while cell > 4 and max(map(sum, self._widths(rows, cell))) + gaps > self.width():
            cell -= 1
        return cell

    @property
    def _head(self) -> int:
        return round(text_cache(themes.text_px(self)).height) + GRID

    def _lay_out(self, rows: Sequence[Sequence[NumberGrid]], side: int) -> None:
        top = 0
        for row, widths in zip(rows, self._widths(rows, side), strict=True):
            left = 0
            for grid, wide in zip(row, widths, strict=True):
                high, across = grid.values.shape
                grid.setGeometry(left, top, max(wide, across * side), self._head + high * side)
                left += wide + GAP
            top += self._head + _height(row) * side + GRID

    def _widths(self, rows: Sequence[Sequence[NumberGrid]], side: int) -> list[list[int]]:
        """Pixels of each grid of each row, as wide as its array and its name."""
        text = text_cache(themes.text_px(self))
        found = [
            [max(grid.values.shape[1] * side, ceil(text.width(grid.caption))) for grid in row]
            for row in rows
        ]
        if self._aligned:
            columns = [max(column) for column in zip(*found, strict=True)]
            return [columns for _ in found]
        return found

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self.place()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        self.place()


def _height(row: Sequence[NumberGrid]) -> int:
    """Cells of the highest grid of a row."""
    return max(grid.values.shape[0] for grid in row)
