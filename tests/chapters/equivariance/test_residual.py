"""Residual: its curves and what is measured at the mark, as the drawing moves; three networks."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lab import Lab, NewLab
from lost_weights import DAMAGES, lose, word_for
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot
from random_nets import open_random, three_convolutions, unshared

from viz.chapters.equivariance.measure import residual_curves
from viz.chapters.equivariance.measure.residual import ShiftCurves, compare_layers, reference
from viz.chapters.equivariance.residual import ALL, Residual
from viz.chapters.instrument import PATIENCE_MS
from viz.engine.compute import Nets
from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5, notes
from viz.scene import ImageLayer, Noise, Scene, rasterize_scene
from viz.scene.digits import number
from viz.scene.edit import moved
from viz.scene.shifts import Shift, common_shift, shifted
from viz.views import theme as themes
from viz.views.theme import colour_in
from viz.views.widgets.network_names import POOLINGS, network_colour
from viz.views.widgets.segmented import Segmented

LEFT = Qt.MouseButton.LeftButton
SCENE = number("31")
LAYERS = lenet5().layers


@pytest.fixture(autouse=True)
def few_points(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure the curves every two pixels, unless a test takes ``all_points``."""
    if "all_points" not in request.fixturenames:
        monkeypatch.setattr(residual_curves, "STEPS", (2.0,))


@pytest.fixture
def all_points() -> None:
    """Measure the curves as finely as the program does."""


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    return new_lab(SCENE)


@pytest.fixture
def view(lab: Lab) -> Any:
    return lab.show("residual")


def choose(lab: Lab, choice: Segmented, value: str) -> None:
    QTest.mouseClick(choice, LEFT, pos=choice.option_rect(value).center().toPoint())
    lab.settle()


def place(view: Residual, x: float, y: float = 0.3) -> QPoint:
    """A point of the axes, in pixels of what takes the mouse."""
    return (view.plot.to_widget(x, y) - view.plot.view.pos().toPointF()).toPoint()


def drawn(view: Residual) -> dict[str, Any]:
    return {series.name: series for series in view.plot.series}


def pure(nets: Nets, name: str, shift: Shift) -> dict[str, tuple[float, float]]:
    """Each layer's residuals, interior and border, in a network for SCENE moved by ``shift``."""
    images = rasterize_scene(SCENE), rasterize_scene(shifted(SCENE, *shift))
    before, after = (reference(nets(name), image) for image in images)
    layers = compare_layers(before, after.maps, shift)
    return {key: (one.interior, one.border) for key, one in layers.items()}


@pytest.mark.usefixtures("all_points")
def test_the_whole_axis_comes_coarsely_first_and_ends_at_zero_at_the_strides(lab: Lab) -> None:
    view = lab.show("residual")
    lab.document.toggle_ablation("C1", 0)
    before = view.result
    spans: list[ShiftCurves] = []
    while lab.engine.step():
        if view.result is not before:
            before = view.result
            spans.append(before.curves["max"])
    assert [len(one.shifts) for one in spans[:2]] == [23, 31]  # every 1.5 px, and both ends
    assert all(one.shifts[0] == -16 and one.shifts[-1] == 16 for one in spans)
    # Multiples of a stride alone would be 0
    assert min(spans[0].interior[layer.name].max() for layer in LAYERS) > 0.1
    assert len(spans[-1].shifts) == 65 and spans[-1].done
    for layer in LAYERS:
        series = drawn(view)[layer.name]
        aligned = series.x % layer.stride == 0
        assert series.y[aligned].max() <= 1e-5
        assert series.y[~aligned].min() > 0.05


def test_a_drag_in_the_plot_moves_the_drawing_in_one_step(lab: Lab, view: Residual) -> None:
    found, steps = view.result.curves["max"], lab.document.undo_stack.count()
    target = view.plot.view.viewport()
    QTest.mousePress(target, LEFT, pos=place(view, 5))
    QTest.mouseMove(target, place(view, 8))
    QTest.mouseRelease(target, LEFT, pos=place(view, 8))
    lab.settle()
    assert lab.document.scene == shifted(SCENE, 8, 0) and view.plot.mark == 8
    assert lab.document.undo_stack.count() == steps + 1
    assert view.result.curves["max"] is found
    QTest.keyClick(view.plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    lab.settle()
    assert view.plot.mark == 8.25 and view.plot.measured.place == "8.25"  # type: ignore[union-attr]


def test_mark_and_curves_are_of_the_drawing_s_own_shift(lab: Lab, view: Residual) -> None:
    """Of both its components: on the axis alone x = 12 would promise 0 to every layer."""
    for shift, told in (
        ((12.0, 1.4), "12, 1.4"),
        ((12.3, 1.4), "12.3, 1.4"),
        ((-6.0, 4.0), "−6, 4"),
        ((3.0, 0.0), "3"),
    ):
        lab.go(shifted(SCENE, *shift))
        expected, here = pure(lab.nets, "max", shift), view.plot.measured
        assert here is not None and view.plot.mark == here.x == pytest.approx(shift[0])
        assert here.place == told and not view.plot.dimmed
        for name, (interior, _) in expected.items():
            assert here.values[name] == pytest.approx(interior, abs=1e-5, nan_ok=True)
            if shift[0] % 2 == 0:  # where the curves are measured
                height = drawn(view)[name].at(here.x)
                assert height == pytest.approx(interior, abs=1e-5, nan_ok=True)
        aligned, label = shift[1] % 4 == 0, view.plot.below.text
        assert label.startswith(f"shift along x / px; y: {shift[1]:g}")
        assert label.endswith("interpolated between" if aligned else "no multiple of 4")
        assert (np.nanmin(drawn(view)["S4"].y) < 1e-5) == aligned
    lab.go(shifted(SCENE, 12, 1.4))
    dot = view.plot.to_widget(12, pure(lab.nets, "max", (12, 1.4))["S4"][0]).toPoint()
    series = drawn(view)["S4"]
    pixel = view.plot.grab().toImage().pixelColor(dot)
    assert pixel == colour_in(themes.theme("dark"), series.colour)
    QTest.mouseClick(view.plot.view.viewport(), LEFT, pos=place(view, 8))
    assert common_shift(SCENE, lab.document.scene) == pytest.approx((8, 1.4))  # along the curve


def test_a_drag_across_shows_dots_at_once_and_dims_what_stays_behind(
    lab: Lab, view: Residual, qtbot: QtBot
) -> None:
    choose(lab, view.layers, "S4")
    before = view.result
    for y in (0.05, 1.5):
        lab.document.apply(shifted(SCENE, 6, y), "drag")
        lab.wait_until(lambda y=y: view.here.shift == pytest.approx((6, y)))  # type: ignore[union-attr]
        value = pure(lab.nets, "max", (6, y))["S4"][0]
        assert view.plot.measured is not None
        assert view.plot.measured.values["max"] == pytest.approx(value, rel=1e-3)
    assert view.result is before and not view.plot.dimmed
    qtbot.waitUntil(lambda: view.plot.dimmed, timeout=4 * PATIENCE_MS)
    assert view.plot.key.values[2] == "–"  # average: its curve is of another shift
    lab.settle()
    assert not view.plot.dimmed and view.result.curves["max"].other == 1.5


@pytest.mark.parametrize("step", [(0.05, 0.0), (0.0, 0.05)])
def test_curves_come_while_one_edits_or_drags_across_all_the_time(
    lab: Lab, view: Residual, step: Shift
) -> None:
    seen: list[Any] = [view.result]
    for count in range(1, 400):
        part = [0] if step[0] else [0, 1]
        lab.document.apply(moved(SCENE, part, count * step[0], count * step[1]), "drag")
        for _ in range(4):
            lab.engine.step()
        assert not view.plot.dimmed
        if view.result is not seen[-1]:
            seen.append(view.result)
        if len(seen) == 3:
            break
    assert len(seen) == 3 and all(len(one.curves["max"].shifts) == 17 for one in seen)


def test_hidden_it_measures_nothing_and_goes_on_when_it_comes_back(lab: Lab) -> None:
    view = lab.show("residual")
    lab.document.toggle_ablation("C3", 1)
    lab.engine.step()
    assert lab.engine.measuring
    view.hide()
    assert not lab.engine.measuring
    view.show()
    lab.ask_again()
    assert view.result.curves["max"].done and not view.plot.dimmed


def test_an_empty_canvas_has_no_residual(lab: Lab, view: Residual) -> None:
    lab.go(Scene(SCENE.height, SCENE.width))
    assert view.message.startswith("The canvas is empty") and not view.plot.isVisible()
    choose(lab, view.layers, "C3")
    lab.go(SCENE)
    assert view.message == "" and view.plot.mark == 0 and len(view.plot.series) == 4


def test_what_else_makes_a_difference_and_what_has_no_interior_is_told(
    lab: Lab, view: Residual
) -> None:
    assert view.line.text == ""
    lab.go(replace(SCENE, noise=Noise(sigma=0.2)))
    assert "noise" in view.line.text and drawn(view)["C1"].at(4) > 0.1
    picture = ImageLayer(np.ones((8, 8), np.float32), (16, 16))
    lab.go(replace(SCENE, items=(picture,)))
    assert "resampled" in view.line.text and "noise" not in view.line.text
    lab.go(SCENE)
    choose(lab, view.axes, "y")
    assert view.line.text == "A canvas of 64×32 px is too small for an interior of C5, output."
    choose(lab, view.layers, "S4")
    assert (
        view.line.text == "A canvas of 64×32 px is too small for an interior of blur beyond 8 px."
    )
    lab.go(replace(SCENE, height=64))
    assert view.line.text == ""


def test_axis_and_layer_are_chosen_shown_and_kept(
    lab: Lab, view: Residual, new_lab: NewLab
) -> None:
    lines = [(series.pattern, series.thick) for series in view.plot.series]
    assert len(set(lines)) == len(LAYERS)  # told apart by more than their colour
    choose(lab, view.axes, "y")
    choose(lab, view.layers, "C3")
    border, *interiors = view.plot.series
    assert border.dashed and [one.name for one in interiors] == ["max", "average", "blur"]
    assert view.result.curves["max"].axis == "y"
    assert np.nanmax(border.y) > 0.5  # the drawing leaves the canvas
    assert view.plot.ranges[1] == (0, pytest.approx(math.sqrt(2)))
    again = new_lab(SCENE).show("residual")
    again.restore(view.state())  # while the drawing stays, so that no snapshot comes
    assert again.state() == view.state() == {"axis": "y", "layer": "C3"}
    again.restore({"axis": "z", "layer": 3})
    assert again.state() == view.state() and len(again.plot.series) == 4
    choose(lab, view.layers, ALL)
    assert len(view.plot.series) == len(LAYERS)
    assert view.plot.ranges == ((-16, 16), (0, pytest.approx(0.7)))


@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_layer_s_curve_is_legible(view: Residual, name: str) -> None:
    theme = themes.theme(name)
    for series in view.plot.series:  # WCAG 2.1, 1.4.11: graphics
        assert themes.contrast(colour_in(theme, series.colour), theme.background) >= 3


def test_one_layer_is_shown_for_the_three_poolings_side_by_side(lab: Lab, view: Residual) -> None:
    max_pooling = view.result.curves["max"]
    choose(lab, view.layers, "S4")
    lab.go(shifted(SCENE, 2, 0))
    assert view.result.curves["max"] is max_pooling  # what is known stays
    border, *interiors = view.plot.series
    theme = themes.theme("dark")
    for name, series in zip(POOLINGS, interiors, strict=True):
        inside, outside = pure(lab.nets, name, (2, 0))["S4"]
        assert series.name == name
        assert colour_in(theme, series.colour) == network_colour(name, theme)
        assert series.thick == (name == "max")
        assert series.at(2) == pytest.approx(inside, abs=1e-5)
        if name == "max":
            assert border.at(2) == pytest.approx(outside, abs=1e-5)
    assert interiors[2].y.max() < interiors[1].y.max() < interiors[0].y.max()
    lab.document.set_network("blur")
    lab.settle()
    assert [one.thick for one in view.plot.series] == [False, False, False, True]
    assert lab.live.shift == (2, 0)  # another network, another reference
    assert view.line.text == ""
    lab.document.toggle_ablation("S2", 3)
    lab.settle()
    assert view.line.text == "blur: 1 map ablated; the others: none."
    assert drawn(view)["max"].at(2) == pytest.approx(interiors[0].at(2), abs=1e-5)
    assert drawn(view)["blur"].at(2) != pytest.approx(interiors[2].at(2), abs=1e-3)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_network_without_weights_has_no_curve_and_is_told(
    new_lab: NewLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    lose(monkeypatch, tmp_path, "blur", damage)
    lab = new_lab(SCENE, Nets())
    view = lab.show("residual")
    assert view.line.text == ""  # it is not compared yet
    choose(lab, view.layers, "C3")
    known = {name: len(series.x) > 0 for name, series in drawn(view).items()}
    assert known == {"border": True, "max": True, "average": True, "blur": False}
    assert word_for(damage) in view.line.text
    assert str(tmp_path) in view.plot.toolTip().replace("\n", "")


@pytest.mark.parametrize(
    "architecture", [notes(), lenet5(side=28, none=False), three_convolutions(), unshared()]
)
def test_the_curves_are_those_of_the_network_s_layers(
    lab: Lab, view: Residual, monkeypatch: pytest.MonkeyPatch, architecture: Architecture
) -> None:
    monkeypatch.setattr(residual_curves, "STEPS", (4.0,))
    view.restore({"layer": "C5"})
    lab.document.set_network(open_random(monkeypatch, architecture))
    lab.settle()
    assert view.layers.value == ("C5" if "C5" in architecture else ALL)
    choose(lab, view.layers, ALL)
    names = [layer.name for layer in architecture.layers]
    assert list(drawn(view)) == names
    lines = [(one.pattern, one.thick) for one in view.plot.series]
    assert all(a != b for a, b in pairwise(lines))
    for layer in architecture.layers:
        one = drawn(view)[layer.name]
        known = np.isfinite(one.y)
        if not layer.fixed:
            assert np.abs(one.y[known & (one.x % layer.stride == 0)]).max(initial=0) <= 1e-5
        assert one.y[known].max(initial=0) <= view.plot.ranges[1][1] + 0.01
    lab.go(shifted(SCENE, 4, 0))
    for layer in architecture.layers:
        choose(lab, view.layers, layer.name)
        border, *interiors = view.plot.series
        compared = POOLINGS if layer.name in lenet5() else ()
        assert [one.name for one in interiors[1:]] == list(compared)
        assert border.dashed and interiors[0].thick and not border.thick
        assert all(np.isfinite(one.y).any() for one in interiors[1:])
        assert view.plot.measured is not None and len(view.plot.measured.values) == 2
    lab.document.set_network("max")
    lab.settle()
    choose(lab, view.layers, ALL)
    assert list(drawn(view)) == [layer.name for layer in LAYERS]


def test_its_formula_has_the_shift_to_two_decimals(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = lab.show("residual")
    lab.go(shifted(lab.document.scene, 2.34567, 0))
    assert "at dx = 2.35, dy = 0 px" in view.formula()
