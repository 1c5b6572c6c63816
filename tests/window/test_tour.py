"""The tour in the real window, with real keys and clicks: five bubbles that stand in nobody's way,
once in a user's life and whenever it is asked for."""

from __future__ import annotations

import pytest
from opening import Open, answered
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.model import settings
from viz.scene import Scene
from viz.scene.digits import number
from viz.window.main_window import MainWindow
from viz.window.tour import Bubble

TITLES = ["The canvas", "The answer", "A feature map", "The chapters", "Demonstrations"]
LEFT = Qt.MouseButton.LeftButton


def bubble(window: MainWindow) -> Bubble:
    shown = window.tour.bubble
    assert shown is not None and shown.isVisible()
    return shown


def title(window: MainWindow) -> str:
    return bubble(window).said[0]


def press(window: MainWindow, *keys: Qt.Key) -> None:
    """Press keys where the focus is."""
    for key in keys:
        QTest.keyClick(window.focusWidget() or window, key)


def click(window: MainWindow, text: str) -> None:
    buttons = bubble(window).findChildren(QPushButton)
    QTest.mouseClick(next(b for b in buttons if b.text() == text), LEFT)


def begun(application: Application) -> MainWindow:
    application.window.commands.actions["tour"].trigger()
    return application.window


def in_window(window: MainWindow) -> QRect:
    shown = bubble(window)
    return QRect(shown.mapTo(window, QPoint(0, 0)), shown.size())


def test_at_the_first_start_a_31_stands_there_and_the_tour_begins(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(keep=True)
    application.welcome()
    document, window = application.document, application.window
    assert document.scene == number("31") and not document.undo_stack.canUndo()
    assert document.kept == (), "it is not the user's drawing"
    assert title(window) == TITLES[0]
    answered(application, qtbot)
    assert document.snapshot is not None and document.snapshot.reading.text == "31"


@pytest.mark.parametrize("ending", ["finished", "skipped", "escaped"])
def test_it_begins_by_itself_only_once(ending: str, open_application: Open) -> None:
    first = open_application(keep=True)
    first.welcome()
    window = first.window
    if ending == "finished":
        for name in TITLES:
            assert title(window) == name
            press(window, Qt.Key.Key_Return)
    elif ending == "skipped":
        click(window, "Skip")
    else:
        press(window, Qt.Key.Key_Escape)
    assert window.tour.bubble is None
    assert settings.get("tour_seen")
    second = open_application(keep=True)
    second.welcome()
    assert second.window.tour.bubble is None and second.document.scene == Scene()
    assert title(begun(second)) == TITLES[0], "but the Help menu has it"


def test_it_begins_for_no_picture_and_for_nobody_who_has_been_here(
    open_application: Open,
) -> None:
    picture = open_application()
    picture.welcome()
    assert picture.window.tour.bubble is None and picture.document.scene == Scene()
    settings.remember(True)
    drawing = open_application(number("7"), keep=True)
    drawing.welcome()
    assert drawing.window.tour.bubble is None and drawing.document.scene == number("7")
    settings.put("theme", "light")
    again = open_application(keep=True)
    again.welcome()
    assert again.window.tour.bubble is None and again.document.scene == Scene()


def test_keys_lead_on_and_back(open_application: Open) -> None:
    window = begun(open_application(number("31")))
    assert bubble(window).said[2] == "1 of 5"
    press(window, Qt.Key.Key_Left)
    assert title(window) == TITLES[0]
    press(window, Qt.Key.Key_Right, Qt.Key.Key_Return)
    assert title(window) == TITLES[2]
    press(window, Qt.Key.Key_Left)
    assert title(window) == TITLES[1]
    for name in TITLES[2:]:
        click(window, "Next")
        assert title(window) == name
    buttons = [b.text() for b in bubble(window).findChildren(QPushButton) if b.isVisible()]
    assert buttons == ["Done"] and bubble(window).said[2] == "5 of 5"
    click(window, "Done")
    assert window.tour.bubble is None


def test_everything_goes_on_meanwhile(open_application: Open) -> None:
    application = open_application(number("31"))
    document, window = application.document, begun(application)
    canvas = window.canvas
    canvas.set_tool("pen")
    at = [canvas.to_widget(8, y).toPoint() for y in range(8, 26)]
    QTest.mousePress(canvas, LEFT, pos=at[0])
    for point in at[1:]:
        QTest.mouseMove(canvas, point)
    QTest.mouseRelease(canvas, LEFT, pos=at[-1])
    assert len(document.scene.items) == 3
    press(window, Qt.Key.Key_2)
    assert document.view.chapter == "equivariance"
    press(window, Qt.Key.Key_Space)
    assert window.player.playing
    assert title(window) == TITLES[0], "a click elsewhere does not end it"
    canvas.setFocus()
    press(window, Qt.Key.Key_Return)
    assert title(window) == TITLES[1]
    press(window, Qt.Key.Key_Escape)
    assert window.tour.bubble is None


def test_a_bubble_follows_what_it_speaks_of(open_application: Open, qtbot: QtBot) -> None:
    application = open_application(number("31"))
    answered(application, qtbot)
    window = begun(application)
    targets = {
        "The canvas": window.canvas, "The answer": window.answer,
        "A feature map": window.stage.maps.mosaics["C1"],
        "The chapters": window.head.tabs, "Demonstrations": window.head.player_bar.toggle,
    }  # fmt: skip
    for name in TITLES:
        assert title(window) == name
        target = targets[name]
        for size in ((1280, 720), (911, 512), (1920, 1080)):
            window.resize(*size)
            window.tour.place()
            place = in_window(window)
            assert window.rect().contains(place)
            about = QRect(target.mapTo(window, QPoint(0, 0)), target.size())
            assert about.adjusted(-2, -2, 2, 2).intersects(place), "the arrow reaches it"
            for button in bubble(window).findChildren(QPushButton):
                if button.isVisible():
                    middle = button.mapTo(window, button.rect().center())
                    assert window.childAt(middle) is button
        window.resize(1280, 720)
        before = in_window(window)
        window.view.projection = True
        assert bubble(window).font().pixelSize() == window.appearance.text_px
        window.view.projection = False
        qtbot.waitUntil(lambda before=before: in_window(window) == before)
        press(window, Qt.Key.Key_Right)


def test_it_ends_with_a_presentation_and_does_not_begin_in_one(open_application: Open) -> None:
    window = begun(open_application(number("31")))
    press(window, Qt.Key.Key_F5)
    assert window.view.presenting and window.tour.bubble is None
    assert not window.commands.actions["tour"].isEnabled()
    press(window, Qt.Key.Key_Escape)
    assert not window.view.presenting and window.commands.actions["tour"].isEnabled()


def test_what_is_not_there_is_told_of_in_the_middle(open_application: Open, qtbot: QtBot) -> None:
    window = begun(open_application(number("31")))
    window.head.hide()
    click(window, "Next")
    click(window, "Next")
    click(window, "Next")
    assert title(window) == "The chapters"
    area = window.area
    middle = area.mapTo(window, area.rect().center())
    assert (in_window(window).center() - middle).manhattanLength() < 8


def test_a_lecture_ends_it(open_application: Open, qtbot: QtBot) -> None:
    window = begun(open_application(number("31")))
    window.commands.actions["lecture_start"].trigger()
    qtbot.waitUntil(lambda: window.lecture.is_open, timeout=5000)
    assert window.tour.bubble is None
