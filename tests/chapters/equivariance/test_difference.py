"""Difference: the maps at their locked scales, which map is shown, and the words above."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from dressing import dress
from lab import Lab, NewLab
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtTest import QTest
from random_nets import open_random, three_convolutions, unshared

from viz.chapters.equivariance.difference import Difference
from viz.chapters.equivariance.measure.residual import (
    LayerShift,
    activity,
    compare_layers,
    reference,
)
from viz.model.snapshot import Unit
from viz.nets import networks
from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5, notes
from viz.scene import rasterize_scene
from viz.scene.digits import number
from viz.scene.edit import moved
from viz.scene.shifts import Shift, shifted
from viz.views import theme as themes
from viz.views.widgets.heatmap import Heatmap

LEFT = Qt.MouseButton.LeftButton
SCENE = number("31")
OTHERS = pytest.mark.parametrize(
    "architecture", [notes(), lenet5(side=28, none=False), three_convolutions(), unshared()]
)


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    return new_lab(SCENE)


@pytest.fixture
def view(lab: Lab) -> Any:
    return lab.show("difference")


def choose(view: Difference, layer: str) -> None:
    QTest.mouseClick(view.layers, LEFT, pos=view.layers.option_rect(layer).center().toPoint())


def layers_of(lab: Lab, shift: Shift) -> dict[str, LayerShift]:
    """What the pure functions say about SCENE moved by ``shift``."""
    snapshot = lab.document.snapshot
    assert snapshot is not None
    net = lab.nets(snapshot.request.network)
    after = activity(snapshot.maps, snapshot.architecture)
    return compare_layers(reference(net, rasterize_scene(SCENE)), after, shift)


def assert_pictured(view: Heatmap, values: np.ndarray, at: tuple[int, int], theme: str) -> None:
    """A cell has the colour of its value, to a step of the scale."""
    row, column = at
    lut, peak, signed = view.scale.lut(themes.theme(theme)), view.scale.peak, view.scale.signed
    place = values[row, column] * (127.5 if signed else 255) / peak + (127.5 if signed else 0)
    near = [int(np.clip(place + d, 0, 255)) for d in (-1, 0, 1)]
    colour = view.grab().toImage().pixelColor(view.cell_rect(row, column).center().toPoint())
    assert colour.rgb() in [int(lut[one]) for one in near]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(("layer", "finer"), [("C1", 8), ("S4", 4)])
def test_the_heat_maps_are_the_maps_at_the_locked_scale(
    lab: Lab, view: Difference, theme: str, layer: str, finer: int
) -> None:
    dress(view, theme)
    lab.go(shifted(SCENE, 2.5, 0))
    choose(view, layer)
    one, index = layers_of(lab, (2.5, 0))[layer], view.map[1]
    peak = networks.trained("max").scales[layer]
    difference = one.after[index] - one.moved[index]
    away = np.abs(difference) * one.inside  # where it is largest
    row, column = map(int, np.unravel_index(away.argmax(), away.shape))
    assert away[row, column] > 0.3 * peak / finer
    pictures = one.after[index], one.moved[index], difference
    for heatmap, values, its_peak in zip(
        view.heatmaps, pictures, (peak, peak, peak / finer), strict=True
    ):
        assert heatmap.scale.peak == its_peak  # whatever the drawing
        assert_pictured(heatmap, values, (row, column), theme)
    assert view.heatmaps[2].caption == f"difference ×{finer}"
    interior, border = (f"{r:.3f}" if r else "0" for r in (one.interior, one.border))
    assert view.line.text == (f"{layer} map {index}: residual {interior} interior, {border} border")
    assert view.line.note == "interpolated, shift  2.50, 0.00 px"


def test_the_interior_is_outlined(lab: Lab, view: Difference) -> None:
    lab.go(shifted(SCENE, 4, 0))
    assert [heatmap.marks for heatmap in view.heatmaps] == [(QRectF(4, 0, 56, 28),)] * 3
    lab.go(shifted(SCENE, 0, 40))
    assert view.heatmaps[0].marks == () and "residual – interior" in view.line.text


def test_maps_with_signs_have_the_diverging_colours(
    lab: Lab, view: Difference, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.document.set_network(open_random(monkeypatch, notes()))
    lab.go(shifted(SCENE, 2, 0))
    after = layers_of(lab, (2, 0))["C1"].after[view.map[1]]
    at = divmod(int(after.argmin()), after.shape[1])
    assert after[at] < -0.1
    assert_pictured(view.heatmaps[0], after, at, "dark")


def test_pointing_outlines_the_same_unit_in_all_three_and_tells_its_values(
    lab: Lab, view: Difference
) -> None:
    lab.go(shifted(SCENE, 2.5, 0))
    at = view.heatmaps[1].cell_rect(7, 20).center().toPoint()
    QTest.mouseMove(view.heatmaps[1], at)
    assert [heatmap.cell for heatmap in view.heatmaps] == [(7, 20)] * 3
    one = layers_of(lab, (2.5, 0))["C1"]
    tip = view.heatmaps[0].tooltip(QPointF(at)) or ""
    assert f"row 7, column 20: f(Tx) {one.after[view.map[1], 7, 20]:.3f}," in tip
    assert "8 times finer" in tip


def test_the_map_is_kept_stepped_and_follows_the_unit_in_sight(
    lab: Lab, view: Difference, new_lab: NewLab
) -> None:
    choose(view, "C3")
    before, first = reference(lab.nets("max"), rasterize_scene(SCENE)), view.map[1]
    responses = np.abs(before.maps["C3"] - before.blank["C3"]).sum((1, 2))
    assert view.map == ("C3", int(responses.argmax()))
    lab.go(shifted(SCENE, -9, 3))
    assert view.map == ("C3", first)  # though another may be more active now
    QTest.mouseClick(view.on, LEFT)
    assert view.map == ("C3", (first + 1) % 50)  # type: ignore[operator]
    QTest.mouseClick(view.back, LEFT)
    lab.document.hover(Unit("S2", 7, 1, 1))
    assert view.map == ("S2", 7)
    lab.document.hover(None)
    assert view.map == ("C3", first)
    choose(view, "output")
    assert view.map == ("output", None) and not view.on.isEnabled()
    assert view.heatmaps[0].values.shape == (11, 9)  # all classes, one below the other
    kept: dict[str, Any] = view.state()
    again = new_lab(SCENE).show("difference")
    again.restore(kept)
    assert again.map == ("output", None)
    choose(again, "C3")
    assert again.map == ("C3", first)
    again.restore({"layer": "C9", "maps": {"C1": 99, "x": 1, "S2": "2"}})
    assert again.map == ("C3", first)


@OTHERS
def test_every_layer_of_another_network_can_be_pictured_and_the_choice_comes_back(
    lab: Lab, view: Difference, monkeypatch: pytest.MonkeyPatch, architecture: Architecture
) -> None:
    view.restore({"layer": "S4", "maps": {"S4": 40, "C1": 19}})
    lab.document.set_network(open_random(monkeypatch, architecture))
    lab.settle()
    first = "S4" if "S4" in architecture else architecture.layers[0].name
    assert view.map[0] == first
    lab.go(shifted(SCENE, 1, 0))
    for layer in reversed(architecture.layers):
        choose(view, layer.name)
        name, index = view.map
        assert name == layer.name and (index is None or index < layer.maps)
    choose(view, "output")
    assert ("none" in view.line.text) == architecture.none
    view.restore({"layer": first})
    lab.document.set_network("max")
    lab.settle()
    assert view.map[0] == (first if first in lenet5() else "C1")


def test_wide_maps_stand_one_below_the_other(new_lab: NewLab) -> None:
    lab = new_lab(number("31415", width=512))
    view = lab.show("difference", (720, 190))
    tops = [heatmap.y() for heatmap in view.heatmaps]
    assert tops == sorted(set(tops))
    assert view.heatmaps[0].area().width() > 2 * 720 / 3


def test_without_one_shift_there_is_no_residual(lab: Lab, view: Difference) -> None:
    lab.go(moved(SCENE, [1], 3, 0))
    assert view.line.text.startswith("C1 map") and "residual" not in view.line.text
    assert "shift  –  Only part" in view.line.note
