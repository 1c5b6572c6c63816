"""A push button of an instrument, which leaves the keys with the canvas."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton


def push_button(text: str, tip: str, run: Callable[[], object] | None = None) -> QPushButton:
    """Make a button reached by Tab only, which runs ``run`` when it is clicked."""
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if run is not None:
        button.clicked.connect(lambda: run())
    return button
