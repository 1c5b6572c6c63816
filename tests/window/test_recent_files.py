"""Open recent: what was opened or saved last, through the real menu; a settings file may say
anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from opening import Open
from PIL import Image
from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters.registry import known_ids
from viz.model import settings
from viz.scene import ImageLayer
from viz.scene.digits import number
from viz.session import files
from viz.session.session import Session


def entries(application: Application) -> list[QAction]:
    """The menu as it opens, which it cannot on a screen that is none."""
    menu = application.window.recent.menu
    menu.aboutToShow.emit()
    return [action for action in menu.actions() if not action.isSeparator()]


def texts(application: Application) -> list[str]:
    return [action.text() for action in entries(application)]


def drawing(path: Path, digits: str) -> Path:
    files.save(Session(number(digits)), path, known_ids())
    return path


def test_files_opened_and_saved_are_listed_and_opened_again(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    application = open_application(keep=True)
    document, opened = application.document, application.window.files.open_paths
    assert texts(application) == ["&Clear list"] and not entries(application)[0].isEnabled()
    scene, picture = drawing(tmp_path / "a & b.json", "42"), tmp_path / "photo.png"
    Image.new("L", (40, 40), 0).save(picture)
    opened([str(scene)])
    qtbot.waitUntil(lambda: document.file == scene)
    opened([str(picture)])
    qtbot.waitUntil(lambda: any(isinstance(item, ImageLayer) for item in document.scene.items))
    document.saved_as(tmp_path / "c.json")
    QTest.keyClick(application.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert texts(application) == ["&1  c.json", "&2  photo.png", "&3  a && b.json", "&Clear list"]
    entries(application)[2].trigger()
    qtbot.waitUntil(lambda: document.file == scene)
    assert document.scene == number("42")
    assert texts(application)[0] == "&1  a && b.json", "the latest first, each once"
    assert len(texts(application)) == 4
    entries(application)[-1].trigger()
    assert texts(application) == ["&Clear list"]


def test_what_is_gone_is_said_once_and_taken_off(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    application = open_application(keep=True)
    for name in ("gone.json", "there.json"):
        settings.note_file(drawing(tmp_path / name, "7"))
    (tmp_path / "gone.json").unlink()
    entries(application)[1].trigger()
    qtbot.waitUntil(lambda: "gone.json no longer exists" in application.window.messages.text)
    assert texts(application) == ["&1  there.json", "&Clear list"]


def test_it_stands_below_open_and_works_while_presenting(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    application = open_application(keep=True)
    window, path = application.window, drawing(tmp_path / "a.json", "7")
    menu = next(action.menu() for action in window.menu_bar.actions() if action.text() == "&File")
    assert menu is not None
    shown = [action.text() for action in menu.actions()]
    assert shown.index("Open &recent") == shown.index("&Save") - 1
    settings.note_file(path)
    QTest.keyClick(window, Qt.Key.Key_F5)
    entries(application)[0].trigger()
    qtbot.waitUntil(lambda: application.document.file == path)


@pytest.mark.parametrize(
    "kept",
    [
        "{", "7", '{"a": 1}', "[" * 100_000, "[[1], null, true]", '["relative.json", ""]',
        '["/a\\nb"]', '["/\\u0000"]', '["/\\u202egpj.nosj"]', '["/' + "a" * 5000 + '"]',
    ],
)  # fmt: skip
def test_a_hostile_settings_file_lists_nothing(kept: str) -> None:
    QSettings("LeNetScope", "LeNetScope").setValue("files", kept)
    assert settings.recent_files() == []
    assert settings.noted_weights() == []


def test_eight_are_listed_each_once(tmp_path: Path) -> None:
    for number_ in (*range(12), 11, 9):
        settings.note_file(tmp_path / f"{number_}.json")
    names = [Path(file).stem for file in settings.recent_files()]
    assert names == ["9", "11", "10", "8", "7", "6", "5", "4"]
    settings.forget_files(str(tmp_path / "11.json"))
    assert [Path(file).stem for file in settings.recent_files()] == names[:1] + names[2:]


def test_a_picture_for_everybody_notes_and_forgets_nothing(tmp_path: Path) -> None:
    settings.note_file(tmp_path / "a.json")
    settings.remember(False)
    settings.note_file(tmp_path / "b.json")
    assert settings.recent_files() == []
    settings.forget_files()
    settings.remember(True)
    assert settings.recent_files() == [str(tmp_path / "a.json")]
