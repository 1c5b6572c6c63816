"""The paint clock: a frame is told once, when all that the screen shows of it has been painted."""

from __future__ import annotations

import pytest
from opening import Open, settled
from PyQt6.QtGui import QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from viz.scene import edit
from viz.scene.digits import number
from viz.views.paint_clock import PaintClock


class Watched(QWidget):
    def __init__(self, clock: PaintClock) -> None:
        super().__init__()
        self._clock, self.paints = clock, 0
        clock.register(self)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        with self._clock.painting(self):
            self.paints += 1


def test_a_frame_is_told_once_when_the_last_view_has_painted(qtbot: QtBot) -> None:
    clock, told, window = PaintClock(), list[int](), QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    views = [Watched(clock) for _ in range(3)]
    for view in views:
        row.addWidget(view)
    window.resize(300, 100)
    window.show()
    qtbot.waitUntil(lambda: all(view.paints for view in views))
    clock.frame_painted.connect(lambda number, _: told.append(number))
    clock.begin(7)
    clock.skip(views[0])
    views[1].hide()
    clock.handed_out()
    assert told == [], "the third view owes its paint"
    for _ in range(2):
        paints = views[2].paints
        views[2].update()
        qtbot.waitUntil(lambda paints=paints: views[2].paints > paints)
    assert told == [7]


def test_a_frame_of_which_nothing_is_to_be_painted_is_told_too(qtbot: QtBot) -> None:
    clock, told = PaintClock(), list[int]()
    view = Watched(clock)
    qtbot.addWidget(view)
    clock.frame_painted.connect(lambda number, _: told.append(number))
    clock.begin(7)
    clock.handed_out()
    assert told == [7], "a view that is hidden owes nothing"
    view.show()
    qtbot.waitExposed(view)
    clock.begin(8)
    view.hide()
    clock.handed_out()
    assert told == [7, 8]


@pytest.mark.parametrize("enlarged", ["instrument", "canvas", "scores", "C1", "C3:7", "C5"])
def test_every_frame_is_told_whatever_is_enlarged(
    enlarged: str, open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    document = application.document
    settled(application, qtbot)
    document.view.enlarged = enlarged
    settled(application, qtbot)
    for dx in (1, 1, 0):
        with qtbot.waitSignal(application.clock.frame_painted, timeout=5000):
            if dx:
                document.apply(edit.moved(document.scene, [0], dx, 0), "")
            else:
                document.ask()  # for what is shown already
