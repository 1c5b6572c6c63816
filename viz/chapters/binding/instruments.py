"""Chapter 4, binding: what one stroke is to the rest: by its place, by layer, and on its way."""

from __future__ import annotations

from viz.chapters.binding.binding_map import BindingMapView
from viz.chapters.binding.interaction import BindingInteractionView
from viz.chapters.binding.stroke_choice import StrokeChoice
from viz.chapters.binding.trajectory import BindingTrajectoryView
from viz.chapters.instrument import Context


def instruments(
    context: Context,
) -> tuple[BindingMapView, BindingInteractionView, BindingTrajectoryView]:
    """Map, interaction and trajectory; all three speak of the same part of the drawing."""
    document, engine, canvas = context.document, context.engine, context.canvas
    choice = StrokeChoice(document, context.player)
    return (
        BindingMapView(document, engine, canvas, choice),
        BindingInteractionView(document, engine, canvas, choice),
        BindingTrajectoryView(document, engine, canvas, choice, context.player),
    )
