"""Shifts: whether two scenes are one drawing in two places, and how far apart those are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from viz.scene.edit import limited
from viz.scene.model import Group, ImageLayer, Item, Points, Scene

CLOSE = 1e-6
"""Pixels: shifts that differ by no more are one; sums of many small drags round differently."""

Shift = tuple[float, float]


def common_shift(before: Scene, after: Scene) -> Shift | None:
    """The (dx, dy) in pixels that moves everything drawn in ``before`` to where ``after`` has it.

    None unless one translation does, of strokes and pictures alike, on a canvas of the same size
    under the same noise. What counts is where things are drawn, not whose transform put them
    there. Two empty canvases are (0, 0) apart. Within CLOSE of whole pixels the shift is whole.
    """
    if before is after:
        return 0.0, 0.0
    sizes = [
        (scene.height, scene.width, scene.noise, len(scene.items)) for scene in (before, after)
    ]
    if sizes[0] != sizes[1]:
        return None
    found: Shift | None = None
    for index in range(len(before.items)):
        moved = _item_shift(before, after, index)
        if moved is None:
            return None
        if found is not None and max(abs(moved[0] - found[0]), abs(moved[1] - found[1])) > CLOSE:
            return None
        found = found or moved
    if found is None:
        return 0.0, 0.0
    dx, dy = (float(round(d)) if abs(d - round(d)) <= CLOSE else d for d in found)
    return dx, dy


def shifted(scene: Scene, dx: float, dy: float) -> Scene:
    """The scene with the whole drawing dx to the right and dy down, as far as shifts go."""
    whole = scene.transform
    return replace(scene, transform=limited(whole, dx=whole.dx + dx, dy=whole.dy + dy))


def is_resampled(scene: Scene) -> bool:
    """Whether shifting the scene resamples something: pictures have pixels, strokes have not."""
    return any(isinstance(item, ImageLayer) for item in scene.items)


def _item_shift(before: Scene, after: Scene, index: int) -> Shift | None:
    old, new = before.items[index], after.items[index]
    if _same_but_for_shift(old, new) and _same_linear(before, after):
        return _difference(
            before.to_canvas(index, np.array([old.anchor], np.float64)),
            after.to_canvas(index, np.array([new.anchor], np.float64)),
        )
    if isinstance(old, ImageLayer) and isinstance(new, ImageLayer):
        if old.pixels.shape != new.pixels.shape or not np.array_equal(old.pixels, new.pixels):
            return None
        return _difference(_corners(before, index), _corners(after, index))
    if not (isinstance(old, Group) and isinstance(new, Group)):
        return None
    if len(old.strokes) != len(new.strokes):
        return None
    pairs = list(zip(before.strokes_of(index), after.strokes_of(index), strict=True))
    for a, b in pairs:
        if a.points.shape != b.points.shape or a.ink != b.ink:
            return None
        if abs(a.width_px - b.width_px) > CLOSE:
            return None
    if not pairs:
        return None
    first, second = zip(*pairs, strict=True)
    return _difference(
        np.concatenate([stroke.points for stroke in first]),
        np.concatenate([stroke.points for stroke in second]),
    )


def _same_but_for_shift(old: Item, new: Item) -> bool:
    """Whether a mere look at two items tells that only their shifts may differ: the quick way."""
    if isinstance(old, Group) and isinstance(new, Group):
        same = old.strokes is new.strokes and bool(old.strokes)
    elif isinstance(old, ImageLayer) and isinstance(new, ImageLayer):
        same = old.pixels is new.pixels
    else:
        return False
    return (
        same
        and old.anchor == new.anchor
        and replace(old.transform, dx=0, dy=0) == replace(new.transform, dx=0, dy=0)
    )


def _same_linear(before: Scene, after: Scene) -> bool:
    return replace(before.transform, dx=0, dy=0) == replace(after.transform, dx=0, dy=0)


def _difference(before: Points, after: Points) -> Shift | None:
    """How far all points have moved together."""
    ways = after - before
    if np.ptp(ways, axis=0).max() > CLOSE:
        return None
    return float(ways[0, 0]), float(ways[0, 1])


def _corners(scene: Scene, index: int) -> Points:
    item = scene.items[index]
    assert isinstance(item, ImageLayer)
    height, width = item.pixels.shape
    half = np.array([(-width, -height), (width, -height), (-width, height)], np.float64) / 2
    return scene.to_canvas(index, np.asarray(half + np.array(item.anchor, np.float64)))
