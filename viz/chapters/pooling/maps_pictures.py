"""Pictures of each of some maps: before pooling, after it, and as the network pools it, if it does.

All lie on the units of the map before: a pooled unit is drawn as large as its stride, about the
centre of its window, with square pixels and at locked colours. As many maps stand one below the
other as fill the view.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.chapters.pooling.measure.changes import Array
from viz.chapters.pooling.words import pooled_text
from viz.i18n import tr
from viz.nets.pooling import Pooling
from viz.views import theme as themes
from viz.views.maps.legend import draw_legend, least_width
from viz.views.maps.locked_scale import LockedScale
from viz.views.theme import GRID, Lut, Theme
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.text_cache import TextCache, signed

GAP = 3 * GRID


@dataclass(frozen=True, eq=False)
class Picture:
    """``values`` (h, w) float32, its captions, longest first; unit i covers ``stride`` units of the
    map before from ``start`` + i·``stride`` on, and sees ``reach`` of them from
    ``first`` + i·``stride`` on. ``name`` tells which map it is of; how its units come about is told
    by ``law``, or, where that is "", by the ``pooling``."""

    captions: tuple[str, ...]
    values: Array
    scale: LockedScale
    name: str
    law: str = ""
    pooling: Pooling | None = None
    stride: int = 1
    reach: int = 1
    first: int = 0

    @property
    def start(self) -> float:
        """Where unit 0 begins, so that it lies about the middle of what it sees."""
        return self.first + (self.reach - self.stride) / 2


@dataclass(frozen=True)
class Layout:
    """``rows`` of maps, their pictures ``beside`` each other or one below the other, ``zoom``
    pixels a unit of the map before, and ``gap`` pixels between rows."""

    beside: bool
    zoom: float
    rows: int = 1
    gap: float = GRID


def image_of(values: Array, scale: LockedScale, lut: Lut) -> QImage:
    """A map (h, w) as an image with one pixel a unit; it owns its pixels."""
    if not values.size:
        return QImage()
    index = np.zeros(values.shape, np.intp)
    scale.index(values, index)
    colours = np.take(lut, index, mode="clip")
    height, width = values.shape
    shared = QImage(colours.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32)
    return shared.copy()


class Pictures(PaintedView):
    """Paints a map's pictures side by side, or one below the other if that makes them larger."""

    pointed = pyqtSignal(object)
    """(picture, row, column) under the pointer, or None."""
    room_changed = pyqtSignal()
    """There may be room for more maps, or fewer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: tuple[Picture, ...] = ()
        self._numbers: tuple[int, ...] = ()
        self._columns, self._digits, self._message = 3, "49", ""
        self._images: list[QImage] = []
        self._pointed: tuple[int, int, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 80)
        self.setAccessibleName(tr("Feature maps before and after pooling"))
        self.set_theme(themes.theme("dark"), 13)

    def sizeHint(self) -> QSize:
        """Room for a map of 28×60 units thrice."""
        return QSize(480, 160)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """What is shown: those of the first map, those of the next, and so on."""
        return self._pictures

    @property
    def numbers(self) -> tuple[int, ...]:
        """The maps that are shown."""
        return self._numbers

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of text."""
        self._theme, self._small = theme, TextCache(themes.font(text_px))
        self.show_pictures(self._numbers, self._pictures)
        self.room_changed.emit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """More or less room."""
        self.room_changed.emit()

    def set_up(self, columns: int, maps: int) -> None:
        """There will be so many pictures of each map, and numbers below ``maps``."""
        self._columns, self._digits = columns, "0" * max(2, len(str(maps - 1)))

    def show_message(self, text: str) -> None:
        """Say this instead of showing pictures."""
        self._message = text
        self.show_pictures((), ())

    def show_pictures(self, numbers: tuple[int, ...], pictures: tuple[Picture, ...]) -> None:
        """Show these of the maps of these numbers, as many of each; a map's first picture is what
        its others are pooled from."""
        if numbers:
            self._columns, self._message = len(pictures) // len(numbers), ""
        self._numbers, self._pictures = numbers, pictures
        self._images = [image_of(p.values, p.scale, p.scale.lut(self._theme)) for p in pictures]
        if self._pointed is not None and self._value() is None:
            self._pointed = None
        self.update()

    @property
    def pointed_at(self) -> tuple[int, int, int] | None:
        """(picture, row, column) of the unit under the pointer."""
        return self._pointed

    # Geometry

    def _line(self) -> int:
        """Pixels of the captions' line."""
        return math.ceil(self._small.height) + GRID

    def _gutter(self) -> int:
        """Pixels of the maps' numbers, left of pictures that stand side by side."""
        return (
            math.ceil(max(self._small.width(tr("map")), self._small.width(self._digits))) + 2 * GRID
        )

    def _across(self) -> float:
        """Pixels of one picture's column."""
        return (self.width() - self._gutter() - (self._columns - 1) * GAP) / self._columns

    def arrange(self, height: int, width: int, most: int) -> Layout:
        """How maps of height × width units, at most so many, fill the view: with the most painted,
        in units of whole pixels of the screen as long as one has a pixel."""
        line, ratio = self._line(), self.devicePixelRatioF()
        room = self.height() - line
        beside = min(self._across() / width, room / height)
        each = (self.height() - (self._columns - 1) * GRID) / self._columns - line
        below = min(self.width() / width, each / height)
        largest = int(max(beside, below) * ratio)
        if below > beside:
            return Layout(False, largest / ratio if largest else max(below, 0.1))
        sizes = [pixels / ratio for pixels in range(1, largest + 1)] or [max(beside, 0.1)]

        def rows(zoom: float) -> int:
            return max(1, min(most, int((room + GRID) // (height * zoom + GRID))))

        zoom = max(sizes, key=lambda zoom: (rows(zoom) * zoom**2, zoom))
        count = rows(zoom)
        free = (room - count * height * zoom) / max(1, count - 1)
        return Layout(True, zoom, count, int(max(GRID, min(GAP, free))))

    def _layout(self) -> Layout:
        height, width = self._pictures[0].values.shape
        return self.arrange(height, width, len(self._numbers))

    def places(self) -> list[QRectF]:
        """Where each picture stands, of those that have room: the size of the map before in all."""
        if not self._pictures:
            return []
        layout, line = self._layout(), self._line()
        height, width = self._pictures[0].values.shape
        size = width * layout.zoom, height * layout.zoom
        if not layout.beside:
            pitch = size[1] + line + GRID
            return [QRectF(0, line + i * pitch, *size) for i in range(self._columns)]
        lefts = [self._gutter() + int(i * (self._across() + GAP)) for i in range(self._columns)]
        tops = [line + row * (size[1] + layout.gap) for row in range(layout.rows)]
        return [QRectF(left, top, *size) for top in tops for left in lefts]

    def zoom(self) -> float:
        """Pixels of one unit of the map before."""
        return self._layout().zoom

    def unit_rect(self, picture: int, row: int, column: int) -> QRectF:
        """Where one unit of a picture is drawn."""
        return self._unit_rect(self.places()[picture], self._pictures[picture], row, column)

    def _unit_rect(self, place: QRectF, shown: Picture, row: int, column: int) -> QRectF:
        zoom = self.zoom()
        x, y = (shown.start + index * shown.stride for index in (column, row))
        side = shown.stride * zoom
        return QRectF(place.left() + x * zoom, place.top() + y * zoom, side, side)

    def _find(self, at: QPointF) -> tuple[int, int, int] | None:
        for number, (place, shown) in enumerate(zip(self.places(), self._pictures, strict=False)):
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
        if not places:
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.setPen(theme.quiet)
            painter.drawText(self.rect(), flags, self._message)
        beside = len(places) > 1 and places[1].left() > 0
        smooth = QPainter.RenderHint.SmoothPixmapTransform
        for number, (place, shown) in enumerate(zip(places, self._pictures, strict=False)):
            if number < self._columns:
                self._paint_caption(painter, place, number, beside)
            if beside and number % self._columns == 0:
                painter.setPen(theme.quiet if number else theme.text)
                small.draw(painter, 0, place.top(), str(self._numbers[number // self._columns]))
            painter.fillRect(place, theme.surface)
            height, width = shown.values.shape
            target = self._unit_rect(place, shown, 0, 0)
            side = target.width()
            target.setSize(QRectF(0, 0, width * side, height * side).size())
            painter.save()
            painter.setClipRect(place)
            painter.setRenderHint(smooth, side < 1)
            painter.drawImage(target, self._images[number])
            painter.restore()
        if self._pointed is not None and self._pointed[0] < len(places):
            self._paint_pointed(painter, places, *self._pointed)
        painter.end()

    def _paint_caption(self, painter: QPainter, place: QRectF, number: int, beside: bool) -> None:
        """Above a column, or above each picture where there are no columns: the longest that fits,
        and the colour scale, unless it is that of the first."""
        small, shown, left = self._small, self._pictures[number], place.left()
        top = place.top() - self._line()
        right = left + self._across() if beside else float(self.width())
        if number == 0:
            painter.setPen(self._theme.quiet if beside else self._theme.text)
            called = tr("map") if beside else f"{tr('map')} {self._numbers[0]}"
            used = small.draw(painter, 0, top, called)
            left += 0 if beside else used + 2 * GRID
        room, numbers = right - left, shown.scale.numbers()
        legend = number == 0 or shown.scale != self._pictures[0].scale
        need = least_width(painter.fontMetrics(), numbers) if legend else 0
        fitting = [text for text in shown.captions if small.width(text) <= room]
        with_legend = (text for text in fitting if small.width(text) + need <= room)
        text = next(with_legend, fitting[0] if fitting else "")
        painter.setPen(self._theme.quiet if number else self._theme.text)
        used = small.draw(painter, left, top, text) + 2 * GRID
        if legend:
            line = QRectF(left + used, top, room - used, small.height)
            draw_legend(painter, line.toRect(), numbers, shown.scale.lut(self._theme), self._theme)

    def _paint_pointed(
        self, painter: QPainter, places: list[QRectF], picture: int, row: int, column: int
    ) -> None:
        shown = self._pictures[picture]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.field, 1))
        painter.drawRect(self.unit_rect(picture, row, column).adjusted(0, 0, -1, -1))
        if picture % self._columns:
            before, zoom = places[picture // self._columns * self._columns], self.zoom()
            x, y = ((shown.first + i * shown.stride) * zoom for i in (column, row))
            side = shown.reach * zoom - 1
            painter.drawRect(QRectF(before.left() + x, before.top() + y, side, side))

    # Pointer

    def tooltip(self, position: QPointF) -> str:
        """The unit under a point by its formula; elsewhere what the pictures are."""
        found = self._find(position)
        if found is None:
            return self._message or tr(
                "Each map before the pooling, after it, and as the network pools it, all drawn on "
                "the units of the map before."
            )
        number, row, column = found
        shown = self._pictures[number]
        value = float(shown.values[row, column])
        head = tr("{name}, row {row}, column {column}", name=shown.name, row=row, column=column)
        if shown.pooling is None or shown.law:
            return f"{head}\n{shown.law} = {signed(value)}"
        before = self._pictures[number // self._columns * self._columns].values
        rows, columns = (
            slice(
                max(0, shown.first + i * shown.stride), shown.first + i * shown.stride + shown.reach
            )
            for i in (row, column)
        )
        return f"{head}\n{pooled_text(shown.pooling, before[rows, columns], value)}"

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
