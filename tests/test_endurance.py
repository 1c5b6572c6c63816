"""Nothing gathers: threads, objects, undo steps and Python's memory over rounds of demonstrations,
lecture and tour.

A shortened form of ``bench --hours 2``, without times: two rounds fill the caches, two more are
compared.
"""

from __future__ import annotations

import tracemalloc
from collections import Counter
from itertools import islice

import pytest
import torch
from pytestqt.qtbot import QtBot

from viz import resources
from viz.app import Application
from viz.bench.endurance import SETTLING, Census, rounds, summary
from viz.chapters.registry import demonstrations, known_ids
from viz.cli.parser import make_parser
from viz.errors import UserError
from viz.scene.digits import number
from viz.session.lecture_files import load

DWELL_S = 0.05
GROWTH_MB = 2.0


def test_rounds_of_all_demonstrations_leave_nothing_behind(qtbot: QtBot) -> None:
    threads = torch.get_num_threads()
    application = Application(number("31"), keep=False)
    qtbot.addWidget(application.window)
    failed: list[str] = []
    application.engine.failed.connect(failed.append)
    application.window.resize(1280, 720)
    application.window.show()
    application.start()
    qtbot.waitUntil(lambda: application.document.snapshot is not None, timeout=20000)
    steps, seen = set[int](), set[str]()
    lecture = application.window.lecture
    lecture.changed.connect(lambda: steps.add(lecture.index))
    application.document.view.changed.connect(seen.add)
    try:
        played = rounds(application, DWELL_S)
        settled = list(islice(played, SETTLING))[-1]
        tracemalloc.start()
        next(played)  # what is kept of a few states is replaced by what is traced
        before = next(played)
        taken = tracemalloc.take_snapshot()
        after = next(played)
        grown = tracemalloc.take_snapshot().compare_to(taken, "filename")
        tracemalloc.stop()
    finally:
        application.window.close()
        torch.set_num_threads(threads)
    assert failed == []
    last = len(load(resources.lecture(), known_ids()).steps)
    assert steps == set(range(last)), "the lecture that ships, to its last step"
    assert seen >= {"enlarged", "explained", "answer_hidden", "blank", "presenting"}
    assert after.threads <= settled.threads
    assert after.objects <= before.objects <= settled.objects
    plays = len(demonstrations())
    steps_of_a_round = after.undo_steps - before.undo_steps
    assert steps_of_a_round <= 2 * plays + 1, "a play is a step or two, leaving the lecture one"
    assert sum(each.size_diff for each in grown) < GROWTH_MB * 2**20


def test_growth_is_counted_once_caches_are_full() -> None:
    def state(rss: float, threads: int, objects: str) -> Census:
        return Census(rss, threads, Counter(objects), undo_steps=3)

    told = summary([state(100, 9, ""), state(300, 5, "aab"), state(310, 5, "aab"),
                    state(305, 6, "aacc")], 30.0)  # fmt: skip
    assert told["memory_growth_mb"] == 5
    assert told["thread_growth"] == 1
    assert told["object_growth"] == 1 and told["new_objects"] == {"c": 2}
    assert told["rounds"] == 4


@pytest.mark.parametrize("text", ["0", "-1", "nan", "two", "1e9"])
def test_no_hours_are_refused(text: str) -> None:
    with pytest.raises(UserError, match=r"--hours: .* not a number of hours"):
        make_parser().parse_args(["bench", "--hours", text])
    assert make_parser().parse_args(["bench", "--hours", "0.5"]).hours == 0.5
    assert make_parser().parse_args(["bench"]).hours is None
