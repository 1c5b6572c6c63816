"""The toy: real drags, and the numbers that they come to, exactly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest

from viz.chapters.pooling.demos import demonstrations
from viz.scene import Scene

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    return new_lab(Scene(32, 64))


@pytest.fixture
def toy(lab: Lab) -> Any:
    return lab.show("pooling-toy", (720, 190), "light")


def drag(toy: Any, start: QPointF, to: QPointF, *, let_go: bool = True) -> None:
    QTest.mousePress(toy.view, LEFT, pos=start.toPoint())
    for point in ((start + to) / 2, to):
        QTest.mouseMove(toy.view, point.toPoint())
    if let_go:
        QTest.mouseRelease(toy.view, LEFT, pos=to.toPoint())


def drag_grip(toy: Any, cells: float, *, let_go: bool = True) -> None:
    start = toy.view.grip_point()
    drag(toy, start, start + QPointF(cells * toy.view.cell_width, 0), let_go=let_go)


def values(toy: Any) -> list[float]:
    return list(map(float, toy.view.signal.values))


def test_the_lectures_signal_pools_to_the_same_after_a_step(toy: Any) -> None:
    assert values(toy) == [0, 1, 0, 0, 0, 0, 0, 0] and toy.line.text.startswith("Drag ◂●▸ by")
    before = toy.view.output.tolist()
    drag_grip(toy, 1)
    assert values(toy) == [0, 0, 1, 0, 0, 0, 0, 0]
    assert toy.view.output.tolist() == before == [1, 0]
    assert toy.line.text == "moved by 1: input changed by 1.41, output by 0.00"
    assert toy.line.note == "same windows, same output"
    told = toy.line.tooltip(QPointF())
    assert "‖x′ − x‖ = √Σ (x′ᵢ − xᵢ)² = 1.41\n‖P(x′) − P(x)‖ = 0.00" in told


@pytest.mark.parametrize(
    ("operator", "moves", "output", "why"),
    [
        ({}, (3,), "1.41", "across a window’s border"),
        ({}, (0.25,), "0.25", "between cells, values change"),
        ({}, (0.25, 2.5), "0.90", "across a window’s border"),  # in part
        ({"kind": "subsampling", "coefficient": 0.0}, (3,), "0.00",
         "across a window’s border, yet the same output"),
        ({"kind": "blur"}, (-1,), "0.50", "same windows, but blur weights places"),
        ({"kind": "blur"}, (-1, 2, 1), "0.00", "same windows, same output"),
        ({"kind": "blur"}, (5, 1), "0.00", "no window holds it"),
    ],
)  # fmt: skip
def test_the_verdict(
    toy: Any, operator: dict[str, Any], moves: tuple[float, ...], output: str, why: str
) -> None:
    toy.operator.set(**operator)
    for cells in moves:
        drag_grip(toy, cells)
    assert toy.line.text.endswith(f"output by {output}") and toy.line.note == why


def test_a_bar_is_dragged_to_a_value_and_fixes_a_moved_pattern(toy: Any) -> None:
    view = toy.view
    drag_grip(toy, 1)
    drag(toy, view.bar_point(5, 0.05), view.bar_point(5, 0.4))
    assert values(toy) == pytest.approx([0, 0, 1, 0, 0, 0.4, 0, 0])
    assert toy.line.text == "input changed by 0.40, output by 0.40"
    drag(toy, view.bar_point(5, 0.4), view.bar_point(5, 3.0))
    assert values(toy)[5] == 1, "the end of the scale"
    drag(toy, view.bar_point(5, 1.0) + QPointF(0, 2), view.bar_point(5, -0.5))
    assert values(toy)[5] == 0


def test_another_operator_is_no_change_by_a_move(toy: Any) -> None:
    drag_grip(toy, 1)
    toy.operator.set(kind="average")
    assert toy.view.output.tolist() == [0.25, 0] and toy.line.text.startswith("Drag")
    toy.operator.set(kind="blur")
    assert toy.line.text.endswith("the output changes inside a window, too.")


def test_keys_and_a_double_click(toy: Any) -> None:
    view, shift, control = (
        toy.view, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    )  # fmt: skip
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert values(toy)[:4] == [0, 0, 1, 0] and view.signal.moved == 1
    QTest.keyClick(view, Qt.Key.Key_Left, shift)
    assert values(toy)[:4] == [0, 0.25, 0.75, 0] and view.signal.moved == -0.25
    QTest.keyClick(view, Qt.Key.Key_Home)
    QTest.keyClick(view, Qt.Key.Key_Right, control)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert values(toy)[:4] == pytest.approx([0, 1, 0.1, 0])
    QTest.mouseDClick(view, LEFT, pos=view.grip_point().toPoint())
    assert values(toy)[:4] == [0, 1, 0, 0]


def test_every_number_is_told(toy: Any) -> None:
    view = toy.view
    drag_grip(toy, 1)
    assert view.tooltip(view.bar_point(1, 0.5)).startswith(
        "Cell 2: x = 0.00; 1.00 where the last move"
    )
    assert "s = 1.00" in view.tooltip(view.grip_point())
    output = QPointF(view.bar_point(1, 0).x(), view.height() - 5.0)
    told = "max: y = max xᵢ\ny = 1.000\nof x =\n0.000  0.000  1.000  0.000"
    assert view.tooltip(output) == told


def test_a_demonstration_is_elsewhere(toy: Any, lab: Lab) -> None:
    lab.player.load(demonstrations()[0])
    assert toy.line.text.startswith("The demonstration is shown in Steps")
    lab.go(Scene(32, 64))
    assert toy.line.text.startswith("Drag")


def test_a_move_under_way_is_part_of_the_state(toy: Any, new_lab: NewLab) -> None:
    """So a film of a drag says what the screen said."""
    other = new_lab(Scene(32, 64)).show("pooling-toy", (720, 190), "light")
    for act in (
        lambda: drag_grip(toy, 1.5, let_go=False),
        lambda: drag_grip(toy, 1.5),
        lambda: drag_grip(toy, -8),
        lambda: drag(toy, toy.view.bar_point(3, 0.5), toy.view.bar_point(3, 0.3)),
        lambda: toy.operator.set(kind="blur"),
    ):
        act()
        other.restore(json.loads(json.dumps(toy.state(), allow_nan=False)))
        assert other.state() == toy.state()
        assert (other.line.text, other.line.note) == (toy.line.text, toy.line.note)
    assert other.view.grab().toImage() == toy.view.grab().toImage(), "the outlines, too"
    state = toy.state()
    for bad in ({}, {"signal": [2] * 8}, {"signal": "abc"}, {"operator": 3}):
        other.restore(bad)
        assert other.state() == state
    for bad in ({"shift": 9.0}, {"shift": True}, {"rest": [2] * 8}, {"rest": None}):
        other.restore({**state, "shift": 0.0, **bad})
        assert other.view.signal.moved == 0
