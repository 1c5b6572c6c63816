"""Windows: which sees a digit best, lines of writing, and the most confident of neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.measure.reading import ReadDigit, Reading, read
from viz.measure.windows import most_confident, most_lines, window_lines, winners
from viz.nets.architecture import CLASSES, NONE_CLASS


@given(
    st.lists(st.floats(0.125, 1, width=32), min_size=1, max_size=60),
    st.floats(1, 8),
)
def test_of_neighbours_the_surest_is_kept(probabilities: list[float], apart: float) -> None:
    values = np.array(probabilities, np.float32)
    kept = most_confident(list(range(len(values))), values, apart)
    assert values[kept[0]] == values.max()
    assert all(abs(a - b) >= apart for i, a in enumerate(kept) for b in kept[:i])
    for column in range(len(values)):
        assert any(
            abs(column - other) < apart and values[other] >= values[column] for other in kept
        )


def digit(row: float, line: int) -> ReadDigit:
    return ReadDigit(3, row, 2.0, 0.9, line)


def reading(*digits: ReadDigit) -> Reading:
    return Reading("", digits, np.zeros(1, np.int64), np.zeros(1, np.float32))


def test_up_to_three_rows_are_shown_one_by_one_then_lines_of_writing() -> None:
    assert window_lines(reading(), 1) == ((0,),)
    assert window_lines(reading(digit(1, 0)), 3) == ((0,), (1,), (2,))
    assert window_lines(reading(), 5) == ((0, 1, 2, 3, 4),)
    assert window_lines(reading(digit(1.4, 0), digit(2.1, 0), digit(10, 1)), 25) == (
        (1, 2, 3),
        (10,),
    )
    assert len(window_lines(reading(*(digit(5 * n, n) for n in range(5))), 25)) == 3
    assert window_lines(reading(digit(24, 0)), 25) == ((24,),)


def test_no_more_lines_are_read_than_have_room() -> None:
    """At best a digit in every fourth row, the least distance of two lines."""
    for rows in range(1, 20):
        log_probs = np.full((11, rows, 9), -12.0, np.float32)
        log_probs[10] = 0
        log_probs[10, ::4, 3:5], log_probs[3, ::4, 3:5] = -12, 0
        found = window_lines(read(log_probs), rows)
        assert len(found) == most_lines(rows), rows


@given(
    st.sampled_from((NONE_CLASS, CLASSES)),
    st.integers(1, 6),
    st.integers(1, 12),
    st.integers(0, 9999),
)
def test_a_column_s_winner_is_the_window_that_sees_a_digit_best(
    count: int, rows: int, columns: int, seed: int
) -> None:
    """With and without "none"."""
    logits = np.random.default_rng(seed).normal(0, 3, (count, rows, columns)).astype(np.float32)
    log_probs = logits - np.log(np.exp(logits).sum(0))
    chosen = tuple(range(0, rows, 2))
    where, classes, probabilities = winners(log_probs, chosen)
    for column in range(columns):
        assert where[column] in chosen
        best = log_probs[:NONE_CLASS, chosen, column].max()
        assert log_probs[:NONE_CLASS, where[column], column].max() == best
        scores = log_probs[:, where[column], column]
        assert classes[column] == scores.argmax()
        assert probabilities[column] == pytest.approx(np.exp(scores.max()))
