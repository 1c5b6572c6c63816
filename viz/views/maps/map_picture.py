"""The map picture: all maps of a layer painted as tiles into one preallocated picture.

NumPy fills one RGB32 buffer through a lookup table, in buffers that every frame reuses.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray
from PyQt6.QtGui import QImage

from viz.views.maps.tiling import Plan, averaged
from viz.views.theme import Theme
from viz.views.widgets.locked_scale import LockedScale


class MapPicture:
    """``image`` holds the tiles of ``plan``; it is null until the first plan is laid out."""

    def __init__(self) -> None:
        self.plan = Plan(1, 1, 1, 1, 1, 1)
        self.image = QImage()

    def lay_out(self, layout: Plan, ratio: float) -> None:
        """Allocate the buffers for a plan, ``ratio`` device pixels to one of the widget."""
        self.plan = layout
        down, right = layout.pitch
        rows, columns, zoom = layout.rows, layout.columns, layout.zoom
        pixels = np.zeros((rows * down, columns * right), np.uint32)
        self._pixels = pixels
        # Enlarged in two steps, along the lines and then whole lines: six times as fast as one
        # broadcast over single pixels. First (row, map line, column, map pixel, zoom) …
        lines = np.zeros((rows, layout.height, columns, right), np.uint32)
        step = lines.strides
        self._lines = lines.reshape(rows, layout.height, 1, columns * right)
        self._stretched = as_strided(
            lines, (rows, layout.height, columns, layout.width, zoom), (*step[:3], 4 * zoom, 4)
        )
        # … then (row, map line, zoom, pixel)
        line = pixels.strides[0]
        self._repeated = as_strided(
            pixels,
            (rows, layout.height, zoom, columns * right),
            (down * line, zoom * line, line, 4),
        )
        places = layout.rows * layout.columns
        self._index = np.zeros((places, layout.height, layout.width), np.intp)
        self._colours = np.zeros((places, layout.height, layout.width), np.uint32)
        self.image = QImage(
            pixels.data,  # type: ignore[arg-type]
            pixels.shape[1],
            pixels.shape[0],
            pixels.strides[0],
            QImage.Format.Format_RGB32,
        )
        self.image.setDevicePixelRatio(ratio)

    def fill(self, values: NDArray[np.float32], scale: LockedScale, theme: Theme) -> None:
        """Activations (maps, h, w) → colours → tiles."""
        layout = self.plan
        if layout.shrink > 1:
            values = averaged(values, layout)
        maps = len(values)
        index = self._index[:maps]
        scale.index(values, index)
        np.take(scale.lut(theme), index, out=self._colours[:maps], mode="clip")
        empty = np.uint32(theme.background.rgb())
        self._colours[maps:] = empty
        if self._pixels[-1, -1] != empty:  # the gaps, after a change of theme or layout
            self._pixels[:] = empty
            self._lines[:] = empty
        tiles = self._colours.reshape(layout.rows, layout.columns, layout.height, layout.width)
        for k in range(layout.zoom):
            self._stretched[..., k] = tiles.transpose(0, 2, 1, 3)
        self._repeated[:] = self._lines
