"""The head of the window: menus and chapters in one row, tools and player in the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QAction, QResizeEvent
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QMenuBar,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viz.i18n import tr
from viz.model.document import Document
from viz.model.player import Player
from viz.views import theme as themes
from viz.views.theme import Theme
from viz.views.widgets.drawn_icons import PATHS, icon
from viz.window.chapter_tabs import ChapterTabs, Entry, MenuRow
from viz.window.player_bar import PlayerBar

TOOLS = "pen eraser select | undo redo | random centre clear | restore pre"
FOLDED = ((88, "random centre clear"), (72, "restore pre"))
"""(width in em, tools): where the window is narrower these are in the menus alone, so that title
and timeline have room."""
EXTENSION = 12
"""Side of the sign that more tools are hidden, in pixels: as wide as Fusion makes its button."""

AFTER_PLAYER = ("record", "present")
"""Commands at the end of the row, as far as the program has them."""


class Head(QWidget):
    """``tabs`` are the chapters, ``player_bar`` drives the player."""

    def __init__(
        self,
        document: Document,
        player: Player,
        menus: QMenuBar,
        actions: Mapping[str, QAction],
        chapters: Sequence[Entry],
    ) -> None:
        super().__init__()
        self.tabs = ChapterTabs(document.view, chapters)
        self._menu_row = MenuRow(menus, self.tabs)
        self._tools = QToolBar(tr("Tools"))
        self._tools.setObjectName("tools")
        self._tools.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._tools.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        # Outside a window's own place for tool bars it takes the padding at its sides all round
        self._tools.setStyleSheet(
            "QToolBar { padding: 0px; } QToolButton { padding: 3px 4px; }"
            "#qt_toolbar_ext_button { padding: 0px; }"  # where it is narrow, the rest is behind it
        )
        self._drawn = {name: actions[name] for name in TOOLS.split() if name in PATHS}
        self._theme, self._em = themes.theme("dark"), 13
        self._actions = actions
        self._rulers: list[QAction] = []
        self._shown: list[str] = []
        self._fold()
        self.player_bar = PlayerBar(player, document)
        for name in AFTER_PLAYER:
            if name in actions:
                self.player_bar.add_action(actions[name])
        # Not in the window's own tool bar, which would hide the player first where it is narrow
        row = QHBoxLayout()
        row.setContentsMargins(3 * themes.GRID, 2, 3 * themes.GRID, 2)
        row.setSpacing(2 * themes.GRID)
        row.addWidget(self._tools)
        row.addWidget(self.player_bar, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._menu_row)
        column.addLayout(row)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._fold()

    def _fold(self) -> None:
        """Show the tools that there is room for."""
        ems = self.width() / self._em
        folded = {name for width, names in FOLDED if ems < width for name in names.split()}
        groups = [[n for n in part.split() if n not in folded] for part in TOOLS.split("|")]
        groups = [group for group in groups if group]
        shown = [name for group in groups for name in group]
        if shown == self._shown:
            return
        self._shown = shown
        self._tools.clear()
        while len(self._rulers) < len(groups):
            ruler = QAction(self)
            ruler.setSeparator(True)
            self._rulers.append(ruler)
        for number, group in enumerate(groups):
            if number:
                self._tools.addAction(self._rulers[number])
            for name in group:
                self._tools.addAction(self._actions[name])
        self._draw()

    def _draw(self) -> None:
        """Those that are drawn have no text."""
        for name, action in self._drawn.items():
            action.setIcon(icon(name, self._theme, round(1.2 * self._em)))
            button = self._tools.widgetForAction(action)
            if button is not None:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)  # type: ignore[attr-defined]

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._em = theme, text_px
        self._menu_row.set_theme(theme, text_px)
        self._tools.setFont(themes.font(text_px))
        more = self._tools.findChild(QToolButton, "qt_toolbar_ext_button")
        if more is not None:  # Qt's own sign is black on every ground
            more.setIcon(icon("more", theme, EXTENSION))
            more.setIconSize(QSize(EXTENSION, EXTENSION))
        side = round(1.2 * text_px)
        self._tools.setIconSize(QSize(side, side))
        self._fold()
        self._draw()
        self.player_bar.set_theme(theme, text_px)
