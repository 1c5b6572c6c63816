"""What binding needs: a linear network only adds up, whatever it learned."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from lab import NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from viz.chapters.binding.measure.ingredients import LINEAR, NETWORKS, REACH, Ingredients, measure
from viz.chapters.registry import by_id
from viz.engine.compute import Nets
from viz.measure.cutting import cut_about
from viz.measure.stroke_selection import StrokeSelection, put
from viz.nets import networks
from viz.nets.networks import MAIN
from viz.scene import Scene, rasterize_scene
from viz.scene.digits import number

LEFT = Qt.MouseButton.LeftButton
BAR = StrokeSelection(2, 0)
MIDDLE = (18.0, 16.0)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return by_id("31-61").scene_at(0.0)


@pytest.fixture(scope="module")
def found(scene: Scene, nets: Nets) -> Ingredients:
    loaded = {name: nets(name) for name in (*NETWORKS, MAIN)}
    *_, result = measure(loaded, scene, BAR, MIDDLE)
    assert result is not None
    return result


def test_a_linear_network_has_no_interaction_where_inks_do_not_overlap(found: Ingredients) -> None:
    """To the rounding of 32-bit floats, for logits of some units."""
    assert (found.overlap == 0).any() and (found.overlap > 0).any()
    scale = np.abs(found.logits[LINEAR]).max()
    assert found.most_apart(LINEAR) < 1e-5 * max(1.0, scale)
    overlapping = found.terms[LINEAR][found.overlap > 0]
    assert np.abs(overlapping).max() > 0.05  # one ink hides the other: that is not linear
    for name in (*NETWORKS[1:], MAIN):
        assert found.most_apart(name) > 0.3
        assert found.shares[name].max() > 0.1


def test_it_is_linear_by_its_weights(nets: Nets) -> None:
    architecture = networks.architecture(LINEAR)
    kinds = [(layer.operation, layer.pooling, layer.activation) for layer in architecture.layers]
    assert {kind[2] for kind in kinds[:-1]} == {"identity"}
    assert {kind[1] for kind in kinds} == {"", "average"}
    net, rng = nets(LINEAR), np.random.default_rng(1)
    a, b = torch.from_numpy(rng.random((2, 1, 1, 32, 32)).astype(np.float32))
    with torch.inference_mode():
        both, one, other, none = (net(x)["output pre"] for x in (a + b, a, b, 0 * a))
    torch.testing.assert_close(both - one - other + none, torch.zeros_like(both), atol=2e-4, rtol=0)


def test_terms_are_those_of_four_pictures_and_shifts_move_the_stroke(
    found: Ingredients, scene: Scene, nets: Nets
) -> None:
    at = found.present + 5
    assert found.shifts[at] == 5 and len(found.shifts) == 2 * REACH + 1
    moved = put(scene, BAR, 5, 0)
    a = Scene(32, 64, items=(moved.items[2],))
    b = Scene(32, 64, items=moved.items[:2])
    net = nets("digits-1000")
    images = [cut_about(rasterize_scene(one), MIDDLE, 32) for one in (moved, a, b, Scene(32, 64))]
    with torch.inference_mode():
        logits = net(torch.from_numpy(np.stack(images))[:, None])["output pre"][:, :, 0, 0].numpy()
    np.testing.assert_allclose(
        found.terms["digits-1000"][at], logits[0] - logits[1] - logits[2] + logits[3], atol=1e-3
    )
    assert found.answers("digits-1000")[at] == logits[0].argmax()


def test_the_more_digits_the_fewer_errors() -> None:
    errors = [networks.trained(name).metadata["figures"]["test"] for name in NETWORKS]
    linear, hundred, thousand, all_ = errors
    assert hundred > thousand > all_ and linear > all_
    counts = [networks.trained(name).metadata["recipe"]["data"]["count"] for name in NETWORKS]
    assert counts == [None, 100, 1000, None]


def test_a_click_moves_the_stroke_and_the_table_follows(new_lab: NewLab) -> None:
    lab = new_lab(number("5"))
    view = lab.show("binding-data", (800, 260))
    assert len(view.table.rows) == 5
    before = view.plot.mark
    port = view.plot.view.viewport()
    at = view.plot.to_widget(before + 6, 0.5).toPoint()
    QTest.mouseClick(port, LEFT, pos=port.mapFrom(view.plot, at))
    lab.settle()
    assert view.plot.mark == pytest.approx(before + 6, abs=1)
    assert "linear" in view.formula() and view.table.rows[0][0] == "linear"
    lab.document.set_network("blur")
    lab.settle()
    assert view.table.rows[-1][0] == "present: blur"
