"""Fully connected on the screen: one product both ways, the matrix that fails, the band."""

from __future__ import annotations

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtTest import QTest

from viz.scene import Scene
from viz.scene.digits import digit, number


def test_the_matrix_fits_32_pixels_and_no_more(new_lab: NewLab) -> None:
    lab = new_lab(Scene(32, 32, items=(digit(3, centre=(16, 16)),)))
    view = lab.show("fully-connected")
    assert view.result.refusal == "" and view.result.windows == (1, 1)
    assert [fact.value for fact in view.facts.facts[:2]] == ["500 × 1,250", "1,250"]
    assert "widen" in view.facts.facts[1].words
    lab.go(Scene(32, 36, items=lab.document.scene.items))
    assert view.facts.facts[1].value == "1,500" and "the matrix fails" in view.facts.facts[1].words
    assert "1×2 units" in view.facts.facts[1].words and "1500" in view.facts.facts[1].tip


def test_one_product_is_the_same_in_the_matrix_and_in_the_kernel(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("fully-connected", (900, 400))
    view.restore({"unit": 17, "product": 1249})
    matrix, tiles = view.matrix, view.kernels
    assert matrix.values[17, 1249] == tiles.values[28, 58]
    assert view.kernels.cell == view.values.cell == (28, 58)
    assert matrix.marks == (QRectF(0, 17, 1250, 1), QRectF(1249, 0, 1, 500))
    snapshot = lab.document.snapshot
    row, column = lab.document.shown_window()
    assert view.values.values[28, 58] == snapshot.maps["S4"][49, row + 4, column + 4]
    assert "first 1250 products" in view.facts.accessibleDescription()
    value = float(snapshot.maps["C5 pre"][17, row, column])
    written = view.formula().split("<b>")[-1].removesuffix("</b>").replace("−", "-")
    assert float(written) == pytest.approx(value, abs=2e-3)


def test_pointing_follows_in_all_three(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("fully-connected", (1400, 700))
    place = view.kernels.cell_rect(7, 12).center().toPoint()  # map 12, row 1, column 0
    QTest.mouseMove(view.kernels, place)
    assert view.product.value == 12 * 25 + 5
    QTest.mouseMove(view.kernels, view.kernels.cell_rect(5, 12).center().toPoint())
    assert view.product.value == 305, "between two tiles there is nothing"
    at = view.matrix.cell_rect(250, 625).center().toPoint()
    QTest.mouseMove(view.matrix, at)
    assert abs(view.unit.value - 250) <= 2 and abs(view.product.value - 625) <= 2
    QTest.keyClick(view.product.box, Qt.Key.Key_Up)
    assert view.kernels.cell == view.values.cell


def test_the_band_counts_its_zeros(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("fully-connected")
    view.restore({"way": "band", "side": 8, "unit": 22, "product": 7})
    lab.settle()
    assert view.result.matrix.shape == (16, 64) and view.result.number == 2
    assert view.facts.facts[0].value == f"{16 * (64 - 25)}" == "624"
    assert "<b>624 zeros</b>" in view.formula()
    assert len(view.matrix.marks) == 16
    kernel = lab.nets("max").get_parameter("C1.weight").detach().numpy()[2, 0]
    np.testing.assert_array_equal(view.result.kernel, kernel)
    view.restore({"side": 3})  # smaller than the kernel: a single window
    lab.settle()
    assert view.result.matrix.shape == (1, 25) and view.facts.facts[0].value == "0"


@pytest.mark.parametrize("way", ["dense", "band"])
def test_the_notes_network_has_its_own_sizes(way: str, new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("fully-connected")
    lab.document.set_network("notes")
    view.restore({"way": way, "unit": 99_999, "product": 99_999})
    lab.settle()
    assert view.result.matrix.shape == ((120, 400) if way == "dense" else (16, 64))
    assert view.result.scale[1] is (way == "dense"), "tanh gives negative values, too"
    lab.go(Scene(32, 32))
    assert "empty" in view.message
