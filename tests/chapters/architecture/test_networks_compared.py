"""Networks compared on the screen: all on one canvas, a click chooses one; the class as a diff."""

from __future__ import annotations

import pytest
from lab import NewLab
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtTest import QTest

from viz.chapters.architecture.code_diff import diff
from viz.nets.networks import names
from viz.scene import Scene
from viz.scene.digits import number


def test_all_networks_answer_the_same_canvas(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("networks-side-by-side", (900, 400))
    assert tuple(view.maps) == names()[: len(view.maps)] and len(view.maps) >= 6
    assert view.maps["max"].caption == f"max: {lab.document.snapshot.reading.text}" == "max: 31"
    assert view.costs["max"].text.startswith("656,581 parameters")
    assert view.costs["notes"].text.startswith("61,706 parameters")
    by_name = {one.name: one for one in view.result.answered}
    assert by_name["notes"].maps.shape == (6, 28, 60)
    assert (by_name["max"].maps == lab.document.snapshot.maps["C1"]).all()
    assert all(one.milliseconds > 0 for one in view.result.answered)


def test_a_click_puts_a_network_on_the_stage_and_can_be_undone(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("networks-side-by-side", (900, 400))
    part = view.maps["average"]
    place = part.cell_rect(5, 5).center().toPoint()
    QTest.mouseClick(part, Qt.MouseButton.LeftButton, pos=place)
    lab.settle()
    assert lab.document.network == "average"
    height, width = part.values.shape
    assert part.marks == (QRectF(0, 0, width, height),) and view.maps["max"].marks == ()
    lab.document.undo_stack.undo()
    assert lab.document.network == "max"


def test_the_maps_are_those_of_the_layer_that_is_chosen(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("networks-side-by-side", (900, 400))
    view.restore({"layer": "S4"})
    lab.settle()
    with_it = [one for one in view.result.answered if one.maps is not None]
    assert {one.maps.shape[0] for one in with_it} == {50, 16}
    assert "no layer S4" in view.maps["zip-1989"].message
    lab.go(Scene(32, 32))
    assert view.maps["max"].caption == "max: no digit"


@pytest.mark.parametrize(
    ("mistake", "told"),
    [("channels", "8x500"), ("view", "rows out"), ("classes", "class 10"), ("", "difference")],
)
def test_what_a_mistake_does_is_told(mistake: str, told: str, new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("networks-side-by-side", (900, 400))
    view.restore({"shown": "class", "mistake": mistake})
    lab.settle()
    assert told in view.facts.accessibleDescription()
    assert view.code.mistake == mistake


def test_a_click_on_a_line_runs_its_mistake(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("networks-side-by-side", (900, 400))
    view.restore({"shown": "class"})
    lab.settle()
    grabbed = []
    view.grabbed.connect(lambda: grabbed.append(1))
    line = next(
        at for at, (sign, _, mistake) in enumerate(diff()) if (sign, mistake) == ("−", "view")
    )
    QTest.mouseClick(
        view.code, Qt.MouseButton.LeftButton, pos=view.code.line_rect(line).center().toPoint()
    )
    assert view.mistake.value == "view" and grabbed == [1]
    assert view.facts.facts[1].value == "5"
    QTest.keyClick(view.mistake, Qt.Key.Key_Right)
    assert view.mistake.value == "argument" and "Linear" in view.facts.facts[0].words
