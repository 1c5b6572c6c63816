"""Backpropagation against autograd: every module's plain sums, the updates, one turned weight."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from viz.chapters.learning.measure.backprop import (
    copied,
    forward,
    gradients,
    in_rows,
    loss_at,
    strongest,
    turn,
    turned_weights,
    update,
)
from viz.chapters.learning.measure.passing_back import (
    Module,
    handed_down,
    kernel_gradient,
    modules_of,
    pass_back,
    pooled_back,
)
from viz.nets import load_pretrained
from viz.nets.network import Network
from viz.scene import rasterize_scene
from viz.scene.digits import number

WINDOW = (0, 0)


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return np.array(rasterize_scene(number("3"))[:, :32])


@pytest.mark.parametrize("name", ["max", "notes", "blur"])
def test_gradients_are_those_that_autograd_finds_through_the_network(
    image: np.ndarray, name: str
) -> None:
    net = load_pretrained(name)
    found = gradients(net, image, 5, WINDOW)
    with torch.no_grad():
        out = net(torch.from_numpy(image)[None, None])["output"][0, :, 0, 0]
    assert found.loss == pytest.approx(-float(out[5]), abs=1e-4)
    expected = out.exp().numpy().copy()
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-5)
    expected[5] -= 1
    np.testing.assert_allclose(found.logits, expected, atol=1e-5)  # ∂/∂logits = p − y
    assert [one.name for one in found.layers] == [
        "input", *(layer.name for layer in net.architecture.layers[:-1])
    ]  # fmt: skip
    x = torch.from_numpy(image)[None, None].clone().requires_grad_(True)
    (-net(x)["output"][0, 5, 0, 0]).backward()
    np.testing.assert_allclose(found.layers[0].gradient, x.grad[0, 0].numpy(), atol=1e-5)


def of_autograd(net: Network, image: np.ndarray, layer: str):  # type: ignore[no-untyped-def]
    """What comes into a layer, its sums and values, and ∂loss by each and by its kernels."""
    passed = forward(net, torch.from_numpy(image).clone().requires_grad_(True))
    number = next(n for n, one in enumerate(passed.layers) if one.name == layer)
    below, total, values = passed.below[number], passed.sums[number], passed.values[number]
    wanted = [below, values]
    if total is not None:
        wanted += [total, net.weights(passed.layers[number])]
    found = torch.autograd.grad(loss_at(passed, 5, WINDOW), wanted)
    arrays = [one.detach().numpy() for one in found]
    return below[0].detach().numpy(), arrays


@pytest.mark.parametrize("layer", ["C1", "C3", "C5"])
def test_a_kernel_sums_over_places_and_hands_down_by_the_turned_kernel(
    image: np.ndarray, layer: str
) -> None:
    net = load_pretrained()
    below, (into, _, delta, weight) = of_autograd(net, image, layer)
    kernels = net.weights(net.architecture.layer(layer)).detach().numpy()
    side = kernels.shape[2]
    np.testing.assert_allclose(
        kernel_gradient(below[0], delta[0, 1], side), weight[1, 0], atol=1e-5
    )
    handed = sum(handed_down(d, kernel[0]) for d, kernel in zip(delta[0], kernels, strict=True))
    np.testing.assert_allclose(handed, into[0, 0], atol=1e-5)
    back = pass_back(net, image, 5, WINDOW, Module(layer, "kernel"))
    np.testing.assert_allclose(back.kernel_gradient, weight[back.map, back.input], atol=1e-5)
    assert back.places == delta.shape[2] * delta.shape[3]
    np.testing.assert_array_equal(back.turned, kernels[back.map, back.input][::-1, ::-1])
    whole = handed_down(delta[0, back.map], kernels[back.map, back.input])
    row, column = np.unravel_index(np.abs(delta[0, back.map]).argmax(), delta.shape[2:])
    assert back.handed[0, 0] == pytest.approx(whole[row + side // 2, column + side // 2], abs=1e-5)


@pytest.mark.parametrize(("name", "layer"), [("max", "S2"), ("max", "S4"), ("notes", "S2")])
def test_poolings_hand_down_to_the_largest_or_to_all(
    image: np.ndarray, name: str, layer: str
) -> None:
    net = load_pretrained(name)
    below, (into, delta) = of_autograd(net, image, layer)
    pooling = net.architecture.layer(layer).pooling
    for one in range(3):
        found = pooled_back(below[one], delta[0, one], 2, 2, pooling)
        np.testing.assert_allclose(found, into[0, one], atol=1e-6)
    back = pass_back(net, image, 5, WINDOW, Module(layer, "pool"))
    assert back.handed.shape == (4, 4) and back.delta.shape == (2, 2)
    assert back.handed.sum() == pytest.approx(float(back.delta.sum()), abs=1e-5)
    counts = [(back.handed[r : r + 2, c : c + 2] != 0).sum() for r in (0, 2) for c in (0, 2)]
    assert max(counts) == (1 if pooling == "max" else 4)


@pytest.mark.parametrize(("name", "layer"), [("max", "C1"), ("notes", "C3")])
def test_an_activation_hands_down_by_its_slope(image: np.ndarray, name: str, layer: str) -> None:
    net = load_pretrained(name)
    _, (_, values, delta, _) = of_autograd(net, image, layer)
    back = pass_back(net, image, 5, WINDOW, Module(layer, "activation"))
    assert back.handed.shape == (5, 5)
    with torch.no_grad():
        maps = net(torch.from_numpy(image)[None, None])[layer][0].numpy()
    weighed = np.abs(values[0] * maps)  # where there is something to be seen
    map_, row, column = np.unravel_index(weighed.argmax(), weighed.shape)
    assert back.map == map_
    rows = slice(min(max(0, row - 2), values.shape[2] - 5), None)
    columns = slice(min(max(0, column - 2), values.shape[3] - 5), None)
    expected = delta[0, back.map, rows, columns][:5, :5]
    np.testing.assert_allclose(back.handed, expected, atol=1e-6)


def test_all_modules_of_the_networks_are_offered() -> None:
    names = [one.name for one in modules_of(load_pretrained().architecture)]
    assert names == [
        "C1 kernel", "C1 activation", "S2 pool", "C3 kernel", "C3 activation", "S4 pool",
        "C5 kernel", "C5 activation", "output kernel",
    ]  # fmt: skip


def test_updates_are_steps_of_descent_and_leave_the_shared_network_alone(
    image: np.ndarray,
) -> None:
    net = load_pretrained()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    found = update(net, image, 5, WINDOW, 0.0001, 2)
    oracle = copied(net)
    optimizer = torch.optim.SGD(oracle.parameters(), 0.0001)
    losses = []
    for _ in range(2):
        loss = -oracle(torch.from_numpy(image)[None, None])["output"][0, 5, 0, 0]
        losses.append(float(loss.detach()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    np.testing.assert_allclose(found.losses[:2], losses, rtol=1e-4)
    assert found.losses[2] < found.losses[1] < found.losses[0]
    for name, value in oracle.state_dict().items():
        np.testing.assert_allclose(found.weights[name], value.numpy(), atol=1e-5)
    for name, value in net.state_dict().items():
        assert torch.equal(value, before[name])
    small = update(net, image, 5, WINDOW, 1e-5, 1)  # so small that the slope tells all
    change = float(small.losses[1]) - float(small.losses[0])
    assert change == pytest.approx(small.predicted, rel=0.1)


def test_one_weight_is_turned_and_the_slope_is_its_tangent(image: np.ndarray) -> None:
    net = load_pretrained()
    place = strongest(net, image, 5, WINDOW, "C1")
    work = turn(net, image, 5, WINDOW, "C1", place)
    try:
        while True:
            next(work)
    except StopIteration as ended:
        found = ended.value
    assert found.own == pytest.approx(float(net.C1.weight[place].detach()))  # type: ignore[union-attr,index]
    middle = len(found.values) // 2
    assert found.losses[middle] == pytest.approx(found.loss, rel=1e-4)
    weights = {name: value.numpy() for name, value in net.state_dict().items()}
    value = float(found.values[3])
    other = Network(net.architecture, turned_weights(weights, "C1", place, value))
    with torch.no_grad():
        loss = -float(other(torch.from_numpy(image)[None, None])["output"][0, 5, 0, 0])
    assert found.losses[3] == pytest.approx(loss, rel=1e-4)
    grid = found.kernel_gradient
    assert grid[place[2:]] == pytest.approx(found.slope) and np.abs(grid).max() == np.abs(
        found.slope
    )


def test_units_are_laid_out_in_rows() -> None:
    np.testing.assert_array_equal(in_rows(np.arange(5, dtype=np.float32)), [[0, 1, 2], [3, 4, 0]])
