"""The bank: digits of MNIST and of the pen, as small squares of grey, for training to draw from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from viz.nets.data import Digits
from viz.nets.pen import PenDigit, fit
from viz.scene import Stroke, rasterize

BANK_SIDE = 36


@dataclass(frozen=True)
class Bank:
    """Digits to distort: ``images`` (N, 36, 36) uint8, centred, ``labels`` (N,) int64, and
    ``heights`` (N,) float32, the size in pixels at which each was written.
    """

    images: Tensor
    labels: Tensor
    heights: Tensor

    def joined(self, other: Bank) -> Bank:
        """Join both banks."""
        return Bank(
            torch.cat([self.images, other.images]),
            torch.cat([self.labels, other.labels]),
            torch.cat([self.heights, other.heights]),
        )


def mnist_bank(digits: Digits) -> Bank:
    """Put MNIST's digits, 28×28 as they are, in the middle of the bank's squares."""
    margin = (BANK_SIDE - 28) // 2
    images = np.pad(digits.images, ((0, 0), (margin, margin), (margin, margin)))
    labels = torch.from_numpy(digits.labels.astype(np.int64))
    return Bank(torch.from_numpy(images), labels, torch.full((len(digits),), 20.0))


def pen_bank(digits: list[PenDigit], copies: int, seed: int) -> Bank:
    """Render every pen digit ``copies`` times, with random pens, sizes and centring.

    Heights are 20 px in half of them and 12 … 27 in the others, pens 1.5 … 5 px wide; half are
    centred by their bounding box, half by their centre of mass, as MNIST is.
    """
    rng = np.random.default_rng(seed)
    images = np.zeros((len(digits) * copies, BANK_SIDE, BANK_SIDE), np.uint8)
    heights = np.zeros(len(images), np.float32)
    for number in range(len(images)):
        height = 20.0 if rng.random() < 0.5 else rng.uniform(12, 27)
        pen = rng.uniform(1.6, 3.2) if rng.random() < 0.7 else rng.uniform(1.5, 5)
        strokes = fit(digits[number % len(digits)], height - 0.5 * pen, BANK_SIDE - 8)
        middle = np.full(2, BANK_SIDE / 2)
        if rng.random() < 0.5:
            middle -= _centre_of_mass(strokes) * min(1.0, 4.0 / height * 5)
        ink = rasterize([Stroke(s + middle, pen) for s in strokes], BANK_SIDE, BANK_SIDE)
        images[number] = np.rint(ink * 255)
        heights[number] = height
    labels = np.tile(np.array([d.label for d in digits], np.int64), copies)
    return Bank(torch.from_numpy(images), torch.from_numpy(labels), torch.from_numpy(heights))


def _centre_of_mass(strokes: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Of the path (x, y), by length."""
    total, moment = 1e-9, np.zeros(2)
    for s in strokes:
        length = np.hypot(*np.diff(s, axis=0).T)
        total += float(length.sum())
        moment += (length[:, None] * (s[1:] + s[:-1]) / 2).sum(0)
    return np.asarray(moment / total)
