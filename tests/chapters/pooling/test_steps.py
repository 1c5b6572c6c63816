"""Steps: the measured changes as bars, the latest step's bright and in figures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from lab import NewLab

from viz.chapters.pooling.measure.steps import STEPS, steps
from viz.chapters.registry import demonstrations
from viz.engine.compute import Nets
from viz.scene import Scene
from viz.scene.digits import number
from viz.views import theme as themes

BAR = {
    "C1": np.full(STEPS, 0.82),
    "S2": np.tile([0.62, 0.71], 4),
    "C3": np.arange(STEPS) / 10,
    "S4": np.full(STEPS, math.inf),
}


@pytest.fixture
def view(new_lab: NewLab) -> Any:
    return new_lab(number("31")).show("pooling-steps", (720, 190), "light")


def test_bars_are_the_measured_steps(new_lab: NewLab, nets: Nets) -> None:
    """Of the chapter's first demonstration, as the caption says what they come to."""
    bar = next(demo for demo in demonstrations() if demo.id == "bar-steps")
    lab = new_lab(bar.scene_at(0.0))
    view = lab.show("pooling-steps", (720, 190))
    *_, wanted = steps(nets("max"), lab.document.scene)
    assert wanted is not None
    for group, (layer, changes) in zip(view.bars.groups, wanted.items(), strict=True):
        assert group.values == changes.tolist()
        assert (group.name, group.note[:4]) == (layer, f"{changes[-1]:.2f}")
    assert [group.note[4:] for group in view.bars.groups] == [
        ", all alike", ", repeat after 2", ", repeat after 2", ", repeat after 4",
    ]  # fmt: skip
    lab.go(Scene(32, 64))
    assert "empty" in view.message and view.result is None


def test_the_latest_bar_is_bright_and_what_has_no_bound_ends_with_the_axis(view: Any) -> None:
    view.show_result(BAR)
    image, theme = view.grab().toImage(), themes.theme("light")
    for place in range(2):
        for step in range(STEPS):
            middle = (view.bars.bar(place, step).center() + view.bars.pos().toPointF()).toPoint()
            assert (image.pixelColor(middle) == theme.accent) == (step == STEPS - 1)
    assert view.bars.bar(3, 0).top() == pytest.approx(view.bars.area().top(), abs=1)
    assert view.bars.groups[3].note == "∞, all alike"


def test_the_tip_tells_every_step(view: Any) -> None:
    view.show_result(BAR)
    told = view.bars.tooltip(view.bars.bar(1, 3).center())
    assert "‖f(Tₖ x) − f(Tₖ₋₁ x)‖ / ‖f(Tₖ₋₁ x) − f(∅)‖\nf: the maps of S2" in told
    assert told.endswith("0.62  0.71  0.62  0.71  0.62  0.71  0.62  0.71")
