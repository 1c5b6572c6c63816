"""The player: times, frames, loops, taking over and undo, on a clock that the tests set."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from staging import DEMOS, OWN, Demo

from viz.model.document import Document
from viz.model.player import FPS, STEP_S, Player
from viz.scene import Scene, Transform


class Wall:
    """A clock that stands until it is told to go on."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document(OWN)


@pytest.fixture
def player(document: Document, wall: Wall) -> Player:
    shelf = {"live": DEMOS, "pooling": (Demo("Pooled", "pooling"),), "binding": ()}
    return Player(document, lambda chapter: shelf[chapter], wall)


def go(player: Player, wall: Wall, seconds: float) -> None:
    """Let the wall's clock go on, and the player's timer ring, which need not wait for it."""
    wall.now += seconds
    timer = player.findChild(QTimer)
    assert timer is not None
    timer.timeout.emit()


def test_a_loaded_demonstration_is_on_the_canvas_before_it_is_announced(
    player: Player, document: Document
) -> None:
    player.load(DEMOS[0])
    document.apply(OWN, "mine")
    found: list[object] = []
    player.demonstration_changed.connect(
        lambda: found.append((document.scene, player.taken_over, player.time))
    )
    player.load(DEMOS[1])
    assert found == [(DEMOS[1].scene_at(0), False, 0.0)]
    assert not player.playing


def test_what_is_shown_is_the_scene_at_that_time_exactly(
    player: Player, document: Document, wall: Wall
) -> None:
    player.toggle()
    for wait in (0.017, 0.4, 1.234):
        go(player, wall, wait)
        assert document.scene == DEMOS[0].scene_at(player.time)
    assert player.time == pytest.approx(1.651, abs=1 / FPS)
    player.seek(2.5)
    assert player.time == 2.5
    assert document.scene == DEMOS[0].scene_at(2.5)


def test_a_late_frame_is_skipped_and_counted(player: Player, wall: Wall) -> None:
    player.toggle()
    for _ in range(10):
        go(player, wall, 1 / FPS)
    assert (player.frames, player.late) == (10, 0)
    go(player, wall, 4 / FPS)
    assert (player.frames, player.late) == (14, 3)
    assert player.time == pytest.approx(14 / FPS)


@pytest.mark.parametrize("speed", [0.25, 2.0, 4.0])
def test_speed_changes_without_a_jump_within_a_range(
    player: Player, wall: Wall, speed: float
) -> None:
    player.toggle()
    go(player, wall, 1.0)
    player.speed = speed
    go(player, wall, 1.0)
    assert player.time == pytest.approx(1 + speed)
    for _ in range(5):
        player.change_speed(1)
    assert player.speed == 4.0
    for _ in range(9):
        player.change_speed(-1)
    assert player.speed == 0.25


def test_it_loops_or_stops_at_the_end_and_begins_anew(player: Player, wall: Wall) -> None:
    player.toggle()
    go(player, wall, 7.5)
    assert not player.seen
    go(player, wall, 2.0)
    assert player.seen, "what it proves can be told now"
    assert player.time == pytest.approx(1.5)
    player.loop = False
    go(player, wall, 30.0)
    assert (player.time, player.playing) == (8.0, False)
    player.play()
    assert (player.time, player.playing) == (0.0, True)


def test_steps_pause_and_stay_within(player: Player) -> None:
    player.toggle()
    player.step(3)
    assert not player.playing
    assert player.time == pytest.approx(3 * STEP_S)
    player.step(-100)
    assert player.time == 0
    player.seek(1e9)
    assert player.time == 8.0


def test_a_whole_play_is_one_step_and_undo_brings_the_drawing_back(
    player: Player, document: Document, wall: Wall
) -> None:
    player.toggle()
    for _ in range(100):
        go(player, wall, 0.3)
    player.next()
    go(player, wall, 0.3)
    assert document.undo_stack.count() == 1
    assert document.drawing == OWN, "the user's drawing is kept while a demonstration is shown"
    document.undo_stack.undo()
    assert document.scene == OWN
    assert not player.playing, "undo takes over"
    player.play()
    assert document.scene == DEMOS[1].scene_at(player.time)


def test_any_other_change_takes_over_and_playing_resumes(
    player: Player, document: Document, wall: Wall
) -> None:
    player.toggle()
    go(player, wall, 2.0)
    mine = replace(document.scene, transform=Transform(angle=20))
    document.apply(mine, "turn")
    assert (player.playing, player.taken_over, player.time) == (False, True, pytest.approx(2.0))
    assert document.drawing == OWN, "a demonstration that is moved about is no drawing"
    go(player, wall, 5.0)
    assert document.scene == mine
    player.play()
    go(player, wall, 1.0)
    assert not player.taken_over
    assert document.scene == DEMOS[0].scene_at(player.time)
    assert player.time == pytest.approx(3.0)
    document.undo_stack.undo()
    assert document.scene == mine


def test_a_press_pauses_before_anything_moves(player: Player, qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    player.watch(widget)
    player.toggle()
    QTest.mousePress(widget, Qt.MouseButton.LeftButton)
    assert not player.playing


def test_next_and_previous_play_and_end_at_the_ends(player: Player) -> None:
    player.previous()
    assert player.demonstration is DEMOS[0]
    assert player.playing
    player.next()
    player.next()
    player.next()
    assert player.demonstration is DEMOS[2]
    player.previous()
    assert player.demonstration is DEMOS[1]


def test_space_in_another_chapter_plays_that_chapters_first(
    player: Player, document: Document
) -> None:
    player.toggle()
    player.toggle()
    assert player.demonstration is DEMOS[0]
    document.view.chapter = "pooling"
    player.toggle()
    assert player.demonstration is not None
    assert (player.demonstration.title, player.playing) == ("Pooled", True)
    document.view.chapter = "binding"
    player.toggle()
    assert not player.playing
    player.toggle()
    assert player.playing, "a chapter without demonstrations resumes the one at hand"


def test_a_broken_demonstration_stops(player: Player) -> None:
    class Broken(Demo):
        def scene_at(self, time: float) -> Scene:
            if time:
                raise ZeroDivisionError
            return super().scene_at(time)

    player.load(Broken())
    player.play()
    with pytest.raises(ZeroDivisionError):
        player.seek(1.0)
    assert not player.playing


def test_the_timer_plays_by_itself(qtbot: QtBot) -> None:
    document = Document(OWN)
    player = Player(document, lambda _: DEMOS)
    player.toggle()
    qtbot.waitUntil(lambda: player.frames >= 6)
    player.pause()
    assert document.scene == DEMOS[0].scene_at(player.time)


def test_looping_for_two_hours_keeps_memory_flat(
    player: Player, document: Document, wall: Wall
) -> None:
    player.toggle()

    def hours() -> int:
        for _ in range(1000):
            go(player, wall, 2.4)
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        first = hours()
        assert hours() - first < 30_000
    finally:
        tracemalloc.stop()
    assert document.undo_stack.count() == 1
