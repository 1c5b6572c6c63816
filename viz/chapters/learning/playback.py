"""Playback: a computed training is gone through step by step: played, stopped, stepped, begun anew.

The numbers of all steps are there already; what moves is which of them is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QToolButton, QWidget

from viz.i18n import tr

PER_SECOND = 30


class Playback(QObject):
    """The step that is shown, 0 … ``last``, and the buttons *Play*, *Step* and *Again*."""

    moved = pyqtSignal()
    """The user, or the clock that the user started, went to another step."""

    def __init__(self, parent: QWidget, last: int, a_tick: int = 1) -> None:
        """``a_tick``: steps that it plays each thirtieth of a second."""
        super().__init__(parent)
        self.step, self._last, self._a_tick = 0, last, a_tick
        self.play = button(tr("Play"), tr("Go on step by step, or stop."), self._toggle)
        self.one = button(tr("Step"), tr("One step further."), lambda: self.go(self.step + 1))
        self.again = button(tr("Again"), tr("Back to the start."), self._restart)
        self._timer = QTimer(self)
        self._timer.setInterval(1000 // PER_SECOND)
        self._timer.timeout.connect(self._play_on)

    @property
    def buttons(self) -> tuple[QToolButton, ...]:
        """In the order in which they stand."""
        return self.play, self.one, self.again

    def take(self, state: Any) -> None:
        """Show a step of a file; what is none is ignored."""
        is_whole = isinstance(state, int) and not isinstance(state, bool)
        if is_whole and 0 <= state <= self._last:
            self.step = state

    def go(self, step: int) -> None:
        """Show a step, as the user asks."""
        self.step = min(max(step, 0), self._last)
        self.moved.emit()

    def stop(self) -> None:
        """Stop playing."""
        self._timer.stop()
        self.play.setText(tr("Play"))

    def _restart(self) -> None:
        self.stop()
        self.go(0)

    def _toggle(self) -> None:
        if self._timer.isActive():
            self.stop()
            return
        self.go(0 if self.step == self._last else self.step)
        self._timer.start()
        self.play.setText(tr("Stop"))

    def _play_on(self) -> None:
        self.go(self.step + self._a_tick)
        if self.step == self._last:
            self.stop()


def button(text: str, tip: str, run: Callable[[], object]) -> QToolButton:
    """Make a button reached by Tab only: a click leaves the keys with the canvas."""
    found = QToolButton()
    found.setText(text)
    found.setProperty("outlined", True)
    found.setToolTip(tip)
    found.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    found.clicked.connect(lambda: run())
    return found
