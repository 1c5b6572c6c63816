"""The canvas under a tablet's pen and under fingers: pressure, pinching, and who takes no part."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from canvas_user import (
    LEFT,
    NONE,
    PLAIN_PEN,
    RUBBER,
    TOUCHSCREEN,
    CanvasUser,
    Hand,
    line,
)
from PyQt6.QtCore import QEvent, QPointF, QSizeF
from PyQt6.QtGui import QEventPoint
from PyQt6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from viz.model import settings
from viz.model.demonstration import Demonstration
from viz.model.player import Player
from viz.scene import Group, Scene, Stroke, Transform, rasterize_scene
from viz.scene.digits import digit
from viz.scene.hits import item_centre
from viz.views.canvas import touch
from viz.views.canvas.canvas import Canvas

THREE, ONE = digit(3), digit(1, centre=(48.0, 16.0))


@pytest.fixture
def digits(qtbot: QtBot) -> CanvasUser:
    """A 3 at (16, 16) and a 1 at (48, 16)."""
    return CanvasUser(qtbot, Scene(32, 64, (THREE, ONE)))


@pytest.fixture
def empty(qtbot: QtBot) -> CanvasUser:
    user = CanvasUser(qtbot, Scene(32, 64))
    user.canvas.set_tool("pen")
    return user


def drawn(user: CanvasUser) -> list[Stroke]:
    return [s for i in range(len(user.scene.items)) for s in user.scene.strokes_of(i)]


# Pens


def test_pressure_is_the_width_of_a_stroke(empty: CanvasUser) -> None:
    empty.canvas.set_pen_width(4)
    empty.write([(10, 10, 0.0), (20, 10, 0.5), (30, 10, 1.0), (30, 10, 0.25)])
    (stroke,) = drawn(empty)
    assert stroke.points.tolist() == [[10, 10], [30, 10]], "between them it grows evenly"
    assert stroke.width_px == 4
    assert stroke.widths == pytest.approx([0.5, 1.5])
    assert empty.steps == 1
    image = rasterize_scene(empty.scene)
    assert image[:, 20].sum() == pytest.approx(4 * 1.025, rel=0.02)  # at 20.5
    empty.document.undo_stack.undo()
    assert empty.scene == Scene(32, 64)
    empty.document.undo_stack.redo()
    assert drawn(empty) == [stroke]


def test_pressing_harder_in_one_place_makes_a_larger_dot(empty: CanvasUser) -> None:
    empty.write([(10, 10, 0.25), (10, 10, 0.75), (10, 10, 0.5)])
    assert drawn(empty) == [Stroke([(10, 10)], 2.4, widths=[1.25])]


def test_points_are_left_out_only_where_the_rim_stays(empty: CanvasUser) -> None:
    empty.canvas.set_pen_width(4)
    swelling = [(10 + x, 10, 0.5 if x != 10 else 1.0) for x in range(21)]
    empty.write(swelling)
    (stroke,) = drawn(empty)
    assert [x for x, _ in stroke.points.tolist()] == [10, 19, 20, 21, 30]
    assert stroke.widths == pytest.approx([1, 1, 1.5, 1, 1])


def test_pressure_can_be_switched_off_and_that_is_kept(qtbot: QtBot, empty: CanvasUser) -> None:
    (command,) = (one for one in empty.canvas.commands() if one.id == "pen_pressure")
    assert command.checked is not None and command.checked()
    command.run()
    assert not command.checked() and settings.get("pen_pressure") is False
    empty.write([(10, 10, 0.0), (30, 10, 1.0)])
    assert drawn(empty) == [Stroke([(10, 10), (30, 10)], 2.4)]
    again = CanvasUser(qtbot, Scene(32, 64))
    assert not again.canvas.pen_pressure
    again.canvas.toggle_pen_pressure()
    assert settings.get("pen_pressure") is True


def test_a_pen_that_feels_no_pressure_draws_as_the_mouse_does(empty: CanvasUser) -> None:
    empty.write([(10, 10, 1.0), (30, 10.5, 1.0)], PLAIN_PEN)
    assert drawn(empty) == [Stroke([(10, 10), (30, 10.5)], 2.4)]


def test_the_live_end_of_a_stroke_is_as_wide_as_pressed(empty: CanvasUser) -> None:
    empty.canvas.set_pen_width(4)
    empty.answer()
    empty.pen(QEvent.Type.TabletPress, (10, 16), 0.0)
    for x in range(11, 51):
        empty.pen(QEvent.Type.TabletMove, (x, 16), (x - 10) / 40)
    shot = empty.canvas.grab().toImage()
    ink = shot.pixel(*(round(c) for c in (empty.canvas.to_widget(30, 16).x(),
                                          empty.canvas.to_widget(30, 16).y())))  # fmt: skip

    def is_ink(x: float, y: float) -> bool:
        at = empty.canvas.to_widget(x, y)
        return bool(shot.pixel(round(at.x()), round(at.y())) == ink)

    assert is_ink(49, 16 + 2.6) and not is_ink(11, 16 + 1.6)
    assert is_ink(11, 16 + 0.7)


def test_the_other_end_of_a_pen_erases(qtbot: QtBot) -> None:
    user = CanvasUser(qtbot, Scene(32, 64, (line((10, 16), (50, 16)),)))
    user.canvas.set_tool("pen")
    user.write([(30, 4, 0.5), (30, 15.5, 0.5)], RUBBER)
    assert rasterize_scene(user.scene)[16, 30] == 0


def test_a_hand_beside_the_pen_does_nothing(empty: CanvasUser) -> None:
    hand = Hand(empty)
    hand.put(0, (40, 24))
    hand.slide({0: (44, 24)})
    empty.pen(QEvent.Type.TabletPress, (10, 10), 0.5)  # takes back what the palm drew
    hand.slide({0: (46, 26)})
    hand.put(1, (50, 20))
    empty.pen(QEvent.Type.TabletMove, (20, 10), 0.5)
    hand.lift(1)
    hand.lift(0)
    empty.pen(QEvent.Type.TabletRelease, (20, 10), 0.0)
    assert [stroke.points.tolist() for stroke in drawn(empty)] == [[[10, 10], [20, 10]]]
    assert empty.steps == 1


# One finger


def test_a_finger_draws(empty: CanvasUser) -> None:
    hand = Hand(empty)
    hand.put(0, (10, 10))
    hand.slide({0: (20.0625, 12)})
    hand.lift(0)
    assert drawn(empty) == [Stroke([(10, 10), (20.0625, 12)], 2.4)]
    assert not empty.canvas.held


def test_a_finger_grabs_what_it_touches(digits: CanvasUser) -> None:
    hand = Hand(digits)
    hand.put(0, (48, 12))
    hand.slide({0: (50.5, 13)})
    hand.lift(0)
    assert digits.document.selection == {1}
    assert item_centre(digits.scene, 1) == (50.5, 17)
    assert digits.steps == 1


def test_a_double_tap_grabs_one_stroke(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(touch, "monotonic", lambda: now)
    group = Group.of([Stroke([(10, 8), (30, 8)]), Stroke([(20, 12), (20, 26)])], "5")
    user = CanvasUser(qtbot, Scene(32, 64, (group,)))
    hand = Hand(user)
    for at in ((20.0, 20.0), (20.0, 24.0)):  # too far from each other
        hand.put(0, at)
        hand.lift(0)
    now += 5
    hand.put(0, (20, 24))  # too late
    hand.lift(0)
    assert user.document.selected_stroke is None
    now += 0.2
    hand.put(0, (20.25, 24))
    assert user.document.selected_stroke == (0, 1)
    hand.slide({0: (30.25, 24)})
    hand.lift(0)
    first, second = user.scene.strokes_of(0)
    assert first == group.strokes[0]
    assert second.points.tolist() == [[30, 12], [30, 26]]


@pytest.mark.parametrize("first", [True, False])
def test_mouse_events_made_from_a_touch_do_not_act_too(first: bool, empty: CanvasUser) -> None:
    def mouse() -> None:
        for kind, at, buttons in (
            (QEvent.Type.MouseButtonPress, (10, 10), LEFT),
            (QEvent.Type.MouseMove, (40, 30), LEFT),
            (QEvent.Type.MouseButtonRelease, (40, 30), NONE),
            (QEvent.Type.MouseButtonDblClick, (10, 10), LEFT),
            (QEvent.Type.MouseButtonRelease, (10, 10), NONE),
        ):
            empty.event(kind, at, buttons, device=TOUCHSCREEN)

    if first:
        mouse()
    hand = Hand(empty)
    hand.put(0, (10, 10))
    mouse()
    hand.slide({0: (20, 12)})
    hand.lift(0)
    mouse()
    assert drawn(empty) == [Stroke([(10, 10), (20, 12)], 2.4)]
    assert empty.steps == 1


def test_a_mouse_takes_no_part_in_what_a_finger_draws(empty: CanvasUser) -> None:
    hand = Hand(empty)
    hand.put(0, (10, 10))
    empty.event(QEvent.Type.MouseMove, (40, 30), NONE)
    empty.pull([(50, 5), (60, 5)])
    hand.slide({0: (20, 12)})
    hand.lift(0)
    assert drawn(empty) == [Stroke([(10, 10), (20, 12)], 2.4)]
    empty.press((40, 10))
    hand.put(0, (5, 25))
    hand.slide({0: (9, 25)})
    empty.move((50, 10))
    hand.lift(0)
    empty.release((50, 10))
    assert drawn(empty)[1:] == [Stroke([(40, 10), (50, 10)], 2.4)]


def test_a_button_on_the_canvas_is_left_to_be_clicked(empty: CanvasUser) -> None:
    button = QPushButton("3", empty.canvas)
    button.setGeometry(80, 80, 60, 40)
    button.show()
    at = empty.canvas.to_scene(QPointF(100, 100))
    pressed = QEventPoint.State.Pressed
    assert not empty.touch(QEvent.Type.TouchBegin, (0, pressed, (at.x(), at.y())))
    assert empty.scene == Scene(32, 64)
    assert empty.touch(QEvent.Type.TouchBegin, (0, pressed, (at.x() + 10, at.y())))
    assert len(empty.scene.items) == 1


# Two fingers


def test_two_fingers_shift_scale_and_turn_the_digit_under_them(digits: CanvasUser) -> None:
    digits.canvas.set_tool("pen")
    hand = Hand(digits)
    hand.put(0, (18, 7))
    hand.put(1, (22, 7))
    hand.slide({0: (19, 9)})
    hand.slide({0: (20, 8), 1: (20, 16)})  # twice as far apart, a quarter turn, (0, 5) farther
    hand.lift(0)
    hand.lift(1)
    three, one = digits.scene.items
    assert one is ONE
    seen = three.transform
    assert (seen.scale, seen.angle) == pytest.approx((2, 90))
    assert (seen.squeeze, seen.slant) == pytest.approx((1, 0))
    # The middle (20, 7) has gone to (20, 12), and all else about it: (−4, 9) became (−18, −8)
    assert item_centre(digits.scene, 0) == pytest.approx((20 - 18, 12 - 8))
    assert digits.steps == 1
    assert digits.canvas.tool == "pen" and digits.document.selection == frozenset()
    digits.document.undo_stack.undo()
    assert digits.scene.items == (THREE, ONE)


def test_what_lies_under_the_fingers_stays_there(digits: CanvasUser) -> None:
    hand = Hand(digits)
    held = np.array([(46.5, 9.0), (49.25, 21.0)])
    own = digits.scene.to_item(1, held)
    hand.put(0, (46.5, 9))
    hand.put(1, (49.25, 21))
    for step in range(1, 30):
        to = held + [(step / 3, -step / 5), (-step / 7, step / 4)]
        hand.slide({0: (to[0, 0], to[0, 1]), 1: (to[1, 0], to[1, 1])})
        assert digits.scene.to_canvas(1, own) == pytest.approx(to)
    hand.lift(1)
    assert digits.steps == 1
    assert digits.canvas.readout == ""


def test_the_readout_tells_scale_and_angle(digits: CanvasUser) -> None:
    hand = Hand(digits)
    hand.put(0, (46.5, 16))
    hand.put(1, (50.5, 16))
    hand.slide({0: (48, 14), 1: (48, 20)})
    assert digits.canvas.readout == "scale × 1.50  angle 90.0°"


def test_a_drag_goes_on_as_a_pinch_in_one_step(digits: CanvasUser) -> None:
    hand = Hand(digits)
    hand.put(0, (48, 12))
    hand.slide({0: (40, 14)})
    assert item_centre(digits.scene, 1) == (40, 18)
    hand.put(1, (40, 22))
    assert item_centre(digits.scene, 1) == (40, 18), "nothing jumps as the second finger lands"
    hand.slide({1: (40, 30)})
    assert digits.scene.items[1].transform.scale == pytest.approx(2)
    assert item_centre(digits.scene, 1) == pytest.approx((40, 22))
    hand.lift(0)
    assert digits.steps == 1
    digits.document.undo_stack.undo()
    assert digits.scene.items == (THREE, ONE)


def test_the_selection_is_pinched_as_one(digits: CanvasUser) -> None:
    digits.document.select((0, 1))
    hand = Hand(digits)
    hand.put(0, (30, 2))  # on the white between them
    hand.put(1, (34, 2))
    hand.slide({0: (30, 4), 1: (32, 4)})
    assert [item.transform.scale for item in digits.scene.items] == pytest.approx([0.5, 0.5])
    assert item_centre(digits.scene, 0) == pytest.approx((31 - 8, 4 + 7))
    assert item_centre(digits.scene, 1) == pytest.approx((31 + 8, 4 + 7))
    hand.lift(1)
    assert digits.document.selection == {0, 1}


def test_a_digit_between_the_fingers_is_pinched_else_the_drawing(digits: CanvasUser) -> None:
    hand = Hand(digits)
    hand.put(0, (40, 16))
    hand.put(1, (56, 16))
    hand.slide({0: (44, 16), 1: (52, 16)})
    hand.lift(0)
    hand.lift(1)
    assert digits.document.selection == {1}
    assert digits.scene.items == (THREE, Group(ONE.strokes, ONE.anchor, Transform(scale=0.5), "1"))
    digits.document.undo_stack.undo()
    digits.document.select(())
    hand.put(0, (32, 29))
    hand.put(1, (36, 29))
    hand.slide({1: (34, 29)})
    assert digits.scene.items == (THREE, ONE)
    assert digits.scene.transform.scale == pytest.approx(0.5)


def test_what_the_first_finger_began_is_taken_back(digits: CanvasUser) -> None:
    hand = Hand(digits)
    for tool in ("pen", "eraser"):
        digits.canvas.set_tool(tool)
        hand.put(0, (48, 16))
        hand.slide({0: (48, 18)})
        assert digits.scene.items != (THREE, ONE)
        hand.put(1, (48, 28))
        assert digits.scene == Scene(32, 64, (THREE, ONE))
        hand.slide({0: (58, 18), 1: (58, 28)})
        hand.lift(0)
        hand.lift(1)
        assert item_centre(digits.scene, 1) == pytest.approx((58, 16))
        digits.document.undo_stack.undo()
    assert digits.scene == Scene(32, 64, (THREE, ONE))


# Who takes no part, and how it ends


def test_a_third_finger_does_nothing(digits: CanvasUser) -> None:
    hand = Hand(digits)
    hand.put(0, (48, 12))
    hand.put(1, (48, 20))
    hand.put(2, (10, 10))
    hand.slide({2: (60, 30)})
    assert digits.scene == Scene(32, 64, (THREE, ONE))
    hand.slide({0: (40, 12), 1: (40, 20), 2: (0, 0)})
    hand.lift(2)
    hand.slide({0: (38, 12), 1: (38, 20)})
    assert item_centre(digits.scene, 1) == pytest.approx((38, 16))
    assert digits.steps == 1


def test_a_palm_does_nothing(digits: CanvasUser, monkeypatch: pytest.MonkeyPatch) -> None:
    palms: set[int] = {8 << 24, 9 << 24}
    monkeypatch.setattr(touch, "is_palm", lambda point, _: point.id() in palms)
    hand = Hand(digits)
    hand.put(8, (16, 10))
    hand.put(0, (48, 12))
    hand.put(9, (20, 20))
    hand.slide({8: (30, 30), 9: (40, 4), 0: (44, 12)})
    assert item_centre(digits.scene, 1) == (44, 16)
    hand.lift(8)
    hand.slide({0: (43, 12)})
    hand.lift(0)
    hand.lift(9)
    assert item_centre(digits.scene, 1) == (43, 16) and digits.scene.items[0] is THREE
    assert digits.steps == 1
    hand.put(3, (16, 10))
    hand.slide({3: (20, 10)})
    assert item_centre(digits.scene, 0) == (20, 16)
    palms.add(3 << 24)  # it lay down flat
    hand.slide({3: (22, 10)})
    hand.lift(3)
    assert digits.scene.items[0] == THREE


@pytest.mark.parametrize(
    ("size", "is_palm"), [((0, 0), False), ((70, 94), False), ((20, 96), True)]
)
def test_a_palm_is_larger_than_a_fingertip(size: tuple[float, float], is_palm: bool) -> None:
    class Spot:
        def ellipseDiameters(self) -> QSizeF:
            return QSizeF(*size)

    assert touch.is_palm(Spot(), pixels_per_mm=96 / 25.4) == is_palm  # type: ignore[arg-type]


def test_a_finger_lifted_ends_it_for_the_other(empty: CanvasUser) -> None:
    hand = Hand(empty)
    hand.put(0, (10, 10))
    hand.put(1, (20, 10))
    hand.lift(0)
    hand.slide({1: (30, 20)})
    hand.put(2, (5, 5))
    hand.slide({1: (40, 30), 2: (6, 6)})
    hand.lift(2)
    hand.lift(1)
    assert empty.scene == Scene(32, 64)
    hand.put(0, (10, 10))
    hand.lift(0)
    assert drawn(empty) == [Stroke([(10, 10)], 2.4)]


def test_a_touch_that_the_system_takes_away_is_taken_back(digits: CanvasUser) -> None:
    hand = Hand(digits)
    hand.put(0, (48, 12))
    hand.slide({0: (40, 12)})
    hand.put(1, (40, 20))
    hand.slide({1: (40, 30)})
    hand.lose()
    assert digits.scene.items == (THREE, ONE) and digits.steps == 0
    assert not digits.canvas.held


def _focus_elsewhere(canvas: Canvas) -> None:
    canvas.clearFocus()


def _other_window(canvas: Canvas) -> None:
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.WindowDeactivate))


def _hidden(canvas: Canvas) -> None:
    canvas.hide()


@pytest.mark.parametrize("leave", [_focus_elsewhere, _other_window, _hidden])
@pytest.mark.parametrize("fingers", [1, 2])
def test_leaving_the_window_ends_it(
    leave: Callable[[Canvas], None], fingers: int, digits: CanvasUser
) -> None:
    hand = Hand(digits)
    hand.put(0, (48, 12))
    if fingers == 2:
        hand.put(1, (48, 20))
    hand.slide(dict(list({0: (46.0, 12.0), 1: (46.0, 20.0)}.items())[:fingers]))
    assert digits.canvas.hasFocus()
    leave(digits.canvas)
    assert not digits.canvas.held
    hand.slide({0: (30, 30)})
    hand.put(2, (16, 16))
    hand.slide({2: (30, 30)})
    assert item_centre(digits.scene, 1) == pytest.approx((46, 16))
    assert digits.scene.items[0] is THREE and digits.steps == 1


@pytest.mark.parametrize("is_undone", [True, False])
def test_another_scene_during_a_pinch_ends_it(is_undone: bool, digits: CanvasUser) -> None:
    before, document, hand = digits.scene, digits.document, Hand(digits)
    hand.put(0, (48, 12))
    hand.put(1, (48, 20))
    hand.slide({0: (48, 8)})
    document.undo_stack.undo() if is_undone else document.apply(Scene(32, 64), "")
    hand.slide({0: (40, 4), 1: (50, 28)})
    hand.lift(1)
    hand.slide({0: (4, 4)})
    hand.lift(0)
    assert digits.scene == (before if is_undone else Scene(32, 64))


def test_a_demonstration_gives_way_to_fingers_and_ends_what_they_do(digits: CanvasUser) -> None:
    def walk(time: float) -> Scene:
        return Scene(32, 64, (digit(8, centre=(16 + time, 16)),))

    player = Player(digits.document, lambda _: (), clock=lambda: 0.0)
    player.watch(digits.canvas)
    player.load(Demonstration("walk", "live", "Walk", "", "", 2.0, walk))
    hand = Hand(digits)
    player.play()
    hand.put(0, (16, 16))
    hand.put(1, (16, 20))
    assert not player.playing
    hand.slide({0: (20, 16), 1: (20, 20)})
    assert item_centre(digits.scene, 0) == pytest.approx((20, 16)) and player.taken_over
    player.play()  # by a key
    assert not digits.canvas.held
    hand.slide({0: (40, 16), 1: (40, 20)})
    assert player.playing
    assert digits.scene == walk(0)
