"""Trajectories: places answered coarse to fine, a hand's path by its length, per ablation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from random_nets import random_network, three_convolutions, unshared

from viz.chapters.binding.measure.trajectory import (
    MOST,
    PAUSE_S,
    WINDOWS_KEPT,
    Course,
    Near,
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
from viz.nets.network import Network
from viz.scene import Scene, rasterize_scene
from viz.scene.digits import number

KEY = key_of("max", {})
PART = StrokeSelection(0, 1)


WINDOW = (0, 4)


def output(value: float) -> Near:
    return near(np.full((11, 1, 9), -value, np.float32), WINDOW)


def firsts(trail: Course) -> list[float]:
    return [-float(kept.values[0, 0, 0]) for kept in trail.answers(KEY) if kept is not None]


@pytest.mark.parametrize("count", [0, 1, 2, 9, 100, 121])
def test_every_place_comes_once_and_the_ends_early(count: int) -> None:
    order = coarse_to_fine(count)
    assert sorted(order) == list(range(count))
    early = order[: count // 8 + 2]
    assert {0, count - 1} <= set(early) or not count


@pytest.mark.parametrize("pooling", ["max", "blur"])
@pytest.mark.parametrize(("size", "window"), [((32, 64), (0, 4)), ((128, 256), (20, 3))])
def test_outputs_are_forwards_of_the_scenes(
    pooling: str, size: tuple[int, int], window: tuple[int, int]
) -> None:
    torch.manual_seed(1)
    net, scene = Network(lenet5(pooling)).eval(), number("31", height=size[0], width=size[1])
    scenes = [put(scene, PART, i, 0) for i in range(13)]
    found: dict[int, Near] = {}
    for some in outputs_along(net, scenes.__getitem__, coarse_to_fine(13), window, {"C3": {1}}):
        assert some is None or len(some) <= 10
        found.update(some or {})
    for i in (0, 7, 12):
        with torch.inference_mode():
            image = torch.from_numpy(rasterize_scene(scenes[i]))
            expected = near(net(image[None, None], {"C3": {1}})["output"][0].numpy(), window)
        assert (found[i].top, found[i].left) == (expected.top, expected.left)
        assert found[i].windows == expected.windows and found[i].has(window)
        assert found[i].values == pytest.approx(expected.values, abs=1e-5)


@pytest.mark.parametrize(
    "architecture", [notes(), lenet5(side=28, none=False), three_convolutions(), unshared()]
)
@pytest.mark.parametrize(("size", "window"), [((32, 64), (0, 4)), ((75, 130), (9, 12))])
def test_any_network_s_outputs_are_its_forwards(
    architecture: Architecture, size: tuple[int, int], window: tuple[int, int]
) -> None:
    net, scene = random_network(architecture), number("31", height=size[0], width=size[1])
    (found,) = filter(None, outputs_along(net, [scene].__getitem__, [0], window))
    with torch.inference_mode():
        output = net(torch.from_numpy(rasterize_scene(scene))[None, None])["output"][0].numpy()
    expected = near(output, window)
    assert (found[0].top, found[0].left) == (expected.top, expected.left)
    assert found[0].windows == architecture.windows(*size) == expected.windows
    assert found[0].values == pytest.approx(expected.values, abs=1e-5)


@pytest.mark.parametrize("windows", [(1, 9), (1, 93), (1, 121), (4, 23), (25, 3), (25, 121)])
def test_what_is_kept_of_an_output_is_little_and_about_the_window(windows: tuple[int, int]) -> None:
    whole = np.random.default_rng(0).random((11, *windows), np.float32)
    for window in ((0, 0), (windows[0] - 1, windows[1] - 1), (windows[0] // 2, windows[1] // 2)):
        kept = near(whole, window)
        at = window[0] - kept.top, window[1] - kept.left
        assert kept.has(window) and np.array_equal(kept.values[:, *at], whole[:, *window])
        assert kept.values.nbytes <= 4 * 11 * WINDOWS_KEPT and kept.values.base is None
        if windows[0] * windows[1] <= WINDOWS_KEPT:
            assert kept.values.shape == whole.shape
        top, left, high, wide = span(windows, window)
        assert kept.has((top, left)) and kept.has((top + high - 1, left + wide - 1))
        assert not kept.has((top - 1, left)) and not kept.has((top, left - 1))


def test_another_window_of_a_large_canvas_is_asked_for_anew() -> None:
    course, whole = Course([0.0, 1.0]), np.zeros((11, 25, 121), np.float32)
    course.answers(KEY)[:] = [near(whole, (10, 20)), near(whole, (10, 60))]
    assert course.missing(KEY, (10, 22)) == (1,)
    assert course.missing(KEY, (10, 64)) == (0,)
    assert course.missing(KEY, (30, 20)) == ()  # there is none such


def test_what_is_missing_is_told_by_network_and_ablation() -> None:
    course = Course([0.0, 0.5, 1.0])
    ablated = key_of("max", {"C3": frozenset({2}), "C1": frozenset()})
    assert ablated == key_of("max", {"C3": frozenset({2})}) != KEY
    answers = course.answers(KEY)
    answers[0], answers[2] = output(0.0), None
    assert course.missing(KEY, WINDOW) == (2, 1)
    assert course.missing(ablated, WINDOW) == (0, 2, 1)


def test_the_digits_are_those_of_the_whole_canvas_at_their_places() -> None:
    whole = np.full((11, 25, 121), -9.0, np.float32)
    whole[10] = -0.01
    whole[:, 9:12, 61:63], whole[7, 9:12, 61:63] = -9.0, -0.01
    whole[:, 9:12, 20:22], whole[4, 9:12, 20:22] = -9.0, -0.01
    found = near(whole, (10, 60))
    assert found.text == "7"
    assert (found.digits[0].row, found.digits[0].column) == pytest.approx((10, 61.5), abs=0.1)
    told = near(whole, (10, 60), read(whole))
    assert told.text == "7"  # the 4 lies beyond what is kept
    assert told.digits[0].column == pytest.approx(found.digits[0].column, abs=0.1)


def test_a_path_is_as_long_as_the_way() -> None:
    trail, scene = Trail(), number("31")
    for step, now in ((0.0, 0.0), (1.5, 0.1), (3.0, 0.2)):
        assert trail.add(put(scene, PART, step, 0), PART, KEY, output(step), now)
    assert trail.xs == pytest.approx([0, 1.5, 3])
    assert not trail.add(put(scene, PART, 3.0, 0), PART, KEY, output(9), 0.3)  # it has not moved
    turned = put(put(scene, PART, 3.0, 0), PART, 0, 0, 20)
    trail.add(turned, PART, KEY, output(4), 0.4)
    assert trail.xs[-1] > 3.5
    assert firsts(trail) == [0, 1.5, 9, 4]


def test_another_path_begins_after_a_pause_and_with_another_rest() -> None:
    trail, scene = Trail(), number("31")
    near = put(scene, PART, 1, 0)
    trail.add(scene, PART, KEY, output(0), 0.0)
    trail.add(near, PART, KEY, output(1), 0.1)
    far = put(scene, PART, 3, 0)
    trail.add(far, PART, KEY, output(2), 0.2 + PAUSE_S)
    assert trail.scenes == [near, far] and trail.xs == pytest.approx([0, 2])
    trail.add(put(far, StrokeSelection(1), 1, 0), PART, KEY, output(3), 0.3 + PAUSE_S)
    assert len(trail.scenes) == 1  # the 1 moved, which is not A
    trail.add(far, StrokeSelection(1), KEY, output(3), 0.3 + PAUSE_S)
    assert len(trail.scenes) == 1 and trail.part == StrokeSelection(1)


def test_a_long_path_keeps_its_end_under_every_key() -> None:
    trail, scene, other = Trail(), number("31"), key_of("max", {"C1": frozenset({3})})
    for i in range(MOST + 20):
        trail.add(put(scene, PART, i / 10, 0), PART, other if i > 405 else KEY, output(i), i / 100)
    assert len(trail.xs) == len(trail.scenes) == MOST
    assert len(trail.answers(KEY)) == len(trail.answers(other)) == MOST
    assert isinstance(trail.scenes[0], Scene) and trail.xs[0] == pytest.approx(2.0)
    assert len(trail.missing(other, WINDOW)) == MOST - 14
    assert firsts(trail) == list(range(20, 406))
