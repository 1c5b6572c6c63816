"""A lecture: chapters, demonstrations, presenting and A|B, with real keys and a real hand."""

from __future__ import annotations

import faulthandler
import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest
import scene_files
from opening import run_out, settled
from painted import cell
from PyQt6.QtCore import QPoint, Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialog, QMessageBox
from pytestqt.qtbot import QtBot
from staging import DEMOS, OWN, Demo, shelve

from viz import app
from viz.app import Application
from viz.chapters.registry import chapters, demonstrations
from viz.scene import Scene
from viz.scene.digits import number
from viz.window.autosaver import AUTOSAVE_MS
from viz.window.hints import REMIND_MS
from viz.window.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
FOUR = Demo("A 4 passes", digits="4", duration=6.0)


@pytest.fixture
def lecture(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    shelve(monkeypatch, {"live": (FOUR, *DEMOS), "pooling": (DEMOS[1],)})
    application = Application(OWN, keep=False)
    window = application.window
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    window.canvas.setFocus()
    application.start()
    settled(application, qtbot)
    yield application
    window.close()


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
        assert (
            shown.isVisible() and shown.chapter.id == chapter
            if shown
            else not record.has_instruments
        )
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


def test_every_demonstration_can_be_grabbed_and_leaves_the_scene_usable(
    lecture: Application, qtbot: QtBot
) -> None:
    document, window, player = lecture.document, lecture.window, lecture.window.player
    window.canvas.set_tool("select")
    for demonstration in demonstrations():
        player.load(demonstration)
        settled(lecture, qtbot)
        assert document.snapshot.scene == demonstration.scene_at(0.0), demonstration.id
        player.play()
        player.seek(demonstration.duration * 0.4)
        scene = document.scene
        x, y = next(
            (float(x), float(y))
            for index in reversed(range(len(scene.items)))
            for stroke in scene.strokes_of(index)
            for x, y in stroke.points
            if 3 < x < scene.width - 3 and 3 < y < scene.height - 3
        )
        QTest.mousePress(window.canvas, LEFT, pos=at(lecture, x, y))
        assert not player.playing, demonstration.id
        QTest.mouseMove(window.canvas, at(lecture, x + 2, y + 1))
        QTest.mouseMove(window.canvas, at(lecture, x + 4, y + 2))
        QTest.mouseRelease(window.canvas, LEFT, pos=at(lecture, x + 4, y + 2))
        mine = document.scene
        assert player.taken_over, demonstration.id
        settled(lecture, qtbot)
        assert document.snapshot.scene == mine
        player.play()
        assert document.scene == demonstration.scene_at(player.time), demonstration.id
        document.undo_stack.setIndex(0)
        assert document.scene == OWN, demonstration.id


def test_a_slider_takes_over(lecture: Application, qtbot: QtBot) -> None:
    window = lecture.window
    key(lecture, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.player.time > 0.1)
    window.transform_panel.rows["angle"].slider.setValue(700)
    assert not window.player.playing
    assert lecture.document.scene.transform.angle != 0


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


def test_the_tools_hints_come_back_after_taking_over(lecture: Application, qtbot: QtBot) -> None:
    window = lecture.window
    key(lecture, Qt.Key.Key_Space)
    window.canvas.clear()
    assert "taken over" in window.hint_line.hint
    run_out(window, REMIND_MS)
    assert "Draw a digit" in window.hint_line.hint


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


def folded(window: MainWindow) -> list[bool]:
    parts = (
        window.head,
        window.timing,
        window.palette_strip,
        window.transform_panel,
        window.kernels,
    )
    return [part.isVisible() for part in parts]


def test_presenting_and_back(lecture: Application, qtbot: QtBot) -> None:
    window = lecture.window
    window.canvas.set_tool("select")
    before = (
        window.windowState(), window.appearance.text_px, window.hint_line.font().pixelSize(),
        {name: action.isEnabled() for name, action in window.commands.actions.items()},
        window.maps.scores.parentWidget(), window.size(),
    )  # fmt: skip
    key(lecture, Qt.Key.Key_F5)
    assert window.isFullScreen()
    assert not any(folded(window))
    assert window.appearance.text_px >= window.height() / 45
    assert window.hint_line.isVisible()
    assert window.hint_line.font().pixelSize() > window.appearance.text_px
    key(lecture, Qt.Key.Key_Space)
    assert window.player.playing, "keys work while the menus are folded away"
    key(lecture, Qt.Key.Key_1)
    key(lecture, Qt.Key.Key_Escape)
    window.player.unload()
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert all(folded(window))
    qtbot.waitUntil(lambda: window.size() == before[-1])
    after = (
        window.windowState(), window.appearance.text_px, window.hint_line.font().pixelSize(),
        {name: action.isEnabled() for name, action in window.commands.actions.items()},
        window.maps.scores.parentWidget(), window.size(),
    )  # fmt: skip
    assert after[:3] == before[:3]
    assert after[4:] == before[4:]
    different = {name for name in after[3] if after[3][name] != before[3][name]}
    assert different == {"redo"}
    assert window.canvas.tool == "select"
    assert not any(timer.isActive() for timer in window.presentation.spotlight.findChildren(QTimer))


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


def test_freezing_keeps_a_while_b_changes(lecture: Application, qtbot: QtBot) -> None:
    window, document = lecture.window, lecture.document
    key(lecture, Qt.Key.Key_B)
    frozen = window.comparison.frozen
    assert frozen is not None
    before = document.snapshot.maps["C1"].copy()
    document.apply(number("8"), "other")
    settled(lecture, qtbot)
    assert document.snapshot.reading.text == "8"
    assert frozen.document.snapshot.reading.text == "31"
    assert np.array_equal(frozen.snapshot.maps["C1"], before)
    assert frozen.answer.accessibleDescription() == "31"
    assert window.answer.accessibleDescription() == "8"
    qtbot.waitUntil(lambda: frozen.canvas.size() == window.canvas.size())
    assert not window.kernels.isVisible()
    for view in (
        frozen.canvas,
        frozen.maps.mosaics["C1"],
        frozen.maps.barcodes["C5"],
        frozen.answer,
    ):
        QTest.mouseClick(view, LEFT, pos=view.rect().center())
        QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=view.rect().center())
        assert view.isVisible()
    assert frozen.document.scene == OWN
    assert not frozen.document.ablated
    assert frozen.document.pinned is None
    window.view.projection = not window.view.projection
    window.view.pre_activation = True
    key(lecture, Qt.Key.Key_B)
    assert window.comparison.frozen is None
    assert window.kernels.isVisible()
    qtbot.waitUntil(window.maps.scores.isVisible)
    settled(lecture, qtbot)


def test_frozen_and_live_maps_are_equally_large(lecture: Application, qtbot: QtBot) -> None:
    window = lecture.window
    key(lecture, Qt.Key.Key_B)
    frozen = window.comparison.frozen
    assert frozen is not None
    qtbot.waitUntil(
        lambda: all(
            cell(frozen.maps, name) == cell(window.maps, name)
            for name in window.maps.layers.mosaics
        )
    )
    window.commands.actions["present"].trigger()
    qtbot.waitUntil(
        lambda: all(
            cell(frozen.maps, name) == cell(window.maps, name)
            for name in window.maps.layers.mosaics
        )
    )
    key(lecture, Qt.Key.Key_B)
    qtbot.waitUntil(
        lambda: window.maps.lent is window.maps.instruments and window.maps.instruments.isVisible()
    )
    assert window.maps.scores.isVisible()


def test_closing_at_any_moment(lecture: Application, qtbot: QtBot) -> None:
    key(lecture, Qt.Key.Key_Space)
    key(lecture, Qt.Key.Key_B)
    key(lecture, Qt.Key.Key_F5)
    qtbot.wait(50)
    lecture.window.close()
    assert not any(thread.name == "live" for thread in threading.enumerate())


def test_autosave_keeps_the_users_drawing_while_a_demonstration_plays(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from viz.model import autosave

    kept: list[tuple[Scene, ...]] = []

    def write(drawings: list[bytes]) -> None:
        kept.append(tuple(scene_files.loads(drawing.decode()).scene for drawing in drawings))

    monkeypatch.setattr(autosave, "write", write)
    application = Application(OWN, keep=True)
    qtbot.addWidget(application.window)
    application.window.player.load(FOUR)  # type: ignore[arg-type]
    application.window.player.seek(2.0)
    run_out(application, AUTOSAVE_MS)
    qtbot.waitUntil(lambda: kept == [(OWN,)])
    application.window.canvas.clear()
    application.document.apply(number("7"), "draw")
    run_out(application, AUTOSAVE_MS)
    qtbot.waitUntil(lambda: kept[1:] == [(OWN, number("7"))])
    application.window.close()
