"""Autosave in the window: a folder that vanishes, a disk that is full for a while, a large file."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import scene_files
from opening import Open, answered, run_out
from pytestqt.qtbot import QtBot

from viz import disk
from viz.app import Application
from viz.errors import UserError
from viz.model import autosave
from viz.recording import parse_process
from viz.scene.digits import number
from viz.window import autosaver, parsing


@pytest.fixture
def application(open_application: Open, qtbot: QtBot) -> Application:
    made = open_application(keep=True)
    answered(made, qtbot)  # or its thread would still import torch at the end
    return made


def after_a_second(application: Application) -> None:
    """Let the time be over after which the drawing is written."""
    (own,) = (one for one in application.children() if isinstance(one, autosaver.Autosaver))
    run_out(own, autosaver.AUTOSAVE_MS)


def kept(folder: Path) -> list[object]:
    return [scene_files.load(path).scene for path in folder.glob("drawing-*.json")]


@pytest.fixture
def folder(own_home: Path) -> Path:
    return own_home / "state" / "lenetscope" / "autosave"


def test_a_folder_that_vanishes_comes_back_without_a_change(
    application: Application, folder: Path, qtbot: QtBot
) -> None:
    application.document.apply(number("31"), "draw")
    after_a_second(application)
    qtbot.waitUntil(lambda: kept(folder) == [number("31")])
    shutil.rmtree(folder)
    qtbot.waitUntil(lambda: kept(folder) == [number("31")], timeout=20_000)


def test_a_full_disk_is_said_once_and_tried_again_without_a_change(
    application: Application, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise UserError("The disk is full; make room.")

    messages = application.window.messages
    with monkeypatch.context() as patch:
        patch.setattr(disk, "write", full)
        application.document.apply(number("31"), "draw")
        after_a_second(application)
        qtbot.waitUntil(lambda: messages.text == "The disk is full; make room.")
        messages.close()
        after_a_second(application)
        qtbot.wait(50)
        assert not messages.text
    qtbot.waitUntil(lambda: kept(folder) == [number("31")], timeout=20_000)


def test_a_screen_that_cannot_be_written_costs_no_drawing(
    application: Application, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dumps = autosaver.files.dumps

    def refuse(session: object, *more: object) -> str:
        if session.chapter != "live":  # type: ignore[attr-defined]
            raise UserError("This screen cannot be saved; undo.")
        return dumps(session, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(autosaver.files, "dumps", refuse)
    application.document.view.chapter = "pooling"
    application.document.apply(number("31"), "draw")
    after_a_second(application)
    qtbot.waitUntil(lambda: kept(folder) == [number("31")])
    assert not application.window.messages.text
    assert autosave.intact()


def test_while_a_file_is_read_the_window_says_so(
    application: Application, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process of a large file is not there yet: only what the window does meanwhile counts."""
    file, said = tmp_path / "7.scene.json", []
    scene_files.save(number("7"), file)
    read: Callable[..., object] = parse_process.read

    def slowly(*arguments: object) -> object:
        while not said:
            time.sleep(0.01)
        return read(*arguments)

    monkeypatch.setattr(parse_process, "read", slowly)
    monkeypatch.setattr(parsing, "PATIENCE_MS", 0)
    messages = application.window.messages
    application.window.files.open_paths([str(file)])
    qtbot.waitUntil(lambda: bool(messages.text))
    said.append(messages.text)
    qtbot.waitUntil(lambda: application.document.scene == number("7"))
    assert said == ["7.scene.json is being read; the window stays usable meanwhile."]
    assert not messages.text
