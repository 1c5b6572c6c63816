"""Messages: one sentence over a corner of the window that says what happened and what to do.

One bar, and the text of one place: the latest. A message goes when it is closed, when its time is
over, or when what it speaks of is gone. While presenting none stays: it would lie over what is
shown. What a passing message covers, or what was not closed before presenting, comes back, one
after another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PyQt6.QtCore import QObject, Qt, QTimer
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from viz.i18n import tr
from viz.model.view_state import ViewState
from viz.views.theme import GRID

PASSING_MS = 8_000
"""So long a message stays that must not lie in the way; two lines are read in half of it."""

NOTICE_MS = 4_000
"""So long it is said that something went well."""

Action = tuple[str, Callable[[], object]]
"""The text of a button, and what it does."""


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
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)  # names in files are no markup
        self._label.setWordWrap(True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        self._row.addWidget(self._label, 1)
        self._buttons: list[QPushButton] = []
        closing = QPushButton(tr("Close"))
        closing.clicked.connect(lambda: close())
        self._row.addWidget(closing)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that was set last."""
        return self._label.text()

    def set_message(self, text: str, actions: Sequence[Action]) -> None:
        """Show this sentence, with these buttons."""
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()  # it may be the one that is just being clicked
        self._buttons = []
        for number, (name, run) in enumerate(actions):
            button = QPushButton(name)
            button.clicked.connect(lambda _=False, run=run: run())
            self._row.insertWidget(1 + number, button)
            self._buttons.append(button)
            button.show()
        self._label.setText(text)
        self.show()
        self.place()

    def place(self) -> None:
        """Lie over the lower left corner of the parent, as high as the text needs."""
        parent = self.parentWidget()
        if parent is None:
            return
        width = min(parent.width() - 8 * GRID, 56 * self.fontMetrics().averageCharWidth() + 240)
        height = max(self._row.heightForWidth(width), self.sizeHint().height())
        self.setGeometry(4 * GRID, parent.height() - height - GRID, width, height)
        self.raise_()


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
        """What is to be closed by the user."""
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
        self._shown = None if for_ms else message
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
        """Close the message on the screen, and do what its button offers."""
        self._shown = None
        self.bar.hide()
        if run is not None:
            run()
        if self.bar.isHidden() and not self._view.presenting:
            self._show_kept()

    def _follow(self, name: str) -> None:
        if name != "presenting":
            return
        if not self._view.presenting:
            self._keep()
            self._show_kept()
        elif self._shown is not None:
            self._timer.start(PASSING_MS)

    def _keep(self) -> None:
        """Keep what is on the screen for later: the user has not closed it."""
        if self._shown is not None and self._shown not in self._kept:
            self._kept.append(self._shown)
        self._shown = None

    def _pass(self) -> None:
        self._keep()
        self.bar.hide()
        if not self._view.presenting:
            self._show_kept()

    def _show_kept(self) -> None:
        if self._kept:
            message = self._kept.pop(0)
            self.show(message.text, message.actions, holds=message.holds)
