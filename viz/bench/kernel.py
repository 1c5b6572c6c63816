"""The kernel instrument in the real window: an 11×11 kernel beside a drag, then on a picture of
1024×1024 in colour, whose kernel is typed into.

Of a typed number the clock starts with the key that begins it. ``block_ms`` is the longest block of
the event loop while numbers are typed faster than the picture is computed.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from PyQt6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QApplication, QWidget

from viz.bench.drag import PAUSED_HZ, Drag, opened, scene_to_drag
from viz.bench.waiting import send_paced
from viz.chapters.convolution.kernel import Kernel

SIDE, KERNEL_SIDE = 1024, 11
WARM_S, DRAG_S = 1.0, 5.0
RUNS, WARM_UP = 9, 2
TYPING_HZ, TYPING_S = 10, 4.0
PATIENCE_S = 20.0


def measure(side: int = SIDE, drag_s: float = DRAG_S, runs: int = RUNS) -> dict[str, Any]:
    """Return the drag's p50 and p99, medians until the coarse and the whole result are shown, and
    the longest block while typing, all in milliseconds."""
    scene, grip = scene_to_drag(32, 64)
    application = opened(scene)
    document = application.document
    document.view.chapter = "convolution"
    panel = application.window.panels.shown
    assert panel is not None
    view = next(view for view in panel.instruments if isinstance(view, Kernel))
    panel.choose(view.id)
    rng = np.random.default_rng(1)
    view.restore({"kernel": np.rint(rng.normal(0, 2, (KERNEL_SIDE, KERNEL_SIDE))).tolist()})
    drag = Drag(application, grip)
    drag.press()
    drag.lead(PAUSED_HZ, min(WARM_S, drag_s))
    drag.lead(PAUSED_HZ, drag_s)
    drag.release()
    p50, p99 = np.percentile(drag.latencies_ms, [50, 99])
    before = view.result
    document.picture = rng.integers(0, 256, (side, side, 3), np.uint8)
    view.restore({"input": "picture"})
    _wait(lambda: view.result is not before and view.result.step == 1)
    coarse_ms, whole_ms = [], []
    for number in range(runs + WARM_UP):
        coarse, whole = _typed(view, number)
        if number >= WARM_UP:
            coarse_ms.append(coarse)
            whole_ms.append(whole)
    typed = iter(range(10_000))
    block_ms = send_paced(lambda due: _type(view, next(typed)), lambda: True, TYPING_HZ,
                          TYPING_S if runs == RUNS else 0.5)  # fmt: skip
    application.window.close()
    return {
        "latency_ms": {"p50": float(p50), "p99": float(p99)},
        "coarse_ms": statistics.median(coarse_ms),
        "whole_ms": statistics.median(whole_ms),
        "block_ms": block_ms,
    }


def _typed(view: Kernel, number: int) -> tuple[float, float]:
    """Milliseconds from typing a number until its coarse and its whole result are shown."""
    before, start = view.result, time.perf_counter()
    _type(view, number)
    _wait(lambda: view.result is not before)
    coarse = time.perf_counter()
    _wait(lambda: view.result is not before and view.result.step == 1)
    return (coarse - start) * 1e3, (time.perf_counter() - start) * 1e3


def _type(view: Kernel, number: int) -> None:
    """Type a figure, never the same as before, into a cell of the kernel."""
    grid = view.grid
    grid.point_at((number % KERNEL_SIDE, number // KERNEL_SIDE % KERNEL_SIDE))
    _press(grid, Qt.Key.Key_3, "3" if number % 2 else "4")
    _press(grid.box, Qt.Key.Key_Return, "\r")


def _press(widget: QWidget, key: Qt.Key, text: str) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
        QApplication.sendEvent(widget, event)


def _wait(condition: Callable[[], bool]) -> None:
    """Let events be handled until ``condition()``, to the millisecond."""
    loop, poll = QEventLoop(), QTimer()
    end = time.perf_counter() + PATIENCE_S
    poll.setTimerType(Qt.TimerType.PreciseTimer)
    poll.timeout.connect(lambda: loop.quit() if condition() or time.perf_counter() > end else None)
    poll.start(1)
    loop.exec()
    poll.stop()
    if not condition():
        raise RuntimeError("waited in vain for the kernel's result")


if __name__ == "__main__":
    print(json.dumps(measure()))
