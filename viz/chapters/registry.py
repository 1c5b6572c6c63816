"""The list of chapters, and all their demonstrations.

A chapter is a package of this room, whose ``chapter()`` makes its record. To add one, add its
folder, and its name to ``PACKAGES``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from viz.errors import UserError
from viz.i18n import tr
from viz.nets.variants import VARIANTS
from viz.session.codec import KnownIds

if TYPE_CHECKING:
    from viz.chapters.chapter import Chapter
    from viz.model.demonstration import Demonstration

PACKAGES = (
    "live",
    "equivariance",
    "pooling",
    "binding",
    "sliding_window",
    "convolution",
    "architecture",
    "assumptions",
    "learning",
)


@cache
def chapters() -> tuple[Chapter, ...]:
    """All chapters, in their order; made when first asked for, in the language then chosen."""
    records = (import_module(f"viz.chapters.{name}").chapter() for name in PACKAGES)
    return tuple(replace(record, number=number) for number, record in enumerate(records, 1))


@cache
def chapter_ids() -> tuple[str, ...]:
    """The ids of all chapters, in their order, as files and options name them."""
    return tuple(chapter.id for chapter in chapters())


def known_ids() -> KnownIds:
    """What scene files may name."""
    networks = {
        name: {layer.name: layer.maps for layer in variant.architecture.layers}
        for name, variant in VARIANTS.items()
    }
    return KnownIds(chapter_ids(), networks)


def import_all() -> None:
    """Import every chapter's instruments, so that the first visit has only to build them."""
    for chapter in chapters():
        chapter.instrument_types()


@cache  # one object each, so that a player knows which it holds
def demonstrations() -> tuple[Demonstration, ...]:
    """All demonstrations, by chapter and in the order of showing."""
    return tuple(demo for chapter in chapters() for demo in chapter.demonstrations())


def of_chapter(chapter: str) -> tuple[Demonstration, ...]:
    """The demonstrations of one chapter."""
    return tuple(demo for demo in demonstrations() if demo.chapter == chapter)


def by_id(id_: str) -> Demonstration:
    """The demonstration with this id. Raises UserError if there is none."""
    for demo in demonstrations():
        if demo.id == id_:
            return demo
    raise UserError(
        tr(
            "There is no demonstration “{id}”; choose one of {ids}.",
            id=id_,
            ids=", ".join(demo.id for demo in demonstrations()),
        )
    )
