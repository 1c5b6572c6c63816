"""The sheet: strips of training side by side, below each the targets of its windows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from viz.chapters.sliding_window.measure.examples import Sheet
from viz.nets.architecture import NONE_CLASS
from viz.views.theme import DIM, GRID, Theme
from viz.views.widgets.painted_view import PaintedView
from viz.views.widgets.pointing import ARROWS

GAP = 2 * GRID
"""Pixels between two strips."""

BAR = 2 * GRID
"""Height of a target's bar."""

LEAST_ZOOM = 1.2
"""Fewer strips are shown rather than smaller ones than this."""

UNEVEN = 0.03
"""A place that stays empty in the last row weighs as much as this share of the size."""

LEAST_WHOLE = 0.9
"""Pixels are whole ones of the screen where that makes them at least so large a share."""

COUNTS = (20, 16, 12, 10, 8, 6, 5, 4)


@dataclass(frozen=True)
class Layout:
    """``count`` strips in ``columns``, each pixel ``zoom`` pixels of the screen wide."""

    count: int
    columns: int
    zoom: float


class SheetView(PaintedView):
    """Strips in ink; below each window's target: its likeliest class, and every class's share as a
    part of a bar. A dot is "none"; what a window's loss does not count is left out; an outline
    marks what the network misses. A click or Enter chooses a strip."""

    chosen = pyqtSignal(int)
    """The number of the strip that the user clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet: Sheet | None = None
        self.pointed: int | None = None
        """The strip pointed at."""
        self.describe: Callable[[int, int | None], str] = lambda strip, window: ""
        """What the tip says of a strip, or of the target of one of its windows."""
        self._images: list[QImage] = []
        self._layout: Layout | None = None
        self._dimmed = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_sheet(self, sheet: Sheet | None) -> None:
        """Show a sheet."""
        if self.sheet is None or sheet is None or sheet.strips is not self.sheet.strips:
            self._images = []
        self.sheet, self._layout = sheet, None
        self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Show it faintly."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

    def restyle(self) -> None:
        self._images, self._layout = [], None

    # Geometry

    def sizeHint(self) -> QSize:
        return QSize(40 * self.text_px, 16 * self.text_px)

    def minimumSizeHint(self) -> QSize:
        return QSize(12 * self.text_px, 4 * self.text_px)

    @property
    def _foot(self) -> float:
        return self.small.height + BAR + 2

    @property
    def layout_(self) -> Layout:
        """As many strips as there is room for, as large as they fit."""
        if self._layout is None:
            found = [self._fitting(count) for count in COUNTS]
            self._layout = next((one for one in found if one.zoom >= LEAST_ZOOM), found[-1])
        return self._layout

    def _fitting(self, count: int) -> Layout:
        height, width = (32, 44) if self.sheet is None else self.sheet.strips.shape[1:]
        zooms = []
        for columns in range(1, count + 1):
            rows = math.ceil(count / columns)
            wide = ((self.width() + GAP) / columns - GAP) / width
            high = ((self.height() + GAP) / rows - GAP - self._foot) / height
            zoom = max(0.25, min(wide, high))
            zooms.append((zoom * (1 - UNEVEN * (rows * columns - count)), zoom, columns))
        _, zoom, columns = max(zooms)
        ratio = self.devicePixelRatioF()
        whole = int(zoom * ratio) / ratio
        return Layout(count, columns, whole if whole >= LEAST_WHOLE * zoom else zoom)

    def place(self, strip: int) -> QRectF:
        """Return where a strip's picture stands."""
        found = self.layout_
        height, width = (32, 44) if self.sheet is None else self.sheet.strips.shape[1:]
        wide, high = width * found.zoom, height * found.zoom
        row, column = divmod(strip, found.columns)
        return QRectF(column * (wide + GAP), row * (high + self._foot + GAP), wide, high)

    def target_place(self, strip: int, window: int) -> QRectF:
        """Return where the target of one of a strip's windows stands."""
        place = self.place(strip)
        wide = place.width() / self._windows
        return QRectF(place.left() + window * wide, place.bottom() + 2, wide, self._foot - 2)

    @property
    def _windows(self) -> int:
        return 4 if self.sheet is None else self.sheet.weights.shape[1]

    def strip_at(self, position: QPointF) -> tuple[int, int | None] | None:
        """Return the strip under a point, and the window whose target is there."""
        for strip in range(self.layout_.count if self.sheet is not None else 0):
            if self.place(strip).contains(position):
                return strip, None
            for window in range(self._windows):
                if self.target_place(strip, window).contains(position):
                    return strip, window
        return None

    # Painting

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._layout = None
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, theme, sheet = QPainter(self), self.theme, self.sheet
        painter.setFont(self.small.font)
        if sheet is not None:
            self._images = self._images or [_picture(strip, theme) for strip in sheet.strips]
            painter.setOpacity(DIM if self._dimmed else 1.0)
            for strip in range(self.layout_.count):
                place = self.place(strip)
                painter.drawImage(place, self._images[strip])
                for window in range(self._windows):
                    self._paint_target(painter, sheet, strip, window)
                if strip == self.pointed:
                    painter.setPen(QPen(theme.accent, 2 if self.framed else 1))
                    painter.drawRect(place.adjusted(0, 0, -1, -1))
        if self.framed and self.pointed is None:
            painter.setPen(theme.accent)
            painter.drawRect(QRectF(self.rect()).adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_target(self, painter: QPainter, sheet: Sheet, strip: int, window: int) -> None:
        if not sheet.weights[strip, window]:
            return
        place, theme, small = self.target_place(strip, window), self.theme, self.small
        target = sheet.targets[strip, window]
        likeliest = int(target.argmax())
        middle = place.center().x()
        if likeliest == NONE_CLASS:
            painter.fillRect(QRectF(middle - 1, place.top() + small.middle - 1, 2, 2), theme.quiet)
        else:
            painter.setPen(theme.text)
            small.draw(painter, middle, place.top(), str(likeliest), 0.5)
        top, inner = place.bottom() - BAR, place.adjusted(1, 0, -1, 0)
        left = inner.left()
        for number, share in enumerate(target.tolist()):
            if share > 0:
                hue = theme.line if number == NONE_CLASS else theme.class_colour(number)
                painter.fillRect(QRectF(left, top, share * inner.width(), BAR), hue)
                left += share * inner.width()
        if sheet.answers is not None and sheet.answers.missed[strip, window]:
            painter.setPen(QPen(theme.field, 1))
            painter.drawRect(place.adjusted(0.5, 0.5, -1.5, -0.5))

    # Input

    def tooltip(self, position: QPointF) -> str:
        found = self.strip_at(position)
        return "" if found is None else self.describe(*found)

    def _point(self, strip: int | None) -> None:
        if strip != self.pointed:
            self.pointed = strip
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        found = self.strip_at(event.position())
        self._point(None if found is None else found[0])

    def leaveEvent(self, event: object) -> None:
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        found = self.strip_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            self.chosen.emit(found[0])

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        key, found = Qt.Key(event.key()), self.layout_
        if key in ARROWS and self.sheet is not None:
            down, right = ARROWS[key]
            now = self.pointed
            to = 0 if now is None else now + down * found.columns + right
            self._point(min(max(to, 0), found.count - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.pointed is not None:
            self.chosen.emit(self.pointed)
        else:
            super().keyPressEvent(event)


def _picture(strip: np.ndarray, theme: Theme) -> QImage:
    """A strip as an image in ink that owns its pixels."""
    height, width = strip.shape
    pixels = np.take(theme.ink, (strip * 255 + 0.5).astype(np.intp), mode="clip")
    image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32)
    return image.copy()
