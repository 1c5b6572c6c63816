"""The scene model: strokes, the transforms that move them, and the canvas that holds them.

Everything here is immutable: an edit makes a new Scene that shares what did not change. So a
worker may read a scene while the next one is being drawn, and undo keeps the old one.

Coordinates are pixels of the canvas, x to the right, y down; pixel (row, column) covers
[column, column + 1) × [row, row + 1), so its centre lies at + 0.5.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viz.scene.exposure import Light, Noise
from viz.scene.limits import (
    FARTHEST,
    MOST_IMAGE_PIXELS,
    MOST_ITEMS,
    MOST_POINTS,
    PEN_WIDTHS,
    PICTURE,
    POINTS,
    REQUIRED,
    WIDTHS,
    AtMost,
    Between,
    Coordinate,
    Name,
)

Points = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""(left, top, right, bottom)."""

THINNEST = 0.05
"""Pixels: no transform draws a stroke thinner."""

MIN_SIDE = 32
MAX_HEIGHT = 128
MAX_WIDTH = 512


T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 — a decorator
    """A property that is computed when it is first asked for, by whichever thread.

    Without the lock that ``functools.cached_property`` shares among all instances until Python
    3.12: two threads that ask ten thousand groups would wait for each other at each.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute, self._name = compute, compute.__name__
        self.__doc__ = compute.__doc__

    def __get__(self, instance: Any, owner: type) -> T:
        value = self._compute(instance)
        vars(instance)[self._name] = value  # found there from now on
        return value


@dataclass(frozen=True, eq=False)
class Stroke:
    """One pull of the pen: a polyline (N, 2) of pixels (x, y), N ≥ 1; one point is a dot.

    ``width_px`` is the pen's width in pixels, ``ink`` its darkness in (0, 1]. ``widths`` (N,) are
    the widths at the points in multiples of ``width_px``, as pressure varies them; None: all 1.
    Raises ValueError for what cannot be drawn (no points, NaN, a width of zero).
    """

    points: Annotated[Points, POINTS]
    width_px: Annotated[float, PEN_WIDTHS] = 2.4
    ink: Annotated[float, Between(1e-6, 1)] = 1.0
    widths: Annotated[Points | None, WIDTHS] = None

    def __init__(
        self,
        points: ArrayLike,
        width_px: float = 2.4,
        ink: float = 1.0,
        widths: ArrayLike | None = None,
    ) -> None:
        array = np.array(points, np.float64, ndmin=2)
        if array.ndim != 2 or array.shape[1] != 2 or len(array) == 0:
            raise ValueError(f"a stroke needs (N, 2) points, not {array.shape}")
        if not np.isfinite(array).all():
            raise ValueError("a stroke's points must be finite")
        if not (math.isfinite(width_px) and width_px > 0):
            raise ValueError(f"a stroke's width must be positive, not {width_px}")
        if not 0 < ink <= 1:
            raise ValueError(f"a stroke's ink must lie in (0, 1], not {ink}")
        array.setflags(write=False)
        object.__setattr__(self, "points", array)
        object.__setattr__(self, "width_px", float(width_px))
        object.__setattr__(self, "ink", float(ink))
        object.__setattr__(self, "widths", None if widths is None else _widths(widths, len(array)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Stroke):
            return NotImplemented
        return (
            self.width_px == other.width_px
            and self.ink == other.ink
            and np.array_equal(self.points, other.points)
            and self.tapers_like(other)
        )

    def __hash__(self) -> int:
        return hash((self.points.tobytes(), self.width_px, self.ink))

    @once
    def box(self) -> Box:
        """The box of its ink; computed once, asked for in every frame."""
        half = self.width_px / 2
        if self.widths is not None:
            reach = half * self.widths[:, None]
            low, high = (self.points - reach).min(0), (self.points + reach).max(0)
            return (*low.tolist(), *high.tolist())
        (left, top), (right, bottom) = self.points.min(0).tolist(), self.points.max(0).tolist()
        return left - half, top - half, right + half, bottom + half

    def tapers_like(self, other: Stroke) -> bool:
        """Tell whether both have the same ``widths``."""
        if self.widths is None or other.widths is None:
            return self.widths is other.widths
        return np.array_equal(self.widths, other.widths)

    def moved(self, dx: float, dy: float) -> Stroke:
        """Return the stroke dx pixels to the right and dy down."""
        return Stroke(np.add(self.points, (dx, dy)), self.width_px, self.ink, self.widths)


def _widths(widths: ArrayLike, count: int) -> Points:
    """The widths of a stroke of ``count`` points, checked and made read-only."""
    array = np.array(widths, np.float64)
    if array.shape != (count,):
        raise ValueError(f"a stroke of {count} points needs as many widths, not {array.shape}")
    if not (np.isfinite(array).all() and (array > 0).all()):
        raise ValueError("a stroke's widths must be positive")
    array.setflags(write=False)
    return array


@dataclass(frozen=True)
class Transform:
    """A shift, and a linear map about an anchor, applied to vectors before they are rasterised.

    ``dx``, ``dy``: shift in pixels. ``scale``: size. ``angle``: degrees, clockwise on the screen.
    ``squeeze``: width over height. ``slant``: how far a point moves right per pixel upwards.
    The linear map is R(angle) · slant · squeeze · scale, in the order right to left. It always has
    an inverse: raises ValueError unless everything is finite and scale and squeeze are positive.
    """

    dx: Annotated[float, Between(-FARTHEST, FARTHEST)] = 0.0
    dy: Annotated[float, Between(-FARTHEST, FARTHEST)] = 0.0
    scale: Annotated[float, Between(1e-6, 1e6)] = 1.0
    angle: Annotated[float, Between(-1e6, 1e6)] = 0.0
    squeeze: Annotated[float, Between(1e-6, 1e6)] = 1.0
    slant: Annotated[float, Between(-1e6, 1e6)] = 0.0

    def __post_init__(self) -> None:
        fields = (self.dx, self.dy, self.scale, self.angle, self.squeeze, self.slant)
        if not all(math.isfinite(value) for value in fields):
            raise ValueError(f"a transform must be finite, not {self}")
        if self.scale <= 0 or self.squeeze <= 0:
            raise ValueError(f"a transform's scale and squeeze must be positive, not {self}")

    @property
    def is_shift(self) -> bool:
        """Whether the linear part is the identity."""
        return self.scale == 1 and self.angle == 0 and self.squeeze == 1 and self.slant == 0

    @property
    def linear(self) -> Points:
        """The 2×2 matrix of the linear part, for column vectors (x, y)."""
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        if self.angle % 90 == 0:  # exact for quarter turns
            cos, sin = float(round(cos)), float(round(sin))
        shape = np.array([[self.scale * self.squeeze, -self.slant * self.scale], [0.0, self.scale]])
        return np.asarray(np.array([[cos, -sin], [sin, cos]]) @ shape)

    def apply(self, points: Points, anchor: tuple[float, float]) -> Points:
        """Map points (N, 2). A pure shift adds and does nothing else, so it stays exact."""
        if self.is_shift:
            return np.add(points, (self.dx, self.dy))
        centre = np.asarray(anchor, np.float64)
        return np.asarray((points - centre) @ self.linear.T + centre + (self.dx, self.dy))

    def unapply(self, points: Points, anchor: tuple[float, float]) -> Points:
        """Return the points (N, 2) that ``apply`` maps onto these."""
        if self.is_shift:
            return points - (self.dx, self.dy)
        centre = np.asarray(anchor, np.float64)
        away = np.linalg.solve(self.linear, (points - centre - (self.dx, self.dy)).T).T
        return np.asarray(away + centre)

    @property
    def width_factor(self) -> float:
        """How much a pen's width grows: the square root of the change of area."""
        return self.scale * math.sqrt(self.squeeze)

    def draw(self, strokes: Iterable[Stroke], anchor: tuple[float, float]) -> tuple[Stroke, ...]:
        """Map strokes, their widths too; none gets thinner than ``THINNEST``."""
        factor = self.width_factor
        return tuple(
            Stroke(
                self.apply(s.points, anchor), max(THINNEST, s.width_px * factor), s.ink, s.widths
            )
            for s in strokes
        )


IDENTITY = Transform()


@dataclass(frozen=True)
class Group:
    """Strokes that move as one, a digit as a rule; its transform turns about ``anchor``."""

    KIND: ClassVar = "group"

    strokes: Annotated[tuple[Stroke, ...], AtMost(MOST_POINTS)]
    anchor: tuple[Coordinate, Coordinate]
    transform: Transform = IDENTITY
    name: Name = ""

    @classmethod
    def of(cls, strokes: Iterable[Stroke], name: str = "") -> Group:
        """Make a group anchored at the centre of its strokes' bounding box."""
        strokes = tuple(strokes)
        return cls(strokes, middle(bounds(strokes)), name=name)

    @once
    def placed(self) -> tuple[Stroke, ...]:
        """The strokes where they are drawn.

        Computed once per group: scenes share the groups that an edit left alone.
        """
        if self.transform == IDENTITY:
            return self.strokes
        return self.transform.draw(self.strokes, self.anchor)

    @property
    def outlines(self) -> list[Points]:
        """Each stroke's points before the transform; of a group without strokes, its anchor."""
        if self.strokes:
            return [stroke.points for stroke in self.strokes]
        return [np.array([self.anchor], np.float64)]


@dataclass(frozen=True, eq=False)
class ImageLayer:
    """A picture in the scene: (h, w) float32 in [0, 1] with ink = 1, already oriented.

    Its upper left corner lies at ``anchor`` − (w, h)/2; ``transform`` maps it about ``anchor``.
    ``inverted``: it was dark on light, and inverted when it was read.
    """

    KIND: ClassVar = "image"

    pixels: Annotated[NDArray[np.float32], PICTURE]
    anchor: tuple[Coordinate, Coordinate]
    transform: Transform = IDENTITY
    inverted: bool = False
    name: Name = ""

    def __post_init__(self) -> None:
        if self.pixels.ndim != 2 or 0 in self.pixels.shape:
            raise ValueError(f"an image layer needs (h, w) pixels, not {self.pixels.shape}")
        self.pixels.setflags(write=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ImageLayer):
            return NotImplemented
        return self._placing() == other._placing() and (
            self.pixels is other.pixels or np.array_equal(self.pixels, other.pixels)
        )

    def __hash__(self) -> int:
        return hash((self.pixels.shape, *self._placing()))

    @property
    def frame(self) -> Box:
        """Its box before its transform."""
        height, width = self.pixels.shape
        x, y = self.anchor
        return x - width / 2, y - height / 2, x + width / 2, y + height / 2

    @property
    def outlines(self) -> list[Points]:
        """Its corners (4, 2) before its transform."""
        return [corners(self.frame)]

    def _placing(self) -> tuple[tuple[float, float], Transform, bool, str]:
        return self.anchor, self.transform, self.inverted, self.name


Item = Group | ImageLayer

_OUTWARDS = np.array([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False)
class Boxes:
    """Boxes (left, top, right, bottom) on the canvas, pen widths included.

    ``items`` (N, 4): of the items; of a picture its corners', of a group without strokes its
    anchor's. ``strokes`` (S, 4): of all strokes, those of item i from ``first[i]`` to
    ``first[i + 1]``; a picture and a group without strokes count as one.
    """

    items: Points
    strokes: Points
    first: NDArray[np.intp]


@dataclass(frozen=True)
class Scene:
    """A canvas of height × width pixels, what lies on it, bottom first, the light that falls on it
    and the noise over it.

    ``transform`` moves the whole drawing about the canvas's centre, after each item's own.
    ``ROOM`` is how many points and pixels a file may hold for one scene.
    """

    ROOM: ClassVar = {"points": MOST_POINTS, "pixels": MOST_IMAGE_PIXELS}

    height: Annotated[int, Between(MIN_SIDE, MAX_HEIGHT), REQUIRED] = 32
    width: Annotated[int, Between(MIN_SIDE, MAX_WIDTH), REQUIRED] = 64
    items: Annotated[tuple[Item, ...], AtMost(MOST_ITEMS)] = ()
    transform: Transform = IDENTITY
    noise: Noise = field(default_factory=Noise)
    light: Light = field(default_factory=Light)

    def __post_init__(self) -> None:
        if not (MIN_SIDE <= self.height <= MAX_HEIGHT and MIN_SIDE <= self.width <= MAX_WIDTH):
            raise ValueError(
                f"a canvas has {MIN_SIDE}×{MIN_SIDE} to {MAX_HEIGHT}×{MAX_WIDTH} pixels, "
                f"not {self.height}×{self.width}"
            )

    @property
    def centre(self) -> tuple[float, float]:
        """The canvas's centre (x, y)."""
        return self.width / 2, self.height / 2

    @once
    def boxes(self) -> Boxes:
        """Where all strokes and items lie on the canvas; computed once per scene, with little to do
        for items that an edit left alone."""
        items, whole = self.items, self.transform
        if not items:
            return Boxes(np.empty((0, 4)), np.empty((0, 4)), np.zeros(1, np.intp))
        found = extents(items)
        first = np.cumsum([0, *map(len, found)])
        rows = np.concatenate(found)
        box, width = rows[:, :4], rows[:, 4:]
        if whole != IDENTITY:
            thinnest = np.where(width > 0, THINNEST, 0)
            width = np.maximum(width * whole.width_factor, thinnest)
            if whole.is_shift:
                box = box + (whole.dx, whole.dy) * 2
            else:
                points, _, starts = placed_points(items)
                points = whole.apply(points, self.centre)
                box = _boxes_of(points, starts, _insets(items, width[:, 0].tolist()))
        strokes = box + width / 2 * _OUTWARDS
        around = strokes
        if len(strokes) > len(items):
            low = np.minimum.reduceat(strokes[:, :2], first[:-1])
            high = np.maximum.reduceat(strokes[:, 2:], first[:-1])
            around = np.concatenate([low, high], axis=1)
        return Boxes(around, strokes, first)

    def strokes_of(self, index: int) -> tuple[Stroke, ...]:
        """Return the strokes of one group where they are drawn; () for an image."""
        item = self.items[index]
        if not isinstance(item, Group):
            return ()
        return self._drawn(item.placed)

    def stroke(self, index: int, number: int) -> Stroke:
        """Return one stroke of a group where it is drawn. Raises IndexError if there is none."""
        item = self.items[index]
        if not isinstance(item, Group):
            raise IndexError(f"item {index} is a picture and has no strokes")
        (stroke,) = self._drawn((item.placed[number],))
        return stroke

    def _drawn(self, placed: tuple[Stroke, ...]) -> tuple[Stroke, ...]:
        return placed if self.transform == IDENTITY else self.transform.draw(placed, self.centre)

    def to_canvas(self, index: int, points: Points) -> Points:
        """Map points (N, 2) of one item's own coordinates onto the canvas."""
        item = self.items[index]
        return self.transform.apply(item.transform.apply(points, item.anchor), self.centre)

    def to_item(self, index: int, points: Points) -> Points:
        """Map points (N, 2) of the canvas into one item's own coordinates."""
        item = self.items[index]
        return item.transform.unapply(self.transform.unapply(points, self.centre), item.anchor)

    def with_item(self, index: int, item: Item) -> Scene:
        """Return the scene with one item replaced."""
        return replace(self, items=(*self.items[:index], item, *self.items[index + 1 :]))


def extents(items: Sequence[Item]) -> list[Points]:
    """Return of each item the boxes of its strokes' points where they are drawn, and their widths:
    (S, 5), of a picture and a group without strokes (1, 5).

    Computed once per item, of many at once: as many as an edit has changed.
    """
    new = [item for item in items if "_extents" not in vars(item)]
    if new:
        points, widths, starts = placed_points(new)
        rows = np.column_stack([_boxes_of(points, starts, _insets(new, widths)), widths])
        end = 0
        for item in new:
            begin, end = end, end + (len(item.strokes) or 1 if isinstance(item, Group) else 1)
            vars(item)["_extents"] = rows[begin:end]
    return [vars(item)["_extents"] for item in items]


def placed_points(items: Sequence[Item]) -> tuple[Points, Points, NDArray[np.intp]]:
    """Return the points (P, 2) of all items, each under its own transform, without the drawing's;
    the widths (S,) of their strokes' pens, and where the points of each stroke begin.

    Of a picture and a group without strokes the points are its ``outlines``, of no width.
    """
    parts: list[Points] = []
    pens: list[float] = []
    counts: list[int] = []
    for item in items:
        before = len(parts)
        if isinstance(item, Group) and item.strokes:
            for stroke in item.strokes:
                parts.append(stroke.points)
                pens.append(stroke.width_px)
        else:
            parts += item.outlines
            pens.append(0.0)
        counts.append(len(parts) - before)
    sizes = np.fromiter(map(len, parts), np.intp, len(parts))
    first = np.cumsum([0, *counts[:-1]])
    of = np.repeat(np.arange(len(items)), counts)
    numbers = numbers_of(item.transform for item in items)
    factors = (numbers[:, 2] * np.sqrt(numbers[:, 4]))[of]
    changed = (numbers != numbers_of([IDENTITY])).any(1)[of] & (np.array(pens) > 0)
    widths = np.where(changed, np.maximum(THINNEST, np.array(pens) * factors), pens)
    lengths = np.add.reduceat(sizes, first)
    points = placed(items, np.concatenate(parts), lengths, numbers)
    return points, widths, np.cumsum(sizes) - sizes


def placed(
    items: Sequence[Item],
    points: Points,
    lengths: Sequence[int] | NDArray[np.intp],
    numbers: Points,
) -> Points:
    """Apply the transforms of items, by their ``numbers_of``, each to its number of the points
    (P, 2)."""
    shifts = np.repeat(numbers[:, :2], lengths, axis=0)
    moved = points + shifts
    turns = (numbers[:, 2:] != (1, 0, 1, 0)).any(1)
    if turns.any():
        at = np.flatnonzero(np.repeat(turns, lengths))
        counts = np.array(lengths)[turns]
        anchors = np.array([item.anchor for item in items], np.float64)
        centre = np.repeat(anchors[turns], counts, axis=0)
        linear = np.repeat(linears(numbers[turns]), counts, axis=0)
        away = points[at] - centre
        moved[at] = (linear @ away[:, :, None])[:, :, 0] + centre + shifts[at]
    return np.asarray(moved, np.float64)


def numbers_of(transforms: Iterable[Transform]) -> Points:
    """Return the fields of many transforms, in their order: (N, 6)."""
    rows = [(t.dx, t.dy, t.scale, t.angle, t.squeeze, t.slant) for t in transforms]
    return np.array(rows, np.float64).reshape(-1, 6)


def transforms_of(numbers: Points) -> list[Transform]:
    """Return the transforms of which these (N, 6) are the fields: ``numbers_of`` them.

    Raises ValueError as ``Transform`` does, of which checking one by one is most of the work.
    """
    bad = ~np.isfinite(numbers).all(1) | (numbers[:, [2, 4]] <= 0).any(1)
    if bad.any():
        return [Transform(*row) for row in numbers[bad].tolist()]  # raises
    made = [object.__new__(Transform) for _ in numbers]
    for transform, (dx, dy, scale, angle, squeeze, slant) in zip(
        made, numbers.tolist(), strict=True
    ):
        vars(transform).update(dx=dx, dy=dy, scale=scale, angle=angle, squeeze=squeeze, slant=slant)
    return made


def with_transform(item: Item, transform: Transform) -> Item:
    """Return an item under another transform; ``replace`` takes ten times as long."""
    new = object.__new__(type(item))
    vars(new).update(vars(item), transform=transform)
    for computed in ("placed", "_extents"):
        vars(new).pop(computed, None)
    return new


def linears(numbers: Points) -> Points:
    """Return the ``linear`` of many transforms at once, (N, 2, 2), by their ``numbers_of``."""
    scale, angle, squeeze, slant = numbers[:, 2:].T
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    quarter = angle % 90 == 0
    cos[quarter], sin[quarter] = np.rint(cos[quarter]), np.rint(sin[quarter])
    across, up = scale * squeeze, -slant * scale
    rows = [[cos * across, cos * up - sin * scale], [sin * across, sin * up + cos * scale]]
    return np.array(rows).transpose(2, 0, 1)


def _boxes_of(points: Points, starts: NDArray[np.intp], insets: Points | None = None) -> Points:
    """The boxes (S, 4) of the points (P, 2) of S polylines that begin at ``starts``; ``insets``
    (P, 1): by how much less than half the pen's width each reaches."""
    lower, upper = (points, points) if insets is None else (points + insets, points - insets)
    low, high = np.minimum.reduceat(lower, starts), np.maximum.reduceat(upper, starts)
    return np.concatenate([low, high], axis=1)


def _insets(items: Sequence[Item], pens: Iterable[float]) -> Points | None:
    """By how much less than half its pen's width the ink reaches at each of ``placed_points``:
    (P, 1); None if no stroke's width varies. ``pens``: the widths of all strokes' pens."""
    strokes: list[Stroke | None] = []
    for item in items:
        strokes += (item.strokes or (None,)) if isinstance(item, Group) else (None,)
    if not any(stroke is not None and stroke.widths is not None for stroke in strokes):
        return None
    outlines = [points for item in items for points in item.outlines]
    parts = [
        np.zeros(len(outline))
        if stroke is None or stroke.widths is None
        else pen / 2 * (1 - stroke.widths)
        for outline, stroke, pen in zip(outlines, strokes, pens, strict=True)
    ]
    return np.concatenate(parts)[:, None]


def bounds(strokes: Iterable[Stroke]) -> tuple[float, float, float, float]:
    """Return (left, top, right, bottom) of the strokes' points, without their widths.

    Raises ValueError if there is no stroke.
    """
    points = [stroke.points for stroke in strokes]
    if not points:
        raise ValueError("no stroke has no bounds")
    joined = np.concatenate(points)
    (left, top), (right, bottom) = joined.min(0), joined.max(0)
    return float(left), float(top), float(right), float(bottom)


def corners(box: Box) -> Points:
    """Return the corners (4, 2) of a box: upper left, upper right, lower right, lower left."""
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)


def middle(box: Box) -> tuple[float, float]:
    """Return the centre (x, y) of a box (left, top, right, bottom)."""
    left, top, right, bottom = box
    return (left + right) / 2, (top + bottom) / 2
