"""Text fits into its room, as large as it can."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QRect
from PyQt6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from viz.views.fitting import LEAST_TEXT, draw_fitting, fitting_font, height_of

TEXT = "max: 3 maps ablated; the others: none."


@pytest.mark.parametrize("room", [(300, 20), (160, 50), (90, 80), (1000, 100)])
def test_the_largest_font_that_fits_is_taken(qtbot: QtBot, room: tuple[int, int]) -> None:
    font = fitting_font(TEXT, *room, 20)
    assert font is not None and height_of(TEXT, room[0], font) <= room[1]
    larger = fitting_font(TEXT, *room, font.pixelSize() + 1)
    assert larger == font or font.pixelSize() == 20


def test_what_fits_nowhere_is_not_drawn(qtbot: QtBot) -> None:
    assert fitting_font(TEXT, 60, LEAST_TEXT, 20) is None
    for height, drawn in ((LEAST_TEXT, False), (60, True)):
        image = QImage(200, 100, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        painter.setPen(QColor("white"))
        draw_fitting(painter, QRect(0, 0, 100, height), TEXT, 13)
        painter.end()
        black = all(image.pixelColor(x, y).value() == 0 for x in range(200) for y in range(100))
        assert black != drawn
