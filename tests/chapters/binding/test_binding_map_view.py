"""The binding map on the screen: measured, pointed at, clicked, laid on the canvas, following."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from viz.chapters.binding.binding_map import BindingMapView
from viz.chapters.binding.measure import binding_map as measure
from viz.chapters.binding.measure.binding_map import REACH, SIDE, BindingMap, binding_map
from viz.chapters.binding.words import place_text
from viz.chapters.registry import by_id
from viz.engine.compute import Nets
from viz.measure.stroke_selection import StrokeSelection, centre_of, put
from viz.scene import Scene
from viz.scene.digits import number


@pytest.fixture(autouse=True)
def few_places(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer every second place at the finest, unless a test takes ``every_place``."""
    if "every_place" not in request.fixturenames:
        monkeypatch.setattr(measure, "STRIDES", measure.STRIDES[:-1])


@pytest.fixture
def every_place() -> None:
    """Answer as many places as the program does."""


def view_of(lab: Lab) -> BindingMapView:
    view = BindingMapView(lab.document, lab.engine, lab.canvas, lab.parts)
    lab.put(view, (640, 320))
    return view


def click(view: BindingMapView, dx: float, dy: float) -> None:
    at = view.map.to_widget(dx, dy).toPoint()
    QTest.mouseClick(view.map, Qt.MouseButton.LeftButton, pos=at)


def mouse(lab: Lab, kind: QEvent.Type, x: float, y: float) -> None:
    """A mouse event at a point of the canvas, in its pixels, with the left button."""
    at = lab.canvas.to_widget(x, y)
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    held = none if kind == QEvent.Type.MouseButtonRelease else left
    whole = QPointF(lab.canvas.mapToGlobal(at))
    event = QMouseEvent(kind, at, whole, button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(lab.canvas, event)


@pytest.mark.usefixtures("every_place")
def test_a_click_puts_the_stroke_there_and_the_answer_is_the_map_s(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    lab.document.select([0], (0, 0))
    view = view_of(lab)
    result = view.result
    assert result is not None and result.finished and result.part == StrokeSelection(0, 0)
    window = result.window
    before = lab.document.scene
    click(view, 5, -3)
    assert lab.document.scene == put(before, StrokeSelection(0, 0), 5, -3)
    assert lab.document.undo_stack.count() == 1
    lab.settle()
    assert lab.document.shown_window() == window == view.result.window
    output = lab.document.snapshot.maps["output"][:, window[0], window[1]]
    assert output.argmax() == result.classes[REACH - 3, REACH + 5]
    assert view.result.classes[REACH, REACH] == output.argmax()
    lab.document.undo_stack.undo()
    assert lab.document.scene == before


def test_a_click_on_an_older_map_means_the_place_not_the_shift(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    lab.document.select([0], (0, 0))
    view = view_of(lab)
    x, y = centre_of(lab.document.scene, StrokeSelection(0, 0))
    lab.document.snapshot_changed.disconnect(view.show_snapshot)  # the map stays as it is
    lab.document.apply(put(lab.document.scene, StrokeSelection(0, 0), 7.25, 2), "dragged")
    click(view, -4, 1)
    at = centre_of(lab.document.scene, StrokeSelection(0, 0))
    assert abs(at[0] - (x - 4)) < 1e-9 and abs(at[1] - (y + 1)) < 1e-9
    lab.settle()


def test_it_lies_around_the_part_on_the_canvas(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = view_of(lab)
    overlay = lab.canvas.overlay
    assert overlay is not None
    image, rect = overlay
    assert (image.width(), rect.width()) == (SIDE, SIDE)
    centre = rect.center()
    assert (centre.x(), centre.y()) == centre_of(lab.document.scene, view.result.part)
    plain = lab.canvas.grab().toImage()
    QTest.mouseClick(
        view.overlay, Qt.MouseButton.LeftButton, pos=QPoint(10, view.overlay.height() // 2)
    )
    assert lab.canvas.overlay is None
    assert lab.canvas.grab().toImage() != plain
    view.restore({"overlay": True, "axes": "nonsense"})
    assert lab.canvas.overlay is not None
    assert view.state() == {"axes": "xy", "overlay": True}
    view.hide()
    assert lab.canvas.overlay is None and not lab.engine.measuring


@pytest.mark.usefixtures("every_place")
def test_it_follows_the_hand(new_lab: NewLab) -> None:
    """While one snapshot follows another, maps of scenes on the way are shown, then the last."""
    lab = new_lab(number("5"))
    lab.document.select([0], (0, 0))
    view = view_of(lab)
    shown = []
    show = view._show
    view._show = lambda result: (shown.append(result), show(result))  # type: ignore[method-assign]
    lab.canvas.set_tool("select")
    points = lab.document.scene.strokes_of(0)[0].points
    x, y = points[len(points) // 2]
    mouse(lab, QEvent.Type.MouseButtonPress, x, y)
    for step in range(1, 31):
        mouse(lab, QEvent.Type.MouseMove, x + step / 4, y)
        lab.engine.step()
    mouse(lab, QEvent.Type.MouseButtonRelease, x + 7.5, y)
    assert lab.document.selected_stroke == (0, 0)
    lab.settle()
    moved = lab.document.scene.strokes_of(0)[0].points - points
    assert np.abs(moved - (7.5, 0)).max() < 0.01
    assert shown[-1].scene is lab.document.scene and shown[-1].finished
    on_the_way = {id(result.scene) for result in shown} - {id(lab.document.scene)}
    assert on_the_way
    assert view.map.mark == (0.0, 0.0)


def test_angles_are_the_other_axis(new_lab: NewLab) -> None:
    lab = new_lab(number("7"))
    lab.document.select([0], (0, 0))
    view = view_of(lab)
    view.axes.setCurrentIndex(1)
    lab.settle()
    assert view.result is not None and view.result.axes == "ax"
    assert lab.canvas.overlay is None  # angles have no place on the canvas
    before = lab.document.scene
    click(view, 2, 4)
    assert lab.document.scene == put(before, StrokeSelection(0, 0), 2, 0, 30.0)
    assert view.state()["axes"] == "ax"
    lab.settle()


def test_hovering_tells_the_answer_of_a_place(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = view_of(lab)
    before = view.grab().toImage()
    at = view.map.to_widget(9, -9)
    none, plain = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    whole = QPointF(view.map.mapToGlobal(at))
    move = QMouseEvent(QEvent.Type.MouseMove, at, whole, none, none, plain)
    QApplication.sendEvent(view.map, move)
    assert view._hovered == (9.0, -9.0)
    words = view._words
    assert view.grab().toImage().copy(words) != before.copy(words)
    assert place_text(-4, -2, "xy") == "4 px left, 2 px up"
    assert place_text(0, 0.04, "xy") == "where it is"
    assert place_text(1, -2, "ax") == "15° anticlockwise, 1 px right"


def test_ablation_and_network_count_and_hovering_a_unit_does_not(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = view_of(lab)
    whole = view.result
    assert whole is not None
    lab.document.hover(None)
    lab.document.toggle_ablation("S4", 3)
    for number_ in range(20, 50):
        lab.document.toggle_ablation("S4", number_)
    lab.settle()
    assert view.result is not whole
    assert (view.result.probabilities != whole.probabilities).any()
    same = view.result
    lab.engine.post(lab.document.request())  # what hovering does: the same scene anew
    lab.settle()
    assert view.result is same


def test_an_empty_canvas_says_what_to_do(new_lab: NewLab) -> None:
    lab = new_lab(Scene())
    view = view_of(lab)
    assert view.result is None and not view.map.isVisible()
    picture = view.grab().toImage()
    colours = {picture.pixel(x, y) for x in range(640) for y in range(320)}
    assert len(colours) > 3  # a sentence
    lab.document.apply(number("5"), "Digit")
    lab.settle()
    assert view.map.isVisible() and view.result is not None
    lab.document.apply(Scene(), "Clear")
    lab.settle()
    assert not view.map.isVisible() and lab.canvas.overlay is None
    assert view.result is None


def test_it_fits_small_and_large_panels(new_lab: NewLab) -> None:
    from viz.views import theme as themes

    lab = new_lab(number("31"))
    view = view_of(lab)
    for width, height, px in ((520, 250, 13), (520, 250, 16), (950, 450, 24)):
        view.resize(width, height)
        view.set_theme(themes.theme("light"), px)
        inside = view.rect()
        for widget in (view.bar, view.map, view.axes, view.overlay):
            assert inside.contains(widget.geometry()), (widget, width, height, px)
        assert not view.map.geometry().intersects(view.axes.geometry())
        side = view.map.map_area().width()
        assert side >= 6 * SIDE
        assert view.map.map_area().right() <= view.map.width()
        assert QPointF(view.map.to_widget(REACH, 0)).x() < view.map.width()


def test_scores_and_map_are_of_one_window_and_an_old_map_is_faint(new_lab: NewLab) -> None:
    demonstration = by_id("31-61")
    lab = new_lab(demonstration.scene_at(0))
    view = view_of(lab)
    lab.player.load(demonstration)
    for seconds, digit in ((0.5, 3), (3.5, 5), (7.0, 7), (15.5, 6)):
        lab.player.seek(seconds)
        lab.settle()
        window = lab.document.shown_window()
        assert view.result is not None and view.result.window == window
        assert lab.document.snapshot.maps["output"][:, *window].argmax() == digit
        assert view.result.classes[REACH, REACH] == digit
        assert not view.map.dimmed and lab.canvas.overlay is not None
        assert f"column {window[1]}" in view.bar.text
    lab.engine.measure = lambda *_: None  # type: ignore[method-assign]  # no newer map comes
    lab.document.select([2], (2, 0))
    lab.settle()
    moved = lab.document.scene
    lab.document.apply(put(moved, StrokeSelection(2, 0), 2, 0), "dragged")
    lab.settle()
    assert not view.map.dimmed and lab.canvas.overlay is not None  # still its place
    lab.document.apply(put(moved, StrokeSelection(2, 0), 6, 0), "dragged")
    lab.settle()
    assert view._old.isActive() and lab.canvas.overlay is not None  # a newer one may come
    lab.wait_until(lambda: lab.canvas.overlay is None)
    assert not view.map.dimmed and "column" in view.bar.text
    lab.player.seek(0.5)  # at another digit
    lab.settle()
    lab.wait_until(lambda: view.map.dimmed)
    assert view.best.dimmed and lab.canvas.overlay is None


def test_a_click_while_it_plays_puts_the_bar_as_it_was_measured(new_lab: NewLab) -> None:
    demonstration = by_id("31-61")
    lab = new_lab(demonstration.scene_at(0))
    view = view_of(lab)
    lab.player.load(demonstration)
    lab.player.seek(3.5)
    lab.settle()
    result = view.result
    lab.document.snapshot_changed.disconnect(
        view.show_snapshot
    )  # the map stays, while the bar goes on and turns
    lab.player.seek(11.0)
    lab.settle()
    click(view, 8, 4)
    lab.document.snapshot_changed.connect(view.show_snapshot)
    view.show_snapshot(lab.document.snapshot)
    lab.settle()
    assert lab.player.taken_over and lab.document.selected_stroke == (2, 0)
    assert lab.document.scene == put(result.scene, StrokeSelection(2, 0), 8, 4)
    assert lab.document.shown_window() == result.window == view.result.window
    output = lab.document.snapshot.maps["output"][:, *result.window]
    assert output.argmax() == result.classes[REACH + 4, REACH + 8]


def test_map_and_tint_stay_as_they_are_until_the_next_map_has_come(new_lab: NewLab) -> None:
    """A faint map between two others would flicker, in the hall above all."""
    demonstration = by_id("31-61")
    lab = new_lab(demonstration.scene_at(0))
    view = view_of(lab)
    lab.player.load(demonstration)
    lab.player.seek(3.5)
    lab.settle()
    asked = []
    measure = lab.engine.measure
    lab.engine.measure = lambda *what: asked.append(what)  # type: ignore[method-assign]
    before, tint = view.map.grab().toImage(), lab.canvas.overlay
    lab.player.seek(7.0)  # another digit's window
    lab.settle()
    assert asked and view._standing is None and view.result.window != view._subject.window
    assert view.map.grab().toImage() == before and lab.canvas.overlay is tint is not None
    assert f"column {view.result.window[1]}" in view.bar.text
    view._old.stop()
    view._old.timeout.emit()  # none has come in time
    assert view.map.grab().toImage() != before and lab.canvas.overlay is None
    lab.engine.measure = measure  # type: ignore[method-assign]
    measure(*asked[-1])
    lab.settle()
    assert not view.map.dimmed and not view._old.isActive()
    assert lab.canvas.overlay is not None and view.result.window == view._subject.window


def test_a_map_that_comes_too_late_for_its_drawing_is_not_faint(new_lab: NewLab) -> None:
    """While a part turns fast each map is about a moment ago; as long as they come, they show."""
    demonstration = by_id("31-61")
    lab = new_lab(demonstration.scene_at(0))
    view = view_of(lab)
    lab.player.load(demonstration)
    lab.player.seek(9.4)
    lab.settle()
    older = view.result
    lab.player.seek(11.0)
    lab.settle()
    view._faint = True
    view._show(older)
    assert view._standing is None and not view.map.dimmed and view._old.isActive()
    assert view.map.mark == (0.0, 0.0) and lab.canvas.overlay is not None
    view.hide()
    assert not view._old.isActive()


@pytest.mark.usefixtures("every_place")
def test_tips_tell_the_formula_and_the_value(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = view_of(lab)
    result = view.result
    told = view.map.tooltip(view.map.to_widget(9, -9))
    sure = result.probabilities[REACH - 9, REACH + 9]
    assert f"p = {sure:.3f}" in told and "9 px right, 9 px up" in told
    assert "log-softmax" in told and f"column {result.window[1]}" in told
    words = QPointF(view._words.center())
    assert f"p = {result.probabilities[REACH, REACH]:.3f}" in view.tip_at(words)
    assert view.tip_at(QPointF(view.axes.geometry().center())) == ""
    first = next(one for one in binding_map_of(lab, view) if one is not None)
    view._show(first)
    told = view.map.tooltip(view.map.to_widget(1, 1))
    assert "p ≈" in told and "49 answered places" in told
    assert "p = " in view.map.tooltip(view.map.to_widget(4, 4))


def binding_map_of(lab: Lab, view: BindingMapView) -> Iterator[BindingMap | None]:
    subject = view._subject
    centre = centre_of(subject.scene, subject.part)
    return binding_map(Nets()(subject.network), subject.scene, subject.part, subject.window, centre)
