"""The binding map on the screen: measured, pointed at, clicked, laid on the canvas, following."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from viz.chapters.binding.measure import binding_map as measure
from viz.chapters.binding.measure.binding_map import REACH, SIDE
from viz.chapters.binding.words import place_text
from viz.chapters.registry import by_id
from viz.measure.stroke_selection import StrokeSelection, centre_of, put
from viz.scene import Scene
from viz.scene.digits import number

PART = StrokeSelection(0, 0)


@pytest.fixture(autouse=True)
def few_places(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer every second place at the finest, unless a test takes ``every_place``."""
    if "every_place" not in request.fixturenames:
        monkeypatch.setattr(measure, "STRIDES", measure.STRIDES[:-1])


@pytest.fixture
def every_place() -> None:
    """Answer as many places as the program does."""


def shown(lab: Lab, stroke: int | None = 0) -> Any:
    """The instrument, with a stroke of the drawing selected."""
    if stroke is not None:
        lab.document.select([0], (0, stroke))
    return lab.show("binding-map", (720, 190))


def click(view: Any, x: float, y: float) -> None:
    QTest.mouseClick(view.map, Qt.MouseButton.LeftButton, pos=view.map.to_widget(x, y).toPoint())


def tick(box: Any) -> None:
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))


def mouse(lab: Lab, kind: QEvent.Type, x: float, y: float) -> None:
    """A mouse event at a point of the canvas, in its pixels, with the left button."""
    at, left, none = lab.canvas.to_widget(x, y), Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    held = none if kind == QEvent.Type.MouseButtonRelease else left
    whole = QPointF(lab.canvas.mapToGlobal(at))
    event = QMouseEvent(kind, at, whole, button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(lab.canvas, event)


@pytest.mark.usefixtures("every_place")
def test_a_click_puts_the_stroke_there_and_the_answer_is_the_map_s(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view, before = shown(lab), lab.document.scene
    result = view.result
    assert result.known.all() and (result.part, result.scene) == (PART, before)
    click(view, 5, -3)
    assert lab.document.scene == put(before, PART, 5, -3)
    assert lab.document.undo_stack.count() == 1
    lab.settle()
    assert lab.document.shown_window() == result.window == view.result.window
    output = lab.document.snapshot.maps["output"][:, *result.window]
    assert output.argmax() == result.classes[REACH - 3, REACH + 5]
    assert output.argmax() == view.result.classes[REACH, REACH]
    lab.document.undo_stack.undo()
    assert lab.document.scene == before


def test_a_click_on_an_older_map_means_the_place_not_the_shift(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = shown(lab)
    x, y = centre_of(lab.document.scene, PART)
    lab.document.snapshot_changed.disconnect(view.show_snapshot)  # the map stays as it is
    moved = put(put(lab.document.scene, PART, 7.25, 2), StrokeSelection(1), 1, 0)
    lab.document.apply(moved, "dragged")
    click(view, -4, 1)
    assert centre_of(lab.document.scene, PART) == pytest.approx((x - 4, y + 1))
    assert lab.document.scene.items[1] == moved.items[1]
    lab.settle()


def test_it_lies_around_the_part_on_the_canvas(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = shown(lab, None)
    image, rect = lab.canvas.overlay
    assert (image.width(), rect.width()) == (SIDE, SIDE)
    centre = rect.center()
    assert (centre.x(), centre.y()) == centre_of(lab.document.scene, view.result.part)
    tick(view.overlay)
    assert lab.canvas.overlay is None
    view.restore({"overlay": True, "axes": "nonsense"})
    assert lab.canvas.overlay is not None
    assert view.state() == {"axes": "xy", "overlay": True}
    view.hide()
    assert lab.canvas.overlay is None and not lab.engine.measuring


@pytest.mark.usefixtures("every_place")
def test_it_follows_a_drag(new_lab: NewLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one snapshot follows another, maps of scenes on the way are shown, then the last."""
    lab = new_lab(number("5"))
    view = shown(lab)
    scenes: list[Scene] = []
    show = view.show_result
    monkeypatch.setattr(view, "show_result", lambda one: (scenes.append(one.scene), show(one)))
    lab.canvas.set_tool("select")
    points = lab.document.scene.strokes_of(0)[0].points
    x, y = points[len(points) // 2]
    mouse(lab, QEvent.Type.MouseButtonPress, x, y)
    for step in range(1, 31):
        mouse(lab, QEvent.Type.MouseMove, x + step / 4, y)
        lab.engine.step()
    mouse(lab, QEvent.Type.MouseButtonRelease, x + 7.5, y)
    lab.settle()
    moved = lab.document.scene.strokes_of(0)[0].points - points
    assert np.abs(moved - (7.5, 0)).max() < 0.01
    assert scenes[-1] is lab.document.scene and view.result.known.all()
    assert len({id(scene) for scene in scenes}) > 1
    assert view.map.mark == (0.0, 0.0)


def test_angles_are_the_other_axis(new_lab: NewLab) -> None:
    lab = new_lab(number("7"))
    view = shown(lab)
    place = view.axes.option_rect("ax").center().toPoint()
    QTest.mouseClick(view.axes, Qt.MouseButton.LeftButton, pos=place)
    lab.settle()
    assert view.result.axes == "ax" and view.state()["axes"] == "ax"
    assert lab.canvas.overlay is None  # angles have no place on the canvas
    before = lab.document.scene
    click(view, 2, 4)
    assert lab.document.scene == put(before, PART, 2, 0, 30.0)
    lab.settle()


@pytest.mark.usefixtures("every_place")
def test_pointing_tells_the_answer_of_a_place_and_its_formula(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = shown(lab)
    result = view.result
    here = result.probabilities[REACH, REACH]
    assert view.places.answer == (5, f"p = {here:.3f}, at its current position")
    assert f"p = {here:.3f}" in view.places.tooltip(QPointF(2, 2))
    QTest.mouseMove(view.map, view.map.to_widget(9, -9).toPoint())
    p = result.probabilities[REACH - 9, REACH + 9]
    class_, text = view.places.answer
    assert class_ == result.classes[REACH - 9, REACH + 9]
    assert text == f"p = {p:.3f}, 9 px right, 9 px up"
    told = view.map.tooltip(view.map.to_widget(9, -9))
    assert "log-softmax" in told and f"column {result.window[1]}" in told and text[:9] in told


def test_places_between_answered_ones_are_said_to_be_estimated(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = shown(lab)
    told = view.map.tooltip(view.map.to_widget(1, 1))
    assert "p ≈" in told and "interpolated" in told
    assert "p = " in view.map.tooltip(view.map.to_widget(2, 2))


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ((-4, -2, "xy"), "4 px left, 2 px up"),
        ((0, 0.04, "xy"), "at its current position"),
        ((1, -2, "ax"), "15° anticlockwise, 1 px right"),
    ],
)
def test_a_place_in_words(place: tuple[float, float, str], text: str) -> None:
    assert place_text(*place) == text


def test_ablation_counts_and_pointing_at_a_unit_does_not(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = shown(lab)
    whole = view.result
    for one in range(20, 50):
        lab.document.toggle_ablation("S4", one)
    lab.settle()
    same = view.result
    assert (same.probabilities != whole.probabilities).any()
    lab.ask_again()  # what pointing does: the same scene anew
    assert view.result is same


def test_an_empty_canvas_says_what_to_do(new_lab: NewLab) -> None:
    lab = new_lab(Scene())
    view = shown(lab, None)
    assert view.result is None and "two or more strokes" in view.message
    lab.go(number("5"))
    assert view.message == "" and view.result is not None
    lab.go(Scene())
    assert view.message and view.result is None and lab.canvas.overlay is None


def test_the_ring_goes_with_the_part_until_the_next_map_has_come(new_lab: NewLab) -> None:
    """A faint map between two others would flicker, in the hall above all."""
    lab = new_lab(number("31"))
    view = shown(lab)
    result, tint = view.result, lab.canvas.overlay
    lab.document.apply(put(result.scene, PART, 3, -1), "dragged")
    lab.engine.answer()
    assert view.standing == view.map.mark == (3.0, -1.0)
    assert view.places.answer[1].endswith("at its current position")
    lab.document.select([1], (1, 0))  # a part of another digit
    assert view.standing is None and view.result is result and not view.map.dimmed
    assert lab.canvas.overlay is tint is not None
    assert f"column {result.window[1]}" in view.line.note
    lab.settle()
    assert view.standing == (0.0, 0.0) and view.result.window != result.window
    assert lab.canvas.overlay is not tint


def test_an_old_map_grows_faint_and_leaves_the_canvas(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = new_lab(number("31"))
    view = shown(lab)
    measure = lab.engine.measure
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(lab.engine, "measure", lambda *what: asked.append(what))
    lab.go(put(lab.document.scene, PART, 4, 0))
    assert asked and not view.map.dimmed
    lab.wait_until(lambda: view.map.dimmed)
    assert view.places.dimmed and lab.canvas.overlay is None
    measure(*asked[-1])
    lab.settle()
    assert not view.map.dimmed and lab.canvas.overlay is not None


def test_a_click_while_it_plays_puts_the_bar_as_it_was_measured(new_lab: NewLab) -> None:
    demonstration = by_id("31-61")
    lab = new_lab(demonstration.scene_at(0))
    view = shown(lab, None)
    lab.player.load(demonstration)
    lab.player.seek(3.5)
    lab.settle()
    result = view.result
    lab.document.snapshot_changed.disconnect(view.show_snapshot)  # the map stays
    lab.player.seek(11.0)  # while the bar goes on and turns
    lab.settle()
    click(view, 8, 4)
    lab.document.snapshot_changed.connect(view.show_snapshot)
    lab.ask_again()
    assert lab.player.taken_over and lab.document.selected_stroke == (2, 0)
    assert lab.document.scene == put(result.scene, StrokeSelection(2, 0), 8, 4)
    assert lab.document.shown_window() == result.window == view.result.window
    output = lab.document.snapshot.maps["output"][:, *result.window]
    assert output.argmax() == result.classes[REACH + 4, REACH + 8]
