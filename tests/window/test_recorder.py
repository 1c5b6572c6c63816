"""The Record command: what it asks ``render`` for, how far that is, and what is left of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image
from PyQt6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

import viz
from viz import disk
from viz.app import Application
from viz.model import settings
from viz.model.demonstration import Demonstration
from viz.recording import render_process, transfer
from viz.scene import ImageLayer, Scene, digits
from viz.session.session import Session
from viz.window.record_dialog import RecordDialog, RecordOptions
from viz.window.sizes import LEAST_SIZE

FILMS = """
import json, os, sys, time
from pathlib import Path
out = Path(sys.argv[sys.argv.index("--out") + 1])
session = sys.stdin.buffer.read()
part = out.with_name(f"{out.name}.{os.getpid()}.part")
part.write_bytes(b"film")
print("frame 1/3", flush=True)
if "slow" in out.name:
    time.sleep(60)
if "bad" in out.name:
    part.unlink()
    sys.exit("progress | 1/3\\nlenetscope: the disk is full.")
print("frame 2/3\\nframe 3/3", flush=True)
sent = {"arguments": sys.argv[1:], "session": session.hex()}
sent["first on the path"] = os.environ["PYTHONPATH"].split(os.pathsep)[0]
out.write_text(json.dumps(sent))
part.unlink()
"""
"""Stands for ``render``, without the half minute."""

COMMAND = render_process.COMMAND
"""The real one."""

MP4 = RecordOptions("mp4", False, (1280, 720), 30, Path("film.mp4"))
STILL = Demonstration("still", "live", "Still", "A 3.", "", 12.0, lambda _: digits.number("3"))
LARGE = Session(
    Scene(
        items=(ImageLayer(np.random.default_rng(1).random((1000, 1000), np.float32), (16.0, 16.0)),)
    )
)
"""More than a pipe holds."""


@pytest.fixture
def application(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    monkeypatch.setattr(render_process, "COMMAND", ("-P", "-c", FILMS))
    made = Application(digits.number("31"), keep=False)
    qtbot.addWidget(made.window)
    made.window.appearance.fix("light", 1.0)
    made.window.resize(1280, 720)
    made.window.show()
    yield made
    made.window.close()


def message(application: Application, qtbot: QtBot, timeout: int = 20_000) -> str:
    """What the window says once the recording is over."""
    qtbot.waitUntil(lambda: not application.window.recorder.is_rendering, timeout=timeout)
    return application.window.messages.text


def sent(film: Path) -> tuple[dict[str, Any], object]:
    """What the process was given: its arguments and surroundings, and the session."""
    found = json.loads(film.read_text())
    return found, transfer.load(BytesIO(bytes.fromhex(found["session"])))


def opened(application: Application) -> RecordDialog:
    """The dialog that the command opens."""
    application.window.commands.actions["record"].trigger()
    return application.window.findChildren(RecordDialog)[-1]


def test_a_recording_is_counted_and_reported(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    recorder, film = application.window.recorder, tmp_path / "film.mp4"
    recorder.start(replace(MP4, stage=True, file=film), LARGE)
    assert recorder.strip.isVisible()
    assert message(application, qtbot) == f"Recorded as {film}."
    bar = recorder.strip.bar
    assert (bar.value(), bar.maximum(), recorder.strip.isVisible()) == (3, 3, False)
    process, session = sent(film)
    arguments = process["arguments"]
    assert arguments[:3] == ["render", "--progress", "--stdin"]
    for option, value in (("--size", "1280x720"), ("--theme", "light"), ("--rate", "30")):
        assert arguments[arguments.index(option) + 1] == value
    assert "--stage" in arguments
    assert session == LARGE
    assert settings.get("folder") == str(tmp_path)
    package = Path(viz.__file__).parent
    assert process["first on the path"] == str(package.parent), "this very package"


@pytest.mark.parametrize("way", ["cancel", "close"])
def test_a_recording_that_is_broken_off_leaves_nothing(
    application: Application, qtbot: QtBot, tmp_path: Path, way: str
) -> None:
    window, file = application.window, tmp_path / "slow.mp4"
    recorder = window.recorder
    recorder.start(replace(MP4, file=file), Session(Scene()))
    qtbot.waitUntil(lambda: recorder.strip.bar.maximum() == 3, timeout=20_000)
    window.commands.actions["record"].trigger()
    assert "under way" in window.messages.text, "one at a time"
    assert window.findChild(RecordDialog) is None
    (part,) = tmp_path.glob("slow*")
    started = [process.pid for process in psutil.Process().children()]
    assert part in [disk.part_of(file, number) for number in started]
    if way == "close":
        window.close()
        assert not recorder.is_rendering
    else:
        recorder.strip.cancel.click()
        assert "cancelled" in message(application, qtbot)
    assert not list(tmp_path.glob("slow*"))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (FILMS, "the disk is full."),
        ("import os; os._exit(3)", "the process ended; try again."),  # before it has read
        (None, ""),  # in the words of the system
    ],
)
def test_a_failure_says_why(
    application: Application,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: str | None,
    reason: str,
) -> None:
    if code is None:
        monkeypatch.setattr(render_process.sys, "executable", str(tmp_path / "absent"))
    else:
        monkeypatch.setattr(render_process, "COMMAND", ("-c", code))
    application.window.recorder.start(replace(MP4, file=tmp_path / "bad.mp4"), LARGE)
    said = message(application, qtbot)
    assert said.startswith("The recording failed: ") and reason in said
    assert not list(tmp_path.glob("bad*"))


def test_the_dialog_records_what_was_on_the_screen(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    settings.put("folder", str(tmp_path))
    application.window.player.load(STILL)
    shown = application.window.session_store.capture()
    dialog = opened(application)
    assert opened(application) is dialog, "there is one"
    application.document.apply(digits.number("8"), "meanwhile")
    dialog.record.click()
    assert "Recorded" in message(application, qtbot)
    assert sent(tmp_path / "lenetscope-still.mp4")[1] == shown


def test_a_picture_is_recorded_for_real(
    application: Application, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_process, "COMMAND", COMMAND)
    window, file = application.window, tmp_path / "picture.png"
    window.recorder.start(
        RecordOptions("png", False, LEAST_SIZE, 0, file), window.session_store.capture()
    )
    assert message(application, qtbot, 60_000) == f"Recorded as {file}."
    with Image.open(file) as picture:
        assert picture.size == LEAST_SIZE


def test_the_file_is_called_by_what_is_on_the_screen(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    """A demonstration that another chapter left behind is not what is recorded."""
    settings.put("folder", str(tmp_path))
    window = application.window
    window.player.load(STILL)
    window.document.view.chapter = "binding"
    assert window.panels.shown is not None and window.player.demonstration is STILL
    window.panels.shown.choose("interaction")
    dialog = opened(application)
    assert dialog.options().kind == "png" and dialog.options().size == (1280, 720)
    assert dialog.options().file == tmp_path / "lenetscope-binding-interaction.png"
    dialog.reject()
    window.document.view.chapter = "live"
    dialog = opened(application)
    assert dialog.options().file == tmp_path / "lenetscope-still.mp4", "the film first"
    dialog.kind.setCurrentIndex(dialog.kind.findData("png"))
    assert dialog.options().file.name.startswith("lenetscope-live")


def test_a_free_name_is_proposed(
    application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def proposed() -> Path:
        dialog = opened(application)
        dialog.reject()
        return dialog.options().file

    settings.put("folder", str(tmp_path))
    first = proposed()
    second = first.with_stem(f"{first.stem}-2")
    assert first.parent == tmp_path
    first.touch()
    assert proposed() == second
    second.touch()
    assert proposed() == first.with_stem(f"{first.stem}-3")
    for gone in ("gone", "a" * 300, "\0"):
        settings.put("folder", str(tmp_path / gone))
        assert proposed().parent.is_dir()
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "gone, too")
    assert proposed().parent.is_dir()


# The dialog


def data(box: Any) -> list[object]:
    """What the choices of a box stand for."""
    return [box.itemData(index) for index in range(box.count())]


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> RecordDialog:
    def propose(suffix: str, film: bool) -> Path:
        return tmp_path / f"{'film' if film else 'own'}{suffix}"

    made = RecordDialog(12.0, (1600, 901), propose)
    qtbot.addWidget(made)
    return made


def test_the_dialog_offers_what_there_is(dialog: RecordDialog, qtbot: QtBot) -> None:
    assert data(dialog.kind) == ["mp4", "gif", "png", "live mp4", "live gif"]
    assert data(dialog.size_choice) == [(1600, 900), (960, 540), (1280, 720), (1920, 1080), None]
    still = RecordDialog(None, (1280, 720), lambda suffix, film: Path(f"a{suffix}"))
    qtbot.addWidget(still)
    assert data(still.kind) == ["png", "live mp4", "live gif"]


def test_the_file_follows_the_kind(dialog: RecordDialog, tmp_path: Path) -> None:
    mp4 = RecordOptions("mp4", False, (1600, 900), 30, tmp_path / "film.mp4")
    assert "frames 360" in dialog.summary.text()
    for kind, expected in (
        ("mp4", mp4),
        ("gif", replace(mp4, kind="gif", rate=20, file=tmp_path / "film.gif")),
        ("png", replace(mp4, kind="png", rate=0, file=tmp_path / "own.png")),
        ("live mp4", replace(mp4, live=True, file=tmp_path / "own.mp4")),
    ):
        dialog.kind.setCurrentIndex(dialog.kind.findData(kind))
        assert dialog.options() == expected
    dialog.kind.setCurrentIndex(2)
    dialog.file.clear()
    dialog.file.insert(str(tmp_path / "own name"))
    assert dialog.options().file == tmp_path / "own name.png"
    dialog.kind.setCurrentIndex(0)
    assert dialog.options().file == tmp_path / "own name.mp4"


def test_what_cannot_be_recorded_is_said(dialog: RecordDialog, tmp_path: Path) -> None:
    record = dialog.record
    assert record.isEnabled() and not dialog.width_px.isEnabled()
    dialog.size_choice.setCurrentIndex(dialog.size_choice.count() - 1)
    dialog.width_px.setValue(1281)
    assert not record.isEnabled() and "even" in dialog.summary.text()
    dialog.kind.setCurrentIndex(2)
    assert record.isEnabled(), "a picture may have odd sides"
    assert dialog.options().size == (1281, 900)
    (tmp_path / "there.png").write_text("old")
    (tmp_path / "folder.png").mkdir()
    for name, enabled, words in (
        (tmp_path / "absent" / "a.png", False, "no folder"),
        (tmp_path / ("a" * 300) / "a.png", False, "no folder"),
        (tmp_path / "folder.png", False, "is a folder"),
        (" ", False, "Choose a file."),
        (tmp_path / "there.png", True, "replaced"),
    ):
        dialog.file.setText(str(name))
        assert record.isEnabled() is enabled and words in dialog.summary.text()


def test_no_size_is_less_than_the_window_may_have(dialog: RecordDialog) -> None:
    dialog.what.setCurrentIndex(1)
    dialog.size_choice.setCurrentIndex(dialog.size_choice.count() - 1)
    assert "At least 910 × 512 px" in dialog.summary.text()
    dialog.width_px.setValue(10)
    dialog.height_px.setValue(10)
    assert dialog.options().size == LEAST_SIZE == (910, 512) and dialog.options().stage


def test_only_films_have_a_rate_and_fewer_colours(dialog: RecordDialog) -> None:
    dialog.show()
    for kind, film in (("mp4", True), ("gif", True), ("png", False), ("live gif", True)):
        dialog.kind.setCurrentIndex(dialog.kind.findData(kind))
        assert dialog.rate.isVisible() is film, kind
        assert ("4:2:0 chroma" in dialog.summary.text()) is film, kind
        assert dialog.record.isEnabled(), kind


def test_cancel_chooses_nothing(dialog: RecordDialog) -> None:
    chosen: list[RecordOptions] = []
    dialog.chosen.connect(chosen.append)
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
    assert cancel is not None
    cancel.click()
    assert chosen == []
