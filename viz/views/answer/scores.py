"""Scores: the class probabilities of one window of the output, as bars: ten, or eleven with none.

Beside a frozen state its scores stand round them as outlines.
"""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.nets.architecture import CLASSES, NONE_CLASS
from viz.views import theme as themes
from viz.views.paint_clock import PaintClock
from viz.views.theme import Theme
from viz.views.widgets.tooltip import wrapped

PLACES = (*range(NONE_CLASS), NONE_CLASS + 0.6)
"""Where the bars stand: "none" a little apart from the digits."""


LEAST_CHANGE = 1e-3
"""A smaller change of a score is not painted: it moves no bar by a pixel, nor the third digit."""


BAR, OUTLINE = 0.8, 0.92
"""The widths of a bar and of the outline round it; from one bar to the next it is 1."""


def probabilities(snapshot: Snapshot, window: tuple[int, int]) -> NDArray[np.float32]:
    """The scores (classes,) of a window, (row, column) of the output."""
    row, column = window
    scores: NDArray[np.float32] = np.exp(snapshot.maps["output"][:, row, column])
    return scores


class _Plot(pg.PlotWidget):  # type: ignore[misc]
    """A plot that does not zoom, pan or choose its own range, and tells the clock."""

    def __init__(self, clock: PaintClock) -> None:
        super().__init__()
        self._clock = clock
        clock.register(self)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        with self._clock.painting(self):
            super().paintEvent(event)


class Scores(QWidget):
    """Bars, 0 … 1, for the selected window, else for the focus window."""

    def __init__(
        self, document: Document, clock: PaintClock, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._clock = clock
        self._shown_window: tuple[int, int] | None = None
        self._shown = np.zeros(CLASSES, np.float32)
        self._classes = CLASSES
        self._titles: tuple[str, ...] = ("",)
        self._theme: Theme = themes.theme("dark")
        self._text_px = 13
        self._plot = plot = _Plot(clock)
        item = plot.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setMouseEnabled(False, False)
        item.disableAutoRange()
        item.setXRange(-0.6, PLACES[-1] + 1.3, padding=0)
        item.setYRange(0, 1.06, padding=0)
        item.getAxis("left").setTicks([[(0, "0"), (0.5, "½"), (1, "1")]])
        self._bars = pg.BarGraphItem(
            x=PLACES,
            height=np.zeros(CLASSES),
            width=BAR,
            pen=None,
            brushes=[pg.mkBrush(colour) for colour in themes.CLASS_COLOURS],
        )
        self._outlines = pg.BarGraphItem(
            x=PLACES, height=np.zeros(CLASSES), width=OUTLINE, brush=None
        )
        self._outlines.hide()
        plot.addItem(self._bars)
        plot.addItem(self._outlines)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(plot)
        self.setMinimumSize(160, 96)
        self.setAccessibleName(tr("Scores of the selected window"))
        self.setToolTip(
            wrapped(
                tr(
                    "p(class) = exp(log-softmax of the output at this window); the bars sum to 1. "
                    "Rows and columns of windows are counted from 0. Click a digit in the answer "
                    "row to choose the window. Outlines are what A, once frozen, says in its "
                    "window."
                )
            )
        )
        document.window_changed.connect(self._refresh)
        document.selection_changed.connect(self._refresh)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._plot.setBackground(theme.background)
        for name in ("bottom", "left"):
            axis = self._plot.getPlotItem().getAxis(name)
            axis.setPen(pg.mkPen(theme.line))
            axis.setTextPen(pg.mkPen(theme.quiet))
            axis.setTickFont(themes.font(text_px))
            axis.setStyle(tickLength=0)
        self._theme, self._text_px = theme, text_px
        self._outlines.setOpts(pen=pg.mkPen(theme.text, width=max(1, text_px // 8)))
        self._name_bars()
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(0, self._head, 0, 0)
        self.update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """The last bar's name is written out where there is room."""
        super().resizeEvent(event)
        self._name_bars()

    def _name_bars(self) -> None:
        none = tr("none")
        metrics = QFontMetrics(themes.font(self._text_px))
        room = 2.6 * self.width() / (PLACES[-1] + 1.9)  # to the 9's name, and to the edge
        if metrics.horizontalAdvance(none) + metrics.horizontalAdvance("9") > room:
            none = "∅"
        names = [*map(str, range(NONE_CLASS)), none][: self._classes]
        axis = self._plot.getPlotItem().getAxis("bottom")
        axis.setTicks([list(zip(PLACES, names, strict=False))])

    @property
    def title(self) -> str:
        """The title as it is shown: the longest form that there is room for."""
        width = QFontMetrics(themes.font(self._text_px)).horizontalAdvance
        return next((t for t in self._titles if width(t) <= self.width()), self._titles[-1])

    @property
    def _head(self) -> int:
        return self._text_px + 2 * themes.GRID

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The title; a label would lay the whole window out anew each time its text changes."""
        painter = QPainter(self)
        painter.setFont(themes.font(self._text_px))
        painter.setPen(self._theme.quiet)
        line = QRect(0, 0, self.width(), self._head - themes.GRID)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self.title)
        painter.end()

    def set_beside(self, scores: NDArray[np.float32] | None) -> None:
        """Outline the scores (classes,) of a frozen state, too; None: no more."""
        self._outlines.setVisible(scores is not None)
        if scores is not None:
            self._outlines.setOpts(x=PLACES[: len(scores)], height=scores)
        self._shown_window = None  # the title says so
        self._refresh()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the scores of the shown window of this snapshot."""
        window = self._document.shown_window()
        if window is None:
            return
        scores = probabilities(snapshot, window)
        if len(scores) != self._classes:  # another network, with "none" or without
            self._classes, self._shown_window = len(scores), None
            colours = themes.CLASS_COLOURS[: len(scores)]
            brushes = [pg.mkBrush(colour) for colour in colours]
            self._bars.setOpts(x=PLACES[: len(scores)], height=scores, brushes=brushes)
            end = PLACES[len(scores) - 1] + 0.7 + 0.6 * (len(scores) == CLASSES)
            self._plot.getPlotItem().setXRange(-0.6, end, padding=0)
            self._name_bars()
        if window == self._shown_window and np.abs(scores - self._shown).max() < LEAST_CHANGE:
            self._clock.skip(self._plot)
            return
        self._shown_window, self._shown = window, scores
        self._bars.setOpts(height=scores)
        winner = int(scores.argmax())
        name = tr("none") if winner == NONE_CLASS else str(winner)
        row, column = window
        named = {"row": row, "column": column, "name": name, "score": float(scores[winner])}
        titles: tuple[str, ...] = (
            tr("Scores  row {row}, column {column}:  {name}  {score:.3f}", **named),
            tr("row {row}, column {column}:  {name}  {score:.3f}", **named),
            tr("({row}, {column})  {name}  {score:.3f}", **named),
        )
        if self._outlines.isVisible():
            told = tr("outlined: A")
            titles = (*(f"{title}   {told}" for title in titles), titles[-1])
        if titles != self._titles:
            self._titles = titles
            self.update(0, 0, self.width(), self._head)

    def _refresh(self) -> None:
        if self._document.snapshot is not None:
            self.show_snapshot(self._document.snapshot)
