"""Real pen strokes: digits as trajectories, from a UNIPEN text file.

The format (Guyon et al. 1994): ``.SEGMENT DIGIT … "8"`` opens a digit with its label, the
``.COMMENT`` after it names digit, writer and tablet index, ``.PEN_DOWN`` and ``.PEN_UP`` enclose a
stroke, and every other line is a point ``x y`` in tablet units, y up. Data: Alpaydin, Alimoglu,
"Pen-Based Recognition of Handwritten Digits" (UCI), 30 writers of about 250 digits each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viz.errors import UserError
from viz.i18n import tr
from viz.nets.data import read_bytes

Points = NDArray[np.float64]

TEST_WRITERS = range(26, 31)
"""The writers whose digits no training sees."""

_SEGMENT = re.compile(r'\.SEGMENT\s+DIGIT\b.*"(\d)"\s*$')


@dataclass(frozen=True)
class PenDigit:
    """One digit: ``strokes``, each (N, 2) float64 in tablet units, x right, y down."""

    label: int
    writer: int
    strokes: tuple[Points, ...]


def load_pen_digits(file: Path) -> list[PenDigit]:
    """All digits of a UNIPEN file (plain or .gz), in its order; UserError if it is damaged."""
    return parse_unipen(read_bytes(file).decode("latin-1"), str(file))


def parse_unipen(text: str, name: str) -> list[PenDigit]:
    """The digits of UNIPEN ``text``; ``name`` is what an error calls it."""
    digits: list[PenDigit] = []
    label, writer, down = -1, 0, False
    strokes: list[list[tuple[float, float]]] = []

    def close() -> None:
        if label >= 0:
            parts = tuple(np.array(s, np.float64) for s in strokes if s)
            if not parts:
                raise ValueError("a digit without a point")
            digits.append(PenDigit(label, writer, parts))

    number = 0
    try:
        for line in map(str.strip, text.splitlines()):
            number += 1
            if line.startswith(".SEGMENT"):
                close()
                match = _SEGMENT.match(line)
                if match is None:
                    raise ValueError("not a digit's segment")
                label, writer, down, strokes = int(match[1]), 0, False, []
            elif line.startswith(".COMMENT") and label >= 0:
                writer = int(line.split()[2])
            elif line.startswith(".PEN_DOWN"):
                down = True
                strokes.append([])
            elif line.startswith(".PEN_UP"):
                down = False
            elif line and not line.startswith(".") and down:
                x, y = line.split()
                strokes[-1].append((float(int(x)), float(-int(y))))
        if down:
            raise ValueError("the last stroke is cut off")
        close()
    except (ValueError, IndexError, OverflowError) as error:
        raise UserError(
            tr(
                "{file} is damaged or no UNIPEN file of digits (line {line}: {error}).",
                file=name,
                line=number,
                error=error,
            )
        ) from error
    if not digits:
        raise UserError(tr("{file} holds no pen digits in UNIPEN's format.", file=name))
    return digits


def split_writers(digits: Sequence[PenDigit]) -> tuple[list[PenDigit], list[PenDigit]]:
    """(training, test): the test writers are kept out of training altogether."""
    train = [d for d in digits if d.writer not in TEST_WRITERS]
    return train, [d for d in digits if d.writer in TEST_WRITERS]


def fit(digit: PenDigit, height: float, max_width: float) -> list[Points]:
    """The strokes scaled evenly to ``height`` pixels (less if too wide), centred on (0, 0).

    The centre is that of the bounding box of the pen's path.
    """
    points = np.concatenate(digit.strokes)
    low, high = points.min(0), points.max(0)
    width, tall = np.maximum(high - low, 1e-9)
    scale = min(height / tall, max_width / width)
    return [(s - (low + high) / 2) * scale for s in digit.strokes]
