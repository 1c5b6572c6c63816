"""The lane plot: lanes that fit, names on the curves, keys and pointer, what is read as a band."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from dressing import dress
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.chapters.binding.lane_plot import LanePlot
from viz.chapters.binding.measure.lanes import LaneCurves

BAND = ((0.0, 5.0, "31"), (5.0, 5.1, "[?]1"), (5.1, 9.0, "51"))
AXIS = "time / s", (0.0, 9.0)


def lane(name: str, wins: list[int]) -> LaneCurves:
    """Certain of these classes at x = 0, 1, 2 …"""
    values = np.zeros((11, len(wins)), np.float32)
    values[wins, range(len(wins))] = 1
    return LaneCurves(name, np.arange(len(wins), dtype=float), values)


@pytest.fixture
def plot(qtbot: QtBot) -> LanePlot:
    view = LanePlot()
    qtbot.addWidget(view)
    dress(view, "light")
    view.resize(720, 170)
    with qtbot.waitExposed(view):
        view.show()
    view.set_lanes([lane("a", [3] * 5 + [5] * 5), lane("b", [1] * 10)], BAND, *AXIS)
    view.set_mark(2.0)
    return view


def test_names_stand_where_a_class_wins(plot: LanePlot) -> None:
    upper = [label for label in plot.labels if label[2] > plot.floor(0)]
    assert [(one, x) for one, x, _ in upper] == [(3, 2.0), (5, 7.0)]
    assert [label for label in plot.labels if label not in upper] == [(1, 4.5, plot.floor(1) + 1)]
    assert plot.accessibleDescription() == "31 → [?]1 → 51"
    top, below = (plot.to_widget(0, plot.floor(place)).y() for place in (0, 1))
    assert top + 13 < below < plot.height()


def test_of_too_many_lanes_those_that_change_are_shown(plot: LanePlot) -> None:
    still = [lane(str(one), [one] * 10) for one in range(6)]
    plot.set_lanes([*still[:4], lane("moves", [3, 5] * 5), *still[4:]], BAND, *AXIS)
    names = [one.name for one in plot.shown]
    assert 1 < len(names) < 7 and "moves" in names and names == sorted(names)


def test_keys_and_pointer_choose_a_place(plot: LanePlot) -> None:
    chosen: list[float] = []
    plot.chosen.connect(chosen.append)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    at = plot.to_widget(9.0, 0.5) - QPointF(plot.view.pos())
    QTest.mouseClick(plot.view.viewport(), Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert chosen == pytest.approx([2.5, 1.9, 9.0], abs=0.02)
    assert (plot.pointed, plot.read_at(plot.pointed)) == (2.0, "31")
    plain = plot.grab().toImage()
    at = plot.to_widget(7.0, 0.5) - QPointF(plot.view.pos())
    QTest.mouseMove(plot.view.viewport(), at.toPoint())
    assert plot.pointed == pytest.approx(7.0, abs=0.02)
    assert plot.grab().toImage() != plain


def test_tips_and_table_tell_the_values(plot: LanePlot) -> None:
    mixed = lane("left digit", [3] * 5 + [5] * 5)
    mixed.probabilities[:, 4] = 0
    mixed.probabilities[[3, 8, 1], 4] = 0.75, 0.246, 0.004
    before = lane("", [3] * 10)
    plot.set_lanes([replace(mixed, before=before), lane("b", [1] * 10)], BAND, *AXIS)
    told = plot.tooltip(plot.to_widget(4.1, plot.floor(0) + 0.5))
    assert "time / s 4.1" in told and "left digit: 3 0.750, 8 0.246\n" in told
    assert "without ablation: 3 1.000" in told and "log-softmax" in told
    told = plot.tooltip(plot.to_widget(7, plot.floor(1) + 0.5))
    assert "b: 1 1.000" in told and "ablation" not in told
    rows = [list(row) for row in plot.table()]
    assert rows[0] == ["time / s", "left digit 3", "left digit 5", "left digit 8", "b 1"]
    assert rows[5] == pytest.approx([4.0, 0.75, 0.0, 0.246, 1.0]) and len(rows) == 11
