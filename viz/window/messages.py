"""Messages: one sentence at the foot of the window that says what happened and what to do.

One bar, and the text of one place: the latest. It lies in the caption's place, which it gives back
when it is closed, and over the times at its right where it is long; only what is longer than that
line lies over the lower end of the left column: never over a map or an instrument. A message
goes when it is closed, when its time is over, or when what it speaks of is gone. While presenting
none stays: it would lie over what is shown. What a passing message covers, or what was not closed
before presenting, comes back, one after another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PyQt6.QtCore import QObject, QRect, Qt, QTimer
from PyQt6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from viz.i18n import tr
from viz.model.view_state import ViewState
from viz.views.theme import GRID

PASSING_MS = 8_000
"""So long a message stays that must not lie in the way; two lines are read in half of it."""

NOTICE_MS = 4_000
"""So long it is said that something went well."""

Action = tuple[str, Callable[[], object]]
"""The text of a button, and what it does."""


LONG = 24
"""So many characters without a space, such as of a path, may be broken into two lines."""


@dataclass(frozen=True)
class Room:
    """Where a message may lie, in the bar's parent: on the first of ``lines`` that it fits, else
    upwards from the end of ``column``."""

    column: QRect
    lines: tuple[QRect, ...] = ()


@dataclass(frozen=True)
class _Message:
    text: str
    actions: tuple[Action, ...] = ()
    holds: Callable[[], bool] | None = None

    @property
    def is_gone(self) -> bool:
        """Whether what it speaks of is gone."""
        return self.holds is not None and not self.holds()


class MessageBar(QWidget):
    """Shows a sentence, a button for each action, and one that closes it."""

    def __init__(self, close: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._text = ""
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)  # names in files are no markup
        self._label.setWordWrap(True)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setSpacing(GRID)
        self._row.addWidget(self._label, 1)
        self._ends = QHBoxLayout()
        self._ends.addStretch(1)
        self._row.addLayout(self._ends)
        self._buttons: list[QPushButton] = []
        closing = QPushButton(tr("Close"))
        closing.clicked.connect(lambda: close())
        self._ends.addWidget(closing)
        self.room: Callable[[], Room] = self._whole_parent
        """Says where the bar may lie now."""
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that was set last."""
        return self._text

    def set_message(self, text: str, actions: Sequence[Action]) -> None:
        """Show this sentence, with these buttons."""
        for button in self._buttons:
            self._ends.removeWidget(button)
            button.hide()
            button.deleteLater()  # it may be the one that is just being clicked
        self._buttons = []
        for number, (name, run) in enumerate(actions):
            button = QPushButton(name)
            button.clicked.connect(lambda _=False, run=run: run())
            self._ends.insertWidget(1 + number, button)
            self._buttons.append(button)
            button.show()
        self._text = text
        self._label.setText(re.sub(rf"(\S{{{LONG}}})(?=\S)", "\\1\N{ZERO WIDTH SPACE}", text))
        self.show()
        self.place()

    def place(self) -> None:
        """Lie where there is room, as high as the text needs; over everything else."""
        if self.isHidden():
            return
        room = self.room()
        column = room.column
        for line in room.lines:
            if self._fit(line.width(), 0) <= line.height():
                self.setGeometry(line)
                break
        else:
            height = self._fit(column.width(), GRID)
            self.setGeometry(column.left(), column.bottom() + 1 - height, column.width(), height)
        self.raise_()

    def _fit(self, width: int, margin: int) -> int:
        """Put the buttons beside the text or below it, whichever is lower; return the height that
        it takes in this width."""
        row = self._row
        row.setContentsMargins(2 * GRID, margin, 2 * GRID, margin)

        def height(direction: QBoxLayout.Direction) -> int:
            row.setDirection(direction)
            return row.totalHeightForWidth(max(width, row.totalMinimumSize().width()))

        beside, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        lower = below if height(below) < height(beside) else beside
        return height(lower)

    def _whole_parent(self) -> Room:
        parent = self.parentWidget()
        whole = QRect() if parent is None else parent.rect()
        return Room(whole)


class Messages(QObject):
    """Shows messages in the ``bar``, each until it is closed, over or untrue."""

    def __init__(self, view: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bar = MessageBar(self.close)
        self._view = view
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._pass)
        self._shown: _Message | None = None
        """What is on the screen."""
        self._passes = False
        """Whether its time is short, so that it is not to be closed by the user."""
        self._kept: list[_Message] = []
        """What was not closed before it went, oldest first."""
        view.changed.connect(self._follow)

    @property
    def text(self) -> str:
        """The message on the screen, or "" if there is none."""
        return "" if self.bar.isHidden() else self.bar.text

    def show(
        self,
        text: str,
        actions: Sequence[Action] = (),
        *,
        holds: Callable[[], bool] | None = None,
        for_ms: int = 0,
    ) -> None:
        """Show ``text`` and a button for each action, which closes the message, too.

        It stays for ``for_ms`` milliseconds, 0: until it is closed; and as long as ``holds``, asked
        at every ``refresh``, says that what it speaks of is still there.
        """
        if for_ms or self._view.presenting:
            self._keep()
        self._timer.stop()
        if for_ms or self._view.presenting:
            self._timer.start(for_ms or PASSING_MS)
        message = _Message(text, tuple(actions), holds)
        self._shown, self._passes = message, bool(for_ms)
        self.bar.set_message(text, [(name, partial(self.close, run)) for name, run in actions])

    def show_later(
        self, text: str, actions: Sequence[Action], holds: Callable[[], bool] | None = None
    ) -> None:
        """Show a message as ``show`` does, once the one on the screen is closed."""
        if self.bar.isHidden() and not self._view.presenting:
            self.show(text, actions, holds=holds)
        else:
            self._kept.append(_Message(text, tuple(actions), holds))

    def refresh(self) -> None:
        """Take messages back that speak of what is gone."""
        self._kept = [message for message in self._kept if not message.is_gone]
        if self._shown is not None and self._shown.is_gone:
            self.close()

    def close(self, run: Callable[[], object] | None = None) -> None:
        """Close the message on the screen, and do what its button offers, unless what it speaks of
        is gone."""
        is_gone = self._shown is None or self._shown.is_gone
        self._shown = None
        self.bar.hide()
        if run is not None and not is_gone:
            run()
        if self.bar.isHidden() and not self._view.presenting:
            self._show_kept()

    def _follow(self, name: str) -> None:
        if name != "presenting":
            return
        self.refresh()
        if not self._view.presenting:
            if not self._passes:
                self._keep()
            self._show_kept()
        elif self._shown is not None and not self._passes:
            self._timer.start(PASSING_MS)

    def _keep(self) -> None:
        """Keep what is on the screen for later: the user has not closed it."""
        if self._shown is not None and not self._passes and self._shown not in self._kept:
            self._kept.append(self._shown)
        self._shown = None

    def _pass(self) -> None:
        self._keep()
        self.bar.hide()
        if not self._view.presenting:
            self._show_kept()

    def _show_kept(self) -> None:
        self._kept = [message for message in self._kept if not message.is_gone]
        if self._kept:
            message = self._kept.pop(0)
            self.show(message.text, message.actions, holds=message.holds)
