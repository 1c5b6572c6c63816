"""The histogram: shares of a layer's units, as the snapshot has them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.live.histogram import BINS
from viz.nets.networks import trained
from viz.scene import Scene
from viz.scene.digits import number


@pytest.mark.parametrize(("network", "layer", "low"), [("max", "C3", 0.0), ("notes", "C3", -1.0)])
def test_the_bars_are_the_shares_of_the_units(
    new_lab: NewLab, network: str, layer: str, low: float
) -> None:
    lab = new_lab(number("31"))
    lab.document.set_network(network)
    view = lab.show("histogram")
    view.restore({"layer": layer})
    lab.settle()
    assert lab.document.snapshot is not None
    values, peak = lab.document.snapshot.maps[layer], trained(network).scales[layer]
    (group,) = view.bars.groups
    active = values[values != 0]
    edges = np.linspace(low * peak, peak, BINS + 1)
    inner = [np.mean((active >= low) & (active < high)) for low, high in pairwise(edges[1:-1])]
    assert group.values[1:-1] == pytest.approx(inner, abs=2e-4)
    assert sum(group.values) == pytest.approx(1)
    assert group.note.startswith(f"{100 * np.mean(values == 0):.1f} %")


def test_a_key_chooses_the_layer_and_an_empty_canvas_says_so(new_lab: NewLab) -> None:
    lab = new_lab(number("7", width=32))
    view = lab.show("histogram")
    QTest.keyClick(view.layer, Qt.Key.Key_Right)
    lab.settle()
    assert view.state() == {"layer": "S2"} and view.bars.groups[0].name.startswith("S2: ")
    lab.go(Scene(32, 32))
    assert view.message.startswith("The canvas is empty")
