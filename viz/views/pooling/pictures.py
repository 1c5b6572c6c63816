"""Three pictures of one map: before pooling, after it, and as the network itself pools it.

All lie on the units of the map before: a pooled unit is drawn as large as its stride, about the
centre of its window, with square pixels and at locked colours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz import theme as themes
from viz.i18n import tr
from viz.measure.pooling import Array
from viz.theme import GRID, Lut, Theme
from viz.views.legend import draw_legend
from viz.views.lettering import Lettering
from viz.views.locked_scale import LockedScale

GAP = 3 * GRID


@dataclass(frozen=True, eq=False)
class Picture:
    """``values`` (h, w) float32, its captions, longest first, and where its units lie: unit i
    covers ``stride`` units of the first map from ``start`` + i·``stride`` on, and sees ``reach``
    of them from ``first`` + i·``stride`` on."""

    captions: tuple[str, ...]
    values: Array
    scale: LockedScale
    stride: int = 1
    reach: int = 1
    first: int = 0

    @property
    def start(self) -> float:
        """Where unit 0 begins, so that it lies about the middle of what it sees."""
        return self.first + (self.reach - self.stride) / 2


def image_of(values: Array, scale: LockedScale, lut: Lut) -> QImage:
    """A map (h, w) as an image with one pixel a unit; it owns its pixels."""
    index = np.zeros(values.shape, np.intp)
    scale.index(values, index)
    colours = np.take(lut, index, mode="clip")
    height, width = values.shape
    shared = QImage(colours.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32)
    return shared.copy()


class Pictures(QWidget):
    """Paints them side by side, or one below the other, whichever makes them larger."""

    pointed = pyqtSignal(object)
    """(picture, row, column) under the pointer, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: tuple[Picture, ...] = ()
        self._images: list[QImage] = []
        self._pointed: tuple[int, int, int] | None = None
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 80)
        self.setAccessibleName(tr("A feature map before and after pooling"))
        self.set_theme(themes.theme("dark"), 13)

    def sizeHint(self) -> QSize:
        """Room for a map of 28×60 units thrice."""
        return QSize(480, 160)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """What is shown."""
        return self._pictures

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of text."""
        self._theme, self._small = theme, Lettering(themes.font(text_px))
        self.show_pictures(self._pictures)

    def show_pictures(self, pictures: tuple[Picture, ...]) -> None:
        """Show these; the first is the map that the others are pooled from."""
        self._pictures = pictures
        self._images = [image_of(p.values, p.scale, p.scale.lut(self._theme)) for p in pictures]
        if self._pointed is not None and self._value() is None:
            self._pointed = None
        self.update()

    @property
    def pointed_at(self) -> tuple[int, int, int] | None:
        """(picture, row, column) of the unit under the pointer."""
        return self._pointed

    # Geometry

    def places(self) -> list[QRectF]:
        """Where each picture stands: the size of the first map in all of them."""
        if not self._pictures:
            return []
        n, line = len(self._pictures), self._small.height + GRID
        height, width = self._pictures[0].values.shape
        across = (self.width() - (n - 1) * GAP) / n
        beside = min(across / width, (self.height() - line) / height)
        below = min(self.width() / width, ((self.height() - (n - 1) * GRID) / n - line) / height)
        zoom = max(beside, below, 0.1)
        ratio = self.devicePixelRatioF()
        if zoom * ratio >= 1:
            zoom = int(zoom * ratio) / ratio
        if beside >= below:
            pitch = QPointF(across + GAP, 0)
        else:
            pitch = QPointF(0, height * zoom + line + GRID)
        size = width * zoom, height * zoom
        return [QRectF(i * pitch.x(), line + i * pitch.y(), *size) for i in range(n)]

    def zoom(self) -> float:
        """Pixels of one unit of the first map."""
        return self.places()[0].width() / self._pictures[0].values.shape[1]

    def unit_rect(self, picture: int, row: int, column: int) -> QRectF:
        """Where one unit of a picture is drawn."""
        shown, place, zoom = self._pictures[picture], self.places()[picture], self.zoom()
        x, y = (shown.start + index * shown.stride for index in (column, row))
        side = shown.stride * zoom
        return QRectF(place.left() + x * zoom, place.top() + y * zoom, side, side)

    def _find(self, at: QPointF) -> tuple[int, int, int] | None:
        for number, (place, shown) in enumerate(zip(self.places(), self._pictures, strict=True)):
            if place.contains(at):
                step = self.zoom() * shown.stride
                offset = shown.start * self.zoom()
                row = int((at.y() - place.top() - offset) // step)
                column = int((at.x() - place.left() - offset) // step)
                height, width = shown.values.shape
                if 0 <= row < height and 0 <= column < width:
                    return number, row, column
        return None

    def _value(self) -> float | None:
        if self._pointed is None:
            return None
        picture, row, column = self._pointed
        if picture >= len(self._pictures):
            return None
        values = self._pictures[picture].values
        inside = row < values.shape[0] and column < values.shape[1]
        return float(values[row, column]) if inside else None

    # Painting

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Captions, pictures, and what the unit under the pointer sees."""
        painter, theme, small = QPainter(self), self._theme, self._small
        painter.fillRect(self.rect(), theme.background)
        painter.setFont(small.font)
        places = self.places()
        beside = len(places) > 1 and places[1].left() > 0
        for number, (place, shown) in enumerate(zip(places, self._pictures, strict=True)):
            end = self.width() if not beside else place.left() + (self.width() - 2 * GAP) / 3
            self._paint_caption(painter, place, end, number, beside)
            painter.fillRect(place, theme.surface)
            height, width = shown.values.shape
            target = self.unit_rect(number, 0, 0)
            side = target.width()
            target.setSize(QRectF(0, 0, width * side, height * side).size())
            painter.save()
            painter.setClipRect(place)
            smooth = QPainter.RenderHint.SmoothPixmapTransform
            painter.setRenderHint(smooth, self.zoom() * shown.stride < 1)
            painter.drawImage(target, self._images[number])
            painter.restore()
        if self._pointed is not None:
            self._paint_pointed(painter, *self._pointed)
        painter.end()

    def _paint_caption(
        self, painter: QPainter, place: QRectF, end: float, number: int, beside: bool
    ) -> None:
        small, shown = self._small, self._pictures[number]
        room, top = end - place.left(), place.top() - GRID - small.height
        fitting = (text for text in shown.captions if small.width(text) <= room)
        text = next(fitting, "")
        painter.setPen(self._theme.quiet if number else self._theme.text)
        used = small.draw(painter, place.left(), top, text) + 2 * GRID
        if number and shown.scale == self._pictures[0].scale:
            return
        below = place.bottom() + GRID
        if beside and below + small.height <= self.height():  # under the picture, as wide as it
            line = QRectF(place.left(), below, place.width(), small.height)
        else:
            line = QRectF(place.left() + used, top, room - used, small.height)
        lut = shown.scale.lut(self._theme)
        draw_legend(painter, line.toRect(), shown.scale.numbers(), lut, self._theme)

    def _paint_pointed(self, painter: QPainter, picture: int, row: int, column: int) -> None:
        shown = self._pictures[picture]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.field, 1))
        painter.drawRect(self.unit_rect(picture, row, column).adjusted(0, 0, -1, -1))
        if picture:
            first, zoom = self.places()[0], self.zoom()
            x, y = ((shown.first + i * shown.stride) * zoom for i in (column, row))
            side = shown.reach * zoom - 1
            painter.drawRect(QRectF(first.left() + x, first.top() + y, side, side))

    # Pointer

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Point at a unit."""
        assert event is not None
        self._point(self._find(event.position()))

    def leaveEvent(self, event: QEvent | None) -> None:
        """Nothing is pointed at."""
        self._point(None)

    def _point(self, at: tuple[int, int, int] | None) -> None:
        if at != self._pointed:
            self._pointed = at
            self.pointed.emit(at)
            self.update()
