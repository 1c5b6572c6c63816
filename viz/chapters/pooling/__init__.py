"""Chapter pooling: what pooling forgets is where exactly a feature was."""

from __future__ import annotations

from viz.chapters.chapter import Chapter
from viz.i18n import tr


def chapter() -> Chapter:
    """The chapter's record, in the language that is chosen."""
    return Chapter(
        id="pooling",
        title=tr("Pooling"),
        claim=tr("What pooling forgets is where exactly a feature was."),
        demonstrations_in="viz.chapters.pooling.demos",
        instruments_in="viz.chapters.pooling.instruments",
    )
