"""The scene model: strokes, the transforms that move them, and the canvas that holds them.

Everything here is immutable: an edit makes a new Scene that shares what did not change. So a
worker may read a scene while the next one is being drawn, and undo keeps the old one.

Coordinates are pixels of the canvas, x to the right, y down; pixel (row, column) covers
[column, column + 1) × [row, row + 1), so its centre lies at + 0.5.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

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

MIN_SIDE = 32
MAX_HEIGHT = 128
MAX_WIDTH = 512


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

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """The (left, top, right, bottom) of its ink; computed once, asked for in every frame."""
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
        """Map strokes, their widths too; none gets thinner than 0.05 pixels."""
        factor = self.width_factor
        return tuple(
            Stroke(self.apply(s.points, anchor), max(0.05, s.width_px * factor), s.ink, s.widths)
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

    @cached_property
    def placed(self) -> tuple[Stroke, ...]:
        """The strokes where they are drawn.

        Computed once per group: scenes share the groups that an edit left alone.
        """
        if self.transform == IDENTITY:
            return self.strokes
        return self.transform.draw(self.strokes, self.anchor)


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

    def _placing(self) -> tuple[tuple[float, float], Transform, bool, str]:
        return self.anchor, self.transform, self.inverted, self.name


@dataclass(frozen=True)
class Noise:
    """Gaussian noise of standard deviation ``sigma``, then a share ``salt_pepper`` of pixels set to
    0 or 1 at random. The same ``seed`` gives the same noise."""

    sigma: Annotated[float, Between(0, 1e3)] = 0.0
    salt_pepper: Annotated[float, Between(0, 1)] = 0.0
    seed: Annotated[int, Between(0, (1 << 63) - 1)] = 0


Item = Group | ImageLayer


@dataclass(frozen=True)
class Scene:
    """A canvas of height × width pixels, what lies on it, bottom first, and the noise over it.

    ``transform`` moves the whole drawing about the canvas's centre, after each item's own.
    ``ROOM`` is how many points and pixels a file may hold for one scene.
    """

    ROOM: ClassVar = {"points": MOST_POINTS, "pixels": MOST_IMAGE_PIXELS}

    height: Annotated[int, Between(MIN_SIDE, MAX_HEIGHT), REQUIRED] = 32
    width: Annotated[int, Between(MIN_SIDE, MAX_WIDTH), REQUIRED] = 64
    items: Annotated[tuple[Item, ...], AtMost(MOST_ITEMS)] = ()
    transform: Transform = IDENTITY
    noise: Noise = field(default_factory=Noise)

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

    def strokes_of(self, index: int) -> tuple[Stroke, ...]:
        """Return the strokes of one group where they are drawn; () for an image."""
        item = self.items[index]
        if not isinstance(item, Group):
            return ()
        if self.transform == IDENTITY:
            return item.placed
        return self.transform.draw(item.placed, self.centre)

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


def middle(box: tuple[float, float, float, float]) -> tuple[float, float]:
    """Return the centre (x, y) of a box (left, top, right, bottom)."""
    left, top, right, bottom = box
    return (left + right) / 2, (top + bottom) / 2
