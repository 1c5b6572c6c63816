"""Tips in the real window: now and then, when the caption is free and the user is at rest."""

from __future__ import annotations

import pytest
from opening import Open, answered, run_out, running_out
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.model import settings
from viz.scene import Scene
from viz.scene.digits import number
from viz.window import tips
from viz.window.main_window import MainWindow


@pytest.fixture
def application(open_application: Open, qtbot: QtBot) -> Application:
    application = open_application(number("31"), keep=True)
    answered(application, qtbot)  # the network is loaded, and its thread can end
    return application


def wait(window: MainWindow, *milliseconds: int) -> None:
    """Let the time be over that the next look waits for, one after another."""
    for time in milliseconds:
        run_out(window.tips, time)


def tip(window: MainWindow) -> str:
    """The tip in the caption, "" for none."""
    line = window.hint_line.hint
    return line if line.startswith("Tip: ") else ""


def test_the_first_comes_after_a_minute_at_rest_and_goes_again(application: Application) -> None:
    window = application.window
    usual = window.hint_line.hint
    wait(window, tips.FIRST_MS)
    assert tip(window) == "", "who was at rest is not known yet"
    wait(window, tips.REST_MS)
    assert tip(window) != ""
    run_out(window.hints, tips.STAYS_MS)
    assert window.hint_line.hint == usual
    assert [timer.interval() for timer in running_out(window.tips)] == [tips.EVERY_MS]


def test_each_is_told_once_with_the_key_that_its_command_has_now(
    application: Application,
) -> None:
    window = application.window
    window.commands.actions["pre"].setShortcut(QKeySequence("Ctrl+Alt+7"))
    window.commands.actions["theme_next"].setShortcuts([])
    commands = window.commands.actions
    expected = [
        text.format(key=window.commands.key(id_))
        for id_, text in tips.tips()
        if id_ in commands and id_ != "theme_next"
    ]
    told = []
    wait(window, tips.FIRST_MS, tips.REST_MS)
    while tip(window):
        told.append(tip(window))
        run_out(window.hints, tips.STAYS_MS)
        wait(window, tips.EVERY_MS)  # nothing has changed meanwhile
    assert told == expected
    assert any("Ctrl+Alt+7" in one for one in told)
    assert not running_out(window.tips), "and then there are no more"


def test_the_next_session_goes_on(open_application: Open) -> None:
    told = []
    for _ in range(2):
        window = open_application(number("31"), keep=True).window
        wait(window, tips.FIRST_MS, tips.REST_MS)
        told.append(tip(window))
    assert "" not in told and told[0] != told[1]


@pytest.mark.parametrize(
    "busy",
    ["acting", "presenting", "demonstration", "pinned", "ablated", "empty", "message", "tour"],
)
def test_none_is_told_while_there_is_something_else(busy: str, application: Application) -> None:
    window, document = application.window, application.document
    wait(window, tips.FIRST_MS)
    if busy == "acting":
        QTest.keyClick(window.canvas, Qt.Key.Key_Right)
    elif busy == "presenting":
        QTest.keyClick(window, Qt.Key.Key_F5)
    elif busy == "demonstration":
        window.player.load(window.player.library()[0])
    elif busy == "ablated":
        document.toggle_ablation("C1", 0)
    elif busy == "pinned":
        window.kernels.map_chosen.emit("C1", 0)
    elif busy == "empty":
        document.apply(Scene(), "clear")
    elif busy == "message":
        window.messages.show("Something happened.")
    else:
        window.commands.actions["tour"].trigger()
    wait(window, tips.REST_MS)
    assert tip(window) == ""
    if busy == "acting":
        wait(window, tips.REST_MS)
        assert tip(window) != "", "at rest again"
    else:
        wait(window, tips.REST_MS)
        assert tip(window) == ""


def test_a_picture_has_none(open_application: Open) -> None:
    assert running_out(open_application(number("31")).window.tips) == []


def test_a_damaged_count_begins_anew(application: Application) -> None:
    settings.put("tips_seen", -5)
    assert settings.get("tips_seen") == 0
    settings.put("tips_seen", "many")
    wait(application.window, tips.FIRST_MS, tips.REST_MS)
    assert tip(application.window) != ""
