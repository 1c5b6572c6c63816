"""Demonstrations: what a lecturer plays, by chapter and in the order of showing.

Each is data and a pure function of time; nothing here knows Qt or torch.
"""

from __future__ import annotations

from functools import cache

from viz.demos import binding, equivariance, live, pooling, sliding_window
from viz.demos.demonstration import Demonstration
from viz.errors import UserError
from viz.i18n import tr

__all__ = ["Demonstration", "by_id", "demonstrations", "of_chapter"]


@cache  # one object each, so that a player knows which it holds
def demonstrations() -> tuple[Demonstration, ...]:
    """All of them; made when first asked for, in the language that is then chosen."""
    parts = (live, equivariance, pooling, binding, sliding_window)
    return tuple(demo for part in parts for demo in part.demonstrations())


def of_chapter(chapter: str) -> tuple[Demonstration, ...]:
    """Those of one chapter."""
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
