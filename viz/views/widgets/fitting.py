"""Text wrapped into a rectangle, and condensed where there is no room for it.

The text never becomes smaller, so that it is as legible from the last row as the other text. What
still does not fit is cut at a word.
"""

from __future__ import annotations

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QFont, QFontMetrics, QPainter

from viz.views import theme as themes

WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)

STRETCHES = (100, 92, 85, 78, 72)
"""How wide letters may be, in percent."""


def condensed(pixels: int, stretch: int, *, bold: bool = False) -> QFont:
    """The program's face with letters ``stretch`` percent as wide."""
    font = themes.font(pixels, bold=bold)
    font.setStretch(stretch)
    return font


def height_of(text: str, width: int, font: QFont) -> int:
    """The height in pixels that a text takes, wrapped to a width."""
    return QFontMetrics(font).boundingRect(QRect(0, 0, width, 10_000), WRAP, text).height()


def fitting_font(text: str, width: int, height: int, text_px: int) -> QFont | None:
    """The widest font of this size in which the wrapped text is no higher; None if none."""
    for stretch in STRETCHES:
        font = condensed(text_px, stretch)
        if height_of(text, width, font) <= height:
            return font
    return None


def draw_fitting(painter: QPainter, room: QRect, text: str, text_px: int) -> None:
    """Draw a text at the left top of a room; of one that has none as many words as it has, and
    nothing where not even a line has."""
    font = fitting_font(text, room.width(), room.height(), text_px)
    if font is None:
        font = condensed(text_px, STRETCHES[-1])
        words = text.split(" ")
        while words and height_of(text, room.width(), font) > room.height():
            words.pop()
            text = " ".join(words) + "…"
        if not words:
            return
    painter.setFont(font)
    painter.drawText(room, WRAP, text)
