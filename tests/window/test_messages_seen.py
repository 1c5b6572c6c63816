"""Messages in the real window: they cover nothing that is measured, and go with what they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from opening import Open, answered
from PIL import Image
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.scene import ImageLayer, Scene
from viz.scene.digits import number
from viz.window.main_window import MainWindow

SHORT = "drawing.png is dark on light and was inverted, so that ink is 1."
LONG = (
    "Your last drawing is back, but /home/somebody/a-folder/"
    + "with_a_name_that_does_not_end" * 4
    + ".json has since been changed on the disk; use Save as to keep both."
)
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def place(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def push(application: Application, text: str) -> None:
    bar = application.window.messages.bar
    (button,) = (b for b in bar.findChildren(QPushButton) if b.text() == text and b.isVisible())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def uncovered(window: MainWindow, text: str) -> None:
    """Say this, and check that everything that is read is still seen."""
    window.messages.show(text, [("Invert back", lambda: None)])
    bar, stage = window.messages.bar, window.stage
    for part in (stage.instrument, stage.maps, stage.answer, stage.canvas):
        assert not place(bar, window).intersects(place(part, window))
    for part in bar.findChildren(QWidget):
        if part.isVisible():
            assert window.rect().contains(place(part, window)), "all of it is on the screen"
            assert window.childAt(place(part, window).center()) is part, "nothing lies over it"


@pytest.mark.parametrize("size", [(1280, 720), (911, 512)])
@pytest.mark.parametrize("text", [SHORT, LONG])
def test_a_message_covers_nothing_that_is_measured(
    size: tuple[int, int], text: str, open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    window = application.window
    window.resize(*size)
    answered(application, qtbot)
    uncovered(window, text)
    window.view.projection = True
    uncovered(window, text)
    window.view.projection = False
    window.resize(1000, 600)
    assert window.messages.text == text, "and it follows the window"
    uncovered(window, text)
    window.resize(*size)
    window.view.presenting = True
    window.resize(*size)
    uncovered(window, text)


@pytest.mark.parametrize("size", [(1280, 720), (911, 512)])
def test_a_message_of_one_line_covers_nothing_that_is_used(
    size: tuple[int, int], open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    window = application.window
    window.resize(*size)
    answered(application, qtbot)
    uncovered(window, SHORT)
    foot = place(window.statusBar(), window)
    assert foot.contains(place(window.messages.bar, window))
    window.timing.setMinimumWidth(window.timing.width() + 60)  # as larger numbers need it
    qtbot.waitUntil(
        lambda: not place(window.messages.bar, window).intersects(place(window.timing, window))
    )
    assert foot.contains(place(window.messages.bar, window))
    window.messages.show(SHORT + SHORT[:50], [("Invert back", lambda: None)])
    bar = place(window.messages.bar, window)
    if size == (1280, 720):
        assert foot.contains(bar), "a long one has the place of the times, too"


def test_with_two_stages_a_message_lies_on_the_caption(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    window = application.window
    window.resize(911, 512)
    answered(application, qtbot)
    window.commands.actions["freeze"].trigger()
    uncovered(window, SHORT)


def picture(path: Path, *, dark_on_light: bool) -> Path:
    pixels = np.full((32, 32), 255 if dark_on_light else 0, np.uint8)
    pixels[6:26, 14:18] = 255 - pixels[0, 0]
    Image.fromarray(pixels).save(path)
    return path


def layers(application: Application) -> list[ImageLayer]:
    return [item for item in application.document.scene.items if isinstance(item, ImageLayer)]


def test_inverting_back_is_offered_as_long_as_the_picture_is_there(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    application = open_application(Scene(32, 64))
    window, stack = application.window, application.document.undo_stack
    window.files.open_paths([str(picture(tmp_path / "dark.png", dark_on_light=True))])
    qtbot.waitUntil(lambda: "inverted" in window.messages.text)
    QTest.keyClick(window, Qt.Key.Key_Left)
    assert "inverted" in window.messages.text, "moved, it is still the same picture"
    stack.undo()
    stack.undo()
    assert not layers(application) and window.messages.text == ""
    stack.redo()
    assert window.messages.text == ""


def test_inverting_back_means_the_picture_that_is_spoken_of(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    application = open_application(Scene(32, 64))
    window, document = application.window, application.document
    window.files.open_paths([str(picture(tmp_path / "dark.png", dark_on_light=True))])
    qtbot.waitUntil(lambda: "inverted" in window.messages.text)
    (first,) = layers(application)
    second = ImageLayer(first.pixels.copy(), (48.0, 16.0))
    document.apply(document.scene.with_item(0, first), "same")
    document.apply(replace(document.scene, items=(first, second)), "place another")
    document.select((1,))
    push(application, "Invert back")
    now = layers(application)
    assert now[1] is second and not now[0].inverted
    assert window.messages.text == ""
