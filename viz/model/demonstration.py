"""A demonstration: data, and a pure function of time that gives the scene."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from viz.nets.modules import Modules, joined
from viz.scene import Scene


@dataclass(frozen=True)
class Demonstration:
    """A film of scenes: ``scene_at(t)`` for 0 ≤ t ≤ ``duration`` seconds.

    ``scene_at`` is pure, smooth in t and cheap; outside the duration it gives the nearer end. It
    shares the groups that stand still between frames, and ends as it began, for looping. ``title``,
    ``watch`` (what to look at) and ``proves`` (what that shows) are translated; ``chapter`` is a
    chapter's id. ``moving`` is (item, stroke) of the stroke that a binding map is about, or None;
    ``instrument`` the id of the chapter's instrument that shows it best, "" for the present one;
    ``sweep`` the one thing about the drawing that changes, one of
    ``viz.chapters.equivariance.measure.invariance.KINDS``, or "". ``settings_at(t)``, pure too,
    gives settings of ``instrument`` that the demonstration moves, as ``Instrument.restore`` takes
    them; what it does not name stays as the user has it. ``modules_at(t)``, pure too, gives the
    modules that are switched on in the network that answers.
    """

    id: str
    chapter: str
    title: str
    watch: str
    proves: str
    duration: float
    scene_at: Callable[[float], Scene]
    moving: tuple[int, int] | None = None
    instrument: str = ""
    sweep: str = ""
    settings_at: Callable[[float], Mapping[str, Any]] | None = None
    modules_at: Callable[[float], Modules] | None = None

    def instruments_at(self, time: float) -> dict[str, Mapping[str, Any]]:
        """Give the settings that it moves, at a time, by the instrument's id, as a session has
        them."""
        return {} if self.settings_at is None else {self.instrument: self.settings_at(time)}

    def network_at(self, time: float, network: str) -> str:
        """Name the network that answers at a time, where ``network`` does without its modules."""
        return network if self.modules_at is None else joined(network, self.modules_at(time))
