"""The best place of each digit: found on the map, clicked, led to by keys, faint on an old map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.chapters.binding.best_places import BestPlaces, best_places
from viz.chapters.binding.measure.binding_map import REACH, SIDE, BindingMap
from viz.measure.stroke_selection import StrokeSelection
from viz.scene.digits import number


def made() -> BindingMap:
    classes = np.full((SIDE, SIDE), 10)
    sure = np.full((SIDE, SIDE), 0.9, np.float32)
    classes[:, :10], classes[0, 20] = 5, 3
    sure[4, 4] = 0.95
    classes[2, 2], sure[2, 2] = 5, 0.99  # as sure to a hundredth as the next, but further away
    sure[9, 9], sure[24, 24] = 0.991, 0.99
    return BindingMap(
        number("5"), StrokeSelection(0, 0), (0, 4), "xy", (32.0, 16.0), 1, classes, sure,
        np.ones_like(classes, bool),
    )  # fmt: skip


def test_each_digit_s_surest_and_nearest_place() -> None:
    places = best_places(made())
    assert [(digit, row, column) for digit, _, row, column in places] == [(3, 0, 20), (5, 9, 9)]
    assert [round(sure, 3) for _, sure, *_ in places] == [0.9, 0.991]


def test_clicks_and_keys_choose_a_place(qtbot: QtBot) -> None:
    view = BestPlaces()
    qtbot.addWidget(view)
    view.resize(240, 120)
    view.show_map(made())
    view.show()
    assert (
        len(view.shown) == 2 and "3: p = 0.90, 8 px right, 12 px up" in view.accessibleDescription()
    )
    chosen: list[tuple[float, float]] = []
    view.chosen.connect(lambda x, y: chosen.append((x, y)))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.line(1).center().toPoint())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.line(-1).center().toPoint())
    assert chosen == [(9.0 - REACH, 9.0 - REACH)]
    hovered: list[object] = []
    view.hovered.connect(hovered.append)
    view._point_at(None)
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert hovered[-1] == chosen[-1] == (20.0 - REACH, -float(REACH))
    plain = view.grab().toImage()
    view.set_dimmed(True)
    assert view.grab().toImage() != plain
    view.resize(240, 40)  # room for one: the surest digit's
    assert [digit for digit, _ in view.shown] == [5]
    QTest.keyClick(view, Qt.Key.Key_Return)  # nobody points at it
    assert len(chosen) == 2


def test_a_digit_keeps_its_line_while_maps_are_coarse(qtbot: QtBot) -> None:
    view = BestPlaces()
    qtbot.addWidget(view)
    view.resize(240, 120)
    view.show()
    whole = made()
    view.show_map(whole)
    known = np.zeros_like(whole.known)
    known[::4, ::4] = True
    only_fives = np.where(whole.classes == 3, 10, whole.classes)
    coarse = replace(whole, known=known, classes=only_fives)
    view.show_map(coarse)
    assert [digit for digit, _ in view.lines] == [3, 5] and view.lines[0][1] is None
    assert [digit for digit, *_ in view.places] == [5]
    chosen: list[tuple[float, float]] = []
    view.chosen.connect(lambda x, y: chosen.append((x, y)))
    for line in (0, 1):  # nothing to choose at the first
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.line(line).center().toPoint())
    assert len(chosen) == 1
    view.show_map(replace(coarse, window=(0, 5)))  # another digit's
    assert [digit for digit, _ in view.lines] == [5]
    view.show_map(replace(coarse, known=np.ones_like(known)))
    assert [digit for digit, _ in view.lines] == [5]
