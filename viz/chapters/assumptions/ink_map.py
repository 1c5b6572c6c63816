"""Heat maps of pixels, as ink on paper: a window, and the strip that it is flattened to."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QRectF

from viz.views.theme import Lut, Theme
from viz.views.widgets.export import Rows
from viz.views.widgets.heatmap import Array, Heatmap
from viz.views.widgets.locked_scale import LockedScale


class InkMap(Heatmap):
    """Pixels 0 … 1, paper and full ink."""

    def __init__(self) -> None:
        super().__init__(LockedScale(1.0), legend=False)

    def colours(self, theme: Theme) -> Lut:
        return theme.ink


class Strip(InkMap):
    """The pixels of a picture one after the other, row by row, in one long row."""

    HIGH = 48
    """How high a pixel is, in multiples of its width."""

    def set_pixels(self, values: Array) -> None:
        """Show pixels (n,)."""
        self.set_array(np.repeat(values.reshape(1, -1), self.HIGH, 0))

    def mark(self, places: tuple[int, ...]) -> None:
        """Outline these pixels, by their numbers in the strip."""
        self.set_marks([QRectF(place, 0, 1, self.HIGH) for place in places])

    def table(self) -> Rows:
        return self.values[:1].tolist()
