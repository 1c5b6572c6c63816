"""An instrument: a widget that measures one thing, and what it is built with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from viz.model.snapshot import Snapshot
from viz.views import theme as themes

if TYPE_CHECKING:
    from viz.engine.engine import Engine
    from viz.model.document import Document
    from viz.model.player import Player
    from viz.views.canvas.canvas import Canvas
    from viz.views.paint_clock import PaintClock


class Instrument(Protocol):
    """A QWidget that measures one thing; ``ChapterPanel`` documents when each method is called."""

    id: str
    """Its name in scene files, demonstrations and ``render --instrument``; no other instrument of
    the program has it, and it never changes."""
    title: str
    """The text of its tab, translated and short."""
    tip: str
    """One sentence: what is measured, and by which formula."""
    hint: str
    """One sentence for the foot of the window: what to try with it; "" for nothing special."""

    def show_snapshot(self, snapshot: Snapshot, /) -> None:
        """The latest snapshot, while on the screen and when coming to it. Cheap: what takes longer
        goes to ``engine.measure``."""

    def set_theme(self, theme: themes.Theme, text_px: int, /) -> None: ...

    def state(self) -> dict[str, Any]:
        """Its settings, as JSON can hold them."""

    def restore(self, state: Mapping[str, Any], /) -> None:
        """Take settings back; what is missing or makes no sense stays as it is."""


@dataclass(frozen=True)
class Context:
    """What instruments are built with."""

    document: Document
    engine: Engine
    clock: PaintClock
    canvas: Canvas
    player: Player
