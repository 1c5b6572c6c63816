"""The key beside a plot: of each curve its line, its name, and its value at the mark."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter

from viz.i18n import tr
from viz.views.theme import GRID, Theme
from viz.views.widgets.axes import figure
from viz.views.widgets.series import Series
from viz.views.widgets.text_cache import TextCache

SAMPLE = 7 * GRID
"""Pixels of a curve's line, enough to tell one pattern from another."""

PITCH = 1.35
"""From one row to the next, in lines of text."""

UNKNOWN = "\N{EN DASH}"


@dataclass(frozen=True, eq=False)
class Here:
    """What is measured at the mark itself: ``values`` by the curves' names, at ``x``, which the key
    calls ``place``."""

    x: float
    place: str
    values: Mapping[str, float]


def value_text(
    one: Series, mark: float | None, here: Here | None = None, *, dimmed: bool = False
) -> str:
    """What is measured ``here``, else the curve's height at the mark, with two decimals: what they
    cannot tell from 0 is 0, and what has no bound ∞. Between the points that are known it is that
    of the line, ≈; and – where there is none, and of a ``dimmed`` curve, which belongs to something
    else."""
    if here is not None and one.name in here.values:
        value, about = here.values[one.name], ""
    else:
        at = here.x if here is not None else mark
        value = math.nan if at is None or dimmed else one.at(at)
        about = "" if at in one.x else "≈"
    if math.isnan(value) or (about and math.isinf(value)):
        return UNKNOWN
    if math.isinf(value):
        return "\N{INFINITY}"
    return about + (f"{value:.2f}" if value >= 0.005 else "0")


class CurveKey:
    """Rows below a heading that tells where the mark is; in the order of the curves."""

    def __init__(self, series: Sequence[Series], small: TextCache) -> None:
        self._rows = tuple(one for one in series if one.name)
        self._small = small
        self._names = max((small.width(one.name) for one in self._rows), default=0.0)

    @property
    def width(self) -> float:
        """In pixels."""
        return SAMPLE + 2 * GRID + self._names + 2 * GRID + self._small.width("≈0.88")

    def row(self, number: int, area: QRectF) -> float:
        """The top of a row's text in the column ``area``; number 0 is the heading."""
        pitch = min(PITCH * self._small.height, area.height() / (len(self._rows) + 1))
        return area.top() + number * pitch

    def paint_names(
        self, painter: QPainter, area: QRectF, theme: Theme, weight: float, opacity: float
    ) -> None:
        """The lines and the names; they stand still."""
        small = self._small
        for number, one in enumerate(self._rows, 1):
            top = self.row(number, area)
            middle = top + small.middle
            ends = QPointF(area.left(), middle), QPointF(area.left() + SAMPLE, middle)
            painter.setOpacity(opacity)
            painter.setPen(one.pen(theme.text, weight))
            painter.drawLine(*ends)
            painter.setOpacity(1.0)
            painter.setPen(theme.text)
            small.draw(painter, area.left() + SAMPLE + 2 * GRID, top, one.name)

    def paint_values(
        self,
        painter: QPainter,
        area: QRectF,
        mark: float | None,
        here: Here | None,
        theme: Theme,
        *,
        dimmed: bool,
    ) -> None:
        """Where the mark is, and the values there."""
        small = self._small
        if mark is not None:
            painter.setPen(theme.quiet)
            place = here.place if here is not None else figure(round(mark, 2))
            small.draw(painter, area.right(), self.row(0, area), tr("at {x}", x=place), 1)
        painter.setPen(theme.text)
        for number, one in enumerate(self._rows, 1):
            text = value_text(one, mark, here, dimmed=dimmed)
            small.draw(painter, area.right(), self.row(number, area), text, 1)
