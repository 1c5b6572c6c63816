"""Invariance: curves are what the network says, marks follow the drawing, clicks change it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lab import Lab, NewLab
from lost_weights import DAMAGES, lose, word_for
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtTest import QTest
from random_nets import open_random, three_convolutions, unshared

from viz.chapters.equivariance.invariance import Invariance
from viz.chapters.equivariance.measure import sweeps
from viz.chapters.equivariance.measure.invariance import FINE, KINDS, sweeping, swept_items
from viz.chapters.equivariance.small_multiples import Curves
from viz.chapters.registry import by_id
from viz.engine.compute import Nets
from viz.measure.shift_map import middle_of
from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5, notes
from viz.resources import resource_path
from viz.scene import Transform
from viz.scene.digits import number
from viz.scene.edit import moved
from viz.scene.shifts import shifted
from viz.views.widgets.network_names import POOLINGS, short_network_name

ARGB = QImage.Format.Format_ARGB32
LEFT = Qt.MouseButton.LeftButton
THREE = number("3", height=32, width=32)
SMALL = lenet5(side=28, none=False)


@pytest.fixture(autouse=True)
def few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure few points; tests that assert the large sweep's points take ``all_points``."""
    monkeypatch.setattr(sweeps, "COARSE", 3)
    monkeypatch.setattr(sweeps, "FINE", 5)


@pytest.fixture
def all_points(few_points: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "FINE", FINE)


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    return new_lab(THREE)


@pytest.fixture
def view(lab: Lab) -> Invariance:
    found: Invariance = lab.show("invariance", (760, 340))
    return found


def choose(lab: Lab, view: Invariance, kind: str) -> None:
    QTest.mouseClick(view.small, LEFT, pos=view.small.rect_of(kind).center().toPoint())
    lab.settle()


def choose_class(view: Invariance, number: int) -> None:
    QTest.mouseClick(view.classes, LEFT, pos=view.classes.option_rect(number).center().toPoint())


def curve(view: Invariance, network: str) -> np.ndarray:
    (found,) = (one for one in view.plot.series if one.name == short_network_name(network))
    return np.asarray(found.y)


def measurement(view: Invariance) -> object:
    """The arrays behind the large curves: the same ones, unless measured anew."""
    sweep = view.sweep(view.small.value)
    assert sweep is not None
    return sweep.values


@pytest.mark.usefixtures("all_points")
@pytest.mark.parametrize("kind", ["dy", "angle"])
def test_the_curves_are_the_sweep_of_all_three_networks(
    lab: Lab, view: Invariance, kind: str
) -> None:
    choose(lab, view, kind)
    nets = {name: lab.nets(name) for name in POOLINGS}
    values = KINDS[kind].values(FINE)
    *_, expected = sweeping(nets, THREE, (), kind, (16.0, 16.0), values)
    assert expected is not None and expected.target == 3
    for name in POOLINGS:
        assert np.abs(curve(view, name) - expected.probabilities[name][:, 3]).max() < 1e-4
    assert view.plot.mark == expected.present
    assert [x for x, _ in view.plot.references] == list(expected.references)
    assert "tolerated range, LeCun et al. 1998" in view.plot.heading.note
    assert view.plot.heading.text == "p(3)" and view.plot.series[-1].thick


@pytest.mark.parametrize("architecture", [notes(), SMALL, three_convolutions(), unshared()])
def test_each_network_is_asked_through_its_nearest_window(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch, architecture: Architecture
) -> None:
    scene = number("31")
    lab = new_lab(scene)
    view = lab.show("invariance", (760, 340))
    view.restore({"sweep": "angle", "class": 10})
    name = open_random(monkeypatch, architecture)
    lab.document.set_network(name)
    lab.document.select_window((0, 3))
    lab.settle()
    classes = [option.value for option in view.classes.options]
    assert classes == [None, *range(architecture.classes)]
    assert view.classes.value == (10 if architecture.none else None)
    assert view.state() == {"sweep": "angle", "class": 10}
    nets = {one: lab.nets(one) for one in (name, *POOLINGS)}
    middle = middle_of((0, 3), architecture)
    items = swept_items(scene, (), middle, architecture.window)
    values = KINDS["angle"].values(5)
    *_, expected = sweeping(nets, scene, items, "angle", middle, values)
    assert expected is not None
    choose_class(view, 8)
    assert len(view.small.curves["angle"].lines) == len(view.plot.series) == 4
    for one in nets:
        assert np.abs(curve(view, one) - expected.probabilities[one][:, 8]).max() <= 1e-6


def test_a_class_that_a_network_lacks_has_no_curve_of_it(lab: Lab, view: Invariance) -> None:
    lab.document.set_network("notes")
    lab.settle()
    view.restore({"class": 10})
    assert view.plot.heading.text == "p(3)"  # as long as that network answers
    lab.document.set_network("max")
    lab.engine.answer()  # the sweeps are still those of the notes' network
    view.restore({"sweep": "scale"})
    assert view.plot.heading.text == "p(none)"
    assert {one.name for one in view.plot.series} == set(POOLINGS)


def test_all_small_plots_keep_up_with_a_drag_and_old_ones_are_faint(
    lab: Lab, view: Invariance
) -> None:
    before, mixed = {kind: view.sweep(kind) for kind in KINDS}, 0
    assert all(before.values())
    for step in range(1, 3000):
        lab.document.apply(shifted(THREE, step / 1000, 0), "x")
        lab.engine.step()
        old = {kind for kind in KINDS if view.is_old(kind)}
        assert {kind for kind, one in view.small.curves.items() if one.is_old} == old
        mixed += 0 < len(old) < len(KINDS)
        if all(view.sweep(kind) is not before[kind] for kind in KINDS):
            break
    assert all(view.sweep(kind) is not before[kind] for kind in KINDS) and mixed
    lab.settle()
    assert not any(view.is_old(kind) for kind in KINDS) and not view.plot.dimmed


def test_what_is_ablated_is_said(lab: Lab, view: Invariance) -> None:
    assert view.line.text == ""
    average = curve(view, "average")
    for layer_map in range(20):
        lab.document.toggle_ablation("C1", layer_map)
    lab.settle()
    assert view.line.text == "max: 20 maps ablated; the others: none."
    assert np.ptp(curve(view, "max")) < 1e-6  # nothing comes through
    assert (curve(view, "average") == average).all()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_network_without_weights_says_so_and_leaves_the_others(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: str
) -> None:
    file = lose(monkeypatch, tmp_path, "blur", damage)
    lab = new_lab(THREE, Nets())
    view = lab.show("invariance", (760, 340))  # and nothing has failed
    assert {one.name for one in view.plot.series} == {"max", "average"}
    assert all(len(view.small.curves[kind].lines) == 2 for kind in KINDS)
    assert view.line.text == f"{file.name} is {word_for(damage)}; reinstall LeNetScope."
    assert file.name in view.plot.toolTip() and "Click or drag" in view.plot.toolTip()
    file.write_bytes(resource_path(file.name).read_bytes())
    lab.go(shifted(THREE, 1, 0))
    assert {one.name for one in view.plot.series} == set(POOLINGS)
    assert file.name not in view.line.text + view.plot.toolTip()


def test_a_drag_along_the_curve_is_one_step_through_one_window(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    document = lab.document
    document.select((0,))
    view = lab.show("invariance", (760, 340))
    choose(lab, view, "angle")
    place, port = document.shown_window(), view.plot.view.viewport()

    def at(angle: float) -> QPoint:
        return (view.plot.to_widget(angle, 0.5) - view.plot.view.pos().toPointF()).toPoint()

    QTest.mousePress(port, LEFT, pos=at(-30))
    QTest.mouseMove(port, at(20))
    lab.wait_until(lambda: document.scene.items[0].transform.angle > 0)
    QTest.mouseRelease(port, LEFT, pos=at(20))
    lab.settle()
    assert document.scene.items[0].transform.angle == pytest.approx(20, abs=1)
    assert document.scene.items[1].transform.angle == 0
    assert document.undo_stack.count() == 1
    assert view.plot.mark == pytest.approx(document.scene.items[0].transform.angle)
    assert document.window == document.shown_window() == place
    document.apply(shifted(document.scene, 0, 1), "another way")
    assert document.window is None
    lab.settle()
    QTest.keyClick(view.plot, Qt.Key.Key_Right)
    assert document.window is not None
    view.hide()
    assert document.window is None


@pytest.mark.usefixtures("all_points")
def test_the_probability_at_the_mark_is_the_one_in_the_scores(lab: Lab, view: Invariance) -> None:
    choose(lab, view, "sigma")
    view.plot.chosen.emit(float(KINDS["sigma"].values(FINE)[40]))
    lab.settle()
    snapshot = lab.document.snapshot
    assert snapshot is not None
    score = math.exp(snapshot.maps["output"][3, 0, 0])
    assert curve(view, "max")[40] == pytest.approx(score, abs=1e-4)


def test_arrow_keys_go_by_steps_of_the_axis(lab: Lab, view: Invariance) -> None:
    choose(lab, view, "scale")
    QTest.keyClick(view.plot, Qt.Key.Key_Right)
    assert lab.document.scene.transform.scale == pytest.approx(1.05)
    lab.settle()
    QTest.keyClick(view.plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert lab.document.scene.transform.scale == pytest.approx(1.05 - 0.0125)


def test_the_target_class_is_that_of_all_plots(lab: Lab, view: Invariance) -> None:
    choose_class(view, 8)
    assert view.state() == {"sweep": "dx", "class": 8}
    for chosen in (8, 7, None):
        view.restore({"sweep": "dx", "class": chosen})  # as a film does from frame to frame
        target = 3 if chosen is None else chosen
        for kind in KINDS:
            sweep, lines = view.sweep(kind), view.small.curves[kind].lines
            assert sweep is not None
            for (_, y, _), p in zip(lines, reversed(sweep.probabilities.values()), strict=True):
                assert np.array_equal(y, p[:, target])
        large = view.sweep("dx")
        assert large is not None
        assert np.array_equal(curve(view, "max"), large.probabilities["max"][:, target])


@pytest.mark.parametrize(
    "state",
    [{}, {"sweep": "no such", "class": 11}, {"sweep": 3, "class": True}, {"class": "3"}],
)
def test_settings_that_make_no_sense_are_left_alone(
    view: Invariance, state: dict[str, object]
) -> None:
    view.restore({"sweep": "width", "class": 4})
    view.restore(state)
    assert view.state() == {"sweep": "width", "class": 4}


def test_arrow_keys_lead_through_the_small_plots(view: Invariance) -> None:
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Down):
        QTest.keyClick(view.small, key)
    assert view.small.value == list(KINDS)[5]
    QTest.keyClick(view.small, Qt.Key.Key_Up)
    assert view.small.value == "dy"


@pytest.mark.parametrize("size", [(360, 160), (280, 100)])
def test_small_plots_draw_curves_from_0_to_1_and_the_mark(
    view: Invariance, size: tuple[int, int]
) -> None:
    view.small.resize(*size)
    green, x = QColor("#00ff00"), np.array([-60.0, 60.0])
    area = view.small.rect_of("angle").toAlignedRect()

    def peak(y: float, mark: float | None) -> tuple[int, int]:
        """The row of the curve and the column of the mark, where they are strongest."""
        curves = Curves(((x, np.array([y, y]), green),), mark)
        view.small.set_curves("angle", curves)
        picture = view.small.grab().toImage().copy(area).convertToFormat(ARGB)
        pixels = np.frombuffer(picture.constBits().asstring(picture.sizeInBytes()), np.uint8)
        blue, green_, red = pixels.reshape(picture.height(), -1, 4)[..., :3].astype(int).T
        return int((green_ - red - blue).sum(0).argmax()), int((blue - red).sum(1).argmax())

    rows = [peak(y, None)[0] for y in (1.0, 0.5, 0.0)]
    assert rows[0] < rows[1] < rows[2] < area.height() - view.small.small.height
    assert rows[1] == pytest.approx((rows[0] + rows[2]) / 2, abs=1)
    columns = [peak(0.5, mark)[1] for mark in (-60.0, 0.0, 60.0)]
    assert columns[1] == pytest.approx((columns[0] + columns[2]) / 2, abs=1)
    assert columns[2] - columns[0] > area.width() / 2


def test_an_empty_canvas_shows_a_sentence_and_no_numbers(lab: Lab, view: Invariance) -> None:
    lab.go(replace(THREE, items=()))
    assert view.message.startswith("The canvas is empty")
    assert view.plot.series == () and view.small.curves == {}
    view.plot.chosen.emit(3.0)
    assert lab.document.undo_stack.count() == 1
    lab.document.undo_stack.undo()
    lab.settle()
    assert view.message == "" and curve(view, "max").max() > 0.99


@pytest.mark.parametrize(
    ("kind", "changes"), [("scale", {"scale": 0.6}), ("angle", {"angle": 70.0})]
)
def test_along_its_own_sweep_the_drawing_moves_the_mark_and_not_the_curve(
    lab: Lab, view: Invariance, kind: str, changes: dict[str, float]
) -> None:
    choose(lab, view, kind)
    before, lines = measurement(view), view.plot.references
    lab.go(replace(THREE, transform=Transform(**changes)))
    assert view.plot.mark == changes[kind]
    assert measurement(view) is before
    assert view.plot.references == lines and len(lines) == 2
    assert not view.plot.dimmed and not view.is_old(kind)
    lab.go(moved(lab.document.scene, [0], 3, 0))  # another drawing
    assert measurement(view) is not before and view.plot.mark == changes[kind]


@pytest.mark.usefixtures("all_points")
def test_a_curve_begun_coarsely_is_fine_during_a_steady_drag(lab: Lab, view: Invariance) -> None:
    QTest.mouseClick(view.small, LEFT, pos=view.small.rect_of("scale").center().toPoint())
    for step in range(1, 3000):
        lab.document.apply(replace(THREE, transform=Transform(scale=1 + step / 3000)), "slider")
        lab.engine.step()
        if len(curve(view, "max")) == FINE and view.small.value == "scale":
            break
    assert len(curve(view, "max")) == FINE and lab.engine.measuring


@pytest.mark.usefixtures("all_points")
def test_a_demonstration_shows_its_sweep_through_one_window(new_lab: NewLab) -> None:
    demonstration = by_id("rotation")
    lab = new_lab(demonstration.scene_at(0))
    document, player = lab.document, lab.player
    view = lab.show("invariance", (760, 340))
    assert view.small.value == "dx" and document.window is None
    player.load(demonstration)
    lab.settle()
    place = document.window
    assert view.small.value == "angle" and place == (2, 4)  # whose middle is the digit's
    before, along = measurement(view), curve(view, "max")
    for t in (2.0, 3.0):  # to −60°, where it is a 1, and other windows would be more confident
        player.seek(t)
        lab.settle()
        angle = document.scene.transform.angle
        assert view.plot.mark == angle < -10
        assert document.shown_window() == place == document.window
        assert measurement(view) is before and not view.plot.dimmed
        assert document.snapshot is not None
        score = math.exp(document.snapshot.maps["output"][7, *place])
        values = KINDS["angle"].values(FINE)
        assert np.interp(angle, values, along) == pytest.approx(score, abs=0.05)
    document.apply(moved(document.scene, [0], 2, 0), "the user's")
    assert player.taken_over and document.window is None
    lab.settle()
    assert measurement(view) is not before
    player.unload()
    choose(lab, view, "dy")
    player.adopt(demonstration, 1.0)
    assert view.small.value == "angle"


def test_the_window_that_a_demonstration_held_is_let_go_with_the_instrument(
    new_lab: NewLab,
) -> None:
    lab = new_lab(number("3"))
    document, player = lab.document, lab.player
    view = lab.show("invariance", (760, 340))
    player.load(by_id("pen"))
    lab.settle()
    assert document.window == (2, 4) and view.small.value == "width"
    view.hide()
    assert document.window is None
    view.show()
    assert document.window == (2, 4)
    document.select_window((0, 0))  # the user's own choice
    player.load(by_id("shift"))
    assert document.window == (0, 0)


def test_the_window_held_for_a_demonstration_is_one_that_the_answer_comes_from(
    new_lab: NewLab,
) -> None:
    lab = new_lab(THREE)
    lab.player.load(by_id("shift"))
    lab.player.seek(4.2)  # 12 px to the right of where it began
    lab.settle()
    before = lab.document.shown_window()
    view = lab.show("invariance", (760, 340))
    document, snapshot = lab.document, lab.document.snapshot
    assert snapshot is not None and snapshot.reading.text == "3"
    assert document.shown_window() == before and before != (2, 4)
    assert snapshot.maps["output"][:, *before].argmax() == 3
    curves = [view.small.curves[kind].lines[-1][1] for kind in KINDS]
    assert min(float(y.max()) for y in curves) > 0.9, "no plot is flat at 0"
    lab.player.seek(1.2)
    lab.settle()
    assert document.shown_window() == (2, 4), "where it began, which says 3 by now"
    lab.player.seek(4.2)
    lab.settle()
    assert document.shown_window() == before


def test_a_window_that_the_digit_has_left_says_so(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=32, width=64))
    view = lab.show("invariance", (760, 340))
    place = lab.document.shown_window()
    view.plot.chosen.emit(13.0)
    lab.settle()
    assert lab.document.shown_window() == place and view.plot.mark == 13.0
    said = "The digit has left this window; other windows read 3."
    assert view.plot.heading.note == said
    view.plot.chosen.emit(0.0)
    lab.settle()
    assert view.plot.heading.note != said
