"""The canvas: what real mouse, key, wheel, touch and drop events make of the scene, exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from canvas_user import ALT, CONTROL, LEFT, NONE, SHIFT, CanvasUser, Point, line
from dressing import dress
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QColor, QFocusEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viz.model.snapshot import Unit
from viz.scene import Group, Scene, Stroke, Transform, rasterize_scene
from viz.scene.digits import digit
from viz.scene.hits import item_centre
from viz.views.canvas.handles import Grip
from viz.views.theme import theme


@pytest.fixture
def digits(qtbot: QtBot) -> CanvasUser:
    """A 3 at (16, 16) and a 1 at (48, 16)."""
    return CanvasUser(qtbot, Scene(32, 64, (digit(3), digit(1, centre=(48.0, 16.0)))))


@pytest.fixture
def empty(qtbot: QtBot) -> CanvasUser:
    user = CanvasUser(qtbot, Scene(32, 64))
    user.canvas.set_tool("pen")
    return user


# Looks


def test_the_mapping_goes_there_and_back_and_tells(qtbot: QtBot, digits: CanvasUser) -> None:
    canvas = digits.canvas
    assert canvas.to_scene(canvas.to_widget(10.25, 3.5)) == QPointF(10.25, 3.5)
    assert canvas.image_rect().center().x() == canvas.width() / 2
    with qtbot.waitSignal(canvas.geometry_changed):
        canvas.resize(300, 300)
    assert canvas.image_rect().width() == 4 * 64
    canvas.resize(60, 60)  # smaller than the canvas itself
    assert canvas.rect().contains(canvas.image_rect().toRect())


def test_an_inspected_unit_shows_its_receptive_field(digits: CanvasUser) -> None:
    digits.answer()
    before = digits.canvas.grab().toImage()
    digits.document.hover(Unit("C3", 0, 2, 5))  # pixels 4 … 17 down, 10 … 23 across
    shown = digits.canvas.grab().toImage()
    field = QColor(theme("dark").field)
    for corner in ((10, 4), (24, 4), (24, 18), (10, 18)):
        at = digits.canvas.to_widget(*corner).toPoint()
        assert shown.pixelColor(at) == field
        assert before.pixelColor(at) != field


def test_the_live_stroke_is_drawn_before_the_network_answers(empty: CanvasUser) -> None:
    empty.answer()
    at = empty.canvas.to_widget(20, 10).toPoint()
    paper = empty.canvas.grab().toImage().pixelColor(at)
    empty.press((10, 10))
    empty.move((30, 10))
    assert empty.canvas.grab().toImage().pixelColor(at).lightness() > paper.lightness() + 100


def test_what_is_kept_of_the_picture_follows_grid_focus_size_and_theme(
    qtbot: QtBot,
) -> None:
    """Ground, edges, margin and grid are drawn once and kept: never longer than they hold."""
    user, scene = CanvasUser(qtbot, Scene(32, 96)), Scene(32, 64)
    user.answer()
    steps: list[Callable[[CanvasUser], object]] = [
        lambda user: setattr(user.document.view, "pixel_grid", False),
        lambda user: QApplication.sendEvent(
            user.canvas, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason)
        ),
        lambda user: user.document.apply(scene, "another size"),
        lambda user: user.canvas.resize(300, 200),
        lambda user: dress(user.canvas, "light", 20),
    ]
    for count in range(1, len(steps) + 1):
        before = user.canvas.grab().toImage()
        steps[count - 1](user)
        fresh = CanvasUser(qtbot, Scene(32, 96))
        fresh.answer()
        for step in steps[:count]:
            step(fresh)
        assert user.canvas.grab().toImage() == fresh.canvas.grab().toImage() != before, count


# Pen and eraser


def test_a_pull_of_the_pen_is_one_stroke_and_one_step(empty: CanvasUser) -> None:
    empty.canvas.set_pen_width(3.5)
    path = [(10.0, 8.0), (12.03125, 14.5), (20.1875, 20.0)]
    empty.pull(path)
    (group,) = empty.scene.items
    assert isinstance(group, Group)
    assert group.strokes == (Stroke(path, 3.5),)
    assert empty.steps == 1
    empty.document.undo_stack.undo()
    assert empty.scene == Scene(32, 64)


def test_the_network_is_asked_while_the_pen_moves(empty: CanvasUser) -> None:
    asked: list[int] = []
    empty.document.request_changed.connect(
        lambda request: asked.append(len(request.scene.items[0].strokes[0].points))
    )
    empty.press((10, 10))
    for x in (11, 12, 13):
        empty.move((x, 10))
    assert asked == [1, 2, 3, 4]


def test_a_click_is_a_dot_and_nothing_off_the_canvas_is_kept(empty: CanvasUser) -> None:
    empty.pull([(16, 16)])
    (dot,) = empty.scene.items
    assert isinstance(dot, Group)
    assert dot.strokes[0].points.tolist() == [[16.0, 16.0]]
    empty.pull([(16, 70), (1e7, 1e8)])
    assert empty.scene.items == (dot,)
    assert empty.steps == 1


def test_the_eraser_cuts_a_stroke_in_two(qtbot: QtBot) -> None:
    user = CanvasUser(qtbot, Scene(32, 64, (line((10, 16), (50, 16)),)))
    user.canvas.set_tool("eraser")
    user.pull([(30, 4), (30, 28)])
    strokes = [s for i in range(len(user.scene.items)) for s in user.scene.strokes_of(i)]
    assert len(strokes) == 2
    assert user.steps == 1
    assert rasterize_scene(user.scene)[16, 30] == 0
    user.document.undo_stack.undo()
    assert user.scene.items == (line((10, 16), (50, 16)),)
    user.pull([(30, 2), (50, 2)])  # nothing there
    assert user.steps == 1 and user.document.undo_stack.canRedo()


# Select and move


def test_a_drag_moves_by_what_the_pointer_moved(digits: CanvasUser) -> None:
    before = digits.scene
    digits.pull([(48, 10), (55, 12), (58.5, 12.25)])
    assert digits.document.selection == {1}
    assert item_centre(digits.scene, 1) == (48 + 10.5, 16 + 2.25)
    assert digits.scene.items[0] is before.items[0]
    assert digits.steps == 1
    digits.document.undo_stack.undo()
    assert digits.scene == before


def test_a_click_selects_shift_adds_and_escape_lets_go(digits: CanvasUser) -> None:
    digits.pull([(16, 7)])
    assert digits.document.selection == {0}
    digits.pull([(48, 12)], SHIFT)
    assert digits.document.selection == {0, 1}
    digits.pull([(48, 12)])
    assert digits.document.selection == {1}
    digits.key(Qt.Key.Key_Escape)
    assert digits.document.selection == frozenset()
    assert digits.steps == 0


def test_a_rubber_band_selects_and_a_click_beside_deselects(digits: CanvasUser) -> None:
    digits.pull([(2, 1), (30, 20), (62, 31)])
    assert digits.document.selection == {0, 1}
    digits.pull([(32, 30)])
    assert digits.document.selection == frozenset()
    digits.pull([(32, 30), (62, 1)])
    assert digits.document.selection == {1}


def test_a_single_stroke_moves_and_turns_alone(qtbot: QtBot) -> None:
    group = Group.of([Stroke([(10, 8), (30, 8)]), Stroke([(20, 12), (20, 26)])], "5")
    user = CanvasUser(qtbot, Scene(32, 64, (group,)))
    double = QEvent.Type.MouseButtonDblClick
    user.event(double, (20, 20), LEFT)
    user.release((20, 20))
    assert user.document.selected_stroke == (0, 1)
    user.pull([(20, 20), (25, 20), (30.5, 19)])
    first, second = user.scene.strokes_of(0)
    assert first == group.strokes[0]
    assert second.points.tolist() == [[30.5, 11.0], [30.5, 25.0]]
    user.wheel(120 * 18, CONTROL)  # 90°
    assert user.scene.strokes_of(0)[1].points.tolist() == [[37.5, 18.0], [23.5, 18.0]]
    user.pull([(20, 8)], ALT)
    assert user.document.selected_stroke == (0, 0)
    user.run("delete")
    assert len(user.scene.strokes_of(0)) == 1


# Handles


def test_a_corner_scales_about_the_anchor(digits: CanvasUser) -> None:
    digits.pull([(16, 7)])
    x, y = digits.grip(Grip.LOWER_RIGHT)
    digits.pull([(x, y), (16 + (x - 16) * 0.75, 16 + (y - 16) * 0.75),
                 (16 + (x - 16) / 2, 16 + (y - 16) / 2)])  # fmt: skip
    transform = digits.scene.items[0].transform
    assert transform.scale == pytest.approx(0.5, abs=1e-12)
    assert replace(transform, scale=1) == Transform()
    assert digits.steps == 1


def test_the_sides_squeeze_and_slant(digits: CanvasUser) -> None:
    digits.pull([(16, 7)])
    x, y = digits.grip(Grip.RIGHT)
    digits.pull([(x, y), (16 + 1.5 * (x - 16), y)])
    assert digits.scene.items[0].transform.squeeze == pytest.approx(1.5)
    digits.document.undo_stack.undo()
    x, y = digits.grip(Grip.TOP)
    digits.pull([(x, y), (x + (16 - y) / 4, y)])
    assert digits.scene.items[0].transform.slant == pytest.approx(0.25)


def test_the_knob_turns_and_shift_snaps(digits: CanvasUser) -> None:
    digits.pull([(16, 7)])
    x, y = digits.grip(Grip.KNOB)
    reach = 16 - y
    digits.pull([(x, y), (16 + reach, 16)])
    assert digits.scene.items[0].transform.angle == pytest.approx(90)
    digits.document.undo_stack.undo()
    digits.pull([(x, y), (16 + reach * np.sin(0.5), 16 - reach * np.cos(0.5))], SHIFT)
    assert digits.scene.items[0].transform.angle == 30


# Keys and wheel


def test_arrow_keys_move_by_one_and_by_a_quarter(digits: CanvasUser) -> None:
    before = digits.scene
    digits.key(Qt.Key.Key_Right)
    digits.key(Qt.Key.Key_Up, SHIFT)
    assert digits.scene.transform == Transform(dx=1, dy=-0.25)
    digits.pull([(16, 6)])
    digits.key(Qt.Key.Key_Down)
    digits.key(Qt.Key.Key_Left, SHIFT)
    assert digits.scene.items[0].transform == Transform(dx=-0.25, dy=1)
    assert digits.steps == 2
    digits.document.undo_stack.undo()
    digits.document.undo_stack.undo()
    assert digits.scene == before


def test_as_many_steps_back_leave_no_step(digits: CanvasUser) -> None:
    before = digits.scene
    for delta in (120, 30, -30, -120):
        digits.wheel(delta)
    assert digits.scene == before
    assert digits.steps == 0


def test_the_wheel_scales_and_turns(digits: CanvasUser) -> None:
    digits.wheel(120)
    assert digits.scene.transform == Transform(scale=1.1)
    digits.wheel(-240, CONTROL)
    assert digits.scene.transform == Transform(scale=1.1, angle=-10)
    digits.pull([item_centre(digits.scene, 0)])
    digits.wheel(240)
    assert digits.scene.items[0].transform.scale == pytest.approx(1.21)
    digits.wheel(120 * 10**6)  # the end of what a transform takes
    assert digits.scene.items[0].transform.scale == pytest.approx(100 / 1.1)


# Commands


def test_duplicate_delete_clear(digits: CanvasUser) -> None:
    digits.pull([(16, 7)])
    digits.run("duplicate")
    assert digits.document.selection == {2}
    assert item_centre(digits.scene, 2) == (20.0, 20.0)
    digits.run("delete")
    assert len(digits.scene.items) == 2 and digits.document.selection == frozenset()
    digits.run("clear")
    assert digits.scene == Scene(32, 64)
    digits.document.undo_stack.undo()
    assert len(digits.scene.items) == 2


def test_group_and_ungroup_draw_the_same(digits: CanvasUser) -> None:
    before = rasterize_scene(digits.scene)
    digits.key(Qt.Key.Key_Escape)
    digits.run("select_all")
    digits.run("group")
    (group,) = digits.scene.items
    assert isinstance(group, Group) and group.name == "31"
    assert np.array_equal(rasterize_scene(digits.scene), before)
    digits.run("ungroup")
    assert len(digits.scene.items) == len(group.strokes) == len(digits.document.selection)
    assert np.array_equal(rasterize_scene(digits.scene), before)


def test_something_selected_brings_the_select_tool(digits: CanvasUser) -> None:
    digits.canvas.set_tool("pen")
    digits.document.select([1])
    assert digits.document.view.tool == digits.canvas.tool == "select"
    digits.canvas.set_tool("eraser")
    assert digits.document.selection == frozenset()


# Cursors and readouts


def test_cursors_tell_what_a_press_would_do(digits: CanvasUser) -> None:
    canvas = digits.canvas

    def cursor_at(at: Point) -> Qt.CursorShape:
        digits.event(QEvent.Type.MouseMove, at, NONE)
        return canvas.cursor().shape()

    assert cursor_at((32, 28)) == Qt.CursorShape.ArrowCursor
    assert cursor_at((16, 7)) == Qt.CursorShape.SizeAllCursor
    digits.pull([(16, 7)])
    assert cursor_at(digits.grip(Grip.RIGHT)) == Qt.CursorShape.SizeHorCursor
    assert cursor_at(digits.grip(Grip.UPPER_LEFT)) == Qt.CursorShape.SizeFDiagCursor
    assert cursor_at(digits.grip(Grip.KNOB)) == Qt.CursorShape.BitmapCursor
    digits.document.apply(replace(digits.scene, transform=Transform(angle=90)), "")
    assert cursor_at(digits.grip(Grip.RIGHT)) == Qt.CursorShape.SizeVerCursor
    assert cursor_at((64.5, 16)) == Qt.CursorShape.SizeHorCursor
    assert cursor_at((64.5, 32.5)) == Qt.CursorShape.SizeFDiagCursor
    canvas.set_tool("pen")
    assert cursor_at((16, 7)) == Qt.CursorShape.CrossCursor


@pytest.mark.parametrize(
    ("grip", "to", "readout"),
    [(None, (19.25, 6), "x +3.25  y −1.00 px"), (Grip.KNOB, (30, 16), "angle 90.0°")],
)
def test_a_readout_says_how_far(
    digits: CanvasUser, grip: Grip | None, to: Point, readout: str
) -> None:
    digits.pull([(16, 7)])
    digits.press(digits.grip(grip) if grip else (16, 7))
    digits.move(to)
    assert digits.canvas.held
    assert digits.canvas.readout == readout
