"""A row for one value: label, slider, a number that can be typed, and a way back to neutral."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from viz.i18n import number, tr
from viz.views import theme as themes
from viz.views.theme import GRID
from viz.views.widgets.number_box import NumberBox
from viz.views.widgets.slider import Slider
from viz.views.widgets.tooltip import wrapped

TICKS = 400
"""Positions of a slider from one end to the other."""

_KEY_TICKS = 8
"""On a scale to infinity an arrow key goes a fiftieth of the slider's way."""


def row_height(text_px: int) -> int:
    """Return the height of a row in pixels. What lies between the lines does not grow with large
    text, so that it does not push the canvas away."""
    return round(min(1.7 * text_px, 13.6 + 0.85 * text_px))


@dataclass(frozen=True)
class Field:
    """One number: its texts, its neutral value, the slider's range, the range that can be typed.

    ``step``: of arrow keys, and what the slider snaps to. ``places``: decimals shown. ``short``:
    the label where room is scarce. Equal ways on the slider are equal differences, or factors if
    ``logarithmic``. With ``high`` infinite, ``half`` above ``low`` is the middle of the slider,
    half of the way that is left about doubles what is added, and three digits are kept.
    """

    name: str
    label: str
    tip: str
    neutral: float
    low: float
    high: float
    least: float
    most: float
    step: float
    places: int = 2
    logarithmic: bool = False
    half: float = 1.0
    short: str = ""

    def at(self, tick: int) -> float:
        """Return the value of a slider's position 0 … TICKS."""
        share = tick / TICKS
        if math.isinf(self.high):
            if tick >= TICKS:
                return math.inf
            return float(f"{self.low + self.half * share / (1 - share):.3g}")
        if self.logarithmic:
            value = self.low * (self.high / self.low) ** share
        else:
            value = self.low + (self.high - self.low) * share
        return round(round(value / self.step) * self.step, 6)

    def tick(self, value: float) -> int:
        """Return the slider's position nearest to a value; only infinity is at infinity's end."""
        value = min(max(value, self.low), self.high)
        if math.isinf(value):
            return TICKS
        if math.isinf(self.high):
            above = value - self.low
            return min(round(TICKS * above / (above + self.half)), TICKS - 1)
        if self.logarithmic:
            return round(TICKS * math.log(value / self.low) / math.log(self.high / self.low))
        return round(TICKS * (value - self.low) / (self.high - self.low))

    def stepped(self, value: float, direction: int) -> float:
        """Return the value an arrow key away, upwards (1) or downwards (−1)."""
        if math.isinf(self.high):
            return self.at(min(max(self.tick(value) + direction * _KEY_TICKS, 0), TICKS))
        return min(max(round(value + direction * self.step, 6), self.least), self.most)


class ValueRow(QWidget):
    """Label, slider, number and reset button of a field, kept equal."""

    changed = pyqtSignal(float)
    """The user set this value, which may be infinite."""
    held = pyqtSignal(bool)
    """The slider's knob was taken, or let go."""
    typed = pyqtSignal()
    """Enter or Escape ended the typing."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field, self._value = field, field.neutral
        self.label = QLabel(field.label)
        self.label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.slider = Slider(neutral=field.tick(field.neutral))
        self.slider.setRange(0, TICKS)
        self.number = NumberBox(places=field.places)
        self.number.setRange(field.least, field.most)
        self.number.setSingleStep(field.step)
        self.reset = QToolButton()
        self.reset.setObjectName("reset")
        self.reset.setText("↺")
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for part in (self.label, self.slider, self.number):
            layout.addWidget(part, int(part is self.slider))
            part.setToolTip(wrapped(field.tip))
            part.setAccessibleName(field.label)
        layout.addWidget(self.reset)
        self.reset.setToolTip(tr("Back to {value}", value=number(field.neutral)))
        self.reset.setAccessibleName(tr("Reset {name}", name=field.label))
        self.slider.valueChanged.connect(lambda tick: self._set(field.at(tick)))
        self.slider.sliderPressed.connect(lambda: self.held.emit(True))
        self.slider.sliderReleased.connect(lambda: self.held.emit(False))
        self.slider.stepped.connect(lambda way: self._set(field.stepped(self._value, way)))
        self.number.valueChanged.connect(self._set)
        self.number.ended.connect(self.typed)
        for reset in (self.slider.reset, self.reset.clicked):
            reset.connect(lambda: self._set(field.neutral))
        self._restyle()
        self.show_value(field.neutral)

    @property
    def value(self) -> float:
        """The value shown."""
        return self._value

    def show_value(self, value: float, *, known: bool = True) -> None:
        """Show a value without emitting a signal. If it is not ``known``, show a dash; the user's
        changes then start from it."""
        self._value = value
        self.slider.set_known(known)
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.number.set_known(known)
            if not self.number.hasFocus() or self.number.value() != value:  # typing goes on
                self.number.setValue(value)
            self.slider.setValue(self.field.tick(value))
        self.reset.setEnabled(abs(value - self.field.neutral) >= 1e-9 and self.slider.isEnabled())

    def set_applicable(self, applicable: bool) -> None:
        """Set whether the field means anything for what is selected."""
        for part in (self.label, self.slider, self.number):
            part.setEnabled(applicable)

    def label_width(self, *, short: bool) -> int:
        """Return the width in pixels of the label, or of the short one if there is one."""
        return self.label.fontMetrics().horizontalAdvance(self._label(short))

    def set_label(self, *, short: bool, width: int) -> None:
        """Use the long or the short label, in a place of so many pixels: rows below one another
        are aligned so."""
        self.label.setText(self._label(short))
        self.label.setFixedWidth(width)

    def _label(self, short: bool) -> str:
        return self.field.short if short and self.field.short else self.field.label

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._restyle()

    def _restyle(self) -> None:
        text_px = themes.text_px(self)
        height = row_height(text_px)
        self.setFixedHeight(height)
        self.slider.setFixedHeight(height)
        self.number.setFixedHeight(height)
        self.reset.setFixedSize(text_px, height)

    def _set(self, value: float) -> None:
        if value != self._value:
            self.show_value(value)
            self.changed.emit(value)
