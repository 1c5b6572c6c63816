"""A kernel applied: the notes' numbers, the switches, coarse before whole, against torch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from viz.chapters.convolution.measure.applied import COARSE, Rule, apply, fits
from viz.chapters.convolution.measure.inputs import Input, array_of, matrix, of, rows_of
from viz.chapters.convolution.measure.kernels import PRESETS, learned, resized
from viz.nets import networks
from viz.session.codec import Picture

EDGE = Rule(rows_of(PRESETS["vertical"]))


def result(source: np.ndarray, rule: Rule) -> np.ndarray:
    (applied,) = apply(of(rows_of(source)), rule)
    return applied.values[0]


def test_the_numbers_of_the_notes() -> None:
    """6×6 of tens and zeros: 0 30 30 0; its mirror with signs reversed; 30 10 −10 −30."""
    assert result(matrix("light-dark", 6), EDGE).tolist() == [[0, 30, 30, 0]] * 4
    assert result(matrix("dark-light", 6), EDGE).tolist() == [[0, -30, -30, 0]] * 4
    board = result(matrix("checkerboard", 6), EDGE)
    assert board[:, 1].tolist() == [30, 10, -10, -30]


@pytest.mark.parametrize(("side", "share"), [(6, 2 / 4), (12, 2 / 10), (24, 2 / 22)])
def test_the_band_stays_two_columns_wide(side: int, share: float) -> None:
    made = result(matrix("light-dark", side), EDGE)
    assert np.count_nonzero(made[0]) == 2
    assert np.count_nonzero(made) / made.size == pytest.approx(share)


def test_the_switches() -> None:
    light = matrix("light-dark", 6)
    assert result(light, replace(EDGE, convolution=True)).tolist() == [[0, -30, -30, 0]] * 4
    flipped = replace(EDGE, convolution=True, bias=-3.0)
    assert result(light, flipped)[0].tolist() == [-3, -33, -33, -3]
    assert result(light, replace(flipped, absolute=True))[0].tolist() == [3, 33, 33, 3]
    assert result(light, replace(flipped, rectified=True))[0].tolist() == [0, 0, 0, 0]


def test_a_large_picture_comes_coarsely_first_then_as_torch_has_it() -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (300, 280, 3), np.uint8)
    kernel = rng.normal(size=(11, 11)).astype(np.float32)
    coarse, whole = apply(of(Picture(pixels)), Rule(rows_of(kernel)))
    x = torch.from_numpy(pixels.astype(np.float32) / 255).permute(2, 0, 1)[:, None]
    wanted = F.conv2d(x.double(), torch.from_numpy(kernel).double()[None, None])[:, 0].numpy()
    assert whole.values.shape == (3, 290, 270) and whole.step == 1
    np.testing.assert_allclose(whole.values, wanted, atol=1e-5, rtol=1e-5)
    assert coarse.step == COARSE
    np.testing.assert_allclose(coarse.values, wanted[:, ::COARSE, ::COARSE], atol=1e-5, rtol=1e-5)
    assert (coarse.low, coarse.high) == (whole.low, whole.high)
    assert whole.products((7, 9)).sum() == pytest.approx(wanted[1, 7, 9], abs=1e-4)


def test_a_kernel_that_keeps_the_brightness_shows_the_picture() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (40, 50, 3), np.uint8)
    (same,) = apply(of(Picture(pixels)), Rule(rows_of(PRESETS["identity"])))
    assert same.colours is not None
    assert np.abs(same.colours.astype(int) - pixels[1:-1, 1:-1]).max() <= 1


@pytest.mark.parametrize("name", ["max", "average"])
def test_a_learned_kernel_with_its_bias_and_relu_is_a_map_of_c1(name: str) -> None:
    weights = networks.weights(name)
    kernels, biases = learned(networks.architecture(name), weights)
    assert kernels.shape == (20, 5, 5)
    image = np.random.default_rng(3).random((32, 48), np.float32)
    rule = Rule(rows_of(kernels[7]), bias=float(biases[7]), rectified=True)
    (applied,) = apply(Input(image[None]), rule)
    weight, bias = (torch.tensor(weights[f"C1.{part}"]) for part in ("weight", "bias"))
    wanted = F.relu(F.conv2d(torch.from_numpy(image)[None, None], weight, bias))[0, 7].numpy()
    np.testing.assert_allclose(applied.values[0], wanted, atol=1e-5)


def test_kernels_need_not_be_square_and_may_be_too_large() -> None:
    rule = Rule(((1.0, -1.0),))
    assert result(matrix("light-dark", 6), rule)[2].tolist() == [0, 0, 10, 0, 0]
    assert fits((1, 2), rule) and not fits((3, 1), rule)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (4, 5), (11, 10), (7, 2)])
def test_another_size_keeps_the_middle(size: tuple[int, int]) -> None:
    kernel = np.arange(1, 10, dtype=np.float32).reshape(3, 3)
    made = resized(kernel, *size)
    assert made.shape == size
    if min(size) >= 3:
        assert made.sum() == kernel.sum()
        np.testing.assert_array_equal(resized(made, 3, 3), kernel)
    else:
        assert 5 in made  # the middle


@pytest.mark.parametrize(
    "rows",
    [None, 3, "ab", [], [[]], [[1], [1, 2]], [[True]], [["1"]], [[float("nan")]], [[2000]],
     [[1] * 12], ["ab"]],
)  # fmt: skip
def test_what_is_no_kernel_is_not_taken(rows: object) -> None:
    assert array_of(rows, 1, 11, 1000.0) is None


def test_a_pattern_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="stripes"):
        matrix("stripes", 6)


def test_a_walk_visits_every_place_of_a_small_result_and_comes_back() -> None:
    (applied,) = apply(of(rows_of(matrix("light-dark", 6))), EDGE)
    place, seen = (0, 0), []
    for _ in range(16):
        seen.append(place)
        place = applied.after(place)
    assert seen == [divmod(index, 4) for index in range(16)] and place == (0, 0)
    assert applied.strongest == (0, 1) and applied.within((9, -2)) == (3, 0)


def test_a_walk_over_a_large_result_is_short() -> None:
    (applied,) = apply(Input(np.zeros((1, 128, 512), np.float32)), EDGE)
    place, count = applied.after((0, 0)), 1
    while place != (0, 0):
        place, count = applied.after(place), count + 1
    assert 500 < count < 3000
