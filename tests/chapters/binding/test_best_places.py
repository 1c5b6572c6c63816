"""The best place of each digit: found on the map, clicked, led to by keys, faint when old."""

from __future__ import annotations

import numpy as np
import pytest
from dressing import dress
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.chapters.binding.best_places import BestPlaces, best_places
from viz.chapters.binding.measure.binding_map import REACH, SIDE, BindingMap
from viz.measure.stroke_selection import StrokeSelection
from viz.scene.digits import number


def made() -> BindingMap:
    """A 5 on the left, a 3 in one cell, none elsewhere."""
    classes = np.full((SIDE, SIDE), 10)
    sure = np.full((SIDE, SIDE), 0.9, np.float32)
    classes[:, :10], classes[0, 20] = 5, 3
    sure[4, 4] = 0.95
    sure[2, 2] = 0.99  # as sure to a hundredth as the next, but further away
    sure[9, 9], sure[24, 24] = 0.991, 0.99
    return BindingMap(
        number("5"), StrokeSelection(0, 0), (0, 4), "xy", classes, sure, np.ones_like(classes, bool)
    )


@pytest.fixture
def view(qtbot: QtBot) -> BestPlaces:
    view = BestPlaces()
    qtbot.addWidget(view)
    dress(view, "light")
    view.resize(260, 160)
    view.show_answer(5, "p = 0.900, at its current position")
    view.show_map(made())
    with qtbot.waitExposed(view):
        view.show()
    return view


def click(view: BestPlaces, line: int) -> None:
    at = view.line(line).center().toPoint()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)


def test_each_digit_s_most_confident_and_nearest_place() -> None:
    places = best_places(made())
    assert [(digit, row, column) for digit, _, row, column in places] == [(3, 0, 20), (5, 9, 9)]
    assert [round(p, 3) for _, p, *_ in places] == [0.9, 0.991]


def test_clicks_and_keys_choose_a_place(view: BestPlaces) -> None:
    chosen: list[tuple[float, float]] = []
    hovered: list[object] = []
    view.chosen.connect(lambda x, y: chosen.append((x, y)))
    view.hovered.connect(hovered.append)
    assert "3: p = 0.90, 8 px right, 12 px up" in view.accessibleDescription()
    for line in (1, -1):  # nothing to choose at the caption
        click(view, line)
    assert chosen == [(9.0 - REACH, 9.0 - REACH)]
    QTest.mouseMove(view, view.line(1).center().toPoint())
    QTest.mouseMove(view, QPoint(2, 2))
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert hovered == [chosen[0], None, chosen[1]] and chosen[1] == (20.0 - REACH, -float(REACH))


def test_the_most_confident_digits_are_listed_where_not_all_fit(view: BestPlaces) -> None:
    view.resize(260, round(view.line(1).top()))
    assert [digit for digit, *_ in view.shown] == [5]
    plain = view.grab().toImage()
    view.set_dimmed(True)
    assert view.grab().toImage() != plain


def test_where_one_has_no_room_all_places_are_told_briefly(view: BestPlaces) -> None:
    assert view.texts == ("8 px right, 12 px up", "3 px left, 3 px up")
    view.resize(190, 160)
    assert view.texts == ("8 right, 12 up", "3 left, 3 up")
