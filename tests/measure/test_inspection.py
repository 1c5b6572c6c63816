"""Inspection: a trace's numbers are the network's own, and only its receptive field matters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from random_architectures import architectures, random_network

from viz.measure.inspection import Array, Trace, entered, trace
from viz.nets.architecture import WINDOW_STEP, Architecture, Layer
from viz.nets.lenet5 import lenet5
from viz.nets.network import Ablation, Network, activation
from viz.nets.networks import TrainedNetwork

Unit = tuple[int, int, int]

NET = Network(lenet5())
torch.manual_seed(3)
for parameter in NET.parameters():
    torch.nn.init.normal_(parameter, std=0.1)


def trained(net: Network) -> TrainedNetwork:
    weights = {name: value.detach().numpy() for name, value in net.state_dict().items()}
    return TrainedNetwork("random", net.architecture, weights, {})


TRAINED = trained(NET)


def maps_of(
    image: Array, ablated: Ablation | None = None, net: Network = NET, **options: object
) -> dict[str, Array]:
    with torch.inference_mode():
        maps = net(torch.from_numpy(image)[None, None], ablated, **options)
    return {name: value[0].numpy() for name, value in maps.items()}


def picture(seed: int, height: int, width: int) -> Array:
    return np.random.default_rng(seed).random((height, width), np.float32)


@dataclass(frozen=True)
class Case:
    """A network of any kind of layers on an image, and the trace of a unit of each layer."""

    architecture: Architecture
    image: Array
    maps: dict[str, Array]
    origin: tuple[int, int]
    traces: tuple[Trace, ...]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    architecture = draw(architectures())
    net = random_network(architecture, draw(st.integers(0, 99)))
    size = [architecture.window + draw(st.integers(0, 9)) for _ in range(2)]
    image = picture(draw(st.integers(0, 99)), *size)
    window = tuple(draw(st.integers(0, side - 1)) for side in architecture.windows(*size))
    origin = (0, 0)
    if not architecture.is_convolutional:
        origin = WINDOW_STEP * window[0], WINDOW_STEP * window[1]
    maps = maps_of(image, None, net, window=window)
    traces = []
    for layer in architecture.layers:
        unit = tuple(draw(st.integers(0, side - 1)) for side in layer.shape(*size))
        if layer.name == "output":  # the maps are those of its own window
            unit = unit[0], *window
        found = trace(image, maps, trained(net), layer.name, unit, origin=origin)
        assert found is not None and (found.map, found.row, found.column) == unit
        traces.append(found)
    return Case(architecture, image, maps, origin, tuple(traces))


@given(cases())
def test_every_kind_of_layer_is_written_out(case: Case) -> None:
    for found in case.traces:
        layer, unit = found.spec, (found.map, found.row, found.column)
        value = float(case.maps[f"{layer.name} pre" if layer.has_weights else layer.name][unit])
        near = max(2e-5, 2e-5 * abs(value), 2e-6 * float(np.abs(found.products).sum()))
        assert found.pre_activation == pytest.approx(value, abs=near)
        assert found.activation == case.maps[layer.name][unit]
        if layer.activation != "log-softmax":
            acted = activation(torch.tensor(found.pre_activation), layer.activation)
            assert found.activation == pytest.approx(float(acted), abs=near)
        if layer.operation == "pool":
            assert found.kernels is None and found.sums.size == 0
            assert np.array_equal(found.products, found.patches)
            assert found.patches.shape == (1, layer.reach, layer.reach) or found.is_cut
        else:
            are_summed_up(found, near)


def are_summed_up(found: Trace, near: float) -> None:
    layer = found.spec
    assert found.kernels is not None
    shape = layer.inputs, layer.kernel, layer.kernel
    assert found.patches.shape == found.kernels.shape == found.products.shape == shape
    expected = found.patches * found.kernels
    if layer.operation == "prototypes":
        expected = -((found.patches - found.kernels) ** 2)
    np.testing.assert_allclose(found.products, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.sums, expected.sum((1, 2)), rtol=1e-4, atol=near)
    assert float(found.sums.sum()) + found.bias == pytest.approx(found.pre_activation, abs=near)
    if layer.connections is not None:
        used = layer.connections[found.map]
        assert not np.delete(found.kernels, used, 0).any()


@given(cases())
def test_patches_are_cut_where_the_corner_says(case: Case) -> None:
    """Every cell of the patches is what the source has there, or padding beyond its edges."""
    for found in case.traces:
        layer = found.spec
        source = entered(case.image, case.architecture, case.origin)[None]
        below = case.architecture.below(layer)
        assert found.source == (below.name if below else "input")
        if below is not None:
            source = case.maps[below.name]
        if layer.operation == "pool":
            source = source[found.map : found.map + 1]
        cells = [
            start + layer.dilation * np.arange(count)
            for start, count in zip(found.corner, found.patches.shape[1:], strict=True)
        ]
        if not layer.padding:
            assert all(each[0] >= 0 for each in cells)
        around = 60  # more than any padding
        padded = np.pad(
            source, ((0, 0), (around,) * 2, (around,) * 2), constant_values=layer.padding_value
        )
        rows, columns = (each + around for each in cells)
        assert np.array_equal(found.patches, padded[:, rows[:, None], columns])


def test_a_unit_that_does_not_exist_has_no_trace() -> None:
    image = picture(0, 32, 32)
    maps = maps_of(image)
    for unit in ((20, 0, 0), (0, 28, 0), (0, 0, 28), (-1, 0, 0), (0, -1, 0)):
        assert trace(image, maps, TRAINED, "C1", unit) is None
    assert trace(image, maps, TRAINED, "F6", (0, 0, 0)) is None


@pytest.mark.parametrize(("pooling", "size"), [("average", (1, 2, 2)), ("blur", (1, 3, 4))])
def test_only_blur_pooling_is_cut_at_the_border(pooling: str, size: Unit) -> None:
    net, image = random_network(lenet5(pooling), 5), picture(5, 36, 40)
    maps = maps_of(image, None, net)
    cut, whole = (trace(image, maps, trained(net), "S2", (0, row, 5)) for row in (0, 1))
    assert cut is not None and cut.is_cut == (pooling == "blur") and cut.patches.shape == size
    assert cut.pre_activation == pytest.approx(float(maps["S2"][0, 0, 5]), rel=1e-6)
    assert whole is not None and not whole.is_cut


def test_an_ablated_map_is_traced_up_to_where_it_is_cut() -> None:
    image = picture(5, 32, 32)
    whole = maps_of(image)
    unit = tuple(int(i) for i in np.argwhere(whole["S2"] > 0)[0])
    number = unit[0]
    maps = maps_of(image, {"S2": [number]})
    cut = trace(image, maps, TRAINED, "S2", (unit[0], unit[1], unit[2]), ablated=True)
    assert cut is not None
    assert cut.ablated
    assert cut.pre_activation == whole["S2"][unit] > 0
    assert cut.activation == 0
    above = trace(image, maps, TRAINED, "C3", (7, 0, 0))
    assert above is not None
    assert not above.ablated
    assert not above.products[number].any()
    assert above.sums[number] == 0


@pytest.mark.parametrize("pooling", ["lp", "log-prob", "max", "average"])
def test_windows_larger_than_the_pooling_chapter_s_are_explained(pooling: str) -> None:
    layers = (
        Layer("C1", "conv", 2, 3, activation="tanh"),
        Layer("S2", "pool", 2, 10, 10, pooling=pooling, p=3.0, b=20.0),
        Layer("output", "dense", 11, activation="log-softmax"),
    )
    net = random_network(Architecture(layers, side=12), 1)
    image = picture(1, 12, 22)
    maps = maps_of(image, None, net)
    found = trace(image, maps, trained(net), "S2", (1, 0, 1))
    assert found is not None and found.patches.shape == (1, 10, 10)
    assert found.pre_activation == pytest.approx(float(maps["S2"][1, 0, 1]), rel=1e-5)
