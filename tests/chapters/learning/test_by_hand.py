"""By hand on the screen: numbers are typed, one update is made and undone, all is written out."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.learning.measure.hand import FIRST, LOGISTIC, run
from viz.scene.digits import number
from viz.views.widgets.number_grid import NumberGrid

LEFT = Qt.MouseButton.LeftButton
SIZE = (900, 320)


def type_into(grid: NumberGrid, row: int, column: int, text: str) -> None:
    QTest.mouseClick(grid, LEFT, pos=grid.cell_rect(row, column).center().toPoint())
    QTest.keyClicks(grid.box, text)
    QTest.keyClick(grid.box, Qt.Key.Key_Return)


def test_values_stand_above_their_derivatives(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("chain", SIZE)
    passes = run(FIRST["2-2-1"], np.array([0.9, -0.6]), 0.25, LOGISTIC)
    np.testing.assert_allclose(view.grids["h"].values[:, 0], passes.outputs[0], atol=1e-6)
    np.testing.assert_allclose(view.grids["by u"].values, passes.by_net[0], atol=1e-6)
    for name, grid in view.grids.items():
        if f"by {name}" in view.grids:
            below = view.grids[f"by {name}"]
            assert (below.x(), below.values.shape) == (grid.x(), grid.values.shape)
            assert below.y() > grid.y()


def test_inputs_weights_and_target_are_typed_and_undone(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("chain", SIZE)
    first = view.run()
    type_into(view.grids["x"], 1, 0, "0.4")
    type_into(view.grids["u"], 0, 2, "-1")
    type_into(view.grids["t"], 0, 0, "1")
    assert view.input.tolist() == [0.9, 0.4] and view.target == 1
    assert view.net[0][0].tolist() == [0.5, -0.4, -1.0]
    expected = run(view.net, view.input, 1.0, LOGISTIC)
    assert view.grids["y"].values[0, 0] == pytest.approx(expected.output)
    for _ in range(3):
        QTest.mouseClick(view.undo, LEFT)
    assert view.run().error == first.error and not view.undo.isEnabled()
    type_into(view.grids["t"], 0, 0, "1")
    assert FIRST["2-2-1"][0][0, 2] == 0.1, "the first weights stay"


def test_one_update_changes_the_error_as_is_told(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("chain", SIZE)
    before = view.run()
    told = re.findall(r"−?\d\.\d+", view.error.note)
    QTest.mouseClick(view.step, LEFT)
    change = view.run().error - before.error
    assert float(told[-1].replace("−", "-")) == pytest.approx(change, abs=6e-5)
    np.testing.assert_allclose(view.net[1], FIRST["2-2-1"][1] - before.by_net[1])
    QTest.mouseClick(view.undo, LEFT)
    assert view.run().error == before.error
    QTest.mouseClick(view.step, LEFT)
    QTest.mouseClick(view.again, LEFT)
    assert view.run().error == before.error


def test_the_product_of_the_jacobians_is_the_derivative(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("chain", SIZE)
    view.restore({"shape": "2-3-2-1", "show": "jacobians", "change": [0.001, 0.002]})
    grids = view.grids
    product = grids["J 2"].values @ grids["J 1"].values @ grids["J 0"].values
    by_y = grids["by y"].values
    np.testing.assert_allclose(by_y @ product, grids["by x"].values, atol=1e-6)
    np.testing.assert_allclose(grids["change 3"].values, grids["exact"].values, rtol=0.01)
    type_into(grids["change 0"], 0, 0, "5")
    assert view.change.tolist() == [5.0, 0.002]
    assert abs(view.grids["change 3"].values - view.grids["exact"].values).max() > 0.01


@pytest.mark.parametrize("shape", FIRST)
@pytest.mark.parametrize("function", ["logistic", "tanh", "relu"])
def test_all_sums_and_products_are_written_out(new_lab: NewLab, shape: str, function: str) -> None:
    view = new_lab(number("31")).show("chain", SIZE)
    view.restore({"shape": shape, "function": function, "show": "equations"})
    rows = view.table.rows
    weights = sum(layer.size for layer in FIRST[shape])
    units = sum(len(layer) for layer in FIRST[shape])
    assert len(rows) == 1 + 2 * units + weights
    checked = 0
    for _, forward, backward in rows:
        for text in (*forward.split(", f′"), backward):
            *how, value = text.split(" = ")
            if how and how[-1] and "f(" not in how[-1] and how[-1][0] in "½0123456789−(":
                python = how[-1].replace("−", "-").replace("·", "*").replace("½ ", "0.5*")
                result = eval(python.replace("²", "**2"))  # our own text, of figures only
                assert result == pytest.approx(float(value.replace("−", "-")), abs=4e-3)
                checked += 1
    assert checked >= weights + 3 * units


def test_what_is_kept_comes_back_and_nonsense_does_not(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("chain", SIZE)
    QTest.mouseClick(view.step, LEFT)
    kept = json.loads(json.dumps(view.state()))
    other = lab.show("chain", SIZE)
    other.restore(kept)
    assert other.run().error == view.run().error
    hostile = {
        "nets": {"2-2-1": [[[float("nan")] * 3] * 2, [[0, 0, 0]]], "2-3-2-1": 7},
        "x": [1, 2, 3], "target": 1e9, "change": [None, 0],
    }  # fmt: skip
    other.restore(hostile)
    assert json.loads(json.dumps(other.state())) == kept


@pytest.mark.parametrize("shown", ["passes", "jacobians"])
@pytest.mark.parametrize("shape", FIRST)
def test_all_numbers_are_written_in_a_window_of_1280_by_720(
    new_lab: NewLab, shape: str, shown: str
) -> None:
    view = new_lab(number("31")).show("chain", (735, 285))
    view.restore({"shape": shape, "show": shown})
    for grid in view.grids.values():
        assert len(grid.texts) == grid.values.size, grid.caption


def test_what_is_written_out_is_scrolled_through_to_its_end(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("chain", (735, 285))
    view.restore({"shape": "2-3-2-1", "show": "equations"})
    assert len(view.table.rows_in_sight) == len(view.table.rows)
    QTest.qWait(0)
    scroll = view.table.parentWidget().parentWidget()
    assert scroll.verticalScrollBar().isVisible()
