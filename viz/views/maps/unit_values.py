"""Unit values: the numbers of one enlarged map, written into its cells where these have room.

How many decimals they have follows from the layer's locked scale, not from the values, so that
nothing about them changes while the input moves but their figures.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPixmap

from viz.views.theme import Theme
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.text_cache import text_cache

MOST = 2000
"""Maps of more units show no numbers: 1,680 of them take 6 ms, and 784 take 3 (measured)."""

LEAST_PX, LARGEST = 10, 1.5
"""The smallest text in pixels, and the largest in multiples of small text."""

FILLED = 0.9
"""The share of a cell's width that a number may take."""

EVERYWHERE = slice(None), slice(None)

_MOST_VALUE = 1e6
"""Greater ones have no room anyway, and would be no whole numbers of hundredths."""

_BRIGHT = 140
"""Black stands out from brighter colours, of 255, white from the others."""

_BLACK, _WHITE = QColor(Qt.GlobalColor.black).rgb(), QColor(Qt.GlobalColor.white).rgb()


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
    block: tuple[slice, slice] = EVERYWHERE,
) -> None:
    """Write the values (h, w) of a map into its cells, the first of which lies at ``corner``, or
    into those of a ``block`` of rows and columns alone; in black or white, whatever stands out, and
    what is exactly zero quietly."""
    fits = fitting(cell, scale, text_px) if values.size <= MOST else None
    if fits is None:
        return
    decimals, pixels = fits
    rows, columns = (range(size)[part] for size, part in zip(values.shape, block, strict=True))
    values = values[block].clip(-_MOST_VALUE, _MOST_VALUE)
    lut, ratio = scale.lut(theme), painter.device().devicePixelRatioF()  # type: ignore[union-attr]
    index = np.empty(values.shape, np.intp)
    scale.index(values, index)
    bright = _is_bright(np.asarray(lut, np.uint32).tobytes())[np.clip(index, 0, len(lut) - 1)]
    colours = np.where(values == 0, theme.quiet.rgb(), np.where(bright, _BLACK, _WHITE))
    units = np.rint(values * 10**decimals).astype(np.int64)
    xs = [corner.x() + (column + 0.5) * cell for column in columns]
    ys = [corner.y() + (row + 0.5) * cell for row in rows]
    draw = painter.drawPixmap
    for y, row, hues in zip(ys, units.tolist(), colours.tolist(), strict=True):
        for x, unit, colour in zip(xs, row, hues, strict=True):
            picture, left, top = _picture(unit, decimals, pixels, colour, ratio)
            draw(round(x - left), round(y - top), picture)


@lru_cache(maxsize=4096)
def _picture(
    unit: int, decimals: int, pixels: int, colour: int, ratio: float
) -> tuple[QPixmap, float, float]:
    """A number of ``unit`` / 10 ** ``decimals``, zero as 0, drawn once, and where the middle of its
    figures is: a picture takes half of the time of a text (measured), and a map has hundreds."""
    cache = text_cache(pixels)
    text = "0" if unit == 0 else f"{unit / 10**decimals:.{decimals}f}".replace("-", "−")
    wide, high = ceil(cache.width(text)) + 2, ceil(cache.figures) + 4
    picture = QPixmap(ceil(wide * ratio), ceil(high * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setFont(cache.font)
    painter.setPen(QColor.fromRgb(colour))
    cache.draw(painter, wide / 2, high / 2 - cache.middle, text, 0.5)
    painter.end()
    return picture, wide / 2, high / 2
