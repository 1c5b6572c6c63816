"""A kernel applied to an input: sums of products, then bias, absolute value and ReLU.

    cross-correlation    y[i, j] = Σ k[a, b] · x[i + a, j + b]
    convolution          the same with k flipped both ways

Only windows that lie within the input count ("valid").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from viz.chapters.convolution.measure import correlation
from viz.chapters.convolution.measure.correlation import Array, Axis, axis, correlate

Bytes = NDArray[np.uint8]

LIGHT = 10
"""The lecture's notes draw light with tens and dark with zeros."""

PATTERNS = ("light-dark", "dark-light", "checkerboard")
"""Of ``matrix``."""

COARSE = 8
"""Of an image with more than ``_LARGE`` values every so many rows and columns are shown first."""

_LARGE = 128 * 512
"""Pixels of the largest canvas."""

_PALE = 0.1
"""A kernel whose sum is at least so large a share of the sum of its sizes keeps the brightness."""


def matrix(pattern: str, side: int) -> Array:
    """Make a matrix of tens and zeros, at least 2×2: light on the left and dark on the right, its
    mirror, or the first over the second. Raises ValueError for another name."""
    light = np.full((side, side), LIGHT, np.float32)
    light[:, side // 2 :] = 0
    if pattern == "light-dark":
        return light
    if pattern == "dark-light":
        return np.ascontiguousarray(light[:, ::-1])
    if pattern == "checkerboard":
        return np.concatenate([light[: side // 2], light[side // 2 :, ::-1]])
    raise ValueError(f"there is no pattern {pattern!r}")


@dataclass(frozen=True)
class Rule:
    """What is computed: the ``kernel``'s rows as they were given, whether they are flipped both
    ways, what is added to the sum, and what becomes of it: |y|, then max(0, y)."""

    kernel: tuple[tuple[float, ...], ...]
    convolution: bool = False
    bias: float = 0.0
    absolute: bool = False
    rectified: bool = False

    @property
    def laid(self) -> Array:
        """The kernel as it lies on the window, (h, w)."""
        kernel = np.array(self.kernel, np.float32)
        return correlation.flipped(kernel) if self.convolution else kernel

    def finish(self, sums: Array | np.float32) -> Array:
        """Return what becomes of sums of products, or of one."""
        values = np.asarray(sums + np.float32(self.bias), np.float32)
        if self.absolute:
            values = np.abs(values)
        return np.maximum(values, np.float32(0)) if self.rectified else values


@dataclass(frozen=True, eq=False)
class Applied:
    """A rule applied to ``x`` (c, H, W), one channel or red, green and blue: ``values`` (c, H′, W′)
    at every ``step``-th place of ``rows.outputs`` × ``columns.outputs``.

    Of a picture in colour ``colours`` are the result's, (H′, W′, 3), which go from ``low`` to
    ``high``; of others these are the ends of the scale.
    """

    rule: Rule
    x: Array
    values: Array
    step: int
    rows: Axis
    columns: Axis
    low: float
    high: float
    colours: Bytes | None = None

    def products(self, channel: int, place: tuple[int, int]) -> Array:
        """Return the products (h, w) that the output at a place adds up."""
        laid = self.rule.laid
        return correlation.products(self.x[channel], laid, self.rows, self.columns, place)

    def window(self, channel: int, place: tuple[int, int]) -> Array:
        """Return the values (h, w) that the output at a place sees."""
        (top, bottom), (left, right) = self.rows.window(place[0]), self.columns.window(place[1])
        return self.x[channel, top:bottom, left:right]


def fits(shape: tuple[int, ...], rule: Rule) -> bool:
    """Tell whether at least one window lies within an input (…, H, W)."""
    return shape[-2] >= len(rule.kernel) and shape[-1] >= len(rule.kernel[0])


def apply(x: Array, rule: Rule, most: float = 1.0) -> Iterator[Applied]:
    """Apply a rule to (c, H, W), whose values are at most ``most``; a large image coarsely first.

    Raises ValueError where no window fits.
    """
    laid = rule.laid
    rows, columns = axis(x.shape[1], laid.shape[0]), axis(x.shape[2], laid.shape[1])
    if x[0].size <= _LARGE:
        values = rule.finish(correlate(x, laid, rows, columns))
        low, high = _reach(rule, most)
        yield _coloured(Applied(rule, x, values, 1, rows, columns, low, high))
        return
    coarse_rows, coarse_columns = replace(rows, stride=COARSE), replace(columns, stride=COARSE)
    values = rule.finish(correlate(x, laid, coarse_rows, coarse_columns))
    low, high = _span(rule, values)
    yield _coloured(Applied(rule, x, values, COARSE, rows, columns, low, high))
    values = rule.finish(correlate(x, laid, rows, columns))
    yield _coloured(Applied(rule, x, values, 1, rows, columns, low, high))


def _reach(rule: Rule, most: float) -> tuple[float, float]:
    """The least and the greatest value that any input of 0 … most could have: symmetric about 0
    unless there are none below it."""
    kernel = rule.laid.astype(np.float64) * most
    up = float(np.maximum(kernel, 0).sum()) + rule.bias
    down = float(np.minimum(kernel, 0).sum()) + rule.bias
    peak = max(abs(up), abs(down)) or 1.0
    return (0.0 if down >= 0 or rule.absolute or rule.rectified else -peak), peak


def _span(rule: Rule, values: Array) -> tuple[float, float]:
    """What a picture's brightness goes from and to: as the picture itself, if the kernel keeps its
    brightness, else as far as all but a few of the values go."""
    kernel = rule.laid
    total = float(kernel.sum())
    if total >= _PALE * float(np.abs(kernel).sum()) and total > 0:
        return 0.0, total
    peak = float(np.percentile(np.abs(values), 99.5)) or 1.0
    return (-peak if values.min() < 0 else 0.0), peak


def _coloured(applied: Applied) -> Applied:
    """With the colours of a result of three channels."""
    if len(applied.x) != 3:
        return applied
    low, high = applied.low, applied.high
    shares = np.moveaxis((applied.values - np.float32(low)) * np.float32(255 / (high - low)), 0, 2)
    return replace(applied, colours=np.clip(shares, 0, 255).astype(np.uint8))
