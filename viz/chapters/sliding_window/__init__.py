"""Chapter sliding-window: a whole canvas is read in one pass, for little more than one window."""

from __future__ import annotations

from viz.chapters.chapter import Chapter
from viz.i18n import tr


def chapter() -> Chapter:
    """The chapter's record, in the language that is chosen."""
    return Chapter(
        id="sliding-window",
        title=tr("Sliding window"),
        claim=tr("A whole canvas is read in one pass, at the cost of little more than one window."),
        demos="sliding_window.demos",
        instruments=(
            "sliding_window.reading:ReadingSteps",
            "sliding_window.cost:Cost",
            "sliding_window.training:Training",
        ),
    )
