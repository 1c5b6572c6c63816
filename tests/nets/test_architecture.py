"""Architectures: what follows from the layers, and which of them no network can have."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import combinations_with_replacement, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_architectures import architectures
from torch import nn

from viz.nets.architecture import (
    NAME,
    POOLINGS,
    WINDOW_STEP,
    Architecture,
    Layer,
    input_range,
    target_range,
)
from viz.nets.lenet5 import lenet5, notes

LECTURE = [
    ("C1", (20, 28, 28), 520, 1, 5),
    ("S2", (20, 14, 14), 0, 2, 6),
    ("C3", (50, 10, 10), 25_050, 2, 14),
    ("S4", (50, 5, 5), 0, 4, 16),
    ("C5", (500, 1, 1), 625_500, 4, 32),
    ("output", (11, 1, 1), 5_511, 4, 32),
]
NOTES = [
    ("C1", (6, 28, 28), 156, 1, 5),
    ("S2", (6, 14, 14), 0, 2, 6),
    ("C3", (16, 10, 10), 2_416, 2, 14),
    ("S4", (16, 5, 5), 0, 4, 16),
    ("C5", (120, 1, 1), 48_120, 4, 32),
    ("F6", (84, 1, 1), 10_164, 4, 32),
    ("output", (10, 1, 1), 850, 4, 32),
]


@pytest.mark.parametrize(
    ("architecture", "table", "parameters"),
    [(lenet5(), LECTURE, 656_581), (notes(), NOTES, 61_706)],
    ids=["lecture", "notes"],
)
def test_the_layers_agree_with_the_table(
    architecture: Architecture,
    table: list[tuple[str, tuple[int, int, int], int, int, int]],
    parameters: int,
) -> None:
    assert [
        (layer.name, layer.shape(32, 32), layer.parameters, layer.stride, layer.field)
        for layer in architecture.layers
    ] == table
    assert architecture.parameters == parameters
    assert (architecture.window, architecture.stride, architecture.rim) == (32, 4, 0)


def test_a_lenet5_for_mnist_s_own_pictures_reads_28_pixels() -> None:
    small = lenet5(side=28, none=False)
    assert (small.window, small.classes) == (28, 10)
    assert small.layer("C5").kernel == 4
    assert small.windows(28, 28) == (1, 1)
    assert small.windows(32, 64) == (2, 10)


def test_blurred_units_see_more() -> None:
    blur = lenet5("blur")
    assert [layer.field for layer in blur.layers] == [5, 8, 16, 22, 38, 38]
    assert [layer.rim for layer in blur.layers] == [3, 1, 1, 0, 0, 0]
    assert blur.rim == 3
    assert blur.layer("S4").receptive_field(1, 0) == (1, -3, 22, 22)
    for layer, plain in zip(blur.layers, lenet5().layers, strict=True):
        for size in ((32, 32), (32, 64), (37, 50)):
            assert layer.shape(*size) == plain.shape(*size)


def test_layers_are_told_apart_by_what_they_hold() -> None:
    architecture = lenet5("average")
    assert [layer.name for layer in architecture.mosaics] == ["C1", "S2", "C3", "S4"]
    assert [layer.name for layer in architecture.vectors] == ["C5"]
    assert architecture.scaled == (
        "C1 pre", "C1", "S2", "C3 pre", "C3", "S4", "C5 pre", "C5", "output pre", "output"
    )  # fmt: skip
    assert "C3" in architecture and "F6" not in architecture
    assert architecture.below(architecture.layer("C1")) is None
    assert architecture.below(architecture.output) == architecture.layer("C5")
    assert architecture.has_unit("C3", 49) and not architecture.has_unit("C3", 50)
    assert not architecture.has_unit("F6", 0) and not architecture.has_unit("C3", -1)
    with pytest.raises(KeyError):
        architecture.layer("F6")


def test_it_is_known_which_activations_may_be_negative() -> None:
    assert not any(layer.signed for layer in lenet5().layers)
    assert [layer.name for layer in notes().layers if layer.signed] == [
        "C1", "S2", "C3", "S4", "C5", "F6"
    ]  # fmt: skip
    for pooling in POOLINGS:
        first = Layer("S1", "pool", 1, 2, 2, pooling=pooling)
        signed = [
            Architecture((first, output()), blank=blank).layers[0].signed for blank in (0.0, -0.4)
        ]
        below = {"lp": [False, False], "subsampling": [True, True]}
        assert signed == below.get(pooling, [False, True])


def output(**given: Any) -> Layer:
    return replace(Layer("output", "dense", 11, activation="log-softmax"), **given)


def interval(architecture: Architecture, upper: Layer, lower: Layer | None, i: int) -> range:
    """From the first to the last unit of ``lower`` (None: of the input) that a unit sees, by going
    down layer by layer."""
    first = last = i
    layer: Layer | None = upper
    while layer is not None and layer != lower:
        before, cells = layer.padding, layer.dilation * (layer.kernel - 1)
        if layer.pooling == "blur":
            before, cells = 1, layer.kernel + 1
        first, last = first * layer.step - before, last * layer.step - before + cells
        layer = architecture.below(layer)
    return range(first, last + 1)


@given(architectures(), st.integers(0, 9), st.integers(0, 9))
def test_receptive_fields_are_where_kernels_lead_to(
    architecture: Architecture, row: int, column: int
) -> None:
    scale, origin = architecture.scale, (12, 20)
    for layer in architecture.layers:
        if layer.fixed or architecture.is_convolutional:
            seen = [interval(architecture, layer, None, index) for index in (row, column)]
            start = origin if layer.fixed else (0, 0)
            expected = (
                start[0] + scale * seen[0].start,
                start[1] + scale * seen[1].start,
                scale * len(seen[0]),
                scale * len(seen[1]),
            )
        else:
            side = architecture.window
            expected = (WINDOW_STEP * row, WINDOW_STEP * column, side, side)
        assert layer.receptive_field(row, column, origin) == expected


@given(architectures(), st.integers(0, 9))
def test_a_unit_s_targets_are_those_that_see_it(architecture: Architecture, beyond: int) -> None:
    pixels = architecture.window + beyond
    for lower, upper in combinations_with_replacement(architecture.layers, 2):
        sizes = lower.shape(pixels, pixels)[1], upper.shape(pixels, pixels)[1]
        if lower.fixed and not upper.fixed:
            assert input_range(upper, lower, 0) == (0, lower.size)
            assert target_range(lower, upper, 0, sizes[1]) == (0, 0)
            continue
        seen = [interval(architecture, upper, lower, index) for index in range(sizes[1])]
        for index, units in enumerate(seen):
            assert input_range(upper, lower, index) == (units.start, len(units))
        for unit in range(sizes[0]):
            first, count = target_range(lower, upper, unit, sizes[1])
            assert list(range(first, first + count)) == [
                index for index, units in enumerate(seen) if unit in units
            ]


@given(architectures())
def test_names_inputs_and_sizes_go_from_layer_to_layer(architecture: Architecture) -> None:
    assert architecture.classes == 10 + architecture.none
    assert architecture.layers[0].inputs == 1
    for below, layer in pairwise(architecture.layers):
        assert layer.inputs == below.maps
        assert architecture.below(layer) == below
        if not layer.fixed and architecture.is_convolutional:
            assert layer.stride == below.stride * layer.step
    for layer in architecture.layers:
        assert layer.shape(architecture.window, architecture.window)[1:] == (layer.size,) * 2
        assert layer.fixed == (layer.name != "output" and not architecture.is_convolutional)
    assert replace(architecture) == architecture


def test_no_layer_s_name_is_anything_else_of_a_torch_module() -> None:
    assert not any(NAME.fullmatch(name) for name in dir(nn.Module()))
    assert all(NAME.fullmatch(name) for name in ("C1", "L12", "output", "hidden1", "Conv10"))


def changed(number: int, **changes: Any) -> Callable[[], Architecture]:
    """LeNet-5 with one of its layers changed."""

    def made() -> Architecture:
        layers = list(lenet5(maps=(3, 4, 5)).layers)
        layers[number] = replace(layers[number], **changes)
        return Architecture(tuple(layers))

    return made


with_pool, with_layer = partial(changed, 1), partial(changed, 2)
NORMALISING = {"operation": "normalise", "kernel": 3, "step": 1, "pooling": ""}
with_normalisation = partial(changed, 1, **{**NORMALISING, "normalisation": "mean"})


def net(*layers: Layer, **whole: Any) -> Callable[[], Architecture]:
    return lambda: Architecture(layers, **whole)


BAD: dict[str, tuple[Callable[[], Architecture], str]] = {
    "no layers": (net(), "1 to 32 layers"),
    "too many layers": (
        net(*(Layer(f"L{n}", "conv", 1) for n in range(32)), output()),
        "1 to 32 layers",
    ),
    "one name twice": (with_layer(name="C1"), "same name"),
    "no output": (net(Layer("C1", "dense", 11)), "last layer"),
    "something above the output": (net(output(), Layer("C1", "dense", 11)), "last layer"),
    "several outputs": (net(output(operation="conv", kernel=31)), "last layer"),
    "too few classes": (net(output(maps=10)), "10 classes"),
    "too many classes": (net(output(), none=False), "11 classes"),
    "no side": (net(output(), side=0), "no size"),
    "no scale": (net(output(), scale=0), "no size"),
    "too large a window": (net(output(), side=43, scale=3), "larger than 128 px"),
    "endless ink": (net(output(), ink=math.inf), "finite"),
    "paper that is no number": (net(output(), blank=math.nan), "finite"),
    "another operation": (with_layer(operation="attention"), "operation"),
    "another pooling": (with_pool(pooling="median"), "pooling"),
    "pooling of no kind": (with_pool(pooling=""), "pooling"),
    "a convolution that pools": (with_layer(pooling="max"), "pooling"),
    "another activation": (with_layer(activation="gelu"), "activation"),
    "no maps": (with_layer(maps=0), "maps"),
    "too many maps": (with_layer(maps=5000), "maps"),
    "no kernel": (with_layer(kernel=0), "kernel"),
    "too large a kernel": (with_layer(kernel=129, padding=64), "kernel"),
    "a kernel larger than the map": (with_layer(kernel=15), "larger than what is below"),
    "no step": (with_layer(step=0), "stride"),
    "negative padding": (with_layer(padding=-1), "padding"),
    "padding that is no number": (with_layer(padding_value=math.nan), "padding"),
    "endless padding": (with_layer(padding_value=-math.inf), "padding"),
    "no dilation": (with_layer(dilation=0), "dilation"),
    "p below 1": (with_pool(pooling="lp", p=0.5), "p is 1"),
    "p that is no number": (with_pool(pooling="lp", p=math.nan), "p is 1"),
    "b below 0": (with_pool(pooling="log-prob", b=-1.0), "b is 0"),
    "b that is no number": (with_pool(pooling="log-prob", b=math.nan), "b is 0"),
    "pooling that makes maps": (with_pool(maps=4), "pools 3 maps"),
    "pooling padded by more than half": (with_pool(padding=2), "up to half its window"),
    "dilated pooling": (with_pool(dilation=2), "no dilation"),
    "an average over maps": (with_pool(pooling="average", across=2), "2 maps together"),
    "an even window": (with_normalisation(kernel=4), "odd window"),
    "an unknown normalisation": (with_normalisation(normalisation="global"), "no normalisation"),
    "no floor": (with_normalisation(floor=0.0), "floor is positive"),
    "a normalisation of a convolution": (net(output(normalisation="mean")), "no normalisation"),
    "an activation after a maximum": (with_pool(activation="relu"), "activation"),
    "a padded dense layer": (net(output(padding=1)), "neither padding"),
    "a dilated dense layer": (net(output(dilation=2)), "neither padding"),
    "prototypes with a table": (
        with_layer(operation="prototypes", connections=((0,),) * 4),
        "no convolution",
    ),
    "an unshared dense layer": (net(output(unshared=("weights",))), "no convolution"),
    "unshared kernels": (with_layer(unshared=("kernels",)), "unshared"),
    "too short a table": (with_layer(connections=((0,),) * 3), "connections"),
    "a table beyond the maps": (with_layer(connections=((3,),) * 4), "connections"),
    "a table before the maps": (with_layer(connections=((-1,),) * 4), "connections"),
    "a map joined to none": (with_layer(connections=((0,), (), (1,), (2,))), "connections"),
    "a map joined twice": (with_layer(connections=((0, 0),) * 4), "connections"),
    "log-softmax below": (with_layer(activation="log-softmax"), "log-softmax"),
    "an output without it": (net(output(activation="relu")), "log-softmax"),
    "blur with padding": (
        net(
            Layer("S1", "pool", 1, 2, 2, pooling="blur"), Layer("C2", "conv", 2, 3, padding=1),
            output(),
        ),
        "blur",
    ),
    "blur with unshared biases": (
        net(
            Layer("S1", "pool", 1, 2, 2, pooling="blur"),
            Layer("C2", "conv", 2, 3, unshared=("biases",)),
            output(),
        ),
        "blur",
    ),
    "too many parameters": (net(Layer("F1", "dense", 4096), Layer("F2", "dense", 4096),
                                Layer("F3", "dense", 4096), output()), "parameters"),
    "a table in a large array": (
        net(
            Layer("F1", "dense", 2000),
            Layer("C2", "conv", 2000, 3, padding=1, connections=((0,),) * 2000),
            output(),
        ),
        "parameters",
    ),
    "too many units": (
        net(
            Layer("C1", "conv", 1000), Layer("S2", "pool", 1000, 64, pooling="max"), output(),
            side=64,
        ),
        "units",
    ),
    "units of padding": (
        net(Layer("F1", "dense", 1000), Layer("C2", "conv", 1, 1, 128, 128), output()), "units"
    ),
    "a rim without end": (
        net(*(Layer(f"S{n}", "pool", 1, 1, 16, pooling="blur") for n in range(9)), output()),
        "units",
    ),
    "too many multiply-adds": (
        net(
            Layer("C1", "conv", 100, 3), Layer("C2", "conv", 100, 11, padding=5), output(), side=64
        ),
        "multiply-adds",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "why"), BAD.values(), ids=BAD.keys())
def test_what_no_network_can_have_is_refused(make: Callable[[], Architecture], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        make()


@pytest.mark.parametrize(
    "name",
    ["", "C", "1", "C1 pre", "C1.weight", "forward", "bfloat16", "Output", "output1x", "C123", "Ç1",
     "C1\n", "_1", "architecture", "C1_connected", "longername1"],
)  # fmt: skip
def test_layers_have_simple_names(name: str) -> None:
    with pytest.raises(ValueError, match="name of a layer"):
        with_layer(name=name)()
