"""A chapter's record: what it is called, what it claims, and where the rest of it lies."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viz.chapters.instrument import Context, Instrument
    from viz.model.demonstration import Demonstration


@dataclass(frozen=True)
class Chapter:
    """``title`` stands on the tab, ``claim`` is what the chapter shows; both translated.

    ``demonstrations_in`` and ``instruments_in`` name the modules that build them, imported when
    they are first needed, so that the window opens no later for them.
    """

    id: str
    title: str
    claim: str
    demonstrations_in: str
    instruments_in: str = ""
    """Empty for a chapter without instruments of its own: there the inspector stands."""
    number: int = 0
    """Its place in the registry, from 1, which the registry fills in: the key that turns to it."""

    @property
    def has_instruments(self) -> bool:
        """Whether a panel of its own stands below the maps; else the inspector does."""
        return bool(self.instruments_in)

    def demonstrations(self) -> tuple[Demonstration, ...]:
        """Build the chapter's demonstrations, in the order of showing."""
        built: tuple[Demonstration, ...] = import_module(self.demonstrations_in).demonstrations()
        return built

    def instruments(self, context: Context) -> tuple[Instrument, ...]:
        """Build the chapter's instruments, in the order of their tabs."""
        if not self.instruments_in:
            return ()
        built: tuple[Instrument, ...] = import_module(self.instruments_in).instruments(context)
        return built

    def load(self) -> None:
        """Import the instruments, so that the first visit has only to build them."""
        if self.instruments_in:
            import_module(self.instruments_in)
