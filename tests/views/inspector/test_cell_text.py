"""Numbers in cells: short, close to the value, and clear of each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtGui import QFont
from pytestqt.qtbot import QtBot

from viz.views import theme as themes
from viz.views.inspector.cell_text import compact, fitted
from viz.views.widgets.text_cache import TextCache


@given(st.floats(-99, 99))
def test_a_compact_number_is_short_and_close(value: float) -> None:
    text = compact(value)
    assert len(text.lstrip("–")) <= 3
    size = abs(value)
    error = 0.0051 if size < 0.995 else 0.051 if size < 9.95 else 0.51
    assert float(text.replace("–", "-")) == pytest.approx(value, abs=error)


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.004, "0"), (0.95, ".95"), (-0.125, "–.12"), (0.999, "1.0"), (-12.3, "–12")],
)
def test_how_small_numbers_are_written(value: float, text: str) -> None:
    assert compact(value) == text


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
