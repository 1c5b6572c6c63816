"""The toy's signal: what is said of a move is what the numbers say."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from viz.chapters.pooling.measure.toy_signal import CELLS, ToySignal, windows_of
from viz.nets.pooling import LEAST, MOST, Pooling, pool_1d

SIDES = range(LEAST, MOST + 1)
MOVES = (-1, -0.25, 0.5, 1, 4)


def held(cell: int, pooling: Pooling) -> set[int]:
    """The windows that answer to a cell: a mean, weighted or not, is 0 only where it is not."""
    signal = np.zeros(CELLS, np.float32)
    if 0 <= cell < CELLS:
        signal[cell] = 1
    return set(np.flatnonzero(pool_1d(signal, pooling)).tolist())


def test_the_windows_of_a_cell_are_those_that_answer_to_it() -> None:
    for kind, size, stride in product(("average", "blur"), SIDES, SIDES):
        pooling = Pooling(kind, size, stride)
        for cell in range(-2, CELLS + 2):
            assert set(windows_of(cell, pooling)) == held(cell, pooling)


@pytest.mark.parametrize("kind", ["max", "average", "blur"])
def test_the_output_changes_only_across_borders_between_cells_or_by_a_blur(kind: str) -> None:
    """For every window, every place and every kind of move; two values and one, in turn."""
    signal = ToySignal()
    for size, stride in product(SIDES, SIDES):
        pooling = Pooling(kind, size, stride)
        linear = Pooling(kind if kind == "blur" else "average", size, stride)
        answers = {cell: held(cell, linear) for cell in range(-2 * CELLS, 2 * CELLS)}
        for start, (nth, move) in product(range(CELLS), enumerate(MOVES)):
            values = np.zeros(CELLS + 1)
            values[start : start + 2] = 0.8, (0.0, 0.4)[(start + nth + size + stride) % 2]
            signal.set(values[:CELLS].tolist())
            assert signal.move_to(move) and signal.moved == move
            has_changed = signal.changes(pooling)[1] >= 0.005
            places = np.flatnonzero(values[:CELLS]).tolist()
            ends = int(np.floor(move)), int(np.ceil(move))
            crossed = any(answers[at] != answers[at + end] for at in places for end in ends)
            seen = any(answers[at] or answers[at + end] for at in places for end in ends)
            assert (signal.crossed(pooling), signal.seen(pooling)) == (crossed, seen)
            assert not has_changed or crossed or move % 1 or kind == "blur"


def test_what_leaves_the_cells_comes_back() -> None:
    signal = ToySignal()
    signal.set([0, 0.5, 0, 0, 0, 0, 0, 1])
    signal.move_to(1)
    assert signal.values.tolist() == [0, 0, 0.5, 0, 0, 0, 0, 0]
    signal.move_to(99)
    assert signal.shift == CELLS and not signal.values.any()
    signal.move_to(0)
    assert signal.values.tolist() == [0, 0.5, 0, 0, 0, 0, 0, 1]
