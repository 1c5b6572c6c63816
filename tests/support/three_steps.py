"""A lecture of three steps, open in the program, and what its tests press and read."""

from __future__ import annotations

from pathlib import Path

from opening import Open, settled
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters.registry import known_ids, of_chapter
from viz.scene.digits import number
from viz.session import lecture_files
from viz.session.lecture import DemonstrationStart, Lecture, Step
from viz.session.session import Session

CONTROL = Qt.KeyboardModifier.ControlModifier
OWN = number("6")
DEMONSTRATION = of_chapter("binding")[0]
LECTURE = Lecture(
    "Three steps",
    (
        Step("A 31", "Ask the <b>hall</b>.", Session(number("31"), "equivariance", "residual")),
        Step("It moves", "Watch.", demonstration=DemonstrationStart(DEMONSTRATION.id, 1.0)),
        Step("An 8", session=Session(number("8"), "pooling", network="average")),
    ),
)


def own_drawing(open_application: Open, qtbot: QtBot) -> Application:
    """Open the program with a drawing of the user's, and wait until it is at rest."""
    application = open_application(OWN)
    application.window.canvas.setFocus()
    settled(application, qtbot)
    return application


def open_lecture(application: Application, folder: Path, qtbot: QtBot) -> Application:
    """Open the lecture, which a file in ``folder`` holds from now on, at its first step."""
    path = folder / "three.lecture.json"
    lecture_files.save(LECTURE, path, known_ids())
    application.window.files.open_paths([str(path)])
    qtbot.waitUntil(lambda: application.document.scene == number("31"))
    return application


def press(application: Application, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    """Press a key in the main window and let what it asks for come."""
    QTest.keyClick(application.window, key, *modifiers)
    QTest.qWait(1)


def titles(application: Application) -> list[str]:
    """Return the titles of the open lecture's steps."""
    return [step.title for step in application.window.lecture.steps]


def button(application: Application, text: str) -> QPushButton:
    """Return the button of the message on the screen that has this text."""
    found = application.window.messages.bar.findChildren(QPushButton)
    (one,) = (one for one in found if one.text() == text and one.isVisible())
    return one
