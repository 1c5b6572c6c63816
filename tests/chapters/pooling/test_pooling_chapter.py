"""Chapter 3: maps and curves are the operator on what the network computed, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest

from viz.chapters.pooling.maps import AFTER, BEFORE, OWN
from viz.chapters.pooling.measure.changes import UNPOOLED, changes
from viz.engine.compute import Nets
from viz.model.snapshot import Unit
from viz.nets.network import Network
from viz.nets.pooling import KINDS, Pooling, pool
from viz.scene import Group, Scene, Stroke, Transform
from viz.scene.digits import number
from viz.scene.edit import resized
from viz.views.widgets.curve_key import value_text

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    """The chapter's panel with a 31."""
    lab = new_lab(number("31"))
    lab.open_chapter("pooling")
    return lab


def test_maps_are_the_snapshots_pooled(lab: Lab) -> None:
    lab.turn(1)
    _, maps, _ = lab.panel.instruments[:3]
    snapshot = lab.document.snapshot
    assert snapshot is not None
    layer, at = maps.chosen
    assert layer == "C1" and at == snapshot.maps["C1"].std((1, 2)).argmax()
    maps.strip.kind.chosen.emit("average")
    maps.strip.size_.chosen.emit(3)
    lab.settle()
    pictures = maps.view.pictures
    assert np.array_equal(pictures[BEFORE].values, snapshot.maps["C1"][at])
    wanted = pool(snapshot.maps["C1"][at], Pooling("average", 3, 2))
    assert np.array_equal(pictures[AFTER].values, wanted)
    assert np.array_equal(pictures[OWN].values, snapshot.maps["S2"][at])
    assert maps.strip.said == "rows ⌊(28 − 3)/2⌋ + 1 = 13, columns ⌊(60 − 3)/2⌋ + 1 = 29"


def test_the_networks_own_pooling_is_ours(lab: Lab) -> None:
    lab.turn(1)
    maps = lab.panel.instruments[1]
    assert np.array_equal(maps.view.pictures[AFTER].values, maps.view.pictures[OWN].values)


def test_maps_follow_the_pointed_unit_and_the_buttons_and_stay(lab: Lab) -> None:
    lab.turn(1)
    maps = lab.panel.instruments[1]
    lab.document.hover(Unit("S4", 7, 1, 2))
    lab.ask_again()
    assert maps.chosen == ("C3", 7)
    lab.document.hover(None)
    lab.ask_again()
    assert maps.chosen == ("C3", 7)
    QTest.mouseClick(maps.next, Qt.MouseButton.LeftButton)
    assert maps.chosen == ("C3", 8)
    for _ in range(9):
        QTest.mouseClick(maps.previous, Qt.MouseButton.LeftButton)
    lab.settle()
    assert maps.chosen == ("C3", 49)
    snapshot = lab.document.snapshot
    assert snapshot is not None
    assert np.array_equal(maps.view.pictures[OWN].values, snapshot.maps["S4"][49])


def test_pictures_lie_on_one_another_and_tell_their_values(lab: Lab) -> None:
    lab.turn(1)
    maps = lab.panel.instruments[1]
    view = maps.view
    assert len({(place.width(), place.height()) for place in view.places()}) == 1
    first, other = view.places()[0], view.places()[1]
    unit, sees = view.unit_rect(1, 3, 5), view.unit_rect(0, 6, 10)
    assert unit.topLeft() - other.topLeft() == sees.topLeft() - first.topLeft()
    assert unit.width() == 2 * sees.width() == 2 * sees.height()
    QTest.mouseMove(view, unit.center().toPoint())
    assert view.pointed_at == (1, 3, 5)
    value = float(view.pictures[1].values[3, 5])
    assert maps.strip.said == f"{value:.3f} in row 3, column 5"
    assert all(place.right() <= view.width() and place.bottom() <= view.height()
               for place in view.places())  # fmt: skip


@pytest.mark.parametrize("size", [(520, 290), (890, 440)])  # at 1280×720 and at 1920×1080
def test_as_many_maps_as_fill_the_view_stand_below_one_another(
    lab: Lab, size: tuple[int, int]
) -> None:
    lab.turn(1)
    maps = lab.panel.instruments[1]
    view, snapshot = maps.view, lab.document.snapshot
    assert snapshot is not None
    lab.panel.resize(*size)
    for layer in ("C1", "C3"):
        maps.layer.show_value(layer)
        maps.layer.chosen.emit(layer)
        maps._numbers[layer] = len(snapshot.maps[layer]) - 1
        maps._ask()
        lab.settle()
        count, places = len(view.numbers), view.places()
        assert count >= 2 and len(places) == len(view.pictures) == 3 * count
        assert view.numbers == (len(snapshot.maps[layer]) - 1, *range(count - 1)), "round and round"
        for row, number_ in enumerate(view.numbers):
            mine = view.pictures[3 * row : 3 * row + 3]
            pooled_layer = {"C1": "S2", "C3": "S4"}[layer]
            assert np.array_equal(mine[BEFORE].values, snapshot.maps[layer][number_])
            assert np.array_equal(mine[OWN].values, snapshot.maps[pooled_layer][number_])
        free = view.height() - places[-1].bottom()
        assert 0 <= free < places[-1].height(), "no room for another"
        assert view.zoom() == int(view.zoom()) and places[0].left() > 0
        larger = view.zoom() + 1  # does not fit, or would leave more empty
        assert larger * view.pictures[0].values.shape[1] > view._across() or (
            view.arrange(*view.pictures[0].values.shape, 1).zoom > view.zoom()
        )


@pytest.mark.parametrize("width", [330, 400, 520, 890])
def test_every_column_is_named(lab: Lab, width: int) -> None:
    lab.panel.resize(width, 290)
    lab.turn(1)
    view = lab.panel.instruments[1].view
    for kind in KINDS:
        lab.panel.instruments[1]._operator.set(kind=kind)
        lab.settle()
        for picture in view.pictures[:3]:
            assert min(map(view._small.width, picture.captions)) <= view._across()


def test_the_first_map_is_the_one_that_is_leafed_to(lab: Lab) -> None:
    lab.panel.resize(520, 290)
    lab.turn(1)
    maps = lab.panel.instruments[1]
    before = maps.view.numbers
    image = maps.view.grab().toImage()
    QTest.mouseClick(maps.next, LEFT)
    lab.settle()
    assert len(before) > 1 and maps.view.numbers[:-1] == before[1:]
    assert maps.view.grab().toImage() != image


@pytest.mark.parametrize("stride", [1, 2, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_maps_of_any_size_are_painted(lab: Lab, kind: str, stride: int) -> None:
    lab.turn(1)
    maps = lab.panel.instruments[1]
    maps._operator.set(kind=kind, size=5, stride=stride, p=float("inf"), b=float("inf"))
    for layer in ("C1", "C3"):
        maps.layer.chosen.emit(layer)
        lab.settle()
        assert not maps.grab().isNull()
        view = maps.view
        reach = maps._operator.pooling.reach
        assert view.pictures[AFTER].start == (reach - stride) / 2


def test_curves_are_the_measured_changes(lab: Lab, nets: Nets) -> None:
    lab.turn(2)
    change = lab.panel.instruments[2]
    change.strip.kind.chosen.emit("blur")
    lab.settle()
    poolings = {kind: Pooling(kind) for kind in KINDS}
    *_, wanted = changes(nets("max"), lab.document.scene, "C1", poolings)
    *named, on_top = change.curves.series
    assert [series.name for series in named[:3]] == ["not pooled", "max", "average"]
    by_name = {series.name: series for series in named}
    assert len(by_name) == len(KINDS) + 1
    for name, text in (("blur", "blur"), ("lp", "Lp"), (UNPOOLED, "not pooled")):
        assert np.array_equal(by_name[text].y, wanted.curves[name])
        assert np.array_equal(by_name[text].x, wanted.shifts)
    assert [series.name for series in named if series.thick] == ["blur"]
    assert on_top.thick and on_top.y is by_name["blur"].y and not on_top.name
    assert change.strip.said.startswith(f"by 1 px blur changes by {wanted.curves['blur'][4]:.2f}")


def test_the_key_tells_every_kind_at_the_shift_that_is_clicked(lab: Lab) -> None:
    lab.turn(2)
    change = lab.panel.instruments[2]
    plot = change.curves
    assert plot.mark == 1
    key = plot._key_area()
    at_1 = plot.grab(key.toAlignedRect()).toImage()
    middle = plot.plot_area().center()
    QTest.mouseClick(plot, LEFT, pos=QPointF(plot.x_of(2.55), middle.y()).toPoint())
    assert plot.mark == 2.5, "the nearest that is measured"
    by_name = {series.name: series for series in plot.series if series.name}
    left, none = (by_name[name].y[10] for name in ("max", "not pooled"))
    assert change.strip.said == (
        f"by 2.5 px max changes by {left:.2f}, the maps themselves by {none:.2f}"
    )
    assert plot.grab(key.toAlignedRect()).toImage() != at_1
    order = [series.name for series in plot.series if series.name]
    change.strip.kind.chosen.emit("blur")
    lab.settle()
    assert [series.name for series in plot.series if series.name] == order, "nothing jumps"
    assert change.strip.said.startswith("by 2.5 px blur changes")
    state = change.state()
    assert state["shift"] == 2.5
    for shift, mark in ((4.0, 4.0), (0.3, 4.0), ("1", 4.0), (None, 4.0), (0, 0.0)):
        change.restore({"shift": shift})
        assert plot.mark == mark
    lab.settle()


def test_curves_follow_layer_window_and_drawing(lab: Lab, nets: Nets) -> None:
    lab.turn(2)
    change = lab.panel.instruments[2]
    scene = lab.document.scene
    lab.document.apply(replace(scene, transform=replace(scene.transform, dy=1.5)), "move")
    lab.ask_again()
    change.strip.size_.chosen.emit(3)
    QTest.keyClick(change.layer, Qt.Key.Key_Right)
    lab.settle()
    *_, wanted = changes(nets("max"), lab.document.scene, "C3", {"max": Pooling("max", 3, 2)})
    assert np.array_equal(change.curves.series[-1].y, wanted.curves["max"])


def test_an_empty_canvas_has_no_curves(lab: Lab) -> None:
    lab.turn(2)
    change, scene = lab.panel.instruments[2], lab.document.scene
    assert change.curves.series and not change.curves.message
    lab.document.apply(replace(scene, items=()), "clear")
    lab.ask_again()
    assert not change.curves.series and "empty" in change.curves.message
    assert not change.strip.said and not change.grab().isNull()
    lab.document.apply(scene, "back")
    lab.ask_again()
    assert change.curves.series and not change.curves.message and change.strip.said


def test_a_drawing_that_only_the_shift_brings_in_changes_without_bound(
    lab: Lab, nets: Nets
) -> None:
    lab.turn(2)
    change = lab.panel.instruments[2]
    stroke = Stroke(np.array([[4.0, 8.0], [4.0, 24.0]]), 2.4, 1.0)
    left = Scene(32, 64, (Group.of((stroke,)),), Transform(dx=-7.0))
    lab.document.apply(left, "off the left edge")
    lab.ask_again()
    *_, wanted = changes(nets("max"), left, "C1", {"max": Pooling()})
    assert wanted is not None and wanted.responses["max"] == 0
    for shift, told, moved in ((0.0, "0", 0.0), (4.0, "∞", wanted.distances["max"][16])):
        change.curves.chosen.emit(shift)
        assert {value_text(one, change.curves.mark) for one in change.curves.series} == {told}
        ratio = "∞" if moved else "0.00"
        assert (
            change.strip.said
            == f"by {shift:.0f} px max changes by {ratio}, the maps themselves by {ratio}"
        )
        assert f"\n= {moved:.3g} / 0 = {ratio}\n" in change._told(1, shift)
    assert wanted.distances["max"][16] > 0


def test_only_what_is_seen_is_measured(lab: Lab) -> None:
    _, maps, change = lab.panel.instruments[:3]
    assert not maps.view.pictures and not change.curves.series  # the toy is on the screen
    lab.turn(2)
    assert change.curves.series and not maps.view.pictures
    posted: list[str] = []
    original = lab.engine.measure
    lab.engine.measure = lambda name, *rest: (posted.append(name), original(name, *rest))  # type: ignore[method-assign,func-returns-value]
    lab.ask_again()  # the same drawing once more
    assert posted == []
    lab.turn(1)
    assert posted and set(posted) == {"pooling maps"}


def test_one_operator_for_all_and_states_survive(lab: Lab) -> None:
    toy, maps, change = lab.panel.instruments[:3]
    lab.turn(2)
    change.strip.kind.chosen.emit("lp")
    change.layer.chosen.emit("C3")
    change.layer.show_value("C3")
    assert toy.view.pooling.kind == maps.strip.kind.value == "lp"
    lab.turn(1)
    states = [json.loads(json.dumps(one.state(), allow_nan=False)) for one in (toy, maps, change)]
    change._operator.set(kind="max", size=5)
    maps._numbers["C1"] = 3
    change.layer.show_value("C1")
    for one, state in zip((toy, maps, change), states, strict=True):
        one.restore(state)
    assert [one.state() for one in (toy, maps, change)] == states
    for one in (maps, change):
        one.restore({"operator": None, "layer": "C7", "maps": {"C1": 99, "C3": True, "x": 1}})
        one.restore({"layer": 3, "maps": [1]})
    assert [one.state() for one in (toy, maps, change)] == states
    lab.settle()


def test_wide_and_high_canvases_keep_square_pixels_within_the_view(lab: Lab) -> None:
    lab.turn(1)
    view = lab.panel.instruments[1].view
    for height, width in ((32, 512), (128, 40), (32, 32), (128, 512)):
        lab.document.apply(resized(lab.document.scene, height, width), "resize")
        lab.ask_again()
        for place in view.places():
            assert place.right() <= view.width() and place.bottom() <= view.height() + 1e-6
            shape = view.pictures[BEFORE].values.shape
            assert place.width() / shape[1] == pytest.approx(place.height() / shape[0])
        assert not view.grab().isNull()


def test_another_parameter_asks_no_network(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.turn(2)
    change = lab.panel.instruments[2]
    change.strip.kind.chosen.emit("lp")
    lab.settle()
    before = change.curves.series[-1].y
    asked: list[str] = []
    original = Network.forward

    def forward(net: Network, *rest: Any, **named: Any) -> Any:
        asked.append("asked")
        return original(net, *rest, **named)

    monkeypatch.setattr(Network, "forward", forward)
    change._operator.set(p=7.0)
    lab.settle()
    assert not np.array_equal(change.curves.series[-1].y, before)
    assert not asked
    change.layer.show_value("C3")
    change.layer.chosen.emit("C3")
    lab.settle()
    assert asked
