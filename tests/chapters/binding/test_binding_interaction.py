"""Interaction on the screen: the bars' numbers, the marks on the maps, tips, small and large."""

from __future__ import annotations

import numpy as np
import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtGui import QPainter
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.chapters.binding.interaction import BindingInteractionView
from viz.chapters.binding.measure.binding import rows_of
from viz.chapters.binding.words import percent, row_name, signs
from viz.measure.stroke_selection import StrokeSelection, put
from viz.model.snapshot import Unit
from viz.nets.lenet5 import lenet5
from viz.nets.networks import trained
from viz.scene import Group, Scene, Stroke
from viz.scene.digits import number
from viz.views import theme as themes
from viz.views.maps.barcode import Barcode
from viz.views.maps.marks import RING
from viz.views.maps.mosaic import Mosaic
from viz.views.paint_clock import PaintClock
from viz.views.widgets.text_cache import TextCache

ROWS = rows_of(lenet5())


def view_of(lab: Lab) -> BindingInteractionView:
    view = BindingInteractionView(lab.document, lab.engine, lab.canvas, lab.parts)
    lab.put(view, (640, 320))
    return view


def test_it_measures_the_selected_stroke_and_follows_it(new_lab: NewLab) -> None:
    lab = new_lab(number("3"))
    lab.document.select([0], (0, 1))
    view = view_of(lab)
    first = view.result
    assert first is not None and first.part == StrokeSelection(0, 1)
    assert set(first.shares) == {row.name for row in ROWS}
    assert 0 < first.shares["C1"] < first.shares["C3"] < first.shares["C5"] < 1
    lab.document.apply(put(lab.document.scene, StrokeSelection(0, 1), 3, 1), "dragged")
    lab.settle()
    assert view.result is not first and view.result.scene is lab.document.scene
    lab.document.select([0], (0, 0))
    lab.settle()
    assert view.result.part == StrokeSelection(0, 0)
    assert "C5" in view.accessibleDescription()


def test_strokes_apart_have_no_interaction_below_relu(new_lab: NewLab) -> None:
    group = Group.of([Stroke([(25, 8), (39, 9)]), Stroke([(27, 13), (38, 15)])])
    lab = new_lab(Scene(items=(group,)))
    view = view_of(lab)
    assert view.result.shares["input"] == 0
    assert percent(view.result.shares["C1 pre"]) == "0"
    assert percent(view.result.shares["C1"]) != "0"


def test_conjunction_units_are_marked_while_their_scene_is_shown(
    qtbot: QtBot, new_lab: NewLab
) -> None:
    scales = trained().scales
    lab = new_lab(number("31"))
    lab.document.select([0], (0, 0))
    clock = PaintClock()
    mosaics = {layer.name: Mosaic(lab.document, clock, layer, scales) for layer in lenet5().mosaics}
    barcode = Barcode(lab.document, clock, lenet5().layer("C5"), scales)
    for widget in (*mosaics.values(), barcode):
        qtbot.addWidget(widget)
        widget.resize(640, 400)
        widget.set_theme(themes.theme("dark"), 13)
        widget.show()
        lab.document.snapshot_changed.connect(widget.show_snapshot)
    view = view_of(lab)
    units = view.result.marks.units
    field = RING.rgb()
    assert sum(len(found) for found in units.values()) > 10
    for name, mosaic in mosaics.items():
        picture = mosaic.grab().toImage()
        for unit in units[name].tolist():
            spot = mosaic.unit_position(Unit(name, *unit)).toPoint()
            assert picture.pixel(spot) == field
        values = lab.document.snapshot.maps[name]
        assert (values[tuple(units[name].T)] > 0.05 * scales[name]).all()
    assert len(units["C5"]) and _count(barcode, field) > 0

    QTest.mouseClick(
        view.marking, Qt.MouseButton.LeftButton, pos=QPoint(8, view.marking.height() // 2)
    )
    assert lab.document.marks is None and _count(mosaics["C3"], field) == 0
    view.restore({"marks": True})
    assert lab.document.marks is view.result.marks and _count(mosaics["C3"], field) > 0
    assert view.state() == {"marks": True}

    lab.document.snapshot_changed.disconnect(view.show_snapshot)  # no newer result comes
    lab.document.apply(put(lab.document.scene, StrokeSelection(0, 0), 1, 0), "dragged")
    lab.settle()
    assert _count(mosaics["C3"], field) == 0 == _count(barcode, field)
    view.hide()
    assert lab.document.marks is None


def _count(widget: Mosaic | Barcode, colour: int) -> int:
    image = widget.grab().toImage().convertToFormat(widget.grab().toImage().Format.Format_RGB32)
    data = image.constBits()
    data.setsize(image.sizeInBytes())
    return int((np.frombuffer(data, np.uint32) == np.uint32(colour)).sum())


def test_marks_wait_until_the_drawing_rests(new_lab: NewLab) -> None:
    """While it moves they would flicker: each would stand for one frame."""
    lab = new_lab(number("3"))
    view = view_of(lab)
    marked: list[object] = []
    lab.document.marks_changed.connect(lambda: marked.append(lab.document.marks))
    base, last = lab.document.scene, view.result
    for step in range(1, 11):
        lab.document.apply(put(base, StrokeSelection(0, 0), step / 4, 0), "drag")
        lab.settle()
        view._rest.start()  # however slow this machine is, the next one comes in time
    assert marked == [] and view.result is not last
    lab.wait_until(lambda: lab.document.marks is view.result.marks)
    assert len(marked) == 1


def test_every_row_has_a_tip_and_fits(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = view_of(lab)
    for width, height, px in ((520, 250, 13), (520, 250, 20), (950, 450, 24)):
        view.resize(width, height)
        view.set_theme(themes.theme("light"), px)
        view.grab()
        assert len(view.picture.regions) == len(ROWS) + 1
        inside = QRectF(view.rect()).adjusted(-1, -1, 1, 1)
        assert all(inside.contains(area) for area, _ in view.picture.regions)
        rows = [area for area, _ in view.picture.regions[: len(ROWS)]]
        tops = [area.top() for area in rows]
        assert tops == sorted(tops) and rows[0].top() >= view.bar.height()
        assert not view.picture.regions[-1][0].intersects(rows[0].adjusted(0, 0, -1, 0))
    assert ROWS[1].name == "C1 pre" and "exactly zero" in view.picture.regions[1][1]


@pytest.mark.parametrize(
    ("width", "height", "px", "keys"), [(515, 274, 16, 2), (900, 400, 24, 1), (528, 296, 13, 1)]
)
def test_text_stays_as_large_as_all_other(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch, width: int, height: int, px: int, keys: int
) -> None:
    """As in the window at 1280×720 and 1920×1080 enlarged for the hall, and at 1280×720."""
    lab = new_lab(number("31"))
    view = view_of(lab)
    view.resize(width, height)
    view.set_theme(themes.theme("light"), px)
    drawn: dict[str, tuple[int, float, float]] = {}
    draw = TextCache.draw

    def note(
        self: TextCache, painter: QPainter, x: float, top: float, text: str, align: float = 0
    ) -> float:
        wide = draw(self, painter, x, top, text, align)
        drawn[text] = painter.font().pixelSize(), x - align * wide, top
        assert x - align * wide >= 0 and x + (1 - align) * wide <= width
        return wide

    monkeypatch.setattr(TextCache, "draw", note)
    view.grab()
    assert {size for size, *_ in drawn.values()} == {px}
    assert any("f(AB) − f(A) − f(B) + f(∅)" in text for text in drawn)
    assert len({drawn[text][2] for text in drawn for texts in signs() if text in texts}) == keys
    tops = [drawn[row_name(row)][2] for row in ROWS]
    assert tops == sorted(tops) and min(np.diff(tops)) >= px
    assert {"strokes overlap here", "adds nothing new", "C1 ReLU"} <= drawn.keys()


def test_tips_tell_percent_as_the_rows_do(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = view_of(lab)
    view.grab()
    for (area, _), row in zip(view.picture.regions, ROWS, strict=False):
        said = view.tip_at(area.center())
        assert f"is {percent(view.result.shares[row.name])} of" in said
        assert "f(AB) − f(A) − f(B) + f(∅)" in said


def test_an_empty_canvas_says_what_to_do(new_lab: NewLab) -> None:
    lab = new_lab(Scene())
    view = view_of(lab)
    assert view.result is None and not view.bar.isVisible()
    lab.document.apply(number("3"), "Digit")
    lab.settle()
    assert view.result is not None and view.bar.isVisible()
    lab.document.apply(Scene(), "Clear")
    lab.settle()
    assert view.result is None and lab.document.marks is None
