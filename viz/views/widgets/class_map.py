"""The answer map: what the network answers over a square of shifts, hue = class, strength = p.

Read-only arrays come in, one small RGB32 image goes to the screen. Each class is named on the
largest part of the map that it fills, where that has room for text of the size of all other, and
beside the map, each on a line of its own, so that no hue has to be remembered.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PyQt6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.i18n import tr
from viz.nets.architecture import CLASSES, NONE_CLASS
from viz.views import theme as themes
from viz.views.theme import GRID, Theme
from viz.views.widgets.class_image import Array, Classes, answer_image, clearances, colour_of
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.text_cache import TextCache, signed

CHOOSING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)

DIMMED = 0.35

LEAST_CLEARANCE = 0.6
"""A class is named on the map where its figure has so many times half its height around it."""


class ClassMap(PaintedView):
    """The map of −``reach`` … ``reach`` px along both axes, dx to the right and dy down.

    A click chooses a shift; so do Enter and Space at the cell that the arrow keys lead to.
    """

    chosen = pyqtSignal(float, float)
    """(dx, dy) of the cell that was clicked, in px."""
    hovered = pyqtSignal(object)
    """(dx, dy) of the cell under the pointer or the keyboard's cursor, or None."""

    def __init__(self, reach: int, parent: QWidget | None = None, *, legend: bool = True) -> None:
        """Without ``legend`` there are neither ticks nor the column of classes: a small map."""
        super().__init__(parent)
        self._reach, self._legend = reach, legend
        self._classes: Classes = np.zeros((0, 0), np.intp)
        self._probabilities: Array = np.zeros((0, 0), np.float32)
        self._image = QImage()
        self._mark = (0.0, 0.0)
        self._cursor: tuple[int, int] | None = None
        """(row, column) of the cell pointed at."""
        self.told: Callable[[float, float], str] | None = None
        """What the tooltip says of a cell, by its (dx, dy); None: what that of the view says."""
        self._theme: Theme = themes.theme("dark")
        self._small = TextCache(themes.font(13))
        self._dimmed = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(64, 64)
        self.setAccessibleName(tr("Map of the answers over all shifts"))
        self.setAccessibleDescription(
            tr("Click a place to go there, or lead to it with the arrow keys and press Enter.")
        )

    # What is shown

    def set_map(self, classes: Classes, probabilities: Array) -> None:
        """The answers (n, n), rows = dy, columns = dx, evenly spaced from −reach to reach."""
        same = self._classes.shape == classes.shape and np.array_equal(self._classes, classes)
        if same and np.abs(self._probabilities - probabilities).max(initial=0) < 1 / 512:
            return  # no pixel would look different
        if classes.shape != self._classes.shape:
            self._cursor = None
        self._classes, self._probabilities = classes, probabilities
        self._colour()

    @property
    def dimmed(self) -> bool:
        """Whether the map is faint."""
        return self._dimmed

    @property
    def mark(self) -> tuple[float, float]:
        """Where the drawing stands."""
        return self._mark

    def set_dimmed(self, dimmed: bool) -> None:
        """Paint the map faintly while it is not that of the present drawing."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

    def set_mark(self, dx: float, dy: float) -> None:
        """Where the drawing stands now."""
        if (dx, dy) != self._mark:
            self._mark = (dx, dy)
            self.update()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._small = theme, TextCache(themes.font(text_px))
        self._colour()

    def _colour(self) -> None:
        if self._classes.size:
            self._image = answer_image(self._classes, self._probabilities, self._theme)
        self.update()

    def answer_at(self, dx: float, dy: float) -> tuple[int, float] | None:
        """(class, probability) of the cell at a shift; None beside the map and without one."""
        cell = self._cell_of(dx, dy)
        return cell and (int(self._classes[cell]), float(self._probabilities[cell]))

    def tooltip(self, position: QPointF) -> str | None:
        """Of the cell under a point."""
        cell = self._cell_at(position)
        return None if cell is None or self.told is None else self.told(*self._shift_of(cell))

    # Geometry: cells have their centres at −reach … reach, so the map is one cell larger than that

    def map_area(self) -> QRectF:
        """The square that the map fills, in widget pixels."""
        below, beside = self._around if self._has_legend else (0.0, 0.0)
        side = self._even(min(self.width() - beside, self.height() - below))
        return QRectF(0, 0, max(1.0, side), max(1.0, side))

    def width_for(self, height: int) -> int:
        """The width of the whole widget that the largest map of this height takes."""
        below, beside = self._around
        return math.ceil(self._even(height - below) + beside)

    @property
    def _has_legend(self) -> bool:
        """Whether ticks and legend are wanted and leave most of the widget to the map."""
        return self._legend and self.width() >= 3 * self._around[1]

    @property
    def _around(self) -> tuple[float, float]:
        """The room that ticks take below the map and the legend beside it."""
        if not self._legend:
            return 0.0, 0.0
        return self._small.height + GRID, self._small.width(tr("none")) + 5 * GRID

    def _even(self, side: float) -> float:
        """The largest side, not above this one, in which all cells of the finest map are alike."""
        fine = 2 * self._reach + 1
        return side // fine * fine if side >= fine else side

    def to_widget(self, dx: float, dy: float) -> QPointF:
        """The middle of a shift's place, in widget pixels."""
        area, cells = self.map_area(), max(2, len(self._classes) or 2 * self._reach + 1)
        cell = area.width() / cells
        step = 2 * self._reach / (cells - 1)
        return QPointF(
            area.left() + ((dx + self._reach) / step + 0.5) * cell,
            area.top() + ((dy + self._reach) / step + 0.5) * cell,
        )

    def _shift_of(self, cell: tuple[int, int]) -> tuple[float, float]:
        """(dx, dy) of a cell (row, column)."""
        step = 2 * self._reach / max(1, len(self._classes) - 1)
        return cell[1] * step - self._reach, cell[0] * step - self._reach

    def _cell_of(self, dx: float, dy: float) -> tuple[int, int] | None:
        cells = len(self._classes)
        if not cells or max(abs(dx), abs(dy)) > self._reach:
            return None
        scale = (cells - 1) / (2 * self._reach)
        return round((dy + self._reach) * scale), round((dx + self._reach) * scale)

    def _cell_at(self, position: QPointF) -> tuple[int, int] | None:
        area, cells = self.map_area(), len(self._classes)
        if not cells or not area.contains(position):
            return None
        cell = area.width() / cells
        row = min(cells - 1, int((position.y() - area.top()) / cell))
        return row, min(cells - 1, int((position.x() - area.left()) / cell))

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Map, names, mark, cursor, ticks and legend."""
        painter = QPainter(self)
        area, theme, small = self.map_area(), self._theme, self._small
        painter.setFont(small.font)
        if self._image.isNull():
            painter.fillRect(area, theme.surface)
        else:
            painter.fillRect(area, theme.surface)
            painter.setOpacity(DIMMED if self._dimmed else 1.0)
            painter.drawImage(area, self._image)
            self._paint_names(painter, area)
            painter.setOpacity(1.0)
        self._paint_mark(painter, area)
        if self._cursor is not None:
            at = self.to_widget(*self._shift_of(self._cursor))
            half = max(2.0, area.width() / len(self._classes) / 2)
            painter.setPen(QPen(theme.text, 1))
            painter.drawRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))
        if self.framed:
            painter.setPen(QPen(theme.accent, 2))
            painter.drawRect(area.adjusted(1, 1, -1, -1))
        if self._has_legend:
            self._paint_ticks(painter, area)
            self._paint_legend(painter, area)
        painter.end()

    def _paint_names(self, painter: QPainter, area: QRectF) -> None:
        """Each class's figure in the middle of its largest part, where it has room."""
        clear = clearances(self._classes)
        cell = area.width() / len(self._classes)
        mark = self.to_widget(*self._mark)
        rows, columns = np.indices(clear.shape)
        x = np.asarray(area.left() + (columns + 0.5) * cell)
        y = np.asarray(area.top() + (rows + 0.5) * cell)
        away = np.abs(x - mark.x()) + np.abs(y - mark.y())
        inside = np.minimum(x - area.left(), area.right() - x)
        for number in np.unique(self._classes):
            name = _name(int(number))
            half = max(self._small.width(name), self._small.height) / 2
            free = (self._classes == number) & (away >= 2 * half) & (inside >= half)
            inner = np.where(free, clear, 0)
            best = np.unravel_index(int(inner.argmax()), inner.shape)
            if inner[best] * cell >= LEAST_CLEARANCE * 2 * half:
                self._letter(painter, QPointF(float(x[best]), float(y[best])), name)

    def _letter(self, painter: QPainter, at: QPointF, text: str) -> None:
        """Text centred at a point, with a rim in the ground's colour so that any hue bears it."""
        small, top = self._small, at.y() - self._small.middle
        painter.setPen(self._theme.surface)
        for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            small.draw(painter, at.x() + dx, top + dy, text, 0.5)
        painter.setPen(self._theme.text)
        small.draw(painter, at.x(), top, text, 0.5)

    def _paint_mark(self, painter: QPainter, area: QRectF) -> None:
        """A ring with a hole, so that the answer at the place itself is seen."""
        if max(map(abs, self._mark)) > self._reach:
            return
        at = self.to_widget(*self._mark)
        radius = max(3.0, area.width() / (2 * self._reach + 1) * 0.75)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((self._theme.surface, 4), (self._theme.text, 2)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(at, radius, radius)
        painter.restore()

    def _paint_ticks(self, painter: QPainter, area: QRectF) -> None:
        """−reach, 0, reach under the map; the rows have the same."""
        painter.setPen(self._theme.quiet)
        top = area.bottom() + GRID / 2
        ends = signed(-self._reach, 0), tr("{reach} px", reach=f"+{self._reach}")
        self._small.draw(painter, area.left(), top, ends[0])
        self._small.draw(painter, area.right(), top, ends[1], 1)
        room = area.width() - sum(self._small.width(text) for text in ends)
        middle = tr("0")
        if self._small.width(middle) + 4 * GRID < room:
            self._small.draw(painter, self.to_widget(0, 0).x(), top, middle, 0.5)
        for dx in (-self._reach, 0, self._reach):
            x = self.to_widget(dx, 0).x()
            painter.drawLine(QLineF(x, area.bottom(), x, area.bottom() + GRID / 2))

    def legend(self) -> dict[int, int]:
        """On which line each class that occurs stands, the first being 0: always on the same, or,
        without room for all eleven, the most frequent ones in the order of their numbers."""
        room = int((self.height() + 1) // self._small.height)
        counts = np.bincount(self._classes.ravel(), minlength=CLASSES)
        most = np.argsort(-counts, kind="stable")[:room]
        there = sorted(number for number in most.tolist() if counts[number])
        if room >= CLASSES:
            return {number: number for number in there}
        return {number: line for line, number in enumerate(there)}

    def _paint_legend(self, painter: QPainter, area: QRectF) -> None:
        """The classes that occur; what comes or goes moves no other."""
        high = self._small.height
        x = area.right() + 2 * GRID
        for number, line in self.legend().items():
            top = area.top() + line * high
            painter.fillRect(QRectF(x, top + 2, GRID, high - 4), colour_of(number, self._theme))
            painter.setPen(self._theme.text if number != NONE_CLASS else self._theme.quiet)
            self._small.draw(painter, x + 2 * GRID, top, _name(number))

    # Input

    def _point_at(self, cell: tuple[int, int] | None) -> None:
        if cell != self._cursor:
            self._cursor = cell
            self.hovered.emit(cell and self._shift_of(cell))
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Point at the cell under the pointer."""
        self._point_at(self._cell_at(event.position()))

    def leaveEvent(self, event: QEvent | None) -> None:
        """Nothing is pointed at any more."""
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Choose the cell under the pointer."""
        cell = self._cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(*self._shift_of(cell))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """The arrows lead a cursor over the map, Enter and Space choose its cell."""
        cells = len(self._classes)
        key = Qt.Key(event.key())
        step = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }.get(key)
        if cells and step is not None:
            row, column = self._cursor or self._cell_of(*self._mark) or (cells // 2, cells // 2)
            row, column = row + step[0], column + step[1]
            self._point_at((min(max(row, 0), cells - 1), min(max(column, 0), cells - 1)))
        elif self._cursor is not None and key in CHOOSING:
            self.chosen.emit(*self._shift_of(self._cursor))
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """The cursor goes with the focus."""
        super().focusOutEvent(event)
        self._point_at(None)


def _name(number: int) -> str:
    return tr("none") if number == NONE_CLASS else str(number)
