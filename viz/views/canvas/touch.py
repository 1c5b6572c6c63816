"""Pens and fingers on the canvas: which of them count, and what they do.

A pen does what the mouse does, and its pressure varies the width of a stroke. So does a finger; a
second one makes a pinch of it, which drags, scales and turns the digit under them as one step to
undo. Further fingers and palms do nothing, nor does what stays down once a finger was lifted or the
gesture has ended otherwise: by an undo, a demonstration, another window.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from time import monotonic

from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import (
    QEventPoint,
    QGuiApplication,
    QInputDevice,
    QMouseEvent,
    QPointingDevice,
    QTabletEvent,
    QTouchEvent,
)
from PyQt6.QtWidgets import QWidget

from viz.model import settings
from viz.model.document import Document
from viz.scene.hits import item_at
from viz.views.canvas.gestures import GestureCanvas
from viz.views.canvas.tools import Gesture, MoveGesture, PinchGesture, Pointer, Tool
from viz.views.paint_clock import PaintClock

PALM_MM = 25.0
"""What touches the screen over more than this is no fingertip."""


def is_palm(point: QEventPoint, pixels_per_mm: float) -> bool:
    """Tell whether a point of touch is too large for a finger, where the screen says its size."""
    size = point.ellipseDiameters()
    return max(size.width(), size.height()) > PALM_MM * pixels_per_mm


class TouchCanvas(GestureCanvas):
    """The canvas under pens and fingers; ``canvas.Canvas`` adds mouse, keys, wheel and drops."""

    def __init__(
        self, document: Document, clock: PaintClock, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, clock, parent)
        self._pressure = bool(settings.get("pen_pressure"))
        self._led: Gesture | None = None
        """The gesture that a pen or fingers began last."""
        self._fingers: tuple[int, ...] = ()
        """The fingers of that gesture: none for a pen, two for a pinch."""
        self._landed = QPointF()
        """Where the first of them came down, …"""
        self._landed_at = -math.inf
        """… and when, in seconds; long ago after a double tap."""
        self.setTabletTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)

    @property
    def pen_pressure(self) -> bool:
        """Whether a pen's pressure varies the width of its strokes."""
        return self._pressure

    def toggle_pen_pressure(self) -> None:
        """Let pressure vary the width of strokes, or not; kept as a preference."""
        self._pressure = not self._pressure
        settings.put("pen_pressure", self._pressure)

    @property
    def _is_led(self) -> bool:
        """Whether the present gesture is one of a pen or of fingers."""
        return self._gesture is not None and self._gesture is self._led

    def _is_mouse(self, event: QMouseEvent) -> bool:
        """Tell whether a mouse event is to act: not one that the system makes from a touch, which
        has acted already, and none while a pen or fingers draw."""
        return not self._is_led and event.deviceType() != QInputDevice.DeviceType.TouchScreen

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            if event.type() == QEvent.Type.TouchBegin and self._is_on_child(event):
                event.ignore()  # so that Qt makes a click of it, for the button
                return True
            self._touch(event)
            event.accept()  # or Qt would make mouse events from it
            return True
        if event.type() == QEvent.Type.WindowDeactivate:
            self._release()
        return super().event(event)

    def _is_on_child(self, event: QTouchEvent) -> bool:
        """Tell whether a touch begins on what lies on the canvas, such as a button to start with:
        children that take no touches leave them to their parent."""
        places = (self.mapFromGlobal(point.globalPosition()) for point in event.points())
        return any(self.childAt(place.toPoint()) is not None for place in places)

    # Pens

    def tabletEvent(self, event: QTabletEvent) -> None:
        kind, at, modifiers = event.type(), event.position(), event.modifiers()
        pressure = self._pressure_of(event)
        if kind == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton:
            if self._fingers and self._is_led:
                self._cancel()  # a palm, as a rule, that came down before the pen
            self._fingers = ()
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            rubber = event.pointerType() == QPointingDevice.PointerType.Eraser
            self._press(at, modifiers, Tool.ERASER if rubber else self._tool, pressure=pressure)
            self._led = self._gesture
        elif kind == QEvent.Type.TabletMove and not self._fingers:
            self._drag(at, modifiers, pressure)
        elif kind == QEvent.Type.TabletRelease and not self._fingers:
            self._release()
        event.accept()

    def _pressure_of(self, event: QTabletEvent) -> float | None:
        """The pressure, 0 … 1, that a stroke follows; None where it does not count."""
        device = event.pointingDevice()
        if not self._pressure or device is None:
            return None
        if not device.capabilities() & QInputDevice.Capability.Pressure:
            return None
        return min(max(event.pressure(), 0.0), 1.0)

    # Fingers

    def _touch(self, event: QTouchEvent) -> None:
        """Let the fingers of a gesture lead it on, and those that have come down begin one."""
        modifiers, points = event.modifiers(), event.points()
        palms = {point.id() for point in points if is_palm(point, self._pixels_per_mm())}
        at = {
            point.id(): QPointF(self.mapFromGlobal(point.globalPosition()))
            for point in points
            if point.state() != QEventPoint.State.Released and point.id() not in palms
        }
        if not self._is_led:
            self._fingers = ()  # what they did has ended
        if event.type() == QEvent.Type.TouchBegin:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        if palms.intersection(self._fingers) or event.type() == QEvent.Type.TouchCancel:
            at.clear()
            if self._fingers:
                self._cancel()
        elif not all(finger in at for finger in self._fingers):
            self._release()
        if not self._is_led:
            self._fingers = ()
        new = [point.id() for point in points if point.state() == QEventPoint.State.Pressed]
        there = [finger for finger in at if finger not in new]
        for finger in new:
            if finger in at:
                self._land(finger, there, at, modifiers)
                there.append(finger)
        self._lead(at, modifiers)
        if self._gesture is None:
            self._pointer, self._under = None, None  # a finger in the air points at nothing
            self.update()

    def _land(
        self,
        finger: int,
        there: list[int],
        at: dict[int, QPointF],
        modifiers: Qt.KeyboardModifier,
    ) -> None:
        """Begin what a finger begins that comes to those which are there."""
        if not there and self._gesture is None:
            now = monotonic()
            twice = self._is_double_tap(at[finger], now)
            self._landed, self._landed_at = at[finger], -math.inf if twice else now
            self._press(at[finger], modifiers, self._tool, inside=twice)
            self._fingers, self._led = (finger,), self._gesture
        elif there == list(self._fingers) and len(there) == 1:
            first, second = (self._pointer_at(at[one], modifiers) for one in (*there, finger))
            self._pinch(first, second)
            self._fingers, self._led = (there[0], finger), self._gesture

    def _is_double_tap(self, at: QPointF, now: float) -> bool:
        """Tell whether a finger comes down as soon and as near to the last one as Qt's hints ask,
        which does what a double click of the mouse does."""
        hints = QGuiApplication.styleHints()
        if hints is None:
            return False
        away = (at - self._landed).manhattanLength()
        soon = 1000 * (now - self._landed_at) <= hints.mouseDoubleClickInterval()
        return soon and away <= hints.touchDoubleTapDistance()

    def _pinch(self, first: Pointer, second: Pointer) -> None:
        """Begin a pinch: a drag goes on in it, all else that the first finger did is taken back."""
        begun = self._gesture
        if isinstance(begun, MoveGesture) and begun.moves_selection:
            chosen: Collection[int] = self._document.selection
        else:
            self._cancel()
            begun = None
            chosen = self._pinched(self._pointer_at(self._landed, _NO_MODIFIER), second)
            if chosen and self._tool == Tool.SELECT:
                self._document.select(chosen)
        self._gesture = PinchGesture(self._document, chosen, first, second, begun)
        self._set_cursor()

    def _pinched(self, first: Pointer, second: Pointer) -> Collection[int]:
        """The items that two fingers take hold of: what the first one hit, with the selection that
        it belongs to; else the selection; else what lies between them. () is the whole drawing."""
        scene, chosen = self._document.scene, self._document.selection
        between = ((first.x + second.x) / 2, (first.y + second.y) / 2)
        places = (first.at,) if chosen else (first.at, between, second.at)
        hits = (item_at(scene, *place, max(1.0, 4 / self._mapping.zoom)) for place in places)
        hit = next((one for one in hits if one is not None), None)
        return chosen if hit is None or hit in chosen else (hit,)

    def _lead(self, at: dict[int, QPointF], modifiers: Qt.KeyboardModifier) -> None:
        """Let the gesture follow its fingers."""
        if not self._fingers:
            return
        if not isinstance(self._gesture, PinchGesture):
            self._drag(at[self._fingers[0]], modifiers)
            return
        first, second = (self._pointer_at(at[finger], modifiers) for finger in self._fingers)
        self._pointer = at[self._fingers[0]]
        with self._refusing():
            self._gesture.pinch(first, second)
        self.update()

    def _pixels_per_mm(self) -> float:
        screen = self.screen()
        return (screen.physicalDotsPerInch() if screen is not None else 96.0) / 25.4


_NO_MODIFIER = Qt.KeyboardModifier.NoModifier
