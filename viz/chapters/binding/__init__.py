"""Chapter binding: parts are bound into objects by position alone."""

from __future__ import annotations

from viz.chapters.chapter import Chapter
from viz.i18n import tr


def chapter() -> Chapter:
    """The chapter's record, in the language that is chosen."""
    return Chapter(
        id="binding",
        title=tr("Binding"),
        claim=tr("Parts are bound into objects by position alone."),
        demos="binding.demos",
        instruments=(
            "binding.binding_map:Map",
            "binding.interaction:Interaction",
            "binding.trajectory:Trajectory",
        ),
    )
