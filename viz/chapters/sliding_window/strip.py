"""The strip: one column per window of the output, with the class that wins there.

What shows windows side by side (the reading's steps, the networks' answers) shares these columns; a
canvas with more windows than there is room for shows those around one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QPainter

from viz.nets.architecture import NONE_CLASS
from viz.views.theme import Theme
from viz.views.widgets.text_cache import TextCache

WIDEST = 4.5
"""The widest column, in heights of small text."""


@dataclass(frozen=True)
class Columns:
    """``count`` of ``total`` columns, ``pitch`` pixels wide, from ``first`` at x = ``left`` on."""

    left: float
    pitch: float
    first: int
    count: int
    total: int

    @classmethod
    def within(
        cls, left: float, right: float, total: int, small: TextCache, shown: int, first: int = 0
    ) -> Columns:
        """As many columns as fit, ``shown`` among them; if they are not all, from ``first`` on
        unless ``shown`` would fall out of sight."""
        room, least = max(0.0, right - left), small.width("0") + 4
        if total * least <= room:
            return cls(left, min(room / total, WIDEST * small.height), 0, total, total)
        count = max(1, int(room // least))
        edge = min(2, (count - 1) // 2)  # the shown one has neighbours
        first = min(max(first, shown + edge + 1 - count), shown - edge)
        return cls(left, room / count, min(max(first, 0), total - count), count, total)

    @property
    def visible(self) -> range:
        """The columns in sight."""
        return range(self.first, self.first + self.count)

    @property
    def right(self) -> float:
        """Where the last one ends."""
        return self.left + self.count * self.pitch

    def x(self, column: float) -> float:
        """The middle of a column, or of a place between two."""
        return self.left + (column - self.first + 0.5) * self.pitch

    def at(self, x: float) -> int | None:
        """The column under x; None beside them."""
        column = self.first + int((x - self.left) // self.pitch)
        return column if column in self.visible and x >= self.left else None


def draw_winners(
    painter: QPainter,
    small: TextCache,
    theme: Theme,
    columns: Columns,
    place: tuple[float, float],
    winners: NDArray[np.int64],
    probabilities: NDArray[np.float32],
) -> None:
    """The winner of every column in sight, in its class's hue, and its probability as a bar.

    ``place``: top of the digits, and height of the bars below them. A digit is as opaque as it is
    probable; "none" is a dot. Numbers stand beside the digits where there is room for them.
    """
    top, bar = place
    digit, number = small.width("0"), small.width(_probability(1))
    numbered = columns.pitch >= digit + number + 10
    floor = top + small.height + bar
    painter.setFont(small.font)
    for column in columns.visible:
        winner, sure = int(winners[column]), float(min(probabilities[column], 1))
        x, colour = columns.x(column), theme.class_colour(winner)
        wide = max(2.0, columns.pitch - 4)
        if winner == NONE_CLASS:
            colour = theme.line
        painter.fillRect(QRectF(x - wide / 2, floor - bar * sure, wide, bar * sure), colour)
        if winner == NONE_CLASS:
            middle = QPointF(x, top + small.middle)
            painter.fillRect(QRectF(middle.x() - 1, middle.y() - 1, 2, 2), theme.quiet)
            continue
        colour = QColor(theme.text)
        colour.setAlphaF(0.25 + 0.75 * sure)
        painter.setPen(colour)
        start = x - (digit + 4 + number) / 2 if numbered else x - digit / 2
        small.draw(painter, start, top, str(winner))
        if numbered:
            painter.setPen(theme.quiet)
            small.draw(painter, start + digit + 4, top, _probability(sure))
    if columns.count < columns.total:
        painter.setPen(theme.quiet)
        if columns.first > 0:
            small.draw(painter, columns.left - 2, top, "‹", align=1.0)
        if columns.first + columns.count < columns.total:
            small.draw(painter, columns.right + 2, top, "›")


def _probability(value: float) -> str:
    """Two decimals, ``.96``; what is all but certain is ``.99``, not ``1.0`` among them."""
    return f"{min(value, 0.99):.2f}".removeprefix("0")
