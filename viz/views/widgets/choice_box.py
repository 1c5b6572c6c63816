"""A list to choose from, for more options than a row of words holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from viz.views.widgets.segmented import Option
from viz.views.widgets.tooltip import wrapped


class ChoiceBox(QWidget):
    """The option that is chosen; a click shows the others."""

    chosen = pyqtSignal(object)
    """The user chose this option's value."""

    def __init__(self, name: str, options: Sequence[Option], parent: QWidget | None = None) -> None:
        """``name`` is for screen readers."""
        super().__init__(parent)
        self._options: tuple[Option, ...] = ()
        self.box = QComboBox()
        self.box.setAccessibleName(name)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        self.set_options(options)
        self.box.activated.connect(lambda index: self.chosen.emit(self._options[index].value))

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer these, and show the one that was shown if it is among them, else the first."""
        if tuple(options) == self._options:
            return
        shown = self.value
        self._options = tuple(options)
        with QSignalBlocker(self.box):
            self.box.clear()
            for index, option in enumerate(self._options):
                self.box.addItem(option.text)
                tip = wrapped(option.tip)
                self.box.setItemData(index, tip, Qt.ItemDataRole.ToolTipRole)
        values = [option.value for option in self._options]
        self.box.setCurrentIndex(values.index(shown) if shown in values else 0)

    @property
    def value(self) -> Any:
        """The value of the option that is shown; None where there are none."""
        index = self.box.currentIndex()
        return self._options[index].value if 0 <= index < len(self._options) else None

    def show_value(self, value: Any) -> None:
        """Show another option; nothing is reported. Raises ValueError for one not offered."""
        self.box.setCurrentIndex([option.value for option in self._options].index(value))
