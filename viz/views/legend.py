"""The legend: a locked colour scale as a ramp between its two numbers."""

from __future__ import annotations

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QFontMetrics, QPainter

from viz.theme import GRID, Lut, Theme
from viz.views.tiles import ramp

RAMP, LEAST = 48, 12
"""The ramp's width in pixels, and the least it may shrink to."""


def least_width(metrics: QFontMetrics, numbers: tuple[str, str]) -> int:
    """Pixels that the smallest legend takes, with a gap before it."""
    return _words(metrics, numbers) + LEAST + GRID


def _words(metrics: QFontMetrics, numbers: tuple[str, str]) -> int:
    return metrics.horizontalAdvance("".join(numbers)) + 2 * GRID


def draw_legend(
    painter: QPainter, line: QRect, numbers: tuple[str, str], lut: Lut, theme: Theme
) -> int:
    """Draw the scale at the right end of ``line``, with the painter's font; the ramp shrinks to
    fit. Returns the width it took, with a gap before it; 0 if there was no room."""
    low, high = numbers
    metrics = painter.fontMetrics()
    words = _words(metrics, numbers)
    wide = min(RAMP, line.width() - words)
    if wide < LEAST:
        return 0
    left = line.right() - words - wide
    side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.setPen(theme.quiet)
    painter.drawText(QRect(left, line.top(), line.width(), line.height()), side, low)
    left += metrics.horizontalAdvance(low) + GRID
    thick = metrics.height() // 3
    painter.drawImage(QRect(left, line.center().y() - thick // 2, wide, thick), ramp(lut))
    left += wide + GRID
    painter.drawText(QRect(left, line.top(), line.width(), line.height()), side, high)
    return words + wide + GRID
