"""The reading's steps: hovered and clicked where they stand, on narrow, wide and tall canvases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest
from random_nets import open_random

from viz.chapters.registry import by_id
from viz.chapters.sliding_window.reading import (
    ANSWER,
    CLASSES,
    SEGMENTS,
    WINDOWS,
    ReadingView,
)
from viz.chapters.sliding_window.strip import Columns, WinnerStrip
from viz.chapters.sliding_window.tips import (
    about_competing,
    about_segment,
    about_segments,
    state_name,
    verdict,
)
from viz.i18n import number as number_text
from viz.i18n import percent
from viz.measure.reading import CLEAR, DIP, DOUBT, Doubt, evidence, read
from viz.nets.architecture import NONE_CLASS
from viz.nets.lenet5 import notes
from viz.scene import Scene
from viz.scene.digits import number
from viz.views.widgets.text_cache import text_cache


def show(lab: Lab, size: tuple[int, int] = (640, 300)) -> ReadingView:
    view = lab.show("reading", size).view
    view.grab()
    assert isinstance(view, ReadingView)
    return view


def click(view: ReadingView, column: int, step: int) -> None:
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.place(column, step).toPoint())


def test_a_window_pointed_at_is_marked_on_the_canvas_and_clicked_is_kept(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = show(lab)
    assert view.accessibleDescription() == "31"
    lab.canvas.show()
    before = lab.canvas.grab().toImage()
    QTest.mouseMove(view, view.place(5, WINDOWS).toPoint())
    assert lab.document.shown_window() == (0, 5)
    assert lab.canvas.grab().toImage() != before
    click(view, 5, WINDOWS)
    assert lab.document.window == (0, 5)
    click(view, 5, WINDOWS)
    assert lab.document.window is None
    view.hide()
    assert lab.document.shown_window() != (0, 5)


@pytest.mark.parametrize("step", [SEGMENTS, CLASSES, ANSWER])
def test_a_segment_points_at_its_most_confident_window(new_lab: NewLab, step: int) -> None:
    lab = new_lab(number("31"))
    view = show(lab)
    assert view.line is not None
    segment = view.line.segments[1]
    for column in (segment.start, segment.end - 1):
        assert view.window_at(view.place(column, step)) == segment.window
    click(view, segment.start, step)
    assert lab.document.window == segment.window
    assert view.window_at(view.place(0, step)) is None


def test_tips_have_the_numbers_of_their_step(new_lab: NewLab) -> None:
    view = show(new_lab(number("31")))
    assert view.line is not None
    three = view.line.segments[0]
    assert "column 5" in view.tooltip(view.place(5, WINDOWS))
    said = view.tooltip(view.place(three.start, SEGMENTS))
    assert f"columns {three.start}–{three.end - 1}" in said and f"{three.ahead:.2f}" in said
    assert "3 has 100.0 %" in view.tooltip(view.place(three.start, CLASSES))
    assert "costs 1.2, 1.4, 2.1" in view.tooltip(view.place(0, SEGMENTS))
    assert "[?]" in view.tooltip(view.place(three.start, ANSWER))
    assert percent(CLEAR, 0) in view.tooltip(view.place(three.start, CLASSES))
    assert percent(DOUBT, 0) in verdict(None, None, none=True)


def test_arrow_keys_choose_windows_and_lines(new_lab: NewLab) -> None:
    above, below = number("31", height=96), number("75", height=96)
    moved = [
        replace(item, transform=replace(item.transform, dy=item.transform.dy + dy))
        for scene, dy in ((above, -30), (below, 30))
        for item in scene.items
    ]
    lab = new_lab(Scene(96, 64, tuple(moved)))
    view = show(lab)
    assert view.reading is not None and view.reading.text == "31\n75"
    lab.document.select_window((view.reading.lines[0].row, 3))
    assert view.line is not None and [one.digit.digit for one in view.line.segments] == [3, 1]
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert lab.document.window == (view.reading.lines[0].row, 4)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert [one.digit.digit for one in view.line.segments] == [7, 5]


def test_a_wide_canvas_shows_the_columns_round_the_shown_window(new_lab: NewLab) -> None:
    lab = new_lab(number("3141592653589793", width=512))
    view = show(lab, (520, 215))
    for column in (0, 60, 120):
        lab.document.select_window((0, column))
        view.grab()
        assert view.columns is not None and column in view.columns.visible
        assert view.columns.count < 121
    first = view.columns.first
    lab.document.select_window((0, 118))
    view.grab()
    assert view.columns.first == first, "a window in sight scrolls nothing"


def test_columns_fill_the_room_or_scroll(qapp: object) -> None:
    small = text_cache(13)
    few = Columns.within(10, 510, 9, small, 4)
    assert few.visible == range(9) and few.right <= 510
    assert few.at(few.x(3)) == 3
    assert few.at(9) is None and few.at(few.right + 1) is None
    many = Columns.within(10, 510, 121, small, 60, 0)
    assert 60 in many.visible and many.right == pytest.approx(510)
    assert Columns.within(10, 510, 121, small, 0, 90).first == 0
    assert Columns.within(10, 510, 121, small, 120, 0).visible[-1] == 120


@pytest.mark.parametrize(
    ("at", "doubt"),
    [
        (9.6, Doubt.SEGMENT),
        (7.5, Doubt.WINDOW),
    ],
)
def test_the_sums_that_decide_are_shown_and_add_up(
    new_lab: NewLab, at: float, doubt: Doubt
) -> None:
    view = show(new_lab(by_id("35-53").scene_at(at)))
    assert view.accessibleDescription() == "[?]" and view.line is not None
    (segment,) = view.line.segments
    found = view.evidence(segment)
    first, second = found.likeliest(2)
    assert found.sums[first] >= found.sums[second]
    assert found.sums[first] - found.none.sum() - found.cost == pytest.approx(segment.ahead, 1e-4)
    rule = verdict(segment, found, none=True)
    assert view.headings()[CLASSES][1] == rule
    if doubt is Doubt.SEGMENT:
        assert first == NONE_CLASS, "[?] itself"
        assert rule.startswith(f"[?] has the largest Σ log p, {number_text(found.sums[first], 2)}:")
    else:
        digit, most = segment.shares[0]
        assert first == digit and f"but {percent(most)} < {percent(CLEAR, 0)} in its most" in rule
    told = about_competing(segment, found, none=True)
    for state in (first, second):
        terms = [number_text(-term, 2) for term in found.terms[state].tolist()]
        total = number_text(found.sums[state], 2)
        assert f"{state_name(state)}: −{' − '.join(terms)} = {total}" in told
    assert number_text(found.none.sum(), 2) in about_segment(segment, found, none=True)


@pytest.mark.parametrize("middle", [0.97, 0.93])
def test_what_the_middle_of_three_windows_lacks_is_told(middle: float) -> None:
    """A doubtful middle lowers the sum below that of the windows' own log p."""
    probs = np.full((11, 5), 0.003)
    probs[NONE_CLASS] = probs[1, 1:4] = 0.97
    probs[NONE_CLASS, 1:4] = 0.003
    probs[1, 2], probs[NONE_CLASS, 2] = middle, 0.973 - middle
    (line,) = read(np.log(probs)).lines
    (segment,) = line.segments
    found = evidence(np.log(probs), line, segment)
    own = np.log(probs[1, 1:4]).sum()
    assert found.sums[1] == pytest.approx(own - DIP * np.log(0.97 / middle), abs=1e-4)
    told = about_competing(segment, found, none=True)
    assert f"taken off {DIP:.0f} times more" in told
    assert f"= {number_text(found.sums[1], 2)}" in told


def test_as_many_sums_are_painted_as_there_is_room_for(new_lab: NewLab) -> None:
    lab = new_lab(by_id("35-53").scene_at(7.5))
    view = show(lab, (720, 110))
    assert view.sums == 2
    view.resize(720, 400)
    assert view.sums == 4


def test_the_strip_is_in_the_row_of_the_shown_window(new_lab: NewLab) -> None:
    lab = new_lab(by_id("shift").scene_at(4.0))
    view = show(lab)
    for chosen in (None, (0, 3), (4, 2)):
        lab.document.select_window(chosen)
        view.grab()
        row, column = lab.document.shown_window() or (0, 0)
        heading = view.headings()[WINDOWS][1]
        assert f"row {row}" in heading and view.line is not None
        assert (f"segments of row {view.line.row}" in heading) == (row != view.line.row)
        assert view.window_at(view.place(column, WINDOWS)) == (row, column)


def test_the_shown_window_is_marked_through_all_steps(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = show(lab, (640, 400))
    lab.document.select_window((0, 4))  # between the digits, where nothing else is drawn
    image = view.grab().toImage()
    assert view.columns is not None
    for step in (WINDOWS, SEGMENTS, CLASSES, ANSWER):
        inside = view.place(4, step) - QPointF(view.columns.pitch / 2 - 3, 0)
        beside = QPointF(view.columns.right + 3, inside.y())
        assert image.pixelColor(inside.toPoint()) != image.pixelColor(beside.toPoint()), step


def test_a_network_without_none_is_read_without_speaking_of_it(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = new_lab(number("31"))
    lab.document.set_network(open_random(monkeypatch, notes()))
    view = show(lab)
    said = [rule for _, rule in view.headings()]
    said += [view.tooltip(QPointF(x, y)) for x in range(0, 640, 80) for y in range(60, 300, 40)]
    said += [about_segments(none=False), verdict(None, None, none=False)]
    assert view.line is not None
    for segment in view.line.segments:
        found = view.evidence(segment)
        said += [about_segment(segment, found, False), about_competing(segment, found, False)]
        said.append(verdict(segment, found, none=False))
    assert not [text for text in said if "none" in text.lower()]


def test_a_strip_tells_each_window(qtbot: object, new_lab: NewLab) -> None:
    reading = show(new_lab(number("31"))).reading
    assert reading is not None
    strip = WinnerStrip()
    strip.resize(400, 30)
    strip.set_winners(reading.winners, reading.probabilities, 0)
    assert strip.accessibleDescription().split().count("·") == sum(reading.winners == NONE_CLASS)
    column = int(reading.winners.argmin())
    told = strip.tooltip(QPointF(strip.columns.x(column), 5)) or ""
    assert told.startswith(f"window column {column}: {reading.winners[column]}, p = ")
