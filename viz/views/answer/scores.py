"""Scores: the class probabilities of one window of the output, as bars: ten, or eleven with none.

Beside a frozen state its scores stand round them as outlines. Painted here, because this is on the
live path: of ten bars a drag moves two or three, and only these are painted, on a kept picture of
the axes. As a plot they took more than twice as long (1.7 ms of processor time to 0.7).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRect, QRectF, Qt, pyqtSlot
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QRegion, QResizeEvent
from PyQt6.QtWidgets import QWidget

from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.nets.architecture import CLASSES, NONE_CLASS
from viz.views.layer_words import answer_hidden
from viz.views.paint_clock import PaintClock
from viz.views.theme import GRID
from viz.views.widgets.painted_view import PaintedView

PLACES = (*range(NONE_CLASS), NONE_CLASS + 0.6)
"""Where the bars stand: "none" a little apart from the digits."""

ENDS = 0.6, 0.7
"""Before the first bar's middle and after that of the last digit; "none" needs twice as much."""

LEAST_CHANGE = 1e-3
"""A smaller change of a score is not painted: it moves no bar by a pixel, nor the third digit."""

BAR, OUTLINE = 0.8, 0.92
"""The widths of a bar and of the outline round it; from one bar to the next it is 1."""


def probabilities(snapshot: Snapshot, window: tuple[int, int]) -> NDArray[np.float32]:
    """Return the scores (classes,) of a window, (row, column) of the output."""
    row, column = window
    scores: NDArray[np.float32] = np.exp(snapshot.maps["output"][:, row, column])
    return scores


class Scores(PaintedView):
    """Bars, 0 … 1, for the selected window, else for the focus window."""

    def __init__(
        self, document: Document, clock: PaintClock, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._clock = document, clock
        self._window: tuple[int, int] | None = None
        self.heights = np.zeros(CLASSES, np.float32)
        """The scores that the bars show, (classes,)."""
        self.beside: NDArray[np.float32] | None = None
        """The scores of a frozen state, which the outlines show."""
        self.title = ""
        """The heading, whole; on the screen it is cut where there is no room."""
        self._axes = QPixmap()
        self._head, self._plot, self._unit = 0, QRectF(), 1.0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Scores of the selected window"))
        clock.register(self)
        document.view.changed.connect(self._follow)
        document.window_changed.connect(self._refresh)
        document.selection_changed.connect(self._refresh)

    # What is shown

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the scores of the shown window of this snapshot."""
        window = self._document.shown_window()
        if window is None:
            return
        scores = probabilities(snapshot, window)
        if len(scores) != len(self.heights):  # another network, with "none" or without
            self.heights, self._window = scores, None
            self.restyle()
            self.update()
        changed = np.abs(scores - self.heights) >= LEAST_CHANGE
        winner = int(scores.argmax())
        title = tr(
            "Scores   {name}  {score:.3f}   row {row}, column {column}",
            name=tr("none") if winner == NONE_CLASS else str(winner),
            score=float(scores[winner]),
            row=window[0],
            column=window[1],
        )
        if self._document.view.answer_hidden:
            title = answer_hidden()
        elif self.beside is not None:
            title = f"{title}   {tr('outlined: A')}"
        if window == self._window and not changed.any() and title == self.title:
            self._clock.skip(self)
            return
        self._window = window
        self.heights = np.where(changed, scores, self.heights)
        region = QRegion()
        for number in np.flatnonzero(changed).tolist():
            region += self._column(number)
        if title != self.title:
            self.title = title
            region += QRect(0, 0, self.width(), self._head)
        self.update(region)

    def set_beside(self, scores: NDArray[np.float32] | None) -> None:
        """Outline the scores (classes,) of a frozen state, too; None: no more."""
        self.beside = scores
        self._window = None  # the title says so
        self._refresh()
        self.update()

    @pyqtSlot(str)
    def _follow(self, name: str) -> None:
        if name == "answer_hidden":
            self._refresh()
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self._document.view.toggle_enlarged("scores")

    def _refresh(self) -> None:
        if self._document.snapshot is not None:
            self.show_snapshot(self._document.snapshot)

    # Geometry

    def restyle(self) -> None:
        """Lay out heading and plot, which reaches from the axes to the top of the highest bar."""
        small, count = self.small, len(self.heights)
        self._head = self.text_px + 2 * GRID
        left, top = round(small.width("½")) + 2 * GRID, self._head + GRID
        bottom = self.height() - round(small.height) - GRID
        self._plot = QRectF(left, top, max(self.width() - left, 1), max(bottom - top, 1))
        before, after = ENDS
        places = before + PLACES[count - 1] + after * (1 + (count == CLASSES))
        self._unit = self._plot.width() / places
        self._axes = QPixmap()

    def _place(self, number: int, width: float, score: float) -> QRectF:
        """Return where a bar ``width`` wide stands, in pixels of the widget."""
        plot, unit = self._plot, self._unit
        x = plot.left() + (ENDS[0] + PLACES[number] - width / 2) * unit
        high = score * plot.height()
        return QRectF(x, plot.bottom() - high, width * unit, high)

    def _column(self, number: int) -> QRect:
        """Return all that a bar and its outline may cover."""
        return self._place(number, OUTLINE, 1.0).toAlignedRect().adjusted(-1, -2, 1, 1)

    def bar(self, number: int) -> QRectF:
        """Return where the bar of a class stands, in pixels of the widget."""
        return self._place(number, BAR, float(self.heights[number]))

    @property
    def words(self) -> tuple[QRect, ...]:
        """Where the heading stands, in the widget: nothing is to cross it."""
        return (QRect(0, 0, self.width(), self._head),)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.restyle()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with self._clock.painting(self):
            if self._axes.isNull():
                self._draw_axes()
            painter, theme, region = QPainter(self), self.theme, event.region()
            painter.drawPixmap(0, 0, self._axes)
            hidden = self._document.view.answer_hidden
            for number in range(0 if hidden else len(self.heights)):
                if region.intersects(self._column(number)):
                    painter.fillRect(self.bar(number), theme.class_colour(number))
            if self.beside is not None and not hidden:
                painter.setPen(QPen(theme.text, max(1, self.text_px // 8)))
                for number, score in enumerate(self.beside.tolist()):
                    painter.drawRect(self._place(number, OUTLINE, score))
            if region.intersects(QRect(0, 0, self.width(), self._head)):
                self._paint_title(painter)
            painter.end()

    def _paint_title(self, painter: QPainter) -> None:
        text = self.title
        painter.setFont(self.small.font)
        painter.setPen(self.theme.quiet)
        if self._is_cut:
            right = Qt.TextElideMode.ElideRight
            text = painter.fontMetrics().elidedText(text, right, self.width())
        line = QRect(0, 0, self.width(), self._head - GRID)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)

    @property
    def _is_cut(self) -> bool:
        return self.small.width_of_figures(self.title) > self.width()

    def _draw_axes(self) -> None:
        """Draw what no score changes, to be kept until size, style or network change."""
        ratio, theme, small, plot = self.devicePixelRatioF(), self.theme, self.small, self._plot
        self._axes = QPixmap(self.size() * ratio)
        self._axes.setDevicePixelRatio(ratio)
        self._axes.fill(theme.background)
        painter = QPainter(self._axes)
        painter.fillRect(QRectF(plot.left() - 1, plot.top(), 1, plot.height() + 1), theme.line)
        painter.fillRect(QRectF(plot.left(), plot.bottom(), plot.width(), 1), theme.line)
        painter.setFont(small.font)
        painter.setPen(theme.quiet)
        for score, label in ((0.0, "0"), (0.5, "½"), (1.0, "1")):
            y = plot.bottom() - score * plot.height() - small.middle
            small.draw(painter, plot.left() - GRID, y, label, align=1)
        for number in range(len(self.heights)):
            middle = self._place(number, BAR, 0.0).center().x()
            name = str(number) if number != NONE_CLASS else self._name_of_none(middle)
            small.draw(painter, middle, plot.bottom() + GRID, name, align=0.5)
        painter.end()

    def _name_of_none(self, middle: float) -> str:
        """Return it in full where there is room up to the 9 and to the edge."""
        name, nine = tr("none"), self._place(NONE_CLASS - 1, BAR, 0.0).center().x()
        apart = (self.small.width(name) + self.small.width("9")) / 2 + 2
        room = min(middle - nine, self.width() - middle + self.small.width("9") / 2)
        return name if apart <= room else "∅"

    def tooltip(self, position: QPointF) -> str:
        about = tr(
            "p(class) = exp(log-softmax of the output at this window); the bars sum to 1. Rows and "
            "columns of windows are counted from 0. Click a digit in the answer row to choose the "
            "window. Outlines are the scores of A, while it is frozen."
        )
        return f"{self.title}\n{about}" if self._is_cut else about
