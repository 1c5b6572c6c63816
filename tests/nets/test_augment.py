"""Augmentation: ranges, reproducibility, geometry, and the label policy case by case."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Generator

from viz.nets.architecture import NONE_CLASS, WINDOW
from viz.nets.augment import (
    LOST_X,
    LOST_Y,
    PATCH_SIDE,
    STRIDE,
    STRIP,
    STRIP_WIDTH,
    SURE_X,
    SURE_Y,
    Patches,
    alone,
    compose,
    distort,
    kinds,
    targets,
)
from viz.nets.bank import BANK_SIDE, Bank, mnist_bank, pen_bank, shape_bank
from viz.nets.data import Digits
from viz.nets.pen import PenDigit


def blob_bank(count: int = 20) -> Bank:
    """Soft discs 10 px across in the middle of the bank's squares."""
    middle = np.arange(BANK_SIDE) + 0.5 - BANK_SIDE / 2
    disc = np.clip(5.5 - np.hypot(middle[:, None], middle), 0, 1) * 255
    images = torch.from_numpy(np.tile(disc.astype(np.uint8), (count, 1, 1)))
    return Bank(images, torch.arange(count) % 10, torch.full((count,), 20.0))


def seeded(seed: int) -> Generator:
    return Generator().manual_seed(seed)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**31))
def test_batches_lie_in_range_and_repeat_from_the_seed(seed):
    bank, index = blob_bank(), torch.arange(60) % 20
    first, again = (
        compose(distort(bank, index, generator), generator)
        for generator in (seeded(seed), seeded(seed))
    )
    assert torch.equal(first.strips, again.strips)
    other = compose(distort(bank, index, seeded(seed + 1)), seeded(seed + 1))
    assert not torch.equal(first.strips, other.strips)
    assert torch.equal(first.targets, again.targets)
    assert first.strips.shape == (60, 1, WINDOW, STRIP_WIDTH)
    assert first.targets.shape == (60, STRIP, 11)
    assert first.weights.shape == (60, STRIP)
    assert first.strips.min() >= 0
    assert first.strips.max() <= 1
    assert first.targets.min() >= 0
    torch.testing.assert_close(first.targets.sum(2), torch.ones(60, STRIP))
    assert first.weights.min() >= 0
    assert first.weights.max() <= 1


def test_distorted_digits_stay_centred_and_keep_a_blank_rim():
    patches = distort(blob_bank(200), torch.arange(200), seeded(4))
    ink = patches.images
    assert ink[:, (0, -1)].max() == ink[:, :, (0, -1)].max() == 0
    place = torch.arange(PATCH_SIDE) + 0.5 - PATCH_SIDE / 2
    mass = ink.sum((1, 2))
    centre = torch.stack(
        [(ink.sum(1) * place).sum(1) / mass, (ink.sum(2) * place).sum(1) / mass], 1
    )
    assert (centre - patches.shift).abs().max() < 2.5  # what the elastic bending may move
    assert (centre - patches.shift).abs().mean() < 0.6


def test_distorted_sizes_cover_the_range_of_the_sliders():
    patches = distort(blob_bank(400), torch.arange(400), seeded(5))
    area = (patches.images > 0.5).sum((1, 2)) / (math.pi * 25)
    assert area.min() < 0.6
    assert area.max() > 1.6


def one_blob(label: int = 3) -> Patches:
    image = torch.zeros(1, PATCH_SIDE, PATCH_SIDE)
    image[:, 20:26, 20:26] = 1
    return Patches(image.repeat(400, 1, 1), torch.full((400,), label), torch.zeros(400, 2))


def test_composed_batches_hold_every_kind_of_window():
    batch = compose(one_blob(), seeded(6))
    wanted = batch.targets.flatten(0, 1)
    assert (wanted[:, 3] == 1).any()
    assert (wanted[:, NONE_CLASS] == 1).any()
    blank = batch.strips.flatten(1).max(1).values == 0
    assert blank.any()
    assert (batch.targets[blank][:, :, NONE_CLASS] == 1).all()


def test_lone_digits_are_wanted_where_their_ink_is():
    """Of the strips with a digit alone, the sure windows are those whose centre is near its ink."""
    batch = compose(one_blob(), seeded(7))
    columns = torch.arange(STRIP_WIDTH) + 0.5
    rows = torch.arange(WINDOW) + 0.5
    for strip, wanted in zip(batch.strips[:100, 0], batch.targets[:100], strict=True):
        ink = (strip > 0.9 * strip.max()) & (strip > 0.3)
        if not 4 <= ink.sum() <= 40:  # noise
            continue
        x, y = columns[ink.any(0)].median(), rows[ink.any(1)].median()
        for window in range(STRIP):
            dx, dy = abs(float(x) - 16 - STRIDE * window), abs(float(y) - 16)
            if dx < SURE_X - 1 and dy < SURE_Y - 1:
                assert wanted[window, 3] == 1
            if dx > LOST_X + 1 or dy > LOST_Y + 1:
                assert wanted[window, NONE_CLASS] == 1


def wanted_of(*digits: tuple[float, float, int]) -> tuple[dict[int, float], float]:
    """{class: probability} and weight for digits (dx, dy, class), and one that is not shown."""
    all_ = (*digits, (0, 0, 4))
    centres = torch.tensor([[(x, y) for x, y, _ in all_]], dtype=torch.float32)
    shown = torch.tensor([[True] * len(digits) + [False]])
    wanted, weights = targets(centres, torch.tensor([[label for _, _, label in all_]]), shown)
    return {c: round(float(p), 3) for c, p in enumerate(wanted[0]) if p > 1e-6}, float(weights[0])


@pytest.mark.parametrize(
    ("digits", "wanted", "weight"),
    [
        ([(0, 0, 7)], {7: 1}, 1),
        ([(3.5, 6.5, 7)], {7: 1}, 1),
        ([(-3, -6, 7)], {7: 1}, 1),
        ([(5, 0, 7)], {NONE_CLASS: 1}, 1),
        ([(0, -9.5, 7)], {NONE_CLASS: 1}, 1),
        ([(4.25, 0, 7)], {7: 0.5, NONE_CLASS: 0.5}, 1),
        ([(0, 8, 7)], {7: 0.5, NONE_CLASS: 0.5}, 1),
        ([(-7, 0, 1), (7, 0, 2)], {NONE_CLASS: 1}, 1),  # between two digits
        ([(-3, 0, 1), (3, 0, 2)], {NONE_CLASS: 1}, 1),  # the same where they touch
        ([(1, 0, 1), (-9, 0, 2)], {1: 1}, 1),
        ([(0, 2, 1), (1, -14, 2)], {1: 1}, 1),  # the line above does not count
        ([(0, 0, 3), (1, 0, 5)], {3: 0.5, 5: 0.5}, 0.5),  # one drawn through the other
        ([(0, 0, 3), (1, 0, 3)], {3: 1}, 0.5),
        ([(-2, 0, 1), (4, 0, 7)], {1: 1}, 1),
        ([(-2, 0, 1), (4, 0, 1)], {1: 0.5, NONE_CLASS: 0.5}, 1),  # else 11 would look like one 1
    ],
)
def test_label_policy(digits, wanted, weight):
    got, got_weight = wanted_of(*digits)
    assert got == pytest.approx(wanted)
    assert got_weight == weight


def test_the_first_strips_hold_one_digit_alone():
    names = kinds(160)
    assert set(names[: alone(160)]) == {"alone"} and "alone" not in names[alone(160) :]


def test_mnist_lies_in_the_middle_of_the_bank():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 0, 0], image[0, 27, 27] = 100, 200
    bank = mnist_bank(Digits(image, np.array([4], np.uint8)))
    assert bank.images.shape == (1, BANK_SIDE, BANK_SIDE)
    assert int(bank.images[0, 4, 4]) == 100
    assert int(bank.images[0, 31, 31]) == 200
    assert bank.labels.tolist() == [4]


def test_pen_bank_renders_each_digit_its_copies_within_the_square():
    path = np.array([[0, 0], [10, 40], [30, 5]], float)
    digits = [PenDigit(2, 1, (path,)), PenDigit(9, 1, (path * [3, 1], path + 4))]
    bank, again = pen_bank(digits, 3, seed=8), pen_bank(digits, 3, seed=8)
    assert torch.equal(bank.images, again.images)
    assert bank.labels.tolist() == [2, 9, 2, 9, 2, 9]
    assert bank.images.flatten(1).max(1).values.min() > 200
    assert bank.images[:, (0, -1)].max() == 0
    assert bank.heights.min() >= 12
    assert bank.heights.max() <= 27


def test_shapes_are_no_digit_but_for_circles_which_are_a_nought():
    bank = shape_bank(48, seed=3)
    assert torch.equal(bank.images, shape_bank(48, seed=3).images)
    assert bank.labels.tolist() == [0 if n % 12 == 0 else NONE_CLASS for n in range(48)]
    assert (bank.images.amax((1, 2)) > 200).all()
    assert (bank.heights >= 1).all() and (bank.heights <= BANK_SIDE).all()


def test_a_shape_is_never_turned_so_that_a_lying_line_stays_one():
    image = torch.zeros(1, BANK_SIDE, BANK_SIDE, dtype=torch.uint8)
    image[0, 17:19, 8:28] = 255
    lying = Bank(image, torch.tensor([NONE_CLASS]), torch.tensor([20.0]))
    patches = distort(lying, torch.zeros(40, dtype=torch.long), seeded(5)).images
    across, down = (patches.amax(axis) > 0.3 for axis in (1, 2))
    assert (across.sum(1) > 1.5 * down.sum(1)).all()


def test_a_window_before_a_shape_says_none_and_a_digit_beside_it_its_class():
    centres = torch.tensor([[[0.0, 0.0], [14.0, 0.0]], [[-14.0, 0.0], [0.0, 0.0]]])
    labels = torch.tensor([[NONE_CLASS, 4], [NONE_CLASS, 4]])
    wanted, weights = targets(centres, labels, torch.ones(2, 2, dtype=torch.bool))
    assert wanted[0, NONE_CLASS] == 1 and wanted[1, 4] == 1
    assert (wanted.sum(1) == 1).all() and (weights == 1).all()
