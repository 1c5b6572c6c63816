"""The palette: the digits 0–9 in a handwriting of choice, to be dragged or put on the canvas."""

from __future__ import annotations

import json

from PyQt6.QtCore import QByteArray, QMimeData, QPoint, QPointF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QDrag,
    QFontMetrics,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PyQt6.QtWidgets import QAbstractButton, QApplication, QComboBox, QHBoxLayout, QWidget

from viz.errors import UserError
from viz.i18n import tr
from viz.model import settings
from viz.model.document import Document
from viz.scene.digits import HANDWRITINGS, digit
from viz.views.canvas.commands import DIGIT_MIME, put_beside
from viz.views.canvas.handles import Mapping
from viz.views.canvas.painting import draw_strokes
from viz.views.theme import GRID, Theme, font, theme


class Palette(QWidget):
    """A selector for the handwriting and ten digits."""

    refused = pyqtSignal(str)
    """A sentence for the user: the drawing cannot take a digit; it stays as it was."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._theme, self._text_px = theme("dark"), 13
        self.handwritings = QComboBox()
        self.handwritings.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.handwritings.setAccessibleName(tr("Handwriting"))
        self.handwritings.setToolTip(tr("Handwriting of the digits beside"))
        for name in HANDWRITINGS:
            self.handwritings.addItem(_title(name), name)
        kept = str(settings.get("handwriting"))
        if kept in HANDWRITINGS:
            self.handwritings.setCurrentIndex(HANDWRITINGS.index(kept))
        self.handwritings.currentIndexChanged.connect(self._chosen)
        self.tiles = [DigitTile(value, self) for value in range(10)]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.handwritings)
        row.addSpacing(GRID)
        for tile in self.tiles:
            tile.clicked.connect(lambda _checked, value=tile.value: self.put(value))
            row.addWidget(tile, 1)
        self.setAccessibleName(tr("Digits to put on the canvas"))

    @property
    def handwriting(self) -> str:
        """The chosen one of ``HANDWRITINGS``."""
        return str(self.handwritings.currentData())

    @property
    def look(self) -> Theme:
        """The theme, for the tiles."""
        return self._theme

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Take another theme and text size."""
        self._theme, self._text_px = theme, text_px
        face = font(text_px)
        self.handwritings.setFont(face)
        height = max(36, GRID * round(2.6 * text_px / GRID))
        self.setFixedHeight(height)
        icon = QSize(2 * height * 3 // 5, height * 3 // 5)
        self.handwritings.setIconSize(icon)
        for index, name in enumerate(HANDWRITINGS):
            self.handwritings.setItemIcon(index, _sample(name, icon, theme))
        # Left to itself the box keeps the width of a text size that it had before
        widest = max(QFontMetrics(face).horizontalAdvance(_title(name)) for name in HANDWRITINGS)
        self.handwritings.setFixedWidth(icon.width() + widest + 8 * GRID)
        self.update()

    def put(self, value: int) -> None:
        """Put a digit into the free place beside what is there, and select it."""
        width_px = float(settings.get("pen_width"))
        try:
            put_beside(self._document, digit(value, self.handwriting, width_px=width_px))
        except UserError as error:
            self.refused.emit(str(error))

    def _chosen(self) -> None:
        settings.put("handwriting", self.handwriting)
        for tile in self.tiles:
            tile.update()


class DigitTile(QAbstractButton):
    """One digit: a click puts it on the canvas, a drag carries it there."""

    def __init__(self, value: int, palette: Palette) -> None:
        super().__init__(palette)
        self.value, self._palette = value, palette
        self._pressed_at: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAccessibleName(tr("Digit {value}", value=value))
        self.setToolTip(tr("Drag this {value} onto the canvas, or click to add it", value=value))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(36, 36)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, 32)

    def mime_data(self) -> QMimeData:
        """What a drag of this tile carries."""
        told = {"value": self.value, "handwriting": self._palette.handwriting}
        mime = QMimeData()
        mime.setData(DIGIT_MIME, QByteArray(json.dumps(told).encode()))
        return mime

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        super().mousePressEvent(event)
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None or self._pressed_at is None or not event.buttons():
            return
        way = event.position() - self._pressed_at
        if way.manhattanLength() >= QApplication.startDragDistance():
            self._pressed_at = None
            self.setDown(False)
            self._drag()

    def _drag(self) -> None:
        drag = QDrag(self)
        drag.setMimeData(self.mime_data())
        # Beside the pointer: under it the canvas shows the digit at its true size
        pixmap = _sample_of([self.value], self._palette.handwriting, QSize(28, 28),
                            self._palette.look)  # fmt: skip
        drag.setPixmap(pixmap)
        drag.setHotSpot(QPoint(-10, -10))
        drag.exec(Qt.DropAction.CopyAction)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = self._palette.look
        area = self.rect().toRectF().adjusted(1.5, 1.5, -1.5, -1.5)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.line)
            painter.drawRoundedRect(area, GRID, GRID)
        if self.hasFocus():
            painter.setPen(QPen(look.accent, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, GRID, GRID)
        zoom = min(self.width() / 22, (self.height() - 4) / 26)
        _paint_digit(painter, self.value, self._palette.handwriting, area.center(), zoom, look)
        painter.end()


def _title(handwriting: str) -> str:
    """A handwriting's name as a user reads it."""
    return {
        "round": tr("Round"),
        "school": tr("School"),
        "slanted": tr("Slanted"),
        "american": tr("American"),
        "angular": tr("Angular"),
    }[handwriting]


def _paint_digit(
    painter: QPainter, value: int, handwriting: str, centre: QPointF, zoom: float, look: Theme
) -> None:
    mapping = Mapping(centre.x() - 16 * zoom, centre.y() - 16 * zoom, zoom, 32, 32)
    draw_strokes(painter, digit(value, handwriting).strokes, mapping, look.text)


def _sample(handwriting: str, size: QSize, look: Theme) -> QIcon:
    """The digits in which handwritings differ most."""
    return QIcon(_sample_of([1, 4, 7], handwriting, size, look))


def _sample_of(values: list[int], handwriting: str, size: QSize, look: Theme) -> QPixmap:
    """Digits side by side on a transparent pixmap."""
    ratio = 2.0  # sharp on every screen; the icon is small
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    zoom = size.height() / 26
    for number, value in enumerate(values):
        x = (number + 0.5) * size.width() / len(values)
        _paint_digit(painter, value, handwriting, QPointF(x, size.height() / 2), zoom, look)
    painter.end()
    return pixmap
