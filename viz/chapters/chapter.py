"""A chapter's record: what it is called, what it claims, and where the rest of it lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viz.chapters.instrument import Instrument
    from viz.model.demonstration import Demonstration
    from viz.model.snapshot import Snapshot


@dataclass(frozen=True)
class Chapter:
    """``title`` stands on the tab, ``claim`` is what the chapter shows; both translated.

    ``explanation`` is what F2 tells of it, as ``Instrument.explanation``. ``formula`` writes the
    chapter's formula for a snapshot and the (row, column) of the window that is shown, as
    ``Instrument.formula`` does.

    ``demos`` names a module and ``instruments`` classes, ``module:Class``, both within
    ``viz.chapters`` and in the order of showing. They are imported when they are first needed, so
    that the window opens no later for them.
    """

    id: str
    title: str
    claim: str
    explanation: str
    formula: Callable[[Snapshot, tuple[int, int]], str]
    demos: str
    instruments: tuple[str, ...] = ()
    tells_answer: bool = False
    """Whether its formula tells the class that the network answers."""
    number: int = 0
    """Its place in the registry, from 1, which the registry fills in: the key that turns to it."""

    def demonstrations(self) -> tuple[Demonstration, ...]:
        """Build the chapter's demonstrations, in the order of showing."""
        module = import_module(f"viz.chapters.{self.demos}")
        built: tuple[Demonstration, ...] = module.demonstrations()
        return built

    def instrument_types(self) -> tuple[type[Instrument], ...]:
        """Import the classes of its own instruments, in the order of their tabs."""
        places = (name.split(":") for name in self.instruments)
        return tuple(
            getattr(import_module(f"viz.chapters.{module}"), name) for module, name in places
        )
