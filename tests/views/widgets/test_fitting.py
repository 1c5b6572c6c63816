"""Text fits into its room by its width, never by becoming smaller."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QRect
from PyQt6.QtGui import QColor, QFontMetrics, QImage, QPainter
from pytestqt.qtbot import QtBot

from viz.views.widgets.fitting import STRETCHES, condensed, draw_fitting, fitting_font, height_of

TEXT = "max: 3 maps ablated; the others: none."


def drawn(text: str, room: QRect, text_px: int) -> QImage:
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.setPen(QColor("white"))
    draw_fitting(painter, room, text, text_px)
    painter.end()
    return image


def black(image: QImage, area: QRect) -> bool:
    return all(
        image.pixelColor(x, y).value() == 0
        for x in range(area.left(), area.right() + 1)
        for y in range(area.top(), area.bottom() + 1)
    )


@pytest.mark.parametrize("room", [(400, 30), (330, 26), (160, 80), (90, 130), (1000, 100)])
def test_the_widest_font_that_fits_is_taken_and_none_is_smaller(
    qtbot: QtBot, room: tuple[int, int]
) -> None:
    font = fitting_font(TEXT, *room, 20)
    assert font is not None
    assert height_of(TEXT, room[0], font) <= room[1]
    assert font.pixelSize() == 20
    wider = [stretch for stretch in STRETCHES if stretch > font.stretch()]
    assert all(height_of(TEXT, room[0], condensed(20, stretch)) > room[1] for stretch in wider)


def test_a_room_that_is_too_narrow_condenses(qtbot: QtBot) -> None:
    line = height_of("x", 1000, condensed(20, 100))
    wide = QFontMetrics(condensed(20, 100)).horizontalAdvance(TEXT)
    font = fitting_font(TEXT, round(0.8 * wide), line, 20)
    assert font is not None
    assert font.stretch() < 85
    assert fitting_font(TEXT, round(0.6 * wide), line, 20) is None


def test_what_has_no_room_is_cut_at_a_word(qtbot: QtBot) -> None:
    room = QRect(0, 0, 180, height_of("x", 1000, condensed(20, 100)))
    assert fitting_font(TEXT, room.width(), room.height(), 20) is None
    cut, whole = drawn(TEXT, room, 20), drawn("max: 3 maps…", room, 20)
    assert not black(cut, room)
    assert black(cut, QRect(0, room.bottom() + 1, 400, 100)), "no half of a line"
    assert cut != whole, "condensed, so that more of it stands there"


def test_what_fits_nowhere_is_not_drawn(qtbot: QtBot) -> None:
    assert fitting_font(TEXT, 60, 9, 20) is None
    for height, empty in ((9, True), (60, False)):
        assert black(drawn(TEXT, QRect(0, 0, 100, height), 13), QRect(0, 0, 400, 200)) == empty
