"""Small demonstrations for the tests of player, bar and window: a digit that moves to the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from viz.chapters import registry
from viz.model.demonstration import Demonstration
from viz.nets.modules import Modules
from viz.scene import Scene, Transform
from viz.scene.digits import number


@dataclass(frozen=True)
class Demo:
    """Moves its digits one pixel to the right in a second."""

    title: str = "A digit moves"
    chapter: str = "live"
    duration: float = 8.0
    digits: str = "3"
    id: str = "moves"
    watch: str = "The maps move with the digit."
    proves: str = "The network is equivariant."
    moving: tuple[int, int] | None = (0, 0)
    instrument: str = ""
    sweep: str = ""
    settings_at: Callable[[float], Mapping[str, Any]] | None = None
    modules_at: Callable[[float], Modules] | None = None
    base: Scene = field(init=False)

    instruments_at = Demonstration.instruments_at
    network_at = Demonstration.network_at

    def __post_init__(self) -> None:
        object.__setattr__(self, "base", number(self.digits, height=32, width=64))

    def scene_at(self, time: float) -> Scene:
        return replace(self.base, transform=Transform(dx=time))


DEMOS = (Demo(), Demo("Another & more", digits="8"), Demo("A third", digits="5"))
OWN = number("31")


def shelve(monkeypatch: pytest.MonkeyPatch, shelf: Mapping[str, Sequence[Demo]]) -> None:
    """Have these demonstrations, by chapter, and no others, in every window opened afterwards."""
    monkeypatch.setattr(registry, "of_chapter", lambda chapter: tuple(shelf.get(chapter, ())))
