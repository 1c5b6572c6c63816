"""The permutation as swaps: a permutation at every moment, that of the training at the end."""

from __future__ import annotations

import numpy as np
import pytest

from viz.chapters.assumptions.measure.permuting import (
    count_at,
    in_place,
    order_at,
    swaps,
    window_about,
)
from viz.nets import networks
from viz.nets.experiments import PERMUTATION, permutation, permuted


def test_the_swaps_make_the_permutation_of_the_training_and_are_as_few_as_can_be() -> None:
    final = permutation(PERMUTATION)
    np.testing.assert_array_equal(order_at(1.0), final)
    np.testing.assert_array_equal(order_at(0.0), np.arange(1024))
    left, cycles = set(range(1024)), 0
    while left:
        at = left.pop()
        cycles += 1
        while (at := int(final[at])) in left:
            left.remove(at)
    assert len(swaps()) == count_at(1.0) == 1024 - cycles


@pytest.mark.parametrize("share", [0.01, 0.25, 0.5, 0.99])
def test_it_is_a_permutation_at_every_moment_and_goes_one_way(share: float) -> None:
    order = order_at(share)
    np.testing.assert_array_equal(np.sort(order), np.arange(1024))
    final = order_at(1.0)
    arrived = [int((order_at(at) == final).sum()) for at in (share / 2, share, (1 + share) / 2)]
    assert arrived == sorted(arrived) and arrived[1] >= count_at(share)
    assert in_place(order) <= 1024 - count_at(share) - 1
    image = np.random.default_rng(2).random((32, 32), np.float32)
    np.testing.assert_array_equal(
        np.sort(permuted(image, order), axis=None), np.sort(image, axis=None)
    )


def test_the_window_lies_about_the_middle_of_that_of_the_network_and_on_the_canvas() -> None:
    image = np.arange(32 * 64, dtype=np.float32).reshape(32, 64)
    main = networks.architecture("max")
    np.testing.assert_array_equal(window_about(image, main, (0, 3)), image[:, 12:44])
    np.testing.assert_array_equal(window_about(image, main, (0, 99)), image[:, 32:])
