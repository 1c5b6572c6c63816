"""Where the three pictures of a feature map stand: side by side, or one below the other where that
makes them larger, as it does on wide canvases."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, QSizeF

from viz.views.theme import GRID

GAP = 2 * GRID

COUNT = 3

WHOLE_SHARE = 0.95
"""A unit is a whole number of pixels if that leaves at least this share of the possible size."""

LEAST_CELL = 0.05


@dataclass(frozen=True)
class Places:
    """In widget pixels: a picture's area, the left top of its caption, the left top and the width
    of its scale, for each of three; and the top of the numbers below."""

    areas: tuple[QRectF, ...]
    captions: tuple[QPointF, ...]
    scales: tuple[QRectF, ...]
    below: float
    cell: float


def places(size: QSizeF, shape: tuple[int, int], line: float, scale: float, ratio: float) -> Places:
    """The better of the two for pictures of ``shape`` (h, w) in a widget of this size, below a
    title's line. ``line`` is the height of text, ``scale`` the width of a scale, ``ratio`` that of
    device pixels to widget pixels."""
    beside = _beside(size, shape, line, scale, ratio)
    below = _below(size, shape, line, scale, ratio)
    return below if below is not None and below.cell > beside.cell else beside


def _cell(fit: float, ratio: float) -> float:
    whole = int(fit * ratio) / ratio
    return whole if whole >= WHOLE_SHARE * fit else max(fit, LEAST_CELL)


def _beside(
    size: QSizeF, shape: tuple[int, int], line: float, scale: float, ratio: float
) -> Places:
    """Side by side: caption above, scale below."""
    rows, columns = shape
    top, foot = 2 * line + 2 * GRID, 2 * line + 3 * GRID
    third = (size.width() - (COUNT - 1) * GAP) / COUNT
    cell = _cell(min(third / columns, (size.height() - top - foot) / rows), ratio)
    lefts = [round(k * (third + GAP)) for k in range(COUNT)]
    areas = tuple(QRectF(left, round(top), columns * cell, rows * cell) for left in lefts)
    bottom = areas[0].bottom()
    wide = min(third, max(columns * cell, scale))
    return Places(
        areas,
        tuple(QPointF(left, line + GRID) for left in lefts),
        tuple(QRectF(left, bottom + GRID, wide, line) for left in lefts),
        min(bottom + line + 2 * GRID, size.height() - line),
        cell,
    )


def _below(
    size: QSizeF, shape: tuple[int, int], line: float, scale: float, ratio: float
) -> Places | None:
    """One below the other: caption and scale on the left; None where there is no room for them."""
    rows, columns = shape
    band = (size.height() - 2 * line - 2 * GRID) / COUNT
    left = scale + GAP
    if band < 2 * line + 2 * GRID or left > size.width() / 2:
        return None
    cell = _cell(min((size.width() - left) / columns, (band - GRID) / rows), ratio)
    step = min(band, max(rows * cell + GRID, 2 * line + 2 * GRID))
    tops = [round(line + GRID + k * step) for k in range(COUNT)]
    return Places(
        tuple(QRectF(round(left), top, columns * cell, rows * cell) for top in tops),
        tuple(QPointF(0, top) for top in tops),
        tuple(QRectF(0, top + line + GRID, scale, line) for top in tops),
        tops[-1] + step,
        cell,
    )
