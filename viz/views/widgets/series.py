"""A series: one curve of a plot, painted in its unbroken pieces, and the point of it at an x."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

Floats = NDArray[np.floating]
Place = Callable[[float, float], QPointF]
"""From the axes to widget pixels."""

NEAR = 8
"""Pixels along x within which a point counts as under the pointer: farther off the line is
broken there."""


@dataclass(frozen=True, eq=False)
class Series:
    """One curve: ``x``, ascending, and ``y`` of one length, NaN breaks the line. Without a
    ``colour`` it has the theme's text colour; without a ``name`` nothing is written at its end.
    ``pattern`` is that of its line, dash, gap, …, in widths of it."""

    name: str
    x: Floats
    y: Floats
    colour: QColor | None = None
    dashed: bool = False
    thick: bool = False
    pattern: tuple[float, ...] = ()

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where the curve has points."""
        return np.asarray(np.isfinite(self.y) & np.isfinite(self.x))

    def at(self, x: float) -> float:
        """The line's height over ``x``; NaN where there is none."""
        if not len(self.x) or not self.x[0] <= x <= self.x[-1]:
            return math.nan
        right = int(np.searchsorted(self.x, x))
        if self.x[right] == x:
            return float(self.y[right])
        share = (x - self.x[right - 1]) / (self.x[right] - self.x[right - 1])
        return float(self.y[right - 1] * (1 - share) + self.y[right] * share)

    def pen(self, text: QColor, weight: float) -> QPen:
        """What the line is painted with, ``weight`` times as wide as at the smallest text."""
        width = (1.5 if self.dashed else 4 if self.thick else 2) * weight
        pen = QPen(self.colour or text, width)
        if self.pattern:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(self.pattern)
        else:
            pen.setStyle(Qt.PenStyle.DashLine if self.dashed else Qt.PenStyle.SolidLine)
        return pen

    def paint(self, painter: QPainter, place: Place, text: QColor, weight: float) -> None:
        """Paint the line; one point is a dot."""
        pen = self.pen(text, weight)
        painter.setPen(pen)
        good = np.concatenate(([0], self.known.astype(np.int8), [0]))
        edges = np.flatnonzero(np.diff(good))
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            pairs = zip(self.x[first:last], self.y[first:last], strict=True)
            points = [place(float(x), float(y)) for x, y in pairs]
            if len(points) == 1:
                painter.setBrush(pen.color())
                painter.drawEllipse(points[0], 1.5, 1.5)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF(points))


def nearest(
    all_series: Sequence[Series], place: Place, x: float, at: QPointF
) -> tuple[Series, int] | None:
    """The curve nearest to the point ``at``, and the number of its point nearest to ``x``."""
    best: tuple[float, Series, int] | None = None
    for series in all_series:
        good = np.flatnonzero(series.known)
        if len(good):
            index = int(good[np.abs(series.x[good] - x).argmin()])
            point = place(float(series.x[index]), float(series.y[index]))
            away = abs(point.y() - at.y()) + 10 * max(0.0, abs(point.x() - at.x()) - NEAR)
            if best is None or away < best[0]:
                best = away, series, index
    return best and best[1:]
