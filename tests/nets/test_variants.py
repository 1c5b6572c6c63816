"""The relatives of the main network: their pooling, geometry, training data and shipped weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from random_architectures import random_network

from viz.measure.evaluation import classify
from viz.nets import load_pretrained
from viz.nets.architecture import NONE_CLASS, Layer
from viz.nets.augment import STRIP, STRIP_WIDTH, plain, without_none
from viz.nets.bank import mnist_bank
from viz.nets.data import Digits, load_mnist
from viz.nets.disturbances import centred
from viz.nets.lenet5 import lenet5
from viz.nets.network import Network, pool
from viz.nets.networks import trained
from viz.nets.recipe import recipe_for
from viz.nets.variants import VARIANTS
from viz.scene import digits, rasterize_scene

POOLINGS = ("max", "average", "blur")


def test_blur_pooling_is_a_maximum_and_then_the_binomial_filter() -> None:
    x = torch.rand(2, 3, 11, 14, generator=torch.Generator().manual_seed(1))
    binomial = torch.tensor([1.0, 2.0, 1.0]) / 4
    kernel = (binomial[:, None] * binomial)[None, None].repeat(3, 1, 1, 1)
    wanted = F.conv2d(F.max_pool2d(x, 2, 1), kernel, stride=2, groups=3)
    torch.testing.assert_close(pool(x, Layer("S2", "pool", 3, 2, 2, pooling="blur")), wanted)


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("size", [(32, 32), (32, 64), (37, 50)])
def test_all_poolings_give_the_same_shapes(pooling: str, size: tuple[int, int]) -> None:
    maps = Network(lenet5(pooling))(torch.zeros(1, 1, *size))
    for layer, same in zip(lenet5(pooling).layers, lenet5().layers, strict=True):
        assert tuple(maps[layer.name][0].shape) == layer.shape(*size) == same.shape(*size)


@pytest.mark.parametrize("pooling", POOLINGS)
@settings(max_examples=12, deadline=None)
@given(row=st.integers(0, 35), column=st.integers(0, 35), seed=st.integers(0, 99))
def test_a_pixel_reaches_exactly_the_units_whose_field_holds_it(
    pooling: str, row: int, column: int, seed: int
) -> None:
    """With positive weights nothing cancels: a unit changes if and only if it sees the pixel."""
    net = random_network(lenet5(pooling, maps=(3, 4, 100)), seed, positive=True)
    blank = torch.zeros(1, 1, 36, 36)
    marked = blank.clone()
    marked[..., row, column] = 5
    with torch.no_grad():
        before, after = net(blank), net(marked)
    for layer in net.architecture.layers[:-1]:
        changed = (after[layer.name] - before[layer.name])[0].numpy() > 0
        _, rows, columns = layer.shape(36, 36)
        fields = [layer.receptive_field(i, 0) for i in range(rows)]
        down = np.array([top <= row < top + height for top, _, height, _ in fields])
        fields = [layer.receptive_field(0, j) for j in range(columns)]
        across = np.array([left <= column < left + width for _, left, _, width in fields])
        assert (changed == (down[:, None] & across)).all()


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_the_shipped_network_reads_and_knows_its_training(name: str) -> None:
    net = load_pretrained(name)
    assert net.architecture == VARIANTS[name].architecture and not net.training
    count = 61_706 if name == "notes" else 656_581
    assert sum(weight.numel() for weight in net.parameters()) == count
    image = torch.from_numpy(rasterize_scene(digits.number("3", width=32)))
    with torch.inference_mode():
        assert int(net(image[None, None])["output"].argmax(1)) == 3
    error = _stored_error(name)
    if name in POOLINGS:
        assert error <= _stored_error("max") + 0.003


def _stored_error(name: str) -> float:
    """The share of MNIST's test digits misread, as the metadata of the weights say."""
    rows = trained(name).metadata["figures"]["rows"]
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
