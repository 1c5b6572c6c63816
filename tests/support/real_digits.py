"""Real digits, written in lines: MNIST's test digits, and pen strokes of writers held out.

Where these data are missing, the pen digits that come with the program.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from viz.nets.data import load_mnist
from viz.nets.pen import PenDigit, fit, load_pen_digits, split_writers
from viz.nets.shipped_digits import shipped_digits

Floats = NDArray[np.float32]
Rng = np.random.Generator

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@cache
def _mnist() -> tuple[NDArray[np.uint8], NDArray[np.uint8]] | None:
    named = os.environ.get("MNIST_DIR")
    folder = Path(named) if named else SHARED / "mnist"
    if not any(folder.glob("t10k-images*")):
        return None
    digits = load_mnist(folder, test=True)
    return digits.images, digits.labels


@cache
def _writers() -> tuple[tuple[PenDigit, ...], ...]:
    """Pen digits by writer."""
    files = sorted((SHARED / "pendigits").glob("pendigits-orig.tra*"))
    pens = split_writers(load_pen_digits(files[0]))[1] if files else shipped_digits()
    numbers = sorted({pen.writer for pen in pens})
    return tuple(tuple(pen for pen in pens if pen.writer == number) for number in numbers)


class Hand:
    """Writes digits: those of MNIST, or one writer's with a pen ``pen`` times their height wide."""

    def __init__(self, rng: Rng, pen: float | None = None) -> None:
        self._rng = rng
        self._pen = pen or rng.uniform(0.05, 0.13)
        self._mnist = _mnist() if pen is None and rng.random() < 0.5 else None
        writers = _writers()
        self._writer = writers[rng.integers(len(writers))]
        self._slant = rng.normal(0, 0.05)

    def digit(self, value: int, height: int) -> Floats:
        """Write a digit: (height, w) in [0, 1], cut off at its ink."""
        return self._of_mnist(value, height) if self._mnist else self._of_pen(value, height)

    def _of_mnist(self, value: int, height: int) -> Floats:
        assert self._mnist is not None
        images, labels = self._mnist
        some = np.flatnonzero(labels == value)
        picture = _cropped(images[self._rng.choice(some)] / np.float32(255), 0.2, 1)
        width = max(1, round(picture.shape[1] * height / picture.shape[0]))
        large = Image.fromarray(np.rint(picture * 255).astype(np.uint8))
        large = large.resize((width, height), Image.Resampling.BICUBIC)
        if height <= 60:
            return np.asarray(large, np.float32) / np.float32(255)
        grey = large.filter(ImageFilter.GaussianBlur(height / 40))
        sharp = (np.asarray(grey, np.float32) / 255 - 0.5) * height / 30 + 0.5  # a pen's edge
        return _cropped(np.clip(sharp, 0, 1), 0.5)

    def _of_pen(self, value: int, height: int) -> Floats:
        some = [pen for pen in self._writer if pen.label == value]
        pen = some[self._rng.integers(len(some))]
        fine = max(1, round(160 / height))
        tall, wide = height * fine, self._pen * height * fine
        strokes = fit(pen, tall - wide, 1.6 * tall)
        image = Image.new("L", (2 * tall, tall + 4 * fine))
        draw = ImageDraw.Draw(image)
        for stroke in strokes:
            x = stroke[:, 0] + self._slant * -stroke[:, 1] + tall
            points = list(
                zip(x.tolist(), (stroke[:, 1] + tall / 2 + 2 * fine).tolist(), strict=True)
            )
            draw.line(points, 255, max(1, round(wide)), joint="curve")
            for px, py in (points[0], points[-1]):
                draw.ellipse((px - wide / 2, py - wide / 2, px + wide / 2, py + wide / 2), 255)
        return _cropped(np.asarray(image.reduce(fine), np.float32) / np.float32(255), 0.3)

    def row(
        self,
        text: str,
        height: int,
        *,
        gap: tuple[float, float] = (0.15, 0.6),
        jitter: float = 0.06,
    ) -> Floats:
        """Write a line: gaps and jitter in heights; a "-" is a short stroke in the middle."""
        rng, parts = self._rng, []
        for figure in text:
            tall = max(4, round(height * rng.uniform(1 - jitter, 1)))
            ink = self._dash(tall) if figure == "-" else self.digit(int(figure), tall)
            down = round(rng.uniform(0, 1) * max(0, height - ink.shape[0]))
            if figure == "-":
                down = round(height * rng.uniform(0.42, 0.55))
            space = round(height * rng.uniform(*gap))
            parts.append(np.pad(ink, ((down, max(0, height - ink.shape[0] - down)), (0, space))))
        longest = max(part.shape[0] for part in parts)
        padded = [np.pad(part, ((0, longest - part.shape[0]), (0, 0))) for part in parts]
        return _cropped(np.concatenate(padded, axis=1), 0.2)

    def _dash(self, height: int) -> Floats:
        thick = max(1, round((self._pen if self._mnist is None else 0.12) * height))
        return np.ones((thick, round(height * self._rng.uniform(0.35, 0.6))), np.float32)


def _cropped(ink: Floats, least: float, margin: int = 0) -> Floats:
    """The box of what is at least ``least``, with a margin of pixels of what there is."""
    rows, columns = np.flatnonzero(ink.max(1) >= least), np.flatnonzero(ink.max(0) >= least)
    top, left = max(0, rows[0] - margin), max(0, columns[0] - margin)
    return np.ascontiguousarray(
        ink[top : rows[-1] + 1 + margin, left : columns[-1] + 1 + margin], np.float32
    )
