"""Take recorder: notes what changes in the window, at its time, while a take is under way.

A change that the document signals is noted at the end of its event, so that no half-changed state
is noted; a change without a signal, such as an instrument's settings, with the next frame. A note
takes 40 to 100 µs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

from viz.model.document import Document
from viz.model.player import Player
from viz.recording.take import MOST_SECONDS, Notes, Take
from viz.session.session import Session


class TakeRecorder(QObject):
    """One take, from the moment it is made to ``stop``."""

    went_on = pyqtSignal(float)
    """Seconds so far; with every frame of the film to come."""
    full = pyqtSignal()
    """The take has reached its bound, and notes nothing more."""

    def __init__(
        self,
        document: Document,
        player: Player,
        capture: Callable[[], Session],
        rate: int,
        clock: Callable[[], float] = time.perf_counter,
        parent: QObject | None = None,
    ) -> None:
        """``capture`` gives the screen as it is; ``rate``: frames a second; ``clock`` gives seconds
        that only grow."""
        super().__init__(parent)
        self._document, self._capture, self._clock = document, capture, clock
        self._start = clock()
        self._notes = Notes(rate, self._state())
        self._changed: float | None = None
        self._soon, self._frames = QTimer(self), QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._note)
        self._frames.setTimerType(Qt.TimerType.PreciseTimer)
        self._frames.timeout.connect(self._go_on)
        self._signals = (
            document.request_changed, document.selection_changed, document.window_changed,
            document.view.changed, document.snapshot_changed, player.time_changed,
        )  # fmt: skip
        for signal in self._signals:
            signal.connect(self._note_soon)
        self._frames.start(1000 // rate)

    @property
    def seconds(self) -> float:
        """How long the take has lasted."""
        return self._clock() - self._start

    def stop(self) -> Take:
        """End the take, and return what was noted."""
        if self._frames.isActive():
            self._note()
            self._end()
        return self._notes.take(min(self.seconds, MOST_SECONDS))

    def _end(self) -> None:
        self._soon.stop()
        self._frames.stop()
        for signal in self._signals:
            signal.disconnect(self._note_soon)

    def _note_soon(self, *_: object) -> None:
        """Note the change with its time, after every part has followed the signal."""
        if self._changed is None:
            self._changed = self.seconds
            self._soon.start(0)

    def _note(self) -> None:
        seconds = self.seconds if self._changed is None else self._changed
        self._changed = None
        self._notes.note(min(seconds, MOST_SECONDS), self._state())

    def _state(self) -> Session:
        """Return what a session keeps, and the unit pointed at, explained on the screen. Which
        window shows itself is known once the network has answered to this very scene."""
        state, document = self._capture(), self._document
        if document.hovered is not None:
            state = replace(state, hovered=document.hovered)
        if document.snapshot is None or document.snapshot.scene is not document.scene:
            state = replace(state, focus_window=None)
        return state

    def _go_on(self) -> None:
        self._note()
        seconds = self.seconds
        if self._notes.full or seconds >= MOST_SECONDS:
            self._end()
            self.full.emit()
        else:
            self.went_on.emit(seconds)
