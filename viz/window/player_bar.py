"""The player bar: play, which demonstration, the timeline, speed and loop, beside the tools.

Nothing in it moves for another demonstration: the buttons come first, and title and timeline share
what is left by the bar's width and the size of text alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from viz.i18n import tr
from viz.model.command import Command
from viz.model.document import Document
from viz.model.player import SPEEDS, Player
from viz.views import theme as themes
from viz.views.theme import GRID
from viz.views.widgets.icons import icon, icon_side
from viz.views.widgets.tooltip import wrapped
from viz.window.timeline import Timeline

if TYPE_CHECKING:
    from viz.model.demonstration import Demonstration

LEAST_TITLE, MOST_TITLE = 5, 24
"""Width of the chooser in em: the least, and the most that it takes."""

_MORE, _AROUND = " ▾", 4 * GRID
"""What says that there is a menu, and the pixels that the button has beside its text."""

_FRACTIONS = {0.25: "¼", 0.5: "½"}


def speed_text(speed: float) -> str:
    """Return a speed as it is shown: ``¼×`` … ``4×``."""
    return f"{_FRACTIONS.get(speed, f'{speed:g}')}×"


def commands(
    player: Player, is_lecture: Callable[[], bool], arrive: Callable[[], object]
) -> tuple[Command, ...]:
    """Return the commands of the demonstrations' clock; most are on a clicker or one key.

    While ``is_lecture``, a clicker's keys step through the open lecture, and ``arrive`` shows its
    present step from the beginning. While presenting "." is its key for a black screen.
    """
    menu = tr("&Demonstrations")

    def is_at_hand() -> bool:
        return player.at_hand is not None

    return (
        Command("play", menu, tr("&Play or pause"), "Space",
                tr("Play the chapter's demonstration, pause it, or go on after taking over."),
                player.toggle, once=True),
        Command("next", menu, tr("&Next"), "PgDown",
                tr("Play the chapter's next demonstration, while no lecture is open."), player.next,
                enabled=lambda: not is_lecture(), once=True),
        Command("previous", menu, tr("Pre&vious"), "PgUp",
                tr("Play the chapter's previous demonstration, while no lecture is open."),
                player.previous, enabled=lambda: not is_lecture(), once=True),
        Command("again", menu, tr("Play a&gain"), "Home",
                tr("Play the chapter's demonstration, or the lecture's present step, from its "
                   "beginning."), lambda: arrive() if is_lecture() else player.play_again(),
                once=True),
        Command("step_on", menu, tr("Step &on"), "., Ctrl+Right",
                tr("Pause and go on by 1/30 s of the demonstration; while presenting with "
                   "Ctrl+Right alone, since . blanks the screen."), lambda: player.step(1),
                enabled=is_at_hand, lent=".", separated=True),
        Command("step_back", menu, tr("Step &back"), ",, Ctrl+Left",
                tr("Pause and go back by 1/30 s of the demonstration."), lambda: player.step(-1),
                enabled=is_at_hand),
        Command("faster", menu, tr("&Faster"), "]", tr("Play twice as fast, up to 4×."),
                lambda: player.change_speed(1), separated=True, once=True),
        Command("slower", menu, tr("&Slower"), "[", tr("Play half as fast, down to ¼×."),
                lambda: player.change_speed(-1), once=True),
        Command("loop", menu, tr("&Loop"), "L", tr("Play the demonstration again when it ends."),
                player.toggle_loop, checked=lambda: player.loop, once=True),
    )  # fmt: skip


class PlayerBar(QWidget):
    """Buttons, title and timeline of a player; ``add_action`` puts further commands at its end."""

    def __init__(self, player: Player, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player, self._document = player, document
        self.chooser = _Chooser(self)
        self._titles = QMenu(self)
        self._titles.setToolTipsVisible(True)
        self._titles.aboutToShow.connect(self._list)
        self.chooser.setMenu(self._titles)
        self.previous = _button("previous", tr("Previous demonstration (Page up)"))
        self.previous.clicked.connect(player.previous)
        self.toggle = _button("play", tr("Play or pause (Space)"))
        self.toggle.clicked.connect(player.toggle)
        self.next = _button("next", tr("Next demonstration (Page down)"))
        self.next.clicked.connect(player.next)
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
        self.loop = _button("loop", tr("Play the demonstration again when it ends (L)"))
        self.loop.setObjectName("loop")
        self.loop.setCheckable(True)
        self.loop.toggled.connect(lambda on: setattr(player, "loop", on))
        for chooser in (self.chooser, self.speed):
            chooser.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            chooser.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        for part in (self.previous, self.toggle, self.next):
            self._row.addWidget(part)
        self._row.addSpacing(GRID)
        self._row.addWidget(self.chooser, 2)
        self._row.addWidget(self.timeline, 3)
        for part in (self.speed, self.loop):
            self._row.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(tr("Demonstrations"))
        player.demonstration_changed.connect(self._show_demonstration)
        player.playing_changed.connect(self._show_playing)
        player.mode_changed.connect(self._show_mode)
        document.view.changed.connect(self._turn)
        self._restyle()
        self._show_playing(player.playing)
        self._show_mode()
        self._show(None)  # demonstrations are made when first asked for, not at the start

    def add_action(self, action: QAction) -> None:
        """Put a command's button at the end of the row, with the icon of its id."""
        button = QToolButton()
        action.setIcon(icon(action.objectName()))
        button.setDefaultAction(action)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.iconText())
        self._row.addWidget(button)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._restyle()

    def _restyle(self) -> None:
        side, metrics = icon_side(self), self.fontMetrics()
        for button in self.findChildren(QToolButton):
            button.setIconSize(QSize(side, side))
        widest = max(metrics.horizontalAdvance(speed_text(speed)) for speed in SPEEDS)
        self.speed.setFixedWidth(widest + 4 * GRID)

    # Following the player

    def _turn(self, name: str) -> None:
        """Name what Space plays in another chapter before it comes."""
        if name == "chapter":
            self._show_demonstration()
            self.timeline.refresh()

    def _show_demonstration(self) -> None:
        self._show(self._player.offered)

    def _show(self, demonstration: Demonstration | None) -> None:
        if demonstration is None:
            self.chooser.set_title(tr("Demonstrations"), faded=True)
            self.chooser.setToolTip(tr("Choose a demonstration of this chapter."))
        else:
            on_canvas = demonstration is self._player.demonstration
            self.chooser.set_title(demonstration.title, faded=not on_canvas)
            self.chooser.setToolTip(_about(demonstration))

    def _show_playing(self, playing: bool) -> None:
        self.toggle.setIcon(icon("pause" if playing else "play"))
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
            action.triggered.connect(
                lambda _=False, chosen=demonstration: self._player.bring_on(chosen)
            )
        if not self._titles.actions():
            none = self._titles.addAction(tr("No demonstrations in this chapter"))
            assert none is not None
            none.setEnabled(False)


def _button(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _about(demonstration: Demonstration) -> str:
    return wrapped(
        tr(
            "{title}\nWatch: {watch}\nIt shows: {proves}",
            title=demonstration.title,
            watch=demonstration.watch,
            proves=demonstration.proves,
        )
    )


class _Chooser(QToolButton):
    """A title, shortened to the place that there is, so that no title moves what is beside it.

    A ``faded`` one is not on the canvas yet.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._faded = "", False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def set_title(self, title: str, *, faded: bool = False) -> None:
        """Show this text."""
        self._title, self._faded = title, faded
        self.setAccessibleName(tr("Demonstration: {title}", title=title))
        self._elide()
        self.update()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._restyle()

    def _restyle(self) -> None:
        self.setMinimumWidth(LEAST_TITLE * themes.text_px(self))
        self.setMaximumWidth(MOST_TITLE * themes.text_px(self))
        self._elide()

    def paintEvent(self, event: object) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = ""  # the style would centre it; it begins at the left
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        theme = themes.of(self)
        painter.setPen(theme.quiet if self._faded else theme.text)
        room = self.rect().adjusted(GRID, 0, 0, 0)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, flags, self.text().replace("&&", "&"))
        painter.end()

    def sizeHint(self) -> QSize:
        return QSize(LEAST_TITLE * themes.text_px(self), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: object) -> None:
        self._elide()

    def _elide(self) -> None:
        room = self.width() - _AROUND - self.fontMetrics().horizontalAdvance(_MORE)
        title = self.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        text = title.replace("&", "&&") + _MORE
        if text != self.text():
            self.setText(text)
