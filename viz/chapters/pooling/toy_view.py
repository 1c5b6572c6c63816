"""The toy's view: a signal of eight cells that the user moves, and the pooled output.

Dragging a bar sets its value, dragging the grip moves the whole pattern. Outlines show where the
drag began, so that the effect of the move on the output is visible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.chapters.pooling.measure.changes import Array
from viz.chapters.pooling.operator import Operator
from viz.chapters.pooling.toy_bars import ToyBars
from viz.chapters.pooling.toy_signal import CELLS, START, STEP, VALUE_STEP, ToySignal
from viz.chapters.pooling.words import pooled_text
from viz.i18n import tr
from viz.nets.pooling import Pooling, pool_1d
from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.text_cache import TextCache, signed


class ToyView(PaintedView):
    """Input bars, the grip, the windows as brackets, and the pooled outputs."""

    changed = pyqtSignal()
    """What is shown changed."""

    def __init__(self, operator: Operator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._operator = operator
        self._toy = ToySignal()
        self._cell = 1
        self._held: int | None = None  # a cell
        self._grabbed: tuple[float, float] | None = None  # the pointer's x and the shift there
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(tr("A signal to be dragged, and what it is pooled to"))
        self.setAccessibleDescription(
            tr(
                "Left and Right move the pattern by a cell, with Shift by a quarter; Up and Down "
                "change the marked cell, Ctrl+Left and Right mark another; Home starts over."
            )
        )
        self.set_theme(themes.theme("dark"), 13)
        operator.changed.connect(self._operator_changed)

    def sizeHint(self) -> QSize:
        """Room for bars that differ."""
        return QSize(480, 160)

    # What is shown

    @property
    def signal(self) -> Array:
        """The input as shown, (CELLS,) float32 in 0 … 1."""
        return self._toy.values

    @property
    def pooling(self) -> Pooling:
        """The operator with the toy's window."""
        return self._operator.toy

    @property
    def output(self) -> Array:
        """The pooled values, (windows,) float32."""
        return pool_1d(self.signal, self.pooling)

    @property
    def moved(self) -> float:
        """Cells that the pattern moved since the drag began."""
        return self._toy.moved

    def changes(self) -> tuple[float, float]:
        """How far input and output are, as Euclidean distances, from where the drag began."""
        return self._toy.changes(self.pooling)

    def lies(self) -> tuple[bool, bool]:
        """Whether any window holds the pattern, and whether a window's border was crossed."""
        return self._toy.seen(self.pooling), self._toy.crossed(self.pooling)

    def set_signal(self, values: Sequence[float]) -> None:
        """Show another signal, at rest."""
        self._toy.set(values)
        self._tell()

    def state(self) -> dict[str, Any]:
        """The signal, and what the last move made of it."""
        return self._toy.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take them back, as far as they make sense."""
        self._toy.restore(state)
        self._tell()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of text."""
        self._theme, self._small = theme, TextCache(themes.font(text_px))
        self._bars = ToyBars(theme, self._small)
        self.setMinimumSize(300, round(4 * self._small.height + 24))
        self.update()

    def _operator_changed(self) -> None:
        self._toy.begin()  # what another operator does is no change by a move
        self._tell()

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    # Geometry

    def _left(self) -> float:
        return max(self._small.width(tr("input")), self._small.width(tr("output"))) + 3 * GRID

    @property
    def cell_width(self) -> float:
        """Pixels of one cell."""
        return (self.width() - self._left() - 2 * GRID) / CELLS

    def _x(self, cell: float) -> float:
        return self._left() + cell * self.cell_width

    def _levels(self) -> int:
        """Rows of brackets, so that windows that overlap do not hide each other."""
        pooling = self.pooling
        return min(pooling.outputs(CELLS), -(-pooling.reach // pooling.stride))

    def _rows(self) -> tuple[QRectF, QRectF, QRectF, QRectF]:
        """The places of input bars, grip, brackets and output bars; numbers stand above bars."""
        line, wide = self._small.height, self.width()
        grip = max(14.0, 0.9 * line)
        brackets = 8.0 + 5 * (self._levels() - 1)
        bars = max(8.0, (self.height() - 2 * line - grip - brackets - 2 * GRID) / 2)
        tops = np.cumsum([line, bars, grip, brackets + line, bars])
        heights = bars, grip, brackets, bars
        return tuple(
            QRectF(0, top, wide, height) for top, height in zip(tops[:4], heights, strict=True)
        )  # type: ignore[return-value]

    def bar_point(self, cell: int, value: float) -> QPointF:
        """Where a cell's bar ends for a value, in widget pixels."""
        area = self._rows()[0]
        return QPointF(self._x(cell + 0.5), area.bottom() - value * area.height())

    def grip_point(self) -> QPointF:
        """The middle of the grip: under the pattern's centre of mass, while that is inside."""
        return QPointF(self._x(self._toy.middle), self._rows()[1].center().y())

    def _output_range(self) -> tuple[float, float]:
        """Never chosen by the values: tanh lies in −1 … 1, everything else in 0 … 1."""
        return (-1.0, 1.0) if self.pooling.kind == "subsampling" else (0.0, 1.0)

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Everything; a toy is small."""
        painter, theme, small = QPainter(self), self._theme, self._small
        painter.fillRect(self.rect(), theme.background)
        painter.setFont(small.font)
        above, rail, brackets, below = self._rows()
        painter.setPen(theme.quiet)
        small.draw(painter, 0, above.bottom() - small.height, tr("input"))
        low, high = self._output_range()
        base = below.bottom() + low / (high - low) * below.height()
        small.draw(painter, 0, min(base, below.bottom()) - small.height, tr("output"))
        wide = self.cell_width
        for cell, (value, rest) in enumerate(zip(self.signal, self._toy.rest, strict=True)):
            column = self._x(cell) + 0.1 * wide, 0.8 * wide
            self._bars.paint(painter, column, above.bottom(), above.height(), value, rest)
            if self.framed and cell == self._cell:
                painter.setPen(QPen(theme.accent, 1))
                painter.drawRect(QRectF(self._x(cell), above.top(), wide, above.height()))
        self._paint_grip(painter, rail)
        pooling, output = self.pooling, self.output
        before = pool_1d(self._toy.rest, pooling)
        unit = below.height() / (high - low)
        margin = (pooling.reach - pooling.size) / 2
        levels = self._levels()
        for number, (value, rest) in enumerate(zip(output, before, strict=True)):
            first = number * pooling.stride
            y = brackets.top() + 4 + 5 * (number % levels)
            ends = self._x(first) + 3, self._x(first + pooling.reach) - 3
            painter.setPen(QPen(theme.quiet, 1.5))
            painter.drawPolyline(
                QPolygonF(
                    [QPointF(ends[0], y - 3), QPointF(ends[0], y), QPointF(ends[1], y),
                     QPointF(ends[1], y - 3)]
                )
            )  # fmt: skip
            breadth = 0.8 * wide * min(pooling.size, pooling.stride)
            middle = self._x(first + margin + pooling.size / 2)
            column = middle - breadth / 2, breadth
            self._bars.paint(painter, column, base, unit, value, rest, low < 0)
        painter.end()

    def tooltip(self, position: QPointF) -> str:
        """The cell or the window under a point in figures; elsewhere what there is to do."""
        rail = self._rows()[1]
        cell = self._cell_at(position)
        if cell is not None:
            now, rest = (float(values[cell]) for values in (self.signal, self._toy.rest))
            said = {"cell": cell + 1, "value": f"{now:.2f}", "rest": f"{rest:.2f}"}
            return tr("Cell {cell}: x = {value}, where the last move began {rest}. Drag.", **said)
        if rail.top() <= position.y() <= rail.bottom():
            return tr(
                "Drag: the pattern moves, x′ᵢ = xᵢ₋ₛ, between cells interpolated linearly; so far "
                "by s = {shift}.",
                shift=signed(self._toy.shift, 2),
            )
        number = self._window_at(position)
        if number is None or position.y() <= rail.bottom():
            return self.accessibleName()
        pooling = self.pooling
        first = number * pooling.stride
        window = self.signal[first : first + pooling.reach]
        return pooled_text(pooling, window, float(self.output[number]))

    def _window_at(self, position: QPointF) -> int | None:
        """The window whose middle is nearest to a point; None beside all of them."""
        pooling = self.pooling
        cell = (position.x() - self._x(0)) / self.cell_width
        count = pooling.outputs(CELLS)
        if not 0 <= cell < (count - 1) * pooling.stride + pooling.reach:
            return None
        number = round((cell - pooling.reach / 2) / pooling.stride)
        return min(max(number, 0), count - 1)

    def _paint_grip(self, painter: QPainter, rail: QRectF) -> None:
        theme, at = self._theme, self.grip_point()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.line, 2))
        painter.drawLine(QPointF(self._x(0), at.y()), QPointF(self._x(CELLS), at.y()))
        radius = rail.height() / 2 - 2
        lively = self._grabbed is not None or self.framed
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.accent if lively else theme.text)
        painter.drawEllipse(at, radius, radius)
        for way in (-1, 1):
            tip = at + QPointF(way * 2.1 * radius, 0)
            back = (
                QPointF(-way * 0.7 * radius, 0.6 * radius),
                QPointF(-way * 0.7 * radius, -0.6 * radius),
            )
            painter.drawPolygon(QPolygonF([tip, tip + back[0], tip + back[1]]))
        painter.setBrush(QColor(Qt.GlobalColor.transparent))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # Input

    def _cell_at(self, position: QPointF) -> int | None:
        """The cell whose bar can be held at a point."""
        rail = self._rows()[1]
        cell = int((position.x() - self._x(0)) // self.cell_width)
        return cell if 0 <= cell < CELLS and position.y() < rail.top() else None

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Hold a bar, or the grip."""
        assert event is not None
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at, rail = event.position(), self._rows()[1]
        cell = self._cell_at(at)
        if cell is not None:
            self._toy.fix()
            self._held = self._cell = cell
            self._set_value(at.y())
        elif rail.top() <= at.y() <= rail.bottom():
            self._toy.begin()
            self._grabbed = at.x(), self._toy.shift
            self._tell()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Set the held bar's value, or move the pattern."""
        assert event is not None
        at, rail = event.position(), self._rows()[1]
        if self._held is not None:
            self._set_value(at.y())
        elif self._grabbed is not None:
            x, shift = self._grabbed
            self._move_to(shift + STEP * round((at.x() - x) / self.cell_width / STEP))
        elif self._cell_at(at) is not None:
            self.setCursor(Qt.CursorShape.SizeVerCursor)
        elif rail.top() <= at.y() <= rail.bottom():
            self.setCursor(Qt.CursorShape.SizeHorCursor)
        else:
            self.unsetCursor()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go; what changed stays told until the next drag."""
        self._held = self._grabbed = None
        self.update()

    def _set_value(self, y: float) -> None:
        area = self._rows()[0]
        value = VALUE_STEP * round((area.bottom() - y) / area.height() / VALUE_STEP)
        self._put(self._cell if self._held is None else self._held, value)

    def _put(self, cell: int, value: float) -> None:
        self._toy.put(cell, value)
        self._tell()

    def _move_to(self, shift: float) -> None:
        if self._toy.move_to(shift):
            self._tell()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrow keys move the pattern and change the marked cell; Home starts over."""
        assert event is not None
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        sideways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        upwards = {Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}.get(key, 0)
        if sideways and modifiers & Qt.KeyboardModifier.ControlModifier:
            self._cell = min(max(self._cell + sideways, 0), CELLS - 1)
            self.update()
        elif sideways:
            fine = modifiers & Qt.KeyboardModifier.ShiftModifier
            self._toy.begin()
            self._move_to(self._toy.shift + sideways * (STEP if fine else 1.0))
        elif upwards:
            self._toy.fix()
            self._put(self._cell, float(self.signal[self._cell]) + upwards * 2 * VALUE_STEP)
        elif key == Qt.Key.Key_Home:
            self.set_signal(START)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """On the grip: start over."""
        assert event is not None
        rail = self._rows()[1]
        if rail.top() <= event.position().y() <= rail.bottom():
            self.set_signal(START)
        else:
            self.mousePressEvent(event)
