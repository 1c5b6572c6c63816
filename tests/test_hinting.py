"""Hinting in the real window: an empty canvas says how to go on, by what can be done there."""

from __future__ import annotations

import pytest
from opening import Open, settled
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.demos import of_chapter
from viz.outline import CHAPTER_IDS
from viz.scene import Scene
from viz.scene.digits import number

EMPTY = Scene(32, 64)


@pytest.mark.parametrize("chapter", CHAPTER_IDS[1:])
def test_an_empty_canvas_names_what_space_plays(
    chapter: str, open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(EMPTY)
    window, line = application.window, application.window.hint_line
    live = line.hint
    assert "Draw a digit" in live
    QTest.keyClick(window, Qt.Key(Qt.Key.Key_1 + CHAPTER_IDS.index(chapter)))
    first, second = of_chapter(chapter)[:2]
    assert f"“{first.title}”" in line.hint
    assert "Space" in line.hint and "drag one" in line.hint
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert window.player.demonstration is first
    assert line.hint == first.watch
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    window.actions_by_id["new"].trigger()
    assert f"Space goes on with “{second.title}”" in line.hint
    assert "move" not in line.hint, "there is nothing to move"
    window.hinting._reminder.start(0)
    qtbot.waitUntil(lambda: "taken over" not in line.hint)
    assert f"Space plays “{second.title}”" in line.hint
    QTest.keyClick(window, Qt.Key.Key_1)
    assert line.hint == live


def test_while_presenting_nothing_lies_below_the_canvas_to_be_dragged(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(EMPTY)
    window, canvas = application.window, application.window.canvas
    usual = canvas.invitation
    assert "from below" in usual
    settled(application, qtbot)
    written = canvas.grab().toImage()
    canvas.set_invitation("")
    assert canvas.grab().toImage() != written, "it is there to be read"
    QTest.keyClick(window, Qt.Key.Key_4)
    assert canvas.invitation == usual
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert not window.palette_strip.isVisible()
    assert window.hint_line.hint == window.chapter.about
    for key in (Qt.Key.Key_4, Qt.Key.Key_5, Qt.Key.Key_1):
        QTest.keyClick(window, key)
        assert "from below" not in canvas.invitation
        assert f"“{of_chapter(application.document.chapter)[0].title}” (Space)" in canvas.invitation
    QTest.keyClick(window, Qt.Key.Key_4)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert canvas.invitation == usual


@pytest.mark.parametrize("presenting", [False, True])
def test_a_number_key_without_a_chapter_says_for_a_while_which_there_are(
    presenting: bool, open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    window, line = application.window, application.window.hint_line
    window.resize(window.minimumSize())
    QTest.keyClick(window, Qt.Key.Key_4)
    if presenting:
        QTest.keyClick(window, Qt.Key.Key_F5)
    settled(application, qtbot)
    usual, focused = line.hint, window.focusWidget()
    there = "1 Live, 2 Equivariance, 3 Pooling, 4 Binding, 5 Sliding window"
    for pressed in "67890":
        QTest.keyClick(focused, pressed)
        assert line.text() == line.hint
        assert (
            line.hint.replace("\N{NO-BREAK SPACE}", " ")
            == f"There is no chapter {pressed}: {there}."
        )
        room = line.fontMetrics().boundingRect(line.rect(), Qt.TextFlag.TextWordWrap, line.hint)
        assert line.isVisible() and line.rect().contains(room), "it is there to be read"
        assert application.document.chapter == "binding"
        assert window.message_bar.text == ""
    window.hinting._passing.start(0)
    qtbot.waitUntil(lambda: line.hint == usual)
    QTest.keyClick(focused, "9")
    QTest.keyClick(focused, "5")
    told = line.hint
    assert "no chapter" not in told, "what is newer is said at once"
    for modifier in (Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier):
        QTest.keyClick(focused, "6", modifier)
        assert line.hint == told
    assert window.presenting.on == presenting
