"""Cost and reading of whatever network answers, with what is true of it."""

from __future__ import annotations

import numpy as np
import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QPointF
from random_nets import open_random, three_convolutions, unshared

from viz.chapters.sliding_window.cost import SlidingCost, about_padding, about_ratio, counts
from viz.chapters.sliding_window.measure import TOLERANCE
from viz.chapters.sliding_window.reading import SlidingReading
from viz.chapters.sliding_window.tips import about_rivals, about_run, about_runs, verdicts
from viz.nets.architecture import Architecture, Layer
from viz.nets.lenet5 import lenet5, notes
from viz.scene.digits import number


def cost_of(lab: Lab, name: str) -> SlidingCost:
    lab.document.set_network(name)
    view = lab.put(SlidingCost(lab.document, lab.engine), (700, 400))  # type: ignore[arg-type]
    assert isinstance(view, SlidingCost) and view.cost is not None
    return view


@pytest.mark.parametrize("architecture", [notes(), lenet5(side=28, none=False), unshared()])
def test_without_padding_both_ways_agree(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch, architecture: Architecture
) -> None:
    lab = new_lab(number("31", height=36))
    view = cost_of(lab, open_random(monkeypatch, architecture))
    cost = view.cost
    assert cost is not None and cost.done == cost.windows == np.prod(architecture.windows(36, 64))
    assert cost.difference <= TOLERANCE and cost.architecture == architecture
    view.grab()
    difference = next(tip for _, tip in view._regions if tip.startswith("The largest"))
    assert f"and {architecture.classes} classes: sums" in difference
    one, many = counts(cost)
    assert (one == many) == (not architecture.is_convolutional)


def test_with_padding_they_differ_and_it_is_told_why(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = new_lab(number("31"))
    view = cost_of(lab, open_random(monkeypatch, three_convolutions()))
    assert view.cost is not None and view.cost.difference > TOLERANCE
    view.grab()
    difference = next(tip for _, tip in view._regions if tip.startswith("The largest"))
    assert about_padding() in difference
    view.resize(400, 160)
    assert not view.grab().isNull()


def test_the_ratio_is_explained_by_the_network_s_own_numbers() -> None:
    assert about_ratio(lenet5()) == (
        "Windows stand 4 px apart, so neighbours share 28 of their 32 columns. One pass computes "
        "what they share once; crops compute it anew for each."
    )
    assert "2 px apart, so neighbours share 30 of their 32" in about_ratio(three_convolutions())
    assert "share 24 of their 28 columns" in about_ratio(lenet5(side=28))
    assert "no convolution all through" in about_ratio(unshared())
    far = Architecture((Layer("output", "conv", 11, 8, 8, activation="log-softmax"),), side=8)
    assert about_ratio(far).startswith("Windows stand 8 px apart and are 8 px wide: they share")


def test_a_network_without_none_is_read_without_speaking_of_it(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = new_lab(number("31"))
    lab.document.set_network(open_random(monkeypatch, notes()))
    view = lab.put(SlidingReading(lab.document, lab.engine))  # type: ignore[arg-type]
    assert isinstance(view, SlidingReading) and not view.grab().isNull()
    assert view.line is not None and not view._none
    told = [rule for name, rules in view._headings(view.line, view._layout(9)) for rule in rules]
    told += [view.tooltip(QPointF(x, y)) for x in range(0, 640, 40) for y in range(0, 300, 20)]
    told += [about_runs(none=False), *verdicts(None, none=False)]
    for run in view.line.runs:
        told += [about_run(run, False), about_rivals(run, False), *verdicts(run, none=False)]
    assert told and not [text for text in told if "none" in text.lower()]
    lab.document.set_network("max")
    lab.settle()
    assert "none" in about_runs(none=True) and view._none
