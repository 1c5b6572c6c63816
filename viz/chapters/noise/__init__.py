"""Chapter noise: what the answer bears before it is lost."""

from __future__ import annotations

from viz.chapters.chapter import Chapter
from viz.i18n import tr


def chapter() -> Chapter:
    """The chapter's record, in the language that is chosen."""
    return Chapter(
        id="noise",
        title=tr("Noise"),
        claim=tr("The answer bears noise that the eye finds hard."),
        demonstrations_in="viz.chapters.noise.demos",
    )
