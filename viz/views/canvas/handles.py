"""Handles: the frame about what is selected on the canvas, and what each of its grips does.

A ``Mapping`` ties canvas pixels to the widget's; frames and grips are in widget coordinates, so
that they keep their size on the screen at any zoom.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSizeF, Qt

from viz.scene import Scene, Transform
from viz.scene.hits import bounds_of, distance_to, item_frame
from viz.scene.model import Points

GRIP = 8
"""Half the side of the square in which a press takes hold of a grip, in widget pixels."""

MARGIN = 12
"""Room about the canvas for the grips of its edges and of a selection that reaches them."""

_INSET = 6.0
"""How near the widget's sides a grip may lie, in widget pixels: it is drawn whole."""

_WHOLE_FROM = 4
"""Device pixels per canvas pixel from which only whole numbers of them are used: below, as much
as a third of the room would be lost, and squares of uneven size are not seen."""

_EDGE_REACH = 13
_EDGE_OFF, _EDGE_LENGTH = 6.5, 28.0
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
        """Lay the canvas as large as it fits, centred across and at the top.

        A canvas pixel becomes a whole number of device pixels (``ratio`` per widget pixel) from 4
        on; smaller ones fill the room, so that only the canvas's left, upper and right edge lie
        between device pixels.
        """
        fitting = _steps(
            ratio * min((width - 2 * MARGIN) / scene.width, (height - 2 * MARGIN) / scene.height),
            scene.width,
        )
        zoom = fitting / ratio
        left = math.floor((width - zoom * scene.width) / 2 * ratio) / ratio
        return cls(left, math.floor(MARGIN * ratio) / ratio, zoom, scene.width, scene.height)

    @property
    def rect(self) -> QRectF:
        """The canvas in the widget."""
        return QRectF(self.left, self.top, self.width * self.zoom, self.height * self.zoom)

    def to_scene(self, point: QPointF) -> tuple[float, float]:
        """Return a widget position as (x, y) in canvas pixels."""
        return (point.x() - self.left) / self.zoom, (point.y() - self.top) / self.zoom

    def to_widget(self, points: Points) -> Points:
        """Return canvas points (N, 2) in the widget, kept within what a painter can take."""
        return np.clip(points * self.zoom + (self.left, self.top), -_FARTHEST, _FARTHEST)


def _steps(fitting: float, pixels: int) -> float:
    """The largest magnification up to ``fitting`` that leaves no edge within a device pixel."""
    if fitting >= _WHOLE_FROM:
        return math.floor(fitting)
    return max(math.floor(fitting * pixels + 1e-9) / pixels, 0.05)


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


def edge_lines(mapping: Mapping) -> dict[Edge, Points]:
    """Return the grips of the canvas's edges: polylines (N, 2) in the widget."""
    rect = mapping.rect
    right, bottom = rect.right() + _EDGE_OFF, rect.bottom() + _EDGE_OFF
    x, y, half = rect.center().x(), rect.center().y(), _EDGE_LENGTH / 2
    return {
        Edge.RIGHT: np.array([(right, y - half), (right, y + half)]),
        Edge.BOTTOM: np.array([(x - half, bottom), (x + half, bottom)]),
        Edge.CORNER: np.array(
            [(right, bottom - half / 2), (right, bottom), (right - half / 2, bottom)]
        ),
    }


def edge_at(mapping: Mapping, position: QPointF) -> Edge | None:
    """Return the edge or corner by which a press at a widget position resizes the canvas."""
    rect = mapping.rect
    right, below = position.x() - rect.right(), position.y() - rect.bottom()
    if right < -rect.width() or below < -rect.height():
        return None
    if not 0 < max(right, below) <= _EDGE_REACH:
        return None
    if min(right, below) > -_EDGE_REACH:
        return Edge.CORNER
    return Edge.RIGHT if right > below else Edge.BOTTOM


def under(mapping: Mapping, frame: Frame | None, position: QPointF) -> Grip | Edge | None:
    """Return what a press at a widget position takes hold of; of two, what is drawn nearer."""
    edge = edge_at(mapping, position)
    grip = frame.grip_at(position) if frame is not None else None
    if frame is None or grip is None or edge is None:
        return grip or edge
    x, y = position.x(), position.y()
    away = math.hypot(*(frame.grips()[grip] - (x, y)))
    return grip if away <= distance_to(edge_lines(mapping)[edge], x, y) else edge


@dataclass(frozen=True, eq=False)
class Frame:
    """The frame of a selection: four corners (4, 2) in widget coordinates, in the item's sense.

    ``ink``: the corners of what is framed. ``room``: the widget, which no grip leaves. ``knob``:
    the side of the frame on which the rotation knob stands.
    """

    ink: Points
    corners: Points
    room: QSizeF
    only_turns: bool = False
    knob: Grip = Grip.TOP

    def grips(self) -> dict[Grip, Points]:
        """Return every grip's position (2,), those that matter most first."""
        positions = {Grip.KNOB: self.stem()[1]}
        if not self.only_turns:
            positions |= dict(zip(CORNERS, self.corners, strict=True))
            positions |= dict(zip(SIDES, _middles(self.corners), strict=True))
        most = np.array((self.room.width(), self.room.height())) - _INSET
        kept = np.clip(np.array(list(positions.values())), _INSET, most)
        return dict(zip(positions, kept, strict=True))

    def stem(self) -> Points:
        """Return the knob's stem: its foot on the frame and its end, (2, 2)."""
        return _stems(self.corners)[SIDES.index(self.knob)]

    def grip_at(self, position: QPointF) -> Grip | None:
        """Return the grip nearest to a widget position, if it is within reach."""
        reached: dict[Grip, float] = {}
        for grip, at in self.grips().items():
            away = abs(position.x() - at[0]), abs(position.y() - at[1])
            if max(away) <= GRIP:
                reached[grip] = math.hypot(*away)
        return min(reached, key=reached.__getitem__, default=None)

    def cursor(self, grip: Grip) -> Qt.CursorShape:
        """Return the cursor that tells which way a grip goes."""
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


def framed_item(scene: Scene, index: int, mapping: Mapping) -> Points:
    """Return the corners (4, 2) of the frame about one item, without its grips: much quicker."""
    return _framed(mapping.to_widget(item_frame(scene, index)))


def frame_of(
    scene: Scene,
    selection: Collection[int],
    stroke: tuple[int, int] | None,
    mapping: Mapping,
    room: QSizeF,
) -> Frame | None:
    """Return the frame about the selection, or about one stroke of it; None if nothing is selected.

    One item's frame is turned and slanted with it; several share an upright one. Its grips stay
    within a widget of the size ``room``.
    """
    if stroke is not None:
        corners = _upright(*scene.strokes_of(stroke[0])[stroke[1]].box)
    elif len(selection) == 1:
        corners = item_frame(scene, min(selection))
    else:
        box = bounds_of(scene, selection)
        if box is None:
            return None
        corners = _upright(*box)
    ink = mapping.to_widget(corners)
    framed = _framed(ink)
    ends = dict(zip(SIDES, _stems(framed)[:, 1], strict=True))
    most = np.array((room.width(), room.height())) - _INSET
    fitting = (
        side
        for side in (Grip.TOP, Grip.BOTTOM, Grip.RIGHT, Grip.LEFT)
        if (ends[side] >= _INSET).all() and (ends[side] <= most).all()
    )
    return Frame(ink, framed, room, stroke is not None, next(fitting, Grip.TOP))


def turned(frame: Frame, linear: Points, about: Points) -> Frame:
    """Return the frame under a linear map about a widget position, while it is dragged."""
    ink = np.clip((frame.ink - about) @ linear.T + about, -_FARTHEST, _FARTHEST)
    return replace(frame, ink=ink, corners=_framed(ink))


def change_by(
    grip: Grip, old: Transform, start: Points, now: Points, pivot: Points, constrain: bool
) -> dict[str, float]:
    """Return a transform after a grip was dragged from ``start`` to ``now`` (canvas, (2,) each).

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


def _middles(corners: Points) -> Points:
    """The middles (4, 2) of a frame's sides, in the order of ``SIDES``."""
    middles: Points = (corners + np.roll(corners, -1, 0)) / 2
    return middles


def _stems(corners: Points) -> Points:
    """For each of ``SIDES`` the stem of a knob there: (4, 2, 2), foot and end."""
    feet, centre = _middles(corners), corners.mean(0)
    away = feet - centre
    away = away / np.maximum(np.hypot(*away.T), 1e-9)[:, None]
    return np.stack((feet, feet + _KNOB * away), 1)


def _framed(corners: Points) -> Points:
    """The corners moved out from the ink, and apart if they are too close to be taken hold of."""
    centre = corners.mean(0)
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    width, height = float(np.hypot(*across)), float(np.hypot(*down))
    across = across / width if width > 1e-6 else np.array((1.0, 0.0))
    down = down / height if height > 1e-6 else np.array((-across[1], across[0]))
    across = across * max(width / 2 + _PADDING, _SMALLEST / 2)
    down = down * max(height / 2 + _PADDING, _SMALLEST / 2)
    return np.array(
        [centre - across - down, centre + across - down, centre + across + down,
         centre - across + down]
    )  # fmt: skip
