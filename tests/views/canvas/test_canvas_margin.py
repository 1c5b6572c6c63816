"""The unread margin: where it is, that it is seen, and that a digit dropped there gets a window."""

from __future__ import annotations

import numpy as np
import pytest
from canvas_user import CanvasUser
from dressing import dress
from hypothesis import given
from hypothesis import strategies as st
from painted import pixels
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QHelpEvent, QPainter
from PyQt6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from viz.measure.difficulty import read_span
from viz.model.document import Document
from viz.nets.lenet5 import lenet5
from viz.scene import Scene
from viz.scene.digits import digit
from viz.scene.hits import item_bounds, item_centre
from viz.views.canvas import surface
from viz.views.canvas.margin import margins, read_box, unread
from viz.views.canvas.palette import Palette
from viz.views.theme import font, theme
from viz.views.widgets.text_cache import TextCache

LENET5 = lenet5()
PAPER = QColor.fromRgb(int(theme("dark").ink[0])).lightness()


def margin_user(qtbot: QtBot, grid: bool) -> CanvasUser:
    """A canvas with a margin all round, and a digit in its middle."""
    user = CanvasUser(qtbot, Scene(64, 96, (digit(3, centre=(48, 32)),)))
    user.document.view.pixel_grid = grid
    user.answer()
    return user


def light(user: CanvasUser, x: float, y: float) -> int:
    """How light a point of the canvas is."""
    at = user.canvas.to_widget(x, y).toPoint()
    return user.canvas.grab().toImage().pixelColor(at).lightness()


@given(st.integers(32, 512))
def test_what_can_be_read_is_next_to_a_windows_centre(side: int) -> None:
    output = LENET5.output
    _, count, _ = output.shape(side, 32)
    centres = [output.receptive_field(row, 0)[0] + output.field / 2 for row in range(count)]
    low, high = read_span(LENET5, side)
    assert (low, high) == (centres[0] - output.stride / 2, centres[-1] + output.stride / 2)
    assert 0 < low < high < side


@given(st.integers(32, 128), st.integers(32, 512))
def test_margins_are_all_but_what_can_be_read(height: int, width: int) -> None:
    bars, box = margins(LENET5, height, width), read_box(LENET5, height, width)
    areas = [bar.width() * bar.height() for bar in (*bars, box)]
    assert sum(areas) == height * width
    for number, bar in enumerate(bars):
        assert not any(bar.intersects(other) for other in (*bars[:number], box))
    assert (height, width) != (32, 32) or bars == []


@pytest.mark.parametrize("grid", [False, True])
def test_the_margin_is_shaded(qtbot: QtBot, grid: bool) -> None:
    user = margin_user(qtbot, grid)
    for at in ((3.5, 32.5), (92.5, 32.5), (30.5, 3.5), (30.5, 60.5)):
        assert light(user, *at) > PAPER
    for at in ((17.5, 17.5), (79.5, 46.5)):
        assert light(user, *at) == PAPER


def test_the_margin_has_a_name_and_the_window_centres_corners_but_no_outline(qtbot: QtBot) -> None:
    user, box = margin_user(qtbot, grid=False), read_box(LENET5, 64, 96)
    inside = 0.125  # a pixel of the screen
    for x in (box.left() + inside, box.right() - inside):
        for y in (box.top() + inside, box.bottom() - inside):
            assert light(user, x, y) > PAPER + 60, "a corner"
        assert light(user, x, 40) == PAPER, "no line between them"
    assert light(user, box.center().x(), box.bottom() - inside) == PAPER
    margin = light(user, box.right() - 2, box.top() - 1.0)
    assert margin < PAPER + 20
    left, top = (
        round(side) for side in (user.canvas.image_rect().x(), user.canvas.image_rect().y())
    )
    named = pixels(user.canvas)[top : top + 16, left + 4 : left + 104]
    assert named.max() > margin + 60, "the margin's name"


def test_a_digit_in_the_margin_is_told_why_it_is_not_read(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    three, five = digit(3, centre=(9, 16)), digit(5, centre=(40, 16))
    user = CanvasUser(qtbot, Scene(32, 80, (three, five)))
    snapshot = user.answer((0, 6, 5))
    ((bar, box),) = unread(LENET5, snapshot.scene, snapshot.reading)
    assert bar == margins(LENET5, 32, 80)[0]
    assert (box[0] + box[2]) / 2 == pytest.approx(9)
    noted = pixels(user.canvas)
    monkeypatch.setattr(surface, "unread", lambda *_: [])
    user.answer((0, 6, 5))
    y, x = np.nonzero((noted != pixels(user.canvas)).any(2))
    right = user.canvas.to_widget(read_box(LENET5, 32, 80).left() + 1, 0).x()
    assert 0 < x.max() < right, "within the margin"
    top, bottom = (user.canvas.to_widget(0, side).y() for side in (box[1], box[3]))
    assert not ((y > top + 1) & (y < bottom - 1)).any(), "not on the ink"


def test_what_is_read_after_all_or_lies_within_has_no_note(qtbot: QtBot) -> None:
    user = CanvasUser(qtbot, Scene(64, 96, (digit(3, centre=(12, 32)), digit(5, centre=(60, 30)))))
    for seen, notes in (((), 1), (((4, 0, 3),), 0), (((4, 11, 5),), 1)):
        snapshot = user.answer(*seen)
        assert len(unread(LENET5, snapshot.scene, snapshot.reading)) == notes
    small = Scene(32, 32, (digit(3, centre=(4, 4)),))
    assert unread(LENET5, small, snapshot.reading) == [], "it has no margin"


def test_of_many_items_in_one_bar_the_topmost_few_have_notes(qtbot: QtBot) -> None:
    centres = [(6 + 0.5 * number, 32) for number in range(8)]
    user = CanvasUser(qtbot, Scene(64, 96, tuple(digit(3, centre=at) for at in centres)))
    snapshot = user.answer()
    noted = [box for _, box in unread(LENET5, snapshot.scene, snapshot.reading)]
    assert noted == [item_bounds(snapshot.scene, index) for index in (5, 6, 7)]


@pytest.mark.parametrize("text_px", [13, 24, 36])
@pytest.mark.parametrize("centre", [(5, 32), (91, 32), (48, 4), (48, 60), (3, 3), (93, 62)])
def test_the_note_stays_in_the_margin_or_is_left_out_where_it_has_no_room(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, text_px: int, centre: tuple[float, float]
) -> None:
    user = CanvasUser(qtbot, Scene(64, 96, (digit(3, centre=centre),)))
    dress(user.canvas, "light", text_px)
    placed: list[tuple[float, float, str]] = []
    draw = TextCache.draw

    def noted(self: TextCache, painter: QPainter, x: float, top: float, text: str) -> float:
        placed.append((x, top, text))
        return draw(self, painter, x, top, text)

    monkeypatch.setattr(TextCache, "draw", noted)
    user.answer()
    user.canvas.grab()
    words = " ".join(text for _, _, text in placed)
    assert words.startswith("out") or (not words and text_px > 13)
    room, zoom = user.canvas.image_rect(), user.canvas.image_rect().width() / 96
    bars = [
        QRectF(bar.topLeft() * zoom, bar.bottomRight() * zoom).translated(room.topLeft())
        for bar in margins(LENET5, 64, 96)
    ]
    small = TextCache(font(text_px))
    for x, top, text in placed:
        place = QRectF(x, top, small.width(text), small.height).adjusted(1, 1, -1, -1)
        assert any(bar.contains(place) for bar in bars)


def test_a_tip_says_what_the_shade_means(qtbot: QtBot) -> None:
    user = CanvasUser(qtbot, Scene(32, 64))

    def tip(x: float, y: float) -> str:
        at = user.canvas.to_widget(x, y).toPoint()
        event = QHelpEvent(QHelpEvent.Type.ToolTip, at, user.canvas.mapToGlobal(at))
        QApplication.sendEvent(user.canvas, event)
        return QToolTip.text() if QToolTip.isVisible() else ""

    assert "not read" in tip(5, 16)
    assert "not read" in tip(60, 5)
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
    assert tip(30, 5) == ""


@pytest.mark.parametrize(
    ("x", "before", "width"),
    [(5.0, 64, 64), (49.0, 64, 64), (50.5, 64, 68), (62.5, 64, 80), (90.0, 64, 108),
     (2000.0, 64, 512), (505.0, 512, 512)],
)  # fmt: skip
def test_a_digit_dropped_beyond_the_last_window_widens_the_canvas(
    qtbot: QtBot, x: float, before: int, width: int
) -> None:
    user, palette = CanvasUser(qtbot, Scene(32, before)), Palette(Document())
    qtbot.addWidget(palette)
    user.drop(palette.tiles[2].mime_data(), (x, 16))
    assert user.scene.width == width
    assert item_centre(user.scene, 0) == (min(x, 496), 16)
    assert x < 16 or item_centre(user.scene, 0)[0] <= read_span(LENET5, width)[1]
    assert user.steps == 1
    user.document.undo_stack.undo()
    assert user.scene == Scene(32, before)
