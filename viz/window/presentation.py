"""Presentation: canvas and maps on the whole screen, enlarged, and nothing that could interrupt.

Controls are folded away, commands that open dialogs are off, messages pass after some seconds and
come back afterwards, and a ring of light follows the pointer. Leaving puts everything back.

A veil over the whole window would make every view beneath paint twice as often; a ring touches a
few thousand pixels. It asks where the pointer is rather than hear of every event of the program.
"""

from __future__ import annotations

import time

from PyQt6.QtCore import QEvent, QPoint, QRectF, Qt, QTimer
from PyQt6.QtGui import QColor, QCursor, QPainter, QPaintEvent, QPixmap, QRadialGradient
from PyQt6.QtWidgets import QApplication, QWidget

from viz.i18n import tr
from viz.model.command import Command
from viz.model.view_state import ViewState
from viz.views import theme as themes
from viz.views.widgets.export import NO_DIALOGS
from viz.window.blank import Blank

STAYS_MS = 300
"""A window manager may leave full screen for a moment on the way to it."""


class Presentation:
    """Brings a window to the lecture hall's screen and back; the rest follows the view state."""

    def __init__(self, window: QWidget, view: ViewState) -> None:
        self._window, self._view = window, view
        self.spotlight, self.blank = Spotlight(window), Blank(view, window)
        self._before = Qt.WindowState.WindowNoState
        self._unfilled = QTimer(window)
        self._unfilled.setSingleShot(True)
        self._unfilled.setInterval(STAYS_MS)
        self._unfilled.timeout.connect(self._leave_with_the_screen)
        view.changed.connect(self._follow)

    def _follow(self, name: str) -> None:
        """No ring of light on a black screen."""
        if name == "blank":
            if self._view.blank:
                self.spotlight.stop()
            elif self._view.presenting:
                self.spotlight.start()

    def follow_window_state(self) -> None:
        """Leave once the window manager has taken the window out of full screen, for good."""
        window = self._window
        if self._view.presenting and not window.isFullScreen() and not window.isMinimized():
            self._unfilled.start()
        else:
            self._unfilled.stop()

    def _leave_with_the_screen(self) -> None:
        if self._view.presenting:
            self._leave()

    def toggle(self) -> None:
        """Begin to present, or leave."""
        if self._view.presenting:
            self._leave()
        else:
            self._begin()

    def _begin(self) -> None:
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        self._before = self._window.windowState()
        self._view.presenting = True
        self._window.setProperty(NO_DIALOGS, True)
        self._window.setWindowState(self._before | Qt.WindowState.WindowFullScreen)
        self.spotlight.start()

    def _leave(self) -> None:
        self._unfilled.stop()
        self._view.blank = False
        self.spotlight.stop()
        self._view.presenting = False
        self._window.setProperty(NO_DIALOGS, False)
        if self._window.isFullScreen():
            self._window.setWindowState(self._before)

    def _toggle_full_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def commands(self) -> tuple[Command, ...]:
        """The commands that take the whole screen."""
        menu, view = tr("&View"), self._view
        return (
            Command("full_screen", menu, tr("&Full screen"), "F11",
                    tr("Use the whole screen; again to go back."), self._toggle_full_screen,
                    checked=self._window.isFullScreen, once=True),
            Command("present", menu, tr("Pr&esent"), "F5",
                    tr("Show only canvas and maps, enlarged, on the whole screen, "
                       "with a ring around the pointer; Esc goes back. No dialog "
                       "opens meanwhile."), self.toggle,
                    checked=lambda: view.presenting, short=tr("Present"), once=True),
            Command("blank", menu, tr("&Black screen"), "B, .",
                    tr("Turn the screen black while presenting, as a clicker does; again, Esc, a "
                       "click or any other key ends it."),
                    lambda: setattr(view, "blank", not view.blank),
                    checked=lambda: view.blank, enabled=lambda: view.presenting, once=True),
            Command("hide_answer", menu, tr("&Hide the answer"), "Q",
                    tr("Cover the answer, the scores and the instruments that show the class, so "
                       "that the audience may guess; again to show them."),
                    lambda: setattr(view, "answer_hidden", not view.answer_hidden),
                    checked=lambda: view.answer_hidden, once=True),
        )  # fmt: skip


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
        self._picture = QPixmap()
        self._at = QPoint(-1, -1)
        self._moved = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFixedSize(SIDE, SIDE)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._follow)
        self.hide()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._picture = QPixmap()
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
        colour = QColor("#ffd54a" if themes.of(self).name == "dark" else "#e08a00")

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
