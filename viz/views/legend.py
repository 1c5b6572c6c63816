"""The legend: a locked colour scale as a ramp between its two numbers."""

from __future__ import annotations

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QPainter

from viz.theme import GRID, Lut, Theme
from viz.views.tiles import ramp

RAMP, LEAST = 48, 12
"""The ramp's width in pixels, and the least it may shrink to."""


def draw_legend(
    painter: QPainter, line: QRect, numbers: tuple[str, str], lut: Lut, theme: Theme
) -> int:
    """Draw the scale at the right end of ``line``, with the painter's font; the ramp shrinks to
    fit. Returns the width it took, with a gap before it; 0 if there was no room."""
    low, high = numbers
    metrics = painter.fontMetrics()
    words = metrics.horizontalAdvance(low + high) + 2 * GRID
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
    return words + wide + 2 * GRID
