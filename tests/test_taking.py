"""Takes of the hand: noted while the window lives, filmed frame by frame as it went."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
from opening import settled
from PIL import Image
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz import cli, commands, demos, recording, screen, take_file
from viz.app import Application
from viz.demos.demonstration import Demonstration
from viz.export import Frame
from viz.rendering import Look, rendering
from viz.scene import Scene, Transform, digits
from viz.session import Playing, Session
from viz.snapshot import Unit
from viz.take import MOST_SECONDS, Notes, Take
from viz.taking import Taking
from viz.views.record import RecordDialog, TakeStrip, Wish

LEFT = Qt.MouseButton.LeftButton
LOOK = Look((1024, 640), "dark")
STAGE = replace(LOOK, stage=True)
RATE = 25
SECONDS = 2.0


def slide(time: float) -> Scene:
    return replace(digits.number("3"), transform=Transform(dx=2 * min(max(time, 0.0), SECONDS)))


SLIDE = Demonstration("slide", "live", "Slide", "The 3.", "It moves.", SECONDS, slide)


@dataclass
class Clock:
    """Seconds that go on when a test says so."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(recording, "Taking", partial(Taking, clock=made))
    return made


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files come to lie that live only as long as a recording."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _slide_too(monkeypatch: pytest.MonkeyPatch) -> None:
    by_id = demos.by_id
    monkeypatch.setattr(demos, "by_id", lambda name: SLIDE if name == SLIDE.id else by_id(name))
    monkeypatch.setattr(commands.os, "nice", lambda by: by)


@pytest.fixture
def application(qtbot: QtBot) -> Iterator[Application]:
    made = Application(Scene(32, 32), keep=False)
    qtbot.addWidget(made.window)
    made.window.appearance.fix("dark", 1.0)
    made.window.resize(*LOOK.size)
    made.window.show()
    with qtbot.waitActive(made.window):  # without it keys find no command
        made.window.activateWindow()
    made.start()
    settled(made, qtbot)
    yield made
    made.window.close()


def begin(application: Application, file: Path, kind: str = "mp4", rate: int = RATE) -> TakeStrip:
    application.window.recorder.begin_take(Wish(kind, True, LOOK.size, rate, file, True))
    strip = application.window.findChild(TakeStrip)
    assert strip is not None
    return strip


@pytest.fixture
def films(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Take, list[str]]]:
    """What would be filmed, in place of the process: (take, arguments)."""
    made: list[tuple[Take, list[str]]] = []

    def run(recorder: recording.Recorder, arguments: list[str], what: str) -> None:
        recorder._writing = False
        assert what == "--take"
        made.append((take_file.load(recorder._shown_file), arguments))
        recorder._end(0)

    monkeypatch.setattr(recording.Recorder, "_run", run)
    return made


def draw(application: Application, *points: tuple[float, float]) -> None:
    canvas = application.window.canvas
    at = [canvas.to_widget(*point).toPoint() for point in points]
    QTest.mousePress(canvas, LEFT, pos=at[0])
    for point in at[1:]:
        QTest.mouseMove(canvas, point)
    QTest.mouseRelease(canvas, LEFT, pos=at[-1])


def decoded(film: Path) -> list[Frame]:
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]


def pictures(state: Session, look: Look) -> Frame:
    with rendering(state, look) as made:
        return made.frame()


def test_a_film_of_the_hand(
    application: Application, clock: Clock, temporary: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    """From the dialog to the decoded frames: a stroke drawn at 0.5 s is there from frame 13 on."""
    window, film = application.window, tmp_path / "hand.mp4"
    window.actions_by_id["record"].trigger()
    (dialog,) = window.findChildren(RecordDialog)
    dialog.kind.setCurrentIndex(dialog.kind.findData("take mp4"))
    dialog.what.setCurrentIndex(1)
    dialog.size_choice.setCurrentIndex(dialog.size_choice.findText("another:"))
    dialog.width_px.setValue(LOOK.size[0])
    dialog.height_px.setValue(LOOK.size[1])
    dialog.rate.setCurrentIndex(dialog.rate.findData(RATE))
    dialog.file.setText(str(film))
    assert "Ctrl+Shift+R" in dialog._summary.text() and "120 s" in dialog._summary.text()
    dialog.record.click()
    assert window.recorder.taking
    with qtbot.waitActive(window):  # as a window manager does once the dialog is gone
        window.activateWindow()
    before = screen.capture(window)
    clock.now += 0.5
    draw(application, (16, 6), (16, 16), (16, 26))
    qtbot.waitUntil(lambda: not window.recorder._taking[1]._soon.isActive())
    settled(application, qtbot)
    after = screen.capture(window)
    assert before.scene.items == () and len(after.scene.items) == 1
    clock.now += 0.5
    QTest.keyClick(
        window,
        Qt.Key.Key_R,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert not window.recorder.taking
    qtbot.waitUntil(lambda: not window.recorder.recording, timeout=120_000)
    assert f"Recorded as {film}" in window.message_bar.text
    assert list(temporary.iterdir()) == []

    frames = [frame.astype(int) for frame in decoded(film)]
    assert len(frames) == RATE + 1
    old, new = (pictures(state, STAGE).astype(int) for state in (before, after))
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
        qtbot.waitUntil(lambda: window.recorder._taking[1]._notes._moments[-1][0] > 0)
        states.append((0.25 * (len(states) + 1), screen.capture(window)))

    does(lambda: draw(application, (10, 6), (10, 26)))
    scene = document.scene
    does(lambda: QTest.keyClick(window, Qt.Key.Key_4))
    assert window.panel_shown is not None
    does(lambda: window.panel_shown.choose(1))
    does(lambda: window.panel_shown.instruments[1].marking.toggle())
    does(lambda: document.toggle_ablation("C1", 3))
    does(lambda: document.set_network("average"))
    does(lambda: document.select_window((0, 0)))
    does(lambda: window.canvas.set_tool("select"))
    does(lambda: document.select((0,)))
    does(lambda: document.pin(Unit("C3", 5, 2, 3)))
    does(lambda: window.actions_by_id["pre"].trigger())
    does(window.freezing.toggle)
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
    mosaic = window.maps.mosaics["C1"]
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
    assert "cancelled" in application.window.statusBar().currentMessage()
    draw(application, (20, 6), (20, 26))  # nobody listens any longer
    settled(application, qtbot)
    assert application.window.findChild(Taking) is None
    assert list(temporary.iterdir()) == [] and not list(tmp_path.glob("a.*"))


def test_closing_ends_a_take_quietly(
    application: Application, temporary: Path, tmp_path: Path
) -> None:
    begin(application, tmp_path / "a.mp4")
    draw(application, (10, 6), (10, 26))
    application.window.close()
    assert not application.window.recorder.taking
    assert list(temporary.iterdir()) == [] and not list(tmp_path.glob("a.*"))


def test_closing_while_the_take_is_written_leaves_nothing(
    application: Application,
    temporary: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    save, go_on = take_file.save, threading.Event()

    def slowly(take: Take, path: Path) -> None:
        go_on.wait(10)
        save(take, path)

    monkeypatch.setattr(take_file, "save", slowly)
    begin(application, tmp_path / "a.mp4").stop.click()
    threading.Timer(0.1, go_on.set).start()
    application.window.close()
    assert go_on.is_set()
    assert list(temporary.iterdir()) == [] and not list(tmp_path.glob("a.*"))


def test_closing_once_the_take_is_written_leaves_nothing(
    application: Application, temporary: Path, tmp_path: Path
) -> None:
    """The process would be started at the next turn of the event loop, which does not come."""
    begin(application, tmp_path / "a.mp4").stop.click()
    application.engine._jobs[-1].join()
    assert len(list(temporary.iterdir())) == 1
    application.window.close()
    assert list(temporary.iterdir()) == [] and not list(tmp_path.glob("a.*"))


def test_the_limit_makes_the_film(
    application: Application,
    clock: Clock,
    films: list[tuple[Take, list[str]]],
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    say = application.window.message_bar.say
    monkeypatch.setattr(
        application.window.message_bar, "say", lambda t, **more: told.append(t) or say(t, **more)
    )
    begin(application, tmp_path / "a.mp4")
    clock.now += MOST_SECONDS - 1
    draw(application, (10, 6), (10, 26))
    clock.now += 30
    qtbot.waitUntil(lambda: len(films) == 1)
    assert films[0][0].seconds == MOST_SECONDS
    assert len(films[0][0].at(MOST_SECONDS).scene.items) == 1
    assert "120 s at most" in told[0] and "Recorded as" in told[1]
    assert not application.window.recorder.taking


def test_the_keys_end_it_while_presenting_too(
    application: Application,
    clock: Clock,
    films: list[tuple[Take, list[str]]],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    window = application.window
    record = window.actions_by_id["record"]
    begin(application, tmp_path / "a.mp4")
    window.presenting.toggle()
    assert record.isEnabled()
    record.trigger()
    qtbot.waitUntil(lambda: len(films) == 1)
    assert not record.isEnabled(), "it would open a dialog"
    window.presenting.toggle()
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
        assert np.array_equal(frame, pictures(take.at(time), STAGE)), time


def test_going_on_shows_what_opening_would(application: Application, qtbot: QtBot) -> None:
    """Each state of a take, arrived at from the one before, looks as it does in a new window."""
    window, document = application.window, application.document
    states: list[Session] = []

    def now() -> None:
        settled(application, qtbot)
        qtbot.waitUntil(lambda: not application.engine.measuring, timeout=60_000)
        states.append(screen.capture(window))

    document.apply(digits.number("31"), "draw")
    now()
    document.set_network("average")
    document.toggle_ablation("C1", 3)
    document.set_chapter("sliding-window")
    now()
    document.apply(replace(document.scene, transform=Transform(dx=3.25)), "move")
    document.select_window((0, 1))
    now()
    document.set_chapter("binding")
    assert window.panel_shown is not None
    overlay = window.panel_shown.instruments[0].overlay  # type: ignore[attr-defined]
    now()
    overlay.setChecked(not overlay.isChecked())
    now()
    document.set_chapter("live")
    document.toggle_ablation("C1", 3)
    document.toggle_ablation("S2", 4)
    window.canvas.set_tool("select")
    document.select((1,))
    document.pin(Unit("C3", 5, 2, 3))
    now()
    window.actions_by_id["pre"].trigger()
    window.actions_by_id["grid"].trigger()
    window.freezing.toggle()
    document.set_network("max")
    document.apply(digits.number("53"), "draw")
    document.pin(None)
    now()
    window.freezing.toggle()
    window.player.load(SLIDE)
    window.player.seek(1.0)
    window.player.speed = 2.0
    now()
    window.player.unload()
    document.restore_all()
    now()
    take = Take(tuple((float(number), state) for number, state in enumerate(states)), 10.0)
    with rendering(states[0], STAGE) as made:
        frames = list(made.follow(take, range(len(states))))
        assert screen.capture(made._window) == states[-1]
    for number, (frame, state) in enumerate(zip(frames, states, strict=True)):
        assert np.array_equal(frame, pictures(state, STAGE)), number
    assert len({frame.tobytes() for frame in frames}) == len(frames)


def test_the_window_is_shown_that_the_hand_saw(qtbot: QtBot) -> None:
    """Both digits are sure: which one's window is shown depends on what went before."""
    moments = []
    for number, window in enumerate([(0, 2), (0, 2), (0, 6), (0, 6), (0, 3)]):
        scene = replace(digits.number("31"), transform=Transform(dx=number // 2))
        moments.append((float(number), Session(scene, surest=window)))
    take, shown = Take(tuple(moments), 5.0), []
    with rendering(take.at(0), LOOK) as made:
        for _ in made.follow(take, range(5)):
            shown.append(made._window.document.shown_window())
            assert made._window.maps.scores._shown_window == shown[-1]
    assert shown == [state.surest for _, state in moments]


def test_a_hands_pause_is_judged_by_the_times_of_the_take(qtbot: QtBot) -> None:
    """However fast or slowly the frames come: after two seconds a path begins anew."""
    thirty_one = digits.number("31")
    three = thirty_one.items[0]

    def at(dx: float) -> Session:
        moved = replace(three, transform=Transform(dx=dx))
        scene = thirty_one.with_item(0, moved)
        return Session(scene, "binding", 2, selection=frozenset({0}), tool="select")

    notes = Notes(10, at(0))
    for time, dx in ((0.1, 1), (0.2, 2), (0.3, 3), (2.3, 4), (2.4, 5)):
        notes.note(time, at(dx))
    take = notes.take(2.5)
    with rendering(take.at(0), STAGE) as made:
        lengths = []
        for _ in made.follow(take, take.times(10)):
            panel = made._window.panel_shown
            assert panel is not None
            trajectory = panel.instruments[2]
            lengths.append(trajectory.trail.xs[-1])  # type: ignore[attr-defined]
    assert lengths == pytest.approx([0, 1, 2, *[3] * 20, 1, 2, 2])


def test_taken_over_and_given_back_at_the_same_time(qtbot: QtBot) -> None:
    played = Session(slide(1), demonstration=Playing(SLIDE.id, 1.0))
    by_hand = replace(played, scene=slide(0.5))
    take = Take(((0.0, played), (1.0, by_hand), (2.0, played)), 3.0)
    with rendering(take.at(0), STAGE) as made:
        taken = [made._window.player.taken_over for _ in made.follow(take, range(3))]
    assert taken == [False, True, False]


def test_a_state_that_lasts_is_painted_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = Notes(20, Session(slide(0)))
    notes.note(0.25, Session(slide(1)))
    take = notes.take(0.5)
    with rendering(take.at(0), STAGE) as made:
        painted: list[Frame] = []
        frame = made.frame
        monkeypatch.setattr(made, "frame", lambda: painted.append(frame()) or painted[-1])
        frames = list(made.follow(take, take.times(20)))
    assert len(painted) == 2
    assert [painted.index(f) if f is painted[0] else 1 for f in frames] == [0] * 5 + [1] * 6


def render(*arguments: str) -> int:
    return cli.main(["render", "--size", "1024x640", *arguments])


def test_a_take_by_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "a.take.json", tmp_path / "a.gif"
    notes = Notes(10, Session(slide(0)))
    notes.note(0.35, Session(slide(2)))
    take_file.save(notes.take(0.6), file)
    arguments = ("--take", str(file), "--stage", "--rate", "10", "--progress")
    assert render(*arguments, "--out", str(out)) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "frame 7/7"
    with Image.open(out) as film:
        shown = []
        for number in range(film.n_frames):
            film.seek(number)
            shown.append((round(film.info["duration"]), film.convert("RGB").tobytes()))
    looks = [look for duration, look in shown for _ in range(duration // 100)]
    assert len(looks) == 7
    assert len(set(looks[:4])) == len(set(looks[4:])) == 1 and looks[3] != looks[4]


def test_what_render_does_not_take(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.take.json"
    take_file.save(Notes(10, Session(slide(0))).take(1.0), file)
    out = tmp_path / "a.mp4"
    for more, told in (
        (("--out", str(tmp_path / "a.png")), "--take is for films"),
        (("--out", str(out), "--time", "1"), "leave --time out"),
        (("--out", str(out), "--chapter", "live"), "leave --chapter out"),
    ):
        assert render("--take", str(file), *more) == 2
        assert told in capsys.readouterr().err
    file.write_text(file.read_text().replace('"moments":[[', '"moments":[["x",'))
    assert render("--take", str(file), "--out", str(out)) == 2
    assert "This is no take of LeNetScope: its “moments”" in capsys.readouterr().err
    assert not out.exists()
