"""The scene model: what can be built, and transforms against plain formulas."""

import math
import subprocess
import sys
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.scene import Group, ImageLayer, Scene, Stroke, Transform

ANCHOR = (16.0, 12.0)
points = st.lists(
    st.tuples(st.floats(-600, 600), st.floats(-600, 600)), min_size=1, max_size=8
).map(lambda pairs: np.array(pairs))


@pytest.mark.parametrize(
    ("record", "fields", "match"),
    [
        (Stroke, {"points": np.zeros((0, 2))}, "stroke"),
        (Stroke, {"points": [(1, 2, 3)]}, "stroke"),
        (Stroke, {"points": [(1, math.nan)]}, "stroke"),
        (Stroke, {"points": [(1, 1)], "width_px": 0}, "stroke"),
        (Stroke, {"points": [(1, 1)], "width_px": math.inf}, "stroke"),
        (Stroke, {"points": [(1, 1)], "ink": 0}, "stroke"),
        (Stroke, {"points": [(1, 1)], "ink": 1.5}, "stroke"),
        *((Transform, {name: math.nan}, "finite") for name in asdict(Transform())),
        (Transform, {"scale": 0}, "positive"),
        (Transform, {"scale": -1}, "positive"),
        (Transform, {"squeeze": 0}, "positive"),
        (Scene, {"height": 31}, "canvas"),
        (Scene, {"height": 129}, "canvas"),
        (Stroke, {"points": [(1, 2)], "widths": [1, 1]}, "as many widths"),
        (Stroke, {"points": [(1, 2)], "widths": 1}, "as many widths"),
        (Stroke, {"points": [(1, 2)], "widths": [0]}, "positive"),
        (Stroke, {"points": [(1, 2)], "widths": [np.inf]}, "positive"),
        (Scene, {"width": 31}, "canvas"),
        (Scene, {"width": 513}, "canvas"),
        (ImageLayer, {"pixels": np.zeros((0, 4), np.float32), "anchor": (0, 0)}, "layer"),
    ],
)
def test_what_cannot_be_drawn_cannot_be_made(record, fields, match):
    with pytest.raises(ValueError, match=match):
        record(**fields)


def test_arrays_are_read_only_and_points_a_copy():
    own = np.array([(1.0, 2.0), (3.0, 4.0)])
    stroke = Stroke(own)
    own[0] = 99
    assert stroke.points[0, 0] == 1
    assert not stroke.points.flags.writeable
    assert not ImageLayer(np.zeros((2, 2), np.float32), (0, 0)).pixels.flags.writeable


@pytest.mark.parametrize(
    ("transform", "expected"),
    [
        (Transform(dx=2, dy=-3), (18, 7)),
        (Transform(scale=3), (16, 6)),
        (Transform(angle=90), (18, 12)),  # up turns to the right: clockwise on the screen
        (Transform(slant=0.5), (17, 10)),  # two pixels up are one pixel to the right
        (Transform(squeeze=4), (16, 10)),  # nothing beside the anchor to squeeze
    ],
)
def test_where_a_point_two_pixels_above_the_anchor_goes(transform, expected):
    assert transform.apply(np.array([(16.0, 10.0)]), ANCHOR)[0].tolist() == list(expected)


def test_squeeze_is_width_over_height():
    corners = np.array([(0.0, 0.0), (2.0, 0.0), (0.0, 2.0)])
    origin, right, down = Transform(scale=3, squeeze=2).apply(corners, (0, 0))
    assert (right - origin)[0] == 2 * (down - origin)[1] == 12


@given(points, st.integers(-100, 100), st.integers(-100, 100))
def test_a_shift_adds_and_does_nothing_else(at, dx, dy):
    assert np.array_equal(Transform(dx=dx, dy=dy).apply(at, ANCHOR), at + (dx, dy))


@given(
    points,
    st.floats(-50, 50),
    st.floats(1e-3, 100),
    st.floats(-360, 360),
    st.floats(1e-3, 100),
    st.floats(-5, 5),
)
def test_unapply_undoes_apply_even_at_the_extremes(at, dx, scale, angle, squeeze, slant):
    transform = Transform(dx, -dx, scale, angle, squeeze, slant)
    there = transform.apply(at, ANCHOR)
    assert np.isfinite(there).all()
    back = transform.unapply(there, ANCHOR)
    # The map's condition bounds what rounding can do: a squeeze of 1e-3 costs three digits
    error = 1e-12 * np.linalg.cond(transform.linear) * (1 + np.abs(there).max() / scale)
    assert np.abs(back - at).max() <= error


def test_items_map_to_the_canvas_through_both_transforms_and_back():
    group = Group((Stroke([(4, 4)]),), (4, 4), Transform(dx=2, angle=30))
    scene = Scene(32, 64, (group,), Transform(dy=5, scale=2, slant=0.3))
    at = np.array([(1.0, 2.0), (-3.0, 8.0)])
    expected = scene.transform.apply(group.transform.apply(at, (4, 4)), (32, 16))
    assert np.array_equal(scene.to_canvas(0, at), expected)
    assert np.allclose(scene.to_item(0, expected), at, atol=1e-12)
    assert np.allclose(scene.strokes_of(0)[0].points, scene.to_canvas(0, group.strokes[0].points))


def test_a_scaled_group_has_a_scaled_pen():
    group = Group.of([Stroke([(0, 0), (8, 0)], 2.0)])
    twice = Scene(32, 32, (group,), Transform(scale=2)).strokes_of(0)[0]
    assert twice.width_px == 4
    wide = Group(group.strokes, group.anchor, Transform(squeeze=4)).placed[0]
    wedge = Stroke([(0, 0), (4, 0)], 2, widths=[0.5, 1.5])
    (drawn,) = Transform(scale=2).draw([wedge], (0, 0))
    assert drawn == Stroke([(0, 0), (8, 0)], 4, widths=[0.5, 1.5])
    assert wedge != Stroke(wedge.points, 2) and wedge.moved(1, 0) != wedge
    assert wide.width_px == 4  # the area grows fourfold, so the pen by its square root


def test_a_group_is_anchored_in_the_middle_of_its_box():
    assert Group.of([Stroke([(2, 2), (6, 2)]), Stroke([(3, 10)])]).anchor == (4, 6)
    with pytest.raises(ValueError, match="bounds"):
        Group.of([])


def test_scenes_are_equal_by_value():
    def scene(ink: float) -> Scene:
        pixels = np.full((3, 3), ink, np.float32)
        layer = ImageLayer(pixels, (8.0, 8.0))
        return Scene(32, 32, (Group.of([Stroke([(1, 2), (3, 4)])]), layer))

    assert scene(0.5) == scene(0.5)
    assert hash(scene(0.5)) == hash(scene(0.5))
    assert scene(0.5) != scene(0.25)


def test_importing_the_scene_imports_neither_torch_nor_qt_nor_pillow():
    code = (
        "import sys, viz.scene, viz.scene.digits, viz.scene.eraser, viz.session.files;"
        "import viz.model.autosave;"
        "print([m for m in ('torch', 'PyQt6', 'pyqtgraph', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
