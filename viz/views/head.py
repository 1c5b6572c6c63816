"""The head of the window: menus and chapters in one row, tools and player in the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QHBoxLayout, QMenuBar, QToolBar, QVBoxLayout, QWidget

from viz import theme as themes
from viz.document import Document
from viz.i18n import tr
from viz.player import Player
from viz.theme import Theme
from viz.views.chapter_tabs import ChapterTabs, Entry, MenuRow
from viz.views.drawn_icons import PATHS, icon
from viz.views.player_bar import PlayerBar

TOOLS = "pen eraser select | undo redo | random centre clear | restore pre"
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
        self.tabs = ChapterTabs(document, chapters)
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
        for name in TOOLS.split():
            if name == "|":
                self._tools.addSeparator()
            else:
                self._tools.addAction(actions[name])
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

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._menu_row.set_theme(theme, text_px)
        self._tools.setFont(themes.font(text_px))
        side = round(1.2 * text_px)
        self._tools.setIconSize(QSize(side, side))
        for name, action in self._drawn.items():
            action.setIcon(icon(name, theme, side))
            button = self._tools.widgetForAction(action)
            if button is not None:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)  # type: ignore[attr-defined]
        self.player_bar.set_theme(theme, text_px)
