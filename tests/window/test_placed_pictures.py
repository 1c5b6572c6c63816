"""Placed pictures in the window: what was done is said, undone piece by piece; pages are turned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from opening import Open
from PIL import Image
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.scene import ImageLayer, Scene, rasterize
from viz.scene.digits import digit, number

STEPS = ["inverted", "ruling", "size"]


@pytest.fixture
def application(open_application: Open) -> Application:
    return open_application(number("3"))


def sheet(path: Path, *lines: str, ruled: bool = False) -> Path:
    """Digits 60 pixels high on a white page, one line below the other."""
    height, width = 110 * len(lines) + 40, 90 * max(map(len, lines)) + 60
    strokes = [
        stroke
        for y, line in enumerate(lines)
        for x, figure in enumerate(line)
        for stroke in digit(
            int(figure), "school", centre=(75 + 90 * x, 75 + 110 * y), height_px=60, width_px=8
        ).strokes
    ]
    grey = np.rint(255 * (1 - rasterize(strokes, height, width))).astype(np.uint8)
    if ruled:
        grey[112:114] = 0
    Image.fromarray(grey).save(path)
    return path


def open_picture(application: Application, qtbot: QtBot, file: Path) -> None:
    before = application.document.scene
    application.window.files.open_paths([str(file)])
    qtbot.waitUntil(lambda: application.document.scene is not before)


def buttons(application: Application) -> list[str]:
    found = application.window.messages.bar.findChildren(QPushButton)
    return [one.text() for one in found if not one.isHidden()]


def press(application: Application, text: str) -> None:
    found = application.window.messages.bar.findChildren(QPushButton)
    next(one for one in found if one.text() == text and not one.isHidden()).click()


def layers(application: Application) -> list[ImageLayer]:
    return [one for one in application.document.scene.items if isinstance(one, ImageLayer)]


def test_what_was_done_is_listed_and_undone_piece_by_piece(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    document, pictures = application.document, application.window.files.pictures
    open_picture(application, qtbot, sheet(tmp_path / "form.png", "47", ruled=True))
    assert application.window.messages.text == (
        "form.png was opened in place of the drawing, placed by its writing."
    )
    placed = document.scene
    menu = pictures.menu()
    steps = [action.text() for action in menu.actions()]
    assert "Ruled lines and frames were taken out." in steps
    assert all(action.isChecked() for action in menu.actions())
    menu.actions()[steps.index("Ruled lines and frames were taken out.")].trigger()
    qtbot.waitUntil(lambda: document.scene is not placed)
    unruled = document.scene
    ticks = [action.isChecked() for action in pictures.menu().actions() if action.isCheckable()]
    assert ticks.count(False) == 1
    document.undo_stack.undo()
    assert document.scene is placed
    assert all(action.isChecked() for action in pictures.menu().actions())
    document.undo_stack.redo()
    assert document.scene is unruled
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.scene == number("3"), "the drawing is an undo away"


def test_pages_are_turned_by_the_message_and_by_keys(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    document, window = application.document, application.window
    open_picture(application, qtbot, sheet(tmp_path / "sheet.png", *["12", "34"] * 3))
    assert window.messages.text == "sheet.png was placed by its writing: page 1 of 2."
    assert (document.scene.height, len(layers(application))) == (128, 4)
    press(application, "Next page")
    assert window.messages.text == "sheet.png was placed by its writing: page 2 of 2."
    assert (document.scene.height, len(layers(application))) == (64, 2)
    actions = window.commands.actions
    assert not actions["next_page"].isEnabled() and actions["previous_page"].isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_PageUp, Qt.KeyboardModifier.AltModifier)
    assert document.scene.height == 128
    document.undo_stack.undo()
    assert document.scene.height == 64, "every page turned is an undo step"


def test_a_page_can_be_added_to_the_drawing_instead(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    open_picture(application, qtbot, sheet(tmp_path / "four.png", "4"))
    press(application, "Add instead")
    items = application.document.scene.items
    assert items[0] == number("3").items[0]
    assert [type(item) for item in items[1:]] == [ImageLayer]


def test_a_pasted_picture_is_placed_by_its_writing(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    application = open_application(Scene(32, 64))
    image = QImage(str(sheet(tmp_path / "one.png", "31")))
    application.window.files.place_image(image)
    qtbot.waitUntil(lambda: len(layers(application)) == 1)
    assert layers(application)[0].pixels.shape[0] == 32
    assert application.window.messages.text == "Pasted image was placed by its writing."


def test_nothing_is_offered_once_the_drawing_is_another(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    open_picture(application, qtbot, sheet(tmp_path / "four.png", "4"))
    application.document.apply(number("5"), "draw")
    assert not application.window.messages.text
    assert not application.window.files.pictures.menu().actions()
    assert not application.window.commands.actions["placing"].isEnabled()


def test_the_picture_stays_with_the_drawing_in_colour_and_at_its_own_size(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    document = application.document
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (70, 90, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "small.png")
    open_picture(application, qtbot, tmp_path / "small.png")
    assert document.picture is not None
    np.testing.assert_array_equal(document.picture, pixels)
    Image.fromarray(np.zeros((1500, 1200), np.uint8) + 99).save(tmp_path / "large.png")
    open_picture(application, qtbot, tmp_path / "large.png")
    assert document.picture.shape == (1024, 819)
    application.window.files.new()
    assert document.picture is None
