"""Series and pictures that are stationary or not, and their statistics by place.

A signal is a field (R, N): R draws of one series, or the rows of a picture. It is stationary along
x where its distribution is the same at every x (as far as the draws tell).
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LENGTH = 128
"""Values of a series, and columns of a picture."""

DRAWS = 400
"""Draws of a series."""

ROWS = 96
"""Rows of a picture."""

PARTS = ("trend", "season", "growing", "cycles", "outlier")
"""What may be added to noise: a trend, a season of ``PERIOD``, growing variance, cycles whose
length varies, and one outlier in the draw that is shown."""

RISE, SWING, PERIOD = 3.0, 1.5, 40.0
SMALLEST, LARGEST = 0.4, 2.0
"""Standard deviations of the noise at both ends where it grows; else 1."""

OUTLIER, AT = 8.0, 84
"""How far out it lies, and where."""

CYCLE, DAMPING = 20.0, 0.97
"""The mean length of irregular cycles, and the modulus of the roots of their AR(2) process."""

PLACES = (16, 48, 80, 112)
"""Four places along x that are compared."""

HALF = 8
"""A patch reaches so far to each side of its place."""

SEGMENT = 32
"""Values whose spectrum is taken."""

BINS = 13


@dataclass(frozen=True, eq=False)
class Statistics:
    """Of a field by place: over all rows the ``mean`` (N,) and ``deviation`` (N,), of the first row
    alone the mean ``patch_mean`` and standard deviation ``patch_deviation`` of a patch (N,), NaN
    where it does not fit; and at each of ``places`` the share of values in each bin between
    ``edges`` (4, bins) and the power at each of ``frequencies`` (4, n), per value.

    ``distance`` is the largest difference between two of the four cumulative distributions.
    """

    field: Floats
    places: tuple[int, ...]
    mean: Floats
    deviation: Floats
    patch_mean: Floats
    patch_deviation: Floats
    edges: Floats
    shares: Floats
    frequencies: Floats
    power: Floats
    distance: float


def series(parts: Collection[str], seed: int = 1) -> Floats:
    """Draw ``DRAWS`` series (R, N): noise of variance 1, and what ``parts`` of ``PARTS`` names.

    The outlier is in the first one only: it is rare.
    """
    rng = np.random.default_rng(seed)
    field = rng.standard_normal((DRAWS, LENGTH))
    field = _shaped(field, parts, rng)
    if "outlier" in parts:
        field[0, AT] += OUTLIER
    return field


def picture(parts: Collection[str], seed: int = 1) -> Floats:
    """Draw a texture (R, N) of variance 1 that is smooth in both directions, with the same parts
    along x; the outlier is one spot."""
    rng = np.random.default_rng(seed)
    field = _smooth(_smooth(rng.standard_normal((ROWS, LENGTH)).T).T)
    field = _shaped(field, parts, rng, smooth=True)
    if "outlier" in parts:
        middle = ROWS // 2
        field[middle - 3 : middle + 3, AT - 3 : AT + 3] += OUTLIER
    return field


def _shaped(
    field: Floats, parts: Collection[str], rng: np.random.Generator, *, smooth: bool = False
) -> Floats:
    x = np.arange(LENGTH) / (LENGTH - 1)
    if "cycles" in parts:
        waves = cycles(len(field), rng)
        field = 0.5 * field + (_smooth(waves.T).T if smooth else waves)
    if "growing" in parts:
        field = field * (SMALLEST + (LARGEST - SMALLEST) * x)
    if "season" in parts:
        field = field + SWING * np.sin(2 * math.pi * np.arange(LENGTH) / PERIOD)
    if "trend" in parts:
        field = field + RISE * x
    return field


def cycles(rows: int, rng: np.random.Generator) -> Floats:
    """Draw (rows, N) of the AR(2) process whose roots turn by 2π / ``CYCLE`` a step, of variance 1:
    waves of about one length, each of its own phase, so that no place is like no other."""
    first, second = 2 * DAMPING * math.cos(2 * math.pi / CYCLE), -(DAMPING**2)
    burn_in = 200
    values = np.zeros((rows, burn_in + LENGTH))
    noise = rng.standard_normal(values.shape)
    for at in range(2, values.shape[1]):
        values[:, at] = first * values[:, at - 1] + second * values[:, at - 2] + noise[:, at]
    ratio = (1 - second) / ((1 + second) * ((1 - second) ** 2 - first**2))
    return np.asarray(values[:, burn_in:] / math.sqrt(ratio))


def _smooth(field: Floats) -> Floats:
    """Blur along the rows (round about) by a Gaussian of 1.5 px, and restore the variance."""
    reach = np.arange(-5, 6)
    weights = np.exp(-0.5 * (reach / 1.5) ** 2)
    weights /= math.sqrt(float((weights**2).sum()))
    return np.asarray(
        sum(w * np.roll(field, s, 1) for w, s in zip(weights, reach.tolist(), strict=True))
    )


def statistics(field: Floats) -> Statistics:
    """Measure a field (R, N) by place; its four places are spread over its width."""
    width = field.shape[1]
    places = tuple(round(place * width / LENGTH) for place in PLACES)
    half = max(1, HALF * width // LENGTH)
    patches = np.lib.stride_tricks.sliding_window_view(field[0], 2 * half + 1)
    patch_mean, patch_deviation = np.full(width, np.nan), np.full(width, np.nan)
    patch_mean[half : width - half] = patches.mean(1)
    patch_deviation[half : width - half] = patches.std(1)
    strips = [field[:, max(0, at - 1) : at + 2].ravel() for at in places]
    low, high = float(field.min()), float(field.max())
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    shares = np.stack([np.histogram(strip, edges)[0] / strip.size for strip in strips])
    length = min(SEGMENT, width // 2)
    power = np.stack([_power(field, at, length) for at in places])
    return Statistics(
        field, places, field.mean(0), field.std(0), patch_mean, patch_deviation, edges, shares,
        np.asarray(np.fft.rfftfreq(length)[1:], np.float64), power, distance(strips),
    )  # fmt: skip


def _power(field: Floats, at: int, length: int) -> Floats:
    """Mean periodogram over the rows of a segment about a place, with a Hann window and without the
    segment's mean; per value, so that noise of variance 1 has 1 everywhere."""
    start = min(max(0, at - length // 2), field.shape[1] - length)
    segment = field[:, start : start + length]
    taper = np.hanning(length + 2)[1:-1]
    values = np.fft.rfft((segment - segment.mean(1, keepdims=True)) * taper, axis=1)
    return np.asarray((np.abs(values[:, 1:]) ** 2).mean(0) / (taper**2).sum())


def distance(samples: Collection[Floats]) -> float:
    """Return the largest two-sample statistic of Kolmogorov and Smirnov among pairs of samples: the
    largest difference of their cumulative distributions, 0 … 1."""
    ordered = [np.sort(sample) for sample in samples]
    every = np.concatenate(ordered)
    cumulative = np.stack([np.searchsorted(one, every, "right") / len(one) for one in ordered])
    return float((cumulative.max(0) - cumulative.min(0)).max())
