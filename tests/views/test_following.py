"""Following: a slow measurement still shows something while it is asked for anew and anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from viz.compute import Nets
from viz.engine import Engine
from viz.views.following import Following


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[Engine]:
    engine = Engine()
    engine.start()
    yield engine
    engine.stop()


def test_what_waits_has_its_turn_after_the_first_result(qtbot: QtBot, engine: Engine) -> None:
    following, seen = Following(engine, "slow"), []

    def work(number: int):
        def results(nets: Nets) -> Iterator[tuple[int, str]]:
            yield number, "coarse"
            yield number, "fine"

        return results

    with qtbot.waitSignal(engine.measured, timeout=20_000):
        for number in range(5):
            following.ask(work(number), seen.append)
    # The first is shown coarse although newer ones were asked for; of those only the last
    assert seen[0] == (0, "coarse")
    assert seen[-2:] == [(4, "coarse"), (4, "fine")]
    assert not {1, 2, 3} & {number for number, _ in seen}


def test_work_that_fails_or_finds_nothing_blocks_nobody(qtbot: QtBot, engine: Engine) -> None:
    following, seen = Following(engine, "odd"), []

    def fails(nets: Nets) -> Iterator[int]:
        raise ValueError("no")
        yield 0

    told: list[str] = []
    engine.failed.connect(told.append)
    following.ask(fails, seen.append)
    following.ask(lambda nets: iter(()), seen.append)
    following.ask(lambda nets: iter((7,)), seen.append)
    qtbot.waitUntil(lambda: seen == [7] and not engine.measuring, timeout=20_000)
    assert told == ["ValueError: no"]
    following.ask(lambda nets: iter((8,)), seen.append)
    qtbot.waitUntil(lambda: seen == [7, 8], timeout=5000)


def test_nothing_is_delivered_once_forgotten(qtbot: QtBot, engine: Engine) -> None:
    following, seen = Following(engine, "gone"), []
    following.ask(lambda nets: iter((1, 2)), seen.append)
    following.ask(lambda nets: iter((3,)), seen.append)
    following.forget()
    with qtbot.waitSignal(engine.measured, timeout=20_000):
        engine.measure("other", lambda nets: iter((0,)), lambda _: None)
    assert seen == []
    following.ask(lambda nets: iter((4,)), seen.append)
    qtbot.waitUntil(lambda: seen == [4], timeout=5000)
