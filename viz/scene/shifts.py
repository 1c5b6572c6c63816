"""Shifts: whether two scenes are one drawing in two places, and how far apart those are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from viz.scene.edit import limited
from viz.scene.hits import item_centre, item_frame
from viz.scene.model import Group, ImageLayer, Points, Scene, Transform

CLOSE = 1e-6
"""Pixels: shifts that differ by no more are one; sums of many small drags round differently."""

Shift = tuple[float, float]


def common_shift(before: Scene, after: Scene) -> Shift | None:
    """Return the (dx, dy) in pixels that moves all that ``before`` draws to where ``after`` has it.

    None unless one translation does, of strokes and pictures alike, on a canvas of the same size
    under the same light and noise. What counts is where things are drawn, not which transform put
    them there. Two empty canvases are (0, 0) apart. Within CLOSE of whole pixels it is whole.
    """
    if before is after:
        return 0.0, 0.0
    sizes = [
        (scene.height, scene.width, scene.noise, scene.light, len(scene.items))
        for scene in (before, after)
    ]
    if sizes[0] != sizes[1]:
        return None
    common: Shift | None = None
    for index in range(len(before.items)):
        own = _item_shift(before, after, index)
        common = common or own
        if own is None or common is None or np.abs(np.subtract(own, common)).max() > CLOSE:
            return None
    dx, dy = (float(round(d)) if abs(d - round(d)) <= CLOSE else d for d in common or (0.0, 0.0))
    return dx, dy


def shifted(scene: Scene, dx: float, dy: float) -> Scene:
    """Move the whole drawing dx to the right and dy down, as far as shifts go."""
    whole = scene.transform
    return replace(scene, transform=limited(whole, dx=whole.dx + dx, dy=whole.dy + dy))


def is_resampled(scene: Scene) -> bool:
    """Tell whether shifting the scene resamples something: pictures have pixels, strokes none."""
    return any(isinstance(item, ImageLayer) for item in scene.items)


def _item_shift(before: Scene, after: Scene, index: int) -> Shift | None:
    old, new = before.items[index], after.items[index]
    if isinstance(old, ImageLayer) and isinstance(new, ImageLayer):
        if old.pixels is not new.pixels and not np.array_equal(old.pixels, new.pixels):
            return None
        return _difference(item_frame(before, index), item_frame(after, index))
    if not (isinstance(old, Group) and isinstance(new, Group) and old.strokes):
        return None
    if (
        old.strokes is new.strokes
        and old.anchor == new.anchor
        and _differ_by_shift(old.transform, new.transform)
        and _differ_by_shift(before.transform, after.transform)
    ):  # by far the quickest way, and the one of every drag
        return _difference(
            np.array([item_centre(before, index)]), np.array([item_centre(after, index)])
        )
    first, second = before.strokes_of(index), after.strokes_of(index)
    if len(first) != len(second):
        return None
    for a, b in zip(first, second, strict=True):
        if a.points.shape != b.points.shape or a.ink != b.ink:
            return None
        if abs(a.width_px - b.width_px) > CLOSE or not a.tapers_like(b):
            return None
    return _difference(
        np.concatenate([stroke.points for stroke in first]),
        np.concatenate([stroke.points for stroke in second]),
    )


def _differ_by_shift(one: Transform, other: Transform) -> bool:
    """Tell whether two transforms have the same linear part."""
    return replace(one, dx=0, dy=0) == replace(other, dx=0, dy=0)


def _difference(before: Points, after: Points) -> Shift | None:
    """Return how far all points have moved together."""
    ways = after - before
    if np.ptp(ways, axis=0).max() > CLOSE:
        return None
    return float(ways[0, 0]), float(ways[0, 1])
