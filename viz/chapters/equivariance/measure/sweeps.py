"""The sweeps of a drawing, all kinds of them: which are measured, and in which order.

A sweep sets its value itself, whatever that is in the drawing now. So while a drawing only changes
along a sweep, as under a slider or in a demonstration, that sweep is the same still, and is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from viz.chapters.compared_networks import Unusable, usable
from viz.chapters.equivariance.measure.invariance import (
    COARSE,
    FINE,
    KINDS,
    Point,
    Sweep,
    joined,
    posed,
    present_value,
    sweeping,
)
from viz.engine.compute import Nets
from viz.scene import Scene
from viz.scene.shifts import common_shift

CHUNK = 17
"""Values measured at a time; between two chunks newer work may begin."""


@dataclass(frozen=True)
class SweepSubject:
    """What is swept: a drawing, of which the ``selection`` (empty: all) is changed, as networks see
    it through the window about ``middle``."""

    scene: Scene
    selection: Collection[int]
    middle: Point
    networks: tuple[str, ...]
    ablated: Mapping[str, Mapping[str, Collection[int]]]

    def base(self, kind: str) -> Scene:
        """Return the drawing without its own value of a sweep."""
        return posed(self.scene, self.selection, kind, KINDS[kind].low, self.middle)

    def present(self, kind: str) -> float | None:
        """Return the drawing's own value of a sweep."""
        return present_value(self.scene, self.selection, kind, self.middle)

    def is_like(self, other: SweepSubject, kind: str) -> bool:
        """Tell whether a sweep of the other is one of this, too."""
        return (
            self.selection == other.selection
            and self.middle == other.middle
            and self.networks == other.networks
            and self.ablated == other.ablated
            and common_shift(self.base(kind), other.base(kind)) == (0.0, 0.0)
        )


class SweepCache:
    """The sweep measured last of each kind, the latest at the end.

    Only the measuring thread uses it.
    """

    def __init__(self) -> None:
        self._sweeps: dict[str, tuple[SweepSubject, Sweep]] = {}

    def get(self, subject: SweepSubject, kind: str, networks: Collection[str]) -> Sweep | None:
        """Return the sweep of these networks, with the subject's own value in it; None if another
        one was measured last."""
        of, sweep = self._sweeps.get(kind, (None, None))
        if of is None or sweep is None or set(sweep.probabilities) != set(networks):
            return None
        return replace(sweep, present=subject.present(kind)) if of.is_like(subject, kind) else None

    def put(self, subject: SweepSubject, sweep: Sweep) -> None:
        """Keep a sweep as the latest."""
        self._sweeps.pop(sweep.kind, None)
        self._sweeps[sweep.kind] = subject, sweep

    def others(self, kind: str) -> list[str]:
        """Return all other kinds, the one measured longest ago first."""
        order = [one for one in KINDS if one not in self._sweeps] + list(self._sweeps)
        return [one for one in order if one != kind]


@dataclass(frozen=True)
class SweepRequest:
    """A drawing to be swept, and the ``kind`` of sweep that is to be fine."""

    subject: SweepSubject
    kind: str
    cache: SweepCache = field(compare=False, repr=False)


@dataclass(frozen=True, eq=False)
class Sweeps:
    """Sweeps of one subject, measured together, and the networks that cannot be used."""

    subject: SweepSubject
    sweeps: tuple[Sweep, ...]
    broken: Mapping[str, Unusable]


def all_sweeps(nets: Nets, request: SweepRequest) -> Iterator[Sweeps | None]:
    """Yield the sweeps of a drawing; None where nothing is ready but other work may run.

    First the requested kind, coarsely, together with the one measured longest ago, so that during
    a drag, when each request gives its first result only, all come in turn; then the others; then
    the requested kind finely. If that was the same before, it is measured finely at once, so that
    a steady drag gets the fine curve too.
    """
    subject, kind, cache = request.subject, request.kind, request.cache
    loaded, broken = usable(nets, subject.networks)
    ready: list[Sweep] = []

    def measured(name: str, count: int) -> Iterator[None]:
        """Append the sweep in ``count`` points at least to ``ready``."""
        sweep = cache.get(subject, name, loaded)
        if sweep is None or len(sweep.values) < count:
            parts: list[Sweep] = []
            values = KINDS[name].values(count)
            for first in range(0, count, CHUNK):
                chunk = values[first : first + CHUNK]
                for part in sweeping(
                    loaded, subject.scene, subject.selection, name, subject.middle, chunk,
                    subject.ablated,
                ):  # fmt: skip
                    if part is not None:
                        parts.append(part)
                    yield None
            sweep = joined(parts)
        cache.put(subject, sweep)
        ready.append(sweep)

    yield from measured(kind, COARSE if cache.get(subject, kind, loaded) is None else FINE)
    for name in cache.others(kind):
        yield from measured(name, COARSE)
        yield Sweeps(subject, tuple(ready), broken)
        ready.clear()
    yield from measured(kind, FINE)
    yield Sweeps(subject, tuple(ready), broken)
