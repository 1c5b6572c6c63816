"""The legend: never so near to a number before it that the two are read as one."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QRect
from PyQt6.QtGui import QFontMetrics, QImage, QPainter
from pytestqt.qtbot import QtBot

from viz.nets.lenet5 import lenet5
from viz.views import theme as themes
from viz.views.maps.mosaic_head import draw_head, head_height, head_width, size_text
from viz.views.widgets.legend import APART, LEAST, RAMP, draw_legend, least_width
from viz.views.widgets.locked_scale import LockedScale

SCALES = {"S4": 1.7}
INK = 60
"""How far a channel is from the background's where something is drawn."""


def columns_of(image: QImage) -> np.ndarray:
    """Which columns of the picture have something drawn in them."""
    bits = image.constBits()
    assert bits is not None
    bits.setsize(image.sizeInBytes())
    pixels = np.frombuffer(bits, np.uint8).reshape(image.height(), image.width(), 4)[..., :3]
    background = np.array(themes.theme("light").background.getRgb()[:3])[::-1]
    return (np.abs(pixels.astype(int) - background) > INK).any((0, 2))


@pytest.mark.parametrize("text_px", [13, 16, 24])
@pytest.mark.parametrize("more", [0, 10, 25, 60])
def test_shape_and_legend_are_apart(more: int, text_px: int, qtbot: QtBot) -> None:
    theme = themes.theme("light")
    width = head_width(lenet5().layer("S4"), 5, 13, SCALES, text_px) + more
    image = QImage(width, head_height(text_px), QImage.Format.Format_RGB32)
    image.fill(theme.background)
    painter = QPainter(image)
    size = size_text(lenet5().layer("S4"), 5, 13)
    scale = LockedScale(SCALES["S4"])
    draw_head(painter, image.rect(), "S4", size, "", scale, theme, text_px)
    painter.end()
    drawn = columns_of(image)
    bold = QFontMetrics(themes.font(text_px, bold=True))
    metrics = QFontMetrics(themes.font(text_px))
    ends = bold.horizontalAdvance("S4") + 2 * themes.GRID + metrics.horizontalAdvance(size)
    assert drawn[ends - text_px // 2 : ends].any(), "the whole shape is there"
    assert not drawn[ends : ends + APART].any()
    assert drawn[ends + APART :].any(), "and so is the scale"


def test_the_left_number_goes_first_then_the_ramp(qtbot: QtBot) -> None:
    theme = themes.theme("dark")
    image = QImage(200, 24, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setFont(themes.font(13))
    metrics = painter.fontMetrics()

    def taken(width: int, numbers: tuple[str, str]) -> int:
        line = QRect(0, 0, width, 24)
        return draw_legend(painter, line, numbers, theme.sequential, theme)

    for numbers, alone in ((("0", "1.7"), "1.7"), (("−1.7", "1.7"), "±1.7")):
        low, high = (metrics.horizontalAdvance(text) for text in numbers)
        one = metrics.horizontalAdvance(alone)
        both = low + high + 2 * themes.GRID
        assert taken(200, numbers) == both + RAMP + APART
        assert taken(both + LEAST, numbers) == both + LEAST + APART
        less = both + LEAST - 1
        assert taken(less, numbers) == one + themes.GRID + min(RAMP, less - one - 4) + APART
        assert taken(one + themes.GRID + LEAST, numbers) == least_width(metrics, numbers)
        assert taken(one + themes.GRID + LEAST - 1, numbers) == one + APART
        assert taken(one - 1, numbers) == 0
    painter.end()
