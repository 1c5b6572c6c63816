"""A value's row: slider, number and reset say the same, and any number can be typed."""

from __future__ import annotations

import math

import pytest
from dressing import dress
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viz.views.canvas.transform_fields import fields
from viz.views.widgets.value_row import TICKS, Field, ValueRow

LEFT = Qt.MouseButton.LeftButton
SHIFT = Field("dx", "shift x", "Shift", 0, -50, 50, -1e5, 1e5, 0.25)
POWER = Field("p", "p", "Power", 2, 1, math.inf, 1, math.inf, 0.1, half=1)
SHARPNESS = Field("b", "b", "Sharpness", 1, 0, math.inf, 0, math.inf, 0.1, half=4)


@pytest.fixture
def rows(qtbot: QtBot) -> list[ValueRow]:
    rows = [ValueRow(SHIFT), ValueRow(POWER)]
    for row in rows:
        qtbot.addWidget(row)
        dress(row)
        row.resize(300, row.height())
        row.show()
    return rows


def type_in(row: ValueRow, text: str) -> None:
    row.number.selectAll()
    if text.isascii():
        QTest.keyClicks(row.number, text)
    else:  # QTest aborts on other keys; it is pasted
        QApplication.clipboard().setText(text)
        row.number.lineEdit().paste()
    QTest.keyClick(row.number, Qt.Key.Key_Return)


@given(st.integers(0, TICKS), st.sampled_from(fields()))
def test_a_slider_lands_where_its_value_is(tick: int, field: Field) -> None:
    value = field.at(tick)
    assert field.low - field.step <= value <= field.high + field.step
    grain = field.step / 2 + 1e-9
    assert abs(field.at(field.tick(value)) - value) <= max(
        grain, abs(field.at(min(TICKS, tick + 1)) - value)
    )


@pytest.mark.parametrize("field", [POWER, SHARPNESS], ids=lambda field: field.name)
def test_a_scale_to_infinity_rises_and_is_its_own_inverse(field: Field) -> None:
    values = [field.at(tick) for tick in range(TICKS + 1)]
    assert values == sorted(values) and values[0] == field.low and values[-1] == math.inf
    assert values[TICKS // 2] == field.low + field.half
    # The three digits that are kept tell the place to two ticks of 400
    assert all(abs(field.tick(value) - tick) <= 2 for tick, value in enumerate(values))
    assert field.tick(1e12) == TICKS - 1 and field.tick(0) == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.00"),
        (-0.0, "0.00"),
        (-0.001, "0.00"),
        (-3.25, "−3.25"),
        (99.994, "99.99"),
        (-123.456, "−123.5"),
        (12345.6, "12346"),
    ],
)
def test_a_number_has_a_real_minus_and_four_digits(
    rows: list[ValueRow], value: float, text: str
) -> None:
    rows[0].show_value(value)
    assert rows[0].number.text() == text


@pytest.mark.parametrize(
    ("number", "typed", "value"),
    [
        (0, "0.125", 0.125),
        (0, "-7,5", -7.5),
        (0, "−7.5", -7.5),
        (0, "-x1.5nan", -1.5),
        (0, "inf", 0),
        (0, "-", 0),
        (1, "inf", math.inf),
        (1, "∞", math.inf),
        (1, "0.5", 1),
        (1, "3.5", 3.5),
    ],
)
def test_numbers_are_typed_and_others_are_not(
    rows: list[ValueRow], number: int, typed: str, value: float
) -> None:
    type_in(rows[number], typed)
    assert rows[number].value == rows[number].number.value() == value


def test_decimals_that_are_not_shown_stay(rows: list[ValueRow]) -> None:
    row, changes = rows[0], []
    row.changed.connect(changes.append)
    row.show_value(0.123456)
    assert row.number.text() == "0.12"
    QTest.keyClick(row.number, Qt.Key.Key_Return)
    assert row.number.value() == 0.123456 and changes == []


def test_the_slider_goes_where_it_is_pressed_and_to_infinity(rows: list[ValueRow]) -> None:
    row, held = rows[1], []
    row.held.connect(held.append)
    middle = row.slider.height() // 2
    QTest.mousePress(row.slider, LEFT, pos=QPoint(row.slider.width() - 1, middle))
    assert row.value == math.inf and row.number.text() == "∞" and held == [True]
    QTest.mouseMove(row.slider, QPoint(0, middle))
    assert row.value == 1
    QTest.mouseRelease(row.slider, LEFT, pos=QPoint(0, middle))
    assert held == [True, False]
    QTest.mouseMove(row.slider, QPoint(90, middle))
    assert row.value == 1, "it was let go"


def test_arrow_keys_go_by_the_step_and_reach_both_ends(rows: list[ValueRow]) -> None:
    shift, power = rows
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up):
        QTest.keyClick(shift.slider, key)
    assert shift.value == 0.5
    for key, end in ((Qt.Key.Key_Right, math.inf), (Qt.Key.Key_Left, 1)):
        for _ in range(60):
            QTest.keyClick(power.slider, key)
        assert power.value == end


def test_a_double_click_and_the_arrow_reset(rows: list[ValueRow]) -> None:
    row = rows[0]
    assert not row.reset.isEnabled()
    for reset in (
        lambda: QTest.mouseClick(row.reset, LEFT),
        lambda: QTest.mouseDClick(row.slider, LEFT),
    ):
        type_in(row, "30")
        assert row.reset.isEnabled()
        reset()
        assert row.value == 0 and not row.reset.isEnabled()


def test_what_is_shown_is_not_reported(rows: list[ValueRow]) -> None:
    row, changes = rows[0], []
    row.changed.connect(changes.append)
    row.show_value(1234.5)
    row.show_value(3.0, known=False)
    assert row.number.text() == "–" and changes == []
    type_in(row, "2")
    assert changes == [2]


def test_a_double_click_selects_the_whole_number(rows: list[ValueRow]) -> None:
    rows[0].show_value(-12.5)
    editor = rows[0].number.lineEdit()
    assert editor is not None
    QTest.mouseDClick(editor, LEFT)
    assert editor.selectedText() == editor.text() == "−12.50"


@pytest.mark.parametrize("text_px", [13, 16, 24])
def test_the_widest_number_is_seen_whole(rows: list[ValueRow], text_px: int) -> None:
    row = rows[0]
    dress(row, "light", text_px)
    row.resize(400, row.height())
    row.show_value(-88.88)
    QApplication.processEvents()
    editor = row.number.lineEdit()
    assert editor is not None
    assert editor.fontMetrics().horizontalAdvance(editor.text()) <= editor.width()
