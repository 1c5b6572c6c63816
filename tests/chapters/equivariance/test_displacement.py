"""Displacement: its numbers, what they are counted from, and why some are not known."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest
from random_nets import open_random, three_convolutions, unshared

from viz.chapters.equivariance.measure import residual_curves
from viz.chapters.equivariance.measure.residual import activities, compare, reference
from viz.chapters.registry import by_id
from viz.engine.compute import Computer
from viz.i18n import number as text_of
from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5, notes
from viz.scene import Noise, Scene, rasterize_scene
from viz.scene.digits import number
from viz.scene.edit import moved
from viz.scene.shifts import Shift, shifted

SCENE = number("31")
PAIR = slice(1, 3)
"""The columns of what is expected."""


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    return new_lab(SCENE)


def expected(lab: Lab, shift: Shift) -> list[tuple[str, ...]]:
    """What the pure functions say about SCENE moved by ``shift``, as the table writes it."""
    snapshot = lab.document.snapshot
    assert snapshot is not None
    net = lab.nets(snapshot.request.network)
    before = reference(net, rasterize_scene(SCENE), None, snapshot.window)
    image = rasterize_scene(shifted(SCENE, *shift))[None]
    found = compare(before, next(activities(net, image, None, snapshot.window)), shift)
    rows = []
    for layer in net.architecture.layers:
        one, measured = found.layers[layer.name], found.measured[layer.name]
        way = shift[0] / layer.stride, shift[1] / layer.stride
        off = [a - b for a, b in zip(measured, way, strict=True) if not math.isnan(a)]
        residuals = ("0" if r < 1e-6 else text_of(r, 3) for r in (one.interior, one.border))
        aligned = all(d % layer.stride == 0 for d in shift)
        rows.append(
            (
                layer.name, *(text_of(d, 2) for d in (*way, *measured)),
                text_of(math.hypot(*off), 2) if off else "–", *residuals,
                "exact" if aligned else "interpolated",
            )
        )  # fmt: skip
    return rows


@pytest.mark.parametrize(
    "architecture", [None, notes(), lenet5(side=28, none=False), three_convolutions(), unshared()]
)
def test_the_table_shows_what_the_pure_functions_measure(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, architecture: Architecture | None
) -> None:
    view = lab.show("displacement")
    if architecture is not None:
        lab.document.set_network(open_random(monkeypatch, architecture))
        lab.settle()
    for shift in ((4.0, 0.0), (2.5, -1.0)):
        lab.go(shifted(SCENE, *shift))
        assert list(view.table.rows) == expected(lab, shift)
        assert view.line.text == f"shift  {shift[0]:.2f}, {text_of(shift[1], 2)} px"
    per_place = not lab.document.architecture.is_convolutional
    assert ("its own weights" in view.line.note) == per_place


def test_aligned_shifts_leave_nothing(lab: Lab) -> None:
    view = lab.show("displacement")
    lab.go(shifted(SCENE, 4, 0))
    assert view.table.rows[0] == ("C1", *("4.00", "0.00") * 2, "0.00", "0", "0", "exact")
    assert [row[6] for row in view.table.rows] == ["0"] * 6


def test_digits_moved_together_measure_and_a_part_alone_does_not(lab: Lab) -> None:
    view = lab.show("displacement")
    lab.go(moved(SCENE, [0, 1], 4, 0))
    assert view.table.rows[0][PAIR] == ("4.00", "0.00")
    lab.go(moved(lab.document.scene, [1], 3, 0))
    assert all(set(row[1:]) == {"–"} for row in view.table.rows)  # 0 would say: measured
    assert view.line.text == "shift  –" and view.line.note.startswith("Only part of the drawing")
    kept = view.state()
    lab.go(shifted(lab.document.scene, 0, 2))
    assert view.table.rows[0][PAIR] == ("0.00", "2.00") and view.line.note == ""
    view.restore(kept)
    lab.settle()
    assert view.line.text == "shift  –" and kept == {"shift": [0.0, 0.0], "partly": True}


def test_a_drawing_that_is_opened_is_its_own_reference_and_so_is_the_one_that_undo_brings_back(
    lab: Lab,
) -> None:
    view = lab.show("displacement")
    for other in (moved(SCENE, [1], 3, 0), shifted(SCENE, 4, 0)):
        late = lab.document.request()  # of a drag, whose answer comes after the opening
        lab.document.open(other, None, "Open")
        lab.document.show(Computer(lab.nets)(late))
        lab.settle()
        assert view.line.text == "shift  0.00, 0.00 px" and "Only part" not in view.line.note
        lab.document.undo_stack.undo()
        lab.settle()
        assert view.line.text == "shift  0.00, 0.00 px" and "Only part" not in view.line.note


def test_the_button_takes_the_present_drawing_as_reference(lab: Lab) -> None:
    view = lab.show("displacement")
    lab.go(shifted(SCENE, 6, 0))
    QTest.mouseClick(view.button, Qt.MouseButton.LeftButton)
    lab.settle()
    assert view.table.rows[3][PAIR] == ("0.00", "0.00")
    lab.go(shifted(SCENE, 7, 0))
    assert view.table.rows[0][PAIR] == ("1.00", "0.00")


def test_a_kept_shift_comes_back(lab: Lab, new_lab: NewLab) -> None:
    lab.show("displacement")
    lab.go(shifted(SCENE, 3, -1))
    other = new_lab(shifted(SCENE, 3, -1))
    again = other.show("displacement")
    assert again.table.rows[0][PAIR] == ("0.00", "0.00")
    again.restore({"shift": [3.0, -1.0], "partly": False})
    other.settle()
    assert again.table.rows[0][PAIR] == ("3.00", "−1.00")
    for nonsense in ({}, {"shift": "x"}, {"shift": [1]}, {"shift": [math.nan, 0]}):
        again.restore(nonsense)
    assert again.state() == {"shift": [3.0, -1.0], "partly": False}


def test_a_demonstration_counts_from_where_it_begins(lab: Lab) -> None:
    view = lab.show("displacement")
    lab.player.load(by_id("shift"))
    lab.player.seek(4.5)  # its beginning was never on the screen
    lab.settle()
    assert view.line.text == "shift  12.00, 0.00 px"


def test_noise_is_told_and_ablations_are_ablated_in_the_reference_too(lab: Lab) -> None:
    view = lab.show("displacement")
    noisy = replace(SCENE, noise=Noise(sigma=0.2))
    lab.go(noisy)
    lab.go(shifted(noisy, 4, 0))
    assert "noise" in view.line.note and float(view.table.rows[0][6]) > 0.1
    lab.go(SCENE)
    lab.document.toggle_ablation("C1", 3)
    lab.go(shifted(SCENE, 4, 0))
    assert [row[6] for row in view.table.rows] == ["0"] * 6


def test_an_empty_canvas_says_why_and_what_comes_then_is_another_drawing(lab: Lab) -> None:
    view = lab.show("displacement")
    lab.go(Scene())
    assert view.message.startswith("The canvas is empty") and not view.table.isVisible()
    lab.go(shifted(SCENE, 5, 0))
    assert view.table.rows[0][PAIR] == ("0.00", "0.00") and view.message == ""
    lab.go(shifted(SCENE, 0, 60))  # all of it below the canvas
    assert all(row[3:5] == ("–", "–") for row in view.table.rows)


def test_each_column_tells_its_formula_and_c5_why_it_has_no_y(lab: Lab) -> None:
    view = lab.show("displacement", (900, 300))
    table = view.table
    left, pitch = [place.left + 5 for place in table.places()], table.pitch
    assert len(left) == len(table.columns) == 9
    assert "stride is 1 in C1; 2 in S2, C3; 4 in S4" in table.tooltip(QPointF(left[1], 5))
    tips = [table.tooltip(QPointF(left[3], (line + 0.5) * pitch)) for line in (0, 5, 6)]
    assert ["9×1 positions" in tip for tip in tips] == [False, False, True]  # C5 is the fifth


@pytest.mark.parametrize("id_", ["displacement", "difference", "residual"])
def test_a_demonstration_is_measured_from_its_own_beginning_whatever_moved_before_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, id_: str
) -> None:
    monkeypatch.setattr(residual_curves, "STEPS", (2.0,))
    lab.player.load(by_id("35-53"))
    lab.player.seek(2.0)  # only one of its digits has moved
    view = lab.show(id_)
    assert view.live.state() == {"shift": [0.0, 0.0], "partly": True}
    lab.player.load(by_id("shift"))
    lab.player.seek(0.3)  # the 3 still stands
    lab.settle()
    assert view.live.state() == {"shift": [0.0, 0.0], "partly": False}
    if id_ == "residual":
        assert not view.plot.dimmed and view.plot.series
        return
    assert "Only part" not in view.line.note
    lab.player.seek(4.0)
    lab.settle()
    assert view.live.shift == (12.0, 0.0)
