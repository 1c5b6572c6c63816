"""Live sessions: noted while the window stays live, filmed frame by frame."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from opening import running_out, settled
from PyQt6.QtCore import QPoint, QProcess, Qt, QTimer
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot
from take_stage import LOOK, SLIDE, STAGE, decoded, draw, picture, running, shelve, slide

from viz.app import Application
from viz.cli.renderer import rendering
from viz.model.snapshot import Unit
from viz.recording import take, transfer
from viz.recording.render_process import RenderProcess
from viz.recording.take import MOST_SECONDS, Take
from viz.scene import ImageLayer, digits
from viz.session.session import Session
from viz.window import recorder as recording
from viz.window.record_dialog import RecordDialog, RecordOptions
from viz.window.record_strip import RecordStrip
from viz.window.take_recorder import TakeRecorder

RATE = 25


class Studio:
    """A window whose live session is filmed, on a clock that goes on when a test says so."""

    def __init__(self, application: Application, qtbot: QtBot, file: Path) -> None:
        self.now = 100.0
        self.application, self.window = application, application.window
        self.document, self.recorder = application.document, application.window.recorder
        self.strip: RecordStrip = self.recorder.strip
        self.films: list[tuple[Take, list[str]]] = []
        """The takes that arrived where the process would be, with its arguments."""
        self.messages: list[str] = []
        self._qtbot, self._file = qtbot, file

    def begin(self, rate: int = RATE) -> None:
        self.recorder.begin_take(RecordOptions("mp4", True, LOOK.size, rate, self._file, True))

    def later(self, seconds: float, change: Callable[[], object] = lambda: None) -> None:
        """Let time go on, then make a change, which the network answers."""
        self.now += seconds
        change()
        settled(self.application, self._qtbot)

    def take(self) -> Take:
        """Wait for the film."""
        self._qtbot.waitUntil(lambda: len(self.films) == 1)
        return self.films[0][0]

    def recorder_of_take(self) -> TakeRecorder:
        (found,) = self.window.findChildren(TakeRecorder)
        return found


@pytest.fixture
def application(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    shelve(monkeypatch)
    with running(qtbot) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the film is to lie, and every file that lives only as long as a recording."""
    made = tmp_path / "films"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


@pytest.fixture
def live(
    application: Application, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Studio:
    """A studio with the real process."""
    made = Studio(application, qtbot, folder / "a.mp4")
    clock = partial(TakeRecorder, clock=lambda: made.now)
    monkeypatch.setattr(recording, "TakeRecorder", clock)
    return made


@pytest.fixture
def studio(live: Studio, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """A studio where the take arrives, and no process is started."""

    def end(process: RenderProcess, arguments: list[str], sent: Take) -> None:
        arrived = transfer.load(BytesIO(transfer.dumps(sent)))
        assert isinstance(arrived, Take)
        live.films.append((arrived, arguments))
        process.ended.emit(0)

    def start(process: RenderProcess, _: Path, arguments: list[str], sent: Take) -> None:
        QTimer.singleShot(0, partial(end, process, arguments, sent))

    monkeypatch.setattr(RenderProcess, "start", start)
    bar = live.window.messages
    show = bar.show
    monkeypatch.setattr(
        bar, "show", lambda text, **more: live.messages.append(text) or show(text, **more)
    )
    return live


def test_a_live_session_becomes_a_film(live: Studio, folder: Path, qtbot: QtBot) -> None:
    """From the dialog to the decoded frames: a stroke drawn at 3/16 s is there from frame 5 on."""
    window, film = live.window, folder / "live.mp4"
    window.commands.actions["record"].trigger()
    (dialog,) = window.findChildren(RecordDialog)
    dialog.kind.setCurrentIndex(dialog.kind.findData("live mp4"))
    dialog.what.setCurrentIndex(1)
    dialog.size_choice.setCurrentIndex(dialog.size_choice.findText("another:"))
    dialog.width_px.setValue(LOOK.size[0])
    dialog.height_px.setValue(LOOK.size[1])
    dialog.rate.setCurrentIndex(dialog.rate.findData(RATE))
    dialog.file.setText(str(film))
    assert "Ctrl+Shift+R" in dialog.summary.text() and "120 s" in dialog.summary.text()
    dialog.record.click()
    assert live.recorder.is_taking
    with qtbot.waitActive(window):  # as a window manager does once the dialog is gone
        window.activateWindow()
    before = window.session_store.capture()
    live.now += 3 / 16
    draw(live.application, (16, 6), (16, 16), (16, 26))
    qtbot.waitUntil(lambda: running_out(live.recorder_of_take()) == [])
    settled(live.application, qtbot)
    after = window.session_store.capture()
    assert before.scene.items == () and len(after.scene.items) == 1
    live.now += 3 / 16
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(window, Qt.Key.Key_R, keys)
    assert not live.recorder.is_taking
    qtbot.waitUntil(lambda: not live.recorder.is_rendering, timeout=120_000)
    assert f"Recorded as {film}" in window.messages.text
    assert list(folder.iterdir()) == [film]

    frames = [frame.astype(int) for frame in decoded(film)]
    assert len(frames) == 11
    old, new = (picture(state, STAGE).astype(int) for state in (before, after))
    changed = np.abs(old - new).max(-1) > 100
    assert changed.sum() > 1000
    for number, frame in enumerate(frames):
        wanted, other = (old, new) if number < 5 else (new, old)
        assert np.abs(frame - wanted)[changed].mean() < 12, number
        assert np.abs(frame - other)[changed].mean() > 60, number


def test_every_change_is_noted_when_it_comes(studio: Studio, qtbot: QtBot) -> None:
    window, document = studio.window, studio.document
    studio.begin(20)
    assert studio.strip.isVisible() and studio.strip.text.text() == "0 s"
    states: list[tuple[float, Session]] = []

    def does(change: Callable[[], object]) -> None:
        studio.later(0.25, change)
        with qtbot.waitSignal(studio.recorder_of_take().went_on):  # a frame more
            pass
        states.append((0.25 * (len(states) + 1), window.session_store.capture()))

    does(lambda: draw(studio.application, (10, 6), (10, 26)))
    scene = document.scene
    does(lambda: QTest.keyClick(window, Qt.Key.Key_4))
    panel = window.panels.shown
    assert panel is not None
    does(lambda: panel.choose("interaction"))
    does(lambda: panel.current.marking.toggle())
    does(lambda: document.toggle_ablation("C1", 3))
    does(lambda: document.set_network("average"))
    does(lambda: document.select_window((0, 0)))
    does(lambda: window.canvas.set_tool("select"))
    does(lambda: document.select((0,)))
    does(lambda: document.pin(Unit("C3", 5, 2, 3)))
    does(lambda: window.commands.actions["pre"].trigger())
    does(window.comparison.toggle)
    studio.now += 0.25
    qtbot.waitUntil(lambda: studio.strip.text.text() == "3 s")
    studio.now += 0.25
    studio.strip.stop.click()
    made = studio.take()
    ((_, arguments),) = studio.films
    assert arguments[arguments.index("--rate") + 1] == "20"
    assert made.seconds == 3.5
    for time, state in states:
        assert made.at(time + 0.2) == state, time
        assert made.at(time - 0.05) != state, time
    assert not studio.strip.isVisible() and not studio.recorder.is_rendering
    assert document.scene is scene, "nothing was copied"


def test_a_unit_that_is_pointed_at_is_explained_in_the_film(studio: Studio) -> None:
    document, mosaic = studio.document, studio.window.stage.maps.mosaics["C1"]
    studio.later(0, lambda: document.apply(digits.number("3"), "draw"))
    studio.begin()
    studio.later(0.5, lambda: QTest.mouseMove(mosaic, mosaic.rect().center()))
    unit = document.hovered
    assert unit is not None
    studio.later(0.5, lambda: QTest.mouseMove(mosaic, QPoint(mosaic.width() // 2, 1)))
    assert document.hovered is None
    studio.recorder.finish_take()
    made = studio.take()
    assert [made.at(time).hovered for time in (0.4, 0.6, 1.1)] == [None, unit, None]
    with rendering(made.at(0.0), LOOK) as window:
        before, over, after = window.follow(made, (0.4, 0.6, 1.1))
    assert np.array_equal(before, after) and not np.array_equal(before, over)


@pytest.mark.parametrize("way", ["cancel", "close"])
def test_a_take_that_is_broken_off_leaves_nothing(live: Studio, folder: Path, way: str) -> None:
    live.begin()
    draw(live.application, (10, 6), (10, 26))
    if way == "close":
        live.window.close()
    else:
        live.strip.cancel.click()
        assert "cancelled" in live.window.messages.text
        live.later(0.5, lambda: draw(live.application, (20, 6), (20, 26)))  # is noted no more
        assert live.window.findChild(TakeRecorder) is None
    assert not live.recorder.is_taking and not live.recorder.is_rendering
    assert not live.strip.isVisible() and list(folder.iterdir()) == []


@pytest.mark.parametrize("still_pickled", [True, False])
def test_closing_before_the_process_starts_leaves_nothing(
    live: Studio, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, still_pickled: bool
) -> None:
    """It would be started at the next turn of the event loop, once the take is pickled."""
    dumps, go_on = transfer.dumps, threading.Event()

    def slowly(sent: Take) -> bytes:
        assert go_on.wait(10)
        return dumps(sent)

    monkeypatch.setattr(transfer, "dumps", slowly)
    live.begin()
    live.strip.stop.click()
    if still_pickled:
        threading.Timer(0.1, go_on.set).start()
    else:
        go_on.set()
        for thread in threading.enumerate():
            if thread.name == "job":
                thread.join()
    live.window.close()
    assert go_on.is_set()
    qtbot.wait(50)
    assert live.window.findChildren(QProcess) == [] and list(folder.iterdir()) == []


def test_the_limit_makes_the_film(studio: Studio) -> None:
    studio.begin()
    studio.now += MOST_SECONDS - 1
    draw(studio.application, (10, 6), (10, 26))
    studio.now += 30
    made = studio.take()
    assert made.seconds == MOST_SECONDS and len(made.at(MOST_SECONDS).scene.items) == 1
    assert "120 s at most" in studio.messages[0] and "Recorded as" in studio.messages[1]
    assert not studio.recorder.is_taking


def test_a_take_without_room_makes_the_film_of_what_was_noted(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is never lost: it ends by itself before what would not fit, and a message says so."""
    monkeypatch.setattr(take, "MOST_BYTES", 1_000_000)
    document, three = studio.document, digits.number("3")
    picture = ImageLayer(np.full((600, 600), 0.5, np.float32), (16.0, 16.0))
    more = replace(three, items=(*three.items, picture))
    studio.begin()
    studio.later(1, lambda: document.apply(three, "draw"))
    studio.later(1, lambda: document.apply(more, "picture"))
    studio.now += 1
    made = studio.take()
    assert made.at(made.seconds).scene == three and made.at(0.5).scene.items == ()
    assert made.seconds >= 2 and not studio.recorder.is_taking
    assert "too much memory" in studio.messages[0] and "Recorded as" in studio.messages[1]


def test_the_keys_end_it_while_presenting_too(studio: Studio) -> None:
    record = studio.window.commands.actions["record"]
    studio.begin()
    studio.window.presentation.toggle()
    assert record.isEnabled()
    record.trigger()
    studio.take()
    assert record.isEnabled(), "to begin another film, unasked"


def test_a_demonstration_that_plays_is_taken_with_its_time(studio: Studio, qtbot: QtBot) -> None:
    """It plays, is taken over, goes on: all of that is in the take, and in its frames."""
    window, player = studio.window, studio.window.player
    player.clock = lambda: studio.now
    player.load(SLIDE)
    player.play()
    studio.begin(60)
    for _ in range(20):
        shown = player.time
        studio.now += 1 / 60
        qtbot.waitUntil(lambda shown=shown: player.time > shown)
    window.canvas.set_tool("pen")
    draw(studio.application, (10, 6), (10, 26))
    assert player.taken_over
    studio.later(0.5)
    player.toggle()
    studio.now += 1 / 60
    qtbot.waitUntil(lambda: player.time > 20.5 / 60)
    player.pause()
    studio.recorder.finish_take()
    made = studio.take()
    for frame in range(20):
        state = made.at(frame / 60 + 1e-6)
        assert state.demonstration is not None
        assert state.demonstration.time == pytest.approx(frame / 60)
        assert state.scene == slide(state.demonstration.time)
    assert len(made.at(20 / 60 + 0.4).scene.items) == 2
    assert made.at(made.seconds).scene == slide(player.time)

    chosen = [0.0, 5 / 60, 20 / 60 + 0.3, made.seconds]
    with rendering(made.at(0.0), STAGE) as renderer:
        frames = list(renderer.follow(made, chosen))
    for time, frame in zip(chosen, frames, strict=True):
        assert np.array_equal(frame, picture(made.at(time), STAGE)), time
