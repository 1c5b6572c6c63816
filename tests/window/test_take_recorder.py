"""Takes of the hand: noted while the window lives, filmed frame by frame as it went."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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
from viz.window.record_dialog import RecordDialog, Wish
from viz.window.record_strips import TakeStrip
from viz.window.take_recorder import TakeRecorder

LEFT = Qt.MouseButton.LeftButton
RATE = 25


@dataclass
class Clock:
    """Seconds that go on when a test says so."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(recording, "TakeRecorder", partial(TakeRecorder, clock=made))
    return made


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files would lie that live only as long as a recording."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _slide_too(monkeypatch: pytest.MonkeyPatch) -> None:
    shelve(monkeypatch)


@pytest.fixture
def application(qtbot: QtBot) -> Iterator[Application]:
    with running(qtbot) as made:
        yield made


@pytest.fixture
def told(application: Application, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the message bar has said."""
    said: list[str] = []
    bar = application.window.messages
    show = bar.show
    monkeypatch.setattr(bar, "show", lambda text, **more: said.append(text) or show(text, **more))
    return said


def begin(application: Application, file: Path, kind: str = "mp4", rate: int = RATE) -> TakeStrip:
    application.window.recorder.begin_take(Wish(kind, True, LOOK.size, rate, file, True))
    strip = application.window.findChild(TakeStrip)
    assert strip is not None
    return strip


def taking(application: Application) -> TakeRecorder:
    """The take that is under way."""
    found = application.window.findChild(TakeRecorder)
    assert found is not None
    return found


@pytest.fixture
def films(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Take, list[str]]]:
    """What would arrive, in place of the process: (take, arguments)."""
    made: list[tuple[Take, list[str]]] = []

    def end(process: RenderProcess, arguments: list[str], take: Take) -> None:
        arrived = transfer.load(BytesIO(transfer.dumps(take)))
        assert isinstance(arrived, Take)
        made.append((arrived, arguments))
        process.ended.emit(0)

    def start(process: RenderProcess, _: Path, arguments: list[str], take: Take) -> None:
        QTimer.singleShot(0, partial(end, process, arguments, take))

    monkeypatch.setattr(RenderProcess, "start", start)
    return made


def test_a_film_of_the_hand(
    application: Application, clock: Clock, temporary: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    """From the dialog to the decoded frames: a stroke drawn at 0.5 s is there from frame 13 on."""
    window, film = application.window, tmp_path / "hand.mp4"
    window.commands.actions["record"].trigger()
    (dialog,) = window.findChildren(RecordDialog)
    dialog.kind.setCurrentIndex(dialog.kind.findData("take mp4"))
    dialog.what.setCurrentIndex(1)
    dialog.size_choice.setCurrentIndex(dialog.size_choice.findText("another:"))
    dialog.width_px.setValue(LOOK.size[0])
    dialog.height_px.setValue(LOOK.size[1])
    dialog.rate.setCurrentIndex(dialog.rate.findData(RATE))
    dialog.file.setText(str(film))
    assert "Ctrl+Shift+R" in dialog.summary.text() and "120 s" in dialog.summary.text()
    dialog.record.click()
    assert window.recorder.taking
    with qtbot.waitActive(window):  # as a window manager does once the dialog is gone
        window.activateWindow()
    before = window.session_store.capture()
    clock.now += 0.5
    draw(application, (16, 6), (16, 16), (16, 26))
    qtbot.waitUntil(lambda: running_out(taking(application)) == [])
    settled(application, qtbot)
    after = window.session_store.capture()
    assert before.scene.items == () and len(after.scene.items) == 1
    clock.now += 0.5
    QTest.keyClick(
        window,
        Qt.Key.Key_R,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert not window.recorder.taking
    qtbot.waitUntil(lambda: not window.recorder.recording, timeout=120_000)
    assert f"Recorded as {film}" in window.messages.text
    assert list(temporary.iterdir()) == []

    frames = [frame.astype(int) for frame in decoded(film)]
    assert len(frames) == RATE + 1
    old, new = (picture(state, STAGE).astype(int) for state in (before, after))
    changed = np.abs(old - new).max(-1) > 100
    assert changed.sum() > 1000
    for number, frame in enumerate(frames):
        wanted, other = (old, new) if number <= 12 else (new, old)
        assert np.abs(frame - wanted)[changed].mean() < 12, number
        assert np.abs(frame - other)[changed].mean() > 60, number


def test_every_change_is_noted_when_it_comes(
    application: Application,
    clock: Clock,
    films: list[tuple[Take, list[str]]],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    window, document = application.window, application.document
    strip = begin(application, tmp_path / "a.gif", "gif", 20)
    assert strip.isVisible() and strip.seconds.text() == "0 s"
    states: list[tuple[float, Session]] = []

    def does(change: Callable[[], object]) -> None:
        clock.now += 0.25
        change()
        settled(application, qtbot)
        with qtbot.waitSignal(taking(application).went_on):  # a frame more
            pass
        states.append((0.25 * (len(states) + 1), window.session_store.capture()))

    does(lambda: draw(application, (10, 6), (10, 26)))
    scene = document.scene
    does(lambda: QTest.keyClick(window, Qt.Key.Key_4))
    assert window.panels.shown is not None
    does(lambda: window.panels.shown.choose("interaction"))
    does(lambda: window.panels.shown.instruments[1].marking.toggle())
    does(lambda: document.toggle_ablation("C1", 3))
    does(lambda: document.set_network("average"))
    does(lambda: document.select_window((0, 0)))
    does(lambda: window.canvas.set_tool("select"))
    does(lambda: document.select((0,)))
    does(lambda: document.pin(Unit("C3", 5, 2, 3)))
    does(lambda: window.commands.actions["pre"].trigger())
    does(window.comparison.toggle)
    clock.now += 0.25
    qtbot.waitUntil(lambda: strip.seconds.text() == "3 s")
    clock.now += 0.25
    strip.stop.click()
    qtbot.waitUntil(lambda: len(films) == 1)
    ((made, arguments),) = films
    assert arguments[arguments.index("--rate") + 1] == "20"
    assert made.seconds == 3.5
    for time, state in states:
        assert made.at(time + 0.2) == state, time
        assert made.at(time - 0.05) != state, time
    assert not strip.isVisible() and not window.recorder.recording
    assert document.scene is scene, "nothing was copied"


def test_a_unit_that_is_pointed_at_is_explained_in_the_film(
    application: Application,
    clock: Clock,
    films: list[tuple[Take, list[str]]],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    window, document = application.window, application.document
    document.apply(digits.number("3"), "draw")
    settled(application, qtbot)
    begin(application, tmp_path / "a.mp4")
    clock.now += 0.5
    mosaic = window.maps.layers.mosaics["C1"]
    QTest.mouseMove(mosaic, mosaic.rect().center())
    assert document.hovered is not None
    unit = document.hovered
    settled(application, qtbot)
    clock.now += 0.5
    QTest.mouseMove(mosaic, QPoint(mosaic.width() // 2, 1))
    assert document.hovered is None
    settled(application, qtbot)
    window.recorder.finish_take()
    qtbot.waitUntil(lambda: len(films) == 1)
    take = films[0][0]
    assert [take.at(time).hovered for time in (0.4, 0.6, 1.1)] == [None, unit, None]
    with rendering(take.at(0.0), LOOK) as made:
        before, over, after = made.follow(take, (0.4, 0.6, 1.1))
    assert np.array_equal(before, after) and not np.array_equal(before, over)


def test_cancel_leaves_nothing(
    application: Application, temporary: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    strip = begin(application, tmp_path / "a.mp4")
    draw(application, (10, 6), (10, 26))
    strip.cancel.click()
    recorder = application.window.recorder
    assert not recorder.taking and not recorder.recording and not strip.isVisible()
    assert "cancelled" in application.window.messages.text
    draw(application, (20, 6), (20, 26))  # nobody listens any longer
    settled(application, qtbot)
    assert application.window.findChild(TakeRecorder) is None
    assert list(temporary.iterdir()) == [] and not list(tmp_path.glob("a.*"))


def test_closing_ends_a_take_quietly(
    application: Application, temporary: Path, tmp_path: Path
) -> None:
    begin(application, tmp_path / "a.mp4")
    draw(application, (10, 6), (10, 26))
    application.window.close()
    assert not application.window.recorder.taking
    assert list(temporary.iterdir()) == [] and not list(tmp_path.glob("a.*"))


def test_closing_while_the_take_is_pickled_leaves_nothing(
    application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dumps, go_on = transfer.dumps, threading.Event()

    def slowly(take: Take) -> bytes:
        go_on.wait(10)
        return dumps(take)

    monkeypatch.setattr(transfer, "dumps", slowly)
    begin(application, tmp_path / "a.mp4").stop.click()
    threading.Timer(0.1, go_on.set).start()
    application.window.close()
    assert go_on.is_set()
    assert application.window.findChildren(QProcess) == [] and not list(tmp_path.glob("a.*"))


def test_closing_once_the_take_is_pickled_leaves_nothing(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    """The process would be started at the next turn of the event loop."""
    begin(application, tmp_path / "a.mp4").stop.click()
    for thread in threading.enumerate():
        if thread.name == "job":
            thread.join()
    application.window.close()
    qtbot.wait(50)
    assert application.window.findChildren(QProcess) == [] and not list(tmp_path.glob("a.*"))


def test_the_limit_makes_the_film(
    application: Application,
    told: list[str],
    clock: Clock,
    films: list[tuple[Take, list[str]]],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    begin(application, tmp_path / "a.mp4")
    clock.now += MOST_SECONDS - 1
    draw(application, (10, 6), (10, 26))
    clock.now += 30
    qtbot.waitUntil(lambda: len(films) == 1)
    assert films[0][0].seconds == MOST_SECONDS
    assert len(films[0][0].at(MOST_SECONDS).scene.items) == 1
    assert "120 s at most" in told[0] and "Recorded as" in told[1]
    assert not application.window.recorder.taking


def test_a_take_without_room_makes_the_film_of_what_was_noted(
    application: Application,
    told: list[str],
    clock: Clock,
    films: list[tuple[Take, list[str]]],
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is never lost: it ends by itself before what would not fit, and that is told."""
    monkeypatch.setattr(take, "MOST_BYTES", 1_000_000)
    document = application.document
    begin(application, tmp_path / "a.mp4")
    clock.now += 1
    document.apply(digits.number("3"), "draw")
    three = document.scene
    settled(application, qtbot)
    clock.now += 1
    picture = ImageLayer(np.full((600, 600), 0.5, np.float32), (16.0, 16.0))
    document.apply(replace(three, items=(*three.items, picture)), "picture")
    settled(application, qtbot)
    clock.now += 1
    qtbot.waitUntil(lambda: len(films) == 1)
    made = films[0][0]
    assert made.at(made.seconds).scene == three and made.at(0.5).scene.items == ()
    assert made.seconds >= 2 and not application.window.recorder.taking
    assert "too much memory" in told[0] and "Recorded as" in told[1]


def test_the_keys_end_it_while_presenting_too(
    application: Application,
    clock: Clock,
    films: list[tuple[Take, list[str]]],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    window = application.window
    record = window.commands.actions["record"]
    begin(application, tmp_path / "a.mp4")
    window.presentation.toggle()
    assert record.isEnabled()
    record.trigger()
    qtbot.waitUntil(lambda: len(films) == 1)
    assert not record.isEnabled(), "it would open a dialog"
    window.presentation.toggle()
    assert record.isEnabled()


def test_a_demonstration_that_plays_is_taken_with_its_time(
    application: Application,
    clock: Clock,
    films: list[tuple[Take, list[str]]],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    """It plays, a hand takes over, it goes on: all of that is in the take, and in its frames."""
    window, player = application.window, application.window.player
    player.clock = clock
    player.load(SLIDE)
    player.play()
    begin(application, tmp_path / "a.mp4", rate=60)
    for _ in range(20):
        shown = player.time
        clock.now += 1 / 60
        qtbot.waitUntil(lambda shown=shown: player.time > shown)
    window.canvas.set_tool("pen")
    draw(application, (10, 6), (10, 26))
    assert player.taken_over
    clock.now += 0.5
    settled(application, qtbot)
    player.toggle()
    clock.now += 1 / 60
    qtbot.waitUntil(lambda: player.time > 20.5 / 60)
    player.pause()
    window.recorder.finish_take()
    qtbot.waitUntil(lambda: len(films) == 1)
    take = films[0][0]
    for frame in range(20):
        state = take.at(frame / 60 + 1e-6)
        assert state.demonstration is not None
        assert state.demonstration.time == pytest.approx(frame / 60)
        assert state.scene == slide(state.demonstration.time)
    assert len(take.at(20 / 60 + 0.4).scene.items) == 2
    assert take.at(take.seconds).scene == slide(player.time)

    chosen = [0.0, 5 / 60, 20 / 60 + 0.3, take.seconds]
    with rendering(take.at(0.0), STAGE) as made:
        frames = list(made.follow(take, chosen))
    for time, frame in zip(chosen, frames, strict=True):
        assert np.array_equal(frame, picture(take.at(time), STAGE)), time
