"""Lectures in the window: gone through with a clicker's keys, added to, changed, saved, kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from opening import Open, answered, run_out, settled
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters.registry import by_id, known_ids, of_chapter
from viz.scene.digits import number
from viz.session import lecture_files
from viz.session.lecture import DemonstrationStart, Lecture, Step
from viz.session.session import Session
from viz.window.autosaver import AUTOSAVE_MS
from viz.window.lecture import Kept

CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key
OWN = number("6")
DEMONSTRATION = of_chapter("binding")[0]
LECTURE = Lecture(
    "Three steps",
    (
        Step("A 31", "Ask the <b>hall</b>.", Session(number("31"), "equivariance", "residual")),
        Step("It moves", "Watch.", demonstration=DemonstrationStart(DEMONSTRATION.id, 1.0)),
        Step("An 8", session=Session(number("8"), "pooling", network="average")),
    ),
)


@pytest.fixture
def application(open_application: Open, qtbot: QtBot) -> Application:
    application = open_application(OWN)
    application.window.canvas.setFocus()
    settled(application, qtbot)
    return application


@pytest.fixture
def lecture(application: Application, tmp_path: Path, qtbot: QtBot) -> Application:
    """The program with the lecture of three steps open at its first."""
    path = tmp_path / "three.lecture.json"
    lecture_files.save(LECTURE, path, known_ids())
    application.window.files.open_paths([str(path)])
    qtbot.waitUntil(lambda: application.document.scene == number("31"))
    return application


def press(application: Application, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    """Press a key in the main window and let what it asks for come."""
    QTest.keyClick(application.window, key, *modifiers)
    QTest.qWait(1)


def titles(application: Application) -> list[str]:
    return [step.title for step in application.window.lecture.steps]


def button(application: Application, text: str) -> QPushButton:
    found = application.window.messages.bar.findChildren(QPushButton)
    (one,) = (one for one in found if one.text() == text and one.isVisible())
    return one


def test_a_clicker_goes_through_it(lecture: Application, qtbot: QtBot) -> None:
    window, document, player = lecture.window, lecture.document, lecture.window.player
    assert (document.view.chapter, document.view.instrument) == ("equivariance", "residual")
    press(lecture, Key.Key_PageDown)
    assert document.view.chapter == "binding" and player.demonstration is DEMONSTRATION
    assert player.playing and player.time >= 1.0
    press(lecture, Key.Key_PageDown)
    assert document.scene == number("8") and document.network == "average"
    assert not player.playing and player.demonstration is None
    press(lecture, Key.Key_PageDown)
    assert window.hint_line.hint == "This is the last step of the lecture."
    assert document.scene == number("8") and window.lecture.place == "Step 3 of 3"
    press(lecture, Key.Key_PageUp)
    assert player.playing and document.network == "max"
    press(lecture, Key.Key_PageUp)
    press(lecture, Key.Key_PageUp)
    assert window.hint_line.hint == "This is the first step of the lecture."
    assert document.scene == number("31")


def test_it_goes_on_while_presenting(lecture: Application, qtbot: QtBot) -> None:
    window = lecture.window
    assert window.lecture_side.panel.isVisible()
    press(lecture, Key.Key_F5)
    assert not window.lecture_side.panel.isVisible()
    assert window.area.width() == window.width()
    press(lecture, Key.Key_PageDown)
    press(lecture, Key.Key_PageDown)
    assert lecture.document.scene == number("8")
    press(lecture, Key.Key_Escape)
    assert window.lecture_side.panel.isVisible()


def test_a_hall_reads_what_a_still_step_is_about(lecture: Application) -> None:
    window = lecture.window
    press(lecture, Key.Key_F5)
    assert window.hint_line.hint == "A 31"
    press(lecture, Key.Key_PageDown)
    assert window.hint_line.hint == DEMONSTRATION.watch, "while it plays, what to watch"
    press(lecture, Key.Key_PageUp)
    assert window.hint_line.hint == "A 31"
    press(lecture, Key.Key_4)
    assert window.hint_line.hint == window.panels.chapter.claim, "another screen"
    press(lecture, Key.Key_PageUp)
    press(lecture, Key.Key_PageDown)
    press(lecture, Key.Key_PageDown)
    assert window.hint_line.hint == "An 8"
    press(lecture, Key.Key_Escape)
    assert window.hint_line.hint != "An 8", "one's own window says what to try"


def test_a_held_step_counts_the_shift_from_where_its_demonstration_begins(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    window, shift = application.window, of_chapter("equivariance")[0]
    steps = (
        Step("It plays", demonstration=DemonstrationStart(shift.id, 8.0, instrument="difference")),
        Step("It stands", demonstration=DemonstrationStart(shift.id, 4.5, playing=False,
                                                           instrument="difference")),
    )  # fmt: skip
    path = tmp_path / "two.lecture.json"
    lecture_files.save(Lecture("Two", steps), path, known_ids())
    window.files.open_paths([str(path)])
    qtbot.waitUntil(lambda: window.player.playing)
    qtbot.waitUntil(lambda: window.player.time > 8.1)
    for _ in range(2):
        press(application, Key.Key_PageDown)
        settled(application, qtbot)
        result = window.panels.shown.current.result  # type: ignore[union-attr]
        assert result.measured.shift == (12.0, 0.0)
        assert result.measured.layers["S4"].interior == pytest.approx(0.0, abs=1e-6)
        press(application, Key.Key_PageUp)


def test_a_long_title_ends_in_dots_but_while_it_is_edited(lecture: Application) -> None:
    title = lecture.window.lecture_side.panel.title
    assert title.shown == "Three steps"
    lecture.window.lecture.rename_lecture("What a convolutional network does with a picture")
    assert title.shown.endswith("…") and title.text().startswith(title.shown[:-1])
    title.setFocus()
    assert title.shown == title.text()


def test_keys_faster_than_steps_come_show_the_last_alone(lecture: Application) -> None:
    window, shown = lecture.window, []
    lecture.document.scene_changed.connect(lambda: shown.append(lecture.document.scene))
    QTest.keyClick(window, Key.Key_PageDown)
    QTest.keyClick(window, Key.Key_PageDown)
    assert shown == [], "only once the keys are through"
    QTest.qWait(1)
    assert shown == [number("8")] and window.lecture.index == 2


def test_what_was_drawn_is_not_lost_and_steps_are_no_drawings(lecture: Application) -> None:
    document = lecture.document
    for _ in range(3):
        press(lecture, Key.Key_PageDown)
    assert [kept.scene for kept in document.kept] == [OWN]
    document.apply(number("44"), "draw")  # into the last step
    press(lecture, Key.Key_PageUp)
    assert [kept.scene for kept in document.kept] == [OWN, number("44")]
    lecture.window.player.pause()
    while document.undo_stack.canUndo() and document.scene != OWN:
        document.undo_stack.undo()
    assert document.scene == OWN


def test_one_step_is_one_undo(lecture: Application) -> None:
    lecture.document.undo_stack.undo()
    assert lecture.document.scene == OWN
    assert lecture.window.lecture.index == 0


def test_without_a_lecture_the_keys_are_the_demonstrations(application: Application) -> None:
    window, actions = application.window, application.window.commands.actions
    first = of_chapter("live")[0]
    press(application, Key.Key_PageDown)
    assert window.player.demonstration is first
    assert actions["next"].isEnabled() and not actions["lecture_next"].isEnabled()
    press(application, Key.Key_L, CONTROL)
    assert not actions["next"].isEnabled() and actions["lecture_next"].isEnabled()
    actions["lecture_close"].trigger()
    assert actions["next"].isEnabled() and not actions["lecture_next"].isEnabled()


def test_screens_are_added_saved_and_open_again(
    application: Application, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, document = application.window, application.document
    press(application, Key.Key_L, CONTROL)
    assert window.lecture_side.panel.isVisible(), "of a new lecture"
    assert window.hint_line.hint == "“Live · Unit” is now step 1 of 1."
    document.view.chapter = "binding"
    window.player.bring_on(DEMONSTRATION)
    window.player.pause()
    window.player.seek(2.5)
    press(application, Key.Key_L, CONTROL)
    document.toggle_ablation("C1", 3)  # a demonstration's step would not have it
    press(application, Key.Key_L, CONTROL)
    own, demonstrated, ablated = window.lecture.steps
    assert own.session is not None and own.session.scene == OWN
    assert demonstrated.title == f"Binding · {DEMONSTRATION.title}"
    start = demonstrated.demonstration
    assert start is not None and start.id == DEMONSTRATION.id
    assert start.time == 2.5 and not start.playing
    assert ablated.session is not None and ablated.session.ablated == {"C1": frozenset({3})}

    path = tmp_path / "mine.lecture.zip"
    monkeypatch.setattr(QFileDialog, "exec", lambda dialog: True)
    monkeypatch.setattr(QFileDialog, "selectedFiles", lambda dialog: [str(path)])
    window.commands.actions["lecture_save_as"].trigger()
    assert window.lecture.unsaved is None
    window.lecture.rename(2, "Without map 3")
    assert window.lecture.unsaved is not None
    window.commands.actions["lecture_save"].trigger()
    assert window.lecture.unsaved is None
    window.commands.actions["lecture_close"].trigger()
    assert not window.lecture_side.panel.isVisible() and window.messages.text.startswith("Saved")
    window.files.open_paths([str(path)])
    qtbot.waitUntil(lambda: document.scene == OWN)
    assert titles(application) == [own.title, demonstrated.title, "Without map 3"]
    press(application, Key.Key_PageDown)
    assert document.scene == by_id(DEMONSTRATION.id).scene_at(2.5) and not document.ablated
    press(application, Key.Key_PageDown)
    assert document.ablated == {"C1": frozenset({3})}


def test_added_in_the_middle(lecture: Application) -> None:
    press(lecture, Key.Key_L, CONTROL)
    assert titles(lecture) == ["A 31", "Equivariance · Residual", "It moves", "An 8"]
    assert lecture.window.lecture.index == 1


def test_a_demonstration_that_was_taken_over_is_a_session(application: Application) -> None:
    window, document = application.window, application.document
    window.player.bring_on(of_chapter("live")[0])
    document.apply(number("44"), "draw")
    press(application, Key.Key_L, CONTROL)
    (step,) = window.lecture.steps
    assert step.session is not None and step.session.scene == number("44")


def test_an_instrument_with_settings_of_its_own_is_a_session_and_plays(
    application: Application, qtbot: QtBot
) -> None:
    window, document = application.window, application.document
    document.view.chapter = "pooling"
    window.player.bring_on(of_chapter("pooling")[0])
    press(application, Key.Key_L, CONTROL)
    panel = window.panels.shown
    assert panel is not None
    (maps,) = (one for one in panel.instruments if one.id == "pooling-maps")
    before = maps.state()
    maps.restore({**before, "operator": {**before["operator"], "kind": "average"}})
    changed = maps.state()
    assert changed != before
    press(application, Key.Key_L, CONTROL)
    first, second = window.lecture.steps
    assert first.demonstration is not None and first.demonstration.playing
    assert second.session is not None
    press(application, Key.Key_1)
    press(application, Key.Key_PageUp)
    assert maps.state() == before and window.player.playing
    press(application, Key.Key_PageDown)
    assert maps.state() == changed and window.player.playing


# The list


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


# Files


def test_a_broken_file_is_one_message(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.lecture.zip"
    path.write_bytes(b"PK nothing")
    application.window.files.open_paths([str(path)])
    qtbot.waitUntil(lambda: application.window.messages.text != "")
    text = application.window.messages.text
    assert (
        text
        == "a.lecture.zip: This is not a LeNetScope lecture: it is damaged; choose another one."
    )
    assert not application.window.lecture.is_open and application.document.scene == OWN


def test_a_file_that_is_gone_or_another_is_written_anew_and_a_lost_folder_says_so(
    lecture: Application,
) -> None:
    window, file = lecture.window, lecture.window.lecture.file
    assert file is not None
    save = window.commands.actions["lecture_save"].trigger
    window.lecture.rename(0, "First")
    file.unlink()
    save()
    assert lecture_files.load(file, known_ids()).steps[0].title == "First"
    file.write_bytes(b"PK of another program")
    window.lecture.rename(0, "Second")
    save()
    assert file.read_bytes() == b"PK of another program", "not without asking"
    (button,) = [
        b for b in window.messages.bar.findChildren(QPushButton) if b.text() == "Overwrite"
    ]
    button.click()
    assert lecture_files.load(file, known_ids()).steps[0].title == "Second"
    window.lecture.rename(0, "Third")
    file.unlink()
    window.lecture.file = file.parent / "gone" / file.name
    save()
    assert "cannot be written (No such file" in window.messages.text
    assert window.lecture.unsaved is not None


def test_a_step_that_cannot_be_shown_says_so_and_is_passed(application: Application) -> None:
    window = application.window
    gone = Step("Gone", demonstration=DemonstrationStart("no-such"))
    window.lectures.open(replace(LECTURE, steps=(gone, *LECTURE.steps)), Path("a.lecture.json"))
    QTest.qWait(1)
    assert window.messages.text.startswith("Step 1 cannot be shown: There is no demonstration")
    assert application.document.scene == OWN
    press(application, Key.Key_PageDown)
    assert application.document.scene == number("31")


def test_a_dropped_lecture_opens(application: Application, qtbot: QtBot, tmp_path: Path) -> None:
    path, canvas = tmp_path / "three.lecture.zip", application.window.canvas
    lecture_files.save(LECTURE, path, known_ids())
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at = QPointF(canvas.rect().center())
    canvas.dropEvent(
        QDropEvent(at, Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    )
    qtbot.waitUntil(lambda: application.window.lecture.is_open)
    assert application.window.lecture.file == path


# Nothing is lost


def test_an_unsaved_lecture_that_is_closed_can_be_brought_back(lecture: Application) -> None:
    window = lecture.window
    window.lecture.rename(0, "Changed")
    window.commands.actions["lecture_close"].trigger()
    assert window.messages.text == "“Three steps” was closed without being saved."
    QTest.mouseClick(button(lecture, "Open it again"), LEFT)
    QTest.qWait(1)
    assert titles(lecture)[0] == "Changed" and window.lecture.unsaved is not None


def test_an_unsaved_lecture_is_offered_at_the_next_start(
    open_application: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_application(OWN, keep=True)
    press(first, Key.Key_L, CONTROL)
    first.window.lecture.rename(0, "Mine")
    first.window.close()
    monkeypatch.setattr("viz.model.autosave._own_name", lambda: "drawing-1-1.json")
    monkeypatch.setattr("viz.model.autosave._runs", lambda *_: False)
    second = open_application(keep=True)
    assert second.window.messages.text == "Your last drawing is back."
    QTest.mouseClick(button(second, "Close"), LEFT)
    assert second.window.messages.text == (
        "The lecture “New lecture” was not saved when LeNetScope ended; a copy was kept."
    )
    QTest.mouseClick(button(second, "Open it"), LEFT)
    assert titles(second) == ["Mine"]
    (kept,) = second.window.lectures.kept
    assert isinstance(kept, Kept) and kept.file is None
    second.window.close()


def test_a_lecture_is_kept_within_moments_and_forgotten_once_saved(
    open_application: Open, qtbot: QtBot, own_home: Path, tmp_path: Path
) -> None:
    application = open_application(OWN, keep=True)
    window, folder = application.window, own_home / "state" / "lenetscope" / "lectures"
    (keeper,) = (one for one in application.children() if type(one).__name__ == "LectureKeeper")
    press(application, Key.Key_L, CONTROL)
    run_out(keeper, AUTOSAVE_MS)
    qtbot.waitUntil(lambda: len(list(folder.glob("*.json"))) == 1)
    monkey = tmp_path / "a.lecture.json"
    lecture_files.save(LECTURE, monkey, known_ids())
    window.lecture.saved_as(monkey)
    run_out(keeper, AUTOSAVE_MS)
    qtbot.waitUntil(lambda: not list(folder.glob("*.json")))


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
