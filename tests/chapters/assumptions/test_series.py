"""Series and their statistics by place, against plain sums, torch and theory."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
import torch

from viz.chapters.assumptions.measure.series import (
    AT,
    DRAWS,
    LENGTH,
    OUTLIER,
    PLACES,
    RISE,
    SEGMENT,
    cycles,
    distance,
    picture,
    series,
    statistics,
)
from viz.chapters.assumptions.stationarity import CRITICAL, Stationarity


def differs(*parts: str) -> bool:
    found = statistics(series(parts))
    return found.distance > Stationarity.limit(found)


def test_the_distance_is_the_largest_of_kolmogorov_and_smirnov() -> None:
    rng = np.random.default_rng(2)
    samples = [rng.normal(shift, 1, 150) for shift in (0, 0.1, 0.5)]
    largest = max(
        abs(float((a <= x).mean()) - float((b <= x).mean()))
        for a, b in combinations(samples, 2)
        for x in np.concatenate(samples)
    )
    assert distance(samples) == pytest.approx(largest, abs=1e-12)
    assert distance([samples[0], samples[0]]) == 0.0
    # Kolmogorov's limit distribution, from which the level of 1 % is taken
    beyond = 2 * sum((-1) ** (k - 1) * math.exp(-2 * (k * CRITICAL) ** 2) for k in range(1, 6))
    assert beyond == pytest.approx(0.01, abs=2e-4)


@pytest.mark.parametrize("part", ["trend", "season", "growing"])
def test_what_depends_on_place_is_found_not_stationary(part: str) -> None:
    assert differs(part)


def test_noise_cycles_and_a_single_outlier_are_stationary() -> None:
    assert not differs()
    assert not differs("cycles")
    assert not differs("outlier")


def test_the_parts_are_what_they_say() -> None:
    plain, trend = series(()), series(("trend",))
    np.testing.assert_allclose(trend - plain, np.linspace(0, RISE, LENGTH)[None].repeat(DRAWS, 0))
    lone = series(("outlier",)) - plain
    assert np.argwhere(lone).tolist() == [[0, AT]] and lone[0, AT] == OUTLIER
    found = statistics(series(("growing",)))
    assert found.deviation[0] == pytest.approx(0.4, rel=0.15)
    assert found.deviation[-1] == pytest.approx(2.0, rel=0.15)


def test_irregular_cycles_have_variance_1_and_their_peak_at_their_length() -> None:
    waves = cycles(400, np.random.default_rng(5))
    assert waves.var() == pytest.approx(1.0, abs=0.1)
    power = torch.fft.rfft(torch.from_numpy(waves)).abs().pow(2).mean(0)
    assert LENGTH / int(power.argmax()) == pytest.approx(20, rel=0.15)


def test_the_spectrum_is_torchs_of_the_segment_about_each_place() -> None:
    field = series(("season",))
    found = statistics(field)
    start = PLACES[1] - SEGMENT // 2
    segment = torch.from_numpy(field[:, start : start + SEGMENT].copy())
    taper = torch.hann_window(SEGMENT + 1, periodic=True, dtype=torch.float64)[1:]
    spectrum = torch.fft.rfft((segment - segment.mean(1, keepdim=True)) * taper)
    expected = spectrum.abs().pow(2).mean(0)[1:] / taper.pow(2).sum()
    np.testing.assert_allclose(found.power[1], expected.numpy(), rtol=1e-9)
    assert found.frequencies[0] == 1 / SEGMENT and found.frequencies[-1] == 0.5
    assert statistics(series(())).power.mean() == pytest.approx(1.0, abs=0.05)


def test_moments_are_over_draws_and_patches_of_the_first_draw() -> None:
    field = series(("trend", "outlier"))
    found = statistics(field)
    np.testing.assert_allclose(found.mean, field.mean(0))
    assert found.patch_mean[AT] == pytest.approx(field[0, AT - 8 : AT + 9].mean())
    assert np.isnan(found.patch_mean[0]) and np.isnan(found.patch_deviation[-1])
    np.testing.assert_allclose(found.shares.sum(1), 1.0)


def test_a_texture_is_smooth_in_both_directions_and_has_variance_1() -> None:
    texture = picture(())
    assert texture.var() == pytest.approx(1.0, abs=0.1)
    for axis in (0, 1):
        near = np.take(texture, range(1, 90), axis)
        beside = np.take(texture, range(89), axis)
        assert np.corrcoef(near.ravel(), beside.ravel())[0, 1] > 0.8
