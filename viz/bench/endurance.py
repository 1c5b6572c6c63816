"""Endurance: demonstrations, lecture and tour, over and over; memory and threads must stay flat.

Argument: the seconds to go on for. One round plays every demonstration of every chapter, with each
of the chapter's instruments measuring in turn; presents the lecture that ships, step by step, while
things are enlarged and explained, the answer is hidden and the screen black; and takes the tour.
The first round shows every size of canvas in every instrument besides, and waits for each result:
what is made when it is first needed is there then, on however slow a machine. Caches fill in the
second, and growth is counted from its end on.
"""

from __future__ import annotations

import ctypes
import gc
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from itertools import count, cycle
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
"""Rounds before growth is counted."""

PATIENCE_S = 60.0

ENLARGED = ("C1", "", "canvas", "C3:7", "", "instrument", "scores")
"""What is enlarged in the steps of the lecture, in turn."""


@dataclass(frozen=True)
class Census:
    """What must not grow from round to round, but for the undo steps."""

    rss_mb: float
    threads: int
    objects: Counter[str]
    """By the names of their classes, without Qt's own animations, which come and go."""
    undo_steps: int


def census(application: app.Application) -> Census:
    """Count what there is now, without what the C library keeps of freed memory.

    That is 40 to 70 MB here, more from round to round, since the threads' arrays of many sizes
    leave gaps: counted with it, memory grew by 20 MB in six rounds and no more in twelve. Given
    back, it grows by 10 MB until the fourth round and stays.
    """
    gc.collect()
    with suppress(OSError, AttributeError):  # other systems have no such call
        ctypes.CDLL(None).malloc_trim(0)
    process = psutil.Process()
    objects = application.window.findChildren(QObject)
    return Census(
        process.memory_info().rss / 2**20,
        process.num_threads(),
        Counter(type(one).__name__ for one in objects if not isinstance(one, QAbstractAnimation)),
        application.document.undo_stack.count(),
    )


def rounds(application: app.Application, dwell_s: float) -> Iterator[Census]:
    """Play and show everything for ``dwell_s`` seconds each, for ever; a census after every
    round. All rounds are alike: what grows is not what comes for the first time."""
    window, document = application.window, application.document
    player = window.player
    for number in count():
        is_first = number == 0
        met = set[tuple[str, int, int]]()
        for chapter in chapter_ids():
            document.view.chapter = chapter
            panel = window.panels.shown
            assert panel is not None
            for turn, demonstration in enumerate(player.library()):
                player.load(demonstration)
                scene = document.scene
                if is_first and (size := (chapter, scene.height, scene.width)) not in met:
                    met.add(size)
                    for instrument in panel.instruments:
                        with result_awaited(application):
                            panel.choose(instrument.id)
                panel.choose(panel.instruments[turn % len(panel.instruments)].id)
                player.play()
                pass_time(dwell_s)
            player.pause()
        present_lecture(application, dwell_s, wait=is_first)
        player.pause()  # the last step's demonstration, which would be measured for ever
        take_tour(application, dwell_s)
        wait_for(lambda: not application.engine.measuring, PATIENCE_S, "the measuring lane")
        yield census(application)


@contextmanager
def result_awaited(application: app.Application) -> Iterator[None]:
    """Pause what comes to the screen meanwhile, and wait for its first result if it is measured."""
    window, document, engine = application.window, application.document, application.engine
    panels = window.panels

    def results() -> list[Any]:
        return [getattr(one, "result", None) for panel in panels.built for one in panel.instruments]

    def is_there() -> bool:
        if any(one is not other for one, other in zip(results(), before, strict=False)):
            return True
        snapshot = document.snapshot
        return snapshot is not None and snapshot.scene == document.scene and not engine.measuring

    before = results()
    yield
    window.player.pause()
    wait_for(is_there, PATIENCE_S, "a result")


def present_lecture(application: app.Application, dwell_s: float, *, wait: bool) -> None:
    """Go through the lecture that ships, by its commands; ``wait`` at every step for a result."""
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
        with result_awaited(application) if wait else nullcontext():
            actions["lecture_next"].trigger()
            pass_time(dwell_s / 3)
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
        things = len(demonstrations()) + len(load(resources.lecture(), known_ids()).steps)
        dwell = min(LONGEST_S, seconds / ROUNDS / things)
        start, found = time.monotonic(), list[Census]()
        for state in rounds(application, dwell):
            found.append(state)
            if len(found) >= ROUNDS and time.monotonic() - start >= seconds:
                break
        application.window.close()
    return {**summary(found, time.monotonic() - start), "warnings": len(said)}


def summary(found: list[Census], seconds: float) -> dict[str, Any]:
    """The last census, and what grew since the caches have filled."""
    first, last = found[SETTLING - 1], found[-1]
    return {
        "seconds": seconds,
        "rounds": len(found),
        "memory_mb": last.rss_mb,
        "memory_growth_mb": last.rss_mb - first.rss_mb,
        "threads": last.threads,
        "thread_growth": last.threads - first.threads,
        "object_growth": last.objects.total() - first.objects.total(),
        "new_objects": dict(last.objects - first.objects),
        "undo_steps": last.undo_steps,
    }


if __name__ == "__main__":
    print(json.dumps(measure(float(sys.argv[1]))))
