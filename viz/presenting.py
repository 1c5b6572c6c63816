"""Presenting: canvas and maps on the whole screen, enlarged, and nothing that could interrupt.

Controls are folded away, commands that open dialogs are off, errors go to the message bar, which
tells them for some seconds and again afterwards, and a ring follows the pointer. Leaving puts
everything back as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QApplication

from viz import actions
from viz.i18n import tr
from viz.views.message_bar import PASSING_MS
from viz.views.spotlight import Spotlight

if TYPE_CHECKING:
    from viz.window import MainWindow


STAYS_MS = 300
"""A window manager may leave full screen for a moment on the way to it."""


class Presenting:
    """``on`` while presenting."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.on = False
        self.stage = False
        """The same places without controls for a picture: no larger text, ring or full screen."""
        self.spotlight = Spotlight(window)
        self._before = Qt.WindowState.WindowNoState
        self._unfilled = QTimer(window)
        self._unfilled.setSingleShot(True)
        self._unfilled.setInterval(STAYS_MS)
        self._unfilled.timeout.connect(self._leave_with_the_screen)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), window)
        self._escape.setEnabled(False)
        self._escape.activated.connect(self.toggle)
        window.document.file_changed.connect(self.switch_dialogs)

    def may_ask(self) -> bool:
        """Whether a dialog may open now. While presenting none does, and the message bar says so.

        To be asked before every dialog: not all of them follow a command at once.
        """
        if self.on:
            self._window.message_bar.say(
                tr("No dialog opens while presenting; press Esc to leave, then try again."),
                for_ms=PASSING_MS,
            )
        return not self.on

    def follow_window_state(self) -> None:
        """Leave once the window manager has taken the window out of full screen, for good."""
        window = self._window
        if self.on and not window.isFullScreen() and not window.isMinimized():
            self._unfilled.start()
        else:
            self._unfilled.stop()

    def _leave_with_the_screen(self) -> None:
        if self.on:
            self._leave()

    def toggle(self) -> None:
        """Begin to present, or leave."""
        if self.on:
            self._leave()
        else:
            self._begin()

    def _begin(self) -> None:
        window = self._window
        self.on = True
        window.help.close_sheet()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        self.switch_dialogs()
        self._before = window.windowState()
        self._fold()
        window.setWindowState(self._before | Qt.WindowState.WindowFullScreen)
        self.spotlight.start()

    def _leave(self) -> None:
        window = self._window
        self.on = False
        self.spotlight.stop()
        self._unfilled.stop()
        self.switch_dialogs()
        self._fold()
        if window.isFullScreen():
            window.setWindowState(self._before)

    def switch_dialogs(self) -> None:
        """What would open a dialog is off while presenting: Save too, if it would ask where; not
        what ends a take."""
        asking = {command.id for command in actions.commands() if command.dialog}
        if self._window.recorder.taking:
            asking.discard("record")
            self._window.actions_by_id["record"].setEnabled(True)
        for name in (*asking, "save"):
            asks = name != "save" or self._window.document.file is None
            self._window.actions_by_id[name].setEnabled(not (self.on and asks))

    def _fold(self) -> None:
        window = self._window
        self._escape.setEnabled(self.on)
        window.actions_by_id["present"].setChecked(self.on)
        window.head.setVisible(not self.on)
        window.timing.setVisible(not self.on)
        window.hint_line.set_caption(self.on)
        window.message_bar.set_passing(self.on)
        window.fold_controls()
        window.appearance.apply()
        window.canvas.setFocus()
