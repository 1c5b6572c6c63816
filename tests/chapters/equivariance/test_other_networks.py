"""Chapter 2's instruments with networks of other layers, windows and classes than LeNet-5."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest
from random_nets import open_random, three_convolutions, unshared

from viz.chapters.equivariance import invariance_work, residual_work
from viz.chapters.equivariance.difference import Difference
from viz.chapters.equivariance.displacement import LEAST_PITCH, Displacement
from viz.chapters.equivariance.displacement_columns import pair_text, residual_text
from viz.chapters.equivariance.invariance import Sweeps
from viz.chapters.equivariance.measure.invariance import KINDS, sweep, swept_items
from viz.chapters.equivariance.measure.residual import activities, compare, reference
from viz.chapters.equivariance.networks import Networks
from viz.chapters.equivariance.residual import ALL, Residual
from viz.chapters.equivariance.shift_map import ShiftMapView
from viz.measure.shift_map import answers, middle_of, place_near, shift_map, window_of
from viz.nets import networks
from viz.nets.architecture import Architecture, Layer
from viz.nets.lenet5 import lenet5, notes
from viz.scene import rasterize_scene
from viz.scene.digits import number
from viz.scene.shifts import shifted
from viz.views import theme as themes
from viz.views.widgets.network_names import POOLINGS

LEFT = Qt.MouseButton.LeftButton
SCENE = number("31")
SIZE = (520, 250)


def small() -> Architecture:
    """For MNIST's own pictures: a canvas of 32×32 pixels has 2×2 outputs."""
    return lenet5(side=28, none=False)


def deep() -> Architecture:
    """As many layers as there may be."""
    several = (Layer(f"Tangents{k}", "conv", 3, 1, activation="tanh") for k in range(10, 41))
    return Architecture((*several, Layer("output", "dense", 11, activation="log-softmax")))


OTHERS = pytest.mark.parametrize("make", [notes, small, three_convolutions, unshared])
Make = Callable[[], Architecture]


@pytest.fixture(autouse=True)
def few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sweeps and residuals measure few points: no test here is about their number."""
    monkeypatch.setattr(invariance_work, "COARSE", 3)
    monkeypatch.setattr(invariance_work, "FINE", 5)
    monkeypatch.setattr(residual_work, "STEP", 4.0)


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    return new_lab(SCENE)


def let_answer(lab: Lab, network: str) -> Architecture:
    lab.document.set_network(network)
    lab.settle()
    return lab.document.architecture


def window(lab: Lab) -> tuple[int, int] | None:
    """That to which the maps belong, if they belong to one."""
    snapshot = lab.document.snapshot
    assert snapshot is not None
    row, column = (at // 4 for at in snapshot.origin)
    return None if snapshot.architecture.is_convolutional else (row, column)


def click(view: Difference | Residual, value: str) -> None:
    QTest.mouseClick(
        view.layers.words, LEFT, pos=view.layers.words.option_rect(value).center().toPoint()
    )


@OTHERS
def test_the_table_has_the_network_s_layers_and_their_numbers(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    name = open_random(monkeypatch, make())
    view = lab.put(Displacement(lab.live), SIZE)
    assert view.table.rows[0][0] == "C1"
    architecture = let_answer(lab, name)
    for shift in ((4.0, 0.0), (-3.0, 1.0)):
        lab.go(shifted(SCENE, *shift))
        net, seen = lab.nets(name), window(lab)
        before = reference(net, rasterize_scene(SCENE), None, seen)
        images = rasterize_scene(shifted(SCENE, *shift))[None]
        found = compare(before, next(activities(net, images, None, seen)), shift)
        for layer, texts in zip(architecture.layers, view.table.rows, strict=True):
            one = found.layers[layer.name]
            assert texts[0] == layer.name
            assert texts[1] == pair_text((shift[0] / layer.stride, shift[1] / layer.stride))
            assert texts[2] == pair_text(found.measured[layer.name])
            assert texts[4:6] == (residual_text(one.interior), residual_text(one.border))
    notes_of = " ".join(view.table.notes)
    assert ("weights of their own" in notes_of) != architecture.is_convolutional
    places, pitch = view.table.places(), view.table.pitch
    tip = view.table.tip_at(QPointF(places[1].left + 2, 1.5 * pitch))
    for stride in {layer.stride for layer in architecture.layers}:
        first = next(layer.name for layer in architecture.layers if layer.stride == stride)
        assert f"{stride} in {first}" in tip
    let_answer(lab, "max")
    assert [texts[0] for texts in view.table.rows][-2:] == ["C5", "output"]


def test_many_layers_have_smaller_text(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    view = lab.put(Displacement(lab.live), (700, 420))
    let_answer(lab, open_random(monkeypatch, deep()))
    lab.go(shifted(SCENE, 4, 0))
    assert len(view.table.rows) == 32
    places, small = view.table.places(), view.table._small
    assert small.font.pixelSize() * LEAST_PITCH <= view.table.pitch < 13
    for place in places:
        widest = max(small.width(texts[place.number]) for texts in view.table.rows)
        assert place.left + widest <= place.right + 0.5 <= view.table.width() + 0.5
    view.grab()


def test_many_layers_need_no_more_room_and_all_can_be_chosen(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = [Difference(lab.document, lab.live), Residual(lab.document, lab.live)]
    for view in views:
        lab.put(view, SIZE)
        wide = view.layers.width()
        assert wide == view.layers.words.width() < SIZE[0]
    let_answer(lab, open_random(monkeypatch, deep()))
    for view in views:
        view.resize(*SIZE)
        assert view.minimumSizeHint().width() <= SIZE[0] and view.width() == SIZE[0]
        for _ in range(40):
            QTest.keyClick(view.layers.words, Qt.Key.Key_Right)
        assert view.layers.value == "output"
        rect = view.layers.words.option_rect("output")
        place = view.layers.words.mapTo(view, rect.center().toPoint())
        assert view.rect().contains(place)
    let_answer(lab, "max")
    for view in views:
        view.resize(*SIZE)
        assert view.layers.words.pos().isNull()


@OTHERS
def test_every_layer_can_be_pictured_and_the_choice_comes_back(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    view = lab.put(Difference(lab.document, lab.live), SIZE)
    view.restore({"layer": "S4", "maps": {"S4": 40, "C1": 19}})
    architecture = let_answer(lab, open_random(monkeypatch, make()))
    assert view.pictures.what[0] == ("S4" if "S4" in architecture else architecture.layers[0].name)
    lab.go(shifted(SCENE, 1, 0))
    for layer in architecture.layers:
        click(view, layer.name)
        name, index = view.pictures.what
        assert name == layer.name and (index is None or index < layer.maps)
        scales = networks.trained(lab.document.network).scales
        assert view.pictures.peak == (1.0 if name == "output" else scales[name])
        assert lab.live.shown is not None
        one = lab.live.shown.measured.layers[name]
        assert residual_text(one.interior) in view.pictures.numbers()
        view.grab()
    assert ("none" in view.pictures.title()) == architecture.none
    click(view, "S4" if "S4" in architecture else architecture.layers[1].name)
    state = view.state()
    let_answer(lab, "max")
    view.restore(state)
    assert view.pictures.what[0] == ("S4" if "S4" in architecture else "C1")


def test_maps_with_signs_have_the_diverging_colours(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = lab.put(Difference(lab.document, lab.live), SIZE)
    let_answer(lab, open_random(monkeypatch, notes()))
    lab.go(shifted(SCENE, 2, 0))
    _, index = view.pictures.what
    after, theme = lab.live.shown.measured.layers["C1"].after[index], themes.theme("dark")  # type: ignore[union-attr]
    row, column = map(int, np.unravel_index(after.argmin(), after.shape))
    assert after[row, column] < -0.1
    area = view.pictures.areas()[0]
    cell = area.width() / after.shape[1]
    picture = view.pictures.grab().toImage()
    colour = picture.pixelColor(
        int(area.left() + (column + 0.5) * cell), int(area.top() + (row + 0.5) * cell)
    )
    place = int(np.clip(after[row, column] * 127.5 / view.pictures.peak + 128, 0, 255))
    near = [theme.diverging[min(255, max(0, place + d))] & 0xFFFFFF for d in (-1, 0, 1)]
    assert colour.rgb() & 0xFFFFFF in near


@OTHERS
def test_the_curves_are_those_of_the_network_s_layers(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    view = lab.put(Residual(lab.document, lab.live), SIZE)
    view.restore({"axis": "x", "layer": "C5"})
    lab.settle()
    architecture = let_answer(lab, open_random(monkeypatch, make()))
    if "C5" not in architecture:
        assert view.layers.value == ALL
    click(view, ALL)
    lab.settle()
    names = [layer.name for layer in architecture.layers]
    assert [one.name for one in view.plot.series] == names
    assert lab.live.curves is not None and list(lab.live.curves.interior) == names
    lines = [(one.pattern, one.thick) for one in view.plot.series]
    assert all(a != b for a, b in pairwise(lines))
    for layer, one in zip(architecture.layers, view.plot.series, strict=True):
        aligned = one.known & (one.x % layer.stride == 0)
        if not layer.fixed:
            assert np.abs(one.y[aligned]).max(initial=0) <= 1e-5
        assert one.y[one.known].max(initial=0) <= view.plot._y_range[1] + 0.01
    for layer in architecture.layers:
        click(view, layer.name)
        lab.settle()
        border, *interiors = view.plot.series
        compared = POOLINGS if layer.name in lenet5() else ()
        assert [one.name for one in interiors[1:]] == list(compared)
        assert border.dashed and interiors[0].thick and not border.thick
        assert all(one.known.any() for one in interiors[1:])
        assert view.plot._faint == tuple(float(x) for x in range(-16, 17) if x % layer.stride == 0)
        lab.go(shifted(SCENE, 4, 0))
        here = view.plot.here
        assert here is not None and len(here.values) == 2
        lab.go(SCENE)
    let_answer(lab, "max")
    assert view.layers.value in ("output", *POOLINGS, ALL)
    click(view, ALL)
    lab.settle()
    assert [one.name for one in view.plot.series] == [layer.name for layer in lenet5().layers]


@OTHERS
def test_the_shift_map_is_that_of_the_network_s_own_window(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    view = lab.put(ShiftMapView(lab.document, lab.engine))
    name = open_random(monkeypatch, make())
    architecture = let_answer(lab, name)
    snapshot, place = lab.document.snapshot, lab.document.shown_window()
    assert snapshot is not None and place is not None
    expected, probabilities = answers(
        shift_map(lab.nets(name), window_of(snapshot.image, place, architecture))
    )
    for dx, dy in ((0, 0), (3, -2), (-14, 14)):
        cell = view.map.answer_at(dx, dy)
        assert cell is not None and cell[0] == expected[14 + dy, 14 + dx]
        assert cell[1] == pytest.approx(probabilities[14 + dy, 14 + dx], abs=1e-6)
    (time,) = (fact for fact in view.facts.facts if "841" in fact.words)
    side = architecture.window + 28
    dense = architecture.is_convolutional and "K1" not in architecture
    assert (f"{side}×{side} px" if dense else "841 separate passes, because") in time.tip
    if not any(layer.padding for layer in architecture.layers):  # its window is all that it sees
        answer = np.exp(snapshot.maps["output"][:, *place])
        assert probabilities[14, 14] == pytest.approx(answer.max(), abs=1e-5)


@OTHERS
def test_the_sweeps_are_asked_through_each_network_s_nearest_window(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    view = lab.put(Sweeps(lab.document, lab.engine), (760, 340))
    view.restore({"sweep": "angle", "class": 10})
    lab.settle()
    name = open_random(monkeypatch, make())
    architecture = let_answer(lab, name)
    lab.document.select_window((0, 3))
    lab.settle()
    classes = [option.value for option in view.classes._options]
    assert classes == [None, *range(architecture.classes)]
    assert view.classes.value == (10 if architecture.none else None)
    at = view.classes.option_rect(8).center().toPoint()
    QTest.mouseClick(view.classes, LEFT, pos=at)
    nets = {one: lab.nets(one) for one in (name, *POOLINGS)}
    found = view.result("angle")
    assert found is not None and list(found.probabilities) == list(nets)
    middle = middle_of((0, 3), architecture)
    items = swept_items(SCENE, (), middle, architecture.window)
    expected = sweep(nets, SCENE, items, "angle", middle, KINDS["angle"].values(5))
    for one in nets:
        assert np.abs(found.probabilities[one] - expected.probabilities[one]).max() <= 1e-6
    assert len(view.curves.series) == 4
    thumb = view.thumbs.thumb("angle")
    assert thumb is not None and len(thumb.lines) == 4
    assert found.probabilities[name].shape == (5, architecture.classes)


def test_a_class_that_a_network_lacks_has_no_curve_of_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = lab.put(Sweeps(lab.document, lab.engine), (760, 340))
    let_answer(lab, open_random(monkeypatch, notes()))
    found = view.result("dx")
    assert found is not None
    view.classes.show_value(None)
    object.__setattr__(found, "right", 10)
    view._draw_all()
    assert [one.name for one in view.curves.series] == ["max", "average", "blur"]


@OTHERS
def test_the_three_networks_stay_side_by_side(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    view = lab.put(Networks(lab.document, lab.engine), (640, 300))
    architecture = let_answer(lab, open_random(monkeypatch, make()))
    snapshot, place = lab.document.snapshot, lab.document.shown_window()
    assert snapshot is not None and place is not None
    there = place_near(middle_of(place, architecture), lenet5(), *snapshot.image.shape)
    window = window_of(snapshot.image, there, lenet5())
    for name in POOLINGS:
        classes, _ = answers(shift_map(lab.nets(name), window))
        cell = view.maps[name].answer_at(2, -3)
        assert cell is not None and cell[0] == classes[14 - 3, 14 + 2]
    view.grab()
    QTest.mouseClick(view, LEFT, pos=view.column("blur").center())
    assert lab.document.network == "blur"


def test_a_small_canvas_has_a_window_for_each_network(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of four windows of 28 px, where LeNet-5 has one."""
    lab = new_lab(number("3", height=32, width=32))
    views = [Sweeps(lab.document, lab.engine), Networks(lab.document, lab.engine)]
    for view in views:
        lab.put(view, (640, 300))
    let_answer(lab, open_random(monkeypatch, small()))
    lab.document.select_window((1, 1))
    lab.settle()
    found = views[0].result("dx")
    assert found is not None and len(found.probabilities) == 4  # type: ignore[union-attr]
