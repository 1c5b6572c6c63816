"""Shifts: one translation common to all that is drawn is found, and nothing else passes for one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.scene import Group, ImageLayer, Noise, Scene, Stroke, Transform, rasterize_scene
from viz.scene.digits import number
from viz.scene.edit import move_stroke, moved
from viz.scene.shifts import common_shift, is_resampled, shifted

SCENE = number("31")
TURNED = replace(SCENE, transform=Transform(1.5, -2, scale=1.2, angle=20, slant=0.3))
PICTURE = Scene(
    items=(ImageLayer(np.random.default_rng(0).random((9, 7), np.float32), (20.0, 16.0)),)
)


@given(st.floats(-20, 20), st.floats(-20, 20), st.sampled_from([SCENE, TURNED, PICTURE]))
def test_a_shift_of_everything_comes_back(dx: float, dy: float, scene: Scene) -> None:
    for after in (shifted(scene, dx, dy), moved(scene, range(len(scene.items)), dx, dy)):
        found = common_shift(scene, after)
        assert found is not None and np.allclose(found, (dx, dy), atol=2e-6)


def test_another_width_along_a_stroke_is_no_shift() -> None:
    line = [(3.0, 4.0), (9.0, 12.0)]
    plain, *wedges = (
        Scene(items=(Group.of([Stroke(line, 2, widths=w)]),))
        for w in (None, [1, 1.5], [1, 1.4], [1, 1.5])
    )
    apart = moved(wedges[2], [0], 2, 0)
    assert common_shift(wedges[0], apart) == (2, 0)
    assert common_shift(wedges[1], apart) is None
    assert common_shift(plain, apart) is None


def test_strokes_moved_one_by_one_have_moved_together() -> None:
    scene = SCENE
    for item, group in enumerate(SCENE.items):
        for stroke in range(len(group.strokes)):  # type: ignore[union-attr]
            scene = move_stroke(scene, item, stroke, 3, -1)
            last = item == len(SCENE.items) - 1 and stroke == len(group.strokes) - 1  # type: ignore[union-attr]
            assert (common_shift(SCENE, scene) is not None) == last
    assert common_shift(SCENE, scene) == (3, -1)


def test_empty_canvases_are_no_way_apart_and_only_pictures_are_resampled() -> None:
    assert common_shift(Scene(), Scene()) == (0, 0)
    assert is_resampled(replace(SCENE, items=(*SCENE.items, *PICTURE.items)))
    assert not is_resampled(SCENE)


def test_a_scene_built_anew_is_compared_by_what_it_draws() -> None:
    again = number("31")
    copies = tuple(
        Group.of([stroke.moved(2, 1) for stroke in again.strokes_of(index)]) for index in range(2)
    )
    assert common_shift(SCENE, replace(again, items=copies)) == (2, 1)


@pytest.mark.parametrize(
    "after",
    [
        moved(SCENE, [0], 1, 0),
        number("37"),
        number("3"),
        replace(SCENE, transform=Transform(angle=1)),
        replace(SCENE, transform=Transform(scale=1.01)),
        replace(SCENE, noise=Noise(sigma=0.1)),
        replace(SCENE, width=80),
        number("31", width_px=3),
        PICTURE,
        Scene(),
    ],
)
def test_anything_else_is_no_shift(after: Scene) -> None:
    assert common_shift(SCENE, after) is None and common_shift(after, SCENE) is None


def test_many_small_drags_make_a_whole_shift() -> None:
    scene = SCENE
    for _ in range(40):
        scene = moved(scene, [0, 1], 0.1, 0.0)
    assert common_shift(SCENE, scene) == (4.0, 0.0)
    assert np.array_equal(
        rasterize_scene(scene)[:, 4:], rasterize_scene(SCENE)[:, :-4]
    )  # exactly the pixels, four further on


def test_another_picture_of_the_same_size_is_no_shift() -> None:
    other = ImageLayer(np.zeros((9, 7), np.float32), (20.0, 16.0))
    assert common_shift(PICTURE, replace(PICTURE, items=(other,))) is None
    equal = ImageLayer(PICTURE.items[0].pixels.copy(), (22.5, 16.0))  # type: ignore[union-attr]
    assert common_shift(PICTURE, replace(PICTURE, items=(equal,))) == (2.5, 0)
