"""Editing: each change that a user can make, as a pure function from scene to scene.

Points, shifts and angles are given as seen on the canvas (pixels, x right, y down, clockwise) and
carried back through the inverses of the scene's and the item's transforms, so that a drag moves a
thing by just what the pointer moved, however it has been turned or squeezed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from viz.errors import UserError
from viz.i18n import tr
from viz.scene.capacity import check_counts
from viz.scene.hits import bounds_of, strokes_box
from viz.scene.limits import FARTHEST, LARGEST, MOST_NAME, PEN_WIDTHS, SMALLEST
from viz.scene.model import (
    MAX_HEIGHT,
    MAX_WIDTH,
    MIN_SIDE,
    Group,
    Item,
    Points,
    Scene,
    Stroke,
    Transform,
    bounds,
    middle,
    numbers_of,
    transforms_of,
    with_transform,
)

TOGETHER = 16
"""Fewer items are moved faster one by one: NumPy takes 0.2 ms for a single one, at each event of a
drag."""

_RANGES = {
    "dx": (-FARTHEST, FARTHEST),
    "dy": (-FARTHEST, FARTHEST),
    "scale": (SMALLEST, LARGEST),
    "squeeze": (SMALLEST, LARGEST),
    "slant": (-LARGEST, LARGEST),
}

JOIN_PX = 2.0
"""A pen stroke whose box comes this near to the last drawing's belongs to it."""


def limited(transform: Transform, **changes: float) -> Transform:
    """Change fields of a transform, each to the nearest that can be undone and drawn.

    ``limited(t, scale=t.scale * 1.1)``. A value that is no finite number leaves its field as it
    was; the angle becomes −180 < angle ≤ 180 degrees.
    """
    values = dict(vars(transform))
    values.update({name: x for name, x in changes.items() if math.isfinite(x)})
    for name, (low, high) in _RANGES.items():
        if not low <= values[name] <= high:
            values[name] = min(max(values[name], low), high)
    values["angle"] = 180 - (180 - values["angle"]) % 360
    return Transform(**values)


def all_limited(numbers: Points) -> Points:
    """Return the numbers (N, 6) of transforms, in the order of their fields, as ``limited`` does
    one: each the nearest that can be undone and drawn."""
    kept = numbers.copy()
    for name, (low, high) in _RANGES.items():
        column = kept[:, Transform.__match_args__.index(name)]
        np.clip(column, low, high, out=column)
    angle = kept[:, Transform.__match_args__.index("angle")]
    angle[:] = 180 - np.remainder(180 - angle, 360)
    return kept


def moved(scene: Scene, indices: Iterable[int], dx: float, dy: float) -> Scene:
    """Move items dx to the right and dy down on the canvas."""
    chosen = list(set(indices))
    items = list(scene.items)
    shifted = _shifted([items[index] for index in chosen], *_shift_before(scene.transform, dx, dy))
    for index, item in zip(chosen, shifted, strict=True):
        items[index] = item
    return replace(scene, items=tuple(items))


def transformed(scene: Scene, index: int, transform: Transform) -> Scene:
    """Replace one item's transform, within what can be undone."""
    return scene.with_item(index, replace(scene.items[index], transform=limited(transform)))


def all_transformed(scene: Scene, indices: Sequence[int], numbers: Points) -> Scene:
    """Replace items' transforms by those of these ``numbers_of`` (N, 6), within what can be
    undone. Raises ValueError for numbers that no transform has."""
    items = list(scene.items)
    for index, transform in zip(indices, transforms_of(all_limited(numbers)), strict=True):
        items[index] = with_transform(items[index], transform)
    return replace(scene, items=tuple(items))


def duplicated(
    scene: Scene, indices: Iterable[int], dx: float = 4.0, dy: float = 4.0
) -> tuple[Scene, tuple[int, ...]]:
    """Lay shifted copies of items on top; return the scene and the copies' indices.

    Raises UserError if these are more than a scene holds.
    """
    before = _shift_before(scene.transform, dx, dy)
    copies = _shifted([scene.items[index] for index in sorted(set(indices))], *before)
    first = len(scene.items)
    new = check_counts(replace(scene, items=(*scene.items, *copies)))
    return new, tuple(range(first, first + len(copies)))


def deleted(scene: Scene, indices: Iterable[int]) -> Scene:
    """Remove items."""
    gone = set(indices)
    return replace(
        scene, items=tuple(item for index, item in enumerate(scene.items) if index not in gone)
    )


def centred(scene: Scene, indices: Iterable[int] | None = None) -> Scene:
    """Move items (None: all) as one, their ink's box to the canvas's centre."""
    chosen = tuple(range(len(scene.items)) if indices is None else indices)
    box = bounds_of(scene, chosen)
    if box is None:
        return scene
    dx, dy = np.subtract(scene.centre, middle(box)).tolist()
    return moved(scene, chosen, dx, dy)


def resized(scene: Scene, height: int, width: int) -> Scene:
    """Give the canvas another size; what is on it stays where it is.

    Raises UserError outside 32…128 × 32…512 pixels.
    """
    if not (MIN_SIDE <= height <= MAX_HEIGHT and MIN_SIDE <= width <= MAX_WIDTH):
        raise UserError(
            tr(
                "Choose a canvas of {low}×{low} to {high}×{wide} pixels, not {height}×{width}.",
                low=MIN_SIDE,
                high=MAX_HEIGHT,
                wide=MAX_WIDTH,
                height=height,
                width=width,
            )
        )
    transform = _about(scene.transform, scene.centre, (width / 2, height / 2))
    return replace(scene, height=height, width=width, transform=transform)


def move_stroke(scene: Scene, item: int, stroke: int, dx: float, dy: float) -> Scene:
    """Move one stroke of a group dx to the right and dy down on the canvas; the others stay."""
    group = _group(scene, item)
    dx, dy = _shift_before(scene.transform, dx, dy)
    dx, dy = _shift_before(group.transform, dx, dy)
    return _with_stroke(scene, item, stroke, group.strokes[stroke].moved(dx, dy))


def rotate_stroke(
    scene: Scene,
    item: int,
    stroke: int,
    degrees: float,
    about: tuple[float, float] | None = None,
) -> Scene:
    """Turn one stroke of a group clockwise about a point of the canvas, rigidly as it is seen.

    ``about`` None means the centre of the stroke's own box.
    """
    old = _group(scene, item).strokes[stroke]
    seen = scene.to_canvas(item, old.points)
    centre = (seen.min(0) + seen.max(0)) / 2 if about is None else np.asarray(about, np.float64)
    turned = (seen - centre) @ Transform(angle=degrees).linear.T + centre
    new = replace(old, points=scene.to_item(item, turned))
    return _with_stroke(scene, item, stroke, new)


def with_width(scene: Scene, indices: Iterable[int], width_px: float) -> Scene:
    """Draw the groups among these items with a pen of this width, before their transforms."""
    items = list(scene.items)
    for index in set(indices):
        item = items[index]
        if isinstance(item, Group):
            strokes = tuple(replace(s, width_px=width_px) for s in item.strokes)
            items[index] = replace(item, strokes=strokes)
    return replace(scene, items=tuple(items))


def join_or_add(scene: Scene, stroke: Stroke) -> Scene:
    """Add a pen stroke, given as it is seen on the canvas.

    It joins the last item if that was drawn by pen too (a group without a name) and the boxes of
    their ink come within JOIN_PX, so that the two strokes of a 4 move as one; otherwise it becomes
    a new group on top.

    Raises UserError where the scene can hold no more, or where the drawing as a whole is so small,
    large or far away that the stroke cannot be written into it.
    """
    last = len(scene.items) - 1
    item = scene.items[last] if scene.items else None
    if isinstance(item, Group) and item.name == "" and _near(scene, last, stroke):
        width_px = stroke.width_px / (scene.transform.width_factor * item.transform.width_factor)
        points = scene.to_item(last, stroke.points)
        if _can_be_kept(points, width_px):
            own = replace(stroke, points=points, width_px=width_px)
            group = _reanchored(replace(item, strokes=(*item.strokes, own)))
            return check_counts(scene.with_item(last, group))
    points = scene.transform.unapply(stroke.points, scene.centre)
    width_px = stroke.width_px / scene.transform.width_factor
    if not _can_be_kept(points, width_px):
        raise _too_far()
    own = replace(stroke, points=points, width_px=width_px)
    return check_counts(replace(scene, items=(*scene.items, Group.of([own]))))


def with_group(scene: Scene, group: Group, at: tuple[float, float]) -> Scene:
    """Lay a group on top, its anchor at a point of the canvas.

    Raises UserError where the scene can hold no more, or where the drawing as a whole is so small,
    large or far away that the group cannot be written into it.
    """
    anchor = scene.transform.unapply(np.array([at]), scene.centre)[0]
    off = anchor - group.anchor
    reach = [anchor, *(stroke.points + off for stroke in group.strokes)]
    if not np.abs(np.vstack(reach)).max() <= FARTHEST:
        raise _too_far()
    strokes = tuple(stroke.moved(*off) for stroke in group.strokes)
    x, y = anchor.tolist()
    placed = replace(group, strokes=strokes, anchor=(x, y))
    return check_counts(replace(scene, items=(*scene.items, placed)))


def grouped(scene: Scene, indices: Iterable[int]) -> Scene:
    """Make one group, on top, of the strokes of these groups, where they are drawn.

    Raises UserError where one of them reaches too far to be written without its transform.
    """
    chosen = sorted(set(indices))
    strokes = [stroke for index in chosen for stroke in _placed(scene, index)]
    name = "".join(scene.items[index].name for index in chosen)[:MOST_NAME]
    rest = deleted(scene, chosen)
    return replace(rest, items=(*rest.items, Group.of(strokes, name)))


def ungrouped(scene: Scene, indices: Iterable[int]) -> tuple[Scene, tuple[int, ...]]:
    """Make every stroke of these groups an item of its own, on top, where it is drawn; return the
    scene and the new items' indices.

    Raises UserError where the scene can hold no more, or one reaches too far to be written without
    its transform.
    """
    chosen = set(indices)
    parts = [Group.of([stroke]) for index in sorted(chosen) for stroke in _placed(scene, index)]
    rest = deleted(scene, chosen)
    new = check_counts(replace(rest, items=(*rest.items, *parts)))
    return new, tuple(range(len(rest.items), len(new.items)))


def simplify(points: ArrayLike, tolerance: float = 0.25) -> Points:
    """Return fewer points (M, D) of a polyline (N, D), from which it is nowhere farther off than
    ``tolerance`` pixels, with both ends. D is 2, or 3 where a half width stands beside x and y.

    Ramer (1972), Douglas and Peucker (1973).
    """
    line = np.array(points, np.float64, ndmin=2)
    keep = np.zeros(len(line), np.bool_)
    keep[[0, -1]] = True
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        away = line[first + 1 : last] - line[first]
        chord = line[last] - line[first]
        length2 = float(chord @ chord)
        t = np.clip(away @ chord / length2, 0, 1) if length2 > 0 else np.zeros(len(away))
        distance = np.hypot.reduce(away - t[:, None] * chord, axis=1)
        farthest = int(distance.argmax())
        if distance[farthest] > tolerance:
            middle = first + 1 + farthest
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    return line[keep]


def _too_far() -> UserError:
    return UserError(
        tr("The whole drawing is moved or scaled too far to draw on it; reset its transform first.")
    )


def _group(scene: Scene, index: int) -> Group:
    item = scene.items[index]
    if not isinstance(item, Group):
        raise ValueError(f"item {index} is a picture and has no strokes")
    return item


def _placed(scene: Scene, index: int) -> tuple[Stroke, ...]:
    """A group's strokes with its own transform written into them."""
    placed = _group(scene, index).placed
    if not all(_can_be_kept(stroke.points, stroke.width_px) for stroke in placed):
        raise UserError(
            tr("This is scaled or moved too far to be grouped or taken apart; reset that first.")
        )
    return placed


def _with_stroke(scene: Scene, item: int, stroke: int, new: Stroke) -> Scene:
    """The scene with one stroke replaced; the scene itself if that lies too far away."""
    if not _can_be_kept(new.points, new.width_px):
        return scene
    group = _group(scene, item)
    strokes = (*group.strokes[:stroke], new, *group.strokes[stroke + 1 :])
    return scene.with_item(item, replace(group, strokes=strokes))


def _shifted(items: Sequence[Item], dx: float, dy: float) -> list[Item]:
    """Items with longer shifts, as far as shifts go."""
    if len(items) < TOGETHER:
        new = [_further(item.transform, dx, dy) for item in items]
        return [with_transform(item, one) for item, one in zip(items, new, strict=True)]
    numbers = numbers_of(item.transform for item in items)
    numbers[:, :2] = np.clip(numbers[:, :2] + (dx, dy), -FARTHEST, FARTHEST)
    new = transforms_of(numbers)
    return [with_transform(item, transform) for item, transform in zip(items, new, strict=True)]


def _further(transform: Transform, dx: float, dy: float) -> Transform:
    """The transform with a longer shift, as far as shifts go."""
    x, y = (
        min(max(shift, -FARTHEST), FARTHEST) for shift in (transform.dx + dx, transform.dy + dy)
    )
    return replace(transform, dx=x, dy=y)


def _can_be_kept(points: Points, width_px: float) -> bool:
    """Whether a stroke's points and width lie within the limits."""
    return width_px in PEN_WIDTHS and bool(np.abs(points).max() <= FARTHEST)


def _shift_before(transform: Transform, dx: float, dy: float) -> tuple[float, float]:
    """The shift that becomes (dx, dy) once the transform has been applied; exact if it can be."""
    if transform.is_shift:
        return dx, dy
    x, y = np.linalg.solve(transform.linear, np.array((dx, dy)))
    return float(x), float(y)


def _about(transform: Transform, old: tuple[float, float], new: tuple[float, float]) -> Transform:
    """The same map of the plane, written about another anchor, as far as shifts go."""
    if transform.is_shift:
        return transform
    off = np.subtract(old, new)
    dx, dy = off - transform.linear @ off
    return _further(transform, float(dx), float(dy))


def _reanchored(group: Group) -> Group:
    """The group, drawn where it was, with its anchor at the centre of its strokes again.

    Where that takes a shift beyond the limits, the anchor stays.
    """
    anchor = middle(bounds(group.strokes))
    transform = _about(group.transform, group.anchor, anchor)
    if max(abs(transform.dx), abs(transform.dy)) >= FARTHEST:
        return group
    return replace(group, anchor=anchor, transform=transform)


def _near(scene: Scene, index: int, stroke: Stroke) -> bool:
    drawn, new = strokes_box(scene.strokes_of(index)), strokes_box([stroke])
    if drawn is None or new is None:
        return False
    gap_x = max(drawn[0] - new[2], new[0] - drawn[2])
    gap_y = max(drawn[1] - new[3], new[1] - drawn[3])
    return max(gap_x, gap_y) <= JOIN_PX
