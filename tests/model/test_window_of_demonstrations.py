"""A picture of a moment, a film's frame and playing show the same window of a demonstration."""

from __future__ import annotations

import numpy as np
import pytest
from lab import NewLab

from viz.chapters.registry import by_id
from viz.scene.digits import number
from viz.scene.shifts import shifted


@pytest.mark.parametrize("id_", ["bar-steps", "35-53", "5-5", "scale", "31-61"])
def test_what_was_shown_before_does_not_count(new_lab: NewLab, id_: str) -> None:
    demonstration = by_id(id_)
    times = np.linspace(0.3, demonstration.duration - 0.2, 7).tolist()
    played = []
    lab = new_lab(number("7"))
    lab.ask_again()
    document = lab.document
    assert document.shown_window() is not None and not document.is_staged
    lab.player.load(demonstration)
    for time in times:
        for before in (0.3, 0.2, 0.1, 0.0):
            lab.player.seek(time - before)
            lab.settle()
            window = document.shown_window()
        played.append(window)
        assert document.is_staged
    for time, window in zip(times[::-1], played[::-1], strict=True):
        still = new_lab(number("7"))
        still.player.load(demonstration)
        still.player.seek(time)
        still.settle()
        lab.player.seek(time)
        lab.settle()
        assert document.shown_window() == still.document.shown_window() == window
    document.apply(shifted(document.scene, 0.25, 0), "taken over")
    lab.settle()
    document.shown_window()
    assert not document.is_staged
