"""The canvas under any actions in any order: nothing breaks, undo leads back."""

from __future__ import annotations

from canvas_user import CONTROL, PLAIN, SHIFT, CanvasUser, Hand
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from viz.scene import rasterize_scene
from viz.scene.digits import number

_NEAR = st.tuples(st.floats(-8, 72), st.floats(-8, 40))
_FAR = st.tuples(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
_PATHS = st.lists(st.one_of(_NEAR, _NEAR, _NEAR, _FAR), min_size=1, max_size=5)
_KEYS = st.sampled_from(
    [Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_1]
)
_COMMANDS = st.sampled_from(
    ["delete", "duplicate", "centre", "clear", "select_all", "group", "ungroup"]
)
_FINGERS = st.tuples(
    st.sampled_from(["put", "put", "slide", "slide", "lift"]), st.integers(0, 2), _NEAR
)
_PRESSED = st.lists(
    st.builds(lambda at, pressure: (*at, pressure), _NEAR, st.floats(0, 1)), min_size=1, max_size=5
)
_ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("pull"), _PATHS),
        st.tuples(st.just("pull"), _PATHS),
        st.tuples(st.just("press"), _NEAR),
        st.tuples(st.just("touch"), st.lists(_FINGERS, min_size=2, max_size=8)),
        st.tuples(st.just("write"), _PRESSED),
        st.tuples(st.just("alt"), _NEAR),
        st.tuples(st.just("move"), st.one_of(_NEAR, _FAR)),
        st.tuples(st.just("tool"), st.sampled_from(["pen", "eraser", "select", "select"])),
        st.tuples(st.just("key"), _KEYS),
        st.tuples(st.just("wheel"), st.sampled_from([-(10**6), -120, 15, 120, 10**6])),
        st.tuples(st.just("turn"), st.integers(-500, 500)),
        st.tuples(st.just("command"), _COMMANDS),
        st.tuples(st.just("undo"), st.none()),
        st.tuples(st.just("redo"), st.none()),
        st.tuples(st.just("answer"), st.none()),
    ),
    max_size=14,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(actions=_ACTIONS)
def test_any_order_of_actions_can_be_undone(qtbot: QtBot, actions: list[tuple]) -> None:  # type: ignore[type-arg]
    start = number("31")
    user = CanvasUser(qtbot, start)
    stack, hand = user.document.undo_stack, Hand(user)
    for name, value in actions:
        match name:
            case "pull":
                user.pull(value)
            case "press":
                user.press(value)
            case "touch":
                for change, finger, at in value:
                    if (change == "put") == (finger in hand.down):
                        continue  # it is down already, or up
                    match change:
                        case "put":
                            hand.put(finger, at)
                        case "slide":
                            hand.slide({finger: at})
                        case "lift":
                            hand.lift(finger)
            case "write":
                user.write(value)
            case "alt":
                user.pull([value], Qt.KeyboardModifier.AltModifier)
            case "move":
                user.move(value, SHIFT if int(value[0]) % 3 == 0 else PLAIN)
            case "tool":
                user.canvas.set_tool(value)
            case "key":
                user.key(value)
            case "wheel":
                user.wheel(value)
            case "turn":
                user.wheel(value, CONTROL)
            case "command":
                user.run(value)
            case "undo":
                stack.undo()
            case "redo":
                stack.redo()
            case "answer":
                user.answer()
        user.canvas.grab()
    user.canvas.set_tool("pen")  # ends what was begun
    last = user.scene
    image = rasterize_scene(last)
    assert image.shape == (last.height, last.width)
    assert 0 <= image.min() <= image.max() <= 1
    while stack.canUndo():
        stack.undo()
    assert user.scene == start
