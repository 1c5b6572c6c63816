"""The instrument: what it shows is what was measured, on the canvas too; it can be pointed at."""

from __future__ import annotations

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot
from random_nets import three_convolutions, unshared

from viz.chapters.live.overlay import OPACITY, overlay_image
from viz.engine.compute import Nets
from viz.i18n import number as number_text
from viz.model.snapshot import Unit
from viz.nets import networks
from viz.nets.architecture import Architecture, Layer
from viz.nets.networks import TrainedNetwork, trained
from viz.scene import Scene
from viz.scene.digits import digit, number
from viz.views.theme import theme


def test_it_says_of_the_winning_class_in_the_shown_window(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("why")
    snapshot = lab.document.snapshot
    assert snapshot is not None
    window = lab.document.shown_window()
    assert window == view.result.window
    assert view.result.number == snapshot.maps["output"][:, *window].argmax() == 3
    assert view.result.logit == pytest.approx(snapshot.maps["output pre"][3, *window], abs=1e-4)
    assert view.facts.facts[0].value == f"{view.result.logit:.2f}"
    assert view.formula().startswith("∂z<sub>3</sub>/∂x = ")
    lab.document.select_window((0, 7))
    lab.settle()
    assert (view.result.window, view.result.number) == ((0, 7), 1)
    image, rect = lab.canvas.overlay
    assert rect == QRectF(28, 0, 32, 32) and (image.width(), image.height()) == (32, 32)


def test_the_first_overlay_has_the_scale_of_the_legend(new_lab: NewLab) -> None:
    lab = new_lab(number("3", width=32))
    view = lab.show("why")
    image, _ = lab.canvas.overlay
    expected = overlay_image(view.result.values, view.map.scale.peak, theme("dark"))
    assert image == expected


def test_the_overlay_is_signed_over_ink_and_paper_and_goes_with_the_instrument(
    new_lab: NewLab, qtbot: QtBot
) -> None:
    lab = new_lab(number("3", width=32))
    canvas, view = lab.canvas, lab.show("why")
    lab.document.view.pixel_grid = False
    canvas.show()
    qtbot.waitExposed(canvas)
    values = view.result.values
    inked = lab.document.snapshot.image > 0.9
    row, column = divmod(int(np.where(inked, values, 0).argmax()), 32)
    at = canvas.to_widget(column + 0.5, row + 0.5).toPoint()
    covered = canvas.grab().toImage().pixelColor(at)
    assert covered.red() > covered.blue() + 20, "it is seen over ink, too"
    view.hide()
    assert canvas.overlay is None
    plain = canvas.grab().toImage().pixelColor(at)
    assert plain.red() == plain.blue()
    view.show()
    lab.settle()
    assert canvas.overlay is not None
    QTest.keyClick(view.kind, Qt.Key.Key_Right)
    lab.settle()
    assert view.result.kind == "occlusion" and canvas.overlay is not None
    QTest.keyClick(view.kind, Qt.Key.Key_Right)
    lab.settle()
    assert canvas.overlay is None and not view.map.isVisible() and view.maps.groups
    view.restore({"kind": "occlusion", "class": 8})
    lab.settle()
    assert view.result.number == 8 and view.state() == {"kind": "occlusion", "class": 8}
    lab.go(Scene(32, 32))
    assert view.message and canvas.overlay is None and "blanked" in view.formula()


def test_the_densest_places_are_the_largest_values() -> None:
    values = np.array([[0.0, 0.5, -2.0], [1.0, -0.25, 0.0]], np.float32)
    image, dark = overlay_image(values, 1.0, theme("dark")), theme("dark")
    assert image.pixelColor(0, 0).alpha() == 0
    assert image.pixelColor(2, 0).alpha() == image.pixelColor(0, 1).alpha() == int(255 * OPACITY)
    assert image.pixelColor(1, 0).alpha() == int(255 * OPACITY / 2)
    assert image.pixelColor(0, 1).rgb() & 0xFFFFFF == int(dark.diverging[-1]) & 0xFFFFFF
    assert image.pixelColor(2, 0).rgb() & 0xFFFFFF == int(dark.diverging[0]) & 0xFFFFFF


def test_what_is_of_another_drawing_for_long_leaves_the_canvas(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("why")
    view.set_dimmed(True)
    assert lab.canvas.overlay is None and view.map.dimmed and view.maps.dimmed
    lab.go(number("13"))
    view.set_dimmed(False)
    assert lab.canvas.overlay is not None and not view.map.dimmed


def test_occlusion_comes_coarse_first_and_a_drag_sees_some(new_lab: NewLab) -> None:
    lab = new_lab(number("3", width=32))
    view = lab.show("why")
    steps: list[int] = []
    view.restore({"kind": "occlusion"})
    shown = view.show_result
    view.show_result = lambda result: (steps.append(result.step), shown(result))
    lab.settle()
    assert steps == [4, 2, 1]
    lab.document.apply(Scene(32, 32, (digit(3, centre=(17, 16)),)), "drag")
    lab.wait_until(lambda: len(steps) > 3)
    assert steps[3] == 4


def test_pointing_at_a_bar_inspects_the_map_and_a_click_pins_it(
    new_lab: NewLab, qtbot: QtBot
) -> None:
    lab = new_lab(number("31"))
    view, document = lab.show("why"), lab.document
    losses = view.result.losses
    assert list(view.maps.numbers) == sorted(range(50), key=lambda k: -abs(losses[k]))[:6]
    for group, at in zip(view.maps.groups, view.maps.numbers, strict=True):
        assert group.values == [losses[at]] and group.name == str(at)
    at = view.maps.bar(1, 0).center().toPoint()
    viewport = view.maps.view.viewport()
    qtbot.mouseMove(viewport, at - view.maps.view.pos() + QPoint(1, 0))
    unit = document.hovered
    assert unit is not None and (unit.layer, unit.map) == ("S4", view.maps.numbers[1])
    assert document.snapshot is not None
    seen = document.snapshot.maps["S4"][unit.map, :, 2:7]  # of the window in column 2
    assert seen[unit.row, unit.column - 2] == seen.max() > 0
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at - view.maps.view.pos())
    assert document.pinned == unit
    document.pin(None)
    view.maps.leave()
    assert document.hovered is None
    for keys, place in ((1, 0), (2, 2), (9, 5)):
        for _ in range(keys):
            QTest.keyClick(view.maps, Qt.Key.Key_Right)
        assert view.maps.map == view.maps.numbers[place] == document.hovered.map
    QTest.keyClick(view.maps, Qt.Key.Key_Return)
    assert isinstance(document.pinned, Unit)
    view.hide()
    assert document.hovered is None


@pytest.mark.parametrize(
    "architecture", [three_convolutions(), unshared()], ids=["convolutions", "unshared"]
)
def test_other_networks_are_explained_too(architecture: Architecture, new_lab: NewLab) -> None:
    rng = np.random.default_rng(3)
    weights = {
        name: rng.normal(0, 0.3, shape).astype(np.float32)
        for name, shape in architecture.shapes.items()
    }
    scales = dict.fromkeys(architecture.scaled, 2.0)
    networks.add(TrainedNetwork("other", architecture, weights, scales))
    lab = new_lab(number("31"), Nets())
    lab.document.set_network("other")
    view = lab.show("why")
    assert view.result.layer is architecture.mosaics[-1]
    assert [option.text for option in view.number.options][-1] == (
        "none" if architecture.none else "9"
    )
    assert view.maps.numbers and lab.canvas.overlay is not None
    view.maps.pointed.emit(view.maps.numbers[0])
    assert lab.document.hovered.layer == architecture.mosaics[-1].name


def test_a_network_without_maps_says_so_in_the_axes(new_lab: NewLab) -> None:
    architecture = Architecture(
        (Layer("D1", "dense", 8, activation="relu"),
         Layer("output", "dense", 11, activation="log-softmax"))
    )  # fmt: skip
    weights = {
        name: np.full(shape, 0.01, np.float32) for name, shape in architecture.shapes.items()
    }
    scales = dict.fromkeys(architecture.scaled, 2.0)
    networks.add(TrainedNetwork("flat", architecture, weights, scales))
    lab = new_lab(number("3", width=32), Nets())
    lab.document.set_network("flat")
    view = lab.show("why")
    assert view.result.layer is None and not view.maps.groups
    assert "no layer" in view.maps.message
    lab.document.set_network("max")
    lab.settle()
    assert view.maps.message == "" and len(view.maps.groups) == 6
    assert trained("max").scales["output pre"] * 0.08 == view.map.scale.peak


def test_the_window_of_a_larger_drawing_is_not_cut_out_of_the_smaller_one(new_lab: NewLab) -> None:
    lab = new_lab(number("3", width=32))

    def tell_early(_: object) -> None:  # as a view does that has the snapshot first
        lab.document.window_changed.emit()
        lab.engine.step()

    lab.document.snapshot_changed.connect(tell_early)
    view = lab.show("why")
    lab.go(number("3", height=64, width=32))
    assert view.result.window == lab.document.shown_window() != (0, 0)


@pytest.mark.parametrize("size", [(420, 170), (560, 200), (900, 260)])
def test_the_bars_that_have_room_tell_their_values_whole(
    new_lab: NewLab, size: tuple[int, int]
) -> None:
    lab = new_lab(number("31"))
    view = lab.show("why")
    view.resize(*size)
    lab.settle()
    losses, maps = view.result.losses, view.maps
    assert 3 <= len(maps.numbers) <= 6
    assert maps.heads == tuple(f"{at}\n{number_text(losses[at], 1)}" for at in maps.numbers)
    assert f"{len(maps.numbers)} largest of 50" in maps.below.text
    assert not maps.heading.is_elided
    assert maps.below.shown[0] in (maps.below.text, "map of S4")
