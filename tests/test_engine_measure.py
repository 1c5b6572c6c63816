"""The measuring lane: slots by name, the latest wins, results on the GUI thread in order."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from viz.compute import Nets
from viz.engine import Engine


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[Engine]:
    engine = Engine()
    engine.start()
    yield engine
    engine.stop()


def test_every_result_is_delivered_in_order_on_the_gui_thread(engine: Engine, qtbot: QtBot) -> None:
    taken: list[tuple[int, bool]] = []
    here = threading.current_thread()

    def work(nets: Nets) -> Iterator[int]:
        assert threading.current_thread() is not here
        assert nets("max") is nets("max")
        yield from range(3)

    with qtbot.waitSignal(engine.measured, timeout=20_000):
        engine.measure("a", work, lambda r: taken.append((r, threading.current_thread() is here)))
        assert engine.measuring
    assert taken == [(0, True), (1, True), (2, True)]
    assert not engine.measuring


def test_newer_work_under_a_name_stops_older_work(engine: Engine, qtbot: QtBot) -> None:
    taken: list[Any] = []
    first_is_out, second_is_posted = threading.Event(), threading.Event()

    def endless(nets: Nets) -> Iterator[str]:
        yield "old"
        first_is_out.set()
        second_is_posted.wait(20)
        while True:
            yield "old, late"

    with qtbot.waitSignal(engine.measured, timeout=20_000):
        engine.measure("a", endless, taken.append)
        assert first_is_out.wait(20)
        engine.measure("a", lambda nets: ["new"], taken.append)
        second_is_posted.set()
    # What was under way is delivered, nothing after it
    assert taken[-1] == "new" and taken.count("old, late") <= 1


def test_names_take_turns(engine: Engine, qtbot: QtBot) -> None:
    taken: list[str] = []
    with qtbot.waitSignal(engine.measured, timeout=20_000):
        engine.measure("a", lambda nets: iter(["a1", "a2", "a3"]), taken.append)
        engine.measure("b", lambda nets: iter(["b1", "b2", "b3"]), taken.append)
    assert [r for r in taken if r[0] == "a"] == ["a1", "a2", "a3"]
    assert taken.index("b1") < taken.index("a3")


def test_what_is_forgotten_is_not_delivered(engine: Engine, qtbot: QtBot) -> None:
    taken: list[str] = []
    with qtbot.waitSignal(engine.measured, timeout=20_000):
        engine.measure("a", lambda nets: ["never"], taken.append)
        engine.forget("a")
    assert taken == [] and not engine.measuring


def test_a_failing_measurement_is_reported_and_does_not_end_the_lane(
    engine: Engine, qtbot: QtBot
) -> None:
    def fails(nets: Nets) -> Iterator[int]:
        yield 1
        raise ValueError("no such stroke")

    taken: list[int] = []
    with (
        qtbot.waitSignals([engine.failed, engine.measured], timeout=20_000) as blocker,
    ):
        engine.measure("a", fails, taken.append)
    assert taken == [1]
    assert any("no such stroke" in str(s.args) for s in blocker.all_signals_and_args)
    with qtbot.waitSignal(engine.measured, timeout=20_000):
        engine.measure("a", lambda nets: [2], taken.append)
    assert taken == [1, 2]


def test_stopping_ends_the_thread_in_the_middle_of_endless_work(qtbot: QtBot) -> None:
    engine = Engine()
    engine.start()

    def endless(nets: Nets) -> Iterator[int]:
        while True:
            yield 0

    engine.measure("a", endless, lambda _: None)
    engine.stop()
    assert not [t for t in threading.enumerate() if t.name in ("live", "measure")]
