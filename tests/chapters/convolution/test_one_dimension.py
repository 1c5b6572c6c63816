"""One dimension on the screen: the result is the filled area, wherever t is, and t is kept."""

from __future__ import annotations

import json

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from viz.scene.digits import number
from viz.views.widgets.plot import Plot


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


def _drag(plot: Plot, *points: tuple[float, float]) -> None:
    viewport = plot.view.viewport()
    places = [viewport.mapFrom(plot, plot.to_widget(*point).toPoint()) for point in points]
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, left, pos=places[0])
    for place in places[1:]:
        move = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(place), QPointF(viewport.mapToGlobal(place)),
            Qt.MouseButton.NoButton, left, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(viewport, move)
    QTest.mouseRelease(viewport, left, pos=places[-1])


def test_a_signal_is_drawn_with_the_pointer_and_kept(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("one-dimension", (900, 400))
    view.restore({"f": "drawn", "t": 0.0})
    lab.settle()
    _drag(view.signals, (-2.0, 0.5), (2.0, 1.0))
    lab.settle()
    assert view.t == 0, "a drag there draws"
    drawn = view.signals.series[1]
    assert drawn.at(-1.9) == pytest.approx(0.5, abs=0.05)
    assert drawn.at(1.9) == pytest.approx(1.0, abs=0.05) and drawn.at(3.0) == 0
    kept = json.loads(json.dumps(view.state()))
    other = lab.show("one-dimension")
    other.restore(kept)
    lab.settle()
    assert other.drawn == view.drawn and other.f.value == "drawn"
    other.restore({"drawn_f": [2.0] * 64})
    assert other.drawn == view.drawn


def test_g_is_drawn_as_it_stands_flipped_and_slid(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("one-dimension", (900, 400))
    view.restore(
        {"f": "drawn", "g": "drawn", "drawn_f": [0.5] * 64, "drawn_g": [0.0] * 64, "t": 1.0}
    )
    lab.settle()
    before = view.drawn["f"]
    _drag(view.signals, (2.0, 0.02), (2.0, 0.02), (3.0, 1.0))  # nearer to g, which is 0 there
    lab.settle()
    assert view.drawn["f"] == before
    assert view.signals.series[2].at(2.9) == pytest.approx(0.9, abs=0.1)
    assert np.argmax(view.drawn["g"]) == pytest.approx((1 - 3 + 4) * 8, abs=1.5)


def test_samples_stand_beside_the_continuous_signals(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("one-dimension")
    view.restore({"f": "gaussian", "g": "gaussian", "samples": True, "t": 0.0})
    lab.settle()
    names = [series.name for series in view.result_plot.series]
    assert names[0] == "continuous"
    # ∫ exp(−4τ²) dτ = √π/2
    assert view.result.continuous.at(0) == pytest.approx(np.sqrt(np.pi) / 2, abs=1e-3)
    assert view.formula().count("0.886") >= 1
    view.restore({"samples": False})
    lab.settle()
    assert len(view.result_plot.series) == 2
