"""Text cache: numbers as text, of constant width, painted where they are asked to be."""

from __future__ import annotations

from weakref import WeakSet

import pytest
from PyQt6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QStaticText
from pytestqt.qtbot import QtBot

from viz.i18n import number
from viz.views import theme as themes
from viz.views.widgets import text_cache as module
from viz.views.widgets.text_cache import TextCache


def test_figures_are_tabular(qtbot: QtBot) -> None:
    cache = TextCache(themes.font(13))
    widths = {round(cache.width(number(n / 1000, 3)), 3) for n in range(1000)}
    assert len(widths) == 1


def test_text_lies_to_the_side_that_is_asked_for(qtbot: QtBot) -> None:
    cache = TextCache(themes.font(16))
    extents = []
    for align in (0.0, 0.5, 1.0):
        image = QImage(200, 40, QImage.Format.Format_RGB32)
        image.fill(QColor("white"))
        painter = QPainter(image)
        painter.setFont(cache.font)
        painter.setPen(QColor("black"))
        width = cache.draw(painter, 100, 8, "0.512", align)
        painter.end()
        assert width == pytest.approx(QFontMetricsF(cache.font).horizontalAdvance("0.512"))
        dark = [x for x in range(200) for y in range(40) if image.pixelColor(x, y).value() < 200]
        extents.append((min(dark), max(dark)))
    assert extents[0][0] >= 99
    assert extents[2][1] <= 100
    assert sum(extents[1]) / 2 == pytest.approx(100, abs=1.5)


@pytest.mark.parametrize("pixels", [13, 24])
def test_the_middle_of_figures_is_where_they_are_painted(pixels: int, qtbot: QtBot) -> None:
    cache = TextCache(themes.font(pixels))
    image = QImage(80, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setFont(cache.font)
    cache.draw(painter, 4, 30 - cache.middle, "888")
    painter.end()
    dark = [y for y in range(60) for x in range(80) if image.pixelColor(x, y).value() < 128]
    assert (min(dark) + max(dark) + 1) / 2 == pytest.approx(30, abs=1)
    assert max(dark) + 1 - min(dark) == pytest.approx(cache.figures, abs=2)


def test_texts_kept_do_not_grow_without_end(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    alive: WeakSet[QStaticText] = WeakSet()

    class Text(QStaticText):
        __hash__ = object.__hash__

        def __init__(self, text: str) -> None:
            super().__init__(text)
            alive.add(self)

    monkeypatch.setattr(module, "KEPT", 50)
    monkeypatch.setattr(module, "QStaticText", Text)
    cache = TextCache(themes.font(13))
    first = cache.width("0.001")
    for n in range(500):
        cache.width(number(n / 1000, 3))
        assert 1 <= len(alive) <= 50
    assert cache.width("0.001") == first
