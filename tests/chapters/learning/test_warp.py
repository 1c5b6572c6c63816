"""Warp on the screen: played, drawn into, seen from two sides; what is kept."""

from __future__ import annotations

import json

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.learning.measure.warp import STEPS
from viz.scene.digits import number
from viz.views.widgets.plane import Plane

LEFT = Qt.MouseButton.LeftButton
SIZE = (900, 320)


def click(plane: Plane, x: float, y: float) -> None:
    viewport = plane.view.viewport()
    QTest.mouseClick(viewport, LEFT, pos=viewport.mapFrom(plane, plane.to_widget(x, y).toPoint()))


def test_rings_are_separated_by_one_line_after_the_training(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("warp", SIZE)
    net, linear, kernels = view.table.rows
    assert net[0] == "net 2-3-1" and (linear[1], kernels[1]) == ("49 %", "100 %")
    assert kernels[2] == "–" and kernels[3] == "75 %" and net[1] != "100 %"
    view.restore({"step": STEPS})
    assert view.table.rows[0][1] == "100 %"
    blue, red = view.hidden.dots
    assert blue.x.max() < 0 < red.x.min(), "the line stands upright at 0"
    assert "<b>100.0 %</b> of 80 points" in view.formula()
    view.restore({"units": 2})
    lab.settle()
    assert view.table.rows[0][:2] == ("net 2-2-1", "90 %")
    assert np.abs(np.concatenate([one.x for one in view.hidden.dots])).max() <= 1


def test_more_units_are_seen_by_their_principal_components_too(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("warp", SIZE)
    view.restore({"units": 4, "step": 200})
    lab.settle()
    assert len(view.hidden.traces) == 2, "grid and line"
    at = view.view.option_rect("components").center().toPoint()
    QTest.mouseClick(view.view, LEFT, pos=at)
    assert len(view.hidden.traces) == 1
    assert "component 2" in view.hidden.heading.text
    x = np.concatenate([one.x for one in view.hidden.dots])
    assert abs(x.mean()) < 1e-9


def test_it_plays_steps_and_starts_from_other_weights(new_lab: NewLab, qtbot) -> None:
    lab = new_lab(number("31"))
    view = lab.show("warp", SIZE)
    grabbed = []
    view.grabbed.connect(lambda: grabbed.append(view.playback.step))
    first = view.hidden.dots[0].x.copy()
    QTest.mouseClick(view.playback.one, LEFT)
    assert grabbed == [1] and not np.array_equal(view.hidden.dots[0].x, first)
    QTest.mouseClick(view.playback.play, LEFT)
    qtbot.waitUntil(lambda: view.playback.step > 8)
    QTest.mouseClick(view.playback.play, LEFT)
    stopped = view.playback.step
    qtbot.wait(100)
    assert view.playback.step == stopped
    QTest.mouseClick(view.playback.again, LEFT)
    np.testing.assert_array_equal(view.hidden.dots[0].x, first)
    QTest.mouseClick(view.other, LEFT)
    lab.settle()
    assert view.state()["seed"] == 2 and not np.array_equal(view.hidden.dots[0].x, first)
    QTest.mouseClick(view.playback.play, LEFT)
    view.hide()
    hidden_at = view.playback.step
    qtbot.wait(100)
    assert view.playback.step == hidden_at, "nothing plays unseen"


def test_points_are_drawn_and_erased_by_clicks(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("warp", SIZE)
    view.restore({"points": "drawn", "pen": 1})
    lab.settle()
    assert "both classes" in view.hidden.message
    click(view.plane, 0.5, 0.5)
    lab.settle()
    view.pen.show_value(0)
    click(view.plane, -0.5, -0.25)
    lab.settle()
    assert view.hidden.message == ""
    (x, y, kind), (x2, y2, kind2) = view.drawn
    assert (kind, kind2) == (1, 0)
    np.testing.assert_allclose([x, y, x2, y2], [0.5, 0.5, -0.5, -0.25], atol=0.03)
    kept = json.loads(json.dumps(view.state()))
    view.pen.show_value(-1)
    click(view.plane, 0.5, 0.5)
    assert [one[2] for one in view.drawn] == [0]
    view.restore(kept)
    lab.settle()
    assert len(view.drawn) == 2 and view.table.rows[1][1] == "100 %"


def test_a_click_into_a_set_makes_it_one_that_is_drawn(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("warp", SIZE)
    click(view.plane, 1.4, 1.4)
    lab.settle()
    assert view.data.value == "drawn" and len(view.drawn) == 81


@pytest.mark.parametrize("kept", [{"step": STEPS + 1}, {"seed": 0}, {"drawn": [[0, 0, 5]]}])
def test_what_makes_no_sense_is_not_taken(new_lab: NewLab, kept: dict) -> None:
    view = new_lab(number("31")).show("warp")
    before = view.state()
    view.restore(kept)
    assert view.state() == before
