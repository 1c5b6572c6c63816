"""Sweeps by networks that differ in one ingredient: exact where theory is exact."""

from __future__ import annotations

import numpy as np
import torch
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.assumptions.measure.left_right import ask, softmax
from viz.chapters.assumptions.measure.sources import NETWORKS, SWEEPS, Swept, sweep
from viz.engine.compute import Nets
from viz.measure.cutting import cut_about
from viz.nets import networks
from viz.nets.networks import MAIN
from viz.nets.shipped_digits import shipped_windows
from viz.scene import Scene
from viz.scene.digits import digit

LEFT = Qt.MouseButton.LeftButton
DENSE, UNSHARED, CONVOLUTIONAL, AVERAGED, AUGMENTED = NETWORKS


def swept(nets: Nets, kind: str, value: int = 3) -> Swept:
    loaded = {name: nets(name) for name in NETWORKS}
    scene = Scene(32, 32, items=(digit(value),))
    *_, found = sweep(loaded, scene, (), kind, (16.0, 16.0), value)
    assert found is not None
    return found


def test_the_global_average_hardly_changes_under_shifts_by_its_stride(nets: Nets) -> None:
    """By 4 px, as long as all ink stays in the window; the other heads change far more."""
    windows, _ = shipped_windows(32, 20)
    inside = [one for one in windows if not one[:, :4].any() and not one[:, -4:].any()]
    assert len(inside) > 5 and nets(AVERAGED).architecture.stride == 4
    now = np.stack(inside)
    moved = np.stack([cut_about(image, (12, 16), 32) for image in inside])
    change = {}
    for name in (AVERAGED, CONVOLUTIONAL, DENSE, UNSHARED):
        before, after = ask(nets(name), now), ask(nets(name), moved)
        spread = (before.max(1) - before.min(1)).mean()
        change[name] = float(np.abs(after - before).max(1).mean() / spread)
        if name == AVERAGED:
            np.testing.assert_array_equal(before.argmax(1), after.argmax(1))
    assert change[AVERAGED] < 0.05
    assert all(value > 4 * change[AVERAGED] for name, value in change.items() if name != AVERAGED)


def test_sharing_and_the_head_keep_the_prediction_longer(
    nets: Nets,
) -> None:
    found = swept(nets, "dx")
    shares = {name: found.kept(name)[0] for name in NETWORKS}
    assert shares[AVERAGED] > shares[CONVOLUTIONAL] > 0
    assert shares[AVERAGED] > max(shares[DENSE], shares[UNSHARED])
    assert len(found.values) == 41 and found.present == 0.0


def test_softmax_keeps_the_order_so_it_brings_no_invariance(nets: Nets) -> None:
    found = swept(nets, "angle")
    for name in NETWORKS:
        logits = torch.from_numpy(found.logits[name])
        probabilities = logits.softmax(1)
        np.testing.assert_allclose(softmax(found.logits[name]), probabilities, atol=1e-6)
        assert torch.equal(probabilities.argmax(1), logits.argmax(1))
    middle = found.logits[MAIN][20].argmax()
    kept = int((found.logits[MAIN].argmax(1) == middle).sum())
    assert found.kept(MAIN) == (kept, 41)


def test_the_networks_learned_the_same_centred_digits() -> None:
    for name in NETWORKS[:-1]:
        trained = networks.trained(name).metadata
        assert trained["recipe"]["data"] == {"count": None, "place": "centre", "permutation": None}
        assert trained["figures"]["test"] < 10


def test_a_click_in_the_curve_rotates_the_drawing(new_lab: NewLab) -> None:
    lab = new_lab(Scene(32, 32, items=(digit(7),)))
    view = lab.show("invariance-source", (800, 260))
    rows = {row[0]: row for row in view.table.rows}
    assert len(rows) == len(NETWORKS) and all(row[3].endswith("%") for row in view.table.rows)
    assert rows["augmented"][2] == "7"
    at = view.kind.option_rect("angle").center().toPoint()
    QTest.mouseClick(view.kind, LEFT, pos=at)
    lab.settle()
    low, high = view.plot.ranges[0]
    assert (low, high) == (SWEEPS["angle"][0], SWEEPS["angle"][-1])
    port = view.plot.view.viewport()
    at = view.plot.to_widget(30.0, 0.5).toPoint()
    QTest.mouseClick(port, LEFT, pos=port.mapFrom(view.plot, at))
    lab.settle()
    assert abs(lab.document.scene.transform.angle - 30) < 1
    assert "fully connected" in view.formula()
