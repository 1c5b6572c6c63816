"""The toy: real drags, and the numbers that they come to, exactly."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.chapters.pooling import operator_strip as strip
from viz.chapters.pooling.operator import Operator
from viz.chapters.pooling.toy import PoolingToy
from viz.chapters.pooling.toy_signal import CELLS, windows_of
from viz.nets.pooling import KINDS, LEAST, MOST, Pooling, pool_1d
from viz.views import theme as themes

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def toy(qtbot: QtBot) -> PoolingToy:
    toy = PoolingToy(Operator())
    qtbot.addWidget(toy)
    toy.resize(520, 230)
    toy.set_theme(themes.theme("light"), 13)
    toy.show()
    return toy


def drag(toy: PoolingToy, start: QPointF, to: QPointF, *, let_go: bool = True) -> None:
    view, middle = toy.view, (start + to) / 2
    QTest.mousePress(view, LEFT, pos=start.toPoint())
    for point in (middle, to):
        QTest.mouseMove(view, point.toPoint())
    if let_go:
        QTest.mouseRelease(view, LEFT, pos=to.toPoint())


def drag_grip(toy: PoolingToy, cells: float, *, let_go: bool = True) -> None:
    start = toy.view.grip_point()
    drag(toy, start, start + QPointF(cells * toy.view.cell_width, 0), let_go=let_go)


def test_the_lectures_signal_pools_to_the_same_after_a_step(toy: PoolingToy) -> None:
    assert toy.view.signal[:4].tolist() == [0, 1, 0, 0]
    before = toy.view.output
    drag_grip(toy, 1)
    assert toy.view.signal[:4].tolist() == [0, 0, 1, 0]
    assert np.array_equal(toy.view.output, before) and before.tolist() == [1, 0]
    assert toy.view.moved == 1
    assert toy.view.changes() == (pytest.approx(2**0.5), 0.0)
    assert toy.strip.said.startswith("moved by 1: input changed by 1.41, output by 0.00")
    assert "same" in toy.strip.said


def test_across_the_windows_border_the_output_changes(toy: PoolingToy) -> None:
    drag_grip(toy, 3)
    assert toy.view.signal.tolist() == [0, 0, 0, 0, 1, 0, 0, 0]
    assert toy.view.output.tolist() == [0, 1]
    assert toy.view.changes()[1] == pytest.approx(2**0.5)
    assert "border" in toy.strip.said


def test_a_drag_inside_the_only_window_of_a_blur_crosses_no_border(toy: PoolingToy) -> None:
    toy._operator.set(kind="blur")
    assert toy.strip.said == (
        "Drag ◂●▸: blur weighs places, so the output changes inside a window, too."
    )
    drag_grip(toy, -1)
    assert toy.strip.said == (
        "moved by −1: input changed by 1.41, output by 0.50 – same windows, but blur weighs places"
    )
    drag_grip(toy, 2)
    assert toy.view.output.tolist() == [1] and toy.view.changes()[1] == 0.75
    drag_grip(toy, 1)
    assert toy.strip.said.endswith("output by 0.00 – same windows, same output")
    drag_grip(toy, 3)
    assert toy.strip.said.endswith("output by 1.00 – across a window’s border")
    drag_grip(toy, 1)
    assert toy.strip.said.endswith("output by 0.00 – no window holds it")


def test_across_a_border_the_output_may_stay(toy: PoolingToy) -> None:
    toy._operator.set(kind="subsampling", coefficient=0.0)
    drag_grip(toy, 3)
    assert toy.strip.said.endswith("output by 0.00 – across a window’s border, yet the same output")


def _held(cell: int, pooling: Pooling) -> set[int]:
    """The windows that answer to a cell: a mean, weighted or not, is 0 only where it is not."""
    signal = np.zeros(CELLS, np.float32)
    if 0 <= cell < CELLS:
        signal[cell] = 1
    return set(np.flatnonzero(pool_1d(signal, pooling)).tolist())


SIDES = range(LEAST, MOST + 1)


def test_the_windows_of_a_cell_are_those_that_answer_to_it() -> None:
    for kind, size, stride in product(("average", "blur"), SIDES, SIDES):
        pooling = Pooling(kind, size, stride)
        for cell in range(-2, CELLS + 2):
            assert set(windows_of(cell, pooling)) == _held(cell, pooling)


@pytest.mark.parametrize("kind", KINDS)
def test_the_verdict_is_what_the_numbers_say(
    toy: PoolingToy, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For every window, every place and every kind of move; two values and one, in turn."""
    monkeypatch.setattr(strip, "wrapped", str)  # a third of the time went into tips' line breaks
    toy.hide()
    seen = set()
    for size, stride in product(SIDES, SIDES):
        toy._operator.set(toy=True, kind=kind, size=size, stride=stride)
        held = {
            cell: _held(cell, Pooling(kind if kind == "blur" else "average", size, stride))
            for cell in range(-2 * CELLS, 2 * CELLS)
        }
        moves = (-3, -1, -0.25, 0.25, 0.5, 1, 2, 4)
        for start, (nth, move) in product(range(CELLS), enumerate(moves)):
            values = ([0.8], [0.8, 0.4])[(start + nth + size + stride) % 2]
            signal = np.zeros(CELLS + 1)
            signal[start : start + len(values)] = values
            signal = signal[:CELLS]
            toy.view.set_signal(signal.tolist())
            assert toy.strip._line._wordings[-1] == "Drag ◂●▸, or a bar."
            toy.view._move_to(move)
            changed = toy.view.changes()[1] >= 0.005
            places = np.flatnonzero(signal).tolist()
            ends = (np.floor(move), np.ceil(move))
            crossed = any(held[at] != held[at + int(end)] for at in places for end in ends)
            holds = any(held[at] or held[at + int(end)] for at in places for end in ends)
            if crossed:
                why = "across a window’s border" + ("" if changed else ", yet the same output")
            elif not changed:
                why = "same windows, same output" if holds else "no window holds it"
            elif move % 1:
                why = "between cells, values change"
            else:
                assert kind == "blur"
                why = "same windows, but blur weighs places"
            assert toy.strip.said.endswith(f" – {why}"), (size, stride, start, move)
            seen.add(why)
    assert ("same windows, but blur weighs places" in seen) == (kind == "blur")
    assert ("between cells, values change" in seen) == (kind not in ("average", "subsampling"))
    assert {"across a window’s border", "same windows, same output"} <= seen


def test_a_value_between_two_cells_that_crosses_in_part(toy: PoolingToy) -> None:
    toy.view.set_signal([0, 0, 0, 1, 0, 0, 0, 0])
    toy.view._move_to(0.25)
    drag_grip(toy, 0.5)
    assert toy.strip.said.startswith("moved by 0.5:")
    assert toy.strip.said.endswith("across a window’s border")


def test_quarters_of_a_cell_and_back_again(toy: PoolingToy) -> None:
    drag_grip(toy, 0.25)
    assert toy.view.signal[:4].tolist() == [0, 0.75, 0.25, 0]
    assert toy.view.output.tolist() == [0.75, 0]
    assert toy.strip.said.startswith("moved by 0.25: input changed by 0.35, output by 0.25")
    drag_grip(toy, -1.25)
    assert toy.view.signal[:4].tolist() == [1, 0, 0, 0]
    assert toy.strip.said.startswith("moved by −1.25:")


def test_what_leaves_the_cells_comes_back(toy: PoolingToy) -> None:
    toy.view.set_signal([0, 0.5, 0, 0, 0, 0, 0, 1])
    drag_grip(toy, 1)
    assert toy.view.signal.tolist() == [0, 0, 0.5, 0, 0, 0, 0, 0]
    drag_grip(toy, -1)
    assert toy.view.signal.tolist() == [0, 0.5, 0, 0, 0, 0, 0, 1]


def test_a_bar_is_dragged_to_a_value(toy: PoolingToy) -> None:
    view = toy.view
    drag(toy, view.bar_point(5, 0.02), view.bar_point(5, 0.4))
    assert view.signal[5] == pytest.approx(0.4) and view.output.tolist() == [1, pytest.approx(0.4)]
    assert "output by 0.40" in toy.strip.said and "moved" not in toy.strip.said
    drag(toy, view.bar_point(5, 0.4), view.bar_point(5, 3.0))
    assert view.signal[5] == 1  # the end of the scale
    drag(toy, view.bar_point(5, 1.0) + QPointF(0, 2), view.bar_point(5, -0.5))
    assert view.signal[5] == 0


def test_a_bar_that_is_dragged_fixes_a_moved_pattern(toy: PoolingToy) -> None:
    drag_grip(toy, 1)
    drag(toy, toy.view.bar_point(4, 0.02), toy.view.bar_point(4, 0.5))
    assert toy.view.signal.tolist() == [0, 0, 1, 0, 0.5, 0, 0, 0]


def test_another_operator_is_no_change_by_a_move(toy: PoolingToy) -> None:
    drag_grip(toy, 1)
    toy.strip.kind.chosen.emit("average")
    assert toy.view.output.tolist() == [0.25, 0]
    assert toy.view.changes() == (0, 0)


def test_keys(toy: PoolingToy) -> None:
    view = toy.view
    view.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.signal[:4].tolist() == [0, 0, 1, 0] and view.moved == 1
    QTest.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert view.signal[:4].tolist() == [0, 0.25, 0.75, 0] and view.moved == -0.25
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.signal[:4].tolist() == [0, 1, 0, 0]
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.signal[:4].tolist() == [0, 1, pytest.approx(0.1), 0]


def test_a_double_click_on_the_grip_starts_over(toy: PoolingToy) -> None:
    drag_grip(toy, 2)
    QTest.mouseDClick(toy.view, LEFT, pos=toy.view.grip_point().toPoint())
    assert toy.view.signal[:4].tolist() == [0, 1, 0, 0]


def test_state_survives_json_and_restore_shrugs_at_nonsense(toy: PoolingToy, qtbot: QtBot) -> None:
    toy.view.set_signal([0.5, 0.25, 0, 1, 0, 0, 0, 0])
    toy._operator.set(toy=True, kind="lp", p=float("inf"), size=3, stride=1)
    state = json.loads(json.dumps(toy.state(), allow_nan=False))
    other = PoolingToy(Operator())
    qtbot.addWidget(other)
    other.restore(state)
    assert other.state() == toy.state()
    assert other.view.pooling.p == float("inf") and other.view.pooling.size == 3
    nonsense = {
        "kind": "median",
        "p": "many",
        "b": -1,
        "size": 2.5,
        "stride": True,
        "bias": 10**400,
    }
    for bad in ({}, {"operator": nonsense, "signal": [2] * 8}, {"operator": 3, "signal": "abc"}):
        other.restore(bad)
        assert other.state() == toy.state()


def test_a_move_under_way_is_part_of_the_state(toy: PoolingToy, qtbot: QtBot) -> None:
    """So a film of a drag says what the screen said."""
    other = PoolingToy(Operator())
    qtbot.addWidget(other)
    other.resize(toy.size())
    other.set_theme(themes.theme("light"), 13)
    other.show()
    seen = set()
    for act in (
        lambda: drag_grip(toy, 1.5, let_go=False),
        lambda: drag_grip(toy, 1.5),
        lambda: drag_grip(toy, -8),
        lambda: drag_grip(toy, 4),
        lambda: drag(toy, toy.view.bar_point(3, 0.5), toy.view.bar_point(3, 0.3)),
        lambda: toy._operator.set(kind="blur"),
        lambda: drag_grip(toy, 1),
    ):
        act()
        other.restore(json.loads(json.dumps(toy.state(), allow_nan=False)))
        assert other.state() == toy.state()
        assert other.view.moved == toy.view.moved
        assert other.view.changes() == pytest.approx(toy.view.changes(), abs=1e-4)
        assert other.view.lies() == toy.view.lies()
        assert other.strip.said == toy.strip.said
        if toy.view._grabbed is None:  # what is held is bright
            assert other.view.grab().toImage() == toy.view.grab().toImage(), "the outlines, too"
        seen.add(toy.strip.said.split(":")[0])
    assert {"moved by 1.5", "moved by −8", "moved by 4"} <= seen
    rest = toy.view.signal.tolist()
    for bad in ({"shift": 9.0}, {"shift": True}, {"rest": [2] * 8}, {"rest": None}):
        other.restore({**toy.state(), "signal": rest, "shift": 0.0, **bad})
        assert np.array_equal(other.view.signal, toy.view.signal)
    assert other.view.moved == 0 and other.view.changes() == (0, 0)


@pytest.mark.parametrize(
    ("text_px", "size"),
    [
        (13, (520, 190)),
        (16, (520, 220)),
        (16, (516, 278)),
        (18, (520, 250)),
        (24, (898, 405)),
        (24, (840, 400)),
        (24, (950, 400)),
    ],  # enlarged: the instrument 1280 and 1920 wide
)
@pytest.mark.parametrize("kind", ["max", "subsampling", "blur"])
def test_nothing_is_cut_off(
    toy: PoolingToy, text_px: int, size: tuple[int, int], kind: str, qtbot: QtBot
) -> None:
    toy.set_theme(themes.theme("dark"), text_px)
    toy.resize(*size)
    toy._operator.set(toy=True, kind=kind, size=3, stride=1)
    qtbot.wait(1)
    view, strip = toy.view, toy.strip
    input_, grip, brackets, output = view._rows()
    assert input_.height() >= text_px and output.bottom() <= view.height()
    assert input_.bottom() <= grip.top() + 0.1 and grip.bottom() <= brackets.top() + 0.1
    assert view.cell_width > view._small.width("0.00")
    for part in (strip.kind, strip.size_, strip.stride, *strip.parameters.values()):
        if part.isVisible():
            corner = part.mapTo(toy, QPoint(part.width(), part.height()))
            assert corner.x() <= toy.width() and corner.y() <= view.y()
