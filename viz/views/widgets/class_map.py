"""The class map: what the network answers over a square of places, hue = class, strength = p.

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
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.i18n import number, tr
from viz.nets.architecture import CLASSES, NONE_CLASS
from viz.views.theme import DIM, GRID
from viz.views.widgets.class_image import Array, Classes, answer_image, clearances, colour_of
from viz.views.widgets.export import Rows, export_menu
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.pointing import ARROWS

CHOOSING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)

LEAST_CLEARANCE = 0.6
"""A class is named on the map where its figure has so many times half its height around it."""

LEAST_EVEN = 0.9
"""Cells are whole pixels where the map then fills so large a share of its room at least."""

LEAST_LINES = 7
"""The axes are named where the view is so many lines of text high; with less they take too much."""


class ClassMap(PaintedView):
    """The map of −``reach`` … ``reach`` steps along both axes, x to the right and y down.

    A click chooses a place; so do Enter and Space at the cell that the arrow keys lead to.
    """

    chosen = pyqtSignal(float, float)
    """(x, y) of the cell that was clicked, in steps."""
    hovered = pyqtSignal(object)
    """(x, y) of the cell under the pointer or the keyboard's cursor, or None."""

    def __init__(self, reach: int, parent: QWidget | None = None, *, legend: bool = True) -> None:
        """Without ``legend`` there are neither axes nor the column of classes: a small map."""
        super().__init__(parent)
        self._reach, self._legend = reach, legend
        self._classes: Classes = np.zeros((0, 0), np.intp)
        self._probabilities: Array = np.zeros((0, 0), np.float32)
        self._image = QImage()
        self._cursor: tuple[int, int] | None = None
        """(row, column) of the cell pointed at."""
        self._names, self._y_step = (tr("dx / px"), tr("dy / px")), 1.0
        self.mark = (0.0, 0.0)
        """The (x, y) of the ring: where the drawing stands."""
        self.dimmed = False
        self.told: Callable[[float, float], str] | None = None
        """What the tooltip says of a cell, by its (x, y); None: what that of the view says."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(64, 64)
        self.setAccessibleName(tr("Map of the answers over all shifts"))
        self.setAccessibleDescription(
            tr("Click a place to go there, or move to it with the arrow keys and press Enter.")
        )

    # What is shown

    def set_map(self, classes: Classes, probabilities: Array) -> None:
        """Show the answers (n, n), rows = y, columns = x, evenly spaced from −reach to reach."""
        same = self._classes.shape == classes.shape and np.array_equal(self._classes, classes)
        if same and np.abs(self._probabilities - probabilities).max(initial=0) < 1 / 512:
            return  # no pixel would look different
        if classes.shape != self._classes.shape:
            self._cursor = None
        self._classes, self._probabilities = classes, probabilities
        self._colour()

    def set_axes(self, x_name: str, y_name: str, *, y_step: float = 1.0) -> None:
        """Name the axes, with their units; ``y_step``: how many of these one row is."""
        if ((x_name, y_name), y_step) != (self._names, self._y_step):
            self._names, self._y_step = (x_name, y_name), y_step
            self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Paint the map faintly while it is not that of the present drawing."""
        if dimmed != self.dimmed:
            self.dimmed = dimmed
            self.update()

    def set_mark(self, x: float, y: float) -> None:
        """Move the ring to where the drawing stands now."""
        if (x, y) != self.mark:
            self.mark = (x, y)
            self.update()

    def restyle(self) -> None:
        self._colour()

    def _colour(self) -> None:
        if self._classes.size:
            self._image = answer_image(self._classes, self._probabilities, self.theme)
        self.update()

    def answer_at(self, x: float, y: float) -> tuple[int, float] | None:
        """Return (class, probability) of the cell at a place; None beside the map or without."""
        cell = self._cell_of(x, y)
        return cell and (int(self._classes[cell]), float(self._probabilities[cell]))

    def tooltip(self, position: QPointF) -> str | None:
        cell = self._cell_at(position)
        return None if cell is None or self.told is None else self.told(*self._place_of(cell))

    # Geometry: cells have their centres at −reach … reach, so the map is one cell larger than that

    def map_area(self) -> QRectF:
        """Return the square that the map fills, in pixels of this widget."""
        left, below, right = self._around if self._has_legend else (0.0, 0.0, 0.0)
        top = self._above
        side = self._even(min(self.width() - left - right, self.height() - top - below))
        return QRectF(left, top, max(1.0, side), max(1.0, side))

    def width_for(self, height: int) -> int:
        """Return the width of the whole widget that the largest map of this height takes."""
        left, below, right = self._around
        return math.ceil(left + self._even(height - self._above - below) + right)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        if self._legend:
            self.setMaximumWidth(max(self.minimumWidth(), self.width_for(self.height())))

    @property
    def _has_legend(self) -> bool:
        """Whether axes and legend are wanted and leave most of the widget to the map."""
        left, _, right = self._around
        return self._legend and self.width() >= 1.4 * (left + right)

    @property
    def _has_names(self) -> bool:
        """Whether the axes are named."""
        return self.height() >= LEAST_LINES * self.small.height

    @property
    def _above(self) -> float:
        """What the upper tick of the y axis needs above the map."""
        return self.small.height / 3 if self._legend else 0.0

    @property
    def _around(self) -> tuple[float, float, float]:
        """The room that the axes take on the left and below, and the legend on the right."""
        if not self._legend:
            return 0.0, 0.0, 0.0
        line = self.small.height
        ticks = max(map(self.small.width, self._ticks(self._y_step))) + GRID
        names = line if self._has_names else 0.0
        return names + ticks, line + GRID / 2 + names, 8.5 * self.text_px + 2 * GRID

    def _ticks(self, step: float) -> tuple[str, str, str]:
        end = step * self._reach
        return number(-end), "0", number(end)

    def _even(self, side: float) -> float:
        """The largest side, not above this one, in which all cells of the finest map are alike,
        unless that would leave much of the room empty."""
        fine = 2 * self._reach + 1
        even = side // fine * fine
        return even if even >= LEAST_EVEN * side else max(0.0, side)

    def to_widget(self, x: float, y: float) -> QPointF:
        """Return the middle of a place, in pixels of this widget."""
        area, cells = self.map_area(), max(2, len(self._classes) or 2 * self._reach + 1)
        cell = area.width() / cells
        step = 2 * self._reach / (cells - 1)
        return QPointF(
            area.left() + ((x + self._reach) / step + 0.5) * cell,
            area.top() + ((y + self._reach) / step + 0.5) * cell,
        )

    def _place_of(self, cell: tuple[int, int]) -> tuple[float, float]:
        """(x, y) of a cell (row, column)."""
        step = 2 * self._reach / max(1, len(self._classes) - 1)
        return cell[1] * step - self._reach, cell[0] * step - self._reach

    def _cell_of(self, x: float, y: float) -> tuple[int, int] | None:
        cells = len(self._classes)
        if not cells or max(abs(x), abs(y)) > self._reach:
            return None
        scale = (cells - 1) / (2 * self._reach)
        return round((y + self._reach) * scale), round((x + self._reach) * scale)

    def _cell_at(self, position: QPointF) -> tuple[int, int] | None:
        area, cells = self.map_area(), len(self._classes)
        if not cells or not area.contains(position):
            return None
        cell = area.width() / cells
        row = min(cells - 1, int((position.y() - area.top()) / cell))
        return row, min(cells - 1, int((position.x() - area.left()) / cell))

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, area, theme = QPainter(self), self.map_area(), self.theme
        painter.setFont(self.small.font)
        painter.fillRect(area, theme.surface)
        if not self._image.isNull():
            painter.setOpacity(DIM if self.dimmed else 1.0)
            painter.drawImage(area, self._image)
            self._paint_names(painter, area)
            painter.setOpacity(1.0)
        self._paint_mark(painter, area)
        if self._cursor is not None:
            at = self.to_widget(*self._place_of(self._cursor))
            half = max(2.0, area.width() / len(self._classes) / 2)
            painter.setPen(QPen(theme.text, 1))
            painter.drawRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))
        if self.framed:
            painter.setPen(QPen(theme.accent, 2))
            painter.drawRect(area.adjusted(1, 1, -1, -1))
        if self._has_legend:
            self._paint_axes(painter, area)
            self._paint_legend(painter, area)
        painter.end()

    def _paint_names(self, painter: QPainter, area: QRectF) -> None:
        """Each class's figure in the middle of its largest part, where it has room."""
        clear = clearances(self._classes)
        cell = area.width() / len(self._classes)
        mark = self.to_widget(*self.mark)
        rows, columns = np.indices(clear.shape)
        x = np.asarray(area.left() + (columns + 0.5) * cell)
        y = np.asarray(area.top() + (rows + 0.5) * cell)
        away = np.abs(x - mark.x()) + np.abs(y - mark.y())
        inside = np.minimum(x - area.left(), area.right() - x)
        for one in np.unique(self._classes):
            name = class_name(int(one))
            half = max(self.small.width(name), self.small.height) / 2
            free = (self._classes == one) & (away >= 2 * half) & (inside >= half)
            inner = np.where(free, clear, 0)
            best = np.unravel_index(int(inner.argmax()), inner.shape)
            if inner[best] * cell >= LEAST_CLEARANCE * 2 * half:
                self._letter(painter, QPointF(float(x[best]), float(y[best])), name)

    def _letter(self, painter: QPainter, at: QPointF, text: str) -> None:
        """Text centred at a point, with a rim in the ground's colour so that any hue bears it."""
        small, top = self.small, at.y() - self.small.middle
        painter.setPen(self.theme.surface)
        for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            small.draw(painter, at.x() + dx, top + dy, text, 0.5)
        painter.setPen(self.theme.text)
        small.draw(painter, at.x(), top, text, 0.5)

    def _paint_mark(self, painter: QPainter, area: QRectF) -> None:
        """A ring with a hole, so that the answer at the place itself is seen."""
        if max(map(abs, self.mark)) > self._reach:
            return
        at = self.to_widget(*self.mark)
        radius = max(3.0, area.width() / (2 * self._reach + 1) * 0.75)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((self.theme.surface, 4), (self.theme.text, 2)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(at, radius, radius)
        painter.restore()

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        """Both ends and the middle of either axis, and what it is."""
        painter.setPen(self.theme.quiet)
        x_ticks, y_ticks = self._ticks(1.0), self._ticks(self._y_step)
        places = (-self._reach, 0, self._reach)
        for place, text in zip(places, x_ticks, strict=True):
            x = self.to_widget(place, 0).x()
            painter.drawLine(QLineF(x, area.bottom(), x, area.bottom() + GRID / 2))
            align = 0.5 if place < self._reach else 0.8
            self.small.draw(painter, x, area.bottom() + GRID / 2, text, align)
        for place, text in zip(places, y_ticks, strict=True):
            y = self.to_widget(0, place).y()
            painter.drawLine(QLineF(area.left() - GRID / 2, y, area.left(), y))
            self.small.draw(painter, area.left() - GRID, y - self.small.middle, text, 1)
        if self._has_names:
            line = self.small.height
            below = QRectF(area.left(), area.bottom() + GRID / 2 + line, area.width(), line)
            self._paint_name(painter, below, self._names[0])
            painter.save()
            painter.translate(0, area.bottom())
            painter.rotate(-90)
            self._paint_name(painter, QRectF(0, 0, area.height(), line), self._names[1])
            painter.restore()

    def _paint_name(self, painter: QPainter, room: QRectF, name: str) -> None:
        elide = Qt.TextElideMode.ElideRight
        name = painter.fontMetrics().elidedText(name, elide, int(room.width()))
        self.small.draw(painter, room.center().x(), room.top(), name, 0.5)

    def _note_height(self) -> float:
        """What is kept free below the legend for the words on strength: nothing on low maps."""
        return 2.2 * self.small.height if self._has_names else 0.0

    def legend(self) -> dict[int, int]:
        """Return on which line each class that occurs stands, the first being 0.

        It is always the same line, or, without room for all eleven, the most frequent classes
        stand in the order of their numbers.
        """
        high = self.map_area().bottom() + self._around[1] - self._note_height()
        room = int((high + 1) // self.small.height)
        counts = np.bincount(self._classes.ravel(), minlength=CLASSES)
        most = np.argsort(-counts, kind="stable")[:room]
        there = sorted(one for one in most.tolist() if counts[one])
        if room >= CLASSES:
            return {one: one for one in there}
        return {one: line for line, one in enumerate(there)}

    def _paint_legend(self, painter: QPainter, area: QRectF) -> None:
        """The classes that occur; what comes or goes moves no other. Below, what strength means."""
        high, theme = self.small.height, self.theme
        x = area.right() + 3 * GRID
        for one, line in self.legend().items():
            top = line * high
            painter.fillRect(QRectF(x, top + 2, 2 * GRID, high - 4), colour_of(one, theme))
            painter.setPen(theme.text if one != NONE_CLASS else theme.quiet)
            self.small.draw(painter, x + 3 * GRID, top, class_name(one))
        note = self._note_height()
        if note:
            painter.setPen(theme.quiet)
            flags = Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap
            bottom = min(self.height(), area.bottom() + self._around[1])
            room = QRectF(x, bottom - note, self.width() - x, note)
            painter.drawText(room, flags, tr("stronger colour: more probable"))

    def table(self) -> Rows:
        """One row for each cell: its place, class and probability."""
        yield [*self._names, tr("class"), "p"]
        for cell in np.ndindex(self._classes.shape):
            x, y = self._place_of(cell)
            name, p = class_name(int(self._classes[cell])), float(self._probabilities[cell])
            yield [x, y * self._y_step, name, p]

    # Input

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        export_menu(self, self.table).popup(event.globalPos())

    def _point_at(self, cell: tuple[int, int] | None) -> None:
        if cell != self._cursor:
            self._cursor = cell
            self.hovered.emit(cell and self._place_of(cell))
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        self._point_at(self._cell_at(event.position()))

    def leaveEvent(self, event: QEvent | None) -> None:
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        cell = self._cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(*self._place_of(cell))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        cells = len(self._classes)
        key = Qt.Key(event.key())
        step = ARROWS.get(key)
        if cells and step is not None:
            row, column = self._cursor or self._cell_of(*self.mark) or (cells // 2, cells // 2)
            row, column = row + step[0], column + step[1]
            self._point_at((min(max(row, 0), cells - 1), min(max(column, 0), cells - 1)))
        elif self._cursor is not None and key in CHOOSING:
            self.chosen.emit(*self._place_of(self._cursor))
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        self._point_at(None)


def class_name(one: int) -> str:
    """Return ``0`` … ``9``, or “none”."""
    return tr("none") if one == NONE_CLASS else str(one)
