"""What was saved is what is seen: two windows compared pixel by pixel, in every chapter, with every
instrument, after what a hand does there."""

from __future__ import annotations

from pathlib import Path

import pytest
import scene_files
from opening import Open, answered, settled
from PyQt6.QtCore import QPoint, QRect, QSize, Qt, QTimer
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters.registry import chapter_ids
from viz.measure.stroke_selection import StrokeSelection, strokes_of
from viz.model.player import Player
from viz.scene import digits
from viz.session.session import Playback, Session

LEFT = Qt.MouseButton.LeftButton

TIMED = {"ShiftMap": "facts", "Cost": "", "FullyConnected": "facts", "NetworksCompared": ""}
"""The instruments that tell milliseconds, or the part of them that does."""


def rested(application: Application, qtbot: QtBot) -> None:
    """Wait until the window shows the state as it is, and what is put off until a hand rests."""
    window = application.window
    settled(application, qtbot)
    now = window.player.clock()
    window.player.clock = lambda: now + 60  # what is lately so is not any longer
    for _ in range(3):
        waiting = [timer for timer in window.findChildren(QTimer) if timer.isSingleShot()]
        for timer in waiting:
            if timer.isActive():
                timer.stop()
                timer.timeout.emit()
        qtbot.wait(5)
        settled(application, qtbot)


def picture_of(application: Application) -> QImage:
    """The window below its head, but for milliseconds, and the scores' number, which stays while it
    changes by less than anybody sees."""
    window, panel = application.window, application.window.panels.shown
    window.timing.hide()
    shown = window.grab().toImage()
    hidden = [QRect(window.scores.mapTo(window, QPoint()), QSize(400, 20))]
    instrument = None if panel is None else panel.current
    part = TIMED.get(type(instrument).__name__)
    if part is not None:
        timed = getattr(instrument, part) if part else instrument
        assert isinstance(timed, QWidget)
        hidden.append(QRect(timed.mapTo(window, QPoint()), timed.size()))
    painter = QPainter(shown)
    for place in hidden:
        painter.fillRect(place, Qt.GlobalColor.black)
    painter.end()
    return shown.copy(0, window.head.geometry().bottom() + 1, window.width(), window.height())


def drag(application: Application, qtbot: QtBot) -> None:
    """Drag what is under the lower end of the 1 four pixels to the right."""
    canvas = application.window.canvas
    x, y = strokes_of(application.document.scene, StrokeSelection(1))[0].points[-1]
    QTest.mousePress(canvas, LEFT, pos=canvas.to_widget(x, y).toPoint())
    for by in (2, 4):
        QTest.mouseMove(canvas, canvas.to_widget(x + by, y).toPoint())
        answered(application, qtbot)
    QTest.mouseRelease(canvas, LEFT, pos=canvas.to_widget(x + 4, y).toPoint())


def again_in_another_window(
    first: Application, open_application: Open, qtbot: QtBot, folder: Path
) -> tuple[QImage, QImage, Application]:
    """The picture of what was saved, that of what is opened, and the window that shows it."""
    rested(first, qtbot)
    picture, session = picture_of(first), first.window.session_store.capture()
    scene_files.save(session, folder / "a.scene.json")
    first.window.close()
    second = open_application()
    loaded = scene_files.load(folder / "a.scene.json")
    assert isinstance(loaded, Session) and loaded == session
    second.window.session_store.restore(loaded, folder / "a.scene.json")
    rested(second, qtbot)
    assert second.window.session_store.capture() == session
    return picture, picture_of(second), second


@pytest.mark.parametrize("whole", [False, True], ids=["part", "whole"])
@pytest.mark.parametrize("chapter", chapter_ids())
def test_what_a_hand_moved_is_seen_again(
    chapter: str, whole: bool, open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    tab, tabs = 0, 1
    while tab < tabs:
        first = open_application(digits.number("31"))
        window, document = first.window, first.document
        window.kernels.choose(7)
        document.view.chapter = chapter
        window.canvas.set_tool("select")
        panel = window.panels.shown
        assert panel is not None
        panel.choose(panel.instruments[tab].id)
        tabs = len(panel.instruments)
        answered(first, qtbot)
        if whole:
            document.select((0, 1))
        before = document.scene
        drag(first, qtbot)
        assert document.scene != before
        picture, again, second = again_in_another_window(first, open_application, qtbot, tmp_path)
        if panel.current.id != "trajectory":  # which begins a new path
            assert again == picture, tab
        assert second.window.kernels.shown_map == 7
        second.window.close()
        tab += 1


def test_in_binding_the_window_is_shown_that_was_seen(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    """Both digits are sure: which one's window is shown depends on what went before, and the part
    that the chapter speaks of belongs to only one of them."""
    first = open_application(digits.number("31"))
    document = first.document
    document.view.chapter = "binding"
    settled(first, qtbot)
    own = document.shown_window()
    assert document.snapshot is not None and own is not None
    found = {(0, round(digit.column)) for digit in document.snapshot.reading.digits}
    (other,) = (window for window in found if abs(window[1] - own[1]) > 1)
    document.hold_window(other)
    document.request_changed.emit(document.request())
    settled(first, qtbot)
    assert document.shown_window() == other
    picture, again, second = again_in_another_window(first, open_application, qtbot, tmp_path)
    assert second.document.focus is not None
    assert second.document.shown_window() == other
    assert again == picture
    second.document.select((1,))
    second.document.select((0,))
    assert second.document.shown_window() != other, "a hand chooses anew"


def test_what_plays_is_saved_as_playing_and_opened_at_rest(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    application = open_application()
    player: Player = application.window.player
    player.toggle()
    assert player.playing and player.demonstration is not None
    session = application.window.session_store.capture()
    player.pause()
    assert session.demonstration is not None and session.demonstration.playing
    scene_files.save(session, tmp_path / "a.scene.json")
    assert scene_files.load(tmp_path / "a.scene.json") == session
    application.window.session_store.restore(session)
    assert player.demonstration is not None and not player.playing
    kept = application.window.session_store.capture().demonstration
    assert kept == Playback(player.demonstration.id, session.demonstration.time)
    settled(application, qtbot)
