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
    ) -> None:
        """A mouse event at a point of the canvas; its position is not rounded."""
        button = NONE if kind == QEvent.Type.MouseMove else LEFT
        position = self.canvas.to_widget(*at)
        whole = QPointF(self.canvas.mapToGlobal(position))
        event = QMouseEvent(kind, position, whole, button, buttons, modifiers)
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

    def touch(self, kind: QEvent.Type, *fingers: tuple[int, QEventPoint.State, Point]) -> None:
        """A touch event of fingers (number, state, point of the canvas)."""
        points = []
        for finger, state, at in fingers:
            position = self.canvas.to_widget(*at)
            whole = QPointF(self.canvas.mapToGlobal(position))
            points.append(QEventPoint(finger, state, position, whole))
        event = QTouchEvent(kind, TOUCHSCREEN, PLAIN, points)
        QApplication.sendEvent(self.canvas, event)

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


def line(*points: Point, name: str = "x") -> Group:
    return Group.of([Stroke(points, 2.0)], name)
