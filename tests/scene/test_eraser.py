"""The eraser takes all the ink under it and no other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import distances_to, mild_transforms, scenes

from viz.scene import Group, ImageLayer, Scene, Stroke, Transform, rasterize_scene
from viz.scene.eraser import erase
from viz.scene.hits import distance_to
from viz.scene.raster import SOFTNESS

LINE = Scene(32, 64, (Group.of([Stroke([(4, 16), (60, 16)], 2)]),))
canvas_points = st.tuples(st.floats(-5, 70), st.floats(-5, 40))
paths = st.lists(canvas_points, min_size=1, max_size=4)


def pieces(scene: Scene) -> list[list[list[float]]]:
    return [stroke.points.tolist() for group in scene.items for stroke in group.strokes]


def test_a_line_is_cut_in_two_at_the_rim_of_the_tip():
    (left, right) = pieces(erase(LINE, [(20, 16)], 3))
    # The pen's round end must not reach into the tip either: a radius and half the pen away
    assert np.allclose(left, [(4, 16), (16, 16)])
    assert np.allclose(right, [(24, 16), (60, 16)])


def test_a_sweep_across_is_the_same_cut():
    across = pieces(erase(LINE, [(20, 4), (20, 4), (20, 28)], 3))
    assert np.allclose(across, pieces(erase(LINE, [(20, 16)], 3)))


def test_a_stroke_of_varying_width_is_cut_where_its_ink_meets_the_rim():
    wedge = Stroke([(4, 16), (60, 16)], 2, widths=[1, 3])  # half as wide at x: 1 + (x − 4) / 28
    left, right = erase(Scene(32, 64, (Group.of([wedge]),)), [(20, 16)], 3).items[0].strokes
    assert left.points == pytest.approx(np.array([(4, 16), (452 / 29, 16)]))
    assert right.points == pytest.approx(np.array([(668 / 27, 16), (60, 16)]))
    assert left.widths == pytest.approx([1, 1 + (452 / 29 - 4) / 28])
    assert right.widths == pytest.approx([1 + (668 / 27 - 4) / 28, 3])
    swept = erase(Scene(32, 64, (Group.of([wedge]),)), [(20, 4), (20, 28)], 3)
    # Beside a straight rim it is the tangent discs that touch: those of the two cuts above
    assert swept.items[0].strokes[0].points == pytest.approx(left.points)
    drop = Stroke([(10, 10), (10.5, 10)], 2, widths=[1, 4])  # all ink is the wider end's
    assert erase(Scene(32, 32, (Group.of([drop]),)), [(10, 20)], 6.1).items == ()
    assert erase(Scene(32, 32, (Group.of([drop]),)), [(10, 20)], 5.9).items[0].strokes == (drop,)


def test_an_end_is_shortened_and_a_whole_stroke_dropped_with_its_group():
    assert np.allclose(pieces(erase(LINE, [(4, 16), (10, 16)], 3)), [[(14, 16), (60, 16)]])
    assert erase(LINE, [(4, 16), (60, 16)], 1).items == ()
    dot = Scene(32, 32, (Group.of([Stroke([(9, 9)], 2)]), *LINE.items))
    assert erase(dot, [(10, 10)], 3).items == LINE.items


def test_corners_between_the_cuts_are_kept():
    corner = Scene(32, 64, (Group.of([Stroke([(10, 4), (10, 20), (40, 20)], 2)]),))
    first, second = pieces(erase(corner, [(30, 20)], 3))
    assert np.allclose(first, [(10, 4), (10, 20), (26, 20)])
    assert np.allclose(second, [(34, 20), (40, 20)])


def test_what_the_tip_misses_is_the_very_same_scene():
    assert erase(LINE, [(20, 11.9)], 3) is LINE
    assert erase(LINE, [(20, 12.1)], 3) is not LINE
    layer = Scene(32, 32, (ImageLayer(np.zeros((8, 8), np.float32), (16, 16)),))
    assert erase(layer, [(16, 16)], 3) is layer  # there was no ink
    assert erase(Scene(), [(3, 3)], 3) == Scene()


@settings(max_examples=40)
@given(scenes(), paths, st.floats(0.5, 12))
def test_no_ink_is_left_under_the_tip_and_none_is_lost_far_from_it(scene, path, radius):
    scene = Scene(32, 64, scene.items, scene.transform)
    groups = Scene(32, 64, tuple(i for i in scene.items if isinstance(i, Group)), scene.transform)
    after = erase(groups, path, radius)
    before_image, image = rasterize_scene(groups), rasterize_scene(after)
    line = np.array(path)
    # A cut stroke may lose ink only this far from the tip: its own pen and the rim's softness
    drawn = [s for i in range(len(groups.items)) for s in groups.strokes_of(i)]
    pen = max((s.width_px * (1 if s.widths is None else s.widths.max()) for s in drawn), default=0)
    y, x = np.mgrid[0.5:32, 0.5:64]
    distance = distances_to(line, x, y)
    assert distance[5, 7] == pytest.approx(distance_to(line, 7.5, 5.5))
    assert (image[distance <= radius - SOFTNESS - 0.01] <= 1e-3).all()
    far = distance > radius + pen + SOFTNESS + 0.01
    assert (np.abs(image - before_image)[far] <= 2e-3).all()


@settings(max_examples=40)
@given(scenes(), paths, st.floats(0.5, 12))
def test_erasing_twice_takes_nothing_more_to_see(scene, path, radius):
    once = erase(scene, path, radius)
    twice = erase(once, path, radius * 0.999)
    assert twice is once


@given(mild_transforms, canvas_points, st.floats(1, 10))
def test_a_pictures_pixels_under_the_tip_become_nothing(transform, at, radius):
    layer = ImageLayer(np.ones((12, 20), np.float32), (30, 16), transform)
    scene = Scene(32, 64, (layer,))
    wiped = erase(scene, [at], radius).items[0].pixels
    y, x = np.mgrid[0:12, 0:20] + 0.5
    own = np.stack([x.ravel() + 30 - 10, y.ravel() + 16 - 6], axis=1)
    distance = np.hypot(*(scene.to_canvas(0, own) - at).T).reshape(12, 20)
    clear = np.abs(distance - radius) > 1e-9
    assert np.array_equal(wiped[clear], (distance > radius).astype(np.float32)[clear])


def test_cuts_go_through_transforms():
    group = Group.of([Stroke([(4, 16), (60, 16)], 2)])
    turned = Scene(
        32, 64, (Group(group.strokes, (32, 16), Transform(angle=90, scale=0.25)),), Transform(dx=3)
    )
    after = erase(turned, [(35, 16)], 2)
    seen = [stroke.points for stroke in after.strokes_of(0)]
    reach = 2 + 0.25
    assert np.allclose(seen[0], [(35, 9), (35, 16 - reach)])
    assert np.allclose(seen[1], [(35, 16 + reach), (35, 23)])
