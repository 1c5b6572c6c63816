"""A kernel applied to an input: sums of products, then bias, absolute value and ReLU.

    cross-correlation    y[i, j] = Σ k[a, b] · x[i + a, j + b]
    convolution          the same with k flipped both ways

Only windows that lie within the input count ("valid").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from viz.chapters.convolution.measure import correlation
from viz.chapters.convolution.measure.correlation import Array, Axis, axis, correlate
from viz.chapters.convolution.measure.inputs import Bytes, Input, Matrix

Place = tuple[int, int]
"""Row and column of an output."""

COARSE = 8
"""Of an image with more than ``_LARGE`` values every so many rows and columns are shown first."""

_LARGE = 128 * 512
"""Pixels of the largest canvas."""

_FEW = 64
"""Places of a result that is walked one by one."""

_PALE = 0.1
"""A kernel whose sum is at least so large a share of the sum of its sizes keeps the brightness."""


@dataclass(frozen=True)
class Rule:
    """What is computed: the ``kernel``'s rows as they were given, whether they are flipped both
    ways, what is added to the sum, and what becomes of it: |y|, then max(0, y)."""

    kernel: Matrix
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
    """A rule applied to an input: ``values`` (c, H′, W′) at every ``step``-th place of
    ``rows.outputs`` × ``columns.outputs``.

    Of a picture in colour ``colours`` are the result's, (H′, W′, 3), which go from ``low`` to
    ``high``; of others these are the ends of the scale.
    """

    rule: Rule
    input: Input
    values: Array
    step: int
    rows: Axis
    columns: Axis
    low: float
    high: float
    colours: Bytes | None = None

    def window(self, place: Place) -> Array:
        """Return the values (h, w) that the output at a place sees, of a picture in colour the
        green ones."""
        (top, bottom), (left, right) = self.rows.window(place[0]), self.columns.window(place[1])
        return self.input.x[self.input.channel, top:bottom, left:right]

    def products(self, place: Place) -> Array:
        """Return the products (h, w) that the output at a place adds up."""
        return self.window(place) * self.rule.laid

    def within(self, place: Place) -> Place:
        """Return the place that is nearest to one, among those that there are."""
        row, column = min(place[0], self.rows.outputs - 1), min(place[1], self.columns.outputs - 1)
        return max(0, row), max(0, column)

    @property
    def is_small(self) -> bool:
        """Whether its places are few enough to visit each."""
        return self.rows.outputs * self.columns.outputs <= _FEW

    def after(self, place: Place) -> Place:
        """Return the place after one, along its row, then in the next; of the last the first. In a
        large result it is further away, so that a walk over all of it does not take long."""
        along, down = 1, 1
        if not self.is_small:
            along, down = max(1, self.columns.outputs // 60), max(1, self.rows.outputs // 20)
        row, column = place[0], place[1] + along
        if column >= self.columns.outputs:
            row, column = row + down, 0
        return (row, column) if row < self.rows.outputs else (0, 0)

    @property
    def strongest(self) -> Place:
        """The place whose value is furthest from 0; of several the first."""
        sizes = np.abs(self.values[self.input.channel])
        row, column = divmod(int(sizes.argmax()), sizes.shape[1])
        return row * self.step, column * self.step


def fits(shape: Sequence[int], rule: Rule) -> bool:
    """Tell whether at least one window lies within an input (…, H, W)."""
    return shape[-2] >= len(rule.kernel) and shape[-1] >= len(rule.kernel[0])


def apply(source: Input, rule: Rule) -> Iterator[Applied]:
    """Apply a rule to an input; to a large one coarsely first. Raises ValueError where no window
    fits."""
    x, laid = source.x, rule.laid
    rows, columns = axis(x.shape[1], laid.shape[0]), axis(x.shape[2], laid.shape[1])
    if x[0].size <= _LARGE:
        values = rule.finish(correlate(x, laid, rows, columns))
        low, high = _reach(rule, source.most)
        yield _coloured(Applied(rule, source, values, 1, rows, columns, low, high))
        return
    coarse_rows, coarse_columns = replace(rows, stride=COARSE), replace(columns, stride=COARSE)
    values = rule.finish(correlate(x, laid, coarse_rows, coarse_columns))
    low, high = _span(rule, values)
    yield _coloured(Applied(rule, source, values, COARSE, rows, columns, low, high))
    values = rule.finish(correlate(x, laid, rows, columns))
    yield _coloured(Applied(rule, source, values, 1, rows, columns, low, high))


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
    if len(applied.input.x) != 3:
        return applied
    low, high = applied.low, applied.high
    shares = np.moveaxis((applied.values - np.float32(low)) * np.float32(255 / (high - low)), 0, 2)
    return replace(applied, colours=np.clip(shares, 0, 255).astype(np.uint8))
