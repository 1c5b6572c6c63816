"""Descent on the screen: paths from a click, numbers of the next step, and the real loss."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.learning.measure.loss_slice import (
    DIGITS,
    GRIDS,
    Known,
    directions,
    measure_slice,
)
from viz.chapters.learning.measure.paths import STEPS
from viz.engine.compute import Nets
from viz.nets.shipped_digits import shipped_windows
from viz.scene.digits import number

LEFT = Qt.MouseButton.LeftButton
SIZE = (900, 320)


def test_all_methods_start_where_the_user_clicks(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("descent", SIZE)
    view.restore({"surface": "bowl", "rate": 0.1, "step": 0})
    lab.settle()
    viewport = view.map.view.viewport()
    at = viewport.mapFrom(view.map, view.map.to_widget(-1.0, 0.5).toPoint())
    QTest.mouseClick(viewport, LEFT, pos=at)
    lab.settle()
    np.testing.assert_allclose(view.start, [-1.0, 0.5], atol=0.04)
    assert view.playback.step == STEPS, "the paths are seen"
    assert len(view.result.paths) == 4
    for path in view.result.paths.values():
        assert path.places[0].tolist() == list(view.start)
    assert len(view.map.traces) == 1 + 4 and len(view.losses.series) == 4


def test_the_next_step_is_written_in_numbers(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("descent", SIZE)
    view.restore({"surface": "bowl", "rate": 0.1, "step": 0, "start": [1.0, 0.0]})
    lab.settle()
    view.restore({"step": 1})
    assert "x = 0.900 − 0.1·0.900 = 0.810" in view.formula()  # of all four the plain one
    for method, text in (
        # v₁ = g₁ = 1; v₂ = 0.9 · 1 + 0.9
        ("momentum", "v = 0.9·1.000 + 0.900 = 1.800, x = 0.900 − 0.1·1.800 = 0.720"),
        ("adam", "corrected 0.947"),  # (0.9 · 0.1 + 0.1 · 0.9) / (1 − 0.9²)
    ):
        at = view.method.option_rect(method).center().toPoint()
        QTest.mouseClick(view.method, LEFT, pos=at)
        assert text in view.formula() and len(view.losses.series) == 1


def test_a_rate_that_is_too_large_is_told(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("descent", SIZE)
    view.restore({"surface": "ravine", "rate": 0.3, "method": "descent", "step": STEPS})
    lab.settle()
    (fact,) = view.facts.facts
    assert "lost" in fact.words and fact.value == "—  large"


def test_batches_are_drawn_anew_on_demand(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("descent", SIZE)
    view.restore({"surface": "bowl", "batch": 1})
    lab.settle()
    first = view.result.paths["descent"].places
    QTest.mouseClick(view.other, LEFT)
    lab.settle()
    assert not np.array_equal(view.result.paths["descent"].places, first)


def test_directions_are_as_long_as_the_weights_filter_by_filter(nets: Nets) -> None:
    net = nets("notes")
    first, second = directions(net, 1)
    weights = dict(net.named_parameters())
    assert set(first) == set(second) == {name for name, one in weights.items() if one.dim() > 1}
    for name, direction in first.items():
        ours, own = direction.flatten(1), weights[name].detach().flatten(1)
        torch.testing.assert_close(ours.norm(dim=1), own.norm(dim=1))
        assert not torch.equal(direction, second[name])


def test_the_slice_is_the_loss_of_the_weights_that_are_moved(nets: Nets) -> None:
    net = nets("notes")
    before = copy.deepcopy(net.state_dict())
    known: Known = {}
    work = measure_slice(net, 1, known=known)
    for found in work:
        if found is not None:
            break
    assert found is not None and not found.is_final and len(known) == GRIDS[0] ** 2
    assert all(torch.equal(one, before[name]) for name, one in net.state_dict().items())
    images, labels = shipped_windows(32, DIGITS)
    x, wanted = torch.from_numpy(images[:, None]), torch.from_numpy(labels)
    first, second = directions(net, 1)
    for a, b in ((0.0, 0.0), (0.5, -1.0)):
        moved = copy.deepcopy(net)
        with torch.no_grad():
            for name, value in moved.named_parameters():
                if name in first:
                    value.add_(a * first[name] + b * second[name])
            logs = moved(x)["output"][:, :, 0, 0]
        loss = torch.nn.functional.nll_loss(logs, wanted)
        here = found.surface.values(np.array([[a, b]]))[0]
        assert here == pytest.approx(loss.item(), rel=1e-4, abs=1e-5)
    again = measure_slice(net, 1, known=known)
    assert next(again) is not None, "what is known is not measured again"


def test_the_real_loss_is_gone_down_on(new_lab: NewLab, monkeypatch) -> None:
    monkeypatch.setattr("viz.chapters.learning.measure.loss_slice.GRIDS", (3, 5))
    lab = new_lab(number("31"))
    lab.document.set_network("notes")
    view = lab.show("descent", SIZE)
    view.restore({"surface": "network", "start": [1.6, 1.2], "rate": 0.03, "step": STEPS})
    lab.settle()
    assert view.result.is_final and view.result.surface.count == DIGITS
    losses = view.result.paths["adam"].losses
    assert losses[-1] < 0.2 * losses[0]
    np.testing.assert_allclose(view.result.paths["adam"].places[0], [0.8, 0.6])
    assert "real loss" in view.map.heading.text
    view.restore({"start": [2.0, 2.0], "rate": 0.3, "batch": 0})
    lab.settle()
    words = {fact.words.partition(":")[0]: fact for fact in view.facts.facts}
    for one, path in zip(words.values(), view.result.paths.values(), strict=True):
        beyond = np.abs(path.places[path.steps]).max() > view.result.surface.reach
        assert ("beyond" in one.words) == beyond and any(map(str.isdigit, one.value)) != beyond


@pytest.mark.parametrize("kept", [{"start": [3.0, 0.0]}, {"start": "ab"}, {"start": [True, 0]}])
def test_what_is_no_start_is_not_taken(new_lab: NewLab, kept: dict) -> None:
    view = new_lab(number("31")).show("descent")
    before = view.state()
    view.restore(kept)
    assert view.state() == before
