"""The lane plot: lanes that fit, keys and hovering, what is read as a band."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.chapters.binding.lane_plot import LEAST_LANE, LaneCurves, LanePlot


def lane(name: str, wins: list[int]) -> LaneCurves:
    """Certain of these classes at x = 0, 1, 2 …"""
    values = np.zeros((11, len(wins)), np.float32)
    values[wins, range(len(wins))] = 1
    return LaneCurves(name, np.arange(len(wins), dtype=float), values)


def plot(qtbot: QtBot, *lanes: LaneCurves) -> LanePlot:
    view = LanePlot()
    qtbot.addWidget(view)
    view.resize(500, 240)
    view.set_axis("time (s)", 0.0, 9.0)
    view.set_lanes(lanes, [(0.0, 5.0, "31"), (5.0, 5.1, "[?]1"), (5.1, 9.0, "51")])
    view.set_mark(2.0)
    view.show()
    return view


def test_names_stand_where_a_class_wins(qtbot: QtBot) -> None:
    view = plot(qtbot, lane("a", [3] * 5 + [5] * 5), lane("b", [1] * 10))
    (first, above), (second, below) = view.shown()
    labels = view._labels(first, above)
    assert [number for number, _ in labels] == [3, 5]
    assert view.x_of(0) < labels[0][1].x() < view.x_of(4)
    assert view.x_of(5) < labels[1][1].x() < view.x_of(9)
    assert [number for number, _ in view._labels(second, below)] == [1]
    assert view.accessibleDescription() == "31 → [?]1 → 51"


def test_of_too_many_lanes_those_that_change_are_shown(qtbot: QtBot) -> None:
    still = [lane(str(i), [i] * 10) for i in range(6)]
    view = plot(qtbot, *still[:4], lane("moves", [3, 5] * 5), *still[4:])
    shown = view.shown()
    assert 1 < len(shown) < 7 and "moves" in [entry.name for entry, _ in shown]
    assert all(rect.height() >= LEAST_LANE - 8 for _, rect in shown)
    assert shown[-1][1].bottom() <= view.plot_area().bottom() + 1


def test_keys_and_the_pointer(qtbot: QtBot) -> None:
    view = plot(qtbot, lane("a", [3] * 10))
    chosen: list[float] = []
    view.chosen.connect(chosen.append)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(499, 100))
    assert chosen == [2.5, 1.9, 9.0]
    plain = view.grab().toImage()
    QTest.mouseMove(view, QPoint(250, 100))
    view._hover = QPointF(view.x_of(4.0), 100)
    assert view.grab().toImage() != plain
    plain = view.grab().toImage()
    view.set_mark(3.0)
    assert view.grab().toImage() != plain


def test_a_tip_tells_values_and_formula(qtbot: QtBot) -> None:
    mixed = lane("left digit", [3] * 5 + [5] * 5)
    mixed.probabilities[:, 4] = 0
    mixed.probabilities[[3, 8, 1], 4] = 0.75, 0.246, 0.004
    before = lane("", [3] * 10)
    view = plot(
        qtbot, replace(mixed, before=(before.xs, before.probabilities)), lane("b", [1] * 10)
    )
    (_, above), (_, below) = view.shown()
    told = view.tooltip(QPointF(view.x_of(4.1), above.center().y()))
    assert "time (s) 4.00, left digit: 3 0.750, 8 0.246\n" in told
    assert "without ablation: 3 1.000" in told and "log-softmax" in told
    told = view.tooltip(QPointF(view.x_of(7), below.top() - 3))  # at its name
    assert "b: 1 1.000" in told and "ablation" not in told
    assert "read 51" in view.tooltip(QPointF(view.x_of(8), 4))
    assert view.tooltip(QPointF(view.x_of(8), view.height() - 2)) is None
