"""Where a drawing stands: its shift from a reference, and what the reference's maps depend on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from viz.chapters.equivariance.measure.residual import Reference, reference
from viz.scene import Scene, rasterize_scene
from viz.scene.shifts import Shift

if TYPE_CHECKING:
    from viz.nets.network import Network


@dataclass(frozen=True)
class Subject:
    """What a reference's maps depend on.

    ``number`` counts the references there have been, the last of which is ``scene``; ``window`` is
    the one to which the maps belong, if they belong to one.
    """

    number: int
    network: str
    ablated: frozenset[tuple[str, frozenset[int]]]
    window: tuple[int, int] | None
    scene: Scene = field(compare=False, repr=False)

    def by(self, network: str) -> Subject:
        """Return the same drawing for another network, of which nothing is ablated."""
        if network == self.network:
            return self
        return replace(self, network=network, ablated=frozenset(), window=None)


class References:
    """Each network's last reference; only the measuring thread uses it."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Subject, Reference]] = {}

    def get(self, subject: Subject, net: Network) -> Reference:
        """Return the maps of a subject, computed by ``net`` unless they were wanted last."""
        kept = self._kept.get(subject.network)
        if kept is None or kept[0] != subject:
            image, ablated = rasterize_scene(subject.scene), dict(subject.ablated)
            kept = subject, reference(net, image, ablated, subject.window)
            self._kept[subject.network] = kept
        return kept[1]


@dataclass(frozen=True)
class Place:
    """A drawing's ``shift`` (dx, dy) from the reference in pixels, or ``partly`` moved: some of it
    moved last, and some of it stood."""

    subject: Subject
    shift: Shift
    partly: bool
    references: References = field(compare=False, repr=False)
