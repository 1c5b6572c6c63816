"""The spotlight: a ring of light round the pointer, for the last row of a lecture hall.

A veil over the whole window would make every view beneath paint twice as often; a ring touches a
few thousand pixels. It asks where the pointer is rather than hear of every event of the program.
"""

from __future__ import annotations

import time

from PyQt6.QtCore import QPoint, QRectF, Qt, QTimer
from PyQt6.QtGui import QColor, QCursor, QPainter, QPaintEvent, QPixmap, QRadialGradient
from PyQt6.QtWidgets import QWidget

from viz.theme import Theme, theme

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
