"""Shaping: what is asked for on the canvas is what the transforms come to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.scene import Scene, Transform
from viz.scene.digits import digit
from viz.scene.edit import LARGEST, SMALLEST
from viz.scene.hits import item_centre
from viz.scene.shaping import decomposed, mapped, pivot, seen_transform, shaped


def transforms_of(most: float, slant: float) -> st.SearchStrategy[Transform]:
    factors, shifts = st.floats(1 / most, most), st.floats(-20, 20)
    slants = st.floats(-slant, slant)
    return st.builds(Transform, shifts, shifts, factors, st.floats(-180, 180), factors, slants)


transforms = transforms_of(5, 2)
mild = transforms_of(2, 0.7)
"""Of a condition number ≤ 3.16, so that of four of them in a row is ≤ 100: no product of them has
a squeeze or a slant beyond LARGEST, which bound what is written into a transform."""


def scene_of(whole: Transform, own: Transform) -> Scene:
    first = replace(digit(3), transform=own)
    return Scene(32, 64, (first, digit(1, centre=(48.0, 16.0))), whole)


def drawn(scene: Scene, index: int) -> np.ndarray:
    return np.concatenate([stroke.points for stroke in scene.strokes_of(index)])


@given(transforms)
def test_a_linear_map_is_angle_scale_squeeze_and_slant(transform: Transform) -> None:
    found = decomposed(transform.linear)
    assert found.linear == pytest.approx(transform.linear, abs=1e-9)
    assert found.scale == pytest.approx(transform.scale)
    assert found.squeeze == pytest.approx(transform.squeeze)
    assert found.slant == pytest.approx(transform.slant, abs=1e-9)
    assert np.cos(np.radians(found.angle - transform.angle)) == pytest.approx(1)


@given(mild, mild, mild, st.sampled_from([(), (0,), (1,), (0, 1)]))
def test_a_map_moves_every_chosen_point_and_no_other(
    whole: Transform, own: Transform, change: Transform, chosen: tuple[int, ...]
) -> None:
    scene = scene_of(whole, own)
    about, shift = (20.0, 10.0), (change.dx, change.dy)
    after = mapped(scene, chosen, change.linear, about, shift)
    for index in (0, 1):
        points = drawn(scene, index)
        if index in (chosen or (0, 1)):
            points = (points - about) @ change.linear.T + about + shift
        assert drawn(after, index) == pytest.approx(points, rel=1e-6, abs=1e-6)


@given(transforms, transforms, transforms)
def test_a_map_beyond_the_limits_comes_as_near_as_they_allow(
    whole: Transform, own: Transform, change: Transform
) -> None:
    scene = scene_of(whole, own)
    about, shift = (20.0, 10.0), (change.dx, change.dy)
    after = mapped(scene, (0,), change.linear, about, shift)
    transform = after.items[0].transform
    assert SMALLEST <= transform.squeeze <= LARGEST
    assert SMALLEST <= transform.scale <= LARGEST
    assert abs(transform.slant) <= LARGEST
    centre = np.array(item_centre(scene, 0))
    expected = change.linear @ (centre - about) + about + shift  # where it belongs all the same
    assert item_centre(after, 0) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(mild, mild, st.sampled_from([(), (0,)]))
def test_what_is_set_is_what_is_seen(
    whole: Transform, own: Transform, chosen: tuple[int, ...]
) -> None:
    scene = scene_of(whole, own)
    centre = pivot(scene, chosen)
    after = shaped(scene, chosen, angle=30, scale=1.5)
    seen = seen_transform(after, chosen)
    before = seen_transform(scene, chosen)
    assert (seen.angle, seen.scale) == pytest.approx((30, 1.5))
    assert (seen.squeeze, seen.slant) == pytest.approx((before.squeeze, before.slant), abs=1e-6)
    assert pivot(after, chosen) == pytest.approx(centre, abs=1e-6)


def test_numbers_are_stored_as_given() -> None:
    scene = scene_of(Transform(dx=3), Transform(scale=2))
    assert shaped(scene, [0], angle=12.5).items[0].transform == Transform(scale=2, angle=12.5)
    assert shaped(scene, [], squeeze=0.7).transform == Transform(dx=3, squeeze=0.7)


def test_several_grow_about_their_common_centre() -> None:
    scene = scene_of(Transform(), Transform())
    x, _ = pivot(scene, [0, 1])
    after = shaped(scene, [0, 1], scale=0.5)
    for index in (0, 1):
        was, now = item_centre(scene, index)[0], item_centre(after, index)[0]
        assert now - x == pytest.approx((was - x) / 2)
        assert after.items[index].transform.scale == pytest.approx(0.5)
