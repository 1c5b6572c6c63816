"""Chapter 3, pooling: what pooling forgets is where exactly a feature was."""

from __future__ import annotations

from viz.chapters import Context
from viz.chapters.panel import Instrument
from viz.views.pooling.change import Change
from viz.views.pooling.maps import Maps
from viz.views.pooling.operator import Operator
from viz.views.pooling.toy import Toy


def instruments(context: Context) -> tuple[Instrument, ...]:
    """A toy to drag, one live map, and the change per pixel of shift; all by one operator."""
    operator = Operator(context.document)
    return (
        Toy(operator),
        Maps(context.document, context.engine, operator),
        Change(context.engine, operator),
    )
