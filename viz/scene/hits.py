"""Hit-testing: which item or stroke lies under a point of the canvas, and how far it reaches.

All functions take and give canvas coordinates (pixels, x right, y down) and change nothing. Where
items overlap, the topmost (last) one wins, as the eye sees it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from viz.scene.model import (
    Box,
    Group,
    ImageLayer,
    Item,
    Points,
    Scene,
    Stroke,
    corners,
    numbers_of,
    placed,
)

__all__ = [
    "Box", "bounds_of", "distance_to", "item_at", "item_bounds", "item_centre", "item_centres",
    "item_frame", "item_frames", "items_in", "stroke_at", "strokes_box",
]  # fmt: skip

_INK = 0.25
"""A picture's pixel counts as ink from this value on."""

_ROUNDING = 1e-6
"""Pixels by which a box may miss what it holds, at the end of many transforms."""

_CORNERS = np.array([[0, 1], [2, 1], [2, 3], [0, 3]])
"""Which numbers of a box are its corners."""


def distance_to(points: Points, x: float, y: float) -> float:
    """Return the distance in pixels of the point (x, y) from the polyline ``points`` (N, 2)."""
    return _nearest_place(points, x, y)[0]


def _nearest_place(points: Points, x: float, y: float) -> tuple[float, float]:
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
    boxes = [stroke.box for stroke in strokes]
    if not boxes:
        return None
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def item_bounds(scene: Scene, index: int) -> Box:
    """Return the upright box of an item's ink, pen width included; of a picture, its corners'."""
    left, top, right, bottom = scene.boxes.items[index].tolist()
    return left, top, right, bottom


def bounds_of(scene: Scene, indices: Iterable[int] | None = None) -> Box | None:
    """Return the box around these items (None: all); None if there are none."""
    boxes = scene.boxes.items
    if indices is not None:
        boxes = boxes[list(indices)]
    if not len(boxes):
        return None
    (left, top), (right, bottom) = boxes[:, :2].min(0).tolist(), boxes[:, 2:].max(0).tolist()
    return left, top, right, bottom


def item_frame(scene: Scene, index: int) -> Points:
    """Return the corners (4, 2) of the item's own box, carried through its transforms.

    In the item's own sense upper left, upper right, lower right, lower left.
    """
    return scene.to_canvas(index, corners(_own_box(scene.items[index])))


def item_frames(scene: Scene, indices: Sequence[int]) -> Points:
    """Return the ``item_frame`` of many items at once: (N, 4, 2)."""
    items = [scene.items[index] for index in indices]
    boxes = np.array([_own_box(item) for item in items], np.float64).reshape(-1, 4)
    return _onto_canvas(scene, items, boxes[:, _CORNERS])


def _own_box(item: Item) -> Box:
    """The item's box before its transform; a group's without strokes is its anchor."""
    if isinstance(item, ImageLayer):
        return item.frame
    return strokes_box(item.strokes) or (*item.anchor, *item.anchor)


def _onto_canvas(scene: Scene, items: Sequence[Item], points: Points) -> Points:
    """Map points (N, M, 2), M of each item's own, onto the canvas."""
    if not items:
        return points
    numbers = numbers_of(item.transform for item in items)
    lengths = [points.shape[1]] * len(items)
    own = placed(items, points.reshape(-1, 2), lengths, numbers)
    return scene.transform.apply(own, scene.centre).reshape(points.shape)


def item_centre(scene: Scene, index: int) -> tuple[float, float]:
    """Return where the item's anchor, about which it turns and grows, lies on the canvas."""
    x, y = scene.to_canvas(index, np.array([scene.items[index].anchor], np.float64))[0]
    return float(x), float(y)


def item_centres(scene: Scene, indices: Sequence[int]) -> Points:
    """Return the ``item_centre`` of many items at once: (N, 2)."""
    items = [scene.items[index] for index in indices]
    anchors = np.array([item.anchor for item in items], np.float64).reshape(-1, 1, 2)
    return _onto_canvas(scene, items, anchors)[:, 0]


def stroke_at(scene: Scene, x: float, y: float, tolerance: float = 2.0) -> tuple[int, int] | None:
    """Find the (item, stroke) with ink within ``tolerance`` pixels of the point.

    Of the topmost item that is hit, the stroke whose centre line is nearest.
    """
    for index, strokes in _near(scene, x, y, tolerance):
        stroke = _nearest(scene, index, strokes, x, y, tolerance)
        if stroke is not None:
            return index, stroke
    return None


def item_at(scene: Scene, x: float, y: float, tolerance: float = 2.0) -> int | None:
    """Find the topmost item with ink within ``tolerance`` pixels of the point.

    If no ink is near, the topmost item whose box holds the point, so that the hole of a 0 and the
    white of a picture can be grasped too; None beside everything.
    """
    for index, strokes in _near(scene, x, y, tolerance):
        item = scene.items[index]
        if (
            _picture_has_ink(scene, index, item.pixels, x, y)
            if isinstance(item, ImageLayer)
            else _nearest(scene, index, strokes, x, y, tolerance) is not None
        ):
            return index
    holding = np.flatnonzero(_holding(scene.boxes.items, x, y))
    return int(holding[-1]) if len(holding) else None


def items_in(scene: Scene, left: float, top: float, right: float, bottom: float) -> tuple[int, ...]:
    """Find the items whose box has its centre in a rectangle, its corners in any order."""
    boxes = scene.boxes.items
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    across = (min(left, right) <= x) & (x <= max(left, right))
    down = (min(top, bottom) <= y) & (y <= max(top, bottom))
    return tuple(np.flatnonzero(across & down).tolist())


def _holding(boxes: Points, x: float, y: float, reach: float = 0.0) -> NDArray[np.bool_]:
    """Which boxes (N, 4) hold a point, or have it within ``reach``."""
    left, top, right, bottom = boxes.T
    across = (left - reach <= x) & (x <= right + reach)
    return np.asarray(across & (top - reach <= y) & (y <= bottom + reach))


def _near(scene: Scene, x: float, y: float, tolerance: float) -> Iterator[tuple[int, list[int]]]:
    """Items that may have ink within the tolerance, the topmost first, and those of their strokes
    that may."""
    boxes = scene.boxes
    found = np.flatnonzero(_holding(boxes.strokes, x, y, tolerance + _ROUNDING))
    items = np.searchsorted(boxes.first, found, "right") - 1
    strokes = found - boxes.first[items]
    while len(items):
        top = int(items[-1])
        start = int(np.searchsorted(items, top))
        yield top, strokes[start:].tolist()
        items, strokes = items[:start], strokes[:start]


def _nearest(
    scene: Scene, index: int, strokes: Iterable[int], x: float, y: float, tolerance: float
) -> int | None:
    """Find the nearest of these strokes of a group that have ink within the tolerance."""
    group = scene.items[index]
    if not isinstance(group, Group) or not group.strokes:
        return None
    hits = []
    for number in strokes:
        stroke = scene.stroke(index, number)
        distance, place = _nearest_place(stroke.points, x, y)
        if distance <= _half_width(stroke, place) + tolerance:
            hits.append((distance, number))
    return min(hits)[1] if hits else None


def _half_width(stroke: Stroke, place: float) -> float:
    """Half the stroke's width at a place of its centre line, as ``_nearest_place`` counts it."""
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
