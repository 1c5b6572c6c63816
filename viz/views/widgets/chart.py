"""A chart: pyqtgraph's axes in ranges that never choose themselves, with names and a menu.

What stands in the axes, curves or bars, is that of the subclasses ``Plot`` and ``Bars``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pyqtgraph as pg
from PyQt6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PyQt6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QMouseEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QGridLayout, QLabel, QMenu, QSizePolicy, QWidget

from viz.i18n import number, tr
from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.export import Rows, export_menu
from viz.views.widgets.line import Line
from viz.views.widgets.painted_view import STYLES
from viz.views.widgets.pointing import came_by_tab
from viz.views.widgets.text_cache import text_cache
from viz.views.widgets.tooltip import show_tip

pg.setConfigOption("segmentedLineMode", "on")  # wide curves cost half as much (13.7 → 6.4 ms)

ZOOM, CLOSEST = 1.25, 1000.0
"""How much closer one step of the wheel comes, and how close it is at most."""

LINE = 1.2
"""Height of a line of text, in sizes of it: numbers one above the other stand no closer."""


MOST_TICKS = 100
"""Of an axis that are looked at for the width of their texts."""


class Axis(pg.AxisItem):
    """Ticks with real minus signs, at multiples of ``step`` where there is one."""

    step: float | None = None

    def boundingRect(self) -> QRectF:
        rect = super().boundingRect()  # which leaves out the texts of the first and the last tick
        high = 2 * self.font_px
        return rect.adjusted(-high, -high / 2, high, high / 2)

    font_px = 13
    """The size of its text."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [number(round(value * scale, 9)) for value in values]

    def tickSpacing(
        self, minVal: float, maxVal: float, size: float
    ) -> Sequence[tuple[float, float]]:
        spacing: Sequence[tuple[float, float]] = super().tickSpacing(minVal, maxVal, size)
        if not self.step:
            major = spacing[0][0]  # minor ticks would double the lines of the grid
            return [(major * self._thinning(major, minVal, maxVal, size), 0.0)]
        major = self.step * max(1, math.ceil(spacing[0][0] / self.step))
        major *= self._thinning(major, minVal, maxVal, size)
        return [(major, 0.0), (self.step, 0.0)] if major > self.step else [(major, 0.0)]

    def _thinning(self, major: float, low: float, high: float, size: float) -> int:
        """How many of such steps must lie between two ticks, lest their texts run together."""
        least = LINE * self.font_px
        if self.orientation == "bottom":
            first = math.ceil(low / major) * major
            ticks = [round(first + k * major, 9) for k in range(int((high - first) / major) + 1)]
            texts = [number(tick) for tick in ticks[:MOST_TICKS]]
            wide = text_cache(self.font_px).width
            least = max(map(wide, texts), default=0.0) + self.font_px / 2
        return max(1, math.ceil(least * (high - low) / max(1.0, size) / major - 1e-9))


class Chart(QWidget):
    """Named axes of fixed ranges. Right click: the menu; Ctrl + wheel: zoom; double click: back."""

    tick_lines = 1
    """Lines of text below the horizontal axis."""

    def __init__(self, x_label: str = "", y_label: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ranges = (0.0, 1.0), (0.0, 1.0)
        self.heading, self.below = (
            Line(quiet=True),
            Line(align=Qt.AlignmentFlag.AlignHCenter, quiet=True),
        )
        self._note, self._message = QLabel(), QLabel()
        axes = {side: Axis(side) for side in ("left", "bottom")}
        self._axes = axes
        self.view = pg.PlotWidget(self, axisItems=axes)
        """pyqtgraph's widget, for what subclasses put into the axes."""
        item = self.view.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setMouseEnabled(False, False)
        item.disableAutoRange()
        item.showGrid(x=True, y=True, alpha=0.25)
        item.getViewBox().setDefaultPadding(0)
        for axis in axes.values():
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=0, autoExpandTextSpace=True, hideOverlappingLabels=False)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setFrameShape(self.view.Shape.NoFrame)
        viewport = self.view.viewport()
        viewport.setMouseTracking(True)
        viewport.installEventFilter(self)
        self.view.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        for label in (self._note, self._message):
            label.setWordWrap(True)
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            label.hide()
        self._message.setParent(self.view)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(0)
        grid.addWidget(self.heading, 0, 0)
        grid.addWidget(self._note, 1, 0)
        grid.addWidget(self.view, 2, 0)
        grid.addWidget(self.below, 3, 0)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(2, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 96)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.framed = False
        """Whether the keys act here and the chart shows so."""
        self.set_labels(x_label, y_label)
        self.restyle()

    # What is shown

    def set_labels(self, x_label: str, y_label: str, *, shorter: str = "") -> None:
        """Name the axes, with their units; ``shorter``: that of x for less room."""
        self.below.set_text(x_label, shorter=[(shorter, "")] if shorter else ())
        self.below.setVisible(bool(x_label))
        self.heading.set_text(y_label)
        self.heading.setVisible(bool(y_label))
        self.setAccessibleName(tr("{y} over {x}", y=y_label, x=x_label) if x_label else y_label)

    def set_ranges(self, x_range: tuple[float, float], y_range: tuple[float, float]) -> None:
        """Show these ranges, low < high, until they are set again."""
        if (x_range, y_range) != self._ranges:
            self._ranges = x_range, y_range
            self.show_all()

    @property
    def ranges(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The ranges of x and y that are in sight."""
        x, y = self.view.getPlotItem().getViewBox().viewRange()
        return (x[0], x[1]), (y[0], y[1])

    def _show_ranges(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.view.getPlotItem().getViewBox().setRange(
            xRange=x, yRange=y, padding=0, disableAutoRange=True
        )

    def set_grid_step(self, step: float | None) -> None:
        """Draw the vertical lines at multiples of ``step``; None: at the ticks."""
        axis = self._axes["bottom"]
        if step != axis.step:
            axis.step = step
            axis.picture = None
            axis.update()

    def set_tick_texts(self, texts: Mapping[float, str]) -> None:
        """Write these below the horizontal axis, each at its x, in place of numbers."""
        self._axes["bottom"].setTicks([list(texts.items())])

    def set_note(self, text: str) -> None:
        """Say above the axes what is to be known about the values; "" for nothing."""
        if text != self._note.text():
            self._note.setText(text)
            self._note.setVisible(bool(text))
            self.setAccessibleDescription(text)

    @property
    def note(self) -> str:
        """What is said above the axes."""
        return self._note.text()

    def set_message(self, text: str) -> None:
        """Say in the axes why there is nothing in them; "" for nothing."""
        if text != self._message.text():
            self._message.setText(text)
            self._message.setVisible(bool(text))

    @property
    def message(self) -> str:
        """What is said in the axes."""
        return self._message.text()

    def table(self) -> Rows:
        """The values that are shown, below a heading, as they are copied and saved."""
        raise NotImplementedError

    # Style

    @property
    def theme(self) -> Theme:
        """The theme that the window gave it with its palette."""
        return themes.of(self)

    @property
    def weight(self) -> float:
        """How wide lines are, so that they are as legible as the text."""
        return max(1.0, themes.text_px(self) / 16)

    def restyle(self) -> None:
        """Take palette and font for everything in the axes."""
        theme, text_px = self.theme, themes.text_px(self)
        self.view.setBackground(theme.background)
        for axis in self._axes.values():
            axis.font_px = text_px
            axis.setStyle(tickFont=themes.font(text_px), tickTextOffset=GRID)
            axis.setPen(QPen(theme.line, 1))
            axis.setTextPen(QPen(theme.quiet, 1))
        # Room for the half of the last ticks' texts that stands beyond the axes
        item = self.view.getPlotItem()
        item.layout.setContentsMargins(0, 0.6 * text_px, 1.2 * text_px, 0)
        self._axes["bottom"].setHeight(round(1.5 * self.tick_lines * text_px) + GRID)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() in STYLES:
            self.restyle()

    # Geometry

    def area(self) -> QRectF:
        """Where the axes span, in pixels of this widget."""
        box = self.view.getPlotItem().getViewBox()
        rect = self.view.mapFromScene(box.sceneBoundingRect()).boundingRect()
        return QRectF(rect.translated(self.view.pos()))

    def to_widget(self, x: float, y: float) -> QPointF:
        """Return a point of the axes in pixels of this widget."""
        box = self.view.getPlotItem().getViewBox()
        point = self.view.mapFromScene(box.mapViewToScene(QPointF(x, y)))
        return QPointF(point + self.view.pos())

    def to_axes(self, position: QPointF) -> QPointF:
        """Return the point of the axes at a position in this widget."""
        box = self.view.getPlotItem().getViewBox()
        scene = self.view.mapToScene((position - QPointF(self.view.pos())).toPoint())
        return QPointF(box.mapSceneToView(scene))

    # Zoom

    def zoom(self, factor: float, at: QPointF) -> None:
        """Come closer by a factor above 1, or go back, about a point of the axes."""
        factor, found = min(max(factor, 1 / CLOSEST), CLOSEST), []
        for (low, high), (least, most), centre in zip(
            self.ranges, self._ranges, (at.x(), at.y()), strict=True
        ):
            span = max((high - low) / factor, (most - least) / CLOSEST)
            span = min(span, most - least)
            share = (centre - low) / (high - low)
            start = min(max(centre - share * span, least), most - span)
            found.append((start, start + span))
        self._show_ranges(*found)

    def show_all(self) -> None:
        """Show the whole ranges again."""
        self._show_ranges(*self._ranges)

    def build_menu(self) -> QMenu:
        """Build the menu of the right click."""
        menu = export_menu(self, self.table)
        menu.addSeparator()
        (x0, x1), (y0, y1) = self.ranges
        centre = QPointF((x0 + x1) / 2, (y0 + y1) / 2)
        for text, act in (
            (tr("Zoom in\tCtrl+Wheel"), lambda: self.zoom(ZOOM**2, centre)),
            (tr("Zoom out"), lambda: self.zoom(ZOOM**-2, centre)),
            (tr("Whole range\tDouble click"), self.show_all),
        ):
            menu.addAction(text).triggered.connect(act)  # type: ignore[union-attr]
        return menu

    # Input: pyqtgraph's scene sees no mouse events, which it would search for items at each

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is None:
            return False
        kind = event.type()
        if isinstance(event, QContextMenuEvent):
            self.build_menu().popup(event.globalPos())
        elif isinstance(event, QHelpEvent) and kind == QEvent.Type.ToolTip:
            at = QPointF(event.pos() + self.view.pos())
            text = self.tooltip(at)
            if text:
                show_tip(self, text, int(at.x()), above=True)
        elif isinstance(event, QWheelEvent):
            if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                return False
            at = self.to_axes(event.position() + QPointF(self.view.pos()))
            steps = min(max(event.angleDelta().y() / 120, -10), 10)
            self.zoom(ZOOM**steps, at)
        elif kind == QEvent.Type.MouseButtonDblClick:
            self.show_all()
        elif isinstance(event, QMouseEvent):
            at = event.position() + QPointF(self.view.pos())
            left = Qt.MouseButton.LeftButton
            if kind == QEvent.Type.MouseButtonPress and event.button() == left:
                self.press(at)
            elif kind == QEvent.Type.MouseMove:
                self.move_pointer(at, held=bool(event.buttons() & left))
        elif kind == QEvent.Type.Leave:
            self.leave()
        else:
            return False
        return True

    def press(self, position: QPointF) -> None:
        """The left button was pressed at a position in this widget."""

    def move_pointer(self, position: QPointF, *, held: bool) -> None:
        """The pointer moved to a position, with the left button ``held`` or not."""

    def leave(self) -> None:
        """The pointer left the axes."""

    def tooltip(self, position: QPointF) -> str:
        """What is said about the place under a position; "" for nothing."""
        return self.toolTip()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._message.setGeometry(self.view.rect().adjusted(8 * GRID, 0, -2 * GRID, 0))

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        self.framed = came_by_tab(event)
        self._frame()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        self.framed = False
        self._frame()

    def _frame(self) -> None:
        """Show by the colour of the axes that the keys act here."""
        pen = QPen(self.theme.accent, 2) if self.framed else QPen(self.theme.line, 1)
        for axis in self._axes.values():
            axis.setPen(pen)
