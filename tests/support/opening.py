"""The real window opened for a test, as often as it needs one, and waited for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from PyQt6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.scene import Scene


class Open(Protocol):
    """Opens the program with a drawing; ``keep`` as Application has it."""

    def __call__(self, scene: Scene | None = None, *, keep: bool = False) -> Application: ...


@contextmanager
def opening(qtbot: QtBot) -> Iterator[Open]:
    """What opens windows of 1280×720, shown and running; in the end it closes them."""
    opened: list[Application] = []

    def open_(scene: Scene | None = None, *, keep: bool = False) -> Application:
        application = Application(scene, keep=keep)
        opened.append(application)
        window = application.window
        qtbot.addWidget(window)
        window.resize(1280, 720)
        window.show()
        with qtbot.waitActive(window):  # without it keys find no command
            window.activateWindow()
        application.start()
        return application

    yield open_
    for application in opened:
        application.window.close()


def answered(application: Application, qtbot: QtBot) -> None:
    """Wait until the network has answered to the state as it is now."""
    document, wanted = application.document, application.document.request()
    application.engine.post(wanted)
    qtbot.waitUntil(
        lambda: document.snapshot is not None and document.snapshot.request.number >= wanted.number,
        timeout=30_000,
    )


def settled(application: Application, qtbot: QtBot) -> None:
    """Wait until the window shows the state as it is now, and measures nothing any more."""
    answered(application, qtbot)
    qtbot.waitUntil(lambda: not application.engine.measuring, timeout=30_000)


def running_out(parent: QObject) -> list[QTimer]:
    """The timers of ``parent`` that wait for something to be over."""
    timers = parent.findChildren(QTimer)
    return [timer for timer in timers if timer.isActive() and timer.isSingleShot()]


def run_out(parent: QObject, milliseconds: int) -> None:
    """Let the time be over that one timer of ``parent`` waits for, which lasts so long."""
    (timer,) = (timer for timer in running_out(parent) if timer.interval() == milliseconds)
    timer.stop()
    timer.timeout.emit()
