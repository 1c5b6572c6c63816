"""A sheet: small pictures of one size side by side, each with a note below it if there is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.views.theme import DIM, GRID
from viz.views.widgets.export import Rows, export_menu
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.pointing import ARROWS

Array = NDArray[np.float32]

LEAST_NOTED = 20
"""Pixels along a side of a picture below which there are no notes."""


class Sheet(PaintedView):
    """Pictures (N, k, k), ink = 1, as large as all fit. A click or an arrow key chooses one."""

    chosen = pyqtSignal(int)
    """The number of the picture that the user chose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles: Array = np.zeros((0, 1, 1), np.float32)
        self.notes: tuple[str, ...] = ()
        self.caption = self.message = ""
        self.selected: int | None = None
        self.describe: Callable[[int], str] = lambda number: ""
        """What the tip says of a picture."""
        self.dimmed = False
        self._shorter = ""
        self._image: QImage | None = None
        self._grid: tuple[QSize, int, float] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # What is shown

    def set_tiles(self, tiles: Array, notes: Sequence[str] = ()) -> None:
        """Show these pictures, values 0 … 1, and a note below each."""
        self.tiles, self.notes = tiles, tuple(notes)
        self._image = self._grid = None
        self.update()

    def set_selected(self, number: int | None) -> None:
        """Outline a picture."""
        if number != self.selected:
            self.selected = number
            self.update()

    def set_caption(self, caption: str, shorter: str = "") -> None:
        """Name the sheet; ``shorter`` where there is little room."""
        if (caption, shorter) != (self.caption, self._shorter):
            self.caption, self._shorter = caption, shorter
            self.setAccessibleName(caption)
            self.update()

    def set_message(self, text: str) -> None:
        """Say why there is no picture."""
        if text != self.message:
            self.message = text
            self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Show it faintly: it belongs to something that is no longer there."""
        if dimmed != self.dimmed:
            self.dimmed = dimmed
            self.update()

    def table(self) -> Rows:
        """One row for each picture: its note and its pixels."""
        for number, tile in enumerate(self.tiles):
            note = self.notes[number] if number < len(self.notes) else ""
            yield [number, note, *tile.ravel().tolist()]

    def restyle(self) -> None:
        self._image = self._grid = None

    # Geometry

    def sizeHint(self) -> QSize:
        return QSize(10 * self.text_px, 10 * self.text_px)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 40)

    def _head(self) -> float:
        return self.small.height + GRID if self.caption else 0.0

    def _layout(self) -> tuple[int, float]:
        """Columns, and the side of a picture in pixels, the largest with which all fit."""
        size = self.size()
        if self._grid is not None and self._grid[0] == size:
            return self._grid[1:]
        count, best = len(self.tiles), (1, 1.0)
        wide, high = self.width(), self.height() - self._head()
        line = self.small.height if self.notes else 0.0
        for columns in range(1, count + 1):
            rows = -(-count // columns)
            gap = self._gap
            side = min((wide - gap * (columns - 1)) / columns, (high - gap * (rows - 1)) / rows)
            if line and side - line >= LEAST_NOTED:
                side = min((wide - gap * (columns - 1)) / columns, high / rows - gap - line)
            if side > best[1]:
                best = columns, side
        self._grid = size, *best
        return best

    @property
    def _gap(self) -> float:
        return 2.0 if len(self.tiles) > 60 else float(GRID)

    def _has_notes(self) -> bool:
        columns, side = self._layout()
        rows = -(-len(self.tiles) // columns)
        need = rows * (side + self._gap + self.small.height) - 1
        return bool(self.notes) and need <= self.height() - self._head() + 1

    def rect_of(self, number: int) -> QRectF:
        """Return where a picture stands, in pixels of this widget."""
        columns, side = self._layout()
        row, column = divmod(number, columns)
        pitch = side + self._gap + (self.small.height if self._has_notes() else 0.0)
        return QRectF(column * (side + self._gap), self._head() + row * pitch, side, side)

    def number_at(self, position: QPointF) -> int | None:
        """Return the number of the picture under a position; None beside all of them."""
        columns, side = self._layout()
        first = self.rect_of(0)
        pitch = self.rect_of(columns).top() - first.top()
        column = int(position.x() // (side + self._gap))
        row = int((position.y() - first.top()) // max(1.0, pitch))
        number = row * columns + column
        inside = 0 <= column < columns and row >= 0 and number < len(self.tiles)
        return number if inside else None

    # Painting

    def _pictured(self) -> QImage:
        """All pictures, one below the other."""
        count, side, _ = self.tiles.shape
        index = np.clip(self.tiles * 255, 0, 255).astype(np.intp).reshape(count * side, side)
        data = self.theme.ink[index].tobytes()
        return QImage(data, side, count * side, 4 * side, QImage.Format.Format_RGB32).copy()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, theme, small = QPainter(self), self.theme, self.small
        painter.setFont(small.font)
        painter.setPen(theme.quiet)
        is_wide = small.width(self.caption) <= self.width() or not self._shorter
        text = self.caption if is_wide else self._shorter
        elide = Qt.TextElideMode.ElideRight
        small.draw(painter, 0, 0, painter.fontMetrics().elidedText(text, elide, self.width()))
        if not len(self.tiles):
            flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            room = QRectF(self.rect()).adjusted(0, self._head(), 0, 0)
            painter.drawText(room, int(flags), self.message)
            painter.end()
            return
        if self._image is None:
            self._image = self._pictured()
        cells, has_notes = self.tiles.shape[1], self._has_notes()
        zoom = self._layout()[1] / cells
        smooth = QPainter.RenderHint.SmoothPixmapTransform
        painter.setRenderHint(smooth, zoom * self.devicePixelRatioF() < 2)
        for number in range(len(self.tiles)):
            place = self.rect_of(number)
            painter.setOpacity(DIM if self.dimmed else 1.0)
            painter.drawImage(place, self._image, QRectF(0, number * cells, cells, cells))
            painter.setOpacity(1.0)
            painter.setPen(theme.line)
            painter.drawRect(place.adjusted(0, 0, -1, -1))
            if has_notes:
                painter.setPen(theme.quiet)
                note = painter.fontMetrics().elidedText(
                    self.notes[number], elide, round(place.width() + self._gap)
                )
                small.draw(painter, place.center().x(), place.bottom(), note, 0.5)
        if self.selected is not None and self.selected < len(self.tiles):
            painter.setPen(QPen(theme.accent, 2))
            painter.drawRect(self.rect_of(self.selected).adjusted(0, 0, -1, -1))
        if self.framed:
            painter.setPen(QPen(theme.accent, 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    # Input

    def tooltip(self, position: QPointF) -> str | None:
        number = self.number_at(position) if len(self.tiles) else None
        return (self.describe(number) or None) if number is not None else None

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        number = self.number_at(event.position()) if len(self.tiles) else None
        if event.button() == Qt.MouseButton.LeftButton and number is not None:
            self.chosen.emit(number)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        way = ARROWS.get(Qt.Key(event.key()))
        if way is None or not len(self.tiles):
            super().keyPressEvent(event)
            return
        columns, _ = self._layout()
        number = (self.selected or 0) + way[0] * columns + way[1]
        if 0 <= number < len(self.tiles):
            self.chosen.emit(number)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        export_menu(self, self.table).popup(event.globalPos())
