"""The decomposition: by hand on numbers, zero where it must be, bounded, and at random weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from random_nets import random_network, three_convolutions, unshared

from viz.chapters.binding.measure.binding import (
    conjunctions,
    decompose,
    interaction,
    rows_of,
    share,
)
from viz.measure.stroke_selection import StrokeSelection, image_of, image_without
from viz.nets.architecture import Architecture, Layer
from viz.nets.lenet5 import lenet5, notes
from viz.nets.network import Network
from viz.scene import Group, Scene, Stroke, rasterize_scene
from viz.scene.digits import number

SCALES = dict.fromkeys(lenet5().scaled, 1.0)
FLOATS = st.floats(-100, 100, width=32)


def apart() -> Scene:
    """Two strokes whose inks do not meet, but C1 sees both at once."""
    return Scene(32, 64, (Group.of([Stroke([(20, 8), (34, 9)]), Stroke([(22, 13), (33, 15)])]),))


def test_by_hand() -> None:
    """Units: and, or, sum, only A, and one that B hides."""
    neither = np.array([0, 0, 1, 0, 0], np.float32)
    a = np.array([0, 2, 3, 5, 4], np.float32)
    b = np.array([0, 2, 4, 0, 0], np.float32)
    both = np.array([3, 2, 6, 5, 0], np.float32)
    assert interaction(both, a, b, neither).tolist() == [3, -2, 0, 0, -4]
    parts = np.stack((both, a, b, neither))
    assert [share(*parts[:, i : i + 1]) for i in range(5)] == pytest.approx([1, 1 / 3, 0, 0, 1])
    # Σ|I| = 9; f(AB) − f(∅) 3+2+5+5+0, f(A) − f(∅) 0+2+2+5+4, f(B) − f(∅) 0+2+3+0+0
    assert share(*parts) == pytest.approx(9 / (15 + 13 + 5))
    assert share(*np.zeros((4, 3), np.float32)) == 0


@given(arrays(np.float32, (4, 3, 2, 2), elements=FLOATS))
def test_the_share_is_bounded(values: np.ndarray) -> None:
    assert 0 <= share(*values) <= 1 + 1e-6


def test_conjunctions_are_silent_for_either_alone() -> None:
    neither = np.full((1, 1, 6), 0.5, np.float32)
    both = neither + np.array([0.3, 0.3, 0.3, 0.04, 0.3, -0.3], np.float32)
    a = neither + np.array([0, 0.2, 0, 0, 0.009, 0], np.float32)
    b = neither + np.array([0, 0, -0.2, 0, -0.009, 0], np.float32)
    assert conjunctions(both, a, b, neither, 1.0).tolist() == [[0, 0, 0], [0, 0, 4]]
    assert conjunctions(both, a, b, neither, 10.0).tolist() == []  # 5 % of 10 is 0.5


@pytest.mark.parametrize("pooling", ["max", "average", "blur"])
def test_the_first_sums_add_up_where_inks_do_not_meet(pooling: str) -> None:
    scene, part = apart(), StrokeSelection(0, 0)
    assert not (image_of(scene, part) * image_without(scene, part)).any()
    result = decompose(random_network(lenet5(pooling)), scene, part, (0, 3), SCALES)
    assert result.shares["input"] == 0
    assert result.shares["C1 pre"] <= 1e-6
    assert result.shares["C3 pre"] > 1e-3  # what ReLU and pooling made is spread by C3


def test_a_linear_network_does_not_bind() -> None:
    """With biases so high that ReLU never cuts, and averages for pooling, all layers add up."""
    torch.manual_seed(4)
    net = Network(lenet5("average"))
    with torch.no_grad():
        for layer in (net.C1, net.C3, net.C5):
            layer.bias += 50
    result = decompose(net, apart(), StrokeSelection(0, 0), (0, 3), SCALES)
    assert max(result.shares.values()) < 1e-3
    assert not any(len(units) for units in result.marks.units.values())


def test_overlapping_ink_is_an_interaction_of_the_input() -> None:
    scene = number("3")
    result = decompose(Network(lenet5()), scene, StrokeSelection(0, 0), (0, 4), SCALES)
    a, b = image_of(scene, StrokeSelection(0, 0)), image_without(scene, StrokeSelection(0, 0))
    overlap = np.minimum(a, b).sum(dtype=np.float64)  # a + b − max(a, b)
    total = np.maximum(a, b).sum(dtype=np.float64) + a.sum() + b.sum()
    assert result.shares["input"] == pytest.approx(overlap / total, rel=1e-5)
    assert result.shares["input"] > 0


def test_what_interaction_the_first_sums_have_is_the_input_s() -> None:
    net, scene, part = random_network(lenet5()), number("3"), StrokeSelection(0, 0)
    images = decompose(net, scene, part, (0, 4), SCALES).images
    with torch.inference_mode():
        sums = net(torch.from_numpy(images)[:, None])["C1 pre"].numpy()
        own = torch.from_numpy(interaction(*images))[None, None]
        through = torch.nn.functional.conv2d(own, net.C1.weight)[0].numpy()
    assert np.abs(through).max() > 0.001
    assert interaction(*sums) == pytest.approx(through, abs=1e-6 * float(np.abs(sums).max()))


def test_rows_are_the_layers_and_their_sums() -> None:
    rows = rows_of(lenet5())
    assert [row.name for row in rows] == [
        "input", "C1 pre", "C1", "S2", "C3 pre", "C3", "S4", "C5 pre", "C5", "output pre",
    ]  # fmt: skip
    assert [row.name for row in rows if row.linear] == ["C1 pre", "C3 pre", "C5 pre", "output pre"]
    assert [row.name for row in rows if row.marked] == ["C1", "S2", "C3", "S4", "C5"]
    of_notes = {row.name: row for row in rows_of(notes())}
    assert of_notes["S2"].linear and of_notes["F6 pre"].linear and not of_notes["F6"].linear
    plain = Architecture(
        (Layer("A1", "conv", 2, 3), Layer("B2", "prototypes", 3, 2),
         Layer("output", "dense", 11, activation="log-softmax")),
        side=8,
    )  # fmt: skip
    assert [(row.name, row.linear) for row in rows_of(plain)] == [
        ("input", False), ("A1", True), ("B2", False), ("output pre", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "architecture",
    [lenet5(), lenet5("blur"), notes(), lenet5(side=28), three_convolutions(), unshared()],
)
@pytest.mark.parametrize("window", [(0, 0), (1, 3), (2, 8)])
def test_any_network_s_window_is_a_part_of_four_forwards(
    architecture: Architecture, window: tuple[int, int]
) -> None:
    net, scene, part = random_network(architecture), number("31", height=44), StrokeSelection(0, 1)
    result = decompose(net, scene, part, window, dict.fromkeys(architecture.scaled, 0.2))
    a, b = image_of(scene, part), image_without(scene, part)
    images = np.stack([rasterize_scene(scene), a, b, np.zeros_like(a)])
    top, left = (architecture.stride * place for place in window)
    side = architecture.window
    inner = images[:, top : top + side, left : left + side]
    assert np.array_equal(result.images, inner)
    with torch.inference_mode():  # of a network that sees one window at a time, that one
        seen = images if architecture.is_convolutional else inner
        maps = net(torch.from_numpy(seen)[:, None])
    for row in result.rows[1:]:
        layer, top, left = row.layer, 0, 0
        if architecture.is_convolutional:
            top, left = (architecture.stride * place // layer.stride for place in window)
        values = maps[row.name].numpy()[:, :, top : top + layer.size, left : left + layer.size]
        assert result.shares[row.name] == pytest.approx(share(*values), rel=1e-3, abs=1e-5)
        assert result.sizes[row.name] == values[0].size
        if row.marked:
            found = conjunctions(*values, 0.2) + (0, top, left)
            assert result.marks.units[row.name].tolist() == found.tolist()


def test_an_ablated_map_has_no_interaction() -> None:
    torch.manual_seed(6)
    ablated = {"C1": set(range(20))}
    result = decompose(Network(lenet5()), apart(), StrokeSelection(0, 0), (0, 3), SCALES, ablated)
    assert result.shares["C1"] == result.shares["output pre"] == 0
