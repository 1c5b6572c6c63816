"""One dimension on the screen: the result is the filled area, wherever t is, and t is kept."""

from __future__ import annotations

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.scene.digits import number


def test_the_result_at_t_is_the_filled_area(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("one-dimension")
    view.restore({"f": "box", "g": "box", "t": 0.5})
    product, _, _ = view.signals.series
    assert product.filled
    assert np.sum(product.y) * view.result.step == pytest.approx(1.5)
    assert "<b>1.500</b>" in view.formula()
    assert view.result_plot.mark == view.signals.mark == 0.5
    traced = view.result_plot.series[-1]
    assert traced.at(0.5) == pytest.approx(1.5) and np.isnan(traced.y[traced.x > 0.6]).all()


def test_a_click_moves_t_and_takes_it_from_a_demonstration(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("one-dimension", (800, 300))
    grabbed = []
    view.grabbed.connect(lambda: grabbed.append(view.t))
    plot = view.result_plot
    viewport = plot.view.viewport()
    place = viewport.mapFrom(plot, plot.to_widget(-1.0, 0.5).toPoint())
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert grabbed and view.t == pytest.approx(-1, abs=0.1)
    assert view.state()["t"] == view.t


def test_samples_are_sums(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("one-dimension")
    view.restore({"f": "box", "g": "triangle", "samples": True, "t": 0.0})
    lab.settle()
    assert view.result.step == 0.5
    assert view.result.at(0) == pytest.approx(0.5 * (0.25 + 0.75 + 0.75 + 0.25))


def test_a_row_of_the_canvas_follows_the_drawing(new_lab: NewLab) -> None:
    lab = new_lab(number("1"))
    view = lab.show("one-dimension")
    view.restore({"f": "row"})
    lab.settle()
    before = view.result.f.copy()
    lab.go(number("7"))
    lab.settle()
    assert not np.array_equal(before, view.result.f)


@pytest.mark.parametrize("t", [float("nan"), "1", True, None, 1e9])
def test_what_is_no_t_is_not_taken(new_lab: NewLab, t: object) -> None:
    view = new_lab(number("31")).show("one-dimension")
    view.restore({"t": t})
    assert view.t in (0.0, 8.0)
