"""The table: which columns and rows there is room for, what the pointer is told, and the keys."""

from __future__ import annotations

from itertools import pairwise

import pytest
from dressing import dress
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viz.views.widgets.table import Column, Table

COLUMNS = (
    Column("layer", tip="name", widest="output", left=True),
    Column("moved / px", "x", "how far", "−88.88"),
    Column("", "y", "how far down", "−88.88", joined=True),
    Column("error / px", tip="error", widest="88.88", rank=1),
    Column("comparison", tip="how", widest="interpolated", left=True, rank=2),
)
ROWS = [(f"L{n}", f"{n}.00", "−1.50", "0.05", "exact") for n in range(6)]


@pytest.fixture
def table(qtbot: QtBot) -> Table:
    table = Table("numbers", COLUMNS)
    qtbot.addWidget(table)
    dress(table, "light", 13)
    table.set_rows(ROWS)
    table.resize(600, 200)
    table.show()
    return table


@pytest.mark.parametrize(
    ("width", "text_px", "numbers"),
    [(600, 13, [0, 1, 2, 3, 4]), (260, 13, [0, 1, 2, 3]), (200, 13, [0, 1, 2]),
     (450, 24, [0, 1, 2, 3]), (800, 24, [0, 1, 2, 3, 4])],
)  # fmt: skip
def test_columns_of_the_highest_rank_are_left_out_first(
    table: Table, width: int, text_px: int, numbers: list[int]
) -> None:
    dress(table, "dark", text_px)
    table.resize(width, 200)  # too low for a block below
    places = table.places()
    assert [place.number for place in places] == numbers
    assert all(one.right + 8 <= other.left for one, other in pairwise(places))
    assert places[-1].right <= width
    for place in places:
        texts = [row[place.number] for row in (*ROWS, tuple(one.widest for one in COLUMNS))]
        assert max(map(table.small.width, texts)) <= place.right - place.left
    picture = table.grab().toImage()
    beside = [picture.pixelColor(width - 1, y) for y in range(200)]
    assert beside.count(beside[0]) == 200  # nothing is cut off


@pytest.mark.parametrize(
    ("width", "height", "blocks"),
    [(260, 300, [[0, 1, 2, 3], [0, 4]]), (200, 300, [[0, 1, 2], [0, 3, 4]]),
     (600, 300, [[0, 1, 2, 3, 4]])],
)  # fmt: skip
def test_columns_without_room_stand_in_a_block_below(
    table: Table, width: int, height: int, blocks: list[list[int]]
) -> None:
    table.resize(width, height)
    places = table.places()
    found = [[one.number for one in places if one.block == b] for b in (0, 1)]
    assert [one for one in found if one] == blocks
    assert max(one.right for one in places) <= width
    table.describe = lambda row, column: f"cell {row} {column}"
    pitch = table.pitch
    for place in places:
        at = QPointF(place.left + 2, table.top_of(place.block) + 3.5 * pitch)
        assert table.tooltip(at) == f"{COLUMNS[place.number].tip}\ncell 1 {place.number}"
    bottom = table.top_of(len(blocks) - 1) + pitch * (2 + len(ROWS))
    assert bottom <= height + 1 and list(table.rows_in_sight) == list(range(6))


def test_wheel_and_keys_lead_through_rows_that_there_is_no_room_for(table: Table) -> None:
    assert list(table.rows_in_sight) == list(range(6)) and table.pitch == pytest.approx(22.1)
    table.resize(600, 106)
    assert list(table.rows_in_sight) == list(range(6)) and table.pitch == pytest.approx(13.25)
    table.resize(600, 70)
    assert list(table.rows_in_sight) == [0, 1, 2] and table.pitch == 13
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert list(table.rows_in_sight) == [1, 2, 3]
    at = QPointF(20, 30)
    for across, turned, first in (
        (0, -120, 2), (0, -120, 3), (0, -120, 3), (120, 0, 3), (0, 40, 3), (0, 90, 2),
    ):  # fmt: skip
        wheel = QWheelEvent(
            at, table.mapToGlobal(at), QPoint(), QPoint(across, turned), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(table, wheel)
        assert table.rows_in_sight[0] == first
    table.resize(600, 200)
    assert len(table.rows_in_sight) == 6


def test_columns_tell_what_they_are_and_cells_more(table: Table) -> None:
    table.describe = lambda row, column: f"cell {row} {column}" if row == 2 else ""
    places, pitch = table.places(), table.pitch
    for place in places:
        tip, x = COLUMNS[place.number].tip, place.left + 2
        assert table.tooltip(QPointF(x, 0.5 * pitch)) == tip
        assert table.tooltip(QPointF(x, 3.5 * pitch)) == tip  # row 1
        assert table.tooltip(QPointF(x, 4.5 * pitch)) == f"{tip}\ncell 2 {place.number}"


def test_the_numbers_are_read_out_and_copied(table: Table) -> None:
    assert table.accessibleDescription().startswith("L0 0.00 −1.50 0.05 exact; L1 1.00")
    assert [*table.table()][:2] == [
        ["layer", "moved / px x", "moved / px y", "error / px", "comparison"], ROWS[0]
    ]  # fmt: skip
