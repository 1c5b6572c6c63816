"""The lane plot: p(class) of each digit along the path, in lanes, and above them what is read.

All lanes stand in one pair of axes, so that one cursor goes through them: each lane's 0 … 1 lies
above that of the next one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.chapters.binding.measure.lanes import DRAWN, Band, LaneCurves
from viz.i18n import number, tr
from viz.nets.architecture import NONE_CLASS
from viz.views import theme as themes
from viz.views.theme import GRID, Colour, Theme
from viz.views.widgets.class_image import colour_of
from viz.views.widgets.class_map import class_name
from viz.views.widgets.export import Rows
from viz.views.widgets.line import Line
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.plot import Plot
from viz.views.widgets.plot_series import Series
from viz.views.widgets.text_cache import text_cache

FAINT = 0.5
"""Opacity of the curves without ablation, behind those with."""

LEAST_LANE = 2.0
"""The least height of a lane, in lines of text; of more lanes than fit so, those that change most
are shown."""

BEYOND = 0.06
"""How far the axes reach beyond 0 and 1 of the outer lanes, in heights of a lane."""

LEVEL = 0.004
"""Places where p stays as level as this are left out of its line, which would be beaded there."""

TICKS = (0.0, "0"), (0.5, "½"), (1.0, "1")
"""Of a lane; those at its ends where it is low."""

STEP, FINE = 0.5, 0.1
"""How far an arrow key goes along the path, and how far with Shift."""


class LanePlot(Plot):
    """A click, a drag or an arrow key chooses a place along the path."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.lanes: tuple[LaneCurves, ...] = ()
        self.shown: tuple[LaneCurves, ...] = ()
        """The lanes there is room for, from top to bottom."""
        self.band: Band = ()
        self.x_name = ""
        self._pitch = 1.0
        """From one lane to the next, in heights of a lane."""
        self._x_range = 0.0, 1.0
        self.labels: tuple[tuple[int, float, float], ...] = ()
        """The class, x and y of each name in the axes; its upper middle stands there."""
        self._texts: list[pg.TextItem] = []
        self._reading, self._values, self._place = _Reading(self), _Values(self), Line()
        super().__init__("", "", parent, step=STEP, fine=FINE, keyed=False)
        self._grid.addWidget(self._reading, 0, 0)
        self._grid.addWidget(self._place, 0, 1)
        self._grid.addWidget(self._values, 2, 1)
        self.setAccessibleName(tr("Class probabilities of each digit along the path"))
        box = self.view.getPlotItem().getViewBox()
        box.sigResized.connect(self._lay_out)
        box.sigRangeChanged.connect(self._update_beside)

    # What is shown

    def set_lanes(
        self, lanes: Sequence[LaneCurves], band: Band, x_name: str, x_range: tuple[float, float]
    ) -> None:
        """Show these lanes, from top to bottom, and above them what is read.

        ``x_name``: what x is, with its unit.
        """
        self.lanes, self.band = tuple(lanes), tuple(band)
        self.x_name, self._x_range = x_name, x_range
        self.below.set_text(x_name)
        self.below.setVisible(bool(x_name))
        self.setAccessibleDescription(" → ".join(text for *_, text in self.band if text))
        self._values.set_names([lane.name for lane in self.lanes])
        self._lay_out()

    def _lay_out(self) -> None:
        """Show as many lanes as have room."""
        line, high = text_cache(themes.text_px(self)).height, self.area().height()
        count = max(1, min(len(self.lanes), int((high + line) / ((LEAST_LANE + 1) * line))))
        order = sorted(range(len(self.lanes)), key=lambda i: -self.lanes[i].change)[:count]
        self.shown = tuple(self.lanes[i] for i in sorted(order))
        lane_high = max(1.0, (high - (count - 1) * line) / (count + 2 * BEYOND))
        self._pitch = 1 + line / lane_high
        ranges = self._x_range, (-BEYOND, self._pitch * (count - 1) + 1 + BEYOND)
        if ranges != self._ranges:
            self.set_ranges(*ranges)
        ticks = TICKS if lane_high > 3 * line else TICKS[::2]
        floors = [self.floor(place) for place in range(len(self.shown))]
        self._axes["left"].setTicks([[(floor + p, text) for floor in floors for p, text in ticks]])
        pairs = zip(self.shown, floors, strict=True)
        self.set_series([series for lane, floor in pairs for series in _curves(lane, floor)])
        self._write_names()

    def floor(self, place: int) -> float:
        """Return the y of p = 0 in one of the lanes that are shown."""
        return self._pitch * (len(self.shown) - 1 - place)

    def table(self) -> Rows:
        """One row for each x of the first lane, one column for each class that is drawn."""
        drawn = [
            (lane, one)
            for lane in self.lanes
            for one in np.flatnonzero((np.nan_to_num(lane.probabilities) >= DRAWN).any(1)).tolist()
        ]
        yield [self.x_name, *(f"{lane.name} {class_name(one)}" for lane, one in drawn)]
        for place, x in enumerate(self.lanes[0].xs.tolist() if self.lanes else ()):
            yield [x, *(float(lane.probabilities[one, place]) for lane, one in drawn)]

    # Names in the axes

    def restyle(self) -> None:
        super().restyle()
        small = text_cache(themes.text_px(self))
        self._axes["left"].setWidth(round(small.width("½")) + 3 * GRID)
        self._lay_out()

    def _write_names(self) -> None:
        """Write a class's name under each stretch where it wins, if that has room for it."""
        bold, theme = text_cache(themes.text_px(self), bold=True), self.theme
        low, high = self._x_range
        pixel = (high - low) / self.area().width()
        self.labels = tuple(
            (one, (left + right) / 2, self.floor(place) + 1.0)
            for place, lane in enumerate(self.shown)
            for one, left, right in wins(lane)
            if right - left >= (bold.width(class_name(one)) + GRID) * pixel
        )
        while len(self._texts) > len(self.labels):
            self.view.removeItem(self._texts.pop())
        while len(self._texts) < len(self.labels):
            self._texts.append(pg.TextItem(anchor=(0.5, 0.0)))
            self.view.addItem(self._texts[-1], ignoreBounds=True)
        for item, (one, x, y) in zip(self._texts, self.labels, strict=True):
            item.setFont(bold.font)
            item.setText(class_name(one), ink(theme, one))
            item.setPos(x, y)

    # The cursor

    def _tell(self) -> None:
        super()._tell()
        x, place = self.pointed if self.lanes else None, ""
        if x is not None:
            read = self.read_at(x) or tr("nothing")
            place = tr("at {x}: answer {text}", x=number(x, 2), text=read)
        self._place.set_text(place)
        self._update_beside()

    def _update_beside(self) -> None:
        self._reading.update()
        self._values.update()

    def read_at(self, x: float) -> str:
        """Return what is read at a place; "" for nothing."""
        return next((text for first, last, text in self.band if first <= x <= last), "")

    def set_mark(self, x: float | None) -> None:
        super().set_mark(x if self.lanes else None)

    def tooltip(self, position: QPointF) -> str:
        x, y = self.x_at(position), self.to_axes(position).y()
        place = len(self.shown) - 1 - math.floor(y / self._pitch + 0.1)
        if not 0 <= place < len(self.shown):
            return ""
        lane = self.shown[place]
        said = [
            tr("{axis} {x}, {lane}: {values}", axis=self.x_name, x=number(x, 2), lane=lane.name,
               values=_said(lane.at(x)))
        ]  # fmt: skip
        if lane.before is not None:
            said.append(tr("without ablation: {values}", values=_said(lane.before.at(x))))
        said.append(tr(
            "p(class) = exp(log-softmax of the output), in that window of this digit where p of a "
            "digit is largest."
        ))  # fmt: skip
        return "\n".join(said)


def wins(lane: LaneCurves) -> list[tuple[int, float, float]]:
    """Return where a class has more than half of the probability: (class, from x, to x)."""
    values = np.nan_to_num(lane.probabilities)
    best = np.where(values.max(0, initial=0) > 0.5, values.argmax(0), -1).tolist()
    found = []
    for one, stretch in groupby(zip(best, lane.xs.tolist(), strict=True), key=lambda pair: pair[0]):
        if one >= 0:
            xs = [x for _, x in stretch]
            found.append((one, xs[0], xs[-1]))
    return found


def _said(values: Sequence[tuple[int, float]]) -> str:
    said = (f"{class_name(one)} {number(p, 3)}" for one, p in values)
    return ", ".join(said) or tr("not known")


def ink(theme: Theme, one: int) -> QColor:
    """Return a class's colour for text, as everywhere but for “none”, which stays behind."""
    return theme.quiet if one == NONE_CLASS else theme.class_ink(one)


def _line_colour(one: int, *, is_faint: bool) -> Colour:
    def colour(theme: Theme) -> QColor:
        found = colour_of(one, theme) if one == NONE_CLASS else theme.class_ink(one)
        found.setAlphaF(FAINT if is_faint else 1.0)
        return found

    return colour


def _curves(lane: LaneCurves, floor: float, *, is_faint: bool = False) -> list[Series]:
    """The curves of a lane, those before an ablation at the back, and “none” behind the digits."""
    found = [] if lane.before is None else _curves(lane.before, floor, is_faint=True)
    for one in reversed(range(len(lane.probabilities))):
        line = _drawn(lane.probabilities[one]) + floor
        if np.isfinite(line).any():
            bends, colour = _bends(line), _line_colour(one, is_faint=is_faint)
            found.append(Series("", lane.xs[bends], line[bends], colour, dashed=is_faint))
    return found


def _drawn(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The probabilities of one class, NaN where they are nothing and would hide the others."""
    some = np.nan_to_num(values) >= DRAWN
    some[1:] |= some[:-1].copy()
    some[:-1] |= some[1:].copy()
    return np.where(some, values, np.float32(np.nan))


def _bends(line: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which points do not lie between two others of the same height."""
    level = np.round(line / LEVEL)
    found = np.ones(len(line), np.bool_)
    found[1:-1] = (level[1:-1] != level[:-2]) | (level[1:-1] != level[2:])
    return found


class _Reading(PaintedView):
    """The band above the lanes: what is read, in the digits' colours."""

    def __init__(self, plot: LanePlot) -> None:
        super().__init__()
        self._plot = plot
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("What is read along the path"))

    def sizeHint(self) -> QSize:
        return QSize(10 * self.text_px, round(self.bold.height + GRID))

    def tooltip(self, position: QPointF) -> str:
        plot = self._plot
        x = plot.x_at(position + QPointF(self.pos()))
        return tr(
            "{axis} {x}: answer {text}.\nThe digits of the segments, from left to right.",
            axis=plot.x_name, x=number(x, 2), text=plot.read_at(x) or tr("nothing"),
        )  # fmt: skip

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, theme, bold, high = QPainter(self), self.theme, self.bold, self.height()
        (low, most), _ = self._plot.ranges
        area = self._plot.area().translated(-self.x(), 0)
        pixels = area.width() / (most - low)

        def x_of(x: float) -> float:  # many are painted with each frame of a demonstration
            return area.left() + (x - low) * pixels

        ground = QRectF(area.left(), 0, area.width(), high - 1)
        painter.fillRect(ground, theme.surface)
        painter.setClipRect(ground)
        painter.setFont(bold.font)
        for begin, end, text in self._plot.band:
            left, right = x_of(begin), x_of(end)
            if bold.width(text) + GRID > right - left or not text:
                # read too briefly for its text
                painter.fillRect(QRectF(left, 0, right - left, high - 1), theme.line)
                continue
            x, top = (left + right - bold.width(text)) / 2, (high - 1 - bold.height) / 2
            for letter in text:
                painter.setPen(theme.class_ink(int(letter)) if letter.isdigit() else theme.quiet)
                x += bold.draw(painter, x, top, letter)
            painter.setPen(theme.line)
            painter.drawLine(QLineF(left, 0, left, high))
        if self._plot.mark is not None:
            painter.setPen(QPen(theme.accent, 2 * self._plot.weight))
            x = x_of(self._plot.mark)
            painter.drawLine(QLineF(x, 0, x, high))
        painter.end()


class _Values(PaintedView):
    """Beside each lane its name and the probabilities at the cursor."""

    def __init__(self, plot: LanePlot) -> None:
        super().__init__()
        self._plot = plot
        self._names: list[str] = []
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        self.setAccessibleName(tr("Probabilities at the cursor"))

    def set_names(self, names: list[str]) -> None:
        if names != self._names:
            self._names = names
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        least = self.small.width(tr("at {x}: answer {text}", x="88.88", text="8888"))
        return QSize(round(max([least, *map(self.small.width, self._names)])) + 1, 0)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, small, plot = QPainter(self), self.small, self._plot
        painter.setFont(small.font)
        x = plot.pointed
        for place, lane in enumerate(plot.shown):
            top = plot.to_widget(0, plot.floor(place) + 1).y() - self.y() - small.height / 3
            end = plot.to_widget(0, plot.floor(place)).y() - self.y() + small.height / 3
            painter.setPen(self.theme.quiet)
            small.draw(painter, 0, top, lane.name)
            for one, p in () if x is None else lane.at(x):
                top += small.height
                if top + small.height > end + GRID:
                    break
                painter.setPen(ink(self.theme, one))
                left = small.draw(painter, 0, top, class_name(one))
                painter.setPen(self.theme.text)
                small.draw(painter, left + 2 * GRID, top, number(p, 3))
        painter.end()
