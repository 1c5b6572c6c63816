"""A digit dragged over the canvas of the real window by real mouse events.

Arguments: the canvas (``32x64``) and, optionally, ``--flood``. An event counts as answered when
the last visible view has painted a snapshot that contains it. In an ordinary drag an event's clock
starts when it is handed to the canvas; in the flood it starts when the event was due, so that a
blocked GUI thread counts as latency and not as a slower flood.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import deque
from typing import Any

import numpy as np
import psutil
from PyQt6.QtCore import QEvent, QEventLoop, QObject, QPointF, Qt, QTimer
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication

from viz import app
from viz.bench import WINDOW
from viz.bench.waiting import send_paced
from viz.model.snapshot import Request
from viz.scene import Scene, digits

PAUSED_HZ, PAUSED_S = 125, 8.0
"""As often as an ordinary USB mouse reports."""
DRAGGED_HZ, DRAGGED_S = 500, 4.0
"""More than can be answered: how many updates a second come out?"""
FLOOD_HZ, FLOOD_S = 1000, 20.0
RADIUS_PX = 3.0


class Drag(QObject):
    """Holds a digit with the left button and leads it round a circle, never twice the same way."""

    def __init__(self, application: app.Application, grip: tuple[float, float]) -> None:
        super().__init__()
        self._application, self._canvas = application, application.window.canvas
        self._grip = grip
        self._asked = self._painted = 0
        self._step = 0
        self._waiting: deque[tuple[int, float]] = deque()
        self.latencies_ms: list[float] = []
        self.block_ms = 0.0
        self.updates = 0
        application.document.request_changed.connect(self._on_request)
        application.clock.frame_painted.connect(self._on_painted)

    def press(self) -> None:
        """Take hold of the digit."""
        self._send(QEvent.Type.MouseButtonPress, self._grip)

    def release(self) -> None:
        """Let it go."""
        self._send(QEvent.Type.MouseButtonRelease, self._grip)

    def lead(self, rate_hz: int, seconds: float, *, from_due_time: bool = False) -> None:
        """Send events at this rate for this long, then wait until the last is answered."""
        self.latencies_ms, self.updates = [], 0
        self.block_ms = send_paced(
            lambda due: self._move(due if from_due_time else None),
            lambda: not self._waiting,
            rate_hz,
            seconds,
        )

    @property
    def last_event_shown(self) -> bool:
        """Whether the screen shows the scene as the last event left it."""
        document = self._application.document
        return (
            self._painted == self._asked
            and document.snapshot is not None
            and document.snapshot.scene == document.scene
        )

    def _move(self, since: float | None) -> None:
        self._step += 1
        angle = self._step * 0.05
        radius = RADIUS_PX * (1 + 0.2 * math.sin(self._step * 0.0137))
        x, y = self._grip
        before = self._asked
        begin = time.perf_counter() if since is None else since
        self._send(
            QEvent.Type.MouseMove, (x + radius * math.cos(angle), y + radius * math.sin(angle))
        )
        if self._asked == before:
            raise RuntimeError("a move of the pointer did not move the digit")
        self._waiting.append((self._asked, begin))

    def _send(self, kind: QEvent.Type, at: tuple[float, float]) -> None:
        position = self._canvas.to_widget(*at)
        button = Qt.MouseButton.LeftButton
        event = QMouseEvent(
            kind,
            position,
            QPointF(self._canvas.mapToGlobal(position)),
            Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button,
            Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(self._canvas, event)

    def _on_request(self, request: Request) -> None:
        self._asked = request.number

    def _on_painted(self, number: int, _spent_ms: float) -> None:
        now = time.perf_counter()
        self._painted = number
        self.updates += 1
        while self._waiting and self._waiting[0][0] <= number:
            self.latencies_ms.append((now - self._waiting.popleft()[1]) * 1e3)


def measure(height: int, width: int, *, flood: bool) -> dict[str, Any]:
    """Latency, updates, GUI block, memory and, if asked, the flood on a canvas of this size."""
    qapp = app.make_qapplication()
    scene, grip = scene_to_drag(height, width)
    application = opened(scene)
    window = application.window
    drag = Drag(application, grip)
    drag.press()
    drag.lead(PAUSED_HZ, 1.0)  # caches fill, torch warms up
    drag.lead(PAUSED_HZ, PAUSED_S)
    p50, p99 = np.percentile(drag.latencies_ms, [50, 99])
    block_ms = drag.block_ms
    drag.lead(DRAGGED_HZ, DRAGGED_S)
    screen = qapp.primaryScreen()
    size = screen.size() if screen else None
    figures: dict[str, Any] = {
        "latency_ms": {"p50": float(p50), "p99": float(p99)},
        "updates_per_s": drag.updates / DRAGGED_S,
        "gui_block_ms": max(block_ms, drag.block_ms),
        "rss_mb": _resident_mb(),
        "screen": f"{qapp.platformName()} {size.width()}×{size.height()}" if size else "",
    }
    if flood:
        figures["flood"] = _flood(drag)
    drag.release()
    window.close()
    return figures


def opened(scene: Scene) -> app.Application:
    """The program with its window on the screen, painted for the first time."""
    qapp = app.make_qapplication()
    application = app.Application(scene, keep=False)
    window = application.window
    window.resize(*WINDOW)
    window.show()
    opening = QEventLoop()
    application.clock.frame_painted.connect(opening.quit)
    application.engine.failed.connect(lambda text: qapp.exit(1))
    QTimer.singleShot(0, application.start)
    opening.exec()
    application.clock.frame_painted.disconnect(opening.quit)
    window.canvas.set_tool("select")
    return application


def _flood(drag: Drag) -> dict[str, Any]:
    """1,000 events a second. Memory is compared between its second and its last second."""
    drag.lead(FLOOD_HZ, 2.0, from_due_time=True)
    before_mb, worst, latencies = _resident_mb(), drag.block_ms, list(drag.latencies_ms)
    drag.lead(FLOOD_HZ, FLOOD_S - 2.0, from_due_time=True)
    latencies += drag.latencies_ms
    return {
        "worst_ms": max(latencies),
        "p50_ms": float(np.percentile(latencies, 50)),
        "p99_ms": float(np.percentile(latencies, 99)),
        "gui_block_ms": max(worst, drag.block_ms),
        "memory_growth_mb": _resident_mb() - before_mb,
        "last_event_shown": drag.last_event_shown,
        "events": len(latencies),
    }


def scene_to_drag(height: int, width: int) -> tuple[Scene, tuple[float, float]]:
    """Digits over the whole width, and a point on the ink of the first one."""
    text = ("31415926535897932384626" * 2)[: max(2, width // 32)]
    scene = digits.number(text, height=height, width=width)
    points = scene.strokes_of(0)[0].points
    x, y = points[len(points) // 2]
    return scene, (float(x), float(y))


def _resident_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("canvas")
    parser.add_argument("--flood", action="store_true")
    arguments = parser.parse_args()
    rows, columns = map(int, arguments.canvas.split("x"))
    print(json.dumps(measure(rows, columns, flood=arguments.flood)))
