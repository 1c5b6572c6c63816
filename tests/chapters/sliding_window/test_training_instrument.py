"""Three networks on one drawing: what they read, what they err, a click lets one answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab import NewLab
from lost_weights import DAMAGES, lose, word_for
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.compared_networks import error_on
from viz.chapters.sliding_window.training import TESTS
from viz.engine.compute import Nets
from viz.nets.architecture import NONE_CLASS
from viz.scene import Scene
from viz.scene.digits import number


def test_without_none_every_gap_names_a_digit(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("training")
    readings = view.result.readings
    assert view.rows["max"].answer.text == readings["max"].text == "31"
    assert NONE_CLASS in readings["max"].winners
    assert NONE_CLASS not in readings["no-none"].winners
    assert view.rows["no-none"].answer.text == readings["no-none"].text != "31"
    lab.go(Scene(32, 64))
    assert view.rows["max"].answer.text == "nothing read"
    assert view.rows["no-none"].answer.text != "nothing read"


def test_errors_are_those_of_the_weights(new_lab: NewLab) -> None:
    view = new_lab(number("31")).show("training")
    for name, row in view.rows.items():
        errors = [error_on(test, name) for test in TESTS]
        assert [line.text for line in row.errors] == [f"{100 * error:.1f} %" for error in errors]
        assert all(line.text in row.tip for line in row.errors)
    shifted, strings = TESTS[1:]
    assert error_on(shifted, "no-augmentation") > 10 * error_on(shifted, "max")
    assert error_on(strings, "no-none") > 10 * error_on(strings, "max")


def test_a_click_lets_that_network_answer(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("training")
    QTest.mouseClick(view.rows["no-none"].button, Qt.MouseButton.LeftButton)
    lab.settle()
    assert lab.document.network == "no-none"
    assert lab.document.snapshot is not None
    assert lab.document.snapshot.reading.text == view.rows["no-none"].answer.text
    assert [row.button.isChecked() for row in view.rows.values()] == [False, True, False]
    QTest.keyClick(view.rows["max"].button, Qt.Key.Key_Space)
    assert lab.document.network == "max"


def test_the_present_network_s_answer_is_without_its_ablated_maps(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("training")
    others = view.rows["no-none"].answer.text
    for map_ in range(lab.document.layer("C1").maps):
        lab.document.toggle_ablation("C1", map_)
    lab.settle()
    assert lab.document.snapshot is not None
    assert lab.document.snapshot.reading.text == ""
    assert view.rows["max"].answer.text == "nothing read"
    assert view.rows["max"].answer.note == "maps ablated"
    assert (view.rows["no-none"].answer.text, view.rows["no-none"].answer.note) == (others, "")
    lab.document.set_network("no-none")
    lab.settle()
    assert view.rows["max"].answer.text == "31"


@pytest.mark.parametrize("damage", DAMAGES)
def test_one_network_without_weights_leaves_the_others(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: str
) -> None:
    file = lose(monkeypatch, tmp_path, "no-none", damage)
    view = new_lab(number("31"), Nets()).show("training")
    assert set(view.result.readings) == {"max", "no-augmentation"}
    row = view.rows["no-none"]
    assert row.answer.text == f"{file.name} is {word_for(damage)}; reinstall LeNetScope."
    assert str(file) in row.answer.tooltip(row.answer.rect().center().toPointF())
    assert not row.button.isEnabled() and [line.text for line in row.errors] == ["–"] * 3
