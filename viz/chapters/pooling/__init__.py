"""Chapter pooling: what pooling forgets is where exactly a feature was."""

from __future__ import annotations

from viz.chapters.chapter import Chapter
from viz.i18n import tr
from viz.model.snapshot import Snapshot


def chapter() -> Chapter:
    """Build the chapter's record, in the language that is chosen."""
    return Chapter(
        id="pooling",
        title=tr("Pooling"),
        claim=tr("What pooling forgets is where exactly a feature was."),
        explanation=tr(
            "<b>Pooling</b> replaces a window of units by one value, their maximum or their mean: "
            "it keeps what was found and forgets where exactly. With a <b>stride</b> of 2 from "
            "window to window a quarter of the units is left. So a small shift changes little, "
            "unless it crosses the border of a window. Choose another pooling, then move the digit "
            "by single pixels. The lecture’s notes print log-prob pooling without its logarithm; "
            "with it, the mean (<i>b</i> = 0) and the maximum (<i>b</i> = ∞) are its limits."
        ),
        formula=_formula,
        demos="pooling.demos",
        instruments=(
            "pooling.toy:Toy",
            "pooling.maps:Maps",
            "pooling.change:Change",
            "pooling.steps:Steps",
        ),
    )


def _formula(snapshot: Snapshot, window: tuple[int, int]) -> str:
    architecture = snapshot.architecture
    pool = next((layer for layer in architecture.layers if layer.operation == "pool"), None)
    below = None if pool is None else architecture.below(pool)
    law = tr("units = ⌊(<i>n</i> − size) / stride⌋ + 1")
    if pool is None or below is None:
        return law
    height, width = snapshot.image.shape
    return law + tr(
        "<br>rows of {layer} = ⌊({n} − {size}) / {stride}⌋ + 1 = <b>{rows}</b>",
        layer=pool.name, n=below.shape(height, width)[1], size=pool.kernel, stride=pool.step,
        rows=pool.shape(height, width)[1],
    )  # fmt: skip
