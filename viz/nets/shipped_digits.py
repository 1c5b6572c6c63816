"""Shipped digits: 1,500 pen digits that come with the program, as strokes.

The resource ``pendigits.npz`` holds them, 150 of each class by the writers 1 to 25. Digit i shows
the figure i mod 10, and the first 250 are one of each class by each writer. They are a selection,
unchanged but for their place on the tablet, from E. Alpaydin, F. Alimoglu, "Pen-Based Recognition
of Handwritten Digits", UCI Machine Learning Repository, doi:10.24432/C5MG6K, CC BY 4.0.
``python -m viz.nets.shipped_digits --strokes FILE [--out FILE]`` makes the file anew from the data
set's pendigits-orig.tra, always the same.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.errors import UserError
from viz.i18n import tr
from viz.nets.architecture import NONE_CLASS
from viz.nets.pen import TEST_WRITERS, PenDigit, load_pen_digits, rendered
from viz.resources import resource_path

PER_CLASS = 150
COUNT = NONE_CLASS * PER_CLASS
WRITERS = range(1, TEST_WRITERS.start)
SEED = 9

SOURCE = (
    "A selection of 1,500 digits from: E. Alpaydin, F. Alimoglu, Pen-Based Recognition of "
    "Handwritten Digits, UCI Machine Learning Repository, https://doi.org/10.24432/C5MG6K, "
    "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). Each digit was moved to the origin "
    "and its y axis turned downwards; the points are otherwise the original ones."
)
"""What the file itself says about where its digits come from: it travels without this module."""

_DTYPES: dict[str, type[np.generic]] = {
    "labels": np.uint8,
    "writers": np.uint8,
    "strokes": np.uint8,
    "points": np.uint16,
    "x": np.int16,
    "y": np.int16,
}
"""The file's arrays: for each digit its label, its writer and how many strokes it has, for each
stroke how many points, for each point where it lies."""


def shipped_path() -> Path:
    """Return the path of the file of digits."""
    return resource_path("pendigits.npz")


@cache
def shipped_digits() -> tuple[PenDigit, ...]:
    """Read the 1,500 digits, once; digit i shows the figure i mod 10.

    Their points are in tablet units, y down, the upper left corner of each digit's box at (0, 0).
    Raises UserError if the file is missing or damaged.
    """
    return read_digits(shipped_path())


def shipped_windows(
    side: int = 32, count: int = COUNT
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Render the first ``count`` digits: (images, labels), in the order of ``shipped_digits``.

    ``images`` (count, side, side) float32 in [0, 1], ink = 1, each digit in the middle, 20 px high
    by its path (less if it would be wider than 28), the pen 2.4 px wide; ``labels`` (count,)
    int64. A side is rendered once (about 2 s for all); the arrays are the caller's own. Raises
    ValueError for a side under 32, which cuts digits off, and UserError as ``shipped_digits`` does.
    """
    if side < 32:
        raise ValueError(f"a side of {side} pixels cuts digits off; it takes 32")
    labels = np.array([digit.label for digit in shipped_digits()[:count]], np.int64)
    return _images(side, count).copy(), labels


@cache
def _images(side: int, count: int) -> NDArray[np.float32]:
    return np.stack([rendered(digit, side) for digit in shipped_digits()[:count]])


def read_digits(file: Path) -> tuple[PenDigit, ...]:
    """Read a file of shipped digits; UserError if it is missing or damaged, however."""
    try:
        # Opened here, because of a damaged archive NumPy leaves the file open
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
            return _unpacked({name: stored[name] for name in _DTYPES})
    except Exception as error:  # of damage NumPy, zipfile and zlib raise a dozen kinds
        raise UserError(
            tr(
                "The program's pen digits {file} are missing or damaged; reinstall LeNetScope.",
                file=file,
            )
        ) from error


def write_digits(digits: Sequence[PenDigit], file: Path) -> None:
    """Write ``digits`` as ``read_digits`` reads them, each moved to the origin."""
    strokes = [stroke for digit in digits for stroke in digit.strokes]
    corners = [np.concatenate(digit.strokes).min(0) for digit in digits]
    paths = np.concatenate(
        [s - corner for digit, corner in zip(digits, corners, strict=True) for s in digit.strokes]
    )
    columns: dict[str, Any] = {
        "labels": [digit.label for digit in digits],
        "writers": [digit.writer for digit in digits],
        "strokes": [len(digit.strokes) for digit in digits],
        "points": [len(stroke) for stroke in strokes],
        "x": paths[:, 0],
        "y": paths[:, 1],
    }
    arrays: dict[str, Any] = {
        name: np.array(columns[name]).astype(dtype) for name, dtype in _DTYPES.items()
    }
    with file.open("wb") as out:  # given a name, NumPy would add .npz to it
        np.savez_compressed(out, source=np.array(SOURCE), **arrays)


def choose(digits: Sequence[PenDigit]) -> list[PenDigit]:
    """Choose 150 digits of each class, in the order of the file.

    Of each class every writer gives one in turn, at random without repetition, until there are 150:
    six of each, and where a writer has fewer, the next ones give more. Raises UserError where a
    class has too few.
    """
    by_writer: dict[tuple[int, int], list[PenDigit]] = defaultdict(list)
    for number in np.random.default_rng(SEED).permutation(len(digits)):
        digit = digits[number]
        by_writer[digit.label, digit.writer].append(digit)
    classes = []
    for label in range(NONE_CLASS):
        rounds = zip_longest(*(by_writer[label, writer] for writer in WRITERS))
        found = [digit for turn in rounds for digit in turn if digit is not None]
        if len(found) < PER_CLASS:
            raise UserError(
                tr(
                    "The strokes hold {count} of the {needed} digits {label} that are needed; "
                    "name the data set's pendigits-orig.tra.",
                    count=len(found),
                    needed=PER_CLASS,
                    label=label,
                )
            )
        classes.append(found[:PER_CLASS])
    return [digit for turn in zip(*classes, strict=True) for digit in turn]


def _unpacked(stored: Mapping[str, NDArray[np.generic]]) -> tuple[PenDigit, ...]:
    """The digits of the file's arrays; ValueError unless these fit each other."""
    for name, dtype in _DTYPES.items():
        if stored[name].dtype != dtype or stored[name].ndim != 1:
            raise ValueError(f"{name} is no list of {dtype.__name__}")
    labels, writers, per_digit, per_stroke, x, y = (
        stored[name].astype(np.int64) for name in _DTYPES
    )
    fits = (
        len(labels) == len(writers) == len(per_digit) == COUNT
        and np.array_equal(labels, np.arange(COUNT) % NONE_CLASS)
        and np.isin(writers, WRITERS).all()
        and min(per_digit.min(), per_stroke.min()) > 0
        and per_digit.sum() == len(per_stroke)
        and per_stroke.sum() == len(x) == len(y)
        and min(x.min(), y.min()) >= 0
    )
    if not fits:
        raise ValueError("the arrays do not fit each other")
    path = np.stack([x, y], 1).astype(np.float64)
    path.setflags(write=False)
    strokes = iter(np.split(path, per_stroke.cumsum()[:-1]))
    return tuple(
        PenDigit(int(label), int(writer), tuple(next(strokes) for _ in range(count)))
        for label, writer, count in zip(labels, writers, per_digit, strict=True)
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Choose the pen digits that the program ships.")
    parser.add_argument("--strokes", type=Path, required=True, help="pendigits-orig.tra, or its gz")
    parser.add_argument("--out", type=Path, default=shipped_path(), help="default: the resource")
    arguments = parser.parse_args()
    write_digits(choose(load_pen_digits(arguments.strokes)), arguments.out)
