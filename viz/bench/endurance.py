"""Endurance: demonstrations, lecture and tour, over and over; memory and threads must stay flat.

Argument: the seconds to go on for. One round plays every demonstration of every chapter, with each
of the chapter's instruments measuring in turn; presents the lecture that ships, step by step, while
things are enlarged and explained, the answer is hidden and the screen black; and takes the tour.
Between the first rounds caches fill, so growth is counted from the end of the second one on.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import Any

import psutil
from PyQt6.QtCore import QAbstractAnimation, QObject, qInstallMessageHandler

from viz import app, resources
from viz.bench.drag import opened, scene_to_drag
from viz.bench.waiting import pass_time, wait_for
from viz.chapters.registry import chapter_ids, demonstrations, known_ids
from viz.session.lecture_files import load

ROUNDS = 6
"""At least so many rounds, however short; in a long run a demonstration plays ``LONGEST_S``."""
LONGEST_S = 4.0
SETTLING = 2
"""Rounds in which caches fill."""

PATIENCE_S = 60.0

ENLARGED = ("C1", "", "canvas", "C3:7", "", "instrument", "scores")
"""What is enlarged in the steps of the lecture, in turn."""


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
    """Play and show everything for ``dwell_s`` seconds each, for ever; a census after every
    round."""
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
        present_lecture(application, dwell_s)
        take_tour(application, dwell_s)
        wait_for(lambda: not application.engine.measuring, PATIENCE_S, "the measuring lane")
        yield census(application)


def present_lecture(application: app.Application, dwell_s: float) -> None:
    """Go through the lecture that ships, by its commands."""
    window, view = application.window, application.document.view
    lecture, actions = window.lecture, window.commands.actions
    actions["lecture_start"].trigger()
    wait_for(lambda: lecture.is_open, PATIENCE_S, "the lecture")
    actions["present"].trigger()
    switches = cycle(("explain", "hide_answer", "blank"))
    for _, enlarged in zip(lecture.steps, cycle(ENLARGED), strict=False):
        pass_time(dwell_s / 3)
        view.enlarged = enlarged
        switch = actions[next(switches)]
        for _ in range(2):  # on, and off again
            switch.trigger()
            pass_time(dwell_s / 3)
        actions["lecture_next"].trigger()
    view.enlarged = ""
    actions["present"].trigger()
    actions["lecture_close"].trigger()


def take_tour(application: app.Application, dwell_s: float) -> None:
    """Go through the tour to its end."""
    tour = application.window.tour
    tour.begin()
    while tour.bubble is not None:
        pass_time(dwell_s)
        tour.go(1)


@contextmanager
def warnings() -> Iterator[list[str]]:
    """What Qt warns of meanwhile."""
    said: list[str] = []

    def hear(_kind: object, _context: object, text: str | None) -> None:
        said.append(text or "")
        print(text, file=sys.stderr)

    before = qInstallMessageHandler(hear)
    try:
        yield said
    finally:
        qInstallMessageHandler(before)


def measure(seconds: float) -> dict[str, Any]:
    """Growth between the end of the second round and that of the last one."""
    with warnings() as said:
        application = opened(scene_to_drag(32, 64)[0])
        count = len(demonstrations()) + len(load(resources.lecture(), known_ids()).steps)
        dwell = min(LONGEST_S, seconds / ROUNDS / count)
        start, found = time.monotonic(), list[dict[str, float]]()
        for state in rounds(application, dwell):
            found.append(state)
            enough = len(found) > SETTLING and time.monotonic() - start >= seconds
            if enough:
                break
        application.window.close()
    return {**summary(found, time.monotonic() - start), "warnings": len(said)}


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
