"""Compositionality on the screen: walked upwards by clicks, and said what is silent."""

from __future__ import annotations

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.scene import Scene
from viz.scene.digits import number

LEFT = Qt.MouseButton.LeftButton


def click(sheet, place: int) -> None:
    QTest.mouseClick(sheet, LEFT, pos=sheet.rect_of(place).center().toPoint())


def test_a_walk_upwards_by_clicks(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("compositionality", (900, 300))
    assert view.layer.value == "C1" and len(view.maps.tiles) == 20
    assert view.kernel.isVisible() and view.kernel.values.shape == (5, 5)
    click(view.maps, 3)
    lab.settle()
    assert view.map == 3 and view.maps.selected == 3
    found = view.result.excitations
    wanted, added = found.users("C1", 3)[0]
    assert view.users.notes[0] == f"{added:.2f}"
    click(view.users, 0)
    lab.settle()
    assert (view.layer.value, view.map) == ("C3", wanted) and len(view.maps.tiles) == 50
    assert 3 in [one for one, _ in found.parts("C3", wanted)[:6]] and view.parts.isVisible()
    click(view.users, 0)
    lab.settle()
    assert view.layer.value == "C5" and view.pattern.tiles.shape == (1, 32, 32)
    click(view.parts, 0)
    lab.settle()
    assert view.layer.value == "C3"
    assert view.result.pattern.layer == "C3"


def test_arrow_keys_choose_maps(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("compositionality", (900, 300))
    QTest.keyClick(view.maps, Qt.Key.Key_Right)
    lab.settle()
    assert view.map == 1 and "map 1" in view.formula()


def test_blank_paper_is_no_reason_and_a_silent_map_says_so(new_lab: NewLab) -> None:
    lab = new_lab(Scene(32, 64))
    view = lab.show("compositionality", (900, 300))
    assert not view.message
    view.restore({"layer": "C5"})
    lab.settle()
    values = view.result.excitations.layers["C5"].values[:, 0]
    silent = int(np.flatnonzero(values <= 0)[0])
    assert values[view.result.map] > 0, "it opens on a map that is excited"
    view.restore({"map": silent})
    lab.settle()
    assert not len(view.best.tiles) and view.best.message == "No digit excites this map."
    assert not len(view.parts.tiles) and not len(view.pattern.tiles)
    assert view.parts.message == view.pattern.message == "No digit excites this map."


@pytest.mark.parametrize("kept", [{"map": -1}, {"map": True}, {"map": 1.5}, {"layer": "S2"}])
def test_what_is_no_map_is_not_taken(new_lab: NewLab, kept: dict) -> None:
    lab = new_lab(number("31"))
    view = lab.show("compositionality")
    view.restore(kept)
    lab.settle()
    assert (view.map, view.result.map, view.layer.value) == (None, 0, "C1")
