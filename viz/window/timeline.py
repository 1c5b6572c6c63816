"""The timeline: where a demonstration is, to be scrubbed by mouse and keys, and its time.

It moves 60 times a second: the slider repaints only when its value changes, by 1 ms at least, and
the label, of fixed size so that no layout is asked, ten times a second.
"""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QSignalBlocker, QSize, Qt
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from viz.i18n import tr
from viz.model.player import Player
from viz.views import theme as themes
from viz.views.theme import GRID
from viz.views.widgets.slider import Slider

LEAST_TRAVEL = 160
"""The least way of the knob, in pixels."""


def time_text(time: float, duration: float) -> str:
    """Return ``2.5 / 8.0 s``, as wide for every time of a demonstration."""
    width = len(f"{duration:.1f}")
    figures = f"{time:.1f}".rjust(width, "\N{FIGURE SPACE}")
    return tr("{time} / {duration} s", time=figures, duration=f"{duration:.1f}")


class Timeline(QWidget):
    """A slider in milliseconds, and the time in figures. A drag scrubs, a click jumps."""

    def __init__(self, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._resume = False
        """The demonstration was playing when the knob was taken, and goes on when it is let go."""
        self.slider, self.label = Slider(), QLabel()
        self.slider.setAccessibleName(tr("Time of the demonstration"))
        self.slider.setToolTip(
            tr("Drag or click to go to a time; “,” and “.” step by 1/30 s, also the arrow keys.")
        )
        self.label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, GRID, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.slider.sliderPressed.connect(self._take)
        self.slider.sliderReleased.connect(self._let_go)
        self.slider.valueChanged.connect(self._seek)
        self.slider.stepped.connect(player.step)
        player.time_changed.connect(self.refresh)
        player.demonstration_changed.connect(self.refresh)
        self._restyle()
        self.refresh()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._restyle()

    def _restyle(self) -> None:
        height = round(1.8 * themes.text_px(self))
        self.slider.setFixedHeight(height)
        widest = self.label.fontMetrics().horizontalAdvance(time_text(88.8, 88.8))
        self.label.setFixedSize(widest, height)

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        return QSize(LEAST_TRAVEL + self.label.width() + 8 * GRID, least.height())

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()  # whatever it plays: nothing beside it moves

    def refresh(self) -> None:
        """Show the current demonstration and its time, or nothing without one."""
        shown = self._player.at_hand
        duration = shown.duration if shown is not None else 0.0
        with QSignalBlocker(self.slider):
            self.slider.setMaximum(round(1000 * duration))
            self.slider.setValue(round(1000 * self._player.time))
        self.label.setText(time_text(self._player.time, duration) if duration else "")

    def _take(self) -> None:
        self._resume = self._player.playing
        self._player.pause()

    def _let_go(self) -> None:
        if self._resume:
            self._player.play()

    def _seek(self, value: int) -> None:
        if self._player.at_hand is None:
            return  # a key turned the page while the knob was held
        if value == self.slider.maximum():
            self._player.pause()  # or it would begin anew at once
        self._player.seek(value / 1000)
