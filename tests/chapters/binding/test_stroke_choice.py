"""Which stroke is A: selected, moved by a demonstration, or likely; stepping; the outline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QToolButton

from viz.chapters.binding.stroke_choice import StrokeChoice, Subject
from viz.chapters.registry import by_id
from viz.measure.reading import read
from viz.measure.stroke_selection import StrokeSelection, put
from viz.model.snapshot import Snapshot
from viz.scene import Scene, rasterize_scene
from viz.scene.digits import number


def subject(lab: Lab, sure: dict[int, int]) -> Subject | None:
    """What is spoken of in a snapshot whose windows are sure of these classes, by column."""
    scene, document = lab.document.scene, lab.document
    rows, columns = document.architecture.windows(scene.height, scene.width)
    output = np.full((11, rows, columns), np.log(0.01), np.float32)
    output[10] = np.log(0.9)
    for column, digit in sure.items():
        output[10, :, column], output[digit, :, column] = np.log(0.02), np.log(0.9)
    snapshot = Snapshot(
        document.request(), document.architecture, rasterize_scene(scene), {"output": output},
        read(output), None, 0, 0, 0,
    )  # fmt: skip
    document.show(snapshot)
    return lab.context.shared(StrokeChoice).subject(snapshot)


def part(lab: Lab, sure: dict[int, int]) -> StrokeSelection:
    found = subject(lab, sure)
    assert found is not None
    return found.part


def test_what_is_selected_is_a(new_lab: NewLab) -> None:
    lab, sure = new_lab(number("31")), {2: 3, 6: 1}
    assert part(lab, sure) == StrokeSelection(0, 0)  # the first digit's shortest stroke
    lab.document.select([1], (1, 1))
    assert part(lab, sure) == StrokeSelection(1, 1)
    lab.document.select([1])
    assert part(lab, sure) == StrokeSelection(1)
    lab.document.select([0, 1])
    assert part(lab, sure) == StrokeSelection(0, 0)


def test_a_digit_alone_is_not_bound_to_nothing(new_lab: NewLab) -> None:
    lab = new_lab(number("4"))
    lab.document.select([0])
    assert part(lab, {4: 4}).stroke is not None


def test_an_empty_canvas_has_no_part(new_lab: NewLab) -> None:
    lab = new_lab(Scene())
    assert subject(lab, {}) is None
    lab.context.shared(StrokeChoice).step(1)
    assert not lab.document.selection


def test_a_demonstration_says_what_moves_until_it_is_taken_over(new_lab: NewLab) -> None:
    lab, sure, demonstration = new_lab(number("4")), {2: 3, 6: 1}, by_id("1-7")
    lab.player.load(demonstration)
    assert part(lab, sure) == StrokeSelection(1, 0)
    lab.document.apply(put(lab.document.scene, StrokeSelection(1), 1, 0), "grabbed")
    assert part(lab, sure) == StrokeSelection(0, 0)
    lab.player.load(replace(demonstration, moving=(4, 0)))
    assert part(lab, sure) == StrokeSelection(0, 0)


@pytest.mark.parametrize(("stroke", "column"), [((1, 1), 6), ((0, 1), 2)])
def test_the_window_is_that_of_the_part_s_digit(
    new_lab: NewLab, stroke: tuple[int, int], column: int
) -> None:
    lab = new_lab(number("31"))
    lab.document.select(stroke[:1], stroke)
    assert subject(lab, {2: 3, 6: 1}).window == (0, column)  # type: ignore[union-attr]
    lab.document.select_window((0, 7))
    assert subject(lab, {2: 3, 6: 1}).window == (0, 7)  # type: ignore[union-attr]


def test_the_default_stays_while_answers_compete(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    assert part(lab, {6: 1}) == part(lab, {2: 3}) == StrokeSelection(1, 0)


def test_buttons_step_through_all_strokes(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("trajectory")
    assert view.line.text == "A: stroke 1 of the 3"
    assert len(lab.canvas.pointed_out) == 1  # nothing is selected, so the instrument outlines it
    back, on = view.findChildren(QToolButton)
    seen = []
    for button in (on, on, on, on, back):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        seen.append(lab.document.selected_stroke)
    assert seen == [(0, 1), (1, 0), (1, 1), (0, 0), (1, 1)]
    assert lab.canvas.pointed_out == []  # the canvas outlines the selection itself
    lab.document.select(())
    assert lab.canvas.pointed_out
    view.hide()
    assert not lab.canvas.pointed_out
