"""The names beside the ends of curves, moved apart where curves end together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter

from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.axes import spread
from viz.views.widgets.series import Series
from viz.views.widgets.text_cache import TextCache

LEAST_TEXT = 8
"""Pixels of the smallest text, where not even condensed one has room."""

TIGHT = 0.8
"""The least from one name to the next, in lines: no letter reaches another then."""

BEFORE = 2 * GRID
"""Pixels from the plot to the names."""


class CurveNames:
    """The curves' names in the curves' colours; a curve without a name has none."""

    def __init__(self, series: Sequence[Series], small: TextCache) -> None:
        self._named = [one for one in series if one.name]
        self._small = small

    @property
    def width(self) -> float:
        """Pixels that they take on the right of the plot, with the gap before them."""
        return max((self._small.width(one.name) + BEFORE for one in self._named), default=0.0)

    def paint(
        self,
        painter: QPainter,
        area: QRectF,
        y_range: tuple[float, float],
        to_widget: Callable[[float, float], QPointF],
        theme: Theme,
    ) -> None:
        """Each where its curve ends in the plot ``area``, whose heights are ``y_range``; in smaller
        text where there are too many. A curve that is nowhere known is not named."""
        known = [one for one in self._named if np.isfinite(one.y).any()]
        if not known:
            return
        small, room = self._small, (area.height() + self._small.height) / len(known)
        if room < TIGHT * small.height:
            size = int(small.font.pixelSize() * room / (TIGHT * small.height))
            small = TextCache(themes.font(max(LEAST_TEXT, size)))
        ends = []
        for series in known:
            y = float(series.y[np.flatnonzero(np.isfinite(series.y))[-1]])
            y = min(max(y, y_range[0]), y_range[1])
            ends.append(round(to_widget(0, y).y()))  # equal ends keep the curves' order
        painter.setFont(small.font)
        places = spread(ends, min(small.height, room), area.top(), area.bottom())
        for series, y in zip(known, places, strict=True):
            painter.setPen(series.colour or theme.text)
            small.draw(painter, area.right() + BEFORE, y - small.middle, series.name)
