"""A take: what the user did in the window, as data and a pure function of time.

While it is recorded, ``Notes`` keeps references to the states, at most one for each frame of the
film to come: states and scenes are immutable and share what did not change, so nothing is copied.
The film takes the state of each frame from ``at``, as it takes scenes from a demonstration: its
frames are exact however slowly they come.
"""

from __future__ import annotations

import math
import sys
from bisect import bisect_right
from collections.abc import Container
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property

import numpy as np

from viz.session.session import Session

MOST_SECONDS = 120.0
"""How long a take may last."""

MOST_BYTES = 256 << 20
"""Memory that the states of a take may hold together, each thing counted once."""

STATE_BYTES = 10_000
"""Of a state without its drawings; its instruments' settings are most of it."""


@dataclass(frozen=True)
class Take:
    """``moments``: (seconds from the beginning, ascending, the first 0; the state from then on)."""

    moments: tuple[tuple[float, Session], ...]
    seconds: float

    @cached_property
    def _times(self) -> tuple[float, ...]:
        return tuple(time for time, _ in self.moments)

    def at(self, time: float) -> Session:
        """Return the state at a time in seconds; before the take the first, after it the last."""
        return self.moments[max(0, bisect_right(self._times, time) - 1)][1]

    def times(self, rate: int) -> list[float]:
        """List the times of the frames of a film of ``rate`` frames a second: frame k is at
        k / rate, the last is the first that shows how the take ended."""
        return [frame / rate for frame in range(_frame_of(self.seconds, rate) + 1)]


class Notes:
    """The states of a take: of those in one frame's time the latest, which the next frame shows."""

    def __init__(self, rate: int, state: Session) -> None:
        """``rate``: frames a second of the film to come."""
        self._rate = rate
        self._frame, self._moments = 0, [(0.0, state)]
        self._held: set[int] = set()
        self._bytes = 0  # both of all states but the last one, which the next may still replace
        self._last = _sizes(state, self._held)
        self._full = sum(self._last.values()) > MOST_BYTES

    @property
    def full(self) -> bool:
        """Whether a state has been left out because the take had no room for it, or the first one
        alone takes more; nothing more is noted."""
        return self._full

    def note(self, time: float, state: Session) -> None:
        """Note that this state holds from ``time`` seconds on, which is not before the last one."""
        if self._full or state == self._moments[-1][1]:
            return
        frame = _frame_of(time, self._rate)
        replaced = frame == self._frame  # no frame would show the one before
        if not replaced:
            self._held.update(self._last)
            self._bytes += sum(self._last.values())
        added = _sizes(state, self._held)
        if self._bytes + sum(added.values()) > MOST_BYTES:
            self._full = True
            return
        if replaced:
            self._moments.pop()
        self._frame, self._last = frame, added
        self._moments.append((time, state))

    def take(self, seconds: float) -> Take:
        """Return what was noted, of which the last state held until ``seconds``."""
        return Take(tuple(self._moments), max(seconds, self._moments[-1][0]))


def _frame_of(time: float, rate: int) -> int:
    """The first frame at or after a time, as ``Take.times`` has them to the last bit."""
    frame = math.ceil(time * rate)
    while frame / rate < time:
        frame += 1
    while frame > 0 and (frame - 1) / rate >= time:
        frame -= 1
    return frame


def _sizes(state: Session, held: Container[int]) -> dict[int, int]:
    """Return the bytes of memory, by identity, of each object of a state that is not held yet: the
    drawings in full, all else as ``STATE_BYTES``."""
    sizes = {id(state): STATE_BYTES}
    waiting: list[object] = [state.scene, state.comparison]
    while waiting:
        thing = waiting.pop()
        if id(thing) in held or id(thing) in sizes:
            continue
        sizes[id(thing)] = sys.getsizeof(thing)
        if isinstance(thing, np.ndarray):
            sizes[id(thing)] = max(sys.getsizeof(thing), thing.nbytes)  # a view's
        elif isinstance(thing, tuple):
            waiting += thing
        elif is_dataclass(thing):
            waiting += [getattr(thing, field.name) for field in fields(thing)]
    return sizes
