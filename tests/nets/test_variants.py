"""The relatives of the main network: their pooling, geometry, training data and shipped weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from viz.measure.evaluation import classify
from viz.nets import load_pretrained
from viz.nets.augment import STRIP, STRIP_WIDTH, plain, without_none
from viz.nets.bank import mnist_bank
from viz.nets.data import Digits, load_mnist
from viz.nets.disturbances import centred
from viz.nets.layers import LAYERS, NONE_CLASS, input_range, layer_of, target_range
from viz.nets.lenet5 import LeNet5, pool
from viz.nets.recipe import recipe_for
from viz.nets.variants import VARIANTS
from viz.nets.weights import load_metadata, pretrained_path
from viz.scene import digits, rasterize_scene

POOLINGS = ("max", "average", "blur")


def test_blur_pooling_is_a_maximum_and_then_the_binomial_filter() -> None:
    x = torch.rand(2, 3, 11, 14, generator=torch.Generator().manual_seed(1))
    binomial = torch.tensor([1.0, 2.0, 1.0]) / 4
    kernel = (binomial[:, None] * binomial)[None, None].repeat(3, 1, 1, 1)
    wanted = F.conv2d(F.max_pool2d(x, 2, 1), kernel, stride=2, groups=3)
    torch.testing.assert_close(pool(x, "blur"), wanted)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_every_second_value_of_stride_1_is_stride_2(pooling: str) -> None:
    x = torch.rand(1, 4, 12, 12, generator=torch.Generator().manual_seed(2))
    both = pool(x, pooling), pool(x, pooling, 1)[..., ::2, ::2]
    size = both[0].shape[2:]
    torch.testing.assert_close(both[0], both[1][..., : size[0], : size[1]])


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("size", [(32, 32), (32, 64), (37, 50)])
def test_all_poolings_give_the_same_shapes(pooling: str, size: tuple[int, int]) -> None:
    maps = LeNet5(pooling)(torch.zeros(1, 1, *size))
    for layer in LAYERS:
        assert tuple(maps[layer.name][0].shape) == layer.shape(*size)
        assert layer_of(layer.name, pooling).shape(*size) == layer.shape(*size)


@pytest.mark.parametrize("pooling", POOLINGS)
@settings(max_examples=12, deadline=None)
@given(row=st.integers(0, 35), column=st.integers(0, 35), seed=st.integers(0, 99))
def test_a_pixel_reaches_exactly_the_units_whose_field_holds_it(
    pooling: str, row: int, column: int, seed: int
) -> None:
    """With positive weights nothing cancels: a unit changes if and only if it sees the pixel."""
    torch.manual_seed(seed)
    net = LeNet5(pooling)
    with torch.no_grad():
        for weight in net.parameters():
            weight.abs_()
        blank = torch.rand(1, 1, 36, 36) * 0.1
        marked = blank.clone()
        marked[..., row, column] += 5
        before, after = net(blank), net(marked)
    for layer in LAYERS[:-1]:
        change = (after[layer.name] - before[layer.name])[0].abs().amax(0)
        spec = layer_of(layer.name, pooling)
        for (i, j), value in np.ndenumerate(change.numpy()):
            top, left, height, width = spec.receptive_field(i, j)
            sees = top <= row < top + height and left <= column < left + width
            assert sees or value == 0
            if layer.name == "C1":
                assert sees == (value > 0)


def test_fields_and_targets_of_a_blur_network_are_each_others_inverse() -> None:
    for below, above in ((0, 1), (0, 2), (0, 3), (1, 2), (1, 4), (2, 3), (3, 4)):
        lower, upper = (layer_of(LAYERS[k].name, "blur") for k in (below, above))
        size = upper.shape(44, 44)[1]
        for unit in range(lower.shape(44, 44)[1]):
            first, count = target_range(lower, upper, unit, size)
            seeing = [
                index
                for index in range(size)
                if (span := input_range(upper, lower, index))[0] <= unit < sum(span)
            ]
            assert seeing == list(range(first, first + count))


def test_blurred_units_see_more() -> None:
    fields = [layer_of(layer.name, "blur").field for layer in LAYERS]
    assert fields == [5, 8, 16, 22, 38, 38]
    assert layer_of("S4", "blur").receptive_field(1, 0) == (1, -3, 22, 22)


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_the_shipped_network_reads_and_knows_its_training(name: str) -> None:
    net = load_pretrained(name)
    assert net.pooling == VARIANTS[name].pooling and not net.training
    assert sum(weight.numel() for weight in net.parameters()) == 656_581
    image = torch.from_numpy(rasterize_scene(digits.number("3", width=32)))
    with torch.inference_mode():
        assert int(net(image[None, None])["output"].argmax(1)) == 3
    error = _stored_error(name)
    if name in POOLINGS:
        assert error <= _stored_error("max") + 0.003


def _stored_error(name: str) -> float:
    """The share of MNIST's test digits misread, as the metadata of the weights say."""
    rows = load_metadata(pretrained_path(name))["figures"]["rows"]
    return {row["test"]: float(row["error"]) for row in rows}["MNIST test, centred"]


@pytest.mark.parametrize("name", POOLINGS)
def test_each_pooling_misreads_of_mnist_what_its_weights_say_and_the_others_do(
    name: str, mnist_dir: Path
) -> None:
    """All 10,000 test digits: 3 s, blur 9. None is so near to a tie that rounding decides."""
    mnist = load_mnist(mnist_dir, test=True)
    windows = centred((mnist.images / np.float32(255)).astype(np.float32))
    missed = int((classify(load_pretrained(name), windows) != mnist.labels).sum())
    assert len(windows) == 10_000
    assert missed / 10_000 == _stored_error(name)
    assert abs(missed / 10_000 - _stored_error("max")) <= 0.003


def test_the_network_without_none_never_says_none() -> None:
    with torch.inference_mode():
        output = load_pretrained("no-none")(torch.zeros(1, 1, 32, 32))["output"]
    assert float(output[0, NONE_CLASS].exp()) < 1e-9


def _bank(count: int) -> tuple[torch.Tensor, Digits]:
    rng = np.random.default_rng(3)
    images = np.zeros((count, 28, 28), np.uint8)
    images[:, 4:24, 8:20] = rng.integers(128, 255, (count, 20, 12))
    return torch.arange(count), Digits(images, rng.integers(0, 10, count).astype(np.uint8))


def test_plain_strips_hold_the_digit_untouched_in_the_middle_of_one_window() -> None:
    index, source = _bank(60)
    batch = plain(mnist_bank(source), index, torch.Generator().manual_seed(4))
    assert batch.strips.shape == (60, 1, 32, STRIP_WIDTH)
    seen = 0
    for number in range(60):
        wanted = batch.targets[number].argmax(1)
        at = (wanted != NONE_CLASS).nonzero().flatten().tolist()
        if not at:
            assert batch.strips[number].max() == 0
            continue
        seen += 1
        (window,) = at
        assert int(wanted[window]) == source.labels[number]
        digit = torch.from_numpy(source.images[number] / np.float32(255))
        found = batch.strips[number, 0, 2:30, 4 * window + 2 : 4 * window + 30]
        torch.testing.assert_close(found, digit)
        beside = [abs(k - window) == 1 for k in range(STRIP)]
        assert [float(w) == 0 for w in batch.weights[number]] == beside
    assert 40 < seen < 60


def test_without_none_only_digits_count() -> None:
    index, source = _bank(30)
    batch = plain(mnist_bank(source), index, torch.Generator().manual_seed(5))
    left = without_none(batch)
    assert float(left.targets[..., NONE_CLASS].max()) == 0
    digit = batch.targets[..., NONE_CLASS] == 0
    assert bool((left.weights[~digit] == 0).all()) and bool((left.weights[digit] == 1).all())
    torch.testing.assert_close(left.targets[digit], batch.targets[digit])


def test_recipes_name_what_they_start_from() -> None:
    assert recipe_for("max").start == "" and recipe_for("max").steps == 36_000
    assert recipe_for("blur").start == recipe_for("average").start == "max"
    assert recipe_for("no-none").start == recipe_for("no-augmentation").start == ""
    assert recipe_for("blur", steps=5).steps == 5
