"""Curves: what is clicked is the x of the axes, and what is drawn lies where the numbers say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.views import theme as themes
from viz.views.widgets.axes import spread, ticks
from viz.views.widgets.curve_key import SAMPLE, UNKNOWN, Here, value_text
from viz.views.widgets.curves import Curves, Series
from viz.views.widgets.text_cache import TextCache

RED = QColor("#ff0000")


@pytest.fixture
def plot(qtbot: QtBot) -> Curves:
    view = Curves("shift / px", "residual")
    qtbot.addWidget(view)
    view.resize(520, 250)
    view.set_theme(themes.theme("light"), 13)
    view.set_axes((-16, 16), (0, 1))
    view.show()
    qtbot.waitExposed(view)
    return view


def pixel(view: Curves, x: float, y: float) -> QColor:
    at = view.to_widget(x, y).toPoint()
    return view.grab().toImage().pixelColor(at)


def red(colour: QColor) -> bool:
    """Antialiasing mixes a little of the ground in."""
    return colour.red() > 200 and colour.green() < 90 and colour.blue() < 90


def test_a_click_chooses_the_x_under_it(plot: Curves, qtbot: QtBot) -> None:
    at = plot.to_widget(4, 0.5).toPoint()
    with qtbot.waitSignal(plot.chosen) as chosen:
        QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args[0] == pytest.approx(4, abs=32 / plot.plot_area().width())


def test_a_drag_beyond_the_axis_ends_at_its_end(plot: Curves) -> None:
    xs: list[float] = []
    plot.chosen.connect(xs.append)
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=plot.to_widget(0, 0.5).toPoint())
    QTest.mouseMove(plot, QPoint(plot.width() - 1, 50))
    assert xs[0] == pytest.approx(0, abs=0.1)
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(1, 50))
    assert xs[-1] == -16


def test_arrow_keys_move_by_one_and_with_shift_by_a_quarter(plot: Curves) -> None:
    xs: list[float] = []
    plot.chosen.connect(xs.append)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert xs == []  # nothing is marked
    plot.set_mark(2.0)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert xs == [3.0, 1.75]


def test_a_line_passes_through_its_points_and_breaks_at_nan(plot: Curves) -> None:
    x = np.array([-16.0, -4, 0, 4, 16])
    y = np.array([0.25, 0.25, np.nan, 0.75, 0.75])
    plot.set_series([Series("", x, y, RED)])
    assert red(pixel(plot, -8, 0.25))
    assert red(pixel(plot, 10, 0.75))
    assert not red(pixel(plot, 0, 0.5))
    assert not red(pixel(plot, -2, 0.375))


def test_the_mark_moves_and_goes(plot: Curves) -> None:
    accent = themes.theme("light").accent
    plot.set_mark(5.0)
    assert pixel(plot, 5, 0.55) == accent
    plot.set_mark(-3.0)
    assert pixel(plot, 5, 0.55) != accent and pixel(plot, -3, 0.55) == accent
    plot.set_mark(40.0)  # beyond the axis
    assert pixel(plot, -3, 0.55) != accent


def test_values_beyond_the_axis_leave_no_ink_outside(plot: Curves) -> None:
    plot.set_series([Series("", np.array([-16.0, 16.0]), np.array([-5.0, 6.0]), RED)])
    picture = plot.grab().toImage()
    area = plot.plot_area()
    reds = [
        y
        for y in range(picture.height())
        for x in range(picture.width())
        if red(picture.pixelColor(x, y))
    ]
    assert reds and min(reds) >= area.top() - 3 and max(reds) <= area.bottom() + 3


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize(("size", "text_px"), [((520, 250), 13), ((950, 450), 24), ((160, 96), 24)])
def test_names_stand_within_the_widget_and_apart(
    plot: Curves, name: str, size: tuple[int, int], text_px: int
) -> None:
    plot.resize(*size)
    plot.set_theme(themes.theme(name), text_px)
    x = np.array([-16.0, 16.0])
    plot.set_series([Series(f"C{n}", x, np.array([0.0, 0.5]), RED) for n in range(6)])
    plot.set_references([(0, "here"), (8, "there")])
    picture = plot.grab().toImage()
    ground = themes.theme(name).background
    right = picture.width() - 1
    assert all(picture.pixelColor(right, y) == ground for y in range(picture.height()))


def sizes_of(plot: Curves, texts: set[str]) -> dict[str, int]:
    """The pixel sizes in which the plot writes these texts."""
    found: dict[str, int] = {}
    draw = TextCache.draw

    def noted(self: TextCache, painter: QPainter, x: float, top: float, text: str, *rest: float):  # type: ignore[no-untyped-def]
        if text in texts:
            found[text] = self.font.pixelSize()
        return draw(self, painter, x, top, text, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TextCache, "draw", noted)
        plot._redraw()
        plot.grab()
    return found


def test_where_room_is_short_text_is_as_large_as_all_other(plot: Curves) -> None:
    """As presenting: who reads the rest from the last row reads this too."""
    plot.resize(360, 210)
    plot.set_theme(themes.theme("light"), 20)
    x, label = np.array([-16.0, 16.0]), "a label that is a little wider than its place"
    names = [f"C{n}" for n in range(6)]
    plot.set_series([Series(name, x, np.array([0.0, 0.5]), RED) for name in names])
    plot.set_references([(-8.0, "1998: −½ height"), (8.0, "1998: +½ height")])
    plot.set_labels(label, "y")
    assert plot._small.width(label) > plot.width()
    room = plot.plot_area().height() + plot._small.height
    assert 0.8 < room / 6 / plot._small.height < 1  # none has a whole line
    texts = {label, "1998: −½ height", "1998: +½ height", *names}
    assert sizes_of(plot, texts) == dict.fromkeys(texts, 20)


def test_a_long_label_is_written_smaller_not_cut_off(plot: Curves) -> None:
    plot.resize(360, 200)
    plot.set_theme(themes.theme("light"), 20)
    plot.set_labels("a label of the axis that is longer than there is room", "y")
    picture, ground = plot.grab().toImage(), themes.theme("light").background
    for x in (0, picture.width() - 1):
        assert all(picture.pixelColor(x, y) == ground for y in range(60, picture.height()))


@given(st.floats(-100, 100), st.floats(0.01, 1000), st.integers(1, 20))
def test_ticks_are_round_and_few(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most)
    assert 2 <= len(found) <= most + 1
    assert all(low - 1e-6 * span <= t <= low + span + 1e-6 * span for t in found)
    assert len(set(np.round(np.diff(found) / span, 6))) == 1


def test_ticks_take_the_ends_where_they_can() -> None:
    assert ticks(-16, 16, 9) == [-16, -12, -8, -4, 0, 4, 8, 12, 16]
    assert ticks(0, 1, 4) == [0, 0.25, 0.5, 0.75, 1]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6))
def test_spread_keeps_order_gap_and_bounds(places: list[float]) -> None:
    result = spread(places, 10, 0, 100)
    order = np.argsort(places, kind="stable")
    moved = np.array(result)[order]
    assert (np.diff(moved) >= 10 - 1e-9).all()
    assert moved.min() >= -1e-9 and moved.max() <= 100 + 1e-9


def test_curves_of_another_drawing_are_faint(plot: Curves) -> None:
    xs = np.linspace(-16, 16, 9)
    plot.set_series([Series("r", xs, np.full(9, 0.5), RED, thick=True)])
    assert red(pixel(plot, 2, 0.5))
    plot.set_dimmed(True)
    assert not red(pixel(plot, 2, 0.5))
    plot.set_dimmed(False)
    assert red(pixel(plot, 2, 0.5))


def test_a_note_stands_beside_the_label_or_takes_its_lines_from_the_plot(plot: Curves) -> None:
    def inked(xs: range, ys: range) -> bool:
        picture = plot.grab().toImage()
        ground = picture.pixelColor(plot.width() - 1, plot.height() - 1)
        return any(picture.pixelColor(x, y) != ground for x in xs for y in ys)

    high = int(plot._small.height)
    right, second = range(100, 500), range(high + 2, 2 * high - 2)
    before = plot.plot_area().top()
    assert not inked(right, range(high))
    plot.set_note("The noise stays.")
    assert plot.plot_area().top() == pytest.approx(before, abs=1)
    assert inked(right, range(high))
    plot.set_note("The noise stays, only the drawing moves: " + "r > 0 even where aligned. " * 2)
    one = plot.plot_area().top()
    assert one >= before + 10 and inked(right, second)
    plot.set_note(plot.note * 3)
    assert plot.plot_area().top() >= one + 10
    plot.set_note("")
    assert plot.plot_area().top() == before


def test_both_references_are_named_even_where_there_is_little_room(plot: Curves) -> None:
    drawn: list[str] = []
    plot.set_references([(-0.7, "1998: −½ height"), (0.7, "1998: +½ height")])
    draw = TextCache.draw

    def noted(self: TextCache, painter: QPainter, x: float, top: float, text: str, *rest: float):  # type: ignore[no-untyped-def]
        drawn.append(text)
        return draw(self, painter, x, top, text, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TextCache, "draw", noted)
        plot.resize(400, 200)
        plot.set_axes((-3, 3), (0, 1))
        plot.grab()
    assert {"1998: −½ height", "1998: +½ height"} <= set(drawn)


def test_a_key_tells_each_curve_s_value_at_the_mark(qtbot: QtBot) -> None:
    view = Curves("shift / px", "residual", keyed=True)
    qtbot.addWidget(view)
    view.resize(520, 250)
    view.set_theme(themes.theme("light"), 13)
    view.set_axes((-16, 16), (0, 1))
    x = np.array([-16.0, 0.0, 16.0])
    rising = Series("rising", x, np.array([0.0, 0.5, 1.0]), RED, pattern=(4.0, 2.0))
    broken = Series("broken", x, np.array([0.2, 0.0, np.nan]), thick=True)
    view.set_series([rising, broken])
    view.show()
    qtbot.waitExposed(view)
    area = view._key_area()
    assert area.left() > view.plot_area().right() and area.right() <= view.width()
    assert [value_text(s, 8.0) for s in (rising, broken)] == ["≈0.75", UNKNOWN]
    assert [value_text(s, 0.0) for s in (rising, broken)] == ["0.50", "0"]
    assert value_text(rising, None) == UNKNOWN
    boundless = Series("boundless", x, np.array([0.0, np.inf, np.inf]))
    told = [value_text(boundless, at) for at in (-16.0, -8.0, 0.0, 16.0)]
    assert told == ["0", UNKNOWN, "∞", "∞"]
    assert math.isnan(rising.at(17.0))
    pictures = []
    for mark in (8.0, 4.0, None):
        view.set_mark(mark)
        pictures.append(view.grab(area.toRect()).toImage())
    assert pictures[0] != pictures[1] != pictures[2]
    line = view._key.row(1, area) + TextCache(themes.font(13)).middle
    sample = [pictures[2].pixelColor(k, round(line)) for k in range(int(SAMPLE))]
    gaps = [k for k, colour in enumerate(sample) if not red(colour)]
    assert red(sample[2]) and 0 < len(gaps) < SAMPLE / 2  # the line's own pattern


def test_what_is_measured_at_the_mark_is_told_instead_of_the_curve(qtbot: QtBot) -> None:
    view = Curves("shift / px", "residual", keyed=True)
    qtbot.addWidget(view)
    view.resize(520, 250)
    view.set_theme(themes.theme("light"), 13)
    view.set_axes((-16, 16), (0, 1))
    x = np.array([-16.0, 16.0])
    zero, other = Series("zero", x, np.zeros(2), RED), Series("other", x, np.ones(2))
    view.set_series([zero, other])
    here = Here(8.0, "8, 1.4", {"zero": 0.3})
    assert value_text(zero, 8.0, here) == "0.30"
    assert value_text(other, 8.0, here) == "≈1.00"
    assert value_text(other, 8.0, here, dimmed=True) == UNKNOWN  # of another shift
    assert value_text(zero, 8.0, here, dimmed=True) == "0.30"
    assert value_text(zero, 8.0, Here(8.0, "8", {"zero": math.nan})) == UNKNOWN
    view.show()
    qtbot.waitExposed(view)
    view.set_mark(8.0)
    key = view._key_area().toRect()
    before = view.grab(key).toImage()
    assert not red(pixel(view, 8, 0.3))
    view.set_here(here)
    assert red(pixel(view, 8, 0.3)) and view.grab(key).toImage() != before
    view.set_dimmed(True)
    assert red(pixel(view, 8, 0.3))
    view.set_here(None)
    assert not red(pixel(view, 8, 0.3))


def test_the_pointed_curve_is_thick_and_on_top(plot: Curves) -> None:
    x = np.array([-16.0, 16.0])
    plot.set_series([Series("a", x, np.array([0.3, 0.3]), RED), Series("b", x, x * 0 + 0.7)])
    at = plot.to_widget(8, 0.3).toPoint()
    reds = []
    for y in (0.6, 0.35):
        QTest.mouseMove(plot, plot.to_widget(-8, y).toPoint())
        image = plot.grab().toImage()
        column = [image.pixelColor(at + QPoint(0, k)) for k in range(-5, 6)]
        reds.append(sum(map(red, column)))
    assert reds[0] >= 1 and reds[1] >= reds[0] + 2


def test_a_message_stands_in_the_plot(plot: Curves) -> None:
    empty = plot.grab().toImage()
    plot.set_message("There is nothing to show.")
    area = plot.plot_area().toRect()
    written = plot.grab().toImage()
    assert written.copy(area) != empty.copy(area)
    for strip in (QRect(0, 0, area.left(), 250), QRect(area.right() + 1, 0, 100, 250)):
        assert written.copy(strip) == empty.copy(strip)
    plot.set_message("")
    assert plot.grab().toImage() == empty
