"""The work of the sweeps, for the measuring lane: which ones are measured, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from viz.compute import Nets
from viz.measure.invariance import COARSE, FINE, KINDS, Place, Sweep, joined, sweeping
from viz.scene import Scene
from viz.views.compared_networks import Unusable, usable

CHUNK = 17
"""Values measured at a time; between two chunks newer work may begin."""


@dataclass(frozen=True)
class Subject:
    """What is swept: a drawing, of which the ``selection`` (empty: all) is changed, as networks see
    it through one window. ``number`` counts them."""

    number: int
    scene: Scene
    selection: Collection[int]
    place: Place
    networks: tuple[str, ...]
    ablated: Mapping[str, Mapping[str, Collection[int]]]


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


def measured(subject: Subject, kind: str, turns: Turns) -> Callable[[Nets], Iterator[Found | None]]:
    """The work of all sweeps of a subject. First ``kind``, coarsely, together with the small sweep
    whose turn it is, then the others, then ``kind`` finely.

    It yields None where nothing is ready yet but others may have their turn.
    """

    def work(nets: Nets) -> Iterator[Found | None]:
        loaded, broken = usable(nets, subject.networks)

        def part(name: str, first: int, last: int, count: int) -> Iterator[Sweep | None]:
            return sweeping(
                loaded,
                subject.scene,
                subject.selection,
                name,
                subject.place,
                KINDS[name].values(count)[first:last],
                subject.ablated,
            )

        parts: list[Sweep] = []

        def gathered(steps: Iterator[Sweep | None]) -> Iterator[None]:
            for found in steps:
                if found is not None:
                    parts.append(found)
                yield None

        yield from gathered(part(kind, 0, COARSE, COARSE))
        for name in turns.after(kind):
            yield from gathered(part(name, 0, COARSE, COARSE))
            turns.measured(name)
            yield Found(subject.number, tuple(parts), broken)
            parts.clear()
        for first in range(0, FINE, CHUNK):
            yield from gathered(part(kind, first, first + CHUNK, FINE))
        yield Found(subject.number, (joined(parts),), broken)

    return work
