"""A grid of numbers: written where they fit; typed, dragged and turned by real events."""

from __future__ import annotations

import numpy as np
import pytest
from dressing import dress
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viz.views.widgets.choice_box import ChoiceBox
from viz.views.widgets.labelled_box import ValueBox
from viz.views.widgets.locked_scale import LockedScale
from viz.views.widgets.number_grid import PIXELS_A_STEP, NumberGrid
from viz.views.widgets.segmented import Option

VALUES = np.array([[1, 0, -1], [0.125, 2, -2.5]], np.float32)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def grid(qtbot: QtBot) -> NumberGrid:
    view = NumberGrid(LockedScale(2.5, signed=True), editable=True, legend=False)
    qtbot.addWidget(view)
    dress(view, "light")
    view.resize(240, 160)
    view.set_array(VALUES)
    with qtbot.waitExposed(view):
        view.show()
    return view


def at(grid: NumberGrid, row: int, column: int) -> QPoint:
    return grid.cell_rect(row, column).center().toPoint()


def wheel(grid: NumberGrid, place: QPoint, angle: int) -> None:
    event = QWheelEvent(
        QPointF(place), QPointF(grid.mapToGlobal(place)), QPoint(), QPoint(0, angle),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(grid, event)


def test_numbers_are_written_with_the_decimals_that_fit(grid: NumberGrid) -> None:
    assert grid.texts == ("1", "0", "−1", "0.125", "2", "−2.5")
    grid.resize(84, 60)
    assert grid.texts == ("1", "0", "−1", "0.12", "2", "−2.5")  # rounded to even
    grid.resize(60, 40)
    assert grid.texts == ()


def test_a_number_in_a_cell_is_seen_on_light_and_dark(grid: NumberGrid) -> None:
    grid.set_array(np.array([[88.0]], np.float32), colours=np.zeros((1, 1, 3), np.uint8))
    image = grid.grab().toImage()
    place = grid.cell_rect(0, 0).toRect()
    lights = {
        image.pixelColor(x, y).lightness()
        for x in range(place.left() + 20, place.right() - 20)
        for y in range(place.top() + 20, place.bottom() - 20)
    }
    assert 0 in lights and 255 in lights


def test_a_click_opens_a_cell_and_enter_takes_what_is_typed(grid: NumberGrid, qtbot: QtBot) -> None:
    with qtbot.waitSignal(grid.edited) as edited:
        QTest.mouseClick(grid, LEFT, pos=at(grid, 1, 2))
        assert grid.box.isVisible()
        QTest.keyClicks(grid.box, "-0,75")
        QTest.keyClick(grid.box, Qt.Key.Key_Return)
    assert edited.args == [1, 2, -0.75] and grid.values[1, 2] == -0.75
    assert not grid.box.isVisible() and grid.hasFocus()
    assert VALUES[1, 2] == -2.5  # what was given is not changed


def test_escape_leaves_the_number(grid: NumberGrid, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(grid.edited):
        QTest.mouseClick(grid, LEFT, pos=at(grid, 0, 0))
        QTest.keyClicks(grid.box, "7")
        QTest.keyClick(grid.box, Qt.Key.Key_Escape)
    assert not grid.box.isVisible()
    np.testing.assert_array_equal(grid.values, VALUES)


def test_keys_alone_change_numbers(grid: NumberGrid) -> None:
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Right)  # points at the middle first
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.cell == (1, 2)
    QTest.keyClick(grid, Qt.Key.Key_3)
    QTest.keyClick(grid.box, Qt.Key.Key_Return)
    assert grid.values[1, 2] == 3
    QTest.keyClick(grid, Qt.Key.Key_Delete)
    assert grid.values[1, 2] == 0


def test_a_drag_and_the_wheel_change_by_steps(grid: NumberGrid) -> None:
    place = at(grid, 0, 1)
    QTest.mousePress(grid, LEFT, pos=place)
    QTest.mouseMove(grid, place - QPoint(0, 5 * PIXELS_A_STEP))
    QTest.mouseRelease(grid, LEFT, pos=place - QPoint(0, 5 * PIXELS_A_STEP))
    assert grid.values[0, 1] == np.float32(0.5) and not grid.box.isVisible()
    wheel(grid, place, -240)
    assert grid.values[0, 1] == np.float32(0.3)


def test_whole_numbers_stay_whole(grid: NumberGrid, qtbot: QtBot) -> None:
    view = NumberGrid(LockedScale(10.0), editable=True, step=1.0)
    qtbot.addWidget(view)
    view.resize(200, 200)
    view.set_array(np.full((2, 2), 4, np.float32))
    view.show()
    QTest.mouseClick(view, LEFT, pos=at(view, 0, 0))
    QTest.keyClicks(view.box, "2.7")
    QTest.keyClick(view.box, Qt.Key.Key_Return)
    assert view.values[0, 0] == 3
    wheel(view, at(view, 0, 0), 120)
    assert view.values[0, 0] == 4


def test_without_being_editable_a_click_chooses(grid: NumberGrid, qtbot: QtBot) -> None:
    grid.set_editable(False)
    with qtbot.waitSignal(grid.chosen) as chosen, qtbot.assertNotEmitted(grid.edited):
        QTest.mouseClick(grid, LEFT, pos=at(grid, 0, 2))
        wheel(grid, at(grid, 0, 2), 120)
    assert chosen.args == [0, 2] and not grid.box.isVisible()


def test_other_shapes_close_what_is_typed(grid: NumberGrid) -> None:
    QTest.mouseClick(grid, LEFT, pos=at(grid, 1, 2))
    grid.set_array(np.zeros((1, 1), np.float32))
    assert not grid.box.isVisible()
    QTest.mouseClick(grid, LEFT, pos=at(grid, 0, 0))
    grid.set_editable(False)
    assert not grid.box.isVisible()


def test_a_choice_box_offers_and_reports(qtbot: QtBot) -> None:
    box = ChoiceBox("kernel", [Option(1, "one", ""), Option(2, "two", "a tip")])
    qtbot.addWidget(box)
    box.show()
    with qtbot.waitSignal(box.chosen) as chosen:
        QTest.keyClick(box.box, Qt.Key.Key_Down)
    assert chosen.args == [2] and box.value == 2
    with qtbot.assertNotEmitted(box.chosen):
        box.show_value(1)
        with pytest.raises(ValueError, match="3"):
            box.show_value(3)
        box.set_options([Option(0, "none", ""), Option(1, "one", "")])
    assert box.value == 1


@pytest.mark.parametrize("value", ["1", True, None, 11.0, -11, float("nan")])
def test_a_value_box_refuses_what_is_no_value(qtbot: QtBot, value: object) -> None:
    box = ValueBox("bias", "", -10, 10, 0.1)
    qtbot.addWidget(box)
    box.show_value(2.5)
    with pytest.raises(ValueError, match=str(value)):
        box.show_value(value)  # type: ignore[arg-type]
    assert box.value == 2.5
