"""A take: what a hand did in the window, as data and a pure function of time.

While it is taken, ``Notes`` keeps references to the states that held, at most one for each frame of
the film to come: states and scenes are immutable and share what did not change, so nothing is
copied. The film then asks ``at`` for the state of each frame, as it asks a demonstration for its
scene; so its frames are exact however slowly they come.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

from viz.errors import UserError
from viz.scene import Group, Scene
from viz.scene.files import is_empty
from viz.scene.limits import MOST_IMAGE_PIXELS, check
from viz.scene.model import Item
from viz.session import Session

MOST_SECONDS = 120.0
"""How long a take may last."""

# The room of a take: what is noted fits into it, and what fits into it is read from a file. Each
# thing counts once, however many states share it.
MOST_POINTS = 8_000_000
"""Of all strokes: 128 MB of memory. One that grows under the pen is another in each state."""
MOST_PIXELS = 4 * MOST_IMAGE_PIXELS
"""Of all pictures: 256 MB."""
MOST_REFERENCES = 8_000_000
"""From drawings to their items, and from items to their strokes: 64 MB."""
MOST_BYTES = 256 << 20
"""Of the file."""


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
        self._held = _Held()
        self._added = self._held.share(state, None)
        self._held.add(self._added)
        self._full = not self._held.fits()

    @property
    def full(self) -> bool:
        """Whether a state has been left out because the take had no room for it, or the first one
        alone takes more; nothing more is noted."""
        return self._full

    def note(self, time: float, state: Session) -> None:
        """This state holds from ``time`` seconds on, which is not before the one noted last.

        What no file may hold is left out, as if it had not been.
        """
        if self._full or state == self._moments[-1][1] or not self._held.may_keep(state):
            return
        frame = _frame_of(time, self._rate)
        last = None
        if frame == self._frame:  # no frame would show the one before
            last = self._moments.pop(), self._added
            self._held.take_back(self._added)
        added = self._held.share(state, self._moments[-1][1] if self._moments else None)
        self._held.add(added)
        if self._held.fits():
            self._frame, self._added = frame, added
            self._moments.append((time, state))
            return
        self._full = True
        self._held.take_back(added)
        if last is not None:
            self._moments.append(last[0])
            self._held.add(last[1])

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


@dataclass(frozen=True)
class _Share:
    """What one state brings: the identities of what no earlier one has, and how much that is."""

    known: frozenset[int]
    amounts: Counter[str]


class _Held:
    """What the states of a take hold together, by identity: the take keeps all of it alive."""

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._amounts: Counter[str] = Counter()

    def fits(self) -> bool:
        """Whether there is room for what is held."""
        room = {
            "points": MOST_POINTS,
            "pixels": MOST_PIXELS,
            "references": MOST_REFERENCES,
            "bytes": MOST_BYTES,
        }
        return all(self._amounts[kind] <= most for kind, most in room.items())

    def add(self, share: _Share) -> None:
        """Hold what a state brings."""
        self._known |= share.known
        self._amounts.update(share.amounts)

    def take_back(self, share: _Share) -> None:
        """Hold no longer what the last state brought."""
        self._known -= share.known
        self._amounts.subtract(share.amounts)

    def may_keep(self, state: Session) -> bool:
        """Whether a file may hold a state's scenes, as far as they are new."""
        scenes = (state.scene, *((state.beside.scene,) if state.beside is not None else ()))
        try:
            for scene in scenes:
                if id(scene) not in self._known:
                    check(replace(scene, items=self._fresh(scene.items)))
        except UserError:
            return False
        return True

    def _fresh(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """The items that are not held, without the strokes that are."""
        if id(items) in self._known:
            return ()
        known = self._known
        return tuple(
            replace(item, strokes=tuple(s for s in item.strokes if id(s) not in known))
            if isinstance(item, Group)
            else item
            for item in items
            if id(item) not in known
        )

    def share(self, state: Session, before: Session | None) -> _Share:
        """What a state brings that none holds; ``before`` is the one before it.

        The bytes are at least as many as ``take_file`` writes, numbers at their longest.
        """
        known: set[int] = set()
        amounts: Counter[str] = Counter()

        def new(thing: object) -> bool:
            there = id(thing) in self._known or id(thing) in known
            known.add(id(thing))
            return not there

        def refer(things: tuple[object, ...]) -> None:
            amounts.update(references=len(things), bytes=9 * len(things) + 3)

        def draw(scene: Scene) -> None:
            if not new(scene):
                return
            amounts["bytes"] += 500
            if not new(scene.items):
                return
            refer(scene.items)
            for item in scene.items:
                if not new(item):
                    continue
                amounts["bytes"] += 500 + 12 * len(item.name)
                if not isinstance(item, Group):
                    if new(item.pixels):
                        size = item.pixels.size
                        amounts.update(pixels=size, bytes=3 * size + 2 * len(item.pixels) + 500)
                elif new(item.strokes):
                    refer(item.strokes)
                    for stroke in item.strokes:
                        if new(stroke):
                            count = len(stroke.points)
                            amounts.update(points=count, bytes=22 * count + 120)

        draw(state.scene)
        if state.beside is not None:
            draw(state.beside.scene)
        amounts["bytes"] += 100 + _screen_bytes(state, before)
        return _Share(frozenset(known - self._known), amounts)


def without_scene(state: Session) -> Session:
    """A state but for its scene and the demonstration's time."""
    played = state.demonstration
    return replace(state, scene=_NO_SCENE, demonstration=played and replace(played, time=0.0))


def empty_of(items: tuple[Item, ...]) -> tuple[int, ...]:
    """Which items hold nothing, ascending: files leave them out, so those above have other numbers
    there."""
    return tuple(index for index, item in enumerate(items) if is_empty(item))


_NO_SCENE = Scene()


def _screen_bytes(state: Session, before: Session | None) -> int:
    """At most how many bytes of a file all but the scene takes; none where it is as before."""
    if before is not None and without_scene(state) == without_scene(before):
        items, those = state.scene.items, before.scene.items
        if items is those or empty_of(items) == empty_of(those):
            return 0
    known = before.instruments if before is not None else {}
    ablated = [*state.ablated.values(), *(state.beside.ablated.values() if state.beside else ())]
    return (
        2000
        + 7 * len(state.selection)
        + sum(30 + 5 * len(maps) for maps in ablated)
        + 9 * len(state.instruments)
        + sum(
            30 + 12 * len(name) + len(json.dumps(kept, default=str))
            for name, kept in state.instruments.items()
            if known.get(name) != kept
        )
    )
