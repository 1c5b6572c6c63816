"""Text cache: numbers as text, of constant width, painted where they are asked to be."""

from __future__ import annotations

from weakref import WeakSet

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QStaticText
from pytestqt.qtbot import QtBot

from viz.views import theme as themes
from viz.views.widgets import text_cache as module
from viz.views.widgets.text_cache import TextCache, compact, fitted, signed


@given(st.floats(-999, 999))
def test_a_signed_number_reads_back(value: float) -> None:
    text = signed(value)
    assert float(text.replace("−", "-")) == pytest.approx(value, abs=5.001e-4)
    assert "-" not in text
    assert len(text.lstrip("−").partition(".")[2]) == 3


@given(st.floats(-99, 99))
def test_a_compact_number_is_short_and_close(value: float) -> None:
    text = compact(value)
    assert len(text.lstrip("–")) <= 3
    size = abs(value)
    error = 0.0051 if size < 0.995 else 0.051 if size < 9.95 else 0.51
    assert float(text.replace("–", "-")) == pytest.approx(value, abs=error)


@pytest.mark.parametrize(
    ("value", "exact", "short"),
    [
        (0.0, "0.000", "0"),
        (-0.0001, "0.000", "0"),
        (-0.0006, "−0.001", "0"),
        (0.95, "0.950", ".95"),
        (-0.125, "−0.125", "–.12"),
        (0.999, "0.999", "1.0"),
        (-12.34, "−12.340", "–12"),
    ],
)
def test_how_numbers_are_written(value: float, exact: str, short: str) -> None:
    assert signed(value) == exact
    assert compact(value) == short


def test_figures_are_tabular(qtbot: QtBot) -> None:
    lettering = TextCache(themes.font(13))
    widths = {round(lettering.width(signed(n / 1000)), 3) for n in range(1000)}
    assert len(widths) == 1


def test_text_lies_to_the_side_that_is_asked_for(qtbot: QtBot) -> None:
    lettering = TextCache(themes.font(16))
    extents = []
    for align in (0.0, 0.5, 1.0):
        image = QImage(200, 40, QImage.Format.Format_RGB32)
        image.fill(QColor("white"))
        painter = QPainter(image)
        painter.setFont(lettering.font)
        painter.setPen(QColor("black"))
        width = lettering.draw(painter, 100, 8, "0.512", align)
        painter.end()
        assert width == pytest.approx(QFontMetricsF(lettering.font).horizontalAdvance("0.512"))
        dark = [x for x in range(200) for y in range(40) if image.pixelColor(x, y).value() < 200]
        extents.append((min(dark), max(dark)))
    assert extents[0][0] >= 99
    assert extents[2][1] <= 100
    assert sum(extents[1]) / 2 == pytest.approx(100, abs=1.5)


@pytest.mark.parametrize("cell", [(26, 21), (27, 23), (47, 21), (60, 60), (20, 12)])
@pytest.mark.parametrize(("text_px", "least"), [(13, 10), (16, 16), (24, 24), (16, 10)])
def test_numbers_fitted_into_cells_stand_clear_of_each_other(
    cell: tuple[int, int], text_px: int, least: int, qtbot: QtBot
) -> None:
    found = fitted(themes.font(text_px), least, cell)
    most = QFont(themes.font(least))
    most.setStretch(70)
    narrowest = TextCache(most)
    if found is None:
        fits = narrowest.width("–.88") + 2 <= cell[0] and narrowest.figures + 2 <= cell[1]
        assert not fits
        return
    assert least <= found.font.pixelSize() <= text_px
    assert found.figures + 2 <= cell[1]
    for value in (-0.888, 0.888, -8.88, -88.8):
        assert found.width(compact(value)) + 2 <= cell[0]


def test_smaller_text_comes_before_much_condensed_text(qtbot: QtBot) -> None:
    small = fitted(themes.font(13), 10, (27, 23))
    assert small is not None
    assert small.font.stretch() >= 90
    kept = fitted(themes.font(13), 13, (27, 23))
    assert kept is not None
    assert kept.font.pixelSize() == 13
    assert kept.font.stretch() < small.font.stretch()


@pytest.mark.parametrize("pixels", [13, 24])
def test_the_middle_of_figures_is_where_they_are_painted(pixels: int, qtbot: QtBot) -> None:
    lettering = TextCache(themes.font(pixels))
    image = QImage(80, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setFont(lettering.font)
    lettering.draw(painter, 4, 30 - lettering.middle, "888")
    painter.end()
    dark = [y for y in range(60) for x in range(80) if image.pixelColor(x, y).value() < 128]
    assert (min(dark) + max(dark) + 1) / 2 == pytest.approx(30, abs=1)
    assert max(dark) + 1 - min(dark) == pytest.approx(lettering.figures, abs=2)


def test_texts_kept_do_not_grow_without_end(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    alive: WeakSet[QStaticText] = WeakSet()

    class Text(QStaticText):
        __hash__ = object.__hash__

        def __init__(self, text: str) -> None:
            super().__init__(text)
            alive.add(self)

    monkeypatch.setattr(module, "KEPT", 50)
    monkeypatch.setattr(module, "QStaticText", Text)
    lettering = TextCache(themes.font(13))
    first = lettering.width("0.001")
    for n in range(500):
        lettering.width(signed(n / 1000))
        assert 1 <= len(alive) <= 50
    assert lettering.width("0.001") == first
