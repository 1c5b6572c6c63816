"""The chapter pools the maps of whatever network answers, and shows what that pools itself."""

from __future__ import annotations

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import QPointF
from random_nets import open_random, three_convolutions, unshared

from viz.chapters.pooling.maps import AFTER, BEFORE, OWN, own_pooling
from viz.chapters.pooling.measure.steps import layers_of
from viz.chapters.pooling.operator import no_maps
from viz.chapters.pooling.words import law
from viz.model.snapshot import Unit
from viz.nets.architecture import Architecture, Layer
from viz.nets.lenet5 import lenet5, notes
from viz.nets.pooling import KINDS, Pooling, pool
from viz.scene import Scene
from viz.scene.digits import number


def old() -> Architecture:
    """As in 1990: subsampling with trained coefficients, and maps of few units on top."""
    return Architecture(
        (
            Layer("C1", "conv", 4, 5, activation="scaled-tanh"),
            Layer("S2", "pool", 4, 2, 2, pooling="subsampling", activation="scaled-tanh"),
            Layer("C3", "conv", 6, 3, activation="sigmoid"),
            Layer("P4", "pool", 6, 6, 3, pooling="lp", p=3.0),
            Layer("C5", "conv", 120, 2, activation="relu"),
            Layer("output", "dense", 10, activation="log-softmax"),
        ),
        side=28,
        none=False,
    )


def dense() -> Architecture:
    """Without any maps."""
    layers = (
        Layer("D1", "dense", 20, activation="tanh"),
        Layer("output", "dense", 11, activation="log-softmax"),
    )
    return Architecture(layers)


@pytest.mark.parametrize(
    "architecture",
    [notes(), lenet5(side=28, none=False), three_convolutions(), unshared(), old()],
)
def test_every_instrument_follows_to_another_network_and_back(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch, architecture: Architecture
) -> None:
    lab, name = new_lab(number("31")), open_random(monkeypatch, architecture)
    lab.open_chapter("pooling")
    _, maps, change, steps = lab.panel.instruments
    lab.turn(1)
    maps.restore({"layer": "C3", "maps": {"C1": 19, "C3": 49}})
    lab.document.set_network(name)
    lab.settle()
    snapshot = lab.document.snapshot
    assert snapshot is not None
    for layer in architecture.mosaics:
        if layer.operation == "pool":
            continue
        maps.layer.want(layer.name)
        maps._ask()
        lab.settle()
        shown, at = maps.chosen
        assert shown == layer.name and at is not None and at < layer.maps
        above = architecture.layers[architecture.layers.index(layer) + 1]
        across = 3 if above.operation == "pool" else 2
        view = maps.view
        assert len(view.pictures) == across * len(view.numbers)
        values = snapshot.maps[layer.name]
        assert np.array_equal(view.pictures[BEFORE].values, values[at])
        assert np.array_equal(view.pictures[AFTER].values, pool(values[at], Pooling()))
        assert view.pictures[BEFORE].scale.signed == layer.signed
        if across == 3:
            own = view.pictures[OWN]
            assert np.array_equal(own.values, snapshot.maps[above.name][at])
            assert (own.stride, own.reach) == (above.step, above.reach)
        for picture in range(across):
            told = view.tooltip(view.unit_rect(picture, 0, 0).center())
            assert "row 0, column 0" in told and "=" in told
        assert not view.grab().isNull()
    lab.turn(2)
    assert change.curves.series and not change.grab().isNull()
    lab.turn(3)
    assert tuple(steps.view.steps) == tuple(layer.name for layer in layers_of(architecture))
    assert not steps.grab().isNull()
    lab.turn(1)
    lab.document.set_network("max")
    lab.settle()
    assert maps.chosen[0] in ("C1", "C3") and maps.view.pictures
    assert not maps.grab().isNull()


def test_what_the_network_pools_is_what_the_operator_makes_of_it(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, name = new_lab(number("31")), open_random(monkeypatch, notes())
    lab.document.set_network(name)
    lab.open_chapter("pooling")
    lab.turn(1)
    maps = lab.panel.instruments[1]
    maps._operator.set(kind="average")
    lab.settle()
    after, own = maps.view.pictures[AFTER], maps.view.pictures[OWN]
    assert after.values == pytest.approx(own.values, abs=1e-6) and after.values.min() < 0
    lab.document.hover(Unit("S4", 15, 1, 2))
    lab.ask_again()
    assert maps.chosen == ("C3", 15)
    assert "f = tanh(b + Σ w x)" in maps.view.tooltip(maps.view.unit_rect(0, 2, 3).center())


def test_a_layer_asked_for_comes_back_with_its_network(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, name = new_lab(number("31")), open_random(monkeypatch, three_convolutions())
    lab.open_chapter("pooling")
    lab.turn(2)
    _, maps, change, _ = lab.panel.instruments
    for one in (maps, change):
        one.restore({"layer": "C3"})
    lab.document.set_network(name)
    assert [one.state()["layer"] for one in (maps, change)] == ["K1", "K1"]
    lab.settle()
    maps.restore({"layer": "K2", "maps": {"K2": 7, "C1": 3, "D4": 1}})
    assert maps.state()["layer"] == "K2" and maps.state()["maps"] == {"K2": 7}
    lab.document.set_network("max")
    lab.settle()
    assert change.state()["layer"] == "C3"


def test_where_no_window_fits_nothing_is_pooled(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Architecture(
        (Layer("C1", "conv", 3, 29, activation="relu"),
         Layer("output", "dense", 11, activation="log-softmax"))
    )  # fmt: skip
    lab, name = new_lab(number("3", width=32)), open_random(monkeypatch, small)
    lab.document.set_network(name)
    lab.open_chapter("pooling")
    _, maps, change, _ = lab.panel.instruments
    maps._operator.set(kind="blur", size=3)
    lab.turn(1)
    assert maps.view.pictures[AFTER].values.size == 0 and "no window of 5×5" in maps.strip.said
    assert not maps.view.grab().isNull()
    lab.turn(2)
    assert "no window of 5×5 units fits" in change.strip.said
    assert [one.name for one in change.curves.series] == [
        "not pooled", "max", "average", "Lp", "log-prob", "subsampling",
    ]  # fmt: skip
    maps._operator.set(kind="max")
    lab.settle()
    assert change.strip.said.startswith("by 1 px max changes")


def test_a_network_without_maps_is_told_as_such(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, name = new_lab(number("3")), open_random(monkeypatch, dense())
    lab.document.set_network(name)
    lab.open_chapter("pooling")
    _, maps, change, steps = lab.panel.instruments
    lab.turn(1)
    assert maps.chosen == (None, None) and maps.layer.isHidden()
    assert maps.view.tooltip(QPointF(5, 5)) == no_maps() and not maps.view.grab().isNull()
    lab.turn(2)
    assert change.curves.message == no_maps() and not change.curves.series
    lab.turn(3)
    assert steps.view.tooltip(QPointF(5, 5)) == no_maps() and not steps.view.grab().isNull()
    lab.document.set_network("max")
    lab.settle()
    assert len(steps.view.steps) == 4
    lab.go(Scene(32, 64))
    assert "empty" in steps.view.tooltip(QPointF(5, 5))
    lab.turn(1)
    assert maps.layer.isVisible() and maps.view.pictures


def test_own_poolings_and_laws() -> None:
    architecture = old()
    assert own_pooling(architecture.layer("S2")) is None  # coefficients of each map's own
    assert own_pooling(architecture.layer("P4")) is None  # larger than the operators here
    assert own_pooling(lenet5("blur").layer("S2")) == Pooling("blur")
    assert law(architecture.layer("S2")) == "f = 1.7159 tanh(⅔ (c + w (1/n) Σ xᵢ))"
    assert law(architecture.layer("C3")) == "f = 1 / (1 + exp(−(b + Σ w x)))"
    assert law(lenet5().layer("C1")) == "f = max(0, b + Σ w x)"
    assert {layer.pooling for layer in architecture.layers} - {""} <= set(KINDS)
