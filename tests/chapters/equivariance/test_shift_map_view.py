"""The shift map instrument: what it shows was measured, follows the drawing, and moves it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from viz.chapters.equivariance.shift_map import ShiftMapView
from viz.measure.shift_map import REACH, answers, forwards, shift_map, window_of
from viz.nets import load_pretrained
from viz.scene import Scene, Transform
from viz.scene.digits import number
from viz.scene.hits import item_bounds


def click(view: ShiftMapView, dx: float, dy: float) -> None:
    QTest.mouseClick(view.map, Qt.MouseButton.LeftButton, pos=view.map.to_widget(dx, dy).toPoint())


def shown(view: ShiftMapView) -> np.ndarray:
    """The classes on the screen, (29, 29)."""
    cells = [view.map.answer_at(dx, dy) for dy in range(-14, 15) for dx in range(-14, 15)]
    return np.array([cell[0] for cell in cells if cell is not None]).reshape(29, 29)


def test_the_map_is_that_of_separate_forwards_through_the_shown_window(new_lab: NewLab) -> None:
    """The dense pass, which tests of it compare with all 841 forwards, and the middle anew."""
    lab = new_lab(number("31"))
    view = lab.put(ShiftMapView(lab.document, lab.engine))
    reach = 4
    middle = slice(REACH - reach, REACH + reach + 1)
    for network in ("max", "average", "blur"):
        lab.document.set_network(network)
        lab.settle()
        snapshot, place = lab.document.snapshot, lab.document.shown_window()
        assert snapshot is not None and place is not None
        window = window_of(snapshot.image, place, snapshot.architecture)
        net = load_pretrained(network)
        for log_probs, part in (
            (shift_map(net, window), slice(None)),
            (forwards(net, window, reach), middle),
        ):
            classes, probabilities = answers(log_probs)
            sure = probabilities > 0.51  # no tie that rounding may decide
            assert (shown(view)[part, part] == classes)[sure].all()


def test_it_follows_the_drawing_the_window_and_the_ablations(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    document = lab.document
    view = lab.put(ShiftMapView(document, lab.engine))
    before = shown(view)
    document.apply(replace(document.scene, transform=Transform(dx=2, dy=1)), "move")
    lab.settle()
    moved = shown(view)
    assert (moved != before).any()
    document.select_window((0, 8))
    lab.settle()
    other = shown(view)
    assert (other != moved).any()
    for layer_map in range(50):
        document.toggle_ablation("S4", layer_map)
    lab.settle()
    assert len(np.unique(shown(view))) == 1  # nothing comes through any more


def test_a_click_makes_the_answer_of_its_place_the_present_one(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=48, width=48))
    document = lab.document
    document.select_window((2, 2))
    view = lab.put(ShiftMapView(document, lab.engine))
    before = shown(view)
    box = item_bounds(document.scene, 0)
    click(view, 5, -3)
    lab.settle()
    assert np.subtract(item_bounds(document.scene, 0), box) == pytest.approx([5, -3, 5, -3])
    assert document.undo_stack.count() == 1
    assert document.shown_window() == (2, 2)
    after = shown(view)
    # Nothing was cut off by the window: the map has moved under its middle
    assert (after[10:19, 10:19] == before[7:16, 15:24]).all()
    document.undo_stack.undo()
    assert item_bounds(document.scene, 0) == box


@pytest.mark.parametrize("selection", [(), (0,)])
def test_after_a_click_the_window_has_the_answer_of_the_map_s_cell(
    new_lab: NewLab, selection: tuple[int, ...]
) -> None:
    lab = new_lab(number("3", height=48, width=48))
    document = lab.document
    document.select(selection)
    view = lab.put(ShiftMapView(document, lab.engine))
    place = document.shown_window()
    assert place is not None
    for dx, dy in ((6, 2), (-9, 4), (0, -9)):
        cell = view.map.answer_at(dx, dy)
        click(view, dx, dy)
        lab.settle()
        assert document.shown_window() == place
        assert document.snapshot is not None and cell is not None
        scores = np.exp(document.snapshot.maps["output"][:, place[0], place[1]])
        if cell[1] > 0.51:
            assert scores.argmax() == cell[0]
        assert scores.max() == pytest.approx(cell[1], abs=1e-3)
        document.undo_stack.undo()  # ink that leaves the window would not come back
        lab.settle()
        assert document.shown_window() == place


def test_all_that_is_drawn_moves_and_undo_lets_the_window_go(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    document = lab.document
    document.select((1,))
    view = lab.put(ShiftMapView(document, lab.engine))
    scene = document.scene
    click(view, 0, 4)
    lab.settle()
    for item in (0, 1):
        way = np.subtract(item_bounds(document.scene, item), item_bounds(scene, item))
        assert way == pytest.approx([0, 4, 0, 4])
    assert document.window is not None
    document.undo_stack.undo()
    assert document.window is None and document.scene == scene
    document.select_window((0, 1))  # the user's own choice stays
    lab.settle()
    click(view, 2, 0)
    document.undo_stack.undo()
    assert document.window == (0, 1)


def test_the_facts_tell_the_present_answer_or_that_under_the_pointer(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view = lab.put(ShiftMapView(lab.document, lab.engine))
    classes = shown(view)
    rows = {fact.words: fact.value for fact in view.facts.facts}
    here = view.facts.facts[0]
    assert here.value == "3" and float(here.words.removeprefix("read here, p = ")) > 0.9
    assert rows["kept by shifts to ±2 px"] == "100.0 %"
    assert rows["kept by shifts to ±14 px"] == f"{100 * (classes == 3).mean():.1f} %"
    assert float(rows["ms for all 841 shifts"]) > 0
    QTest.mouseMove(view.map, view.map.to_widget(-14, 14).toPoint() + QPoint(1, -1))
    lab.wait_until(lambda: "dx −14, dy 14" in view.facts.facts[0].words)
    assert view.facts.facts[0].value == "none"
    assert view.facts.tip_at(view.facts.rows()[3].center()).startswith("Shift consistency")


def test_hidden_it_measures_nothing_and_shown_again_it_does(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.put(ShiftMapView(lab.document, lab.engine))
    before = shown(view)
    view.hide()
    scene = lab.document.scene
    lab.document.apply(replace(scene, transform=Transform(dy=5)), "move")
    lab.settle()
    assert (shown(view) == before).all()
    view.show()
    lab.settle()
    assert (shown(view) != before).any()


def test_an_empty_canvas_has_a_map_and_nothing_to_move(new_lab: NewLab) -> None:
    lab = new_lab(Scene(32, 32))
    view = lab.put(ShiftMapView(lab.document, lab.engine))
    assert (shown(view) == 10).all()
    click(view, 3, 3)
    assert lab.document.undo_stack.count() == 0
    assert view.state() == {}
    view.restore({"what": 1})
