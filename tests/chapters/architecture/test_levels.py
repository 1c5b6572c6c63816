"""Units along x: which see which, against brute force and autograd; effective receptive fields."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from viz.chapters.architecture.measure import units as measured
from viz.chapters.architecture.measure.units import (
    Effective,
    Levels,
    absolute_gradients,
    along,
    both,
    edges,
    effective_field,
    paths,
    related,
    stacked,
)
from viz.nets.architecture import Architecture, Layer
from viz.nets.lenet5 import lenet5
from viz.nets.network import Network
from viz.nets.networks import architecture, names

STACKS = [(4, 3, 2, 10), (4, 3, 2, 14), (5, 2, 3, 23), (3, 4, 1, 12), (2, 1, 4, 9)]


def matrices(levels: Levels) -> list[torch.Tensor]:
    """Of each layer 1 where a unit is connected to one below: the oracle."""
    found = []
    for upper, lower in zip(levels[1:], levels, strict=False):
        x = torch.eye(lower.units)[:, None]
        padded = torch.nn.functional.pad(x, (upper.before, upper.before))
        y = torch.nn.functional.conv1d(padded, torch.ones(1, 1, upper.reach), stride=upper.step)
        found.append(y[:, 0, : upper.units].T)
    return found


def test_the_units_of_the_lecture_s_graph() -> None:
    # Issue 13: 10→8→4→2→1; 4 more give 4, 2, 2, 1 more
    few = [level.units for level in stacked(4, 3, 2, 10)]
    more = [level.units for level in stacked(4, 3, 2, 14)]
    assert few == [10, 8, 4, 2, 1]
    assert [b - a for a, b in zip(few, more, strict=True)] == [4, 4, 2, 2, 1]


@pytest.mark.parametrize("net", names())
@pytest.mark.parametrize("width", [32, 36, 61])
def test_the_units_of_a_network_are_those_of_its_maps(net: str, width: int) -> None:
    one = architecture(net)
    levels = along(one, width)
    width = width if one.is_convolutional else one.window  # one window at a time
    for layer, level in zip(one.layers, levels[1:], strict=True):
        assert level.units == layer.shape(width, width)[2]
        if layer is one.output and not one.is_convolutional:
            continue  # its windows lie as the program has them
        # In units of the input, each of which is the mean of scale² pixels of the canvas
        found = level.field * one.scale, level.stride * one.scale, level.lead * one.scale
        assert found == (layer.field, layer.stride, layer.lead)


def test_4_pixels_more_give_a_network_4_2_2_1_1_1_more() -> None:
    few, more = along(lenet5(), 32), along(lenet5(), 36)
    assert [b.units - a.units for a, b in zip(few, more, strict=True)] == [4, 4, 2, 2, 1, 1, 1]


@pytest.mark.parametrize(
    "levels",
    [*(stacked(*each) for each in STACKS), along(lenet5(), 40), along(lenet5("blur"), 36)],
)
def test_what_is_related_is_what_is_connected(levels: Levels) -> None:
    steps = matrices(levels)
    for level, unit in ((len(levels) // 2, 0), (len(levels) // 2, 1), (1, 2), (0, 3)):
        spans = related(levels, level, unit)
        for other in range(len(levels)):
            low, high = sorted((level, other))
            total = torch.eye(levels[low].units)
            for step in steps[low:high]:
                total = step @ total
            lit = total[unit] if other < level else total[:, unit]
            connected = np.flatnonzero(lit) if other != level else [unit]
            assert list(spans[other]) == list(connected), (level, unit, other)


@pytest.mark.parametrize("each", STACKS)
def test_paths_are_gradients_of_linear_units_with_equal_weights(
    each: tuple[int, int, int, int],
) -> None:
    levels = stacked(*each)
    total = torch.eye(levels[0].units)
    for step, level in zip(matrices(levels), levels[1:], strict=True):
        total = step @ total
        for unit in range(level.units):
            shares = paths(levels, levels.index(level), unit)
            np.testing.assert_allclose(shares, total[unit] / total[unit].sum(), atol=1e-6)
    assert edges(levels, 1) == int(matrices(levels)[0].sum())


def test_the_middle_of_a_field_has_most_paths() -> None:
    shares = paths(stacked(4, 3, 2, 10), 4, 0)
    assert shares.argmax() in (4, 5) and shares[0] == shares[-1] == pytest.approx(1 / 36)
    np.testing.assert_allclose(shares * 36, [1, 2, 4, 5, 6, 6, 5, 4, 2, 1])


def test_units_that_see_both() -> None:
    levels = along(lenet5(), 64)
    for pair in ((3, 9), (20, 8), (0, 31), (4, 35), (3, 34), (0, 32), (10, 60)):
        spans = both(levels, *pair)
        for number, level in enumerate(levels):
            fields = [related(levels, number, unit)[0] for unit in range(level.units)]
            see = [n for n, field in enumerate(fields) if set(pair) <= set(field)]
            assert list(spans[number]) == see, (pair, level.name)
    assert not any(both(levels, 0, 32)), "further apart than a window"
    assert not any(both(levels, 3, 34)), "windows lie every 4 px"
    assert list(both(levels, 4, 35)[-1]) == [1]


@pytest.mark.parametrize("each", [(8, 7, 4, 48), (8, 3, 2, 10), (3, 5, 2, 4)])
def test_a_stack_ends_where_the_next_layer_does_not_fit(each: tuple[int, int, int, int]) -> None:
    levels = stacked(*each)
    assert all(level.units >= 1 for level in levels) and len(levels) <= each[0]


def images(count: int, side: int = 32) -> np.ndarray:
    return np.random.default_rng(3).random((count, side, side), np.float32)


def test_the_effective_field_of_the_first_layer_is_its_kernels() -> None:
    net = Network(lenet5())
    layer = net.architecture.layers[0]
    found = absolute_gradients(net, layer, images(20)) / 20
    kernels = dict(net.named_parameters())["C1.weight"].detach().abs().mean((0, 1))
    np.testing.assert_allclose(found, kernels, rtol=1e-5)


@pytest.mark.parametrize("pooling", ["max", "average", "blur"])
def test_nothing_outside_a_field_has_a_gradient(pooling: str) -> None:
    """Oracle: the gradient of every pixel, by changing the others."""
    net = Network(lenet5(pooling))
    layer = net.architecture.layer("C3")
    x = images(1)
    found = absolute_gradients(net, layer, x)
    assert found.shape == (layer.field, layer.field) and (found > 0).mean() > 0.3
    row = (layer.size - 1) // 2
    first = row * layer.stride - layer.lead
    inside = np.zeros_like(x)
    inside[:, first : first + layer.field, first : first + layer.field] = 1
    with torch.inference_mode():
        y = net(torch.from_numpy(np.stack([x, x * inside, x * (1 - inside)]))[:, 0, None])
    whole, within, beyond = y["C3 pre"][:, 0, row, row].tolist()
    assert whole == pytest.approx(within, abs=1e-6)
    assert whole != pytest.approx(beyond, abs=1e-4)


def test_a_field_that_leaves_the_window_is_cut_not_wrapped() -> None:
    net = Network(
        Architecture(
            (
                Layer("C1", "conv", 2, 5, padding=2),
                Layer("output", "dense", 11, activation="log-softmax"),
            ),
            side=6,
        )
    )
    found = absolute_gradients(net, net.architecture.output, images(3, 6))
    assert found.shape == (10, 10)
    assert not found[:2].any() and not found[:, -2:].any() and found[2:8, 2:8].all()


def test_coarse_results_come_first_and_the_digits_are_counted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))  # nothing is there: the digits that ship
    monkeypatch.setattr(measured, "COUNTS", (4, 10))
    monkeypatch.setattr(measured, "BATCH", 4)
    net = Network(lenet5())
    layer = net.architecture.layers[1]
    results = list(effective_field(net, layer))
    assert [result and result.digits for result in results] == [4, None, 10]
    last = results[-1]
    assert last is not None and not last.is_mnist and last.gradient.shape == (6, 6)


def test_half_is_the_fewest_pixels_with_half_of_the_sum() -> None:
    flat = np.full((4, 4), 0.25)
    peak = np.zeros((3, 3))
    peak[1, 1], peak[0, 0], peak[2, 2] = 4, 3, 3
    assert Effective("C1", flat, 1, False).half == 8
    assert Effective("C1", peak, 1, False).half == 2
