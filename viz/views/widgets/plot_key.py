"""The key beside a plot: of each curve its line, its name, and its value at the cursor."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PyQt6.QtCore import QPointF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.i18n import UNKNOWN, number, tr
from viz.views.theme import GRID
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.plot_series import Measured, Series

SAMPLE = 7 * GRID
"""Pixels of a curve's line, enough to tell one pattern from another."""

PITCH, LEAST_PITCH = 1.35, 1.12
"""From one row to the next: at most, in lines of text, and at least, in sizes of it."""


def value_text(one: Series, x: float | None, measured: Measured | None = None) -> str:
    """Write what is measured at the cursor, else the height of the curve at ``x``.

    Two decimals; what they cannot tell from 0 is 0. ≈ between the points of the curve, and – where
    it has none.
    """
    if measured is not None and one.name in measured.values:
        value, about = measured.values[one.name], ""
    else:
        value = math.nan if x is None else one.at(x)
        about = "" if x in one.x else "≈"
    if not math.isfinite(value):
        return UNKNOWN if about else number(value)
    return about + ("0" if abs(value) < 0.005 else number(value, 2))


class PlotKey(PaintedView):
    """Rows below a heading that tells where the cursor is; in the order of the curves.

    A ``flat`` one stands below the axes, and its rows are filled from left to right.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._series: tuple[Series, ...] = ()
        self._heading = ""
        self.flat = False
        self.write_x: Callable[[float], str] = lambda x: number(round(x, 2))
        """How an x is written."""
        self.values: tuple[str, ...] = ()
        """What is written for each curve that has a name."""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(tr("Key of the curves"))

    def set_rows(
        self, series: Sequence[Series], x: float | None, measured: Measured | None, *, dimmed: bool
    ) -> None:
        """Show the curves' values at ``x``, or what is ``measured``; of ``dimmed`` curves only
        that."""
        named = tuple(one for one in series if one.name)
        heading = ""
        if x is not None:
            place = self.write_x(x) if measured is None else measured.place
            heading = tr("at {x}", x=place)
        told = measured.values if measured is not None else {}
        values = tuple(
            ""
            if x is None
            else UNKNOWN
            if dimmed and one.name not in told
            else value_text(one, x, measured)
            for one in named
        )
        if [one.name for one in named] != [one.name for one in self._series]:
            self.updateGeometry()
        self._series, self._heading, self.values = named, heading, values
        said = (f"{one.name} {value}" for one, value in zip(named, values, strict=True))
        self.setAccessibleDescription(f"{heading}: " + ", ".join(said))
        self.update()

    def set_flat(self, flat: bool) -> None:
        """Stand beside the axes, or below."""
        if flat != self.flat:
            self.flat = flat
            across = QSizePolicy.Policy.Ignored if flat else QSizePolicy.Policy.Fixed
            down = QSizePolicy.Policy.Fixed if flat else QSizePolicy.Policy.Preferred
            self.setSizePolicy(across, down)
            self.updateGeometry()

    @property
    def beside(self) -> int:
        """The width that it needs beside the axes."""
        names = max((self.small.width(one.name) for one in self._series), default=0.0)
        wide = SAMPLE + 2 * GRID + names + 2 * GRID + self.small.width("≈−0.88")
        return math.ceil(wide) if self._series else 0

    def _cells(self, width: float) -> list[tuple[int, float]]:
        """The row and the left end of each curve's entry in a flat key, after the heading."""
        found: list[tuple[int, float]] = []
        row, left = 0, self.small.width(tr("at {x}", x="−88.88")) + 4 * GRID
        for one in self._series:
            wide = SAMPLE + self.small.width(one.name) + self.small.width("≈−0.88") + 3 * GRID
            if left + wide > width and left > 0:
                row, left = row + 1, 0.0
            found.append((row, left))
            left += wide + 3 * GRID
        return found

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if self.flat and self.sizeHint().height() != self.height():
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        if self.flat:
            rows = max((row for row, _ in self._cells(self.width())), default=-1) + 1
            return QSize(0, math.ceil(rows * self.small.height) + GRID)
        high = (len(self._series) + 1) * PITCH * self.small.height
        return QSize(self.beside, math.ceil(high))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint() if self.flat else QSize(self.sizeHint().width(), 0)

    def _paint_flat(self, painter: QPainter) -> None:
        small, theme, top = self.small, self.theme, GRID / 2
        painter.setPen(theme.quiet)
        small.draw(painter, 0, top, self._heading)
        entries = zip(self._series, self.values, self._cells(self.width()), strict=True)
        for one, value, (row, left) in entries:
            y = top + row * small.height
            self._paint_sample(painter, one, left, y + small.middle)
            painter.setPen(theme.text)
            left += SAMPLE + GRID
            left += small.draw(painter, left, y, one.name) + GRID
            small.draw(painter, left, y, value)

    def _paint_sample(self, painter: QPainter, one: Series, left: float, middle: float) -> None:
        painter.setPen(one.pen(self.theme, max(1.0, self.text_px / 16)))
        painter.drawLine(QPointF(left, middle), QPointF(left + SAMPLE, middle))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, small, theme = QPainter(self), self.small, self.theme
        if self.flat:
            painter.setFont(small.font)
            self._paint_flat(painter)
            painter.end()
            return
        painter.setFont(small.font)
        painter.setPen(theme.quiet)
        if self.has_heading:  # as high as that of the axes beside it
            top = (round(1.5 * self.text_px) - small.height) / 2
            small.draw(painter, self.width(), max(0.0, top), self._heading, 1)
        entries = zip(self.tops(), self._series, self.values, strict=False)
        for top, one, value in entries:
            self._paint_sample(painter, one, 0, top + small.middle)
            painter.setPen(theme.text)
            small.draw(painter, SAMPLE + 2 * GRID, top, one.name)
            small.draw(painter, self.width(), top, value, 1)
        painter.end()

    @property
    def has_heading(self) -> bool:
        """Whether there is room for the place of the cursor above the rows: rows come first."""
        return (len(self._series) + 1) * LEAST_PITCH * self.text_px <= self.height()

    def tops(self) -> list[float]:
        """Return where the rows that there is room for stand beside the axes."""
        above, count = int(self.has_heading), len(self._series)
        pitch = min(PITCH * self.small.height, self.height() / max(1, count + above))
        pitch = max(pitch, LEAST_PITCH * self.text_px)  # rather leave rows to the tip
        tops = ((row + above) * pitch for row in range(count))
        return [top for top in tops if top + LEAST_PITCH * self.text_px <= self.height() + 2]

    def tooltip(self, position: QPointF) -> str:
        return self.accessibleDescription().replace(", ", "\n").replace(": ", ":\n", 1)
