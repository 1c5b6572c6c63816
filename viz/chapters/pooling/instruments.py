"""Chapter 3, pooling: what pooling forgets is where exactly a feature was."""

from __future__ import annotations

from viz.chapters.instrument import Context, Instrument
from viz.chapters.pooling.change import PoolingChange
from viz.chapters.pooling.maps import PoolingMaps
from viz.chapters.pooling.operator import Operator
from viz.chapters.pooling.steps import PoolingSteps
from viz.chapters.pooling.toy import PoolingToy


def instruments(context: Context) -> tuple[Instrument, ...]:
    """A toy to drag, one live map, and the change per pixel of shift, all by one operator; and the
    network's own layers, step by step."""
    operator = Operator(context.document)
    return (
        PoolingToy(operator, context.player),
        PoolingMaps(context.document, context.engine, operator),
        PoolingChange(context.document, context.engine, operator),
        PoolingSteps(context.engine),
    )
