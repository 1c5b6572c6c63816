"""Interaction on the screen: the bars' numbers, the marks on the maps, tips, small and large."""

from __future__ import annotations

import numpy as np
import pytest
from binding_bench import Bench, bench
from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtGui import QPainter
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz import theme as themes
from viz.measure.binding import MARKED, ROWS
from viz.measure.part import Part, put
from viz.nets.weights import load_metadata
from viz.scene import Group, Scene, Stroke
from viz.scene.digits import number
from viz.snapshot import Unit
from viz.views.barcode import Barcode
from viz.views.binding.interaction import BindingInteractionView
from viz.views.binding.wording import percent, row_names, signs
from viz.views.lettering import Lettering
from viz.views.marks import RING
from viz.views.mosaic import Mosaic
from viz.views.paint_clock import PaintClock


def view_of(made: Bench) -> BindingInteractionView:
    view = BindingInteractionView(made.document, made.engine, made.canvas, made.choice)
    made.put(view)
    return view


def test_it_measures_the_selected_stroke_and_follows_it(qtbot: QtBot) -> None:
    with bench(qtbot, number("3")) as made:
        made.document.select([0], (0, 1))
        view = view_of(made)
        first = view.result
        assert first is not None and first.part == Part(0, 1)
        assert set(first.shares) == set(ROWS)
        assert 0 < first.shares["C1"] < first.shares["C3"] < first.shares["C5"] < 1
        made.document.apply(put(made.document.scene, Part(0, 1), 3, 1), "dragged")
        made.settle()
        assert view.result is not first and view.result.scene is made.document.scene
        made.document.select([0], (0, 0))
        made.settle()
        assert view.result.part == Part(0, 0)
        assert "C5" in view.accessibleDescription()


def test_strokes_apart_have_no_interaction_below_relu(qtbot: QtBot) -> None:
    group = Group.of([Stroke([(25, 8), (39, 9)]), Stroke([(27, 13), (38, 15)])])
    with bench(qtbot, Scene(items=(group,))) as made:
        view = view_of(made)
        assert view.result.shares["input"] == 0
        assert percent(view.result.shares["C1 pre"]) == "0"
        assert percent(view.result.shares["C1"]) != "0"


def test_conjunction_units_are_marked_while_their_scene_is_shown(qtbot: QtBot) -> None:
    scales = load_metadata()["scales"]
    with bench(qtbot, number("31")) as made:
        made.document.select([0], (0, 0))
        clock = PaintClock()
        mosaics = {name: Mosaic(made.document, clock, name, scales) for name in MARKED[:4]}
        barcode = Barcode(made.document, clock, scales)
        for widget in (*mosaics.values(), barcode):
            qtbot.addWidget(widget)
            widget.resize(640, 400)
            widget.set_theme(themes.theme("dark"), 13)
            widget.show()
            made.document.snapshot_changed.connect(widget.show_snapshot)
        view = view_of(made)
        units = view.result.marks.units
        field = RING.rgb()
        assert sum(len(found) for found in units.values()) > 10
        for name, mosaic in mosaics.items():
            picture = mosaic.grab().toImage()
            for unit in units[name].tolist():
                spot = mosaic.unit_position(Unit(name, *unit)).toPoint()
                assert picture.pixel(spot) == field
            values = made.document.snapshot.maps[name]
            assert (values[tuple(units[name].T)] > 0.05 * scales[name]).all()
        assert len(units["C5"]) and _count(barcode, field) > 0

        QTest.mouseClick(
            view.marking, Qt.MouseButton.LeftButton, pos=QPoint(8, view.marking.height() // 2)
        )
        assert made.document.marks is None and _count(mosaics["C3"], field) == 0
        view.restore({"marks": True})
        assert made.document.marks is view.result.marks and _count(mosaics["C3"], field) > 0
        assert view.state() == {"marks": True}

        made.instrument = None  # no newer result comes
        made.document.apply(put(made.document.scene, Part(0, 0), 1, 0), "dragged")
        made.settle()
        assert _count(mosaics["C3"], field) == 0 == _count(barcode, field)
        view.hide()
        assert made.document.marks is None


def _count(widget: Mosaic | Barcode, colour: int) -> int:
    image = widget.grab().toImage().convertToFormat(widget.grab().toImage().Format.Format_RGB32)
    data = image.constBits()
    data.setsize(image.sizeInBytes())
    return int((np.frombuffer(data, np.uint32) == np.uint32(colour)).sum())


def test_marks_wait_until_the_drawing_rests(qtbot: QtBot) -> None:
    """While it moves they would flicker: each would stand for one frame."""
    with bench(qtbot, number("3")) as made:
        view = view_of(made)
        marked: list[object] = []
        made.document.marks_changed.connect(lambda: marked.append(made.document.marks))
        base, last = made.document.scene, view.result
        for step in range(1, 11):
            made.document.apply(put(base, Part(0, 0), step / 4, 0), "drag")
            made.settle()
            view._rest.start()  # however slow this machine is, the next one comes in time
        assert marked == [] and view.result is not last
        qtbot.waitUntil(lambda: made.document.marks is view.result.marks, timeout=5000)
        assert len(marked) == 1


def test_every_row_has_a_tip_and_fits(qtbot: QtBot) -> None:
    with bench(qtbot, number("31")) as made:
        view = view_of(made)
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
        assert "exactly zero" in view.picture.regions[ROWS.index("C1 pre")][1]


@pytest.mark.parametrize(
    ("width", "height", "px", "keys"), [(515, 274, 16, 2), (900, 400, 24, 1), (528, 296, 13, 1)]
)
def test_text_stays_as_large_as_all_other(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, width: int, height: int, px: int, keys: int
) -> None:
    """As in the window at 1280×720 and 1920×1080 enlarged for the hall, and at 1280×720."""
    with bench(qtbot, number("31")) as made:
        view = view_of(made)
        view.resize(width, height)
        view.set_theme(themes.theme("light"), px)
        drawn: dict[str, tuple[int, float, float]] = {}
        draw = Lettering.draw

        def note(
            self: Lettering, painter: QPainter, x: float, top: float, text: str, align: float = 0
        ) -> float:
            wide = draw(self, painter, x, top, text, align)
            drawn[text] = painter.font().pixelSize(), x - align * wide, top
            assert x - align * wide >= 0 and x + (1 - align) * wide <= width
            return wide

        monkeypatch.setattr(Lettering, "draw", note)
        view.grab()
        assert {size for size, *_ in drawn.values()} == {px}
        assert any("f(AB) − f(A) − f(B) + f(∅)" in text for text in drawn)
        assert len({drawn[text][2] for text in drawn for texts in signs() if text in texts}) == keys
        tops = [drawn[row_names()[name]][2] for name in ROWS]
        assert tops == sorted(tops) and min(np.diff(tops)) >= px
        assert {"strokes overlap here", "adds nothing new", "C1 ReLU"} <= drawn.keys()


def test_tips_tell_percent_as_the_rows_do(qtbot: QtBot) -> None:
    with bench(qtbot, number("31")) as made:
        view = view_of(made)
        view.grab()
        for (area, _), name in zip(view.picture.regions, ROWS, strict=False):
            said = view.tip_at(area.center())
            assert f"is {percent(view.result.shares[name])} of" in said
            assert "f(AB) − f(A) − f(B) + f(∅)" in said


def test_an_empty_canvas_says_what_to_do(qtbot: QtBot) -> None:
    with bench(qtbot, Scene()) as made:
        view = view_of(made)
        assert view.result is None and not view.bar.isVisible()
        made.document.apply(number("3"), "Digit")
        made.settle()
        assert view.result is not None and view.bar.isVisible()
        made.document.apply(Scene(), "Clear")
        made.settle()
        assert view.result is None and made.document.marks is None
