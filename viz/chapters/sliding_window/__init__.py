"""Chapter sliding-window: a whole canvas is read in one pass, which costs less than its windows."""

from __future__ import annotations

from viz.chapters.chapter import Chapter
from viz.i18n import tr
from viz.model.snapshot import Snapshot


def chapter() -> Chapter:
    """The chapter's record, in the language that is chosen."""
    return Chapter(
        id="sliding-window",
        title=tr("Sliding window"),
        claim=tr("A whole canvas is read in one pass, at less cost than window by window."),
        explanation=tr(
            "Each output belongs to one <b>window</b> of the canvas, and windows stand a stride of "
            "4 px apart. In a <b>fully convolutional</b> network every layer is convolution or "
            "pooling, so a wider canvas just gives more outputs, in one pass; the notes say “fully "
            "connected”, but mean this. Their “window” of 4 in one dimension is the step; the "
            "window is 10. Drag an edge of the canvas, and write several digits. A digit far from "
            "20 px high fits no window, and where two digits meet the windows disagree: “[?]”."
        ),
        formula=_formula,
        demos="sliding_window.demos",
        instruments=(
            "sliding_window.reading:ReadingSteps",
            "sliding_window.cost:Cost",
            "sliding_window.training:Training",
            "sliding_window.segmentation:Segmentation",
            "sliding_window.examples:Examples",
        ),
    )


def _formula(snapshot: Snapshot, window: tuple[int, int]) -> str:
    architecture, (height, width) = snapshot.architecture, snapshot.image.shape
    rows, columns = architecture.windows(height, width)
    return tr(
        "columns = ⌊({width} − {side}) / {stride}⌋ + 1 = <b>{columns}</b>"
        "<br>rows = ⌊({height} − {side}) / {stride}⌋ + 1 = <b>{rows}</b>",
        side=architecture.output.field - 2 * architecture.output.lead, stride=architecture.stride,
        width=width, height=height, columns=columns, rows=rows,
    )  # fmt: skip
