"""The toy's view: a signal of eight cells that the user moves, and the pooled output.

Dragging a bar sets its value, dragging the grip moves the whole pattern. Outlines show where the
move began, so that its effect on the output is visible.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.chapters.pooling.measure.changes import Array
from viz.chapters.pooling.measure.toy_signal import CELLS, START, STEP, VALUE_STEP, ToySignal
from viz.chapters.pooling.operator import Operator
from viz.chapters.pooling.words import pooled_text
from viz.i18n import number, tr
from viz.nets.pooling import pool_1d
from viz.views.theme import GRID
from viz.views.widgets.painted_view import PaintedView

SAME = 0.005
"""A change that two decimals do not show."""


class ToyView(PaintedView):
    """Input bars, the grip, the windows as brackets, and the pooled outputs."""

    changed = pyqtSignal()
    """What is shown changed."""

    def __init__(self, operator: Operator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._operator = operator
        self.signal = ToySignal()
        self._cell = 1
        self._held: int | None = None  # a cell
        self._grabbed: tuple[float, float] | None = None  # the pointer's x and the shift there
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(tr("A signal to drag, and its pooled output"))
        self.setAccessibleDescription(
            tr(
                "Left and Right move the pattern by a cell, with Shift by a quarter; Up and Down "
                "change the marked cell, Ctrl+Left and Right mark another; Home starts over."
            )
        )
        operator.changed.connect(self._begin)

    def sizeHint(self) -> QSize:
        return QSize(480, 160)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, round(3 * self.small.height + 24))

    # What is shown

    @property
    def output(self) -> Array:
        """The pooled values, (windows,) float32."""
        return pool_1d(self.signal.values, self._operator.toy)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take the signal and its last move back, as far as they make sense."""
        self.signal.restore(state)
        self._tell()

    def _begin(self) -> None:
        self.signal.begin()  # what another operator does is no change by a move
        self._tell()

    def _start_over(self) -> None:
        self.signal.set(START)
        self._tell()

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    # Geometry

    def _left(self) -> float:
        return max(self.small.width(tr("input")), self.small.width(tr("output"))) + 3 * GRID

    @property
    def cell_width(self) -> float:
        """Pixels of one cell."""
        return (self.width() - self._left() - 2 * GRID) / CELLS

    def _x(self, cell: float) -> float:
        return self._left() + cell * self.cell_width

    def _levels(self) -> int:
        """Rows of brackets, so that windows that overlap do not hide each other."""
        pooling = self._operator.toy
        return min(pooling.outputs(CELLS), -(-pooling.reach // pooling.stride))

    def _rows(self) -> tuple[QRectF, ...]:
        """The places of input bars, grip, brackets and output bars; numbers stand above bars."""
        line = self.small.height
        grip, brackets = max(14.0, 0.9 * line), 8.0 + 5 * (self._levels() - 1)
        bars = max(8.0, (self.height() - 2 * line - grip - brackets - GRID) / 2)
        heights = bars, grip, brackets, bars
        tops = np.cumsum([line, bars, grip, brackets + line]).tolist()
        return tuple(
            QRectF(0, top, self.width(), height) for top, height in zip(tops, heights, strict=True)
        )

    def bar_point(self, cell: int, value: float) -> QPointF:
        """Return where a cell's bar ends for a value, in pixels of this widget."""
        area = self._rows()[0]
        return QPointF(self._x(cell + 0.5), area.bottom() - value * area.height())

    def grip_point(self) -> QPointF:
        """Return the middle of the grip: under the pattern's centre of mass, while inside."""
        return QPointF(self._x(self.signal.middle), self._rows()[1].center().y())

    def _cell_at(self, position: QPointF) -> int | None:
        """The cell whose bar can be held at a position."""
        cell = int((position.x() - self._x(0)) // self.cell_width)
        return cell if 0 <= cell < CELLS and position.y() < self._rows()[1].top() else None

    def _is_on_rail(self, position: QPointF) -> bool:
        rail = self._rows()[1]
        return rail.top() <= position.y() <= rail.bottom()

    def _window_at(self, position: QPointF) -> int | None:
        """The window whose middle is nearest to a position; None beside all of them."""
        pooling = self._operator.toy
        cell = (position.x() - self._x(0)) / self.cell_width
        count = pooling.outputs(CELLS)
        if not 0 <= cell < (count - 1) * pooling.stride + pooling.reach:
            return None
        nearest = round((cell - pooling.reach / 2) / pooling.stride)
        return min(max(nearest, 0), count - 1)

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, small, pooling = QPainter(self), self.small, self._operator.toy
        painter.fillRect(self.rect(), self.theme.background)
        painter.setFont(small.font)
        above, rail, brackets, below = self._rows()
        # The output's axis is never chosen by its values: tanh lies in −1 … 1, all else in 0 … 1
        is_signed = pooling.kind == "subsampling"
        unit = below.height() / (2 if is_signed else 1)
        base = below.bottom() - (unit if is_signed else 0)
        painter.setPen(self.theme.quiet)
        small.draw(painter, 0, above.bottom() - small.height, tr("input"))
        small.draw(painter, 0, base - small.height, tr("output"))
        wide = self.cell_width
        cells = zip(self.signal.values, self.signal.rest, strict=True)
        for cell, (value, rest) in enumerate(cells):
            column = QRectF(self._x(cell) + 0.1 * wide, above.bottom(), 0.8 * wide, above.height())
            self._paint_bar(painter, column, float(value), float(rest))
            if self.framed and cell == self._cell:
                painter.setPen(QPen(self.theme.accent, 1))
                painter.drawRect(QRectF(self._x(cell), above.top(), wide, above.height()))
        self._paint_grip(painter, rail)
        outputs = zip(self.output, pool_1d(self.signal.rest, pooling), strict=True)
        breadth = 0.8 * wide * min(pooling.size, pooling.stride)
        for window, (value, rest) in enumerate(outputs):
            self._paint_bracket(painter, brackets, window)
            middle = self._x(window * pooling.stride + pooling.reach / 2)
            column = QRectF(middle - breadth / 2, base, breadth, unit)
            self._paint_bar(painter, column, float(value), float(rest), is_signed=is_signed)
        painter.end()

    def _paint_bar(
        self,
        painter: QPainter,
        column: QRectF,
        value: float,
        rest: float,
        *,
        is_signed: bool = False,
    ) -> None:
        """Paint a value of 0 … 1, or −1 … 1 if it is signed, its number, and the outline of what it
        was. The bar starts at the top of ``column``, whose height is that of 1."""
        theme, small = self.theme, self.small
        left, base, wide, unit = column.left(), column.top(), column.width(), column.height()

        def bar(value: float) -> QRectF:
            return QRectF(left, base - max(value, 0) * unit, wide - 1, abs(value) * unit)

        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.line, 1))
        painter.drawLine(QPointF(left, base), QPointF(left + wide, base))
        if abs(value) >= SAME:  # coloured as activations are on the maps
            lut = theme.diverging if is_signed else theme.sequential
            place = 127.5 + 127.5 * value if is_signed else 255 * value
            painter.setBrush(QColor(int(lut[min(255, round(place))])))
            painter.drawRect(bar(value))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        has_changed = abs(value - rest) >= SAME
        if has_changed:
            painter.setPen(QPen(theme.quiet, 1, Qt.PenStyle.DashLine))
            painter.drawRect(bar(rest))
        painter.setPen(theme.text if abs(value) >= SAME or has_changed else theme.quiet)
        text = number(value, 2)
        if abs(value) < SAME and small.width(text) > wide:
            text = "0"
        highest = max(value, rest if has_changed else 0.0, 0.0)
        small.draw(painter, left + wide / 2, base - highest * unit - small.height, text, 0.5)

    def _paint_bracket(self, painter: QPainter, row: QRectF, window: int) -> None:
        pooling = self._operator.toy
        first = window * pooling.stride
        left, right = self._x(first) + 3, self._x(first + pooling.reach) - 3
        y = row.top() + 4 + 5 * (window % self._levels())
        painter.setPen(QPen(self.theme.quiet, 1.5))
        corners = (left, y - 3), (left, y), (right, y), (right, y - 3)
        painter.drawPolyline(QPolygonF([QPointF(*corner) for corner in corners]))

    def _paint_grip(self, painter: QPainter, rail: QRectF) -> None:
        theme, at = self.theme, self.grip_point()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.line, 2))
        painter.drawLine(QPointF(self._x(0), at.y()), QPointF(self._x(CELLS), at.y()))
        radius = rail.height() / 2 - 2
        is_active = self._grabbed is not None or self.framed
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.accent if is_active else theme.text)
        painter.drawEllipse(at, radius, radius)
        for way in (-radius, radius):
            corners = (2.1 * way, 0.0), (1.4 * way, 0.6 * radius), (1.4 * way, -0.6 * radius)
            painter.drawPolygon(QPolygonF([at + QPointF(*corner) for corner in corners]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def tooltip(self, position: QPointF) -> str:
        cell, signal = self._cell_at(position), self.signal
        if cell is not None:
            now, rest = (number(float(values[cell]), 2) for values in (signal.values, signal.rest))
            said = {"cell": cell + 1, "value": now, "rest": rest}
            return tr(
                "Cell {cell}: x = {value}; {rest} where the last move began. Drag the pattern.",
                **said,
            )
        if self._is_on_rail(position):
            return tr(
                "Drag: the pattern moves, x′ᵢ = xᵢ₋ₛ, between cells interpolated linearly; so far "
                "by s = {shift}.",
                shift=number(signal.shift, 2),
            )
        window = self._window_at(position)
        if window is None or position.y() <= self._rows()[1].bottom():
            return self.accessibleName()
        pooling = self._operator.toy
        first = window * pooling.stride
        values = signal.values[first : first + pooling.reach]
        return pooled_text(pooling, values, float(self.output[window]))

    # Input

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position()
        cell = self._cell_at(at)
        if cell is not None:
            self.signal.fix()
            self._held = self._cell = cell
            self._set_value(cell, at.y())
        elif self._is_on_rail(at):
            self._grabbed = at.x(), self.signal.shift
            self._begin()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        at = event.position()
        if self._held is not None:
            self._set_value(self._held, at.y())
        elif self._grabbed is not None:
            x, shift = self._grabbed
            self._move_to(shift + STEP * round((at.x() - x) / self.cell_width / STEP))
        elif self._cell_at(at) is not None:
            self.setCursor(Qt.CursorShape.SizeVerCursor)
        elif self._is_on_rail(at):
            self.setCursor(Qt.CursorShape.SizeHorCursor)
        else:
            self.unsetCursor()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self._held = self._grabbed = None
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self._is_on_rail(event.position()):
            self._start_over()
        else:
            self.mousePressEvent(event)

    def event(self, event: QEvent | None) -> bool:
        """Home starts over here, before it plays a demonstration again."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Home
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        sideways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        upwards = {Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}.get(key, 0)
        if sideways and modifiers & Qt.KeyboardModifier.ControlModifier:
            self._cell = min(max(self._cell + sideways, 0), CELLS - 1)
            self.update()
        elif sideways:
            is_fine = modifiers & Qt.KeyboardModifier.ShiftModifier
            self.signal.begin()
            self._move_to(self.signal.shift + sideways * (STEP if is_fine else 1.0))
        elif upwards:
            self.signal.fix()
            value = float(self.signal.values[self._cell]) + upwards * 2 * VALUE_STEP
            self.signal.put(self._cell, value)
            self._tell()
        elif key == Qt.Key.Key_Home:
            self._start_over()
        else:
            super().keyPressEvent(event)

    def _set_value(self, cell: int, y: float) -> None:
        area = self._rows()[0]
        steps = round((area.bottom() - y) / area.height() / VALUE_STEP)
        self.signal.put(cell, VALUE_STEP * steps)
        self._tell()

    def _move_to(self, shift: float) -> None:
        if self.signal.move_to(shift):
            self._tell()
