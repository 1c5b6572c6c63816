"""The barcode: its legend follows the kind of value, its row the shown window."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from opening import settled
from PyQt6.QtCore import QPoint, QPointF
from PyQt6.QtGui import QPaintEvent
from pytestqt.qtbot import QtBot

from viz.engine.compute import Computer, Nets
from viz.model.document import Document
from viz.model.snapshot import Unit
from viz.nets.lenet5 import lenet5
from viz.scene import Transform
from viz.scene.digits import number
from viz.views.maps.barcode import Barcode
from viz.views.paint_clock import PaintClock

if TYPE_CHECKING:
    from opening import Open

SCALES = {"C5": 5.0, "C5 pre": 12.0}


class Watched(Barcode):
    """Notes whether the legend, at the lower end, was painted."""

    legends = 0

    def paintEvent(self, event: QPaintEvent | None) -> None:
        assert event is not None
        if event.rect().top() == 0 and event.rect().bottom() == self.height() - 1:
            self.legends += 1
        super().paintEvent(event)


@pytest.fixture(scope="module")
def computer() -> Computer:
    return Computer(Nets())


def shown(qtbot: QtBot, computer: Computer, height: int) -> tuple[Document, Watched]:
    document = Document(number("31", height=height))
    view = Watched(document, PaintClock(), lenet5().layer("C5"), SCALES)
    qtbot.addWidget(view)
    view.resize(120, 300)
    document.show(computer(document.request()))
    assert document.snapshot is not None
    view.show_snapshot(document.snapshot)
    view.show()
    qtbot.waitExposed(view)
    qtbot.waitUntil(lambda: view.legends > 0)
    return document, view


def last_unit(view: Barcode) -> Unit:
    """The unit in the middle of the last column."""
    unit = view.unit_at(QPointF(view.width() - 1, view.height() / 2))
    assert unit is not None
    return unit


@pytest.mark.parametrize("height", [32, 48])
def test_the_legend_follows_pre_relu(qtbot: QtBot, computer: Computer, height: int) -> None:
    document, view = shown(qtbot, computer, height)
    before = view.legends
    document.view.pre_activation = True
    qtbot.waitUntil(lambda: view.legends > before)
    before = view.legends
    document.view.pre_activation = False
    qtbot.waitUntil(lambda: view.legends > before)


def test_its_row_is_the_shown_window_s_however_that_came_about(
    qtbot: QtBot, computer: Computer
) -> None:
    document, view = shown(qtbot, computer, 64)
    for act in (
        lambda: document.select_window((0, 3)),
        lambda: document.hover_window((7, 1)),
        lambda: document.hover_window(None),
        lambda: document.select_window(None),
        lambda: document.select((1,)),
        lambda: document.select(()),
    ):
        act()
        window = document.shown_window()
        assert window is not None
        assert last_unit(view).row == window[0]


def test_a_taller_canvas_without_the_pointed_window_is_shown_at_once(
    open_application: Open, qtbot: QtBot
) -> None:
    """The answer lets go of the window under the pointer before the barcode has the new maps."""
    three, low = number("3", height=32, width=32), Transform(dy=60)
    application = open_application(replace(three, height=128, width=40, transform=low))
    document, answer = application.document, application.window.answer
    barcode = application.window.stage.maps.barcodes["C5"]
    document.apply(number("35", height=32, width=64), "x")
    settled(application, qtbot)
    x = answer.window_x(7)
    over = [
        QPoint(round(x), y)
        for y in range(answer.height())
        if answer.window_at(QPointF(round(x), y)) == (0, 7)
    ]
    qtbot.mouseMove(answer, QPoint(1, 1))
    qtbot.mouseMove(answer, over[len(over) // 2])
    assert document.shown_window() == (0, 7)
    document.undo_stack.undo()
    settled(application, qtbot)
    window, snapshot = document.shown_window(), document.snapshot
    assert window is not None and window[0] > 0, "a row that the canvas before did not have"
    last = last_unit(barcode)
    assert (last.row, last.column) == (window[0], 2)
    painted = barcode.grab().toImage()
    assert snapshot is not None
    barcode.show_snapshot(snapshot)
    assert barcode.grab().toImage() == painted, "it was this snapshot's already"
