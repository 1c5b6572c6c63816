"""Stacks of layers: read, written, and their sizes against torch and the lecture's numbers."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn

from viz.chapters.architecture.measure.stack import (
    Part,
    StackError,
    architecture_sizes,
    full_share,
    parse,
    rises,
    sizes,
)
from viz.nets.network import Network
from viz.nets.networks import architecture, names

NOTES = "32×32×3, conv 6 5×5, pool 2×2, conv 16 5×5, pool 2×2, flatten, fc 120, fc 84, fc 10"


def module(part: Part, below: tuple[int, int, int]) -> nn.Module:
    """The oracle's layer."""
    if part.kind == "conv":
        return nn.Conv2d(below[0], part.maps, part.kernel, part.stride, part.padding)
    if part.kind == "pool":
        return nn.MaxPool2d(part.kernel, part.stride, part.padding)
    if part.kind == "flatten":
        return nn.Flatten()
    return nn.Sequential(nn.Flatten(), nn.Linear(below[0] * below[1] * below[2], part.maps))


@pytest.mark.parametrize(
    "text",
    [
        NOTES,
        "39×39×3, conv 10 3×3, conv 20 5×5 s2, conv 40 5×5 s2, flatten, fc 10",
        "17x13x2, conv 3 4x4 s3 p2, pool 3 s2 p1, conv 5 2 p3, pool 2 s1, fc 4, conv 2 1, fc 3",
        "9×30, conv 2 3 s2, pool 2, fc 3",
    ],
)
def test_shapes_and_parameters_are_those_of_torch(text: str) -> None:
    stack = parse(text)
    rows, fault = sizes(stack)
    assert fault == "" and len(rows) == len(stack.parts) + 1
    x = torch.zeros(1, stack.channels, stack.height, stack.width)
    for part, below, row in zip(stack.parts, rows, rows[1:], strict=False):
        layer = module(part, below.shape)
        x = layer(x)
        if x.dim() == 2:
            x = x[:, :, None, None]
        assert tuple(x.shape[1:]) == row.shape, row.name
        assert sum(p.numel() for p in layer.parameters()) == row.parameters, row.name


@pytest.mark.parametrize(
    "text",
    [
        "20×15, conv 1 3 s2 p1, pool 2, conv 1 3 p2",
        "11×11, conv 1 5 p4, conv 1 4 s3 p3",
        "9×8, fc 1",
    ],
)
def test_the_field_is_the_most_that_a_unit_sees(text: str) -> None:
    """Oracle: the pixels with a gradient, of the unit that has most of them."""
    stack = parse(text)
    rows, _ = sizes(stack)
    x = torch.ones(1, 1, stack.height, stack.width, requires_grad=True)
    y, below = x, rows[0].shape
    for part, row in zip(stack.parts, rows[1:], strict=True):
        layer = nn.AvgPool2d(part.kernel) if part.kind == "pool" else module(part, below)
        for one in layer.parameters():
            nn.init.ones_(one)
        y, below = layer(y), row.shape
    seen = []
    for unit in y.flatten():
        (gradient,) = torch.autograd.grad(unit, x, retain_graph=True)
        lit = gradient[0, 0] != 0
        seen.append((int(lit.any(1).sum()), int(lit.any(0).sum())))
    assert rows[-1].field == (max(rows for rows, _ in seen), max(columns for _, columns in seen))


def test_the_sizes_of_the_39_are_those_of_the_notes() -> None:
    # Issue 13: 39×39×3 → 37×37×10 → 17×17×20 → 7×7×40 → 1,960
    rows, _ = sizes(parse("39x39x3, conv 10 3, conv 20 5 s2, conv 40 5 s2, flatten"))
    assert [row.shape for row in rows] == [
        (3, 39, 39), (10, 37, 37), (20, 17, 17), (40, 7, 7), (1960, 1, 1),
    ]  # fmt: skip


def test_the_sizes_of_lenet_5_on_colour_rise_twice() -> None:
    # Issue 13: 32×32×3 → 28×28×6 → 14×14×6 → 10×10×16 → 5×5×16 → 400 → 120 → 84 → 10
    rows, _ = sizes(parse(NOTES))
    assert [row.size for row in rows] == [3072, 4704, 1176, 1600, 400, 400, 120, 84, 10]
    assert [row.parameters for row in rows] == [0, 456, 0, 2416, 0, 0, 48120, 10164, 850]
    # Issue 13: sizes do not always fall (3,072 → 4,704, 1,176 → 1,600)
    assert rises(rows) == ((3072, 4704), (1176, 1600))
    assert full_share(rows) == pytest.approx((48120 + 10164 + 850) / 62006)
    assert [row.full for row in rows] == [False] * 6 + [True] * 3
    first = rows[1]
    assert first.multiply_adds == 75 * 6 * 28 * 28
    assert first.unshared == 456 * 784 and first.dense == (3072 + 1) * 4704
    assert first.memory == 4 * (4704 + 456)


def test_a_picture_fully_connected() -> None:
    # Issue 13: 640×480×3 into 128: 117,964,800 weights
    (_, row), _ = sizes(parse("640×480×3, fc 128"))
    assert row.weights == row.multiply_adds == 117_964_800 and row.biases == 128
    assert row.unshared == row.dense == row.parameters
    assert row.field == (480, 640)


def test_locally_connected_is_a_network_without_sharing() -> None:
    """A linear layer that has only the weights of each window has as many as ``unshared``."""
    (_, row), _ = sizes(parse("6×5×2, conv 3 3×3"))
    fold = torch.nn.functional.unfold(torch.zeros(1, 2, 5, 6), 3)
    assert row.unshared == fold.shape[1] * fold.shape[2] * 3 + row.size


@pytest.mark.parametrize(
    ("text", "where", "fits"),
    [
        ("8×8, conv 4 5, pool 2, conv 5 5, fc 3", r"^Layer 3, conv 5 5×5: .*2×2 units", 3),
        ("30×4, conv 1 5", r"^Layer 1, conv 1 5×5: .*30×4 units", 1),
        ("9×9, pool 2 s2 p2", r"^Layer 1, pool 2×2 p2: a padding of more than half", 1),
        ("9×9, flatten, pool 2", r"^Layer 2, pool 2×2: .*1×1 units", 2),
    ],
)
def test_an_impossible_stack_says_where_and_why(text: str, where: str, fits: int) -> None:
    rows, fault = sizes(parse(text))
    assert len(rows) == fits
    assert re.search(where, fault), fault


@pytest.mark.parametrize(
    "text",
    ["", "conv 3 3", "32", "0×4", "3×3000", "8×8, conf 3", "8×8, conv 3", "8×8, conv 0 3",
     "8×8, pool 0", "8×8, conv 3 3×2", "8×8, fc 0", "8×8, conv 2 3 s0", "8×8, fc 99999",
     "8×8, conv 2 3 p999", "8×8×0", "8×8," + "pool 1," * 33 + "pool 1", "8×8,,fc 3"],
)  # fmt: skip
def test_what_is_no_stack_is_refused(text: str) -> None:
    with pytest.raises(StackError):
        parse(text)


def test_a_stack_is_written_as_it_is_read() -> None:
    text = "32×20×3, conv 6 5×5 s2 p1, pool 2×2, pool 3×3 s1 p1, flatten, fc 120"
    assert str(parse(text)) == text
    assert parse("32x20x3; conv 6 5 s2 p1 → pool 2, pool 3 s1 p1 | flatten\nfc 120") == parse(text)


@pytest.mark.parametrize("name", names())
def test_the_rows_of_a_network_are_those_of_its_maps(name: str) -> None:
    net = Network(architecture(name))
    side = net.architecture.window
    canvas = (36, 48) if net.architecture.is_convolutional else (side, side)
    maps = net(torch.zeros(1, 1, *canvas))
    rows = architecture_sizes(net.architecture, *canvas)
    for layer, row in zip(net.architecture.layers, rows[1:], strict=True):
        assert tuple(maps[layer.name].shape[1:]) == row.shape
        weights = dict(net.named_parameters())
        count = sum(p.numel() for key, p in weights.items() if key.startswith(f"{layer.name}."))
        if layer.connections is not None:  # their arrays hold what is not connected, too
            joined = sum(map(len, layer.connections)) * layer.kernel**2
            count -= layer.maps * layer.inputs * layer.kernel**2 - joined
        assert row.parameters == (count if layer.trained else 0)
    assert rows[-1].full and (rows[-2].full or rows[-2].kind == "pool"), "fc1 and fc2 are"


def test_the_units_of_the_main_network() -> None:
    # Issue 13: 1,024 → 15,680 → 3,920 → 5,000 → 1,250 → 500 → 11
    rows = architecture_sizes(architecture("max"), 32, 32)
    assert [row.size for row in rows] == [1024, 15680, 3920, 5000, 1250, 500, 11]
    assert [row.field for row in rows[1:]] == [(n, n) for n in (5, 6, 14, 16, 32, 32)]
    assert sum(row.parameters for row in rows) == 656_581
    assert full_share(rows) == pytest.approx((625_500 + 5_511) / 656_581)
