"""Many items: what is found for all at once is what a plain loop over them finds."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import extreme_transforms, groups, layers, mild_transforms

from viz.scene import Group, ImageLayer, Scene, Stroke, Transform
from viz.scene.edit import all_limited, limited, moved, transformed
from viz.scene.eraser import erase
from viz.scene.hits import (
    bounds_of,
    distance_to,
    item_at,
    item_bounds,
    item_centre,
    item_centres,
    item_frame,
    item_frames,
    items_in,
    stroke_at,
)
from viz.scene.model import IDENTITY, linears, numbers_of, transforms_of
from viz.scene.shaping import all_decomposed, decomposed, mapped

shifts = st.builds(Transform, dx=st.floats(-40, 40), dy=st.floats(-40, 40))
turns = st.builds(Transform, angle=st.sampled_from([90.0, 180.0, -90.0]))
some = st.just(IDENTITY) | shifts | turns | mild_transforms
empty = st.builds(Group, st.just(()), st.just((20.0, 9.0)), some)
mixed = st.lists(groups(some) | layers(some, most=9) | empty, min_size=1, max_size=6)
scenes = st.builds(Scene, st.just(64), st.just(256), mixed.map(tuple), some)
places = st.tuples(st.floats(0, 256), st.floats(0, 64))


def box_of(scene: Scene, index: int) -> tuple[float, ...]:
    """The box of one item, by its strokes alone."""
    boxes = []
    for stroke in scene.strokes_of(index):
        widths = np.ones(len(stroke.points)) if stroke.widths is None else stroke.widths
        reach = stroke.width_px / 2 * widths[:, None]
        boxes.append((*(stroke.points - reach).min(0), *(stroke.points + reach).max(0)))
    if not boxes:
        corners = item_frame(scene, index)
        boxes = [(*corners.min(0), *corners.max(0))]
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def width_near(stroke: Stroke, x: float, y: float) -> float:
    """A stroke's width, in multiples of its pen's, where its centre line is nearest to a point."""
    points, widths = stroke.points, stroke.widths
    if widths is None:
        return 1.0
    near = [(math.dist(points[0], (x, y)), float(widths[0]))]
    for (a, b), (first, last) in zip(pairwise(points), pairwise(widths), strict=True):
        length2 = float((b - a) @ (b - a))
        t = min(1.0, max(0.0, float((b - a) @ ((x, y) - a)) / length2)) if length2 else 0.0
        near.append((math.dist(a + t * (b - a), (x, y)), float(first + t * (last - first))))
    least = min(distance for distance, _ in near)
    return max(width for distance, width in near if distance <= least)


def strokes_near(scene: Scene, index: int, x: float, y: float, tolerance: float) -> list:
    """(distance, number) of an item's strokes with ink within the tolerance."""
    found = []
    for number, stroke in enumerate(scene.strokes_of(index)):
        distance = distance_to(stroke.points, x, y)
        if distance <= stroke.width_px / 2 * width_near(stroke, x, y) + tolerance:
            found.append((distance, number))
    return found


def has_ink(scene: Scene, index: int, x: float, y: float) -> bool:
    """Whether a picture has ink at a point."""
    layer = scene.items[index]
    height, width = layer.pixels.shape
    corner = np.array(layer.anchor) - (width / 2, height / 2)
    column, row = np.floor(scene.to_item(index, np.array([(x, y)]))[0] - corner)
    within = 0 <= row < height and 0 <= column < width
    return within and layer.pixels[int(row), int(column)] >= 0.25


@settings(max_examples=100)
@given(scenes)
def test_boxes_are_those_of_each_item(scene):
    boxes = [box_of(scene, index) for index in range(len(scene.items))]
    assert np.allclose(scene.boxes.items, boxes, rtol=1e-9, atol=1e-9)
    left, top, right, bottom = zip(*boxes, strict=True)
    assert bounds_of(scene) == pytest.approx((min(left), min(top), max(right), max(bottom)))
    strokes = [s for i in range(len(boxes)) for s in (scene.strokes_of(i) or [None])]
    assert len(scene.boxes.strokes) == len(strokes) == scene.boxes.first[-1]
    for box, stroke in zip(scene.boxes.strokes, strokes, strict=True):
        assert stroke is None or box == pytest.approx(stroke.box)


def test_boxes_of_shifted_items_are_exact():
    stroke = Stroke([(0.1, 0.7), (3.3, 9.1)], 1.7)
    scene = Scene(32, 64, (Group((stroke,), (1, 2), Transform(dx=0.3, dy=-0.1)),))
    for whole in (IDENTITY, Transform(dx=7.7, dy=0.2)):
        drawn = Scene(32, 64, scene.items, whole)
        assert item_bounds(drawn, 0) == drawn.strokes_of(0)[0].box
    assert bounds_of(Scene()) is None
    assert bounds_of(scene, ()) is None


def test_an_item_that_stays_is_not_measured_again():
    one, other = (Group.of([Stroke([(x, 3), (x, 9)])]) for x in (9, 30))
    scene = Scene(32, 64, (one, other))
    before = scene.boxes.items
    after = moved(scene, [1], 2, 0).boxes.items
    assert np.array_equal(after, before + [[0], [1]] * np.array([2, 0, 2, 0]))


@settings(max_examples=150)
@given(scenes, places, st.floats(0, 6))
def test_the_same_is_hit_as_by_asking_each_item(scene, at, tolerance):
    hits = {i: strokes_near(scene, i, *at, tolerance) for i in range(len(scene.items))}
    top = max((index for index, found in hits.items() if found), default=None)
    assert stroke_at(scene, *at, tolerance) == (None if top is None else (top, min(hits[top])[1]))
    inked = [
        index
        for index, item in enumerate(scene.items)
        if (has_ink(scene, index, *at) if isinstance(item, ImageLayer) else hits[index])
    ]
    boxed = [
        index
        for index in range(len(scene.items))
        if (box := item_bounds(scene, index))[0] <= at[0] <= box[2] and box[1] <= at[1] <= box[3]
    ]
    assert item_at(scene, *at, tolerance) == next(iter(inked[::-1] or boxed[::-1]), None)


@settings(max_examples=100)
@given(scenes, places, places)
def test_the_same_items_lie_in_a_rectangle(scene, one, other):
    (left, right), (top, bottom) = (sorted(ends) for ends in zip(one, other, strict=True))
    inside = []
    for index in range(len(scene.items)):
        x0, y0, x1, y1 = item_bounds(scene, index)
        if left <= (x0 + x1) / 2 <= right and top <= (y0 + y1) / 2 <= bottom:
            inside.append(index)
    assert items_in(scene, *one, *other) == tuple(inside)


@settings(max_examples=60)
@given(st.builds(Scene, items=mixed.map(tuple), transform=some | extreme_transforms))
def test_frames_and_centres_are_those_of_each_item(scene):
    indices = range(len(scene.items))
    frames = np.array([item_frame(scene, index) for index in indices])
    assert np.allclose(item_frames(scene, indices), frames, rtol=1e-9, atol=1e-6)
    centres = [item_centre(scene, index) for index in indices]
    assert np.allclose(item_centres(scene, indices), centres, rtol=1e-9, atol=1e-6)
    assert item_frames(scene, []).shape == (0, 4, 2)


@settings(max_examples=60)
@given(scenes, mild_transforms, st.data())
def test_items_are_mapped_as_each_alone(scene, transform, data):
    chosen = data.draw(st.sets(st.sampled_from(range(len(scene.items))), min_size=1))
    linear, about = transform.linear, np.array((30.0, 20.0))
    whole, plain = scene.transform, scene
    for index in chosen:
        own = scene.items[index].transform
        seen = decomposed(np.linalg.inv(whole.linear) @ linear @ whole.linear @ own.linear)
        old = np.array(item_centre(scene, index))
        dx, dy = linear @ (old - about) + about + (1, 2) - old
        plain = transformed(plain, index, Transform(own.dx, own.dy, *list(vars(seen).values())[2:]))
        plain = moved(plain, [index], float(dx), float(dy))
    new = mapped(scene, chosen, linear, (30, 20), (1, 2))
    for index in range(len(scene.items)):
        assert np.allclose(item_frame(new, index), item_frame(plain, index), rtol=1e-6, atol=1e-6)


@settings(max_examples=60)
@given(scenes, st.lists(places, min_size=1, max_size=3), st.floats(0.5, 20))
def test_the_same_is_erased_as_from_each_item_alone(scene, path, radius):
    left = []
    for item in scene.items:
        left += erase(
            Scene(scene.height, scene.width, (item,), scene.transform), path, radius
        ).items
    assert erase(scene, path, radius).items == tuple(left)


@settings(max_examples=60)
@given(scenes, st.floats(-1e5, 1e5), st.floats(-9, 9))
def test_items_are_moved_as_each_alone(scene, dx, dy):
    new = moved(scene, range(len(scene.items)), dx, dy)
    if scene.transform.is_shift:
        for item, old in zip(new.items, scene.items, strict=True):
            own = old.transform
            x, y = limited(own, dx=own.dx + dx).dx, limited(own, dy=own.dy + dy).dy
            assert item == replace(old, transform=replace(own, dx=x, dy=y))
    for index in range(len(scene.items)):
        alone = moved(scene, [index], dx, dy)
        assert new.items[index] == alone.items[index]
        assert new.boxes.items[index] == pytest.approx(alone.boxes.items[index])


@settings(max_examples=60)
@given(st.lists(mild_transforms | extreme_transforms, min_size=1, max_size=9))
def test_transforms_are_limited_and_decomposed_as_each_alone(transforms):
    numbers = numbers_of(transforms)
    assert transforms_of(numbers) == transforms
    assert transforms_of(all_limited(numbers)) == [limited(one) for one in transforms]
    matrices = linears(numbers)
    assert np.allclose(matrices, [one.linear for one in transforms], rtol=1e-12, atol=1e-300)
    alone = numbers_of(decomposed(matrix) for matrix in matrices)
    assert np.allclose(all_decomposed(matrices), alone, rtol=1e-9, atol=1e-9)


def test_numbers_that_no_transform_has_are_refused():
    for row in ((0, 0, 0, 0, 1, 0), (0, np.nan, 1, 0, 1, 0), (0, 0, 1, 0, -1, 0)):
        with pytest.raises(ValueError, match="transform"):
            transforms_of(np.array([(0, 0, 1, 0, 1, 0), row], np.float64))
