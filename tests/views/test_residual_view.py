"""The residual's curves, dots and key, and the three networks side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from equivariance_bench import LEFT, SCENE, Bench, click
from lost_weights import DAMAGES, lose, word_for
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz import theme as themes
from viz.compute import Nets
from viz.measure.equivariance import (
    compare_layers,
    reference,
)
from viz.nets.layers import LAYERS
from viz.scene import ImageLayer, Noise, Scene, rasterize_scene
from viz.scene.edit import moved
from viz.scene.shifts import shifted
from viz.views.curve_key import value_text
from viz.views.equivariance.residual import ALL, Residual
from viz.views.equivariance.residual_series import layer_colours
from viz.views.network_names import POOLINGS, network_colour


@pytest.fixture(scope="module")
def nets() -> Nets:
    return Nets()


@pytest.fixture
def bench(qtbot: QtBot, nets: Nets) -> Iterator[Bench]:
    made = Bench(qtbot, nets)
    yield made
    made.engine.stop()


def test_a_click_in_the_curve_moves_the_drawing_there(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    steps = bench.document.undo_stack.count()
    at = view.plot.to_widget(8, 0.3).toPoint()
    QTest.mousePress(view.plot, LEFT, pos=view.plot.to_widget(5, 0.3).toPoint())
    QTest.mouseMove(view.plot, at)
    QTest.mouseRelease(view.plot, LEFT, pos=at)
    bench.settle()
    assert bench.document.scene == shifted(SCENE, 8, 0)
    assert view.plot.mark == 8 and bench.live.shift == (8, 0)
    assert bench.document.undo_stack.count() == steps + 1
    bench.document.undo_stack.undo()
    assert bench.document.scene == SCENE and view.plot.mark == 0


def test_the_curves_are_zero_at_the_strides_and_stay_while_the_drawing_moves(
    bench: Bench,
) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    found = bench.live.curves
    assert found is not None and found.done and found.shifts[0] == -16 and found.shifts[-1] == 16
    curves = {series.name: series for series in view.plot.series}
    assert list(curves) == [layer.name for layer in LAYERS]
    for layer in LAYERS:
        aligned = curves[layer.name].x % layer.stride == 0
        assert curves[layer.name].y[aligned].max() <= 1e-5
        assert curves[layer.name].y[~aligned].min() > 0.05
    bench.go(shifted(SCENE, 5, 0))
    assert bench.live.curves is found and view.plot.mark == 5
    bench.document.toggle_ablation("C1", 0)
    bench.settle()
    assert bench.live.curves is not found


def test_while_one_edits_curves_come_and_are_faint_until_they_are_the_drawing_s(
    bench: Bench,
) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    assert not view.plot.dimmed
    found = bench.live.curves
    results: list[int] = []
    bench.live.refined.connect(
        lambda: results.append(len(bench.live.curves.shifts))  # type: ignore[union-attr]
    )
    for step in range(1, 200):
        bench.document.apply(moved(SCENE, [0], step / 100, 0), "edit")
        assert view.plot.dimmed and view.plot.mark == 0
        bench.qtbot.wait(2)
        if len(results) >= 4:
            break
    assert len(results) >= 4 and bench.live.curves is not found
    assert min(results) >= 9  # from the outset there is a curve
    bench.settle()
    assert not view.plot.dimmed and bench.live.curves is not None and bench.live.curves.done


def test_layers_are_told_apart_by_more_than_their_colour(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    lines = {(series.pattern, series.thick) for series in view.plot.series}
    assert len(lines) == len(LAYERS)


def test_an_empty_canvas_has_no_residual(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    assert view.plot.message == ""
    bench.go(Scene(SCENE.height, SCENE.width))
    assert view.plot.message.startswith("The canvas is empty") and view.plot.mark is None
    assert [series.name for series in view.plot.series] == [layer.name for layer in LAYERS]
    for series in view.plot.series:
        assert not series.known.any() and math.isnan(series.at(0.0))
    assert not view.plot.dimmed
    click(view, "C3")
    assert not any(series.known.any() for series in view.plot.series)
    bench.go(SCENE)
    assert view.plot.message == "" and view.plot.mark == 0
    assert all(series.known.any() for series in view.plot.series)


def test_old_curves_are_measured_anew_when_the_instrument_comes_back(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    bench.document.apply(moved(SCENE, [0], 1, 0), "edit")
    view.hide()
    view.show()
    bench.answer()
    bench.settle()
    assert not view.plot.dimmed and not bench.live.curves_old


def test_the_curves_tell_of_noise_and_pictures(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    assert view.plot.note == ""
    bench.go(replace(SCENE, noise=Noise(sigma=0.2)))
    assert "noise" in view.plot.note
    assert max(series.y[series.x == 4].max() for series in view.plot.series) > 0.1
    picture = ImageLayer(np.ones((8, 8), np.float32), (16, 16))
    bench.go(replace(SCENE, items=(picture,)))
    assert "resampled" in view.plot.note and "noise" not in view.plot.note


@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_layer_s_colour_is_legible(name: str) -> None:
    def luminance(colour: QColor) -> float:
        parts = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4
                 for p in (colour.redF(), colour.greenF(), colour.blueF())]  # fmt: skip
        return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))

    theme = themes.theme(name)
    ground = luminance(theme.background)
    for colour in layer_colours(theme).values():
        low, high = sorted((ground, luminance(colour)))
        assert (high + 0.05) / (low + 0.05) >= 3  # WCAG 2.1, 1.4.11: graphics


def test_axis_and_layer_are_chosen_shown_and_kept(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    QTest.mouseClick(view.axes, LEFT, pos=view.axes.option_rect("y").center().toPoint())
    bench.settle()
    click(view, "C3")
    border, *interiors = view.plot.series
    assert border.dashed and not any(one.dashed for one in interiors)
    assert [one.name for one in interiors] == ["max", "average", "blur"]
    bench.settle()
    border = view.plot.series[0]
    assert bench.live.curves is not None and bench.live.curves.axis == "y"
    assert np.nanmax(border.y) > 0.5  # the drawing leaves the canvas
    state = view.state()
    again = Residual(bench.document, bench.live)
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


def test_the_mark_and_the_curves_are_of_the_drawing_s_own_shift(bench: Bench) -> None:
    """Of both its components: on the axis alone x = 12 would promise 0 to every layer."""
    view = Residual(bench.document, bench.live)
    bench.show(view)
    for shift, place in (
        ((12.0, 1.4), "12, 1.4"),
        ((12.3, 1.4), "12.3, 1.4"),
        ((-7.0, 4.0), "−7, 4"),
        ((3.0, 0.0), "3"),
    ):
        bench.go(shifted(SCENE, *shift))
        expected = pure(bench.nets, "max", shift)
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
    bench.go(shifted(SCENE, 12, 1.4))
    area = view.plot.plot_area()
    picture = view.plot.grab().toImage()
    dot = view.plot.to_widget(12, pure(bench.nets, "max", (12, 1.4))["S4"][0])
    assert area.contains(dot)
    colour = layer_colours(themes.theme("dark"))["S4"]
    assert picture.pixelColor(dot.toPoint()) == colour
    # A click goes along the curve that is shown
    QTest.mouseClick(view.plot, LEFT, pos=view.plot.to_widget(8, 0.3).toPoint())
    bench.settle()
    assert bench.live.shift == pytest.approx((8, 1.4))


def test_while_the_drawing_moves_across_the_dots_follow_and_the_curves_wait(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    click(view, "S4")
    bench.settle()
    before = bench.live.curves
    refined: list[None] = []
    bench.live.refined.connect(lambda: refined.append(None))
    steps = [(6, n / 10) for n in range(1, 9)]
    for shift in steps:
        bench.document.apply(shifted(SCENE, *shift), "drag")
        assert view.plot.dimmed and bench.live.curves is before
        # What is not measured here is not told by curves of another shift
        texts = {
            one.name: value_text(one, view.plot.mark, view.plot.here, dimmed=view.plot.dimmed)
            for one in view.plot.series
        }
        assert texts["average"] == texts["blur"] == "–"
        bench.qtbot.waitUntil(lambda: bench.live.point.shift == bench.live.shift)  # type: ignore[union-attr]
        if refined:
            break  # this machine measured curves between two steps
    assert view.plot.here is not None
    last = bench.live.shift
    assert view.plot.here.values["max"] == pytest.approx(pure(bench.nets, "max", last)["S4"][0])
    bench.settle()
    assert not view.plot.dimmed and bench.live.curves is not before
    assert bench.live.curves is not None and bench.live.curves.other == pytest.approx(last[1])


def test_one_layer_is_shown_for_the_three_poolings_side_by_side(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    max_pooling = bench.live.curves
    click(view, "S4")
    assert not view.plot.dimmed  # what is known stays
    bench.settle()
    assert bench.live.curves is max_pooling
    bench.go(shifted(SCENE, 2, 0))
    assert bench.live.curves is max_pooling
    border, *interiors = view.plot.series
    theme = themes.theme("dark")
    for name, series in zip(POOLINGS, interiors, strict=True):
        inside, outside = pure(bench.nets, name, (2, 0))["S4"]
        assert series.name == name and series.colour == network_colour(name, theme)
        assert series.thick == (name == "max")
        assert series.at(2) == pytest.approx(inside, abs=1e-5)
        assert value_text(series, 2, view.plot.here) == f"{inside:.2f}"
        if name == "max":
            assert border.at(2) == pytest.approx(outside, abs=1e-5)
    tops = [series.y.max() for series in interiors]
    assert tops[2] < tops[1] < tops[0]  # blur pooling's sawtooth is the lowest
    bench.document.set_network("blur")
    bench.settle()
    assert [one.thick for one in view.plot.series] == [False, False, False, True]
    blurred = pure(bench.nets, "blur", (0, 0))  # another network, another reference
    assert bench.live.shift == (2, 0) and blurred["S4"][0] == 0
    assert view.plot.note == ""
    bench.document.toggle_ablation("S2", 3)
    bench.settle()
    assert view.plot.note == "blur: 1 map ablated; the others: none."
    assert view.plot.series[1].at(2) == pytest.approx(interiors[0].at(2), abs=1e-5)
    assert view.plot.series[3].at(2) != pytest.approx(interiors[2].at(2), abs=1e-3)


def test_a_layer_that_comes_back_with_a_session_is_measured_for_all_three(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    view.restore({"layer": "S4"})  # while the drawing stays, so that no snapshot comes
    bench.settle()
    assert len(view.plot.series) == 4
    assert all(series.known.any() for series in view.plot.series)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_network_without_weights_has_no_curve_and_is_told(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    lose(monkeypatch, tmp_path, "blur", damage)
    bench = Bench(qtbot, Nets())
    try:
        view = Residual(bench.document, bench.live)
        bench.show(view)
        assert view.plot.note == ""  # nobody asked for it yet
        click(view, "C3")
        bench.settle()
        known = {one.name: one.known.any() for one in view.plot.series}
        assert known == {"border": True, "max": True, "average": True, "blur": False}
        assert word_for(damage) in view.plot.note
        assert str(tmp_path) in view.plot.toolTip().replace("\n", "")
    finally:
        bench.engine.stop()


def test_what_the_canvas_is_too_small_for_is_told(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    assert view.plot.note == ""
    QTest.mouseClick(view.axes, LEFT, pos=view.axes.option_rect("y").center().toPoint())
    bench.settle()
    assert view.plot.note == "64×32 px are too few for an interior of C5, output."
    click(view, "S4")
    bench.settle()
    assert view.plot.note == "64×32 px are too few for an interior of blur beyond 8 px."
    bench.go(replace(SCENE, height=64))
    assert view.plot.note == ""
