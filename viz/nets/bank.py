"""The bank: digits of MNIST, of the pen and of fonts, and shapes that are no digit.

Small squares of grey, for training to draw from.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from viz.nets.architecture import NONE_CLASS
from viz.nets.data import Digits
from viz.nets.pen import PenDigit, fit
from viz.nets.printed import printed_digit
from viz.nets.shapes import circle, shape
from viz.scene import Stroke, rasterize

BANK_SIDE = 36


@dataclass(frozen=True)
class Bank:
    """Digits to distort: ``images`` (N, 36, 36) uint8, centred, ``labels`` (N,) int64, and
    ``heights`` (N,) float32, the size in pixels at which each was written. Shapes that are no
    digit have the label ``NONE_CLASS``.
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


def printed_bank(families: list[list[Path]], count: int, seed: int) -> Bank:
    """Draw ``count`` digits, 12 … 27 px high, each of a random style of a random family."""
    rng = np.random.default_rng(seed)
    heights = rng.uniform(12, 27, count).astype(np.float32)
    heights[::2] = 20.0
    images = np.zeros((count, BANK_SIDE, BANK_SIDE), np.uint8)
    labels = np.arange(count) % 10
    for number, height in enumerate(heights):
        family = families[rng.integers(len(families))]
        font = family[rng.integers(len(family))]
        images[number] = printed_digit(font, int(labels[number]), float(height), BANK_SIDE)
    return Bank(torch.from_numpy(images), torch.from_numpy(labels), torch.from_numpy(heights))


def shape_bank(count: int, seed: int) -> Bank:
    """Draw ``count`` shapes that are no digit, one in twelve of them a circle, labelled 0."""
    rng = np.random.default_rng(seed)
    images = np.zeros((count, BANK_SIDE, BANK_SIDE), np.uint8)
    heights = np.zeros(count, np.float32)
    labels = np.where(np.arange(count) % 12, NONE_CLASS, 0)
    for number, label in enumerate(labels):
        ink, heights[number] = (shape if label == NONE_CLASS else circle)(rng, BANK_SIDE)
        images[number] = np.rint(ink * 255)
    return Bank(torch.from_numpy(images), torch.from_numpy(labels), torch.from_numpy(heights))


def _centre_of_mass(strokes: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Of the path (x, y), by length."""
    total, moment = 1e-9, np.zeros(2)
    for s in strokes:
        length = np.hypot(*np.diff(s, axis=0).T)
        total += float(length.sum())
        moment += (length[:, None] * (s[1:] + s[:-1]) / 2).sum(0)
    return np.asarray(moment / total)
