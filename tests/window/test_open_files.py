"""A file that another program changed or removed while it is open is never overwritten silently."""

from __future__ import annotations

from pathlib import Path

import pytest
import scene_files
from opening import Open, answered
from PyQt6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters.registry import known_ids
from viz.model import autosave
from viz.scene.digits import number
from viz.session import files, lecture_files
from viz.session.lecture import Lecture, Step
from viz.session.session import Session

CHANGED = (
    "7.scene.json was changed by another program since it was opened; nothing has been saved yet."
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "7.scene.json"
    scene_files.save(number("7"), path)
    return path


@pytest.fixture
def application(open_application: Open, qtbot: QtBot, file: Path) -> Application:
    """With the file open, and changed."""
    made = open_application(keep=True)
    answered(made, qtbot)  # or its thread would still import torch at the end
    made.window.files.open_paths([str(file)])
    qtbot.waitUntil(lambda: made.document.file == file)
    made.document.apply(number("71"), "draw")
    return made


def save(application: Application) -> str:
    """Save, and return what is said."""
    application.window.commands.actions["save"].trigger()
    return application.window.messages.text


def press(application: Application, text: str) -> None:
    buttons = application.window.messages.bar.findChildren(QPushButton)
    next(one for one in buttons if one.text() == text and not one.isHidden()).click()


def test_a_file_that_nobody_else_changed_is_saved_at_once(
    application: Application, file: Path
) -> None:
    file.touch()  # only another time
    assert save(application) == f"Saved as {file}."
    application.document.apply(number("72"), "draw")
    assert save(application) == f"Saved as {file}."
    assert scene_files.load(file).scene == number("72")


@pytest.mark.parametrize("presenting", [False, True])
def test_a_changed_file_is_overwritten_only_when_that_is_chosen(
    application: Application, file: Path, presenting: bool
) -> None:
    scene_files.save(number("9"), file)
    application.document.view.presenting = presenting
    assert save(application) == CHANGED
    assert scene_files.load(file).scene == number("9")
    press(application, "Overwrite")
    assert scene_files.load(file).scene == number("71")
    application.document.apply(number("72"), "draw")
    assert save(application) == f"Saved as {file}."


def test_a_changed_file_can_be_left_and_another_saved(
    application: Application, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene_files.save(number("9"), file)
    assert save(application) == CHANGED
    other = tmp_path / "other.scene.json"
    monkeypatch.setattr(QFileDialog, "exec", lambda dialog: True)
    monkeypatch.setattr(QFileDialog, "selectedFiles", lambda dialog: [str(other)])
    press(application, "Save as…")
    assert scene_files.load(other).scene == number("71")
    assert scene_files.load(file).scene == number("9")
    assert application.document.file == other


def test_the_question_goes_with_the_drawing_it_asks_about(
    application: Application, file: Path
) -> None:
    scene_files.save(number("9"), file)
    assert save(application) == CHANGED
    application.window.files.new()
    assert application.window.messages.text == ""


def test_a_removed_file_is_saved_anew_and_that_is_said(
    application: Application, file: Path
) -> None:
    file.unlink()
    assert save(application) == f"{file} had been removed by another program; it was saved anew."
    assert scene_files.load(file).scene == number("71")


def test_after_a_crash_it_is_still_known_what_the_file_held(
    application: Application,
    file: Path,
    open_application: Open,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    application.window.close()
    scene_files.save(number("9"), file)
    monkeypatch.setattr(autosave, "_own_name", lambda: "drawing-1-1.json")
    monkeypatch.setattr(autosave, "_runs", lambda *_: False)
    again = open_application(keep=True)
    assert again.window.messages.text.startswith(
        "Your last drawing is back, but 7.scene.json has since been changed on the disk"
    )
    assert save(again) == CHANGED
    assert scene_files.load(file).scene == number("9")


def test_what_autosave_notes_comes_back() -> None:
    text = files.dumps(Session(number("7")), known_ids(), Path("/a.scene.json"), "5e" * 32)
    content = files.parse(text.encode(), known_ids())
    assert (content.file, content.checksum) == (Path("/a.scene.json"), "5e" * 32)


def test_a_lecture_that_another_program_changed_is_not_overwritten(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.lecture.json"
    steps = (Step("One", session=Session(number("1"))),)
    lecture_files.save(Lecture("Mine", steps), path, known_ids())
    window = open_application().window
    window.lectures.open_path(path)
    qtbot.waitUntil(lambda: window.lecture.is_open)
    window.lecture.rename_lecture("Mine, changed")
    lecture_files.save(Lecture("Another's", steps), path, known_ids())
    window.commands.actions["lecture_save"].trigger()
    assert window.messages.text.startswith("a.lecture.json was changed by another program")
    assert lecture_files.load(path, known_ids()).title == "Another's"
