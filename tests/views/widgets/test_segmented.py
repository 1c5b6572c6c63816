"""A choice of words: by mouse and keys, in less room than it needs, and without any options."""

from __future__ import annotations

import pytest
from dressing import dress
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.views.widgets.segmented import Option, Segmented

LEFT = Qt.MouseButton.LeftButton


def options(*values: str) -> list[Option]:
    return [Option(value, value, f"about {value}") for value in values]


@pytest.fixture
def choice(qtbot: QtBot) -> Segmented:
    choice = Segmented("Layer", options("C1", "S2", "C3"))
    qtbot.addWidget(choice)
    dress(choice)
    choice.resize(choice.sizeHint())
    choice.show()
    return choice


def test_a_click_and_the_arrow_keys_choose(choice: Segmented, qtbot: QtBot) -> None:
    chosen: list[object] = []
    choice.chosen.connect(chosen.append)
    QTest.mouseClick(choice, LEFT, pos=choice.option_rect("C3").center().toPoint())
    QTest.mouseClick(choice, LEFT, pos=choice.option_rect("C3").center().toPoint())
    QTest.keyClick(choice, Qt.Key.Key_Left)
    QTest.keyClick(choice, Qt.Key.Key_Left)
    QTest.keyClick(choice, Qt.Key.Key_Left)
    assert chosen == ["C3", "S2", "C1"] and choice.value == "C1"
    assert choice.tooltip(choice.option_rect("S2").center()) == "about S2"


def test_what_is_not_offered_now_is_chosen_once_it_is(choice: Segmented) -> None:
    choice.show_value("C3")
    choice.set_options(options("K1", "K2"))
    assert (choice.value, choice.wanted) == ("K1", "C3")
    choice.set_options(options("S2", "C3"))
    assert choice.value == "C3"
    with pytest.raises(ValueError, match="K1"):
        choice.show_value("K1")
    choice.set_options([])
    QTest.keyClick(choice, Qt.Key.Key_Right)
    assert choice.value is None and choice.wanted == "C3"


def test_without_room_for_all_words_each_is_reached_through_those_beside_it(
    choice: Segmented,
) -> None:
    names = [f"Tangents{number}" for number in range(32)]
    choice.set_options(options(*names))
    choice.resize(200, choice.height())
    assert choice.minimumSizeHint().width() <= 300 < choice.sizeHint().width()
    for name, after in zip(names[1:], [*names[2:], names[-1]], strict=True):
        rect = choice.option_rect(name)
        assert choice.rect().contains(rect.center().toPoint())
        QTest.mouseClick(choice, LEFT, pos=rect.center().toPoint())
        assert choice.value == name
        if after != names[-1]:
            assert choice.option_rect(after).left() < choice.width()
