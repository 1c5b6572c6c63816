"""Images: one that is opened takes the drawing's place, one that is placed joins it."""

from __future__ import annotations

from pathlib import Path

import pytest
from opening import Open
from PIL import Image
from PyQt6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.scene import ImageLayer
from viz.scene.digits import number


@pytest.fixture
def application(open_application: Open) -> Application:
    return open_application(number("3"))


def picture(folder: Path, name: str = "seven.png", ground: int = 0) -> Path:
    image = Image.new("L", (28, 28), ground)
    image.paste(255 - ground, (6, 6, 22, 9))
    image.save(folder / name)
    return folder / name


def press(application: Application, text: str) -> None:
    buttons = application.window.messages.bar.findChildren(QPushButton)
    next(one for one in buttons if one.text() == text and not one.isHidden()).click()


def open_image(application: Application, qtbot: QtBot, *files: Path) -> None:
    application.window.files.open_paths([str(file) for file in files])
    images = len(files)
    qtbot.waitUntil(
        lambda: [type(one) for one in application.document.scene.items] == [ImageLayer] * images
    )


def test_an_opened_image_takes_the_drawings_place_and_undo_brings_it_back(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    document, messages = application.document, application.window.messages
    open_image(application, qtbot, picture(tmp_path))
    assert messages.text == "seven.png was opened in place of the drawing."
    assert [one.scene for one in document.kept][:1] == [number("3")], "and nothing is lost"
    press(application, "Undo")
    assert document.scene == number("3") and not messages.text


def test_it_can_be_added_instead(application: Application, qtbot: QtBot, tmp_path: Path) -> None:
    open_image(application, qtbot, picture(tmp_path, ground=255))
    assert "is dark on light" in application.window.messages.text
    press(application, "Add instead")
    first, second = application.document.scene.items
    assert first == number("3").items[0] and isinstance(second, ImageLayer)


def test_the_offer_goes_once_the_drawing_is_another(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    open_image(application, qtbot, picture(tmp_path))
    application.document.apply(number("5"), "draw")
    assert not application.window.messages.text


def test_of_several_images_the_first_takes_the_place_and_the_others_join_it(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    open_image(application, qtbot, picture(tmp_path, "a.png"), picture(tmp_path, "b.png"))
    names = [one.name for one in application.document.scene.items if isinstance(one, ImageLayer)]
    assert names == ["a.png", "b.png"]


def test_a_placed_image_joins_the_drawing(
    application: Application, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(picture(tmp_path))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([file], ""))
    application.window.commands.actions["place"].trigger()
    qtbot.waitUntil(lambda: len(application.document.scene.items) == 2)
    assert application.document.scene.items[0] == number("3").items[0]


def test_what_is_no_picture_is_named_once(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "notes.md").write_text("# Notes\n")
    application = open_application(number("3"))
    application.window.files.open_paths([str(tmp_path / "notes.md")])
    qtbot.waitUntil(lambda: bool(application.window.messages.text))
    assert application.window.messages.text.startswith("notes.md is a text file; open a picture")
