"""The unread margin: where it is, that it is seen, and that a digit dropped there gets a window."""

from __future__ import annotations

import pytest
from hand import Hand
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtGui import QColor, QHelpEvent
from PyQt6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from viz.document import Document
from viz.nets.layers import BY_NAME
from viz.scene import Scene
from viz.scene.digits import digit
from viz.scene.hits import item_centre
from viz.theme import theme
from viz.views.canvas.margin import margins, read_box, read_span
from viz.views.palette import Palette


@given(st.integers(32, 512))
def test_what_can_be_read_is_next_to_a_windows_centre(side: int) -> None:
    output = BY_NAME["output"]
    _, count, _ = output.shape(side, 32)
    centres = [output.receptive_field(row, 0)[0] + output.field / 2 for row in range(count)]
    low, high = read_span(side)
    assert (low, high) == (centres[0] - output.stride / 2, centres[-1] + output.stride / 2)
    assert 0 < low < high < side


@given(st.integers(32, 128), st.integers(32, 512))
def test_margins_are_all_but_what_can_be_read(height: int, width: int) -> None:
    bars, box = margins(height, width), read_box(height, width)
    areas = [bar.width() * bar.height() for bar in (*bars, box)]
    assert sum(areas) == height * width
    for number, bar in enumerate(bars):
        assert not any(bar.intersects(other) for other in (*bars[:number], box))
    assert (height, width) != (32, 32) or bars == []


@pytest.mark.parametrize("grid", [False, True])
def test_the_margin_is_shaded(qtbot: QtBot, grid: bool) -> None:
    hand = Hand(qtbot, Scene(64, 96, (digit(3, centre=(48, 32)),)))
    hand.canvas.set_pixel_grid(grid)
    hand.answer()
    shown = hand.canvas.grab().toImage()
    paper = QColor.fromRgb(int(theme("dark").ink[0])).lightness()
    for at in ((3.5, 32.5), (92.5, 32.5), (30.5, 3.5), (30.5, 60.5)):
        assert shown.pixelColor(hand.canvas.to_widget(*at).toPoint()).lightness() > paper
    for at in ((17.5, 17.5), (79.5, 46.5)):
        assert shown.pixelColor(hand.canvas.to_widget(*at).toPoint()).lightness() == paper


def test_a_tip_says_what_the_shade_means(qtbot: QtBot) -> None:
    hand = Hand(qtbot, Scene(32, 64))

    def tip(x: float, y: float) -> str:
        at = hand.canvas.to_widget(x, y).toPoint()
        event = QHelpEvent(QHelpEvent.Type.ToolTip, at, hand.canvas.mapToGlobal(at))
        QApplication.sendEvent(hand.canvas, event)
        return QToolTip.text() if QToolTip.isVisible() else ""

    assert "not read" in tip(5, 16)
    assert "not read" in tip(60, 5)
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
    assert tip(30, 5) == ""


@pytest.mark.parametrize(
    ("x", "width"), [(5.0, 64), (49.0, 64), (50.5, 68), (62.5, 80), (90.0, 108), (2000.0, 512)]
)
def test_a_digit_dropped_beyond_the_last_window_widens_the_canvas(
    qtbot: QtBot, x: float, width: int
) -> None:
    hand = Hand(qtbot, Scene(32, 64))
    palette = Palette(Document())
    qtbot.addWidget(palette)
    hand.drop(palette.tiles[2].mime_data(), (x, 16))
    assert hand.scene.width == width
    assert item_centre(hand.scene, 0) == (min(x, 496), 16)
    assert x < 16 or item_centre(hand.scene, 0)[0] <= read_span(width)[1]
    assert hand.steps == 1
    hand.document.undo_stack.undo()
    assert hand.scene == Scene(32, 64)


def test_a_canvas_of_full_width_stays(qtbot: QtBot) -> None:
    hand = Hand(qtbot, Scene(32, 64))
    hand.document.apply(Scene(32, 512), "")
    palette = Palette(Document())
    qtbot.addWidget(palette)
    hand.drop(palette.tiles[2].mime_data(), (505, 16))
    assert hand.scene.width == 512
    assert item_centre(hand.scene, 0)[0] <= read_span(512)[1]
