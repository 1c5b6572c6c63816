"""The cost of one pass against crops: exact counts, measured to the end, formulas by hover."""

from __future__ import annotations

from statistics import median

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from random_nets import open_random, three_convolutions, unshared

from viz.chapters.sliding_window.cost import about_padding, about_ratio, counts
from viz.chapters.sliding_window.measure.one_pass import TOLERANCE
from viz.i18n import significant
from viz.nets.architecture import Architecture, Layer
from viz.nets.lenet5 import lenet5, notes
from viz.scene.digits import number


def test_both_ways_are_measured_and_equal(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("cost")
    cost = view.result
    assert cost.done == cost.windows == 9
    assert counts(cost) == (13_014_500, 9 * 3_522_500)
    assert 0 < cost.difference <= TOLERANCE
    assert len(cost.crops) == len(cost.one_pass) == cost.repeats == 7
    windows, adds, ms, quartiles = view.table.rows
    assert windows[2] == "9" and adds[1:] == ("13,014,500", "31,702,500", "× 2.44")
    expected = median(cost.crops) / median(cost.one_pass)
    assert ms[0] == "median of 7 / ms" and ms[3] == f"× {significant(expected)}"
    low, high = np.quantile(cost.ratios, (0.25, 0.75))
    assert quartiles[3] == f"× {significant(low)} … {significant(high)}"
    assert [group.values[1] for group in view.bars.groups] == [1, 1]
    assert view.bars.groups[0].values[0] == pytest.approx(13_014_500 / 31_702_500)
    assert list(view.bars.table())[1][0] == "one pass"
    assert view.worst.text().startswith("outputs equal: largest difference ")
    QTest.mouseClick(view.worst, Qt.MouseButton.LeftButton)
    assert lab.document.window == cost.where


def test_a_number_s_tip_is_its_formula(new_lab: NewLab) -> None:
    table = new_lab(number("31")).show("cost").table
    assert "C1: 20 · 28×60 · 1 · 5² = 840,000" in table.describe(1, 1)
    assert table.describe(1, 2).startswith("9 windows, each:\nC1: 20 · 28×28 · 1 · 5² = 392,000")
    for row in (2, 3):
        assert "timed 7 times, alternately" in table.describe(row, 1)
        assert "16 at a time" in table.describe(row, 2)


def test_the_cost_follows_canvas_and_network_and_rests_out_of_sight(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("cost")
    lab.go(number("31", height=40, width=70))
    lab.wait_until(lambda: view.result.height == 40 and view.result.done == view.result.windows)
    assert view.result.windows == 3 * 10
    view.hide()
    before = view.result
    lab.go(number("7", width=36))
    assert view.result is before
    view.show()
    lab.wait_until(lambda: view.result.windows == view.result.done == 2)


@pytest.mark.parametrize("architecture", [notes(), lenet5(side=28, none=False), unshared()])
def test_without_padding_both_ways_agree(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch, architecture: Architecture
) -> None:
    lab = new_lab(number("31", height=36))
    lab.document.set_network(open_random(monkeypatch, architecture))
    cost = lab.show("cost").result
    assert cost.done == cost.windows == np.prod(architecture.windows(36, 64))
    assert cost.difference <= TOLERANCE and cost.architecture == architecture
    one, many = counts(cost)
    assert (one == many) == (not architecture.is_convolutional)


def test_with_padding_they_differ_and_the_tip_says_why(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = new_lab(number("31"))
    lab.document.set_network(open_random(monkeypatch, three_convolutions()))
    view = lab.show("cost")
    assert view.result.difference > TOLERANCE
    assert view.worst.text().startswith("outputs differ")
    assert about_padding() in view.worst.toolTip() and about_padding() in view.reasons.text()


def test_the_ratio_is_explained_by_the_network_s_own_numbers() -> None:
    assert about_ratio(lenet5()) == (
        "Windows stand 4 px apart, so neighbours share 28 of their 32 columns. One pass computes "
        "what they share once; crops compute it again for each."
    )
    assert "2 px apart, so neighbours share 30 of their 32" in about_ratio(three_convolutions())
    assert "share 24 of their 28 columns" in about_ratio(lenet5(side=28))
    assert "not fully convolutional" in about_ratio(unshared())
    far = Architecture((Layer("output", "conv", 11, 8, 8, activation="log-softmax"),), side=8)
    assert about_ratio(far).startswith("Windows stand 8 px apart and are 8 px wide: they share")
