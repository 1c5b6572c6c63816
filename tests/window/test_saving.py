"""A large drawing is saved while the window stays usable; a small one at once."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import numpy as np
import pytest
import scene_files
from opening import Open, answered
from pytestqt.qtbot import QtBot

from viz import disk
from viz.app import Application
from viz.errors import UserError
from viz.scene import Group, ImageLayer, Scene, Stroke
from viz.scene.edit import moved
from viz.window.saving import LARGE, is_large


def large_scene() -> Scene:
    points = np.random.default_rng(0).uniform(8, 24, (LARGE // 40 + 1, 2))
    return Scene(32, 64, (Group.of([Stroke(points, 0.1)]),))


class Disk:
    """Writes when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.may_write, self.error = Event(), ""
        real = disk.write

        def write(data: bytes, path: Path, **options: bool) -> None:
            if "drawing-" not in str(path):  # autosave's own
                assert self.may_write.wait(20)
                if self.error:
                    raise UserError(self.error)
            real(data, path, **options)

        monkeypatch.setattr(disk, "write", write)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "large.scene.json"


@pytest.fixture
def application(open_application: Open, qtbot: QtBot, file: Path) -> Application:
    """With a large drawing that belongs to a file, which does not hold it yet."""
    made = open_application(keep=True)
    answered(made, qtbot)
    made.document.open(large_scene(), file, "Open", saved=False)
    return made


def save(application: Application) -> None:
    application.window.commands.actions["save"].trigger()


def test_what_takes_long_is_large() -> None:
    assert is_large(large_scene())
    assert is_large(Scene(32, 64, (ImageLayer(np.zeros((1025, 1024), np.float32), (9, 9)),)))
    assert not is_large(Scene(32, 64, (ImageLayer(np.zeros((64, 64), np.float32), (9, 9)),)))
    assert not is_large(Scene(32, 64, (Group.of([Stroke([(3, 3), (9, 9)])]),)))


def test_a_large_drawing_is_saved_as_it_was_while_more_is_drawn(
    application: Application, qtbot: QtBot, file: Path, slow: Disk
) -> None:
    document, messages = application.document, application.window.messages
    before = document.scene
    save(application)
    assert not file.exists()
    qtbot.waitUntil(lambda: "is being written" in messages.text)
    document.apply(moved(before, [0], 3, 0), "Move")
    slow.may_write.set()
    qtbot.waitUntil(lambda: messages.text == f"Saved as {file}.")
    assert scene_files.load(file).scene == before
    assert [kept.scene for kept in document.kept] == [document.scene]
    document.undo_stack.undo()
    assert document.kept == (), "the file holds it"
    assert application.window.files.open_files.checksum(file) == disk.checksum(file)


def test_saving_again_meanwhile_writes_the_latest_last(
    application: Application, qtbot: QtBot, file: Path, slow: Disk
) -> None:
    document = application.document
    for shift in (1, 2, 3):
        save(application)
        document.apply(moved(document.scene, [0], shift, 0), "Move")
    save(application)
    slow.may_write.set()
    qtbot.waitUntil(lambda: document.kept == ())
    assert scene_files.load(file).scene == document.scene


def test_another_drawing_opened_meanwhile_does_not_get_the_file(
    application: Application, qtbot: QtBot, file: Path, slow: Disk
) -> None:
    messages = application.window.messages
    save(application)
    application.window.files.new()
    slow.may_write.set()
    qtbot.waitUntil(lambda: messages.text == f"Saved as {file}.")
    assert application.document.file is None
    assert application.document.kept == ()


def test_closing_waits_until_it_is_written(application: Application, file: Path) -> None:
    before = application.document.scene
    save(application)
    application.window.close()
    assert not application.window.isVisible()
    assert scene_files.load(file).scene == before
    assert application.document.kept == ()


def test_a_drawing_that_cannot_be_written_keeps_the_window_open_once(
    application: Application, file: Path, slow: Disk
) -> None:
    slow.error = "The disk is full."
    slow.may_write.set()
    application.window.show()
    save(application)
    application.window.close()
    assert application.window.isVisible()
    assert application.window.messages.text == "The disk is full."
    assert [kept.file for kept in application.document.kept] == [file]
    application.window.close()
    assert not application.window.isVisible()
