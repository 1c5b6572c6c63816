"""The lecture that ships: every step can be shown, and shows what its note says."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import convnets_lecture
import numpy as np
import pytest
import torch

from viz import resources
from viz.chapters import registry
from viz.chapters.lecture_steps import session_of
from viz.measure.reading import read
from viz.nets import load_pretrained
from viz.nets.variants import VARIANTS
from viz.scene import Scene, rasterize_scene
from viz.session import lecture_files
from viz.session.lecture import Lecture, Step
from viz.session.session import Session

READ = (
    "31", "31", "31", "31", "31", "47", "2748",
    "3", "3", "3", "3", "3", "7",
    "1", "1", "3", "31",
    "31", "51", "57", "51", "31", "3", "1",
    "314159", "[?]", "38", "314159",
    "7", "7", "7", "7", "7", "7",
    "31", "31", "", "3", "3",
    "4", "4", "31", "3", "31", "8",
    "2", "3", "31", "7", "7", "7", "3",
    "[?]8", "31",
)  # fmt: skip


@cache
def shipped() -> Lecture:
    return lecture_files.load(resources.lecture(), registry.known_ids())


def named_step(title: str) -> Step:
    (step,) = (step for step in shipped().steps if step.title == title)
    return step


def named(title: str) -> Session:
    return session_of(named_step(title))


def layers(scene: Scene) -> dict[str, torch.Tensor]:
    image = torch.from_numpy(rasterize_scene(scene))
    with torch.inference_mode():
        found: dict[str, torch.Tensor] = load_pretrained("max")(image[None, None])
    return found


def without_drawing(step: Step) -> Step:
    return replace(step, session=step.session and replace(step.session, scene=Scene(32, 32)))


def test_the_file_is_what_its_source_makes() -> None:
    made = convnets_lecture.lecture()
    assert shipped().title == made.title
    assert [*map(without_drawing, shipped().steps)] == [*map(without_drawing, made.steps)]
    for ours, theirs in zip(shipped().steps, made.steps, strict=True):
        # Splines may differ in the last bit from one machine to the next
        drawn = [rasterize_scene(session_of(step).scene) for step in (ours, theirs)]
        np.testing.assert_allclose(*drawn, atol=1e-6)


def test_it_goes_through_the_chapters_in_at_most_six_steps_each() -> None:
    assert len(shipped().steps) <= 6 * len(registry.chapter_ids())
    visited = [session_of(step).chapter for step in shipped().steps]
    assert list(dict.fromkeys(visited)) == list(registry.chapter_ids())


def test_titles_are_short_and_notes_are_two_to_six_sentences() -> None:
    for step in shipped().steps:
        assert 0 < len(step.title) <= 50, step.title
        sentences = sum(step.note.count(end) for end in (". ", "? ", ".\n")) + 1
        assert 2 <= sentences <= 6 and step.note.endswith((".", "?")), step.title


@pytest.mark.parametrize("number", range(len(READ)))
def test_what_is_read_when_a_step_begins(number: int) -> None:
    scene = session_of(shipped().steps[number]).scene
    assert read(layers(scene)["output"][0].numpy()).text == READ[number]


def test_every_instrument_is_one_of_its_chapter_or_the_unit() -> None:
    for step in shipped().steps:
        session = session_of(step)
        (chapter,) = (one for one in registry.chapters() if one.id == session.chapter)
        ids = {kind.id for kind in chapter.instrument_types()} | {"unit"}
        assert session.instrument is None or session.instrument in ids, step.title
        start = step.demonstration
        if start is not None:
            assert start.time <= registry.by_id(start.id).duration


def test_pinned_units_respond() -> None:
    units = [one.pinned for step in shipped().steps if (one := session_of(step)).pinned]
    found = layers(named("A kernel looks for one pattern").scene)
    assert [unit.layer for unit in units if unit] == ["C1", "C3", "S2"]
    for unit in filter(None, units):
        assert found[unit.layer][0, unit.map, unit.row, unit.column] > 0.5


def test_the_kernel_is_negative_on_the_left_and_map_1_is_about_its_reverse() -> None:
    kernels = load_pretrained("max").state_dict()["C1.weight"][:, 0]
    left, right = kernels[..., :2].sum((1, 2)), kernels[..., 3:].sum((1, 2))
    assert left[12] < -0.5 and right[12] > 0.5
    assert left[1] > 0.5 and right[1] < -0.5


def test_figures_in_the_notes() -> None:
    architecture = VARIANTS["max"].architecture
    assert f"{architecture.parameters:,}" in shipped().steps[0].note
    c5 = architecture.layer("C5").parameters / architecture.parameters
    assert f"{c5:.1%}".replace("%", " %") in named_step("Where the numbers are").note
    zero = (layers(named("ReLU keeps what is above zero").scene)["C1"] == 0).float().mean()
    assert 0.75 < float(zero) < 0.8, "more than three units in four"
    assert layers(named("One pass instead of 41 crops").scene)["output"].shape[-1] == 41


def test_nothing_on_the_screen_tells_what_the_note_asks_the_hall_to_guess() -> None:
    (step,) = (step for step in shipped().steps if "which digit does the bar" in step.note)
    assert step.demonstration is not None
    demonstration = registry.by_id(step.demonstration.id)
    said = f"{step.title} {demonstration.title} {demonstration.watch}"
    assert not set("4567") & set(said), "the digits that it becomes"
