"""Change per pixel of shift: zero at rest, the formula itself, and what pooling promises."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NoReturn

import numpy as np
import pytest
import torch
from random_nets import random_network, three_convolutions, unshared

from viz.chapters.pooling.measure.changes import (
    SHIFTS,
    UNPOOLED,
    ChangeCache,
    Changes,
    changes,
    poolable,
    pooled_by,
    relative_change,
    shifted_signal,
)
from viz.nets import load_pretrained
from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5, notes
from viz.nets.network import Network
from viz.nets.pooling import KINDS, Pooling, pool
from viz.scene import Scene, rasterize_scene
from viz.scene.digits import number
from viz.scene.shifts import shifted

POOLINGS = {kind: Pooling(kind) for kind in KINDS}


@pytest.fixture(scope="module")
def net() -> Network:
    return load_pretrained()


@pytest.fixture(scope="module")
def scene() -> Scene:
    return number("31")


@pytest.fixture(scope="module")
def stages(net: Network, scene: Scene) -> list[Changes]:
    return [found for found in changes(net, scene, "C1", POOLINGS) if found is not None]


def test_coarse_first_then_finer(stages: list[Changes]) -> None:
    assert [len(stage.shifts) for stage in stages] == [5, 9, 17]
    assert tuple(stages[-1].shifts) == SHIFTS and SHIFTS[-1] == 4 and SHIFTS[1] == 0.25
    for stage in stages:
        assert set(stage.curves) == {*KINDS, UNPOOLED}
        picked = np.searchsorted(SHIFTS, stage.shifts)
        for name, curve in stage.curves.items():
            assert np.array_equal(curve, stages[-1].curves[name][picked])


def test_a_bias_makes_no_pooling_seem_more_invariant(net: Network, scene: Scene) -> None:
    plain = Pooling("subsampling", coefficient=0.01)
    poolings = {
        "average": Pooling("average"),
        "by hand": Pooling("subsampling", coefficient=1.7, bias=-0.4),
        "linear": replace(plain, bias=-0.9),  # tanh(c + small) is affine
        "other way": replace(plain, bias=1.5),
    }
    for layer in ("C1", "C3"):
        *_, last = changes(net, scene, layer, poolings)
        assert last is not None
        average = last.curves["average"][1:]
        assert last.curves["by hand"][1:] == pytest.approx(average, rel=0.1)  # and bends a little
        for name in ("linear", "other way"):
            assert last.curves[name][1:] == pytest.approx(average, rel=0.01)


def test_blank_paper_keeps_its_noise(net: Network, scene: Scene) -> None:
    noisy = replace(scene, noise=replace(scene.noise, sigma=0.2))
    faint = replace(noisy, items=())
    assert not np.array_equal(rasterize_scene(faint), np.zeros((32, 64)))
    *_, last = changes(net, noisy, "C1", {"max": Pooling()})
    known = ChangeCache()
    *_, alone = changes(net, faint, "C1", {"max": Pooling()}, None, known)
    assert last is not None and alone is not None and known.blank is not None
    assert np.array_equal(known.blank, known.maps[0.0])
    assert (alone.curves["max"] == 0).all() and alone.responses["max"] == 0
    assert (last.curves["max"][1:] > 0).all() and np.isfinite(last.curves["max"]).all()


def test_no_shift_changes_nothing_and_every_pooling_forgets_some(stages: list[Changes]) -> None:
    for name, curve in stages[-1].curves.items():
        assert curve[0] == 0 and (curve[1:] > 0).all()
        if name != UNPOOLED:
            assert curve[4] < stages[-1].curves[UNPOOLED][4]


def test_larger_windows_forget_more(net: Network, scene: Scene) -> None:
    sizes = {f"{size}": Pooling("max", size, 1) for size in (1, 2, 3, 5)}
    *_, last = changes(net, scene, "C3", sizes)
    at_one_pixel = [last.curves[name][4] for name in (UNPOOLED, *sizes)]
    assert at_one_pixel[0] == at_one_pixel[1]  # windows of one unit pool nothing
    assert at_one_pixel[1:] == sorted(at_one_pixel[1:], reverse=True)


def test_ablated_maps_do_not_count(net: Network, scene: Scene) -> None:
    silent = {"C1": frozenset(range(20))}
    first = next(filter(None, changes(net, scene, "C1", POOLINGS, silent)))
    assert all((curve == 0).all() for curve in first.curves.values())


def test_relative_change() -> None:
    rest, other = np.array([3, 4], np.float32), np.array([3, 5], np.float32)
    assert relative_change(rest, other, 0 * rest) == pytest.approx(0.2)
    for constant in (7, -100):  # what blank paper gives is no response
        moved = (array + np.float32(constant) for array in (rest, other, 0 * rest))
        assert relative_change(*moved) == pytest.approx(0.2)
    assert relative_change(rest, rest, 0 * rest) == 0
    assert relative_change(rest, rest, rest) == 0
    assert relative_change(rest, other, rest) == math.inf


def test_the_shift_is_one_of_the_drawing_whatever_else_was_done_to_it(scene: Scene) -> None:
    turned = replace(scene, transform=replace(scene.transform, angle=30, scale=0.8))
    by_three = rasterize_scene(shifted(turned, 3, 0))
    assert np.allclose(by_three[:, 3:], rasterize_scene(turned)[:, :-3], atol=2e-3)


def test_a_layer_that_is_not_pooled_is_refused(net: Network, scene: Scene) -> None:
    for layer in ("C5", "S2", "K1"):
        with pytest.raises(KeyError):
            next(changes(net, scene, layer, POOLINGS))


def test_what_can_be_pooled_are_the_kernels_maps_of_several_units() -> None:
    for architecture in (lenet5(), notes(), lenet5(side=28)):
        layers = poolable(architecture)
        assert [layer.name for layer in layers] == ["C1", "C3"]
        above = [pooled_by(architecture, layer) for layer in layers]
        assert [layer and layer.name for layer in above] == ["S2", "S4"]
    layers = poolable(three_convolutions())
    assert [layer.name for layer in layers] == ["K1", "K2", "K3"]
    assert [pooled_by(three_convolutions(), layer) for layer in layers] == [None] * 3


@pytest.mark.parametrize(
    ("architecture", "layer", "window"),
    [
        (lenet5(), "C1", None),
        (notes(), "C3", None),
        (three_convolutions(), "K2", None),
        (unshared(), "U1", (0, 3)),
    ],
)
def test_any_network_s_numbers_are_the_formula(
    architecture: Architecture, layer: str, window: tuple[int, int] | None, scene: Scene
) -> None:
    net = random_network(architecture)
    *_, found = changes(net, scene, layer, POOLINGS, None, None, window)
    images = [np.zeros((32, 64), np.float32)]
    images += [rasterize_scene(shifted(scene, dx, 0.0)) for dx in (0.0, 1.5)]
    with torch.inference_mode():
        maps = net(torch.from_numpy(np.stack(images))[:, None], window=window)[layer].numpy()
    assert found is not None
    for name, pooling in {**POOLINGS, UNPOOLED: None}.items():
        pooled = maps if pooling is None else pool(maps, pooling)
        blank, before, now = pooled.astype(np.float64)
        moved, response = np.linalg.norm(now - before), np.linalg.norm(before - blank)
        place = SHIFTS.index(1.5)
        assert found.responses[name] == pytest.approx(response, rel=1e-5)
        assert found.distances[name][place] == pytest.approx(moved, rel=1e-5)
        assert found.curves[name][place] == pytest.approx(moved / response, rel=1e-5)


def test_a_signal_moves_by_whole_and_by_parts_of_cells() -> None:
    line = np.array([0, 1, 0, 0.5], np.float32)
    assert shifted_signal(line, 0).tolist() == [0, 1, 0, 0.5]
    assert shifted_signal(line, 1).tolist() == [0, 0, 1, 0]
    assert shifted_signal(line, -1).tolist() == [1, 0, 0.5, 0]
    assert shifted_signal(line, 0.25).tolist() == [0, 0.75, 0.25, 0.375]
    assert shifted_signal(line, -0.25).tolist() == [0.25, 0.75, 0.125, 0.375]
    for far in (4, -4, 99.5, -1e6):
        assert shifted_signal(line, far).tolist() == [0, 0, 0, 0]
    assert line.tolist() == [0, 1, 0, 0.5]


def test_what_is_known_is_not_computed_again(net: Network, scene: Scene) -> None:
    def last(known: ChangeCache | None, **values: float) -> Changes:
        poolings = {kind: Pooling(kind, **values) for kind in KINDS}  # type: ignore[arg-type]
        used = Unasked(lenet5()) if known is not None and known.maps else net
        *_, found = changes(used, scene, "C1", poolings, None, known)
        assert found is not None
        return found

    class Unasked(Network):
        def forward(self, *_: object, **__: object) -> NoReturn:
            raise AssertionError("the network is not asked again")

    known = ChangeCache()
    last(known)
    again = last(known, p=5.0, size=3)
    fresh = last(None, p=5.0, size=3)
    for name, curve in fresh.curves.items():
        assert np.array_equal(curve, again.curves[name])
    assert len(known.distances) == (len(KINDS) + 1) * len(SHIFTS)  # those of no use are let go
