"""Chapters: which instruments each lays out, and its one-sentence claim.

A chapter's instruments live in a module of its own, which is imported when the chapter is first
visited, so that the window opens no later for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from viz.i18n import tr
from viz.nets.layers import LAYERS
from viz.nets.variants import VARIANTS
from viz.outline import CHAPTER_IDS
from viz.session.codec import KnownIds

if TYPE_CHECKING:
    from viz.chapters.panel import Instrument
    from viz.document import Document
    from viz.engine import Engine
    from viz.player import Player
    from viz.views.canvas.canvas import Canvas
    from viz.views.paint_clock import PaintClock


@dataclass(frozen=True)
class Context:
    """What instruments are built with."""

    document: Document
    engine: Engine
    clock: PaintClock
    canvas: Canvas
    player: Player


@dataclass(frozen=True)
class Chapter:
    """``title`` stands on the tab, ``about`` is what the chapter shows; both translated.

    ``instruments`` builds the chapter's own; chapter 1 has none: there the inspector stands.
    """

    id: str
    number: int
    title: str
    about: str
    instruments: Callable[[Context], tuple[Instrument, ...]]


def chapters() -> tuple[Chapter, ...]:
    """All chapters, in the order of ``CHAPTER_IDS``."""
    texts = (
        (tr("Live"), tr("Draw, move, and see every feature map follow.")),
        (tr("Equivariance"), tr("Shift the input, and every feature map shifts with it.")),
        (tr("Pooling"), tr("What pooling forgets is where exactly a feature was.")),
        (tr("Binding"), tr("Parts are bound into objects by position alone.")),
        (
            tr("Sliding window"),
            tr("A whole canvas is read in one pass, at the cost of little more than one window."),
        ),
    )
    return tuple(
        Chapter(id_, number, title, about, _builder(id_))
        for number, (id_, (title, about)) in enumerate(zip(CHAPTER_IDS, texts, strict=True), 1)
    )


def known_ids() -> KnownIds:
    """What scene files may name."""
    return KnownIds(CHAPTER_IDS, tuple(VARIANTS), {layer.name: layer.maps for layer in LAYERS})


def import_all() -> None:
    """Import every chapter's module, so that the first visit has only to build its instruments."""
    for id_ in CHAPTER_IDS[1:]:
        import_module(_module(id_))


def _module(id_: str) -> str:
    return f"viz.chapters.{id_.replace('-', '_')}"


def _builder(id_: str) -> Callable[[Context], tuple[Instrument, ...]]:
    def build(context: Context) -> tuple[Instrument, ...]:
        if id_ == CHAPTER_IDS[0]:
            return ()
        module = import_module(_module(id_))
        built: tuple[Instrument, ...] = module.instruments(context)
        return built

    return build
