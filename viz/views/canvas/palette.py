"""The palette: the digits 0–9 in a handwriting of choice, to be dragged or put on the canvas."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

from PyQt6.QtCore import (
    QByteArray,
    QEvent,
    QMimeData,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    pyqtSignal,
)
from PyQt6.QtGui import QColor, QDrag, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QWidget,
)

from viz.errors import UserError
from viz.i18n import tr
from viz.model import settings
from viz.model.document import Document
from viz.scene.digits import HANDWRITINGS, digit
from viz.views import theme as themes
from viz.views.canvas.commands import DIGIT_MIME, put_beside
from viz.views.canvas.handles import Mapping
from viz.views.canvas.painting import draw_strokes
from viz.views.theme import GRID
from viz.views.widgets.icons import drawn_icon


class Palette(QWidget):
    """A selector for the handwriting and ten digits."""

    refused = pyqtSignal(str)
    """A sentence for the user: the drawing cannot take a digit; it stays as it was."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.handwritings = QComboBox()
        self.handwritings.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.handwritings.setAccessibleName(tr("Handwriting"))
        self.handwritings.setToolTip(tr("Handwriting style of the digits beside it"))
        for name in HANDWRITINGS:
            sample = drawn_icon(partial(_draw_digits, (1, 4, 7), name))  # where they differ most
            self.handwritings.addItem(sample, _title(name), name)
        kept = str(settings.get("handwriting"))
        if kept in HANDWRITINGS:
            self.handwritings.setCurrentIndex(HANDWRITINGS.index(kept))
        self.handwritings.currentIndexChanged.connect(self._keep_handwriting)
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
        self._restyle()

    @property
    def handwriting(self) -> str:
        """The chosen one of ``HANDWRITINGS``."""
        return str(self.handwritings.currentData())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._restyle()

    def _restyle(self) -> None:
        height = max(36, GRID * round(2.6 * themes.text_px(self) / GRID))
        self.setFixedHeight(height)
        size = QSize(2 * height * 3 // 5, height * 3 // 5)
        self.handwritings.setIconSize(size)
        # Left to itself the box keeps the width of a text size that it had before
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(_title(name)) for name in HANDWRITINGS)
        self.handwritings.setFixedWidth(size.width() + widest + 8 * GRID)

    def put(self, value: int) -> None:
        """Put a digit into the free place beside what is there, and select it."""
        width_px = float(settings.get("pen_width"))
        try:
            put_beside(self._document, digit(value, self.handwriting, width_px=width_px))
        except UserError as error:
            self.refused.emit(str(error))

    def _keep_handwriting(self) -> None:
        settings.put("handwriting", self.handwriting)
        for tile in self.tiles:
            tile.update()


class DigitTile(QAbstractButton):
    """One digit: a click puts it on the canvas, a drag carries it there."""

    def __init__(self, value: int, palette: Palette) -> None:
        super().__init__(palette)
        self.value, self._palette = value, palette
        self._pressed_at: QPointF | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
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
        """Return what a drag of this tile carries."""
        carried = {"value": self.value, "handwriting": self._palette.handwriting}
        mime = QMimeData()
        mime.setData(DIGIT_MIME, QByteArray(json.dumps(carried).encode()))
        return mime

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None or not event.buttons():
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
        digit = drawn_icon(partial(_draw_digits, (self.value,), self._palette.handwriting))
        drag.setPixmap(digit.pixmap(QSize(28, 28), self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(-10, -10))
        drag.exec(Qt.DropAction.CopyAction)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = themes.of(self)
        area = self.rect().toRectF().adjusted(1.5, 1.5, -1.5, -1.5)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.line)
            painter.drawRoundedRect(area, GRID, GRID)
        if self.hasFocus():
            painter.setPen(QPen(theme.accent, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, GRID, GRID)
        zoom = min(self.width() / 22, (self.height() - 4) / 26)
        _draw_digit(painter, self.value, self._palette.handwriting, area.center(), zoom, theme.text)
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


def _draw_digit(
    painter: QPainter, value: int, handwriting: str, centre: QPointF, zoom: float, colour: QColor
) -> None:
    mapping = Mapping(centre.x() - 16 * zoom, centre.y() - 16 * zoom, zoom, 32, 32)
    draw_strokes(painter, digit(value, handwriting).strokes, mapping, colour)


def _draw_digits(
    values: Sequence[int], handwriting: str, painter: QPainter, rect: QRectF, colour: QColor
) -> None:
    """Draw digits side by side."""
    for number, value in enumerate(values):
        x = rect.left() + (number + 0.5) * rect.width() / len(values)
        centre = QPointF(x, rect.center().y())
        _draw_digit(painter, value, handwriting, centre, rect.height() / 26, colour)
