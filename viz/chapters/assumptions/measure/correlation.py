"""The correlation of two pixels against their distance, over digits and within one picture.

Over digits: Pearson's correlation of two pixels' values, for each pair of pixels. Within a picture:
the product of two pixels' deviations from its mean, in units of its variance. Both are averaged
over all pairs at one distance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from viz.chapters.assumptions.measure.permuting import Order, Window
from viz.errors import UserError
from viz.nets.architecture import WINDOW
from viz.nets.data import load_mnist
from viz.nets.experiments import centred
from viz.nets.pen import rendered
from viz.nets.shipped_digits import shipped_digits

Floats = NDArray[np.float64]

FARTHEST = 30
"""Pixels; beyond it there are few pairs."""

COUNT = 2_000
"""Digits of MNIST's test set that are looked at."""

PENNED = 500
"""Of the digits that ship, where MNIST is not to be had."""

LEAST_INKED = 0.01
"""Pixels that have ink in a smaller share of the digits are left out: margins never vary."""

_ROWS = 128
"""Of the table of correlations that are computed at once."""


@dataclass(frozen=True, eq=False)
class PixelCorrelations:
    """``table`` (n, n): the correlation of any two pixels over ``count`` digits, 0 for pixels that
    are not ``used`` (n,)."""

    table: NDArray[np.float32]
    used: NDArray[np.bool_]
    count: int
    is_mnist: bool


def correlations(images: NDArray[np.float32]) -> Iterator[PixelCorrelations | None]:
    """Correlate all pixels of images (N, side, side) with each other; None between parts."""
    values = images.reshape(len(images), -1)
    used = (values > 0).mean(0) >= LEAST_INKED
    away = values - values.mean(0)
    spread = np.sqrt((away * away).mean(0))
    unit = np.where(used & (spread > 0), away / np.where(spread > 0, spread, 1), 0)
    unit = unit.astype(np.float32)
    table = np.empty((values.shape[1],) * 2, np.float32)
    for row in range(0, len(table), _ROWS):
        table[row : row + _ROWS] = unit[:, row : row + _ROWS].T @ unit / len(images)
        yield None
    yield PixelCorrelations(table, used, len(images), False)


_kept: dict[str, PixelCorrelations] = {}


def of_digits() -> Iterator[PixelCorrelations | None]:
    """Correlate the pixels of MNIST's first test digits, or of digits that ship; once.

    Yields None between parts, the result last.
    """
    if "digits" not in _kept:
        images: list[NDArray[np.float32]]
        try:
            digits = centred(load_mnist(test=True).images[:COUNT])
            images, is_mnist = [(digits / np.float32(255)).astype(np.float32)], True
        except UserError:
            images, is_mnist = [], False
            for number, digit in enumerate(shipped_digits()[:PENNED]):
                images.append(rendered(digit, WINDOW)[None])
                if number % 20 == 19:
                    yield None
        for found in correlations(np.concatenate(images)):
            if found is not None:
                _kept["digits"] = replace(found, is_mnist=is_mnist)
            yield None
    yield _kept["digits"]


def against_distance(table: NDArray[np.float32], used: NDArray[np.bool_], order: Order) -> Floats:
    """Average correlations (n, n), 0 but for ``used`` pixels, over their pairs at each distance.

    Pixels stand where ``order`` (n,) puts them: place i has pixel order[i]. Returns (31,), for
    distances rounded to 0, 1, … 30 pixels; NaN where there is no pair.
    """
    near = _distances(int(len(order) ** 0.5))
    at = used[order]
    sums = np.bincount(near, table[np.ix_(order, order)].ravel(), FARTHEST + 2)
    pairs = np.bincount(near, np.logical_and.outer(at, at).ravel(), FARTHEST + 2)
    with np.errstate(invalid="ignore"):
        return np.asarray((sums / np.where(pairs > 0, pairs, np.nan))[: FARTHEST + 1])


def within(window: Window, order: Order) -> Floats:
    """Correlate the pixels of one picture (side, side), permuted by ``order``; as above."""
    values = window.ravel().astype(np.float64)
    spread = values.std()
    if spread == 0:
        return np.full(FARTHEST + 1, np.nan)
    unit = ((values - values.mean()) / spread).astype(np.float32)
    return against_distance(np.outer(unit, unit), np.ones(len(unit), bool), order)


def neighbours(place: int, order: Order) -> dict[int, int]:
    """Find where a pixel and its neighbours in the strip stand after a permutation.

    ``place``: of a pixel in the flattened picture. Returns {offset before: place after} for the
    offsets 0, ±1 and ±side that stay within the picture's row or column.
    """
    side = int(len(order) ** 0.5)
    row, column = divmod(place, side)
    after = np.argsort(order)
    found = {0: int(after[place])}
    for down, right in ((-1, 0), (0, -1), (0, 1), (1, 0)):
        if 0 <= row + down < side and 0 <= column + right < side:
            offset = down * side + right
            found[offset] = int(after[place + offset])
    return found


@cache
def _distances(side: int) -> NDArray[np.intp]:
    """The distance of any two places, rounded, those beyond ``FARTHEST`` as one more."""
    rows, columns = np.divmod(np.arange(side * side), side)
    apart = np.hypot(rows[:, None] - rows, columns[:, None] - columns)
    return np.asarray(np.minimum(np.rint(apart), FARTHEST + 1).ravel(), np.intp)
