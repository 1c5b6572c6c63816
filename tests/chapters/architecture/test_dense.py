"""Matrix and convolution, each by another library: equal to rounding, whatever the network."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from random_architectures import architectures

from viz.chapters.architecture.measure.dense import (
    across,
    as_band,
    band,
    below,
    compare,
    dense_layer,
    first_convolution,
    inked,
    scale_below,
    tiles,
)
from viz.nets import load_pretrained
from viz.nets.architecture import Architecture, Layer
from viz.nets.lenet5 import lenet5, notes
from viz.nets.network import Network
from viz.scene import rasterize_scene
from viz.scene.digits import number


def test_fc1_is_a_matrix_of_500_by_1250_and_500_kernels_of_50_by_5_by_5() -> None:
    """500×1,250 and 50×5×5: issue 13; 500×1,250 + 500 = 625,500: product.md."""
    layer = dense_layer(lenet5())
    assert layer is not None and layer.name == "C5"
    assert (layer.maps, layer.inputs, layer.kernel) == (500, 50, 5)
    assert layer.parameters == 500 * 1250 + 500 == 625_500
    other = dense_layer(notes())
    assert other is not None and (other.maps, other.inputs * other.kernel**2) == (120, 400)


def test_both_ways_are_equal_and_those_of_the_network() -> None:
    network = load_pretrained()
    image = rasterize_scene(number("31"))
    with torch.inference_mode():
        maps = {
            name: one[0].numpy()
            for name, one in network(torch.from_numpy(image)[None, None]).items()
        }
    layer = dense_layer(network.architecture)
    assert layer is not None
    values = below(network, layer, image, maps, (0, 0))
    *_, last = compare(network, layer, values)
    assert last.done == last.units == 4500 and last.windows == (1, 9)
    assert 0 < last.difference64 <= 1e-12
    assert last.difference64 < last.difference32 < 1e-4
    assert "3250" in last.refusal and "1250" in last.refusal
    made = last.products(7, (0, 3)).sum() + last.biases[7]
    assert made == pytest.approx(maps["C5 pre"][7, 0, 3], abs=1e-4)
    assert last.milliseconds is not None and min(last.milliseconds) > 0 and last.timed == 9
    assert scale_below(network.architecture, layer, {"S4": 1.7}) == (1.7, False)


@given(architecture=architectures(), seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_any_network_is_equal_both_ways(architecture: Architecture, seed: int) -> None:
    layer = dense_layer(architecture)
    if layer is None:
        return
    torch.manual_seed(seed)
    network = Network(architecture).eval()
    image = np.random.default_rng(seed).random((32, 36)).astype(np.float32)
    with torch.inference_mode():
        maps = {
            name: one[0].numpy()
            for name, one in network(torch.from_numpy(image)[None, None]).items()
        }
    values = below(network, layer, image, maps, (0, 0))
    *_, last = compare(network, layer, values)
    assert last.done == last.units
    assert last.difference64 <= 1e-12 * max(1.0, float(np.abs(values).max()))
    assert bool(last.refusal) == (values[0].size != layer.kernel**2)


def test_a_band_is_a_toeplitz_matrix_and_has_every_weight_in_every_row() -> None:
    """One row of pixels: convolution as a Toeplitz matrix; issue 13's "equal weights"."""
    places = band(6, 3).reshape(4, 4, 6, 6)
    row = places[0, :, 0]  # the first row of windows on the first row of pixels: 4×6
    apart = np.arange(6) - np.arange(4)[:, None]
    wanted = np.where((apart >= 0) & (apart < 3), apart, -1)
    np.testing.assert_array_equal(row, wanted)
    assert places.shape == (4, 4, 6, 6) and int((places < 0).sum()) == 16 * (36 - 9)
    for weight in range(9):
        assert int((places == weight).sum()) == 16
    assert band(9, 3, 2, 2).shape == (9, 81)
    with pytest.raises(ValueError, match="no window"):
        band(3, 5)


def test_a_convolution_as_a_matrix_is_equal_whatever_stride_and_dilation() -> None:
    rng = np.random.default_rng(1)
    for step, dilation in ((1, 1), (2, 1), (1, 2), (3, 2)):
        layer = Layer("C1", "conv", 1, 3, step, dilation=dilation)
        kernel = rng.normal(size=(3, 3)).astype(np.float32)
        made = as_band(layer, 0, kernel, rng.normal(size=(9, 9)).astype(np.float32))
        assert made.difference64 <= 1e-12 and made.difference32 <= 1e-5
        assert len(np.unique(made.matrix)) == 10, "nine weights, and 0"


def test_what_is_shown_of_kernels_and_canvas() -> None:
    assert (across(50), across(16), across(1)) == (10, 5, 1)
    assert tiles(np.ones((50, 5, 5), np.float32)).shape == (29, 59)
    image = np.zeros((32, 40), np.float32)
    image[10, 20] = 1
    assert inked(image, 8).sum() == 1 and inked(image, 32).shape == (32, 32)
    assert inked(image[:3, :3], 5).shape == (5, 5)


def test_networks_without_such_layers_are_told() -> None:
    only = Architecture((Layer("output", "prototypes", 11, 32, activation="log-softmax"),))
    assert dense_layer(only) is None and first_convolution(only) is None
