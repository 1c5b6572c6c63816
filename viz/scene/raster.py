"""Rasterising: vectors become an image (H, W) float32 in [0, 1], ink = 1.

A pixel's ink depends only on the distance d of its centre from the polyline: full inside the pen,
falling as a smoothstep over ±SOFTNESS about its rim, which looks like MNIST's own grey levels and
is smooth (C¹) under sub-pixel motion. Points are first rounded to 1/4096 pixel and taken relative
to a whole pixel: a shift by whole pixels repeats the same arithmetic and gives the same bits.
Where a stroke's width varies, a segment covers the discs from one end's to the other's, and d is
the distance from the middle of the nearest of them. Such a polyline is (N, 3) here, the half width
beside x and y.

What was rasterised is kept twice: by the stroke itself, for what an edit leaves alone, and by what
its points are, for a stroke that grows under the pen. Of a scene of many items those that changed
are drawn together (``many``), and what stays from one image to the next is kept as an image. Any
thread may call at any time.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viz.scene.exposure import add_noise, lit
from viz.scene.many import FAR, GRID, LEAF, NEAR, SOFTNESS, Lines, lay
from viz.scene.model import (
    IDENTITY,
    THINNEST,
    Group,
    ImageLayer,
    Points,
    Scene,
    Stroke,
    placed_points,
)
from viz.scene.recent import Recent
from viz.scene.resampling import resample

Image = NDArray[np.float32]

__all__ = [
    "SOFTNESS", "Cancelled", "Image", "cancellable", "check_cancelled", "exposed", "rasterize",
    "rasterize_scene",
]  # fmt: skip

_BLOCK, _SPAN = 256, 4096
"""Segments kept together, besides ``LEAF``: a stroke that grows under the pen redoes only its last
few. What reaches farther than ``NEAR`` is cut at the canvas's edge and rasterised along them."""

_MANY = 64
"""Strokes from which on it is faster to draw them together."""

_BATCH = 1 << 15  # pixels at a time, which a processor's cache holds

_Patch = tuple[int, int, Image]
"""(top, left, ink); it may reach over the canvas's edge."""

_BYTES_KEPT = 4 << 20  # over a thousand ordinary strokes; a moving one fills it within seconds
_of_strokes: Recent[tuple[int, int, int], tuple[Stroke, tuple[_Patch, ...]]] = Recent(_BYTES_KEPT)
_of_points: Recent[tuple[bytes, int, float, tuple[int, ...]], Image] = Recent(_BYTES_KEPT)


class Cancelled(Exception):  # noqa: N818 — nothing has gone wrong
    """The image is no longer wanted."""


_cancelled: ContextVar[Callable[[], bool] | None] = ContextVar("cancelled", default=None)


@contextlib.contextmanager
def cancellable(cancelled: Callable[[], bool]) -> Iterator[None]:
    """Let rasterising in this thread ask ``cancelled`` before each picture, each stroke and each
    part of a long one, and raise Cancelled once it says so.

    Around the work and not an argument of it: between the thread that is to end and the strokes
    lie measurements that know of neither.
    """
    token = _cancelled.set(cancelled)
    try:
        yield
    finally:
        _cancelled.reset(token)


def check_cancelled() -> None:
    """Raise Cancelled if what surrounds this, see ``cancellable``, is no longer wanted."""
    cancelled = _cancelled.get()
    if cancelled is not None and cancelled():
        raise Cancelled


def rasterize(strokes: Iterable[Stroke], height: int, width: int) -> Image:
    """Draw strokes on a blank canvas: (height, width) float32 in [0, 1].

    Strokes overlap as their maximum, so crossing ink is not darker than ink.
    """
    image = np.zeros((height, width), np.float32)
    for stroke in strokes:
        _draw(stroke, image)
    return image


def rasterize_scene(scene: Scene) -> Image:
    """Draw the whole scene as the network sees it: items, light, noise, clipped to [0, 1]."""
    groups = {id(item): item for item in scene.items if isinstance(item, Group)}
    if _are_many(groups.values()):
        image = _drawn_together(scene, groups)
    else:
        image = np.zeros((scene.height, scene.width), np.float32)
        _lay_groups(groups, scene, image)
    for item in scene.items:
        if isinstance(item, ImageLayer):
            check_cancelled()
            np.maximum(image, resample(item, scene), out=image)
    return exposed(image, scene)


def exposed(image: Image, scene: Scene) -> Image:
    """Return ink (H, W) under the scene's light and noise; itself where there is neither."""
    return add_noise(lit(image, scene.light), scene.noise)


_Groups = dict[int, Group]
"""By their ids, which are not given to others as long as they are held here."""


@dataclass(eq=False)
class _Kept(threading.local):
    """What a thread drew last: the groups of its last large scene, and an ``image`` of ``drawn``,
    those of them that had stayed from one such scene to the next."""

    canvas: object = None
    groups: _Groups = field(default_factory=dict)
    drawn: _Groups = field(default_factory=dict)
    image: Image = field(default_factory=lambda: np.zeros((0, 0), np.float32))


_kept = _Kept()


def _drawn_together(scene: Scene, groups: _Groups) -> Image:
    """Draw all groups of a scene; those that stay from scene to scene are kept drawn."""
    kept, canvas = _kept, (scene.transform, scene.height, scene.width)
    if kept.canvas != canvas:
        kept.canvas, kept.groups, kept.drawn = canvas, {}, {}
    stay = {key: group for key, group in groups.items() if key in kept.groups}
    if not kept.drawn.keys() <= stay.keys():
        kept.drawn = {}
    if not kept.drawn:
        kept.image = np.zeros((scene.height, scene.width), np.float32)
    new = {key: group for key, group in stay.items() if key not in kept.drawn}
    if _are_many(new.values()):
        drawn, kept.drawn = kept.drawn, {}  # the image is nobody's while it is drawn on
        _lay_groups(new, scene, kept.image)
        kept.drawn = drawn | new
    kept.groups = groups
    image = kept.image.copy()
    _lay_groups({key: groups[key] for key in groups.keys() - kept.drawn.keys()}, scene, image)
    return image


def _are_many(groups: Iterable[Group]) -> bool:
    """Whether they have so many strokes that it is faster to draw them together."""
    return sum(len(group.strokes) for group in groups) >= _MANY


def _lay_groups(groups: _Groups, scene: Scene, image: Image) -> None:
    """Draw groups of a scene: what is many and simple together, the rest one by one."""
    items = [group for group in groups.values() if group.strokes]
    if not _are_many(items):
        alone = [(group, list(range(len(group.strokes)))) for group in items]
    else:
        points, widths, first = placed_points(items)
        whole = scene.transform
        if whole != IDENTITY:
            points = whole.apply(points, scene.centre)
            widths = np.maximum(widths * whole.width_factor, THINNEST)
        strokes = [stroke for group in items for stroke in group.strokes]
        inks = np.array([stroke.ink for stroke in strokes], np.float32)
        lines = Lines(points, first, widths, inks).rounded()
        simple = np.array([_is_simple(stroke) for stroke in strokes]) & (lines.spans() <= NEAR)
        for _ in lay(lines, np.flatnonzero(simple), image):
            check_cancelled()
        ends = np.cumsum([len(group.strokes) for group in items])
        parts = np.split(~simple, ends[:-1])
        alone = [
            (group, np.flatnonzero(part).tolist())
            for group, part in zip(items, parts, strict=True)
            if part.any()
        ]
    index_of = {id(item): index for index, item in enumerate(scene.items)} if alone else {}
    for group, numbers in alone:
        placed = scene.strokes_of(index_of[id(group)])
        for number in numbers:
            _draw(placed[number], image)


def _is_simple(stroke: Stroke) -> bool:
    """Whether a stroke is of one width, and of one block."""
    return stroke.widths is None and len(stroke.points) <= _BLOCK + 1


def _draw(stroke: Stroke, image: Image) -> None:
    check_cancelled()
    height, width = image.shape
    key = (id(stroke), height, width)
    kept = _of_strokes.get(key)
    if kept is None:
        points = stroke.points
        if np.abs(points).max() > FAR:
            points = np.clip(points, -FAR, FAR)
        points = np.rint(points * GRID) / GRID
        width_px = min(stroke.width_px, 4 * FAR)
        if stroke.widths is not None:
            points = np.column_stack((points, width_px / 2 * stroke.widths))
        patches = []
        for patch in _patches(points, width_px, height, width):
            check_cancelled()
            patches.append(patch)
            if patch[2].shape == image.shape and patch[2].min() == 1:
                break  # nothing can add to a canvas that is full
        # The stroke is kept too: as long as it lives, its id is not given to another one
        kept = (stroke, tuple(patches))
        size = stroke.points.nbytes + sum(patch.nbytes for _, _, patch in kept[1])
        _of_strokes.put(key, kept, size)
    for patch in kept[1]:
        _lay(patch, image, stroke.ink)


def _lay(patch: _Patch, image: Image, ink: float = 1.0) -> None:
    """The patch's ink on the image where it is darker."""
    y, x, pixels = patch
    height, width = image.shape
    y0, x0 = max(0, y), max(0, x)
    y1, x1 = min(height, y + pixels.shape[0]), min(width, x + pixels.shape[1])
    if y1 <= y0 or x1 <= x0:
        return
    pixels = pixels[y0 - y : y1 - y, x0 - x : x1 - x]
    if ink != 1:
        pixels = pixels * np.float32(ink)
    region = image[y0:y1, x0:x1]
    np.maximum(region, pixels, out=region)


def _patches(points: Points, width_px: float, height: int, width: int) -> Iterator[_Patch]:
    """The ink of a polyline on a canvas, as patches that overlap as their maximum."""
    for part in _parts(points, _SPAN):
        if len(part) > _SPAN:
            yield from _patch(part, width_px, height, width, _merged)
        else:
            yield from _small_patches(part, width_px, height, width)


def _small_patches(points: Points, width_px: float, height: int, width: int) -> Iterator[_Patch]:
    for block in _parts(points, _BLOCK):
        if np.ptp(block[:, :2], axis=0).max() > NEAR:
            yield from _patch(block, width_px, height, width, _along)
        else:
            for leaf in _parts(block, LEAF):
                yield from _patch(leaf, width_px, height, width, _around)


def _parts(points: Points, segments: int) -> Iterator[Points]:
    """The polyline in parts of so many segments, the last one shorter."""
    for start in range(0, max(1, len(points) - 1), segments):
        yield points[start : start + segments + 1]


_Rasterizer = Callable[[Points, float, tuple[int, int, int, int]], Image]


def _patch(
    points: Points, width_px: float, height: int, width: int, ink: _Rasterizer
) -> Iterator[_Patch]:
    """The patch of some segments, from what is kept or from ``ink``; none beside the canvas."""
    reach = _reach(points, width_px)
    origin = np.floor(points.min(0))
    origin[2:] = 0
    local = points - origin
    x, y = int(origin[0]), int(origin[1])
    right, bottom = (int(side) for side in np.ceil(local[:, :2].max(0) + reach))
    left = top = int(np.floor(-reach))
    if x + right <= 0 or y + bottom <= 0 or x + left >= width or y + top >= height:
        return
    if max(right, bottom) > NEAR:
        left, right = max(left, -x), min(right, width - x)
        top, bottom = max(top, -y), min(bottom, height - y)
    box = (left, top, right, bottom)
    key = (local.tobytes(), local.shape[1], width_px, box)
    pixels = _of_points.get(key)
    if pixels is None:
        pixels = ink(local, width_px, box)
        _of_points.put(key, pixels, pixels.nbytes + len(key[0]))
    yield y + top, x + left, pixels


def _merged(points: Points, width_px: float, box: tuple[int, int, int, int]) -> Image:
    """The ink of many segments in a box (left, top, right, bottom), from the patches of a few."""
    left, top, right, bottom = box
    image = np.zeros((bottom - top, right - left), np.float32)
    corner = np.array((left, top, 0))[: points.shape[1]]
    for patch in _small_patches(points - corner, width_px, *image.shape):
        _lay(patch, image)
        if patch[2].shape == image.shape and patch[2].min() == 1:
            break  # as in _draw
    return image


def _around(points: Points, width_px: float, box: tuple[int, int, int, int]) -> Image:
    """The ink of a few segments in a box, of all its pixels to all of them."""
    left, top, right, bottom = box
    px = np.arange(left, right, dtype=np.float32)[None, None, :] + np.float32(0.5)
    py = np.arange(top, bottom, dtype=np.float32)[None, :, None] + np.float32(0.5)
    start, step, inverse = _segments(points)
    ax, ay, *radius = start.T[:, :, None, None]
    ux, uy, *growth = step.T[:, :, None, None]
    dx, dy = px - ax, py - ay  # (segments, 1, w) and (segments, h, 1)
    if radius:
        ink: Image = _cone_ink(dx, dy, ux, uy, *radius, *growth).max(0)
        return ink
    # Where along the segment the pixel projects, 0 … 1
    t = dx * (ux * inverse[:, None, None]) + dy * (uy * inverse[:, None, None])
    np.clip(t, 0, 1, out=t)
    distance2 = (dx - t * ux) ** 2 + (dy - t * uy) ** 2
    return _ink(distance2.min(0), width_px)


def _along(points: Points, width_px: float, box: tuple[int, int, int, int]) -> Image:
    """The ink of segments that reach far in a box, of the pixels along each of them alone.

    A segment is followed along the axis on which it is longer, its major one. The pixels within
    reach of it lie, in each row across that axis, in a band of the same few pixels about its line.
    """
    low, high = box[:2], box[2:]
    shape = (high[1] - low[1], high[0] - low[0])
    reach = np.float32(_reach(points, width_px))
    nearest = np.full(shape[0] * shape[1], (reach + 1) ** 2, np.float32)
    cones = np.zeros(shape[0] * shape[1] if points.shape[1] > 2 else 0, np.float32)
    start, step, inverse = _segments(points)
    level = np.abs(step[:, 0]) >= np.abs(step[:, 1])
    for major, minor, chosen in ((0, 1, level), (1, 0, ~level)):
        at, beside = start[chosen, major], start[chosen, minor]
        along, across = step[chosen, major], step[chosen, minor]
        over = inverse[chosen]
        first = np.floor(np.minimum(at, at + along) - reach).clip(low[major], high[major])
        last = np.ceil(np.maximum(at, at + along) + reach).clip(low[major], high[major])
        counts = (last - first).astype(np.intp)
        rows = int(counts.sum())
        segments = np.repeat(np.arange(len(at)), counts)
        row = np.arange(rows) + np.repeat(first.astype(np.intp) - counts.cumsum() + counts, counts)
        slope = np.divide(across, along, out=np.zeros_like(along), where=along != 0)
        breadth = min(int(2.9 * reach) + 3, high[minor] - low[minor])  # 2·√2, and the rounding
        most = high[minor] - breadth
        stride, jump = (1, shape[1]) if major == 0 else (shape[1], 1)
        band = np.arange(breadth, dtype=np.float32)[:, None]
        jumps = np.arange(breadth)[:, None] * jump
        for i in range(0, rows, max(1, _BATCH // breadth)):
            s, r = segments[i : i + _BATCH // breadth], row[i : i + _BATCH // breadth]
            u, v, inv = along.take(s), across.take(s), over.take(s)
            dx = r.astype(np.float32) + np.float32(0.5) - at.take(s)
            y = beside.take(s)
            edge = np.floor(y + slope.take(s) * dx - np.float32(breadth / 2)).clip(low[minor], most)
            dy = edge + band + np.float32(0.5) - y
            corner = (r - low[major]) * stride + (edge.astype(np.intp) - low[minor]) * jump
            if len(cones):
                radius, growth = (of[chosen, 2].take(s) for of in (start, step))
                ink = _cone_ink(dx, dy, u, v, radius, growth)
                np.maximum.at(cones, (corner + jumps).ravel(), ink.ravel())
                continue
            t = dx * (u * inv) + dy * (v * inv)
            np.clip(t, 0, 1, out=t)
            distance2 = (dx - t * u) ** 2 + (dy - t * v) ** 2
            np.minimum.at(nearest, (corner + jumps).ravel(), distance2.ravel())
    return cones.reshape(shape) if len(cones) else _ink(nearest.reshape(shape), width_px)


def _reach(points: Points, width_px: float) -> float:
    """How far from its points a polyline has ink."""
    half = width_px / 2 if points.shape[1] == 2 else float(points[:, 2].max())
    return half + SOFTNESS


def _segments(points: Points) -> tuple[Image, Image, Image]:
    """The segments' starts and steps, as wide as ``points``, and one over their squared lengths
    (N,), or 0."""
    start = points[:-1] if len(points) > 1 else points
    end = points[1:] if len(points) > 1 else points
    step = (end - start).astype(np.float32)
    length2 = (step[:, :2] ** 2).sum(1)
    inverse = np.divide(1, length2, out=np.zeros_like(length2), where=length2 > 0)
    return start.astype(np.float32), step, inverse


def _ink(distance2: Image, width_px: float) -> Image:
    """The ink of pixels by the squares of their distances from the line."""
    reach = np.float32(width_px / 2 + SOFTNESS)
    u = np.clip((reach - np.sqrt(distance2)) / np.float32(2 * SOFTNESS), 0, 1)
    ink = u * u * (3 - 2 * u)
    if width_px < 2 * SOFTNESS:  # a pen thinner than the rim: as much ink as its width gives
        ink *= np.float32(width_px / (2 * SOFTNESS)) ** np.float32(0.5)
    return np.asarray(ink, np.float32)


def _cone_ink(dx: Image, dy: Image, ux: Image, uy: Image, radius: Image, growth: Image) -> Image:
    """The ink of pixels (dx, dy) from the start of segments (ux, uy) whose half width goes from
    ``radius`` to ``radius + growth``. Arrays that broadcast.

    The discs of a segment have two common tangents, which lean towards the narrow end. The nearest
    disc therefore lies off the pixel's foot on the segment, towards the wide end, by its distance
    from the line times growth / √(length² − growth²).
    """
    length2 = ux * ux + uy * uy
    lean2 = length2 - growth * growth
    leaning = lean2 > 0  # else one end's disc holds all others
    inverse = np.divide(1, length2, out=np.zeros_like(length2), where=leaning)
    lean = np.divide(growth, np.sqrt(np.abs(lean2)), out=np.zeros_like(growth), where=leaning)
    t = dx * (ux * inverse) + dy * (uy * inverse) + np.abs(dx * uy - dy * ux) * (inverse * lean)
    t = np.where(leaning, np.clip(t, 0, 1), growth > 0)
    half = radius + t * growth
    distance = np.sqrt((dx - t * ux) ** 2 + (dy - t * uy) ** 2)
    soft = np.float32(SOFTNESS)
    x = np.clip((half + soft - distance) / (2 * soft), 0, 1)
    thin = np.sqrt(np.minimum(half / soft, 1))  # as in _ink
    return np.asarray(x * x * (3 - 2 * x) * thin, np.float32)
