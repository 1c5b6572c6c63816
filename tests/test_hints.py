"""Hints: another state, another sentence; the most special one wins."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from viz.hints import Shown, hint


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


def test_ablated_maps_are_never_forgotten() -> None:
    wanted = hint("pen", drawn=False, selected=False, ablated=True, pinned=False)
    for tool, drawn, selected, pinned in product(
        ("pen", "eraser", "select"), (False, True), (False, True), (False, True)
    ):
        assert hint(tool, drawn=drawn, selected=selected, ablated=True, pinned=pinned) == wanted


def test_a_demonstration_tells_what_to_watch_then_what_it_proves() -> None:
    state = {"drawn": True, "selected": False, "ablated": False, "pinned": False}
    shown = Shown("Title", "watch this", "proves that")
    assert hint("pen", **state, shown=shown) == "watch this"
    assert hint("pen", **state, shown=replace(shown, seen=True)) == "proves that"
    taken = hint("pen", **state, shown=replace(shown, seen=True, taken_over=True))
    assert "Title" in taken
    assert "Space" in taken
    assert hint("pen", **{**state, "pinned": True}, shown=shown) == hint(
        "pen", **{**state, "pinned": True}
    )
    assert hint("pen", **state, claim="parts bind") == "parts bind"
    assert hint("pen", **state, shown=shown, claim="parts bind") == "watch this"
