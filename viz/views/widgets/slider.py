"""A slider: a thin line with a round knob, which jumps to where it is pressed."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSlider, QWidget

from viz.views import theme as themes

_ARROWS = {
    Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1,
}  # fmt: skip


class Slider(QSlider):
    """A horizontal slider from 0. The line is drawn in the accent up to the knob, or quietly from
    ``neutral`` to the knob, with a mark at ``neutral``.

    A press goes there and begins a drag: ``sliderPressed`` … ``sliderReleased``.
    """

    stepped = pyqtSignal(int)
    """An arrow key was pressed: one step up (1) or down (−1)."""
    reset = pyqtSignal()
    """It was double-clicked."""

    def __init__(self, parent: QWidget | None = None, *, neutral: int | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._neutral, self._is_known = neutral, True
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a drag leaves the arrow keys to the canvas

    def set_known(self, known: bool) -> None:
        """Set whether the knob shows a value, or only where the user's changes start."""
        if known != self._is_known:
            self._is_known = known
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(96, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 16)

    @property
    def travel(self) -> float:
        """The length of the knob's way, in pixels."""
        return self.width() - 2 * self._radius

    def x_of(self, value: float) -> float:
        """Return where the middle of the knob stands for a value, in pixels from the left."""
        return self._radius + self.travel * value / max(1, self.maximum())

    @property
    def _radius(self) -> float:
        return max(5.0, self.height() / 6)

    # Pointer and keys

    def _drag_to(self, x: float) -> None:
        self.setValue(round(self.maximum() * (x - self._radius) / max(1.0, self.travel)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._drag_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._drag_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), themes.of(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y, at, radius = self.height() / 2, self.x_of(self.value()), self._radius
        thick = 2 if self._neutral is not None else 3
        painter.setPen(QPen(theme.line, thick, cap=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(radius, y), QPointF(radius + self.travel, y))
        if not self.maximum():
            painter.end()
            return
        origin = self.x_of(self._neutral or 0)
        colour = theme.accent if self._neutral is None else theme.quiet
        painter.setPen(QPen(colour, thick, cap=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(origin, y), QPointF(at, y))
        if self._neutral is not None:
            painter.setPen(QPen(theme.quiet, 1))
            painter.drawLine(QPointF(origin, y - radius + 1), QPointF(origin, y + radius - 1))
        is_active = self.isSliderDown() or self.hasFocus()
        is_firm = self.isEnabled() and self._is_known
        painter.setPen(QPen(theme.background, 1.5))
        painter.setBrush(theme.accent if is_active else theme.text if is_firm else theme.line)
        painter.drawEllipse(QPointF(at, y), radius, radius)
        painter.end()
