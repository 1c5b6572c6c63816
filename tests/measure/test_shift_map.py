"""The shift map: one dense pass gives what 841 forward passes give, for every pooling."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from random_architectures import architectures
from random_nets import (
    random_net,
    random_network,
    random_window,
    three_convolutions,
    unshared,
)

from viz.measure.shift_map import (
    answers,
    forwards,
    is_dense,
    kept_share,
    mapping,
    shift_map,
    shift_maps,
    window_of,
)
from viz.nets.architecture import CLASSES, Architecture, Layer
from viz.nets.lenet5 import lenet5, notes
from viz.nets.network import Network


def every_operation() -> Architecture:
    """A convolution with a step, one with a dilation, one of chosen connections, every pooling but
    LeNet-5's, one of them 3×3, many maps, prototypes; and columns that a step leaves over."""
    few = tuple((k % 6, (k + 1) % 6) for k in range(8))
    return Architecture(
        (
            Layer("L1", "conv", 6, 4, 2, activation="scaled-tanh"),
            Layer("L2", "pool", 6, 3, 1, pooling="average"),
            Layer("L3", "conv", 8, 2, connections=few, activation="sigmoid"),
            Layer("L4", "pool", 8, 2, 2, pooling="subsampling", activation="tanh"),
            Layer("L5", "pool", 8, 2, pooling="lp", p=3.0),
            Layer("L6", "pool", 8, 2, pooling="log-prob", b=2.0),
            Layer("L7", "conv", 120, 2, dilation=2, activation="tanh"),
            Layer("L8", "dense", 12, activation="relu"),
            Layer("output", "prototypes", 10, activation="log-softmax"),
        ),
        side=29,
        blank=-0.4242,
        ink=2.8215,
        none=False,
    )


OTHERS = {
    "notes": notes(),
    "28 px": lenet5(side=28, none=False, blank=-0.4, ink=2.8),
    "every operation": every_operation(),
    "padded": three_convolutions(),
    "unshared": unshared(),
}

ABLATED = {"C1": {3, 7}, "S2": {0}, "C3": {11, 12}, "S4": {49}, "C5": {1, 200, 499}}


@pytest.mark.parametrize(
    ("pooling", "ablated", "reach"),
    [("max", None, 14), ("max", ABLATED, 3), ("average", None, 3), ("blur", ABLATED, 3)],
)
def test_one_dense_pass_equals_a_forward_for_each_shift(
    pooling: str, ablated: dict | None, reach: int
) -> None:
    net, window = random_net(pooling), random_window()
    window.setflags(write=False)
    dense, separate = (of(net, window, reach, ablated) for of in (shift_map, forwards))
    assert dense.shape == separate.shape == (CLASSES, 2 * reach + 1, 2 * reach + 1)
    assert dense.dtype == np.float32
    assert np.abs(dense - separate).max() <= 1e-5
    assert np.ptp(dense, axis=(1, 2)).max() > 0.1  # not the same answer everywhere
    with pytest.raises(ValueError, match="32×32"):
        shift_map(net, np.zeros((32, 64), np.float32))


def moved(window: np.ndarray, dx: int, dy: int) -> np.ndarray:
    """The window's content dx further to the right and dy further down; blank comes in."""
    reach, side = 14, len(window)
    canvas = np.pad(window, reach)
    return canvas[reach - dy : reach - dy + side, reach - dx : reach - dx + side].copy()


def answer(net: Network, window: np.ndarray, ablated: dict | None = None) -> np.ndarray:
    with torch.inference_mode():
        return net(torch.from_numpy(window)[None, None], ablated)["output"][0, :, 0, 0].numpy()


@pytest.mark.parametrize("name", OTHERS)
def test_any_network_answers_each_shift_as_to_the_shifted_window(name: str) -> None:
    architecture = OTHERS[name]
    net, window = random_network(architecture), random_window(1, architecture.window)
    assert is_dense(architecture) == (name not in ("padded", "unshared"))
    for ablated in (None, {architecture.layers[1].name: {0, 3}}):
        found = shift_map(net, window, 9, ablated)
        assert found.shape == (architecture.classes, 19, 19)
        for dx, dy in ((0, 0), (1, 0), (-3, 2), (6, -9), (9, 9), (-9, -9)):
            expected = answer(net, moved(window, dx, dy), ablated)
            assert np.abs(found[:, 9 + dy, 9 + dx] - expected).max() <= 1e-5, (dx, dy)
        assert np.ptp(found, axis=(1, 2)).max() > 0.1
    two = shift_maps(net, np.stack([window, moved(window, 3, 1)]), 2, ablated)
    assert np.abs(two[0] - found[:, 7:12, 7:12]).max() <= 1e-5
    assert np.abs(two[1, :, 2, 2] - found[:, 10, 12]).max() <= 1e-5


@settings(max_examples=60)
@given(architectures(), st.integers(0, 99), st.integers(-3, 3), st.integers(-3, 3))
def test_whatever_the_layers_an_entry_is_the_answer_to_the_shifted_window(
    architecture: Architecture, seed: int, dx: int, dy: int
) -> None:
    net, rim = random_network(architecture, seed), architecture.rim
    window = random_window(seed, architecture.window)
    found = shift_map(net, window, 3)[:, 3 + dy, 3 + dx]
    around = moved(np.pad(window, rim), dx, dy)  # which blur pooling sees, too
    with torch.inference_mode():
        output = net(torch.from_numpy(around)[None, None], rimmed=True)["output"]
    expected = output[0, :, 0, 0].numpy()
    assert np.abs(found - expected).max() <= 1e-4 * max(1, np.abs(expected).max())


def test_where_every_shift_is_asked_for_others_have_their_turn() -> None:
    steps = list(mapping(random_network(unshared()), random_window(), 4))
    assert steps[-1] is not None and steps[:-1] == [None] * (len(steps) - 1)
    large = Architecture(
        (
            Layer("C1", "conv", 1000, 3, padding=1, activation="relu"),
            Layer("output", "dense", 11, activation="log-softmax"),
        )
    )
    steps = list(mapping(random_network(large), random_window(), 1))
    assert len(steps) == 9 // 7 + 1 + 1  # 9 shifts, 7 windows of a million units together


def test_the_window_is_what_the_output_sees() -> None:
    image = np.arange(48 * 64, dtype=np.float32).reshape(48, 64)
    image.setflags(write=False)
    assert window_of(image, (0, 0), lenet5()).flags.writeable
    assert np.array_equal(window_of(image, (2, 5), lenet5()), image[8:40, 20:52])
    assert np.array_equal(window_of(image, (2, 5), lenet5(side=28)), image[8:36, 20:48])
    assert np.array_equal(window_of(image, (2, 5), unshared()), image[8:40, 20:52])
    # With padding the last output of 33 pixels sees one that is not there
    last = window_of(image[:33, :33], (1, 1), three_convolutions())
    assert last.shape == (32, 32) and np.array_equal(last[:31, :31], image[2:33, 2:33])
    assert not last[31].any() and not last[:, 31].any()


def test_answers_and_how_many_are_kept() -> None:
    log_probs = np.log(np.full((CLASSES, 7, 7), 0.05, np.float32))
    log_probs[3] = np.log(0.5)
    log_probs[8, 2, 2] = np.log(0.75)  # within ±2 of the middle
    log_probs[8, 0, 0] = np.log(0.75)  # beyond
    classes, probabilities = answers(log_probs)
    assert classes[3, 3] == 3 and classes[2, 2] == classes[0, 0] == 8
    assert probabilities[2, 2] == pytest.approx(0.75) and probabilities[3, 3] == pytest.approx(0.5)
    assert kept_share(classes, 2) == pytest.approx(24 / 25)
    assert kept_share(classes, 3) == pytest.approx(47 / 49)


def test_no_chapter_s_instruments_import_torch() -> None:
    # The window is shown before torch is imported, and a session may open with this chapter
    code = (
        "import sys; from viz.chapters import registry; registry.import_all(); "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
