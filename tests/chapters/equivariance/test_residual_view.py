"""The residual's curves, dots and key, and the three networks side by side."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lab import Lab, NewLab
from lost_weights import DAMAGES, lose, word_for
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QTest

from viz.chapters.equivariance import residual_work
from viz.chapters.equivariance.measure.residual import compare_layers, reference
from viz.chapters.equivariance.residual import ALL, Residual
from viz.chapters.equivariance.residual_series import layer_colours
from viz.engine.compute import Nets
from viz.nets.lenet5 import lenet5
from viz.scene import ImageLayer, Noise, Scene, rasterize_scene
from viz.scene.digits import number
from viz.scene.edit import moved
from viz.scene.shifts import shifted
from viz.views import theme as themes
from viz.views.widgets.curve_key import value_text
from viz.views.widgets.network_names import POOLINGS, network_colour

LEFT = Qt.MouseButton.LeftButton
SCENE = number("31")
LAYERS = lenet5().layers
NAMES = [layer.name for layer in LAYERS]
SIZE = (520, 250)


@pytest.fixture(autouse=True)
def whole_pixels(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure the curves at whole pixels, unless a test takes ``half_pixels``."""
    if "half_pixels" not in request.fixturenames:
        monkeypatch.setattr(residual_work, "STEP", 1.0)


@pytest.fixture
def half_pixels() -> None:
    """Measure the curves as finely as the program does."""


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    return new_lab(SCENE)


def click(view: Residual, value: str) -> None:
    at = view.layers.words.option_rect(value).center().toPoint()
    QTest.mouseClick(view.layers.words, LEFT, pos=at)


def test_a_click_in_the_curve_moves_the_drawing_there(lab: Lab) -> None:
    view = Residual(lab.document, lab.live)
    lab.put(view, SIZE)
    steps = lab.document.undo_stack.count()
    at = view.plot.to_widget(8, 0.3).toPoint()
    QTest.mousePress(view.plot, LEFT, pos=view.plot.to_widget(5, 0.3).toPoint())
    QTest.mouseMove(view.plot, at)
    QTest.mouseRelease(view.plot, LEFT, pos=at)
    lab.settle()
    assert lab.document.scene == shifted(SCENE, 8, 0)
    assert view.plot.mark == 8 and lab.live.shift == (8, 0)
    assert lab.document.undo_stack.count() == steps + 1
    lab.document.undo_stack.undo()
    lab.engine.answer()
    assert lab.document.scene == SCENE and view.plot.mark == 0


@pytest.mark.usefixtures("half_pixels")
def test_the_curves_are_zero_at_the_strides_and_stay_while_the_drawing_moves(
    lab: Lab,
) -> None:
    view = Residual(lab.document, lab.live)
    lab.put(view, SIZE)
    found = lab.live.curves
    assert found is not None and found.done and found.shifts[0] == -16 and found.shifts[-1] == 16
    curves = {series.name: series for series in view.plot.series}
    assert list(curves) == [layer.name for layer in LAYERS]
    for layer in LAYERS:
        aligned = curves[layer.name].x % layer.stride == 0
        assert curves[layer.name].y[aligned].max() <= 1e-5
        assert curves[layer.name].y[~aligned].min() > 0.05
    lab.go(shifted(SCENE, 5, 0))
    assert lab.live.curves is found and view.plot.mark == 5
    lab.document.toggle_ablation("C1", 0)
    lab.settle()
    assert lab.live.curves is not found


@pytest.mark.usefixtures("half_pixels")
def test_while_one_edits_curves_come_and_are_faint_until_they_are_the_drawing_s(
    lab: Lab,
) -> None:
    view = Residual(lab.document, lab.live)
    lab.put(view, SIZE)
    assert not view.plot.dimmed
    found = lab.live.curves
    results: list[int] = []
    lab.live.refined.connect(
        lambda: results.append(len(lab.live.curves.shifts))  # type: ignore[union-attr]
    )
    for step in range(1, 200):
        lab.document.apply(moved(SCENE, [0], step / 100, 0), "edit")
        lab.engine.answer()
        assert view.plot.dimmed and view.plot.mark == 0
        lab.engine.step()
        if len(results) >= 4:
            break
    assert len(results) >= 4 and lab.live.curves is not found
    assert min(results) >= 9  # from the outset there is a curve
    lab.settle()
    assert not view.plot.dimmed and lab.live.curves is not None and lab.live.curves.done


def test_layers_are_told_apart_by_more_than_their_colour(lab: Lab) -> None:
    view = Residual(lab.document, lab.live)
    lab.put(view, SIZE)
    lines = {(series.pattern, series.thick) for series in view.plot.series}
    assert len(lines) == len(LAYERS)


def test_an_empty_canvas_has_no_residual(lab: Lab) -> None:
    view = Residual(lab.document, lab.live)
    lab.put(view, SIZE)
    assert view.plot.message == ""
    lab.go(Scene(SCENE.height, SCENE.width))
    assert view.plot.message.startswith("The canvas is empty") and view.plot.mark is None
    assert [series.name for series in view.plot.series] == [layer.name for layer in LAYERS]
    for series in view.plot.series:
        assert not series.known.any() and math.isnan(series.at(0.0))
    assert not view.plot.dimmed
    click(view, "C3")
    assert not any(series.known.any() for series in view.plot.series)
    lab.go(SCENE)
    assert view.plot.message == "" and view.plot.mark == 0
    assert all(series.known.any() for series in view.plot.series)


def test_old_curves_are_measured_anew_when_the_instrument_comes_back(lab: Lab) -> None:
    view = Residual(lab.document, lab.live)
    lab.put(view, SIZE)
    lab.document.apply(moved(SCENE, [0], 1, 0), "edit")
    view.hide()
    view.show()
    lab.ask_again()
    lab.settle()
    assert not view.plot.dimmed and not lab.live.curves_old


def test_the_curves_tell_of_noise_and_pictures(lab: Lab) -> None:
    view = Residual(lab.document, lab.live)
    lab.put(view, SIZE)
    assert view.plot.note == ""
    lab.go(replace(SCENE, noise=Noise(sigma=0.2)))
    assert "noise" in view.plot.note
    assert max(series.y[series.x == 4].max() for series in view.plot.series) > 0.1
    picture = ImageLayer(np.ones((8, 8), np.float32), (16, 16))
    lab.go(replace(SCENE, items=(picture,)))
    assert "resampled" in view.plot.note and "noise" not in view.plot.note


@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_layer_s_colour_is_legible(name: str) -> None:
    def luminance(colour: QColor) -> float:
        parts = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4
                 for p in (colour.redF(), colour.greenF(), colour.blueF())]  # fmt: skip
        return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))

    theme = themes.theme(name)
    ground = luminance(theme.background)
    for colour in layer_colours(NAMES, theme).values():
        low, high = sorted((ground, luminance(colour)))
        assert (high + 0.05) / (low + 0.05) >= 3  # WCAG 2.1, 1.4.11: graphics


def test_axis_and_layer_are_chosen_shown_and_kept(lab: Lab) -> None:
    view = Residual(lab.document, lab.live)
    lab.put(view, SIZE)
    QTest.mouseClick(view.axes, LEFT, pos=view.axes.option_rect("y").center().toPoint())
    lab.settle()
    click(view, "C3")
    border, *interiors = view.plot.series
    assert border.dashed and not any(one.dashed for one in interiors)
    assert [one.name for one in interiors] == ["max", "average", "blur"]
    lab.settle()
    border = view.plot.series[0]
    assert lab.live.curves is not None and lab.live.curves.axis == "y"
    assert np.nanmax(border.y) > 0.5  # the drawing leaves the canvas
    state = view.state()
    again = Residual(lab.document, lab.live)
    again.restore(state)
    assert again.state() == state == {"axis": "y", "layer": "C3"}
    again.restore({"axis": "z", "layer": 3})
    assert again.state() == state
    click(view, ALL)
    assert len(view.plot.series) == len(LAYERS)


def pure(nets: Nets, name: str, shift: tuple[float, float]) -> dict[str, tuple[float, float]]:
    """Each layer's residuals, interior and border, in a network for SCENE moved by ``shift``."""
    images = rasterize_scene(SCENE), rasterize_scene(shifted(SCENE, *shift))
    before, after = (reference(nets(name), image) for image in images)
    layers = compare_layers(before, after.maps, shift)
    return {key: (one.interior, one.border) for key, one in layers.items()}


def test_the_mark_and_the_curves_are_of_the_drawing_s_own_shift(lab: Lab) -> None:
    """Of both its components: on the axis alone x = 12 would promise 0 to every layer."""
    view = Residual(lab.document, lab.live)
    lab.put(view, SIZE)
    for shift, place in (
        ((12.0, 1.4), "12, 1.4"),
        ((12.3, 1.4), "12.3, 1.4"),
        ((-7.0, 4.0), "−7, 4"),
        ((3.0, 0.0), "3"),
    ):
        lab.go(shifted(SCENE, *shift))
        expected = pure(lab.nets, "max", shift)
        here = view.plot.here
        assert here is not None and view.plot.mark == here.x == pytest.approx(shift[0])
        assert here.place == place
        curves = {series.name: series for series in view.plot.series}
        for name, (interior, _) in expected.items():
            assert here.values[name] == pytest.approx(interior, abs=1e-5, nan_ok=True)
            if shift[0] % 0.5 == 0:  # where the curves are measured
                assert curves[name].at(here.x) == pytest.approx(interior, abs=1e-5, nan_ok=True)
        assert not view.plot.dimmed and f"y: {shift[1]:g}" in view.plot._labels[0]
        aligned = shift[1] % 4 == 0
        assert ("no multiple of 4" in view.plot._labels[0]) == (not aligned)
        assert (curves["S4"].y.min() < 1e-5) == aligned
    lab.go(shifted(SCENE, 12, 1.4))
    area = view.plot.plot_area()
    picture = view.plot.grab().toImage()
    dot = view.plot.to_widget(12, pure(lab.nets, "max", (12, 1.4))["S4"][0])
    assert area.contains(dot)
    colour = layer_colours(NAMES, themes.theme("dark"))["S4"]
    assert picture.pixelColor(dot.toPoint()) == colour
    # A click goes along the curve that is shown
    QTest.mouseClick(view.plot, LEFT, pos=view.plot.to_widget(8, 0.3).toPoint())
    lab.settle()
    assert lab.live.shift == pytest.approx((8, 1.4))


def test_while_the_drawing_moves_across_the_dots_follow_and_the_curves_wait(lab: Lab) -> None:
    view = Residual(lab.document, lab.live)
    lab.put(view, SIZE)
    click(view, "S4")
    lab.settle()
    before = lab.live.curves
    refined: list[None] = []
    lab.live.refined.connect(lambda: refined.append(None))
    steps = [(6, n / 10) for n in range(1, 9)]
    for shift in steps:
        lab.document.apply(shifted(SCENE, *shift), "drag")
        lab.engine.answer()
        assert view.plot.dimmed and lab.live.curves is before
        # What is not measured here is not told by curves of another shift
        texts = {
            one.name: value_text(one, view.plot.mark, view.plot.here, dimmed=view.plot.dimmed)
            for one in view.plot.series
        }
        assert texts["average"] == texts["blur"] == "–"
        lab.wait_until(lambda: lab.live.point.shift == lab.live.shift)  # type: ignore[union-attr]
        if refined:
            break  # this machine measured curves between two steps
    assert view.plot.here is not None
    last = lab.live.shift
    assert view.plot.here.values["max"] == pytest.approx(pure(lab.nets, "max", last)["S4"][0])
    lab.settle()
    assert not view.plot.dimmed and lab.live.curves is not before
    assert lab.live.curves is not None and lab.live.curves.other == pytest.approx(last[1])


def test_one_layer_is_shown_for_the_three_poolings_side_by_side(lab: Lab) -> None:
    view = Residual(lab.document, lab.live)
    lab.put(view, SIZE)
    max_pooling = lab.live.curves
    click(view, "S4")
    assert not view.plot.dimmed  # what is known stays
    lab.settle()
    assert lab.live.curves is max_pooling
    lab.go(shifted(SCENE, 2, 0))
    assert lab.live.curves is max_pooling
    border, *interiors = view.plot.series
    theme = themes.theme("dark")
    for name, series in zip(POOLINGS, interiors, strict=True):
        inside, outside = pure(lab.nets, name, (2, 0))["S4"]
        assert series.name == name and series.colour == network_colour(name, theme)
        assert series.thick == (name == "max")
        assert series.at(2) == pytest.approx(inside, abs=1e-5)
        assert value_text(series, 2, view.plot.here) == f"{inside:.2f}"
        if name == "max":
            assert border.at(2) == pytest.approx(outside, abs=1e-5)
    tops = [series.y.max() for series in interiors]
    assert tops[2] < tops[1] < tops[0]  # blur pooling's sawtooth is the lowest
    lab.document.set_network("blur")
    lab.settle()
    assert [one.thick for one in view.plot.series] == [False, False, False, True]
    blurred = pure(lab.nets, "blur", (0, 0))  # another network, another reference
    assert lab.live.shift == (2, 0) and blurred["S4"][0] == 0
    assert view.plot.note == ""
    lab.document.toggle_ablation("S2", 3)
    lab.settle()
    assert view.plot.note == "blur: 1 map ablated; the others: none."
    assert view.plot.series[1].at(2) == pytest.approx(interiors[0].at(2), abs=1e-5)
    assert view.plot.series[3].at(2) != pytest.approx(interiors[2].at(2), abs=1e-3)


def test_a_layer_that_comes_back_with_a_session_is_measured_for_all_three(lab: Lab) -> None:
    view = Residual(lab.document, lab.live)
    lab.put(view, SIZE)
    view.restore({"layer": "S4"})  # while the drawing stays, so that no snapshot comes
    lab.settle()
    assert len(view.plot.series) == 4
    assert all(series.known.any() for series in view.plot.series)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_network_without_weights_has_no_curve_and_is_told(
    new_lab: NewLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    lose(monkeypatch, tmp_path, "blur", damage)
    lab = new_lab(SCENE, Nets())
    view = Residual(lab.document, lab.live)
    lab.put(view, SIZE)
    assert view.plot.note == ""  # nobody asked for it yet
    click(view, "C3")
    lab.settle()
    known = {one.name: one.known.any() for one in view.plot.series}
    assert known == {"border": True, "max": True, "average": True, "blur": False}
    assert word_for(damage) in view.plot.note
    assert str(tmp_path) in view.plot.toolTip().replace("\n", "")


def test_what_the_canvas_is_too_small_for_is_told(lab: Lab) -> None:
    view = Residual(lab.document, lab.live)
    lab.put(view, SIZE)
    assert view.plot.note == ""
    QTest.mouseClick(view.axes, LEFT, pos=view.axes.option_rect("y").center().toPoint())
    lab.settle()
    assert view.plot.note == "64×32 px are too few for an interior of C5, output."
    click(view, "S4")
    lab.settle()
    assert view.plot.note == "64×32 px are too few for an interior of blur beyond 8 px."
    lab.go(replace(SCENE, height=64))
    assert view.plot.note == ""
