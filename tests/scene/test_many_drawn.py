"""Many items drawn together: to the bit what their strokes give one by one."""

from dataclasses import replace
from itertools import chain

import numpy as np
import pytest

from viz.scene import Group, ImageLayer, Scene, Stroke, Transform, rasterize, rasterize_scene
from viz.scene.edit import deleted, grouped, join_or_add, moved
from viz.scene.model import IDENTITY
from viz.scene.raster import Cancelled, cancellable
from viz.scene.shaping import shaped

TURNED = Transform(dx=0.4, angle=90, scale=0.5)


def stroke_of(rng: np.random.Generator) -> Stroke:
    """Any stroke: a dot, a line, one of several leaves or blocks, thin, thick, near or far."""
    count = int(rng.choice([1, 2, 2, 3, 3, 16, 17, 18, 33, 257, 258]))
    points = rng.uniform((-9, -9), (135, 73)) + rng.uniform(-1, 1, (count, 2)) * rng.choice(
        [0, 1, 9, 31, 90]
    )
    widths = rng.uniform(0.5, 1.5, count) if rng.random() < 0.1 else None
    return Stroke(points, rng.choice([0.1, 1.2, 2.4, 30]), rng.choice([0.3, 1]), widths)


def scene_of(count: int, whole: Transform = IDENTITY) -> Scene:
    """Items of up to three strokes, and a picture among them."""
    rng = np.random.default_rng(7)
    transforms = (IDENTITY, Transform(dx=0.3, dy=-2), TURNED)
    items = [
        Group(tuple(stroke_of(rng) for _ in range(rng.integers(4))), (60, 30), transforms[i % 3])
        for i in range(count)
    ]
    picture = ImageLayer(rng.random((9, 9), np.float32), (20.0, 20.0))
    return Scene(64, 128, (*items, picture), whole)


def one_by_one(scene: Scene) -> np.ndarray:
    strokes = chain.from_iterable(scene.strokes_of(i) for i in range(len(scene.items)))
    rest = replace(scene, items=tuple(i for i in scene.items if isinstance(i, ImageLayer)))
    return np.maximum(rasterize(strokes, scene.height, scene.width), rasterize_scene(rest))


@pytest.mark.parametrize("whole", [IDENTITY, Transform(dx=3.3, dy=0.1), TURNED])
def test_many_items_give_the_image_of_their_strokes(whole):
    scene = scene_of(90, whole)
    assert np.array_equal(rasterize_scene(scene), one_by_one(scene))


def test_one_group_of_many_strokes_gives_the_image_of_them():
    scene = scene_of(90)
    pictures = len(scene.items) - 1
    groups = [i for i in range(pictures) if scene.items[i].strokes]
    for one in (grouped(scene, groups), moved(grouped(scene, groups), [2], 1.5, 0.25)):
        assert np.array_equal(rasterize_scene(one), one_by_one(one))


def test_after_every_edit_it_is_the_image_of_the_scene_as_it_is():
    scene = scene_of(90)
    half, everything = range(0, 90, 2), range(91)
    line = Stroke([(3, 3), (90, 40)])
    for edit in (
        lambda scene: scene,
        lambda scene: moved(scene, [3], 1.5, 0),  # most of it stays
        lambda scene: moved(scene, [3], 1.5, 0),
        lambda scene: join_or_add(scene, line),
        lambda scene: join_or_add(scene, line.moved(0, 9)),
        lambda scene: moved(scene, half, 0.25, 0),
        lambda scene: moved(scene, half, 0.25, 0),
        lambda scene: deleted(scene, half),
        lambda scene: replace(scene, height=40),
        lambda scene: replace(scene, height=64, transform=TURNED),
        lambda scene: replace(scene, items=(*scene.items, *scene_of(70).items)),
        lambda scene: moved(scene, everything, 7, 7),
        lambda scene: replace(scene, items=scene.items[:10]),
        lambda scene: Scene(64, 128),
    ):
        scene = edit(scene)
        assert np.array_equal(rasterize_scene(scene), one_by_one(scene))


def test_turned_items_give_the_image_of_their_strokes():
    scene = shaped(scene_of(90), range(90), angle=20.0)
    assert rasterize_scene(scene) == pytest.approx(one_by_one(scene), abs=1e-3)


def test_the_same_moved_by_whole_pixels_has_the_same_bits():
    inside = [Group.of([Stroke([(20 + i / 7, 20), (30, 30 + i / 9)])]) for i in range(80)]
    scene = Scene(64, 128, tuple(inside))
    shifted = moved(scene, range(80), 8, 4)
    assert np.array_equal(np.roll(rasterize_scene(scene), (4, 8), (0, 1)), rasterize_scene(shifted))


def test_drawing_that_is_broken_off_leaves_nothing_behind():
    scene = scene_of(90)
    asked = 0

    def third_time() -> bool:
        nonlocal asked
        asked += 1
        return asked == 3

    for _ in range(3):
        with cancellable(third_time), pytest.raises(Cancelled):
            rasterize_scene(scene)
        asked = 0
    assert np.array_equal(rasterize_scene(scene), one_by_one(scene))
