"""Painting the runs of a line: brackets over windows, shares of their digits, rivals' names."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from viz.i18n import tr
from viz.measure.reading import CLEAR, Run
from viz.theme import GRID, Theme
from viz.views.lettering import Lettering, signed
from viz.views.sliding.strip import Columns
from viz.views.sliding.tips import run_name

RIVAL = 0.05
"""The least share of a digit that is named as a rival."""


def span(columns: Columns, run: Run) -> tuple[float, float]:
    """From where to where a run's columns reach."""
    left = columns.x(run.start) - columns.pitch / 2 + 2
    return left, columns.x(run.end - 1) + columns.pitch / 2 - 2


def draw_run(
    painter: QPainter, small: Lettering, theme: Theme, columns: Columns, top: float, run: Run
) -> None:
    """A bracket over the run's windows, its digit and, given room, how far it is ahead of none."""
    left, right = span(columns, run)
    digit = run.digit.digit
    colour = theme.text if digit is None else theme.class_colour(digit)
    painter.fillRect(QRectF(left, top, right - left, 2), colour)
    for x in (left, right - 2):
        painter.fillRect(QRectF(x, top - 2, 2, 4), colour)
    name, score = run_name(run), signed(run.ahead, 1)
    painter.setFont(small.font)
    painter.setPen(theme.text)
    middle = (left + right) / 2
    wide = small.width(name) + 2 * GRID + small.width(score)
    if wide > right - left + columns.pitch / 2:
        small.draw(painter, middle, top + GRID, name, align=0.5)
        return
    x = middle - wide / 2
    x += small.draw(painter, x, top + GRID, name) + 2 * GRID
    painter.setPen(theme.quiet)
    small.draw(painter, x, top + GRID, score)


def draw_shares(
    painter: QPainter, theme: Theme, columns: Columns, top: float, height: float, run: Run
) -> None:
    """The shares of the two likeliest digits of the run's surest window, and what is needed."""
    left, right = span(columns, run)
    painter.fillRect(QRectF(left, top, right - left, height), theme.line)
    x = left
    for number, share in run.shares:
        wide = (right - left) * min(share, 1.0)
        painter.fillRect(QRectF(x, top, wide, height), theme.class_colour(number))
        x += wide
    needed = left + CLEAR * (right - left)
    painter.fillRect(QRectF(needed - 0.5, top - 2, 1, height + 4), theme.text)


def draw_rivals(
    painter: QPainter,
    small: Lettering,
    theme: Theme,
    columns: Columns,
    top: float,
    runs: Iterable[Run],
) -> None:
    """The rivals' names and shares, those that made a [?] first, as far as there is room."""
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
