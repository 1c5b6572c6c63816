"""The player: a demonstration's clock, which puts its scenes on the canvas.

What is shown at a time is ``scene_at`` that time and nothing else, so that scrubbing, recording and
playing agree. Frames are due 60 times a second; one that comes late is skipped, never queued.
Whatever else changes the scene (a grab, a slider, undo) takes over at once; ``play`` resumes.

A demonstration belongs to its chapter. Turning to another chapter pauses it: its picture stays on
the canvas, to be measured there, but it is no longer current (``at_hand``). Then captions, times
and steps do not refer to it, and ``toggle``, ``next`` and ``previous`` play the new chapter's
demonstrations from the beginning. Back in its own chapter it is current again at the same time,
and ``toggle`` resumes. That holds whether it was playing, paused, taken over, or opened with a
session. A chapter without demonstrations leaves the current one alone. Nothing of this changes the
scene; the next demonstration does, and undo brings back what the user had made of it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal

from viz.i18n import tr
from viz.model.document import Document
from viz.nets.modules import NONE, Modules

if TYPE_CHECKING:
    from viz.model.demonstration import Demonstration

FPS = 60
"""Frames a second of the wall clock, at every speed."""

STEP_S = 1 / 30
"""What one step moves, in seconds of the demonstration: two frames, or one of most recordings."""

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)

_GRABS = (QEvent.Type.MouseButtonPress, QEvent.Type.TabletPress, QEvent.Type.TouchBegin)

Library = Callable[[str], "tuple[Demonstration, ...]"]


class Player(QObject):
    """Holds the loaded ``demonstration``, if any, and its ``time`` in seconds."""

    demonstration_changed = pyqtSignal()
    brought_on = pyqtSignal()
    """The user chose to see ``demonstration``; not so when a session brings it back."""
    time_changed = pyqtSignal(float)
    playing_changed = pyqtSignal(bool)
    mode_changed = pyqtSignal()
    """``speed`` or ``loop`` changed."""
    taken_over_changed = pyqtSignal(bool)
    seen_changed = pyqtSignal()
    staged = pyqtSignal()
    """The demonstration's scene of ``time`` was put on the canvas."""
    filmed = pyqtSignal()
    """A film's next frame is being shot, at the time that ``clock`` gives."""
    playing = False  # of the class, too: Qt filters events through one that Python took apart

    def __init__(
        self,
        document: Document,
        library: Library,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """``library`` gives the demonstrations of a chapter, ``clock`` seconds that only grow."""
        super().__init__()
        self._document, self._library = document, library
        self.clock = clock
        """Seconds that only grow: the wall's, or those of a film."""
        self.filming = False
        self.demonstration: Demonstration | None = None
        self.time = 0.0
        self.playing = False
        self.taken_over = False
        """Whether what is on the canvas is no longer the demonstration's scene."""
        self.seen = False
        """Whether playing has come to the demonstration's end since it was loaded."""
        self.frames = 0
        """Frames that were due while playing."""
        self.late = 0
        """How many of these were skipped, because the next was due before they could be shown."""
        self._speed, self._loop = 1.0, True
        self._chapter = document.view.chapter
        """Chapter in which the demonstration is current, even if not in that chapter's library."""
        self._gesture: int | None = None
        self._applying, self._posing = False, False
        self._start, self._from, self._frame = 0.0, 0.0, 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        document.scene_changed.connect(self._watch)
        document.view.changed.connect(self._follow)

    # Demonstrations

    def library(self) -> tuple[Demonstration, ...]:
        """The demonstrations of the document's chapter, in their order."""
        return self._library(self._document.view.chapter)

    @property
    def at_hand(self) -> Demonstration | None:
        """The loaded demonstration, but for one that was left behind in another chapter."""
        shown = self.demonstration
        if shown is None or self._chapter == self._document.view.chapter:
            return shown
        all_ = self.library()
        return shown if shown in all_ or not all_ else None

    @property
    def offered(self) -> Demonstration | None:
        """The demonstration that ``toggle`` plays: the current one, else the chapter's first."""
        return self.at_hand or next(iter(self.library()), None)

    def bring_on(self, demonstration: Demonstration) -> None:
        """Play a demonstration that the user chose from its beginning."""
        self.load(demonstration)
        self.brought_on.emit()
        self.play()

    def load(self, demonstration: Demonstration) -> None:
        """Show a demonstration's beginning, paused. Undo brings the user's drawing back."""
        self.pause()
        left = self.demonstration
        self.demonstration, self.time, self.seen = demonstration, 0.0, False
        self._chapter = self._document.view.chapter
        self._document.select(())  # numbers of items that are about to go
        # Its modules go with a demonstration, unless the user has taken over
        self._apply(NONE if left and left.modules_at and not self.taken_over else None)
        self.demonstration_changed.emit()
        self.time_changed.emit(0.0)

    def adopt(self, demonstration: Demonstration, time: float) -> None:
        """Treat the canvas as the demonstration's scene at a time, paused, or as what the user has
        made of it."""
        self.pause()
        self.demonstration, self.time, self.seen = demonstration, time, False
        self._chapter, self._gesture = demonstration.chapter, None
        self.demonstration_changed.emit()
        self.time_changed.emit(time)
        self._set_taken_over(self._document.scene != demonstration.scene_at(time))

    def unload(self) -> None:
        """Forget the demonstration; what is on the canvas stays."""
        self.pause()
        if self.demonstration is not None:
            self.demonstration, self.time, self.seen = None, 0.0, False
            self.demonstration_changed.emit()
            self._set_taken_over(False)

    def next(self) -> None:
        """Play the chapter's next demonstration, if there is one."""
        self._move(1)

    def previous(self) -> None:
        """Play the chapter's demonstration before this one, if there is one."""
        self._move(-1)

    def _move(self, by: int) -> None:
        all_ = self.library()
        now = next((i for i, d in enumerate(all_) if d is self.demonstration), None)
        index = 0 if now is None else now + by
        if 0 <= index < len(all_):
            self.bring_on(all_[index])

    # Playing

    def play(self) -> None:
        """Go on from ``time``, or from the beginning once the end was reached."""
        demonstration = self.at_hand
        if demonstration is None or self.playing:
            return
        if self.time >= demonstration.duration:
            self.time = 0.0
        if self.taken_over:
            self._document.select(())  # the user's selection ends as play resumes
        self._set_playing(True)
        self._show(self.time)
        self._anchor()

    def pause(self) -> None:
        """Stop at ``time``."""
        if self.playing:
            self._timer.stop()
            self._set_playing(False)

    def toggle(self) -> None:
        """Pause, or play the current demonstration, else the chapter's first."""
        offered = self.offered
        if self.playing:
            self.pause()
        elif offered is None or offered is self.demonstration:
            self.play()
        else:
            self.bring_on(offered)

    def play_again(self) -> None:
        """Play the current demonstration, else the chapter's first, from its beginning."""
        offered = self.offered
        if offered is not None and offered is self.demonstration:
            self.load(offered)
            self.play()
        elif offered is not None:
            self.bring_on(offered)

    def seek(self, time: float) -> None:
        """Show the scene at a time, within the demonstration's duration; playing goes on there."""
        if self.demonstration is None:
            return
        self._show(min(max(time, 0.0), self.demonstration.duration))
        if self.playing:
            self._anchor()

    def step(self, frames: int) -> None:
        """Pause and move by steps of 1/30 s."""
        if self.at_hand is None:
            return
        self.pause()
        self.seek(self.time + frames * STEP_S)

    def set_seen(self, seen: bool) -> None:
        """Count the demonstration as seen to its end, or not."""
        self.seen = seen
        self.seen_changed.emit()

    def pose(self, *, playing: bool) -> None:
        """Look as while playing, or paused, though no clock runs: for pictures and films."""
        self._posing = True
        if playing != self.playing:
            self._set_playing(playing)

    def film(self, time: float, *, playing: bool) -> None:
        """Prepare a film's frame at this time: what lasts a while goes by the film's clock."""
        self.filming, self.clock = True, lambda: time
        self.pose(playing=playing)
        self.filmed.emit()

    @property
    def speed(self) -> float:
        """Seconds of the demonstration per second."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if speed != self._speed and 0 < speed < math.inf:
            self._speed = speed
            if self.playing:
                self._anchor()
            self.mode_changed.emit()

    @property
    def loop(self) -> bool:
        """Whether playing begins anew at the end."""
        return self._loop

    @loop.setter
    def loop(self, loop: bool) -> None:
        if loop != self._loop:
            self._loop = loop
            self.mode_changed.emit()

    def change_speed(self, by: int) -> None:
        """Take the next faster of ``SPEEDS`` for 1, the next slower for −1."""
        nearest = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - self._speed))
        self.speed = SPEEDS[min(max(nearest + by, 0), len(SPEEDS) - 1)]

    def toggle_loop(self) -> None:
        """Begin anew at the end, or stop there."""
        self.loop = not self.loop

    # The clock

    def _anchor(self) -> None:
        """Count frames from here and now."""
        self._start, self._from, self._frame = self.clock(), self.time, 0
        self._wait()

    def _wait(self) -> None:
        if not self._posing:
            due = self._start + (self._frame + 1) / FPS - self.clock()
            self._timer.start(max(0, math.ceil(due * 1000)))

    def _tick(self) -> None:
        """Show the frame that is due now, whatever became of those before it."""
        demonstration = self.demonstration
        if not self.playing or demonstration is None:
            return
        frame = max(self._frame, int((self.clock() - self._start) * FPS + 1e-6))
        if frame > self._frame:
            self.frames += frame - self._frame
            self.late += frame - self._frame - 1
            self._frame = frame
            now = self._from + frame / FPS * self._speed
            if now >= demonstration.duration and not self.seen:
                self.set_seen(True)
            if now >= demonstration.duration and not self._loop:
                self._show(demonstration.duration)
                self.pause()
                return
            self._show(now % demonstration.duration)
        if self.playing:
            self._wait()

    def _show(self, now: float) -> None:
        self.time = now
        self._apply()
        self.time_changed.emit(now)

    def _apply(self, modules: Modules | None = None) -> None:
        """Put the scene of ``time`` on the canvas, with its modules, if it has any, in the network,
        or else with these."""
        demonstration = self.demonstration
        assert demonstration is not None
        if demonstration.modules_at is not None:
            modules = demonstration.modules_at(self.time)
        if self._gesture is None:
            self._gesture = self._document.new_gesture()
        self._applying = True
        try:
            self._document.apply(
                demonstration.scene_at(self.time),
                tr("Play “{title}”", title=demonstration.title),
                gesture=self._gesture,
                staged=True,
                modules=modules,
            )
        except Exception:
            self.pause()  # or the fault would come 60 times a second
            raise
        finally:
            self._applying = False
        self._set_taken_over(False)
        self.staged.emit()

    def _set_playing(self, playing: bool) -> None:
        self.playing = playing
        self.playing_changed.emit(playing)

    def _follow(self, name: str) -> None:
        """Pause a demonstration that is not current in the new chapter."""
        if name == "chapter" and self.playing and self.at_hand is None:
            self.pause()

    # Taking over

    def watch(self, widget: QObject) -> None:
        """Pause as soon as something is pressed on this widget, before anything has moved."""
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if self.playing and event is not None and event.type() in _GRABS:
            self.pause()
        return False  # the widget gets it too

    def take_over(self) -> None:
        """Pause, since the user changed what the demonstration shows; ``play`` resumes."""
        self._gesture = None  # what follows is another step to undo
        self.pause()
        self._set_taken_over(self.demonstration is not None)

    def _watch(self) -> None:
        if not self._applying:
            self.take_over()

    def _set_taken_over(self, taken: bool) -> None:
        if taken != self.taken_over:
            self.taken_over = taken
            self.taken_over_changed.emit(taken)
