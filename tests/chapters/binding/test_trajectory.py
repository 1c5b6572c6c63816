"""Trajectories on the screen: a demonstration's curves, seeking, a drag's path, ablations."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest

from viz.chapters.binding.trajectory import SAMPLES
from viz.chapters.registry import by_id
from viz.measure.stroke_selection import StrokeSelection, put
from viz.scene import Scene
from viz.scene.digits import number

PART = StrokeSelection(0, 0)


@dataclass(frozen=True)
class Moves:
    """As much of a demonstration as is needed here; counts the scenes asked for."""

    id: str = "moves"
    chapter: str = "binding"
    title: str = "Moves"
    duration: float = 4.0
    moving: tuple[int, int] | None = (0, 0)
    modules_at: None = None
    asked: list[float] = field(default_factory=list)

    def scene_at(self, time: float) -> Scene:
        self.asked.append(time)
        return put(number("5"), PART, 4 * time - 8, 0)


def shown(lab: Lab) -> Any:
    return lab.show("trajectory", (720, 190))


def playing(lab: Lab) -> tuple[Any, Moves]:
    """The instrument at the beginning of a demonstration."""
    view, demonstration = shown(lab), Moves()
    lab.player.load(demonstration)  # type: ignore[arg-type]
    lab.settle()
    return view, demonstration


def drag(lab: Lab, steps: int) -> Scene:
    """Drag the part by half a pixel at a time."""
    lab.document.select([0], (0, 0))
    lab.settle()
    scene, gesture = lab.document.scene, lab.document.new_gesture()
    for step in range(1, steps + 1):
        lab.document.apply(put(scene, PART, step / 2, 0), "drag", gesture=gesture)
        lab.settle()
    return lab.document.scene


def test_a_demonstration_s_whole_time_is_shown(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view, _ = playing(lab)
    assert view.is_demonstrating and view.plot.mark == 0.0
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
    assert view.plot.read_at(2.0) == lab.document.snapshot.reading.text


def test_31_61_has_two_lanes_that_stay(new_lab: NewLab) -> None:
    demonstration = by_id("31-61")
    lab = new_lab(demonstration.scene_at(0))
    view = shown(lab)
    lab.player.load(demonstration)
    lab.settle()
    left, right = view.plot.lanes
    said = [text for first, last, text in view.plot.band if last - first > 1]
    assert said == ["31", "51", "57", "51", "41", "61", "31"]
    upper = [one for one, _, y in view.plot.labels if y > view.plot.floor(0)]
    assert upper == [3, 5, 4, 6, 5, 3]  # back from 6 to 3 it is a 5 for a moment
    assert set(right.probabilities.argmax(0).tolist()) == {1, 7}
    for seconds in (3.5, 12.5):
        lab.player.seek(seconds)
        lab.settle()
        assert [lane.name for lane in view.plot.shown] == [left.name, right.name]
        assert np.array_equal(view.plot.lanes[0].probabilities, left.probabilities)


def test_a_click_seeks_and_nothing_is_computed_twice(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view, demonstration = playing(lab)
    computed = len(demonstration.asked)
    at = view.plot.to_widget(3.0, 0.5) - QPointF(view.plot.view.pos())
    QTest.mouseClick(view.plot.view.viewport(), Qt.MouseButton.LeftButton, pos=at.toPoint())
    lab.settle()
    assert lab.player.time == pytest.approx(3.0, abs=0.02)
    assert view.plot.mark == lab.player.time
    view.hide()
    view.show()
    lab.settle()
    assert len(demonstration.asked) == computed + 1  # the player's own


def test_ablation_draws_new_curves_over_the_faint_old_ones(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view, _ = playing(lab)
    before = view.plot.lanes[0].probabilities.copy()
    assert view.plot.lanes[0].before is None
    for one in range(25):
        lab.document.toggle_ablation("C3", one)
    lab.settle()
    lane = view.plot.lanes[0]
    assert lane.before is not None and np.array_equal(lane.before.probabilities, before)
    assert lane.probabilities.shape[1] == SAMPLES
    assert not np.array_equal(lane.probabilities, before)
    lab.document.restore_all()
    lab.settle()
    assert np.array_equal(view.plot.lanes[0].probabilities, before)
    assert view.plot.lanes[0].before is None


def test_a_drag_leaves_its_path(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = shown(lab)
    assert "drag it" in view.line.note
    scene = drag(lab, 10)
    lab.wait_until(lambda: len(view.plot.lanes[0].xs) == 11)
    assert "window" in view.line.note
    assert view.trail.xs == pytest.approx([step / 2 for step in range(11)])
    assert view.plot.mark == pytest.approx(5.0)
    lab.document.toggle_ablation("C5", 7)
    lab.settle()

    # the whole path is computed anew, and the path without ablation stays behind
    def both() -> bool:
        lane = view.plot.lanes[0]
        return lane.before is not None and len(lane.xs) == len(lane.before.xs) == 11

    lab.wait_until(both)
    view.plot.chosen.emit(1.0)  # there is no time to seek on the user's path
    assert lab.document.scene == scene


def test_a_path_that_an_older_file_kept_is_ignored(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = shown(lab)
    drag(lab, 2)
    lab.wait_until(lambda: len(view.plot.lanes[0].xs) == 3)
    assert view.state() == {}
    view.restore({"part": [0, 0], "of": 5, "ends": [0, 9], "xs": [], "band": [], "lanes": []})
    assert len(view.plot.lanes[0].xs) == 3


def test_taking_over_turns_to_the_user_s_path(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view, _ = playing(lab)
    lab.document.apply(put(lab.document.scene, PART, 1, 0), "grabbed")
    lab.settle()
    assert not view.is_demonstrating and len(view.trail.xs) == 1
    lab.player.seek(1.0)
    lab.settle()
    assert view.is_demonstrating and view.plot.mark == 1.0


def test_an_empty_canvas_is_no_error(new_lab: NewLab) -> None:
    lab = new_lab(Scene())
    view = shown(lab)
    assert view.plot.lanes == () and "two or more strokes" in view.message
    lab.go(number("5"))
    lab.wait_until(lambda: len(view.plot.lanes) == 1)
    lab.go(Scene())
    assert view.plot.lanes == ()


def test_a_demonstration_left_in_another_chapter_is_no_way_here(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    lab.document.view.chapter = "binding"
    view = shown(lab)
    elsewhere = Moves(chapter="equivariance")
    lab.document.apply(elsewhere.scene_at(1.0), "show")
    lab.player.adopt(elsewhere, 1.0)  # type: ignore[arg-type]
    lab.settle()
    assert not view.is_demonstrating
    view.plot.chosen.emit(3.0)
    assert (lab.player.time, lab.player.taken_over) == (1.0, False)
