"""1989: the race that ships is scrubbed; a live one is run, paused, begun again, seeded anew."""

from __future__ import annotations

import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.registry import by_id
from viz.measure.race import PASSES, stored
from viz.scene import Scene

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    lab = new_lab(Scene(32, 32))  # the digits are not those of the canvas
    lab.show("race-1989", (900, 260))
    return lab


def test_the_stored_race_stands_there_and_a_pass_is_chosen(lab: Lab) -> None:
    view, kept = lab.instrument, stored().race
    assert not view.message and view.plot.note == "stored race: pen strokes, seed 1"
    assert [len(series.x) for series in view.plot.series] == [PASSES + 1] * 5
    assert [row[2] for row in view.table.rows] == ["2,570", "3,214", "1,226", "1,132", "1,060"]
    assert [row[3] for row in view.table.rows] == ["2,570", "3,214", "1,226", "2,266", "5,194"]
    assert [row[7] for row in view.table.rows] == ["80.0", "87.0", "88.5", "94.0", "98.4"]
    QTest.mouseClick(view.plot.view.viewport(), LEFT, pos=_over(view, 3))
    assert view.at == 3 and view.plot.mark == 3.0
    assert view.table.rows[4][5] == f"{kept.asked[4, 3]:.1f}"
    right = round(1.6 * kept.asked[4, 3])
    assert f"after 3 passes: {right} / 160" in view.formula()
    assert view.state()["pass"] == 3


def _over(view: object, at: int) -> object:
    plot = view.plot  # type: ignore[attr-defined]
    place = plot.to_widget(float(at), 50.0).toPoint()
    return plot.view.viewport().mapFrom(plot, place)


def test_a_race_runs_pauses_goes_on_and_takes_another_seed(lab: Lab) -> None:
    view = lab.instrument
    QTest.mouseClick(view.other, LEFT)
    assert view.running and view.seed == 2
    lab.wait_until(lambda: view.result.states and view.result.passes == 1)
    assert view.at == 1 and view.plot.note == "pen strokes, seed 2"
    QTest.mouseClick(view.racing, LEFT)
    assert not view.running and view.racing.text() == "Race"
    lab.settle()
    paused = view.result
    assert paused.passes == 1 and not lab.engine.measuring
    QTest.mouseClick(view.racing, LEFT)
    lab.wait_until(lambda: view.result.passes == 2)
    assert (view.result.asked[:, :2] == paused.asked).all()
    view.hide()  # a race that is out of sight waits
    assert not view.running and not lab.engine.measuring
    view.show()
    lab.settle()
    assert view.result.passes == 2
    QTest.mouseClick(view.again, LEFT)
    lab.wait_until(lambda: view.result.passes == 1)
    assert (view.result.asked == paused.asked).all()
    view.restore({"digits": "pen", "seed": 1, "pass": 7})  # as a demonstration does
    lab.settle()
    assert not view.running and view.at == 7 and not view.result.states


def test_without_mnist_the_plot_says_where_to_get_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from viz.measure import race

    race._mnist.cache_clear()
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    view = lab.instrument
    QTest.mouseClick(view.source, LEFT, pos=view.source.option_rect("mnist").center().toPoint())
    lab.settle()
    assert "MNIST" in view.plot.message and not view.running and view.table.rows == ()
    QTest.mouseClick(view.source, LEFT, pos=view.source.option_rect("pen").center().toPoint())
    lab.settle()
    assert view.plot.message == "" and view.result is stored().race


def test_the_demonstration_scrubs_through_the_stored_race(lab: Lab) -> None:
    demo = by_id("race")
    assert demo.settings_at is not None
    passes = [demo.settings_at(t)["pass"] for t in (0.0, 4.0, 9.0, demo.duration)]
    assert passes[0] == passes[-1] == 0 < passes[1] < passes[2] == PASSES
    lab.instrument.restore(demo.settings_at(9.0))
    assert lab.instrument.at == PASSES


@pytest.mark.parametrize("kept", [{"pass": 31}, {"pass": True}, {"seed": 0}, {"seed": "1"}])
def test_what_is_no_pass_or_seed_is_not_taken(lab: Lab, kept: dict) -> None:
    lab.instrument.restore(kept)
    assert (lab.instrument.at, lab.instrument.seed) == (PASSES, 1)
