"""The spotlight follows the pointer, lets events through, and rests."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QCursor
from PyQt6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from viz.window import presentation
from viz.window.presentation import Spotlight


def test_it_follows_and_goes_away(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    place = QPoint(100, 100)
    monkeypatch.setattr(QCursor, "pos", lambda: QPoint(place))
    window = QWidget()
    qtbot.addWidget(window)
    button = QPushButton("below", window)
    button.setGeometry(200, 200, 100, 100)
    window.resize(600, 400)
    light = Spotlight(window)
    window.show()
    light.start()
    qtbot.wait(5 * presentation.EVERY_MS)
    assert light.isHidden(), "it waits for a movement"
    place.setX(250)
    place.setY(250)
    qtbot.waitUntil(light.isVisible)
    assert light.mapToGlobal(light.rect().center()) == place - QPoint(1, 1)
    pressed = []
    button.clicked.connect(lambda: pressed.append(True))
    assert window.childAt(window.mapFromGlobal(place)) is button
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed
    monkeypatch.setattr(presentation, "REST_S", -1.0)
    qtbot.waitUntil(light.isHidden)
    light.stop()
    place.setX(100)
    qtbot.wait(3 * presentation.IDLE_MS)
    assert light.isHidden(), "it follows no longer"


def test_the_middle_is_clear_and_the_ring_is_not(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    picture = Spotlight(parent).grab().toImage()
    middle, ring = presentation.SIDE // 2, round(presentation.HOLE + presentation.RING / 2)
    assert picture.pixelColor(middle, middle).alpha() == 0
    assert picture.pixelColor(middle + ring, middle).alpha() > 200
    assert picture.pixelColor(0, middle).alpha() < 20
