"""A box for one number: a real minus, ∞ where the range has it, and any decimals typed are kept."""

from __future__ import annotations

import math

from PyQt6.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QValidator
from PyQt6.QtWidgets import QDoubleSpinBox, QLineEdit, QSizePolicy, QWidget

from viz.i18n import UNKNOWN, number

DIGITS = 4
"""A number with more shows fewer decimals, so that all boxes can be equally wide."""

PRECISION = 6
"""Decimals of the value itself."""

WIDEST = "−50.00"
"""No number of four digits is wider."""

_BEGUN = ("", "-", ".", "-.", "i", "in")
"""What may become a number as it is typed."""


class NumberBox(QDoubleSpinBox):
    """A number to be typed: Enter takes it, Escape restores the old one, a double click selects it.

    ``places`` decimals are shown, rounded; the value keeps up to six. A comma is a decimal point.
    """

    ended = pyqtSignal()
    """Enter or Escape was pressed."""

    def __init__(self, parent: QWidget | None = None, *, places: int = 2) -> None:
        super().__init__(parent)
        self._places, self._is_known = places, True
        self.setLineEdit(_NumberEdit(self))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.setDecimals(PRECISION)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(WIDEST) + 6
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def set_known(self, known: bool) -> None:
        """Show the number, or a dash until the box has the focus."""
        known = known or self.hasFocus()
        if known != self._is_known:
            self._is_known = known
            self.setPrefix("")  # writes the text anew

    def textFromValue(self, value: float) -> str:
        if not self._is_known:
            return UNKNOWN
        whole = 0 if math.isinf(value) else len(str(int(abs(value))))
        return number(value, max(0, min(self._places, DIGITS - whole)))

    def valueFromText(self, text: str | None) -> float:
        if text == self.textFromValue(self.value()):
            return self.value()  # nothing was typed: decimals that are not shown stay
        return _number(text or "") or 0.0

    def validate(self, text: str | None, position: int) -> tuple[QValidator.State, str, int]:
        text = text or ""
        value = _number(text)
        state = QValidator.State.Acceptable
        if _plain(text) in _BEGUN:
            state = QValidator.State.Intermediate
        elif value is None or (math.isinf(value) and not math.isinf(self.maximum())):
            state = QValidator.State.Invalid
        return state, text, position

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.lineEdit().setFont(self.font())  # under a style sheet it would keep its own

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.set_known(True)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.setValue(self.value())  # what was typed goes: the value is still the old one
        else:
            super().keyPressEvent(event)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.accept()  # it is not for what the box stands in
            self.ended.emit()


class _NumberEdit(QLineEdit):
    """A line of text in which a double click selects all: a word would end at the point."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.selectAll()


def _plain(text: str) -> str:
    return text.strip().replace("\N{MINUS SIGN}", "-").replace(",", ".").replace("∞", "inf")


def _number(text: str) -> float | None:
    """The number that a text stands for, or None."""
    try:
        value = float(_plain(text))
    except ValueError:
        return None
    return None if math.isnan(value) else value
