"""Answer: winners over their windows' centres, grey by probability, never overlapping."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from dressing import dress
from painted import pixels
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PyQt6.QtGui import QColor, QFocusEvent, QHelpEvent, QImage
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viz.measure.reading import Reading, read
from viz.model.document import Document
from viz.model.snapshot import Request, Snapshot
from viz.nets.architecture import CLASSES, NONE_CLASS
from viz.nets.lenet5 import lenet5
from viz.scene import Scene
from viz.views import theme as themes
from viz.views.answer.answer import ANSWER_SIZES, Answer
from viz.views.paint_clock import PaintClock
from viz.views.theme import GRID
from viz.views.widgets import painted_view
from viz.views.widgets.text_cache import TextCache
from viz.views.widgets.tooltip import wrapped

Place = tuple[int, int, int, float]
"""(row, column, class, probability)."""


def outputs(rows: int, columns: int, *places: Place) -> np.ndarray:
    """Log-probabilities (11, rows, columns): "none" everywhere but at these places."""
    probabilities = np.full((CLASSES, rows, columns), 0.001, np.float32)
    probabilities[NONE_CLASS] = 0.99
    for row, column, winner, probability in places:
        probabilities[:, row, column] = (1 - probability) / (CLASSES - 1)
        probabilities[winner, row, column] = probability
    return np.log(probabilities)


def snapshot_of(log_probs: np.ndarray, reading: Reading | None = None) -> Snapshot:
    _, rows, columns = log_probs.shape
    scene = Scene(32 + 4 * (rows - 1), 32 + 4 * (columns - 1))
    return Snapshot(
        Request(1, scene),
        lenet5(),
        np.zeros((scene.height, scene.width), np.float32),
        MappingProxyType({"output": log_probs}),
        reading or read(log_probs),
        None,
        0.0,
        0.0,
        0.0,
    )


def shown(
    qtbot: QtBot, log_probs: np.ndarray, left: float, scale: float, reading: Reading | None = None
) -> tuple[Document, Answer]:
    document = Document()
    view = Answer(document, PaintClock())
    qtbot.addWidget(view)
    dress(view)
    document.snapshot = snapshot_of(log_probs, reading)
    view.show_snapshot(document.snapshot)
    view.set_mapping(left, scale)
    view.resize(600, view.sizeHint().height())
    view.show()
    return document, view


def values(view: Answer) -> np.ndarray:
    """The brightness of each pixel, (height, width)."""
    return pixels(view).max(2)


def lit(view: Answer, first: int, last: int, top: int, bottom: int) -> list[int]:
    """The columns of pixels first … last with anything brighter than the dots."""
    bright = values(view)[top:bottom, first:last] > themes.theme("dark").line.value() + 10
    return (first + np.flatnonzero(bright.any(0))).tolist()


def rows_of(view: Answer) -> tuple[int, int]:
    """(first, last) pixel row of the digits of the first line of winners."""
    inside = [
        y for y in range(view.height())
        if view.window_at(QPointF(view.window_x(0), y + 0.5)) is not None
    ]  # fmt: skip
    return inside[0], inside[0] + 16


@pytest.mark.parametrize(("left", "scale"), [(0.0, 8.0), (13.5, 7.25), (20.0, 4.0)])
def test_a_winner_stands_over_its_window_s_centre(left: float, scale: float, qtbot: QtBot) -> None:
    _, view = shown(qtbot, outputs(1, 9, (0, 1, 8, 0.99), (0, 6, 0, 0.98)), left, scale)
    top, bottom = rows_of(view)
    for column in range(9):
        x = left + scale * (4 * column + 16)
        assert view.window_x(column) == x
        half = 2 * scale
        bright = lit(view, round(x - half), round(x + half), top, bottom)
        if column in (1, 6):
            assert (min(bright) + max(bright) + 1) / 2 == pytest.approx(x, abs=1.0)
        else:
            assert not bright  # "none" is blank


def test_grey_is_probability(qtbot: QtBot) -> None:
    _, view = shown(
        qtbot, outputs(1, 9, (0, 1, 8, 0.95), (0, 4, 8, 0.6), (0, 7, 8, 0.35)), 0.0, 8.0
    )
    top, bottom = rows_of(view)
    painted = values(view)[top:bottom]
    brightest = [
        int(painted[:, x - 8 : x + 8].max()) for x in (round(view.window_x(j)) for j in (1, 4, 7))
    ]
    theme = themes.theme("dark")
    ground, text = theme.background.value(), theme.text.value()
    assert brightest == sorted(brightest, reverse=True)
    for value, probability in zip(brightest, (0.95, 0.6, 0.35), strict=True):
        # Strokes of a glyph need not fill a pixel, so what is seen is at most its alpha
        assert value <= ground + probability * (text - ground) + 2
        assert value >= ground + probability * (text - ground) * 0.7


def test_close_digits_never_overlap(qtbot: QtBot) -> None:
    places = [(0, j, 8, 0.5 + j / 300) for j in range(40, 80)]
    _, view = shown(qtbot, outputs(1, 121, *places), 10.0, 1.0)
    top, bottom = rows_of(view)
    bright = lit(view, 0, 600, top, bottom)
    runs = np.split(np.array(bright), np.flatnonzero(np.diff(bright) > 1) + 1)
    assert len(runs) > 5
    assert max(len(run) for run in runs) <= 9  # one digit each
    assert runs[-1].mean() == pytest.approx(view.window_x(79), abs=1)  # the most confident is shown


def test_pointing_and_clicking_choose_a_window(qtbot: QtBot) -> None:
    document, view = shown(qtbot, outputs(3, 9, (2, 6, 1, 0.9)), 0.0, 8.0)
    top, _ = rows_of(view)
    pitch = (view.height() - top) // 3
    where = QPoint(round(view.window_x(6)), top + 2 * pitch + 4)
    qtbot.mouseMove(view, QPoint(0, 0))
    hovered: list[object] = []
    view.window_hovered.connect(hovered.append)
    qtbot.mouseMove(view, where)
    qtbot.mouseMove(view, where + QPoint(2, 0))
    qtbot.mouseMove(view, QPoint(round(view.window_x(6)), 2))
    qtbot.mouseMove(view, where)
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert hovered == [(2, 6), None, (2, 6), None]
    assert document.window is None
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
    assert document.window == (2, 6)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
    assert document.window is None


def test_a_window_that_went_is_no_longer_hovered(qtbot: QtBot) -> None:
    _, view = shown(qtbot, outputs(1, 9), 0.0, 8.0)
    top, _ = rows_of(view)
    qtbot.mouseMove(view, QPoint(0, 0))
    qtbot.mouseMove(view, QPoint(round(view.window_x(8)), top + 4))
    with qtbot.waitSignal(view.window_hovered) as hovered:
        view.show_snapshot(snapshot_of(outputs(1, 5)))
    assert hovered.args == [None]


def test_arrow_keys_walk_over_the_windows(qtbot: QtBot) -> None:
    document, view = shown(qtbot, outputs(2, 9, (0, 6, 1, 0.9)), 0.0, 8.0)
    for key, expected in (
        (Qt.Key.Key_Left, (0, 5)),
        (Qt.Key.Key_Up, (0, 5)),
        (Qt.Key.Key_Down, (1, 5)),
        (Qt.Key.Key_Down, (1, 5)),
        (Qt.Key.Key_Right, (1, 6)),
    ):
        qtbot.keyClick(view, key)
        assert document.window == expected


def test_the_selected_window_is_marked_in_the_accent(qtbot: QtBot) -> None:
    document, view = shown(qtbot, outputs(1, 9, (0, 6, 1, 0.9)), 0.0, 8.0)
    accent = themes.theme("dark").accent

    def marked(column: int, colour: QColor) -> bool:
        image, x = view.grab().toImage(), round(view.window_x(column)) + 5
        return any(image.pixelColor(x, y) == colour for y in range(view.height()))

    assert not marked(6, accent)  # paler: it is not chosen
    document.select_window((0, 6))
    assert marked(6, accent)
    document.select_window((0, 2))
    assert marked(2, accent)
    assert not marked(6, accent)


def test_tips_explain_window_row_and_answer_and_stand_above_the_view(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, view = shown(qtbot, outputs(25, 9, (4, 2, 5, 0.9), (4, 6, 7, 0.75)), 0.0, 8.0)
    top, _ = rows_of(view)
    told: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        painted_view, "show_tip", lambda _, text, __, *, above: told.append((text, above))
    )
    for where in (QPoint(100, 5), QPoint(4, top + 3), QPoint(round(view.window_x(6)), top + 3)):
        QApplication.sendEvent(
            view, QHelpEvent(QEvent.Type.ToolTip, where, view.mapToGlobal(where))
        )
    assert [above for _, above in told] == [True] * 3
    answer, row, window = (text for text, _ in told)
    assert {len(wrapped(text).split("\n")) for text, _ in told} == {2}
    assert "0.7500" not in answer
    assert "row 4" in row and "16 to 47" in row
    assert "(16, 24)" in window and "7: 0.7500" in window
    assert window.index("7: 0.75") < window.index("0: "), "the most probable first"


def test_the_shown_window_s_line_has_its_row_alone(qtbot: QtBot) -> None:
    found = outputs(5, 9, (2, 2, 3, 0.9), (3, 2, 3, 0.95), (1, 6, 1, 0.9), (2, 6, 1, 0.8))
    document, view = shown(qtbot, found, 100.0, 8.0)

    def rows() -> list[int]:
        """Of the windows in the line, from left to right."""
        y = view.height() - 3.0
        windows = [view.window_at(QPointF(view.window_x(column), y)) for column in range(9)]
        assert [window and window[1] for window in windows] == list(range(9))
        return [window[0] for window in windows if window is not None]

    def line(of: Answer) -> QImage:
        """Its winners, their greys and the mark, without the row's name."""
        left, high = round(view.window_x(0)) - 8, 20
        return of.grab(QRect(left, of.height() - high, of.width() - left, high)).toImage()

    assert rows() == [document.shown_window()[0]] * 9  # type: ignore[index]
    for row, column in ((3, 2), (1, 6), (4, 0), (0, 8)):
        document.select_window((row, column))
        assert rows() == [row] * 9
        flat, alone = shown(qtbot, found[:, row : row + 1], 100.0, 8.0)
        flat.select_window((0, column))
        assert line(view) == line(alone)
        accent = themes.theme("dark").accent
        image, x = view.grab().toImage(), round(view.window_x(column)) + 3
        assert any(image.pixelColor(x, y) == accent for y in range(view.height()))


@pytest.mark.parametrize("text", ["31", "[?]", "31\n57", "8" * 120])
def test_what_was_read_is_shown_and_fits(text: str, qtbot: QtBot) -> None:
    log_probs = outputs(1, 9)
    base = read(log_probs)
    _, view = shown(qtbot, log_probs, 0.0, 8.0)
    empty = view.grab().toImage()
    assert view.accessibleDescription() not in ("", text)
    told = Reading(text, (), base.winners, base.probabilities)
    view.show_snapshot(snapshot_of(log_probs, told))
    assert view.accessibleDescription() == text
    assert view.grab().toImage() != empty
    ground = themes.theme("dark").background.value()
    assert (values(view)[: rows_of(view)[0], -1] == ground).all()


def test_what_is_kept_of_the_picture_follows_size_place_text_and_theme(qtbot: QtBot) -> None:
    """Name, answer and dots are drawn once and kept: never longer than they hold."""
    found, other = outputs(1, 9, (0, 3, 4, 0.99)), outputs(2, 9, (0, 6, 7, 0.99))
    _, view = shown(qtbot, found, 10.0, 8.0)
    view.grab()
    steps: list[Callable[[Answer], None]] = [
        lambda view: view.set_mapping(20.0, 5.0),
        lambda view: view.resize(300, view.height()),
        lambda view: view.show_snapshot(snapshot_of(other)),
        lambda view: view.resize(300, view.sizeHint().height()),
        lambda view: dress(view, "light", 20),
    ]
    for count in range(1, len(steps) + 1):
        steps[count - 1](view)
        _, fresh = shown(qtbot, found, 10.0, 8.0)
        for step in steps[:count]:
            step(fresh)
        assert view.grab().toImage() == fresh.grab().toImage(), count


def test_the_height_does_not_jump_with_what_is_read(qtbot: QtBot) -> None:
    heights = set()
    for places in ((), ((3, 4, 5, 0.9),), ((3, 4, 5, 0.9), (20, 4, 1, 0.9))):
        _, view = shown(qtbot, outputs(25, 9, *places), 0.0, 4.0)
        heights.add(view.sizeHint().height())
    assert len(heights) == 1
    _, low = shown(qtbot, outputs(1, 9), 0.0, 4.0)
    assert low.sizeHint().height() < heights.pop()


def test_tab_shows_where_the_keys_act(qtbot: QtBot) -> None:
    _, view = shown(qtbot, outputs(1, 9), 0.0, 8.0)
    plain = view.grab().toImage()
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))
    assert view.grab().toImage() != plain
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusOut))
    assert view.grab().toImage() == plain


def test_it_names_the_network_that_has_answered(qtbot: QtBot) -> None:
    found = outputs(1, 9, (0, 3, 4, 0.99))
    document, view = shown(qtbot, found, 10.0, 5.0)

    def beside() -> np.ndarray:
        """What is painted right of the answer."""
        return pixels(view)[: rows_of(view)[0], 150:350].astype(int)

    plain = beside()
    assert np.ptp(plain, 2).max() < 40 and plain.max() > 100, "quiet"
    document.set_network("blur")
    assert (beside() == plain).all(), "it has not answered yet"
    other = replace(snapshot_of(found), request=Request(2, Scene(32, 64), network="blur"))
    view.show_snapshot(other)
    assert np.ptp(beside(), 2).max() > 100, "in the accent"


def test_a_long_answer_ends_before_the_network_s_name(qtbot: QtBot) -> None:
    found = outputs(1, 9, (0, 3, 4, 0.99))
    reading = replace(read(found), text="31415926535897932384626433")
    _, view = shown(qtbot, found, 0.0, 5.0, reading)
    ground = themes.theme("dark").background.value()
    for width in (160, 240, 320):
        view.resize(width, view.height())
        begin = width - round(TextCache(themes.font(13)).width("max pooling"))
        assert (values(view)[: rows_of(view)[0], max(begin - GRID, 0) : begin - 1] == ground).all()


@pytest.mark.parametrize(("width", "named"), [(80, False), (150, True), (600, True)])
def test_the_network_s_name_yields_to_a_short_answer(width: int, named: bool, qtbot: QtBot) -> None:
    """At twice the size of text "4" and "max pooling" once stood upon each other."""
    found = outputs(1, 9, (0, 3, 4, 0.99))
    _, view = shown(qtbot, found, 0.0, 0.5, replace(read(found), text="4"))  # a canvas of 32 px
    view.resize(width, view.height())
    large, small = (
        TextCache(themes.font(round(size * 13), bold=True))
        for size in (ANSWER_SIZES[0], ANSWER_SIZES[-1])
    )
    four, name = round(small.width("4")), TextCache(themes.font(13)).width("max pooling")
    assert (four + 2 * GRID + name <= width) == named
    painted = values(view)[: rows_of(view)[0]] != themes.theme("dark").background.value()

    def drawn(first: int, last: int) -> bool:
        return bool(painted[:, first:last].any())

    assert drawn(0, four)
    if named:
        assert not drawn(four + 1, four + 2 * GRID - 1), "they do not touch"
    assert drawn(round(large.width("4")) + 1, width) == named


def test_the_answer_stands_in_the_middle_of_what_its_winners_leave(qtbot: QtBot) -> None:
    """Neither far from its winners nor from the title, where lines are kept free for more rows."""
    for rows, free in ((1, 0), (5, 1), (9, 2)):
        _, view = shown(qtbot, outputs(rows, 9, (rows // 2, 3, 3, 0.99)), 10, 4)
        line = round(view.small.height) + 5
        top = round(ANSWER_SIZES[0] * view.text_px)
        assert view.sizeHint().height() >= (1 + free) * line + top
        inked = np.flatnonzero((pixels(view) != pixels(view)[0, 0]).any((1, 2)))
        assert free * line / 2 <= inked[0] <= free * line / 2 + 0.4 * top
