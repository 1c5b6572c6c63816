"""A grid of numbers: a heat map that writes its numbers into its cells and lets the user change
them, by typing, dragging up and down, or with the wheel."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QWidget

from viz.i18n import number
from viz.views.widgets.heatmap import Array, Cell, Heatmap
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.number_box import NumberBox
from viz.views.widgets.text_cache import text_cache

MOST_WRITTEN = 1_024
"""Cells whose numbers are written; those of more would be too small anyway."""

MOST = 1_000.0
"""The largest number, and below zero the smallest, that a cell takes."""

PIXELS_A_STEP = 4
"""How far a drag goes for one step."""

_NOTCH = 120
"""What Qt reports for one notch of a wheel."""

_SMALL = 8
"""A ring of this radius stands round what is smaller than so many pixels: it is seen from afar."""

_LEAST_TEXT, _LARGEST_TEXT = 0.8, 2.0
"""Numbers grow and shrink with their cells within so many times the text's size."""

_MIDDLE_LIGHT = 140
"""Numbers in lighter cells than this, of 255, are black."""

_PLACES = 3
"""Decimals that are written at most."""

_BEGINNINGS = "0123456789-.,"
_TYPED = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_EMPTIED = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class NumberGrid(Heatmap):
    """Numbers stand in the cells where there is room for all of them, with as many decimals as fit.

    While ``editable`` a click on a cell opens it for typing, a drag up or down and the wheel change
    its number by ``step``. A click brings the keys here: arrows go from cell to cell, a figure or
    Enter begins to type, Delete makes it 0.
    """

    edited = pyqtSignal(int, int, float)
    """The user gave the cell (row, column) this number; ``values`` has it already."""

    def __init__(
        self,
        scale: LockedScale,
        parent: QWidget | None = None,
        *,
        legend: bool = True,
        editable: bool = False,
        step: float = 0.1,
    ) -> None:
        """With a ``step`` of 1 numbers are whole."""
        super().__init__(scale, parent, legend=legend)
        self.editable, self._step = editable, step
        self._texts: tuple[str, ...] | None = None
        self._held: tuple[Cell, float, float] | None = None  # the pointer's y, the number there
        self._dragged, self._turned = False, 0
        self._typed: Cell | None = None
        self.box = NumberBox(self, places=_PLACES)
        self.box.setRange(-MOST, MOST)
        self.box.hide()
        self.box.valueChanged.connect(self._take)
        self.box.ended.connect(self._close)
        self.box.editingFinished.connect(self._close)  # Tab, or a click elsewhere
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_array(self, values: Array, **placed: object) -> None:
        if values.shape != self.values.shape:
            self._close()
        self._texts = None
        super().set_array(values, **placed)  # type: ignore[arg-type]

    def set_editable(self, editable: bool) -> None:
        """Let the user change numbers, or not."""
        if not editable:
            self._close()
        self.editable = editable

    def restyle(self) -> None:
        super().restyle()
        self._texts = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The numbers as they are written, row by row; none where they have no room."""
        if self._texts is None:
            self._texts = self._written()
        return self._texts

    def _written(self) -> tuple[str, ...]:
        if not 0 < self.values.size <= MOST_WRITTEN:
            return ()
        side = self.cell_rect(0, 0).width()
        if side < self.small.figures + 2:
            return ()
        exact = [float(value) for value in self.values.ravel()]
        least = 0 if all(value == round(value) for value in exact) else 1
        texts: tuple[str, ...] = ()
        for places in range(least, _PLACES + 1):  # most grids are too small for the first
            more = tuple(number(round(value, places)) for value in exact)
            widest = max(self.small.width_of_figures(text) for text in more)
            if _LEAST_TEXT * widest > side - 2:
                break
            texts = more
        return texts

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        if self.texts and not self.dimmed:
            self._paint_numbers(painter)
        self._paint_outlines(painter)
        painter.end()

    def _paint_numbers(self, painter: QPainter) -> None:
        """The numbers, each in the cell's own frame: paper is as white as a cell of 0."""
        side = self.cell_rect(0, 0).width()
        widest = max(self.small.width_of_figures(text) for text in self.texts)
        grown = min(_LARGEST_TEXT, 0.7 * side / widest, 0.45 * side / self.small.figures)
        fitting = min(max(1.0, grown), (side - 2) / widest)
        cache = text_cache(int(self.text_px * fitting))
        painter.setFont(cache.font)
        lights, columns = self.lights().ravel(), self.values.shape[1]
        dark, light = QColor("black"), QColor("white")
        for place, text in enumerate(self.texts):
            cell = self.cell_rect(*divmod(place, columns))
            painter.setPen(self.theme.line)
            painter.drawRect(cell.adjusted(0, 0, -1, -1))
            painter.setPen(dark if lights[place] > _MIDDLE_LIGHT else light)
            middle = cell.center()
            cache.draw(painter, middle.x(), middle.y() - cache.middle, text, 0.5)

    def _paint_outlines(self, painter: QPainter) -> None:
        """The marks, and the cell pointed at, thicker where there is room: seen from afar."""
        theme, area = self.theme, self.area()
        side = self.cell_rect(0, 0).width() if self.values.size else 0.0
        if self.cell is not None:
            painter.setPen(_broad(theme.accent))
            cell = self.cell_rect(*self.cell)
            if side >= _SMALL:
                painter.drawRect(cell.adjusted(1, 1, -2, -2))
            else:
                painter.drawEllipse(cell.center(), _SMALL, _SMALL)
        zoom = area.width() / max(1.0, self.grid_size[1])
        painter.setPen(_broad(theme.field))
        for mark in self.marks:
            place = QRectF(area.topLeft() + mark.topLeft() * zoom, mark.size() * zoom)
            if max(place.width(), place.height()) >= _SMALL:
                painter.drawRect(place.adjusted(0, 0, -1, -1))
            else:
                painter.drawEllipse(place.center(), _SMALL, _SMALL)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._texts = None
        super().resizeEvent(event)
        if self._typed is not None:
            self._place()

    # Changing numbers

    def _put(self, cell: Cell, value: float) -> None:
        value = min(max(value, -MOST), MOST)
        value = float(round(value)) if self._step == 1 else round(value, 6)
        if abs(float(self.values[cell]) - value) < 1e-7:
            return
        values = self.values.copy()
        values[cell] = value
        self.set_array(values)
        self.edited.emit(*cell, value)

    def _open(self, cell: Cell, beginning: str = "") -> None:
        """Open a cell for typing, with a first character if there is one."""
        self._typed, self.cell = cell, cell
        with QSignalBlocker(self.box):
            self.box.setValue(round(float(self.values[cell]), _PLACES))
        self._place()
        self.box.show()
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)
        line = self.box.lineEdit()
        assert line is not None
        line.selectAll()
        if beginning:
            line.insert(beginning)

    def _place(self) -> None:
        """Lay the box over its cell, and within the view."""
        assert self._typed is not None
        cell, size = self.cell_rect(*self._typed), self.box.sizeHint()
        wide, high = max(cell.width(), size.width()), max(cell.height(), size.height())
        left = min(max(0.0, cell.center().x() - wide / 2), self.width() - wide)
        top = min(max(0.0, cell.center().y() - high / 2), self.height() - high)
        self.box.setGeometry(round(left), round(top), round(wide), round(high))

    def _take(self, value: float) -> None:
        if self._typed is not None:
            self._put(self._typed, value)

    def _close(self) -> None:
        if self._typed is not None:
            had_focus, self._typed = self.box.hasFocus(), None
            if had_focus:
                self.setFocus(Qt.FocusReason.OtherFocusReason)
            self.box.hide()

    # Input

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        cell = self.cell_at(event.position())
        if not self.editable or cell is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._close()
        self._held = cell, event.position().y(), float(self.values[cell])
        self._dragged = False

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self._held is None:
            super().mouseMoveEvent(event)
            self.setCursor(self._cursor(event.position()))
            return
        cell, y, value = self._held
        steps = int((y - event.position().y()) / PIXELS_A_STEP)
        if steps or self._dragged:
            self._dragged = True
            self._put(cell, value + steps * self._step)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        held, self._held = self._held, None
        if held is not None and not self._dragged:
            self._open(held[0])

    def _cursor(self, position: QPointF) -> Qt.CursorShape:
        is_over = self.editable and self.cell_at(position) is not None
        return Qt.CursorShape.SizeVerCursor if is_over else Qt.CursorShape.ArrowCursor

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        cell = self.cell_at(event.position())
        if not self.editable or cell is None:
            super().wheelEvent(event)
            return
        event.accept()
        self._turned += event.angleDelta().y()
        steps = int(self._turned / _NOTCH)
        self._turned -= steps * _NOTCH
        if steps:
            self._close()
            self._put(cell, float(self.values[cell]) + steps * self._step)

    def event(self, event: QEvent | None) -> bool:
        """Figures and Delete are for the cell here, before they turn to a chapter or delete."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self._is_for_cell(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def _is_for_cell(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not self.editable or self.cell is None or plain != Qt.KeyboardModifier.NoModifier:
            return False
        return event.text() in tuple(_BEGINNINGS) or event.key() in (*_TYPED, *_EMPTIED)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if not self._is_for_cell(event) or self.cell is None:
            super().keyPressEvent(event)
        elif event.key() in _EMPTIED:
            self._put(self.cell, 0.0)
        else:
            self._open(self.cell, event.text() if event.key() not in _TYPED else "")


def _broad(colour: QColor) -> QPen:
    pen = QPen(colour, 2)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen
