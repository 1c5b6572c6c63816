"""The list of a lecture's steps beside the stage: clicked, ordered, typed into, out of the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from opening import Open, answered, run_out, settled
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from three_steps import CONTROL, LECTURE, OWN, button, open_lecture, own_drawing, press, titles

from viz.app import Application
from viz.chapters.registry import known_ids
from viz.scene.digits import number
from viz.session import lecture_files
from viz.window.autosaver import AUTOSAVE_MS

LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


@pytest.fixture
def application(open_application: Open, qtbot: QtBot) -> Application:
    return own_drawing(open_application, qtbot)


@pytest.fixture
def lecture(application: Application, tmp_path: Path, qtbot: QtBot) -> Application:
    """The program with the lecture of three steps open at its first."""
    return open_lecture(application, tmp_path, qtbot)


def test_a_long_title_ends_in_dots_but_while_it_is_edited(lecture: Application) -> None:
    title = lecture.window.lecture_side.panel.title
    assert title.shown == "Three steps"
    lecture.window.lecture.rename_lecture("What a convolutional network does with a picture")
    assert title.shown.endswith("…") and title.text().startswith(title.shown[:-1])
    title.setFocus()
    assert title.shown == title.text()


def test_the_list_says_how_to_go_on_and_has_a_button_to_leave(lecture: Application) -> None:
    panel = lecture.window.lecture_side.panel
    assert "PageDown" in panel.keys.text() and panel.keys.isVisible()
    QTest.mouseClick(panel.close_button, Qt.MouseButton.LeftButton)
    assert not panel.isVisible() and not titles(lecture)


def test_a_click_in_the_list_goes_to_a_step(lecture: Application) -> None:
    steps = lecture.window.lecture_side.panel.steps
    at = steps.visualItemRect(steps.item(2)).center()
    QTest.mouseClick(steps.viewport(), LEFT, pos=at)
    QTest.qWait(1)
    assert lecture.document.scene == number("8") and lecture.window.lecture.index == 2
    press(lecture, Key.Key_PageUp)
    assert steps.currentRow() == 1


def test_the_list_reorders_renames_and_removes_by_keys(lecture: Application) -> None:
    window, steps = lecture.window, lecture.window.lecture_side.panel.steps
    steps.setFocus()
    QTest.keyClick(steps, Key.Key_Down)
    QTest.keyClick(steps, Key.Key_Down)
    QTest.qWait(1)
    assert lecture.document.scene == number("8")
    QTest.keyClick(steps, Key.Key_Up, CONTROL)
    assert titles(lecture) == ["A 31", "An 8", "It moves"] and window.lecture.index == 1
    QTest.keyClick(steps, Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert titles(lecture) == ["A 31", "It moves", "An 8"]
    QTest.keyClick(steps, Key.Key_Return)
    (editor,) = steps.findChildren(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "2 lines of <i>eight</i>")
    QTest.keyClick(editor, Key.Key_Return)
    QTest.qWait(1)  # Qt ends editing later
    assert titles(lecture)[2] == "2 lines of <i>eight</i>"
    assert lecture.document.view.chapter == "pooling", "digits in a title turn no page"
    assert steps.item(2).toolTip() == "<span>2 lines of &lt;i&gt;eight&lt;/i&gt;</span>"
    QTest.keyClick(steps, Key.Key_Delete)
    assert titles(lecture) == ["A 31", "It moves"]
    assert lecture.document.scene == number("8"), "the screen and its drawing stay"
    QTest.mouseClick(button(lecture, "Undo"), LEFT)
    assert titles(lecture) == ["A 31", "It moves", "2 lines of <i>eight</i>"]


def test_steps_removed_one_after_another_come_back_one_after_another(lecture: Application) -> None:
    window, steps = lecture.window, lecture.window.lecture_side.panel.steps
    steps.setFocus()
    for left in (["It moves", "An 8"], ["An 8"], []):
        QTest.keyClick(steps, Key.Key_Delete)
        assert titles(lecture) == left
    press(lecture, Key.Key_PageDown)
    assert window.hint_line.hint == "The lecture has no steps; Ctrl+L adds this screen to it."
    for _ in range(3):
        QTest.mouseClick(button(lecture, "Undo"), LEFT)
    assert titles(lecture) == ["A 31", "It moves", "An 8"]
    window.commands.actions["lecture_close"].trigger()
    assert window.messages.text == "“Three steps” was closed without being saved."


def test_dragging_in_the_list_reorders(lecture: Application) -> None:
    steps, lecture_ = lecture.window.lecture_side.panel.steps, lecture.window.lecture
    model = steps.model()
    assert model is not None
    root = steps.rootIndex()
    assert model.moveRow(root, 0, root, 3)  # what Qt does when it is dropped at the end
    assert titles(lecture) == ["It moves", "An 8", "A 31"]
    assert lecture_.title_of_step == "A 31" and steps.currentRow() == 2
    assert [steps.item(row).text() for row in range(3)] == titles(lecture)


def test_notes_are_written_beside_the_list(lecture: Application) -> None:
    window, note = lecture.window, lecture.window.lecture_side.panel.note
    assert note.toPlainText() == "Ask the <b>hall</b>."
    note.setFocus()
    note.selectAll()
    QTest.keyClicks(note, "Wait 3 s")
    assert window.lecture.steps[0].note == "Wait 3 s"
    QTest.keyClick(note, Key.Key_PageDown)
    QTest.qWait(1)
    assert note.toPlainText() == "Watch." and window.lecture.index == 1
    assert window.lecture.steps[0].note == "Wait 3 s"


def type_over(field: QLineEdit, text: str) -> None:
    """Type in the place of what stands in a field, with nothing that ends the typing."""
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def editor_of(application: Application, row: int) -> QLineEdit:
    """Begin to edit a step's title."""
    steps = application.window.lecture_side.panel.steps
    steps.editItem(steps.item(row))
    (editor,) = steps.findChildren(QLineEdit)
    return editor


def test_a_title_that_is_being_typed_is_saved(lecture: Application) -> None:
    window, file = lecture.window, lecture.window.lecture.file
    assert file is not None
    type_over(window.lecture_side.panel.title, "Four ")
    assert window.lecture_side.panel.title.text() == "Four ", "the blank is not taken away"
    QTest.keyClicks(window.lecture_side.panel.title, "steps")
    type_over(editor_of(lecture, 1), "It <moves> ")
    window.commands.actions["lecture_save"].trigger()
    saved = lecture_files.load(file, known_ids())
    assert saved.title == "Four steps" and saved.steps[1].title == "It <moves>"
    assert window.lecture.unsaved is None


@pytest.mark.parametrize("end", ["step", "close", "other", "add", "present"])
def test_a_title_that_is_being_typed_outlasts_whatever_comes(
    end: str, lecture: Application, qtbot: QtBot
) -> None:
    window = lecture.window
    editor = editor_of(lecture, 0)
    type_over(editor, "Typed")
    if end == "step":
        QTest.keyClick(editor, Key.Key_PageDown)
    elif end == "add":
        QTest.keyClick(editor, Key.Key_L, CONTROL)
    elif end == "present":
        QTest.keyClick(editor, Key.Key_F5)
    elif end == "other":
        window.lectures.open(LECTURE, Path("a.lecture.json"))
    else:
        window.commands.actions["lecture_close"].trigger()
    QTest.qWait(1)
    (kept,) = window.lectures.kept
    assert kept.lecture.steps[0].title == "Typed"
    if end == "step":
        assert window.lecture.index == 1
        panel = window.lecture_side.panel
        assert [panel.steps.item(row).text() for row in range(3)] == titles(lecture)


def test_what_is_typed_is_kept_where_a_killed_program_leaves_it(
    open_application: Open, qtbot: QtBot, own_home: Path
) -> None:
    application = open_application(OWN, keep=True)
    window, folder = application.window, own_home / "state" / "lenetscope" / "lectures"
    press(application, Key.Key_L, CONTROL)
    type_over(window.lecture_side.panel.title, "Half a ti")
    type_over(editor_of(application, 0), "Half a st")
    (keeper,) = (one for one in application.children() if type(one).__name__ == "LectureKeeper")
    run_out(keeper, AUTOSAVE_MS)
    qtbot.waitUntil(lambda: len(list(folder.glob("*.json"))) == 1)
    (file,) = folder.glob("*.json")
    text = file.read_text()
    assert "Half a ti" in text and "Half a st" in text


def test_esc_takes_a_typed_title_back_and_an_empty_one_is_none(lecture: Application) -> None:
    editor = editor_of(lecture, 2)
    QTest.keyClicks(editor, "!")
    assert titles(lecture)[2] == "!", "the editor begins with all of it selected"
    QTest.keyClick(editor, Key.Key_Escape)
    QTest.qWait(1)
    assert titles(lecture)[2] == "An 8"
    editor = editor_of(lecture, 2)
    QTest.keyClick(editor, Key.Key_End)
    for _ in "An 8":
        QTest.keyClick(editor, Key.Key_Backspace)
    QTest.keyClick(editor, Key.Key_Return)
    QTest.qWait(1)
    assert titles(lecture)[2] == "An 8"
    title = lecture.window.lecture_side.panel.title
    title.setFocus()
    for _ in "Three steps":
        QTest.keyClick(title, Key.Key_Backspace)
    QTest.keyClick(title, Key.Key_Return)
    assert title.text() == lecture.window.lecture.title == "Three steps"


def test_a_note_that_is_too_long_says_so(lecture: Application) -> None:
    window, note = lecture.window, lecture.window.lecture_side.panel.note
    note.setFocus()
    note.insertPlainText("x" * 10_000)
    assert len(window.lecture.steps[0].note) == 10_000
    assert window.hint_line.hint == ("A note has at most 10,000 characters; the rest was left out.")


def test_a_long_title_of_a_step_takes_two_lines(lecture: Application) -> None:
    steps = lecture.window.lecture_side.panel.steps
    one = steps.visualItemRect(steps.item(1)).height()
    lecture.window.lecture.rename(1, "What a convolutional network does with it")
    QTest.qWait(1)
    two = steps.visualItemRect(steps.item(1)).height()
    assert two == one + steps.fontMetrics().lineSpacing()


def test_in_a_narrow_window_the_list_waits_and_lies_over_the_stage(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    window = application.window
    window.resize(1000, 600)
    window.lectures.open(LECTURE, tmp_path / "a.lecture.json")
    panel, area = window.lecture_side.panel, window.area
    assert not panel.isVisible()
    window.commands.actions["lecture_list"].trigger()
    assert panel.isVisible() and area.width() == 1000
    panel.note.setFocus()
    QTest.keyClick(panel.note, Key.Key_Escape)
    assert not panel.isVisible() and window.focusWidget() is window.canvas
    assert not window.commands.actions["lecture_list"].isChecked()
    window.commands.actions["lecture_list"].trigger()
    window.resize(1300, 700)
    QTest.keyClick(window, Key.Key_Escape)
    assert panel.isVisible(), "it covers nothing"
    assert area.width() == 1300 - panel.width()


def test_what_is_enlarged_gives_the_keys_to_no_field_of_the_list(
    application: Application, qtbot: QtBot
) -> None:
    window, view = application.window, application.document.view
    window.lectures.open(LECTURE, Path("three.lecture.json"))
    settled(application, qtbot)
    assert window.lecture_side.panel.isVisible()
    for name in ("C3", "C5", "scores", "instrument", "C1:2"):
        window.canvas.setFocus()
        view.enlarged = name
        assert window.focusWidget() is window.stage, name
        view.enlarged = ""
        assert window.focusWidget() is window.canvas, name
    view.enlarged = "instrument"
    window.presentation.toggle()
    QTest.keyClick(window.stage, Key.Key_PageDown)
    answered(application, qtbot)  # it plays, and is measured as long
    assert window.lecture.index == 1 and window.focusWidget() is window.canvas
    window.presentation.toggle()
    assert window.focusWidget() is window.canvas
    assert window.lecture.title == "Three steps"
