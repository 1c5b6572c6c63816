"""The flow layout: rows of controls, and lines that take what is left of them."""

from __future__ import annotations

import pytest
from dressing import dress
from PyQt6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from viz.views.widgets.flow_layout import FlowLayout
from viz.views.widgets.line import Line


def laid_out(qtbot: QtBot, width: int, *widgets: QWidget) -> list[tuple[int, int, int]]:
    """(x, row, width) of each widget, in a place of this width."""
    place = QWidget()
    qtbot.addWidget(place)
    flow = FlowLayout(place, spacing=10)
    for widget in widgets:
        flow.addWidget(widget)
    dress(place)
    place.resize(width, flow.heightForWidth(width))
    with qtbot.waitExposed(place):
        place.show()
    tops = sorted({widget.geometry().center().y() for widget in widgets})
    return [
        (widget.x(), tops.index(widget.geometry().center().y()), widget.width())
        for widget in widgets
    ]


def box(width: int, height: int = 20) -> QLabel:
    label = QLabel()
    label.setFixedSize(width, height)
    return label


@pytest.mark.parametrize(
    ("width", "places"),
    [
        (210, [(0, 0, 100), (110, 0, 100)]),
        (209, [(0, 0, 100), (0, 1, 100)]),
    ],
)
def test_what_has_no_room_goes_to_the_next_row(
    qtbot: QtBot, width: int, places: list[tuple[int, int, int]]
) -> None:
    assert laid_out(qtbot, width, box(100), box(100)) == places


def test_a_line_takes_what_the_others_of_its_row_leave(qtbot: QtBot) -> None:
    assert laid_out(qtbot, 600, box(100), Line(), box(50, 30)) == [
        (0, 0, 100), (110, 0, 430), (550, 0, 50),
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "row"), [(600, 0), (300, 1)])
def test_a_last_line_gets_a_row_of_its_own_where_less_than_half_is_left(
    qtbot: QtBot, width: int, row: int
) -> None:
    _, (x, of_line, wide) = laid_out(qtbot, width, box(160), Line())
    assert (x, of_line, wide) == ((170, 0, 430) if row == 0 else (0, 1, 300))


@pytest.mark.parametrize(("width", "is_left_out"), [(210, False), (209, True)])
def test_a_compact_flow_gives_its_last_item_no_row_of_its_own(
    qtbot: QtBot, width: int, is_left_out: bool
) -> None:
    place, last = QWidget(), QLabel("formula")
    qtbot.addWidget(place)
    flow = FlowLayout(place, spacing=10)
    flow.addWidget(box(200 - last.sizeHint().width()))
    flow.addWidget(last)
    flow.set_compact(True)
    place.resize(width, 20)
    with qtbot.waitExposed(place):
        place.show()
    assert flow.heightForWidth(width) == (20 if is_left_out else max(20, last.height()))
    assert (last.visibleRegion().isEmpty()) == is_left_out
