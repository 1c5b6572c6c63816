"""Turning the pages: chapter keys, Space and the clicker in every order, by real key events."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from opening import Open
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot
from staging import OWN, Demo, shelve

from viz.app import Application
from viz.chapters.registry import by_id, of_chapter
from viz.session.session import Playback, Session

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def _demo(chapter: str, digits: str) -> Demo:
    return Demo(
        f"Title {digits}", chapter, digits=digits, watch=f"Watch {digits}", proves=f"So {digits}"
    )


SHELF = {
    chapter: tuple(_demo(chapter, digits) for digits in names)
    for chapter, names in (("live", "12"), ("equivariance", "34"), ("binding", "56"))
}
CHAPTERS = {Key.Key_1: "live", Key.Key_2: "equivariance", Key.Key_4: "binding"}
PLAYING = (Key.Key_Space, Key.Key_PageDown, Key.Key_PageUp)


@pytest.fixture(params=[False, True], ids=["window", "presenting"])
def lecture(
    request: pytest.FixtureRequest, open_application: Open, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Application]:
    shelve(monkeypatch, SHELF)
    application = open_application(OWN)
    window = application.window
    window.canvas.setFocus()
    if request.param:
        press(application, Key.Key_F5)
        assert window.view.presenting
    yield application
    assert window.view.presenting == request.param


def press(application: Application, key: Key) -> None:
    QTest.keyClick(application.window.canvas, key)


def grab(application: Application) -> None:
    """The user drags the digit."""
    canvas, document = application.window.canvas, application.document
    canvas.set_tool("select")
    x, y = document.scene.strokes_of(0)[0].points[1]
    place = canvas.to_widget(float(x), float(y)).toPoint()
    QTest.mousePress(canvas, LEFT, pos=place)
    for step in (6, 12):
        QTest.mouseMove(canvas, place + QPoint(step, 0))
    QTest.mouseRelease(canvas, LEFT, pos=place + QPoint(12, 0))


def bring_to(application: Application, state: str) -> None:
    """Chapter 2 in this state; in all but the first with a demonstration of its own loaded."""
    press(application, Key.Key_2)
    if state != "nothing loaded":
        press(application, Key.Key_PageDown)
        press(application, Key.Key_PageDown)
    if state == "paused":
        press(application, Key.Key_Space)
    if state == "taken over":
        grab(application)
    player = application.window.player
    assert (player.playing, player.taken_over) == (state == "playing", state == "taken over")


def no_word_of_another_chapter(application: Application) -> bool:
    hint, chapter = application.window.hint_line.hint, application.document.view.chapter
    others = [demo for name, demos in SHELF.items() if name != chapter for demo in demos]
    return not any(
        word in hint for demo in others for word in (demo.title, demo.watch, demo.proves)
    )


STATES = ("nothing loaded", "playing", "paused", "taken over")


@pytest.mark.parametrize(
    ("state", "key"),
    [*((state, Key.Key_Space) for state in STATES), ("paused", PLAYING[1]), ("paused", PLAYING[2])],
)
def test_a_chapter_key_leaves_the_picture_and_the_next_key_plays_the_chapters_own(
    state: str, key: Key, lecture: Application, qtbot: QtBot
) -> None:
    window, document, player = lecture.window, lecture.document, lecture.window.player
    bring_to(lecture, state)
    before = document.scene
    press(lecture, Key.Key_4)
    scene, time = document.scene, player.time
    assert state == "playing" or scene is before  # a last frame may have been due
    assert not player.playing
    assert no_word_of_another_chapter(lecture)
    assert player.at_hand is None
    for nothing in (Key.Key_Period, Key.Key_Comma):
        press(lecture, nothing)
    qtbot.wait(60)
    assert document.scene is scene, "it stands, to be looked at"
    assert player.time == time
    first = SHELF["binding"][0]
    assert first.title in window.head.player_bar.chooser.text()
    press(lecture, key)
    assert (player.demonstration, player.playing) == (first, True)
    assert document.scene == first.scene_at(player.time)
    assert window.hint_line.hint == first.watch
    press(lecture, Key.Key_Space)
    assert not player.playing
    if state == "taken over":
        QTest.keyClick(window, Key.Key_Z, CONTROL)
        assert document.scene is scene, "what the user had made of it"
    while document.undo_stack.canUndo():
        QTest.keyClick(window, Key.Key_Z, CONTROL)
    assert document.scene == OWN


@pytest.mark.parametrize("state", STATES)
def test_back_in_its_chapter_it_goes_on_where_it_stood(
    state: str, lecture: Application, qtbot: QtBot
) -> None:
    window, player = lecture.window, lecture.window.player
    bring_to(lecture, state)
    left = player.demonstration
    for key in (Key.Key_4, Key.Key_1, Key.Key_4):
        press(lecture, key)
        assert no_word_of_another_chapter(lecture)
    time = player.time
    press(lecture, Key.Key_2)
    assert player.at_hand is left
    assert not player.playing, "nothing begins to move by itself"
    if state in ("playing", "paused"):
        assert window.hint_line.hint == SHELF["equivariance"][1].watch
    press(lecture, Key.Key_Space)
    assert player.playing
    assert player.demonstration is (left or SHELF["equivariance"][0])
    assert player.time == pytest.approx(time, abs=0.5)
    assert lecture.document.scene == player.demonstration.scene_at(player.time)


@pytest.mark.parametrize("seed", range(3))
def test_in_every_order_the_chapter_on_the_screen_is_what_plays(
    seed: int, lecture: Application, qtbot: QtBot
) -> None:
    """A random walk beside the rule, written down once more in its simplest form."""
    document, player = lecture.document, lecture.window.player
    chance = random.Random(seed)
    loaded: Demo | None = None
    playing, made = False, []
    for _ in range(60):
        key = chance.choice([*CHAPTERS, *PLAYING, *PLAYING, Key.Key_Right])
        before = document.scene
        press(lecture, key)
        if key in CHAPTERS:
            assert document.view.chapter == CHAPTERS[key]
            assert playing or document.scene is before
            playing = playing and loaded in SHELF[document.view.chapter]
        own = SHELF[document.view.chapter]
        if key == Key.Key_Right:  # nudges the drawing: takes over
            playing = False
            made.append(document.scene)
        elif key in PLAYING and loaded not in own:
            loaded, playing = own[0], True
        elif key == Key.Key_Space:
            playing = not playing
        elif key in PLAYING:
            to = own.index(loaded) + (1 if key == Key.Key_PageDown else -1)  # type: ignore[arg-type]
            if 0 <= to < len(own):
                loaded, playing = own[to], True
        assert (player.demonstration, player.playing) == (loaded, playing), key
        assert player.at_hand is (loaded if loaded in own else None)
        assert no_word_of_another_chapter(lecture)
        if playing:
            assert loaded is not None and document.scene == loaded.scene_at(player.time)
    player.pause()
    stack, kept = document.undo_stack, [document.scene]
    while stack.canUndo():
        stack.undo()
        kept.append(document.scene)
    assert document.scene == OWN
    last_of_each_run = [
        scene for scene, following in zip(made, [*made[1:], None], strict=True)
        if following is None or scene.items != following.items
    ]  # fmt: skip
    assert last_of_each_run
    assert all(scene in kept for scene in last_of_each_run)


def test_the_mouse_turns_the_page_as_the_key_does(open_application: Open, qtbot: QtBot) -> None:
    application = open_application(OWN)
    window, player = application.window, application.window.player
    press(application, Key.Key_2)
    QTest.mouseClick(window.head.player_bar.toggle, LEFT)
    assert player.playing
    tabs = window.head.tabs
    QTest.mouseClick(tabs, LEFT, pos=tabs.tabRect(3).center())
    assert (application.document.view.chapter, player.playing) == ("binding", False)
    QTest.keyClick(tabs, Key.Key_Space)
    assert player.demonstration is of_chapter("binding")[0]
    assert player.playing, "wherever the click has put the focus"
    player.pause()


def test_presenting_begins_and_ends_while_it_plays(open_application: Open) -> None:
    application = open_application(OWN)
    window, player = application.window, application.window.player
    press(application, Key.Key_2)
    press(application, Key.Key_Space)
    for key, chapter in ((Key.Key_F5, "equivariance"), (Key.Key_Escape, "binding")):
        press(application, key)
        assert player.playing
        assert player.demonstration is of_chapter(chapter)[0]
        assert window.hint_line.hint == of_chapter(chapter)[0].watch
        press(application, Key.Key_4)
        press(application, Key.Key_Space)
    assert player.demonstration is of_chapter("binding")[0]
    player.pause()


def test_a_session_left_between_two_chapters_opens_as_it_was_left(open_application: Open) -> None:
    application = open_application(OWN)
    window, player, shift = application.window, application.window.player, by_id("shift")
    for taken in (False, True):
        scene = OWN if taken else shift.scene_at(3.0)
        session = Session(scene, "binding", demonstration=Playback("shift", 3.0))
        window.session_store.restore(session)
        assert application.document.scene == scene
        assert window.session_store.capture().demonstration == session.demonstration
        assert (player.playing, player.at_hand) == (False, None)
        assert "Shift" not in window.hint_line.hint
        assert shift.watch != window.hint_line.hint
        press(application, Key.Key_2)
        assert player.at_hand is shift
        assert player.time == 3.0
        press(application, Key.Key_4)
        press(application, Key.Key_Space)
        assert player.demonstration is of_chapter("binding")[0]
        player.pause()
