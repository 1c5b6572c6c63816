"""Interaction on the screen: the bars' numbers, the marks on the maps, tips, small and large."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from dressing import dress
from lab import Lab, NewLab
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.chapters.binding.interaction_table import fitting_rows
from viz.chapters.binding.measure.binding import rows_of
from viz.chapters.binding.words import row_name, row_note, share_text
from viz.measure.stroke_selection import StrokeSelection, put
from viz.model.snapshot import Unit
from viz.nets.architecture import Architecture, Layer
from viz.nets.lenet5 import lenet5
from viz.nets.networks import trained
from viz.scene import Group, Scene, Stroke
from viz.scene.digits import number
from viz.views.maps.barcode import Barcode
from viz.views.maps.marks import RING
from viz.views.maps.mosaic import Mosaic
from viz.views.paint_clock import PaintClock

ROWS = rows_of(lenet5())
PART = StrokeSelection(0, 0)


def shown(lab: Lab, stroke: int = 0) -> Any:
    """The instrument, with a stroke of the drawing selected."""
    lab.document.select([0], (0, stroke))
    return lab.show("interaction", (720, 190))


def tick(view: Any) -> None:
    at = QPoint(8, view.marking.height() // 2)
    QTest.mouseClick(view.marking, Qt.MouseButton.LeftButton, pos=at)


def test_it_measures_the_selected_stroke_and_follows_it(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    view = shown(lab, 1)
    first = view.decomposition
    assert first.part == StrokeSelection(0, 1) and set(first.shares) == {row.name for row in ROWS}
    assert 0 < first.shares["C1"] < first.shares["C3"] < first.shares["C5"] < 1
    for image, values in zip(view.images, first.images, strict=True):
        assert np.array_equal(image.values, values)
    lab.go(put(lab.document.scene, StrokeSelection(0, 1), 3, 1))
    assert view.decomposition.scene is lab.document.scene
    lab.document.select([0], (0, 0))
    lab.settle()
    assert view.decomposition.part == PART
    assert f"C5 {share_text(view.decomposition.shares['C5'])}" in view.table.accessibleDescription()


def test_strokes_apart_have_no_interaction_below_relu(new_lab: NewLab) -> None:
    group = Group.of([Stroke([(25, 8), (39, 9)]), Stroke([(27, 13), (38, 15)])])
    result = shown(new_lab(Scene(items=(group,)))).decomposition
    assert result.shares["input"] == 0 and share_text(result.shares["C1 pre"]) == "0"
    assert share_text(result.shares["C1"]) != "0"
    notes = [row_note(row, result) for row in ROWS[:3]]
    assert notes == ["no input overlap", "additive, none", ""]


def test_conjunction_units_are_marked_while_their_scene_is_shown(
    qtbot: QtBot, new_lab: NewLab
) -> None:
    scales, clock = trained().scales, PaintClock()
    lab = new_lab(number("31"))
    mosaics = {layer.name: Mosaic(lab.document, clock, layer, scales) for layer in lenet5().mosaics}
    barcode = Barcode(lab.document, clock, lenet5().layer("C5"), scales)
    for widget in (*mosaics.values(), barcode):
        qtbot.addWidget(widget)
        dress(widget)
        widget.resize(640, 400)
        widget.show()
        lab.document.snapshot_changed.connect(widget.show_snapshot)
    view = shown(lab)
    units, field = view.decomposition.marks.units, RING.rgb()
    assert sum(len(found) for found in units.values()) > 10
    for name, mosaic in mosaics.items():
        picture = mosaic.grab().toImage()
        for unit in units[name].tolist():
            assert picture.pixel(mosaic.unit_position(Unit(name, *unit)).toPoint()) == field
        values = lab.document.snapshot.maps[name]
        assert (values[tuple(units[name].T)] > 0.05 * scales[name]).all()
    assert len(units["C5"]) and count(barcode, field) > 0

    tick(view)
    assert lab.document.marks is None and count(mosaics["C3"], field) == 0
    view.restore({"marks": True})
    assert lab.document.marks is view.decomposition.marks and count(mosaics["C3"], field) > 0
    assert view.state() == {"marks": True}

    lab.document.snapshot_changed.disconnect(view.show_snapshot)  # no newer result comes
    lab.go(put(lab.document.scene, PART, 1, 0))
    assert count(mosaics["C3"], field) == 0 == count(barcode, field)
    view.hide()
    assert lab.document.marks is None


def count(widget: Mosaic | Barcode, colour: int) -> int:
    image = widget.grab().toImage()
    data = image.convertToFormat(image.Format.Format_RGB32).constBits()
    data.setsize(image.sizeInBytes())
    return int((np.frombuffer(data, np.uint32) == np.uint32(colour)).sum())


def test_marks_wait_until_the_drawing_rests(new_lab: NewLab) -> None:
    """While it moves they would flicker: each would stand for one frame."""
    lab = new_lab(number("3"))
    view = shown(lab)
    marked: list[object] = []
    lab.document.marks_changed.connect(lambda: marked.append(lab.document.marks))
    before, scene = view.decomposition, lab.document.scene
    for step in range(1, 5):
        lab.go(put(scene, PART, step / 4, 0))
    assert marked == [] and view.decomposition is not before
    lab.wait_until(lambda: lab.document.marks is view.decomposition.marks)
    assert len(marked) == 1


@pytest.mark.parametrize(
    ("size", "text_px", "rows"),
    [((720, 190), 13, 10), ((560, 130), 13, 7), ((720, 190), 16, 9), ((1320, 300), 24, 10)],
)
def test_rows_fit_and_tell_their_formula(
    new_lab: NewLab, size: tuple[int, int], text_px: int, rows: int
) -> None:
    lab = new_lab(number("31"))
    view = lab.show("interaction", size, "light", text_px)
    places = view.table.rows()
    assert len(places) >= min(rows, 7)
    assert places[-1][1].bottom() <= view.table.height() + 1
    assert all(place.height() >= text_px - 1 for _, place in places)
    result = view.decomposition
    for row, place in places:
        said = view.table.tooltip(place.center())
        assert f"is {share_text(result.shares[row.name])} of" in said
        assert "f(AB) − f(A) − f(B) + f(∅)" in said
        kind = (
            "is linear"
            if row.linear
            else "the ink is the larger"
            if row.layer is None
            else "is not linear"
        )
        assert kind in said and ("Marked units" in said) == row.marked
    image = view.images[1]
    assert "part A and the rest B" in image.tooltip(QPointF(image.cell_rect(3, 3).center()))


def test_of_very_many_rows_those_are_left_out_that_tell_least() -> None:
    convolutions = tuple(Layer(f"L{n}", "conv", 1, 1, activation="relu") for n in range(30))
    output = Layer("output", "dense", 11, activation="log-softmax")
    rows = rows_of(Architecture((*convolutions, output), side=4))
    assert fitting_rows(rows, len(rows)) == rows
    names = [row.name for row in fitting_rows(rows, 32)]
    assert names == ["input", *(f"L{n}" for n in range(30)), "output pre"]
    few = fitting_rows(rows, 10)
    assert len(few) == 10 and (few[0].name, row_name(few[-1])) == ("input", "output")


def test_an_empty_canvas_says_what_to_do(new_lab: NewLab) -> None:
    lab = new_lab(Scene())
    view = lab.show("interaction")
    assert view.decomposition is None and "two or more strokes" in view.message
    lab.go(number("3"))
    assert view.decomposition is not None and view.message == ""
    lab.go(Scene())
    assert view.decomposition is None and lab.document.marks is None
