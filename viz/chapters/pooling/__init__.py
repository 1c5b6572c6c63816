"""Chapter pooling: what pooling forgets is where exactly a feature was."""

from __future__ import annotations

from viz.chapters.chapter import Chapter
from viz.i18n import tr


def chapter() -> Chapter:
    """Build the chapter's record, in the language that is chosen."""
    return Chapter(
        id="pooling",
        title=tr("Pooling"),
        claim=tr("What pooling forgets is where exactly a feature was."),
        demos="pooling.demos",
        instruments=(
            "pooling.toy:Toy",
            "pooling.maps:Maps",
            "pooling.change:Change",
            "pooling.steps:Steps",
        ),
    )
