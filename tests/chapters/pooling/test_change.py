"""Change: the curves are the measured changes, and every point tells how it comes about."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest
from random_nets import open_random

from viz.chapters.pooling.change import NEAR, nearest
from viz.chapters.pooling.measure.changes import UNPOOLED, changes
from viz.engine.compute import Nets
from viz.nets.architecture import Architecture, Layer
from viz.nets.network import Network
from viz.nets.pooling import KINDS, Pooling
from viz.scene import Group, Scene, Stroke, Transform
from viz.scene.digits import number

LEFT = Qt.MouseButton.LeftButton
POOLINGS = {kind: Pooling(kind) for kind in KINDS}


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    return new_lab(number("31"))


@pytest.fixture
def change(lab: Lab) -> Any:
    return lab.show("pooling-change", (720, 190))


def thick(change: Any) -> Any:
    """The curve of the chosen kind."""
    return next(one for one in change.plot.series if one.thick)


def click_at(plot: Any, shift: float) -> None:
    at = plot.to_widget(shift, 0.5) - QPointF(plot.view.pos())
    QTest.mouseClick(plot.view.viewport(), LEFT, pos=at.toPoint())


def test_curves_are_the_measured_changes(lab: Lab, change: Any, nets: Nets) -> None:
    change.operator.set(kind="blur")
    lab.settle()
    *_, wanted = changes(nets("max"), lab.document.scene, "C1", POOLINGS)
    named, others = change.plot.series[:7], change.plot.series[7:]
    names = ["not pooled", "max", "average", "Lp", "log-prob", "subsampling", "blur"]
    assert [one.name for one in named] == names
    for one, kind in zip(named, (UNPOOLED, *KINDS), strict=True):
        assert np.array_equal(one.y, wanted.curves[kind])
        assert np.array_equal(one.x, wanted.shifts)
        assert (one.thick, one.dashed) == (kind == "blur", kind == UNPOOLED)
    assert all(one.y is other.y for one, other in zip(others, named[:-1], strict=True))
    assert not any(one.name or one.thick for one in others)
    at_1 = [f"{wanted.curves[kind][4]:.2f}" for kind in (UNPOOLED, *KINDS)]
    assert list(change.plot.key.values) == at_1


def test_a_click_chooses_the_nearest_measured_shift(lab: Lab, change: Any) -> None:
    plot = change.plot
    assert plot.mark == 1
    click_at(plot, 2.55)
    assert plot.mark == 2.5
    QTest.mouseMove(plot.view.viewport(), plot.view.viewport().rect().bottomLeft())
    change.operator.set(kind="blur")
    lab.settle()
    state = json.loads(json.dumps(change.state(), allow_nan=False))
    assert (state["shift"], state["layer"], state["operator"]["kind"]) == (2.5, "C1", "blur")
    QTest.keyClick(plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert plot.mark == 2.75
    change.restore(state)
    assert plot.mark == 2.5
    for bad in (0.3, "1", None, [1.0]):
        change.restore({"shift": bad})
        assert plot.mark == 2.5


@pytest.mark.parametrize(
    ("kind", "head", "law"),
    [
        ("average", "average: y = (1/n) Σ xᵢ", "‖P(f(T x)) − P(f(x))‖ / ‖P(f(x)) − P(f(∅))‖"),
        (UNPOOLED, "not pooled", "‖f(T x) − f(x)‖ / ‖f(x) − f(∅)‖"),
    ],
)
def test_the_tip_of_a_point_tells_how_it_comes_about(
    lab: Lab, change: Any, nets: Nets, kind: str, head: str, law: str
) -> None:
    *_, wanted = changes(nets("max"), lab.document.scene, "C1", POOLINGS)
    ratio, response = wanted.curves[kind][8], wanted.responses[kind]
    one = next(one for one in change.plot.series if np.array_equal(one.y, wanted.curves[kind]))
    told = change.plot.describe(one, 2.05).splitlines()
    assert told[:2] == [head, law]
    assert told[2] == f"= {ratio * response:.3g} / {response:.3g} = {ratio:.2f}"
    assert told[3].startswith("f: the maps of C1; T: 2 px to the right")
    at = change.plot.to_widget(2.0, wanted.curves[UNPOOLED][8] + 0.1)
    assert change.plot.tooltip(at).startswith("not pooled\n")


def test_curves_follow_layer_window_and_drawing(lab: Lab, change: Any, nets: Nets) -> None:
    scene = lab.document.scene
    lab.go(replace(scene, transform=replace(scene.transform, dy=1.5)))
    change.operator.set(size=3)
    QTest.keyClick(change.layer, Qt.Key.Key_Right)
    lab.settle()
    *_, wanted = changes(nets("max"), lab.document.scene, "C3", {"max": Pooling("max", 3, 2)})
    assert np.array_equal(thick(change).y, wanted.curves["max"])


def test_another_parameter_asks_no_network(
    lab: Lab, change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    change.operator.set(kind="lp")
    before, asked = thick(change).y, []
    original = Network.forward

    def forward(net: Network, *rest: Any, **named: Any) -> Any:
        asked.append(net)
        return original(net, *rest, **named)

    monkeypatch.setattr(Network, "forward", forward)
    change.operator.set(p=7.0)
    lab.settle()
    assert not np.array_equal(thick(change).y, before) and not asked
    QTest.keyClick(change.layer, Qt.Key.Key_Right)
    lab.settle()
    assert asked


def test_a_drawing_that_only_the_shift_brings_in_changes_without_bound(
    lab: Lab, change: Any
) -> None:
    stroke = Stroke(np.array([[4.0, 8.0], [4.0, 24.0]]), 2.4, 1.0)
    lab.go(Scene(32, 64, (Group.of((stroke,)),), Transform(dx=-7.0)))
    click_at(change.plot, 0.0)
    assert set(change.plot.key.values) == {"0"}
    click_at(change.plot, 4.0)
    assert set(change.plot.key.values) == {"∞"}
    assert " / 0 = ∞\n" in change.plot.describe(change.plot.series[1], 4.0)


def test_where_nothing_is_measured_it_is_said_so(
    lab: Lab, change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.go(Scene(32, 64))
    assert "empty" in change.message and not change.plot.series
    top = Layer("output", "dense", 11, activation="log-softmax")
    small = Architecture((Layer("C1", "conv", 3, 29, activation="relu"), top))
    lab.go(number("3", width=32))
    lab.document.set_network(open_random(monkeypatch, small))
    change.operator.set(kind="blur", size=3)
    lab.settle()
    assert change.plot.note == "No window of 5×5 units fits into the maps of C1."
    assert [one.name for one in change.plot.series if one.name][-1] == "subsampling"
    change.operator.set(kind="max")
    assert not change.plot.note and thick(change).name


def test_curves_that_coincide_are_said_to(lab: Lab, change: Any) -> None:
    told = change.plot.heading.note
    apart, names = told.split(": ")
    kinds = {"max": "max", "average": "average", "Lp": "lp", "log-prob": "log-prob"}
    curves = [change.result.curves[kinds.get(name, name)] for name in names.split(", ")]
    assert len(curves) > 2
    most = max(float(np.abs(one - other).max()) for one in curves for other in curves)
    assert apart == f"within {most:.2f} of one another" and most <= NEAR
    y = np.linspace(0, 1, 5)
    curves = {"a": y, "b": y + 0.01, "c": y + 0.3, "d": y - 0.02, UNPOOLED: y}
    assert nearest(curves) == (("a", "b", "d"), pytest.approx(0.03))
    assert nearest({"a": y, "b": y + 1})[0] == ("a",) and nearest({}) == ((), 0.0)
