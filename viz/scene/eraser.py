"""The eraser: a round tip swept along a path takes away the ink it touches, and only that.

Strokes stay vectors: each is cut where its ink meets the tip's rim, and the pieces that are left go
on as strokes of their own. The tip, swept along one step of the path, covers two discs and the
rectangle between them. These are convex, so each covers one interval of a straight segment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viz.scene.capacity import check_counts
from viz.scene.model import Group, ImageLayer, Item, Points, Scene, Stroke

_Floats = NDArray[np.float64]


def erase(scene: Scene, path_points: ArrayLike, radius_px: float) -> Scene:
    """Erase the ink that a round tip sweeps along ``path_points`` (K, 2), K ≥ 1, canvas pixels.

    Strokes are cut and split, empty strokes and groups dropped; a picture's pixels whose centres
    the tip covers become 0. Returns the same object if nothing was touched.
    Raises UserError if the pieces have more points than a scene holds.
    """
    path = np.array(path_points, np.float64, ndmin=2)
    (x0, y0), (x1, y1) = path.min(0) - radius_px, path.max(0) + radius_px
    left, top, right, bottom = scene.boxes.strokes.T
    touched = ~((x1 < left) | (x0 > right) | (y1 < top) | (y0 > bottom))
    items: list[Item] = []
    ends = scene.boxes.first.tolist()
    for index, item in enumerate(scene.items):
        if isinstance(item, ImageLayer):
            items.append(_wiped(scene, index, item, path, radius_px))
        elif item.strokes:
            near = touched[ends[index] : ends[index + 1]]
            rest = _cut(scene, index, item, near, path, radius_px) if near.any() else item
            if rest.strokes:
                items.append(rest)
    if _same(items, scene.items):
        return scene
    return check_counts(replace(scene, items=tuple(items)))


def _cut(
    scene: Scene,
    index: int,
    group: Group,
    near: NDArray[np.bool_],
    path: Points,
    radius_px: float,
) -> Group:
    """The group without what the tip covers of the strokes ``near`` it; the group itself if that is
    nothing."""
    pieces: list[Stroke] = []
    for number, (own, is_near) in enumerate(zip(group.strokes, near.tolist(), strict=True)):
        if not is_near:
            pieces.append(own)
            continue
        seen = scene.stroke(index, number)
        # An affine map keeps the place along a segment: measured as seen, cut in own coordinates
        pieces += _pieces(own, *_covered(seen, path, radius_px))
    return group if _same(pieces, group.strokes) else replace(group, strokes=tuple(pieces))


def _same(new: Sequence[object], old: Sequence[object]) -> bool:
    """Whether both hold the very same objects."""
    return len(new) == len(old) and all(a is b for a, b in zip(new, old, strict=True))


def _pieces(stroke: Stroke, start: _Floats, end: _Floats) -> list[Stroke]:
    """What is left of a stroke without the intervals start … end of its parameter.

    Parameter i + t is the point a share t along segment i; the intervals are sorted by start.
    """
    if len(start) == 0:
        return [stroke]
    last = len(stroke.points) - 1
    left: list[tuple[float, float]] = []
    free = 0.0
    for a, b in zip(start, end, strict=True):
        if a > free:
            left.append((free, float(a)))
        free = max(free, float(b))
    if free < last:
        left.append((free, float(last)))
    return [_between(stroke, a, b) for a, b in left if b - a > 1e-9]


def _between(stroke: Stroke, start: float, end: float) -> Stroke:
    """The stroke from one parameter to another, with its own points in between."""
    own = np.arange(len(stroke.points), dtype=np.float64)
    at = np.concatenate(([start], own[(own > start) & (own < end)], [end]))
    points = np.stack([np.interp(at, own, stroke.points[:, axis]) for axis in (0, 1)], axis=1)
    widths = None if stroke.widths is None else np.interp(at, own, stroke.widths)
    return replace(stroke, points=points, widths=widths)


def _covered(stroke: Stroke, path: Points, radius_px: float) -> tuple[_Floats, _Floats]:
    """The parts of a stroke whose ink is within a radius of the path: sorted starts and ends.

    Within the discs about the path's points, or the rectangles about its steps. A dot counts as a
    segment of no length: covered wholly, as the interval 0 … 1, or not at all.
    """
    points = stroke.points
    a = points[:-1] if len(points) > 1 else points
    d = (points[1:] if len(points) > 1 else points) - a
    reach, growth = _reaches(stroke, d, radius_px)
    a, d = a[:, None, :], d[:, None, :]  # (segments, 1, 2) against (points or steps, 2)
    step = np.diff(path, axis=0)
    length = np.hypot(*step.T)
    moves = length > 0
    tip, length = path[:-1][moves], length[moves]
    along = step[moves] / length[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)

    low, high = _in_disc(a - path, d, reach, growth)
    low2, high2 = _in_slab(((a - tip) * along).sum(-1), (d * along).sum(-1), 0.0, length)
    off, drift = ((a - tip) * across).sum(-1), (d * across).sum(-1)
    low3, high3 = _in_slab(off, drift - growth, -np.inf, reach)
    low4, high4 = _in_slab(off, drift + growth, -reach, np.inf)
    low2, high2 = np.maximum(low2, low3), np.minimum(high2, high3)
    start = np.maximum(np.concatenate([low, np.maximum(low2, low4)], axis=1), 0)
    end = np.minimum(np.concatenate([high, np.minimum(high2, high4)], axis=1), 1)
    segment, number = np.nonzero(start <= end)
    starts = segment.astype(np.float64) + start[segment, number]
    ends = segment.astype(np.float64) + end[segment, number]
    order = np.argsort(starts)
    return starts[order], ends[order]


def _reaches(stroke: Stroke, d: Points, radius_px: float) -> tuple[_Floats, _Floats]:
    """How far from each segment, of steps ``d``, the tip takes its ink: at its start, and how much
    more at its end. Both (segments, 1)."""
    half = stroke.width_px / 2
    if stroke.widths is None:
        return np.full((len(d), 1), radius_px + half), np.zeros((len(d), 1))
    reach = radius_px + half * stroke.widths[: len(d), None]
    growth = half * np.diff(stroke.widths)[:, None] if len(stroke.points) > 1 else 0 * reach
    steep = np.abs(growth) >= np.hypot(*d.T)[:, None]  # all ink is that of the wider end's disc
    return np.where(steep, reach + np.maximum(growth, 0), reach), np.where(steep, 0, growth)


def _in_disc(
    away: _Floats, d: _Floats, radius: _Floats, growth: _Floats
) -> tuple[_Floats, _Floats]:
    """The t for which |away + t·d| ≤ radius + t·growth, as low and high; low = inf where there are
    none. |growth| < |d|, or both are 0."""
    dd = np.broadcast_to((d * d).sum(-1) - growth * growth, away.shape[:-1])
    b = (away * d).sum(-1) - radius * growth
    c = (away * away).sum(-1) - radius * radius
    root = b * b - dd * c
    moving = dd > 0
    hit = np.where(moving, root >= 0, c <= 0)
    half = np.sqrt(np.maximum(root, 0))
    low = np.divide(-b - half, dd, out=np.full_like(b, -np.inf), where=moving)
    high = np.divide(-b + half, dd, out=np.full_like(b, np.inf), where=moving)
    return np.where(hit, low, np.inf), np.where(hit, high, -np.inf)


def _in_slab(
    at: _Floats, speed: _Floats, low: float | _Floats, high: float | _Floats
) -> tuple[_Floats, _Floats]:
    """The t for which low ≤ at + t·speed ≤ high, as low and high; low = inf where none."""
    moving = speed != 0
    inside = (at >= low) & (at <= high)
    first = np.divide(low - at, speed, out=np.zeros_like(at), where=moving)
    second = np.divide(high - at, speed, out=np.zeros_like(at), where=moving)
    still_low = np.where(inside, -np.inf, np.inf)
    start = np.where(moving, np.minimum(first, second), still_low)
    end = np.where(moving, np.maximum(first, second), -still_low)
    return start, end


def _wiped(
    scene: Scene, index: int, layer: ImageLayer, path: Points, radius_px: float
) -> ImageLayer:
    """The picture with 0 in the pixels whose centres the tip covers."""
    height, width = layer.pixels.shape
    origin = np.array(layer.anchor) - (width / 2, height / 2)
    pixels = layer.pixels
    for first, last in zip(
        path[: max(1, len(path) - 1)], path[min(1, len(path) - 1) :], strict=True
    ):
        low, high = np.minimum(first, last) - radius_px, np.maximum(first, last) + radius_px
        corners = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
        own = np.clip(scene.to_item(index, corners) - origin, -1, (width + 1, height + 1))
        x0, y0 = np.maximum(np.floor(own.min(0)), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(own.max(0)), (width, height)).astype(int)
        if x1 <= x0 or y1 <= y0:
            continue
        corner = origin + (x0 + 0.5, y0 + 0.5)
        start, right, down = scene.to_canvas(index, corner + [(0, 0), (1, 0), (0, 1)])
        column, row = np.arange(x1 - x0), np.arange(y1 - y0)[:, None]
        ax, ay = (
            (start - first)[i] + (right - start)[i] * column + (down - start)[i] * row
            for i in (0, 1)
        )
        step = last - first
        length2 = float(step @ step)
        t = np.clip((ax * step[0] + ay * step[1]) / length2, 0, 1) if length2 > 0 else 0.0
        covered = (ax - t * step[0]) ** 2 + (ay - t * step[1]) ** 2 <= radius_px**2
        covered &= pixels[y0:y1, x0:x1] > 0
        if covered.any():
            if pixels is layer.pixels:
                pixels = layer.pixels.copy()
            pixels[y0:y1, x0:x1][covered] = 0
    return layer if pixels is layer.pixels else replace(layer, pixels=pixels)
