"""The chapter's instruments speak of whatever network answers, from the moment it does."""

from __future__ import annotations

import numpy as np
import pytest
from lab import NewLab
from random_nets import open_random, three_convolutions, unshared

from viz.chapters.binding.interaction_picture import fitting_rows
from viz.chapters.binding.measure.binding import rows_of
from viz.chapters.binding.measure.binding_map import REACH
from viz.chapters.binding.words import row_name, row_tip
from viz.measure.stroke_selection import StrokeSelection
from viz.nets.architecture import Architecture, Layer
from viz.nets.lenet5 import lenet5, notes
from viz.scene.digits import number

EVERY = pytest.mark.parametrize(
    "architecture", [notes(), lenet5(side=28, none=False), three_convolutions(), unshared()]
)


@EVERY
def test_every_instrument_follows_to_another_network_and_back(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch, architecture: Architecture
) -> None:
    lab, name = new_lab(number("31", height=40)), open_random(monkeypatch, architecture)
    lab.document.select([0], (0, 0))
    lab.open_chapter("binding")
    lab.turn(2)
    lab.document.set_network(name)
    lab.settle()
    map_, interaction, trajectory = lab.panel.instruments
    lab.wait_until(  # the path is drawn after a pause
        lambda: (
            {len(lane.probabilities) for lane in trajectory.plot.lanes}  # type: ignore[attr-defined]
            == {architecture.classes}
        )
    )
    assert not lab.panel.grab().isNull()
    lab.turn(1)
    result = interaction.result  # type: ignore[attr-defined]
    assert result.rows == rows_of(architecture)
    assert not lab.panel.grab().isNull() and row_name(result.rows[-1]) == "output"
    lab.turn(0)
    snapshot, result = lab.document.snapshot, map_.result  # type: ignore[attr-defined]
    assert snapshot is not None and result.finished
    here = snapshot.maps["output"][:, *result.window]
    assert result.classes[REACH, REACH] == here.argmax()
    assert result.probabilities[REACH, REACH] == pytest.approx(np.exp(here.max()), rel=1e-4)
    assert result.classes.max() < architecture.classes
    assert not lab.panel.grab().isNull()
    lab.document.set_network("max")
    lab.settle()
    assert result is not map_.result and not lab.panel.grab().isNull()  # type: ignore[attr-defined]


def test_units_of_another_network_are_not_marked(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, name = new_lab(number("31")), open_random(monkeypatch, three_convolutions())
    lab.document.select([0], (0, 0))
    lab.open_chapter("binding")
    lab.turn(1)
    assert set(lab.document.marks.units) == {"C1", "S2", "C3", "S4", "C5"}  # type: ignore[union-attr]
    assert lab.document.badges
    lab.document.set_network(name)
    lab.engine.answer()
    assert lab.document.marks is None and not lab.document.badges
    lab.settle()
    assert set(lab.document.marks.units) == {"K1", "K2", "K3", "D4"}  # type: ignore[union-attr]


def test_units_are_marked_in_the_window_that_the_maps_are_of(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, name = new_lab(number("31")), open_random(monkeypatch, unshared())
    lab.document.select([0], (0, 0))
    lab.document.set_network(name)
    lab.open_chapter("binding")
    lab.turn(1)
    (interaction,) = lab.panel.instruments[1:2]
    snapshot = lab.document.snapshot
    assert snapshot is not None
    surest = divmod(int(snapshot.maps["output"].max(0).argmax()), 9)
    other = (0, (surest[1] + 4) % 9)
    for window in (surest, other):
        lab.document.select_window(window)
        lab.settle()
        assert interaction.result.window == window  # type: ignore[attr-defined]
        assert lab.document.snapshot.origin == (0, 4 * window[1])  # type: ignore[union-attr]
        assert lab.document.marks is interaction.result.marks  # type: ignore[attr-defined]
    lab.document.select_window(None)
    lab.settle()  # the maps are of the surest window, what is measured of the part's own
    own = interaction.result.window  # type: ignore[attr-defined]
    assert (lab.document.marks is None) == (own != surest)
    assert interaction.result.part == StrokeSelection(0, 0)  # type: ignore[attr-defined]


def test_averages_add_up_and_say_so(new_lab: NewLab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab, name = new_lab(number("31")), open_random(monkeypatch, notes())
    lab.document.set_network(name)
    lab.open_chapter("binding", (520, 290))
    lab.turn(1)
    result = lab.panel.instruments[1].result  # type: ignore[attr-defined]
    tips = {row.name: row_tip(row, result) for row in result.rows}
    assert "An average adds up" in tips["S2"] and "A fully connected layer" in tips["F6 pre"]
    assert "I(C1 conv) = conv(I(input))" in tips["C1 pre"] and "Not linear" in tips["C1"]
    names = [row_name(row) for row in result.rows]
    assert names[1:4] == ["C1 conv", "C1 tanh", "S2 pool"] and "F6 dense" in names


def test_of_very_many_rows_those_are_left_out_that_tell_least() -> None:
    convolutions = tuple(Layer(f"L{n}", "conv", 1, 1, activation="relu") for n in range(30))
    output = Layer("output", "dense", 11, activation="log-softmax")
    rows = rows_of(Architecture((*convolutions, output), side=4))
    assert fitting_rows(rows, len(rows)) == rows
    without_sums = fitting_rows(rows, 32)
    assert [row.name for row in without_sums] == [
        "input", *(f"L{n}" for n in range(30)), "output pre",
    ]  # fmt: skip
    few = fitting_rows(rows, 10)
    assert len(few) == 10 and few[0].name == "input" and few[-1].name == "output pre"
