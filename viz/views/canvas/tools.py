"""Gestures: one pull of the pointer on the canvas, from press to release, as one undo step.

Each gesture starts from the scene it found and applies "start, changed by the whole way so far",
so rounding does not add up and cancelling is going back to the start.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from PyQt6.QtCore import QRectF, Qt

from viz.i18n import number, tr
from viz.model.document import Document
from viz.scene import Scene, Stroke, rasterize
from viz.scene.edit import join_or_add, move_stroke, moved, resized, rotate_stroke, simplify
from viz.scene.eraser import erase
from viz.scene.hits import items_in
from viz.scene.model import MAX_HEIGHT, MAX_WIDTH, MIN_SIDE, Points, Transform
from viz.scene.shaping import decomposed, mapped, pivot, seen_transform, shaped
from viz.views.canvas.handles import EDGE_CURSORS, Edge, Frame, Grip, Mapping, change_by, turned

ERASER_PX = 2.5
"""The eraser's radius in canvas pixels."""

_CLICK_PX = 2.0
"""A pointer that moves no farther (widget pixels) meant to click."""

_SIMPLIFIED = 0.05
"""How far a finished stroke may be off what was drawn, in canvas pixels: not to be seen."""

_BEYOND = 64.0
"""How far beyond the canvas a stroke is kept, in canvas pixels."""


class Tool(StrEnum):
    """What the pointer does on the canvas."""

    PEN = "pen"
    ERASER = "eraser"
    SELECT = "select"


@dataclass(frozen=True)
class Pointer:
    """Where the pointer is, in canvas pixels and in the widget's, and what is held with it."""

    x: float
    y: float
    widget_x: float
    widget_y: float
    shift: bool = False
    pressure: float | None = None
    """That of a pen, 0 … 1, where it counts."""

    @property
    def at(self) -> tuple[float, float]:
        """The position in canvas pixels."""
        return self.x, self.y

    @property
    def width(self) -> float:
        """The width of the line drawn here, in multiples of the pen's: 0.5 … 1.5."""
        return 1.0 if self.pressure is None else 0.5 + self.pressure


class Gesture:
    """What all gestures share: the scene at the start, the undo step, the readout beside them."""

    cursor: Qt.CursorShape | None = None

    def __init__(self, document: Document, text: str, start: Pointer) -> None:
        self.document = document
        self.text = text
        self.start = start
        self.before = document.scene
        self.latest = document.scene
        """The scene this gesture made last; if the document shows another, it was interrupted."""
        self.readout = ""
        self._step = document.new_gesture()

    def move(self, pointer: Pointer, mapping: Mapping) -> None:
        """Follow the pointer."""
        raise NotImplementedError

    def finish(self) -> None:
        """End the gesture: the pointer was released."""

    def cancel(self) -> None:
        """Take everything back."""
        self.show(self.before)

    def show(self, scene: Scene) -> None:
        """Make ``scene`` what this gesture has come to."""
        self.latest = scene
        self.document.apply(scene, self.text, gesture=self._step)
        self.latest = self.document.scene


class PenGesture(Gesture):
    """Draws a stroke point by point; the network answers after each."""

    def __init__(self, document: Document, start: Pointer, width_px: float) -> None:
        super().__init__(document, tr("Draw"), start)
        self.width_px = width_px
        self.points = [self._kept(start)]
        self._widths = None if start.pressure is None else [start.width]
        self._shown: list[tuple[Scene, int]] = [(self.before, 0)]
        self._draw()

    def move(self, pointer: Pointer, mapping: Mapping) -> None:
        point = self._kept(pointer)
        if point != self.points[-1]:
            self.points.append(point)
            if self._widths is not None:
                self._widths.append(pointer.width)
            self._draw()
        elif self._widths is not None and pointer.width > self._widths[-1]:
            self._widths[-1] = pointer.width  # pressed harder in the same place
            self._draw()

    def finish(self) -> None:
        stroke = self._simplified()
        if rasterize([stroke], self.before.height, self.before.width).any():
            self.show(join_or_add(self.before, stroke))
        else:  # drawn beside the canvas, where it would stay invisible
            self.cancel()

    def ahead_of(self, scene: Scene | None) -> Stroke:
        """Return the end of the stroke that ``scene`` (the snapshot's) does not have yet."""
        for place, (known, _) in enumerate(self._shown):
            if known is scene:
                del self._shown[:place]
                break
        return self._from(max(0, self._shown[0][1] - 1))

    def _from(self, first: int) -> Stroke:
        """The stroke as drawn, from one of its points on."""
        widths = None if self._widths is None else self._widths[first:]
        return Stroke(self.points[first:], self.width_px, widths=widths)

    def _simplified(self) -> Stroke:
        if self._widths is None:
            return Stroke(simplify(self.points, _SIMPLIFIED), self.width_px)
        half = self.width_px / 2  # pixels, as x and y: the rim is to stay where it is
        line = simplify(np.column_stack((self.points, half * np.array(self._widths))), _SIMPLIFIED)
        return Stroke(line[:, :2], self.width_px, widths=line[:, 2] / half)

    def _draw(self) -> None:
        self.show(join_or_add(self.before, self._from(0)))
        self._shown.append((self.document.scene, len(self.points)))

    def _kept(self, pointer: Pointer) -> tuple[float, float]:
        return (
            min(max(pointer.x, -_BEYOND), self.before.width + _BEYOND),
            min(max(pointer.y, -_BEYOND), self.before.height + _BEYOND),
        )


class EraserGesture(Gesture):
    """Takes away all ink that the eraser sweeps over."""

    def __init__(self, document: Document, start: Pointer) -> None:
        super().__init__(document, tr("Erase"), start)
        self._last = start.at
        self.show(erase(self.latest, [start.at], ERASER_PX))

    def move(self, pointer: Pointer, mapping: Mapping) -> None:
        self.show(erase(self.latest, [self._last, pointer.at], ERASER_PX))
        self._last = pointer.at


class MoveGesture(Gesture):
    """Moves the selection, or one stroke of a group; a mere click selects what was clicked."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(
        self,
        document: Document,
        start: Pointer,
        stroke: tuple[int, int] | None = None,
        clicked: int | None = None,
    ) -> None:
        super().__init__(document, tr("Move stroke") if stroke else tr("Move"), start)
        self._selection = document.selection
        self._stroke = stroke
        self._clicked = clicked
        self._moved = False

    @property
    def moves_selection(self) -> bool:
        """Whether all that is selected moves, and not one stroke of it."""
        return self._stroke is None

    def move(self, pointer: Pointer, mapping: Mapping) -> None:
        dx, dy = pointer.x - self.start.x, pointer.y - self.start.y
        if not self._moved and max(abs(dx), abs(dy)) * mapping.zoom <= _CLICK_PX:
            return
        self._moved = True
        if pointer.shift:
            dx, dy = (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)
        self.readout = shift_readout(dx, dy)
        if self._stroke:
            self.show(move_stroke(self.before, *self._stroke, dx, dy))
        else:
            self.show(moved(self.before, self._selection, dx, dy))

    def finish(self) -> None:
        if not self._moved and self._clicked is not None:
            self.document.select([self._clicked])


class ShapeGesture(Gesture):
    """Drags a grip of the frame: scales, squeezes, slants or turns."""

    def __init__(
        self,
        document: Document,
        start: Pointer,
        grip: Grip,
        frame: Frame,
        stroke: tuple[int, int] | None,
    ) -> None:
        super().__init__(document, tr("Rotate") if grip == Grip.KNOB else tr("Reshape"), start)
        self.cursor = frame.cursor(grip)
        self.frame = frame
        self._grip, self._stroke, self._start_frame = grip, stroke, frame
        self._selection = document.selection
        if stroke:
            points = self.before.stroke(*stroke).points
            self._pivot: Points = (points.min(0) + points.max(0)) / 2
            self._old = Transform()
        else:
            self._pivot = np.array(pivot(self.before, self._selection))
            self._old = seen_transform(self.before, self._selection)

    def move(self, pointer: Pointer, mapping: Mapping) -> None:
        changes = change_by(
            self._grip,
            self._old,
            np.array(self.start.at),
            np.array(pointer.at),
            self._pivot,
            pointer.shift,
        )
        if not changes:
            return
        if self._stroke:
            x, y = self._pivot.tolist()
            self.show(rotate_stroke(self.before, *self._stroke, changes["angle"], (x, y)))
        else:
            self.show(shaped(self.before, self._selection, **changes))
        ((name, value),) = changes.items()
        self.readout = shape_readout(name, value)
        changed = replace(self._old, **changes)
        linear = changed.linear @ np.linalg.inv(self._old.linear)
        self.frame = turned(self._start_frame, linear, mapping.to_widget(self._pivot[None])[0])


class RubberBandGesture(Gesture):
    """Selects all items within a rectangle, added to those in ``kept``."""

    def __init__(self, document: Document, start: Pointer, kept: Collection[int]) -> None:
        super().__init__(document, "", start)
        self._kept = frozenset(kept)
        self._former = document.selection
        self.rect = QRectF(start.widget_x, start.widget_y, 0, 0)
        document.select(self._kept)

    def move(self, pointer: Pointer, mapping: Mapping) -> None:
        start = self.start
        self.rect = QRectF(
            start.widget_x,
            start.widget_y,
            pointer.widget_x - start.widget_x,
            pointer.widget_y - start.widget_y,
        ).normalized()
        self.document.select(
            self._kept | set(items_in(self.document.scene, *start.at, *pointer.at))
        )

    def cancel(self) -> None:
        self.document.select(self._former)


class ResizeGesture(Gesture):
    """Drags an edge of the canvas.

    The canvas is centred horizontally, so its right edge moves by half of its growth: doubling the
    pointer's displacement keeps the edge under the pointer. The displacement is converted at the
    current zoom, which shrinks as the canvas outgrows its space, so that a short drag leads from
    32 to 512 pixels.
    """

    def __init__(self, document: Document, start: Pointer, edge: Edge) -> None:
        super().__init__(document, tr("Canvas size"), start)
        self.cursor = EDGE_CURSORS[edge]
        self._edge = edge
        self._last = start
        self._width, self._height = float(self.before.width), float(self.before.height)

    def move(self, pointer: Pointer, mapping: Mapping) -> None:
        if self._edge != Edge.BOTTOM:
            self._width += 2 * (pointer.widget_x - self._last.widget_x) / mapping.zoom
        if self._edge != Edge.RIGHT:
            self._height += (pointer.widget_y - self._last.widget_y) / mapping.zoom
        self._last = pointer
        width = round(min(max(self._width, MIN_SIDE), MAX_WIDTH))
        height = round(min(max(self._height, MIN_SIDE), MAX_HEIGHT))
        self.readout = tr("{width} × {height}", width=width, height=height)
        self.show(resized(self.before, height, width))


class PinchGesture(Gesture):
    """Two fingers shift, turn and scale items, or the whole drawing if none are chosen.

    ``begun``: the drag of one finger that goes on in it, as part of the same step to undo.
    """

    def __init__(
        self,
        document: Document,
        chosen: Collection[int],
        first: Pointer,
        second: Pointer,
        begun: MoveGesture | None = None,
    ) -> None:
        super().__init__(document, tr("Pinch"), first)
        self._chosen, self._scene = chosen, self.before
        if begun is not None:
            self.before, self._step = begun.before, begun._step
        self._held = complex(*first.at), complex(*second.at)

    def pinch(self, first: Pointer, second: Pointer) -> None:
        """Follow the fingers."""
        (a, b), (c, d) = self._held, (complex(*first.at), complex(*second.at))
        if abs(b - a) * abs(d - c) < 1e-6:
            return
        factor = (d - c) / (b - a)
        linear = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
        about, shift = (a + b) / 2, (c + d) / 2 - (a + b) / 2
        seen = decomposed(linear)
        scale, angle = shape_readout("scale", seen.scale), shape_readout("angle", seen.angle)
        self.readout = f"{scale}  {angle}"
        self.show(
            mapped(
                self._scene,
                self._chosen,
                linear,
                (about.real, about.imag),
                (shift.real, shift.imag),
            )
        )


def shift_readout(dx: float, dy: float) -> str:
    """Return how far something was moved, for the label beside the pointer."""
    x, y = (("+" if way >= 0 else "") + number(way, 2) for way in (dx, dy))
    return tr("x {x}  y {y} px", x=x, y=y)


def shape_readout(name: str, value: float) -> str:
    """Return what a transform's field has come to, for the label beside the pointer."""
    if name == "angle":
        return tr("angle {value}°", value=number(math.remainder(value, 360), 1))
    words = {
        "slant": tr("slant {value}", value=number(value, 2)),
        "squeeze": tr("squeeze × {value}", value=number(value, 2)),
        "scale": tr("scale × {value}", value=number(value, 2)),
    }
    return words[name]
