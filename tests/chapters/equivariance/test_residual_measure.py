"""Equivariance: the theorem holds exactly where it should, whatever the weights and the image."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from random_architectures import architectures
from random_nets import random_network, three_convolutions, unshared

from viz.chapters.equivariance.measure.residual import (
    activity,
    compare,
    compare_layers,
    curves,
    interior,
    moved_maps,
    reference,
    residual,
)
from viz.nets import load_pretrained
from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5, notes
from viz.nets.network import Network
from viz.scene import ImageLayer, Scene, Transform, rasterize_scene
from viz.scene.digits import number
from viz.scene.shifts import shifted

TOLERANCE = 1e-5
POOLINGS = ("max", "average", "blur")
LAYERS = lenet5().layers


def random_net(pooling: str, seed: int) -> Network:
    torch.manual_seed(seed)
    return Network(lenet5(pooling)).eval()


def seen(
    net: Network, image: np.ndarray, window: tuple[int, int] | None = None
) -> Mapping[str, np.ndarray]:
    with torch.inference_mode():
        tensors = net(torch.from_numpy(image)[None, None], window=window)
    return activity({name: maps[0].numpy() for name, maps in tensors.items()}, net.architecture)


def window_of(world: np.ndarray, dx: int, dy: int, height: int, width: int) -> np.ndarray:
    """The canvas on which a large picture lies dx further to the right and dy further down."""
    return world[16 - dy : 16 - dy + height, 16 - dx : 16 - dx + width].copy()


@settings(max_examples=40)
@given(
    st.sampled_from(POOLINGS), st.integers(0, 999), st.integers(-16, 16), st.integers(-16, 16),
    st.integers(32, 52), st.integers(32, 70),
)  # fmt: skip
def test_the_interior_of_random_nets_and_images_is_exact_at_aligned_shifts(
    pooling: str, seed: int, dx: int, dy: int, height: int, width: int
) -> None:
    """Dense images that go on beyond the canvas: nothing is blank, nothing is cut off tidily."""
    net = random_net(pooling, seed)
    world = np.random.default_rng(seed).random((height + 32, width + 32), np.float32)
    before = reference(net, window_of(world, 0, 0, height, width))
    after = seen(net, window_of(world, dx, dy, height, width))
    found = compare_layers(before, after, (dx, dy))
    for layer in LAYERS:
        one = found[layer.name]
        assert one.aligned == (dx % layer.stride == 0 and dy % layer.stride == 0)
        if one.aligned and one.inside.any():
            assert one.interior <= TOLERANCE, layer.name


@settings(max_examples=25)
@given(
    st.sampled_from(POOLINGS), st.integers(0, 999), st.integers(-4, 4), st.sampled_from("xy")
)  # fmt: skip
def test_along_one_axis_every_layer_has_an_interior_and_it_is_exact(
    pooling: str, seed: int, steps: int, axis: str
) -> None:
    """The picture ends with the canvas across the shift, as one that is cut off there does."""
    net = random_net(pooling, seed)
    shift = (4 * steps, 0) if axis == "x" else (0, 4 * steps)
    world = np.random.default_rng(seed).random((56 + 32, 60 + 32), np.float32)
    before = reference(net, window_of(world, 0, 0, 56, 60))
    after = seen(net, window_of(world, *shift, 56, 60))
    for name, one in compare_layers(before, after, shift).items():
        assert one.inside.any() or pooling == "blur", name
        if one.inside.any():
            assert one.aligned and one.interior <= TOLERANCE, name


OTHERS = {"notes": notes(), "28 px": lenet5(side=28, none=False), "padded": three_convolutions()}
NETWORKS = OTHERS | {pooling: lenet5(pooling) for pooling in POOLINGS}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_interior_is_exact_at_multiples_of_the_strides_and_nowhere_else(name: str) -> None:
    """The other half of the claim: the tests above could not pass by measuring nothing."""
    net = random_network(NETWORKS[name])
    world = np.random.default_rng(2).random((60 + 32, 72 + 32), np.float32)
    before = reference(net, window_of(world, 0, 0, 60, 72))
    for shift in ((4, 0), (0, -8), (2, 4), (3, 0)):
        after = seen(net, window_of(world, *shift, 60, 72))
        for layer in net.architecture.layers:
            one = compare_layers(before, after, shift)[layer.name]
            assert one.expected == (shift[0] / layer.stride, shift[1] / layer.stride)
            assert one.aligned == (shift[0] % layer.stride == 0 == shift[1] % layer.stride)
            assert one.inside.any()
            assert (one.interior <= TOLERANCE) == one.aligned, (layer.name, shift)


@settings(max_examples=40)
@given(architectures(unshared=False), st.integers(0, 99), st.integers(-2, 2), st.integers(-2, 2))
def test_the_interior_is_exact_whatever_the_layers(
    architecture: Architecture, seed: int, right: int, down: int
) -> None:
    net = random_network(architecture, seed)
    for layer in architecture.layers:
        dx, dy = layer.stride * right, layer.stride * down
        if max(abs(dx), abs(dy)) <= 16:
            world = np.random.default_rng(seed).random((44 + 32, 47 + 32), np.float32)
            before = reference(net, window_of(world, 0, 0, 44, 47))
            one = compare_layers(before, seen(net, window_of(world, dx, dy, 44, 47)), (dx, dy))
            found = one[layer.name]
            assert found.aligned and (math.isnan(found.interior) or found.interior <= 1e-4)


@pytest.mark.parametrize("name", OTHERS)
def test_other_networks_maps_are_displaced_as_far_as_expected(name: str) -> None:
    """Of drawings on blank paper, to which tanh answers, too."""
    net, scene = random_network(OTHERS[name]), replace(number("3"), height=48)
    before = reference(net, rasterize_scene(scene))
    for shift in ((4, 0), (-8, 0), (4, 4)):
        found = compare(before, seen(net, rasterize_scene(shifted(scene, *shift))), shift)
        for layer in net.architecture.layers[:-1]:
            one = found.layers[layer.name]
            assert one.interior <= TOLERANCE if one.inside.any() else math.isnan(one.interior)
            for axis, known in enumerate(one.after.shape[:0:-1]):
                if known >= 6:  # the drawing stays on maps of so many
                    measured = found.measured[layer.name][axis]
                    assert measured == pytest.approx(one.expected[axis], abs=0.1), layer.name


def test_what_maps_answer_to_blank_paper_does_not_make_the_residual_small() -> None:
    """Large biases would: tanh is nearly 1 then, whatever is drawn."""
    net, scene = random_network(notes()), number("31")
    with torch.no_grad():
        net.C1.bias[:3] = 3.0  # type: ignore[index, operator]
    before = reference(net, rasterize_scene(scene))
    after = seen(net, rasterize_scene(shifted(scene, 1, 0)))
    found, ground = compare_layers(before, after, (1, 0))["S2"], before.blank["S2"]
    assert np.abs(ground[:3] - math.tanh(3)).max() < 1e-6
    bare = residual(found.after - ground, found.moved - ground, found.inside)
    assert found.interior == pytest.approx(bare, rel=1e-4)
    assert found.interior > 3 * residual(found.after, found.moved, found.inside)
    # Of probabilities, and of ReLU, all counts
    output = compare_layers(before, after, (1, 0))["output"]
    assert output.interior == residual(output.after, output.moved, output.inside)


def test_blank_paper_has_no_residual_whatever_the_maps_answer_to_it() -> None:
    for architecture in (notes(), three_convolutions(), lenet5()):
        net, paper = random_network(architecture), np.zeros((48, 64), np.float32)
        before = reference(net, paper)
        for name, one in compare_layers(before, seen(net, paper), (3, 1)).items():
            assert one.interior < TOLERANCE or math.isnan(one.interior), name
            assert one.border < TOLERANCE, name


def test_without_shared_weights_one_window_is_compared_and_not_equivariant() -> None:
    net, scene, window = random_network(unshared()), number("31"), (0, 3)
    before = reference(net, rasterize_scene(scene), None, window)
    image = rasterize_scene(shifted(scene, 4, 0))
    after = seen(net, image, window)
    with torch.inference_mode():
        alone = net(torch.from_numpy(image[:, 12:44])[None, None])
    assert np.abs(after["U1"] - alone["U1"][0].numpy()).max() <= TOLERANCE
    found = compare_layers(before, after, (4, 0))
    one = found["U1"]
    assert one.expected == (1, 0) and one.aligned and one.interior > 0.3
    assert one.inside.tolist() == [[False] + [True] * 5] * 6  # what it sees is in the window
    # All windows are seen by the same weights
    assert found["output"].aligned and found["output"].interior <= TOLERANCE
    *_, last = curves(net, scene, "x", before, reach=4, steps=(4.0,))
    assert last is not None and last.interior["U1"][2] == pytest.approx(one.interior, abs=TOLERANCE)
    assert list(last.interior) == ["U1", "D2", "output"]


@pytest.mark.parametrize("name", ["max", "average", "blur"])
def test_drawings_shift_exactly_through_the_trained_nets(name: str) -> None:
    net = load_pretrained(name)
    scene = number("31")
    before = reference(net, rasterize_scene(scene))
    for dx, dy in ((4, 0), (-8, 0), (12, 0), (0, 4), (4, -4), (-16, 8)):
        after = seen(net, rasterize_scene(shifted(scene, dx, dy)))
        found = compare(before, after, (dx, dy))
        for layer in LAYERS:
            one = found.layers[layer.name]
            assert one.aligned
            assert one.interior <= TOLERANCE if one.inside.any() else math.isnan(one.interior)
            assert one.expected == (dx / layer.stride, dy / layer.stride)
        assert np.allclose(found.measured["C1"], (dx, dy), atol=0.1)
        assert np.allclose(found.measured["C3"], (dx / 2, dy / 2), atol=0.25)


@settings(max_examples=15)
@given(
    st.sampled_from(["strokes", "picture"]), st.floats(-3, 3), st.floats(-90, 90),
    st.floats(0.6, 1.2), st.floats(-0.3, 0.3), st.sampled_from([(4, 0), (-8, 0), (0, 4)]),
)  # fmt: skip
def test_turned_and_scaled_drawings_and_pictures_shift_exactly_too(
    kind: str, dx: float, angle: float, scale: float, slant: float, shift: tuple[int, int]
) -> None:
    """Rasterising and resampling at a place whole pixels further give the same numbers."""
    net, pixels = load_pretrained(), np.random.default_rng(0).random((20, 18), np.float32)
    scene = Scene(items=(ImageLayer(pixels, (30.0, 16.0)),)) if kind == "picture" else number("31")
    scene = replace(scene, transform=Transform(dx, 0.3, scale, angle, 1.1, slant))
    before = reference(net, rasterize_scene(scene))
    after = seen(net, rasterize_scene(shifted(scene, *shift)))
    for name, one in compare_layers(before, after, shift).items():
        assert not one.inside.any() or one.interior <= TOLERANCE, name


def test_the_displacement_at_fractions_stays_within_what_is_documented() -> None:
    net = load_pretrained()
    scene = number("58", "american")
    before = reference(net, rasterize_scene(scene))
    for shift in ((1.25, -0.5), (-3.5, 1.75), (2.75, 2.25)):
        after = seen(net, rasterize_scene(shifted(scene, *shift)))
        found = compare(before, after, shift)
        for layer in LAYERS[:5]:
            dx, dy = found.measured[layer.name]
            assert abs(dx - shift[0] / layer.stride) < 0.2, layer.name
            if layer.name in ("C1", "S2", "C3"):
                assert abs(dy - shift[1] / layer.stride) < 0.2, layer.name
        assert math.isnan(found.measured["C5"][1])  # one row of windows


def test_the_drawing_leaving_the_canvas_is_border_and_breaks_it() -> None:
    net = load_pretrained()
    scene = number("44")
    before = reference(net, rasterize_scene(scene))
    after = seen(net, rasterize_scene(shifted(scene, 20, 0)))
    found = compare_layers(before, after, (20, 0))
    assert found["C5"].interior <= TOLERANCE < 0.5 < found["C5"].border


# Exact small cases, by hand


def line(*values: float) -> np.ndarray:
    return np.array(values, np.float32)[None, None]


NOTHING = np.full((1, 1, 1), 9, np.float32)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        (0, (0, 1, 2, 3)),
        (1, (9, 0, 1, 2)),
        (-1, (1, 2, 3, 9)),
        (0.5, (4.5, 0.5, 1.5, 2.5)),
        (-0.5, (0.5, 1.5, 2.5, 6)),
        (1.25, (9, 2.25, 0.75, 1.75)),
        (4, (9, 9, 9, 9)),
        (-7.5, (9, 9, 9, 9)),
    ],
)
def test_moved_by_hand(way: float, expected: tuple[float, ...]) -> None:
    assert np.allclose(moved_maps(line(0, 1, 2, 3), NOTHING, (way, 0))[0, 0], expected)
    column = line(0, 1, 2, 3).transpose(0, 2, 1)
    assert np.allclose(moved_maps(column, NOTHING, (0, way))[0, :, 0], expected)


def test_residual_by_hand() -> None:
    everywhere = np.ones((1, 2), np.bool_)
    assert residual(line(3, 4), line(3, 4), everywhere) == 0
    assert residual(line(0, 0), line(0, 0), everywhere) == 0
    assert residual(line(1, 0), line(0, 1), everywhere) == pytest.approx(math.sqrt(2))
    assert residual(line(3, 5), line(4, 5), everywhere) == pytest.approx(1 / math.sqrt(37.5))
    assert math.isnan(residual(line(1, 2), line(1, 2), ~everywhere))
    half = np.array([[True, False]])
    assert residual(line(2, 7), line(2, 0), half) == 0


def test_interior_by_hand() -> None:
    """S2 on 32 pixels: 14 units, 2 px apart, of 6 px; the last sees pixels 26 … 31."""
    s2 = lenet5().layer("S2")
    assert interior(s2, 0, 14, 32).all()
    assert interior(s2, 2, 14, 32).nonzero()[0].tolist() == list(range(2, 14))
    assert interior(s2, -3, 14, 32).nonzero()[0].tolist() == list(range(11))
    assert interior(s2, 0.5, 14, 32).nonzero()[0].tolist() == list(range(1, 14))
    assert interior(s2, -0.5, 14, 32).nonzero()[0].tolist() == list(range(13))
    assert not interior(s2, 14, 14, 32).any()
    # Blurred, a unit sees one pixel more on each side: the outermost two see beyond the canvas
    blurred = lenet5("blur").layer("S2")
    assert interior(blurred, 2, 14, 32).nonzero()[0].tolist() == list(range(3, 13))
    assert not interior(lenet5("blur").layer("C5"), 1, 1, 32).any()


@pytest.mark.parametrize(("axis", "other"), [("x", 0.0), ("x", 1.4), ("y", 1.4)])
def test_curves_refine_and_equal_the_single_comparison(axis: str, other: float) -> None:
    net, scene = load_pretrained(), replace(number("3"), height=48)
    before = reference(net, rasterize_scene(scene))
    steps = curves(net, scene, axis, before, reach=4, steps=(1.5, 0.5), other=other)
    results = [result for result in steps if result is not None]
    assert [one.done for one in results] == [False] * (len(results) - 1) + [True]
    assert results[0].shifts.tolist() == [-4, -3, -1.5, 0, 1.5, 3, 4]  # all of it at once
    last = results[-1]
    assert last.shifts.tolist() == [n / 2 for n in range(-8, 9)]
    for shift in (-3.5, 2.0):
        way = (shift, other) if axis == "x" else (other, shift)
        after = seen(net, rasterize_scene(shifted(scene, *way)))
        place = last.shifts.tolist().index(shift)
        for name, one in compare_layers(before, after, way).items():
            assert last.interior[name][place] == pytest.approx(one.interior, abs=TOLERANCE)
            assert last.border[name][place] == pytest.approx(one.border, abs=TOLERANCE)
    for layer in LAYERS:
        aligned = (last.shifts % layer.stride == 0) & (other == 0)
        assert last.interior[layer.name][aligned].max(initial=0) <= TOLERANCE
        assert last.interior[layer.name][~aligned].min() > 0.05
