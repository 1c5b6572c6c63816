"""A take: what a hand did in the window, as data and a pure function of time.

While it is taken, ``Notes`` keeps references to the states that held, at most one for each frame of
the film to come: states and scenes are immutable and share what did not change, so nothing is
copied. The film then asks ``at`` for the state of each frame, as it asks a demonstration for its
scene; so its frames are exact however slowly they come.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from viz.scene import Group, Scene
from viz.session import Session

MOST_SECONDS = 120.0
"""How long a take may last."""

MOST_POINTS = 4_000_000
"""Of all strokes that were new in some state: 64 MB of memory."""


@dataclass(frozen=True)
class Take:
    """``moments``: (seconds from the beginning, ascending, the first 0; the state from then on)."""

    moments: tuple[tuple[float, Session], ...]
    seconds: float

    @cached_property
    def _times(self) -> tuple[float, ...]:
        return tuple(time for time, _ in self.moments)

    def at(self, time: float) -> Session:
        """The state that held at a time in seconds; the first before it, the last after it."""
        return self.moments[max(0, bisect_right(self._times, time) - 1)][1]

    def times(self, rate: int) -> list[float]:
        """The time of each frame of a film of ``rate`` frames a second: frame k is at k / rate, the
        last is the first that shows how it ended."""
        return [frame / rate for frame in range(_frame_of(self.seconds, rate) + 1)]


class Notes:
    """Takes a take down: of the states in one frame's time only the latest, which the next frame
    shows."""

    def __init__(self, rate: int, state: Session) -> None:
        """``rate``: frames a second of the film to come."""
        self._rate = rate
        self._frame, self._moments = 0, [(0.0, state)]
        self._points, self._added = 0, 0

    @property
    def full(self) -> bool:
        """Whether nothing more should be noted: its scenes would take too much memory."""
        return self._points > MOST_POINTS

    def note(self, time: float, state: Session) -> None:
        """This state holds from ``time`` seconds on, which is not before the one noted last."""
        if state == self._moments[-1][1]:
            return
        frame = _frame_of(time, self._rate)
        if frame == self._frame:  # no frame would show the one before
            self._moments.pop()
            self._points -= self._added
        self._frame = frame
        before = self._moments[-1][1] if self._moments else state
        self._added = _new_points(state.scene, before.scene)
        self._points += self._added
        self._moments.append((time, state))

    def take(self, seconds: float) -> Take:
        """What was noted, of which the last state held until ``seconds``."""
        return Take(tuple(self._moments), max(seconds, self._moments[-1][0]))


def _frame_of(time: float, rate: int) -> int:
    """The first frame at or after a time, as ``Take.times`` has them to the last bit."""
    frame = math.ceil(time * rate)
    while frame / rate < time:
        frame += 1
    while frame > 0 and (frame - 1) / rate >= time:
        frame -= 1
    return frame


def _new_points(scene: Scene, before: Scene) -> int:
    """How many points a scene has that the one before it does not lend it."""
    count = 0
    for new, old in zip_longest(scene.items, before.items):
        if new is not old and isinstance(new, Group):
            known = {id(stroke) for stroke in old.strokes} if isinstance(old, Group) else ()
            count += sum(len(stroke.points) for stroke in new.strokes if id(stroke) not in known)
    return count
