"""Presentation: canvas and maps on the whole screen, enlarged, and nothing that could interrupt.

Controls are folded away, commands that open dialogs are off, errors go to the message bar, which
tells them for some seconds and again afterwards, and a ring of light follows the pointer. Leaving
puts everything back as it was.

A veil over the whole window would make every view beneath paint twice as often; a ring touches a
few thousand pixels. It asks where the pointer is rather than hear of every event of the program.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, QRectF, Qt, QTimer
from PyQt6.QtGui import (
    QColor,
    QCursor,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRadialGradient,
    QShortcut,
)
from PyQt6.QtWidgets import QApplication, QWidget

from viz.i18n import tr
from viz.views.theme import Theme, theme
from viz.window import commands
from viz.window.message_bar import PASSING_MS

if TYPE_CHECKING:
    from viz.window.main_window import MainWindow


STAYS_MS = 300
"""A window manager may leave full screen for a moment on the way to it."""


class Presentation:
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
        asking = {command.id for command in commands.commands() if command.dialog}
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


SIDE = 128
"""Width and height in pixels."""

HOLE, RING = 34.0, 4.0
"""Radius of the clear middle, and the ring's width."""

EVERY_MS = 16
IDLE_MS = 50
"""How often the pointer is looked for: while it moves, and once it has come to rest."""

REST_S = 3.0
"""After so long without a movement the ring goes away."""


class Spotlight(QWidget):
    """Follows the pointer over its parent while ``start``ed; lets every event through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme("dark")
        self._picture = QPixmap()
        self._at = QPoint(-1, -1)
        self._moved = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFixedSize(SIDE, SIDE)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._follow)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._theme, self._picture = theme, QPixmap()
        self.update()

    def start(self) -> None:
        """Follow the pointer; shown at its first movement."""
        self._at = self._pointer()
        self._timer.start(EVERY_MS)

    def stop(self) -> None:
        """Go away."""
        self._timer.stop()
        self.hide()

    def _pointer(self) -> QPoint:
        parent = self.parentWidget()
        assert parent is not None
        return parent.mapFromGlobal(QCursor.pos())

    def _follow(self) -> None:
        at, now = self._pointer(), time.monotonic()
        if at != self._at:
            self._at, self._moved = at, now
            self.move(at - QPoint(SIDE // 2, SIDE // 2))
            if self.isHidden():
                self._timer.setInterval(EVERY_MS)
                self.show()
                self.raise_()
        elif not self.isHidden() and now - self._moved > REST_S:
            self._timer.setInterval(IDLE_MS)
            self.hide()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        ratio = self.devicePixelRatioF()
        if self._picture.isNull() or self._picture.devicePixelRatio() != ratio:
            self._picture = self._drawn(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.end()

    def _drawn(self, ratio: float) -> QPixmap:
        """The ring: clear within, a bright edge, a halo that fades outwards."""
        picture = QPixmap(round(SIDE * ratio), round(SIDE * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        half = SIDE / 2
        glow = QRadialGradient(half, half, half)
        colour = QColor("#ffd54a" if self._theme.name == "dark" else "#e08a00")

        def faded(alpha: float) -> QColor:
            result = QColor(colour)
            result.setAlphaF(alpha)
            return result

        for radius, alpha in (
            (0.0, 0.0),
            (HOLE - 1, 0.0),
            (HOLE, 0.95),
            (HOLE + RING, 0.95),
            (HOLE + RING + 1, 0.45),
            (HOLE + 16, 0.16),
            (half, 0.0),
        ):
            glow.setColorAt(radius / half, faded(alpha))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(glow)
        painter.drawEllipse(QRectF(0, 0, SIDE, SIDE))
        painter.end()
        return picture
