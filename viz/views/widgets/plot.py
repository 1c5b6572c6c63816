"""A plot: curves over one variable, a cursor that pointer and keys move, and a key with values."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QWidget

from viz.views import theme as themes
from viz.views.theme import DIM, Colour, Theme, colour_in
from viz.views.widgets.chart import Chart
from viz.views.widgets.export import Rows
from viz.views.widgets.plot_key import PlotKey
from viz.views.widgets.plot_series import Measured, Series

LEAST_AXES = 14
"""Width of the axes, in sizes of text, below which the key rather stands below them."""

LEAST_HIGH = 10.5
"""Height of the plot, in sizes of text, below which the key rather stands beside the axes."""

FILL = 0.35
"""Opacity of the area below a curve that is filled."""

DOT = 8.0
"""Diameter in pixels of a dot at the cursor, at the smallest text."""


class Plot(Chart):
    """Curves. A click, a drag or an arrow key chooses an x; hovering shows the values there."""

    started = pyqtSignal()
    """A gesture begins that may choose several x."""
    chosen = pyqtSignal(float)
    """An x within the range that the user chose."""

    def __init__(
        self,
        x_label: str = "",
        y_label: str = "",
        parent: QWidget | None = None,
        *,
        step: float = 1.0,
        fine: float = 0.25,
        keyed: bool = True,
    ) -> None:
        """``step`` and ``fine``: how far an arrow key goes, and how far with Shift. ``keyed``: with
        a key beside the axes."""
        self.step, self.fine = step, fine
        self.series: tuple[Series, ...] = ()
        self.references: tuple[tuple[float, str], ...] = ()
        """The x and the text of each dashed vertical line."""
        self.mark: float | None = None
        """The x of the cursor; None: there is none."""
        self.measured: Measured | None = None
        self.describe: Callable[[Series, float], str] = lambda series, x: ""
        """What the tip says of a curve at an x."""
        self.dimmed = False
        self._hover: float | None = None
        self._curves: list[pg.PlotCurveItem] = []
        self._lines: list[pg.InfiniteLine] = []
        self._cursor = pg.InfiniteLine(angle=90)
        self._pointer = pg.InfiniteLine(angle=90)
        self._dots = pg.ScatterPlotItem(pxMode=True)
        self._value_dots = pg.ScatterPlotItem(pxMode=True)
        self.key = PlotKey() if keyed else None
        super().__init__(x_label, y_label, parent)
        for line in (self._cursor, self._pointer):
            line.hide()
            line.setZValue(10)
        self._dots.setZValue(20)
        self._value_dots.setZValue(5)
        for item in (self._cursor, self._pointer, self._value_dots, self._dots):
            self.view.addItem(item, ignoreBounds=True)
        if self.key is not None:
            self._grid.addWidget(self.key, 0, 1, 4, 1)

    def _place_key(self) -> None:
        """Put the key beside the axes, or below where that would leave them too narrow; but not
        where it would take their height."""
        key = self.key
        if key is None:
            return
        text_px = themes.text_px(self)
        narrow = bool(key.beside) and self.width() - key.beside < LEAST_AXES * text_px
        flat = narrow and self.height() >= LEAST_HIGH * text_px
        if flat != key.flat:
            self._grid.removeWidget(key)
            key.set_flat(flat)
            self._grid.addWidget(key, *((4, 0) if flat else (0, 1, 4, 1)))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._place_key()

    # What is shown

    def set_series(self, series: Sequence[Series]) -> None:
        """Show these curves, the last on top."""
        self.series = tuple(series)
        while len(self._curves) > len(self.series):
            self.view.removeItem(self._curves.pop())
        while len(self._curves) < len(self.series):
            curve = pg.PlotCurveItem(antialias=True, connect="finite")
            curve.setZValue(len(self._curves) / 1000)
            self._curves.append(curve)
            self.view.addItem(curve, ignoreBounds=True)
        for curve, one in zip(self._curves, self.series, strict=True):
            curve.setData(np.asarray(one.x, np.float64), np.asarray(one.y, np.float64))
        self._paint_series()
        self._show_dots()
        self._tell()

    def _paint_series(self) -> None:
        for curve, one in zip(self._curves, self.series, strict=True):
            curve.setPen(one.pen(self.theme, self.weight))
            # drawn segment by segment, a pattern would begin anew in each: a line of many is solid
            curve.setSegmentedLineMode("off" if one.dashed or one.pattern else "on")
            curve.setOpacity(DIM if self.dimmed else 1.0)
            area = QColor(colour_in(self.theme, one.colour))
            area.setAlphaF(FILL if one.filled else 0.0)
            curve.setFillLevel(0.0 if one.filled else None)
            curve.setBrush(area if one.filled else None)
        # pyqtgraph draws a dot anew for each new brush or pen: the same ones are given again
        self._brushes = [pg.mkBrush(colour_in(self.theme, one.colour)) for one in self.series]
        self._rim = pg.mkPen(self.theme.background, width=self.weight)
        self._show_values()

    def _show_values(self) -> None:
        """Paint the dots of the curves that have them."""
        x, y, brushes = [], [], []
        for one, brush in zip(self.series, self._brushes, strict=True):
            if one.dotted:
                known = np.isfinite(one.y)
                x += one.x[known].tolist()
                y += one.y[known].tolist()
                brushes += [brush] * int(known.sum())
        if x or len(self._value_dots.data):
            size = DOT * self.weight
            self._value_dots.setData(x=x, y=y, brush=brushes, pen=self._rim, size=size)
            self._value_dots.setOpacity(DIM if self.dimmed else 1.0)

    def set_mark(self, x: float | None) -> None:
        """Move the cursor to ``x``; None or beyond the range: no cursor."""
        if x != self.mark:
            self.mark = x
            self._cursor.setVisible(x is not None)
            if x is not None:
                self._cursor.setValue(x)
            self._tell()

    def set_measured(self, measured: Measured | None) -> None:
        """Show as dots and in the key what is measured at the cursor, which curves between their
        points, or of something else, do not tell; None: the curves tell it."""
        if measured is not self.measured:
            self.measured = measured
            self._show_dots()
            self._tell()

    def set_dimmed(self, dimmed: bool) -> None:
        """Show the curves faintly: they belong to something that is no longer there."""
        if dimmed != self.dimmed:
            self.dimmed = dimmed
            self._paint_series()
            self._tell()

    def set_references(self, references: Sequence[tuple[float, str]]) -> None:
        """Draw dashed vertical lines, each with its text."""
        if tuple(references) == self.references:
            return
        self.references = tuple(references)
        while self._lines:
            self.view.removeItem(self._lines.pop())
        for row, (x, text) in enumerate(self.references):
            line = pg.InfiniteLine(
                pos=x, angle=90, label=text,
                labelOpts={"position": 0.9 - 0.1 * (row % 2), "movable": False},
            )  # fmt: skip
            self._lines.append(line)
            self.view.addItem(line, ignoreBounds=True)
        self._paint_lines()

    def _paint_lines(self) -> None:
        theme, weight = self.theme, self.weight
        for line in self._lines:
            line.setPen(theme.quiet, width=weight, style=Qt.PenStyle.DashLine)
            line.label.setColor(theme.quiet)
            line.label.fill = pg.mkBrush(theme.background)
            line.label.setFont(self.font())
        self._cursor.setPen(theme.accent, width=2 * weight)
        self._pointer.setPen(theme.quiet)

    def restyle(self) -> None:
        super().restyle()
        self._paint_series()
        self._paint_lines()
        self._show_dots()
        self._tell()

    def table(self) -> Rows:
        """One row for each x, one column for each curve."""
        named = [one for one in self.series if one.name]
        xs = np.unique(np.concatenate([one.x for one in named])) if named else np.empty(0)
        yield [self.below.text, *(one.name for one in named)]
        for x in xs.tolist():
            yield [x, *(one.at(x) for one in named)]

    # The cursor

    @property
    def pointed(self) -> float | None:
        """The x whose values are told: that under the pointer, else that of the cursor."""
        return self._hover if self._hover is not None else self.mark

    def _tell(self) -> None:
        """Bring the key to where the cursor or the pointer is."""
        if self.key is not None:
            measured = self.measured if self._hover is None else None
            self.key.set_rows(self.series, self.pointed, measured, dimmed=self.dimmed)
            self._place_key()

    def _show_dots(self) -> None:
        """Show what is measured at the cursor, unless the pointer asks for another place."""
        x, y, brushes = [], [], []
        if self.measured is not None and self._hover is None:
            low, high = self.ranges[1]
            for one, brush in zip(self.series, self._brushes, strict=True):
                value = self.measured.values.get(one.name, math.nan)
                if low <= value <= high:
                    x.append(self.measured.x)
                    y.append(value)
                    brushes.append(brush)
        if x or len(self._dots.data):
            size = DOT * self.weight
            self._dots.setData(x=x, y=y, brush=brushes, pen=self._rim, size=size)

    def x_at(self, position: QPointF) -> float:
        """Return the x in the range that is nearest to a position in this widget."""
        low, high = self.ranges[0]
        return min(max(self.to_axes(position).x(), low), high)

    def press(self, position: QPointF) -> None:
        self.started.emit()
        self.chosen.emit(self.x_at(position))

    def move_pointer(self, position: QPointF, *, held: bool) -> None:
        x = self.x_at(position)
        if held:
            self.chosen.emit(x)
        self._hover = None if held else x
        self._pointer.setVisible(not held)
        self._pointer.setValue(x)
        self._show_dots()
        self._tell()

    def leave(self) -> None:
        self._hover = None
        self._pointer.hide()
        self._show_dots()
        self._tell()

    def nearest(self, position: QPointF) -> Series | None:
        """Return the curve nearest to a position, measured up and down; None without any."""
        at = self.to_axes(position)
        found = [(abs(one.at(at.x()) - at.y()), number) for number, one in enumerate(self.series)]
        known = [pair for pair in found if not math.isnan(pair[0])]
        return self.series[min(known)[1]] if known else None

    def tooltip(self, position: QPointF) -> str:
        series = self.nearest(position)
        told = self.describe(series, self.x_at(position)) if series is not None else ""
        return told or self.toolTip()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not way or self.mark is None:
            super().keyPressEvent(event)
            return
        fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if not event.isAutoRepeat():
            self.started.emit()
        low, high = self.ranges[0]
        x = self.mark + way * (self.fine if fine else self.step)
        self.chosen.emit(min(max(x, low), high))


def layer_colour(place: int, count: int) -> Colour:
    """Return the colour of a layer's curve: along the scale of activations, the deeper the further.

    The hues of the classes mean something else and are not used.
    """

    def colour(theme: Theme) -> QColor:
        low, high = (125, 245) if theme.name == "dark" else (150, 255)
        return QColor(int(theme.sequential[round(low + (high - low) * place / max(1, count - 1))]))

    return colour
