"""Endurance: the demonstrations of all chapters, over and over; memory and threads must stay flat.

Argument: the seconds to go on for. One round plays every demonstration of every chapter, with each
of the chapter's instruments measuring in turn. Between the first rounds caches fill, so growth is
counted from the end of the second one on.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import psutil
from PyQt6.QtCore import QAbstractAnimation, QObject

from viz import app
from viz.bench.drag import opened, scene_to_drag
from viz.bench.waiting import pass_time, wait_for
from viz.chapters.registry import chapter_ids

ROUNDS = 6
"""At least so many rounds, however short; in a long run a demonstration plays ``LONGEST_S``."""
LONGEST_S = 4.0
SETTLING = 2
"""Rounds in which caches fill."""


def census(application: app.Application) -> dict[str, float]:
    """What must not grow from round to round."""
    gc.collect()
    process = psutil.Process()
    objects = application.window.findChildren(QObject)
    return {
        "rss_mb": process.memory_info().rss / 2**20,
        "threads": process.num_threads(),
        # Qt's own animations come and go
        "objects": sum(not isinstance(each, QAbstractAnimation) for each in objects),
        "undo_steps": application.document.undo_stack.count(),
    }


def rounds(application: app.Application, dwell_s: float) -> Iterator[dict[str, float]]:
    """Play everything for ``dwell_s`` seconds each, for ever; a census after every round."""
    window, document = application.window, application.document
    player = window.player
    turn = 0
    while True:
        for chapter in chapter_ids():
            document.view.chapter = chapter
            panel = window.panels.shown
            for demonstration in player.library():
                if panel is not None and panel.instruments:
                    panel.choose(panel.instruments[turn % len(panel.instruments)].id)
                turn += 1
                player.load(demonstration)
                player.play()
                pass_time(dwell_s)
            player.pause()
        wait_for(lambda: not application.engine.measuring, 60.0, "the measuring lane")
        yield census(application)


def measure(seconds: float) -> dict[str, Any]:
    """Growth between the end of the second round and that of the last one."""
    application = opened(scene_to_drag(32, 64)[0])
    count = 0
    for chapter in chapter_ids():
        application.document.view.chapter = chapter
        count += len(application.window.player.library())
    dwell = min(LONGEST_S, seconds / ROUNDS / count)
    start, found = time.monotonic(), list[dict[str, float]]()
    for state in rounds(application, dwell):
        found.append(state)
        enough = len(found) > SETTLING and time.monotonic() - start >= seconds
        if enough:
            break
    application.window.close()
    return summary(found, time.monotonic() - start)


def summary(found: list[dict[str, float]], seconds: float) -> dict[str, Any]:
    """First and last census after the caches have filled, and what grew between them."""
    first, last = found[SETTLING - 1], found[-1]
    return {
        "seconds": seconds,
        "rounds": len(found),
        "memory_mb": last["rss_mb"],
        "memory_growth_mb": last["rss_mb"] - first["rss_mb"],
        "threads": last["threads"],
        "thread_growth": last["threads"] - first["threads"],
        "object_growth": last["objects"] - first["objects"],
        "undo_steps": last["undo_steps"],
    }


if __name__ == "__main__":
    print(json.dumps(measure(float(sys.argv[1]))))
