"""Edges: products are the network's own, with torch's derivatives as the reference."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from random_architectures import architectures, random_network

from viz.measure.edges import MOST, Edge, Edges, edges
from viz.measure.inspection import INPUT, Array, entered
from viz.nets import networks
from viz.nets.architecture import WINDOW_STEP, Architecture, Layer
from viz.nets.network import Ablation, Network, pool
from viz.nets.networks import TrainedNetwork
from viz.scene import rasterize_scene
from viz.scene.digits import number

Place = tuple[str, int, int, int]
ALL = 10**6


def trained(net: Network) -> TrainedNetwork:
    weights = {name: value.detach().numpy() for name, value in net.state_dict().items()}
    return TrainedNetwork("random", net.architecture, weights, {})


def maps_of(
    net: Network, image: Array, ablated: Ablation | None = None, **options: object
) -> dict[str, Array]:
    with torch.inference_mode():
        maps = net(torch.from_numpy(image)[None, None], ablated, **options)
    return {name: value[0].numpy() for name, value in maps.items()}


def found(all_: tuple[Edge, ...]) -> dict[Place, float]:
    return {(each.layer, each.map, each.row, each.column): each.product for each in all_}


def reference(net: Network, spec: Layer, below: Array, place: tuple[int, int, int]) -> Array:
    """What each unit of ``below`` (maps, h, w) adds to a unit's sum, or pooled value."""
    x = torch.from_numpy(below.astype(np.float64))[None].requires_grad_()
    wide = net.double()
    y = wide.sums(spec, x) if spec.has_weights else pool(x, spec)
    (slope,) = torch.autograd.grad(y[0][place], x)
    net.float()
    if spec.operation != "prototypes":
        return (x * slope)[0].detach().numpy()
    weights = x.detach() - slope / -2  # d −(x − w)² = −2 (x − w)
    return np.where(slope[0] == 0, 0.0, -((x - weights) ** 2)[0].detach().numpy())


def is_same(edges_: dict[Place, float], name: str, expected: Array) -> None:
    """Every product that there is, and no other; those of next to nothing may be missing."""
    least = 1e-6 * max(1.0, float(np.abs(expected).max()))
    for place in map(tuple, np.argwhere(np.abs(expected) > least).tolist()):
        assert edges_[name, *place] == pytest.approx(expected[place], rel=1e-4, abs=least)
    for (layer, *place), product in edges_.items():
        assert layer == name
        assert expected[tuple(place)] == pytest.approx(product, rel=1e-4, abs=least)


@given(st.data())
def test_products_are_values_times_torch_s_derivatives(data: st.DataObject) -> None:
    """For every kind of layer, unless blur pooling takes in what no map shows."""
    architecture = data.draw(architectures())
    net = random_network(architecture, data.draw(st.integers(0, 99)))
    size = [architecture.window + data.draw(st.integers(0, 9)) for _ in range(2)]
    image = np.random.default_rng(data.draw(st.integers(0, 99))).random(size, np.float32)
    window = tuple(data.draw(st.integers(0, side - 1)) for side in architecture.windows(*size))
    origin = (0, 0)
    if not architecture.is_convolutional:
        origin = WINDOW_STEP * window[0], WINDOW_STEP * window[1]
    maps = maps_of(net, image, window=window)
    for spec in architecture.layers:
        place = tuple(data.draw(st.integers(0, side - 1)) for side in spec.shape(*size))
        own = spec.fixed or architecture.is_convolutional
        unit = place if own else (place[0], *window)
        shown = edges(image, maps, trained(net), spec.name, unit, origin=origin, most=ALL)
        assert shown is not None
        under = architecture.below(spec)
        below = maps[under.name] if under else entered(image, architecture, origin)[None]
        if is_whole(spec):
            local = unit if own else (unit[0], 0, 0)
            expected = reference(net, spec, below, local)
            is_same(found(shown.below), under.name if under else INPUT, expected)
        check_targets(net, maps, spec, unit, shown, origin)


def is_whole(spec: Layer) -> bool:
    """Whether it is computed from shown units alone."""
    return not spec.rim and spec.pooling != "blur"


def check_targets(
    net: Network,
    maps: dict[str, Array],
    spec: Layer,
    unit: tuple[int, int, int],
    shown: Edges,
    origin: tuple[int, int],
) -> None:
    """Every target says the same product of the edge as the unit itself does."""
    architecture = net.architecture
    if spec == architecture.output:
        assert shown.above == ()
        return
    upper = architecture.layers[architecture.layers.index(spec) + 1]
    fixed = spec.fixed and not upper.fixed
    if not is_whole(upper):
        return
    for each in shown.above[:6]:
        assert each.layer == upper.name
        local = (each.map, 0, 0) if fixed else (each.map, each.row, each.column)
        if fixed:
            assert (each.row, each.column) == tuple(at // WINDOW_STEP for at in origin)
        expected = reference(net, upper, maps[spec.name], local)
        assert each.product == pytest.approx(expected[unit], rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("name", ["max", "average", "notes", "no-none"])
def test_targets_are_all_of_a_shipped_network_s(name: str) -> None:
    """The derivative of the whole next layer by one unit, entry by entry."""
    network = networks.trained(name)
    net = Network(network.architecture, network.weights)
    image = rasterize_scene(number("31"))
    maps = maps_of(net, image)
    for lower, upper in zip(net.architecture.layers, net.architecture.layers[1:], strict=False):
        values = maps[lower.name]
        unit = tuple(np.unravel_index(np.abs(values).argmax(), values.shape))
        shown = edges(image, maps, network, lower.name, tuple(map(int, unit)), most=ALL)
        assert shown is not None
        x = torch.from_numpy(values)[None]

        def of(one: torch.Tensor, upper: Layer = upper) -> torch.Tensor:
            return net.sums(upper, one)[0] if upper.has_weights else pool(one, upper)[0]

        direction = torch.zeros_like(x)
        direction[0][unit] = 1
        _, slopes = torch.autograd.functional.jvp(of, x, direction)
        is_same(found(shown.above), upper.name, values[unit] * slopes.detach().numpy())


@pytest.mark.parametrize("name", ["max", "average", "notes"])
def test_they_add_up_to_the_sum_of_a_shipped_network_s_unit(name: str) -> None:
    network = networks.trained(name)
    net = Network(network.architecture, network.weights)
    image = rasterize_scene(number("31"))
    maps = maps_of(net, image)
    for spec in net.architecture.layers:
        key = f"{spec.name} pre" if spec.has_weights else spec.name
        unit = tuple(map(int, np.unravel_index(maps[key].argmax(), maps[key].shape)))
        bias = float(network.weights[f"{spec.name}.bias"][unit[0]]) if spec.has_weights else 0.0
        whole = edges(image, maps, network, spec.name, unit, most=ALL)
        few = edges(image, maps, network, spec.name, unit)
        assert whole is not None and few is not None
        total = sum(each.product for each in whole.below)
        assert total + bias == pytest.approx(float(maps[key][unit]), rel=1e-4)
        for all_, strongest in ((whole.below, few.below), (whole.above, few.above)):
            sizes = [abs(each.product) for each in all_]
            assert sizes == sorted(sizes, reverse=True) and all(sizes)
            assert [abs(each.product) for each in strongest] == sizes[:MOST]
            assert set(strongest) <= set(all_)


def test_of_a_maximum_one_unit_counts_and_of_an_average_each_alike() -> None:
    for name, count in (("max", 1), ("average", 4)):
        network = networks.trained(name)
        image = rasterize_scene(number("3"))
        maps = maps_of(Network(network.architecture, network.weights), image)
        unit = tuple(map(int, np.unravel_index(maps["S2"].argmax(), maps["S2"].shape)))
        shown = edges(image, maps, network, "S2", unit)
        assert shown is not None
        patch = maps["C1"][unit[0], 2 * unit[1] : 2 * unit[1] + 2, 2 * unit[2] : 2 * unit[2] + 2]
        values = sorted(patch.ravel().tolist(), reverse=True)[:count]
        assert [e.product for e in shown.below] == pytest.approx(np.divide(values, count).tolist())
        assert {(e.layer, e.map) for e in shown.below} == {("C1", unit[0])}
        # and upwards: of the four, in max pooling the loser has no target
        lower = tuple(map(int, np.unravel_index(patch.argmin(), patch.shape)))
        loser = (unit[0], 2 * unit[1] + lower[0], 2 * unit[2] + lower[1])
        assert maps["C1"][loser] < maps["C1"].max()
        under = edges(image, maps, network, "C1", loser)
        assert under is not None
        expected = [] if name == "max" else [("S2", *unit)][: int(maps["C1"][loser] > 0)]
        assert list(found(under.above)) == expected


def test_a_blur_counts_each_maximum_as_often_as_it_takes_it_in() -> None:
    network = networks.trained("blur")
    net = Network(network.architecture, network.weights)
    image = rasterize_scene(number("31"))
    maps = maps_of(net, image)
    inside = maps["S2"][:, 2:-2, 2:-2]
    where = np.unravel_index(inside.argmax(), inside.shape)
    unit = int(where[0]), int(where[1]) + 2, int(where[2]) + 2
    shown = edges(image, maps, network, "S2", unit)
    assert shown is not None
    assert sum(e.product for e in shown.below) == pytest.approx(float(maps["S2"][unit]), rel=1e-5)
    corner = edges(image, maps, network, "S2", (unit[0], 0, 0))
    assert corner is not None
    assert all(e.row >= 0 and e.column >= 0 for e in corner.below)
    assert sum(e.product for e in corner.below) <= float(maps["S2"][unit[0], 0, 0]) + 1e-6


def test_ablated_maps_and_a_table_of_connections_are_respected() -> None:
    layers = (
        Layer("C1", "conv", 3, 3, activation="relu"),
        Layer("C3", "conv", 2, 3, connections=((0, 2), (1,)), activation="relu"),
        Layer("output", "dense", 11, activation="log-softmax"),
    )
    net = random_network(Architecture(layers, side=12), 4, positive=True)
    image = np.random.default_rng(2).random((12, 12), np.float32)
    maps = maps_of(net, image)
    whole = edges(image, maps, trained(net), "C3", (0, 2, 2), most=ALL)
    assert whole is not None and {e.map for e in whole.below} == {0, 2}
    assert len(whole.below) == 18 and {e.layer for e in whole.above} == {"output"}
    up = edges(image, maps, trained(net), "C1", (1, 4, 4), most=ALL)
    assert up is not None and {e.map for e in up.above} == {1} and len(up.above) == 9
    ablated = {"C1": [2], "C3": [1]}
    maps = maps_of(net, image, ablated)
    cut = edges(image, maps, trained(net), "C3", (0, 2, 2), ablated=ablated, most=ALL)
    assert cut is not None and {e.map for e in cut.below} == {0}
    for unit in ((1, 4, 4), (2, 4, 4)):  # its target's map is gone; it is gone itself
        alone = edges(image, maps, trained(net), "C1", unit, ablated=ablated)
        assert alone is not None and alone.above == ()


def test_padding_and_what_is_no_number_have_no_edges() -> None:
    layers = (
        Layer("C1", "conv", 1, 3, padding=2, padding_value=1.0),
        Layer("output", "dense", 11, activation="log-softmax"),
    )
    net = random_network(Architecture(layers, side=6), 1, positive=True)
    image = np.full((6, 6), 0.5, np.float32)
    maps = maps_of(net, image)
    corner = edges(image, maps, trained(net), "C1", (0, 0, 0))
    assert corner is not None and list(found(corner.below)) == [(INPUT, 0, 0, 0)]
    maps["C1"][0, 0, 0] = math.nan
    broken = edges(image, maps, trained(net), "C1", (0, 0, 0))
    assert broken is not None and broken.above == ()
    assert edges(image, maps, trained(net), "C1", (0, 9, 0)) is None
    assert edges(image, maps, trained(net), "F6", (0, 0, 0)) is None
