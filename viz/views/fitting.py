"""Text wrapped into a rectangle, and smaller where there is no room for it."""

from __future__ import annotations

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QFont, QFontMetrics, QPainter

from viz import theme as themes

WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)

LEAST_TEXT = 9
"""Pixels of the smallest text."""


def height_of(text: str, width: int, font: QFont) -> int:
    """The height in pixels that a text takes, wrapped to a width."""
    return QFontMetrics(font).boundingRect(QRect(0, 0, width, 10_000), WRAP, text).height()


def fitting_font(text: str, width: int, height: int, text_px: int) -> QFont | None:
    """The largest font up to ``text_px`` in which the wrapped text is no higher; None if none."""
    for size in range(text_px, LEAST_TEXT - 1, -1):
        font = themes.font(size)
        if height_of(text, width, font) <= height:
            return font
    return None


def draw_fitting(painter: QPainter, room: QRect, text: str, text_px: int) -> None:
    """Draw a text at the left top of a room; nothing if it would be too small to be read."""
    font = fitting_font(text, room.width(), room.height(), text_px)
    if font is not None:
        painter.setFont(font)
        painter.drawText(room, WRAP, text)
