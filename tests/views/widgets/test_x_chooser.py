"""The chooser of x: one hand for every plot, and a picture that is kept while nothing changes."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFocusEvent, QHelpEvent, QKeyEvent, QPainter
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from viz.views import theme as themes
from viz.views.widgets.x_chooser import XChooser

LEFT, RIGHT = Qt.Key.Key_Left, Qt.Key.Key_Right
ACCENT, QUIET = themes.theme("dark").accent, themes.theme("dark").quiet
GROUND = themes.theme("dark").background


class Probe(XChooser):
    """An axis from −10 to 10 over the whole widget but for 20 pixels at each edge; counts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(2.0, 0.5, parent)
        self._x_range = -10.0, 10.0
        self.painted = self.found = 0
        self.hovers: list[QPointF] = []

    def _find_area(self) -> QRectF:
        self.found += 1
        return QRectF(20, 20, self.width() - 40, self.height() - 40)

    def _paint_still(self, painter: QPainter) -> None:
        self.painted += 1

    def _paint_hover(self, painter: QPainter, at: QPointF) -> None:
        self.hovers.append(at)
        painter.setBrush(QColor("red"))  # what is left in the painter fills no frame


@pytest.fixture
def view(qtbot: QtBot) -> Probe:
    probe = Probe()
    qtbot.addWidget(probe)
    probe.resize(240, 140)
    probe.show()
    qtbot.waitExposed(probe)
    return probe


def heard(view: Probe) -> list[float | str]:
    """Everything that the view says from now on, in order."""
    said: list[float | str] = []
    view.started.connect(lambda: said.append("started"))
    view.chosen.connect(said.append)
    return said


def at(x: float) -> QPoint:
    """A point of the widget at a place of the axis: ten pixels to a unit."""
    return QPoint(round(120 + 10 * x), 70)


def test_a_drag_starts_once_and_stays_within_the_axis(view: Probe) -> None:
    said = heard(view)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=at(3))
    for x in (4, 7, 11.5, -11.9):
        QTest.mouseMove(view, at(x))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at(-11.9))
    QTest.mouseMove(view, at(2))  # no button is held any more
    assert said == ["started", 3.0, 4.0, 7.0, 10.0, -10.0]
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=at(1))
    assert len(said) == 6
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(1))
    assert said[6:] == ["started", 1.0]


def test_a_run_of_an_arrow_key_starts_once(view: Probe) -> None:
    said = heard(view)
    view.chosen.connect(view.set_mark)
    view.set_mark(0.0)
    none = Qt.KeyboardModifier.NoModifier
    for repeated in (False, True, True, False):
        press = QKeyEvent(QEvent.Type.KeyPress, RIGHT, none, "", repeated)
        QApplication.sendEvent(view, press)
    assert said == ["started", 2.0, 4.0, 6.0, "started", 8.0]


def test_arrow_keys_go_by_a_step_with_shift_by_a_fine_one_and_end_with_the_axis(
    view: Probe,
) -> None:
    chosen: list[float] = []
    view.chosen.connect(chosen.append)
    view.set_mark(-9.0)
    QTest.keyClick(view, RIGHT)
    QTest.keyClick(view, RIGHT, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, LEFT, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, LEFT)
    view.set_mark(9.75)
    QTest.keyClick(view, RIGHT, Qt.KeyboardModifier.ShiftModifier)
    assert chosen == [-7.0, -8.5, -9.5, -10.0, 10.0]
    view.step, view.fine = 5.0, 1.25
    QTest.keyClick(view, LEFT)
    QTest.keyClick(view, LEFT, Qt.KeyboardModifier.ShiftModifier)
    assert chosen[5:] == [4.75, 8.5]


def test_other_keys_and_those_without_a_mark_are_left_to_the_window(view: Probe) -> None:
    said = heard(view)

    def taken(key: Qt.Key) -> bool:
        press = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        view.keyPressEvent(press)
        return press.isAccepted()

    assert not taken(RIGHT)
    view.set_mark(0.0)
    assert not taken(Qt.Key.Key_Up) and said == []
    assert taken(RIGHT) and said == ["started", 2.0]


def corner(view: Probe) -> QColor:
    return view.grab().toImage().pixelColor(20, 20)


def test_who_comes_by_tab_sees_a_frame_and_nobody_else(view: Probe) -> None:
    assert view.focusPolicy() == Qt.FocusPolicy.TabFocus  # a click takes no keys from the canvas
    reasons = Qt.FocusReason
    for reason, framed in (
        (reasons.TabFocusReason, True),
        (reasons.MouseFocusReason, False),
        (reasons.BacktabFocusReason, True),
        (reasons.OtherFocusReason, False),
    ):
        QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusIn, reason))
        assert (corner(view) == ACCENT) == framed
        QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusOut, reason))
        assert corner(view) == GROUND


def test_a_frame_stays_empty_while_the_pointer_is_there(view: Probe) -> None:
    tab = Qt.FocusReason.TabFocusReason
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusIn, tab))
    QTest.mouseMove(view, at(5))
    assert corner(view) == ACCENT and view.hovers
    assert view.grab().toImage().pixelColor(at(0)) == GROUND


def test_the_mark_is_a_line_within_the_axis(view: Probe) -> None:
    for x, seen in ((4.0, True), (-10.0, True), (10.5, False), (None, False)):
        view.set_mark(x)
        picture = view.grab().toImage()
        columns = {column for column in range(240) if picture.pixelColor(column, 60) == ACCENT}
        if seen:
            assert x is not None and round(view.x_of(x)) in columns and len(columns) <= 2
        else:
            assert not columns


def test_the_pointer_has_a_line_that_goes_with_it(view: Probe) -> None:
    def columns() -> list[int]:
        picture = view.grab().toImage()
        return [x for x in range(240) if picture.pixelColor(x, 60) == QUIET]

    assert columns() == []
    QTest.mouseMove(view, at(3))
    assert columns() == [150] and view.hovers[-1] == QPointF(at(3))
    QTest.mouseMove(view, QPoint(239, 70))  # beyond the axis: at its end
    assert columns() == [220]
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert columns() == []


def test_what_stands_still_is_painted_once(view: Probe) -> None:
    view.grab()
    painted, found = view.painted, view.found
    for x in range(-5, 6):
        view.set_mark(float(x))
        QTest.mouseMove(view, at(x))
        view.grab()
    assert (view.painted, view.found) == (painted, found)
    view.set_theme(themes.theme("light"), 16)
    assert view.grab().toImage().pixelColor(1, 1) == themes.theme("light").background
    assert (view.painted, view.found) == (painted + 1, found + 1)
    view.resize(340, 140)
    assert view.plot_area().width() == 300 and view.grab().width() == 340
    assert (view.painted, view.found) == (painted + 2, found + 2)


def test_the_area_follows_the_size_even_before_it_is_shown(qtbot: QtBot) -> None:
    probe = Probe()
    qtbot.addWidget(probe)
    for wide in (240, 440):
        probe.resize(wide, 140)
        assert probe.x_of(10.0) == wide - 20


def test_a_plot_keeps_the_tooltip_it_was_given(view: Probe) -> None:
    view.setToolTip("what a click does")
    where = at(0)
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, where, view.mapToGlobal(where)))
    assert QToolTip.text() == "what a click does"
