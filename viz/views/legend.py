"""The legend: a locked colour scale as a ramp between its two numbers."""

from __future__ import annotations

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QPainter

from viz.theme import GRID, Lut, Theme
from viz.views.tiles import ramp

RAMP = 48
"""Width of the ramp in pixels."""


def draw_legend(
    painter: QPainter, line: QRect, numbers: tuple[str, str], lut: Lut, theme: Theme
) -> None:
    """Draw the scale at the right end of ``line``, with the painter's font; nothing if it does
    not fit."""
    low, high = numbers
    metrics = painter.fontMetrics()
    left = line.right() - metrics.horizontalAdvance(low + high) - RAMP - 2 * GRID
    if left < line.left():
        return
    side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.setPen(theme.quiet)
    painter.drawText(QRect(left, line.top(), line.width(), line.height()), side, low)
    left += metrics.horizontalAdvance(low) + GRID
    thick = metrics.height() // 3
    painter.drawImage(QRect(left, line.center().y() - thick // 2, RAMP, thick), ramp(lut))
    left += RAMP + GRID
    painter.drawText(QRect(left, line.top(), line.width(), line.height()), side, high)
