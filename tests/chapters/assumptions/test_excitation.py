"""What excites maps most: against torch over the same digits; sums of parts; a pattern."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from viz.chapters.assumptions.measure import digits as digits_module
from viz.chapters.assumptions.measure.digits import digit_set, fitted
from viz.chapters.assumptions.measure.excitation import (
    BEST,
    Excitations,
    ascend,
    excitations,
    measured_layers,
)
from viz.engine.compute import Nets
from viz.nets.network import Network

COUNT = 60


@pytest.fixture(autouse=True)
def digits_that_ship(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """The same digits on every machine, with MNIST or without."""
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    digits_module.digit_set.cache_clear()
    yield
    digits_module.digit_set.cache_clear()


def measured(net: Network) -> Excitations:
    *_, last = (found for found in excitations(net, COUNT) if found is not None)
    return last


def test_best_patches_and_means_are_those_of_all_units(nets: Nets) -> None:
    net = nets("max")
    found = measured(net)
    assert not found.digits.is_mnist and found.count == COUNT
    windows = torch.from_numpy(found.digits.windows(range(COUNT), 32))[:, None]
    with torch.no_grad():
        maps = net(windows)
    for name in ("C1", "C3", "C5"):
        peaks = maps[name].amax((2, 3)).T.sort(descending=True)[0][:, :BEST]
        np.testing.assert_allclose(found.layers[name].values, peaks, atol=1e-5)
        mean = maps[name].mean((0, 2, 3))
        np.testing.assert_allclose(found.layers[name].mean, mean, atol=1e-5)
    # the patch itself gives the activation: C1 is its product with the kernel
    layer, values = net.architecture.layer("C1"), found.layers["C1"].values
    weight, bias = net.weights(layer).detach(), net.biases(layer).detach()
    for number in range(20):
        patch = torch.from_numpy(found.patch("C1", number, 0))
        activation = F.relu((weight[number, 0] * patch).sum() + bias[number])
        assert float(activation) == pytest.approx(float(values[number, 0]), abs=1e-5)


def test_the_mean_patch_is_weighted_by_the_excitation(nets: Nets) -> None:
    net = nets("max")
    found = measured(net)
    x = torch.from_numpy(found.digits.windows(range(COUNT), 32))[:, None]
    with torch.no_grad():
        a = net(x)["C1"]
    wanted = (
        torch.nn.grad.conv2d_weight(x, (20, 1, 5, 5), a)[:, 0] / a.sum((0, 2, 3))[:, None, None]
    )
    np.testing.assert_allclose(found.layers["C1"].patches, wanted, atol=1e-4)


@pytest.mark.parametrize("name", ["max", "average"])
def test_what_maps_below_add_is_the_sum_less_the_bias(name: str, nets: Nets) -> None:
    net = nets(name)
    found = measured(net)
    for layer in ("C3", "C5"):
        one = found.layers[layer]
        sums = one.sources.sum(1) + net.biases(one.layer).detach().numpy()
        np.testing.assert_allclose(np.maximum(0, sums), one.values[:, 0], atol=1e-3)
    users = found.users("C1", 3)
    assert users[0][1] == found.layers["C3"].sources[:, 3].max()
    assert found.upper("C5") == "output" and found.upper("output") == ""
    assert found.users("output", 0) == () and found.parts("C1", 0) == ()


def test_ascent_finds_where_a_linear_kernel_is_positive(nets: Nets) -> None:
    net = nets("max")
    layer = net.architecture.layer("C1")
    *_, pattern = (one for one in ascend(net, layer, 0, 1.0) if one is not None)
    weight = net.weights(layer)[0, 0].detach().numpy()
    clear = np.abs(weight) > 0.02  # the rest is worth no ink
    np.testing.assert_array_equal(pattern.pixels[clear] > 0.5, weight[clear] > 0)
    best = float(weight.clip(min=0).sum() + net.biases(layer)[0].detach())
    assert pattern.value == pytest.approx(best, rel=0.02) and pattern.value <= best + 1e-5


def test_a_pattern_excites_more_than_any_digit(nets: Nets) -> None:
    net = nets("max")
    found = measured(net).layers["C3"]
    number = int(found.values[:, 0].argmax())
    best = float(found.values[number, 0])
    *_, pattern = (one for one in ascend(net, found.layer, number, best) if one is not None)
    assert pattern.pixels.shape == (14, 14) and pattern.value > best


def test_digits_fit_windows_of_any_size() -> None:
    pictures = digit_set().windows(range(3), 32)
    assert fitted(pictures, 36).shape == (3, 36, 36)
    np.testing.assert_array_equal(fitted(pictures, 28), pictures[:, 2:30, 2:30])
    small = torch.from_numpy(pictures[:, None, 2:30, 2:30])
    wanted = F.interpolate(small, (14, 14), mode="area")[:, 0]
    np.testing.assert_allclose(fitted(pictures, 14), wanted, atol=1e-6)
    moved = digit_set().windows(range(3), 32, 2)
    np.testing.assert_array_equal(moved[:, :, 2:], pictures[:, :, :-2])


def test_poolings_are_not_measured_apart(nets: Nets) -> None:
    names = [layer.name for layer in measured_layers(nets("max").architecture)]
    assert names == ["C1", "C3", "C5", "output"]
