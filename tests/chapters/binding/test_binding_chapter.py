"""Chapter 4: its instruments speak of one part and of whatever network answers, and tidy up."""

from __future__ import annotations

import numpy as np
import pytest
from lab import NewLab
from random_nets import open_random, three_convolutions, unshared

from viz.chapters.binding.measure.binding import rows_of
from viz.chapters.binding.measure.binding_map import REACH
from viz.measure.stroke_selection import StrokeSelection
from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5, notes
from viz.scene.digits import number


def test_the_instruments_agree_and_tidy_up(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    lab.document.select([0], (0, 1))
    lab.open_chapter("binding")
    map_, interaction, trajectory, *_ = lab.panel.instruments
    assert map_.result.part == StrokeSelection(0, 1) and map_.result.known.all()  # type: ignore[attr-defined]
    assert lab.canvas.overlay is not None
    lab.turn(1)
    assert lab.canvas.overlay is None
    assert interaction.decomposition.part == StrokeSelection(0, 1)  # type: ignore[attr-defined]
    assert lab.document.marks is not None and lab.document.badges
    lab.turn(2)
    assert lab.document.marks is None and not lab.document.badges
    assert trajectory.line.text == "A: stroke 2 of the 3"  # type: ignore[attr-defined]
    lab.turn(0)
    lab.panel.hide()
    assert lab.canvas.overlay is None and not lab.engine.measuring
    lab.settle()


@pytest.mark.parametrize(
    "architecture", [notes(), lenet5(side=28, none=False), three_convolutions(), unshared()]
)
def test_every_instrument_follows_to_another_network_and_back(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch, architecture: Architecture
) -> None:
    lab, name = new_lab(number("31", height=40)), open_random(monkeypatch, architecture)
    lab.document.select([0], (0, 0))
    lab.open_chapter("binding")
    lab.turn(2)
    lab.document.set_network(name)
    lab.settle()
    map_, interaction, trajectory, *_ = lab.panel.instruments
    lab.wait_until(  # the path is drawn after a pause
        lambda: (
            {len(lane.probabilities) for lane in trajectory.plot.lanes}  # type: ignore[attr-defined]
            == {architecture.classes}
        )
    )
    lab.turn(1)
    assert interaction.decomposition.rows == rows_of(architecture)  # type: ignore[attr-defined]
    assert not lab.panel.grab().isNull()
    lab.turn(0)
    snapshot, result = lab.document.snapshot, map_.result  # type: ignore[attr-defined]
    assert snapshot is not None and result.known.all()
    here = snapshot.maps["output"][:, *result.window]
    assert result.classes[REACH, REACH] == here.argmax()
    assert result.probabilities[REACH, REACH] == pytest.approx(np.exp(here.max()), rel=1e-4)
    assert result.classes.max() < architecture.classes
    lab.document.set_network("max")
    lab.settle()
    assert result is not map_.result and not lab.panel.grab().isNull()  # type: ignore[attr-defined]


def test_units_of_another_network_are_not_marked(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, name = new_lab(number("31")), open_random(monkeypatch, three_convolutions())
    lab.show("interaction")
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
    interaction = lab.show("interaction")
    best = divmod(int(lab.document.snapshot.maps["output"].max(0).argmax()), 9)  # type: ignore[union-attr]
    for window in (best, (0, (best[1] + 4) % 9)):
        lab.document.select_window(window)
        lab.settle()
        assert interaction.decomposition.window == window
        assert lab.document.snapshot.origin == (0, 4 * window[1])  # type: ignore[union-attr]
        assert lab.document.marks is interaction.decomposition.marks
    lab.document.select_window(None)
    lab.settle()  # the maps are of the most confident window, what is measured of the part's own
    own = interaction.decomposition.window
    assert (lab.document.marks is None) == (own != best)
