"""A heat map: an array as square cells at a locked colour scale, with its name and legend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.views.theme import DIM, GRID, Lut, Theme
from viz.views.widgets.export import Rows, export_menu
from viz.views.widgets.legend import APART, draw_legend, least_width, number_width
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.pointing import ARROWS

Array = NDArray[np.float32]
Cell = tuple[int, int]
"""Row and column."""

LEAST_WHOLE = 0.75
"""Cells are whole pixels where that makes them at least so large a share of what has room."""

_CHOOSING = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Heatmap(PaintedView):
    """Cells of one size, square, as large as the place allows.

    The pointer, and the arrow keys once Tab has come, point at a cell; a click or Enter chooses it.
    """

    pointed = pyqtSignal(object)
    """The cell pointed at, (row, column), or None."""
    chosen = pyqtSignal(int, int)
    """The row and the column that the user clicked."""

    def __init__(
        self, scale: LockedScale, parent: QWidget | None = None, *, legend: bool = True
    ) -> None:
        """Without ``legend``, beside another of the same scale, there is only a caption."""
        super().__init__(parent)
        self._legend = legend
        self.scale = scale
        self.values: Array = np.zeros((0, 0), np.float32)
        self.caption, self.axis_names = "", ("", "")
        self._shorter = ""
        self.cell: Cell | None = None
        """The cell pointed at."""
        self.describe: Callable[[int, int], str] = lambda row, column: ""
        """What the tip says of a cell."""
        self.marks: Sequence[QRectF] = ()
        """Outlines, in units of the grid."""
        self.message = ""
        self.dimmed = False
        self._grid = (1.0, 1.0)
        self._stride, self._start = 1.0, 0.0
        self._own: NDArray[np.uint8] | None = None
        self._image = QImage()
        self._lut: Lut | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # What is shown

    def set_array(
        self,
        values: Array,
        *,
        stride: float = 1.0,
        start: float = 0.0,
        grid: tuple[float, float] | None = None,
        colours: NDArray[np.uint8] | None = None,
    ) -> None:
        """Show values (height, width) float32; or ``colours`` (height, width, 3) of their own, to
        which the scale and its legend do not apply.

        A cell covers ``stride`` units of a ``grid`` (height, width), the first from ``start`` on:
        so a pooled map lies on the units that it was pooled from. Without a grid they are alike.
        """
        if values.shape != self.values.shape:
            self.cell = None
        self.values, self._stride, self._start = values, stride, start
        self._grid = grid or (float(values.shape[0]), float(values.shape[1]))
        if colours is None or colours is not self._own:  # a large picture is shrunk once
            self._own, self._image = colours, QImage()
        self.update()

    def set_scale(self, scale: LockedScale) -> None:
        """Take another network's or layer's scale."""
        if scale != self.scale:
            self.scale, self._image = scale, QImage()
            self.update()

    def set_caption(
        self, caption: str, x_name: str = "", y_name: str = "", *, shorter: str = ""
    ) -> None:
        """Name what is shown, and the axes: to the right below, downwards on the left.

        ``shorter`` is the name where caption and legend have no room beside each other.
        """
        new = caption, (x_name, y_name), shorter
        if new != (self.caption, self.axis_names, self._shorter):
            self.caption, self.axis_names, self._shorter = new
            self.setAccessibleName(caption)
            self.update()

    def set_message(self, text: str) -> None:
        """Say why there is nothing to show; "" for nothing."""
        if text != self.message:
            self.message = text
            self.update()

    def set_marks(self, marks: Sequence[QRectF]) -> None:
        """Outline these places, in units of the grid."""
        self.marks = tuple(marks)
        self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Show it faintly: it belongs to something that is no longer there."""
        if dimmed != self.dimmed:
            self.dimmed = dimmed
            self.update()

    def point_at(self, cell: Cell | None) -> None:
        """Outline a cell as if the pointer were there; nothing is reported."""
        if cell != self.cell:
            self.cell = cell
            self.update()

    def table(self) -> Rows:
        """The rows of the array."""
        return self.values.tolist()

    def restyle(self) -> None:
        self._image = QImage()

    def colours(self, theme: Theme) -> Lut:
        """Return the 256 colours of the values; subclasses may take others."""
        return self.scale.lut(theme)

    # Geometry

    @property
    def grid_size(self) -> tuple[float, float]:
        """The grid's height and width, in its units."""
        return self._grid

    def sizeHint(self) -> QSize:
        return QSize(12 * self.text_px, 10 * self.text_px)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, 48)

    def _head(self) -> int:
        return round(self.small.height) + GRID if self.caption else 0

    def area(self) -> QRectF:
        """Where the grid stands, in pixels of this widget: whole pixels a unit, unless that leaves
        much of the room empty."""
        x_name, y_name = self.axis_names
        line = self.small.height
        room = QRectF(self.rect()).adjusted(
            line if y_name else 0, self._head(), 0, -line if x_name else 0
        )
        height, width = self._grid
        ratio = self.devicePixelRatioF()
        zoom = min(room.width() / max(1.0, width), room.height() / max(1.0, height))
        whole = int(zoom * ratio) / ratio
        if whole >= LEAST_WHOLE * zoom:
            zoom = whole
        return QRectF(room.left(), room.top(), max(1.0, zoom * width), max(1.0, zoom * height))

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return where a cell stands, in pixels of this widget."""
        area = self.area()
        zoom = area.width() / max(1.0, self._grid[1])
        side = self._stride * zoom
        return QRectF(
            area.left() + self._start * zoom + column * side,
            area.top() + self._start * zoom + row * side,
            side,
            side,
        )

    def cell_at(self, position: QPointF) -> Cell | None:
        """Return the cell under a position; None beside all of them."""
        if not self.values.size:
            return None
        first = self.cell_rect(0, 0)
        column, row = (
            int((position.x() - first.left()) // first.width()),
            int((position.y() - first.top()) // first.height()),
        )
        height, width = self.values.shape
        return (row, column) if 0 <= row < height and 0 <= column < width else None

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, theme, small, area = QPainter(self), self.theme, self.small, self.area()
        painter.setFont(small.font)
        if self.caption:
            head, text = QRect(0, 0, self.width(), self._head() - GRID), self.named
            room = head.width()
            if self._legend and self._own is None:
                numbers = self.scale.numbers()
                least = number_width(painter.fontMetrics(), numbers)
                left = min(ceil(small.width(text)) + APART, head.width() - least)
                line = head.adjusted(left, 0, 0, 0)
                taken = draw_legend(painter, line, numbers, self.colours(theme), theme)
                room -= taken - APART + GRID if taken else 0
            painter.setPen(theme.quiet)
            if small.width(text) > room:
                elide = Qt.TextElideMode.ElideRight
                text = painter.fontMetrics().elidedText(text, elide, room)
            small.draw(painter, 0, 0, text)
        painter.fillRect(area, theme.surface)
        if self.values.size:
            if self._image.isNull() or self._lut is not self.colours(theme):
                self._image = self._pictured(self.colours(theme))
            painter.setOpacity(DIM if self.dimmed else 1.0)
            height, width = self.values.shape
            corner, last = self.cell_rect(0, 0), self.cell_rect(height - 1, width - 1)
            smooth = corner.width() < 1  # else thin strokes would fall between two pixels
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(QRectF(corner.topLeft(), last.bottomRight()), self._image)
            painter.setOpacity(1.0)
        elif self.message:
            painter.setPen(theme.quiet)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), flags, self.message)
        self._paint_axes(painter, area)
        zoom = area.width() / max(1.0, self._grid[1])
        painter.setPen(QPen(theme.field, 1))
        for mark in self.marks:
            place = area.topLeft() + mark.topLeft() * zoom
            painter.drawRect(QRectF(place, mark.size() * zoom).adjusted(0, 0, -1, -1))
        if self.cell is not None:
            painter.setPen(QPen(theme.accent, 2 if self.framed else 1))
            painter.drawRect(self.cell_rect(*self.cell).adjusted(0, 0, -1, -1))
        elif self.framed:
            painter.setPen(QPen(theme.accent, 1))
            painter.drawRect(area.adjusted(0, 0, -1, -1))
        painter.end()

    @property
    def named(self) -> str:
        """The name that is written: the caption, or the shorter one where that lacks room."""
        room = self.width() - self._least_legend
        return (
            self._shorter
            if self._shorter and self.small.width(self.caption) > room
            else self.caption
        )

    @property
    def _least_legend(self) -> int:
        """Pixels that the legend takes at least, with the gap before it."""
        if not self._legend or self._own is not None:
            return 0
        return least_width(self.fontMetrics(), self.scale.numbers())

    def _pictured(self, lut: Lut) -> QImage:
        """The cells as an image; of more of them than the screen has pixels there as many."""
        self._lut = lut
        height, width = self.values.shape
        if self._own is not None:
            data, form = np.ascontiguousarray(self._own).tobytes(), QImage.Format.Format_RGB888
        else:
            index = np.zeros(self.values.shape, np.intp)
            self.scale.index(self.values, index)
            data, form = np.take(lut, index, mode="clip").tobytes(), QImage.Format.Format_RGB32
        image = QImage(data, width, height, len(data) // height, form)
        side = self.cell_rect(0, 0).width() * self.devicePixelRatioF()
        if side < 1:  # once, and not at every paint
            return image.scaled(
                max(1, round(side * width)), max(1, round(side * height)),
                transformMode=Qt.TransformationMode.SmoothTransformation,
            )  # fmt: skip
        return image.copy()  # owns its pixels

    def lights(self) -> Array:
        """Return how light each cell is, (height, width), 0 … 255."""
        if self._own is not None:
            colours = self._own.astype(np.float32)
        else:
            index = np.zeros(self.values.shape, np.intp)
            self.scale.index(self.values, index)
            packed = np.take(self.colours(self.theme), index, mode="clip")
            colours = np.stack([packed >> 16 & 255, packed >> 8 & 255, packed & 255], -1)
        return np.asarray(colours @ np.array([0.299, 0.587, 0.114], np.float32), np.float32)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._image = QImage()
        super().resizeEvent(event)

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        x_name, y_name = self.axis_names
        painter.setPen(self.theme.quiet)
        middle = max(area.center().x(), self.small.width(x_name) / 2)  # a map may be narrower
        self.small.draw(painter, middle, area.bottom(), x_name, 0.5)
        if y_name:
            painter.save()
            painter.translate(0, area.center().y())
            painter.rotate(-90)
            self.small.draw(painter, 0, 0, y_name, 0.5)
            painter.restore()

    # Input

    def _point(self, cell: Cell | None) -> None:
        if cell != self.cell:
            self.cell = cell
            self.update()
            self.pointed.emit(cell)

    def tooltip(self, position: QPointF) -> str | None:
        cell = self.cell_at(position)
        return (self.describe(*cell) or None) if cell is not None else None

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self._point(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent | None) -> None:
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self.chosen.emit(*cell)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        export_menu(self, self.table).popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        key = Qt.Key(event.key())
        if key in ARROWS and self.values.size:
            row, column = self.cell or (self.values.shape[0] // 2, self.values.shape[1] // 2)
            down, right = ARROWS[key] if self.cell is not None else (0, 0)
            height, width = self.values.shape
            self._point(
                (min(max(row + down, 0), height - 1), min(max(column + right, 0), width - 1))
            )
        elif key in _CHOOSING and self.cell is not None:
            self.chosen.emit(*self.cell)
        else:
            super().keyPressEvent(event)
