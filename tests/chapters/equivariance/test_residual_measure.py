"""Equivariance: the theorem holds exactly where it should, whatever the weights and the image."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

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
from viz.nets.layers import BY_NAME, LAYERS, layer_of
from viz.nets.lenet5 import LeNet5
from viz.scene import ImageLayer, Scene, Transform, rasterize_scene
from viz.scene.digits import number
from viz.scene.shifts import shifted

TOLERANCE = 1e-5
POOLINGS = ("max", "average", "blur")


def random_net(pooling: str, seed: int) -> LeNet5:
    torch.manual_seed(seed)
    return LeNet5(pooling).eval()


def outputs(net: LeNet5, image: np.ndarray) -> dict[str, np.ndarray]:
    with torch.inference_mode():
        tensors = net(torch.from_numpy(image)[None, None])
    return {layer.name: tensors[layer.name][0].numpy() for layer in LAYERS}


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
    after = activity(outputs(net, window_of(world, dx, dy, height, width)))
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
    after = activity(outputs(net, window_of(world, *shift, 56, 60)))
    for name, one in compare_layers(before, after, shift).items():
        assert one.inside.any() or pooling == "blur", name
        if one.inside.any():
            assert one.aligned and one.interior <= TOLERANCE, name


@pytest.mark.parametrize("pooling", POOLINGS)
def test_between_the_strides_random_nets_are_not_equivariant(pooling: str) -> None:
    """The other half of the claim: the test above could not pass by measuring nothing."""
    net = random_net(pooling, 1)
    world = np.random.default_rng(1).random((72, 96), np.float32)
    before = reference(net, window_of(world, 0, 0, 40, 64))
    after = activity(outputs(net, window_of(world, 1, 0, 40, 64)))
    found = compare_layers(before, after, (1, 0))
    assert found["C1"].interior <= TOLERANCE
    assert all(found[name].interior > 1e-3 for name in ("S2", "C3", "S4"))
    assert not found["S2"].aligned


@pytest.mark.parametrize("name", ["max", "average", "blur"])
def test_drawings_shift_exactly_through_the_trained_nets(name: str) -> None:
    net = load_pretrained(name)
    scene = number("31")
    before = reference(net, rasterize_scene(scene))
    for dx, dy in ((4, 0), (-8, 0), (12, 0), (0, 4), (4, -4), (-16, 8)):
        after = activity(outputs(net, rasterize_scene(shifted(scene, dx, dy))))
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
    after = activity(outputs(net, rasterize_scene(shifted(scene, *shift))))
    for name, one in compare_layers(before, after, shift).items():
        assert not one.inside.any() or one.interior <= TOLERANCE, name


def test_the_displacement_at_fractions_stays_within_what_is_documented() -> None:
    net = load_pretrained()
    scene = number("58", "american")
    before = reference(net, rasterize_scene(scene))
    for shift in ((1.25, -0.5), (-3.5, 1.75), (2.75, 2.25)):
        after = activity(outputs(net, rasterize_scene(shifted(scene, *shift))))
        found = compare(before, after, shift)
        for layer in LAYERS[:5]:
            dx, dy = found.measured[layer.name]
            assert abs(dx - shift[0] / layer.stride) < 0.2, layer.name
            if layer.name in ("C1", "S2", "C3"):
                assert abs(dy - shift[1] / layer.stride) < 0.2, layer.name
        assert math.isnan(found.measured["C5"][1])  # one row of windows


def test_the_drawing_leaving_the_canvas_is_border_and_breaks_it() -> None:
    net = load_pretrained()
    scene = number("31")
    before = reference(net, rasterize_scene(scene))
    after = activity(outputs(net, rasterize_scene(shifted(scene, 20, 0))))
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
    s2 = BY_NAME["S2"]
    assert interior(s2, 0, 14, 32).all()
    assert interior(s2, 2, 14, 32).nonzero()[0].tolist() == list(range(2, 14))
    assert interior(s2, -3, 14, 32).nonzero()[0].tolist() == list(range(11))
    assert interior(s2, 0.5, 14, 32).nonzero()[0].tolist() == list(range(1, 14))
    assert interior(s2, -0.5, 14, 32).nonzero()[0].tolist() == list(range(13))
    assert not interior(s2, 14, 14, 32).any()
    # Blurred, a unit sees one pixel more on each side: the outermost two see beyond the canvas
    blurred = layer_of("S2", "blur")
    assert interior(blurred, 2, 14, 32).nonzero()[0].tolist() == list(range(3, 13))
    assert not interior(layer_of("C5", "blur"), 1, 1, 32).any()


def test_curves_refine_and_equal_the_single_comparison() -> None:
    net = load_pretrained()
    scene = number("3")
    before = reference(net, rasterize_scene(scene))
    steps = curves(net, scene, "x", before, reach=4, steps=(4, 2, 0.5))
    results = [result for result in steps if result is not None]
    assert [one.done for one in results] == [False] * (len(results) - 1) + [True]
    assert results[0].shifts.tolist() == [-4, 0, 4]
    last = results[-1]
    assert last.shifts.tolist() == [n / 2 for n in range(-8, 9)]
    for shift in (-3.5, 1, 2, 4):
        after = activity(outputs(net, rasterize_scene(shifted(scene, shift, 0))))
        place = last.shifts.tolist().index(shift)
        for name, one in compare_layers(before, after, (shift, 0)).items():
            assert last.interior[name][place] == pytest.approx(one.interior, abs=TOLERANCE)
            assert last.border[name][place] == pytest.approx(one.border, abs=TOLERANCE)
    for layer in LAYERS:
        aligned = last.shifts % layer.stride == 0
        assert last.interior[layer.name][aligned].max() <= TOLERANCE
        assert last.interior[layer.name][~aligned].min() > 0.05


def test_curves_go_through_the_other_component_of_the_shift() -> None:
    net = load_pretrained()
    scene = replace(number("3"), height=48)
    before = reference(net, rasterize_scene(scene))
    for axis, way in (("x", (3.0, 1.4)), ("y", (1.4, 3.0))):
        *_, last = curves(net, scene, axis, before, reach=4, steps=(1,), other=1.4)
        assert last is not None and (last.done, last.other) == (True, 1.4)
        after = activity(outputs(net, rasterize_scene(shifted(scene, *way))))
        for name, one in compare_layers(before, after, way).items():
            place = last.shifts.tolist().index(3)
            assert last.interior[name][place] == pytest.approx(one.interior, abs=TOLERANCE)
            assert last.border[name][place] == pytest.approx(one.border, abs=TOLERANCE)
            assert last.interior[name].min() > 0.05  # nowhere aligned


def test_how_far_a_canvas_leaves_an_interior() -> None:
    """32 rows: C5 sees them all, and what is moved onto it comes from beyond."""
    scene = number("31")
    found = {}
    for name in ("max", "blur"):
        net = load_pretrained(name)
        before = reference(net, rasterize_scene(scene))
        for axis in "xy":
            *_, found[name, axis] = curves(net, scene, axis, before, steps=(4.0,))
    reach = {key: [one.interior_reach(layer.name) for layer in LAYERS]  # type: ignore[union-attr]
             for key, one in found.items()}  # fmt: skip
    assert reach["max", "y"] == [16, 16, 16, 16, -1, -1]
    assert reach["max", "x"] == [16] * 6
    assert reach["blur", "y"][3] == 8


def test_ablated_maps_are_ablated_in_the_reference_too() -> None:
    net = load_pretrained()
    image = rasterize_scene(number("31"))
    before = reference(net, image, {"S2": {0, 3}})
    assert not before.maps["S2"][[0, 3]].any() and not before.blank["S2"][3].any()
    assert before.maps["S2"][1].any()
