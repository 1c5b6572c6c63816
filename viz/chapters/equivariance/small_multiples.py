"""Small multiples: one small plot beside the other, with the same upward axis, one of them chosen.

Painted in one widget: eight plots on pyqtgraph took 0.3 s to build, 27 ms to paint with new curves
and 16 ms when only their cursors move, as several do during a drag; this takes 5 ms with all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.i18n import number
from viz.views.theme import DIM, GRID, Colour, colour_in
from viz.views.widgets.painted_view import PaintedView

COLUMNS = 4

ROOMY_LINES = 4
"""Height of a small plot, in lines of text, from which on its axis has numbers below it."""


@dataclass(frozen=True)
class Axis:
    """One small plot: its key, its name, the ends of its axis and their unit, and its tip."""

    key: str
    name: str
    low: float
    high: float
    unit: str
    tip: str


@dataclass(frozen=True, eq=False)
class Curves:
    """What a small plot shows: lines of (x, y from 0 to 1, colour), the last on top, and the x of a
    ``mark``; faintly if it ``is_old``, of another drawing than the newest."""

    lines: tuple[tuple[NDArray[np.floating], NDArray[np.floating], Colour], ...]
    mark: float | None
    is_old: bool = False


class SmallMultiples(PaintedView):
    """Rows of small plots. A click or an arrow key chooses one; its ``value`` is a key."""

    chosen = pyqtSignal(object)
    """The user chose the small plot with this key."""

    def __init__(self, name: str, axes: Sequence[Axis], parent: QWidget | None = None) -> None:
        """``name`` is for screen readers."""
        super().__init__(parent)
        self._axes = {axis.key: axis for axis in axes}
        self.curves: dict[str, Curves] = {}
        """What is shown, by key."""
        self.value = axes[0].key
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(COLUMNS * 40, 80)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(name)
        self.show_value(self.value)

    def show_value(self, value: object) -> None:
        """Show a choice made elsewhere; nothing is reported back. Raises ValueError for no key."""
        if not isinstance(value, str) or value not in self._axes:
            raise ValueError(value)
        self.value = value
        self.setAccessibleDescription(self._axes[value].name)
        self.update()

    def set_curves(self, key: str, curves: Curves) -> None:
        """Show these in one of the plots."""
        self.curves[key] = curves
        self.update(self.rect_of(key).toAlignedRect())

    def clear(self) -> None:
        """Show nothing in any of the plots."""
        self.curves.clear()
        self.update()

    def rect_of(self, key: str) -> QRectF:
        """Return where a plot stands, its name included."""
        row, column = divmod(list(self._axes).index(key), COLUMNS)
        rows = -(-len(self._axes) // COLUMNS)
        wide, high = self.width() / COLUMNS, self.height() / rows
        return QRectF(column * wide, row * high, wide, high)

    def tooltip(self, position: QPointF) -> str:
        key = self._at(position)
        return self._axes[key].tip if key is not None else ""

    def _at(self, position: QPointF) -> str | None:
        return next((key for key in self._axes if self.rect_of(key).contains(position)), None)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setFont(self.small.font)
        for axis in self._axes.values():
            rect = self.rect_of(axis.key).adjusted(0, 0, 0, -GRID / 2)
            self._paint_axis(painter, axis, rect)
        painter.end()

    def _paint_axis(self, painter: QPainter, axis: Axis, rect: QRectF) -> None:
        theme, small, is_chosen = self.theme, self.small, axis.key == self.value
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if is_chosen:
            painter.fillRect(rect, theme.line)
            if self.framed:
                painter.setPen(QPen(theme.accent, 2))
                painter.drawRect(rect.adjusted(1, 1, -1, -1))
        roomy = rect.height() >= ROOMY_LINES * small.height
        above = small.height if roomy else small.height / 2
        left = small.width("0") + 2 * GRID
        plot = rect.adjusted(left, above, -2 * GRID, -small.height - GRID / 2)
        low, high = number(axis.low), number(axis.high)
        if small.width(low + high + axis.unit) < plot.width():
            high += axis.unit
        painter.setPen(theme.quiet)
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        painter.drawLine(plot.topLeft(), plot.bottomLeft())
        for share, text in ((0, "0"), (1, "1")):
            at = plot.bottom() - share * plot.height() - small.middle
            small.draw(painter, plot.left() - GRID, at, text, 1)
        end, below = plot.right() + GRID, plot.bottom() + GRID / 2
        begin = min(plot.left(), end - small.width(high) - GRID - small.width(low))
        if roomy and begin >= rect.left():  # else they would run together
            small.draw(painter, begin, below, low)
            small.draw(painter, end, below, high, 1)
        painter.setPen(theme.text if is_chosen else theme.quiet)
        width = int(rect.width()) - GRID
        name = painter.fontMetrics().elidedText(axis.name, Qt.TextElideMode.ElideRight, width)
        top = rect.top() if roomy else plot.bottom() + GRID / 2
        middle = min(plot.center().x(), rect.right() - small.width(name) / 2)
        small.draw(painter, middle, top, name, 0.5)
        if axis.key in self.curves and plot.isValid():
            self._paint_curves(painter, axis, plot, self.curves[axis.key])

    def _paint_curves(self, painter: QPainter, axis: Axis, plot: QRectF, curves: Curves) -> None:
        scale = plot.width() / (axis.high - axis.low)
        painter.setOpacity(DIM if curves.is_old else 1.0)
        if curves.mark is not None and axis.low <= curves.mark <= axis.high:
            x = plot.left() + (curves.mark - axis.low) * scale
            painter.setPen(QPen(self.theme.accent, 1))
            painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for x_values, y_values, colour in curves.lines:
            painter.setPen(QPen(colour_in(self.theme, colour), 1.3))
            across = plot.left() + (x_values - axis.low) * scale
            heights = plot.bottom() - y_values * plot.height()
            points = zip(across.tolist(), heights.tolist(), strict=True)
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))
        painter.setOpacity(1.0)

    # Input

    def _choose(self, key: str) -> None:
        if key != self.value:
            self.show_value(key)
            self.chosen.emit(key)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        key = self._at(event.position())
        if key is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(key)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        way = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -COLUMNS,
            Qt.Key.Key_Down: COLUMNS,
        }.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        keys = list(self._axes)
        place = keys.index(self.value) + way
        if 0 <= place < len(keys):
            self._choose(keys[place])
