"""Presentation: no dialog opens however late it comes, and it ends when the full screen does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from opening import Open
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialog, QFileDialog, QInputDialog
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.nets import data
from viz.scene.digits import number
from viz.window.presentation import STAYS_MS

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def application(open_application: Open) -> Application:
    return open_application(number("31"))


@pytest.fixture(autouse=True)
def no_dialogs(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a dialog")

    for kind, name in (
        (QDialog, "exec"), (QDialog, "show"), (QDialog, "open"), (QFileDialog, "exec"),
        (QFileDialog, "getOpenFileNames"), (QFileDialog, "getOpenFileName"),
        (QInputDialog, "getInt"), (QInputDialog, "getItem"),
    ):  # fmt: skip
        monkeypatch.setattr(kind, name, forbidden)


def test_digits_that_are_read_only_now_open_no_dialog(
    application: Application, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits = data.Digits(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8))
    monkeypatch.setattr(data, "load_mnist", lambda test: digits)
    window = application.window
    QTest.keyClick(window, Qt.Key.Key_M, CONTROL)
    QTest.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: "No dialog opens while presenting" in window.messages.text)
    assert window.view.presenting and application.document.scene == number("31")


def test_save_without_a_file_opens_no_dialog(application: Application, tmp_path: Path) -> None:
    window, document = application.window, application.document
    save = window.commands.actions["save"]
    path = tmp_path / "a.scene.json"
    document.saved_as(path)
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert save.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_N, CONTROL)
    assert document.file is None and not save.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_S, CONTROL)
    window.files.save()  # whatever else asks
    assert "No dialog opens" in window.messages.text
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert document.file == path and save.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_N, CONTROL)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert save.isEnabled() and window.commands.actions["record"].isEnabled()


def test_it_ends_with_the_full_screen(application: Application, qtbot: QtBot) -> None:
    window = application.window
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert window.view.presenting and not window.head.isVisible()
    window.setWindowState(Qt.WindowState.WindowMaximized)  # as a window manager would
    qtbot.waitUntil(lambda: not window.view.presenting)
    assert window.head.isVisible() and not window.commands.actions["present"].isChecked()
    assert window.isMaximized(), "what the window manager made of it stays"


def test_leaving_full_screen_for_a_moment_is_no_end(application: Application, qtbot: QtBot) -> None:
    window = application.window
    QTest.keyClick(window, Qt.Key.Key_F5)
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.setWindowState(Qt.WindowState.WindowFullScreen)
    qtbot.wait(2 * STAYS_MS)
    assert window.view.presenting and not window.head.isVisible()
