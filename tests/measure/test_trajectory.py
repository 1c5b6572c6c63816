"""Trajectories: places answered coarse to fine, a hand's path by its length, per ablation."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from viz.measure.part import Part, put
from viz.measure.trajectory import (
    MOST,
    PAUSE_S,
    Course,
    Trail,
    coarse_to_fine,
    key_of,
    outputs_along,
)
from viz.nets.lenet5 import LeNet5
from viz.scene import Scene, rasterize_scene
from viz.scene.digits import number

KEY = key_of("max", {})
PART = Part(0, 1)


def output(value: float) -> np.ndarray:
    return np.full((11, 1, 9), value, np.float32)


@pytest.mark.parametrize("count", [0, 1, 2, 9, 100, 121])
def test_every_place_comes_once_and_the_ends_early(count: int) -> None:
    order = coarse_to_fine(count)
    assert sorted(order) == list(range(count))
    early = order[: count // 8 + 2]
    assert {0, count - 1} <= set(early) or not count


def test_outputs_are_forwards_of_the_scenes() -> None:
    torch.manual_seed(1)
    net, scene = LeNet5(), number("31")
    scenes = [put(scene, PART, i, 0) for i in range(13)]
    found: dict[int, np.ndarray] = {}
    for some in outputs_along(net, scenes.__getitem__, coarse_to_fine(13), {"C3": {1}}):
        assert len(some) <= 10
        found.update(some)
    for i in (0, 7, 12):
        with torch.inference_mode():
            image = torch.from_numpy(rasterize_scene(scenes[i]))
            expected = net(image[None, None], {"C3": {1}})["output"][0].numpy()
        assert np.array_equal(found[i], expected)


def test_a_curve_is_what_is_known_of_a_window() -> None:
    course = Course([0.0, 0.5, 1.0])
    ablated = key_of("max", {"C3": frozenset({2}), "C1": frozenset()})
    assert ablated == key_of("max", {"C3": frozenset({2})}) != KEY
    answers = course.answers(KEY)
    answers[0], answers[2] = np.log(np.arange(1, 100, dtype=np.float32).reshape(11, 1, 9)), None
    assert course.missing(KEY) == (2, 1)
    assert course.missing(ablated) == (0, 2, 1)
    xs, probabilities = course.curve(KEY, (0, 4))
    assert xs.tolist() == [0.0]
    assert probabilities[:, 0] == pytest.approx(np.arange(11) * 9 + 5)
    answers[1] = output(0.0)[:, :, :3]  # a smaller canvas
    assert np.isnan(course.curve(KEY, (0, 4))[1][:, 1]).all()


def test_a_path_is_as_long_as_the_way() -> None:
    trail, scene = Trail(), number("31")
    for step, now in ((0.0, 0.0), (1.5, 0.1), (3.0, 0.2)):
        assert trail.add(put(scene, PART, step, 0), PART, KEY, output(step), now)
    assert trail.xs == pytest.approx([0, 1.5, 3])
    assert not trail.add(put(scene, PART, 3.0, 0), PART, KEY, output(9), 0.3)  # it has not moved
    turned = put(put(scene, PART, 3.0, 0), PART, 0, 0, 20)
    trail.add(turned, PART, KEY, output(4), 0.4)
    assert trail.xs[-1] > 3.5
    assert [float(a[0, 0, 0]) for a in trail.answers(KEY) if a is not None] == [0, 1.5, 9, 4]


def test_another_path_begins_after_a_pause_and_with_another_rest() -> None:
    trail, scene = Trail(), number("31")
    near = put(scene, PART, 1, 0)
    trail.add(scene, PART, KEY, output(0), 0.0)
    trail.add(near, PART, KEY, output(1), 0.1)
    far = put(scene, PART, 3, 0)
    trail.add(far, PART, KEY, output(2), 0.2 + PAUSE_S)
    assert trail.scenes == [near, far] and trail.xs == pytest.approx([0, 2])
    trail.add(put(far, Part(1), 1, 0), PART, KEY, output(3), 0.3 + PAUSE_S)
    assert len(trail.scenes) == 1  # the 1 moved, which is not A
    trail.add(far, Part(1), KEY, output(3), 0.3 + PAUSE_S)
    assert len(trail.scenes) == 1 and trail.part == Part(1)


def test_a_long_path_keeps_its_end_under_every_key() -> None:
    trail, scene, other = Trail(), number("31"), key_of("max", {"C1": frozenset({3})})
    for i in range(MOST + 20):
        trail.add(put(scene, PART, i / 10, 0), PART, other if i > 405 else KEY, output(i), i / 100)
    assert len(trail.xs) == len(trail.scenes) == MOST
    assert len(trail.answers(KEY)) == len(trail.answers(other)) == MOST
    assert isinstance(trail.scenes[0], Scene) and trail.xs[0] == pytest.approx(2.0)
    assert len(trail.missing(other)) == MOST - 14
    known = [float(a[0, 0, 0]) for a in trail.answers(KEY) if a is not None]
    assert known == list(range(20, 406))
