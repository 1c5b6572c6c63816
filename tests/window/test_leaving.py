"""Closing the window where nothing can be kept for next time: the user is asked once."""

from __future__ import annotations

from pathlib import Path

import pytest
import scene_files
from opening import Open, answered
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters.registry import known_ids
from viz.model import settings
from viz.scene.digits import number
from viz.session import lecture_files


@pytest.fixture
def application(open_application: Open, qtbot: QtBot, own_home: Path) -> Application:
    """With a drawing, and a state folder that cannot be written."""
    made = open_application(number("31"), keep=True)
    answered(made, qtbot)  # or its thread would still import torch at the end
    own_home.mkdir(exist_ok=True)
    (own_home / "state").write_text("a file where the folder should be")
    return made


def quit_(application: Application) -> str:
    """Press Ctrl+Q; what is said, "" if the window is gone."""
    QTest.keyClick(application.window.canvas, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    window = application.window
    return window.messages.text if window.isVisible() else ""


def press(application: Application, text: str) -> None:
    buttons = application.window.messages.bar.findChildren(QPushButton)
    next(one for one in buttons if one.text() == text and not one.isHidden()).click()


def test_the_user_is_told_why_and_quits_by_asking_again(application: Application) -> None:
    said = quit_(application)
    assert said.startswith("What is not saved cannot be kept for next time. Unsaved drawings")
    assert said.endswith("Quit again to leave without it.")
    assert not quit_(application)


def test_what_has_changed_since_is_asked_about_again(application: Application) -> None:
    assert quit_(application)
    press(application, "Close")
    assert quit_(application).endswith("Quit again to leave without it.")


def test_it_can_be_left_without(application: Application) -> None:
    assert quit_(application)
    press(application, "Quit without it")
    assert not application.window.isVisible()


def test_everything_can_be_saved_elsewhere(
    application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    application.window.lectures.add()
    application.document.open(number("5"), None, "open")
    assert quit_(application)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "none"))
    press(application, "Save elsewhere…")
    assert "cannot be written" in application.window.messages.text
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    press(application, "Save elsewhere…")
    assert not application.window.isVisible()
    saved = [tmp_path / f"drawing{end}.scene.json" for end in ("", "-2")]
    assert [scene_files.load(file).scene for file in saved] == [number("31"), number("5")]
    lecture = tmp_path / "lecture.lecture.json"
    assert len(lecture_files.load(lecture, known_ids()).steps) == 1
    assert settings.recent_files()[:3] == [str(file) for file in (lecture, *reversed(saved))]


def test_while_presenting_no_dialog_opens_and_the_window_can_be_left(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> str:
        raise AssertionError("a dialog opened")

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", never)
    application.document.view.presenting = True
    assert quit_(application)
    press(application, "Save elsewhere…")
    assert "No dialog opens while presenting" in application.window.messages.text
    assert quit_(application).endswith("Quit again to leave without it.")
    assert not quit_(application)


def test_a_signal_asks_nothing_and_says_why(
    application: Application, capsys: pytest.CaptureFixture[str]
) -> None:
    application.leave()
    assert not application.window.isVisible()
    assert capsys.readouterr().err.startswith("lenetscope: Unsaved drawings cannot be backed up in")


def test_where_all_is_kept_nothing_is_asked(open_application: Open, own_home: Path) -> None:
    application = open_application(number("31"), keep=True)
    assert not quit_(application)
    assert len(list((own_home / "state").rglob("drawing-*.json"))) == 1
