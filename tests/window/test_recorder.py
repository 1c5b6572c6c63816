"""The Record command: what it asks ``render`` for, how far that is, and what is left of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image
from PyQt6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

import viz
from viz.app import Application
from viz.model import settings
from viz.model.demonstration import Demonstration
from viz.recording import render_process, transfer, video
from viz.scene import ImageLayer, Scene, digits
from viz.session.session import Session
from viz.window.record_dialog import RecordDialog, Wish
from viz.window.record_strips import RecordStrip
from viz.window.sizes import LEAST_STAGE

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
told = {"arguments": sys.argv[1:], "session": session.hex()}
told["first on the path"] = os.environ["PYTHONPATH"].split(os.pathsep)[0]
out.write_text(json.dumps(told))
part.unlink()
"""
"""Stands for ``render``, without the half minute."""

COMMAND = render_process.COMMAND
"""The real one."""

STILL = Demonstration("still", "live", "Still", "A 3.", "", 12.0, lambda _: digits.number("3"))


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


def record(application: Application, file: Path, kind: str = "mp4", *, stage: bool = False) -> None:
    recorder = application.window.recorder
    wish = Wish(kind, stage, (1280, 720), 30, file)
    recorder.start(wish, application.window.session_store.capture())


def strip_of(application: Application) -> RecordStrip:
    strip = application.window.findChild(RecordStrip)
    assert strip is not None
    return strip


def done(application: Application, qtbot: QtBot) -> str:
    qtbot.waitUntil(lambda: not application.window.recorder.recording, timeout=20_000)
    return application.window.messages.text


def test_a_recording_is_told_and_counted(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    record(application, film, stage=True)
    strip = strip_of(application)
    assert strip.isVisible()
    assert f"Recorded as {film}" in done(application, qtbot)
    assert (strip.bar.value(), strip.bar.maximum(), strip.isVisible()) == (3, 3, False)
    told = json.loads(film.read_text())
    arguments = told["arguments"]
    assert arguments[:3] == ["render", "--progress", "--stdin"]
    for option, value in (("--size", "1280x720"), ("--theme", "light"), ("--rate", "30")):
        assert arguments[arguments.index(option) + 1] == value
    assert "--stage" in arguments
    session = transfer.load(BytesIO(bytes.fromhex(told["session"])))
    assert session == application.window.session_store.capture()
    assert settings.get("folder") == str(tmp_path)
    package = Path(viz.__file__).parent
    assert told["first on the path"] == str(package.parent), "the process finds this very package"


def test_a_cancelled_recording_leaves_nothing(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    record(application, tmp_path / "slow.mp4")
    strip = strip_of(application)
    qtbot.waitUntil(lambda: strip.bar.maximum() == 3, timeout=20_000)
    (part,) = tmp_path.glob("slow*")
    started = [process.pid for process in psutil.Process().children()]
    assert part in [video.part_of(tmp_path / "slow.mp4", number) for number in started]
    strip.cancel.click()
    done(application, qtbot)
    assert "cancelled" in application.window.messages.text
    assert not list(tmp_path.glob("slow*"))


def test_closing_the_window_ends_the_recording(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    record(application, tmp_path / "slow.mp4")
    recorder = application.window.recorder
    qtbot.waitUntil(lambda: bool(list(tmp_path.glob("slow*"))), timeout=20_000)
    application.window.close()
    assert not recorder.recording
    assert not list(tmp_path.glob("slow*"))


def test_a_failure_says_why(application: Application, qtbot: QtBot, tmp_path: Path) -> None:
    record(application, tmp_path / "bad.mp4")
    assert done(application, qtbot) == "It could not be recorded: the disk is full."
    assert not list(tmp_path.glob("bad*"))


def test_a_program_that_cannot_start_says_so(
    application: Application, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_process.sys, "executable", str(tmp_path / "absent"))
    record(application, tmp_path / "film.mp4")
    assert "could not be recorded" in done(application, qtbot)


def test_a_process_that_ends_before_it_has_read_says_so(
    application: Application, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is sent may be larger than a pipe holds."""
    monkeypatch.setattr(render_process, "COMMAND", ("-c", "import os; os._exit(3)"))
    pixels = np.random.default_rng(1).random((1000, 1000), np.float32)
    scene = Scene(items=(ImageLayer(pixels, (16.0, 16.0)),))
    recorder, file = application.window.recorder, tmp_path / "film.mp4"
    recorder.start(Wish("mp4", False, (1280, 720), 30, file), Session(scene))
    assert done(application, qtbot) == "It could not be recorded: the process ended; try again."


def test_more_than_a_pipe_holds_arrives(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    pixels = np.random.default_rng(1).random((1000, 1000), np.float32)
    session = Session(Scene(items=(ImageLayer(pixels, (16.0, 16.0)),)))
    recorder, file = application.window.recorder, tmp_path / "film.mp4"
    recorder.start(Wish("mp4", False, (1280, 720), 30, file), session)
    assert "Recorded as" in done(application, qtbot)
    told = json.loads(file.read_text())
    assert transfer.load(BytesIO(bytes.fromhex(told["session"]))) == session


def test_one_recording_at_a_time(application: Application, qtbot: QtBot, tmp_path: Path) -> None:
    record(application, tmp_path / "slow.mp4")
    application.window.commands.actions["record"].trigger()
    assert "under way" in application.window.messages.text
    assert application.window.findChild(RecordDialog) is None


def test_no_dialog_while_presenting(application: Application) -> None:
    application.window.presentation.toggle()
    assert not application.window.commands.actions["record"].isEnabled()
    application.window.presentation.toggle()
    assert application.window.commands.actions["record"].isEnabled()


def test_the_dialog_records_what_was_on_the_screen(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    settings.put("folder", str(tmp_path))
    application.window.player.load(STILL)
    application.window.commands.actions["record"].trigger()
    application.window.commands.actions["record"].trigger()
    (dialog,) = application.window.findChildren(RecordDialog)
    assert dialog.wish().file == tmp_path / "lenetscope-still.mp4"
    dialog.record.click()
    assert "Recorded" in done(application, qtbot)
    assert (tmp_path / "lenetscope-still.mp4").exists()


@pytest.mark.parametrize(("size", "stage"), [((1280, 720), False), (LEAST_STAGE, True)])
def test_a_picture_is_recorded_for_real(
    size: tuple[int, int],
    stage: bool,
    application: Application,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(render_process, "COMMAND", COMMAND)
    file, recorder = tmp_path / "picture.png", application.window.recorder
    recorder.start(Wish("png", stage, size, 0, file), application.window.session_store.capture())
    qtbot.waitUntil(lambda: not recorder.recording, timeout=60_000)
    assert "Recorded as" in application.window.messages.text
    with Image.open(file) as picture:
        assert picture.size == size


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> RecordDialog:
    def propose(suffix: str, film: bool) -> Path:
        return tmp_path / f"{'film' if film else 'own'}{suffix}"

    made = RecordDialog(12.0, (1600, 901), propose)
    qtbot.addWidget(made)
    return made


def test_the_dialog_offers_what_there_is(dialog: RecordDialog, qtbot: QtBot) -> None:
    assert [dialog.kind.itemData(i) for i in range(3)] == ["mp4", "gif", "png"]
    sizes = [dialog.size_choice.itemData(i) for i in range(4)]
    assert sizes == [(1600, 900), (1280, 720), (1920, 1080), None]
    still = RecordDialog(None, (1280, 720), lambda suffix, film: Path(f"a{suffix}"))
    qtbot.addWidget(still)
    takes = ["take mp4", "take gif"]
    assert [still.kind.itemData(i) for i in range(still.kind.count())] == ["png", *takes]
    assert [dialog.kind.itemData(i) for i in range(3, dialog.kind.count())] == takes


def test_the_file_follows_the_kind(dialog: RecordDialog, tmp_path: Path) -> None:
    assert dialog.wish() == Wish("mp4", False, (1600, 900), 30, tmp_path / "film.mp4")
    assert "360 frames" in dialog.summary.text()
    dialog.kind.setCurrentIndex(1)
    assert dialog.wish() == Wish("gif", False, (1600, 900), 20, tmp_path / "film.gif")
    dialog.kind.setCurrentIndex(2)
    assert dialog.wish() == Wish("png", False, (1600, 900), 0, tmp_path / "own.png")
    dialog.kind.setCurrentIndex(3)
    assert dialog.wish().take and dialog.wish().file == tmp_path / "own.mp4"
    dialog.kind.setCurrentIndex(2)
    dialog.file.clear()
    dialog.file.insert(str(tmp_path / "own name"))
    assert dialog.wish().file == tmp_path / "own name.png"
    dialog.kind.setCurrentIndex(0)
    assert dialog.wish().file == tmp_path / "own name.mp4"


def test_a_size_of_ones_own_and_what_cannot_be(dialog: RecordDialog, tmp_path: Path) -> None:
    record = dialog.record
    assert record.isEnabled() and not dialog.width_px.isEnabled()
    dialog.size_choice.setCurrentIndex(dialog.size_choice.count() - 1)
    dialog.width_px.setValue(1281)
    assert not record.isEnabled() and "even" in dialog.summary.text()
    dialog.kind.setCurrentIndex(2)
    assert record.isEnabled(), "a picture may have odd sides"
    assert dialog.wish().size == (1281, 900)
    dialog.file.setText(str(tmp_path / "absent" / "a.png"))
    assert not record.isEnabled() and "no folder" in dialog.summary.text()
    dialog.file.setText(" ")
    assert not record.isEnabled()
    (tmp_path / "there.png").write_text("old")
    dialog.file.setText(str(tmp_path / "there.png"))
    assert record.isEnabled() and "replaces" in dialog.summary.text()


def test_the_stage_alone_has_room_in_less(dialog: RecordDialog) -> None:
    def offered() -> list[tuple[int, int] | None]:
        return [dialog.size_choice.itemData(i) for i in range(dialog.size_choice.count())]

    assert (960, 540) not in offered()
    dialog.what.setCurrentIndex(1)
    assert dialog.wish().size == (1600, 900), "what was chosen stays"
    dialog.size_choice.setCurrentIndex(offered().index((960, 540)))
    assert dialog.wish().size == (960, 540) and dialog.wish().stage
    dialog.what.setCurrentIndex(0)
    assert dialog.wish().size == (1600, 900), "as large as the window, which has room"
    dialog.size_choice.setCurrentIndex(dialog.size_choice.count() - 1)
    assert "1024 × 640 px, the stage alone 960 × 540" in dialog.summary.text()
    for stage, least in ((0, (1024, 640)), (1, (960, 540))):
        dialog.what.setCurrentIndex(stage)
        dialog.width_px.setValue(10)
        dialog.height_px.setValue(10)
        assert dialog.wish().size == least
        assert dialog.size_choice.currentData() is None, "still a size of one's own"


def test_only_films_have_a_rate_and_fewer_colours(dialog: RecordDialog, qtbot: QtBot) -> None:
    dialog.show()
    for kind, film in (("mp4", True), ("gif", True), ("png", False), ("take gif", True)):
        dialog.kind.setCurrentIndex(dialog.kind.findData(kind))
        assert dialog.rate.isVisible() is film, kind
        assert ("PNG is exact" in dialog.summary.text()) is film, kind
        assert dialog.record.isEnabled(), kind


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
    window.commands.actions["record"].trigger()
    (dialog,) = window.findChildren(RecordDialog)
    assert dialog.wish().kind == "png"
    assert dialog.wish().file == tmp_path / "lenetscope-binding-interaction.png"
    assert dialog.wish().size == (1280, 720)
    dialog.reject()
    window.document.view.chapter = "live"
    window.commands.actions["record"].trigger()
    qtbot.waitUntil(lambda: window.findChildren(RecordDialog)[-1] is not dialog)
    dialog = window.findChildren(RecordDialog)[-1]
    assert dialog.wish().file == tmp_path / "lenetscope-still.mp4", "the film first"
    dialog.kind.setCurrentIndex(dialog.kind.findData("png"))
    assert dialog.wish().file == tmp_path / "lenetscope-live.png"


def test_cancel_wishes_nothing(dialog: RecordDialog) -> None:
    wishes: list[Wish] = []
    dialog.wished.connect(wishes.append)
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
    assert cancel is not None
    cancel.click()
    assert wishes == []


def test_a_free_name_is_proposed(
    application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def proposed() -> Path:
        application.window.commands.actions["record"].trigger()
        dialog = application.window.findChildren(RecordDialog)[-1]
        dialog.reject()
        return dialog.wish().file

    settings.put("folder", str(tmp_path))
    assert proposed() == tmp_path / "lenetscope-live.png"
    (tmp_path / "lenetscope-live.png").touch()
    (tmp_path / "lenetscope-live-2.png").touch()
    assert proposed() == tmp_path / "lenetscope-live-3.png"
    settings.put("folder", str(tmp_path / "gone"))
    assert proposed().parent.is_dir()
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "nobody's")
    assert proposed().parent.is_dir()
