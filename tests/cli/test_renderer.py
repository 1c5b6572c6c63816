"""Renderer: every frame is that of its very time, twice the same, and Ctrl-C leaves nothing."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from painted import cell
from PIL import Image
from PyQt6.QtCore import QPoint, QRect, QRectF, QTimer
from pytestqt.qtbot import QtBot

from viz.chapters import registry
from viz.cli import commands, main
from viz.cli.renderer import Look, Renderer, rendering
from viz.errors import UserError
from viz.model.demonstration import Demonstration
from viz.model.snapshot import Unit
from viz.recording import video
from viz.recording.take import Take
from viz.recording.video import Frame
from viz.scene import Scene, Transform, digits, rasterize_scene
from viz.session.session import Playback, Session
from viz.window.sizes import LEAST_SIZE

SMALL = Look((1024, 640), stage=True)
THREE = digits.number("3", height=32, width=64)
SECONDS = 2.0


def slide(time: float) -> Scene:
    """A 3 that moves by 10 px a second, and stands at the end as at the beginning."""
    time = min(max(time, 0.0), SECONDS)
    return replace(THREE, transform=Transform(dx=10 * (time if time < SECONDS else 0)))


SLIDE = Demonstration("slide", "live", "Slide", "The 3.", "It moves.", SECONDS, slide)


@pytest.fixture(autouse=True)
def _only_slide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library holds one demonstration, whose every frame is known."""
    monkeypatch.setattr(registry, "demonstrations", lambda: (SLIDE,))


def at(time: float) -> Session:
    return Session(slide(time), tool="select", demonstration=Playback(SLIDE.id, time))


def canvas_of(made: Renderer, frame: Frame) -> Frame:
    """One pixel of the frame from the middle of each canvas pixel, (32, 64) of 0…255."""
    window = made.window
    rect = window.canvas.image_rect()
    origin = window.canvas.mapTo(window, window.canvas.rect().topLeft())
    step = rect.height() / 32
    rows = (origin.y() + rect.top() + step * (np.arange(32) + 0.5)).astype(int)
    columns = (origin.x() + rect.left() + step * (np.arange(64) + 0.5)).astype(int)
    return frame[np.ix_(rows, columns)][..., 0]


def test_each_frame_shows_its_time_and_no_other(qtbot: QtBot) -> None:
    with rendering(at(0), SMALL) as made:
        document, shown = made.application.document, []
        document.snapshot_changed.connect(lambda snapshot: shown.append(snapshot.scene))
        for time in (1.5, 0.25, 0.25, 1.0):
            made.seek(time)
            frame = made.frame()
            assert frame.shape == (640, 1024, 3)
            assert document.snapshot is not None and document.snapshot.scene == slide(time)
            ink = rasterize_scene(slide(time))
            seen = canvas_of(made, frame).astype(float)
            assert seen[ink > 0.9].min() > 180
            assert seen[ink == 0].max() < 60
    assert len(shown) >= 3


def test_two_renderings_are_alike_to_the_last_pixel(qtbot: QtBot) -> None:
    whole = replace(SMALL, stage=False)  # with sliders, whose numbers keep a hand's time
    runs = []
    for _ in range(2):
        with rendering(at(0), whole) as made:
            frames = []
            for number in range(4):
                made.seek(number / 10)
                frames.append(made.frame())
        runs.append(frames)
    assert np.array_equal(runs[0], runs[1])
    assert len({frame.tobytes() for frame in runs[0]}) == 4


def test_what_views_put_off_is_on_the_picture(qtbot: QtBot) -> None:
    with rendering(at(0), replace(SMALL, stage=False)) as made:
        made.frame()
        late: list[int] = []
        timer = QTimer(made.window)
        timer.setSingleShot(True)
        timer.timeout.connect(lambda: late.append(1))
        timer.start(600_000)
        made.frame()
    assert late == [1]


def test_the_measurements_of_a_frame_are_waited_for(qtbot: QtBot) -> None:
    with rendering(at(0), SMALL) as made:
        made.frame()
        arrived: list[int] = []
        made.application.engine.measure(
            "slow", lambda nets: iter(range(50)), lambda result: arrived.append(result)
        )
        made.frame()
        assert arrived == list(range(50))
        assert made.application.engine.rest_s == 0, "there is no hand to make room for"


def test_the_stage_has_no_controls(qtbot: QtBot) -> None:
    for stage in (True, False):
        with rendering(at(0), Look((1920, 1080), stage=stage)) as made:
            made.frame()
            window = made.window
            for part in (window.head, window.statusBar(), window.transform_panel):
                assert part.isVisible() is not stage
            assert window.stage.title.isVisible() is stage
            assert (
                window.kernels.isVisible()
                and window.canvas.isVisible()
                and window.stage.maps.isVisible()
            )
            assert not window.timing.isVisible(), "milliseconds are never the same twice"


CANVASES = {
    (demo.chapter, demo.scene_at(0).height, demo.scene_at(0).width)
    for demo in registry.demonstrations()
}


@pytest.mark.parametrize(("chapter", "height", "width"), sorted(CANVASES))
def test_the_least_stage_has_room_for_all_maps(
    chapter: str, height: int, width: int, qtbot: QtBot
) -> None:
    """On every canvas that demonstrations use: two units of a map may share a pixel, no more."""
    session = Session(digits.number("5", height=height, width=width), chapter)
    with rendering(session, Look(LEAST_SIZE, stage=True)) as made:
        assert made.frame().shape == (*LEAST_SIZE[::-1], 3)
        maps, snapshot = made.window.stage.maps, made.window.document.snapshot
        assert snapshot is not None
        for name, mosaic in maps.mosaics.items():
            count, *last = snapshot.maps[name].shape
            assert cell(maps, name) >= 1 / 2, name
            for number in range(count):
                corner = Unit(name, number, *(size - 1 for size in last))
                assert QRectF(mosaic.rect()).contains(mosaic.unit_position(corner)), name


def test_a_film_looks_as_if_it_played(qtbot: QtBot) -> None:
    """Its button pauses, as it does in the window; that of a picture says what held there."""
    playing = replace(at(0.5), demonstration=Playback(SLIDE.id, 0.5, playing=True))
    take = Take(((0.0, playing), (1.0, at(0.5)), (2.0, Session(THREE))), 3.0)
    with rendering(at(0.5), replace(SMALL, stage=False)) as made:
        button = made.window.head.player_bar.toggle
        place = QRect(button.mapTo(made.window, QPoint()), button.size())
        rows = slice(place.top(), place.bottom() + 1)
        columns = slice(place.left(), place.right() + 1)
        still = made.frame()[rows, columns]
        filmed = [frame[rows, columns] for frame in made.play([0.5, 0.6])]
        assert not np.array_equal(filmed[0], still) and np.array_equal(*filmed)
        assert made.window.player.time == 0.6, "no clock goes on"
    with rendering(playing, replace(SMALL, stage=False)) as made:
        assert np.array_equal(made.frame()[rows, columns], filmed[0])
        shown = [frame[rows, columns] for frame in made.follow(take, range(3))]
    for frame, wanted in zip(shown, (filmed[0], still, still), strict=True):
        assert np.array_equal(frame, wanted)


def test_a_fault_becomes_one_sentence(qtbot: QtBot) -> None:
    with rendering(at(0), SMALL) as made:
        made.application.engine.failed.emit("not finite")
        with pytest.raises(UserError, match="not finite"):
            made.frame()
    unknown = replace(at(0), demonstration=Playback("dreams"))
    with pytest.raises(UserError, match="dreams"), rendering(unknown, SMALL):
        pass


def test_an_instrument_that_is_not_there(qtbot: QtBot) -> None:
    told = (
        "“Binding” has no instrument “50”; .*: 1 binding-map, 2 interaction, 3 trajectory, "
        "4 binding-data, 5 unit"
    )
    session = replace(at(0), chapter="binding", instrument="50")
    with pytest.raises(UserError, match=told), rendering(session, SMALL):
        pass


def test_a_map_has_the_whole_picture_and_one_that_is_not_there_is_told(qtbot: QtBot) -> None:
    with rendering(replace(at(0), enlarged="C3:7"), SMALL) as made:
        made.frame()
        assert made.window.stage.maps.mosaics["C3"].isVisible()
        assert not made.window.canvas.isVisible()
    told = "no “C3:50” to enlarge; .*: canvas, scores, instrument, C1, S2, C3, S4, C5,"
    missing = replace(at(0), enlarged="C3:50")
    with pytest.raises(UserError, match=told), rendering(missing, SMALL):
        pass


def render(*arguments: str) -> int:
    return main.main(["render", "--size", "1024x640", *arguments])


def test_a_film_by_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "slide.mp4"
    assert render("--demo", "slide", "--rate", "4", "--progress", "--stage", "--out", str(out)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"frame {number}/8" for number in range(1, 9)]
    with av.open(str(out)) as container:
        frames = [
            f.to_ndarray(format="rgb24") for f in container.decode(container.streams.video[0])
        ]
    assert len(frames) == 8, "the ninth would look like the first"
    for number in (0, 5):
        with rendering(at(number / 4), SMALL) as made:
            expected = made.frame().astype(int)
        assert np.abs(frames[number] - expected).mean() < 4
        assert np.abs(frames[number] - frames[number - 4].astype(int)).mean() > 0.5


def test_a_gif_and_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gif, png = tmp_path / "slide.gif", tmp_path / "slide.png"
    assert render(*("--chapter", "live", "--time", "1.5", "--rate", "10"), "--out", str(gif)) == 0
    with Image.open(gif) as film:
        assert (film.size, film.n_frames) == ((1024, 640), 6)
        film.seek(2)
        third = np.asarray(film.convert("RGB")).astype(int)
    assert render(*("--chapter", "live", "--time", "1.7"), "--out", str(png)) == 0
    with Image.open(png) as picture:
        difference = np.abs(third - np.asarray(picture))
    assert difference.mean() < 2.5, "its palette, and a time line that stands elsewhere by a hair"
    assert {file.name for file in tmp_path.glob("slide*")} == {"slide.gif", "slide.png"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_nothing(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = video.Mp4.add

    pressed: list[Frame] = []

    def add_and_press(film: video.Mp4, frame: Frame) -> None:
        add(film, frame)
        if len(pressed) < 2:  # in the thread that encodes: the second while the window closes
            pressed.append(frame)
            os.kill(os.getpid(), number)

    monkeypatch.setattr(video.Mp4, "add", add_and_press)
    before = signal.getsignal(number)
    signal.signal(number, signal.default_int_handler)
    try:
        assert render("--demo", "slide", "--progress", "--out", str(tmp_path / "a.mp4")) == 130
    finally:
        signal.signal(number, before)
    assert pressed and not list(tmp_path.glob("a.mp4*"))
    assert sys.excepthook is sys.__excepthook__


@pytest.fixture(autouse=True)
def _not_nice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process of the tests keeps its priority."""
    monkeypatch.setattr(commands.os, "nice", lambda by: by)
