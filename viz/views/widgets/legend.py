"""The legend: a locked colour scale as a ramp between its two numbers.

Where there is less room the left number goes first, then the ramp.
"""

from __future__ import annotations

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QFontMetrics, QPainter

from viz.views.theme import GRID, Lut, Theme
from viz.views.widgets.tiles import ramp

RAMP, LEAST = 48, 12
"""The ramp's width in pixels, and the least it may shrink to."""

APART = 3 * GRID
"""Pixels between the legend and what stands before it: two numbers are not to be read as one."""


def least_width(metrics: QFontMetrics, numbers: tuple[str, str]) -> int:
    """Pixels that the smallest legend with a ramp takes, with the gap before it."""
    return APART + LEAST + GRID + number_width(metrics, numbers)


def number_width(metrics: QFontMetrics, numbers: tuple[str, str]) -> int:
    """Pixels that the legend takes where there is no room for a ramp."""
    return metrics.horizontalAdvance(_one_number(numbers))


def _one_number(numbers: tuple[str, str]) -> str:
    """What the right number says without the left one: ``0`` goes without saying."""
    low, high = numbers
    return high if low == "0" else f"±{high}"


def draw_legend(
    painter: QPainter, line: QRect, numbers: tuple[str, str], lut: Lut, theme: Theme
) -> int:
    """Draw the scale at the right end of ``line``, with the painter's font. Returns the width it
    took, with the gap before it; 0 if there was no room."""
    metrics = painter.fontMetrics()
    low, high = numbers
    left_wide, right_wide = (metrics.horizontalAdvance(text) for text in numbers)
    free = line.width() - left_wide - right_wide - 2 * GRID
    if free < LEAST:
        low, high, left_wide = "", _one_number(numbers), -GRID
        right_wide = metrics.horizontalAdvance(high)
        free = line.width() - right_wide - GRID
    wide = min(RAMP, free) if free >= LEAST else -GRID
    taken = left_wide + GRID + wide + GRID + right_wide
    if taken > line.width():
        return 0
    left = line.right() + 1 - taken
    side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.setPen(theme.quiet)
    painter.drawText(QRect(left, line.top(), taken, line.height()), side, low)
    left += left_wide + GRID
    thick = metrics.height() // 3
    if wide > 0:
        painter.drawImage(QRect(left, line.center().y() - thick // 2, wide, thick), ramp(lut))
    left += wide + GRID
    painter.drawText(QRect(left, line.top(), right_wide, line.height()), side, high)
    return taken + APART
