"""Tiles: small matrices painted as cells into one picture, at locked colour scales.

Every view that shows kernels or patches fills one preallocated RGB32 buffer and draws it once;
the cells are whole pixels, so none is wider than its neighbour.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor, QImage

from viz.views.theme import Lut

Array = NDArray[np.float32]
Colours = NDArray[np.uint32]


def sequential_colours(lut: Lut, values: Array, scale: float) -> Colours:
    """Return values 0 … ``scale`` as colours of a table; beyond, the last colour."""
    return np.take(lut, (values * np.float32(255 / scale)).astype(np.intp), mode="clip")


def diverging_colours(lut: Lut, values: Array, scale: float) -> Colours:
    """Return values −``scale`` … ``scale`` as colours of a table, zero in its middle."""
    index = (values * np.float32(127.5 / scale) + np.float32(128)).astype(np.intp)
    return np.take(lut, index, mode="clip")


def locked_peak(weights: Array) -> float:
    """Return the magnitude that a layer's weights are shown up to: 999 of 1000 lie within.

    The few largest of many thousands would leave all others in the dark.
    """
    sizes = np.abs(weights).reshape(-1)
    place = min(len(sizes) - 1, len(sizes) * 999 // 1000)
    return float(np.partition(sizes, place)[place]) or 1.0


def dark_colours(lut: Lut) -> NDArray[np.bool_]:
    """Return for each colour of a table whether white text is read on it better than black."""
    red, green, blue = (lut >> 16) & 255, (lut >> 8) & 255, lut & 255
    return (0.299 * red + 0.587 * green + 0.114 * blue) < 128


def ramp(lut: Lut) -> QImage:
    """Return a colour table as a picture of 256×1, for legends."""
    picture = QImage(lut.tobytes(), 256, 1, 1024, QImage.Format.Format_RGB32)
    return picture.copy()  # owns its pixels


class Tiles:
    """A picture of width × height pixels that matrices are painted into."""

    def __init__(self) -> None:
        self._pixels: Colours = np.zeros((1, 1), np.uint32)
        self.image = QImage()

    def resize(self, width: int, height: int) -> None:
        """Allocate the buffer; keeps it if the size is the same."""
        width, height = max(1, width), max(1, height)
        if self._pixels.shape == (height, width) and not self.image.isNull():
            return
        self._pixels = np.zeros((height, width), np.uint32)
        self.image = QImage(
            self._pixels.data,  # type: ignore[arg-type]
            width,
            height,
            4 * width,
            QImage.Format.Format_RGB32,
        )

    def clear(self, colour: QColor) -> None:
        """Paint everything in one colour."""
        self._pixels[:] = colour.rgb()

    def paint(
        self,
        colours: Colours,
        corners: Sequence[tuple[int, int]],
        wide: int,
        high: int | None = None,
    ) -> None:
        """Paint matrices ``colours`` (n, k, l), the upper left of each at its corner (x, y).

        A cell has ``wide`` × ``high`` pixels; it is square without ``high``.
        """
        enlarged = colours.repeat(high or wide, 1).repeat(wide, 2)
        height, width = enlarged.shape[1:]
        for picture, (x, y) in zip(enlarged, corners, strict=True):
            self._pixels[y : y + height, x : x + width] = picture

    def fill(self, x: int, y: int, width: int, height: int, colour: int) -> None:
        """Paint a rectangle in a colour 0xffRRGGBB."""
        self._pixels[y : y + height, x : x + width] = colour

    def paint_wide(self, colours: Colours, x: int, y: int, wide: int) -> None:
        """Paint one picture (h, n) with its columns ``wide`` pixels wide and its rows one high."""
        enlarged = colours.repeat(wide, 1)
        height, width = enlarged.shape
        self._pixels[y : y + height, x : x + width] = enlarged
