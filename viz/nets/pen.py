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
from viz.scene import Stroke, rasterize

Points = NDArray[np.float64]

HEIGHT_PX, MOST_WIDTH_PX = 20.0, 28.0
"""The height at which a digit is drawn, by its path, and the width at which it becomes smaller."""

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
    """Read all digits of a UNIPEN file (plain or .gz), in its order; UserError if damaged."""
    return parse_unipen(read_bytes(file).decode("latin-1"), str(file))


def parse_unipen(text: str, name: str) -> list[PenDigit]:
    """Read the digits of UNIPEN ``text``; ``name`` is what a UserError calls it."""
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
                "{file} is damaged or not a UNIPEN file of digits (line {line}: {error}); "
                "choose another file.",
                file=name,
                line=number,
                error=error,
            )
        ) from error
    if not digits:
        raise UserError(
            tr("{file} holds no pen digits in UNIPEN's format; choose another file.", file=name)
        )
    return digits


def split_writers(digits: Sequence[PenDigit]) -> tuple[list[PenDigit], list[PenDigit]]:
    """Divide digits into those for training and those by ``TEST_WRITERS``."""
    train = [d for d in digits if d.writer not in TEST_WRITERS]
    return train, [d for d in digits if d.writer in TEST_WRITERS]


def fit(digit: PenDigit, height: float, max_width: float) -> list[Points]:
    """Scale the strokes evenly to ``height`` pixels (less if too wide), centred on (0, 0).

    The centre is that of the bounding box of the pen's path.
    """
    points = np.concatenate(digit.strokes)
    low, high = points.min(0), points.max(0)
    width, tall = np.maximum(high - low, 1e-9)
    scale = min(height / tall, max_width / width)
    return [(s - (low + high) / 2) * scale for s in digit.strokes]


def drawn(
    digit: PenDigit, centre: tuple[float, float] = (16.0, 16.0), width_px: float = 2.4
) -> list[Stroke]:
    """Place a digit on a canvas: its strokes ``HEIGHT_PX`` high, their box's centre at ``centre``.

    A digit that would be wider than ``MOST_WIDTH_PX`` is made smaller, evenly. ``width_px`` is the
    pen's width; all in pixels.
    """
    return [Stroke(s + centre, width_px) for s in fit(digit, HEIGHT_PX, MOST_WIDTH_PX)]


def rendered(digit: PenDigit, side: int = 32, width_px: float = 2.4) -> NDArray[np.float32]:
    """Render a digit in the middle of a square: (side, side) float32 in [0, 1], ink = 1."""
    return rasterize(drawn(digit, (side / 2, side / 2), width_px), side, side)
