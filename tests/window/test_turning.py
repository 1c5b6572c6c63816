"""Turning: a demonstration brings its instrument and Select along, and windows chosen before go."""

from __future__ import annotations

from dataclasses import replace

import pytest
from opening import Open, settled
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot
from staging import DEMOS, OWN, Demo, shelve

from viz.app import Application
from viz.chapters import registry
from viz.chapters.registry import by_id
from viz.i18n import number
from viz.session.session import Playback, Session

LEFT = Qt.MouseButton.LeftButton
SWEPT = Demo("Swept", "equivariance", digits="5", id="swept", instrument="invariance")
UNKNOWN = Demo("No instrument", "equivariance", digits="4", id="unknown")


@pytest.fixture
def lecture(open_application: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Application:
    shelve(monkeypatch, {"live": DEMOS, "equivariance": (UNKNOWN, SWEPT)})
    application = open_application(OWN)
    application.window.canvas.setFocus()
    settled(application, qtbot)
    return application


def ink(application: Application) -> QPoint:
    """A point of the widget on the first stroke."""
    x, y = application.document.scene.strokes_of(0)[0].points[1]
    return application.window.canvas.to_widget(x, y).toPoint()


def test_a_drag_on_what_plays_grabs_instead_of_drawing(lecture: Application) -> None:
    window, document = lecture.window, lecture.document
    assert window.canvas.tool == "pen"
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert window.canvas.tool == "select"
    assert window.commands.actions["select"].isChecked()
    window.player.pause()
    place, before = ink(lecture), document.scene
    QTest.mousePress(window.canvas, LEFT, pos=place)
    for step in (8, 16, 24):
        QTest.mouseMove(window.canvas, place + QPoint(step, 0))
    QTest.mouseRelease(window.canvas, LEFT, pos=place + QPoint(24, 0))
    (group,) = document.scene.items
    assert len(group.strokes) == len(before.items[0].strokes), "no ink was added"
    assert ink(lecture).x() > place.x()
    window.commands.actions["new"].trigger()
    assert window.canvas.tool == "pen", "an empty canvas is drawn on"


def test_a_tool_that_the_user_chose_stays(lecture: Application) -> None:
    window = lecture.window
    window.canvas.set_tool("eraser")
    window.player.next()
    window.commands.actions["pen"].trigger()
    window.commands.actions["select"].trigger()
    window.commands.actions["clear"].trigger()
    assert window.canvas.tool == "select"
    window.canvas.set_tool("eraser")
    window.player.next()
    assert window.canvas.tool == "select"
    window.commands.actions["clear"].trigger()
    assert window.canvas.tool == "eraser"


def test_a_demonstration_brings_its_instrument_but_a_session_does_not(lecture: Application) -> None:
    window, player = lecture.window, lecture.window.player
    lecture.document.view.chapter = "equivariance"
    panel = window.panels.shown
    assert panel is not None
    panel.choose("residual")
    player.next()
    assert panel.current.id == "residual", "this one leaves it"
    player.next()
    assert panel.current.id == "invariance"
    player.pause()
    panel.choose("difference")
    window.canvas.set_tool("pen")
    session = window.session_store.capture()
    panel.choose("displacement")
    window.canvas.set_tool("eraser")
    player.load(SWEPT)  # type: ignore[arg-type]  # as a session does
    assert panel.current.id == "displacement"
    assert window.canvas.tool == "eraser"
    assert session.tool == "pen"


def test_a_session_without_an_instrument_shows_the_demonstrations_own(
    lecture: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "demonstrations", lambda: (*DEMOS, UNKNOWN, SWEPT))
    window = lecture.window
    lecture.document.view.chapter = "equivariance"
    panel = window.panels.shown
    assert panel is not None
    panel.choose("displacement")
    played = Playback(SWEPT.id)
    session = Session(SWEPT.scene_at(0), "equivariance", demonstration=played)
    window.session_store.restore(session)  # as `render --demo` does
    assert panel.current.id == SWEPT.instrument == "invariance"
    window.session_store.restore(replace(session, instrument="difference"))
    assert panel.current.id == "difference"
    window.session_store.restore(replace(session, demonstration=Playback(UNKNOWN.id)))
    assert panel.current.id == "difference", "this one leaves it"


@pytest.mark.parametrize("way", ["play", "clear", "new", "chapter", "escape"])
def test_a_chosen_window_is_let_go(way: str, lecture: Application) -> None:
    window, document = lecture.window, lecture.document
    row = window.answer
    column = 2
    x = round(row.window_x(column))
    place = next(
        QPoint(x, y) for y in range(row.height()) if row.window_at(QPointF(x, y)) is not None
    )
    QTest.mouseClick(row, LEFT, pos=place)
    assert document.window == (0, column)
    if way == "play":
        QTest.keyClick(window, Qt.Key.Key_Space)
        window.player.pause()
    elif way == "chapter":
        QTest.keyClick(window, Qt.Key.Key_2)
    elif way == "escape":
        QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    else:
        window.commands.actions[way].trigger()
    assert document.window is None


def test_the_sliders_say_where_the_demonstration_has_moved_its_stroke(
    lecture: Application,
) -> None:
    window, document, player = lecture.window, lecture.document, lecture.window.player
    bar = by_id("31-61")

    def told() -> tuple[str, ...]:
        window.transform_panel.refresh()
        rows = window.transform_panel.rows
        return window.transform_panel.target.text(), *(
            rows[n].number.text() for n in ("dx", "dy", "angle")
        )

    player.bring_on(bar)
    for time in (0.0, 2.4, 9.0, 13.0):
        player.seek(time)
        pose = bar.scene_at(player.time).items[2].transform
        player.pause()
        figures = number(pose.dx, 2), number(pose.dy, 2), number(pose.angle, 1)
        assert told() == ("What changes: bar", *figures)
    before = document.scene
    row = window.transform_panel.rows["dy"]
    share = row.slider.value() / row.slider.maximum()
    place = QPoint(round(row.slider.width() * share), row.slider.height() // 2)
    player.play()
    QTest.mousePress(row.slider, LEFT, pos=place)
    QTest.mouseMove(row.slider, place + QPoint(4, 0))
    QTest.mouseRelease(row.slider, LEFT, pos=place + QPoint(4, 0))
    assert (player.playing, player.taken_over) == (False, True)
    assert document.selection == {2}
    assert document.scene.items[:2] == before.items[:2], "31 stays, the bar goes"
    assert told()[0] == "Selected digit bar"
    player.play()
    player.pause()
    assert told()[0] == "What changes: bar"
    document.undo_stack.setIndex(0)
    assert told() == ("Whole drawing", "0.00", "0.00", "0.0")
