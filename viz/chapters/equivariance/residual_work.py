"""The work of the residual's curves, for the measuring lane: which networks' curves are wanted,
through which shifts, and what of that is known already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from viz.chapters.compared_networks import Unusable, usable
from viz.chapters.equivariance.measure.residual import Reference, ShiftCurves, curves, reference
from viz.engine.compute import Nets
from viz.scene import Scene, rasterize_scene

if TYPE_CHECKING:
    from viz.nets.network import Network

STEP = 0.5
"""Pixels between the shifts of the curves. They are measured outwards from the middle: multiples of
a stride alone, which a coarser pass would take, show a residual of 0 everywhere."""

FIRST = 2.0
"""The curves are shown from this shift on: half a period of the largest stride."""


@dataclass(frozen=True)
class Asked:
    """What a reference's maps depend on; ``reference`` counts the references there have been, and
    ``window`` is the one to which the maps belong, if they belong to one."""

    reference: int
    network: str
    ablated: frozenset[tuple[str, frozenset[int]]]
    window: tuple[int, int] | None = None


@dataclass(frozen=True)
class Wanted:
    """The curves of some networks, the answering one first, over the shifts along ``axis`` that are
    ``other`` pixels along the other."""

    subjects: tuple[Asked, ...]
    axis: str
    other: float

    @property
    def line(self) -> tuple[str, float]:
        """The shifts."""
        return self.axis, self.other

    def covers(self, wanted: Wanted) -> bool:
        """Whether all that is wanted is among this."""
        return self.line == wanted.line and set(wanted.subjects) <= set(self.subjects)

    def beside(self, wanted: Wanted) -> bool:
        """Whether the same curves are wanted there through other shifts along the same axis."""
        same = self.axis == wanted.axis and self.subjects == wanted.subjects
        return same and self.other != wanted.other


@dataclass(frozen=True, eq=False)
class Found:
    """The curves as far as they are known, by network, and the networks that cannot be used."""

    wanted: Wanted
    curves: Mapping[str, ShiftCurves]
    broken: Mapping[str, Unusable]


class References:
    """Each network's last reference; only the measuring thread uses it."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Asked, Reference]] = {}

    def get(self, asked: Asked, scene: Scene, net: Network) -> Reference:
        """The reference that is asked for: ``net``'s maps of ``scene``."""
        kept = self._kept.get(asked.network)
        if kept is None or kept[0] != asked:
            image, ablated = rasterize_scene(scene), dict(asked.ablated)
            kept = asked, reference(net, image, ablated, asked.window)
            self._kept[asked.network] = kept
        return kept[1]


class KeptCurves:
    """The last complete curves of each network.

    When a network is added to the comparison, or another becomes live, the other curves are
    available at once. Used by the measuring thread only."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Asked, tuple[str, float], ShiftCurves]] = {}

    def get(self, asked: Asked, line: tuple[str, float]) -> ShiftCurves | None:
        """The curves that are asked for, if they were measured last."""
        kept = self._kept.get(asked.network)
        return kept[2] if kept is not None and kept[:2] == (asked, line) else None

    def put(self, asked: Asked, line: tuple[str, float], found: ShiftCurves) -> None:
        """Keep curves."""
        self._kept[asked.network] = asked, line, found


def measured(
    wanted: Wanted,
    scene: Scene,
    references: References,
    kept: KeptCurves,
    outdated: Callable[[], bool],
) -> Callable[[Nets], Iterator[Found | None]]:
    """The work of the curves of a ``scene``, which is the reference: of all networks at a time, so
    that they grow side by side. It ends once it is ``outdated``.

    It yields None where nothing is ready yet but others may have their turn.
    """

    def work(nets: Nets) -> Iterator[Found | None]:
        loaded, broken = usable(nets, [asked.network for asked in wanted.subjects])
        known = {asked.network: kept.get(asked, wanted.line) for asked in wanted.subjects}
        found = {name: one for name, one in known.items() if one is not None}
        runs = {}
        for asked in wanted.subjects:
            if asked.network in loaded and asked.network not in found:
                net = loaded[asked.network]
                before = references.get(asked, scene, net)
                ablated = dict(asked.ablated)
                runs[asked] = curves(
                    net, scene, wanted.axis, before, ablated, steps=(STEP,), other=wanted.other
                )
                yield None
        if found or not runs:
            yield Found(wanted, dict(found), broken)
        while runs and not outdated():
            news: dict[Asked, ShiftCurves] = {}
            for asked, run in runs.items():  # as all of them take the same steps
                result = next(run)
                if result is not None:
                    news[asked] = result
                yield None
            for asked, result in news.items():
                if result.done:
                    kept.put(asked, wanted.line, result)
                    del runs[asked]
                if result.done or result.shifts[-1] >= FIRST:
                    found[asked.network] = result
            if news:
                yield Found(wanted, dict(found), broken) if found else None

    return work
