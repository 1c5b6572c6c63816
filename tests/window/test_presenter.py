"""The presenter window: what the speaker reads, the time, and keys that are the main window's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from opening import Open, settled
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.scene.digits import number
from viz.session.lecture import Lecture, Step
from viz.session.session import Session
from viz.window.presenter import Presenter

Key = Qt.Key
LECTURE = Lecture(
    "Two steps",
    (
        Step("A <b>31</b>", "Ask <i>them</i> & wait.", Session(number("31"), "equivariance")),
        Step("An 8", "word " * 2000, Session(number("8"), "pooling")),
    ),
)


@pytest.fixture
def application(open_application: Open, qtbot: QtBot) -> Application:
    application = open_application(number("6"))
    settled(application, qtbot)
    return application


@pytest.fixture
def presenter(application: Application, qtbot: QtBot) -> Presenter:
    """The window, with a lecture open."""
    window = application.window
    window.lectures.open(LECTURE, Path("two.lecture.json"))
    window.commands.actions["presenter"].trigger()
    window.presenter.activateWindow()
    qtbot.waitUntil(window.presenter.isActiveWindow)
    return window.presenter


def test_a_key_in_it_lifts_the_black_screen_and_does_what_it_does(
    application: Application, presenter: Presenter
) -> None:
    view, window = application.document.view, application.window
    window.presentation.toggle()
    for key, index in ((Key.Key_PageDown, 1), (Key.Key_PageUp, 0), (Key.Key_Escape, 0)):
        QTest.keyClick(presenter, Key.Key_B)
        assert view.blank
        QTest.keyClick(presenter, Key.Key_Shift)
        assert view.blank
        QTest.keyClick(presenter, key)
        assert not view.blank and window.lecture.index == index
        assert view.presenting
    window.presentation.toggle()


def test_it_shows_the_step_and_the_next_one_as_plain_text(
    application: Application, presenter: Presenter
) -> None:
    assert application.window.commands.actions["presenter"].isChecked()
    assert presenter.place.text() == "Step 1 of 2"
    assert presenter.title.text() == "A <b>31</b>"
    assert presenter.note.toPlainText() == "Ask <i>them</i> & wait."
    assert presenter.next.text() == "Next: An 8"
    labels = presenter.findChildren(QLabel)
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}


def test_its_keys_are_the_main_windows(application: Application, presenter: Presenter) -> None:
    window, document = application.window, application.document
    QTest.keyClick(presenter, Key.Key_PageDown)
    QTest.qWait(1)
    assert document.scene == number("8") and presenter.title.text() == "An 8"
    assert presenter.next.text() == "This is the last step."
    QTest.keyClick(presenter, Key.Key_PageUp)
    QTest.keyClick(presenter, Key.Key_4)
    assert document.view.chapter == "binding"
    QTest.keyClick(presenter, Key.Key_0)
    assert window.hint_line.hint.startswith("There is no chapter 0")
    QTest.keyClick(presenter, Key.Key_Space)
    assert window.player.playing
    QTest.keyClick(presenter, Key.Key_F5)
    assert window.view.presenting
    QTest.keyClick(presenter, Key.Key_Escape)
    assert not window.view.presenting
    assert presenter.isVisible(), "it was asked for"


def test_a_long_note_is_smaller_and_a_short_one_large(presenter: Presenter) -> None:
    short = presenter.note.font().pixelSize()
    QTest.keyClick(presenter, Key.Key_PageDown)
    QTest.qWait(1)
    assert presenter.note.font().pixelSize() < short == round(presenter.height() / 16)


def test_the_elapsed_time_counts_from_the_beginning_of_presenting(
    application: Application, qtbot: QtBot
) -> None:
    window, now = application.window, [100.0]
    presenter = Presenter(window, window.lecture, window.view, lambda: now[0])
    presenter.toggle()
    assert presenter.elapsed.text() == "" and not presenter.reset.isVisible()
    window.view.presenting = True
    assert presenter.elapsed.text() == "0:00"
    now[0] += 754.0
    qtbot.waitUntil(lambda: presenter.elapsed.text() == "12:34")
    presenter.reset.click()
    assert presenter.elapsed.text() == "0:00"
    window.view.presenting = False
    assert presenter.elapsed.text() == ""


def test_with_one_screen_it_does_not_come_by_itself(application: Application) -> None:
    window = application.window
    window.lectures.open(LECTURE, Path("two.lecture.json"))
    QTest.keyClick(window, Key.Key_F5)
    assert window.view.presenting and not window.presenter.isVisible()


def test_it_closes_with_the_window(application: Application, presenter: Presenter) -> None:
    application.window.close()
    assert not presenter.isVisible()


PROGRAM = """
import sys
from pathlib import Path
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from viz.app import Application, make_qapplication
from test_presenter import LECTURE

qapp = make_qapplication()
application = Application(keep=False)
window, presenter = application.window, application.window.presenter
first, second = qapp.screens()
window.resize(1280, 720)
window.show()
window.activateWindow()
assert QTest.qWaitForWindowActive(window)


def places():
    QTest.qWait(50)
    found = [view.geometry() for view in (window, presenter) if view.isVisible()]
    return [(place.x(), place.y(), place.width(), place.height()) for place in found]


key = QTest.keyClick
key(window, Qt.Key.Key_F5)
assert places() == [(0, 0, 1920, 1080)], places()  # no lecture, no notes
window.lectures.open(LECTURE, Path("two.lecture.json"))
assert places() == [(0, 0, 1920, 1080), (1920, 0, 1280, 800)], places()
assert presenter.screen() is second and window.screen() is first
key(presenter, Qt.Key.Key_PageDown)
QTest.qWait(50)
assert window.lecture.index == 1
if len(sys.argv) > 1:
    presenter.grab().save(sys.argv[1])
key(presenter, Qt.Key.Key_Escape)
assert not window.view.presenting and not presenter.isVisible()
assert window.commands.actions["presenter"].isChecked() is False
key(window, Qt.Key.Key_F5)
presenter.close()  # not wanted this time
window.lectures.step(-1)
QTest.qWait(50)
assert not presenter.isVisible()
key(window, Qt.Key.Key_Escape)
window.commands.actions["presenter"].trigger()
presenter.showNormal()
presenter.setScreen(first)
presenter.setGeometry(100, 100, 800, 500)
QTest.qWait(50)
assert presenter.screen() is first
key(window, Qt.Key.Key_F5)  # the hall shall not see the notes
assert places() == [(0, 0, 1920, 1080), (1920, 0, 1280, 800)], places()
qapp.screenRemoved.emit(second)
assert not presenter.isVisible() and window.view.presenting
key(window, Qt.Key.Key_Escape)
window.close()
print("done")
"""


def test_on_two_screens_it_takes_the_other_one(tmp_path: Path) -> None:
    screens = [
        {"name": "beamer", "x": 0, "y": 0, "width": 1920, "height": 1080},
        {"name": "laptop", "x": 1920, "y": 0, "width": 1280, "height": 800},
    ]
    config = tmp_path / "screens.json"
    for screen in screens:
        screen.update(logicalDpi=96, logicalBaseDpi=96, dpr=1)
    config.write_text(json.dumps({"windowFrameMargins": False, "screens": screens}))
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={config}",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path]),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True
    )
    assert done.stdout == "done\n", done.stderr
