"""Shaping: scale, turn, squeeze and slant of what is selected, as handles and wheel give them.

A selection is a set of item indices; the empty one means the whole drawing. What is seen on the
canvas is the product of the item's and the scene's linear maps; any such map of positive
determinant is again an angle, a scale, a squeeze and a slant (the QR decomposition), so a change
asked for on the canvas can always be written back into the item's own transform.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from viz.scene.edit import all_limited, all_transformed, limited, transformed
from viz.scene.hits import bounds_of, item_centre, item_centres
from viz.scene.limits import SMALLEST
from viz.scene.model import IDENTITY, Points, Scene, Transform, linears, middle, numbers_of


def decomposed(linear: Points) -> Transform:
    """Return the transform without a shift whose ``linear`` is this 2×2 matrix.

    Its determinant is positive.
    """
    (a, b), (c, d) = linear.tolist()
    width = math.hypot(a, c)
    cos, sin = a / width, c / width
    scale = max(d * cos - b * sin, SMALLEST**2)  # rounding may leave less than nothing
    return limited(
        IDENTITY,
        scale=scale,
        angle=math.degrees(math.atan2(sin, cos)),
        squeeze=width / scale,
        slant=-(b * cos + d * sin) / scale,
    )


def all_decomposed(matrices: Points) -> Points:
    """Return the numbers (N, 6) of the transforms that ``decomposed`` finds for many (N, 2, 2)."""
    (a, b), (c, d) = matrices.transpose(1, 2, 0)
    width = np.hypot(a, c)
    cos, sin = a / width, c / width
    scale = np.maximum(d * cos - b * sin, SMALLEST**2)
    none, angle = np.zeros_like(a), np.degrees(np.arctan2(sin, cos))
    slant = -(b * cos + d * sin) / scale
    found = np.stack([none, none, scale, angle, width / scale, slant], 1)
    return all_limited(np.where(np.isfinite(found), found, numbers_of([IDENTITY])))


def seen_transform(scene: Scene, selection: Collection[int]) -> Transform:
    """Return what handles change: the drawing's transform, one item's as seen; else IDENTITY."""
    if not selection:
        return scene.transform
    if len(selection) > 1:
        return IDENTITY
    own = scene.items[min(selection)].transform
    return own if scene.transform.is_shift else decomposed(scene.transform.linear @ own.linear)


def pivot(scene: Scene, selection: Collection[int]) -> tuple[float, float]:
    """Return the canvas point about which a selection turns and grows."""
    if not selection:
        x, y = scene.centre
        return x + scene.transform.dx, y + scene.transform.dy
    if len(selection) == 1:
        return item_centre(scene, min(selection))
    box = bounds_of(scene, selection)
    assert box is not None  # the selection is not empty
    return middle(box)


def shaped(scene: Scene, selection: Collection[int], **changes: float) -> Scene:
    """Set fields of a selection's ``seen_transform``, about its ``pivot``.

    ``shaped(scene, {2}, angle=30)``; ``changes`` are scale, angle, squeeze and slant. The numbers
    are stored as given where the transform is one item's alone or the drawing's.
    """
    old = seen_transform(scene, selection)
    new = limited(old, **changes)
    if not selection:
        return replace(scene, transform=new)
    if len(selection) == 1 and scene.transform.is_shift:
        return transformed(scene, min(selection), new)
    linear = new.linear @ np.linalg.inv(old.linear)
    return mapped(scene, selection, linear, pivot(scene, selection))


def mapped(
    scene: Scene,
    selection: Collection[int],
    linear: Points,
    about: tuple[float, float],
    shift: tuple[float, float] = (0.0, 0.0),
) -> Scene:
    """Map a selection by a 2×2 matrix about a canvas point, then shift it (canvas pixels)."""
    centre = np.array(about)
    whole = scene.transform
    if not selection:
        x, y = np.array(pivot(scene, ())) - centre
        dx, dy = linear @ (x, y) + centre + shift - np.array(scene.centre)
        changed = decomposed(linear @ whole.linear)
        return replace(scene, transform=limited(changed, dx=float(dx), dy=float(dy)))
    order = list(selection)
    owns = numbers_of(scene.items[index].transform for index in order)
    seen = np.linalg.inv(whole.linear) @ linear @ whole.linear @ linears(owns)
    old = item_centres(scene, order)
    ways = (old - centre) @ linear.T + centre + shift - old
    if not whole.is_shift:
        ways = np.linalg.solve(whole.linear, ways.T).T
    new = all_decomposed(seen)
    new[:, :2] = owns[:, :2] + ways
    return all_transformed(scene, order, new)
