"""Painting the segments of a line: brackets over windows, digits' shares, competing classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from viz.chapters.sliding_window.strip import Columns
from viz.chapters.sliding_window.tips import run_name
from viz.i18n import tr
from viz.measure.reading import Doubt, Run
from viz.views.theme import GRID, Theme
from viz.views.widgets.text_cache import TextCache, signed

RIVAL = 0.05
"""The least share of a digit that is named as a competing class."""


def span(columns: Columns, run: Run) -> tuple[float, float]:
    """Return the left and right end of a segment's columns."""
    left = columns.x(run.start) - columns.pitch / 2 + 2
    return left, columns.x(run.end - 1) + columns.pitch / 2 - 2


def draw_runs(
    painter: QPainter,
    small: TextCache,
    theme: Theme,
    columns: Columns,
    top: float,
    runs: Sequence[Run],
    none: bool,
) -> None:
    """Draw a bracket over each segment, its digit and, if it fits, its log-odds against none, or
    without this class just its log-odds."""
    painter.setFont(small.font)
    spans = [span(columns, run) for run in runs]
    lefts = [columns.left, *(right for _, right in spans)]
    rights = [*(left for left, _ in spans), columns.right]
    ahead = tr("ahead of none") if none else tr("log-odds")
    for number, (run, (left, right)) in enumerate(zip(runs, spans, strict=True)):
        digit = run.digit.digit
        colour = theme.text if digit is None else theme.class_ink(digit)
        painter.fillRect(QRectF(left, top, right - left, 2), colour)
        for x in (left, right - 2):
            painter.fillRect(QRectF(x, top - 2, 2, 4), colour)
        # A segment has half of the space to each neighbour; the outer segments have all beyond them
        before = left - (left - lefts[number]) / (2 if number else 1)
        after = right + (rights[number + 1] - right) / (1 if number + 1 == len(runs) else 2)
        name, score = run_name(run), signed(run.ahead, 1)
        parts = [name, score, ahead]
        while len(parts) > 1 and _wide(small, parts) > after - before - GRID:
            parts.pop()
        wide = _wide(small, parts)
        x = max(min((left + right - wide) / 2, after - wide), before)
        for part, gap in zip(parts, GAPS, strict=False):
            painter.setPen(theme.text if part is name else theme.quiet)
            x += gap + small.draw(painter, x + gap, top + GRID, part)


GAPS = (0, 2 * GRID, 1.5 * GRID)
"""Before a segment's name, its score, and what the score is."""


def _wide(small: TextCache, parts: Sequence[str]) -> float:
    return sum(gap + small.width(part) for part, gap in zip(parts, GAPS, strict=False))


def draw_shares(
    painter: QPainter, theme: Theme, columns: Columns, top: float, height: float, run: Run
) -> None:
    """Draw the shares of a segment's two likeliest digits, and the share that is required."""
    left, right = span(columns, run)
    painter.fillRect(QRectF(left, top, right - left, height), theme.line)
    x = left
    for number, share in run.shares:
        wide = (right - left) * min(share, 1.0)
        painter.fillRect(QRectF(x, top, wide, height), theme.class_colour(number))
        x += wide
    needed = left + (run.doubt or Doubt.WINDOW).value * (right - left)
    painter.fillRect(QRectF(needed - 0.5, top - 2, 1, height + 4), theme.text)


def draw_rivals(
    painter: QPainter,
    small: TextCache,
    theme: Theme,
    columns: Columns,
    top: float,
    runs: Iterable[Run],
) -> None:
    """Draw the competing classes' names and shares where they fit, those that made a [?] first."""
    taken: list[tuple[float, float]] = []
    painter.setFont(small.font)
    for run in sorted(runs, key=lambda run: (run.digit.digit is not None, -run.shares[1][1])):
        (first, most), (second, less) = run.shares
        if less < RIVAL:
            continue
        text = tr(
            "{first} {most:.0%} : {second} {less:.0%}",
            first=first, most=most, second=second, less=less,
        )  # fmt: skip
        half = small.width(text) / 2 + GRID
        last = max(columns.right - half, columns.left + half)
        x = min(max(sum(span(columns, run)) / 2, columns.left + half), last)
        if any(x - half < end and x + half > start for start, end in taken):
            continue
        taken.append((x - half, x + half))
        painter.setPen(theme.text if run.digit.digit is None else theme.quiet)
        small.draw(painter, x, top, text, align=0.5)
