"""The sweeps: curves are what the network says, marks follow the drawing, clicks change it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lab import Lab, NewLab
from lost_weights import DAMAGES, lose, word_for
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.chapters.equivariance import invariance_work
from viz.chapters.equivariance.invariance import Sweeps
from viz.chapters.equivariance.invariance_work import Turns
from viz.chapters.equivariance.measure.invariance import FINE, KINDS, sweep
from viz.chapters.registry import by_id, of_chapter
from viz.engine.compute import Nets
from viz.model.player import Player
from viz.nets import load_pretrained
from viz.resources import resource_path
from viz.scene import Scene, Transform
from viz.scene.digits import number
from viz.scene.edit import moved
from viz.scene.shifts import shifted
from viz.views.widgets.network_names import POOLINGS, short_network_name


@pytest.fixture(autouse=True)
def few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure few points; tests that assert the large sweep's points take ``all_points``."""
    monkeypatch.setattr(invariance_work, "COARSE", 3)
    monkeypatch.setattr(invariance_work, "FINE", 5)


@pytest.fixture
def all_points(few_points: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariance_work, "FINE", FINE)


def put(lab: Lab) -> Sweeps:
    view: Sweeps = lab.put(Sweeps(lab.document, lab.engine), (760, 340))
    return view


def choose(view: Sweeps, kind: str) -> None:
    at = view.thumbs.rect_of(kind).center().toPoint()
    QTest.mouseClick(view.thumbs, Qt.MouseButton.LeftButton, pos=at)


def curve(view: Sweeps, network: str) -> np.ndarray:
    (found,) = (s for s in view.curves.series if s.name == short_network_name(network))
    return np.asarray(found.y)


@pytest.mark.usefixtures("all_points")
@pytest.mark.parametrize("kind", ["dx", "angle"])
def test_the_curves_are_the_sweep_of_all_three_networks(new_lab: NewLab, kind: str) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view = put(lab)
    choose(view, kind)
    lab.settle()
    nets = {name: load_pretrained(name) for name in POOLINGS}
    values = KINDS[kind].values(FINE)
    expected = sweep(nets, lab.document.scene, (), kind, (16.0, 16.0), values)
    assert expected.right == 3
    for name in POOLINGS:
        assert np.abs(curve(view, name) - expected.probabilities[name][:, 3]).max() < 1e-4
    assert view.curves.mark == expected.present
    assert [x for x, _ in view.curves.references] == list(expected.references)


def test_every_thumbnail_has_its_sweep(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = put(lab)
    for kind in KINDS:
        thumb = view.thumbs.thumb(kind)
        assert thumb is not None and len(thumb.lines) == 3
        assert view.thumbs.rect().contains(view.thumbs.rect_of(kind).toAlignedRect())


def test_all_thumbnails_keep_up_with_a_drag_and_old_ones_are_faint(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view = put(lab)
    before = {kind: view.result(kind) for kind in KINDS}
    mixed = 0
    for step in range(1, 3000):
        lab.document.apply(shifted(number("3", height=32, width=32), step / 1000, 0), "x")
        lab.engine.step()
        old = [kind for kind in KINDS if view.is_old(kind)]
        thumbs = {kind: view.thumbs.thumb(kind) for kind in KINDS}
        assert [kind for kind, thumb in thumbs.items() if thumb and thumb.old] == old
        mixed += 0 < len(old) < len(KINDS)
        if all(view.result(kind) is not before[kind] for kind in KINDS):
            break
    assert all(view.result(kind) is not before[kind] for kind in KINDS)
    assert mixed
    lab.settle()
    assert not any(view.is_old(kind) for kind in KINDS) and not view.curves.dimmed


def test_turns_go_round() -> None:
    turns = Turns()
    seen = []
    for _ in range(2 * (len(KINDS) - 1)):
        seen.append(turns.after("angle")[0])
        turns.measured(seen[-1])
    others = [kind for kind in KINDS if kind != "angle"]
    assert seen == 2 * others
    assert "angle" in turns.after("dx") and "dx" not in turns.after("dx")


def test_what_is_ablated_is_said(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view = put(lab)
    assert view.curves.note == ""
    average = curve(view, "average")
    for layer_map in range(20):
        lab.document.toggle_ablation("C1", layer_map)
    lab.settle()
    assert view.curves.note == "max: 20 maps ablated; the others: none."
    assert np.ptp(curve(view, "max")) < 1e-6  # nothing comes through
    assert (curve(view, "average") == average).all()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_network_without_weights_says_so_and_leaves_the_others(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: str
) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view = put(lab)
    whole = {name: curve(view, name) for name in POOLINGS}
    file = lose(monkeypatch, tmp_path, "blur", damage)
    lab = new_lab(number("3", height=32, width=32), Nets())
    view = put(lab)  # and nothing has failed
    assert {s.name for s in view.curves.series} == {"max", "average"}
    for name in ("max", "average"):
        assert (curve(view, name) == whole[name]).all()
    for kind in KINDS:
        thumb = view.thumbs.thumb(kind)
        assert thumb is not None and len(thumb.lines) == 2
    said = f"{file.name} is {word_for(damage)}; install the program anew."
    assert view.curves.note == said
    assert file.name in view.curves.toolTip() and "Click or drag" in view.curves.toolTip()
    lab.document.toggle_ablation("C1", 3)
    lab.settle()
    assert view.curves.note == f"max: 1 map ablated; the others: none. {said}"
    file.write_bytes(resource_path(file.name).read_bytes())
    lab.document.apply(shifted(lab.document.scene, 1, 0), "move")
    lab.settle()
    assert {s.name for s in view.curves.series} == set(POOLINGS)
    assert file.name not in view.curves.note + view.curves.toolTip()


def test_the_window_is_held_while_the_curve_is_dragged_and_let_go_by_undo(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    document = lab.document
    view = put(lab)
    place = document.shown_window()
    for x in (2.0, 5.0, 9.0):
        view.curves.chosen.emit(x)
        lab.settle()
        assert document.shown_window() == place == document.window
    document.apply(shifted(document.scene, 0, 1), "another way")
    assert document.window is None
    lab.settle()
    view.curves.chosen.emit(0.0)
    assert document.window is not None
    view.hide()
    assert document.window is None


def test_a_click_on_the_curve_changes_the_drawing_as_one_step(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    document = lab.document
    document.select((0,))
    view = put(lab)
    choose(view, "angle")
    lab.settle()
    for angle in (-30.0, 20.0):
        at = view.curves.to_widget(angle, 0.5).toPoint()
        if angle == -30:
            QTest.mousePress(view.curves, Qt.MouseButton.LeftButton, pos=at)
        else:
            QTest.mouseMove(view.curves, at)
            lab.wait_until(lambda: document.scene.items[0].transform.angle > 0)
    QTest.mouseRelease(view.curves, Qt.MouseButton.LeftButton, pos=at)
    assert document.scene.items[0].transform.angle == pytest.approx(20, abs=1)
    assert document.scene.items[1].transform.angle == 0
    assert document.undo_stack.count() == 1
    lab.settle()
    mark = view.curves.mark
    assert mark == pytest.approx(document.scene.items[0].transform.angle)


@pytest.mark.usefixtures("all_points")
def test_the_probability_at_the_mark_is_the_one_in_the_scores(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view = put(lab)
    choose(view, "sigma")
    lab.settle()
    view.curves.chosen.emit(float(KINDS["sigma"].values(FINE)[40]))
    lab.settle()
    snapshot = lab.document.snapshot
    assert snapshot is not None
    score = math.exp(snapshot.maps["output"][3, 0, 0])
    assert curve(view, "max")[40] == pytest.approx(score, abs=1e-4)


def test_arrow_keys_go_by_steps_of_the_axis(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view = put(lab)
    choose(view, "scale")
    lab.settle()
    QTest.keyClick(view.curves, Qt.Key.Key_Right)
    assert lab.document.scene.transform.scale == pytest.approx(1.05)
    lab.settle()
    QTest.keyClick(view.curves, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert lab.document.scene.transform.scale == pytest.approx(1.05 - 0.0125)


def test_another_class_can_be_the_right_one(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view = put(lab)
    auto = curve(view, "max")
    at = view.classes.option_rect(8).center().toPoint()
    QTest.mouseClick(view.classes, Qt.MouseButton.LeftButton, pos=at)
    assert (curve(view, "max") != auto).any()
    assert view.state() == {"sweep": "dx", "class": 8}
    view.restore({"sweep": "angle", "class": None})
    assert view.state() == {"sweep": "angle", "class": None}
    lab.settle()
    assert curve(view, "max").max() > 0.99


def test_a_restored_class_is_the_thumbnails_too(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view = put(lab)
    for chosen in (7, None, 8):
        view.restore({"sweep": "dx", "class": chosen})  # as a film does from frame to frame
        right = 3 if chosen is None else chosen
        for kind in KINDS:
            thumb = view.thumbs.thumb(kind)
            found = view.result(kind)
            assert thumb is not None and found is not None
            networks = reversed(found.probabilities.values())
            for (_, shown, _), wanted in zip(thumb.lines, networks, strict=True):
                assert np.array_equal(shown, wanted[:, right])
        large = view.result("dx")
        assert large is not None
        assert np.array_equal(curve(view, "max"), large.probabilities["max"][:, right])


@pytest.mark.parametrize(
    "state",
    [{}, {"sweep": "no such", "class": 11}, {"sweep": 3, "class": True}, {"class": "3"}],
)
def test_settings_that_make_no_sense_are_left_alone(
    qtbot: QtBot, new_lab: NewLab, state: dict[str, object]
) -> None:
    lab = new_lab(number("3"))
    view = Sweeps(lab.document, lab.engine)
    qtbot.addWidget(view)
    view.restore({"sweep": "width", "class": 4})
    view.restore(state)
    assert view.state() == {"sweep": "width", "class": 4}


def test_arrow_keys_lead_through_the_thumbnails(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = put(lab)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(view.thumbs, key)
    assert view.kind == "dy"
    QTest.keyClick(view.thumbs, Qt.Key.Key_Down)
    assert view.kind == "angle"


def test_an_empty_canvas_shows_a_sentence_and_no_numbers(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view = put(lab)
    assert view.curves.message == "" and view.curves.series
    lab.document.apply(Scene(32, 32), "clear")
    lab.settle()
    assert view.curves.message.startswith("The canvas is empty")
    assert view.curves.series == () and view.curves.mark is None
    assert all(view.thumbs.thumb(kind) is None for kind in KINDS)
    view.curves.chosen.emit(3.0)
    assert lab.document.undo_stack.count() == 1
    lab.document.undo_stack.undo()
    lab.settle()
    assert view.curves.message == "" and curve(view, "max").max() > 0.99


def measurement(view: Sweeps) -> object:
    """The arrays behind the large curves: the same ones, unless measured anew."""
    result = view.result(view.kind)
    assert result is not None
    return result.values


@pytest.mark.parametrize(
    ("kind", "changes"), [("scale", {"scale": 0.6}), ("angle", {"angle": 70.0})]
)
def test_along_its_own_sweep_the_drawing_moves_the_mark_and_not_the_curve(
    new_lab: NewLab, kind: str, changes: dict[str, float]
) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view, document = put(lab), lab.document
    choose(view, kind)
    lab.settle()
    before, lines = measurement(view), view.curves.references
    document.apply(replace(document.scene, transform=Transform(**changes)), "slider")
    lab.settle()
    assert view.curves.mark == changes[kind]
    assert measurement(view) is before
    assert view.curves.references == lines and len(lines) == 2
    assert not view.curves.dimmed and not view.is_old(kind)
    document.apply(moved(document.scene, [0], 3, 0), "drag")  # another drawing
    lab.settle()
    assert measurement(view) is not before and view.curves.mark == changes[kind]


@pytest.mark.usefixtures("all_points")
def test_a_curve_begun_coarsely_is_fine_under_a_steady_hand(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view, document = put(lab), lab.document
    choose(view, "scale")
    for step in range(1, 3000):
        scaled = replace(document.scene, transform=Transform(scale=1 + step / 3000))
        document.apply(scaled, "slider")
        lab.engine.step()
        if view.curves.series and len(curve(view, "max")) == FINE:
            break
    assert len(curve(view, "max")) == FINE and lab.engine.measuring


@pytest.mark.usefixtures("all_points")
def test_a_demonstration_shows_its_sweep_through_one_window(new_lab: NewLab) -> None:
    demonstration = by_id("rotation")
    lab = new_lab(demonstration.scene_at(0))
    document, player = lab.document, Player(lab.document, of_chapter)
    view = lab.put(Sweeps(document, lab.engine, player), (760, 340))
    assert view.kind == "dx" and document.window is None
    player.load(demonstration)
    lab.settle()
    place = document.window
    assert view.kind == "angle" and place == (2, 4)  # whose middle is the digit's
    before, along = measurement(view), curve(view, "max")
    for t in (2.0, 3.0):  # to −60°, where it is a 1, and other windows would be surer
        player.seek(t)
        lab.settle()
        angle = document.scene.transform.angle
        assert view.curves.mark == angle < -10
        assert document.shown_window() == place == document.window
        assert measurement(view) is before and not view.curves.dimmed
        assert document.snapshot is not None
        score = math.exp(document.snapshot.maps["output"][7, *place])
        values = KINDS["angle"].values(FINE)
        assert np.interp(angle, values, along) == pytest.approx(score, abs=0.05)
    document.apply(moved(document.scene, [0], 2, 0), "a hand")
    assert player.taken_over and document.window is None
    lab.settle()
    assert measurement(view) is not before  # it is the user's drawing now
    player.unload()
    choose(view, "dy")
    player.adopt(demonstration, 1.0)
    assert view.kind == "angle"


def test_the_window_that_a_demonstration_held_is_let_go_with_the_instrument(
    new_lab: NewLab,
) -> None:
    lab = new_lab(number("3"))
    document, player = lab.document, Player(lab.document, of_chapter)
    view = lab.put(Sweeps(document, lab.engine, player), (760, 340))
    player.load(by_id("pen"))
    lab.settle()
    assert document.window == (2, 4) and view.kind == "width"
    view.hide()
    assert document.window is None
    view.show()
    view.show_snapshot(document.snapshot)
    assert document.window == (2, 4)
    document.select_window((0, 0))  # the user's own choice
    player.load(by_id("shift"))
    assert document.window == (0, 0)
