"""The curves of a plot: their values, how they are drawn, and what is measured at the cursor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPen

from viz.views.theme import Colour, Theme, colour_in

Floats = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Series:
    """One curve: ``x``, ascending, and ``y`` of one length; NaN breaks the line.

    A curve without a ``name`` is not in the key. ``pattern`` is that of its line, dash, gap, …, in
    widths of it; ``dashed`` is the usual one. ``filled``: down to 0, faintly. ``dotted``: with a
    dot at each value, as where only these were measured.
    """

    name: str
    x: Floats
    y: Floats
    colour: Colour = None
    dashed: bool = False
    thick: bool = False
    filled: bool = False
    pattern: tuple[float, ...] = ()
    dotted: bool = False

    def at(self, x: float) -> float:
        """Return the height of the line over ``x``; NaN where there is none."""
        if not len(self.x) or not self.x[0] <= x <= self.x[-1]:
            return math.nan
        right = int(np.searchsorted(self.x, x))
        if self.x[right] == x:
            return float(self.y[right])
        share = (x - self.x[right - 1]) / (self.x[right] - self.x[right - 1])
        return float(self.y[right - 1] * (1 - share) + self.y[right] * share)

    def pen(self, theme: Theme, weight: float) -> QPen:
        """Return what the line is painted with, ``weight`` times as wide as at small text."""
        width = (1.5 if self.dashed else 4 if self.thick else 2) * weight
        pen = QPen(colour_in(theme, self.colour), width)
        pen.setCosmetic(True)  # the width is in pixels, not in units of the axes
        if self.pattern:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(self.pattern)
        elif self.dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        return pen


@dataclass(frozen=True, eq=False)
class Measured:
    """What is measured at the cursor itself: ``values`` by the names of curves at ``x``, which the
    key calls ``place``."""

    x: float
    place: str
    values: Mapping[str, float]
