"""A plane: square axes of two equal units, with a field of colour, lines, and points in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QPen, QResizeEvent
from PyQt6.QtWidgets import QWidget

from viz.i18n import tr
from viz.views import theme as themes
from viz.views.theme import DIM, GRID, Colour, Lut, Theme, colour_in
from viz.views.widgets.chart import Chart
from viz.views.widgets.export import Rows

Floats = NDArray[np.float64]

LEAST_AXES = 9
"""Side of the square, in sizes of text, below which the numbers at its axes are left out."""


@dataclass(frozen=True, eq=False)
class Trace:
    """A line through points ``x`` and ``y`` of one length; NaN breaks it. ``width`` in pixels at
    small text; ``pattern`` is dash, gap, … in widths of it."""

    x: Floats
    y: Floats
    colour: Colour = None
    width: float = 1.0
    pattern: tuple[float, ...] = ()

    def pen(self, theme: Theme, weight: float) -> QPen:
        """Return what it is painted with."""
        pen = QPen(colour_in(theme, self.colour), self.width * weight)
        pen.setCosmetic(True)
        if self.pattern:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(self.pattern)
        return pen


@dataclass(frozen=True, eq=False)
class Dots:
    """Points of one kind: a symbol of pyqtgraph's (o, s, d, x, …); ``size`` in pixels, less
    in a small plane."""

    x: Floats
    y: Floats
    colour: Colour = None
    symbol: str = "o"
    size: float = 7.0


class Plane(Chart):
    """Equal units across and up. A click or a drag reports where."""

    pressed = pyqtSignal(QPointF)
    """The left button was pressed at a point of the axes."""
    dragged = pyqtSignal(QPointF)
    """The pointer moved there with the button held."""

    def __init__(self, x_label: str = "", y_label: str = "", parent: QWidget | None = None) -> None:
        self._traces: tuple[Trace, ...] = ()
        self._dots: tuple[Dots, ...] = ()
        self._colours: Callable[[Theme], Lut] | None = None
        self._strength, self._small = 1.0, 1.0
        self._image = pg.ImageItem(axisOrder="row-major")
        self._lines: list[pg.PlotCurveItem] = []
        self._groups: list[pg.ScatterPlotItem] = []
        self.dimmed = False
        self.describe: Callable[[float, float], str] = lambda x, y: ""
        """What the tip says of a place."""
        super().__init__(x_label, y_label, parent)
        self._grid.addWidget(self.heading, 0, 0, 1, 2)
        self._grid.setColumnStretch(0, 0)
        self._grid.setColumnStretch(1, 1)
        self._grid.setRowStretch(2, 0)
        self._grid.setRowStretch(4, 1)
        self._grid.setHorizontalSpacing(0)
        self.view.addItem(self._image, ignoreBounds=True)
        self._image.setZValue(-10)
        self.setMinimumSize(88, 80)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # there is nothing that keys move

    # What is shown

    @property
    def traces(self) -> tuple[Trace, ...]:
        """The lines, the last on top."""
        return self._traces

    @property
    def dots(self) -> tuple[Dots, ...]:
        """The points, the last on top."""
        return self._dots

    def set_field(
        self,
        values: Floats | None,
        reach: float,
        span: tuple[float, float],
        colours: Callable[[Theme], Lut],
        strength: float = 1.0,
    ) -> None:
        """Colour the square from −reach to reach by values (n, n), rows upwards, ``span`` onto the
        ends of the ``colours``, with an opacity of ``strength``; None: no colour."""
        self._colours, self._strength = colours, strength
        self._image.setVisible(values is not None)
        if values is not None:
            self._image.setImage(values, levels=span, autoLevels=False)
            self._image.setRect(QRectF(-reach, -reach, 2 * reach, 2 * reach))
        self._paint_field()

    def set_traces(self, traces: Sequence[Trace]) -> None:
        """Show these lines."""
        self._traces = tuple(traces)
        while len(self._lines) > len(self._traces):
            self.view.removeItem(self._lines.pop())
        while len(self._lines) < len(self._traces):
            line = pg.PlotCurveItem(antialias=True, connect="finite")
            line.setZValue(len(self._lines) / 1000)
            self._lines.append(line)
            self.view.addItem(line, ignoreBounds=True)
        for line, one in zip(self._lines, self._traces, strict=True):
            line.setData(np.asarray(one.x, np.float64), np.asarray(one.y, np.float64))
        self._paint_lines()

    def set_dots(self, dots: Sequence[Dots]) -> None:
        """Show these points."""
        self._dots = tuple(dots)
        while len(self._groups) > len(self._dots):
            self.view.removeItem(self._groups.pop())
        while len(self._groups) < len(self._dots):
            group = pg.ScatterPlotItem(pxMode=True)
            group.setZValue(10 + len(self._groups) / 1000)
            self._groups.append(group)
            self.view.addItem(group, ignoreBounds=True)
        self._paint_dots()

    def set_dimmed(self, dimmed: bool) -> None:
        """Show all of it faintly: it belongs to something else."""
        if dimmed != self.dimmed:
            self.dimmed = dimmed
            for item in (*self._lines, *self._groups):
                item.setOpacity(DIM if dimmed else 1.0)
            self._paint_field()

    def table(self) -> Rows:
        """One row for each point, by the number of its kind, from 0."""
        yield [self.below.text or "x", self.heading.text or "y", tr("kind")]
        for number, group in enumerate(self._dots):
            for x, y in zip(group.x.tolist(), group.y.tolist(), strict=True):
                yield [x, y, number]

    # Style

    def _paint_field(self) -> None:
        if self._colours is not None:
            lut = self._colours(self.theme)
            channels = np.stack([lut >> 16 & 255, lut >> 8 & 255, lut & 255], 1)
            self._image.setLookupTable(channels.astype(np.ubyte))
        self._image.setOpacity(self._strength * (DIM if self.dimmed else 1.0))

    def _paint_lines(self) -> None:
        for line, one in zip(self._lines, self._traces, strict=True):
            line.setPen(one.pen(self.theme, self.weight))
            line.setSegmentedLineMode("off" if one.pattern else "on")  # else it begins anew in each
            line.setOpacity(DIM if self.dimmed else 1.0)

    def _paint_dots(self) -> None:
        rim = pg.mkPen(self.theme.surface, width=self.weight)
        for group, one in zip(self._groups, self._dots, strict=True):
            brush = pg.mkBrush(colour_in(self.theme, one.colour))
            group.setData(
                x=one.x, y=one.y, symbol=one.symbol, brush=brush, pen=rim,
                size=one.size * self.weight * self._small,
            )  # fmt: skip
            group.setOpacity(DIM if self.dimmed else 1.0)

    def restyle(self) -> None:
        super().restyle()
        self._square()
        self._paint_field()
        self._paint_lines()
        self._paint_dots()

    # Geometry

    def _square(self) -> None:
        """Give the axes a square, at the upper left of the room, with their names beside it."""
        text_px = themes.text_px(self)
        heads = (line.sizeHint().height() for line in (self.heading, self.below) if line.text)
        wide, high = self.width(), self.height() - sum(heads)
        left, bottom = round(2.4 * text_px), round(1.5 * text_px) + GRID
        above, beside = round(0.6 * text_px), round(1.2 * text_px)
        numbered = min(wide - left - beside, high - bottom - above) >= LEAST_AXES * text_px
        if not numbered:
            left, bottom, above, beside = 1, 1, 0, 0
        for side in ("left", "bottom"):
            self._axes[side].setStyle(showValues=numbered)
        self._axes["left"].setWidth(left)
        self._axes["bottom"].setHeight(bottom)
        self.view.getPlotItem().layout.setContentsMargins(0, above, beside, 0)
        square = max(1, min(wide - left - beside, high - above - bottom))
        small = min(max(square / (LEAST_AXES * text_px), 0.4), 1.0)
        if small != self._small:
            self._small = small
            self._paint_dots()
        self._grid.setColumnMinimumWidth(0, left + square + beside)
        self._grid.setRowMinimumHeight(2, above + square + bottom)

    def set_labels(self, x_label: str, y_label: str, *, shorter: str = "") -> None:
        super().set_labels(x_label, y_label, shorter=shorter)
        self._square()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._square()

    # Input

    def press(self, position: QPointF) -> None:
        self.pressed.emit(self.to_axes(position))

    def move_pointer(self, position: QPointF, *, held: bool) -> None:
        if held:
            self.dragged.emit(self.to_axes(position))

    def tooltip(self, position: QPointF) -> str:
        at = self.to_axes(position)
        return self.describe(at.x(), at.y()) or self.toolTip()
