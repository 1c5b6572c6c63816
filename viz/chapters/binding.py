"""Chapter 4, binding: what one stroke is to the rest: by its place, by layer, and on its way."""

from __future__ import annotations

from viz.chapters import Context
from viz.views.binding.interaction import BindingInteractionView
from viz.views.binding.map import BindingMapView
from viz.views.binding.part import PartChoice
from viz.views.binding.trajectory import BindingTrajectoryView


def instruments(
    context: Context,
) -> tuple[BindingMapView, BindingInteractionView, BindingTrajectoryView]:
    """Map, interaction and trajectory; all three speak of the same part of the drawing."""
    document, engine, canvas = context.document, context.engine, context.canvas
    choice = PartChoice(document, context.player)
    return (
        BindingMapView(document, engine, canvas, choice),
        BindingInteractionView(document, engine, canvas, choice),
        BindingTrajectoryView(document, engine, canvas, choice, context.player),
    )
