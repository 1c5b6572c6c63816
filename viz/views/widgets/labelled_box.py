"""Boxes for one number, each with its name, that serve as settings of an instrument."""

from __future__ import annotations

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from viz.views.theme import GRID
from viz.views.widgets.number_box import NumberBox
from viz.views.widgets.tooltip import wrapped


class LabelledBox(QWidget):
    """A name and a box whose number is typed, or stepped by arrows and wheel."""

    chosen = pyqtSignal(object)
    """The user took another number."""

    _kinds: tuple[type, ...] = (int,)

    def __init__(
        self, name: str, tip: str, box: QSpinBox | QDoubleSpinBox, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.box = box
        box.setKeyboardTracking(False)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.setAccessibleName(name)
        label = QLabel(name)
        label.setBuddy(box)
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.setToolTip(wrapped(tip))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * GRID)
        layout.addWidget(label)
        layout.addWidget(box)
        box.valueChanged.connect(self.chosen.emit)

    def show_value(self, value: float) -> None:
        """Show a number from elsewhere; nothing is reported. Raises ValueError for one out of
        range, or for what is none."""
        low, high = self.box.minimum(), self.box.maximum()
        if isinstance(value, bool) or not isinstance(value, self._kinds):
            raise ValueError(value)
        if not low <= value <= high:
            raise ValueError(value)
        with QSignalBlocker(self.box):
            self.box.setValue(value)  # type: ignore[arg-type]


class CountBox(LabelledBox):
    """A small whole number from ``least`` to ``most``."""

    def __init__(
        self, name: str, tip: str, least: int, most: int, value: int, parent: QWidget | None = None
    ) -> None:
        box = QSpinBox()
        box.setRange(least, most)
        box.setValue(value)
        super().__init__(name, tip, box, parent)

    @property
    def value(self) -> int:
        """The number."""
        return int(self.box.value())


class ValueBox(LabelledBox):
    """A number from ``least`` to ``most``, 0 at first."""

    _kinds = (int, float)

    def __init__(
        self,
        name: str,
        tip: str,
        least: float,
        most: float,
        step: float,
        parent: QWidget | None = None,
    ) -> None:
        box = NumberBox()
        box.setRange(least, most)
        box.setSingleStep(step)
        super().__init__(name, tip, box, parent)

    @property
    def value(self) -> float:
        """The number."""
        return self.box.value()
