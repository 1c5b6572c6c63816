"""Motion: numbers that go from one value to the next in a given time, softly, and rest between."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate

from viz.model.demonstration import Demonstration
from viz.scene import Group, Scene, Transform

LOOKS = 16
"""How often a demonstration is looked at to see what moves."""

OfTime = Callable[[float], float]
"""A number as a function of time in seconds."""


class Motion:
    """A number as a function of time in seconds: ``Motion(start, (seconds, value), …)``.

    Each leg goes to its value in its time, starting and ending at rest; a leg to the same value is
    a rest. Before the first leg the value is ``start``, after the last it is that of the last leg.
    Raises ValueError unless every leg takes time.
    """

    def __init__(self, start: float, *legs: tuple[float, float]) -> None:
        if any(not seconds > 0 for seconds, _ in legs):
            raise ValueError("every leg of a motion takes time")
        self._times = tuple(accumulate((seconds for seconds, _ in legs), initial=0.0))
        self._values = (float(start), *(float(value) for _, value in legs))

    @property
    def duration(self) -> float:
        """When the last leg ends, in seconds."""
        return self._times[-1]

    def __call__(self, t: float) -> float:
        """The value at time ``t``."""
        after = bisect_right(self._times, t)
        if after == 0:
            return self._values[0]
        if after == len(self._times):
            return self._values[-1]
        begin, end = self._times[after - 1 : after + 1]
        a, b = self._values[after - 1 : after + 1]
        return a + (b - a) * ease((t - begin) / (end - begin)) if a != b else a


def ease(u: float) -> float:
    """0 … 1 onto 0 … 1, flat at both ends (smoothstep; its steepest slope is 1.5)."""
    return u * u * (3 - 2 * u)


def sway(size: float, period: float, phase: float = 0.0) -> OfTime:
    """To and fro by ±``size`` in ``period`` seconds; ``phase`` in turns."""
    return lambda t: size * math.sin(2 * math.pi * (t / period + phase))


def moving(
    canvas: Scene, *groups: Group | tuple[Group, dict[str, OfTime]], duration: float
) -> Callable[[float], Scene]:
    """The canvas with these groups on it, as ``scene_at``.

    With a group goes what moves of its transform, by the names of Transform's fields; what stands
    still is the same group in every scene. The time is kept within 0 … ``duration``.
    """

    def scene_at(t: float) -> Scene:
        now = min(max(0.0, t), duration)
        items = []
        for entry in groups:
            if isinstance(entry, Group):
                items.append(entry)
            else:
                group, motions = entry
                values = {name: motion(now) for name, motion in motions.items()}
                items.append(replace(group, transform=Transform(**values)))
        return replace(canvas, items=tuple(items))

    return scene_at


def movers(demonstration: Demonstration) -> tuple[int, ...]:
    """The items that change by themselves in its course, ascending; () if only the whole does."""
    first = demonstration.scene_at(0.0).items
    found: set[int] = set()
    for look in range(1, LOOKS):
        items = demonstration.scene_at(demonstration.duration * look / LOOKS).items
        found.update(i for i, (a, b) in enumerate(zip(first, items, strict=False)) if a != b)
    return tuple(sorted(found))
