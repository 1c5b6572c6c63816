"""Capacity: whether a scene is within what a scene may hold (``viz/scene/limits.py``)."""

from __future__ import annotations

from typing import Any

import numpy as np

from viz.errors import UserError
from viz.i18n import tr
from viz.scene.limits import (
    FARTHEST,
    MOST_IMAGE_PIXELS,
    MOST_ITEMS,
    MOST_NAME,
    MOST_POINTS,
    Between,
    ranges_of,
)
from viz.scene.model import Group, Scene

_ANYWHERE = Between(-FARTHEST, FARTHEST)


def check_counts(scene: Scene) -> Scene:
    """The scene itself. Raises UserError if it has too many items, points or pixels."""
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
                "A drawing's strokes have at most {limit} points; delete some of them.",
                limit=MOST_POINTS,
            )
        )
    if pixels > MOST_IMAGE_PIXELS:
        raise UserError(
            tr(
                "A drawing's pictures have at most {limit} megapixels together; delete one.",
                limit=MOST_IMAGE_PIXELS >> 20,
            )
        )
    return scene


def check(scene: Scene) -> None:
    """Raises UserError for a scene that, saved, could not be opened again."""
    check_counts(scene)
    _check_ranges(scene.transform)
    _check_ranges(scene.noise)
    for item in scene.items:
        _check_ranges(item.transform)
        if len(item.name) > MOST_NAME:
            raise UserError(tr("A name has at most {limit} letters; shorten it.", limit=MOST_NAME))
        for coordinate in item.anchor:
            _check("anchor", coordinate, _ANYWHERE)
        if isinstance(item, Group):
            for stroke in item.strokes:
                _check_ranges(stroke)
                _check("points", float(np.abs(stroke.points).max()), _ANYWHERE)


def _check_ranges(record: Any) -> None:
    """Hold a record's numbers to the ranges that stand beside its fields."""
    for name, allowed in ranges_of(record.__class__).items():
        _check(name, getattr(record, name), allowed)


def _check(key: str, value: float, allowed: Between) -> None:
    if not allowed.low <= value <= allowed.high:  # NaN fails this too
        raise UserError(
            tr(
                "This drawing cannot be saved: its “{key}” does not lie in {low}…{high}; undo.",
                key=key,
                low=allowed.low,
                high=allowed.high,
            )
        )
