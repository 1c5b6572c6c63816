"""Heat maps: one colour a cell at a locked scale, and pointing at cells."""

from __future__ import annotations

import numpy as np
import pytest
from dressing import dress
from painted import pixels
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.views import theme as themes
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.locked_scale import LockedScale

VALUES = np.array([[0.0, 0.5, 1.0], [2.0, 4.0, 1.0]], np.float32)


@pytest.fixture
def heatmap(qtbot: QtBot) -> Heatmap:
    view = Heatmap(LockedScale(2.0))
    qtbot.addWidget(view)
    dress(view, "light")
    view.resize(240, 160)
    view.set_caption("f(Tx)", "dx / px", "dy / px")
    view.set_array(VALUES)
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_cell_has_the_colour_of_its_value(heatmap: Heatmap, theme: str) -> None:
    dress(heatmap, theme)
    image, lut = heatmap.grab().toImage(), themes.theme(theme).sequential
    for (row, column), value in np.ndenumerate(VALUES):
        cell = heatmap.cell_rect(row, column)
        assert cell.width() == cell.height() > 20
        wanted = int(lut[min(255, int(value * 255 / 2))])
        assert image.pixel(cell.center().toPoint()) == wanted


def test_pointer_and_keys_point_and_choose(heatmap: Heatmap) -> None:
    pointed, chosen = [], []
    heatmap.pointed.connect(pointed.append)
    heatmap.chosen.connect(lambda row, column: chosen.append((row, column)))
    heatmap.describe = lambda row, column: f"{VALUES[row, column]:.1f}"
    place = heatmap.cell_rect(1, 2).center()
    QTest.mouseMove(heatmap, place.toPoint())
    QTest.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert (pointed, chosen) == ([(1, 2)], [(1, 2)])
    assert heatmap.tooltip(place) == "1.0"
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Return):
        QTest.keyClick(heatmap, key)
    assert pointed[1:] == [(0, 2), (0, 1)] and chosen[1:] == [(0, 1)]


def test_a_pooled_map_lies_on_the_units_that_it_was_pooled_from(heatmap: Heatmap) -> None:
    before = heatmap.cell_rect(0, 0)
    heatmap.set_array(VALUES[:1, :1], stride=2, start=1, grid=(2, 3))
    cell = heatmap.cell_rect(0, 0)
    assert cell.width() == 2 * before.width()
    assert cell.topLeft() == before.bottomRight()
    assert heatmap.cell_at(before.center()) is None


def test_marks_are_outlined(heatmap: Heatmap) -> None:
    heatmap.set_marks([QRectF(1, 0, 2, 1)])
    corner = heatmap.cell_rect(0, 1).topLeft().toPoint()
    field = themes.theme("light").field.name()
    assert heatmap.grab().toImage().pixelColor(corner).name() == field


def test_the_caption_goes_before_the_ramp_of_the_legend(qtbot: QtBot) -> None:
    view = Heatmap(LockedScale(1.0))
    qtbot.addWidget(view)
    dress(view)
    view.set_caption("C1 map 12: 28×60", shorter="C1 map 12")
    named = []
    for width in (300, 140, 100):
        view.resize(width, 90)
        named.append(view.named)
    assert named == ["C1 map 12: 28×60", "C1 map 12", "C1 map 12"]
    plain = Heatmap(LockedScale(1.0), legend=False)
    qtbot.addWidget(plain)
    dress(plain)
    plain.set_caption("C1 map 12", shorter="C1")
    written = []
    for one in (view, plain):  # the whole name, not one that ends in an ellipsis
        one.resize(100, 90)
        written.append(pixels(one)[:16, :56])
    assert (written[0] == written[1]).all()


def test_the_name_below_a_map_narrower_than_it_is_whole(heatmap: Heatmap) -> None:
    heatmap.set_caption("f(Tx)", "dx / px")
    heatmap.set_array(np.zeros((9, 3), np.float32))
    heatmap.resize(240, 120)
    name = "dx / px, a longer name"
    heatmap.set_caption("f(Tx)", name)
    image, area = heatmap.grab().toImage(), heatmap.area()
    assert area.width() < heatmap.small.width(name) < 240
    paper, top = image.pixel(239, 119), round(area.bottom()) + 1
    inked = [x for x in range(240) if any(image.pixel(x, y) != paper for y in range(top, 120))]
    assert inked[-1] - inked[0] > 0.95 * heatmap.small.width(name)
