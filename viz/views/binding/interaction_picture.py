"""The picture of the interaction: each layer's bar, its conjunction units, the four images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QImage, QPainter, QPen

from viz import theme as themes
from viz.i18n import tr
from viz.measure.binding import MARKED, ROWS, Decomposition
from viz.theme import GRID, Lut, Theme
from viz.views.binding.wording import (
    LINEAR,
    NOTHING,
    images_tip,
    percent,
    row_names,
    row_note,
    row_tip,
)
from viz.views.lettering import Lettering
from viz.views.marks import draw_marks

LEAST_TEXT, DOT = 9, 6


class InteractionPicture:
    """Paints a Decomposition; ``regions`` are what it painted last, each with its tip."""

    def __init__(self) -> None:
        self.regions: list[tuple[QRectF, str]] = []
        self._result: Decomposition | None = None
        self._images: list[QImage] = []
        self.set_theme(themes.theme("dark"), 13)

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme, self._text_px = theme, text_px
        self.set_result(self._result)

    def set_result(self, result: Decomposition | None) -> None:
        """What is painted from now on."""
        self._result, self.regions = result, []
        images = () if result is None else result.images
        self._images = [_image(image, self._theme.ink) for image in images]

    def tip_at(self, position: QPointF) -> str:
        """The formula of the number that stands there; "" where there is none."""
        return next((tip for area, tip in self.regions if area.contains(position)), "")

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """The rows and their key, and the four images at the right end of ``area``."""
        self.regions = []
        result = self._result
        if result is None:
            return
        top, high = area.top(), area.height() / (len(ROWS) + 1)
        size = min(self._text_px, max(LEAST_TEXT, int(high * 0.8)))
        small = Lettering(themes.font(size))
        painter.setFont(small.font)
        names = row_names()
        wide = max(small.width(name) for name in names.values()) + 2 * GRID
        pictures = min(0.24 * area.width(), area.height() - 2 * GRID)
        right = area.width() - pictures - 4 * GRID
        beside = [tr("{n:,} of {all:,}", n=888, all=15680), row_note("input", result)]
        counted = max(small.width(text) for text in beside) + 6 * GRID
        figures = small.width("100.0 %") + 2 * GRID
        room = right - wide - figures - counted
        for number, name in enumerate(ROWS):
            y = top + number * high
            self.regions.append((QRectF(0, y, right, high), row_tip(name, result)))
            painter.setPen(self._theme.quiet if name in LINEAR else self._theme.text)
            text = y + (high - small.height) / 2
            small.draw(painter, wide - 2 * GRID, text, names[name], 1)
            self._paint_bar(painter, QRectF(wide, y, room, high), result.shares[name], name)
            painter.setPen(self._theme.quiet if name in LINEAR else self._theme.text)
            small.draw(painter, wide + room + figures - GRID, text, percent(result.shares[name]), 1)
            if name in MARKED:
                self._paint_count(painter, small, right, text, result, name)
            elif note := row_note(name, result):
                painter.setPen(self._theme.text)
                small.draw(painter, right, text, note, 1)
        self._paint_key(painter, small, QRectF(0, top + len(ROWS) * high, area.width(), high))
        self._paint_images(painter, small, QRectF(right + 4 * GRID, top, pictures, pictures))

    def _paint_bar(self, painter: QPainter, area: QRectF, share: float, name: str) -> None:
        """From 0 to 100 %: full where the layer makes interaction, hollow where it spreads it."""
        thick = max(4.0, round(area.height() * 0.5))
        top = round(area.center().y() - thick / 2)
        painter.fillRect(QRectF(area.left(), top + thick // 2, area.width(), 1), self._theme.line)
        bar = QRectF(area.left(), top, share * area.width(), thick)
        if share < NOTHING:
            painter.fillRect(QRectF(area.left(), top, 1, thick), self._theme.quiet)
        elif name in LINEAR:
            painter.setPen(QPen(self._theme.quiet, 1))
            painter.setBrush(self._theme.background)
            painter.drawRect(bar.adjusted(0, 0, -1, -1))
        else:
            painter.fillRect(bar, self._theme.text)

    def _paint_count(
        self,
        painter: QPainter,
        small: Lettering,
        right: float,
        top: float,
        result: Decomposition,
        name: str,
    ) -> None:
        """How many conjunction units the layer has, beside a dot as on the maps."""
        found = len(result.marks.units[name])
        text = tr("{n:,} of {all:,}", n=found, all=result.sizes[name])
        painter.setPen(self._theme.text if found else self._theme.quiet)
        wide = small.draw(painter, right, top, text, 1)
        if found:
            spot = (right - wide - 3 * GRID, top + small.middle - DOT / 2)
            draw_marks(painter, np.array([spot]), DOT)

    def _paint_key(self, painter: QPainter, small: Lettering, area: QRectF) -> None:
        """What full, hollow and dot mean, in smaller text where there is little room."""
        keys = (
            (tr("ReLU and pooling create interaction"), "full"),
            (tr("convolutions only add it up"), "hollow"),
            (tr("unit that answers A and B only together"), "dot"),
        )
        while (
            sum(small.width(text) + 8 * GRID for text, _ in keys) > area.width()
            and small.font.pixelSize() > LEAST_TEXT
        ):
            small = Lettering(themes.font(small.font.pixelSize() - 1))
        painter.setFont(small.font)
        x, top = area.left() + GRID, area.top() + (area.height() - small.height) / 2
        painter.setBrush(self._theme.background)
        for text, kind in keys:
            if x + small.width(text) + 4 * GRID > area.right():
                break
            spot = QRectF(x, round(top + small.middle) - DOT / 2, DOT if kind == "dot" else 12, DOT)
            if kind == "hollow":
                painter.setPen(QPen(self._theme.quiet, 1))
                painter.drawRect(spot.adjusted(0, 0, -1, -1))
            elif kind == "dot":
                draw_marks(painter, np.array([[spot.x(), spot.y()]]), DOT)
            else:
                painter.fillRect(spot, self._theme.text)
            painter.setPen(self._theme.quiet)
            x += spot.width() + GRID
            x += small.draw(painter, x, top, text) + 4 * GRID
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_images(self, painter: QPainter, small: Lettering, area: QRectF) -> None:
        """AB − A − B + ∅, as the window sees them."""
        painter.setFont(small.font)
        captions = ("AB", "−  A", "−  B", "+  ∅")
        side = min((area.width() - 2 * GRID) / 2, (area.height() - 2 * GRID) / 2 - small.height)
        if side < 20:
            return
        self.regions.append((area, images_tip()))
        left = area.right() - 2 * side - 2 * GRID
        for number, (caption, image) in enumerate(zip(captions, self._images, strict=True)):
            row, column = divmod(number, 2)
            x = left + column * (side + 2 * GRID)
            y = area.top() + row * (side + small.height + 2 * GRID)
            painter.setPen(self._theme.quiet)
            small.draw(painter, x, y, caption)
            painter.drawImage(QRectF(x, y + small.height, side, side), image)
            painter.setPen(QPen(self._theme.line, 1))
            painter.drawRect(QRectF(x - 0.5, y + small.height - 0.5, side, side))


def _image(image: NDArray[np.float32], ink: Lut) -> QImage:
    """An image in the ink's colours; owns its pixels."""
    height, width = image.shape
    pixels = ink[(image * np.float32(255)).astype(np.uint8)]
    return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32).copy()
