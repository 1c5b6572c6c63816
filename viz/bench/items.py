"""Commands on a drawing of many items, in the real window: how long each one blocks it.

The block is the longest stretch in which the event loop does not turn, from the command until the
screen shows its answer; autosave writes meanwhile.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from PyQt6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication

from viz import app
from viz.bench.drag import opened
from viz.scene import Group, Scene, Stroke
from viz.window.autosaver import Autosaver

COUNTS = (1_000, 10_000)
"""A full page, and the most that a scene may hold."""
CANVAS = (128, 512)
PATIENCE_S = 60.0
SETTLED_S = 0.4
"""At least so long after a command the loop is watched, when it is given for the first time: longer
than a hint waits for rest."""

Command = tuple[str, Callable[[], object]]


def scene_of(count: int) -> Scene:
    """Return a canvas full of small strokes of three points, one item each."""
    rng = np.random.default_rng(0)
    height, width = CANVAS
    at = rng.uniform((8, 8), (width - 8, height - 8), (count, 1, 2))
    lines = at + rng.uniform(-3, 3, (count, 3, 2))
    return Scene(height, width, tuple(Group.of([Stroke(line, 1.2)]) for line in lines))


class Commands:
    """What a user does to the drawing: ``each`` gives (name, act), to be acted one after the other.
    Afterwards the drawing is as it was."""

    def __init__(self, application: app.Application) -> None:
        self._document, self._window = application.document, application.window
        self._canvas = application.window.canvas

    def each(self) -> Iterator[Command]:
        """Run through the commands of keyboard, wheel, menus and pointer."""
        yield from self._whole()
        yield "select all", self._trigger("select_all")
        yield from self._whole()
        yield from self._pointer()
        half = range(len(self._document.scene.items) // 2)
        yield "select half", lambda: self._document.select(half)
        for name in ("delete", "undo", "redo"):
            yield name, self._trigger(name)
        yield "select all", self._trigger("select_all")
        yield "duplicate", self._trigger("duplicate")
        yield "undo", self._trigger("undo")
        yield "undo", self._trigger("undo")
        yield "select all", self._trigger("select_all")
        for name in ("group", "undo", "redo", "ungroup", "undo", "undo"):
            yield name, self._trigger(name)
        for name in ("clear", "undo"):
            yield name, self._trigger(name)
        yield from self._pen()

    def _whole(self) -> Iterator[Command]:
        """What acts on the selection, else on the drawing as a whole."""
        yield "arrow key", lambda: self._key(Qt.Key.Key_Right)
        yield "arrow key, again", lambda: self._key(Qt.Key.Key_Left)
        yield "wheel", lambda: self._wheel(Qt.KeyboardModifier.NoModifier)
        yield "undo", self._trigger("undo")
        yield "wheel with Ctrl", lambda: self._wheel(Qt.KeyboardModifier.ControlModifier)
        yield "undo", self._trigger("undo")
        yield "slant", lambda: self._window.transform_panel.rows["slant"].changed.emit(0.2)
        yield "undo", self._trigger("undo")
        yield "centre", self._trigger("centre")
        yield "undo", self._trigger("undo")

    def _pointer(self) -> Iterator[Command]:
        """Dragging everything and a corner of its frame, pointing, and a rubber band."""
        x, y = self._item(0)
        yield from self._drag("drag", self._canvas.to_widget(x, y))
        frame = self._canvas.frame
        if frame is not None:
            yield from self._drag("handle", QPointF(*frame.corners[2]))
        yield "hover", lambda: self._mouse(QEvent.Type.MouseMove, self._canvas.to_widget(40, 40))
        yield "Escape", lambda: self._key(Qt.Key.Key_Escape)
        yield from self._drag("rubber band", self._canvas.to_widget(0.5, 0.5))

    def _pen(self) -> Iterator[Command]:
        for tool in ("pen", "eraser"):
            yield tool, self._trigger(tool)
            yield from self._drag(tool, self._canvas.to_widget(*self._item(0)))
        yield "select", self._trigger("select")

    def _item(self, index: int) -> tuple[float, float]:
        x, y = self._document.scene.strokes_of(index)[0].points[1].tolist()
        return x, y

    def _drag(self, name: str, start: QPointF) -> Iterator[Command]:
        before = self._document.undo_stack.index()
        yield f"{name}, press", lambda: self._mouse(QEvent.Type.MouseButtonPress, start)
        for step in (10, 40):
            at = start + QPointF(step, step / 2)
            yield f"{name}, move", partial(self._mouse, QEvent.Type.MouseMove, at)
        yield f"{name}, release", lambda: self._mouse(QEvent.Type.MouseButtonRelease, at)
        while self._document.undo_stack.index() > before:
            yield "undo", self._trigger("undo")

    def _trigger(self, name: str) -> Callable[[], None]:
        return self._window.commands.actions[name].trigger

    def _key(self, key: Qt.Key) -> None:
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self._canvas, event)

    def _wheel(self, modifiers: Qt.KeyboardModifier) -> None:
        at = self._canvas.to_widget(100, 60)
        event = QWheelEvent(
            at, self._canvas.mapToGlobal(at), QPoint(), QPoint(0, 120),
            Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(self._canvas, event)

    def _mouse(self, kind: QEvent.Type, at: QPointF) -> None:
        none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
        moves, released = kind == QEvent.Type.MouseMove, kind == QEvent.Type.MouseButtonRelease
        event = QMouseEvent(
            kind, at, self._canvas.mapToGlobal(at), none if moves else left,
            none if released else left, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(self._canvas, event)


def block_of(
    application: app.Application, act: Callable[[], object], *, rests: bool = True
) -> float:
    """Return the longest block, in milliseconds, until the screen shows what ``act`` did and, if
    it ``rests``, ``SETTLED_S`` have passed."""
    document, loop, timer = application.document, QEventLoop(), QTimer()
    begin = last = time.perf_counter()
    longest, least = 0.0, SETTLED_S if rests else 0.0

    def tick() -> None:
        nonlocal last, longest
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
        shown = document.snapshot is not None and document.snapshot.request.number
        if (shown == document.asked and now > begin + least) or now > begin + PATIENCE_S:
            loop.quit()

    act()
    tick()
    timer.timeout.connect(tick)
    timer.start(1)
    loop.exec()
    timer.stop()
    return longest * 1e3


def blocks(application: app.Application) -> dict[str, float]:
    """Return the longest block of each command, in milliseconds."""
    found: dict[str, float] = {}
    for name, act in Commands(application).each():
        found[name] = max(found.get(name, 0.0), block_of(application, act, rests=name not in found))
    return found


def measure(counts: tuple[int, ...] = COUNTS) -> dict[str, dict[str, Any]]:
    """Return, by the number of items, the worst command and its block in milliseconds."""
    figures: dict[str, dict[str, Any]] = {}
    for count in counts:
        application = opened(scene_of(count))
        window = application.window
        Autosaver(
            application.document, window.player, application.engine,
            window.session_store.capture, window.files.open_files, window.messages.show,
            application,
        )  # fmt: skip
        found = blocks(application)
        worst = max(found, key=found.__getitem__)
        figures[str(count)] = {"worst": worst, "block_ms": found[worst], "commands": found}
        window.close()
    return figures


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_STATE_HOME"] = home
        print(json.dumps(measure()))
