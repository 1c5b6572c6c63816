"""A value's row: label, slider, a number that can be typed, and a way back to neutral."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QPointF, QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PyQt6.QtWidgets import QDoubleSpinBox, QLabel, QLineEdit, QSlider, QToolButton, QWidget

from viz.i18n import tr
from viz.views.theme import Theme, font, theme
from viz.views.widgets.transform_fields import TICKS, Field

_WIDEST = "−50.00"
"""Numbers of this width fit; all rows reserve it, so that the numbers stand in one column."""

LEAST_TRAVEL = 64
"""The least way, in pixels, that a slider's knob should have."""


def row_height(text_px: int) -> int:
    """The height of a row in pixels; what lies between the lines does not grow with large text, so
    that it does not push the canvas away."""
    return round(min(1.7 * text_px, 13.6 + 0.85 * text_px))


class ValueRow(QObject):
    """The four widgets of one field, kept equal; a layout places them."""

    changed = pyqtSignal(float)
    """The user set this value."""
    held = pyqtSignal(bool)
    """The slider was taken hold of, or let go."""
    typed = pyqtSignal()
    """Enter or Escape ended the typing."""

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = field
        self.label = QLabel(field.label, parent)
        self.slider = ValueSlider(field, parent)
        self.number = NumberBox(parent)
        self.reset = QToolButton(parent)
        self._value = field.neutral
        self.number.setDecimals(field.decimals)
        self.number.setRange(field.least, field.most)
        self.number.setSingleStep(field.step)
        self.reset.setText("↺")
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for part in (self.label, self.slider, self.number):
            part.setToolTip(field.tip)
            part.setAccessibleName(field.label)
        self.reset.setToolTip(tr("Back to {value:g}", value=field.neutral))
        self.reset.setAccessibleName(tr("Reset {name}", name=field.label))
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderPressed.connect(lambda: self.held.emit(True))
        self.slider.sliderReleased.connect(lambda: self.held.emit(False))
        self.slider.wanted_neutral.connect(self._reset)
        self.slider.stepped.connect(self._step)
        self.number.valueChanged.connect(self._set)
        self.number.ended.connect(self.typed)
        self.reset.clicked.connect(self._reset)
        self.show_value(field.neutral)

    def show_value(self, value: float, *, known: bool = True) -> None:
        """Show a value without emitting a signal. If it is not ``known``, show a dash; the user's
        changes then start from it."""
        self._value = value
        self.slider.set_known(known)
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.number.set_known(known)
            if not self.number.hasFocus() or abs(self.number.value() - value) > 1e-9:
                self.number.setValue(value)
            self.slider.setValue(self.field.tick(value))
        can = abs(value - self.field.neutral) >= 1e-9 and self.slider.isEnabled()
        if self.reset.isEnabled() != can:
            self.reset.setEnabled(can)

    def set_applicable(self, applicable: bool) -> None:
        """Whether the field means anything for what is selected."""
        if applicable != self.slider.isEnabled():
            for part in (self.label, self.slider, self.number):
                part.setEnabled(applicable)

    def set_narrow(self, narrow: bool) -> None:
        """Use the short label, if there is one."""
        self.label.setText(self.field.short if narrow and self.field.short else self.field.label)

    def own_width(self, text_px: int) -> int:
        """What the row needs beside its slider, in pixels, with the long label."""
        label = QFontMetrics(font(text_px)).horizontalAdvance(self.field.label)
        return label + self.number.width() + self.reset.width()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Take another theme and text size."""
        face = font(text_px)
        height = row_height(text_px)
        for part in (self.label, self.number, self.reset):
            part.setFont(face)
            part.setFixedHeight(height)
        editor = self.number.lineEdit()
        if editor is not None:  # under a style sheet it keeps the font it had
            editor.setFont(face)
        self.number.setFixedWidth(QFontMetrics(face).horizontalAdvance(_WIDEST) + 6)
        self.reset.setFixedWidth(text_px)
        self.slider.set_theme(theme, height)

    def _slid(self, tick: int) -> None:
        self._set(self.field.at(tick))

    def _set(self, value: float) -> None:
        if value != self._value:
            self.show_value(value)
            self.changed.emit(value)

    def _step(self, direction: int) -> None:
        value = round(self._value + direction * self.field.step, 6)
        self._set(min(max(value, self.field.least), self.field.most))

    def _reset(self) -> None:
        self._set(self.field.neutral)


class NumberBox(QDoubleSpinBox):
    """A number to be typed; Enter takes it, Escape leaves it, a double click selects all of it."""

    ended = pyqtSignal()
    """Enter or Escape was pressed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setLineEdit(_NumberEdit(self))
        self.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._known = True

    def set_known(self, known: bool) -> None:
        """Show the number, or a dash until the field has the focus."""
        known = known or self.hasFocus()
        if known != self._known:
            self._known = known
            self.setPrefix("")  # writes the text anew

    def textFromValue(self, v: float) -> str:
        return super().textFromValue(v + 0.0) if self._known else "–"  # no −0.00

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        self.set_known(True)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        key = event.key() if event is not None else None
        if key == Qt.Key.Key_Escape:
            self.setValue(self.value())  # what was typed goes: the value is still the old one
        else:
            super().keyPressEvent(event)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.ended.emit()


class _NumberEdit(QLineEdit):
    """A word, to a line of text, ends at the decimal point: a number does not."""

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self.selectAll()


class ValueSlider(QSlider):
    """A thin line with a round knob; a press goes there, a double click to neutral."""

    wanted_neutral = pyqtSignal()
    stepped = pyqtSignal(int)
    """An arrow key: one step up or down."""

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme("dark")
        self._field, self._known = field, True
        self.setRange(0, TICKS)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a drag leaves the arrow keys to the canvas

    def set_theme(self, theme: Theme, height: int) -> None:
        """Take the colours; as high as the row."""
        self._theme = theme
        self.setFixedHeight(height)
        self.update()

    def set_known(self, known: bool) -> None:
        """Set whether the knob shows a value, or only where the user's changes start."""
        if known != self._known:
            self._known = known
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(96, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 16)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)  # emits sliderPressed: a drag begins
            self.setValue(self._tick_at(event.position().x()))
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self.isSliderDown():
            self.setValue(self._tick_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self.isSliderDown():
            self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self.wanted_neutral.emit()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrow keys go by the field's own step, not by the slider's grain."""
        keys = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
        direction = keys.get(Qt.Key(event.key())) if event is not None else None
        if direction is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(direction)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, y = self._theme, self.height() / 2
        radius = self._radius()
        left, right = radius, self.width() - radius
        painter.setPen(QPen(look.line, 2, cap=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(left, y), QPointF(right, y))
        neutral, at = self._x_of(self._field.tick(self._field.neutral)), self._x_of(self.value())
        painter.setPen(QPen(look.quiet, 2, cap=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(neutral, y), QPointF(at, y))
        painter.setPen(QPen(look.quiet, 1))
        painter.drawLine(QPointF(neutral, y - radius + 1), QPointF(neutral, y + radius - 1))
        lively = self.isSliderDown() or self.hasFocus()
        painter.setPen(QPen(look.background, 1.5))
        firm = self.isEnabled() and self._known
        painter.setBrush(look.accent if lively else look.text if firm else look.line)
        painter.drawEllipse(QPointF(at, y), radius, radius)
        painter.end()

    def _radius(self) -> float:
        return max(5.0, self.height() / 6)

    @property
    def travel(self) -> float:
        """The length of the knob's way, in pixels."""
        return self.width() - 2 * self._radius()

    def _x_of(self, tick: int) -> float:
        return self._radius() + self.travel * tick / TICKS

    def _tick_at(self, x: float) -> int:
        return round(TICKS * (x - self._radius()) / max(1.0, self.travel))
