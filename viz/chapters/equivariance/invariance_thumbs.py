"""Sweep thumbnails: every sweep as a small curve, one of them chosen.

Small multiples with the same axes of probability: one sees at a glance what the network bears and
what it does not. They are painted in one widget; the chosen one stands on a ground of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.curve_names import LEAST_TEXT
from viz.views.widgets.curves import DIM
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.text_cache import TextCache

COLUMNS = 2

LEAST_LINES = 2.4
"""The least height of a plot with its caption, in the caption's lines."""


@dataclass(frozen=True, eq=False)
class Thumb:
    """A small plot: lines of (values, probabilities, colour) over low … high, and a mark; faint
    if they belong to an ``old`` drawing."""

    low: float
    high: float
    lines: tuple[tuple[NDArray[np.float64], NDArray[np.float32], QColor], ...]
    mark: float | None
    old: bool = False


class SweepThumbs(PaintedView):
    """Two columns of small plots. A click or an arrow key chooses one."""

    chosen = pyqtSignal(str)

    def __init__(
        self,
        names: Sequence[str],
        labels: Mapping[str, str],
        tips: Mapping[str, str],
        parent: QWidget | None = None,
    ) -> None:
        """``names`` in their order, column by column in rows; ``labels`` and ``tips`` are
        translated."""
        super().__init__(parent)
        self._tips = dict(tips)
        self._names, self._labels = tuple(names), dict(labels)
        self._thumbs: dict[str, Thumb] = {}
        self._current = self._names[0]
        self._theme: Theme = themes.theme("dark")
        self._small = TextCache(themes.font(13))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(120, 96))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def current(self) -> str:
        """The chosen name."""
        return self._current

    def show_current(self, name: str) -> None:
        """Show a choice made elsewhere; nothing is reported back."""
        self._current = name
        self.setAccessibleDescription(self._labels[name])
        self.update()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._small = theme, TextCache(themes.font(text_px))
        self.update()

    def set_thumb(self, name: str, thumb: Thumb) -> None:
        """What one of the plots shows."""
        self._thumbs[name] = thumb
        self.update(self.rect_of(name).toAlignedRect())

    def clear(self) -> None:
        """Show nothing in any of the plots."""
        if self._thumbs:
            self._thumbs.clear()
            self.update()

    def thumb(self, name: str) -> Thumb | None:
        """What one of the plots shows."""
        return self._thumbs.get(name)

    def rect_of(self, name: str) -> QRectF:
        """Where a plot stands, its caption included."""
        row, column = divmod(self._names.index(name), COLUMNS)
        rows = -(-len(self._names) // COLUMNS)
        wide = (self.width() - (COLUMNS - 1) * 2 * GRID) / COLUMNS
        high = (self.height() - (rows - 1) * GRID) / rows
        return QRectF(column * (wide + 2 * GRID), row * (high + GRID), wide, high)

    def tooltip(self, position: QPointF) -> str | None:
        """Of the plot under a point."""
        names = (name for name in self._names if self.rect_of(name).contains(position))
        return self._tips.get(next(names, ""), "")

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """All plots."""
        painter = QPainter(self)
        for name in self._names:
            self._paint_thumb(painter, name, self.rect_of(name))
        painter.end()

    def _fitted(self, height: float) -> TextCache:
        """Lettering that leaves the larger part of a plot's height to the plot, if it can."""
        small = self._small
        if height < LEAST_LINES * small.height:
            size = int(small.font.pixelSize() * height / LEAST_LINES / small.height)
            small = TextCache(themes.font(max(LEAST_TEXT, size)))
        return small

    def _paint_thumb(self, painter: QPainter, name: str, rect: QRectF) -> None:
        theme, small, chosen = self._theme, self._fitted(rect.height()), name == self._current
        painter.setFont(small.font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if chosen:
            painter.fillRect(rect, theme.line)
        label = self._labels[name]
        top = rect.top()
        plot = rect.adjusted(GRID, small.height + 1, -GRID, -GRID)
        painter.setPen(theme.text if chosen else theme.quiet)
        small.draw(painter, rect.left() + GRID, top, label)
        if chosen and self.framed:
            painter.setPen(QPen(theme.accent, 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        painter.setPen(theme.quiet if chosen else theme.line)
        painter.drawLine(QLineF(plot.bottomLeft(), plot.bottomRight()))
        thumb = self._thumbs.get(name)
        if thumb is None or plot.height() < 2 or plot.width() < 2:
            return

        def across(x: NDArray[np.float64] | float) -> NDArray[np.float64]:
            share = (np.asarray(x) - thumb.low) / (thumb.high - thumb.low)
            return np.asarray(plot.left() + share * plot.width())

        painter.setOpacity(DIM if thumb.old else 1.0)
        if thumb.mark is not None and thumb.low <= thumb.mark <= thumb.high:
            x = float(across(thumb.mark))
            painter.setPen(QPen(theme.accent, 1))
            painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for values, shares, colour in thumb.lines:
            painter.setPen(QPen(colour, 1.3))
            heights = plot.bottom() - shares * plot.height()
            points = zip(across(values).tolist(), heights.tolist(), strict=True)
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))
        painter.setOpacity(1.0)

    # Input

    def _choose(self, name: str) -> None:
        if name != self._current:
            self.show_current(name)
            self.chosen.emit(name)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Choose the plot under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            for name in self._names:
                if self.rect_of(name).contains(event.position()):
                    self._choose(name)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """The arrow keys choose a neighbour."""
        way = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -COLUMNS,
            Qt.Key.Key_Down: COLUMNS,
        }.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        place = self._names.index(self._current) + way
        if 0 <= place < len(self._names):
            self._choose(self._names[place])
