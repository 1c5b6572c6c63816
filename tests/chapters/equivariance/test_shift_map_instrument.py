"""Shift map: what it shows was measured, follows the drawing, and moves it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from random_nets import open_random, three_convolutions, unshared

from viz.chapters.equivariance.shift_map import ShiftMap
from viz.measure.shift_map import answers, shift_map, window_of
from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5, notes
from viz.scene import Scene, Transform
from viz.scene.digits import number
from viz.scene.hits import item_bounds


def click(view: ShiftMap, dx: float, dy: float) -> None:
    QTest.mouseClick(view.map, Qt.MouseButton.LeftButton, pos=view.map.to_widget(dx, dy).toPoint())


def shown(view: ShiftMap) -> np.ndarray:
    """The classes on the screen, (29, 29)."""
    cells = [view.map.answer_at(dx, dy) for dy in range(-14, 15) for dx in range(-14, 15)]
    return np.array([cell[0] for cell in cells if cell is not None]).reshape(29, 29)


@pytest.mark.parametrize(
    "architecture",
    [None, notes(), lenet5(side=28, none=False), three_convolutions(), unshared()],
)
def test_the_map_is_that_of_the_network_s_own_window(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch, architecture: Architecture | None
) -> None:
    lab = new_lab(number("31"))
    view = lab.show("shift-map")
    name = "blur" if architecture is None else open_random(monkeypatch, architecture)
    lab.document.set_network(name)
    lab.settle()
    snapshot, place = lab.document.snapshot, lab.document.shown_window()
    assert snapshot is not None and place is not None
    window = window_of(snapshot.image, place, snapshot.architecture)
    expected, probabilities = answers(shift_map(lab.nets(name), window))
    assert (shown(view) == expected).all()
    assert view.map.answer_at(3, -2)[1] == pytest.approx(probabilities[12, 17], abs=1e-6)
    tip = next(fact.tip for fact in view.facts.facts if "841" in fact.words)
    side, dense = snapshot.architecture.window + 28, architecture in (None, notes())
    if dense or snapshot.architecture.window == 28:
        assert f"{side}×{side} px" in tip
    elif not snapshot.architecture.is_convolutional:
        assert "841 separate passes, because" in tip


def test_it_follows_the_drawing_the_window_and_the_ablations(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    document, view = lab.document, lab.show("shift-map")
    before = shown(view)
    document.apply(replace(document.scene, transform=Transform(dx=2, dy=1)), "move")
    lab.settle()
    moved = shown(view)
    assert (moved != before).any()
    document.select_window((0, 8))
    lab.settle()
    assert (shown(view) != moved).any()
    for layer_map in range(50):
        document.toggle_ablation("S4", layer_map)
    lab.settle()
    assert len(np.unique(shown(view))) == 1  # nothing comes through any more


def test_a_click_makes_the_answer_of_its_place_the_present_one(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=48, width=48))
    document, view = lab.document, lab.show("shift-map")
    place, before = document.shown_window(), shown(view)
    assert place is not None
    box = item_bounds(document.scene, 0)
    for dx, dy in ((6, 2), (-9, 4), (0, -9)):
        cell = view.map.answer_at(dx, dy)
        click(view, dx, dy)
        lab.settle()
        way = np.subtract(item_bounds(document.scene, 0), box)
        assert way == pytest.approx([dx, dy, dx, dy])
        assert document.shown_window() == place and document.undo_stack.count() == 1
        assert document.snapshot is not None
        scores = np.exp(document.snapshot.maps["output"][:, place[0], place[1]])
        assert scores.max() == pytest.approx(cell[1], abs=1e-3)
        if cell[1] > 0.51:  # no tie that rounding may decide
            assert scores.argmax() == cell[0]
        document.undo_stack.undo()
        lab.settle()
    # Its own choice now: after an undo a window beside it that cuts the drawing off may be shown
    document.select_window(place)
    lab.settle()
    assert (shown(view) == before).all()
    click(view, 5, -3)
    lab.settle()
    # Nothing was cut off by the window: the map has moved under its middle
    assert (shown(view)[10:19, 10:19] == before[7:16, 15:24]).all()


def test_all_that_is_drawn_moves_and_undo_lets_the_window_go(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    document = lab.document
    document.select((1,))
    view, scene = lab.show("shift-map"), document.scene
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


def test_the_facts_are_of_the_present_place_or_that_under_the_pointer(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view = lab.show("shift-map")
    classes, rows = shown(view), {fact.words: fact.value for fact in view.facts.facts}
    here = view.facts.facts[0]
    assert here.value == "3" and float(here.words.removeprefix("answer here, p = ")) > 0.9
    assert rows["same answer within ±2\u00a0px"] == "100.0 %"
    assert rows["same answer within ±14\u00a0px"] == f"{100 * (classes == 3).mean():.1f} %"
    assert float(rows["ms for all 841 shifts"]) > 0
    QTest.mouseMove(view.map, view.map.to_widget(-14, 14).toPoint() + QPoint(1, -1))
    lab.wait_until(lambda: "dx −14, dy 14" in view.facts.facts[0].words)
    assert view.facts.facts[0].value == "none"
    row = view.facts.rows()[3].center()
    assert view.facts.tooltip(QPointF(row)).startswith("Shift consistency")


def test_hidden_it_measures_nothing_and_shown_again_it_does(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("shift-map")
    before = shown(view)
    view.hide()
    lab.go(replace(lab.document.scene, transform=Transform(dy=5)))
    assert (shown(view) == before).all()
    view.show()
    lab.settle()
    assert (shown(view) != before).any()


def test_an_empty_canvas_has_a_map_and_nothing_to_move(new_lab: NewLab) -> None:
    lab = new_lab(Scene(32, 32))
    view = lab.show("shift-map")
    assert (shown(view) == 10).all()
    click(view, 3, 3)
    assert lab.document.undo_stack.count() == 0
