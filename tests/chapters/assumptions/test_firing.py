"""How often places fire a shared kernel: counted again with torch, at other numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.assumptions.measure import firing as measure
from viz.chapters.assumptions.measure.firing import ACTIVE, firing
from viz.engine.compute import Nets
from viz.nets import networks
from viz.nets.shipped_digits import shipped_windows
from viz.scene.digits import number

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "BATCH", 20)
    monkeypatch.setattr(measure.firing, "__kwdefaults__", {"count": 60})


def test_shares_are_counts_over_digits(nets: Nets) -> None:
    net, scale = nets("max"), networks.trained("max").scales["C1"]
    *_, found = firing(net, scale, shifted=False, count=60)
    windows, _ = shipped_windows(32, 60)
    with torch.inference_mode():
        maps = net.sums(net.architecture.layers[0], torch.from_numpy(windows[:, None])).relu()
    np.testing.assert_allclose(found.shares, (maps > ACTIVE * scale).float().mean(0), atol=1e-6)
    np.testing.assert_allclose(found.mean, windows.mean(0), atol=1e-5)
    assert found.count == 60


def test_digits_shown_anywhere_use_more_places(nets: Nets) -> None:
    net, scale = nets("max"), networks.trained("max").scales["C1"]
    used = []
    for shifted in (False, True):
        *_, found = firing(net, scale, shifted=shifted, count=60)
        used.append(int((found.shares >= 0.01).sum()))
    assert used[1] > 1.2 * used[0]


def test_buttons_step_through_the_kernels_and_back(new_lab: NewLab) -> None:
    view = new_lab(number("3")).show("kernel-places", (800, 240))
    first = view.map.values.copy()
    QTest.mouseClick(view.next, LEFT)
    assert view.state()["kernel"] == 1 and not np.array_equal(view.map.values, first)
    np.testing.assert_array_equal(view.map.values, view.result[0].shares[1])
    np.testing.assert_array_equal(view.kernel.values, networks.weights("max")["C1.weight"][1, 0])
    QTest.mouseClick(view.previous, LEFT)
    np.testing.assert_array_equal(view.map.values, first)
    QTest.mouseClick(view.previous, LEFT)
    assert view.number == 19
    view.restore({"kernel": -3})
    view.restore({"kernel": True})
    assert view.number == 19
