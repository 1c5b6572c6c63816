"""What changes the network's answer: a badge over the canvas says it, undo and New take it back."""

from __future__ import annotations

import pytest
from opening import Open, settled
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.scene.digits import number
from viz.views import theme as themes


@pytest.fixture
def application(open_application: Open, qtbot: QtBot) -> Application:
    application = open_application(number("31", width=64))
    settled(application, qtbot)
    return application


def share_of_accent(application: Application) -> float:
    """The share of pixels in the accent where the network's name stands."""
    answer = application.window.answer
    picture = answer.grab(answer.network_rect.toAlignedRect()).toImage()
    colour = themes.of(answer).accent.rgb()
    places = [(x, y) for x in range(picture.width()) for y in range(picture.height())]
    return sum(QColor(picture.pixel(*place)).rgb() == colour for place in places) / len(places)


@pytest.mark.parametrize("change", ["average", "ablated"])
def test_what_changes_the_answer_wears_a_badge(
    change: str, application: Application, qtbot: QtBot
) -> None:
    document = application.document
    assert share_of_accent(application) == 0
    if change == "average":
        application.window.commands.actions["network-average"].trigger()
    else:
        document.toggle_ablation("C1", 3)
    settled(application, qtbot)
    assert share_of_accent(application) > 0.15
    document.undo_stack.undo()
    settled(application, qtbot)
    assert share_of_accent(application) == 0


@pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen menus grab nothing
def test_a_click_on_the_networks_name_opens_its_menu(
    application: Application, qtbot: QtBot
) -> None:
    answer = application.window.answer
    place = answer.network_rect.center().toPoint()
    qtbot.mouseClick(answer, Qt.MouseButton.LeftButton, pos=place)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    names = {action.objectName() for action in menu.actions()}
    assert {"network-max", "network-average", "restore"} <= names
    menu.close()
    assert application.document.window is None, "no window was chosen by it"


def test_an_ablation_is_an_undo_step_and_lets_a_demonstration_play_on(
    application: Application,
) -> None:
    window, document = application.window, application.document
    window.commands.actions["chapter_binding"].trigger()
    window.player.toggle()
    document.toggle_ablation("C3", 7)
    assert window.player.playing and not window.player.taken_over
    window.player.pause()
    assert document.undo_stack.undoText() == "Ablate map 7 of C3"
    document.undo_stack.undo()
    assert not document.ablated
    document.undo_stack.redo()
    document.restore_all()
    assert not document.ablated
    document.undo_stack.undo()
    assert dict(document.ablated) == {"C3": frozenset({7})}


def test_new_takes_the_main_network_with_all_its_maps_and_undo_brings_the_others_back(
    application: Application,
) -> None:
    document, actions = application.document, application.window.commands.actions
    actions["network-average"].trigger()
    document.toggle_ablation("S2", 1)
    actions["new"].trigger()
    assert document.network == "max" and not document.ablated and not document.scene.items
    actions["undo"].trigger()
    assert document.network == "average" and dict(document.ablated) == {"S2": frozenset({1})}
    assert document.scene == number("31", width=64)
