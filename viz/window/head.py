"""The head of the window: menus and chapters in one row, tools and player in the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QAction, QResizeEvent
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QMenuBar,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viz.i18n import tr
from viz.model.document import Document
from viz.model.player import Player
from viz.views import theme as themes
from viz.views.theme import GRID
from viz.views.widgets.icons import icon, icon_side
from viz.window.chapter_tabs import ChapterTabs, Entry
from viz.window.player_bar import PlayerBar

TOOLS = "pen eraser select | undo redo | random centre clear | restore pre"
DRAWN = ("undo", "redo")
"""Tools that have an icon in the place of their text."""

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
        self._menus = menus
        self._tools = QToolBar(tr("Tools"))
        self._tools.setObjectName("tools")
        self._tools.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._tools.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        for name in DRAWN:
            actions[name].setIcon(icon(name))
        more = self._tools.findChild(QToolButton, "qt_toolbar_ext_button")
        if more is not None:  # Qt's own sign is black on every ground
            more.setIcon(icon("more"))
            more.setIconSize(QSize(EXTENSION, EXTENSION))
        self._actions = actions
        self._rulers = [QAction(self) for _ in range(TOOLS.count("|"))]
        for ruler in self._rulers:
            ruler.setSeparator(True)
        self._shown: list[list[str]] = []
        self.player_bar = PlayerBar(player, document)
        for name in AFTER_PLAYER:
            if name in actions:
                self.player_bar.add_action(actions[name])
        # Not in the window's own tool bar, which would hide the player first where it is narrow
        tools = QHBoxLayout()
        tools.setContentsMargins(3 * GRID, 2, 3 * GRID, 2)
        tools.setSpacing(2 * GRID)
        tools.addWidget(self._tools)
        tools.addWidget(self.player_bar, 1)
        menus.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        titles = QHBoxLayout()
        titles.setContentsMargins(0, 0, 2 * GRID, 0)
        titles.setSpacing(2 * GRID)
        titles.addWidget(menus)
        titles.addStretch(1)
        titles.addWidget(self.tabs)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(titles)
        column.addLayout(tools)
        self.tabs.currentChanged.connect(self._fit)
        self._restyle()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._fit()

    def _fit(self) -> None:
        """Show the tools and the names of chapters that there is room for."""
        self.tabs.fit(self.width() - self._menus.sizeHint().width() - 4 * GRID)
        ems = self.width() / themes.text_px(self)
        folded = {name for width, names in FOLDED if ems < width for name in names.split()}
        groups = [[n for n in part.split() if n not in folded] for part in TOOLS.split("|")]
        groups = [group for group in groups if group]
        if groups == self._shown:
            return
        self._shown = groups
        self._tools.clear()
        for number, group in enumerate(groups):
            if number:
                self._tools.addAction(self._rulers[number - 1])
            for name in group:
                self._tools.addAction(self._actions[name])
                button = self._tools.widgetForAction(self._actions[name])
                if name in DRAWN and isinstance(button, QToolButton):
                    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._restyle()

    def _restyle(self) -> None:
        side = icon_side(self)
        self._tools.setIconSize(QSize(side, side))
        self._fit()
