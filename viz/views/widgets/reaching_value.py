"""A reaching value: a number with a slider whose end may be infinity, and that can be typed.

On a scale to infinity the slider's way u, 0 … 1, stands for least + half · u/(1 − u): ``half``
above the least lies in the middle, and half of the way that is left about doubles what is added.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from PyQt6.QtCore import QSignalBlocker, pyqtSignal
from PyQt6.QtGui import QFontMetrics, QValidator
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QWidget

from viz.views.theme import GRID, Theme, font
from viz.views.widgets.tooltip import wrapped
from viz.views.widgets.transform_fields import TICKS, Field
from viz.views.widgets.value_slider import NumberBox, ValueSlider

INFINITE = 1e9
"""What a number box, which knows no infinity, holds in its place."""

KEY_TICKS = 8
"""An arrow key goes a fiftieth of the slider's way."""


@dataclass(frozen=True)
class Reaching(Field):
    """A field from ``low`` to infinity; ``half`` above it is the middle of the slider."""

    half: float = 1.0

    def at(self, tick: int) -> float:
        """The value of a slider's position 0 … TICKS, three digits of it; the end is infinity."""
        if tick >= TICKS:
            return math.inf
        return float(f"{self.low + self.half * tick / (TICKS - tick):.3g}")

    def tick(self, value: float) -> int:
        """The slider's position nearest to a value; only infinity is at the end."""
        if math.isinf(value):
            return TICKS
        above = max(0.0, value - self.low)
        return min(round(TICKS * above / (above + self.half)), TICKS - 1)


def reaching(name: str, label: str, tip: str, neutral: float, low: float, half: float) -> Reaching:
    """A field from ``low`` to infinity."""
    return Reaching(name, label, tip, neutral, low, math.inf, low, INFINITE, 0.1, half=half)


class InfiniteBox(NumberBox):
    """A number to be typed, ``∞`` or ``inf`` included."""

    def textFromValue(self, value: float) -> str:
        """∞, or the number with a real minus sign and no needless zeros."""
        if value >= INFINITE:
            return "∞"
        return f"{round(value, 2) + 0.0:.10g}".replace("-", "\N{MINUS SIGN}")

    def valueFromText(self, text: str | None) -> float:
        """The number that a text stands for."""
        return _number(text or "") or 0.0

    def validate(self, text: str | None, position: int) -> tuple[QValidator.State, str, int]:
        """Whether the text is, or may become, a number or ∞."""
        text = text or ""
        state = QValidator.State.Acceptable
        if text.strip() in ("", "-", "\N{MINUS SIGN}", ".", "i", "in"):
            state = QValidator.State.Intermediate
        elif _number(text) is None:
            state = QValidator.State.Invalid
        return state, text, position


def _number(text: str) -> float | None:
    plain = text.strip().replace("\N{MINUS SIGN}", "-").replace(",", ".")
    if plain in ("∞", "inf"):
        return INFINITE
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


class ReachingValue(QWidget):
    """Label, slider, number; a double click on the slider goes back to neutral."""

    changed = pyqtSignal(float)
    """The user set this value; it may be infinite."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.label = QLabel(field.label)
        self.slider = ValueSlider(field, self)
        self.number = InfiniteBox(self)
        self._value = field.neutral
        self.number.setDecimals(2)
        self.number.setRange(field.least, field.most)
        self.number.setSingleStep(field.step)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for part in (self.label, self.slider, self.number):
            layout.addWidget(part, 1 if part is self.slider else 0)
            part.setToolTip(wrapped(field.tip))
            part.setAccessibleName(field.label)
        self.slider.valueChanged.connect(lambda tick: self._set(self.field.at(tick)))
        self.slider.wanted_neutral.connect(lambda: self._set(self.field.neutral))
        self.slider.stepped.connect(self._step)
        self.number.valueChanged.connect(
            lambda value: self._set(math.inf if value >= INFINITE else value)
        )
        self.show_value(field.neutral)

    @property
    def value(self) -> float:
        """The value shown."""
        return self._value

    def show_value(self, value: float) -> None:
        """Show a value from elsewhere; nothing is reported back."""
        self._value = value
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.number.setValue(min(value, self.field.most))
            self.slider.setValue(self.field.tick(value))

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of text."""
        face, height = font(text_px), round(1.6 * text_px)
        for part in (self.label, self.number):
            part.setFont(face)
            part.setFixedHeight(height)
        editor = self.number.lineEdit()
        assert editor is not None
        editor.setFont(face)
        self.number.setFixedWidth(QFontMetrics(face).horizontalAdvance("−8.88") + 2 * GRID)
        self.slider.set_theme(theme, height)
        self.setFixedHeight(height)
        self.setStyleSheet(
            f"QLabel {{ color: {theme.quiet.name()}; font-style: italic; }}"
            f"QDoubleSpinBox {{ border: none; border-radius: 3px; background: transparent;"
            f" color: {theme.text.name()}; }}"
            f"QDoubleSpinBox:hover, QDoubleSpinBox:focus {{ background: {theme.line.name()}; }}"
        )

    def _set(self, value: float) -> None:
        if value != self._value:
            self.show_value(value)
            self.changed.emit(value)

    def _step(self, direction: int) -> None:
        if isinstance(self.field, Reaching):
            tick = self.field.tick(self._value) + direction * KEY_TICKS
            self._set(self.field.at(min(max(tick, 0), TICKS)))
        else:
            value = round(self._value + direction * self.field.step, 6)
            self._set(min(max(value, self.field.least), self.field.most))
