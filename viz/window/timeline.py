"""The timeline: where a demonstration is, to be scrubbed by mouse and keys, and its time.

It moves 60 times a second, so it paints its own figures and only when they look different.
"""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.i18n import tr
from viz.model.player import Player
from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.text_cache import TextCache

LEAST_TRAVEL = 160
"""The least way of the knob, in pixels."""

_STEPS = {
    Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1,
}  # fmt: skip


def told(time: float, duration: float) -> str:
    """``2.5 / 8.0 s``, as wide for every time of a demonstration."""
    width = len(f"{duration:.1f}")
    figures = f"{time:.1f}".rjust(width, "\N{FIGURE SPACE}")
    return tr("{time} / {duration} s", time=figures, duration=f"{duration:.1f}")


class Timeline(PaintedView):
    """A line with a knob, and the time in figures. A drag scrubs, a click jumps."""

    def __init__(self, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._resume = False
        """The demonstration was playing when the knob was taken, and goes on when it is let go."""
        self._held = False
        self._looks: object = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Time of the demonstration"))
        self.setToolTip(
            tr("Drag or click to go to a time; “,” and “.” step by 1/30 s, also the arrow keys.")
        )
        player.time_changed.connect(self.refresh)
        player.demonstration_changed.connect(self.refresh)
        self.set_theme(themes.theme("dark"), 13)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme = theme
        self._lettering = TextCache(themes.font(text_px))
        self.setFixedHeight(round(1.8 * text_px))
        self.updateGeometry()
        self._looks = None
        self.refresh()

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()  # whatever it plays: nothing beside it moves

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_TRAVEL + self._figures(88.8), self.height())

    @property
    def _duration(self) -> float:
        demonstration = self._player.at_hand
        return 0.0 if demonstration is None else demonstration.duration

    def _figures(self, duration: float) -> int:
        """Pixels that the time needs at the right end; figures are tabular, so any time's do."""
        return round(self._lettering.width(told(duration, duration))) + 3 * GRID

    def refresh(self) -> None:
        """Show the current demonstration and its time."""
        duration = self._duration
        looks = (
            round(2 * self.x_of(self._player.time)),
            told(self._player.time, duration) if duration else "",
            duration,
        )
        if looks != self._looks:
            self._looks = looks
            self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, y = self._theme, self.height() / 2
        duration = self._duration
        left, length = self._track
        right = left + length
        at = self.x_of(self._player.time)
        painter.setPen(QPen(theme.line, 3, cap=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(left, y), QPointF(right, y))
        if duration:
            painter.setPen(QPen(theme.accent, 3, cap=Qt.PenCapStyle.RoundCap))
            painter.drawLine(QPointF(left, y), QPointF(at, y))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.accent if self._held else theme.text)
            painter.drawEllipse(QPointF(at, y), self._radius, self._radius)
            painter.setFont(self._lettering.font)
            painter.setPen(theme.quiet)
            top = (self.height() - self._lettering.height) / 2
            text = told(self._player.time, duration)
            self._lettering.draw(painter, self.width() - GRID, top, text, align=1.0)
        if self.framed:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.accent, 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.end()

    @property
    def _radius(self) -> float:
        return max(5.0, self.height() / 5)

    def x_of(self, time: float) -> float:
        """Where the middle of the knob stands at this time, in pixels from the left."""
        first, length = self._track
        return first + length * (time / self._duration if self._duration else 1.0)

    @property
    def _track(self) -> tuple[float, float]:
        """(left end, length) of the knob's way; without a demonstration there are no figures."""
        first = self._radius + 1
        figures = self._figures(self._duration) if self._duration else first
        return first, max(1.0, self.width() - first - self._radius - figures)

    # Input

    def _seek(self, event: QMouseEvent) -> None:
        first, length = self._track
        self._player.seek(self._duration * (event.position().x() - first) / length)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton and self._duration:
            self._held, self._resume = True, self._player.playing
            self._player.pause()
            self._seek(event)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self._held and self._duration:  # a key may turn the page meanwhile
            self._seek(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self._held:
            self._held = False
            self.update()
            if self._resume:
                self._player.play()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrow keys step, Home and End go to the ends."""
        key = Qt.Key(event.key()) if event is not None else None
        if key in _STEPS:
            self._player.step(_STEPS[key])
        elif key == Qt.Key.Key_Home and self._duration:
            self._player.seek(0.0)
        elif key == Qt.Key.Key_End and self._duration:
            self._player.pause()
            self._player.seek(self._duration)
        else:
            super().keyPressEvent(event)
