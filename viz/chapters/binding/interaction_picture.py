"""The picture of the interaction: each layer's bar, its conjunction units, the four images.

All of its text is as large as the other small text of the window. Where that leaves no room, words
grow shorter, then the signs' meaning goes, then the heading: tips say these, too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QImage, QPainter, QPen

from viz.chapters.binding.measure.binding import PRE, Decomposition, Row
from viz.chapters.binding.words import (
    NOTHING,
    headings,
    images_tip,
    percent,
    row_name,
    row_note,
    row_tip,
    signs,
)
from viz.i18n import tr
from viz.views import theme as themes
from viz.views.maps.marks import draw_marks, ear
from viz.views.theme import GRID, Lut, Theme
from viz.views.widgets.text_cache import TextCache

LEAST_TEXT, DOT = 9, 6

SIGN = (14, 10)
"""Width and height of a sign in the key, in pixels."""

Key = list[tuple[tuple[int, str], ...]]
"""Lines of signs, 0 the dot and 1 the folded corner, each with its meaning."""

PITCH = 1.05
"""The least distance of two lines, in sizes of their text."""


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
        self._small = TextCache(themes.font(text_px))
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
        small, rows = self._small, fitting_rows(result.rows, int(area.height() / LEAST_TEXT))
        lines = int(area.height() / (PITCH * self._text_px)) - len(rows)
        heading = 1 if lines > 0 else 0
        key = _fitting_key(small, area.width(), lines - heading)
        high = area.height() / (heading + len(rows) + len(key))
        if high < self._text_px:  # a network of many layers
            small = TextCache(themes.font(max(LEAST_TEXT, int(high))))
        painter.setFont(small.font)
        top = area.top() + heading * high
        if heading:
            self._paint_heading(painter, small, QRectF(area.left(), area.top(), area.width(), high))
        names = [row_name(row) for row in rows]
        wide = max(map(small.width, names)) + 2 * GRID
        pictures = min(0.24 * area.width(), len(rows) * high - 2 * GRID)
        right = area.width() - pictures - 4 * GRID
        beside = [tr("{n:,} of {all:,}", n=888, all=15680)]
        beside += [row_note(row, result) for row in rows]
        counted = max(small.width(text) for text in beside) + 6 * GRID
        figures = small.width("100.0 %") + 2 * GRID
        room = right - wide - figures - counted
        for number, (row, name) in enumerate(zip(rows, names, strict=True)):
            y, share = top + number * high, result.shares[row.name]
            self.regions.append((QRectF(0, y, right, high), row_tip(row, result)))
            colour = self._theme.quiet if row.linear else self._theme.text
            painter.setPen(colour)
            text = y + (high - small.height) / 2
            small.draw(painter, wide - 2 * GRID, text, name, 1)
            self._paint_bar(painter, QRectF(wide, y, room, high), share, row.linear)
            painter.setPen(colour)
            small.draw(painter, wide + room + figures - GRID, text, percent(share), 1)
            if row.marked:
                self._paint_count(painter, small, right, text, result, row.name)
            elif note := row_note(row, result):
                painter.setPen(colour)
                small.draw(painter, right, text, note, 1)
        below = top + len(rows) * high
        for number, line in enumerate(key):
            self._paint_key(
                painter, small, QRectF(0, below + number * high, area.width(), high), line
            )
        self._paint_images(painter, small, QRectF(right + 4 * GRID, top, pictures, pictures))

    def _paint_bar(self, painter: QPainter, area: QRectF, share: float, linear: bool) -> None:
        """From 0 to 100 %: full where the layer makes interaction, hollow where it spreads it."""
        thick = max(4.0, round(area.height() * 0.5))
        top = round(area.center().y() - thick / 2)
        painter.fillRect(QRectF(area.left(), top + thick // 2, area.width(), 1), self._theme.line)
        bar = QRectF(area.left(), top, share * area.width(), thick)
        if share < NOTHING:
            painter.fillRect(QRectF(area.left(), top, 1, thick), self._theme.quiet)
        elif linear:
            painter.setPen(QPen(self._theme.quiet, 1))
            painter.setBrush(self._theme.background)
            painter.drawRect(bar.adjusted(0, 0, -1, -1))
        else:
            painter.fillRect(bar, self._theme.text)

    def _paint_count(
        self,
        painter: QPainter,
        small: TextCache,
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

    def _paint_heading(self, painter: QPainter, small: TextCache, area: QRectF) -> None:
        """What the rows' numbers are."""
        text = next((text for text in headings() if small.width(text) <= area.width()), "")
        painter.setPen(self._theme.quiet)
        small.draw(painter, area.left(), area.top() + (area.height() - small.height) / 2, text)

    def _paint_key(
        self, painter: QPainter, small: TextCache, area: QRectF, line: tuple[tuple[int, str], ...]
    ) -> None:
        """A line of what the signs on the maps mean."""
        x, top = area.left() + GRID, area.top() + (area.height() - small.height) / 2
        for sign, text in line:
            place = QRectF(x, round(top + small.middle) - SIGN[1] / 2, *SIGN)
            (self._paint_dot, self._paint_tile)[sign](painter, place)
            painter.setPen(self._theme.quiet)
            x += SIGN[0] + 2 * GRID
            x += small.draw(painter, x, top, text) + 4 * GRID
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_dot(self, painter: QPainter, area: QRectF) -> None:
        spot = area.center() - QPointF(DOT, DOT) / 2
        draw_marks(painter, np.array([[spot.x(), spot.y()]]), DOT)

    def _paint_tile(self, painter: QPainter, area: QRectF) -> None:
        painter.fillRect(area, self._theme.line)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.text)
        painter.drawPolygon(ear(SIGN[1] - 2).translated(area.topRight()))

    def _paint_images(self, painter: QPainter, small: TextCache, area: QRectF) -> None:
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


def fitting_rows(rows: tuple[Row, ...], most: int) -> tuple[Row, ...]:
    """So many rows at most: of more the layers without their sums, and of still more some."""
    if len(rows) > most:
        rows = (*(row for row in rows[:-1] if not row.name.endswith(PRE)), rows[-1])
    if len(rows) > most:
        kept = np.linspace(0, len(rows) - 1, max(2, most)).round().astype(int)
        rows = tuple(rows[number] for number in kept.tolist())
    return rows


def _fitting_key(small: TextCache, width: float, lines: int) -> Key:
    """The signs' meaning in so many lines at most: in one, if the words for that are not too short,
    else in two, else in one."""
    beside = SIGN[0] + 7 * GRID

    def fitting(texts: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
        return next((t for t in texts if sum(small.width(a) + beside for a in t) <= width), ())

    *clear, _ = signs()
    if lines > 0 and (texts := fitting(tuple(clear))):
        return [tuple(enumerate(texts))]
    if lines > 1:
        each = [fitting(tuple((texts[sign],) for texts in signs())) for sign in (0, 1)]
        return [((sign, text),) for sign, texts in enumerate(each) for text in texts]
    texts = fitting(signs()) if lines > 0 else ()
    return [tuple(enumerate(texts))] if texts else []


def _image(image: NDArray[np.float32], ink: Lut) -> QImage:
    """An image in the ink's colours; owns its pixels."""
    height, width = image.shape
    pixels = ink[(image * np.float32(255)).astype(np.uint8)]
    return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32).copy()
