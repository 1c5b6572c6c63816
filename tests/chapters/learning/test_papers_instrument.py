"""Papers: counts, tables of connections and bitmaps; a paper's net on the stage, and undone."""

from __future__ import annotations

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtTest import QTest

from viz.nets import networks
from viz.nets.papers import C3_1998, bitmaps
from viz.scene.digits import number

LEFT = Qt.MouseButton.LeftButton


def test_the_table_of_c3_is_that_of_1998(new_lab: NewLab) -> None:
    view = new_lab(number("3")).show("papers", (900, 300))
    values = view.connections.values
    assert values.shape == (6, 16) and view.connections.caption == "60 of 96 pairs joined"
    assert tuple(tuple(np.flatnonzero(column)) for column in values.T) == C3_1998
    assert view.layers.rows[2] == ("C3", "16×10×10", "1,516", "151,600")
    assert view.layers.rows[-1] == ("total", "", "60,000", "340,908")
    view.restore({"paper": "zip-1989"})
    assert view.layers.rows[-1] == ("total", "", "9,760", "64,660")
    assert view.connections.values.sum() == 8 * 12 and not view.bitmaps.isVisible()
    assert "8 in a row, cyclic" in view.told.text
    assert "2,578" not in view.formula()
    view.restore({"paper": "lenet-1990"})
    assert "104 + 8 + 512 + 24 + 1,930 = <b>2,578</b>, connections = 98,442" in view.formula()


@pytest.mark.parametrize("name", ["zip-1989", "lenet-1990", "lenet5-1998"])
def test_a_net_goes_on_the_stage_with_its_own_maps_and_undo_takes_it_back(
    name: str, new_lab: NewLab
) -> None:
    lab = new_lab(number("3", width=32))
    view = lab.show("papers", (900, 300))
    view.restore({"paper": name})
    QTest.mouseClick(view.use, LEFT)
    lab.settle()
    snapshot = lab.document.snapshot
    assert lab.document.network == snapshot.request.network == name
    first = snapshot.architecture.layers[0]
    assert snapshot.maps[first.name].shape[0] == first.maps and not view.use.isEnabled()
    assert int(snapshot.maps["output"][:, 0, 0].argmax()) == 3
    lab.document.undo_stack.undo()
    lab.settle()
    assert lab.document.network == "max" and view.use.isEnabled()


def test_f6_paints_the_bitmap_that_is_nearest(new_lab: NewLab) -> None:
    lab = new_lab(number("4", width=32))
    view = lab.show("papers", (900, 300))
    assert view.distances is None and "Use it on the canvas" in view.told.text
    QTest.mouseClick(view.use, LEFT)
    lab.settle()
    seen = lab.document.snapshot.maps["F6"][:, 0, 0].reshape(12, 7)
    np.testing.assert_array_equal(view.seen.values, seen)
    np.testing.assert_allclose(view.distances, ((bitmaps() - seen) ** 2).sum((1, 2)), rtol=1e-5)
    assert view.distances.argmin() == 4 and view.bitmaps.caption.startswith("nearest: 4")
    assert view.bitmaps.marks == (QRectF(32, 0, 7, 12),)  # the last of the first row
    np.testing.assert_array_equal(view.bitmaps.values[:12, 32:39], bitmaps()[4])
    assert "F6 to the bitmap of 4" in view.formula()


def test_the_time_line_and_the_notes_have_their_place(new_lab: NewLab) -> None:
    view = new_lab(number("3")).show("papers", (900, 300))
    view.restore({"shown": "time-line"})
    assert view.history.isVisible() and not view.layers.isVisible()
    errors = {row[4] for row in view.history.rows}
    assert {"1.6 %", "5.0 %", "3.4 %", "0.95 %"} <= errors  # as the papers print them
    for row in view.history.rows[3:]:
        name = {"5.0 %": "zip-1989", "3.4 %": "lenet-1990", "0.95 %": "lenet5-1998"}[row[4]]
        assert row[5] == f"{networks.trained(name).metadata['figures']['test']} %"
    view.restore({"shown": "notes"})
    sizes = view.notes.rows[0]
    assert sizes[1] == "32 → 28 → 14 → 10 → 5 → 1" and sizes[2].startswith(
        "28 → 24 → 12 → 8 → 4 → 1"
    )
