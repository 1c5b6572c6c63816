"""Demonstrations: what the shipped network reads off each; that they are pure, smooth, usable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, product

import numpy as np
import pytest
from lab import NewLab
from numpy.typing import NDArray

from viz.chapters.equivariance.measure.invariance import KINDS, posed, present_value
from viz.chapters.registry import by_id, chapter_ids, demonstrations, of_chapter
from viz.errors import UserError
from viz.measure.reading import read
from viz.measure.timeline import Span, held, timeline
from viz.measure.windows import winners
from viz.model.demonstration import Demonstration
from viz.nets import load_pretrained
from viz.nets.architecture import NONE_CLASS, WINDOW
from viz.scene import Group, Scene, rasterize_scene
from viz.scene.capacity import check_counts
from viz.scene.hits import bounds_of
from viz.scene.shifts import common_shift

HELD_S = 0.4

ANSWERS = {
    "sliding-4": ("", "4", ""),
    "scale": ("3", "[?]", "3"),  # 7 px high it is only doubtfully a 3
    "dancing": ("2748",),
    "shift": ("3",),
    "rotation": ("7", "1", "7"),  # turned by −60° it is a 1
    "squeeze": ("2",),
    "slant": ("4",),
    "pen": ("3",),
    "noise": ("3",),
    "bar-steps": ("1",),
    "tremble": ("3",),
    "31-61": ("31", "51", "57", "51", "41", "61", "31"),
    "3-5": ("3", "5", "3"),
    "1-7": ("1", "7", "1"),
    "5-5": ("55", "5", "55"),
    "none-between": ("38",),
    "long": ("314159",),
    "ligature": ("58",),
    "edges-follow": ("7",),
    "light-to-dark": ("7",),
    "kernel-walk": ("7",),
    "paddings": ("7",),
    "strides": ("7",),
    "rgb": ("7",),
    "box-with-box": ("7",),
    "sobel-learned": ("7",),
    "input-grows-by-4": ("31",),
    "too-far-apart": ("17",),
    "one-window-then-a-row": ("3", "31", "3"),
    "matrix-fails": ("3", "31", "3"),
    "scrambled-8": ("8",),  # the drawing stays; its quarters move in the instrument
    "bar-turns": ("", "1", ""),  # lying it is no digit
    "rings-unbend": ("7",),
    "momentum-leaves-saddle": ("7",),
    "race": ("7",),
    "left-and-right": ("3",),
    "each-module": ("",),  # without modules; with them: test_modules_instrument
    "permutation-fades": ("4",),
    "noise-to-features": ("2",),  # of the network of before; in training: test_train
    "one-update": ("3",),
}
"""What is read for 0.4 s and more at a stretch, one after the other."""

EVERY = pytest.mark.parametrize("demo", demonstrations(), ids=lambda demo: demo.id)


@pytest.fixture(scope="module")
def net() -> object:
    return load_pretrained()


def _maps(net: object, scenes: Sequence[Scene]) -> dict[str, NDArray[np.float32]]:
    """Every activation of scenes of one size, by layer, the scenes along the first axis."""
    import torch

    images = np.stack([rasterize_scene(scene) for scene in scenes])[:, None]
    with torch.inference_mode():
        maps = net(torch.from_numpy(images))  # type: ignore[operator]
    return {layer: np.asarray(values) for layer, values in maps.items()}


def _change(maps: NDArray[np.float32]) -> float:
    """How far maps go from the first of them, on average, by its norm."""
    away = [np.linalg.norm(later - maps[0]) for later in maps[1:]]
    return float(np.mean(away) / np.linalg.norm(maps[0]))


@pytest.mark.parametrize("id_", sorted(ANSWERS))
def test_the_network_reads_what_is_promised(net: object, id_: str) -> None:
    demo = by_id(id_)
    spans = timeline(net, demo.scene_at, demo.duration, 16)  # type: ignore[arg-type]
    assert held(spans, HELD_S) == ANSWERS[id_]


def test_a_3_passing_through_a_5_is_undecided_as_long_as_they_coincide(net: object) -> None:
    demo = by_id("35-53")
    spans = timeline(net, demo.scene_at, demo.duration, 60)  # type: ignore[arg-type]
    assert held(spans, 0.1) == ("5", "35", "[?]", "53", "5")  # a few frames may say 3 or 5
    undecided = [span for span in spans if span.text == "[?]"]
    assert sum(span.seconds for span in undecided) > 3
    ends = (undecided[0].begin, undecided[-1].end)
    shifts = [demo.scene_at(t).items[1].transform.dx for t in ends]  # type: ignore[union-attr]
    assert shifts[0] < 39 and shifts[1] > 44  # of the 3; the 5 stands at 41


def test_the_bar_may_lie_a_pixel_aside_or_be_turned_a_little(net: object) -> None:
    demo = by_id("31-61")
    for t, text in ((0.5, "31"), (2.9, "51"), (6.3, "57"), (9.5, "51"), (12.1, "41"), (15.0, "61")):
        scene = demo.scene_at(t)
        bar = scene.items[2]
        for dx, dy, angle in product((-1, 0, 1), (-1, 0, 1), (-6, 0, 6)):
            there = replace(
                bar.transform,
                dx=bar.transform.dx + dx,
                dy=bar.transform.dy + dy,
                angle=bar.transform.angle + angle,
            )
            output = _maps(net, [scene.with_item(2, replace(bar, transform=there))])["output"]
            assert read(output[0]).text == text


def test_a_tremble_shrinks_at_each_pooling(net: object) -> None:
    demo = by_id("tremble")
    maps = _maps(net, [demo.scene_at(t) for t in np.linspace(0, 3, 12)])
    change = {layer: _change(maps[layer]) for layer in ("C1", "S2", "C3", "S4", "C5")}
    assert change["C1"] > 1.15 * change["S2"] and change["C3"] > 1.15 * change["S4"]
    assert change["S4"] > 1.15 * change["C5"]


def test_noise_fades_from_convolution_to_convolution_but_not_by_max_pooling(net: object) -> None:
    demo = by_id("noise")
    maps = _maps(net, [demo.scene_at(t) for t in (0.0, 6.5)])
    change = {layer: _change(maps[layer]) for layer in ("C1", "S2", "C3", "C5")}
    assert change["C1"] > 1.15 * change["C3"] and change["C3"] > 1.15 * change["C5"]
    assert change["S2"] > change["C1"]


def test_one_five_seen_by_several_windows_is_one_and_two_with_a_gap_are_two(net: object) -> None:
    demo = by_id("5-5")
    for t, fives, text in ((0.5, 2, "55"), (5.2, 1, "5")):
        _, classes, _ = winners(_maps(net, [demo.scene_at(t)])["output"][0], (0,))
        runs = [k for k, _ in groupby(classes) if k == 5]
        assert len(runs) == fives and (classes == 5).sum() >= 2 * fives
        (span,) = timeline(net, lambda _, t=t: demo.scene_at(t), 0.05)  # type: ignore
        assert span.text == text


def test_digits_of_six_hands_are_read_as_they_pass(net: object) -> None:
    demo = by_id("styles")
    spans = timeline(net, demo.scene_at, demo.duration, 16)  # type: ignore[arg-type]
    alone = [text for text in held(spans, HELD_S) if len(text) == 1]
    assert alone == ["4", "7", "2", "1", "8", "9"]


def test_a_3_is_read_until_it_is_larger_than_its_window_and_doubtful_only_at_its_smallest(
    net: object,
) -> None:
    demo = by_id("scale")
    heights: dict[str, list[float]] = {"3": [], "[?]": []}
    for span in timeline(net, demo.scene_at, demo.duration):  # type: ignore[arg-type]
        for t in np.arange(span.begin, span.end - 1e-6, 0.05):
            box = bounds_of(demo.scene_at(float(t)))
            assert box is not None
            heights[span.text].append(box[3] - box[1])
    assert max(heights["[?]"]) < 8.5  # px, of all its ink
    assert max(heights["3"]) > 1.1 * WINDOW


def test_between_a_touching_pair_the_middle_says_none_though_it_is_full_of_ink(
    net: object,
) -> None:
    scene = by_id("none-between").scene_at(0.0)
    image = rasterize_scene(scene)
    assert image[:, 24:40].max(0).min() > 0.05  # no blank column between the two
    output = _maps(net, [scene])["output"][0]
    _, classes, probabilities = winners(output, (0,))
    middle = (output.shape[2] - 1) // 2
    assert classes[middle] == NONE_CLASS and probabilities[middle] > 0.9


@EVERY
def test_scenes_depend_on_time_alone_and_end_as_they_begin(demo: Demonstration) -> None:
    middle = demo.duration * 0.37
    assert demo.scene_at(middle) == demo.scene_at(middle)
    assert demo.scene_at(-5) == demo.scene_at(0)
    assert demo.scene_at(demo.duration + 5) == demo.scene_at(demo.duration)
    first, last = rasterize_scene(demo.scene_at(0)), rasterize_scene(demo.scene_at(demo.duration))
    if demo.id not in ("sliding-4", "styles", "35-53"):  # these come in on one side and leave
        assert np.abs(first - last).max() < 1e-3


@EVERY
def test_nothing_jumps_and_everything_can_be_grabbed(demo: Demonstration) -> None:
    times = np.arange(0, demo.duration, 1 / 60)
    before = None
    for t in times:
        scene = demo.scene_at(float(t))
        check_counts(scene)
        assert all(isinstance(item, Group) for item in scene.items)
        points = [s.points for k in range(len(scene.items)) for s in scene.strokes_of(k)]
        if before is not None:
            moved = max(
                float(np.hypot(*(a - b).T).max()) for a, b in zip(points, before, strict=True)
            )
            assert moved < 0.8  # px from one frame to the next
        before = points


def test_what_stands_still_is_the_same_group_in_every_frame() -> None:
    demo = by_id("31-61")
    scenes = [demo.scene_at(t) for t in (1.0, 5.0, 9.0)]
    assert all(scene.items[0] is scenes[0].items[0] for scene in scenes)


def test_ids_chapters_and_texts() -> None:
    every = demonstrations()
    assert len({demo.id for demo in every}) == len(every)
    assert {demo.chapter for demo in every} == set(chapter_ids())
    assert sum((of_chapter(chapter) for chapter in chapter_ids()), ()) == every
    for demo in every:
        assert demo.title and demo.watch.endswith(".") and demo.proves.endswith(".")
        assert 4 <= demo.duration <= 20
        if demo.moving is not None:
            item, stroke = demo.moving
            assert len(demo.scene_at(0).strokes_of(item)) > stroke


def test_a_proof_by_an_instrument_brings_it_on() -> None:
    shown = {demo.id: demo.instrument for demo in demonstrations()}
    assert shown["3-5"] == "interaction", "where units that answer both are counted"
    assert shown["31-61"] == shown["1-7"] == "binding-map"
    assert {shown[name] for name in ("35-53", "5-5", "none-between")} == {"reading"}


def test_the_instruments_that_are_named_exist(new_lab: NewLab) -> None:
    named = {(demo.chapter, demo.instrument) for demo in demonstrations() if demo.instrument}
    assert ("equivariance", "residual") in named
    for chapter, instrument in named:
        lab = new_lab(Scene())
        lab.open_chapter(chapter)
        assert instrument in [one.id for one in lab.panel.instruments]


MIDDLE = (32.0, 24.0)
SWEPT = [demo for demo in demonstrations() if demo.sweep]


@pytest.mark.parametrize("demo", SWEPT, ids=lambda demo: demo.id)
def test_a_demonstration_s_sweep_is_of_what_changes_and_of_nothing_else(
    demo: Demonstration,
) -> None:
    kind, start = KINDS[demo.sweep], demo.scene_at(0.0)
    values = set()
    for t in np.linspace(0, min(demo.duration, 4.0), 23):  # "shift" goes down afterwards
        scene = demo.scene_at(float(t))
        values.add(present_value(scene, (), kind.name, MIDDLE))
        bases = (posed(each, (), kind.name, kind.low, MIDDLE) for each in (start, scene))
        assert common_shift(*bases) == (0.0, 0.0)
    assert len(values) > 9
    assert kind.low <= min(values) and max(values) <= kind.high


def test_an_unknown_demonstration_names_those_there_are() -> None:
    with pytest.raises(UserError, match="31-61"):
        by_id("nothing")


def test_held_joins_what_was_interrupted_and_drops_what_was_short() -> None:
    spans = (
        Span(0, 1, "31"), Span(1, 1.1, "[?]"), Span(1.1, 2, "31"), Span(2, 2.3, "3"),
        Span(2.3, 3, "51"),
    )  # fmt: skip
    assert held(spans, 0.4) == ("31", "51")
    assert held(spans, 0.05) == ("31", "[?]", "31", "3", "51")
