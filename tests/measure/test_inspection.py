"""Inspection: a trace's numbers are the network's own, and only its receptive field matters."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from viz.measure.inspection import Array, trace
from viz.nets.layers import BY_NAME, LAYERS
from viz.nets.lenet5 import Ablation, LeNet5

NET = LeNet5()
torch.manual_seed(3)
for parameter in NET.parameters():
    torch.nn.init.normal_(parameter, std=0.1)
WEIGHTS = {name: value.detach().numpy() for name, value in NET.state_dict().items()}


def maps_of(image: Array, ablated: Ablation | None = None) -> dict[str, Array]:
    with torch.inference_mode():
        maps = NET(torch.from_numpy(image)[None, None], ablated)
    return {name: value[0].numpy() for name, value in maps.items()}


def picture(seed: int, height: int, width: int) -> Array:
    return np.random.default_rng(seed).random((height, width), np.float32)


@st.composite
def units(draw: st.DrawFn) -> tuple[Array, str, tuple[int, int, int]]:
    """An image, and a unit that exists for it."""
    height, width = draw(st.integers(32, 41)), draw(st.integers(32, 49))
    layer = draw(st.sampled_from(LAYERS))
    unit = tuple(draw(st.integers(0, size - 1)) for size in layer.shape(height, width))
    image = picture(draw(st.integers(0, 99)), height, width)
    return image, layer.name, (unit[0], unit[1], unit[2])


@settings(max_examples=60, deadline=None)
@given(units())
def test_the_sum_of_products_is_what_torch_computes(
    case: tuple[Array, str, tuple[int, int, int]],
) -> None:
    image, layer, unit = case
    maps = maps_of(image)
    result = trace(image, maps, WEIGHTS, layer, unit)
    assert result is not None
    assert (result.layer, result.map, result.row, result.column) == (layer, *unit)
    assert result.activation == maps[layer][unit]
    spec = BY_NAME[layer]
    if spec.operation == "pool":
        assert result.kernels is None
        assert result.patches.shape == result.products.shape == (1, 2, 2)
        assert result.pre_activation == result.activation == result.patches.max()
        return
    assert result.kernels is not None
    shape = spec.inputs, spec.kernel, spec.kernel
    assert result.patches.shape == result.kernels.shape == result.products.shape == shape
    assert np.array_equal(result.products, result.patches * result.kernels)
    np.testing.assert_allclose(result.sums, result.products.sum((1, 2)), rtol=1e-6)
    assert result.bias == WEIGHTS[f"{layer}.bias"][unit[0]]
    assert result.pre_activation == pytest.approx(maps[f"{layer} pre"][unit], abs=2e-5)
    if layer != "output":
        assert result.activation == pytest.approx(max(0.0, result.pre_activation), abs=2e-5)


@settings(max_examples=40, deadline=None)
@given(units())
def test_pixels_outside_the_receptive_field_change_nothing(
    case: tuple[Array, str, tuple[int, int, int]],
) -> None:
    image, layer, unit = case
    top, left, height, width = BY_NAME[layer].receptive_field(unit[1], unit[2])
    other = picture(1000, *image.shape)
    inside = slice(top, top + height), slice(left, left + width)
    other[inside] = image[inside]
    first = trace(image, maps_of(image), WEIGHTS, layer, unit)
    second = trace(other, maps_of(other), WEIGHTS, layer, unit)
    assert first is not None
    assert second is not None
    np.testing.assert_allclose(first.patches, second.patches, atol=1e-5)
    assert first.pre_activation == pytest.approx(second.pre_activation, abs=1e-4)


def test_the_source_is_the_layer_below() -> None:
    image = picture(0, 32, 32)
    maps = maps_of(image)
    sources = {}
    for layer in LAYERS:
        result = trace(image, maps, WEIGHTS, layer.name, (0, 0, 0))
        assert result is not None
        sources[layer.name] = result.source
        below = image[None] if result.source == "input" else maps[result.source]
        channels = slice(0, 1) if layer.operation == "pool" else slice(None)
        k = layer.kernel
        assert np.array_equal(result.patches, below[channels, :k, :k])
    assert sources == {
        "C1": "input", "S2": "C1", "C3": "S2", "S4": "C3", "C5": "S4", "output": "C5"
    }  # fmt: skip


@pytest.mark.parametrize("unit", [(20, 0, 0), (0, 28, 0), (0, 0, 28), (-1, 0, 0), (0, -1, 0)])
def test_a_unit_that_does_not_exist_has_no_trace(unit: tuple[int, int, int]) -> None:
    image = picture(0, 32, 32)
    assert trace(image, maps_of(image), WEIGHTS, "C1", unit) is None


def test_an_ablated_map_is_traced_up_to_where_it_is_cut() -> None:
    image = picture(5, 32, 32)
    whole = maps_of(image)
    unit = tuple(int(i) for i in np.argwhere(whole["S2"] > 0)[0])
    number = unit[0]
    maps = maps_of(image, {"S2": [number]})
    cut = trace(image, maps, WEIGHTS, "S2", (unit[0], unit[1], unit[2]), ablated=True)
    assert cut is not None
    assert cut.ablated
    assert cut.pre_activation == whole["S2"][unit] > 0
    assert cut.activation == 0
    above = trace(image, maps, WEIGHTS, "C3", (7, 0, 0))
    assert above is not None
    assert not above.ablated
    assert not above.products[number].any()
    assert above.sums[number] == 0


@pytest.mark.parametrize("pooling", ["average", "blur"])
def test_other_poolings_are_explained_by_their_own_arithmetic(pooling: str) -> None:
    torch.manual_seed(5)
    net = LeNet5(pooling)
    image = torch.rand(36, 40)
    with torch.inference_mode():
        maps = {name: value[0].numpy() for name, value in net(image[None, None]).items()}
    weights = {name: value.detach().numpy() for name, value in net.named_parameters()}
    for layer in ("S2", "C3", "S4", "C5"):
        _, height, width = maps[layer].shape
        for row, column in ((0, 0), (height // 2, width // 2), (height - 1, width - 1)):
            found = trace(image.numpy(), maps, weights, layer, (1, row, column), pooling=pooling)
            assert found is not None and found.pooling == pooling
            wanted = maps[f"{layer} pre" if layer[0] == "C" else layer][1, row, column]
            assert found.pre_activation == pytest.approx(float(wanted), rel=1e-4, abs=1e-5)
            below = maps[found.source]
            top, left = found.corner
            first = found.patches[0, 0, 0]
            assert first == below[1 if layer[0] == "S" else 0, top, left]
    cut = trace(image.numpy(), maps, weights, "S2", (0, 0, 5), pooling="blur")
    assert cut is not None and cut.patches.shape == (1, 3, 4)
