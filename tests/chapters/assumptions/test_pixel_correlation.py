"""Correlation against distance, by other ways to compute it; the pixels that are marked."""

from __future__ import annotations

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.assumptions.correlation import MIDDLE
from viz.chapters.assumptions.measure.correlation import (
    against_distance,
    correlations,
    neighbours,
    within,
)
from viz.chapters.assumptions.measure.permuting import order_at
from viz.scene import Scene
from viz.scene.digits import number


def test_pixels_are_correlated_as_numpy_does_and_what_never_varies_is_left_out() -> None:
    images = np.random.default_rng(1).random((50, 4, 4)).astype(np.float32)
    images[:, 0, 0] = 0
    *_, found = correlations(images)
    assert found is not None and not found.used[0] and found.used[1:].all()
    wanted = np.corrcoef(images.reshape(50, 16)[:, 1:].T)
    np.testing.assert_allclose(found.table[1:, 1:], wanted, atol=1e-5)
    assert (found.table[0] == 0).all()


def test_the_mean_is_that_over_all_pairs_of_used_pixels_at_a_distance() -> None:
    rng = np.random.default_rng(3)
    table, used = rng.random((36, 36)).astype(np.float32), rng.random(36) < 0.8
    table[~used] = table[:, ~used] = 0
    order = rng.permutation(36)
    found = against_distance(table, used, order)
    for distance in (0, 1, 3, 5):
        pairs = [
            table[order[a], order[b]]
            for a in range(36)
            for b in range(36)
            if round(np.hypot(a // 6 - b // 6, a % 6 - b % 6)) == distance
            and used[order[a]]
            and used[order[b]]
        ]
        assert found[distance] == pytest.approx(np.mean(pairs), abs=1e-6)
    assert np.isnan(found[8:]).all()  # no pair lies so far apart


def test_stripes_are_correlated_within_a_picture_until_they_are_permuted() -> None:
    stripes = np.tile(np.float32([1, 1, 0, 0]), (32, 8))
    plain, shuffled = (within(stripes, order_at(share)) for share in (0.0, 1.0))
    assert plain[0] == pytest.approx(1) and shuffled[0] == pytest.approx(1)
    assert plain[1] > 0.25 and np.abs(shuffled[1:20]).max() < 0.08
    assert np.isnan(within(np.ones((32, 32), np.float32), order_at(0.0))).all()


def test_neighbours_stand_1_and_32_apart_and_anywhere_once_permuted() -> None:
    place = 5 * 32 + 7
    assert neighbours(place, order_at(0.0)) == {
        offset: place + offset for offset in (0, -32, -1, 1, 32)
    }
    assert set(neighbours(31, order_at(0.0))) == {0, -1, 32}  # the end of the first row
    order = order_at(1.0)
    moved = neighbours(place, order)
    assert all(order[at] == place + offset for offset, at in moved.items())


def test_over_digits_neighbours_go_together_and_permuted_none_more_than_others(
    new_lab: NewLab,
) -> None:
    lab = new_lab(number("3"))
    view = lab.show("correlation", (900, 260))
    view.restore({"permuted": 1.0})
    lab.settle()
    plain, shuffled = view.result.digits
    assert plain[1] > 0.6 > 0.2 > plain[5] and np.ptp(shuffled[1:25]) < 0.1
    drawing, permuted_drawing = view.result.drawing
    assert drawing[1] > 0.5 and np.abs(permuted_drawing[1:20]).max() < 0.1
    assert "over" in view.formula() and view.formula().count("<b>") == 2


def test_a_click_marks_a_pixel_and_finds_it_again_in_the_strip(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = lab.show("correlation", (900, 260))
    view.restore({"permuted": 0.0})
    lab.settle()
    assert view.pixel == MIDDLE and "−32, −1, +1, +32" in view.strip.caption
    view.restore({"permuted": 1.0})
    lab.settle()
    at = view.before.cell_rect(4, 9).center().toPoint()
    QTest.mouseClick(view.before, Qt.MouseButton.LeftButton, pos=at)
    assert view.state()["pixel"] == 4 * 32 + 9
    places = [round(mark.x()) for mark in view.strip.marks]
    assert [int(order_at(1.0)[place]) for place in places] == [137, 105, 136, 138, 169]
    at = view.strip.cell_rect(3, 600).center().toPoint()
    QTest.mouseClick(view.strip, Qt.MouseButton.LeftButton, pos=at)
    places = [round(mark.x()) for mark in view.strip.marks]
    assert abs(places[0] - 600) <= 1  # a pixel of the strip is less than one of the screen
    assert view.pixel == int(order_at(1.0)[places[0]])
    kept = view.state()
    for wrong in (-1, 1024, True, "9"):
        view.restore({"pixel": wrong, "permuted": 7})
    assert view.state() == kept
    lab.go(Scene(32, 32))
    assert "empty" in view.message
