"""Demonstrations: what the shipped network reads off each; that they are pure, smooth, usable."""

from __future__ import annotations

import numpy as np
import pytest

from viz.demos import Demonstration, by_id, demonstrations, of_chapter
from viz.errors import UserError
from viz.measure.timeline import Span, held, timeline
from viz.measure.windows import winners
from viz.nets import load_pretrained
from viz.nets.layers import NONE_CLASS
from viz.outline import CHAPTER_IDS
from viz.scene import Group, rasterize_scene
from viz.scene.limits import check_counts

HELD_S = 0.4

ANSWERS = {
    "sliding-4": ("", "4", ""),
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
}
"""What is read for 0.4 s and more at a stretch, one after the other."""

EVERY = pytest.mark.parametrize("demo", demonstrations(), ids=lambda demo: demo.id)


@pytest.fixture(scope="module")
def net() -> object:
    return load_pretrained()


@pytest.mark.parametrize("id_", sorted(ANSWERS))
def test_the_network_reads_what_is_promised(net: object, id_: str) -> None:
    demo = by_id(id_)
    spans = timeline(net, demo.scene_at, demo.duration, 16)  # type: ignore[arg-type]
    assert held(spans, HELD_S) == ANSWERS[id_]


def test_a_3_passes_through_a_5(net: object) -> None:
    demo = by_id("35-53")
    spans = timeline(net, demo.scene_at, demo.duration)  # type: ignore[arg-type]
    told = [text for text in held(spans, 1.0) if text != "3"]
    assert told == ["5", "35", "[?]", "53", "5"]
    places = [demo.scene_at(t).items[1] for t in np.arange(0, demo.duration, 0.05)]
    nearest = min(places, key=lambda three: abs(three.transform.dx - 39))  # type: ignore[union-attr]
    meeting = 0.05 * places.index(nearest)
    assert [s.text for s in spans if s.begin <= meeting + 0.5 < s.end] == ["[?]"]


def test_digits_of_six_hands_are_read_as_they_pass(net: object) -> None:
    demo = by_id("styles")
    spans = timeline(net, demo.scene_at, demo.duration, 16)  # type: ignore[arg-type]
    alone = [text for text in held(spans, HELD_S) if len(text) == 1]
    assert alone == ["4", "7", "2", "1", "8", "9"]


def test_a_size_within_reach_is_read_and_one_beyond_the_window_is_not(net: object) -> None:
    demo = by_id("scale")
    sizes = {
        round(demo.scene_at(t).items[0].transform.scale, 2): t
        for t in np.arange(0, demo.duration, 0.02)
    }
    for scale, wanted in ((1.0, {"3"}), (0.7, {"3"}), (1.4, {"3"})):
        near = min(sizes, key=lambda s: abs(s - scale))
        (span,) = timeline(net, lambda t, at=sizes[near]: demo.scene_at(at), 0.05)  # type: ignore
        assert {span.text} == wanted
    assert min(sizes) == 0.4 and max(sizes) == 2.0


def test_between_a_touching_pair_the_middle_says_none_though_it_is_full_of_ink(
    net: object,
) -> None:
    import torch

    demo = by_id("none-between")
    image = rasterize_scene(demo.scene_at(0.0))
    assert image[:, 24:40].max(0).min() > 0.05  # no blank column between the two
    with torch.inference_mode():
        output = net(torch.from_numpy(image)[None, None])["output"][0].numpy()  # type: ignore
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
    assert {demo.chapter for demo in every} == set(CHAPTER_IDS)
    assert sum((of_chapter(chapter) for chapter in CHAPTER_IDS), ()) == every
    assert all(len(of_chapter(chapter)) >= 2 for chapter in CHAPTER_IDS)
    for demo in every:
        assert demo.title and demo.watch.endswith(".") and demo.proves.endswith(".")
        assert 4 <= demo.duration <= 20
        if demo.moving is not None:
            item, stroke = demo.moving
            assert len(demo.scene_at(0).strokes_of(item)) > stroke


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
