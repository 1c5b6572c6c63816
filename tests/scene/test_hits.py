"""Hit-testing: what the pointer grasps is what the eye sees."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import extreme_transforms, scenes

from viz.scene import Group, ImageLayer, Scene, Stroke, Transform, rasterize_scene
from viz.scene.hits import (
    bounds_of,
    distance_to,
    item_at,
    item_bounds,
    item_centre,
    item_frame,
    items_in,
    stroke_at,
)

LINE = Group.of([Stroke([(10, 10), (30, 10)], 2), Stroke([(20, 5), (20, 25)], 2)])
BESIDE = Group.of([Stroke([(50, 6), (50, 26)], 2)])
SCENE = Scene(32, 64, (LINE, BESIDE))


def test_distance_from_a_polyline():
    line = np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)])
    assert distance_to(line, 5, -3) == 3
    assert distance_to(line, 13, 14) == 5  # past the end: from the end
    assert distance_to(line[:1], 3, 4) == 5  # a dot
    assert distance_to(np.array([(1.0, 1.0), (1.0, 1.0)]), 1, 3) == 2  # no length


def test_the_nearest_stroke_of_the_topmost_item():
    assert stroke_at(SCENE, 12, 10.5) == (0, 0)
    assert stroke_at(SCENE, 20.5, 20) == (0, 1)
    assert stroke_at(SCENE, 50, 16) == (1, 0)
    assert stroke_at(SCENE, 40, 28) is None
    above = Scene(32, 64, (LINE, LINE))
    assert stroke_at(above, 20.5, 20) == (1, 1)


@pytest.mark.parametrize(("y", "hit"), [(12.9, True), (13.1, False)])
def test_tolerance_counts_from_the_rim_of_the_ink(y, hit):
    scene = Scene(32, 64, (Group.of([Stroke([(10, 10), (30, 10)], 2)]),))
    assert (stroke_at(scene, 15, y, tolerance=2) is not None) == hit


@pytest.mark.parametrize(("x", "rim"), [(10, 1), (20, 2), (30, 3)])
def test_a_stroke_is_grasped_as_wide_as_it_is_there(x, rim):
    wedge = Stroke([(10, 10), (30, 10)], 2, widths=[1, 3])
    scene = Scene(32, 64, (Group.of([wedge]),))
    assert stroke_at(scene, x, 10 + rim + 0.9, tolerance=1) == (0, 0)
    assert stroke_at(scene, x, 10 + rim + 1.1, tolerance=1) is None
    assert wedge.box == (9, 7, 33, 13)
    assert wedge.moved(1.5, 2).box == (10.5, 9, 34.5, 15)


def test_an_item_is_grasped_by_its_ink_before_another_by_its_box():
    ring = Group.of([Stroke([(40, 4), (60, 4), (60, 28), (40, 28), (40, 4)], 2)])
    scene = Scene(32, 64, (BESIDE, ring))
    assert item_at(scene, 50, 16) == 0  # the line inside the ring's box
    assert item_at(scene, 45, 16) == 1  # the ring's empty middle
    assert item_at(scene, 20, 16) is None


def test_items_are_hit_where_they_are_drawn():
    turned = Scene(32, 64, (Group(LINE.strokes, (20, 10), Transform(dx=30, angle=90)),))
    image = rasterize_scene(turned)
    for y, x in np.argwhere(image > 0.9):
        assert item_at(turned, x + 0.5, y + 0.5, tolerance=0) == 0
    assert stroke_at(turned, 50, 18, tolerance=0) == (0, 0)


@settings(max_examples=40)
@given(scenes(), st.integers(0, 10**6))
def test_every_full_pixel_lies_in_the_box_of_some_item(scene, pick):
    image = rasterize_scene(Scene(scene.height, scene.width, scene.items, scene.transform))
    inked = np.argwhere(image > 0.9)
    if len(inked) == 0:
        return
    y, x = inked[pick % len(inked)] + 0.5
    left, top, right, bottom = bounds_of(scene)
    assert left - 1 <= x <= right + 1
    assert top - 1 <= y <= bottom + 1
    assert item_at(scene, x, y) is not None


@settings(max_examples=50)
@given(scenes(extreme_transforms))
def test_boxes_and_frames_are_finite_even_at_the_extremes(scene):
    for index in range(len(scene.items)):
        left, top, right, bottom = item_bounds(scene, index)
        assert left <= right
        assert top <= bottom
        assert np.isfinite([left, top, right, bottom]).all()
        assert np.isfinite(item_frame(scene, index)).all()
        assert np.isfinite(item_centre(scene, index)).all()


def test_the_box_counts_the_pen():
    assert item_bounds(SCENE, 1) == (49, 5, 51, 27)
    assert bounds_of(SCENE) == (9, 4, 51, 27)
    assert bounds_of(SCENE, [1]) == (49, 5, 51, 27)
    assert bounds_of(Scene()) is None


def test_the_frame_turns_with_the_item():
    layer = ImageLayer(np.zeros((4, 8), np.float32), (20, 10), Transform(angle=90))
    frame = item_frame(Scene(32, 64, (layer,)), 0)
    assert frame.tolist() == [[22, 6], [22, 14], [18, 14], [18, 6]]
    assert item_bounds(Scene(32, 64, (layer,)), 0) == (18, 6, 22, 14)
    assert item_centre(Scene(32, 64, (layer,)), 0) == (20, 10)


def test_a_picture_is_grasped_by_its_ink_first():
    pixels = np.zeros((8, 8), np.float32)
    pixels[:, 4:] = 1
    scene = Scene(32, 64, (LINE, ImageLayer(pixels, (14, 10))))
    assert item_at(scene, 16, 10) == 1  # on the picture's ink, above the line
    assert item_at(scene, 12, 10) == 0  # the line shines through where the picture is empty
    assert item_at(scene, 11, 13.5) == 1  # only the picture's box


@pytest.mark.parametrize(
    ("corners", "inside"),
    [
        ((0, 0, 64, 32), (0, 1)),
        ((64, 32, 40, 0), (1,)),
        ((15, 10, 25, 20), (0,)),
        ((0, 0, 5, 5), ()),
    ],
)
def test_a_rubber_band_takes_what_has_its_centre_inside(corners, inside):
    assert items_in(SCENE, *corners) == inside
