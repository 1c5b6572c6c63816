"""Takes: which state each frame shows, and how much a take may hold."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from take_made import THREE, group, moved

from viz.recording import take
from viz.recording.take import MOST_SECONDS, Notes
from viz.scene import ImageLayer, Scene, Transform
from viz.session.session import ComparisonState, Session


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


def drawn(points: int) -> Session:
    """The 3, and a stroke of so many points, which are no other state's."""
    return Session(replace(THREE, items=(*THREE.items, group(np.full((points, 2), 9.0)))))


def test_a_frame_counts_once_and_what_no_longer_fits_leaves_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(take, "MOST_BYTES", 3 * take.STATE_BYTES + 150_000)
    notes, last = Notes(10, Session(THREE)), drawn(5009)
    for count in range(5000, 5010):  # of one frame: only the last stays
        notes.note(0.01, drawn(count))
    assert not notes.full
    notes.note(0.06, drawn(10_000))
    assert notes.full
    (_, (time, state)) = notes.take(1.0).moments
    assert (time, state) == (0.01, last)


@pytest.mark.parametrize("kind", ["points", "pictures", "items", "beside", "states"])
def test_a_take_that_reaches_its_bound_stops_early(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the memory goes to; what has no room is left out, and nothing follows it."""
    monkeypatch.setattr(take, "MOST_BYTES", 50 * take.STATE_BYTES)
    notes, states = Notes(10, Session(THREE)), [Session(THREE)]
    for number in range(1, 60):
        at, state = (float(number), 5.0), moved(number)
        if kind == "points":
            state = drawn(2000 + number)
        elif kind == "pictures":
            pixels = np.full((50, 50), number / 255, np.float32)
            state = Session(Scene(items=(ImageLayer(pixels, at),)))
        elif kind == "items":
            items = tuple(group([(n, number)]) for n in range(50))
            state = Session(Scene(items=items))
        elif kind == "beside":
            state = Session(THREE, comparison=ComparisonState(drawn(2000 + number).scene))
        states.append(state)
        notes.note(number / 10, state)
        if notes.full:
            break
    notes.note(30.0, moved(1))
    assert notes.full and [state for _, state in notes.take(40.0).moments] == states[:-1]
    assert len(states) == 50 if kind == "states" else 10 < len(states) < 40


def test_many_items_may_move_as_long_as_a_take_lasts() -> None:
    """The whole drawing moves: its items count once, not in every scene."""
    items = tuple(group([(1, 1), (2, 2 + n / 10)]) for n in range(200))
    still = Scene(32, 64, items)
    notes = Notes(60, Session(still))
    for frame in range(1, 7200):
        notes.note(frame / 60, Session(replace(still, transform=Transform(dx=frame / 1000))))
    assert not notes.full and len(notes.take(MOST_SECONDS).moments) == 7200


def test_what_is_undone_and_done_again_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    items = tuple(group([(x, 1 + n / 10) for x in range(200)]) for n in range(50))
    once = Session(Scene(32, 64, items)), Session(Scene(32, 64, items[1:]))
    monkeypatch.setattr(take, "MOST_BYTES", 61 * take.STATE_BYTES + 2 * 50 * 200 * 16)
    notes = Notes(60, once[0])
    for frame in range(1, 60):
        notes.note(frame / 60, once[frame % 2])
    assert not notes.full and len(notes.take(1.0).moments) == 60
