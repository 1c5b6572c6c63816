"""Trajectories: places answered coarse to fine, a user's path by its length, per ablation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from random_nets import random_network, three_convolutions, unshared

from viz.chapters.binding.measure.trajectory import (
    ABLATIONS_KEPT,
    MOST,
    PAUSE_S,
    WINDOWS_KEPT,
    Course,
    Near,
    Place,
    Trail,
    coarse_to_fine,
    key_of,
    near,
    outputs_along,
    span,
)
from viz.measure.reading import read
from viz.measure.stroke_selection import StrokeSelection, put
from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5, notes
from viz.scene import rasterize_scene
from viz.scene.digits import number

KEY = key_of("max", {})
PART, WINDOW = StrokeSelection(0, 1), (0, 4)


def about(output: np.ndarray, window: tuple[int, int]) -> Near:
    return near(output, window, read(output))


@pytest.mark.parametrize("count", [0, 1, 2, 9, 100, 121])
def test_every_place_comes_once_and_the_ends_early(count: int) -> None:
    order = coarse_to_fine(count)
    assert sorted(order) == list(range(count))
    early = order[: count // 8 + 2]
    assert {0, count - 1} <= set(early) or not count


@pytest.mark.parametrize(
    "architecture",
    [lenet5(), lenet5("blur"), notes(), lenet5(side=28, none=False), three_convolutions(),
     unshared()],
)  # fmt: skip
@pytest.mark.parametrize(("size", "window"), [((32, 64), (0, 4)), ((75, 160), (9, 30))])
def test_any_network_s_outputs_are_its_forwards(
    architecture: Architecture, size: tuple[int, int], window: tuple[int, int]
) -> None:
    net, scene = random_network(architecture), number("31", height=size[0], width=size[1])
    first = architecture.layers[0].name
    places = [Place(i, put(scene, PART, i, 0)) for i in range(13)]
    found: dict[Place, Near] = {}
    for some in outputs_along(net, places, window, key_of("max", {first: frozenset({1})})):
        assert some is None or len(some) <= 10
        found.update(some or {})
    assert list(found) == places
    for place in (places[0], places[12]):
        with torch.inference_mode():
            image = torch.from_numpy(rasterize_scene(place.scene))
            output = net(image[None, None], {first: {1}})["output"][0].numpy()
        expected, own = about(output, window), found[place]
        assert (own.top, own.left) == (expected.top, expected.left)
        assert own.values == pytest.approx(expected.values, abs=1e-5)


@pytest.mark.parametrize("windows", [(1, 9), (1, 200), (1, 260), (4, 23), (25, 3), (25, 121)])
def test_what_is_kept_of_an_output_is_little_and_about_the_window(windows: tuple[int, int]) -> None:
    whole = np.random.default_rng(0).random((11, *windows), np.float32)
    for window in ((0, 0), (windows[0] - 1, windows[1] - 1), (windows[0] // 2, windows[1] // 2)):
        kept = about(whole, window)
        at = window[0] - kept.top, window[1] - kept.left
        assert np.array_equal(kept.values[:, *at], whole[:, *window])
        assert kept.values.nbytes <= 4 * 11 * WINDOWS_KEPT and kept.values.base is None
        assert kept.values.shape[1:] == span(windows, window)[2:]
        if windows[0] * windows[1] <= WINDOWS_KEPT:
            assert kept.values.shape == whole.shape


def test_the_digits_are_those_of_the_whole_canvas_at_their_places() -> None:
    whole = np.full((11, 25, 121), -9.0, np.float32)
    whole[10] = -0.01
    whole[:, 9:12, 61:63], whole[7, 9:12, 61:63] = -9.0, -0.01
    whole[:, 9:12, 20:22], whole[4, 9:12, 20:22] = -9.0, -0.01
    found = about(whole, (10, 60))
    assert found.text == "7"  # the 4 lies beyond what is kept
    assert (found.digits[0].row, found.digits[0].column) == pytest.approx((10, 61.5), abs=0.1)


def test_what_is_missing_is_told_by_network_and_ablation() -> None:
    course = Course([Place(x, number("5")) for x in (0.0, 0.5, 1.0)])
    ablated = key_of("max", {"C3": frozenset({2}), "C1": frozenset()})
    assert ablated == key_of("max", {"C3": frozenset({2})}) != KEY
    first, middle, last = course.places
    output = about(np.zeros((11, 1, 9), np.float32), WINDOW)
    first.keep(KEY, output)
    assert course.missing(KEY) == (last, middle)
    assert course.missing(ablated) == (first, last, middle)
    for one in range(ABLATIONS_KEPT + 1):
        first.keep(key_of("max", {"C3": frozenset({one})}), output)
    assert len(first.outputs) == ABLATIONS_KEPT + 1 and first.outputs[KEY] is output
    assert course.outputs(key_of("max", {"C3": frozenset({0})})) == [None, None, None]


def test_a_path_is_as_long_as_the_way() -> None:
    trail, scene = Trail(), number("31")
    places = [
        trail.add(put(scene, PART, step, 0), PART, WINDOW, now)
        for step, now in ((0.0, 0.0), (1.5, 0.1), (3.0, 0.2), (3.0, 0.3))
    ]
    assert trail.xs == pytest.approx([0, 1.5, 3])
    assert places[3] is places[2] is trail.places[2]  # it has not moved
    trail.add(put(put(scene, PART, 3.0, 0), PART, 0, 0, 20), PART, WINDOW, 0.4)
    assert trail.xs[-1] > 3.5


def test_another_path_begins_after_a_pause_and_with_another_rest() -> None:
    trail, scene = Trail(), number("31")
    moved, far = put(scene, PART, 1, 0), put(scene, PART, 3, 0)
    for step, now in ((scene, 0.0), (moved, 0.1), (far, 0.2 + PAUSE_S)):
        trail.add(step, PART, WINDOW, now)
    assert [place.scene for place in trail.places] == [moved, far]
    assert trail.xs == pytest.approx([0, 2]) and trail.window == WINDOW
    trail.add(put(far, StrokeSelection(1), 1, 0), PART, (0, 5), 0.3 + PAUSE_S)
    assert trail.xs == [0] and trail.window == (0, 5)  # the 1 moved, which is not A
    trail.add(far, StrokeSelection(1), (0, 6), 0.3 + PAUSE_S)
    assert trail.xs == [0] and (trail.part, trail.window) == (StrokeSelection(1), (0, 6))


def test_a_long_path_keeps_its_end() -> None:
    trail, scene = Trail(), number("31")
    for step in range(MOST + 20):
        trail.add(put(scene, PART, step / 10, 0), PART, WINDOW, step / 100)
    assert len(trail.places) == MOST
    assert (trail.xs[0], trail.xs[-1]) == pytest.approx((2.0, (MOST + 19) / 10))
