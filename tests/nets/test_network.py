"""The network in torch: every layer against modules, loops and NumPy, and what each unit sees."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from random_architectures import architectures, random_network
from reference_network import reference
from units_seen import seen

from viz.nets import pooling as operators
from viz.nets.architecture import WINDOW_STEP, Architecture, Layer
from viz.nets.lenet5 import lenet5, notes
from viz.nets.network import Network, pool

seeds = st.integers(0, 99)
more = st.tuples(st.integers(0, 9), st.integers(0, 9))
"""Rows and columns of a canvas beyond the window."""


@pytest.fixture(scope="module")
def net() -> Network:
    torch.manual_seed(3)
    return Network(lenet5()).eval()


def canvas(architecture: Architecture, beyond: tuple[int, int], seed: int) -> torch.Tensor:
    size = [architecture.window + extra for extra in beyond]
    return torch.rand(1, 1, *size, generator=torch.Generator().manual_seed(seed))


def weights_of(net: Network) -> dict[str, np.ndarray]:
    return {name: value.detach().numpy() for name, value in net.state_dict().items()}


def assert_near(found: np.ndarray, expected: Mapping[str, np.ndarray], name: str) -> None:
    """Equal as far as single precision goes: log-softmax has the errors of the sums below it."""
    sums = expected.get(f"{name} pre", expected[name])
    np.testing.assert_allclose(
        found, expected[name], rtol=1e-4, atol=1e-4 * max(1.0, float(np.abs(sums).max()))
    )


@given(architectures(unshared=False), more, seeds)
def test_every_map_is_what_plain_modules_make(
    architecture: Architecture, beyond: tuple[int, int], seed: int
) -> None:
    net, x = random_network(architecture, seed), canvas(architecture, beyond, seed)
    expected = reference(architecture, weights_of(net), x[0, 0].numpy())
    with torch.inference_mode():
        found = net(x)
    assert list(found) == list(expected.maps) == list(architecture.scaled)
    for name in expected.maps:
        assert found[name].shape[1:] == architecture.layer(name.split()[0]).shape(*x.shape[2:])
        assert_near(found[name][0].numpy(), expected.maps, name)
    for layer in architecture.layers:
        assert layer.multiply_adds(*x.shape[2:]) == expected.multiplied[layer.name]


@given(architectures(unshared=True), more, seeds, st.data())
def test_a_network_of_one_window_is_run_on_each(
    architecture: Architecture, beyond: tuple[int, int], seed: int, data: st.DataObject
) -> None:
    net, x = random_network(architecture, seed), canvas(architecture, beyond, seed)
    rows, columns = (extra // WINDOW_STEP + 1 for extra in beyond)
    at = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
    with torch.inference_mode():
        found, surest = net(x, window=at), net(x)
    assert architecture.windows(*x.shape[2:]) == (rows, columns)
    assert torch.equal(found["output"], surest["output"])
    best = divmod(int(found["output"][0, :10].amax(0).argmax()), columns)
    side = architecture.window
    for row in range(rows):
        for column in range(columns):
            top, left = row * WINDOW_STEP, column * WINDOW_STEP
            crop = x[0, 0, top : top + side, left : left + side].numpy()
            expected = reference(architecture, weights_of(net), crop)
            for name in expected.maps:
                layer = architecture.layer(name.split()[0])
                for maps, belongs in ((found, at), (surest, best)):
                    if layer.name == "output":
                        shown = maps[name][0, :, row, column].numpy()[:, None, None]
                    elif belongs == (row, column):
                        shown = maps[name][0].numpy()
                        assert shown.shape == layer.shape(*x.shape[2:])
                    else:
                        continue
                    assert_near(shown, expected.maps, name)
            if (row, column) == (0, 0):
                for layer in architecture.layers:
                    assert layer.multiply_adds(side, side) == expected.multiplied[layer.name]


@given(architectures())
def test_parameters_are_those_that_are_trained(architecture: Architecture) -> None:
    net = Network(architecture)
    found = {name: tuple(value.shape) for name, value in net.state_dict().items()}
    assert found == architecture.shapes
    count = 0
    with torch.no_grad():
        for layer in architecture.layers:
            for name, value in (
                net.get_submodule(layer.name).named_parameters() if layer.arrays else ()
            ):
                value.fill_(1)
                # What the table of connections leaves out is multiplied by 0
                used = net.weights(layer) if name == "weight" else value
                count += int(used.count_nonzero())
    assert count == architecture.parameters


@given(architectures(unshared=False, monotonic=True), more, seeds, st.data())
def test_a_pixel_reaches_exactly_the_units_that_see_it(
    architecture: Architecture, beyond: tuple[int, int], seed: int, data: st.DataObject
) -> None:
    """Positive weights and rising functions: nothing cancels. In double precision."""
    net = random_network(architecture, seed, positive=True).double()
    x = torch.zeros_like(canvas(architecture, beyond, seed), dtype=torch.float64)
    size = x.shape[2:]
    row, column = (data.draw(st.integers(0, side - 1)) for side in size)
    marked = x.clone()
    marked[..., row, column] += 40
    with torch.inference_mode():
        before, after = net(x), net(marked)
    for layer in architecture.layers:
        name = f"{layer.name} pre" if layer.has_weights else layer.name
        changed = ((after[name] - before[name]).abs() > 1e-13 * before[name].abs())[0].numpy()
        _, rows, columns = layer.shape(*size)
        down = np.array([row in seen(architecture, layer, i, size[0]) for i in range(rows)])
        across = np.array([column in seen(architecture, layer, j, size[1]) for j in range(columns)])
        assert (changed == (down[:, None] & across)).all(), layer.name


POOLED = st.builds(
    dict,
    pooling=st.sampled_from(operators.KINDS),
    kernel=st.integers(1, 5),
    step=st.integers(1, 5),
    p=st.floats(1, 1e6) | st.just(float("inf")),
    b=st.floats(0, 1e300) | st.sampled_from((1e-25, 1e-7, 1e-3, float("inf"))),
)


@given(
    POOLED,
    arrays.arrays(
        np.float32,
        st.tuples(st.just(2), st.integers(7, 12), st.integers(7, 12)),
        elements=st.floats(-100, 100, width=32),
    ),
)
def test_pooling_is_that_of_the_pooling_chapter(definition: dict, x: np.ndarray) -> None:
    layer = Layer("S1", "pool", 2, **definition)
    operator = operators.Pooling(
        "average" if layer.pooling == "subsampling" else layer.pooling,
        layer.kernel,
        layer.step,
        p=layer.p,
        b=layer.b,
    )
    expected = operators.pool(x, operator)
    np.testing.assert_allclose(pool(torch.from_numpy(x)[None], layer)[0], expected, 2e-5, 2e-5)


def test_lenet5_agrees_with_plain_torch_layers(net):
    """Convolution, ReLU and pooling by torch itself, C5 as a convolution instead of an unfold."""
    x = torch.rand(2, 1, 44, 60)
    maps = net(x)
    y = F.relu(F.conv2d(x, net.C1.weight, net.C1.bias))
    torch.testing.assert_close(maps["C1"], y)
    y = F.relu(F.conv2d(F.max_pool2d(y, 2), net.C3.weight, net.C3.bias))
    torch.testing.assert_close(maps["C3"], y)
    y = F.relu(F.conv2d(F.max_pool2d(y, 2), net.C5.weight, net.C5.bias))
    torch.testing.assert_close(maps["C5"], y)
    y = F.log_softmax(F.conv2d(y, net.output.weight, net.output.bias), 1)
    torch.testing.assert_close(maps["output"], y)


def test_one_pass_over_a_canvas_equals_one_crop_per_window(net):
    x = torch.rand(1, 1, 44, 72)
    dense = net(x)["output"]
    crops = torch.stack(
        [
            net(x[:, :, 4 * row : 4 * row + 32, 4 * column : 4 * column + 32])["output"][0, :, 0, 0]
            for row in range(4)
            for column in range(11)
        ],
        1,
    )
    torch.testing.assert_close(dense[0].flatten(1), crops, rtol=1e-5, atol=1e-6)


def test_ablated_maps_are_zero_and_others_untouched_up_to_their_layer(net):
    x = torch.rand(1, 1, 32, 32)
    whole, cut = net(x), net(x, {"C3": [0, 7], "S2": []})
    assert (cut["C3"][:, [0, 7]] == 0).all()
    assert torch.equal(cut["C3"][:, 1:7], whole["C3"][:, 1:7])
    assert torch.equal(cut["S2"], whole["S2"])
    assert not torch.equal(cut["C5"], whole["C5"])


def test_maps_are_ablated_in_every_window() -> None:
    layers = (
        Layer("L1", "conv", 4, 3, unshared=("biases",), activation="tanh"),
        Layer("output", "dense", 10, activation="log-softmax"),
    )
    net = random_network(Architecture(layers, side=12, none=False))
    x = torch.rand(2, 1, 17, 25)
    cut = net(x, {"L1": [1, 3]}, window=(1, 2))
    assert (cut["L1"][:, [1, 3]] == 0).all() and (cut["L1"][:, [0, 2]] != 0).any()
    with torch.no_grad():
        net.output.weight[:, [1, 3]] = 0
    torch.testing.assert_close(cut["output"], net(x)["output"])


def test_many_windows_are_computed_in_parts() -> None:
    """More of them than are computed at once, of several canvases."""
    layers = (
        Layer("L1", "conv", 3, 5, activation="tanh"),
        Layer("output", "conv", 10, 4, activation="log-softmax", unshared=("weights",)),
    )
    net = random_network(Architecture(layers, side=8, none=False))
    x = torch.rand(3, 1, 60, 80)
    for row, column in ((0, 0), (5, 7), (13, 18)):
        maps = net(x, window=(row, column))
        assert maps["L1"].shape == (3, 3, 4, 4) and maps["output"].shape == (3, 10, 14, 19)
        crops = x[..., 4 * row : 4 * row + 8, 4 * column : 4 * column + 8]
        for number in range(3):
            crop = net(crops[number : number + 1])
            torch.testing.assert_close(crop["L1"][0], maps["L1"][number])
            shown = maps["output"][number, :, row, column]
            torch.testing.assert_close(crop["output"][0, :, 0, 0], shown)


def test_subsampling_begins_as_an_average() -> None:
    layers = (Layer("S1", "pool", 1, 4, 4, pooling="subsampling"), *notes().layers[-1:])
    net, x = Network(Architecture(layers, side=12, none=False)), torch.rand(1, 1, 12, 12)
    with torch.no_grad():
        net.S1.bias.zero_()
    torch.testing.assert_close(net(x)["S1"], F.avg_pool2d(x, 4))


def test_scales_lie_above_nearly_all_values(net):
    windows = torch.rand(8, 1, 32, 44)
    scales = net.colour_scales(windows)
    assert set(scales) == set(net.architecture.scaled)
    for name, value in net(windows).items():
        beyond = int((value.abs() > scales[name]).sum())
        assert beyond <= 0.001 * value.numel() + 1
        assert scales[name] <= value.abs().max()
    silent = Network(notes(), {n: np.zeros(shape) for n, shape in notes().shapes.items()})
    assert min(silent.colour_scales(windows).values()) > 0, "that of a layer that is always 0, too"
