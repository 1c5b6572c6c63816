"""Messages: one bar; nothing stays over the maps while presenting, and nothing is lost."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from viz.model.view_state import ViewState
from viz.window.messages import PASSING_MS, Messages


@pytest.fixture
def view() -> ViewState:
    return ViewState()


@pytest.fixture
def messages(qtbot: QtBot, view: ViewState) -> Iterator[Messages]:
    with contextlib.closing(QWidget()) as parent:
        parent.resize(900, 400)
        parent.show()
        made = Messages(view, parent)
        made.bar.setParent(parent)
        yield made


def press(messages: Messages, text: str) -> None:
    buttons = (b for b in messages.bar.findChildren(QPushButton) if not b.isHidden())
    QTest.mouseClick(next(b for b in buttons if b.text() == text), Qt.MouseButton.LeftButton)


def clock(messages: Messages) -> QTimer:
    """Lets the message go when its time is over."""
    timer = messages.findChild(QTimer)
    assert timer is not None
    return timer


def time_passes(messages: Messages) -> None:
    assert clock(messages).isActive() and clock(messages).interval() == PASSING_MS
    clock(messages).stop()
    clock(messages).timeout.emit()


def test_usually_a_message_stays_until_it_is_closed(messages: Messages) -> None:
    messages.show("This must be read.")
    assert not clock(messages).isActive()
    press(messages, "Close")
    assert messages.text == ""


def test_while_presenting_messages_go_and_come_back_one_by_one(
    messages: Messages, view: ViewState
) -> None:
    done: list[str] = []
    messages.show("Said before.")
    view.presenting = True
    time_passes(messages)
    assert messages.text == ""
    messages.show("The file is broken.")
    messages.show("Your drawing was inverted.", [("Invert back", lambda: done.append("inverted"))])
    assert messages.text == "Your drawing was inverted."
    time_passes(messages)
    messages.show("The file is broken.")  # once more, which is told once
    messages.show("Done.", for_ms=PASSING_MS)
    time_passes(messages)
    assert messages.text == ""
    view.presenting = False
    assert messages.text == "Said before." and not clock(messages).isActive()
    press(messages, "Close")
    assert messages.text == "The file is broken."
    press(messages, "Close")
    assert messages.text == "Your drawing was inverted."
    press(messages, "Invert back")
    assert done == ["inverted"] and messages.text == ""


def test_what_was_closed_while_presenting_does_not_come_back(
    messages: Messages, view: ViewState
) -> None:
    view.presenting = True
    messages.show("The file is broken.")
    press(messages, "Close")
    assert messages.text == ""
    view.presenting = False
    assert messages.text == ""


def test_what_a_button_says_is_not_covered_by_an_older_message(
    messages: Messages, view: ViewState
) -> None:
    view.presenting = True
    messages.show(
        "An earlier drawing is kept.", [("Show it", lambda: messages.show("It is gone."))]
    )
    time_passes(messages)
    messages.show("The file is broken.")
    view.presenting = False
    press(messages, "Show it")
    assert messages.text == "It is gone."
    press(messages, "Close")
    assert messages.text == "The file is broken."


def test_a_passing_message_brings_back_what_it_covered(messages: Messages) -> None:
    messages.show("An earlier drawing is kept.")
    messages.show("Saved.", for_ms=PASSING_MS)
    assert messages.text == "Saved."
    time_passes(messages)
    assert messages.text == "An earlier drawing is kept."


def test_a_message_goes_with_what_it_speaks_of(messages: Messages, view: ViewState) -> None:
    there = {"image", "drawing"}
    messages.show("The image was inverted.", holds=lambda: "image" in there)
    messages.refresh()
    assert messages.text == "The image was inverted."
    there.remove("image")
    messages.refresh()
    assert messages.text == ""
    view.presenting = True
    messages.show("The drawing is back.", holds=lambda: "drawing" in there)
    time_passes(messages)
    there.remove("drawing")
    messages.refresh()
    view.presenting = False
    assert messages.text == "", "nor does it come back"


def test_names_in_files_are_no_markup(messages: Messages) -> None:
    messages.show("<b>bold</b>")
    (label,) = (one for one in messages.bar.findChildren(QLabel) if one.text() == "<b>bold</b>")
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_a_message_has_a_button_for_each_action(messages: Messages) -> None:
    done: list[int] = []
    messages.show("Two ways.", [("One", lambda: done.append(1)), ("Two", lambda: done.append(2))])
    press(messages, "Two")
    messages.show("No way.")
    assert [b.text() for b in messages.bar.findChildren(QPushButton) if not b.isHidden()] == [
        "Close"
    ]
    assert done == [2]


def test_what_is_gone_is_neither_done_nor_said(messages: Messages) -> None:
    there, done = [True], []
    messages.show("It was removed.", [("Put it back", lambda: done.append(1))], holds=there.pop)
    press(messages, "Put it back")
    assert done == [1]
    there = [True]
    messages.show(
        "It was removed.", [("Put it back", lambda: done.append(2))], holds=lambda: bool(there)
    )
    messages.show_later("It may be put back.", (), holds=lambda: bool(there))
    there.clear()
    press(messages, "Put it back")
    assert done == [1] and messages.text == ""
