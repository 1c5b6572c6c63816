"""The reading's steps: hovered and clicked where they stand, on narrow, wide and tall canvases."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from viz.chapters.registry import by_id
from viz.chapters.sliding_window import reading as sliding_reading
from viz.chapters.sliding_window import strip
from viz.chapters.sliding_window.reading import ANSWER, RIVALS, RUNS, WINDOWS, SlidingReading
from viz.chapters.sliding_window.strip import Columns
from viz.chapters.sliding_window.tips import about_rivals, verdicts
from viz.measure.reading import CLEAR, DOUBT, Doubt
from viz.scene import Scene
from viz.scene.digits import number
from viz.views import theme as themes
from viz.views.widgets.text_cache import TextCache


def at(view, column, step):
    """A point in a column of windows, in the lower half of a step."""
    tops = view._tops()
    return QPoint(round(view._columns.x(column)), round((tops[step] + tops[step + 1]) / 2))


@pytest.fixture
def shown(new_lab):
    lab = new_lab(number("31"))
    view = lab.put(SlidingReading(lab.document, lab.engine))
    view.grab()
    return lab, view


def test_the_steps_end_in_what_the_snapshot_says(shown):
    lab, view = shown
    assert view.reading.text == lab.document.snapshot.reading.text == "31"
    assert [run.digit.digit for run in view.line.runs] == [3, 1]
    assert view.accessibleDescription() == "31"


def test_a_hovered_window_is_pointed_at_and_clicked_is_kept(shown, qtbot):
    lab, view = shown
    pointed = []
    view.window_hovered.connect(pointed.append)
    qtbot.mouseMove(view, at(view, 5, WINDOWS))
    assert pointed == [(0, 5)]
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, 5, WINDOWS))
    assert lab.document.window == (0, 5)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, 5, WINDOWS))
    assert lab.document.window is None
    view.hide()
    assert pointed[-1] is None


@pytest.mark.parametrize("step", [RUNS, RIVALS, ANSWER])
def test_a_run_points_at_its_surest_window(shown, qtbot, step):
    lab, view = shown
    run = view.line.runs[1]
    for column in (run.start, run.end - 1):
        assert view.window_at(at(view, column, step).toPointF()) == run.window
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, run.start, step))
    assert lab.document.window == run.window
    assert view.window_at(at(view, 0, step).toPointF()) is None


def test_tips_have_the_numbers_of_their_step(shown):
    _, view = shown
    run = view.line.runs[0]
    assert "column 5" in view.tooltip(at(view, 5, WINDOWS).toPointF())
    told = view.tooltip(at(view, run.start, RUNS).toPointF())
    assert f"columns {run.start}–{run.end - 1}" in told and f"{run.ahead:.2f}" in told
    assert "3 has 100.0%" in view.tooltip(at(view, run.start, RIVALS).toPointF())
    assert "costs 1.4, 1.4, 2.1" in view.tooltip(at(view, 0, RUNS).toPointF())
    assert "[?]" in view.tooltip(at(view, run.start, ANSWER).toPointF())


def test_arrow_keys_choose_a_window(shown):
    lab, view = shown
    lab.document.select_window((0, 4))
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert lab.document.window == (0, 5)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert lab.document.window is None


def test_two_digits_on_one_place_are_rivals(new_lab):
    three = number("3", width=64)
    five = number("5", width=64).items[0]
    lab = new_lab(Scene(32, 64, (*three.items, five)))
    view = lab.put(SlidingReading(lab.document, lab.engine))
    (run,) = view.line.runs
    assert {digit for digit, _ in run.shares} == {3, 5}
    assert run.shares[1][1] > 0.05


def test_a_wide_canvas_shows_the_columns_round_the_shown_window(new_lab):
    lab = new_lab(number("3141592653589793", width=512))
    view = lab.put(SlidingReading(lab.document, lab.engine), (520, 215))
    for column in (0, 60, 120):
        lab.document.select_window((0, column))
        view.grab()
        assert column in view._columns.visible
        assert view._columns.count < 121
    first = view._columns.first
    lab.document.select_window((0, 118))
    view.grab()
    assert view._columns.first == first, "a window in sight scrolls nothing"


def test_two_lines_are_reached_by_key(new_lab):
    above, below = number("31", height=96), number("75", height=96)
    moved = [
        replace(item, transform=replace(item.transform, dy=item.transform.dy + dy))
        for scene, dy in ((above, -30), (below, 30))
        for item in scene.items
    ]
    lab = new_lab(Scene(96, 64, tuple(moved)))
    view = lab.put(SlidingReading(lab.document, lab.engine))
    assert view.reading.text == "31\n75"
    lab.document.select_window((view.reading.lines[0].row, 3))
    assert [run.digit.digit for run in view.line.runs] == [3, 1]
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert [run.digit.digit for run in view.line.runs] == [7, 5]


def test_a_blank_canvas_and_other_looks(new_lab):
    lab = new_lab(Scene(32, 64))
    view = lab.put(SlidingReading(lab.document, lab.engine))
    dark = view.grab().toImage()
    assert view.line.runs == ()
    assert view.accessibleDescription() == "nothing read"
    view.set_theme(themes.theme("light"), 24)
    assert view.grab().toImage() != dark


def test_columns_fill_the_room_or_scroll(qapp):
    small = TextCache(themes.font(13))
    few = Columns.within(10, 510, 9, small, 4)
    assert few.visible == range(9) and few.right <= 510
    assert few.at(few.x(3)) == 3
    assert few.at(9) is None and few.at(few.right + 1) is None
    many = Columns.within(10, 510, 121, small, 60, 0)
    assert 60 in many.visible and many.right == pytest.approx(510)
    assert Columns.within(10, 510, 121, small, 0, 90).first == 0
    assert Columns.within(10, 510, 121, small, 120, 0).visible[-1] == 120


def three_five(at):
    """A 3 that has come so near to a 5, at a time of the demonstration."""
    return by_id("35-53").scene_at(at)


@pytest.mark.parametrize(
    ("at", "doubt", "told"),
    [
        (6.9, Doubt.RUN, "windows are divided"),  # two windows, each for another digit
        (6.3, Doubt.RUN, "one window, divided"),
        (6.23, Doubt.WINDOW, "surest window"),
    ],
)
def test_the_rule_that_made_a_doubt_is_named_with_its_numbers(new_lab, at, doubt, told):
    lab = new_lab(three_five(at))
    view = lab.put(SlidingReading(lab.document, lab.engine))
    assert view.reading.text == "[?]"
    (run,) = view.line.runs
    assert run.doubt is doubt
    wordings = verdicts(run, none=True)
    (first, most), _ = run.shares
    assert most < doubt.value
    assert told in wordings[0]
    for wording in wordings:
        assert f"{first} has {most:.1%} < {doubt.value:.0%}" in wording
    assert list(map(len, wordings)) == sorted(map(len, wordings), reverse=True)
    assert wordings[0] in [rule for _, rules in headings(view) for rule in rules]
    assert f"{first} has {most:.1%}" in about_rivals(run, none=True)


def headings(view):
    view.grab()
    return view._headings(view.line, view._columns)


def test_without_a_doubt_both_rules_are_told(shown):
    _, view = shown
    for wording in verdicts(view.line.runs[0], none=True):
        assert f"{CLEAR:.0%}" in wording and f"{DOUBT:.0%}" in wording


def test_the_strip_is_in_the_row_of_the_shown_window_whose_scores_it_has(new_lab, monkeypatch):
    lab = new_lab(by_id("shift").scene_at(4.0))
    document = lab.document
    view = lab.put(SlidingReading(document, lab.engine))
    drawn = []
    monkeypatch.setattr(sliding_reading, "draw_winners", lambda *given: drawn.append(given[-2:]))
    output = document.snapshot.maps["output"]
    for chosen in (None, (0, 3), (4, 2)):
        document.select_window(chosen)
        row, column = document.shown_window()
        view.grab()
        winners, probabilities = drawn[-1]
        assert winners.tolist() == output[:, row].argmax(0).tolist()
        assert probabilities[column] == np.exp(output[:, row, column].max())
        assert f"row {row}" in headings(view)[WINDOWS][1][0]
        assert (f"runs from row {view.line.row}" in headings(view)[WINDOWS][1][0]) == (
            row != view.line.row
        )
        assert view.window_at(at(view, column, WINDOWS).toPointF()) == (row, column)


def test_the_shown_window_is_marked_through_all_steps(shown):
    lab, view = shown
    lab.document.select_window((0, 4))  # between the digits, where nothing else is drawn
    view.resize(640, 400)
    image, tops = view.grab().toImage(), view._tops()
    x = round(view._columns.x(4) - view._columns.pitch / 2) + 3
    below = view._small.height
    ground = view._theme.background
    for step in (WINDOWS, RUNS, RIVALS, ANSWER):
        y = round((tops[step] + below + tops[step + 1]) / 2)
        assert image.pixelColor(x, y) != ground, step
        assert image.pixelColor(round(view._columns.right) + 3, y) == ground, step


def test_a_run_says_what_its_number_is_where_there_is_room(shown, monkeypatch):
    _, view = shown
    drawn = []
    draw = TextCache.draw
    monkeypatch.setattr(
        TextCache, "draw", lambda self, p, x, y, text, align=0.0:
        (drawn.append((text, x)), draw(self, p, x, y, text, align))[1],
    )  # fmt: skip
    view.resize(900, 300)
    view.grab()
    assert [text for text, _ in drawn].count("ahead of none") == 2
    drawn.clear()
    view.set_theme(themes.theme("dark"), 24)
    view.resize(400, 300)
    view.grab()
    assert "ahead of none" not in [text for text, _ in drawn]


def test_a_certain_winner_has_as_many_figures_as_another(qapp):
    assert strip._probability(0.9999) == ".99"
    assert strip._probability(0.956) == ".96"
    assert strip._probability(0.004) == ".00"
