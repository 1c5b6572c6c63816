"""A painted view: it draws itself, says what lies under the pointer, and shows that Tab came."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QFocusEvent, QHelpEvent
from PyQt6.QtWidgets import QWidget

from viz.views.widgets.pointing import came_by_tab
from viz.views.widgets.tooltip import show_tip


class PaintedView(QWidget):
    """Reached by Tab only: a click here must leave the arrow keys with the canvas."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.framed = False
        """Whether the view has to show that the keys act here."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def tooltip(self, position: QPointF) -> str | None:
        """What is said about the place under a point, on lines of its own; "" says nothing, None
        leaves it to the tooltip of the whole view."""
        return None

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Show a focus frame if the focus came by Tab."""
        self.framed = came_by_tab(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """The keys act elsewhere."""
        self.framed = False
        self.update()

    def event(self, event: QEvent | None) -> bool:
        """The tooltip, above what it speaks of."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self.tooltip(QPointF(event.pos()))
            if text is not None:
                show_tip(self, text, event.pos().x(), above=True)
                return True
        return super().event(event)
