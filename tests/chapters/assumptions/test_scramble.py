"""Parts rearranged: pictures cut and put together, the bank of units, what is accepted."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from lab import NewLab
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from viz.chapters.assumptions.measure.bank import REACH, kernels, letter, look
from viz.chapters.assumptions.measure.scramble import (
    ORDERS,
    WHOLE,
    arrange,
    move,
    region_of,
    scrambled_drawing,
    scrambled_letter,
    take_apart,
    thirds,
)
from viz.chapters.registry import by_id
from viz.nets import load_pretrained
from viz.scene import Scene, Stroke
from viz.scene.digits import digit, number
from viz.scene.raster import rasterize_scene

LEFT = Qt.MouseButton.LeftButton


def drag(widget, start: QPointF, end: QPointF) -> None:
    QTest.mousePress(widget, LEFT, pos=start.toPoint())
    for share in (0.5, 1.0):
        at = start + (end - start) * share
        event = QMouseEvent(
            QEvent.Type.MouseMove, at, widget.mapToGlobal(at), Qt.MouseButton.NoButton, LEFT,
            Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)
    QTest.mouseRelease(widget, LEFT, pos=end.toPoint())


# Measured


def test_quarters_change_places_and_nothing_else_does() -> None:
    picture = np.arange(64, dtype=np.float32).reshape(8, 8)
    region = (2, 2, 4, 4)
    np.testing.assert_array_equal(arrange(picture, region, WHOLE), picture)
    swapped = arrange(picture, region, (1, 0, 2, 3))
    np.testing.assert_array_equal(swapped[2:4, 2:4], picture[2:4, 4:6])
    np.testing.assert_array_equal(swapped[2:4, 4:6], picture[2:4, 2:4])
    assert (swapped != picture).sum() == 8
    for order in ORDERS:
        assert sorted(arrange(picture, region, order).ravel()) == sorted(picture.ravel())


@pytest.mark.parametrize(
    ("rows", "columns", "region"),
    [
        ((3, 7), (2, 8), (3, 2, 4, 6)),
        ((3, 6), (2, 8), (3, 2, 4, 6)),
        ((7, 10), (0, 10), (6, 0, 4, 10)),
    ],
)
def test_a_region_has_even_sides_and_all_ink(rows, columns, region) -> None:
    picture = np.zeros((10, 10), np.float32)
    picture[slice(*rows), slice(*columns)] = 1
    assert region_of(picture) == region


def test_strokes_are_moved_by_whole_pixels() -> None:
    scene = Scene(32, 32, items=(digit(4),))
    pieces = take_apart(scene, (0, 0, 32))
    picture = rasterize_scene(scene)
    np.testing.assert_array_equal(move(pieces, ()), picture)
    count = len(pieces.strokes)
    assert count == len(scene.strokes_of(0)) > 1
    moved = move(pieces, ((3, -1),) * count)
    np.testing.assert_allclose(moved[:-1, 3:], np.maximum.reduce(pieces.strokes)[1:, :-3])
    one = take_apart(Scene(32, 32, items=(digit(1),)), (0, 0, 32))
    assert len(one.strokes) in (2, 3)


def test_a_stroke_is_cut_into_equal_lengths() -> None:
    parts = thirds(Stroke([(0, 0), (9, 0), (9, 6)], 2.0))
    assert [len(part.points) for part in parts] == [2, 3, 2]
    np.testing.assert_allclose(parts[1].points, [(5, 0), (9, 0), (9, 1)])
    assert len(thirds(Stroke([(1, 1)]))) == 1


def test_kernels_are_1_where_their_arms_are_covered_and_sum_as_torch_does() -> None:
    weights, kinds = kernels()
    assert np.bincount(kinds).tolist() == [16, 16, 4]
    picture = letter("D")
    found = look(picture[None])[0]
    maps = torch.nn.functional.conv2d(
        torch.from_numpy(picture.copy())[None, None], torch.from_numpy(weights)[:, None],
        padding=REACH,
    )[0]  # fmt: skip
    peaks = maps.amax((1, 2)).numpy()
    for kind in range(3):
        assert found.sums[kind] == pytest.approx(peaks[kinds == kind].max(), abs=1e-5)
        assert found.quarters[:, kind].max() == pytest.approx(found.sums[kind])


def test_the_bank_accepts_any_arrangement_and_the_position_aware_variant_does_not() -> None:
    for name, features in (("C", 0), ("D", 1)):
        result = scrambled_letter(name, WHOLE)
        now = result.now
        assert now is not None and now.answer == now.placed_answer == name
        assert int((now.sums > (0.6, 0.74, 0.6)).argmax()) == features
        assert result.kept == 24
        assert result.kept_in_place == 1
    other = scrambled_letter("D", (1, 0, 3, 2)).now
    assert other is not None and (other.answer, other.placed_answer) == ("D", "")


# On the screen


def test_a_quarter_is_dragged_onto_another(new_lab: NewLab) -> None:
    lab = new_lab(number("8", width=32))
    view = lab.show("scrambled", (900, 300))
    puzzle = view.puzzle
    before = puzzle.picture.copy()
    assert view.result.read == 8 and 1 < view.result.kept < 8
    drag(puzzle, puzzle.place_rect(0).center(), puzzle.place_rect(2).center())
    lab.settle()
    assert view.order == (2, 1, 0, 3)
    assert view.result.after.argmax() == 8 and view.result.after[8] > 0.9, "wrongly accepted"
    np.testing.assert_array_equal(puzzle.picture, arrange(before, puzzle.region, view.order))
    with torch.no_grad():
        output = lab.nets("max")(torch.from_numpy(puzzle.picture.copy())[None, None])["output"]
    np.testing.assert_allclose(view.result.after, output[0, :, 0, 0].exp(), atol=1e-5)
    place = view.sheet.rect_of(7).center().toPoint()
    QTest.mouseClick(view.sheet, LEFT, pos=place)
    lab.settle()
    assert view.order == ORDERS[7]
    kept = json.loads(json.dumps(view.state()))
    view.restore({"order": [0, 0, 1, 2], "offsets": [[99, 0]], "stroke": -1})
    assert json.loads(json.dumps(view.state())) == kept


def test_arrow_keys_swap_quarters_and_move_strokes(new_lab: NewLab) -> None:
    lab = new_lab(number("4", width=32))
    view = lab.show("scrambled", (900, 300))
    QTest.keyClick(view.puzzle, Qt.Key.Key_Down)
    lab.settle()
    assert view.order == (2, 1, 0, 3)
    view.restore({"cut": "strokes"})
    lab.settle()
    QTest.keyClick(view.puzzle, Qt.Key.Key_Right)
    lab.settle()
    assert view.offsets == ((1, 0),) and len(view.sheet.tiles) == 25


def test_a_stroke_is_dragged(new_lab: NewLab) -> None:
    lab = new_lab(number("4", width=32))
    view = lab.show("scrambled", (900, 400))
    view.restore({"cut": "strokes"})
    lab.settle()
    puzzle = view.puzzle
    alone = puzzle.strokes[1] - np.delete(puzzle.strokes, 1, 0).max(0)
    row, column = np.argwhere(alone == alone.max())[-1]
    start = puzzle.area().topLeft() + QPointF(column + 0.5, row + 0.5) * puzzle.zoom
    drag(puzzle, start, start + QPointF(5.2, 0) * puzzle.zoom)
    lab.settle()
    assert view.stroke == 1 and view.offsets[1][0] in (4, 5) and view.offsets[0] == (0, 0)


def test_letters_need_no_drawing(new_lab: NewLab) -> None:
    lab = new_lab(Scene(32, 64))
    view = lab.show("scrambled", (900, 300))
    assert view.message
    view.restore({"source": "D"})
    lab.settle()
    assert not view.message and {text for text, _, _ in view.puzzle.marks} == {"corner"}
    assert "24 / 24" in view.formula()


def test_the_demonstration_has_one_arrangement_accepted_and_another_read_as_a_3() -> None:
    demo = by_id("scrambled-8")
    scene = demo.scene_at(0.0)
    for t, read in ((0.5, 8), (3.0, 8), (10.0, 3)):
        assert demo.scene_at(t) == scene, "only the instrument's quarters move"
        order = tuple(demo.settings_at(t)["order"])
        *_, found = scrambled_drawing(load_pretrained(), scene, (0, 16, 32), order)
        assert found.after.argmax() == read and (t == 0.5) == (order == WHOLE)
