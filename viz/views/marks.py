"""Marks: small dots over units that a measurement points out, on mosaics and barcode alike.

A mark belongs to the scene that was measured; while another scene is shown there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter

from viz.snapshot import Snapshot

if TYPE_CHECKING:
    from viz.measure.binding import Marks

LEAST, MOST = 3.0, 7.0
"""Sides of a dot in pixels; between these it follows the cell that it marks."""

RING, RIM = QColor("#ffffff"), QColor("#000000")

_NONE = np.zeros((0, 3), np.intp)


def marked_units(marks: Marks | None, snapshot: Snapshot, layer: str) -> NDArray[np.intp]:
    """(N, 3) map, row, column of a layer's units to mark on this snapshot."""
    if marks is None or marks.scene is not snapshot.scene or layer not in marks.units:
        return _NONE
    units = marks.units[layer]
    shape = snapshot.maps[layer].shape
    return units[(units < shape).all(1)]


def draw_marks(painter: QPainter, corners: NDArray[np.float64], cell: float) -> None:
    """Dots at cells of a side of ``cell`` pixels; ``corners`` (N, 2) are their upper left ones.

    White with a black rim: one of the two stands out from any value of any scale, in any theme.
    """
    side = min(max(cell, LEAST), MOST)
    away = (cell - side) / 2
    dots = [QRectF(x + away, y + away, side, side) for x, y in corners.tolist()]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(RIM)  # all rims first, or one would cover its neighbour's dot
    painter.drawRects([dot.adjusted(-1, -1, 1, 1) for dot in dots])
    painter.setBrush(RING)
    painter.drawRects(dots)
    painter.restore()
