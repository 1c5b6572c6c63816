"""The player bar: which demonstration, play, the timeline, speed and loop, beside the tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QAction, QActionGroup, QFontMetrics
from PyQt6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from viz import theme as themes
from viz.document import Document
from viz.i18n import tr
from viz.player import SPEEDS, Player
from viz.theme import GRID, Theme
from viz.views.drawn_icons import PATHS, icon
from viz.views.timeline import Timeline
from viz.views.tips import wrapped

if TYPE_CHECKING:
    from viz.demos import Demonstration

LEAST_TITLE, MOST_TITLE = 6, 24
"""Width of the chooser in em: the least, and the most that it takes."""

_MORE, _AROUND = " ▾", 4 * GRID
"""What says that there is a menu, and the pixels that the button has beside its text."""

_FRACTIONS = {0.25: "¼", 0.5: "½"}


def speed_text(speed: float) -> str:
    """``¼×`` … ``4×``."""
    return f"{_FRACTIONS.get(speed, f'{speed:g}')}×"


class PlayerBar(QWidget):
    """Drives a Player; ``add_action`` puts further commands at its end."""

    def __init__(self, player: Player, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player, self._document = player, document
        self._theme, self._text_px = themes.theme("dark"), 13
        self._added: list[QAction] = []
        self.chooser = _Chooser(self)
        self._titles = QMenu(self)
        self._titles.setToolTipsVisible(True)
        self._titles.aboutToShow.connect(self._list)
        self.chooser.setMenu(self._titles)
        self.previous = self._button(tr("Previous demonstration (Page up)"), player.previous)
        self.toggle = self._button(tr("Play or pause (Space)"), player.toggle)
        self.next = self._button(tr("Next demonstration (Page down)"), player.next)
        self.timeline = Timeline(player)
        self.speed = QToolButton()
        self.speed.setToolTip(tr("Speed"))
        self.speed.setAccessibleName(tr("Speed"))
        self._speeds = QMenu(self)
        group = QActionGroup(self)
        for value in SPEEDS:
            action = self._speeds.addAction(speed_text(value))
            assert action is not None
            action.setCheckable(True)
            action.setData(value)
            group.addAction(action)
            action.triggered.connect(lambda _=False, value=value: setattr(player, "speed", value))
        self.speed.setMenu(self._speeds)
        self.loop = self._button(tr("Begin anew at the end"), None)
        self.loop.setObjectName("loop")
        self.loop.setCheckable(True)
        self.loop.toggled.connect(lambda on: setattr(player, "loop", on))
        for chooser in (self.chooser, self.speed):
            chooser.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            chooser.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        for part in (self.chooser, self.previous, self.toggle, self.next):
            self._row.addWidget(part)
        self._row.addWidget(self.timeline, 1)
        for part in (self.speed, self.loop):
            self._row.addWidget(part)
        # The arrow beside a text is part of the text: the style's own would cover it
        self.setStyleSheet(
            "QToolButton { padding: 3px 4px; }"
            "QToolButton::menu-indicator { image: none; }"
            "QToolButton#loop:checked { background: transparent; }"
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(tr("Demonstration"))
        player.demonstration_changed.connect(self._show_demonstration)
        player.playing_changed.connect(self._show_playing)
        player.mode_changed.connect(self._show_mode)
        document.chapter_changed.connect(self._show_demonstration)
        self.set_theme(self._theme, self._text_px)
        self._show_mode()
        self._show_demonstration()

    def _button(self, tip: str, run: object) -> QToolButton:
        button = QToolButton()
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if callable(run):
            button.clicked.connect(lambda: run())
        return button

    def add_action(self, action: QAction) -> None:
        """Put a command's button at the end of the row: its drawn icon, else its text."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.iconText())
        self._row.addWidget(button)
        self._added.append(action)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._text_px = theme, text_px
        face, side = themes.font(text_px), round(1.2 * text_px)
        for button in self.findChildren(QToolButton):
            button.setFont(face)
            button.setIconSize(QSize(side, side))
        for menu in (self._titles, self._speeds):
            menu.setFont(face)
        self.previous.setIcon(icon("previous", theme, side))
        self.next.setIcon(icon("next", theme, side))
        self.loop.setIcon(icon("loop", theme, side))
        for action in self._added:
            if action.objectName() in PATHS:
                action.setIcon(icon(action.objectName(), theme, side))
        widest = max(QFontMetrics(face).horizontalAdvance(speed_text(s)) for s in SPEEDS)
        self.speed.setFixedWidth(widest + 4 * GRID)
        self.chooser.set_em(text_px)
        self.timeline.set_theme(theme, text_px)
        self._show_playing(self._player.playing)

    # What the player tells

    def _show_demonstration(self) -> None:
        demonstration = self._player.demonstration
        if demonstration is None:
            self.chooser.set_title(tr("Demonstrations"))
            self.chooser.setToolTip(tr("Choose a demonstration of this chapter."))
        else:
            self.chooser.set_title(demonstration.title)
            self.chooser.setToolTip(_about(demonstration))

    def _show_playing(self, playing: bool) -> None:
        side = round(1.2 * self._text_px)
        self.toggle.setIcon(icon("pause" if playing else "play", self._theme, side))
        self.toggle.setAccessibleName(tr("Pause") if playing else tr("Play"))

    def _show_mode(self) -> None:
        self.speed.setText(speed_text(self._player.speed))
        self.loop.setChecked(self._player.loop)
        for action in self._speeds.actions():
            action.setChecked(action.data() == self._player.speed)

    def _list(self) -> None:
        """Fill the menu with the chapter's demonstrations, the loaded one ticked."""
        self._titles.clear()
        for demonstration in self._player.library():
            action = self._titles.addAction(demonstration.title.replace("&", "&&"))
            assert action is not None
            action.setToolTip(_about(demonstration))
            action.setCheckable(True)
            action.setChecked(demonstration is self._player.demonstration)
            action.triggered.connect(lambda _=False, chosen=demonstration: self._play(chosen))
        if not self._titles.actions():
            none = self._titles.addAction(tr("This chapter has none"))
            assert none is not None
            none.setEnabled(False)

    def _play(self, demonstration: Demonstration) -> None:
        self._player.load(demonstration)
        self._player.play()


def _about(demonstration: Demonstration) -> str:
    return wrapped(
        tr(
            "{title}\nWatch: {watch}\nIt proves: {proves}",
            title=demonstration.title,
            watch=demonstration.watch,
            proves=demonstration.proves,
        )
    )


class _Chooser(QToolButton):
    """A title, shortened to the place that there is, so that no title moves what is beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._em = "", 13
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def set_title(self, title: str) -> None:
        """Show this text."""
        self._title = title
        self.updateGeometry()
        self.setAccessibleName(tr("Demonstration: {title}", title=title))
        self._elide()

    def set_em(self, em: int) -> None:
        """Take widths for text of this size, in pixels."""
        self._em = em
        self.setMinimumWidth(LEAST_TITLE * em)
        self.updateGeometry()
        self._elide()

    def sizeHint(self) -> QSize:
        wide = self.fontMetrics().horizontalAdvance(self._title + _MORE) + _AROUND + 2
        return QSize(min(wide, MOST_TITLE * self._em), super().sizeHint().height())

    def resizeEvent(self, event: object) -> None:
        self._elide()

    def _elide(self) -> None:
        room = self.width() - _AROUND - self.fontMetrics().horizontalAdvance(_MORE)
        title = self.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        text = title.replace("&", "&&") + _MORE
        if text != self.text():
            self.setText(text)
