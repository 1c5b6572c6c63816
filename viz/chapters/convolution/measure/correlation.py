"""Cross-correlation of arrays by any kernel, padding and stride, and what follows from their sizes.

Along one axis, of n values, a kernel of f, padding p before and q after, and stride s:

    outputs    ⌊(n + p + q − f)/s⌋ + 1
    left over  (n + p + q − f) mod s      values at the end that no window reaches

Correlation is y[i] = Σ k[a]·x[s·i + a − p]; convolution is the same with the kernel flipped both
ways: Dumoulin, Visin, "A guide to convolution arithmetic for deep learning", 2016.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Counts = NDArray[np.int64]

MODES = ("valid", "same", "full")
"""Padding by name: none; so much that stride 1 keeps the size; so much that windows touch by one
value at least."""

DIRECT = 20_000_000
"""Multiply-adds up to which the sums are taken directly, in double precision. Beyond it by OpenCV,
in single: an image of 1024×1024 in three colours by 11×11 has 380 million."""


@dataclass(frozen=True)
class Axis:
    """One axis of a correlation: ``size`` values, a ``kernel`` of so many, padding ``before`` and
    ``after``, and ``stride``.

    Raises ValueError for sizes below 1, padding below 0 and a stride below 1.
    """

    size: int
    kernel: int
    before: int = 0
    after: int = 0
    stride: int = 1

    def __post_init__(self) -> None:
        if min(self.size, self.kernel, self.stride) < 1 or min(self.before, self.after) < 0:
            raise ValueError(f"these sizes make no correlation: {self}")

    @property
    def outputs(self) -> int:
        """Windows that fit; 0 where the kernel is larger than what it slides over."""
        return max(0, self._room // self.stride + 1)

    @property
    def left_over(self) -> int:
        """Values at the end, padding included, that no window covers, where one fits at all."""
        return self._room % self.stride if self._room >= 0 else self.size

    @property
    def _room(self) -> int:
        return self.size + self.before + self.after - self.kernel

    def coverage(self) -> Counts:
        """Count the windows that cover each value, (size,); padding is not counted."""
        covered = np.zeros(self.before + self.size + self.after, np.int64)
        for first in range(0, self.outputs * self.stride, self.stride):
            covered[first : first + self.kernel] += 1
        return covered[self.before : self.before + self.size]

    def window(self, output: int) -> tuple[int, int]:
        """Return the first value that an output sees and the one after its last; below 0 and from
        ``size`` on they are padding."""
        first = output * self.stride - self.before
        return first, first + self.kernel


def axis(size: int, kernel: int, padding: str | int = "valid", stride: int = 1) -> Axis:
    """Make an axis with padding by name, one of ``MODES``, or of so many values on both sides.

    "same" with an even kernel pads one value more after than before, so its map is shifted by half
    a value: no middle falls on one.
    """
    if padding == "valid":
        before = after = 0
    elif padding == "full":
        before = after = kernel - 1
    elif padding == "same":
        before, after = (kernel - 1) // 2, kernel // 2
    elif isinstance(padding, int):
        before = after = padding
    else:
        raise ValueError(f"there is no padding {padding!r}")
    return Axis(size, kernel, before, after, stride)


def flipped(kernel: Array) -> Array:
    """Flip a kernel (…, h, w) both ways: correlation with it is convolution with the other."""
    return kernel[..., ::-1, ::-1]


def correlate(x: Array, kernel: Array, rows: Axis, columns: Axis) -> Array:
    """Correlate (…, H, W) with a kernel (h, w): (…, H′, W′) float32.

    ``rows`` and ``columns`` are made of these sizes. Raises ValueError where no window fits or
    sizes do not agree.
    """
    if (rows.size, columns.size) != x.shape[-2:] or (rows.kernel, columns.kernel) != kernel.shape:
        raise ValueError(f"{rows} and {columns} are not of {x.shape} and {kernel.shape}")
    if not (rows.outputs and columns.outputs):
        raise ValueError(f"no window of {kernel.shape} fits into {x.shape}")
    edges = [(0, 0)] * (x.ndim - 2)
    edges += [(rows.before, rows.after), (columns.before, columns.after)]
    padded = np.pad(x, edges) if any(map(any, edges)) else x
    images = int(np.prod(x.shape[:-2]))
    work = images * kernel.size * rows.outputs * columns.outputs
    sums = _directly if work <= DIRECT else _by_opencv
    return np.ascontiguousarray(sums(padded, kernel, rows, columns), np.float32)


def correlate_volume(x: Array, kernels: Array, rows: Axis, columns: Axis) -> Array:
    """Correlate a volume (c, H, W) with kernels (k, c, h, w): partial sums (k, c, H′, W′).

    Their sum over c is what a layer computes: channels are stacked in, and added up by a kernel.
    """
    if kernels.ndim != 4 or kernels.shape[1] != len(x):
        raise ValueError(f"kernels {kernels.shape} have other channels than {x.shape}")
    return np.stack(
        [
            [correlate(c, k, rows, columns) for c, k in zip(x, kernel, strict=True)]
            for kernel in kernels
        ]
    )


def products(x: Array, kernel: Array, rows: Axis, columns: Axis, place: tuple[int, int]) -> Array:
    """Return the products (h, w) that the output at ``place``, (row, column), adds up."""
    (top, bottom), (left, right) = rows.window(place[0]), columns.window(place[1])
    window = np.zeros(kernel.shape, np.float32)
    height, width = x.shape
    inside = x[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
    first, second = max(0, -top), max(0, -left)
    window[first : first + inside.shape[0], second : second + inside.shape[1]] = inside
    return window * kernel


def _directly(padded: Array, kernel: Array, rows: Axis, columns: Axis) -> NDArray[np.float64]:
    height, width = (
        side - reach + 1 for side, reach in zip(padded.shape[-2:], kernel.shape, strict=True)
    )
    sums = np.zeros((*padded.shape[:-2], rows.outputs, columns.outputs))
    for (row, column), weight in np.ndenumerate(kernel.astype(np.float64)):
        if weight:
            down = slice(row, row + height, rows.stride)
            right = slice(column, column + width, columns.stride)
            sums += weight * padded[..., down, right]
    return sums


def _by_opencv(padded: Array, kernel: Array, rows: Axis, columns: Axis) -> Array:
    """By Fourier transform for kernels from 11×11 on; ``filter2D`` does not flip the kernel."""
    import cv2  # only where there is a large image

    sums = np.empty((*padded.shape[:-2], rows.outputs, columns.outputs), np.float32)
    kernel = np.ascontiguousarray(kernel, np.float32)
    for index in np.ndindex(padded.shape[:-2]):
        image = np.ascontiguousarray(padded[index], np.float32)
        whole = cv2.filter2D(image, -1, kernel, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
        height, width = (
            side - reach + 1 for side, reach in zip(image.shape, kernel.shape, strict=True)
        )
        sums[index] = whole[: height : rows.stride, : width : columns.stride]
    return sums
