"""Unit values: the numbers of one enlarged map, written into its cells where these have room.

How many decimals they have follows from the layer's locked scale, not from the values, so that
nothing about them changes while the input moves but their figures.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter

from viz.views.theme import Theme
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.text_cache import TextCache, text_cache

MOST = 1024
"""Maps of more units show no numbers: nobody would read them, and they would take a frame."""

LEAST_PX, LARGEST = 10, 1.5
"""The smallest text in pixels, and the largest in multiples of small text."""

FILLED = 0.9
"""The share of a cell's width that a number may take."""

_BRIGHT = 140


@lru_cache(maxsize=256)
def fitting(cell: float, scale: LockedScale, text_px: int) -> tuple[int, int] | None:
    """Return the decimals and the size of text of numbers in cells of ``cell`` pixels, at most two
    decimals, fewer where these have no room; None where no number has."""
    for decimals in (2, 1, 0):
        widest = f"{'−' if scale.signed else ''}{scale.peak:.{decimals}f}"
        largest = min(round(LARGEST * text_px), int(cell / 1.2))
        for pixels in range(largest, LEAST_PX - 1, -1):
            if text_cache(pixels).width_of_figures(widest) <= FILLED * cell:
                return decimals, pixels
    return None


@lru_cache(maxsize=16)
def _is_bright(colours: bytes) -> NDArray[np.bool_]:
    """Which colours of a table black stands out from."""
    table = np.frombuffer(colours, np.uint32)
    red, green, blue = (table >> 16 & 255), (table >> 8 & 255), (table & 255)
    return np.asarray(0.299 * red + 0.587 * green + 0.114 * blue > _BRIGHT)


def draw_values(
    painter: QPainter,
    values: NDArray[np.float32],
    corner: QPointF,
    cell: float,
    scale: LockedScale,
    theme: Theme,
    text_px: int,
) -> None:
    """Write the values (h, w) of a map into its cells, the first of which lies at ``corner``; in
    black or white, whatever stands out, and zeros quietly."""
    fits = fitting(cell, scale, text_px) if values.size <= MOST else None
    if fits is None:
        return
    decimals, pixels = fits
    cache, lut = text_cache(pixels), scale.lut(theme)
    index = np.empty(values.shape, np.intp)
    scale.index(values, index)
    bright = _is_bright(np.asarray(lut, np.uint32).tobytes())[np.clip(index, 0, len(lut) - 1)]
    painter.setFont(cache.font)
    zero = values == 0
    for chosen, colour in (
        (zero, QColor(theme.quiet)),
        (bright & ~zero, QColor(Qt.GlobalColor.black)),
        (~bright & ~zero, QColor(Qt.GlobalColor.white)),
    ):
        painter.setPen(colour)
        _draw(painter, values, chosen, corner, cell, cache, decimals)


def _draw(
    painter: QPainter,
    values: NDArray[np.float32],
    chosen: NDArray[np.bool_],
    corner: QPointF,
    cell: float,
    cache: TextCache,
    decimals: int,
) -> None:
    left, top = corner.x() + cell / 2, corner.y() + cell / 2 - cache.middle
    rows, columns = np.nonzero(chosen)
    for row, column, value in zip(
        rows.tolist(), columns.tolist(), values[chosen].tolist(), strict=True
    ):
        text = f"{value:.{decimals}f}".replace("-", "−") if value else "0"
        cache.draw(painter, left + column * cell, top + row * cell, text, 0.5)
