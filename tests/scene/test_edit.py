"""Editing: every change is what the pointer did on the canvas, through any transform."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scenes import coordinates, scenes

from viz.errors import UserError
from viz.scene import Group, ImageLayer, Scene, Stroke, Transform, rasterize_scene
from viz.scene.edit import (
    JOIN_PX,
    centred,
    deleted,
    duplicated,
    join_or_add,
    limited,
    move_stroke,
    moved,
    resized,
    rotate_stroke,
    simplify,
    transformed,
    with_width,
)
from viz.scene.hits import bounds_of, distance_to, item_bounds

shifts = st.floats(-50, 50)


def seen(scene: Scene, index: int) -> np.ndarray:
    """An item's frame of reference on the canvas, as three points."""
    return scene.to_canvas(index, np.array([(0.0, 0.0), (9.0, 0.0), (0.0, 9.0)]))


@settings(max_examples=40)
@given(scenes(), shifts, shifts, st.data())
def test_moved_items_follow_the_pointer_and_no_other_does(scene, dx, dy, data):
    chosen = data.draw(st.sets(st.integers(0, max(0, len(scene.items) - 1))))
    chosen = {index for index in chosen if index < len(scene.items)}
    after = moved(scene, chosen, dx, dy)
    for index in range(len(scene.items)):
        shift = (dx, dy) if index in chosen else (0, 0)
        assert np.allclose(seen(after, index), seen(scene, index) + shift, atol=1e-6)


def test_a_quarter_pixel_nudge_is_exact():
    scene = Scene(32, 64, (Group.of([Stroke([(3, 3), (9, 20)])]),))
    there = moved(moved(scene, [0], 0.25, 1), [0], -0.25, -1)
    assert there == replace(scene, items=(replace(scene.items[0], transform=Transform()),))


@settings(max_examples=40)
@given(scenes())
def test_centred_ink_is_in_the_middle_and_stays_together(scene):
    assume(scene.items)
    after = centred(scene)
    left, top, right, bottom = bounds_of(after)
    x, y = scene.centre
    assert (left + right) / 2 == pytest.approx(x, abs=1e-6)
    assert (top + bottom) / 2 == pytest.approx(y, abs=1e-6)
    gaps = [seen(after, i) - seen(scene, i) for i in range(len(scene.items))]
    assert np.allclose(gaps, gaps[0], atol=1e-6)


def test_only_the_selected_items_are_centred():
    scene = Scene(
        32, 64, (Group.of([Stroke([(3, 3), (9, 20)])]), Group.of([Stroke([(40, 4), (60, 8)])]))
    )
    after = centred(scene, [1])
    assert after.items[0] is scene.items[0]
    left, top, right, bottom = item_bounds(after, 1)
    assert ((left + right) / 2, (top + bottom) / 2) == scene.centre
    assert centred(Scene()) == Scene()


@settings(max_examples=40)
@given(scenes(), shifts, shifts)
def test_copies_lie_beside_their_originals_on_top(scene, dx, dy):
    indices = range(0, len(scene.items), 2)
    after, copies = duplicated(scene, indices, dx, dy)
    assert after.items[: len(scene.items)] == scene.items
    assert len(after.items) == len(scene.items) + len(copies)
    for old, new in zip(indices, copies, strict=True):
        assert np.allclose(seen(after, new), seen(scene, old) + (dx, dy), atol=1e-6)
    assert deleted(after, copies) == scene


@settings(max_examples=40)
@given(scenes(), st.integers(32, 128), st.integers(32, 512))
def test_everything_stays_where_it_is_when_the_canvas_grows(scene, height, width):
    after = resized(scene, height, width)
    assert (after.height, after.width) == (height, width)
    for index in range(len(scene.items)):
        assert np.allclose(seen(after, index), seen(scene, index), atol=1e-6)


@pytest.mark.parametrize("size", [(31, 64), (32, 513), (129, 64), (32, 0), (-5, 64)])
def test_a_canvas_outside_the_range_is_refused(size):
    with pytest.raises(UserError, match="32×32 to 128×512"):
        resized(Scene(), *size)


def strokes_seen(scene: Scene, index: int) -> list[np.ndarray]:
    return [stroke.points for stroke in scene.strokes_of(index)]


@settings(max_examples=40)
@given(scenes(), shifts, shifts, st.floats(-180, 180), st.data())
def test_one_stroke_moves_and_turns_rigidly_as_seen(scene, dx, dy, degrees, data):
    groups = [i for i, item in enumerate(scene.items) if isinstance(item, Group)]
    assume(groups)
    item = data.draw(st.sampled_from(groups))
    stroke = data.draw(st.integers(0, len(scene.items[item].strokes) - 1))
    before = strokes_seen(scene, item)
    after = strokes_seen(move_stroke(scene, item, stroke, dx, dy), item)
    turned = strokes_seen(rotate_stroke(scene, item, stroke, degrees, about=(dx, dy)), item)
    for index, points in enumerate(before):
        if index != stroke:
            assert np.array_equal(after[index], points)
            assert np.array_equal(turned[index], points)
            continue
        assert np.allclose(after[index], points + (dx, dy), atol=1e-6)
        a = math.radians(degrees)
        x, y = (points - (dx, dy)).T
        expected = np.stack(
            [x * math.cos(a) - y * math.sin(a) + dx, x * math.sin(a) + y * math.cos(a) + dy], 1
        )
        assert np.allclose(turned[index], expected, atol=1e-6)


def test_a_stroke_turns_clockwise_about_its_own_middle():
    picture = ImageLayer(np.zeros((2, 2), np.float32), (0, 0))
    scene = Scene(32, 64, (Group.of([Stroke([(10, 10), (20, 10)]), Stroke([(1, 1)])]), picture))
    with pytest.raises(ValueError, match="picture"):
        rotate_stroke(scene, 1, 0, 90)
    turned = rotate_stroke(scene, 0, 0, 90).items[0].strokes[0].points
    assert turned.tolist() == [[15, 5], [15, 15]]


anything = st.floats(allow_nan=True, allow_infinity=True)


@given(anything, anything, anything, anything, anything, anything)
def test_whatever_a_handle_asks_for_can_be_undone(dx, dy, scale, angle, squeeze, slant):
    new = limited(
        Transform(),
        dx=dx,
        dy=dy,
        scale=scale,
        angle=angle,
        squeeze=squeeze,
        slant=slant,
    )
    assert 1e-3 <= new.scale <= 100
    assert 1e-3 <= new.squeeze <= 100
    assert -180 < new.angle <= 180
    scene = Scene(32, 64, (Group.of([Stroke([(3, 3), (9, 20)])]),))
    image = rasterize_scene(transformed(scene, 0, new))
    assert np.isfinite(image).all()
    back = new.unapply(new.apply(np.array([(3.0, 4.0)]), (0, 0)), (0, 0))
    assert np.isfinite(back).all()


def test_limits_leave_what_is_within_them():
    old = Transform(dx=3, scale=2, angle=30)
    assert limited(old) == old
    assert limited(old, scale=math.nan, dx=7).scale == 2
    assert limited(old, angle=-180).angle == 180
    assert limited(old, angle=370).angle == 10


def test_the_pen_width_of_the_chosen_groups():
    scene = Scene(32, 64, (Group.of([Stroke([(3, 3)], 2, 0.5)]), Group.of([Stroke([(9, 9)], 2)])))
    wedge = Stroke([(9, 9), (12, 12)], 2, widths=[0.5, 1.5])
    scene = replace(scene, items=(*scene.items, Group.of([wedge])))
    after = with_width(scene, [0, 2], 5)
    assert after.items[2].strokes == (Stroke(wedge.points, 5, widths=[0.5, 1.5]),)
    assert after.items[0].strokes[0] == Stroke([(3, 3)], 5, 0.5)
    assert after.items[1] is scene.items[1]


@settings(max_examples=40)
@given(scenes(), st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=5))
def test_a_pen_stroke_lies_where_it_was_drawn(scene, line):
    """Through the scene's transform, and the last group's if it joins it; the rest stays."""
    stroke = Stroke(line, 2.0, 0.75, np.linspace(0.5, 1.5, len(line)))
    after = join_or_add(scene, stroke)
    last = len(after.items) - 1
    drawn = after.strokes_of(last)[-1]
    assert np.allclose(drawn.points, stroke.points, atol=1e-6)
    assert drawn.width_px == pytest.approx(2.0)
    assert drawn.ink == 0.75
    assert np.array_equal(drawn.widths, stroke.widths)
    turned = rotate_stroke(after, last, len(after.items[last].strokes) - 1, 30)
    assert np.array_equal(turned.strokes_of(last)[-1].widths, stroke.widths)
    for index in range(len(scene.items)):
        old = strokes_seen(scene, index)
        new = strokes_seen(after, index)[: len(old)]
        assert all(np.allclose(a, b, atol=1e-6) for a, b in zip(old, new, strict=True))


@pytest.mark.parametrize(
    ("name", "gap", "items"), [("", JOIN_PX - 0.1, 1), ("", JOIN_PX + 0.1, 2), ("3", -1, 2)]
)
def test_strokes_join_a_pen_drawing_that_is_near(name, gap, items):
    drawn = Group.of([Stroke([(10, 4), (10, 28)], 2)], name)
    near = Stroke([(12 + gap, 8), (30, 8)], 2)  # the pens' rims are gap apart
    after = join_or_add(Scene(32, 64, (drawn,)), near)
    assert len(after.items) == items
    assert sum(len(group.strokes) for group in after.items) == 2
    assert after.items[-1].anchor == Group.of(after.items[-1].strokes).anchor


@given(st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=60), st.floats(0.01, 20))
def test_a_simplified_line_keeps_its_ends_and_stays_near(line, tolerance):
    line = np.array(line)
    fewer = simplify(line, tolerance)
    assert np.array_equal(fewer[[0, -1]], line[[0, -1]])
    assert len(fewer) <= max(2, len(line))
    for x, y in line:
        assert distance_to(fewer, x, y) <= tolerance * (1 + 1e-9)


def test_a_straight_line_needs_two_points_and_a_corner_three():
    straight = np.stack([np.linspace(0, 9, 50), np.linspace(0, 3, 50)], axis=1)
    assert len(simplify(straight)) == 2
    corner = np.array([(0, 0), (1, 0), (2, 0), (5, 0), (5, 3), (5, 6)])
    assert simplify(corner).tolist() == [[0, 0], [5, 0], [5, 6]]
