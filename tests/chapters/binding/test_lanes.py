"""Lanes: one for each digit of a path, wherever the part is; what is read, in a band."""

from __future__ import annotations

import numpy as np
import pytest

from viz.chapters.binding.measure.lanes import LaneCurves, band_of, find_lanes, probabilities
from viz.chapters.binding.measure.trajectory import Near, near
from viz.measure.reading import read


def read_at(*sure: tuple[int, int, float]) -> Near:
    """An output whose windows are sure of these: (column, digit, probability)."""
    output = np.full((11, 1, 9), 1e-4, np.float32)
    output[10] = 0.998
    for column, digit, p in sure:
        output[digit, 0, column], output[10, 0, column] = p, 1 - p
    return near(np.log(output), (0, 0), read(np.log(output)))


def test_there_is_a_lane_for_each_digit() -> None:
    path = [
        read_at((2, 3, 0.9), (6, 1, 0.9)),
        read_at((3, 5, 0.9), (6, 1, 0.9)),
        None,
        read_at((6, 7, 0.9)),
        read_at((2, 5, 0.9), (6, 7, 0.95), (7, 7, 0.6)),
    ]
    left, right = find_lanes(path)
    assert left.column == pytest.approx(7 / 3, abs=0.1)
    assert right.column == pytest.approx(6.1, abs=0.2)
    at, (values, others) = probabilities((left, right), path)
    assert at.tolist() == [0, 1, 3, 4]
    assert values[3] == pytest.approx([0.9, 0, 0, 0], abs=0.001)
    assert values[5] == pytest.approx([0, 0.9, 0, 0.9], abs=0.001)
    assert values[10, 2] > 0.99  # nothing is seen there
    assert others[7] == pytest.approx([0, 0, 0.9, 0.95], abs=0.001)
    assert band_of([0, 1, 2, 3, 4], path) == (
        (0, 0.5, "31"), (0.5, 2, "51"), (2, 3.5, "7"), (3.5, 4, "57"),
    )  # fmt: skip


def test_without_digits_one_lane_has_all_windows() -> None:
    path = [None, read_at(), read_at((8, 4, 0.2))]
    lanes = find_lanes(path)
    assert len(lanes) == 1
    at, (values,) = probabilities(lanes, path)
    assert at.tolist() == [1, 2] and values[4, 1] == pytest.approx(0.2)
    at, values = probabilities(find_lanes([None]), [None])
    assert at.size == 0 and values.shape == (1, 11, 0) and band_of([0], [None]) == ()
    assert LaneCurves("", np.empty(0), values[0]).at(1.0) == ()


def test_windows_that_were_not_kept_are_unknown() -> None:
    lanes = find_lanes([read_at((0, 3, 0.9), (8, 1, 0.9))])
    output = np.full((11, 1, 400), np.log(0.09), np.float32)
    far = near(output, (0, 300), read(output))
    assert far.left > 50
    assert np.isnan(probabilities(lanes, [far])[1]).all()


def test_a_network_without_none_has_ten_probabilities() -> None:
    output = np.full((10, 2, 2), np.log(0.01), np.float32)
    output[7, 1, 0] = np.log(0.9)
    path = [near(output, (0, 0), read(output)), None]
    at, values = probabilities(find_lanes(path), path)
    assert at.tolist() == [0] and values.shape[1:] == (10, 1)
    assert values[0, 7, 0] == pytest.approx(0.9)
