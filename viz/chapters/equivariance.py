"""Chapter 2, equivariance: shift the input, and every feature map shifts with it."""

from __future__ import annotations

from viz.chapters import Context
from viz.chapters.panel import Instrument
from viz.views.equivariance.difference import Difference
from viz.views.equivariance.live import LiveShift
from viz.views.equivariance.networks import Networks
from viz.views.equivariance.residual import Residual
from viz.views.equivariance.shift_map import ShiftMapView
from viz.views.equivariance.sweeps import Sweeps
from viz.views.equivariance.table import Displacement


def instruments(context: Context) -> tuple[Instrument, ...]:
    """How far the maps moved, f(Tx) against T′f(x), the residual over the shift; then what of it
    reaches the answer: over all shifts, over other changes, and by the network's pooling."""
    live = LiveShift(context.document, context.engine, context.player, context.document)
    return (
        Displacement(live),
        Difference(context.document, live),
        Residual(context.document, live),
        ShiftMapView(context.document, context.engine),
        Sweeps(context.document, context.engine, context.player),
        Networks(context.document, context.engine),
    )
