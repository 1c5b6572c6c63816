"""The networks side by side: their maps and figures are measured, a click lets one answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lab import Lab, NewLab
from lost_weights import DAMAGES, lose, word_for
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest
from random_nets import open_random, three_convolutions, unshared

from viz.chapters.compared_networks import error_on
from viz.chapters.equivariance.measure import networks as measured
from viz.chapters.equivariance.measure import stored_consistency as stored
from viz.chapters.equivariance.measure.invariance import (
    SHIFTS,
    central,
    consistency,
    mean_consistency,
)
from viz.engine.compute import Nets
from viz.measure.shift_map import middle_of, place_near, shift_map, window_of
from viz.nets import load_pretrained
from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5, notes
from viz.resources import resource_path
from viz.scene.digits import number
from viz.scene.shifts import shifted
from viz.views.widgets.network_names import POOLINGS

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def no_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_DIR", "nowhere")


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    return new_lab(number("3"))


def column(view: Any, number: int) -> list[str]:
    """A figure of all networks."""
    return [row[number] for row in view.table.rows]


@pytest.mark.parametrize(
    "architecture", [None, notes(), lenet5(side=28, none=False), three_convolutions(), unshared()]
)
def test_maps_and_consistency_are_those_of_the_nearest_window(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, architecture: Architecture | None
) -> None:
    """Whichever network answers, and however large its window is."""
    view = lab.show("networks")
    if architecture is not None:
        lab.document.set_network(open_random(monkeypatch, architecture))
        lab.settle()
    snapshot, place = lab.document.snapshot, lab.document.shown_window()
    assert snapshot is not None and place is not None
    middle = middle_of(place, snapshot.architecture)
    there = place_near(middle, lenet5(), *snapshot.image.shape)
    window, expected = window_of(snapshot.image, there, lenet5()), []
    for name in POOLINGS:
        classes = shift_map(lab.nets(name), window).argmax(0)
        for dx, dy in ((0, 0), (-14, 14), (2, 1)):
            cell = view.columns[name].map.answer_at(dx, dy)
            assert cell is not None and cell[0] == classes[dy + 14, dx + 14]
        expected.append(f"{100 * consistency(central(classes, SHIFTS)):.1f} %")
    assert column(view, 2) == expected
    assert "whichever network is in use" in view.line.tooltip(QPointF())


def test_a_click_or_space_lets_a_network_answer_everywhere(lab: Lab) -> None:
    view = lab.show("networks")
    for name in ("blur", "average", "max"):
        at = view.columns[name].map.to_widget(5, -5).toPoint()
        QTest.mouseClick(view.columns[name].map, LEFT, pos=at)
        assert lab.document.network == name
        lab.settle()
    QTest.mouseClick(view.columns["blur"].button, LEFT)
    assert lab.document.network == "blur"
    QTest.keyClick(view.columns["average"].button, Qt.Key.Key_Space)
    QTest.mouseClick(view.columns["average"].button, LEFT)  # it goes on to answer
    assert lab.document.network == "average"
    assert [one.button.isChecked() for one in view.columns.values()] == [False, True, False]
    lab.document.set_network("no-none")
    assert not any(one.button.isChecked() for one in view.columns.values())


def test_only_the_answering_network_is_ablated_and_that_is_said(new_lab: NewLab) -> None:
    lab = new_lab(number("3", height=32, width=32))
    view = lab.show("networks")
    before = {name: view.columns[name].map.answer_at(0, 0) for name in POOLINGS}
    for layer_map in range(50):
        lab.document.toggle_ablation("C3", layer_map)
    lab.settle()
    assert view.columns["max"].map.answer_at(0, 0) != before["max"]
    assert view.columns["blur"].map.answer_at(0, 0) == before["blur"]
    assert view.line.text.startswith("max: 50 maps ablated; the others: none.")
    lab.document.set_network("no-none")
    lab.settle()
    assert view.line.text.startswith("No map is ablated here.")


def test_all_three_maps_are_always_of_one_drawing(new_lab: NewLab) -> None:
    scene = number("3", height=32, width=32)
    lab = new_lab(scene)
    view = lab.show("networks")
    results = {view.result}
    for step in range(1, 3000):  # a drag: much faster than three maps are measured
        lab.document.apply(shifted(scene, step / 500, 0), "drag")
        lab.engine.step()
        results.add(view.result)
        if len(results) > 3:
            break
    assert len(results) > 3
    assert all(list(one.maps) == list(POOLINGS) for one in results)


def test_errors_are_those_of_the_weights(lab: Lab) -> None:
    errors = [error_on("MNIST test, centred", name) for name in POOLINGS]
    assert all(error is not None and 0 < error < 0.01 for error in errors)
    # The relatives are to lie within 0.3 % of the main network
    assert max(abs(error - errors[0]) for error in errors) <= 0.003  # type: ignore[operator]
    assert column(lab.show("networks"), 1) == [f"{100 * error:.2f} %" for error in errors]  # type: ignore[operator]


def test_without_mnist_the_stored_figures_are_shown_as_such(lab: Lab) -> None:
    view, figures = lab.show("networks"), stored.stored_consistency()
    assert set(figures) == set(POOLINGS), (
        "run python -m viz.chapters.equivariance.measure.stored_consistency"
    )
    assert column(view, 3) == [f"{100 * figures[name]:.2f} %" for name in POOLINGS]
    at = QPointF(view.table.places()[3].left + 5, 3.5 * view.table.pitch)
    assert "stored figure" in view.table.tooltip(at)


def test_with_mnist_the_figures_grow_digit_by_digit(
    lab: Lab, mnist_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_DIR", str(mnist_dir))
    few = stored.mnist_windows()[:110]
    monkeypatch.setattr(measured, "mnist_windows", lambda: few)
    steps = measured.mnist_consistency(load_pretrained, POOLINGS)
    found = [one for one in steps if one is not None]
    assert [(one.network, one.digits) for one in found] == [
        (name, digits) for name in POOLINGS for digits in (100, 110)
    ]
    *_, (_, share) = mean_consistency(load_pretrained("blur"), few)
    assert found[-1].share == share
    assert column(lab.show("networks"), 3)[2] == f"{100 * share:.2f} %"


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_network_without_weights_says_so_and_leaves_the_others(
    lab: Lab, new_lab: NewLab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: str
) -> None:
    view = lab.show("networks")
    whole = [view.columns[name].map.answer_at(4, -6) for name in POOLINGS]
    file = lose(monkeypatch, tmp_path, "average", damage)
    lab = new_lab(number("3"), Nets())
    view = lab.show("networks")  # and nothing has failed
    shown = [view.columns[name].map.answer_at(4, -6) for name in POOLINGS]
    assert shown == [whole[0], None, whole[2]]
    assert [view.columns[name].map.isVisible() for name in POOLINGS] == [True, False, True]
    for number_ in (2, 3):
        values = column(view, number_)
        assert values[1] == "–" and "%" in values[0] and "%" in values[2]
    advice = view.columns["average"].advice
    said = f"{file.name} is {word_for(damage)}; reinstall LeNetScope."
    assert advice.isVisible() and advice.text().replace("\u200b", "") == said
    assert str(file) in advice.toolTip().replace("\n", "")
    file.write_bytes(resource_path(file.name).read_bytes())
    lab.go(shifted(lab.document.scene, 1, 0))  # mended, it comes back
    assert not advice.isVisible() and view.columns["average"].map.answer_at(0, 0) is not None


def test_with_mnist_a_network_without_weights_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mnist_dir: Path
) -> None:
    monkeypatch.setenv("MNIST_DIR", str(mnist_dir))
    few = stored.mnist_windows()[:100]
    monkeypatch.setattr(measured, "mnist_windows", lambda: few)
    lose(monkeypatch, tmp_path, "average", "cut off")
    steps = measured.mnist_consistency(load_pretrained, POOLINGS)
    assert [one.network for one in steps if one is not None] == ["max", "blur"]


@pytest.mark.parametrize(
    ("size", "text_px"), [((560, 130), 13), ((720, 190), 16), ((1320, 300), 24)]
)
def test_maps_are_as_large_as_the_figures_let_them(
    lab: Lab, size: tuple[int, int], text_px: int
) -> None:
    view = lab.show("networks", (1600, 800), "light", text_px)
    view.resize(*size)
    lab.settle()
    sides = {one.map.map_area().width() for one in view.columns.values()}
    assert len(sides) == 1 and min(sides) >= 58
    assert len(view.table.places()) == 4  # no figure is left out
    right = view.table.mapTo(view, view.table.rect().topRight()).x()
    assert right < size[0] and view.table.places()[-1].right <= view.table.width() + 0.5


def test_the_names_over_the_maps_are_not_cut(lab: Lab) -> None:
    view = lab.show("networks")
    for width in (420, 520, 800):
        view.resize(width, 180)
        for column in view.columns.values():
            assert column.button.width() >= column.button.sizeHint().width()
