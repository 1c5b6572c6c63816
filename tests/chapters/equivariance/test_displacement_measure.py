"""Displacement: known shifts of known pictures come back, and what cannot be known is NaN."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.chapters.equivariance.measure.displacement import displacement

Y, X = np.mgrid[0:14, 0:30].astype(np.float64)


def bump(x: float, y: float, maps: int = 3) -> np.ndarray:
    """Smooth hills about (x, y), wider from map to map, on a constant ground."""
    return np.stack(
        [np.exp(-((X - x) ** 2 + (Y - y) ** 2) / (3 + 2 * k)) for k in range(maps)]
    ).astype(np.float32)


@given(st.floats(-6, 6), st.floats(-2.5, 2.5))
def test_smooth_hills_are_followed_to_a_twentieth(dx: float, dy: float) -> None:
    found = displacement(bump(14, 7), bump(14 + dx, 7 + dy))
    assert np.allclose(found, (dx, dy), atol=0.05)


@given(st.integers(-8, 8), st.integers(-3, 3), st.integers(0, 99))
def test_whole_shifts_of_anything_are_exact(dx: int, dy: int, seed: int) -> None:
    inner = np.random.default_rng(seed).random((4, 6, 8), np.float32)
    before, after = np.zeros((2, 4, 14, 30), np.float32)
    before[:, 4:10, 11:19] = inner
    after[:, 4 + dy : 10 + dy, 11 + dx : 19 + dx] = inner
    assert np.allclose(displacement(before, after), (dx, dy), atol=1e-3)


def test_a_constant_ground_does_not_hold_the_estimate_back() -> None:
    ground = np.full((3, 1, 1), 20, np.float32)
    found = displacement(bump(10, 7) + ground, bump(14.5, 6) + ground, ground)
    assert np.allclose(found, (4.5, -1), atol=0.05)


def test_ablated_maps_change_nothing() -> None:
    before, after = bump(10, 7), bump(12.25, 8)
    whole = displacement(before, after)
    dead = np.zeros((2, 14, 30), np.float32)
    found = displacement(np.concatenate([before, dead]), np.concatenate([after, dead]))
    assert np.allclose(found, whole, atol=1e-6)


def test_what_leaves_the_map_does_not_drag_the_estimate() -> None:
    """A second hill moves out of the picture; a centroid would be off by many pixels."""
    before, after = (bump(10 + d, 7) + bump(25 + d, 7) for d in (0, 4))
    assert np.allclose(displacement(before, after), (4, 0), atol=0.1)


@pytest.mark.parametrize("shape", [(5, 1, 9), (5, 2, 9)])
def test_short_maps_tell_nothing_across(shape: tuple[int, int, int]) -> None:
    maps = np.random.default_rng(0).random(shape, np.float32)
    maps[:, :, -2:] = 0
    after = np.zeros_like(maps)
    after[:, :, 2:] = maps[:, :, :-2]
    dx, dy = displacement(maps, after)
    assert dx == pytest.approx(2, abs=1e-3) and math.isnan(dy)


def test_nothing_drawn_is_nothing_measured() -> None:
    zero = np.zeros((3, 14, 30), np.float32)
    for pair in ((zero, zero), (zero, bump(9, 9)), (bump(9, 9), zero)):
        assert all(map(math.isnan, displacement(*pair)))


def test_stripes_tell_nothing_along_themselves() -> None:
    before = np.repeat(np.exp(-((X - 10) ** 2) / 4)[None], 2, 0).astype(np.float32)
    after = np.repeat(np.exp(-((X - 12) ** 2) / 4)[None], 2, 0).astype(np.float32)
    dx, dy = displacement(before, after)
    assert dx == pytest.approx(2, abs=0.05) and math.isnan(dy)
