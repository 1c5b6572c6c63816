"""Rows of number grids whose cells all have one size, so that matrices look like what they are."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PyQt6.QtCore import QEvent, QPointF, QRectF
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QWidget

from viz.i18n import number
from viz.views import theme as themes
from viz.views.theme import GRID
from viz.views.widgets.heatmap import Cell
from viz.views.widgets.number_grid import NumberGrid
from viz.views.widgets.text_cache import text_cache

LARGEST = 8.0
"""Side of a cell at most, in sizes of text."""

BROADEST = 1.8
"""Width of a cell at most, in heights: numbers are wider than high."""

GAP = 3 * GRID
"""Between two grids, in pixels."""

LEAST = 8
"""Pixels of a cell below which only the first row is shown, larger."""

SHOWN = 5e-4
"""Smaller numbers may be written as 0: three decimals are all that a grid writes."""


LEAST_TEXT = 0.8
"""Numbers are written no smaller than so many times the text's size."""


def brief(value: float) -> str:
    """Write a number with three decimals at most, and without the 0 before them: ``.015``."""
    return number(round(value, 3)).replace("0.", ".", 1) if abs(value) < 1 else number(value, 1)


def _hides(texts: Sequence[str], values: Sequence[float]) -> bool:
    """Whether some number that is none is written as 0."""
    return any(
        text == "0" and abs(value) >= SHOWN for text, value in zip(texts, values, strict=True)
    )


class ExactGrid(NumberGrid):
    """Has cells of a given size, and writes no numbers where there is room for so few decimals that
    some would look like 0."""

    cell_size = 1, 1
    """Width and height of a cell, in pixels."""

    @property
    def texts(self) -> tuple[str, ...]:
        if self.cell_size[1] < self.text_px:
            return ()
        found = super().texts
        exact = self.values.ravel().tolist()
        if found and not _hides(found, exact):
            return found
        found = tuple(brief(value) for value in exact)
        widest = max(map(self.small.width_of_figures, found), default=0.0)
        fits = LEAST_TEXT * widest <= self.cell_size[0] - 2
        return found if fits and not _hides(found, exact) else ()

    def area(self) -> QRectF:
        (rows, columns), (wide, high) = self.values.shape, self.cell_size
        return QRectF(0, self._head(), columns * wide, rows * high)

    def cell_rect(self, row: int, column: int) -> QRectF:
        wide, high = self.cell_size
        return QRectF(column * wide, self._head() + row * high, wide, high)

    def cell_at(self, position: QPointF) -> Cell | None:
        rows, columns = self.values.shape
        wide, high = self.cell_size
        row, column = int((position.y() - self._head()) // high), int(position.x() // wide)
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None


class GridRows(QWidget):
    """Grids side by side in rows; what stands in a column begins at one place if ``aligned``."""

    def __init__(self, parent: QWidget | None = None, *, aligned: bool = False) -> None:
        super().__init__(parent)
        self._aligned = aligned
        self.rows: tuple[tuple[ExactGrid, ...], ...] = ()

    def set_rows(self, rows: Sequence[Sequence[ExactGrid]]) -> None:
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
        shown = self.rows if self._cell(self.rows)[1] >= LEAST else self.rows[:1]
        for row in self.rows[1:]:
            for grid in row:
                grid.setVisible(len(shown) > 1)
        self._lay_out(shown)

    def _cell(self, rows: Sequence[Sequence[ExactGrid]]) -> tuple[int, int]:
        """Width and height of a cell that these rows have room for, in pixels."""
        lines, largest = sum(_height(row) for row in rows), LARGEST * themes.text_px(self)
        high = (self.height() - len(rows) * (self._head + GRID)) / max(1, lines)
        high = max(4.0, min(high, largest))
        wide = int(min(BROADEST * high, largest))
        gaps = GAP * (max(map(len, rows)) - 1)
        while wide > 4 and max(map(sum, self._widths(rows, wide))) + gaps > self.width():
            wide -= 1
        return wide, min(wide, int(high))

    @property
    def _head(self) -> int:
        return round(text_cache(themes.text_px(self)).height) + GRID

    def _lay_out(self, rows: Sequence[Sequence[ExactGrid]]) -> None:
        top = 0
        cell = wide, high = self._cell(rows)
        for row, widths in zip(rows, self._widths(rows, wide), strict=True):
            left = 0
            for grid, width in zip(row, widths, strict=True):
                grid.cell_size = cell
                grid.setGeometry(left, top, width, self._head + high * grid.values.shape[0])
                grid.restyle()
                left += width + GAP
            top += self._head + _height(row) * high + GRID

    def _widths(self, rows: Sequence[Sequence[ExactGrid]], side: int) -> list[list[int]]:
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


def _height(row: Sequence[ExactGrid]) -> int:
    """Cells of the highest grid of a row."""
    return max(grid.values.shape[0] for grid in row)
