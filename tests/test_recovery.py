"""Recovery: whatever becomes of the program, what the user drew comes back; driven by real keys."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from staging import DEMOS, shelve

from viz.app import Application
from viz.chapters.registry import known_ids
from viz.model import autosave
from viz.model.snapshot import Unit
from viz.recording import parse_process
from viz.scene import Scene
from viz.scene.digits import number
from viz.session import files
from viz.session.session import Session
from viz.window import autosaver

OWN = number("77", height=32, width=64)
IDS = known_ids()

Start = Callable[[], Application]


@pytest.fixture
def start(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start the program, each time as another process; one that runs is closed before."""
    opened: list[Application] = []
    shelve(monkeypatch, {"live": DEMOS, "pooling": DEMOS})

    def start_() -> Application:
        if opened:
            opened[-1].window.close()
        name = f"drawing-{999_999_000 + len(opened)}-1.json"
        monkeypatch.setattr(autosave, "_own_name", lambda: name)
        application = Application(keep=True)
        opened.append(application)
        window = application.window
        qtbot.addWidget(window)
        window.resize(1280, 720)
        window.show()
        with qtbot.waitActive(window):
            window.activateWindow()
        window.canvas.setFocus()
        return application

    yield start_
    opened[-1].window.close()


def press(application: Application, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(application.window.canvas, key)


def draw(application: Application) -> None:
    canvas = application.window.canvas
    canvas.set_tool("pen")
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, left, pos=canvas.to_widget(50, 8).toPoint())
    for y in range(9, 26):
        QTest.mouseMove(canvas, canvas.to_widget(50, y).toPoint())
    QTest.mouseRelease(canvas, left, pos=canvas.to_widget(50, 25).toPoint())


def push(application: Application, text: str) -> None:
    bar = application.window.messages.bar
    (button,) = (b for b in bar.findChildren(QPushButton) if b.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_an_arrow_key_in_a_demonstration_costs_no_drawing(start: Start, qtbot: QtBot) -> None:
    application = start()
    application.document.apply(OWN, "draw")
    press(application, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: application.window.player.time > 0)
    press(application, Qt.Key.Key_Left)
    assert application.window.player.taken_over
    again = start()
    assert again.document.scene == OWN
    assert again.window.messages.text == "Your last drawing is back."


def test_a_stroke_drawn_into_a_demonstration_comes_back_and_so_does_the_drawing(
    start: Start, qtbot: QtBot
) -> None:
    application = start()
    application.document.apply(OWN, "draw")
    press(application, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: application.window.player.time > 0)
    draw(application)
    drawn = application.document.scene
    assert len(drawn.items) == 2
    press(application, Qt.Key.Key_Space)  # on it plays, and the stroke is gone from the screen
    assert application.document.scene != drawn
    again = start()
    assert again.document.scene == drawn
    assert "An earlier one" in again.window.messages.text
    push(again, "Show the earlier one")
    assert again.document.scene == OWN
    kept = tuple(drawing.scene for drawing in again.document.kept)
    assert kept == (drawn, OWN), "showing one does not cost the other"
    third = start()
    assert third.document.scene == OWN
    QTest.keyClick(third.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    fourth = start()
    assert fourth.document.scene == drawn
    QTest.keyClick(fourth.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert start().document.scene.items == (), "what was started anew from is forgotten"


def test_opening_a_file_costs_no_drawing(start: Start, tmp_path: Path) -> None:
    path, other = tmp_path / "other.scene.json", number("58", height=32, width=64)
    files.save(Session(other), path, IDS)
    application = start()
    application.document.apply(OWN, "draw")
    application.window.files.restore(files.load(path, IDS), path)
    assert application.document.scene == other
    assert start().document.scene == OWN


def test_that_a_drawing_is_back_is_no_longer_said_of_an_opened_file(
    start: Start, tmp_path: Path
) -> None:
    path = tmp_path / "same.scene.json"
    files.save(Session(OWN), path, IDS)
    start().document.apply(OWN, "draw")
    again = start()
    assert again.window.messages.text == "Your last drawing is back."
    again.window.files.restore(files.load(path, IDS), path)
    assert again.document.scene == OWN, "the file holds the very same digits"
    assert again.window.messages.text == ""


def test_starting_anew_and_thinking_better_of_it(start: Start) -> None:
    application = start()
    application.document.apply(OWN, "draw")
    application.window.files.new()
    application.document.undo_stack.undo()
    assert start().document.scene == OWN


def test_an_arranged_demonstration_is_kept_where_the_drawing_is_saved(
    start: Start, tmp_path: Path
) -> None:
    application = start()
    application.document.apply(OWN, "draw")
    save_as(application, tmp_path / "mine.scene.json")
    press(application, Qt.Key.Key_Space, Qt.Key.Key_Left)
    arranged = application.document.scene
    assert start().document.scene == arranged


def save_as(application: Application, path: Path) -> None:
    """Save as the menu does, once the dialog has given a name."""
    files.save(application.window.session_store.capture(), path, IDS)
    application.document.saved_as(path)


def work_on(application: Application, path: Path) -> Session:
    """A drawing saved to a file and changed since, with a network, ablations, a pin, a chapter and
    an instrument of its own; returns the session that is not saved."""
    document = application.document
    document.apply(OWN, "draw")
    save_as(application, path)
    document.view.chapter = "pooling"
    assert application.window.panels.shown is not None
    application.window.panels.shown.choose("pooling-steps")
    document.set_network("average")
    document.toggle_ablation("C3", 12)
    document.pin(Unit("S4", 3, 1, 2))
    document.apply(number("31", height=32, width=64), "draw on")
    return application.window.session_store.capture()


def test_the_whole_session_comes_back_with_its_file(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "lecture.scene.json"
    kept = work_on(start(), path)
    again = start()
    assert again.document.file == path
    assert again.window.session_store.capture() == kept
    text = "Your last drawing is back; lecture.scene.json on the disk is older; Save updates it."
    assert again.window.messages.text == text
    assert not again.document.undo_stack.canUndo(), "nothing was there before"
    QTest.keyClick(again.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    saved = files.load(path, IDS)
    assert isinstance(saved, Session) and saved.scene == kept.scene
    assert start().document.scene == Scene(), "what is saved does not come back by itself"


def test_a_file_that_was_changed_or_deleted_since_is_spoken_of(
    start: Start, tmp_path: Path
) -> None:
    path = tmp_path / "lecture.scene.json"
    work_on(start(), path)
    later = time.time() + 3600
    os.utime(path, (later, later))
    again = start()
    assert "lecture.scene.json has since been changed on the disk" in again.window.messages.text
    path.unlink()
    third = start()
    assert third.document.file == path
    assert "lecture.scene.json is not on the disk" in third.window.messages.text


def test_a_drawing_set_aside_comes_back_with_the_screen_it_was_on(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    application = start()
    kept = work_on(application, tmp_path / "lecture.scene.json")
    press(application, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: application.window.player.time > 0)
    application.document.restore_all()
    again = start()
    assert again.window.session_store.capture() == replace(kept, tool=str(again.window.canvas.tool))
    assert again.document.file == tmp_path / "lecture.scene.json"


@pytest.mark.parametrize("step", [None, "A step of a lecture"])
def test_a_drawing_left_for_another_session_comes_back_with_its_own_screen(
    step: str | None, start: Start, tmp_path: Path
) -> None:
    application = start()
    work_on(application, tmp_path / "mine.scene.json")
    document, store = application.document, application.window.session_store
    document.select((1,))
    document.view.explained = True
    document.view.enlarged = "instrument"
    kept = store.capture()
    other = Session(number("8"), "live", "histogram", tool="select", pixel_grid=False)
    store.restore(other, tmp_path / "other.scene.json", step=step)
    (drawing,) = document.kept
    assert drawing.screen == kept
    again = start()
    assert again.window.session_store.capture() == kept


def test_a_drawing_kept_by_the_program_of_before_comes_back(start: Start, own_home: Path) -> None:
    folder = own_home / "state" / "lenetscope" / "autosave"
    folder.mkdir(parents=True)
    data = json.loads(files.dumps(Session(OWN), IDS))
    del data["session"]  # that one kept scenes alone
    (folder / "drawing-999999998-1.json").write_text(json.dumps(data | {"version": 1}))
    assert start().document.scene == OWN


def test_a_large_drawing_comes_back_while_the_window_is_in_use(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start()
    first.document.apply(OWN, "draw")
    first.window.close()
    (left,) = autosave.folder_of().iterdir()
    monkeypatch.setattr(autosaver, "LARGE", 0)
    may_read, real = Event(), parse_process.read_kept

    def read(*args: Any) -> files.Content:
        assert may_read.wait(20)
        return real(*args)

    monkeypatch.setattr(parse_process, "read_kept", read)
    again = start()
    document = again.document
    assert document.scene.items == ()
    assert left.exists(), "killed now, it comes back at the next start"
    document.apply(number("5"), "draw")
    may_read.set()
    qtbot.waitUntil(lambda: document.scene == OWN)
    assert "is back" in again.window.messages.text
    assert [kept.scene for kept in document.kept] == [number("5"), OWN]
    document.undo_stack.undo()
    assert document.scene == number("5")


def test_a_large_drawing_that_comes_back_first_has_nothing_before_it(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start()
    first.document.apply(OWN, "draw")
    monkeypatch.setattr(autosaver, "LARGE", 0)
    document = start().document
    qtbot.waitUntil(lambda: document.scene == OWN)
    assert not document.undo_stack.canUndo()


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "a" * 300], ids=ascii)
def test_a_drawing_comes_back_whatever_file_it_names(
    start: Start, name: str, tmp_path: Path
) -> None:
    folder = autosave.folder_of()
    folder.mkdir(parents=True)
    data = json.loads(files.dumps(Session(OWN), IDS)) | {
        "file": f"{tmp_path}/{name}", "checksum": "00",
    }  # fmt: skip
    (folder / "drawing-999000000-1.json").write_text(json.dumps(data))
    application = start()
    assert application.document.scene == OWN
    assert "Your last drawing is back" in application.window.messages.text
    QTest.keyClick(application.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert "cannot be written" in application.window.messages.text


@pytest.mark.parametrize(
    "head", [b'{"file": null, "index": 1e999}', b"[" * 100_000, b"[]", b"", b'{"file": null}']
)
def test_a_damaged_lecture_that_was_left_is_put_aside(start: Start, head: bytes) -> None:
    folder = autosave.folder_of("lectures")
    folder.mkdir(parents=True)
    (folder / "drawing-999000000-1.json").write_bytes(head + b"\n{}")
    start()
    assert [path.suffix for path in folder.iterdir()] == [".damaged"]
