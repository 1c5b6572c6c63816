"""What was learned on the left, on the right: known where all is shared, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.assumptions.measure.left_right import NETWORKS, along, ask, kernels_of
from viz.engine.compute import Nets
from viz.measure.cutting import cut_about
from viz.nets import networks
from viz.nets.experiments import EXPERIMENTS, JITTER, PLACES
from viz.scene import Scene, rasterize_scene
from viz.scene.digits import digit, number

LEFT = Qt.MouseButton.LeftButton
SHARED, UNSHARED, HEAD = NETWORKS


def figures(name: str) -> dict[str, float]:
    return dict(networks.trained(name).metadata["figures"])


def test_digits_stand_in_their_half_up_to_4_px_beside_its_middle() -> None:
    images = np.zeros((200, 28, 28), np.uint8)
    images[:, 4:24, 4:24] = np.arange(1, 201)[:, None, None]
    left, right = PLACES["left"](images), PLACES["right"](images)
    np.testing.assert_array_equal(np.roll(left, 32, 2), right)
    np.testing.assert_array_equal(left.sum((1, 2)), images.sum((1, 2)))
    assert not left[:, :, 32:].any() and not left[:, :22].any() and not left[:, 42:].any()
    firsts = left.any(1).argmax(1)
    assert set(firsts.tolist()) == set(range(6 - JITTER, 6 + JITTER + 1))


def test_only_what_is_shared_is_known_on_the_right() -> None:
    """The figures of the weights that ship, as they were measured after training."""
    shared, unshared, head = map(figures, NETWORKS)
    assert max(shared["left"], unshared["left"], head["left"]) < 15
    assert abs(shared["right"] - shared["left"]) < 0.5
    assert min(unshared["right"], head["right"]) > 70  # chance: 90
    assert EXPERIMENTS[SHARED].architecture.parameters == 6_034


def test_the_shared_network_says_the_same_16_units_further_on(nets: Nets) -> None:
    loaded = {name: nets(name) for name in NETWORKS}
    scene = Scene(32, 64, items=(digit(3, centre=(16, 16)),))
    *_, found = along(loaded, scene, (), 3)
    assert found is not None and found.present is not None
    left, right = found.nearest(16), found.nearest(48)
    assert found.places[right] - found.places[left] == 32
    same = found.logits[SHARED]
    np.testing.assert_allclose(same[left], same[right], atol=1e-5)
    assert found.answer(SHARED, right) == 3
    assert not np.allclose(found.logits[UNSHARED][left], found.logits[UNSHARED][right], atol=0.5)
    field = cut_about(rasterize_scene(scene), (32, 16), 64)
    np.testing.assert_allclose(
        found.logits[HEAD][found.present], ask(loaded[HEAD], field[None])[0], atol=1e-5
    )


def test_kernels_on_the_right_are_still_those_of_the_start(nets: Nets) -> None:
    kernels = kernels_of(nets(UNSHARED))
    assert kernels.shape == (90, 90)
    weight = networks.weights(UNSHARED)["C1.weight"]
    np.testing.assert_array_equal(kernels[25:30, 10:15], weight[0, 0, :, :, 5, 2])
    # Drawn between ±1/√25; those that saw digits, up to place 10, have left that range
    assert np.abs(kernels[:, 55:]).max() <= 0.2 + 1e-3 < np.abs(kernels[:, :50]).max()


def test_a_drag_moves_the_digit_and_the_table_tells_both_errors(new_lab: NewLab) -> None:
    lab = new_lab(Scene(32, 64, items=(digit(3, centre=(16, 16)),)))
    view = lab.show("left-right", (700, 240))
    assert view.plot.mark == pytest.approx(16) and view.result.target == 3
    port = view.plot.view.viewport()
    at = view.plot.to_widget(48.0, 0.5).toPoint()
    QTest.mouseClick(port, LEFT, pos=port.mapFrom(view.plot, at))
    lab.settle()
    assert view.plot.mark == pytest.approx(48, abs=1)
    shared = figures(SHARED)
    assert view.table.rows[0][2:] == (f"{shared['left']:.1f} %", f"{shared['right']:.1f} %", "3")
    assert "32" not in view.formula() and "all shared" in view.formula()


def test_of_two_digits_one_is_looked_at(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    view = lab.show("left-right")
    first = view.result.logits[SHARED]
    lab.document.select([1])
    lab.settle()
    assert view.result.target == 1 and not np.allclose(view.result.logits[SHARED][0], first[0])
