"""Digits to measure a network on: MNIST's test digits where they are, else those that ship."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from viz.errors import UserError
from viz.nets.data import load_mnist
from viz.nets.pen import rendered
from viz.nets.shipped_digits import shipped_digits

Array = NDArray[np.float32]

SIDE = 32
"""Pixels along a side of a picture before it is brought to a network's window."""


@dataclass(frozen=True, eq=False)
class DigitSet:
    """Digits in the order of their set, each rendered when it is first asked for."""

    labels: NDArray[np.int64]
    is_mnist: bool
    _pixels: NDArray[np.uint8] | None
    _rendered: dict[int, Array]

    def __len__(self) -> int:
        return len(self.labels)

    def picture(self, number: int) -> Array:
        """Return one digit (32, 32) float32 in [0, 1], ink = 1, in the middle."""
        if self._pixels is not None:
            return np.pad(self._pixels[number].astype(np.float32) / 255, 2)
        if number not in self._rendered:
            self._rendered[number] = rendered(shipped_digits()[number], SIDE)
        return self._rendered[number]

    def windows(self, numbers: range | NDArray[np.intp], side: int, dx: int = 0) -> Array:
        """Return digits (N, side, side), moved ``dx`` whole pixels to the right.

        In a larger window they stand in the middle; for a smaller one they are first cut to the 28
        pixels that hold them and reduced by averaging where that is not enough.
        """
        pictures = np.stack([self.picture(int(number)) for number in numbers])
        if dx:
            moved = np.zeros_like(pictures)
            if dx > 0:
                moved[:, :, dx:] = pictures[:, :, :-dx]
            else:
                moved[:, :, :dx] = pictures[:, :, -dx:]
            pictures = moved
        return fitted(pictures, side)


def fitted(pictures: Array, side: int) -> Array:
    """Bring pictures (N, 32, 32) to (N, side, side); see ``DigitSet.windows``."""
    if side >= SIDE:
        before = (side - SIDE) // 2
        around = (before, side - SIDE - before)
        return np.pad(pictures, ((0, 0), around, around))
    cut = (SIDE - max(side, SIDE - 4)) // 2
    end = SIDE - (SIDE - max(side, SIDE - 4) - cut)
    pictures = pictures[:, cut:end, cut:end]
    if pictures.shape[1] == side:
        return pictures
    shares = _averaging(pictures.shape[1], side)
    return np.asarray(shares @ pictures @ shares.T, np.float32)


def _averaging(long: int, short: int) -> Array:
    """The matrix (short, long) whose rows average ``long`` / ``short`` neighbouring pixels."""
    edges = np.arange(short + 1) * long / short
    pixels = np.arange(long)
    low = np.maximum(edges[:-1, None], pixels)
    high = np.minimum(edges[1:, None], pixels + 1)
    return np.asarray(np.maximum(0, high - low) * short / long, np.float32)


@cache
def digit_set() -> DigitSet:
    """Read MNIST's 10,000 test digits, or else take the 1,500 that ship; once.

    Raises UserError where neither can be read.
    """
    try:
        digits = load_mnist(test=True)
    except UserError:
        labels = np.array([digit.label for digit in shipped_digits()], np.int64)
        return DigitSet(labels, False, None, {})
    return DigitSet(digits.labels.astype(np.int64), True, digits.images, {})
