"""Hit-testing: which item or stroke lies under a point of the canvas, and how far it reaches.

All functions take and give canvas coordinates (pixels, x right, y down) and change nothing. Where
items overlap, the topmost (last) one wins, as the eye sees it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from viz.scene.model import ImageLayer, Points, Scene, Stroke, middle

Box = tuple[float, float, float, float]
"""(left, top, right, bottom)."""

_INK = 0.25
"""A picture's pixel counts as ink from this value on."""


def distance_to(points: Points, x: float, y: float) -> float:
    """Return the distance in pixels of the point (x, y) from the polyline ``points`` (N, 2)."""
    return _nearest(points, x, y)[0]


def _nearest(points: Points, x: float, y: float) -> tuple[float, float]:
    """The distance of a polyline (N, 2) from a point, and where it is nearest: i + t is the place
    a share t along segment i."""
    start = points[:-1] if len(points) > 1 else points
    step = (points[1:] if len(points) > 1 else points) - start
    away = np.array((x, y)) - start
    length2 = (step**2).sum(1)
    along = (away * step).sum(1)
    t = np.clip(np.divide(along, length2, out=np.zeros_like(along), where=length2 > 0), 0, 1)
    distance2 = ((away - t[:, None] * step) ** 2).sum(1)
    segment = int(distance2.argmin())
    return math.sqrt(distance2[segment]), segment + float(t[segment])


def strokes_box(strokes: Iterable[Stroke]) -> Box | None:
    """Return the box of the strokes' ink, pen width included; None if there is no stroke."""
    return _around([stroke.box for stroke in strokes])


def item_bounds(scene: Scene, index: int) -> Box:
    """Return the upright box of an item's ink, pen width included; of a picture, its corners'."""
    box = strokes_box(scene.strokes_of(index))
    if box is not None:
        return box
    corners = item_frame(scene, index)
    (left, top), (right, bottom) = corners.min(0), corners.max(0)
    return float(left), float(top), float(right), float(bottom)


def bounds_of(scene: Scene, indices: Iterable[int] | None = None) -> Box | None:
    """Return the box around these items (None: all); None if there are none."""
    chosen = range(len(scene.items)) if indices is None else indices
    return _around([item_bounds(scene, index) for index in chosen])


def _around(boxes: list[Box]) -> Box | None:
    if not boxes:
        return None
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def item_frame(scene: Scene, index: int) -> Points:
    """Return the corners (4, 2) of the item's own box, carried through its transforms.

    In the item's own sense upper left, upper right, lower right, lower left.
    """
    item = scene.items[index]
    if isinstance(item, ImageLayer):
        height, width = item.pixels.shape
        x, y = item.anchor
        box: Box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    else:
        box = strokes_box(item.strokes) or (*item.anchor, *item.anchor)
    left, top, right, bottom = box
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)
    return scene.to_canvas(index, corners)


def item_centre(scene: Scene, index: int) -> tuple[float, float]:
    """Return where the item's anchor, about which it turns and grows, lies on the canvas."""
    x, y = scene.to_canvas(index, np.array([scene.items[index].anchor], np.float64))[0]
    return float(x), float(y)


def stroke_at(scene: Scene, x: float, y: float, tolerance: float = 2.0) -> tuple[int, int] | None:
    """Find the (item, stroke) with ink within ``tolerance`` pixels of the point.

    Of the topmost item that is hit, the stroke whose centre line is nearest.
    """
    for index in reversed(range(len(scene.items))):
        stroke = _stroke_near(scene, index, x, y, tolerance)
        if stroke is not None:
            return index, stroke
    return None


def item_at(scene: Scene, x: float, y: float, tolerance: float = 2.0) -> int | None:
    """Find the topmost item with ink within ``tolerance`` pixels of the point.

    If no ink is near, the topmost item whose box holds the point, so that the hole of a 0 and the
    white of a picture can be grasped too; None beside everything.
    """
    order = range(len(scene.items) - 1, -1, -1)
    for index in order:
        item = scene.items[index]
        if (
            _picture_has_ink(scene, index, item.pixels, x, y)
            if isinstance(item, ImageLayer)
            else _stroke_near(scene, index, x, y, tolerance) is not None
        ):
            return index
    for index in order:
        left, top, right, bottom = item_bounds(scene, index)
        if left <= x <= right and top <= y <= bottom:
            return index
    return None


def items_in(scene: Scene, left: float, top: float, right: float, bottom: float) -> tuple[int, ...]:
    """Find the items whose box has its centre in a rectangle, its corners in any order."""
    left, right = min(left, right), max(left, right)
    top, bottom = min(top, bottom), max(top, bottom)
    centres = [middle(item_bounds(scene, index)) for index in range(len(scene.items))]
    return tuple(
        index for index, (x, y) in enumerate(centres) if left <= x <= right and top <= y <= bottom
    )


def _stroke_near(scene: Scene, index: int, x: float, y: float, tolerance: float) -> int | None:
    """Find the stroke of a group that is nearest, of those with ink within the tolerance."""
    hits = []
    for number, stroke in enumerate(scene.strokes_of(index)):
        distance, place = _nearest(stroke.points, x, y)
        if distance <= _half_width(stroke, place) + tolerance:
            hits.append((distance, number))
    return min(hits)[1] if hits else None


def _half_width(stroke: Stroke, place: float) -> float:
    """Half the stroke's width at a place of its centre line, as ``_nearest`` counts it."""
    half = stroke.width_px / 2
    if stroke.widths is None:
        return half
    return half * float(np.interp(place, np.arange(len(stroke.widths)), stroke.widths))


def _picture_has_ink(
    scene: Scene, index: int, pixels: NDArray[np.float32], x: float, y: float
) -> bool:
    """Tell whether the picture's pixel under the point is ink."""
    point = scene.to_item(index, np.array([(x, y)], np.float64))[0]
    height, width = pixels.shape
    anchor = scene.items[index].anchor
    column = np.floor(point[0] - anchor[0] + width / 2)
    row = np.floor(point[1] - anchor[1] + height / 2)
    if not (0 <= row < height and 0 <= column < width):
        return False
    return bool(pixels[int(row), int(column)] >= _INK)
