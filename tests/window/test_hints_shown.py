"""Hinting in the real window: an empty canvas says how to go on, by what can be done there."""

from __future__ import annotations

import pytest
from opening import Open, run_out, settled
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.chapters.registry import chapter_ids, chapters, of_chapter
from viz.scene import Group, Scene, Stroke
from viz.scene.digits import digit, number
from viz.window.hints import MANY, PASSING_MS, REMIND_MS

EMPTY = Scene(32, 64)


@pytest.mark.parametrize("chapter", [c.id for c in chapters() if c.id != "live"])
def test_an_empty_canvas_names_what_space_plays(
    chapter: str, open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(EMPTY)
    window, line = application.window, application.window.hint_line
    live = line.hint
    assert "Draw a digit" in live
    QTest.keyClick(window, Qt.Key(Qt.Key.Key_1 + chapter_ids().index(chapter)))
    first, *_, last = of_chapter(chapter) * 2  # of a single one the last is the first
    assert f"“{first.title}”" in line.hint
    assert "Space" in line.hint and "drag one" in line.hint
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert window.player.demonstration is first
    assert line.hint == first.watch
    for _ in of_chapter(chapter):  # at the last there is no next
        QTest.keyClick(window, Qt.Key.Key_PageDown)
    assert window.player.demonstration is last
    window.commands.actions["new"].trigger()
    assert f"Space continues “{last.title}”" in line.hint
    assert "move" not in line.hint, "there is nothing to move"
    run_out(window, REMIND_MS)
    assert "taken over" not in line.hint
    assert f"Space plays “{last.title}”" in line.hint
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
    assert window.hint_line.hint == window.panels.chapter.claim
    for index, chapter in enumerate(chapter_ids()):
        QTest.keyClick(window, str(index + 1))
        assert application.document.view.chapter == chapter
        assert "from below" not in canvas.invitation
        assert f"“{of_chapter(chapter)[0].title}” (Space)" in canvas.invitation
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
    last = max(chapter.number for chapter in chapters())
    beyond = set("0123456789") - {str(chapter.number) for chapter in chapters()}
    assert "0" in beyond
    for pressed in beyond:
        QTest.keyClick(focused, pressed)
        assert line.text() == line.hint
        assert (
            line.hint.replace("\N{NO-BREAK SPACE}", " ")
            == f"There is no chapter {pressed}; keys 1 to {last} turn to the chapters."
        )
        room = line.fontMetrics().boundingRect(line.rect(), Qt.TextFlag.TextWordWrap, line.hint)
        assert line.isVisible() and line.rect().contains(room), "it is there to be read"
        assert application.document.view.chapter == "binding"
        assert window.messages.text == ""
    run_out(window, PASSING_MS)
    assert line.hint == usual
    QTest.keyClick(focused, "0")
    assert line.hint != usual
    QTest.keyClick(focused, "5")
    told = line.hint
    assert "no chapter" not in told, "what is newer is said at once"
    QTest.keyClick(focused, "0", Qt.KeyboardModifier.ControlModifier)
    assert line.hint == told
    QTest.keyClick(focused, "0", Qt.KeyboardModifier.AltModifier)
    there = "1 Reading, 2 Cost, 3 Training, 4 No segmentation, 5 Examples, 6 Unit"
    told = f"This chapter has no instrument 0; it has {there}."
    assert line.hint.replace("\N{NO-BREAK SPACE}", " ") == told
    assert window.view.presenting == presenting


def test_each_instrument_says_what_to_try_with_it(open_application: Open) -> None:
    application = open_application(number("31"))
    document, canvas = application.document, application.window.canvas
    window, line = application.window, application.window.hint_line
    canvas.set_tool("eraser")
    wiping = line.hint
    canvas.set_tool("select")
    usual, told = line.hint, []
    for chapter in [c.id for c in chapters()]:
        document.view.chapter = chapter
        panel = window.panels.shown
        assert panel is not None
        for one in panel.instruments:
            if one.id in ("displacement", "difference"):  # of one digit nothing can be measured
                assert "whole drawing (Ctrl+A)" in one.hint and "digit" not in one.hint
        blank = set()
        for instrument in filter(lambda one: one.hint, panel.instruments):
            panel.choose(instrument.id)
            told.append(line.hint)
            canvas.set_tool("eraser")
            assert line.hint == wiping
            canvas.set_tool("select")
            document.apply(EMPTY, "clear")
            blank.add(line.hint)
            document.undo_stack.undo()
        assert len(blank) <= 1, "on an empty canvas there is nothing to try"
    assert told and usual not in told
    assert len(set(told)) == len(told), "each has a sentence of its own"


@pytest.mark.parametrize("dots", [0, MANY])
def test_a_drawing_that_is_not_read_is_told_why_once_it_rests(
    open_application: Open, qtbot: QtBot, dots: int
) -> None:
    application = open_application(number("31"))
    window, line = application.window, application.window.hint_line
    settled(application, qtbot)
    dot = Group.of([Stroke([(4, 16)])])
    usual, edge = line.hint, Scene(32, 64, (*(dot,) * dots, digit(3, centre=(4, 16))))
    application.document.apply(edge, "edge")
    assert line.hint == usual, "it may be on its way"
    told = "The drawing lies outside the network's reach; press C to centre it."
    qtbot.waitUntil(lambda: line.hint == told)
    QTest.keyClick(window, "0")
    assert "no chapter" in line.hint
    run_out(window, PASSING_MS)
    assert line.hint == told
    QTest.keyClick(window, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: line.hint == usual)
    application.document.undo_stack.undo()
    qtbot.waitUntil(lambda: line.hint == told)
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert line.hint == window.player.demonstration.watch
