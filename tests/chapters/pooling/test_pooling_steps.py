"""Steps: the formula itself, and what the chapter's demonstrations promise to be seen."""

from __future__ import annotations

import math
import warnings
from itertools import pairwise

import numpy as np
import pytest
import torch
from random_nets import random_network, three_convolutions, unshared

from viz.chapters.pooling.measure.steps import STEPS, Steps, layers_of, period, steps
from viz.chapters.pooling.steps import SAME
from viz.chapters.registry import demonstrations
from viz.nets import load_pretrained
from viz.nets.architecture import Architecture, Layer
from viz.nets.lenet5 import lenet5, notes
from viz.nets.network import Network
from viz.scene import Scene, rasterize_scene
from viz.scene.digits import number
from viz.scene.shifts import shifted

LAYERS = tuple(layer.name for layer in layers_of(lenet5()))
DEMOS = {demo.id: demo for demo in demonstrations() if demo.chapter == "pooling"}


@pytest.fixture(scope="module")
def net() -> Network:
    return load_pretrained()


def found(net: Network, scene: Scene, **ablated: frozenset[int]) -> Steps:
    *pauses, result = steps(net, scene, ablated)
    assert pauses == [None] * (STEPS + 2) and result is not None
    return result


@pytest.mark.parametrize("id_", ["bar-steps", "tremble"])
def test_each_layer_repeats_after_as_many_steps_as_its_stride_has_pixels(
    net: Network, id_: str
) -> None:
    demo = DEMOS[id_]
    for time in np.linspace(0, demo.duration, 5):
        result = found(net, demo.scene_at(float(time)))
        for layer in LAYERS:
            stride = net.architecture.layer(layer).stride
            assert result[layer][stride:] == pytest.approx(result[layer][:-stride], abs=2e-4)


def test_each_step_of_the_bar_changes_c1_most_s2_less_s4_least(net: Network) -> None:
    demo = DEMOS["bar-steps"]
    for time in np.linspace(0, demo.duration, 5):
        result = found(net, demo.scene_at(float(time)))
        assert (result["C1"] > 1.1 * result["S2"]).all()
        assert (result["C1"] > 1.1 * result["C3"]).all()
        assert (result["S2"] > 1.1 * result["S4"]).all()
        assert (result["C3"] > 1.02 * result["S4"]).all()
    result = found(net, demo.scene_at(0.0))  # and the repeating is seen: two decimals tell
    periods = [period(result[layer], SAME) for layer in LAYERS]
    assert periods == [1, 2, 2, 4]


def test_a_tremble_changes_c1_most_and_what_is_pooled_less_than_what_it_is_pooled_from(
    net: Network,
) -> None:
    demo = DEMOS["tremble"]
    for time in np.linspace(0, demo.duration, 5):
        result = found(net, demo.scene_at(float(time)))
        assert all((result["C1"] > 1.1 * result[layer]).all() for layer in LAYERS[1:])
        assert (result["C3"] > 1.1 * result["S4"]).all()


def test_the_last_step_is_the_one_that_the_demonstration_made(net: Network) -> None:
    demo = DEMOS["bar-steps"]
    for step in (1, 4, 8):
        now = demo.scene_at(0.65 + step - 0.3)
        before = demo.scene_at(0.65 + step - 1.3)
        assert np.allclose(
            rasterize_scene(shifted(now, -1.0, 0.0)), rasterize_scene(before), atol=1e-6
        )


def test_blank_paper_and_silent_maps_change_by_nothing(net: Network) -> None:
    for result in (
        found(net, Scene(32, 64)),
        found(net, number("3"), C1=frozenset(range(20)), C3=frozenset(range(50))),
    ):
        assert all((result[layer] == 0).all() for layer in LAYERS)


def test_shown_are_the_maps_up_to_the_last_pooling() -> None:
    assert LAYERS == ("C1", "S2", "C3", "S4")
    assert [layer.name for layer in layers_of(notes())] == ["C1", "S2", "C3", "S4"]
    assert [layer.name for layer in layers_of(three_convolutions())] == ["K1", "K2", "K3"]
    on_top = (Layer("K1", "conv", 2, 3), Layer("P2", "pool", 2, 2, 2, pooling="max"),
              Layer("K3", "conv", 3, 3), Layer("D4", "dense", 9),
              Layer("output", "dense", 11, activation="log-softmax"))  # fmt: skip
    assert [layer.name for layer in layers_of(Architecture(on_top, side=16))] == ["K1", "P2"]
    assert layers_of(Architecture(on_top[-2:], side=8)) == ()


@pytest.mark.parametrize(
    ("architecture", "window"),
    [
        (lenet5(), None),
        (notes(), None),
        (lenet5(side=28), None),
        (three_convolutions(), None),
        (unshared(), (0, 3)),
    ],
)
def test_any_network_s_numbers_are_the_formula(
    architecture: Architecture, window: tuple[int, int] | None
) -> None:
    net, scene = random_network(architecture), number("31")
    *_, result = steps(net, scene, {}, window)
    images = [np.zeros((32, 64), np.float32)]
    images += [rasterize_scene(shifted(scene, dx, 0.0)) for dx in range(-STEPS, 1)]
    with torch.inference_mode():
        maps = net(torch.from_numpy(np.stack(images))[:, None], window=window)
    assert result is not None and tuple(result) == tuple(e.name for e in layers_of(architecture))
    for layer, changes in result.items():
        blank, *placed = maps[layer].numpy().astype(np.float64)
        wanted = [
            np.linalg.norm(now - before) / np.linalg.norm(before - blank)
            for before, now in pairwise(placed)
        ]
        assert changes == pytest.approx(wanted, rel=1e-5)


def test_period() -> None:
    assert period(np.tile([0.3, 0.4, 0.6], 3)[:8], 0.005) == 3
    assert period(np.full(8, 0.3), 0.005) == 1
    assert period(np.tile([0.3, 0.4], 4), 0.005) == 2
    assert period(np.tile([0.3, 0.4, 0.3, 0.5], 2), 0.005) == 4
    assert period(np.arange(8) / 10, 0.005) is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert period(np.tile([0.0, math.inf], 4), 0.005) == 2
        assert period(np.array([math.inf, *[0.0] * 7]), 0.005) is None
