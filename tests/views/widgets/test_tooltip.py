"""Tips: narrow, and beside the view that they speak of, wherever the screen ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QRect, Qt
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from viz.views.widgets.tooltip import LABEL, show_tip, wrapped


@given(st.text("ab cd\n", max_size=300))
def test_no_line_is_long_and_no_word_is_lost(text: str) -> None:
    told = wrapped(text)
    assert told.split() == text.split() or max(map(len, text.split())) > 60
    assert max(map(len, told.split("\n"))) <= 60


def tip_of(view: QWidget, x: int, *, above: bool) -> QRect:
    show_tip(view, "one line of a tip\nand another", x, above=above)
    tips = [w for w in QApplication.topLevelWidgets() if w.objectName() == LABEL]
    assert len(tips) == 1
    return tips[0].frameGeometry()


@pytest.mark.parametrize("above", [True, False])
@pytest.mark.parametrize("place", ["top", "middle", "bottom"])
def test_a_tip_stands_beside_the_view_and_on_the_screen(
    above: bool, place: str, qtbot: QtBot
) -> None:
    view = QWidget(flags=Qt.WindowType.FramelessWindowHint)
    qtbot.addWidget(view)
    screen = view.screen()
    assert screen is not None
    area = screen.availableGeometry()
    view.setGeometry(100, area.top(), 300, 100)
    if place == "middle":
        view.move(100, area.center().y())
    elif place == "bottom":
        view.move(100, area.bottom() + 1 - view.height())
    view.show()
    for x in (0, 60, 290):
        tip = tip_of(view, x, above=above)
        assert not tip.intersects(view.geometry())
        assert area.contains(tip)
        assert 100 <= tip.left() <= 100 + x
        assert tip.right() <= 400
    if place == "middle":
        assert (tip.bottom() < view.y()) == above


def test_the_tip_of_a_narrow_view_at_the_right_edge_stands_on_the_screen(qtbot: QtBot) -> None:
    view = QWidget(flags=Qt.WindowType.FramelessWindowHint)
    qtbot.addWidget(view)
    screen = view.screen()
    assert screen is not None
    area = screen.availableGeometry()
    view.setGeometry(area.right() - 30, area.center().y(), 30, 100)
    view.show()
    assert area.contains(tip_of(view, 5, above=True))
