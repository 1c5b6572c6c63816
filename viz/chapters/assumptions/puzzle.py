"""A puzzle: a picture whose parts the pointer drags to other places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.views.theme import DIM, GRID
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.pointing import ARROWS

Array = NDArray[np.float32]
Region = tuple[int, int, int, int]
"""Top, left, height and width, in pixels of the picture."""


LEAST_NAMED = 4.0
"""Pixels of this widget for one of the picture below which marks are rings without texts."""


class Puzzle(PaintedView):
    """The picture as it is put together. Quarters change places: the one that is dragged, or moved
    with an arrow key, with the one it is dropped on. Strokes follow the pointer by whole pixels."""

    swapped = pyqtSignal(int, int)
    """The user dropped what stands in one place onto another: 0 … 3, row by row."""
    taken = pyqtSignal(int)
    """The user took hold of this stroke."""
    moved = pyqtSignal(int, int, int)
    """The user moved a stroke further, by (dx, dy) pixels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture: Array = np.zeros((0, 0), np.float32)
        self.region: Region = (0, 0, 2, 2)
        self.strokes: Array | None = None
        """Each stroke where it now is (N, side, side); None while quarters are moved."""
        self.caption = self._shorter = ""
        self.marks: tuple[tuple[str, int, int], ...] = ()
        """Texts at pixels, (text, row, column)."""
        self.current = 0
        """The place, or the stroke, that arrow keys move."""
        self.dimmed = False
        self._image: QImage | None = None
        self._held: int | None = None
        self._at = self._begun = QPointF()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def set_picture(self, picture: Array, region: Region, strokes: Array | None = None) -> None:
        """Show a picture (side, side), ink = 1, the region that is cut into quarters, and the
        strokes it is made of, if these move."""
        self.picture, self.strokes, self._image = picture, strokes, None
        self.region = region
        self.update()

    def set_caption(self, caption: str, shorter: str = "") -> None:
        """Name what is shown; ``shorter`` where there is little room."""
        if (caption, shorter) != (self.caption, self._shorter):
            self.caption, self._shorter = caption, shorter
            self.setAccessibleName(caption)
            self.update()

    def set_marks(self, marks: tuple[tuple[str, int, int], ...]) -> None:
        """Write texts at pixels."""
        self.marks = marks
        self.update()

    def set_current(self, current: int) -> None:
        """Outline a place or a stroke."""
        self.current = current
        self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Show it faintly: it belongs to something that is no longer there."""
        if dimmed != self.dimmed:
            self.dimmed = dimmed
            self.update()

    def restyle(self) -> None:
        self._image = None

    # Geometry

    def sizeHint(self) -> QSize:
        return QSize(12 * self.text_px, 12 * self.text_px)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 60)

    def area(self) -> QRectF:
        """Where the picture stands, in pixels of this widget."""
        head = self.small.height + GRID if self.caption else 0.0
        side = max(1.0, min(float(self.width()), self.height() - head) - 1)
        return QRectF(0, head, side, side)

    @property
    def zoom(self) -> float:
        """Pixels of this widget for one of the picture."""
        return self.area().width() / max(1, len(self.picture))

    def place_rect(self, place: int) -> QRectF:
        """Return where a quarter stands."""
        cells, zoom = self._cells(place), self.zoom
        return QRectF(
            self.area().topLeft() + cells.topLeft() * zoom, cells.bottomRight() * zoom
            + self.area().topLeft(),
        )  # fmt: skip

    def _cells(self, place: int) -> QRectF:
        """The pixels of the picture in a place."""
        top, left, height, width = self.region
        row, column = divmod(place, 2)
        return QRectF(left + column * width / 2, top + row * height / 2, width / 2, height / 2)

    def place_at(self, position: QPointF) -> int | None:
        """Return the quarter's place under a position."""
        found = [place for place in range(4) if self.place_rect(place).contains(position)]
        return found[0] if found else None

    def stroke_at(self, position: QPointF) -> int | None:
        """Return the stroke with the most ink within a pixel of a position; None without any."""
        if self.strokes is None or not len(self.strokes):
            return None
        at = (position - self.area().topLeft()) / self.zoom
        row, column = int(at.y()), int(at.x())
        near = self.strokes[
            :, max(0, row - 1) : max(0, row + 2), max(0, column - 1) : max(0, column + 2)
        ]
        ink = near.sum((1, 2)) if near.size else np.zeros(len(self.strokes))
        return int(ink.argmax()) if ink.max() > 0 else None

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, theme, area = QPainter(self), self.theme, self.area()
        painter.setFont(self.small.font)
        painter.setPen(theme.quiet)
        is_wide = self.small.width(self.caption) <= self.width() or not self._shorter
        text = self.caption if is_wide else self._shorter
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        self.small.draw(painter, 0, 0, text)
        if not self.picture.size:
            painter.end()
            return
        if self._image is None:
            index = np.clip(self.picture * 255, 0, 255).astype(np.intp)
            high, wide = index.shape
            data = theme.ink[index].tobytes()
            self._image = QImage(data, wide, high, 4 * wide, QImage.Format.Format_RGB32).copy()
        painter.setOpacity(DIM if self.dimmed else 1.0)
        painter.drawImage(area, self._image)
        painter.setOpacity(1.0)
        painter.setPen(theme.line)
        painter.drawRect(area)
        if self.strokes is None:
            self._paint_quarters(painter)
        elif self.current < len(self.strokes):
            self._paint_stroke(painter)
        for text, row, column in self.marks:
            at = area.topLeft() + QPointF(column + 0.5, row + 0.5) * self.zoom
            painter.setPen(QPen(theme.field, 2))
            painter.drawEllipse(at, 3 * self.zoom, 3 * self.zoom)
            if self.zoom < LEAST_NAMED:
                continue
            side = 1 if column < len(self.picture) / 2 else -1
            at += QPointF(side * 4 * self.zoom, -self.small.middle)
            self.small.draw(painter, at.x(), at.y(), text, 0 if side > 0 else 1)
        painter.end()

    def _paint_quarters(self, painter: QPainter) -> None:
        theme = self.theme
        painter.setPen(QPen(theme.quiet, 1, Qt.PenStyle.DashLine))
        for place in range(4):
            painter.drawRect(self.place_rect(place))
        if self.framed or self._held is not None:
            place = self._held if self._held is not None else self.current
            painter.setPen(QPen(theme.accent, 2))
            painter.drawRect(self.place_rect(place % 4))
        if self._held is not None and self._image is not None:
            source = self._cells(self._held)
            target = self.place_rect(self._held).translated(self._at - self._begun)
            painter.setOpacity(0.8)
            painter.drawImage(target, self._image, source)
            painter.setOpacity(1.0)
            painter.drawRect(target)

    def _paint_stroke(self, painter: QPainter) -> None:
        assert self.strokes is not None
        rows, columns = np.nonzero(self.strokes[self.current] > 0.2)
        if len(rows):
            corner = QPointF(columns.min(), rows.min()) * self.zoom + self.area().topLeft()
            wide = (columns.max() - columns.min() + 1) * self.zoom
            high = (rows.max() - rows.min() + 1) * self.zoom
            painter.setPen(QPen(self.theme.accent, 2 if self.framed else 1))
            painter.drawRect(QRectF(corner.x(), corner.y(), wide, high))

    # Input

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() != Qt.MouseButton.LeftButton or not self.picture.size:
            return
        self._at = self._begun = event.position()
        if self.strokes is None:
            self._held = self.place_at(self._at)
        else:
            self._held = self.stroke_at(self._at)
            if self._held is not None:
                self.current = self._held
                self.taken.emit(self._held)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self._held is None:
            return
        self._at = event.position()
        if self.strokes is not None:
            way = (self._at - self._begun) / self.zoom
            dx, dy = int(way.x()), int(way.y())
            if dx or dy:
                self._begun += QPointF(dx, dy) * self.zoom
                self.moved.emit(self._held, dx, dy)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        held, self._held = self._held, None
        if held is not None and self.strokes is None:
            onto = self.place_at(event.position())
            if onto is not None and onto != held:
                self.current = onto
                self.swapped.emit(held, onto)
        self.update()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        way = ARROWS.get(Qt.Key(event.key()))
        if way is None or not self.picture.size:
            super().keyPressEvent(event)
            return
        if self.strokes is not None:
            self.moved.emit(self.current, way[1], way[0])
            return
        row, column = divmod(self.current % 4, 2)
        onto = (min(max(row + way[0], 0), 1), min(max(column + way[1], 0), 1))
        if onto != (row, column):
            held, self.current = self.current % 4, 2 * onto[0] + onto[1]
            self.swapped.emit(held, self.current)
        self.update()
