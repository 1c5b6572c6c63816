"""The work of the sweeps, for the measuring lane: which ones are measured, and in which order.

A sweep sets its value itself, whatever that is in the drawing now. So while a drawing only changes
along a sweep, as under a slider or in a demonstration, that sweep is the same still, and is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

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
class Subject:
    """What is swept: a drawing, of which the ``selection`` (empty: all) is changed, as networks see
    it through the window about ``middle``. ``number`` counts them."""

    number: int
    scene: Scene
    selection: Collection[int]
    middle: Point
    networks: tuple[str, ...]
    ablated: Mapping[str, Mapping[str, Collection[int]]]

    def base(self, kind: str) -> Scene:
        """The drawing without its own value of a sweep."""
        return posed(self.scene, self.selection, kind, KINDS[kind].low, self.middle)

    def present(self, kind: str) -> float | None:
        """The drawing's own value of a sweep."""
        return present_value(self.scene, self.selection, kind, self.middle)

    def alike(self, other: Subject, kind: str) -> bool:
        """Whether a sweep of the other is one of this, too."""
        return (
            self.selection == other.selection
            and self.middle == other.middle
            and self.networks == other.networks
            and self.ablated == other.ablated
            and common_shift(self.base(kind), other.base(kind)) == (0.0, 0.0)
        )


@dataclass(frozen=True, eq=False)
class Found:
    """Sweeps of one subject, measured together, and the networks that cannot be used."""

    number: int
    sweeps: tuple[Sweep, ...]
    broken: Mapping[str, Unusable]


class Turns:
    """Which of the small sweeps is measured next: the one measured longest ago.

    While a drawing is dragged each work gives its first result only, and so all come in turn. Only
    the measuring thread uses it.
    """

    def __init__(self) -> None:
        self._order = list(KINDS)

    def after(self, kind: str) -> list[str]:
        """All kinds but this one, the longest ago first."""
        self.measured(kind)
        return self._order[:-1]

    def measured(self, kind: str) -> None:
        """This kind's turn was now."""
        self._order.remove(kind)
        self._order.append(kind)


class Kept:
    """The sweep measured last of each kind, for other drawings that it is the same for.

    Only the measuring thread uses it.
    """

    def __init__(self) -> None:
        self._sweeps: dict[str, tuple[Subject, Sweep]] = {}

    def get(self, subject: Subject, kind: str, networks: Collection[str]) -> Sweep | None:
        """The sweep of these networks, with the subject's own value in it; None if another one
        was measured last."""
        of, found = self._sweeps.get(kind, (None, None))
        if of is None or found is None or set(found.probabilities) != set(networks):
            return None
        if not of.alike(subject, kind):
            return None
        return replace(found, present=subject.present(kind))

    def put(self, subject: Subject, found: Sweep) -> None:
        """Keep a sweep."""
        self._sweeps[found.kind] = subject, found


def measured(
    subject: Subject, kind: str, turns: Turns, kept: Kept
) -> Callable[[Nets], Iterator[Found | None]]:
    """Return the work of all sweeps of a subject.

    First ``kind``, coarsely, together with the small sweep whose turn it is, then the others, then
    ``kind`` finely. If ``kind`` was the same before, it is measured finely at once, so that a
    steady drag gets the fine curve too. Yields None where nothing is ready but other work may run.
    """

    def work(nets: Nets) -> Iterator[Found | None]:
        loaded, broken = usable(nets, subject.networks)
        parts: list[Sweep] = []

        def measure(name: str, count: int) -> Iterator[None]:
            """Keep the sweep in ``count`` points, chunk by chunk."""
            found: list[Sweep] = []
            values = KINDS[name].values(count)
            for first in range(0, count, CHUNK):
                for step in sweeping(
                    loaded,
                    subject.scene,
                    subject.selection,
                    name,
                    subject.middle,
                    values[first : first + CHUNK],
                    subject.ablated,
                ):
                    if step is not None:
                        found.append(step)
                    yield None
            kept.put(subject, joined(found))

        def take(name: str, count: int) -> Iterator[None]:
            """Append the sweep in ``count`` points at least, measured if it has to be."""
            known = kept.get(subject, name, loaded)
            if known is None or len(known.values) < count:
                yield from measure(name, count)
                known = kept.get(subject, name, loaded)
            assert known is not None
            parts.append(known)

        before = kept.get(subject, kind, loaded)
        yield from take(kind, COARSE if before is None else FINE)
        for name in turns.after(kind):
            yield from take(name, COARSE)
            turns.measured(name)
            yield Found(subject.number, tuple(parts), broken)
            parts.clear()
        yield from take(kind, FINE)
        yield Found(subject.number, tuple(parts), broken)

    return work
