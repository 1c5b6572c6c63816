"""The relatives of the main network: their pooling, geometry, training data and shipped weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from viz.measure.evaluation import classify
from viz.nets import load_pretrained
from viz.nets.architecture import NONE_CLASS
from viz.nets.augment import STRIP, STRIP_WIDTH, plain, without_none
from viz.nets.bank import mnist_bank
from viz.nets.data import Digits, load_mnist
from viz.nets.disturbances import centred
from viz.nets.networks import trained
from viz.nets.recipe import recipe_for
from viz.nets.variants import VARIANTS
from viz.scene import digits, rasterize_scene


def stored_error(name: str) -> float:
    """The share of MNIST's test digits misread, as the metadata of the weights say."""
    rows = trained(name).metadata["figures"]["rows"]
    return {row["test"]: float(row["error"]) for row in rows}["MNIST test, centred"]


@pytest.mark.parametrize("name", VARIANTS)
def test_the_shipped_network_reads_and_knows_its_training(name: str) -> None:
    net = load_pretrained(name)
    assert net.architecture == VARIANTS[name].architecture and not net.training
    image = torch.from_numpy(rasterize_scene(digits.number("3", width=32)))
    with torch.inference_mode():
        output = net(image[None, None])["output"]
    assert int(output[0, :, 0, 0].argmax()) == 3
    if name in ("average", "blur"):
        assert stored_error(name) == pytest.approx(stored_error("max"), abs=0.003)


def test_of_mnist_is_misread_what_the_weights_say(mnist_dir: Path) -> None:
    """All 10,000 test digits. None is so near to a tie that rounding decides."""
    mnist = load_mnist(mnist_dir, test=True)
    windows = centred((mnist.images / np.float32(255)).astype(np.float32))
    missed = int((classify(load_pretrained(), windows) != mnist.labels).sum())
    assert len(windows) == 10_000
    assert missed / 10_000 == stored_error("max")


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
    assert recipe_for("notes", start="blur").start == "blur"


def test_further_training_starts_gently_and_is_taught() -> None:
    further, afresh = recipe_for("max", start="max"), recipe_for("max")
    assert further.rate(further.warmup) < afresh.rate(afresh.warmup)
    assert further.rate(further.steps - 1) < further.rate(further.steps // 2)
    assert further.teachers == ("max", "average") and afresh.teachers == ()
    assert recipe_for("notes", start="notes").teachers == ()
    assert recipe_for("blur", steps=5).steps == 5


@pytest.mark.parametrize("name", ["max", "max+before=whitening"])
def test_a_network_first_asked_for_in_inference_mode_has_gradients_afterwards(name: str) -> None:
    with torch.inference_mode():
        net = load_pretrained(name)
    x = torch.zeros(1, 1, 32, 32, requires_grad=True)
    (slope,) = torch.autograd.grad(net(x)["output pre"].sum(), x)
    assert slope.abs().max() > 0
