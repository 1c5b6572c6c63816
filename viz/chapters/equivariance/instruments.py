"""Chapter 2, equivariance: shift the input, and every feature map shifts with it."""

from __future__ import annotations

from viz.chapters.equivariance.difference import Difference
from viz.chapters.equivariance.displacement import Displacement
from viz.chapters.equivariance.invariance import Sweeps
from viz.chapters.equivariance.live_shift import LiveShift
from viz.chapters.equivariance.networks import Networks
from viz.chapters.equivariance.residual import Residual
from viz.chapters.equivariance.shift_map import ShiftMapView
from viz.chapters.instrument import Context, Instrument


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
