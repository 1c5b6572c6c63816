"""Takes: which state each frame shows, and files that bring back exactly what was noted."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from take_made import THREE, changed, group, many, moved

from viz import demos, take, take_file
from viz.errors import UserError
from viz.scene import Group
from viz.session import Session
from viz.take import Notes, Take


def test_each_frame_shows_what_held_at_its_time() -> None:
    notes = Notes(10, moved(0))
    for time, dx in ((0.05, 1), (0.1, 2), (0.101, 3), (0.199, 4), (0.35, 5), (0.35, 6), (0.401, 7)):
        notes.note(time, moved(dx))
    made = notes.take(0.44)
    times = made.times(10)
    assert times == [0, 0.1, 0.2, 0.3, 0.4, 0.5], "the last shows how it ended"
    assert [made.at(time).scene.transform.dx for time in times] == [0, 2, 4, 4, 6, 7]
    assert [time for time, _ in made.moments] == [0, 0.1, 0.199, 0.35, 0.401]


@given(
    st.sampled_from([10, 20, 25, 30, 50, 60]),
    st.lists(st.floats(0, 3, allow_subnormal=False), min_size=1, max_size=40),
)
def test_no_frame_is_off_however_the_times_fall(rate: int, times: list[float]) -> None:
    """The oracle keeps everything; the notes keep at most one state for each frame."""
    states = [(0.0, moved(0))]
    notes = Notes(rate, states[0][1])
    for number, time in enumerate(sorted(times), 1):
        states.append((time, moved(number)))
        notes.note(*states[-1])
    made = notes.take(3.0)
    assert len(made.moments) <= len(made.times(rate))
    for time in made.times(rate):
        assert made.at(time) is [state for begin, state in states if begin <= time][-1]


@pytest.mark.parametrize("rate", [25, 30, 60])
def test_a_hair_after_a_frame_is_the_next_ones(rate: int) -> None:
    """Where time · rate, rounded, is the frame's number all the same."""
    for number in range(1, 1000):
        notes = Notes(rate, moved(0))
        notes.note(number / rate, moved(1))
        notes.note(math.nextafter(number / rate, math.inf), moved(2))
        made = notes.take(number / rate + 1)
        shown = [made.at(n / rate).scene.transform.dx for n in range(number - 1, number + 2)]
        assert shown == [0, 1, 2]


def test_what_does_not_change_is_noted_once_and_nothing_is_copied() -> None:
    first = moved(0)
    notes = Notes(30, first)
    for frame in range(1, 100):
        notes.note(frame / 30, moved(0))
    assert notes.take(5.0).moments == ((0.0, first),)
    second = replace(first, selection=frozenset({0}))
    notes.note(4.0, second)
    assert notes.take(5.0).moments[1][1].scene is first.scene


def test_a_take_is_full_before_memory_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take, "MOST_POINTS", 100)
    line = [(x, 5.0) for x in range(90)]
    notes = Notes(10, Session(THREE))
    for count in range(50, 60):  # of one frame: only the last stays
        notes.note(0.01, Session(replace(THREE, items=(*THREE.items, group(line[:count])))))
    assert not notes.full
    notes.note(0.2, Session(replace(THREE, items=(*THREE.items, group(line[:60])))))
    assert notes.full


def test_a_file_brings_all_back(tmp_path: Path) -> None:
    made = many()
    take_file.save(made, tmp_path / "a.take.json")
    assert take_file.load(tmp_path / "a.take.json") == made


def test_a_group_that_holds_nothing_does_not_shift_the_selection() -> None:
    empty = Group((), (0.0, 0.0))
    scenes = [replace(THREE, items=(*[empty] * n, *THREE.items)) for n in (0, 1, 0)]
    notes = Notes(10, Session(scenes[0], selection=frozenset({0})))
    for number, scene in enumerate(scenes[1:], 1):
        notes.note(number / 10, Session(scene, selection=frozenset({number % 2})))
    read = take_file.loads(take_file.dumps(notes.take(1.0)))
    assert all(state == Session(THREE, selection=frozenset({0})) for _, state in read.moments)


def test_everything_is_stored_once() -> None:
    """A minute of a drag and a minute of drawing take no more than a few megabytes."""
    rate, line = 60, np.random.default_rng(2).normal(16, 9, (3600, 2))
    drag, drawing = Notes(rate, moved(0)), Notes(rate, Session(THREE))
    for frame in range(1, 3600):
        drag.note(frame / rate, moved(frame / 100))
        items = (*THREE.items, group(line[: frame // 4 + 1]))
        drawing.note(frame / rate, Session(replace(THREE, items=items)))
    for notes in (drag, drawing):
        text = take_file.dumps(notes.take(60.0))
        assert len(text) < 3_000_000
        assert len(json.loads(text)["lines"]) <= 3


def test_demonstrations_come_back_to_the_last_bit() -> None:
    for demo in demos.demonstrations():
        notes = Notes(10, Session(demo.scene_at(0)))
        for frame in range(1, 30):
            notes.note(frame / 10, Session(demo.scene_at(frame * demo.duration / 30)))
        made = notes.take(3.0)
        assert take_file.loads(take_file.dumps(made)) == made, demo.id


def setting(*path: Any, to: object) -> Callable[[dict[str, Any]], object]:
    def change(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = to

    return change


NAN = base64.b64encode(np.array([1.0, np.nan]).tobytes()).decode()
FAR = base64.b64encode(np.array([1.0, 1e9]).tobytes()).decode()


@pytest.mark.parametrize(
    "change",
    [
        setting("format", to="lenetscope-scene"),
        setting("version", to=2),
        setting("seconds", to=-1),
        setting("seconds", to=1e9),
        setting("seconds", to=1.0),
        setting("lines", 0, to="AAAA"),
        setting("lines", 0, to="?"),
        setting("lines", 0, to=""),
        setting("lines", 0, to=NAN),
        setting("lines", 0, to=FAR),
        setting("lines", 0, to=[1]),
        setting("strokes", 0, 0, to=-1),
        setting("strokes", 0, 0, to=10_000),
        setting("strokes", 0, 1, to=0),
        setting("strokes", 0, 1, to=10_000),
        setting("strokes", 0, 2, to=0),
        setting("strokes", 0, to=[]),
        setting("pictures", 0, to="AAAA"),
        setting("items", 0, "kind", to="code"),
        setting("items", 0, "strokes", to=[]),
        setting("items", 0, "strokes", to=[True]),
        setting("items", 0, "transform", "scale", to=0),
        setting("scenes", 0, "width", to=1_000_000),
        setting("bundles", 0, to=[]),
        setting("bundles", 0, to=[True]),
        setting("drawings", 0, to=[99_999]),
        setting("drawings", 0, to=[0] * 10_001),
        setting("scenes", 0, "drawing", to=-1),
        setting("settings", 0, to=["Some", {"value": [1] * 2000}]),
        setting("settings", 0, to=[1, {}]),
        setting("screens", -1, "instruments", to=[99_999]),
        setting("screens", -1, "beside", "scene", to=99_999),
        setting("screens", -1, "beside", "network", to="x"),
        setting("screens", 0, "chapter", to="../../x"),
        setting("screens", 1, "selection", to=[7]),
        setting("screens", 1, "stroke", to=[1, 3]),
        setting("screens", to=[]),
        setting("moments", to=[]),
        setting("screens", 0, "hovered", to=["C1", 99, 0, 0]),
        setting("moments", 0, 0, to=0.5),
        setting("moments", 3, 0, to=0.0),
        setting("moments", 0, 1, to=-1),
        setting("moments", -1, 3, to=None),
        setting("moments", to=[[0, 0, 0, None]] * 30_000),
    ],
)
def test_a_damaged_file_is_refused_with_one_sentence(change: Any) -> None:
    with pytest.raises(
        UserError, match=r"This is no take|is not known here|at most|points"
    ) as told:
        take_file.loads(changed(change))
    assert "scene file" not in str(told.value)


def test_a_selection_is_of_its_own_scene() -> None:
    """Screens are read once; with another scene a selection may be of what is not there."""
    made = Take(((0.0, Session(THREE, selection=frozenset({0}))),), 1.0)
    data = json.loads(take_file.dumps(made))
    data["drawings"].append([])
    data["scenes"].append({**data["scenes"][0], "drawing": 1})
    data["moments"].append([0.5, 1, 0, None])
    with pytest.raises(UserError, match="selection"):
        take_file.loads(json.dumps(data))


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, b"\xff\xfe", "9" * 5000, '"x"'])
def test_what_is_no_take_at_all(text: str | bytes) -> None:
    with pytest.raises(UserError, match="This is no take"):
        take_file.loads(text)


def test_strokes_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few bytes can say many points: each stroke is a part of a line."""
    monkeypatch.setattr(take_file, "MOST_POINTS_TOGETHER", 5000)
    with pytest.raises(UserError, match="5000 points"):
        take_file.loads(changed(lambda d: d["strokes"].extend([d["strokes"][0]] * 5000)))


def test_too_much_is_refused_on_both_sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = take_file.dumps(many())
    monkeypatch.setattr(take_file, "MOST_BYTES", 1000)
    with pytest.raises(UserError, match="record less"):
        take_file.dumps(many())
    (tmp_path / "a.take.json").write_text(text)
    with pytest.raises(UserError, match="larger than"):
        take_file.load(tmp_path / "a.take.json")
    with pytest.raises(UserError, match="cannot be opened"):
        take_file.load(tmp_path / "b.take.json")
