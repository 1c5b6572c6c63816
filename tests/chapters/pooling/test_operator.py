"""The operator: one choice for all instruments, changed by any of their controls."""

from __future__ import annotations

import json
import math

import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from viz.chapters.pooling.change import kind_colour
from viz.chapters.pooling.operator import Operator
from viz.chapters.pooling.words import KINDS, formula
from viz.nets import pooling
from viz.nets.pooling import Pooling
from viz.scene.digits import number
from viz.views import theme as themes
from viz.views.widgets.segmented import Segmented

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    return new_lab(number("3"))


def click(choice: Segmented, value: object) -> None:
    QTest.mouseClick(choice, LEFT, pos=choice.option_rect(value).center().toPoint())


def test_kind_and_window_by_clicks_and_keys(lab: Lab) -> None:
    toy, change = lab.show("pooling-toy"), lab.show("pooling-change")
    operator = lab.context.shared(Operator)
    click(change.controls.kind, "log-prob")
    click(change.controls.size, 3)
    click(toy.controls.stride, 1)
    assert operator.pooling == Pooling("log-prob", 3, 2)
    assert operator.toy == Pooling("log-prob", 4, 1)
    for one, size in ((toy, 4), (change, 3)):
        assert (one.controls.kind.value, one.controls.size.value) == ("log-prob", size)
        assert [name for name, row in one.controls.parameters.items() if row.isVisible()] == ["b"]
    QTest.keyClick(toy.controls.kind, Qt.Key.Key_Right)
    assert operator.pooling.kind == change.controls.kind.value == "subsampling"
    rows = change.controls.parameters.items()
    assert [name for name, row in rows if row.isVisible()] == ["coefficient", "bias"]
    assert "tanh" in change.controls.formula.text() == toy.controls.formula.text()


@pytest.mark.parametrize(("kind", "name", "least"), [("lp", "p", 1.0), ("log-prob", "b", 0.0)])
def test_a_parameter_reaches_its_limit_and_infinity(
    lab: Lab, kind: str, name: str, least: float
) -> None:
    toy, change = lab.show("pooling-toy"), lab.show("pooling-change")
    click(change.controls.kind, kind)
    slider = change.controls.parameters[name].slider
    for x, value in ((slider.width() - 1, math.inf), (0, least)):
        QTest.mouseClick(slider, LEFT, pos=QPoint(x, slider.height() // 2))
        assert getattr(lab.context.shared(Operator).pooling, name) == value
        assert toy.controls.parameters[name].value == value


def test_a_state_survives_json_and_nonsense_changes_nothing(lab: Lab) -> None:
    operator = lab.context.shared(Operator)
    operator.set(kind="lp", size=5, p=math.inf, bias=-0.5)
    operator.set(toy=True, size=3, stride=1)
    state = json.loads(json.dumps(operator.state(), allow_nan=False))
    operator.set(kind="blur", size=1, p=1.0, bias=0.0)
    operator.restore(state)
    assert operator.pooling == Pooling("lp", 5, 2, p=math.inf, bias=-0.5)
    assert operator.toy == Pooling("lp", 3, 1, p=math.inf, bias=-0.5)
    with pytest.raises(ValueError, match="p is 1 or more"):
        operator.set(p=0.5)
    operator.restore(None)
    operator.restore({"kind": "median", "p": "many", "b": -1, "size": 2.5, "stride": True})
    operator.restore({"bias": 10**400, "kind": [], "toy_size": 9})
    assert operator.state() == state


def test_every_kind_has_words_and_a_legible_colour_of_its_own() -> None:
    assert tuple(KINDS) == pooling.KINDS
    for theme in map(themes.theme, ("dark", "light")):
        colours = [kind_colour(kind, theme) for kind in KINDS]
        assert len({colour.name() for colour in colours}) == len(KINDS)
        assert all(themes.contrast(colour, theme.background) >= themes.READ for colour in colours)
    assert "without its logarithm" in KINDS["log-prob"].about
    assert formula(Pooling("lp", p=math.inf)) == "Lp: y = ((1/n) Σ |xᵢ|ᵖ)^(1/p), p = ∞"
    assert formula(Pooling("subsampling", bias=-0.5)).endswith("w = 1, c = −0.5")
