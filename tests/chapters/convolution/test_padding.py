"""Padding and stride: sizes, coverage and what zeros do at the border, in numbers."""

from __future__ import annotations

import numpy as np
from lab import NewLab
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtTest import QTest

from viz.scene.digits import number


def test_the_canvas_has_the_size_of_c1(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("padding")
    assert view.result.means.shape == lab.document.snapshot.maps["C1"].shape[1:] == (28, 60)
    assert view.result.coverage[0, 0] == 1 and view.result.coverage.max() == 25
    assert "(32 + 0 − 5) / 1⌋ + 1 = <b>28</b>" in view.formula()
    assert view.facts.facts[0].value == "28 × 60"


def test_zeros_lower_the_mean_at_the_border(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("padding")
    view.restore({"input": "square", "kernel": 3, "mode": "same"})
    view.refresh()
    new = view.key(view.snapshot)
    (padded,) = view.measure(None, view.snapshot, new)
    assert padded.means.shape == (7, 7)
    np.testing.assert_allclose(padded.means[0, :2], [4 / 9, 6 / 9], rtol=1e-6)
    np.testing.assert_allclose(padded.means[3, 3], 1, rtol=1e-6)


def test_a_stride_that_does_not_divide_leaves_pixels_over(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("padding")
    view.restore({"input": "square", "kernel": 2, "mode": "valid", "stride": 3})
    lab.settle()
    assert view.result.rows.outputs == 2 and view.result.rows.left_over == 2
    assert [fact.value for fact in view.facts.facts[1:3]] == ["2 × 2", f"{49 - 16}"]


def test_an_even_kernel_pads_one_side_more(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("padding")
    view.restore({"kernel": 4, "mode": "same"})
    lab.settle()
    assert view.result.means.shape == (32, 64)
    assert view.facts.facts[-1].value == "1 | 2"


def test_a_kernel_that_is_too_large_is_told(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("padding")
    view.restore({"input": "square", "kernel": 11, "mode": "valid"})
    lab.settle()
    assert "no window fits" in view.map.message
    view.restore({"mode": "own", "padding": 2})
    lab.settle()
    assert view.map.message == "" and view.result.means.shape == (1, 1)


def test_pointing_at_a_unit_outlines_its_window(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("padding", (900, 300))
    view.restore({"input": "square", "kernel": 3, "mode": "same", "stride": 2})
    lab.settle()
    QTest.mouseMove(view.map, view.map.cell_rect(1, 2).center().toPoint())
    assert view.coverage.marks == (QRectF(4, 2, 3, 3),)
    assert "rows 1 to 3 and columns 3 to 5" in view.map.describe(1, 2)


def test_the_boxes_take_typed_numbers_and_keys(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("padding")
    grabbed = []
    view.grabbed.connect(lambda: grabbed.append(1))
    QTest.keyClick(view.stride.box, Qt.Key.Key_Up)
    lab.settle()
    assert view.result.rows.stride == 2 and grabbed == [1]


def test_few_cells_have_their_counts_written_in(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("padding", (900, 300))
    view.restore({"input": "square", "kernel": 5, "mode": "same", "stride": 1})
    lab.settle()
    assert view.coverage.texts[0] == "9" and view.coverage.texts[24] == "25", "corner, centre"
    view.restore({"input": "canvas"})
    lab.settle()
    assert view.coverage.texts == ()
