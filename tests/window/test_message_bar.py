"""The message bar: while presenting nothing stays over the maps, and afterwards nothing is lost."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from viz.window.message_bar import PASSING_MS, MessageBar


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    return made


@pytest.fixture
def bar(parent: QWidget) -> MessageBar:
    return MessageBar(parent)


def press(bar: MessageBar, text: str) -> None:
    button = next(b for b in bar.findChildren(QPushButton) if b.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def clock(bar: MessageBar) -> QTimer:
    """Lets the message go when its time is over."""
    timer = bar.findChild(QTimer, options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert timer is not None
    return timer


def time_passes(bar: MessageBar) -> None:
    assert clock(bar).isActive() and clock(bar).interval() == PASSING_MS
    clock(bar).stop()
    clock(bar).timeout.emit()


def test_usually_a_message_stays_until_it_is_closed(bar: MessageBar) -> None:
    bar.say("This must be read.")
    assert not clock(bar).isActive()
    press(bar, "Close")
    assert bar.text == ""


def test_while_presenting_messages_go_and_come_back_one_by_one(bar: MessageBar) -> None:
    done: list[str] = []
    bar.say("Said before.")
    bar.set_passing(True)
    time_passes(bar)
    assert not bar.isVisible()
    bar.say("The file is broken.")
    bar.say("Your drawing was turned over.", "Turn it back", lambda: done.append("turned"))
    assert bar.text == "Your drawing was turned over."
    time_passes(bar)
    bar.say("The file is broken.")  # once more, which is told once
    bar.say("Done.", for_ms=PASSING_MS)
    time_passes(bar)
    assert not bar.isVisible()
    bar.set_passing(False)
    assert bar.text == "Said before." and not clock(bar).isActive()
    press(bar, "Close")
    assert bar.text == "The file is broken."
    press(bar, "Close")
    assert bar.text == "Your drawing was turned over."
    press(bar, "Turn it back")
    assert done == ["turned"] and not bar.isVisible()


def test_what_was_closed_while_presenting_does_not_come_back(bar: MessageBar) -> None:
    bar.set_passing(True)
    bar.say("The file is broken.")
    press(bar, "Close")
    assert not bar.isVisible()
    bar.set_passing(False)
    assert not bar.isVisible()


def test_what_a_button_says_is_not_covered_by_an_older_message(bar: MessageBar) -> None:
    bar.set_passing(True)
    bar.say("An earlier drawing is kept.", "Show it", lambda: bar.say("It is gone."))
    time_passes(bar)
    bar.say("The file is broken.")
    bar.set_passing(False)
    press(bar, "Show it")
    assert bar.text == "It is gone."
    press(bar, "Close")
    assert bar.text == "The file is broken."
