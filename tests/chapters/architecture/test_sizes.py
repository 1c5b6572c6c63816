"""Sizes on the screen: table, bars, what the notes say of them, and a stack of one's own."""

from __future__ import annotations

from typing import Any

import pytest
from lab import NewLab
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from viz.chapters.architecture.measure.stack import MOST_LAYERS, MOST_MAPS, MOST_SIDE, MOST_STEP
from viz.scene import Scene
from viz.scene.digits import number
from viz.session.codec import settings_out


def words(view: Any) -> list[str]:
    return [f"{fact.value} {fact.words}" for fact in view.facts.facts]


def click(button: Any) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_network_on_the_canvas_grows_with_it_and_its_parameters_do_not(new_lab: NewLab) -> None:
    lab = new_lab(Scene(32, 32))
    view = lab.show("sizes")
    assert [row[2] for row in view.layers.rows] == [
        "1,024", "15,680", "3,920", "5,000", "1,250", "500", "11",
    ]  # fmt: skip
    parameters = [row.parameters for row in view.rows]
    lab.go(Scene(32, 36))
    assert view.rows[-1].shape == (11, 1, 2)
    assert [row.parameters for row in view.rows] == parameters
    lab.document.set_network("notes")
    lab.settle()
    assert [row[0] for row in view.layers.rows][-2:] == ["F6 fc", "output fc"]


def test_each_network_of_the_program_can_be_looked_at(new_lab: NewLab) -> None:
    lab = new_lab(Scene(32, 32))
    view = lab.show("sizes")
    assert view.network.value == "" and sum(row.parameters for row in view.rows) == 656_581
    view.network.box.setCurrentText("LeNet-5 of the notes")
    view.network.box.activated.emit(view.network.box.currentIndex())
    assert sum(row.parameters for row in view.rows) == 61_706
    assert lab.document.snapshot.request.network == "max"  # which stays on the stage
    view.restore({"network": "unheard of"})
    assert view.network.value == "notes"


def test_what_the_notes_say_is_held_against_the_numbers(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("sizes")
    view.restore({"stack": "32"})
    assert words(view)[:3] == [
        "false sizes fall with depth: 3,072 → 4,704, 1,176 → 1,600",
        "true fully connected layers have most: 95.4 % of the parameters",
        "true pooling has no parameters",
    ]
    view.restore({"stack": "own", "typed": "8×8, conv 200 8, fc 1"})
    assert "true fully connected layers have most: 100.0 % of the parameters" in words(view)
    view.restore({"stack": "own", "typed": "8×8, conv 20 3, conv 2 3, fc 1"})
    assert words(view)[1].startswith("false fully connected layers have most: 5.")


def test_a_layer_is_compared_with_itself_without_sharing(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("sizes", (700, 300))
    view.restore({"stack": "32"})
    table = view.layers
    QTest.mouseClick(table, Qt.MouseButton.LeftButton, pos=table.row_rect(1).center().toPoint())
    assert "357,504 if locally connected, 784 times as many" in words(view)
    assert "14,455,392 if fully connected, 31,700 times as many" in words(view)
    assert "450 + 6 = <b>456</b>" in view.formula()
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert table.value == 2 and len(words(view)) == 3, "pooling has none"
    view.restore({"layer": 5})
    assert words(view)[-1].startswith("0 parameters: flattening loses nothing")
    view.restore({"stack": "640", "layer": 1})
    assert words(view)[-1] == (
        "117,964,800 weights of fc 128: nothing is shared, each is used once"
    )


def test_bars_are_as_long_as_the_shares(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("sizes", (900, 300))
    view.restore({"stack": "640"})
    table = view.layers
    assert table.shares == (0.0, 1.0)
    assert table.rows[1] == (
        "fc 128", "128", "128", "117,964,928", "100.0 %", "640×480", "117,964,800", "471.9 MB",
        "117,964,928", "117,964,928",
    )  # fmt: skip
    (place,) = (one for one in table.places() if one.number == 4)
    image = table.grab().toImage()
    at = QPoint(int(place.left) + 3, int(table.row_rect(1).center().y()))
    empty = at - QPoint(0, round(table.pitch))
    assert image.pixel(at) != image.pixel(empty)


def test_a_stack_is_typed_and_an_impossible_one_says_where(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("sizes", (700, 300))
    view.restore({"stack": "own"})
    view.typed.selectAll()
    QTest.keyClicks(view.typed, "8x8, conv 4 5, pool 2, conv 5 5, fc 3")
    QTest.keyClick(view.typed, Qt.Key.Key_Return)
    assert view.typed.text() == "8×8×1, conv 4 5×5, pool 2×2, conv 5 5×5, fc 3"
    assert words(view)[0].startswith(" Layer 3, conv 5 5×5: its windows of 5×5 are larger")
    assert [row[1] for row in view.layers.rows] == ["8×8×1", "4×4×4", "2×2×4", "–", "–"]
    view.typed.selectAll()
    QTest.keyClicks(view.typed, "8x8, cnv 3")
    QTest.keyClick(view.typed, Qt.Key.Key_Return)
    assert words(view)[0].startswith(" “cnv 3” is no layer")
    assert view.state()["typed"].startswith("8×8×1, conv 4"), "the last that could be read"
    QTest.keyClick(view.typed, Qt.Key.Key_Escape)
    assert view.typed.text() == view.typed.value


def test_layers_are_added_moved_changed_and_removed(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("sizes", (700, 300))
    grabbed = []
    view.grabbed.connect(lambda: grabbed.append(view.typed.value))
    view.restore({"stack": "own", "typed": "16×16, fc 10", "layer": 0})
    click(view.buttons["conv"])
    click(view.buttons["pool"])
    assert view.typed.text() == "16×16×1, conv 8 3×3, pool 2×2, fc 10"
    assert view.layers.value == 2 and grabbed[-1] == view.typed.value
    click(view.buttons["up"])
    click(view.buttons["up"])  # it is the first already
    assert view.typed.text() == "16×16×1, pool 2×2, conv 8 3×3, fc 10"
    click(view.buttons["down"])
    view.boxes["kernel"].box.setValue(3)
    view.boxes["stride"].box.setValue(1)
    view.boxes["padding"].box.setValue(1)
    assert view.typed.text() == "16×16×1, conv 8 3×3, pool 3×3 s1 p1, fc 10"
    assert not view.boxes["maps"].isVisible() and view.boxes["kernel"].isVisible()
    click(view.buttons["remove"])
    assert view.typed.text() == "16×16×1, conv 8 3×3, fc 10"
    view.restore({"typed": "8×8" + ", fc 2" * 31, "layer": 31})
    click(view.buttons["fc"])
    click(view.buttons["fc"])
    assert len(view.layers.rows) == 33, "the input and 32 layers"
    view.restore({"typed": "8×8, fc 2", "layer": 1})
    click(view.buttons["remove"])
    click(view.buttons["remove"])
    assert view.typed.text() == "8×8×1" and view.layers.value == 0


def test_examples_and_network_are_not_edited(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("sizes")
    for stack in ("network", "32", "39", "640"):
        view.restore({"stack": stack})
        parts = view.typed, *view.buttons.values(), *view.boxes.values()
        assert not any(part.isVisible() for part in parts)
    view.restore({"stack": "39"})
    assert [row.size for row in view.rows] == [4563, 13690, 5780, 1960, 1960, 10]


@pytest.mark.parametrize("value", [["x"], 3, None, "8×8, what", "1" * 9])
def test_what_is_no_stack_in_a_file_is_not_taken(new_lab: NewLab, value: object) -> None:
    view = new_lab(number("31")).show("sizes")
    kept = view.state()
    view.restore({"typed": value, "layer": -1, "stack": value})
    assert view.state() == kept


def test_the_longest_stack_is_kept_in_a_file(new_lab: NewLab) -> None:
    view = new_lab(Scene(32, 32)).show("sizes")
    layer = f", conv {MOST_MAPS} {MOST_STEP}×{MOST_STEP} s{MOST_STEP} p{MOST_STEP}"
    typed = f"{MOST_SIDE}×{MOST_SIDE}×{MOST_MAPS}" + layer * MOST_LAYERS
    view.restore({"stack": "own", "typed": typed})
    assert settings_out(view.state())["typed"] == typed and len(typed) == 975


def test_a_layer_too_many_is_refused_in_words(new_lab: NewLab) -> None:
    view = new_lab(Scene(32, 32)).show("sizes")
    typed = "32×32×1" + ", fc 1" * MOST_LAYERS
    view.restore({"stack": "own", "typed": typed})
    click(view.buttons["fc"])
    assert words(view)[0] == " A stack has at most 32 layers." and view.typed.value == typed
