"""Chapters in the real window: a drag's latency in each, and how long turning to another takes.

In every chapter a digit is dragged while each of its instruments in turn measures beside it, each
for its share of the time. A turn begins with the command that a number key triggers, and ends when
a paint event of the new chapter's panel is over; the first visit of each chapter, which imports and
builds its instruments, is told apart.
"""

from __future__ import annotations

import json
import time
from itertools import permutations
from typing import Any

import numpy as np
from PyQt6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PyQt6.QtWidgets import QApplication, QWidget

from viz import app
from viz.bench.drag import PAUSED_HZ, Drag, opened, scene_to_drag
from viz.bench.waiting import pass_time, wait_for
from viz.chapters.registry import chapter_ids

WARM_S, DRAG_S = 0.5, 5.0
"""Seconds of dragging in a chapter, divided among its instruments; each warms up before."""
LEAST_S = 1.0
"""The least share of an instrument."""
REST_S = 0.15
"""Pause between two turns: keys are not pressed faster in a lecture."""
PATIENCE_S = 20.0


class Turn(QObject):
    """Turns to a chapter and times it."""

    def __init__(self, application: app.Application) -> None:
        super().__init__()
        self._window = application.window
        self._target: QWidget | None = None
        self._loop = QEventLoop()

    def __call__(self, chapter: str) -> float:
        """Milliseconds from the command to the end of the first paint with the new chapter."""
        qapp = QApplication.instance()
        assert qapp is not None
        window = self._window
        start = time.perf_counter()
        window.commands.actions[f"chapter_{chapter}"].trigger()
        self._target = window.panels.shown
        qapp.installEventFilter(self)
        QTimer.singleShot(round(PATIENCE_S * 1000), self._loop.quit)
        self._loop.exec()
        took = (time.perf_counter() - start) * 1e3
        qapp.removeEventFilter(self)
        if self._target is not None:
            raise RuntimeError(f"the chapter {chapter} was not painted")
        return took

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Wait for a paint event of the target or of something in it."""
        target = self._target
        if (
            target is not None
            and event is not None
            and event.type() == QEvent.Type.Paint
            and isinstance(watched, QWidget)
            and (watched is target or target.isAncestorOf(watched))
        ):
            self._target = None
            QTimer.singleShot(0, self._loop.quit)  # after all that is painted with it
        return False


def turns(application: app.Application, rest_s: float = REST_S) -> dict[str, float]:
    """The worst first visit and the worst of all later turns between two chapters, in ms."""
    turn = Turn(application)
    first, again = [], []
    for chapter in chapter_ids()[1:]:
        first.append(turn(chapter))
        pass_time(rest_s)
    wait_for(lambda: not application.engine.measuring, PATIENCE_S, "the measuring lane")
    for one, other in permutations(chapter_ids(), 2):
        application.document.view.chapter = one
        pass_time(rest_s)
        again.append(turn(other))
        pass_time(rest_s)
    return {
        "first_ms": max(first),
        "worst_ms": max(again),
        "median_ms": float(np.median(again)),
        "turns": len(again),
    }


def latencies(
    application: app.Application, grip: tuple[float, float], seconds: float = DRAG_S
) -> dict[str, dict[str, Any]]:
    """By chapter: p50 and p99 of a drag in ms over all its instruments, the worst GUI block, and
    p99 beside each instrument."""
    found: dict[str, dict[str, Any]] = {}
    for chapter in chapter_ids():
        application.document.view.chapter = chapter
        panel = application.window.panels.shown
        assert panel is not None
        count = len(panel.instruments)
        drag = Drag(application, grip)
        waited, block, beside = list[float](), 0.0, dict[str, float]()
        drag.press()
        for index in range(count):
            panel.choose(panel.instruments[index].id)
            drag.lead(PAUSED_HZ, WARM_S)
            drag.lead(PAUSED_HZ, max(LEAST_S, seconds / count))
            waited += drag.latencies_ms
            block = max(block, drag.block_ms)
            title = panel.instruments[index].title
            beside[title] = float(np.percentile(drag.latencies_ms, 99))
        drag.release()
        application.document.undo_stack.undo()  # the digit is back where it was taken
        p50, p99 = np.percentile(waited, [50, 99])
        found[chapter] = {
            "p50": float(p50),
            "p99": float(p99),
            "gui_block_ms": block,
            "instruments_p99": beside,
        }
    return found


def measure() -> dict[str, Any]:
    """Both, in one window."""
    scene, grip = scene_to_drag(32, 64)
    application = opened(scene)
    turned = turns(application)
    figures = {"turning": turned, "chapters": latencies(application, grip)}
    application.window.close()
    return figures


if __name__ == "__main__":
    print(json.dumps(measure()))
