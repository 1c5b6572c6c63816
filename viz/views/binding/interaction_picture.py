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
from viz.views.marks import draw_marks, ear

LEAST_TEXT, DOT = 9, 6

SIGN = (14, 10)
"""Width and height of a sign in the key, in pixels."""

KEYS = 2
"""Lines of the key."""


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
        top, high = area.top(), area.height() / (len(ROWS) + KEYS)
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
        key = QRectF(0, top + len(ROWS) * high, area.width(), KEYS * high)
        self._paint_key(painter, small, key)
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
        """What the signs of bars and maps mean; in smaller text where room is short."""
        lines = (
            ((tr("ReLU and pooling create interaction"), self._paint_full),
             (tr("convolutions only add it up"), self._paint_hollow)),
            ((tr("unit that answers A and B only together"), self._paint_dot),
             (tr("map that had some within the last second"), self._paint_tile)),
        )  # fmt: skip
        widest = max(sum(small.width(text) for text, _ in keys) for keys in lines)
        away = 2 * (SIGN[0] + 4 * GRID)
        while away + widest > area.width() and small.font.pixelSize() > LEAST_TEXT:
            small = Lettering(themes.font(small.font.pixelSize() - 1))
            widest = max(sum(small.width(text) for text, _ in keys) for keys in lines)
        painter.setFont(small.font)
        second = area.left() + GRID  # of the two in a line: both lines' begin at the same place
        second += max(small.width(keys[0][0]) for keys in lines) + SIGN[0] + 5 * GRID
        high = area.height() / 2
        for number, keys in enumerate(lines):
            top = area.top() + number * high + (high - small.height) / 2
            for (text, paint), x in zip(keys, (area.left() + GRID, second), strict=True):
                if x + SIGN[0] + GRID + small.width(text) > area.right():
                    continue
                paint(painter, QRectF(x, round(top + small.middle) - SIGN[1] / 2, *SIGN))
                painter.setPen(self._theme.quiet)
                small.draw(painter, x + SIGN[0] + GRID, top, text)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_full(self, painter: QPainter, area: QRectF) -> None:
        painter.fillRect(area.adjusted(0, 2, 0, -2), self._theme.text)

    def _paint_hollow(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(QPen(self._theme.quiet, 1))
        painter.setBrush(self._theme.background)
        painter.drawRect(area.adjusted(0, 2, -1, -3))

    def _paint_dot(self, painter: QPainter, area: QRectF) -> None:
        spot = area.center() - QPointF(DOT, DOT) / 2
        draw_marks(painter, np.array([[spot.x(), spot.y()]]), DOT)

    def _paint_tile(self, painter: QPainter, area: QRectF) -> None:
        painter.fillRect(area, self._theme.line)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.text)
        painter.drawPolygon(ear(SIGN[1] - 2).translated(area.topRight()))

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
