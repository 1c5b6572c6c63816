"""The kernel on the screen: edited, chosen, flipped, walked; on canvas, picture and matrix."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtTest import QTest

from viz.chapters.convolution.demos import demonstrations
from viz.chapters.convolution.measure.kernels import PRESETS
from viz.nets import modules, networks
from viz.scene import ImageLayer, Scene
from viz.scene.digits import digit, number
from viz.session.codec import Picture

LEFT = Qt.MouseButton.LeftButton
WALK = {"input": "matrix", "pattern": "light-dark", "size": 6, "kernel": [[1, 0, -1]] * 3}


def test_a_learned_kernel_makes_its_map_of_c1(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("kernel", (900, 300))
    view.controls.preset.show_value("C1:7")
    view.controls.preset.chosen.emit("C1:7")
    view.restore({"relu": True})
    lab.settle()
    shown = lab.document.snapshot.maps["C1"][7]
    np.testing.assert_allclose(view.result_map.values, shown, atol=1e-5)
    lab.document.set_network("average")
    lab.settle()
    assert view.controls.preset.value == "own"  # the other network learned another one
    np.testing.assert_allclose(view.result_map.values, shown, atol=1e-5)


def test_typing_into_the_kernel_changes_the_result(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("kernel", (900, 300))
    before, grabbed = view.result_map.values.copy(), []
    view.grabbed.connect(lambda: grabbed.append(1))
    QTest.mouseClick(view.grid, LEFT, pos=view.grid.cell_rect(1, 1).center().toPoint())
    QTest.keyClicks(view.grid.box, "5")
    QTest.keyClick(view.grid.box, Qt.Key.Key_Return)
    assert view.grid.values[1, 1] == 5  # at once, before anything is measured
    np.testing.assert_array_equal(view.result_map.values, before)
    lab.settle()
    image = lab.document.snapshot.image
    np.testing.assert_allclose(view.result_map.values, before + 5 * image[1:-1, 1:-1], atol=1e-5)
    assert grabbed and view.controls.preset.value == "own"


def test_a_kernel_is_flipped_and_edited_as_it_lies(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("kernel", (900, 300))
    view.restore({**WALK, "kernel": [[1, 2, 3]], "convolution": True})
    lab.settle()
    assert view.grid.values.tolist() == [[3, 2, 1]] and "flipped" in view.grid.caption
    assert "<i>j</i> − <i>b</i>" in view.formula()
    QTest.mouseClick(view.grid, LEFT, pos=view.grid.cell_rect(0, 0).center().toPoint())
    QTest.keyClicks(view.grid.box, "4")
    QTest.keyClick(view.grid.box, Qt.Key.Key_Return)
    assert view.kernel.tolist() == [[1, 2, 4]]


def test_the_window_walks_by_pointer_keys_and_play(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("kernel", (900, 300))
    view.restore({**WALK, "place": [0, 0]})
    lab.settle()
    assert view.input.marks == (QRectF(0, 0, 3, 3),) and view.result_map.cell == (0, 0)
    QTest.mouseClick(view.result_map, LEFT, pos=view.result_map.cell_rect(2, 1).center().toPoint())
    QTest.keyClick(view.result_map, Qt.Key.Key_Right)
    assert view.place == (2, 2) and view.input.marks == (QRectF(2, 2, 3, 3),)
    assert view.line.text == (
        "10·1 + 0·0 + 0·(−1) + 10·1 + 0·0 + 0·(−1) + 10·1 + 0·0 + 0·(−1) = 30"
    )
    assert view.products.values.tolist() == [[10, 0, 0]] * 3
    assert "<i>y</i>[2, 2] = <b>30</b>, the sum of 9 products" in view.formula()
    QTest.mouseMove(view.input, view.input.cell_rect(1, 4).center().toPoint())
    assert view.place == (0, 3)
    QTest.mouseMove(view.input, view.input.cell_rect(5, 5).center().toPoint())
    assert view.place == (3, 3)  # the last that lies within
    QTest.mouseClick(view.playing, LEFT)
    lab.wait_until(lambda: view.place == (0, 0))
    QTest.mouseClick(view.playing, LEFT)
    assert view.playing.text() == "Play"


def test_bias_absolute_value_and_relu_are_written_out(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("kernel", (900, 300))
    view.restore({**WALK, "pattern": "dark-light", "place": [0, 1], "bias": 4.5, "relu": True})
    lab.settle()
    assert view.line.text.endswith("= −30")
    assert view.line.note == "then max(0, −30 + 4.5) = 0"
    view.restore({"absolute": True})
    lab.settle()
    assert view.line.note == "then max(0, |−30 + 4.5|) = 25.5"
    assert view.result_map.values[0, 1] == 25.5


def test_cells_of_the_matrix_are_edited_and_kept(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("kernel", (900, 300))
    view.restore(WALK)
    lab.settle()
    QTest.mouseClick(view.input, LEFT, pos=view.input.cell_rect(0, 5).center().toPoint())
    QTest.keyClicks(view.input.box, "-7")
    QTest.keyClick(view.input.box, Qt.Key.Key_Return)
    lab.settle()
    assert view.result_map.values[0].tolist() == [0, 30, 30, 7]
    kept = json.loads(json.dumps(view.state()))
    view.restore({"pattern": "light-dark"})
    assert view.matrix[0, 5] == 0
    view.restore(kept)
    assert view.matrix[0, 5] == -7


def test_the_result_tells_how_much_of_it_the_edge_takes(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("kernel", (900, 300))
    view.restore(WALK)
    lab.settle()
    assert view.result_map.caption == "Result 4 × 4, 50 % not 0"
    QTest.keyClick(view.controls.size.box, Qt.Key.Key_Up)
    lab.settle()
    assert view.result_map.caption == "Result 5 × 5, 40 % not 0"


def test_a_kernel_that_does_not_fit_says_what_to_do(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("kernel")
    view.restore({**WALK, "kernel": [[1.0] * 11] * 11})
    lab.settle()
    assert "larger than the input" in view.message
    view.restore({"input": "canvas"})
    lab.settle()
    assert not view.message and view.result.values.shape == (1, 22, 54)


def test_a_picture_keeps_its_size_and_its_colours(new_lab: NewLab) -> None:
    lab = new_lab(Scene(32, 64))
    view = lab.show("kernel", (900, 300))
    view.restore({"input": "picture"})
    lab.settle()
    assert "There is no picture" in view.message
    pixels = np.random.default_rng(1).integers(0, 256, (90, 140, 3), np.uint8)
    lab.document.picture = pixels
    lab.ask_again()
    assert view.result.values.shape == (3, 88, 138)
    assert view.products.caption == "Products, green"
    kept = view.state()
    assert kept["picture"] == Picture(pixels) and view.state()["picture"] is kept["picture"]
    lab.document.open(number("3"), None, "Open")
    assert "picture" not in view.state()
    view.restore(kept)
    assert lab.document.picture is kept["picture"].pixels


def test_an_image_on_the_canvas_is_taken_at_its_own_size(new_lab: NewLab) -> None:
    pixels = np.random.default_rng(2).random((50, 40), np.float32)
    lab = new_lab(Scene(32, 64, (ImageLayer(pixels, (32, 16)),)))
    view = lab.show("kernel", (900, 300))
    view.restore({"input": "picture", "kernel": PRESETS["identity"].tolist()})
    lab.settle()
    np.testing.assert_allclose(view.result_map.values, pixels[1:-1, 1:-1], atol=1e-6)


def test_rows_and_columns_are_chosen_apart(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("kernel", (900, 300))
    QTest.keyClick(view.controls.rows.box, Qt.Key.Key_Down)
    QTest.keyClick(view.controls.columns.box, Qt.Key.Key_Up)
    lab.settle()
    assert view.grid.values.shape == (2, 4) and view.result.values.shape == (1, 31, 61)


@pytest.mark.parametrize(
    "kept",
    [{"kernel": [[1] * 12]}, {"kernel": "x"}, {"place": [-1, 0]}, {"place": [True]},
     {"bias": float("inf")}, {"picture": "x"}, {"matrix": [[1]]}, {"size": 1000}],
)  # fmt: skip
def test_what_makes_no_sense_is_not_taken(new_lab: NewLab, kept: dict) -> None:
    lab = new_lab(number("31"))
    view = lab.show("kernel")
    before = view.state()
    view.restore(kept)
    assert view.state() == before


def test_the_demonstrations_show_the_numbers_of_the_notes(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("kernel", (900, 300))
    shown = {demo.id: demo.settings_at for demo in demonstrations()}
    seen = []
    for time in (0, 3.1, 6.1, 9.1, 12.1):
        view.restore(shown["light-to-dark"](time))
        lab.settle()
        seen.append(sorted({float(value) for value in view.result_map.values.ravel()}))
    assert seen == [[0, 30], [-30, 0], [-30, -10, 0, 10, 30], [0, 30], [0, 30]]
    sums = []
    for step in range(16):
        view.restore(shown["kernel-walk"](0.75 * step + 0.01))
        lab.settle()
        sums.append(float(view.products.values.sum()))
        assert view.place == divmod(step, 4)
    assert sums == [0, 30, 30, 0] * 4


def test_the_window_goes_to_the_drawing_until_the_user_has_chosen_one(new_lab: NewLab) -> None:
    def at(x: float) -> Scene:
        return Scene(32, 96, items=(digit(7, centre=(x, 16)),))

    lab = new_lab(at(20))
    view = lab.show("kernel", (700, 300))
    view.restore({"input": "canvas"})
    lab.settle()
    lab.go(at(76))
    lab.settle()
    assert view.place is not None and view.place[1] > 50, "the drawing has left the first window"
    assert view.products.values.any()
    chosen = view.place
    lab.go(at(20))
    lab.settle()
    assert view.place != chosen
    view.restore({"place": [0, 0]})
    lab.go(at(76))
    lab.settle()
    assert view.place == (0, 0)


def test_products_of_a_large_kernel_are_seen(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("kernel", (900, 300))
    view.restore({"kernel": [[0.1] * 11] * 11})
    lab.settle()
    assert view.products.lights().max() - view.products.lights().min() > 30, "±0.1, not ±12"


@pytest.mark.parametrize(("name", "large"), [("C1.weight", 1_001), ("C1.bias", -1_001)])
def test_a_learned_kernel_that_no_cell_holds_is_not_offered(
    name: str, large: float, new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = networks.trained()
    weights = {**network.weights, name: network.weights[name].copy()}
    weights[name].flat[0] = large
    opened = replace(network, name="opened", weights=weights)
    monkeypatch.setitem(networks.opened, "opened", opened)
    lab = new_lab(number("31"))
    view = lab.show("kernel", (900, 300))
    lab.document.set_network("opened")
    offered = view.controls.preset.box
    texts = [offered.itemText(index) for index in range(offered.count())]
    assert "C1, map 0" not in texts and "C1, map 1" in texts


def test_a_kernel_in_a_file_that_is_next_to_nothing_is_shown(new_lab: NewLab) -> None:
    view = (lab := new_lab(number("31"))).show("kernel", (900, 300))
    view.restore({"kernel": [[1e-44, -1e-300, 1e-30]]})
    lab.settle()
    view.grab()
    assert view.kernel.tolist() == [[0, 0, np.float32(1e-30)]]
    view.restore({"kernel": [[1e-44, -1e-300]]})
    lab.settle()
    view.grab()
    assert not view.result_map.values.any()


def test_learned_kernels_stay_with_modules_which_are_not_fitted_for_them(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = new_lab(number("31"))
    view = lab.show("kernel", (900, 300))
    view.controls.preset.chosen.emit("C1:7")
    monkeypatch.setattr(modules, "whitening", lambda *_: pytest.fail("fitted while one waits"))
    lab.document.set_network("max+before=whitening+behind=whitening+side=5")
    assert view.controls.preset.value == "C1:7"
