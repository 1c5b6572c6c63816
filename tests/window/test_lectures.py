"""Lectures in the window: gone through with a clicker's keys, added to, saved, kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from opening import Open, run_out, settled
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot
from three_steps import (
    CONTROL,
    DEMONSTRATION,
    LECTURE,
    OWN,
    button,
    open_lecture,
    own_drawing,
    press,
    titles,
)

from viz.app import Application
from viz.chapters.registry import by_id, known_ids, of_chapter
from viz.scene.digits import number
from viz.session import lecture_files
from viz.session.lecture import DemonstrationStart, Lecture, Step
from viz.window.autosaver import AUTOSAVE_MS
from viz.window.lecture import Kept

LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


@pytest.fixture
def application(open_application: Open, qtbot: QtBot) -> Application:
    return own_drawing(open_application, qtbot)


@pytest.fixture
def lecture(application: Application, tmp_path: Path, qtbot: QtBot) -> Application:
    """The program with the lecture of three steps open at its first."""
    return open_lecture(application, tmp_path, qtbot)


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


def test_the_drawing_from_before_comes_back_with_leaving(lecture: Application) -> None:
    window, document = lecture.window, lecture.document
    for _ in range(2):
        press(lecture, Key.Key_PageDown)
    assert document.network == "average"
    document.toggle_ablation("C1", 3)
    window.commands.actions["lecture_close"].trigger()
    assert document.scene == OWN and document.network == "max" and not document.ablated
    assert document.view.chapter == "live" and window.player.demonstration is None
    assert [kept.scene for kept in document.kept] == [OWN]
    assert "from before the lecture" in window.hint_line.hint
    document.undo_stack.undo()
    assert document.scene == number("8") and document.network == "average"


def test_what_was_drawn_into_the_last_step_is_one_undo_away(lecture: Application) -> None:
    window, document = lecture.window, lecture.document
    press(lecture, Key.Key_PageDown)
    lecture.window.player.pause()
    document.apply(number("44"), "draw")
    window.commands.actions["lecture_close"].trigger()
    assert document.scene == OWN
    assert [kept.scene for kept in document.kept] == [number("44"), OWN], "a crash brings OWN back"
    document.undo_stack.undo()
    assert document.scene == number("44")


def test_a_drawing_opened_meanwhile_stays_when_the_lecture_is_left(lecture: Application) -> None:
    document, close = lecture.document, lecture.window.commands.actions["lecture_close"].trigger
    document.open(number("7"), None, "open")
    close()
    assert document.scene == number("7")


def test_of_several_drawings_between_steps_the_last_comes_back(lecture: Application) -> None:
    document, close = lecture.document, lecture.window.commands.actions["lecture_close"].trigger
    document.open(number("7"), None, "open")
    press(lecture, Key.Key_PageDown)
    close()
    assert document.scene == number("7") and document.kept[-1].scene == number("7")
    close()
    assert document.scene == number("7")


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
