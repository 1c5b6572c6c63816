"""A bar turned and slid: tuning curves, the peak of C1 and the plateau of S2."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.assumptions.measure.tuning import ANGLES, bar, breadth, first_layers, tune
from viz.engine.compute import Nets
from viz.nets.architecture import Architecture, Layer
from viz.scene.digits import number


def test_a_bar_lies_where_it_is_said_to() -> None:
    flat = bar(32, 0.0, 0.0, (16, 16))
    assert (flat == flat[:, :1]).all() and flat[:, 0].sum() == pytest.approx(2.4)
    assert flat[:, 0] @ (np.arange(32) + 0.5) / 2.4 == pytest.approx(16)
    np.testing.assert_allclose(bar(32, 90.0, 3.0, (16, 16)), bar(32, 0, 3.0, (16, 16)).T, atol=1e-6)
    rising = bar(32, 45.0, 0.0, (16, 16))
    assert rising[4, 27] == 1 and rising[4, 4] == 0, "anticlockwise: up to the right"
    np.testing.assert_allclose(bar(32, 180.0, 0.0, (16, 16)), flat, atol=1e-6)


def test_curves_are_the_maxima_of_the_first_maps(nets: Nets) -> None:
    net = nets("max")
    result = tune(net, 0, None)
    with torch.no_grad():
        bars = np.stack([bar(32, angle, 0.0, (16, 16)) for angle in ANGLES])
        maps = net(torch.from_numpy(bars)[:, None])["C1"]
    np.testing.assert_allclose(result.curves, maps.amax((2, 3)), atol=1e-5)
    np.testing.assert_allclose(result.curves[0], result.curves[-1], atol=1e-4)
    assert result.preferred == ANGLES[int(result.curves[:-1, 0].argmax())] == result.angle


def test_the_pooled_unit_has_the_wider_plateau(nets: Nets) -> None:
    net = nets("max")
    for chosen in range(20):
        result = tune(net, chosen, None)
        assert result.pooled is not None
        assert (result.pooled >= result.simple - 1e-6).all(), "a maximum over units with this one"
        if result.simple.max() > 0.3 and chosen not in (13, 15):  # answer to blank paper, or hardly
            narrow = breadth(result.offsets, result.simple)
            assert breadth(result.offsets, result.pooled) >= narrow - 0.05


def test_breadth_at_half_of_a_triangle_and_of_nothing() -> None:
    x = np.arange(-4, 4.1, 0.25)
    assert breadth(x, np.maximum(0, 2 - np.abs(x)).astype(np.float32)) == pytest.approx(2.0)
    assert breadth(x, np.zeros(len(x), np.float32)) == 0
    assert breadth(x, np.ones(len(x), np.float32)) == 8


def test_a_click_in_the_curve_turns_the_bar(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("tuning", (900, 300))
    grabbed = []
    view.grabbed.connect(lambda: grabbed.append(view.angle))
    viewport = view.turn.view.viewport()
    place = viewport.mapFrom(view.turn, view.turn.to_widget(45.0, 0.5).toPoint())
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    lab.settle()
    assert grabbed and view.result.angle == pytest.approx(45, abs=2)
    QTest.mouseClick(view.preferred, Qt.MouseButton.LeftButton)
    lab.settle()
    assert view.angle is None and view.result.angle == view.result.preferred
    at = view.maps.cell_rect(4, 9).center().toPoint()
    QTest.mouseClick(view.maps, Qt.MouseButton.LeftButton, pos=at)
    lab.settle()
    assert (view.map, view.angle) == (4, 45.0) and "map 4" in view.formula()


def test_the_bar_slides_with_the_cursor(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("tuning", (900, 300))
    view.restore({"map": 0, "angle": 0.0, "offset": 2.0})
    lab.settle()
    rows = view.bar.values.sum(1)
    centre = rows @ (np.arange(32) + 0.5) / rows.sum()
    assert centre == pytest.approx(15 + 2, abs=0.01), "the field of S2 has its middle at 15"
    assert view.slide.mark == 2.0


@pytest.mark.parametrize(
    "kept", [{"angle": 200}, {"angle": math.nan}, {"map": -1}, {"offset": "1"}]
)
def test_what_is_no_angle_is_not_taken(new_lab: NewLab, kept: dict) -> None:
    view = new_lab(number("31")).show("tuning")
    view.restore(kept)
    assert (view.map, view.angle, view.offset) == (0, None, 0.0)


def test_a_network_without_kernels_that_slide_says_so() -> None:
    dense = Architecture(
        (Layer("F1", "dense", 8), Layer("output", "dense", 11, activation="log-softmax"))
    )
    assert first_layers(dense) is None
    alone = (
        Layer("C1", "conv", 4, 5, activation="relu"),
        Layer("output", "dense", 11, activation="log-softmax"),
    )
    found = first_layers(Architecture(alone))
    assert found is not None and found[0].name == "C1" and found[1] is None
