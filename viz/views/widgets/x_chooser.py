"""A chooser of x: a plot over one axis, where a click, a drag or an arrow key chooses a place.

A light plot painted with QPainter: a pyqtgraph plot took 5 to 10 ms a paint, this one a tenth of a
millisecond while only the mark or the pointer moves, because all else is kept as one picture.
"""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.views import theme as themes
from viz.views.theme import Theme
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.text_cache import TextCache


class XChooser(PaintedView):
    """Whoever inherits says where the axes lie, and paints what stands still and what is told at
    the pointer; and calls ``_redraw`` whenever one of these changes."""

    started = pyqtSignal()
    """A click, a drag or a run of one arrow key begins: what follows may be one undo step."""
    chosen = pyqtSignal(float)
    """The x that was clicked, dragged to, or reached by an arrow key; within the axis."""

    def __init__(self, step: float, fine: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step, self.fine = step, fine
        """How far an arrow key goes, and how far with Shift."""
        self._x_range = 0.0, 1.0
        self._mark: float | None = None
        self._hover: QPointF | None = None
        self._theme: Theme = themes.theme("dark")
        self._small, self._weight = TextCache(themes.font(13)), 1.0
        self._still: QPixmap | None = None
        self._area: tuple[QSize, QRectF] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 96)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._small = theme, TextCache(themes.font(text_px))
        self._weight = max(1.0, text_px / 16)  # lines as legible as the text
        self._redraw()

    def set_mark(self, x: float | None) -> None:
        """The vertical line at the present value; None or beyond the axis: no line."""
        if x != self._mark:
            self._mark = x
            self.update()

    @property
    def mark(self) -> float | None:
        """The present value."""
        return self._mark

    # For subclasses

    def _find_area(self) -> QRectF:
        """Where the axes span, in widget pixels, 1 pixel wide and high at least."""
        raise NotImplementedError

    def _paint_still(self, painter: QPainter) -> None:
        """Paint what neither the mark nor the pointer moves."""
        raise NotImplementedError

    def _paint_hover(self, painter: QPainter, at: QPointF) -> None:
        """Tell the values under the pointer, which is at ``at``."""
        raise NotImplementedError

    def _redraw(self) -> None:
        """Find the area and paint what stands still anew."""
        self._still = self._area = None
        self.update()

    # Geometry

    def plot_area(self) -> QRectF:
        """Where the axes span, in widget pixels."""
        if self._area is None or self._area[0] != self.size():
            self._area = self.size(), self._find_area()
        return self._area[1]

    def x_of(self, x: float) -> float:
        """A place of the axis in widget pixels."""
        area, (low, high) = self.plot_area(), self._x_range
        return area.left() + (x - low) / (high - low) * area.width()

    def _x_at(self, position: QPointF) -> float:
        """The place of the axis nearest to a point of the widget."""
        area, (low, high) = self.plot_area(), self._x_range
        return self._within(low + (position.x() - area.left()) / area.width() * (high - low))

    def _within(self, x: float) -> float:
        low, high = self._x_range
        return min(max(x, low), high)

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The kept picture, the mark, and the values under the pointer."""
        ratio = self.devicePixelRatioF()
        still = self._still
        if still is None or still.size() != self.size() * ratio:
            still = self._still = QPixmap(self.size() * ratio)
            still.setDevicePixelRatio(ratio)
            still.fill(self._theme.background)
            painter = QPainter(still)
            self._paint_still(painter)
            painter.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, still)
        area = self.plot_area()
        if self._mark is not None and self._mark == self._within(self._mark):
            self._paint_mark(painter, self.x_of(self._mark))
        if self._hover is not None:
            x = self.x_of(self._x_at(self._hover))
            painter.save()
            painter.setPen(QPen(self._theme.quiet, 1))
            painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
            self._paint_hover(painter, self._hover)
            painter.restore()
        if self.framed:
            painter.setPen(QPen(self._theme.accent, 1))
            painter.drawRect(area)
        painter.end()

    def _paint_mark(self, painter: QPainter, x: float) -> None:
        """The line at the present value, ``x`` in widget pixels."""
        area = self.plot_area()
        painter.setPen(QPen(self._theme.accent, 2 * self._weight))
        painter.drawLine(QLineF(x, area.top(), x, area.bottom()))

    # Input

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Choose the x under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.started.emit()
            self.chosen.emit(self._x_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Show the values here; with the button held, choose this x."""
        self._hover = event.position()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.chosen.emit(self._x_at(event.position()))
        self.update()

    def leaveEvent(self, event: QEvent | None) -> None:
        """No values are pointed at any more."""
        self._hover = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Left and Right move the chosen x by ``step``, with Shift by ``fine``."""
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not way or self._mark is None:
            super().keyPressEvent(event)
            return
        fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if not event.isAutoRepeat():
            self.started.emit()
        self.chosen.emit(self._within(self._mark + way * (self.fine if fine else self.step)))
