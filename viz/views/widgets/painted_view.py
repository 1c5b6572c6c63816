"""A painted view: it draws itself, says what lies under the pointer, and shows that Tab came."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QFocusEvent, QHelpEvent
from PyQt6.QtWidgets import QWidget

from viz.views import theme as themes
from viz.views.widgets.pointing import came_by_tab
from viz.views.widgets.text_cache import TextCache, text_cache
from viz.views.widgets.tooltip import show_tip

STYLES = (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
"""The events by which a window's theme and text size reach a view."""


class PaintedView(QWidget):
    """Reached by Tab only: a click here must leave the arrow keys with the canvas."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.framed = False
        """Whether the view has to show that the keys act here."""
        self._theme: themes.Theme | None = None
        self._text_px = 0  # both kept: Qt takes some 10 µs for each, and a paint asks many times
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    @property
    def theme(self) -> themes.Theme:
        """The theme that the window gave it with its palette."""
        if self._theme is None:
            self._theme = themes.of(self)
        return self._theme

    @property
    def text_px(self) -> int:
        """The size of its text in pixels, which the window gave it with its font."""
        if not self._text_px:
            self._text_px = themes.text_px(self)
        return self._text_px

    @property
    def small(self) -> TextCache:
        """Text of that size."""
        return text_cache(self.text_px)

    @property
    def bold(self) -> TextCache:
        """Bold text of that size."""
        return text_cache(self.text_px, bold=True)

    def restyle(self) -> None:
        """Take another theme or text size: drop what was drawn or measured with the old one."""

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() in STYLES:
            self._theme, self._text_px = None, 0
            self.restyle()
            self.updateGeometry()
            self.update()

    def tooltip(self, position: QPointF) -> str | None:
        """What is said about the place under a point, on lines of its own; "" says nothing, None
        leaves it to the tooltip of the whole view."""
        return None

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        self.framed = came_by_tab(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        self.framed = False
        self.update()

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self.tooltip(QPointF(event.pos()))
            if text is not None:
                show_tip(self, text, event.pos().x(), above=True)
                return True
        return super().event(event)
