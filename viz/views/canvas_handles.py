"""Handles: the frame about what is selected on the canvas, and what each of its grips does.

A ``Mapping`` ties canvas pixels to the widget's; frames and grips are in widget coordinates, so
that they keep their size on the screen at any zoom.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt

from viz.scene import Scene, Transform
from viz.scene.hits import bounds_of, item_frame
from viz.scene.model import Points

GRIP = 8
"""Half the side of the square in which a press takes hold of a grip, in widget pixels."""

MARGIN, TOP = 12, 4
"""Room about the canvas for the grips of its edges, and the little that is left above it."""

_PADDING = 6.0
_SMALLEST = 44.0
_KNOB = 24.0
_FARTHEST = 2e4
"""Farther off than any screen reaches; Qt's painter gets no larger numbers."""


@dataclass(frozen=True)
class Mapping:
    """Where the canvas lies in the widget: ``zoom`` widget pixels per canvas pixel."""

    left: float
    top: float
    zoom: float
    width: int
    height: int

    @classmethod
    def fit(cls, scene: Scene, width: int, height: int, ratio: float) -> Mapping:
        """The canvas as large as it fits, centred across and at the top, edges on device pixels.

        Enlarged by a whole number of device pixels (``ratio`` per widget pixel), or reduced by
        any factor if the canvas has more pixels than the widget.
        """
        fitting = ratio * min(
            (width - 2 * MARGIN) / scene.width, (height - TOP - MARGIN) / scene.height
        )
        zoom = (math.floor(fitting) if fitting >= 1 else max(fitting, 0.05)) / ratio
        left = math.floor((width - zoom * scene.width) / 2 * ratio) / ratio
        return cls(left, float(TOP), zoom, scene.width, scene.height)

    @property
    def rect(self) -> QRectF:
        """The canvas in the widget."""
        return QRectF(self.left, self.top, self.width * self.zoom, self.height * self.zoom)

    def to_scene(self, point: QPointF) -> tuple[float, float]:
        """A widget position as (x, y) in canvas pixels."""
        return (point.x() - self.left) / self.zoom, (point.y() - self.top) / self.zoom

    def to_widget(self, points: Points) -> Points:
        """Canvas points (N, 2) in the widget, kept within what a painter can take."""
        return np.clip(points * self.zoom + (self.left, self.top), -_FARTHEST, _FARTHEST)


class Grip(Enum):
    """A grip of the selection's frame."""

    UPPER_LEFT = "upper left"
    UPPER_RIGHT = "upper right"
    LOWER_RIGHT = "lower right"
    LOWER_LEFT = "lower left"
    TOP = "top"
    RIGHT = "right"
    BOTTOM = "bottom"
    LEFT = "left"
    KNOB = "knob"


CORNERS = (Grip.UPPER_LEFT, Grip.UPPER_RIGHT, Grip.LOWER_RIGHT, Grip.LOWER_LEFT)
SIDES = (Grip.TOP, Grip.RIGHT, Grip.BOTTOM, Grip.LEFT)


class Edge(Enum):
    """A side of the canvas that can be dragged."""

    RIGHT = "right"
    BOTTOM = "bottom"
    CORNER = "corner"


EDGE_CURSORS = {
    Edge.RIGHT: Qt.CursorShape.SizeHorCursor,
    Edge.BOTTOM: Qt.CursorShape.SizeVerCursor,
    Edge.CORNER: Qt.CursorShape.SizeFDiagCursor,
}


@dataclass(frozen=True, eq=False)
class Frame:
    """The frame of a selection: four corners (4, 2) in widget coordinates, in the item's sense.

    ``knob_below``: the rotation knob hangs below because there is no room above.
    """

    corners: Points
    only_turns: bool = False
    knob_below: bool = False

    def grips(self) -> dict[Grip, Points]:
        """Every grip's position (2,), those that matter most first."""
        middles = (self.corners + np.roll(self.corners, -1, 0)) / 2
        across = self.corners[3] - self.corners[0]
        across = across / max(float(np.hypot(*across)), 1e-9) * _KNOB
        knob = middles[2] + across if self.knob_below else middles[0] - across
        positions = {Grip.KNOB: knob}
        if not self.only_turns:
            positions |= dict(zip(CORNERS, self.corners, strict=True))
            positions |= dict(zip(SIDES, middles, strict=True))
        return positions

    def stem(self) -> Points:
        """Where the knob's stem leaves the frame."""
        side = self.corners[2:4] if self.knob_below else self.corners[:2]
        middle: Points = side.mean(0)
        return middle

    def grip_at(self, position: QPointF) -> Grip | None:
        """The grip under a widget position."""
        for grip, at in self.grips().items():
            if max(abs(position.x() - at[0]), abs(position.y() - at[1])) <= GRIP:
                return grip
        return None

    def cursor(self, grip: Grip) -> Qt.CursorShape:
        """The cursor that tells which way a grip goes."""
        if grip == Grip.KNOB:
            return Qt.CursorShape.PointingHandCursor
        way = self.grips()[grip] - self.corners.mean(0)
        if grip in (Grip.TOP, Grip.BOTTOM):
            way = self.corners[1] - self.corners[0]
        octant = round(math.degrees(math.atan2(way[1], way[0])) / 45) % 4
        return (
            Qt.CursorShape.SizeHorCursor,
            Qt.CursorShape.SizeFDiagCursor,
            Qt.CursorShape.SizeVerCursor,
            Qt.CursorShape.SizeBDiagCursor,
        )[octant]


def frame_of(
    scene: Scene, selection: Collection[int], stroke: tuple[int, int] | None, mapping: Mapping
) -> Frame | None:
    """The frame about the selection, or about one stroke of it; None if nothing is selected.

    One item's frame is turned and slanted with it; several share an upright one.
    """
    if stroke is not None:
        points = scene.strokes_of(stroke[0])[stroke[1]]
        reach = points.width_px / 2
        (left, top), (right, bottom) = points.points.min(0) - reach, points.points.max(0) + reach
        corners = _upright(left, top, right, bottom)
    elif len(selection) == 1:
        corners = item_frame(scene, min(selection))
    else:
        box = bounds_of(scene, selection)
        if box is None:
            return None
        corners = _upright(*box)
    return _framed(mapping.to_widget(corners), stroke is not None)


def turned(frame: Frame, linear: Points, about: Points) -> Frame:
    """The frame carried along by a linear map about a widget position, while it is dragged."""
    corners = np.clip((frame.corners - about) @ linear.T + about, -_FARTHEST, _FARTHEST)
    return Frame(corners, frame.only_turns, frame.knob_below)


def change_by(
    grip: Grip, old: Transform, start: Points, now: Points, pivot: Points, constrain: bool
) -> dict[str, float]:
    """What dragging a grip from ``start`` to ``now`` (canvas, (2,) each) makes of a transform.

    The field and its new value, as ``shaping.shaped`` takes it. Corners scale by how far the
    pointer gets from the pivot along the corner's direction, sides squeeze likewise; top and
    bottom slant; the knob turns, in steps of 15° if ``constrain``.
    """
    before, after = start - pivot, now - pivot
    if grip == Grip.KNOB:
        turn = math.degrees(math.atan2(after[1], after[0]) - math.atan2(before[1], before[0]))
        angle = old.angle + turn
        return {"angle": 15.0 * round(angle / 15) if constrain else angle}
    direction = math.radians(old.angle)
    along = np.array((math.cos(direction), math.sin(direction)))
    if grip in (Grip.TOP, Grip.BOTTOM):
        height = float(before @ (along[1], -along[0]))  # of the grip above the pivot
        if abs(height) < 1e-6:
            return {}
        return {"slant": old.slant + float((now - start) @ along) / height}
    if grip in (Grip.LEFT, Grip.RIGHT):
        reach, held = float(after @ along), float(before @ along)
        return {} if held == 0 else {"squeeze": old.squeeze * max(0.05, reach / held)}
    reach, held = float(after @ before), float(before @ before)
    return {} if held == 0 else {"scale": old.scale * max(0.02, reach / held)}


def _upright(left: float, top: float, right: float, bottom: float) -> Points:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)


def _framed(corners: Points, only_turns: bool) -> Frame:
    """The corners moved out from the ink, and apart if they are too close to be taken hold of."""
    centre = corners.mean(0)
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    width, height = float(np.hypot(*across)), float(np.hypot(*down))
    across = across / width if width > 1e-6 else np.array((1.0, 0.0))
    down = down / height if height > 1e-6 else np.array((-across[1], across[0]))
    across = across * max(width / 2 + _PADDING, _SMALLEST / 2)
    down = down * max(height / 2 + _PADDING, _SMALLEST / 2)
    framed = np.array(
        [centre - across - down, centre + across - down, centre + across + down,
         centre - across + down]
    )  # fmt: skip
    knob_y = (framed[0] + framed[1])[1] / 2 - _KNOB * down[1] / max(float(np.hypot(*down)), 1e-9)
    return Frame(framed, only_turns, knob_below=knob_y < 6)
