"""Capacity: whether a scene holds no more than a scene may (``viz/scene/limits.py``)."""

from __future__ import annotations

from viz.errors import UserError
from viz.i18n import tr
from viz.scene.limits import MOST_IMAGE_PIXELS, MOST_ITEMS, MOST_POINTS
from viz.scene.model import Group, Scene


def check_counts(scene: Scene) -> Scene:
    """Return the scene itself. Raises UserError if it has too many items, points or pixels."""
    if len(scene.items) > MOST_ITEMS:
        raise UserError(
            tr("A drawing has at most {limit} items; delete some of them.", limit=MOST_ITEMS)
        )
    points = pixels = 0
    for item in scene.items:
        if isinstance(item, Group):
            points += sum(len(stroke.points) for stroke in item.strokes)
        else:
            pixels += item.pixels.size
    if points > MOST_POINTS:
        raise UserError(
            tr(
                "The strokes of a drawing have at most {limit} points; delete some of them.",
                limit=MOST_POINTS,
            )
        )
    if pixels > MOST_IMAGE_PIXELS:
        raise UserError(
            tr(
                "The images of a drawing have at most {limit} megapixels together; delete one.",
                limit=MOST_IMAGE_PIXELS >> 20,
            )
        )
    return scene
