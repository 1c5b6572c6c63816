"""Windows: what wins in each window of the output, and which of many windows to write it for."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from viz.measure.reading import LINE_REACH, Reading
from viz.nets.architecture import NONE_CLASS

MAX_LINES = 3
"""Lines of winners shown at once."""


def window_lines(reading: Reading, rows: int) -> tuple[tuple[int, ...], ...]:
    """Decide which rows of windows each line of winners stands for, from top to bottom.

    Up to three rows are shown one by one. Of more, a line of winners for each line of writing
    (the rows in which its digits were found), at most three; one for all rows if nothing was read.
    """
    if rows <= MAX_LINES:
        return tuple((row,) for row in range(rows))
    found: dict[int, list[float]] = {}
    for digit in reading.digits:
        found.setdefault(digit.line, []).append(digit.row)
    lines = [
        tuple(range(max(0, math.floor(min(at))), min(rows - 1, math.ceil(max(at))) + 1))
        for _, at in sorted(found.items())
    ]
    return tuple(lines[:MAX_LINES]) or (tuple(range(rows)),)


def most_lines(rows: int) -> int:
    """Return how many lines of winners an output of so many rows can have."""
    return rows if rows <= MAX_LINES else min(MAX_LINES, 1 + (rows - 1) // (LINE_REACH + 1))


def winners(
    log_probs: NDArray[np.float32], rows: tuple[int, ...]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """Find the window of each column that sees a digit best, and the class that wins there.

    ``log_probs`` (11, H′, W′). Returns (W′,) arrays: row of the window, class, its probability.
    """
    part = log_probs[:, rows]
    best = part[:NONE_CLASS].max(0).argmax(0)
    columns = np.arange(part.shape[2])
    scores = part[:, best, columns]
    classes = scores.argmax(0)
    return np.asarray(rows)[best], classes, np.exp(scores[classes, columns])


def most_confident(
    digits: list[int], probabilities: NDArray[np.float32], apart: float
) -> list[int]:
    """Return the columns of ``digits``, most confident first, ``apart`` from better ones."""
    taken: list[int] = []
    for column in sorted(digits, key=lambda j: (-probabilities[j], j)):
        if all(abs(column - other) >= apart for other in taken):
            taken.append(column)
    return taken
