"""The measuring lane: slots by name, the latest wins, results on the GUI thread in order."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from viz.engine.compute import Nets
from viz.engine.engine import Engine
from viz.model.snapshot import Request
from viz.scene import Group, Scene, Stroke, rasterize_scene
from viz.scene.digits import number


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


def test_none_is_no_result_but_the_others_have_their_turn(engine: Engine, qtbot: QtBot) -> None:
    taken: list[str] = []
    both_are_posted = threading.Event()

    def slow(nets: Nets) -> Iterator[str | None]:
        both_are_posted.wait(20)
        for _ in range(5):
            yield None
        yield "a"

    with qtbot.waitSignal(engine.measured, timeout=20_000):
        engine.measure("a", slow, taken.append)
        engine.measure("b", lambda nets: iter(["b1", "b2", "b3"]), taken.append)
        both_are_posted.set()
    assert taken == ["b1", "b2", "b3", "a"]


def test_newer_work_waits_for_the_first_result_and_stops_what_follows(
    engine: Engine, qtbot: QtBot
) -> None:
    taken: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def work(number: int) -> Iterator[int | None]:
        yield None
        begun.set()
        assert go_on.wait(20)
        yield None
        yield number
        yield None
        yield number + 100

    with qtbot.waitSignal(engine.measured, timeout=20_000):
        engine.measure("a", lambda nets: work(1), taken.append)
        assert begun.wait(20)
        for number in (2, 3):
            engine.measure("a", lambda nets, n=number: work(n), taken.append)
        go_on.set()
    assert taken == [1, 3, 103]


def test_the_error_of_replaced_work_is_told(engine: Engine, qtbot: QtBot) -> None:
    taken: list[int] = []
    told: list[str] = []
    engine.failed.connect(told.append)
    begun, go_on = threading.Event(), threading.Event()

    def fails(nets: Nets) -> Iterator[int | None]:
        begun.set()
        assert go_on.wait(20)
        yield None
        raise ValueError("no such stroke")

    with qtbot.waitSignal(engine.measured, timeout=20_000):
        engine.measure("a", fails, taken.append)
        assert begun.wait(20)
        engine.measure("a", lambda nets: iter(()), taken.append)
        engine.measure("a", lambda nets: [7], taken.append)
        go_on.set()
    assert (taken, told) == ([7], ["ValueError: no such stroke"])


def heavy() -> Scene:
    """Takes seconds to rasterise."""
    rng = np.random.default_rng(0)
    strokes = [Stroke(rng.uniform((0, 0), (512, 128), (200, 2))) for _ in range(2000)]
    return Scene(128, 512, (Group.of(strokes),))


@pytest.mark.parametrize("end", ["stop", "forget"])
def test_rasterising_in_the_lane_is_broken_off(engine: Engine, qtbot: QtBot, end: str) -> None:
    scene, begun = heavy(), threading.Event()
    taken: list[object] = []
    ended: list[str] = []

    def work(nets: Nets) -> Iterator[object]:
        begun.set()
        try:
            yield rasterize_scene(scene)
        except Exception as error:
            ended.append(type(error).__name__)
            raise

    engine.failed.connect(ended.append)
    engine.measure("a", work, taken.append)
    assert begun.wait(20)
    if end == "stop":
        engine.stop()
        assert engine.ended
    else:
        engine.forget("a")
        with qtbot.waitSignal(engine.measured, timeout=20_000):
            engine.measure("a", lambda nets: ["next"], taken.append)
    assert ended == ["Cancelled"]
    assert taken == ([] if end == "stop" else ["next"])


def test_a_thread_that_outlives_the_patience_is_known(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viz.engine.engine.PATIENCE_S", 0.01)
    engine = Engine()
    engine.start()
    begun, go_on = threading.Event(), threading.Event()

    def deaf(nets: Nets) -> Iterator[int]:
        begun.set()
        go_on.wait(20)
        yield 1

    engine.measure("a", deaf, lambda _: None)
    assert begun.wait(20)
    engine.stop()
    assert not engine.ended
    go_on.set()
    qtbot.waitUntil(lambda: engine.ended, timeout=20_000)


def test_what_rests_waits_while_the_user_moves_something(engine: Engine, qtbot: QtBot) -> None:
    """The others go on meanwhile, and it ends once requests have ceased."""
    taken: list[str] = []
    with qtbot.waitSignal(engine.measured, timeout=20_000):
        engine.measure("network", lambda nets: [nets("max") is not None], lambda _: None)
    with qtbot.waitSignal(engine.measured, timeout=20_000):
        engine.post(Request(0, number("3")))
        engine.measure("training", lambda nets: iter(["step", "step"]), taken.append, rests=True)
        engine.measure("map", lambda nets: iter(["coarse", "fine"]), taken.append)
    assert taken == ["coarse", "fine", "step", "step"]
