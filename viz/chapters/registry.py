"""The chapters that there are, and their demonstrations.

A chapter is the package of its id (``sliding-window`` is ``viz.chapters.sliding_window``), whose
``chapter()`` makes its record.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from viz.errors import UserError
from viz.i18n import tr
from viz.nets.layers import LAYERS
from viz.nets.variants import VARIANTS
from viz.outline import CHAPTER_IDS
from viz.session.codec import KnownIds

if TYPE_CHECKING:
    from viz.chapters.chapter import Chapter
    from viz.model.demonstration import Demonstration


@cache
def chapters() -> tuple[Chapter, ...]:
    """All chapters, in their order; made when first asked for, in the language then chosen."""
    packages = (import_module(f"viz.chapters.{id_.replace('-', '_')}") for id_ in CHAPTER_IDS)
    return tuple(package.chapter() for package in packages)


def known_ids() -> KnownIds:
    """What scene files may name."""
    return KnownIds(CHAPTER_IDS, tuple(VARIANTS), {layer.name: layer.maps for layer in LAYERS})


def import_all() -> None:
    """Import every chapter's instruments, so that the first visit has only to build them."""
    for chapter in chapters():
        chapter.load()


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
            "There is no demonstration “{id}”; take one of {ids}.",
            id=id_,
            ids=", ".join(demo.id for demo in demonstrations()),
        )
    )
