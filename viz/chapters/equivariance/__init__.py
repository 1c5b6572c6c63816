"""Chapter equivariance: shift the input, and every feature map shifts with it."""

from __future__ import annotations

from viz.chapters.chapter import Chapter
from viz.i18n import tr


def chapter() -> Chapter:
    """The chapter's record, in the language that is chosen."""
    return Chapter(
        id="equivariance",
        title=tr("Equivariance"),
        claim=tr("Shift the input, and every feature map shifts with it."),
        demos="equivariance.demos",
        instruments=(
            "equivariance.displacement:Displacement",
            "equivariance.difference:Difference",
            "equivariance.residual:Residual",
            "equivariance.shift_map:ShiftMap",
            "equivariance.invariance:Invariance",
            "equivariance.networks:Networks",
        ),
    )
