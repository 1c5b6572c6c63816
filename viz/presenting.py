"""Presenting: canvas and maps on the whole screen, enlarged, and nothing that could interrupt.

Controls are folded away, commands that open dialogs are off, errors go to the message bar, and a
ring follows the pointer. Leaving puts everything back as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QApplication

from viz import actions
from viz.views.spotlight import Spotlight

if TYPE_CHECKING:
    from viz.window import MainWindow


class Presenting:
    """``on`` while presenting."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.on = False
        self.stage = False
        """The same places without controls for a picture: no larger text, ring or full screen."""
        self.spotlight = Spotlight(window)
        self._before = Qt.WindowState.WindowNoState
        self._off: list[str] = []
        """Commands that were on before and are off meanwhile."""
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), window)
        self._escape.setEnabled(False)
        self._escape.activated.connect(self.toggle)

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
        by_id = window.actions_by_id
        asking = {c.id for c in actions.commands() if c.dialog}
        if window.document.file is None:
            asking.add("save")  # which would ask for a name
        self._off = [name for name in asking if by_id[name].isEnabled()]
        for name in self._off:
            by_id[name].setEnabled(False)
        self._before = window.windowState()
        self._fold()
        window.setWindowState(self._before | Qt.WindowState.WindowFullScreen)
        self.spotlight.start()

    def _leave(self) -> None:
        window = self._window
        self.on = False
        self.spotlight.stop()
        for name in self._off:
            window.actions_by_id[name].setEnabled(True)
        self._fold()
        window.setWindowState(self._before)

    def _fold(self) -> None:
        window = self._window
        self._escape.setEnabled(self.on)
        window.actions_by_id["present"].setChecked(self.on)
        window.head.setVisible(not self.on)
        window.timing.setVisible(not self.on)
        window.hint_line.set_caption(self.on)
        window.fold_controls()
        window.apply_theme()
        window.canvas.setFocus()
