"""A user for the tests of the canvas: real events at points of the canvas, in its pixels."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from dressing import dress
from PyQt6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PyQt6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QEventPoint,
    QInputDevice,
    QMouseEvent,
    QPointingDevice,
    QTabletEvent,
    QTouchEvent,
    QWheelEvent,
)
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viz.measure.reading import read
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.nets.architecture import NONE_CLASS
from viz.nets.lenet5 import lenet5
from viz.scene import Group, Scene, Stroke, rasterize_scene
from viz.views.canvas.canvas import Canvas
from viz.views.canvas.handles import Grip
from viz.views.paint_clock import PaintClock

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT, PLAIN = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier

TOUCHSCREEN = QPointingDevice(
    "fingers", 1, QInputDevice.DeviceType.TouchScreen, QPointingDevice.PointerType.Finger,
    QInputDevice.Capability.Position, 5, 0,
)  # fmt: skip


def stylus(kind: QPointingDevice.PointerType, *, feels: bool = True) -> QPointingDevice:
    """A tablet's pen or its rubber, which ``feels`` pressure or does not."""
    able = QInputDevice.Capability.Position
    if feels:
        able |= QInputDevice.Capability.Pressure
    return QPointingDevice("stylus", 7 + feels, QInputDevice.DeviceType.Stylus, kind, able, 1, 1)


PEN = stylus(QPointingDevice.PointerType.Pen)
RUBBER = stylus(QPointingDevice.PointerType.Eraser)
PLAIN_PEN = stylus(QPointingDevice.PointerType.Pen, feels=False)

Point = tuple[float, float]


class CanvasUser:
    """A canvas of 8 widget pixels per canvas pixel, and a user who sends it real events."""

    def __init__(self, qtbot: QtBot, scene: Scene) -> None:
        self.document = Document(scene)
        self.canvas = Canvas(self.document, PaintClock())
        qtbot.addWidget(self.canvas)
        dress(self.canvas)
        self.canvas.resize(8 * scene.width + 24, 8 * scene.height + 24)
        self.canvas.show()
        qtbot.waitExposed(self.canvas)
        assert self.canvas.image_rect().width() == 8 * scene.width
        self.canvas.set_tool("select")

    @property
    def scene(self) -> Scene:
        return self.document.scene

    @property
    def steps(self) -> int:
        return self.document.undo_stack.count()

    def event(
        self,
        kind: QEvent.Type,
        at: Point,
        buttons: Qt.MouseButton,
        modifiers: Qt.KeyboardModifier = PLAIN,
        device: QPointingDevice | None = None,
    ) -> None:
        """A mouse event at a point of the canvas; its position is not rounded."""
        button = NONE if kind == QEvent.Type.MouseMove else LEFT
        position = self.canvas.to_widget(*at)
        whole = QPointF(self.canvas.mapToGlobal(position))
        if device is None:
            event = QMouseEvent(kind, position, whole, button, buttons, modifiers)
        else:
            event = QMouseEvent(kind, position, whole, button, buttons, modifiers, device)
        QApplication.sendEvent(self.canvas, event)

    def press(self, at: Point, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        self.event(QEvent.Type.MouseButtonPress, at, LEFT, modifiers)

    def move(self, at: Point, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        self.event(QEvent.Type.MouseMove, at, LEFT, modifiers)

    def release(self, at: Point) -> None:
        self.event(QEvent.Type.MouseButtonRelease, at, NONE)

    def pull(self, path: Iterable[Point], modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Press at the first point, release at the last."""
        points = list(path)
        self.press(points[0], modifiers)
        for at in points[1:]:
            self.move(at, modifiers)
        self.release(points[-1])

    def resize(self, at: Point, ways: Iterable[tuple[int, int]]) -> None:
        """Press at a point of the canvas, then move by ways in widget pixels from there."""
        start = self.canvas.to_widget(*at)
        self.press(at)
        for way in ways:
            position = start + QPointF(*way)
            whole = QPointF(self.canvas.mapToGlobal(position))
            event = QMouseEvent(QEvent.Type.MouseMove, position, whole, NONE, LEFT, PLAIN)
            QApplication.sendEvent(self.canvas, event)
        self.release((0, 0))

    def touch(self, kind: QEvent.Type, *fingers: tuple[int, QEventPoint.State, Point]) -> bool:
        """A touch event of fingers (number, state, point of the canvas); whether it was taken."""
        points = []
        for finger, state, at in fingers:
            position = self.canvas.to_widget(*at)
            whole = QPointF(self.canvas.mapToGlobal(position))
            number = finger << 24  # PyQt 6.11 loses the lower 24 bits, where it puts the state
            points.append(QEventPoint(number, state, position, whole))
        event = QTouchEvent(kind, TOUCHSCREEN, PLAIN, points)
        QApplication.sendEvent(self.canvas, event)
        return event.isAccepted()

    def pen(
        self, kind: QEvent.Type, at: Point, pressure: float, device: QPointingDevice = PEN
    ) -> None:
        """An event of a tablet's pen."""
        position = self.canvas.to_widget(*at)
        button = NONE if kind == QEvent.Type.TabletMove else LEFT
        event = QTabletEvent(kind, device, position, position, pressure, 0, 0, 0, 0, 0, PLAIN,
                             button, LEFT)  # fmt: skip
        QApplication.sendEvent(self.canvas, event)

    def write(
        self, path: Iterable[tuple[float, float, float]], device: QPointingDevice = PEN
    ) -> None:
        """Pull a tablet's pen along points (x, y, pressure)."""
        (x, y, pressure), *rest = path
        self.pen(QEvent.Type.TabletPress, (x, y), pressure, device)
        for x, y, pressure in rest:
            self.pen(QEvent.Type.TabletMove, (x, y), pressure, device)
        self.pen(QEvent.Type.TabletRelease, (x, y), 0.0, device)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.keyClick(self.canvas, key, modifiers)

    def wheel(self, delta: int, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        at = QPointF(self.canvas.rect().center())
        phase = Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(at, at, QPoint(), QPoint(0, delta), NONE, modifiers, phase, False)
        QApplication.sendEvent(self.canvas, event)

    def drop(self, mime: QMimeData, at: Point) -> None:
        """Carry data over the canvas and let them go at a point of it."""
        position, copy = self.canvas.to_widget(*at), Qt.DropAction.CopyAction
        whole = position.toPoint()
        QApplication.sendEvent(self.canvas, QDragEnterEvent(whole, copy, mime, LEFT, PLAIN))
        QApplication.sendEvent(self.canvas, QDragMoveEvent(whole, copy, mime, LEFT, PLAIN))
        self.canvas.grab()
        QApplication.sendEvent(self.canvas, QDropEvent(position, copy, mime, LEFT, PLAIN))

    def run(self, command: str) -> None:
        """Run the canvas's command with this id, whether or not it is enabled."""
        (one,) = (one for one in self.canvas.commands() if one.id == command)
        one.run()

    def grip(self, grip: Grip) -> Point:
        frame = self.canvas.frame
        assert frame is not None
        at = self.canvas.to_scene(QPointF(*frame.grips()[grip]))
        return at.x(), at.y()

    def answer(self, *seen: tuple[int, int, int]) -> Snapshot:
        """What the engine would: a snapshot of the scene as it is, with none in every window but
        those that see a digit: (row, column, digit)."""
        image = rasterize_scene(self.scene)
        rows, columns = ((side - 32) // 4 + 1 for side in image.shape)
        output = np.full((11, rows, columns), -9, np.float32)
        output[NONE_CLASS] = 0
        for row, column, digit in seen:
            output[[digit, NONE_CLASS], row, column] = 0, -9
        maps = {"output": output}
        request = self.document.request()
        snapshot = Snapshot(request, lenet5(), image, maps, read(output), None, 0.0, 0.0, 0.0)
        self.document.show(snapshot)
        self.canvas.show_snapshot(snapshot)
        return snapshot


class Hand:
    """Fingers on the canvas, by number: each event tells of all that are down, as Qt's do."""

    def __init__(self, user: CanvasUser) -> None:
        self._user = user
        self.down: dict[int, Point] = {}

    def put(self, finger: int, at: Point) -> None:
        """Put a finger down."""
        kind = QEvent.Type.TouchUpdate if self.down else QEvent.Type.TouchBegin
        self.down[finger] = at
        self._send(kind, {finger: QEventPoint.State.Pressed})

    def slide(self, to: dict[int, Point]) -> None:
        """Move fingers at the same time."""
        self.down.update(to)
        self._send(QEvent.Type.TouchUpdate, dict.fromkeys(to, QEventPoint.State.Updated))

    def lift(self, finger: int) -> None:
        """Lift a finger."""
        kind = QEvent.Type.TouchUpdate if len(self.down) > 1 else QEvent.Type.TouchEnd
        self._send(kind, {finger: QEventPoint.State.Released})
        del self.down[finger]

    def lose(self) -> None:
        """The system takes the touch away."""
        self._user.touch(QEvent.Type.TouchCancel)
        self.down.clear()

    def _send(self, kind: QEvent.Type, states: dict[int, QEventPoint.State]) -> None:
        idle = QEventPoint.State.Stationary
        fingers = [(f, states.get(f, idle), at) for f, at in self.down.items()]
        self._user.touch(kind, *fingers)


def line(*points: Point, name: str = "x") -> Group:
    return Group.of([Stroke(points, 2.0)], name)
