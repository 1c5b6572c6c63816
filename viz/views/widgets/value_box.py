"""A box for one number, with its name, that serves as a setting of an instrument."""

from __future__ import annotations

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QWidget

from viz.views.theme import GRID
from viz.views.widgets.number_box import NumberBox
from viz.views.widgets.tooltip import wrapped


class ValueBox(QWidget):
    """A name and a number from ``least`` to ``most``: typed, or stepped by arrows and wheel."""

    chosen = pyqtSignal(float)
    """The user took another number."""

    def __init__(
        self,
        name: str,
        tip: str,
        least: float,
        most: float,
        step: float,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.box = NumberBox()
        self.box.setRange(least, most)
        self.box.setSingleStep(step)
        self.box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.box.setAccessibleName(name)
        label = QLabel(name)
        label.setBuddy(self.box)
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.setToolTip(wrapped(tip))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * GRID)
        layout.addWidget(label)
        layout.addWidget(self.box)
        self.box.valueChanged.connect(self.chosen)

    @property
    def value(self) -> float:
        """The number."""
        return self.box.value()

    def show_value(self, value: float) -> None:
        """Show a number from elsewhere; nothing is reported. Raises ValueError for one out of
        range, or for what is none."""
        low, high = self.box.minimum(), self.box.maximum()
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(value)
        if not low <= value <= high:
            raise ValueError(value)
        with QSignalBlocker(self.box):
            self.box.setValue(value)
