"""What an empty canvas offers, in the real window: buttons that leave the canvas to the pen."""

from __future__ import annotations

import pytest
from opening import Open, answered
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.scene import Group, Scene
from viz.window.main_window import MainWindow

EMPTY = Scene(32, 64)
LEFT = Qt.MouseButton.LeftButton
ALL = ["Play a demonstration", "Place a digit", "Open an image…", "Start the lecture"]


def shown(window: MainWindow) -> list[QPushButton]:
    return [button for button in window.canvas.findChildren(QPushButton) if button.isVisible()]


def texts(window: MainWindow) -> list[str]:
    return [button.text() for button in shown(window)]


def click(window: MainWindow, text: str) -> None:
    (button,) = (button for button in shown(window) if button.text() == text)
    assert window.childAt(button.mapTo(window, button.rect().center())) is button
    QTest.mouseClick(button, LEFT)


def draw(window: MainWindow, x: float) -> None:
    canvas = window.canvas
    at = [canvas.to_widget(x, y).toPoint() for y in range(8, 26)]
    QTest.mousePress(canvas, LEFT, pos=at[0])
    for point in at[1:]:
        QTest.mouseMove(canvas, point)
    QTest.mouseRelease(canvas, LEFT, pos=at[-1])


@pytest.fixture
def application(open_application: Open) -> Application:
    return open_application(EMPTY)


def test_a_demonstration_is_played(application: Application) -> None:
    window = application.window
    offered = window.player.offered
    click(window, "Play a demonstration")
    assert window.player.demonstration is offered is not None and window.player.playing
    assert shown(window) == []


def test_a_digit_is_placed(application: Application) -> None:
    window = application.window
    click(window, "Place a digit")
    (item,) = application.document.scene.items
    assert isinstance(item, Group) and item.name in tuple("0123456789")
    assert shown(window) == []
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert texts(window) == ALL, "an empty canvas offers them again"


def test_a_picture_is_asked_for(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(_parent: object, title: str, *_: str) -> tuple[list[str], str]:
        asked.append(title)
        return [], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", ask)
    click(application.window, "Open an image…")
    assert asked == ["Open"] and texts(application.window) == ALL


def test_a_pen_beside_them_draws_at_once_and_they_are_gone(application: Application) -> None:
    window, canvas = application.window, application.window.canvas
    (top, *_, last) = shown(window)
    beside = canvas.to_scene(QPointF(top.x() - 6, top.y()))
    between = QPoint(top.x() + 5, (top.geometry().bottom() + shown(window)[1].y()) // 2)
    assert canvas.childAt(between) is None, "nor does a press between them go to a button"
    canvas.set_tool("pen")
    at = [canvas.to_widget(beside.x(), y).toPoint() for y in range(8, 26)]
    QTest.mousePress(canvas, LEFT, pos=at[0])
    QTest.mouseMove(canvas, at[1])
    assert len(application.document.scene.items) == 1 and shown(window) == []
    for point in at[2:]:
        QTest.mouseMove(canvas, point)
    QTest.mouseRelease(canvas, LEFT, pos=at[-1])
    (item,) = application.document.scene.items
    assert isinstance(item, Group)
    xs, ys = item.strokes[0].points.T
    assert ys[0] < 9 < 24 < ys[-1]
    assert float(abs(xs - beside.x()).max()) < 1
    window.commands.actions["clear"].trigger()
    assert texts(window) == ALL and last.isVisible()


def test_they_do_not_come_under_a_gesture_that_wipes_the_last_ink(
    application: Application,
) -> None:
    window, canvas = application.window, application.window.canvas
    canvas.set_tool("pen")
    draw(window, 10)
    canvas.set_tool("eraser")
    at = [canvas.to_widget(10, y).toPoint() for y in range(4, 30)]
    QTest.mousePress(canvas, LEFT, pos=at[0])
    for point in at[1:]:
        QTest.mouseMove(canvas, point)
    assert application.document.scene.items == () and shown(window) == []
    QTest.mouseRelease(canvas, LEFT, pos=at[-1])
    assert texts(window) == ALL


@pytest.mark.parametrize("size", [(1280, 720), (911, 512)])
@pytest.mark.parametrize("side", [32, 64])
def test_they_fit_on_the_canvas_or_are_fewer(
    size: tuple[int, int], side: int, open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(Scene(32, side))
    window = application.window
    window.resize(*size)
    answered(application, qtbot)

    def fit(expected: list[str]) -> None:
        assert texts(window) == expected
        canvas, places = window.canvas, [button.geometry() for button in shown(window)]
        for number, place in enumerate(places):
            assert canvas.image_rect().contains(place.toRectF())
            assert not any(place.intersects(other) for other in places[:number])
            assert place.width() >= shown(window)[number].sizeHint().width()

    fit(ALL)
    window.view.projection = True
    fit(ALL)
    window.view.projection = False
    window.view.presenting = True
    window.resize(*size)
    fit([*ALL[:2], ALL[3]])  # no dialog opens while presenting
    window.view.presenting = False
    window.resize(*size)
    window.commands.actions["freeze"].trigger()
    fit(texts(window))
    assert texts(window) == ALL[: len(texts(window))]
    if size == (911, 512):
        assert len(texts(window)) < 3, "in little room there are fewer"


def test_they_are_reached_by_keys_and_named(application: Application) -> None:
    window = application.window
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Tab)
    first = shown(window)[0]
    assert first.hasFocus() and first.accessibleName() in ("", first.text())
    QTest.keyClick(first, Qt.Key.Key_Tab)
    second = shown(window)[1]
    assert second.hasFocus()
    QTest.keyClick(second, Qt.Key.Key_Return)
    assert len(application.document.scene.items) == 1
    assert window.canvas.hasFocus(), "and arrow keys move what was placed"


def test_a_picture_of_the_stage_has_none(application: Application) -> None:
    window = application.window
    window.view.stage_only = True
    assert shown(window) == []
    window.view.stage_only = False
    assert texts(window) == ALL
