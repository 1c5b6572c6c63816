"""Parts: A and B make up the drawing again, whatever lies on the canvas; a moved part is moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_nets import three_convolutions, unshared

from viz.measure.stroke_selection import (
    StrokeSelection,
    centre_of,
    exists,
    four_images,
    image_of,
    image_without,
    likely_part,
    name_of,
    put,
    reaching,
    same_rest,
    shift_since,
    strokes_in,
    window_about,
    window_over,
)
from viz.nets.architecture import Architecture
from viz.nets.lenet5 import lenet5, notes
from viz.scene import Group, ImageLayer, Noise, Scene, Stroke, Transform, rasterize_scene
from viz.scene.digits import number


def busy() -> Scene:
    """A 3 and a turned, larger 1, a picture, and the whole drawing moved."""
    rng = np.random.default_rng(3)
    three, one = number("31").items
    assert isinstance(one, Group)
    one = Group(one.strokes, one.anchor, Transform(dx=14.3, angle=20, scale=1.2), "1")
    picture = ImageLayer(rng.random((9, 7), np.float32), (50.0, 20.0))
    return Scene(32, 64, (three, one, picture), Transform(dx=0.4, dy=-1, angle=3))


def test_every_stroke_and_picture_is_a_part() -> None:
    scene = busy()
    parts = strokes_in(scene)
    assert parts == (
        StrokeSelection(0, 0),
        StrokeSelection(0, 1),
        StrokeSelection(1, 0),
        StrokeSelection(1, 1),
        StrokeSelection(2),
    )
    assert all(exists(scene, part) for part in parts)
    assert exists(scene, StrokeSelection(0))
    assert not any(
        exists(scene, part)
        for part in (StrokeSelection(0, 2), StrokeSelection(2, 0), StrokeSelection(3))
    )


@pytest.mark.parametrize("part", [*strokes_in(busy()), StrokeSelection(0), StrokeSelection(1)])
def test_a_and_b_make_up_the_drawing(part: StrokeSelection) -> None:
    scene = busy()
    a, b = image_of(scene, part), image_without(scene, part)
    assert a.max() > 0.5
    assert np.array_equal(np.maximum(a, b), rasterize_scene(scene))
    assert not np.array_equal(b, rasterize_scene(scene))
    noisy = replace(scene, noise=Noise(0.3, 0.1, 5))
    both, *_, neither = images = four_images(noisy, part)
    assert np.array_equal(both, rasterize_scene(noisy))
    blank = (a == 0) & (b == 0)
    assert all(np.array_equal(image[blank], neither[blank]) for image in images)


def test_a_picture_is_whole() -> None:
    assert name_of(busy(), StrokeSelection(2)) == "the image"
    assert name_of(busy(), StrokeSelection(0, 1)) == "stroke 2 of the 3"
    assert name_of(busy(), StrokeSelection(1)) == "the 1"
    drawn = Scene(items=(Group.of([Stroke([(3, 3), (9, 9)])]),))
    assert name_of(drawn, StrokeSelection(0, 0)) == "the stroke"


@pytest.mark.parametrize(
    "part", [StrokeSelection(0, 1), StrokeSelection(1, 0), StrokeSelection(0), StrokeSelection(1)]
)
def test_put_moves_by_what_is_seen_and_turns_about_the_middle(part: StrokeSelection) -> None:
    scene = busy()
    x, y = centre_of(scene, part)
    after = centre_of(put(scene, part, 2.5, -3), part)
    assert after == pytest.approx((x + 2.5, y - 3), abs=1e-9)
    before = image_without(scene, part)
    assert np.array_equal(image_without(put(scene, part, 2, 3, 30), part), before)


@pytest.mark.parametrize("box", [(0, 16, 32, 32), (-4, -4, 40, 40), (0, 28, 32, 40)])
@pytest.mark.parametrize("part", [StrokeSelection(0, 0), StrokeSelection(1), StrokeSelection(2)])
def test_what_reaches_beyond_the_box_is_the_canvas_where_there_is_one(
    part: StrokeSelection, box: tuple[int, int, int, int]
) -> None:
    scene = busy()
    top, left, height, width = box
    ink = reaching(scene, part, box, 12)
    assert ink.shape == (height + 24, width + 24)
    whole = np.pad(image_of(scene, part), 60)
    on = np.pad(np.ones((32, 64), bool), 60)
    place = np.s_[60 + top - 12 : 60 + top + height + 12, 60 + left - 12 : 60 + left + width + 12]
    assert np.array_equal(ink[on[place]], whole[place][on[place]])


def test_the_likely_part_is_a_short_stroke_of_a_sure_digit() -> None:
    assert likely_part(Scene()) is None
    scene = number("31")
    output = np.full((11, 1, 9), np.log(0.01), np.float32)
    output[1, 0, window_over(scene, StrokeSelection(1), lenet5())[1]] = np.log(0.9)
    assert likely_part(scene, lenet5(), output) == StrokeSelection(1, 0)  # the flag of the 1
    assert likely_part(scene) == StrokeSelection(0, 0)
    single = Scene(items=(*number("0").items, *number("4").items))
    chosen = likely_part(single)
    assert chosen is not None and chosen.item == 1  # the 0 has nothing to bind


def test_a_part_belongs_to_the_nearest_window_that_sees_a_digit() -> None:
    scene = number("31")
    windows = tuple(window_over(scene, StrokeSelection(item), lenet5()) for item in (0, 1))
    output = np.full((11, 1, 9), np.log(0.01), np.float32)
    for row, column in windows:
        output[3, row, column] = np.log(0.9)
    assert window_about(scene, StrokeSelection(0, 1), lenet5(), output) == windows[0]
    assert window_about(scene, StrokeSelection(1, 1), lenet5(), output) == windows[1]
    far = put(scene, StrokeSelection(0, 1), 100, 0)
    assert window_over(far, StrokeSelection(0, 1), lenet5()) == (0, 8)
    assert window_about(far, StrokeSelection(0, 1), lenet5(), output) == windows[1]


@pytest.mark.parametrize(
    "architecture", [lenet5(side=28, none=False), notes(), three_convolutions(), unshared()]
)
def test_the_window_over_a_part_is_the_one_whose_middle_is_nearest(
    architecture: Architecture,
) -> None:
    scene, part = number("31", height=40), StrokeSelection(1)
    rows, columns = architecture.windows(scene.height, scene.width)
    middles = np.stack(np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij"), -1)
    middles = architecture.centre(middles)
    x, y = centre_of(scene, part)
    away = np.hypot(*np.moveaxis(middles - (y, x), 2, 0))
    row, column = window_over(scene, part, architecture)
    assert away[row, column] == pytest.approx(away.min())
    output = np.full((architecture.classes, rows, columns), np.log(0.01), np.float32)
    output[1, row, column] = np.log(0.9)
    assert window_about(scene, StrokeSelection(1, 0), architecture, output) == (row, column)


def test_a_shift_of_the_part_alone_is_told_from_other_changes() -> None:
    scene, part = number("31"), StrokeSelection(0, 1)
    assert shift_since(scene, scene, part) == (0, 0)
    there = put(scene, part, 3.5, -2)
    assert same_rest(scene, there, part) and not same_rest(scene, there, StrokeSelection(0, 0))
    assert shift_since(scene, there, part) == pytest.approx((3.5, -2))
    assert shift_since(scene, put(scene, part, 3, 0, 2.0), part) == pytest.approx((3, 0), abs=0.3)
    assert shift_since(scene, put(scene, part, 3, 0, 45.0), part) is None
    assert shift_since(scene, put(there, StrokeSelection(1, 0), 1, 0), part) is None
    assert shift_since(scene, put(scene, StrokeSelection(1), 1, 0), part) is None
    assert shift_since(
        scene, put(scene, StrokeSelection(1), 1, 0), StrokeSelection(1)
    ) == pytest.approx((1, 0))
    assert shift_since(scene, Scene(32, 64, scene.items[:1]), part) is None
    assert shift_since(scene, replace(scene, width=72), part) is None
