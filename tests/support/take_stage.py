"""What the tests of takes share: a window of one size, a demonstration, and its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import av
import pytest
from opening import settled
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters import registry
from viz.cli import commands
from viz.cli.renderer import Look, rendering
from viz.model.demonstration import Demonstration
from viz.recording.video import Frame
from viz.scene import Scene, Transform, digits
from viz.session.session import Session

LOOK = Look((1024, 640), "dark")
STAGE = replace(LOOK, stage=True)
SECONDS = 2.0


def slide(time: float) -> Scene:
    """A 3 that moves by 2 px a second."""
    return replace(digits.number("3"), transform=Transform(dx=2 * min(max(time, 0.0), SECONDS)))


SLIDE = Demonstration("slide", "live", "Slide", "The 3.", "It moves.", SECONDS, slide)


def shelve(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put ``SLIDE`` into the library; and the process of the tests keeps its priority."""
    by_id = registry.by_id
    monkeypatch.setattr(registry, "by_id", lambda name: SLIDE if name == SLIDE.id else by_id(name))
    monkeypatch.setattr(commands.os, "nice", lambda by: by)


@contextmanager
def running(qtbot: QtBot) -> Iterator[Application]:
    """The program with an empty canvas, shown and running."""
    made = Application(Scene(32, 32), keep=False)
    qtbot.addWidget(made.window)
    made.window.appearance.fix("dark", 1.0)
    made.window.resize(*LOOK.size)
    made.window.show()
    with qtbot.waitActive(made.window):  # without it keys find no command
        made.window.activateWindow()
    made.start()
    settled(made, qtbot)
    yield made
    made.window.close()


def picture(state: Session, look: Look) -> Frame:
    """The state in a window of its own."""
    with rendering(state, look) as made:
        return made.frame()


def draw(application: Application, *points: tuple[float, float]) -> None:
    """A stroke of the mouse through these pixels of the canvas."""
    canvas = application.window.canvas
    at = [canvas.to_widget(*point).toPoint() for point in points]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at[0])
    for point in at[1:]:
        QTest.mouseMove(canvas, point)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at[-1])


def decoded(film: Path) -> list[Frame]:
    """A film's frames."""
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
