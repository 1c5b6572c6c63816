"""The menu of a map: what it offers, and that each entry does what it says, by real clicks."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from opening import Open, settled
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QGuiApplication, QImage
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.model.snapshot import Unit
from viz.scene.digits import number
from viz.views.maps.layer_view import LayerView

pytestmark = pytest.mark.qt_log_ignore(
    r"^This plugin does not support (raise\(\)|grabbing the keyboard)"
)

UNIT = Unit("C3", 17, 4, 12)


@pytest.fixture
def application(open_application: Open, qtbot: QtBot) -> Application:
    application = open_application(number("31"))
    settled(application, qtbot)
    return application


def view_of(application: Application, layer: str) -> LayerView:
    maps = application.window.stage.maps
    return {**maps.mosaics, **maps.barcodes}[layer]


def right_click(application: Application, view: LayerView, position: QPointF) -> None:
    """On the window, from which Qt makes what it does for a pointer."""
    window = application.window
    handle = window.windowHandle()
    assert handle is not None
    at = view.mapTo(window, position.toPoint())
    QTest.mouseClick(handle, Qt.MouseButton.RightButton, pos=at)


def opened(qtbot: QtBot) -> QMenu:
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def entries(menu: QMenu) -> list[str]:
    """What the menu offers, without the gestures that stand beside it."""
    return [a.text().partition("\t")[0] for a in menu.actions() if not a.isSeparator()]


def choose(qtbot: QtBot, application: Application, unit: Unit, start: str) -> list[str]:
    """Open the menu over a unit and click the entry that begins so; returns all of them."""
    view = view_of(application, unit.layer)
    right_click(application, view, view.unit_rect(unit).center())
    menu = opened(qtbot)
    texts = entries(menu)
    (action,) = (action for action in menu.actions() if action.text().startswith(start))
    handle = menu.windowHandle()
    assert handle is not None
    at = menu.actionGeometry(action).center()
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    return texts


def test_a_right_click_changes_nothing_but_opens_the_menu(
    application: Application, qtbot: QtBot
) -> None:
    document, view = application.document, view_of(application, "C3")
    right_click(application, view, view.unit_rect(UNIT).center())
    menu = opened(qtbot)
    assert entries(menu) == [
        "Ablate map 17 of C3", "Pin unit", "Enlarge map 17 of C3", "Enlarge C3",
        "Copy values as CSV", "Save C3 as PNG…",
    ]  # fmt: skip
    beside = {a.text().partition("\t")[2] for a in menu.actions()} - {""}
    assert beside == {"Ctrl+Click", "Click", "Double-click"}, "what does the same without a menu"
    menu.close()
    assert document.ablated == {} and document.pinned is None
    right_click(application, view, QPointF(3, 3))  # on the head
    qtbot.wait(20)
    assert QApplication.activePopupWidget() is None


def test_it_ablates_and_restores_pins_and_unpins_and_enlarges(
    application: Application, qtbot: QtBot
) -> None:
    document = application.document
    choose(qtbot, application, UNIT, "Ablate")
    assert document.ablated == {"C3": frozenset({17})}
    assert choose(qtbot, application, UNIT, "Restore")[0] == "Restore map 17 of C3"
    assert document.ablated == {}
    choose(qtbot, application, UNIT, "Pin")
    assert document.pinned == UNIT
    assert choose(qtbot, application, UNIT, "Unpin")[0] == "Ablate map 17 of C3"
    assert document.pinned is None
    choose(qtbot, application, UNIT, "Enlarge C3")
    assert document.view.enlarged == "C3"
    choose(qtbot, application, UNIT, "Enlarge map")
    assert document.view.enlarged == "C3:17"
    choose(qtbot, application, UNIT, "Back")
    assert document.view.enlarged == ""
    choose(qtbot, application, Unit("C5", 250, 0, 2), "Enlarge")
    assert document.view.enlarged == "C5", "its maps are lines of it"


@pytest.mark.parametrize("pre", [False, True])
@pytest.mark.parametrize("unit", [UNIT, Unit("C5", 250, 0, 2)])
def test_the_copied_values_are_the_map_s(
    pre: bool, unit: Unit, application: Application, qtbot: QtBot
) -> None:
    document = application.document
    document.view.pre_activation = pre
    choose(qtbot, application, unit, "Copy")
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None and document.snapshot is not None
    rows = list(csv.reader(clipboard.text().splitlines()))
    expected = document.snapshot.maps[f"{unit.layer} pre" if pre else unit.layer][unit.map]
    assert np.array_equal(np.array(rows, np.float32), expected)


def test_the_saved_picture_is_the_layer_as_shown(
    application: Application, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "c3"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), "Image (*.png)"))
    choose(qtbot, application, UNIT, "Save")
    document, view = application.document, view_of(application, "C3")
    document.hover(None)
    settled(application, qtbot)
    saved = QImage(str(tmp_path / "c3.png"))
    assert saved.size() == view.size() * view.devicePixelRatioF()
    area = view.unit_rect(Unit("C3", 0, 0, 0)).toRect()
    shown = view.grab().toImage()
    for place in (area.center(), view.unit_rect(UNIT).center().toPoint()):
        assert saved.pixel(place) == shown.pixel(place)


def test_while_presenting_nothing_is_saved(application: Application, qtbot: QtBot) -> None:
    application.window.presentation.toggle()
    settled(application, qtbot)
    texts = choose(qtbot, application, UNIT, "Ablate")
    assert texts == [
        "Ablate map 17 of C3", "Pin unit", "Enlarge map 17 of C3", "Enlarge C3",
        "Copy values as CSV",
    ]  # fmt: skip
    assert application.document.ablated == {"C3": frozenset({17})}


def test_of_a_frozen_state_nothing_is_changed(application: Application, qtbot: QtBot) -> None:
    application.window.comparison.toggle()
    settled(application, qtbot)
    stage = application.window.comparison.stage
    assert stage is not None
    view = stage.maps.mosaics["C3"]
    right_click(application, view, view.unit_rect(UNIT).center())
    menu = opened(qtbot)
    assert entries(menu)[0] == "Enlarge map 17 of C3" and "Pin unit" not in entries(menu)
    menu.close()


@pytest.mark.parametrize("presenting", [False, True])
def test_a_key_opens_that_of_the_pinned_unit(
    presenting: bool, application: Application, qtbot: QtBot
) -> None:
    document, window = application.document, application.window
    if presenting:
        window.presentation.toggle()

    def press() -> None:
        QTest.keyClick(window, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)

    press()
    assert QApplication.activePopupWidget() is None
    document.pin(UNIT)
    press()
    menu = opened(qtbot)
    assert entries(menu)[:2] == ["Ablate map 17 of C3", "Unpin"]
    menu.close()
