"""Bars: groups of values side by side over one fixed, named axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPen, QResizeEvent
from PyQt6.QtWidgets import QWidget

from viz.i18n import number
from viz.views import theme as themes
from viz.views.theme import DIM, Colour, colour_in
from viz.views.widgets.chart import Chart
from viz.views.widgets.export import Rows
from viz.views.widgets.text_cache import text_cache

SHARE = 0.8
"""Of a bar's place that it fills."""

GAP = 0.6
"""Between two groups, in places of bars."""


@dataclass(frozen=True, eq=False)
class Group:
    """Bars of one thing: its ``name`` below them, their ``values``, what they come to, the tip.

    ``colours`` has one for each value, or one for all.
    """

    name: str
    values: Sequence[float]
    note: str = ""
    tip: str = ""
    colours: Sequence[Colour] = (None,)

    def colour(self, place: int) -> Colour:
        """Return the colour of one of the bars."""
        return self.colours[place if len(self.colours) > 1 else 0]


class Bars(Chart):
    """Groups of bars from 0 upwards, or both ways; values beyond the axis end at its end."""

    tick_lines = 2

    def __init__(self, x_label: str = "", y_label: str = "", parent: QWidget | None = None) -> None:
        self.groups: tuple[Group, ...] = ()
        self.names: Sequence[str] = ()
        """What the bars of each group are, in their order; empty where each has one."""
        self.heads: tuple[str, ...] = ()
        """What is written below each group, in lines."""
        self.dimmed = False
        self._item = pg.BarGraphItem(x0=[], y0=[], width=[], height=[])
        super().__init__(x_label, y_label, parent)
        self.view.getPlotItem().showGrid(x=False, y=True, alpha=0.25)
        self._axes["left"].setZValue(-1)  # its grid, behind the bars
        self.view.addItem(self._item, ignoreBounds=True)

    def set_groups(self, groups: Sequence[Group]) -> None:
        """Show these groups from left to right."""
        self.groups = tuple(groups)
        if groups:
            (_, y_range), right = self._ranges, self._left(len(self.groups)) - GAP
            self.set_ranges((-GAP / 2, right + GAP / 2), y_range)
        self._name_groups()
        self._paint()
        self.setAccessibleDescription(
            "; ".join(
                f"{group.name}: {', '.join(map(number, group.values))} {group.note}".strip()
                for group in self.groups
            )
        )

    def fitting(self, groups: Sequence[Group]) -> int:
        """Return how many of these groups, of one bar each, have room for their texts side by side;
        1 at least."""
        width = text_cache(themes.text_px(self)).width
        widest = max((width(text) for one in groups for text in (one.name, one.note)), default=0.0)
        place = max(1.0, widest + themes.text_px(self) / 2)
        return min(len(groups), max(1, int(self.area().width() // place)))

    def _name_groups(self) -> None:
        """Write below each group its name and its note, no wider than its place: a note's parts go
        onto lines of their own if any note is too wide, and what still is too wide is elided."""
        if not self.groups:
            self._axes["bottom"].setTicks([[]])
            return
        low, high = self._ranges[0]
        scale, gap = self.area().width() / (high - low), themes.text_px(self) / 2
        rooms = [(len(group.values) + GAP) * scale - gap for group in self.groups]
        metrics = QFontMetricsF(themes.font(themes.text_px(self)))
        notes = [[group.note] if group.note else [] for group in self.groups]
        if any(
            metrics.horizontalAdvance(group.note) > room
            for group, room in zip(self.groups, rooms, strict=True)
        ):
            notes = [group.note.split(", ") if group.note else [] for group in self.groups]
        lines = 1 + max(map(len, notes))
        heads = []
        for place, (group, parts, room) in enumerate(zip(self.groups, notes, rooms, strict=True)):
            texts = [
                metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, room))
                for text in (group.name, *parts)
            ]
            heads.append((self._left(place) + len(group.values) / 2, "\n".join(texts).rstrip()))
        self.heads = tuple(text for _, text in heads)
        self._axes["bottom"].setTicks([heads])
        if lines != self.tick_lines:
            self.tick_lines = lines
            super().restyle()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._name_groups()

    def set_dimmed(self, dimmed: bool) -> None:
        """Show the bars faintly: they belong to something that is no longer there."""
        if dimmed != self.dimmed:
            self.dimmed = dimmed
            self._item.setOpacity(DIM if dimmed else 1.0)

    def _left(self, place: int) -> float:
        """The left end of a group, in places of bars."""
        return sum(len(group.values) + GAP for group in self.groups[:place])

    def _paint(self) -> None:
        lefts, values, brushes = [], [], []
        low, high = self._ranges[1]
        for place, group in enumerate(self.groups):
            for bar, value in enumerate(group.values):
                lefts.append(self._left(place) + bar + (1 - SHARE) / 2)
                values.append(0.0 if math.isnan(value) else min(max(value, low), high))
                brushes.append(pg.mkBrush(colour_in(self.theme, group.colour(bar))))
        self._item.setOpts(
            x0=lefts, y0=np.zeros(len(lefts)), width=np.full(len(lefts), SHARE),
            height=values, brushes=brushes, pen=QPen(QColor(0, 0, 0, 0)), pens=None,
        )  # fmt: skip

    def restyle(self) -> None:
        super().restyle()
        self._name_groups()
        self._paint()

    def bar(self, place: int, bar: int) -> QRectF:
        """Return where a bar of a group stands, in pixels of this widget."""
        left = self._left(place) + bar + (1 - SHARE) / 2
        low, high = self._ranges[1]
        value = min(max(self.groups[place].values[bar], low), high)
        ends = self.to_widget(left, value), self.to_widget(left + SHARE, 0.0)
        return QRectF(*ends).normalized()

    def group_at(self, position: QPointF) -> Group | None:
        """Return the group whose place lies over or under a position in this widget."""
        x = self.to_axes(position).x()
        for place, group in enumerate(self.groups):
            if 0 <= x - self._left(place) <= len(group.values):
                return group
        return None

    def tooltip(self, position: QPointF) -> str:
        group = self.group_at(position)
        return group.tip if group is not None and group.tip else self.toolTip()

    def table(self) -> Rows:
        """One column for each group, one row for each of its bars, with its name if it has one."""
        head = [""] if self.names else []
        yield [*head, *(group.name for group in self.groups)]
        for row in range(max((len(group.values) for group in self.groups), default=0)):
            head = [self.names[row]] if self.names else []
            values = (group.values[row] if row < len(group.values) else "" for group in self.groups)
            yield [*head, *values]
