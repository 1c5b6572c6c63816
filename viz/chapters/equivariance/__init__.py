"""Chapter equivariance: shift the input, and every feature map shifts with it."""

from __future__ import annotations

from itertools import groupby

from viz.chapters.chapter import Chapter
from viz.i18n import number, tr
from viz.model.snapshot import Snapshot


def chapter() -> Chapter:
    """The chapter's record, in the language that is chosen."""
    return Chapter(
        id="equivariance",
        title=tr("Equivariance"),
        claim=tr("Shift the input, and every feature map shifts with it."),
        explanation=tr(
            "A layer is <b>equivariant</b> to shifts if a shifted input gives the shifted maps. "
            "This means more than that the maps change: they change in one definite way. "
            "Convolution is equivariant because one kernel serves all places; separate kernels for "
            "each place are not, and sharing does not help with scale or rotation. A <b>stride</b> "
            "of 2 keeps every second unit, so S2 moves by ½ per pixel, and exactly so only for "
            "even shifts. Drag the whole drawing (Ctrl+A). Equivariance breaks at the border, "
            "where ink leaves the canvas."
        ),
        formula=_formula,
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


def _formula(snapshot: Snapshot, window: tuple[int, int]) -> str:
    law = "<i>f</i>(<i>Tx</i>) = <i>T</i>′<i>f</i>(<i>x</i>), <i>T</i>′ = <i>T</i> / stride"
    ways = "; ".join(
        tr(
            "<b>{way}</b> in {layers}",
            way=number(1 / stride), layers=", ".join(layer.name for layer in group),
        )
        for stride, group in groupby(snapshot.architecture.layers, key=lambda layer: layer.stride)
    )  # fmt: skip
    return tr("{law}<br>units per px: {ways}", law=law, ways=ways)
