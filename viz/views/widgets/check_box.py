"""A check box that serves as a setting of an instrument."""

from __future__ import annotations

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QWidget

from viz.views.widgets.tooltip import wrapped


class CheckBox(QCheckBox):
    """Reached by Tab only: a click leaves the arrow keys with the canvas."""

    chosen = pyqtSignal(bool)
    """The user ticked it, or took the tick away."""

    def __init__(
        self, text: str, tip: str, *, checked: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self.setChecked(checked)
        self.setToolTip(wrapped(tip))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.toggled.connect(self.chosen)

    @property
    def value(self) -> bool:
        """Whether it is ticked."""
        return self.isChecked()

    def show_value(self, value: bool) -> None:
        """Show a choice made elsewhere; nothing is reported. Raises ValueError for no bool."""
        if not isinstance(value, bool):
            raise ValueError(value)
        with QSignalBlocker(self):
            self.setChecked(value)
