"""The cost of one pass against crops: exact counts, measured to the end, formulas by hover."""

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt

from viz.chapters.sliding_window.cost import SlidingCost, counts, milliseconds, times
from viz.chapters.sliding_window.measure import TOLERANCE, Cost
from viz.nets.lenet5 import lenet5
from viz.scene.digits import number
from viz.views import theme as themes


def region(view, start):
    """The middle of the region whose tip starts so."""
    return next(rect.center() for rect, tip in view._regions if tip.startswith(start))


def test_both_ways_are_measured_and_equal(new_lab):
    lab = new_lab(number("31"))
    view = lab.put(SlidingCost(lab.document, lab.engine))
    cost = view.cost
    assert cost.done == cost.windows == 9
    assert counts(cost) == (13_014_500, 9 * 3_522_500)
    assert 0 < cost.difference <= TOLERANCE
    assert cost.crops_ms > cost.one_pass_ms > 0
    assert "13,014,500" in view.accessibleDescription()


def test_the_cost_follows_the_canvas_and_the_network(new_lab):
    lab = new_lab(number("31"))
    view = lab.put(SlidingCost(lab.document, lab.engine))
    lab.document.apply(number("31", height=40, width=70), "larger")
    lab.wait_until(lambda: view.cost.height == 40 and view.cost.done == view.cost.windows)
    assert view.cost.windows == 3 * 10
    lab.document.set_network("blur")
    lab.wait_until(lambda: view.cost.architecture.rim and view.cost.done == 30)
    assert view.cost.difference <= TOLERANCE
    assert counts(view.cost)[1] > 30 * 3_522_500


def test_formulas_and_the_window_that_differs_most(qtbot, new_lab):
    lab = new_lab(number("31"))
    view = lab.put(SlidingCost(lab.document, lab.engine))
    view.grab()
    whole = view.tooltip(region(view, "maps"))
    assert "C1: 20 · 28×60 · 1 · 5² = 840,000" in whole
    alone = view.tooltip(region(view, "9 windows"))
    assert "3,522,500" in alone and "C5: 500 · 1×1 · 50 · 5² = 625,000" in alone
    assert view.tooltip(QPointF(1, view.height() - 1)) == view.tip
    worst = region(view, "The largest").toPoint()
    pointed = []
    view.window_hovered.connect(pointed.append)
    qtbot.mouseMove(view, worst)
    assert pointed[-1] == view.cost.where
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=worst)
    assert lab.document.window == view.cost.where


def test_nothing_is_measured_out_of_sight(new_lab):
    lab = new_lab(number("31"))
    view = lab.put(SlidingCost(lab.document, lab.engine))
    view.hide()
    before = view.cost
    lab.document.apply(number("7", width=36), "another")
    lab.settle()
    assert view.cost is before
    view.show()
    lab.wait_until(lambda: view.cost.windows == view.cost.done == 2)


def test_an_estimate_is_marked_and_a_difference_told(new_lab):
    lab = new_lab(number("31"))
    view = lab.put(SlidingCost(lab.document, lab.engine))
    first = view.grab().toImage()
    view.cost = Cost(32, 64, lenet5(), 3, 9, 1.0, 6.0, 0.5, (0, 2))
    view.set_theme(themes.theme("light"), 24)
    assert view.grab().toImage() != first


@pytest.mark.parametrize(
    ("value", "text"), [(0.8649, "0.86"), (29.14, "29.1"), (532.4, "532"), (2345, "2,345")]
)
def test_milliseconds_have_three_digits(value, text):
    assert milliseconds(value) == text


def test_ratios_have_three_digits():
    assert [times(value) for value in (2.4359, 11.27, 120.4)] == ["2.44", "11.3", "120"]
    assert np.isfinite(float(times(1.0)))
