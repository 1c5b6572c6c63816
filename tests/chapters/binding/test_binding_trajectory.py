"""Trajectories on the screen: a demonstration's curves, seeking, a drag's path, ablations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
import scene_files
from lab import Lab, NewLab
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication

from viz.chapters.binding.lane_plot import DRAWN, LaneCurves
from viz.chapters.binding.measure.trajectory import MOST, SAMPLES
from viz.chapters.binding.trajectory import BindingTrajectoryView, _lane_name
from viz.chapters.binding.trajectory_path import TrajectoryPath, kept_path
from viz.chapters.registry import by_id
from viz.measure.stroke_selection import StrokeSelection, put
from viz.scene import Scene
from viz.scene.digits import number
from viz.session.session import Session


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
        return put(number("5"), StrokeSelection(0, 0), 4 * time - 8, 0)


def view_of(lab: Lab) -> BindingTrajectoryView:
    view = BindingTrajectoryView(lab.document, lab.engine, lab.canvas, lab.parts, lab.player)
    lab.put(view, (640, 320))
    return view


def curve(view: BindingTrajectoryView, digit: int, lane: int = 0) -> np.ndarray:
    return view.plot.lanes[lane].probabilities[digit]


def test_a_demonstration_s_whole_time_is_shown(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = view_of(lab)
    demonstration = Moves()
    lab.player.load(demonstration)  # type: ignore[arg-type]
    lab.settle()
    assert view.demonstrating and view.plot.mark == 0.0
    lab.player.seek(2.0)
    lab.settle()
    assert view.plot.mark == 2.0
    (lane,) = view.plot.lanes
    assert len(lane.xs) == SAMPLES and lane.xs[-1] == 4.0
    output = lab.document.snapshot.maps["output"]
    best = output[:10].max(0).argmax()
    at = int(np.abs(lane.xs - 2.0).argmin())
    assert lane.probabilities[:, at] == pytest.approx(np.exp(output[:, 0, best]), abs=1e-5)
    band = view.plot.band
    assert (band[0][0], band[-1][1]) == (0.0, 4.0)
    assert all(before[1] == after[0] for before, after in pairwise(band))
    now = next(text for first, last, text in band if first <= 2.0 <= last)
    assert now == lab.document.snapshot.reading.text


def test_31_61_has_two_lanes_that_stay(new_lab: NewLab) -> None:
    demonstration = by_id("31-61")
    lab = new_lab(demonstration.scene_at(0))
    view = view_of(lab)
    lab.player.load(demonstration)
    lab.settle()
    left, right = lanes = view.plot.lanes
    wins = [lane.probabilities.argmax(0) for lane in lanes]
    assert {3, 5, 4, 6} <= set(wins[0].tolist())
    assert set(wins[1].tolist()) == {1, 7}
    said = [text for first, last, text in view.plot.band if last - first > 1]
    assert said == ["31", "51", "57", "51", "41", "61", "31"]
    picture = [lane.probabilities.copy() for lane in lanes]
    for seconds in (3.5, 7.0, 12.5, 15.5):
        lab.player.seek(seconds)
        lab.settle()
        again = [lane.probabilities for lane in view.plot.lanes]
        assert all(np.array_equal(*pair) for pair in zip(picture, again, strict=True))
    view.resize(520, 250)
    shown = view.plot.shown()
    assert [lane.name for lane, _ in shown] == [left.name, right.name]
    assert shown[0][1].bottom() < shown[1][1].top() < view.plot.height()
    view.grab()
    labels = [number for number, _ in view.plot._labels(*shown[0])]
    assert [number for number in labels if number in (3, 5, 4, 6)] == [3, 5, 4, 6, 3]


def test_a_click_seeks_and_nothing_is_computed_twice(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = view_of(lab)
    demonstration = Moves()
    lab.player.load(demonstration)  # type: ignore[arg-type]
    lab.settle()
    computed = len(demonstration.asked)
    at = QPointF(view.plot.x_of(3.0), 60.0)
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    whole = QPointF(view.plot.mapToGlobal(at))
    press = QMouseEvent(QEvent.Type.MouseButtonPress, at, whole, left, left, plain)
    QApplication.sendEvent(view.plot, press)
    lab.settle()
    assert lab.player.time == pytest.approx(3.0, abs=0.02)
    assert view.plot.mark == lab.player.time
    assert len(demonstration.asked) == computed + 1  # the player's own
    view.hide()
    view.show()
    lab.settle()
    assert len(demonstration.asked) == computed + 1


def test_ablation_draws_new_curves_over_the_faint_old_ones(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = view_of(lab)
    lab.player.load(Moves())  # type: ignore[arg-type]
    lab.settle()
    before = curve(view, 5).copy()
    assert view.plot.lanes[0].before is None
    for number_ in range(25):
        lab.document.toggle_ablation("C3", number_)
    lab.settle()
    lane = view.plot.lanes[0]
    assert lane.before is not None and np.array_equal(lane.before[1][5], before)
    assert lane.probabilities.shape[1] == SAMPLES
    assert not np.array_equal(lane.probabilities[5], before)
    view.grab()
    lab.document.restore_all()
    lab.settle()
    assert np.array_equal(curve(view, 5), before)
    assert view.plot.lanes[0].before is None


def test_a_drag_leaves_its_path(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    lab.document.select([0], (0, 0))
    view = view_of(lab)
    assert "drag it" in view.bar.text
    base = lab.document.scene
    gesture = lab.document.new_gesture()
    for step in range(1, 11):
        scene = put(base, StrokeSelection(0, 0), step / 2, 0)
        lab.document.apply(scene, "drag", gesture=gesture)
        lab.settle()
    lab.wait_until(lambda: len(view.plot.lanes[0].xs) == 11)
    assert "window" in view.bar.text
    assert view.trail.xs == pytest.approx([step / 2 for step in range(11)])
    assert view.plot.mark == pytest.approx(5.0)
    lab.document.toggle_ablation("C5", 7)
    lab.settle()

    # the whole path is computed anew, and the path without ablation stays behind
    def both() -> bool:
        lane = view.plot.lanes[0]
        return lane.before is not None and len(lane.xs) == len(lane.before[0]) == 11

    lab.wait_until(both)
    view.plot.chosen.emit(1.0)  # there is no time to seek on a hand's path
    assert lab.document.scene == put(base, StrokeSelection(0, 0), 5, 0)


def test_taking_over_turns_to_the_hand_s_path(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = view_of(lab)
    lab.player.load(Moves())  # type: ignore[arg-type]
    lab.settle()
    lab.document.apply(put(lab.document.scene, StrokeSelection(0, 0), 1, 0), "grabbed")
    lab.settle()
    assert not view.demonstrating and len(view.trail.xs) == 1
    lab.player.seek(1.0)
    lab.settle()
    assert view.demonstrating and view.plot.mark == 1.0


def test_an_empty_canvas_is_no_error(new_lab: NewLab) -> None:
    lab = new_lab(Scene())
    view = view_of(lab)
    assert view.plot.lanes == ()
    lab.document.apply(number("5"), "Digit")
    lab.settle()
    assert view._subject is not None


def test_a_demonstration_left_in_another_chapter_is_no_way_here(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    lab.document.view.chapter = "binding"
    view = view_of(lab)
    elsewhere = Moves(chapter="equivariance")
    lab.document.apply(elsewhere.scene_at(1.0), "show")
    lab.player.adopt(elsewhere, 1.0)  # type: ignore[arg-type]
    lab.settle()
    assert not view.demonstrating
    view.plot.chosen.emit(3.0)
    assert (lab.player.time, lab.player.taken_over) == (1.0, False)


def dragged(lab: Lab, view: BindingTrajectoryView) -> None:
    """A drag of ten steps, which then rests."""
    lab.document.select([0], (0, 0))
    lab.settle()
    base, gesture = lab.document.scene, lab.document.new_gesture()
    for step in range(1, 11):
        lab.document.apply(
            put(base, StrokeSelection(0, 0), step, -step / 2), "drag", gesture=gesture
        )
        lab.settle()
    lab.wait_until(lambda: len(view.plot.lanes[0].xs) == 11)
    lab.wait_until(lambda: bool(view.state()))


def again(state: object) -> dict[str, object]:
    """As a session file brings it back."""
    return json.loads(json.dumps(state))


def test_a_session_keeps_a_drag_s_path(new_lab: NewLab) -> None:
    lab = new_lab(number("35", height=32, width=64))
    view = view_of(lab)
    assert view.state() == {}
    dragged(lab, view)
    state, picture = view.state(), view.plot.grab().toImage()
    lanes, band, note = view.plot.lanes, view.plot.band, view.bar.text
    assert view.state() is state  # asked in every frame of a recording
    scene = scene_files.loads(scene_files.dumps(lab.document.scene)).scene
    session = Session(scene, instruments={"trajectory": state})
    state = scene_files.loads(scene_files.dumps(session)).instruments["trajectory"]

    lab = new_lab(scene)  # another window
    view = view_of(lab)
    lab.document.select([0], (0, 0))
    lab.settle()
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
    lab.settle()
    assert view.plot.grab().toImage() == picture
    lab.document.apply(put(lab.document.scene, StrokeSelection(0, 0), 1, 0), "drag")
    lab.settle()  # another path begins
    lab.wait_until(lambda: len(view.plot.lanes[0].xs) == 2)


def test_a_path_is_of_its_drawing_part_and_network(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = view_of(lab)
    dragged(lab, view)
    state, scene = again(view.state()), lab.document.scene
    for change in ("drawing", "part", "network"):
        lab = new_lab(scene)
        view = view_of(lab)
        lab.document.select([0], (0, 1) if change == "part" else (0, 0))
        if change == "network":
            lab.document.toggle_ablation("S4", 3)
        if change == "drawing":
            lab.document.apply(put(scene, StrokeSelection(0, 2), 0.5, 0), "drag")
        lab.settle()
        view.restore(state)
        assert len(view.plot.lanes[0].xs) == 1 and view.state() == {}, change


def test_while_the_hand_moves_no_path_is_kept(new_lab: NewLab) -> None:
    """A recording asks for the state in every frame; it has the scenes themselves."""
    lab = new_lab(number("5"))
    now = 0.0
    lab.player.clock = lambda: now
    view = view_of(lab)
    lab.document.select([0], (0, 0))
    for _ in range(5):
        now += 0.1
        lab.document.apply(put(lab.document.scene, StrokeSelection(0, 0), 1, 0), "drag")
        lab.settle()
        assert view.state() == {}
    lab.wait_until(lambda: len(view.plot.lanes[0].xs) > 4)
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


def test_nothing_that_makes_no_sense_is_taken_for_a_path(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = view_of(lab)
    dragged(lab, view)
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
    state = TrajectoryPath(StrokeSelection(0, 1), 5, (0.0, 500.0), lanes, band).as_state()
    session = Session(Scene(), instruments={"trajectory": state})
    kept = scene_files.loads(scene_files.dumps(session)).instruments["trajectory"]
    path = kept_path(kept, _lane_name)
    assert path is not None and len(path.lanes) == 12 and len(path.band) == 80
    assert 40 < len(path.lanes[0].xs) < 60
    step = round(MOST / len(path.lanes[0].xs))
    for mine, theirs in zip(path.lanes, lanes, strict=True):
        assert mine.before is not None
        assert np.nanmax(np.abs(mine.probabilities - theirs.probabilities[:, ::step])) < 1e-4
    assert len(json.dumps(state)) < 60_000
