"""LeNet-5: its table, its arithmetic against torch as oracle, and what each unit sees."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from viz.nets.layers import BY_NAME, LAYERS, Layer, input_range, target_range
from viz.nets.lenet5 import LeNet5


@pytest.fixture(scope="module")
def net() -> LeNet5:
    torch.manual_seed(3)
    return LeNet5().eval()


TABLE = [
    ("C1", (20, 28, 28), 520, 1, 5),
    ("S2", (20, 14, 14), 0, 2, 6),
    ("C3", (50, 10, 10), 25_050, 2, 14),
    ("S4", (50, 5, 5), 0, 4, 16),
    ("C5", (500, 1, 1), 625_500, 4, 32),
    ("output", (11, 1, 1), 5_511, 4, 32),
]


@pytest.mark.parametrize(("name", "shape", "parameters", "stride", "field"), TABLE)
def test_layer_agrees_with_the_table(net, name, shape, parameters, stride, field):
    layer = BY_NAME[name]
    assert layer.shape(32, 32) == shape
    assert layer.parameters == parameters
    assert (layer.stride, layer.field) == (stride, field)
    assert tuple(net(torch.zeros(1, 1, 32, 32))[name].shape) == (1, *shape)
    own = sum(p.numel() for key, p in net.named_parameters() if key.startswith(name + "."))
    assert own == parameters


def test_there_are_656581_parameters(net):
    assert sum(p.numel() for p in net.parameters()) == 656_581
    assert sum(layer.parameters for layer in LAYERS) == 656_581


@pytest.mark.parametrize(("height", "width"), [(32, 64), (33, 47), (48, 32), (67, 95)])
def test_every_map_has_the_shape_of_the_arithmetic(net, height, width):
    maps = net(torch.rand(1, 1, height, width))
    for layer in LAYERS:
        assert tuple(maps[layer.name].shape[1:]) == layer.shape(height, width)
    assert maps["output"].shape[2:] == ((height - 32) // 4 + 1, (width - 32) // 4 + 1)


def test_agrees_with_plain_torch_layers(net):
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


def test_pre_activations_are_kept_beside_the_activations(net):
    maps = net(torch.rand(1, 1, 32, 40))
    for name in ("C1", "C3", "C5"):
        assert torch.equal(F.relu(maps[f"{name} pre"]), maps[name])
    torch.testing.assert_close(F.log_softmax(maps["output pre"], 1), maps["output"])


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


def test_a_canvas_shifted_by_the_stride_shifts_the_output(net):
    x = F.pad(torch.rand(1, 1, 32, 40), (8, 8))
    here, there = net(x)["output"], net(torch.roll(x, 4, 3))["output"]
    torch.testing.assert_close(there[..., 1:], here[..., :-1], rtol=1e-5, atol=1e-6)


def test_ablated_maps_are_zero_and_others_untouched_up_to_their_layer(net):
    x = torch.rand(1, 1, 32, 32)
    whole, cut = net(x), net(x, {"C3": [0, 7], "S2": []})
    assert (cut["C3"][:, [0, 7]] == 0).all()
    assert torch.equal(cut["C3"][:, 1:7], whole["C3"][:, 1:7])
    assert torch.equal(cut["S2"], whole["S2"])
    assert not torch.equal(cut["C5"], whole["C5"])


def _seen(net: LeNet5, layer: Layer, row: int, column: int) -> tuple[int, int, int, int]:
    """The box of the input pixels that one unit's gradient reaches, by average pooling."""
    x = torch.rand(1, 1, 48, 52, requires_grad=True)
    y = x
    for step in LAYERS[:-1]:
        # Average pooling and no ReLU: every pixel of the field gets a gradient
        y = (
            F.conv2d(y, getattr(net, step.name).weight)
            if step.operation == "conv"
            else (F.avg_pool2d(y, 2))
        )
        if step.name == layer.name:
            break
    y[0, :, row, column].sum().backward()
    rows, columns = np.nonzero(x.grad[0, 0].numpy())
    return rows.min(), columns.min(), np.ptp(rows) + 1, np.ptp(columns) + 1


@pytest.mark.parametrize("layer", LAYERS[:-1], ids=lambda layer: layer.name)
def test_receptive_field_is_where_the_gradient_reaches(net, layer):
    assert _seen(net, layer, 1, 2) == layer.receptive_field(1, 2)


layers = st.integers(0, len(LAYERS) - 1)


@settings(max_examples=60, deadline=None)
@given(lower=layers, upper=layers, pixels=st.integers(32, 80), data=st.data())
def test_ranges_agree_with_brute_force_over_receptive_fields(lower, upper, pixels, data):
    """A unit sees those units below whose fields lie within its own; targets are the converse."""
    if lower > upper:
        lower, upper = upper, lower
    below, above = LAYERS[lower], LAYERS[upper]
    size_below, size_above = below.shape(pixels, pixels)[1], above.shape(pixels, pixels)[1]

    def within(i: int, j: int) -> bool:
        a, b = i * below.stride, j * above.stride
        return b <= a and a + below.field <= b + above.field

    j = data.draw(st.integers(0, size_above - 1))
    first, count = input_range(above, below, j)
    assert [i for i in range(size_below) if within(i, j)] == list(range(first, first + count))
    i = data.draw(st.integers(0, size_below - 1))
    first, count = target_range(below, above, i, size_above)
    assert [j for j in range(size_above) if within(i, j)] == list(range(first, first + count))
