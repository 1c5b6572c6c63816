"""The engine: the latest request wins, jobs report, and it stops at any moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from viz.engine.engine import PATIENCE_S, Engine
from viz.model.snapshot import Request, Snapshot, Unit
from viz.scene import Group, Scene, Stroke, Transform
from viz.scene.digits import number
from viz.scene.raster import check_cancelled


@pytest.fixture
def engine(qapp: object) -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.stop()


def test_a_flood_ends_with_the_latest(engine: Engine, qtbot: QtBot) -> None:
    shown: list[Snapshot] = []
    engine.snapshot_ready.connect(shown.append)
    engine.start()
    scene = number("31")
    for n in range(1, 2001):
        engine.post(Request(n, Scene(32, 64, scene.items, Transform(dx=n / 100))))
    qtbot.waitUntil(lambda: bool(shown) and shown[-1].request.number == 2000, timeout=20000)
    numbers = [snapshot.request.number for snapshot in shown]
    assert numbers == sorted(numbers)
    assert len(numbers) < 2000


def test_a_snapshot_is_whole_and_read_only(engine: Engine, qtbot: QtBot) -> None:
    engine.start()
    request = Request(1, number("31"), {"C1": frozenset({4})}, Unit("C3", 2, 3, 4))
    with qtbot.waitSignal(engine.snapshot_ready, timeout=20000) as got:
        engine.post(request)
    snapshot = got.args[0]
    assert snapshot.request is request
    assert snapshot.maps["C1"].shape == (20, 28, 60)
    assert not snapshot.maps["C1"][4].any()
    assert snapshot.maps["C1"].any()
    trace = snapshot.trace
    assert trace is not None
    assert trace.activation == snapshot.maps["C3"][2, 3, 4]
    assert trace.pre_activation == pytest.approx(snapshot.maps["C3 pre"][2, 3, 4], abs=1e-4)
    for array in (snapshot.image, *snapshot.maps.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_an_earlier_snapshot_does_not_change(engine: Engine, qtbot: QtBot) -> None:
    engine.start()
    with qtbot.waitSignal(engine.snapshot_ready, timeout=20000) as first:
        engine.post(Request(1, number("31")))
    kept = {name: array.copy() for name, array in first.args[0].maps.items()}
    with qtbot.waitSignal(engine.snapshot_ready, timeout=20000):
        engine.post(Request(2, number("57")))
    for name, array in first.args[0].maps.items():
        assert np.array_equal(array, kept[name])


def test_a_failure_is_told_and_the_lane_goes_on(engine: Engine, qtbot: QtBot) -> None:
    engine.start()
    with qtbot.waitSignal(engine.failed, timeout=20000) as failed:
        engine.post(Request(1, Scene(), {"C1": frozenset({20})}))  # 0 … 19 are there
    assert "IndexError" in failed.args[0]
    with qtbot.waitSignal(engine.snapshot_ready, timeout=20000):
        engine.post(Request(2, Scene()))


def test_stopping_while_busy_leaves_no_thread(qapp: object) -> None:
    before = set(threading.enumerate())
    engine = Engine()
    engine.start()
    for n in range(50):
        engine.post(Request(n, number("31")))
    engine.run_job(lambda: 1, lambda _: None, lambda _: None)
    engine.stop()
    assert set(threading.enumerate()) == before
    engine.run_job(lambda: 1, lambda _: None, lambda _: None)  # after the end: quietly nothing


def test_jobs_deliver_on_the_gui_thread(engine: Engine, qtbot: QtBot) -> None:
    results: list[object] = []
    threads: list[int] = []

    def job() -> int:
        threads.append(threading.get_ident())
        return 6 * 7

    def broken() -> int:
        raise OSError("gone")

    def done(value: object) -> None:
        threads.append(threading.get_ident())
        results.append(value)

    engine.run_job(job, done, results.append)
    qtbot.waitUntil(lambda: len(results) == 1)  # two jobs at once may end in either order
    engine.run_job(broken, done, results.append)
    qtbot.waitUntil(lambda: len(results) == 2)
    assert results[0] == 42
    assert isinstance(results[1], OSError)
    assert threads[0] != threading.get_ident()
    assert threads[1] == threading.get_ident()


def test_closing_breaks_a_long_rasterisation_off(qapp: object) -> None:
    """Two thousand long strokes take seconds; closing waits for one of them only."""
    rng = np.random.default_rng(0)
    strokes = [Stroke(rng.uniform((0, 0), (512, 128), (200, 2))) for _ in range(2000)]
    engine = Engine()
    engine.start()
    engine.post(Request(1, Scene(128, 512, (Group.of(strokes),))))
    worker = next(thread for thread in threading.enumerate() if thread.name == "live")
    engine.stop()
    assert not worker.is_alive()


def test_a_measurement_that_is_asked_for_faster_than_it_takes_still_shows_results(
    engine: Engine, qtbot: QtBot
) -> None:
    delivered: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def work(number: int) -> Iterator[int]:
        begun.set()
        assert go_on.wait(20)
        yield number
        yield number + 100

    engine.start()
    engine.measure("map", lambda nets: work(1), delivered.append)
    assert begun.wait(20)
    engine.measure("map", lambda nets: work(2), delivered.append)  # never begun
    engine.measure("map", lambda nets: work(3), delivered.append)
    with qtbot.waitSignal(engine.measured, timeout=20000):
        go_on.set()
    assert delivered == [1, 3, 103]  # not 101: the newer work stopped the older


def test_nothing_of_a_forgotten_measurement_is_delivered(engine: Engine, qtbot: QtBot) -> None:
    delivered: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def work() -> Iterator[int]:
        begun.set()
        assert go_on.wait(20)
        yield 1

    engine.start()
    engine.measure("map", lambda nets: work(), delivered.append)
    assert begun.wait(20)
    with qtbot.waitSignal(engine.measured, timeout=20000):
        engine.forget("map")
    go_on.set()
    with qtbot.waitSignal(engine.measured, timeout=20000):
        engine.measure("other", lambda nets: iter([2]), delivered.append)
    assert delivered == [2]
    assert not engine.measuring


def test_closing_does_not_wait_for_a_job_that_does_not_look(engine: Engine) -> None:
    """Such as one within torch, which opens a network of a gigabyte."""
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def job() -> None:
        begun.set()
        go_on.wait(PATIENCE_S)
        ended.set()

    engine.run_job(job, lambda _: None, lambda _: None)
    assert begun.wait(5)
    engine.stop()
    assert not ended.is_set() and not engine.ended
    go_on.set()
    assert ended.wait(5)


def test_closing_does_not_wait_for_a_job_that_looks_whether_it_is_wanted(engine: Engine) -> None:
    begun, ended, told = threading.Event(), threading.Event(), []

    def job() -> None:
        try:
            while True:
                begun.set()
                check_cancelled()
        finally:
            ended.set()

    engine.run_job(job, told.append, told.append)
    assert begun.wait(5)
    engine.stop()
    assert ended.is_set() and engine.ended and told == []
