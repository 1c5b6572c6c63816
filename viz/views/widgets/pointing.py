"""Pointing: what buttons do to a unit, and whether the focus came by keyboard, in every view."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFocusEvent, QMouseEvent

from viz.model.document import Document
from viz.model.snapshot import Unit

ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
"""How many rows and columns an arrow key goes."""


def press_unit(document: Document, unit: Unit | None, event: QMouseEvent) -> None:
    """Pin the unit with the left button; with Ctrl ablate its map."""
    if unit is None or document.read_only or event.button() != Qt.MouseButton.LeftButton:
        return
    if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        document.toggle_ablation(unit.layer, unit.map)
    else:
        document.pin(unit)


def came_by_tab(event: QFocusEvent | None) -> bool:
    """Return whether Tab brought the focus: only then does a view mark that it has it."""
    tab = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
    return event is not None and event.reason() in tab
