"""A network that sees one window at a time: its scores and its maps are of the same window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lab import NewLab
from random_nets import open_random, unshared

from viz.scene import Transform
from viz.scene.digits import number


def test_scores_and_maps_are_of_one_window(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = number("31", height=40, width=80)
    lab = new_lab(scene)
    lab.document.set_network(open_random(monkeypatch, unshared()))
    seen = set()
    for dx in np.linspace(-12, 12, 25):
        lab.document.apply(replace(scene, transform=Transform(dx=float(dx))), "move")
        lab.settle()
        snapshot = lab.document.snapshot
        assert snapshot is not None
        assert lab.document.shown_window() == snapshot.window
        seen.add(snapshot.window)
    assert len(seen) > 1  # it follows what is most confident
    lab.document.select_window((1, 7))
    lab.settle()
    assert lab.document.snapshot is not None
    assert lab.document.shown_window() == lab.document.snapshot.window == (1, 7)
    assert lab.document.snapshot.origin == (4, 28)
