"""Chapter live: draw, move, and see every feature map follow."""

from __future__ import annotations

from viz.chapters.chapter import Chapter
from viz.i18n import tr


def chapter() -> Chapter:
    """The chapter's record, in the language that is chosen."""
    return Chapter(
        id="live",
        title=tr("Live"),
        claim=tr("Draw, move, and see every feature map follow."),
        demos="live.demos",
        instruments=("unit:Unit", "live.histogram:Histogram", "live.why:WhyThisAnswer"),
    )
