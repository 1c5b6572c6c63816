"""Trajectories on the screen: a demonstration's curves, seeking, a drag's path, ablations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
from binding_bench import Bench, bench
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viz import session as sessions
from viz.demos import by_id
from viz.measure.part import Part, put
from viz.measure.trajectory import MOST, SAMPLES
from viz.scene import Scene, files
from viz.scene.digits import number
from viz.session import Session
from viz.views.binding.kept_path import KeptPath, kept_path
from viz.views.binding.lane_plot import DRAWN, LaneCurves
from viz.views.binding.trajectory import BindingTrajectoryView, _lane_name


@dataclass(frozen=True)
class Moves:
    """As much of a demonstration as is needed here; counts the scenes asked for."""

    id: str = "moves"
    chapter: str = "binding"
    title: str = "Moves"
    duration: float = 4.0
    moving: tuple[int, int] | None = (0, 0)
    asked: list[float] = field(default_factory=list)

    def scene_at(self, time: float) -> Scene:
        self.asked.append(time)
        return put(number("5"), Part(0, 0), 4 * time - 8, 0)


def view_of(made: Bench) -> BindingTrajectoryView:
    view = BindingTrajectoryView(made.document, made.engine, made.canvas, made.choice, made.player)
    made.put(view)
    return view


def curve(view: BindingTrajectoryView, digit: int, lane: int = 0) -> np.ndarray:
    return view.plot.lanes[lane].probabilities[digit]


def test_a_demonstration_s_whole_time_is_shown(qtbot: QtBot) -> None:
    with bench(qtbot, number("5")) as made:
        view = view_of(made)
        demonstration = Moves()
        made.player.load(demonstration)  # type: ignore[arg-type]
        made.settle()
        assert view.demonstrating and view.plot.mark == 0.0
        made.player.seek(2.0)
        made.settle()
        assert view.plot.mark == 2.0
        (lane,) = view.plot.lanes
        assert len(lane.xs) == SAMPLES and lane.xs[-1] == 4.0
        output = made.document.snapshot.maps["output"]
        best = output[:10].max(0).argmax()
        at = int(np.abs(lane.xs - 2.0).argmin())
        assert lane.probabilities[:, at] == pytest.approx(np.exp(output[:, 0, best]), abs=1e-5)
        band = view.plot.band
        assert (band[0][0], band[-1][1]) == (0.0, 4.0)
        assert all(before[1] == after[0] for before, after in pairwise(band))
        now = next(text for first, last, text in band if first <= 2.0 <= last)
        assert now == made.document.snapshot.reading.text


def test_31_61_has_two_lanes_that_stay(qtbot: QtBot) -> None:
    demonstration = by_id("31-61")
    with bench(qtbot, demonstration.scene_at(0)) as made:
        view = view_of(made)
        made.player.load(demonstration)
        made.settle()
        left, right = lanes = view.plot.lanes
        wins = [lane.probabilities.argmax(0) for lane in lanes]
        assert {3, 5, 4, 6} <= set(wins[0].tolist())
        assert set(wins[1].tolist()) == {1, 7}
        said = [text for first, last, text in view.plot.band if last - first > 1]
        assert said == ["31", "51", "57", "51", "41", "61", "31"]
        picture = [lane.probabilities.copy() for lane in lanes]
        for seconds in (3.5, 7.0, 12.5, 15.5):
            made.player.seek(seconds)
            made.settle()
            again = [lane.probabilities for lane in view.plot.lanes]
            assert all(np.array_equal(*pair) for pair in zip(picture, again, strict=True))
        view.resize(520, 250)
        shown = view.plot.shown()
        assert [lane.name for lane, _ in shown] == [left.name, right.name]
        assert shown[0][1].bottom() < shown[1][1].top() < view.plot.height()
        view.grab()
        labels = [number for number, _ in view.plot._labels(*shown[0])]
        assert [number for number in labels if number in (3, 5, 4, 6)] == [3, 5, 4, 6, 3]


def test_a_click_seeks_and_nothing_is_computed_twice(qtbot: QtBot) -> None:
    with bench(qtbot, number("5")) as made:
        view = view_of(made)
        demonstration = Moves()
        made.player.load(demonstration)  # type: ignore[arg-type]
        made.settle()
        computed = len(demonstration.asked)
        at = QPointF(view.plot.x_of(3.0), 60.0)
        left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        whole = QPointF(view.plot.mapToGlobal(at))
        press = QMouseEvent(QEvent.Type.MouseButtonPress, at, whole, left, left, plain)
        QApplication.sendEvent(view.plot, press)
        made.settle()
        assert made.player.time == pytest.approx(3.0, abs=0.02)
        assert view.plot.mark == made.player.time
        assert len(demonstration.asked) == computed + 1  # the player's own
        view.hide()
        view.show()
        made.settle()
        assert len(demonstration.asked) == computed + 1


def test_ablation_draws_new_curves_over_the_faint_old_ones(qtbot: QtBot) -> None:
    with bench(qtbot, number("5")) as made:
        view = view_of(made)
        made.player.load(Moves())  # type: ignore[arg-type]
        made.settle()
        before = curve(view, 5).copy()
        assert view.plot.lanes[0].before is None
        for number_ in range(25):
            made.document.toggle_ablation("C3", number_)
        made.settle()
        lane = view.plot.lanes[0]
        assert lane.before is not None and np.array_equal(lane.before[1][5], before)
        assert lane.probabilities.shape[1] == SAMPLES
        assert not np.array_equal(lane.probabilities[5], before)
        view.grab()
        made.document.restore_all()
        made.settle()
        assert np.array_equal(curve(view, 5), before)
        assert view.plot.lanes[0].before is None


def test_a_drag_leaves_its_path(qtbot: QtBot) -> None:
    with bench(qtbot, number("5")) as made:
        made.document.select([0], (0, 0))
        view = view_of(made)
        assert "drag it" in view.bar.text
        base = made.document.scene
        gesture = made.document.new_gesture()
        for step in range(1, 11):
            scene = put(base, Part(0, 0), step / 2, 0)
            made.document.apply(scene, "drag", gesture=gesture)
            made.settle()
        qtbot.waitUntil(lambda: len(view.plot.lanes[0].xs) == 11)
        assert "window" in view.bar.text
        assert view.trail.xs == pytest.approx([step / 2 for step in range(11)])
        assert view.plot.mark == pytest.approx(5.0)
        made.document.toggle_ablation("C5", 7)
        made.settle()

        # the whole path is computed anew, and the path without ablation stays behind
        def both() -> bool:
            lane = view.plot.lanes[0]
            return lane.before is not None and len(lane.xs) == len(lane.before[0]) == 11

        qtbot.waitUntil(both)
        view.plot.chosen.emit(1.0)  # there is no time to seek on a hand's path
        assert made.document.scene == put(base, Part(0, 0), 5, 0)


def test_taking_over_turns_to_the_hand_s_path(qtbot: QtBot) -> None:
    with bench(qtbot, number("5")) as made:
        view = view_of(made)
        made.player.load(Moves())  # type: ignore[arg-type]
        made.settle()
        made.document.apply(put(made.document.scene, Part(0, 0), 1, 0), "grabbed")
        made.settle()
        assert not view.demonstrating and len(view.trail.xs) == 1
        made.player.seek(1.0)
        made.settle()
        assert view.demonstrating and view.plot.mark == 1.0


def test_an_empty_canvas_is_no_error(qtbot: QtBot) -> None:
    with bench(qtbot, Scene()) as made:
        view = view_of(made)
        assert view.plot.lanes == ()
        made.document.apply(number("5"), "Digit")
        made.settle()
        assert view._subject is not None


def test_a_demonstration_left_in_another_chapter_is_no_way_here(qtbot: QtBot) -> None:
    with bench(qtbot, number("5")) as made:
        made.document.set_chapter("binding")
        view = view_of(made)
        elsewhere = Moves(chapter="equivariance")
        made.document.apply(elsewhere.scene_at(1.0), "show")
        made.player.adopt(elsewhere, 1.0)  # type: ignore[arg-type]
        made.settle()
        assert not view.demonstrating
        view.plot.chosen.emit(3.0)
        assert (made.player.time, made.player.taken_over) == (1.0, False)


def dragged(made: Bench, view: BindingTrajectoryView) -> None:
    """A drag of ten steps, which then rests."""
    made.document.select([0], (0, 0))
    made.settle()
    base, gesture = made.document.scene, made.document.new_gesture()
    for step in range(1, 11):
        made.document.apply(put(base, Part(0, 0), step, -step / 2), "drag", gesture=gesture)
        made.settle()
    qtbot = made.qtbot
    qtbot.waitUntil(lambda: len(view.plot.lanes[0].xs) == 11)
    qtbot.waitUntil(lambda: bool(view.state()), timeout=5000)


def again(state: object) -> dict[str, object]:
    """As a session file brings it back."""
    return json.loads(json.dumps(state))


def test_a_session_keeps_a_drag_s_path(qtbot: QtBot) -> None:
    with bench(qtbot, number("35", height=32, width=64)) as made:
        view = view_of(made)
        assert view.state() == {}
        dragged(made, view)
        state, picture = view.state(), view.plot.grab().toImage()
        lanes, band, note = view.plot.lanes, view.plot.band, view.bar.text
        assert view.state() is state  # asked in every frame of a recording
        scene = files.loads(files.dumps(made.document.scene))
        session = Session(scene, instruments={"BindingTrajectoryView": state})
        state = sessions.loads(sessions.dumps(session)).instruments["BindingTrajectoryView"]

    with bench(qtbot, scene) as made:  # another window
        view = view_of(made)
        made.document.select([0], (0, 0))
        made.settle()
        assert len(view.plot.lanes[0].xs) == 1
        view.restore(again(state))
        assert view.plot.grab().toImage() == picture and view.bar.text == note
        assert [lane.name for lane in view.plot.lanes] == [lane.name for lane in lanes]
        assert view.plot.band == band
        for mine, theirs in zip(view.plot.lanes, lanes, strict=True):
            assert mine.xs == pytest.approx(theirs.xs, abs=1e-5)
            seen = theirs.probabilities >= DRAWN
            assert np.abs(mine.probabilities - theirs.probabilities)[seen].max() < 1e-4
        assert again(view.state()) == again(state)
        view.hide()
        view.show()
        made.settle()
        assert view.plot.grab().toImage() == picture
        made.document.apply(put(made.document.scene, Part(0, 0), 1, 0), "drag")
        made.settle()  # another path begins
        qtbot.waitUntil(lambda: len(view.plot.lanes[0].xs) == 2, timeout=5000)


def test_a_path_is_of_its_drawing_part_and_network(qtbot: QtBot) -> None:
    with bench(qtbot, number("5")) as made:
        view = view_of(made)
        dragged(made, view)
        state, scene = again(view.state()), made.document.scene
    for change in ("drawing", "part", "network"):
        with bench(qtbot, scene) as made:
            view = view_of(made)
            made.document.select([0], (0, 1) if change == "part" else (0, 0))
            if change == "network":
                made.document.toggle_ablation("S4", 3)
            if change == "drawing":
                made.document.apply(put(scene, Part(0, 2), 0.5, 0), "drag")
            made.settle()
            view.restore(state)
            assert len(view.plot.lanes[0].xs) == 1 and view.state() == {}, change


def test_while_the_hand_moves_no_path_is_kept(qtbot: QtBot) -> None:
    """A recording asks for the state in every frame; it has the scenes themselves."""
    with bench(qtbot, number("5")) as made:
        now = 0.0
        made.player.clock = lambda: now
        view = view_of(made)
        made.document.select([0], (0, 0))
        for _ in range(5):
            now += 0.1
            made.document.apply(put(made.document.scene, Part(0, 0), 1, 0), "drag")
            made.settle()
            assert view.state() == {}
        qtbot.waitUntil(lambda: len(view.plot.lanes[0].xs) > 4)
        now += 0.3
        assert "lanes" in view.state()


def broken(state: dict[str, object]) -> Iterator[dict[str, object]]:
    """What a file may hold instead."""
    yield {}
    for key, values in {
        "part": (None, [0], [-1, 0], [0, "1"], [0, 1e9]),
        "of": (None, -1, 1.5, 1 << 40),
        "ends": ([1], [5, 1], [-1, 3], [0, 1e300], ["0", 1]),
        "xs": (None, [], ["AAAA*"], ["AAA="], [3], ["A" * 400], ["AACAfw=="], ["AACgQAAAgD8="],
               ["AAAA" * 50] * 30),
        "band": (None, [[0, 1]], [[0, 1, 5]], [[3, 1, "5"]], [[0, 1, "<b>5</b>"]], [[0, 1, "٣"]],
                 [[0, 1, "5" * 100]], [[0, 1, "5"]] * 1000),
        "lanes": (None, [], [3], [{}], [{"now": {"classes": [5], "p": []}}],
                  [{"now": {"classes": [5, 5], "p": []}}], [{"now": {"classes": [11], "p": []}}],
                  [{"now": {"classes": list(range(11)), "p": ["AAAA" * 50] * 100}}],
                  state["lanes"] * 20, [{**state["lanes"][0], "before": 5}]),
    }.items():  # fmt: skip
        for value in values:
            yield {**state, key: value}
        yield {name: kept for name, kept in state.items() if name != key}


def test_nothing_that_makes_no_sense_is_taken_for_a_path(qtbot: QtBot) -> None:
    with bench(qtbot, number("5")) as made:
        view = view_of(made)
        dragged(made, view)
        state = again(view.state())
        assert kept_path(state, _lane_name) is not None
        for damaged in broken(state):
            assert kept_path(damaged, _lane_name) is None, damaged
            view.restore(damaged)
        assert view._kept is None and len(view.plot.lanes[0].xs) == 11


def test_a_long_path_is_thinned_and_a_session_takes_it() -> None:
    rng = np.random.default_rng(1)
    xs = np.cumsum(rng.random(MOST))
    values = rng.dirichlet(np.ones(11), (12, MOST)).astype(np.float32).transpose(0, 2, 1)
    values[3, :, 7] = np.nan
    lanes = tuple(LaneCurves("", xs, one, (xs, one)) for one in values)
    band = tuple((float(x), float(x), "[?]12") for x in xs)
    state = KeptPath(Part(0, 1), 5, (0.0, 500.0), lanes, band).as_state()
    session = Session(Scene(), instruments={"BindingTrajectoryView": state})
    kept = sessions.loads(sessions.dumps(session)).instruments["BindingTrajectoryView"]
    path = kept_path(kept, _lane_name)
    assert path is not None and len(path.lanes) == 12 and len(path.band) == 80
    assert 40 < len(path.lanes[0].xs) < 60
    step = round(MOST / len(path.lanes[0].xs))
    for mine, theirs in zip(path.lanes, lanes, strict=True):
        assert mine.before is not None
        assert np.nanmax(np.abs(mine.probabilities - theirs.probabilities[:, ::step])) < 1e-4
    assert len(json.dumps(state)) < 60_000
