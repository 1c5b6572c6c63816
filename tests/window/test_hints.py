"""Hints: another state, another sentence; the most special one wins."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from viz.measure.difficulty import Competing, OddSize, OutOfReach
from viz.window.hints import DemonstrationWords, hint, trouble


def test_each_state_has_its_sentence() -> None:
    state = {"drawn": True, "selected": False, "ablated": False, "pinned": False}
    seen = {
        hint("pen", **{**state, "drawn": False}),
        hint("pen", **state),
        hint("eraser", **state),
        hint("select", **state),
        hint("select", **{**state, "selected": True}),
        hint("select", **{**state, "pinned": True}),
        hint("select", **{**state, "ablated": True}),
    }
    assert len(seen) == 7


def test_an_empty_canvas_tells_what_can_be_played_and_a_drawing_what_can_be_tried() -> None:
    state = {"selected": False, "ablated": False, "pinned": False, "offered": "Shift"}
    blank = hint("pen", drawn=False, to_try="Drag along the curve.", **state)
    assert "Space plays “Shift”" in blank
    assert hint("pen", drawn=False, **{**state, "offered": ""}) != blank
    drawn = hint("pen", drawn=True, to_try="Drag along the curve.", **state)
    assert "Shift" not in drawn
    assert hint("pen", drawn=False, claim="parts bind", **state) == "parts bind"
    taken = DemonstrationWords("Shift", "watch this", "proves that", taken_over=True)
    assert "move what you like" in hint("pen", drawn=True, **state, demonstration=taken)
    assert "move what you like" not in hint("pen", drawn=False, **state, demonstration=taken)


def test_where_a_leaves_no_room_no_instrument_is_spoken_of() -> None:
    state = {
        "drawn": True,
        "selected": False,
        "ablated": False,
        "pinned": False,
        "has_instrument": False,
    }
    told = hint("select", **state)
    assert "Key F" in told
    shown = DemonstrationWords("Title", "see the curve", "proves the curve")
    for about in (
        {"demonstration": shown},
        {"to_try": "Drag along the curve."},
        {"claim": "a curve"},
    ):
        assert hint("select", **state, **about) == told
    assert "set to zero" in hint("select", **{**state, "ablated": True})


def test_ablated_maps_are_never_forgotten() -> None:
    wanted = hint("pen", drawn=False, selected=False, ablated=True, pinned=False)
    for tool, drawn, selected, pinned in product(
        ("pen", "eraser", "select"), (False, True), (False, True), (False, True)
    ):
        assert hint(tool, drawn=drawn, selected=selected, ablated=True, pinned=pinned) == wanted
    enlarged = hint("pen", drawn=True, selected=False, ablated=True, pinned=False, has_canvas=False)
    assert enlarged.startswith(wanted) and "Esc goes back" in enlarged


def test_a_demonstration_tells_what_to_watch_then_what_it_proves() -> None:
    state = {"drawn": True, "selected": False, "ablated": False, "pinned": False}
    shown = DemonstrationWords("Title", "watch this", "proves that")
    assert hint("pen", **state, demonstration=shown) == "watch this"
    assert hint("pen", **state, demonstration=replace(shown, seen=True)) == "proves that"
    taken = hint("pen", **state, demonstration=replace(shown, seen=True, taken_over=True))
    assert "Title" in taken
    assert "Space" in taken
    for special in ("pinned", "ablated", "selected"):
        for tool in ("pen", "select"):
            assert hint(tool, **{**state, special: True}, demonstration=shown) == "watch this"
    assert hint("pen", **state, claim="parts bind") == "parts bind"
    assert hint("pen", **state, demonstration=shown, claim="parts bind") == "watch this"


def test_why_a_drawing_is_not_read_with_its_remedy() -> None:
    assert trouble(None, "C") == ""
    assert "press F9 to centre it" in trouble(OutOfReach(whole=True), "F9")
    assert "press" not in trouble(OutOfReach(whole=False), "F9") + trouble(OutOfReach(True), "")
    assert trouble(OddSize(46.4, 20), "C").startswith(
        "The digit is 46 px high; the network expects about 20 px."
    )
    told = trouble(Competing(((3, 0.48), (5, 0.4))), "C")
    assert told.startswith("In one window 3 (48 %) and 5 (40 %) compete")


def test_why_it_is_not_read_comes_after_what_is_shown_and_before_what_to_try() -> None:
    state = {"drawn": True, "selected": True, "ablated": False, "pinned": False}
    about = {"trouble": "too large", "claim": "a claim", "to_try": "try this"}
    for tool in ("pen", "select", "eraser"):
        assert hint(tool, **state, **about) == "too large"
    shown = DemonstrationWords("Title", "watch this", "proves that")
    assert hint("pen", **state, **about, demonstration=shown) == "watch this"
    assert "set to zero" in hint("pen", **{**state, "ablated": True}, **about)
    assert hint("pen", **{**state, "drawn": False}, **about) == "a claim"
