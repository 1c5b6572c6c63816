"""A lecture: chapters, demonstrations, presenting and A|B, with real keys and mouse."""

from __future__ import annotations

import faulthandler
import sys
import threading

import pytest
from opening import Open, settled
from PyQt6.QtCore import QPoint, Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialog, QMessageBox
from pytestqt.qtbot import QtBot
from staging import DEMOS, OWN, Demo, shelve

from viz import app
from viz.app import Application
from viz.chapters.registry import chapters

LEFT = Qt.MouseButton.LeftButton
FOUR = Demo("A 4 passes", digits="4", duration=6.0)


@pytest.fixture
def lecture(open_application: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Application:
    shelve(monkeypatch, {"live": (FOUR, *DEMOS), "pooling": (DEMOS[1],)})
    application = open_application(OWN)
    application.window.canvas.setFocus()
    settled(application, qtbot)
    return application


def key(application: Application, key: Qt.Key) -> None:
    QTest.keyClick(application.window, key)


def at(application: Application, x: float, y: float) -> QPoint:
    return application.window.canvas.to_widget(x, y).toPoint()


def test_number_keys_choose_the_chapter(lecture: Application, qtbot: QtBot) -> None:
    window, document = lecture.window, lecture.document
    numbered = list(enumerate(chapters()))
    for index, record in (*numbered[-1:], *numbered[:-1]):
        chapter = record.id
        QTest.keyClick(window.focusWidget(), str(index + 1))
        assert document.view.chapter == chapter
        assert window.head.tabs.currentIndex() == index
        assert window.commands.actions[f"chapter_{chapter}"].isChecked()
        shown = window.panels.shown
        assert shown is not None and shown.isVisible() and shown.chapter == record
    assert document.scene == OWN, "the drawing stays"


def test_digits_and_space_typed_into_a_field_stay_there(lecture: Application, qtbot: QtBot) -> None:
    box = lecture.window.transform_panel.rows["dx"].number
    box.setFocus()
    box.selectAll()
    QTest.keyClick(box, Qt.Key.Key_5)
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert lecture.document.view.chapter == "live"
    assert lecture.window.player.demonstration is None
    assert box.cleanText() == "5"


def test_space_plays_whatever_button_has_the_focus_and_enter_presses_it(
    lecture: Application, qtbot: QtBot
) -> None:
    window = lecture.window
    window.head.player_bar.loop.setFocus()
    QTest.keyClick(window.head.player_bar.loop, Qt.Key.Key_Space)
    assert window.player.playing
    assert window.player.loop
    QTest.keyClick(window.head.player_bar.loop, Qt.Key.Key_Return)
    assert not window.player.loop


def test_space_plays_and_the_maps_follow(lecture: Application, qtbot: QtBot) -> None:
    document, player = lecture.document, lecture.window.player
    key(lecture, Qt.Key.Key_Space)
    assert player.playing
    seen: list[float] = []
    document.snapshot_changed.connect(lambda shown: seen.append(shown.scene.transform.dx))
    qtbot.waitUntil(lambda: len(set(seen)) > 20, timeout=20000)
    assert seen == sorted(seen), "no frame of the past is shown"
    key(lecture, Qt.Key.Key_Space)
    assert not player.playing
    settled(lecture, qtbot)
    assert document.scene == FOUR.scene_at(player.time)
    assert document.snapshot.scene == document.scene
    assert document.snapshot.reading.text == "4"


def test_grabbing_the_moving_digit_takes_over_and_resume_goes_on(
    lecture: Application, qtbot: QtBot
) -> None:
    document, window, player = lecture.document, lecture.window, lecture.window.player
    window.canvas.set_tool("select")
    key(lecture, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: player.time > 0.3)
    held = document.scene
    x, y = held.strokes_of(0)[0].points[1]
    QTest.mousePress(window.canvas, LEFT, pos=at(lecture, x, y))
    assert not player.playing, "a press is enough"
    held = document.scene
    time = player.time
    QTest.mouseMove(window.canvas, at(lecture, x + 3, y + 2))
    QTest.mouseMove(window.canvas, at(lecture, x + 6, y + 4))
    QTest.mouseRelease(window.canvas, LEFT, pos=at(lecture, x + 6, y + 4))
    mine = document.scene
    assert mine != held
    assert document.selection == {0}, "it is an ordinary group"
    assert "taken over" in window.hint_line.hint
    qtbot.wait(60)
    assert document.scene == mine
    assert document.drawing == OWN, "no ink of the user's is in it"
    key(lecture, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: player.time > time)
    assert document.scene == FOUR.scene_at(player.time)
    assert window.hint_line.hint == FOUR.watch
    for expected in (mine, held, OWN):
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert document.scene == expected


def test_a_clicker_steps_through_the_demonstrations(lecture: Application, qtbot: QtBot) -> None:
    player = lecture.window.player
    for wanted in (FOUR, DEMOS[0], DEMOS[1], DEMOS[2], DEMOS[2]):
        key(lecture, Qt.Key.Key_PageDown)
        assert player.demonstration is wanted
        assert player.playing
    key(lecture, Qt.Key.Key_PageUp)
    assert player.demonstration is DEMOS[1]
    key(lecture, Qt.Key.Key_Period)
    assert not player.playing
    time = player.time
    key(lecture, Qt.Key.Key_Period)
    key(lecture, Qt.Key.Key_Comma)
    assert player.time == pytest.approx(time)
    assert lecture.document.undo_stack.count() == 1


def test_what_it_proves_is_told_after_its_end(lecture: Application, qtbot: QtBot) -> None:
    window = lecture.window
    short = Demo("Short", duration=0.05)
    window.player.load(short)  # type: ignore[arg-type]
    assert window.hint_line.hint == short.watch
    window.player.loop = False
    window.player.play()
    qtbot.waitUntil(lambda: not window.player.playing)
    assert window.hint_line.hint == short.proves
    key(lecture, Qt.Key.Key_X)
    window.document.toggle_ablation("C1", 0)
    assert window.hint_line.hint == short.proves, "an ablated map does not silence it"
    window.player.unload()
    assert "Crossed-out" in window.hint_line.hint


def test_presenting_and_back(lecture: Application, qtbot: QtBot) -> None:
    window, presenting = lecture.window, lecture.window.presentation
    window.canvas.set_tool("select")
    folding = window.head, window.timing, window.palette_strip, window.transform_panel

    def state() -> tuple[object, ...]:
        return (
            window.windowState(), window.size(), window.appearance.text_px,
            window.hint_line.font().pixelSize(), window.canvas.tool,
            [part.isVisible() for part in folding],
            {name for name, action in window.commands.actions.items() if action.isEnabled()},
        )  # fmt: skip

    before = state()
    key(lecture, Qt.Key.Key_F5)
    assert window.isFullScreen() and not any(part.isVisible() for part in folding)
    assert window.hint_line.font().pixelSize() > window.appearance.text_px >= window.height() / 45
    assert window.hint_line.isVisible()
    key(lecture, Qt.Key.Key_Space)
    assert window.player.playing, "keys work while the menus are folded away"
    key(lecture, Qt.Key.Key_Escape)
    window.player.unload()
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    lecture.document.undo_stack.clear()
    qtbot.waitUntil(lambda: state() == before)
    assert not any(timer.isActive() for timer in presenting.spotlight.findChildren(QTimer))


def test_no_dialog_while_presenting(
    lecture: Application, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = lecture.window

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a dialog")

    monkeypatch.setattr(QDialog, "exec", forbidden)
    monkeypatch.setattr(QDialog, "show", forbidden)
    monkeypatch.setattr(QMessageBox, "critical", forbidden)
    window.commands.actions["present"].trigger()
    for command in window.commands.rows:
        if command.id not in ("quit", "present", "full_screen"):
            window.commands.actions[command.id].trigger()
    assert window.view.presenting
    monkeypatch.setattr(faulthandler, "enable", lambda: None)  # pytest has its own
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "excepthook", sys.excepthook)
        alarm = app.install_hooks()
        alarm.window = window
        sys.excepthook(ZeroDivisionError, ZeroDivisionError("division by zero"), None)
    qtbot.waitUntil(lambda: "ZeroDivisionError" in window.messages.text)
    settled(lecture, qtbot)


def test_closing_at_any_moment(lecture: Application, qtbot: QtBot) -> None:
    key(lecture, Qt.Key.Key_Space)
    key(lecture, Qt.Key.Key_B)
    key(lecture, Qt.Key.Key_F5)
    qtbot.wait(50)
    lecture.window.close()
    assert not any(thread.name == "live" for thread in threading.enumerate())
