"""Limits: what edits make of what a file can hold can be saved and opened again."""

import contextlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_files import dumps, loads, save
from scenes import extreme_transforms, far, scenes, sizes, utmost_scenes

from viz.errors import UserError
from viz.scene import (
    Group,
    ImageLayer,
    Light,
    Noise,
    Scene,
    Stroke,
    Transform,
    edit,
    limits,
    shaping,
)
from viz.scene.digits import digit
from viz.scene.eraser import erase
from viz.scene.images import place

on_canvas = st.tuples(st.floats(-20, 84), st.floats(-20, 52))
pen_strokes = st.builds(Stroke, st.lists(on_canvas, min_size=1, max_size=4), st.floats(0.3, 40))

DIGITS = tuple(digit(value) for value in (3, 8))


indices = st.integers(0, 9)


def on_items(function):
    """``function(scene, items, …)`` as one of the items' numbers from 0 to 9, counted round."""
    return lambda scene, chosen, *rest: function(
        scene, {index % len(scene.items) for index in chosen if scene.items}, *rest
    )


def on_groups(function):
    """``on_items`` without the pictures among them; of none nothing is made."""

    def change(scene, chosen):
        groups = {index for index in chosen if isinstance(scene.items[index], Group)}
        return function(scene, groups) if groups else scene

    return on_items(change)


def on_stroke(function):
    """``function(scene, item, 0, …)`` as one of the groups' numbers from 0 to 9, counted round."""

    def change(scene: Scene, chosen: int, *rest: float) -> Scene:
        groups = [i for i, item in enumerate(scene.items) if isinstance(item, Group)]
        return function(scene, groups[chosen % len(groups)], 0, *rest) if groups else scene

    return change


def way(function, *arguments):
    return st.tuples(st.just(function), *arguments)


some_items = st.sets(indices)
edits = st.one_of(  # every way to change a scene, as (function, arguments)
    way(edit.join_or_add, pen_strokes),
    way(edit.with_group, st.sampled_from(DIGITS), on_canvas),
    way(erase, st.lists(on_canvas, min_size=1, max_size=3), st.just(4.0)),
    way(on_items(edit.moved), some_items, far, far),
    way(on_items(lambda *a: edit.duplicated(*a)[0]), some_items),
    way(edit.centred),
    way(edit.resized, st.integers(32, 128), st.integers(32, 512)),
    way(
        on_items(lambda s, chosen, a, k: shaping.shaped(s, chosen, angle=a, scale=k)),
        some_items,
        far,
        sizes,
    ),
    way(on_items(shaping.mapped), some_items, st.just(np.array([[0.5, 1], [0, 2]])), on_canvas),
    way(on_groups(edit.grouped), some_items),
    way(on_groups(lambda *a: edit.ungrouped(*a)[0]), some_items),
    way(on_items(edit.with_width), some_items, st.sampled_from((0.1, 64.0))),
    way(on_items(edit.deleted), some_items),
    way(on_stroke(edit.move_stroke), indices, far, far),
    way(on_stroke(edit.rotate_stroke), indices, far),
)


@settings(max_examples=200)
@given(utmost_scenes | scenes(extreme_transforms), st.lists(edits, min_size=4, max_size=4))
def test_whatever_is_edited_can_be_saved_and_opened_again(scene, changes):
    assert loads(dumps(scene)).scene == scene
    for change, *arguments in changes:
        with contextlib.suppress(UserError):
            scene = change(scene, *arguments)
        assert loads(dumps(scene)).scene == scene


def test_a_digit_lies_where_it_is_put_or_is_refused_with_a_sentence():
    for whole in (Transform(), Transform(dx=9e5, dy=-3), Transform(5, -2, 0.5, 30, 1.5, 0.2)):
        scene = edit.with_group(Scene(32, 64, (), whole), DIGITS[0], (40.0, 12.0))
        assert np.allclose(scene.to_canvas(0, np.array([scene.items[0].anchor])), [(40, 12)])
        assert loads(dumps(scene)).scene == scene
    for whole in (Transform(dx=1e6, scale=1e-6), Transform(dx=-1e6), Transform(dy=1e3, scale=1e-4)):
        with pytest.raises(UserError, match=r"too far to draw on it; reset its transform first\.$"):
            edit.with_group(Scene(32, 64, (), whole), DIGITS[0], (40.0, 12.0))
    with pytest.raises(UserError, match="reset its transform first"):
        edit.join_or_add(Scene(transform=Transform(scale=1e-6)), Stroke([(3, 3), (60, 30)]))
    dots = Scene(items=(Group.of([Stroke([(3, 3)])]),) * limits.MOST_ITEMS)
    with pytest.raises(UserError, match="at most 10000 items"):
        edit.with_group(dots, DIGITS[0], (40.0, 12.0))


def test_groups_too_far_to_be_grouped_are_refused():
    scene = Scene(items=tuple(replace(one, transform=Transform(scale=1e5)) for one in DIGITS))
    assert loads(dumps(scene)).scene == scene
    for change in (edit.grouped, edit.ungrouped):
        with pytest.raises(UserError, match="grouped or taken apart; reset that first"):
            change(scene, [0, 1])


def test_taking_apart_stops_with_a_sentence_at_what_a_file_holds():
    dots = Group.of([Stroke([(3, 3)])] * (limits.MOST_ITEMS + 1))
    with pytest.raises(UserError, match="at most 10000 items"):
        edit.ungrouped(Scene(items=(dots,)), [0])


def test_doubling_stops_with_a_sentence_at_what_a_file_holds():
    scene = Scene(items=(Group.of([Stroke([(3, 3)])]),) * 5000)
    scene, _ = edit.duplicated(scene, range(5000))
    assert len(scene.items) == 10_000
    with pytest.raises(UserError, match=r"^A drawing has at most 10000 items; delete some.*\.$"):
        edit.duplicated(scene, [0])


def test_drawing_stops_with_a_sentence_at_the_points_a_file_holds():
    long = Stroke(np.zeros((limits.MOST_POINTS, 2)))
    full = edit.join_or_add(Scene(), long)
    for one_more in (lambda: edit.join_or_add(full, Stroke([(9, 9)])), lambda: erase_end(full)):
        with pytest.raises(UserError, match="at most 200000 points"):
            one_more()


def erase_end(full: Scene) -> Scene:
    """A full scene with a far line cut in two, which takes two more points."""
    group = full.items[0]
    line = Stroke([(0, 20), (60, 20)])
    shorter = Stroke(group.strokes[0].points[2:])
    return erase(Scene(items=(Group((shorter, line), group.anchor),)), [(30, 20)], 3.0)


def test_pictures_stop_with_a_sentence_at_what_a_file_holds():
    layer = ImageLayer(np.zeros((1024, 1024), np.float32), (512.0, 512.0))
    scene = Scene(128, 512)
    for _ in range(16):
        scene = place(scene, layer)
    with pytest.raises(UserError, match="at most 16 megapixels together; delete one"):
        place(scene, layer)
    with pytest.raises(UserError, match="megapixels"):
        edit.duplicated(scene, [0])


STROKE = Stroke([(1, 2)])
UNKEPT = {
    "a point": Scene(items=(Group((Stroke([(2e6, 0)]),), (0, 0)),)),
    "an anchor": Scene(items=(Group((STROKE,), (0, -2e6)),)),
    "a width": Scene(items=(Group((Stroke([(1, 2)], 1e-7),), (0, 0)),)),
    "a pale ink": Scene(items=(Group((Stroke([(1, 2)], 2, 1e-9),), (0, 0)),)),
    "a shift": Scene(transform=Transform(dx=2e6)),
    "a scale": Scene(items=(Group((STROKE,), (0, 0), Transform(scale=1e7)),)),
    "a name": Scene(items=(Group((STROKE,), (0, 0), name="3" * 1001),)),
    "noise": Scene(noise=Noise(sigma=2e3)),
    "a seed": Scene(noise=Noise(seed=-1)),
    "a light": Scene(light=Light(ramp=1.5)),
    "items": Scene(items=(Group((STROKE,), (0, 0)),) * 10_001),
}


@pytest.mark.parametrize("kind", UNKEPT)
def test_what_could_not_be_opened_again_is_not_saved(kind, tmp_path):
    path = tmp_path / "drawing.scene.json"
    save(Scene(), path)
    with pytest.raises(UserError, match=r"^[^;]*; [^;]*\.$"):
        save(UNKEPT[kind], path)
    assert [file.name for file in tmp_path.glob("drawing*")] == [path.name]
    assert path.read_text() == dumps(Scene())


def test_a_file_larger_than_is_read_is_not_written(monkeypatch):
    scene = Scene(items=(Group((STROKE,), (0, 0)),))
    size = len(dumps(scene))
    monkeypatch.setattr("viz.session.files.MOST_BYTES", size)
    assert loads(dumps(scene)).scene == scene
    with pytest.raises(UserError, match="delete an image"):
        dumps(replace(scene, items=(replace(scene.items[0], name="3"),)))
