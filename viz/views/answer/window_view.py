"""A view of windows: pointing at one marks it on the canvas, a click keeps its scores."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QWidget

from viz.model.document import Document
from viz.views.widgets.painted_view import PaintedView


class WindowView(PaintedView):
    """Abstract view; subclasses say in ``window_at`` which window lies where."""

    window_hovered = pyqtSignal(object)
    """(row, column) of the window under the pointer, or None."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._hovered: tuple[int, int] | None = None

    def window_at(self, position: QPointF) -> tuple[int, int] | None:
        """Return the window (row, column) that a point of the view stands for; None for none."""
        return None

    def _hover(self, window: tuple[int, int] | None) -> None:
        if window != self._hovered:
            self._hovered = window
            self.window_hovered.emit(window)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.window_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._document.read_only:
            return
        window = self.window_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and window is not None:
            self._document.select_window(None if window == self._document.window else window)
