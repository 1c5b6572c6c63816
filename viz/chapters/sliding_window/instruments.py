"""Chapter 5, the sliding window: how its outputs are read, what one pass costs, what two parts of
the training are for."""

from __future__ import annotations

from viz.chapters.instrument import Context
from viz.chapters.sliding_window.cost import SlidingCost
from viz.chapters.sliding_window.reading import SlidingReading
from viz.chapters.sliding_window.training import SlidingTraining


def instruments(context: Context) -> tuple[SlidingReading, SlidingCost, SlidingTraining]:
    """Reading, cost and training; the windows they point at are marked on the canvas."""
    document, engine = context.document, context.engine
    reading, cost = SlidingReading(document, engine), SlidingCost(document, engine)
    for view in (reading, cost):
        view.window_hovered.connect(context.canvas.set_hovered_window)
        view.window_hovered.connect(document.hover_window)
    return reading, cost, SlidingTraining(document, engine)
