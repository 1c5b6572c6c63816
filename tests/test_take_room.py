"""The room of a take: what is noted fits into a file, and what fits into it is read again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from take_made import THREE, changed, group, many, moved

from viz import demos, take, take_file, take_lists
from viz.errors import UserError
from viz.scene import Group, ImageLayer, Scene, Transform, digits
from viz.scene.limits import MOST_IMAGE_PIXELS
from viz.session import Beside, Playing, Session
from viz.take import Notes, Take

ROOMS = {"MOST_POINTS": 2000, "MOST_PIXELS": 5000, "MOST_REFERENCES": 400, "MOST_BYTES": 60_000}
"""Small enough to be reached by a few states."""


@pytest.mark.parametrize("room", ROOMS)
def test_a_take_that_reaches_a_room_stops_early_and_is_read(
    room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is noted the reader accepts; what has no room is left out, and nothing follows it."""
    monkeypatch.setattr(take, room, ROOMS[room])
    in_file = {"MOST_POINTS": "MOST_POINTS_TOGETHER"}.get(room, room)
    monkeypatch.setattr(take_file, in_file, ROOMS[room])
    notes, states = Notes(10, Session(THREE)), [Session(THREE)]
    for number in range(1, 200):
        pixels = np.full((10, 10), number / 255, np.float32)
        items = (group([(x, number) for x in range(50)]), ImageLayer(pixels, (16.0, 16.0)))
        scene = replace(THREE, items=(*THREE.items, *items))
        states.append(Session(scene, beside=Beside(replace(scene, height=64))))
        notes.note(number / 10, states[-1])
        if notes.full:
            break
    notes.note(30.0, moved(1))
    made = notes.take(40.0)
    assert notes.full and [state for _, state in made.moments] == states[:-1]
    assert len(states) > 10
    assert take_file.loads(take_file.dumps(made)) == made


def test_what_no_longer_fits_leaves_the_state_of_its_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take, "MOST_POINTS", 100)
    notes = Notes(10, moved(0))
    notes.note(0.05, moved(1))
    notes.note(0.06, Session(replace(THREE, items=(group([(x, 5.0) for x in range(101)]),))))
    assert notes.full and notes.take(1.0).moments == ((0.0, moved(0)), (0.05, moved(1)))


def test_many_items_may_move_as_long_as_a_take_lasts() -> None:
    """The whole drawing moves: its items are told once, not in every scene."""
    items = tuple(group([(1, 1), (2, 2 + n / 10)]) for n in range(200))
    still = Scene(32, 64, items)
    notes = Notes(60, Session(still))
    for frame in range(1, 5500):  # 200 in each were more than a million
        notes.note(frame / 60, Session(replace(still, transform=Transform(dx=frame / 1000))))
    assert not notes.full
    made = notes.take(100.0)
    read = take_file.loads(take_file.dumps(made))
    assert len(read.moments) == 5500 and read.moments[-1] == made.moments[-1]


def test_pictures_may_follow_each_other() -> None:
    """Each fits a scene, which all together would not."""
    side = 2400
    notes = Notes(60, Session(Scene()))
    for number in range(1, 4):
        pixels = np.full((side, side), number / 255, np.float32)
        notes.note(float(number), Session(Scene(items=(ImageLayer(pixels, (16.0, 16.0)),))))
    assert not notes.full and 3 * side**2 > MOST_IMAGE_PIXELS
    read = take_file.loads(take_file.dumps(notes.take(4.0)))
    assert [state.scene.items[0].pixels[0, 0] * 255 for _, state in read.moments[1:]] == [1, 2, 3]


def test_what_is_undone_and_done_again_counts_once() -> None:
    items = tuple(group([(x, 1 + n / 10) for x in range(200)]) for n in range(50))
    notes = Notes(60, Session(Scene(32, 64, items)))
    once = replace_items(items)
    for frame in range(1, 60):
        notes.note(frame / 60, once[frame % 2])
    assert len(notes.take(1.0).moments) == 60
    assert notes._held._amounts["points"] == 200 * 50


def replace_items(items: tuple[Group, ...]) -> tuple[Session, Session]:
    """All, and all but the bottom one."""
    return Session(Scene(32, 64, items)), Session(Scene(32, 64, items[1:]))


def test_a_beside_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As A|B shows a drag in chapter 2, whose shift is an instrument's setting."""
    drawn = digits.number("1234567890", width=256)

    def text(beside: Beside | None) -> str:
        notes = Notes(60, Session(drawn, beside=beside))
        for frame in range(1, 300):
            shift = {"Displacement": {"shift": [frame / 100, 0.0]}, "Other": {"value": 1}}
            scene = replace(drawn, transform=Transform(dx=frame / 100))
            notes.note(frame / 60, Session(scene, instruments=shift, beside=beside))
        made = notes.take(5.0)
        written = take_file.dumps(made)
        assert take_file.loads(written) == made
        return written

    with_a = text(Beside(replace(drawn, transform=Transform(dx=9.0)), window=(0, 3)))
    assert len(with_a) - len(text(None)) < 300 * 100
    data = json.loads(with_a)
    assert len(data["drawings"]) == 1 and len(data["settings"]) == 299 + 1, (
        "of what changes, one for each"
    )


@pytest.mark.parametrize("kind", ["all", "demonstrations", "settings", "names", "selections"])
def test_a_file_takes_no_more_bytes_than_are_counted(kind: str) -> None:
    """So a take that has room can be written."""
    notes = Notes(10, Session(THREE))
    if kind == "all":
        states = [state for _, state in many().moments]
    elif kind == "demonstrations":
        states = [
            Session(demo.scene_at(time * demo.duration), demonstration=Playing(demo.id, time))
            for demo in demos.demonstrations()
            for time in (0.0, 0.3, 0.6)
        ]
    elif kind == "settings":
        values = [[1 / n] * 300 for n in range(3, 20)]
        states = [Session(THREE, instruments={"A": {"x": x}, "é": {}}) for x in values]
    elif kind == "names":
        states = [
            Session(Scene(items=(group([(n / 3, n / 7)], name="😀" * 1000),))) for n in range(1, 20)
        ]
    else:
        scene = Scene(items=tuple(group([(n / 300, n / 700)]) for n in range(2000)))
        states = [Session(scene, selection=frozenset(range(n, 2000))) for n in range(20)]
    noise = np.random.default_rng(1).random((300, 1), np.float32)  # PNG makes it larger
    states.append(Session(Scene(items=(ImageLayer(noise, (1 / 3, 1 / 7)),))))
    for number, state in enumerate(states, 1):
        notes.note(number / 10, state)
    text = take_file.dumps(notes.take(len(states) / 10))
    counted = notes._held._amounts["bytes"]
    assert len(text) <= counted < 8 * len(text) + 20_000


def test_what_no_file_may_hold_is_left_out() -> None:
    far = replace(THREE.items[0], anchor=(2e6, 0.0))
    notes = Notes(10, moved(0))
    notes.note(0.1, Session(replace(THREE, items=(far,))))
    notes.note(0.2, Session(replace(THREE, transform=Transform(dx=2e6))))
    notes.note(0.3, Session(THREE, beside=Beside(replace(THREE, items=(far,)))))
    notes.note(0.4, moved(1))
    assert not notes.full
    made = notes.take(0.5)
    assert made.moments == ((0.0, moved(0)), (0.4, moved(1)))
    assert take_file.loads(take_file.dumps(made)) == made


def test_a_take_is_written_in_small_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two of them the window goes on: no call makes much of a file at once."""
    calls: list[int] = []
    dumped = json.dumps
    monkeypatch.setattr(
        take_lists.json,
        "dumps",
        lambda *a, **b: calls.append(len(dumped(*a, **b))) or dumped(*a, **b),
    )
    drawn = digits.number("1234567890", width=256)
    states = [replace(drawn, transform=Transform(dx=n / 10)) for n in range(300)]
    made = Take(
        tuple((n / 10, Session(s, beside=Beside(drawn))) for n, s in enumerate(states)), 30.0
    )
    take_file.save(made, tmp_path / "a.take.json")
    size = (tmp_path / "a.take.json").stat().st_size
    assert size > 50_000 and max(calls) < 2000


@pytest.mark.parametrize("change", ["seconds", "moments"])
def test_no_take_is_longer_than_a_hand_takes(change: str) -> None:
    def later(data: dict[str, Any]) -> None:
        data["seconds"] = take.MOST_SECONDS + (change == "seconds")
        if change == "moments":
            data["moments"][-1][0] = take.MOST_SECONDS + 0.5

    with pytest.raises(UserError, match=change):
        take_file.loads(changed(later))


def test_strokes_of_an_item_are_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many drawings share it: few bytes can say very many of them."""
    walks: list[int] = []

    class Watched(tuple):  # type: ignore[type-arg]
        def __iter__(self) -> Any:
            walks.append(len(self))
            return super().__iter__()

    read = take_file._bundle_in
    monkeypatch.setattr(
        take_file, "_bundle_in", lambda *given: (Watched(read(*given)[0]), read(*given)[1])
    )
    text = changed(lambda d: d["drawings"].extend([d["drawings"][0]] * 500))
    take_file.loads(text)
    assert walks == []


@pytest.mark.parametrize("kind", ["points", "pictures"])
def test_a_drawing_of_a_take_has_the_limits_of_any(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even of one thing many times over."""
    monkeypatch.setattr(take_file, "MOST_POINTS", 200)
    monkeypatch.setattr(take_file, "MOST_IMAGE_PIXELS", 1000)
    take_file.loads(changed(lambda _: None))

    def repeat(data: dict[str, Any]) -> None:
        wanted = "image" if kind == "pictures" else "group"
        number = next(n for n, item in enumerate(data["items"]) if item["kind"] == wanted)
        data["drawings"][0] = [number] * 50

    with pytest.raises(UserError, match=kind):
        take_file.loads(changed(repeat))
