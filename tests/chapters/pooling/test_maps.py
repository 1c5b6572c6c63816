"""Maps: the operator on what the network computed, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest
from random_nets import open_random, three_convolutions, unshared

from viz.chapters.pooling.measure.maps import own_pooling
from viz.model.snapshot import Unit
from viz.nets.architecture import Architecture, Layer
from viz.nets.lenet5 import lenet5, notes
from viz.nets.pooling import KINDS, Pooling, pool
from viz.scene import Scene
from viz.scene.digits import number
from viz.scene.edit import resized

LEFT = Qt.MouseButton.LeftButton
BEFORE, AFTER, OWN = range(3)
SIZE = 720, 190


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    return new_lab(number("31"))


@pytest.fixture
def maps(lab: Lab) -> Any:
    return lab.show("pooling-maps", SIZE)


def old() -> Architecture:
    """As in 1990: subsampling with trained coefficients, and maps of few units on top."""
    return Architecture(
        (
            Layer("C1", "conv", 4, 5, activation="scaled-tanh"),
            Layer("S2", "pool", 4, 2, 2, pooling="subsampling", activation="scaled-tanh"),
            Layer("C3", "conv", 6, 3, activation="sigmoid"),
            Layer("P4", "pool", 6, 6, 3, pooling="lp", p=3.0),
            Layer("C5", "conv", 120, 2, activation="relu"),
            Layer("output", "dense", 10, activation="log-softmax"),
        ),
        side=28,
        none=False,
    )


def test_pictures_are_the_snapshots_maps_pooled(lab: Lab, maps: Any) -> None:
    snapshot = lab.document.snapshot
    assert snapshot is not None
    first = int(snapshot.maps["C1"].std((1, 2)).argmax())
    shown = [heatmap.values for heatmap in maps.grid.heatmaps]
    assert np.array_equal(shown[BEFORE], snapshot.maps["C1"][first])
    assert np.array_equal(shown[AFTER], shown[OWN]), "the network's own pooling is the operator's"
    maps.operator.set(kind="average", size=3)
    lab.settle()
    shown = [heatmap.values for heatmap in maps.grid.heatmaps]
    assert np.array_equal(shown[AFTER], pool(shown[BEFORE], Pooling("average", 3, 2)))
    assert np.array_equal(shown[OWN], snapshot.maps["S2"][first])
    assert maps.line.text == "rows ⌊(28 − 3)/2⌋ + 1 = 13, columns ⌊(60 − 3)/2⌋ + 1 = 29"
    captions = [heatmap.caption for heatmap in maps.grid.heatmaps[:3]]
    assert captions == [f"C1 map {first}: 28×60", "average 3×3: 13×29", "network’s S2: 14×30"]


def test_maps_follow_the_unit_pointed_at_and_the_buttons_and_stay(lab: Lab, maps: Any) -> None:
    lab.document.pin(Unit("S4", 7, 1, 2))
    lab.settle()
    assert (maps.layer.value, maps.pictures[BEFORE].number) == ("C3", 7)
    QTest.mouseClick(maps.next, LEFT)
    lab.settle()
    assert maps.pictures[BEFORE].number == 8, "though the unit is pinned still"
    for _ in range(9):
        QTest.mouseClick(maps.previous, LEFT)
    lab.settle()
    snapshot = lab.document.snapshot
    assert snapshot is not None and maps.pictures[BEFORE].number == 49
    assert np.array_equal(maps.pictures[OWN].values, snapshot.maps["S4"][49])


def test_pooled_units_lie_on_what_they_come_from_and_are_told(lab: Lab, maps: Any) -> None:
    before, after, own = maps.grid.heatmaps[:3]
    unit, first = after.cell_rect(3, 5), before.cell_rect(6, 10)
    assert unit.topLeft() == first.topLeft() and unit.width() == 2 * first.width()
    QTest.mouseMove(after, unit.center().toPoint())
    assert maps.line.text == f"{after.values[3, 5]:.3f} in row 3, column 5"
    (sees,) = before.marks
    assert sees.getRect() == (10, 6, 2, 2) and not own.marks
    window = before.values[6:8, 10:12]
    rows = "\n".join("  ".join(f"{value:.3f}" for value in row) for row in window)
    told = f"max: y = max xᵢ\ny = {window.max():.3f}\nof x =\n{rows}"
    place = f"map {maps.pictures[0].number}, row 3, column 5\n"
    assert after.tooltip(unit.center()) == f"C1 {place}{told}"
    assert own.tooltip(unit.center()) == f"S2 {place}{told}"
    law = f"max(0, b + Σ x·w) over the 5×5 patches below\ny = {before.values[3, 5]:.3f}"
    assert before.tooltip(before.cell_rect(3, 5).center()) == f"C1 {place}y = {law}"
    lab.go(number("3"))  # what is pointed at is told of the new drawing
    assert maps.line.text == f"{after.values[3, 5]:.3f} in row 3, column 5"
    maps.operator.set(kind="max", size=5, stride=5)
    lab.settle()
    assert maps.line.text.startswith("rows ⌊(28 − 5)/5⌋"), "that unit is gone"


@pytest.mark.parametrize(("layer", "silent"), [("C1", BEFORE), ("S2", OWN)])
def test_an_ablated_map_is_told_as_such(lab: Lab, maps: Any, layer: str, silent: int) -> None:
    first = maps.pictures[BEFORE].number
    lab.document.toggle_ablation(layer, first)
    lab.settle()
    heatmap = maps.grid.heatmaps[silent]
    told = heatmap.tooltip(heatmap.cell_rect(3, 5).center())
    assert told == f"{layer} map {first}, row 3, column 5\nablated\ny = 0.000"
    assert maps.pictures[AFTER].values.any() == (layer == "S2"), "what comes before is as it was"


def test_as_many_maps_as_fill_the_view_stand_below_one_another(lab: Lab, maps: Any) -> None:
    snapshot = lab.document.snapshot
    assert snapshot is not None
    maps.restore({"maps": {"C1": 19}})
    maps.resize(720, 420)
    lab.settle()
    rows = [picture.number for picture in maps.pictures[::3]]
    assert rows == [19, 0, 1], "round and round"
    for place, first in enumerate(rows):
        heatmaps = maps.grid.heatmaps[3 * place : 3 * place + 3]
        assert np.array_equal(heatmaps[BEFORE].values, snapshot.maps["C1"][first])
        assert np.array_equal(heatmaps[OWN].values, snapshot.maps["S2"][first])
    areas = {(heatmap.area().width(), heatmap.area().height()) for heatmap in maps.grid.heatmaps}
    assert len(areas) == 1, "one zoom"


@pytest.mark.parametrize("shape", [(32, 512), (128, 40), (32, 32), (128, 512)])
def test_any_canvas_keeps_square_pixels_within_the_view(
    lab: Lab, maps: Any, shape: tuple[int, int]
) -> None:
    lab.go(resized(lab.document.scene, *shape))
    for heatmap in maps.grid.heatmaps:
        area, (height, width) = heatmap.area(), maps.pictures[BEFORE].values.shape
        assert area.width() / width == pytest.approx(area.height() / height)
        assert heatmap.rect().toRectF().contains(area)
        assert maps.grid.rect().contains(heatmap.geometry())


def test_blank_paper_has_maps_and_states_survive(lab: Lab, maps: Any) -> None:
    maps.restore({"layer": "C3", "maps": {"C1": 3, "C3": 17}})
    lab.go(Scene(32, 64))
    assert not maps.message and maps.pictures[BEFORE].number == 17
    state = json.loads(json.dumps(maps.state(), allow_nan=False))
    assert (state["layer"], state["maps"]) == ("C3", {"C1": 3, "C3": 17})
    maps.restore({"operator": None, "layer": 3, "maps": {"C1": 99, "C3": True, "x": 1}})
    maps.restore({"maps": [1]})
    assert maps.state() == state


@pytest.mark.parametrize(
    "architecture", [notes(), lenet5(side=28, none=False), three_convolutions(), unshared(), old()]
)
def test_any_network_s_maps_are_pooled(
    lab: Lab, maps: Any, monkeypatch: pytest.MonkeyPatch, architecture: Architecture
) -> None:
    maps.restore({"layer": "C3", "maps": {"C1": 19, "C3": 49}})
    lab.document.set_network(open_random(monkeypatch, architecture))
    lab.settle()
    snapshot = lab.document.snapshot
    assert snapshot is not None and maps.layer.options
    for option in maps.layer.options:
        maps.restore({"layer": option.value})
        lab.settle()
        layer = architecture.layer(option.value)
        above = architecture.layers[architecture.layers.index(layer) + 1]
        is_pooled = above.operation == "pool"
        before, after, *own = maps.pictures[: 3 if is_pooled else 2]
        values = snapshot.maps[layer.name][before.number]
        assert np.array_equal(before.values, values)
        assert np.array_equal(after.values, pool(values, Pooling()))
        assert maps.grid.heatmaps[BEFORE].scale.signed == layer.signed
        if is_pooled:
            assert np.array_equal(own[0].values, snapshot.maps[above.name][before.number])
            assert (own[0].stride, own[0].reach) == (above.step, above.reach)
        for heatmap in maps.grid.heatmaps[: 2 + is_pooled]:
            assert "= " in heatmap.tooltip(heatmap.cell_rect(0, 0).center())
    lab.document.set_network("max")
    lab.settle()
    assert maps.layer.value in ("C1", "C3") and len(maps.pictures) % 3 == 0


def test_a_layer_asked_for_comes_back_with_its_network(
    lab: Lab, maps: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    maps.restore({"layer": "C3"})
    lab.document.set_network(open_random(monkeypatch, three_convolutions()))
    lab.settle()
    assert maps.layer.value == "K1"
    lab.document.set_network("max")
    lab.settle()
    assert maps.layer.value == "C3" and maps.pictures[BEFORE].layer.name == "C3"


def test_where_nothing_can_be_pooled_it_is_said_so(
    lab: Lab, maps: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = Layer("output", "dense", 11, activation="log-softmax")
    small = Architecture((Layer("C1", "conv", 3, 29, activation="relu"), top))
    lab.go(number("3", width=32))
    lab.document.set_network(open_random(monkeypatch, small))
    maps.operator.set(kind="blur", size=3)
    lab.settle()
    said = "No window of 5×5 units fits into the maps of C1."
    assert maps.line.text == maps.grid.heatmaps[AFTER].message == said
    assert maps.pictures[AFTER].values.size == 0
    dense = Architecture((Layer("D1", "dense", 20, activation="tanh"), top))
    lab.document.set_network(open_random(monkeypatch, dense))
    lab.settle()
    assert maps.message.startswith("This network has no maps of several units")
    QTest.mouseClick(maps.next, LEFT)
    lab.document.set_network("max")
    lab.settle()
    assert not maps.message and maps.pictures


def test_own_poolings() -> None:
    assert own_pooling(old().layer("S2")) is None, "coefficients of each map's own"
    assert own_pooling(old().layer("P4")) is None, "larger than the operators here"
    assert own_pooling(lenet5("blur").layer("S2")) == Pooling("blur")
    assert {layer.pooling for layer in old().layers} - {""} <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_unit_lies_about_the_middle_of_what_it_comes_from(lab: Lab, maps: Any, kind: str) -> None:
    maps.operator.set(kind=kind, size=5, stride=2, p=float("inf"), b=float("inf"))
    lab.settle()
    reach = 7 if kind == "blur" else 5
    before, after = maps.grid.heatmaps[:2]
    zoom = before.cell_rect(0, 0).width()
    assert after.cell_rect(0, 0).center() - before.area().topLeft() == QPointF(1, 1) * (
        zoom * reach / 2
    )
