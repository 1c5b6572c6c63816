"""Session files: what was on the screen comes back whole, and what is none gives one sentence."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import scenes

from viz.chapters.registry import chapter_ids, known_ids
from viz.errors import UserError
from viz.model.snapshot import Unit
from viz.nets.variants import VARIANTS
from viz.scene import Group, Scene, digits
from viz.session import codec, files
from viz.session.codec import Picture
from viz.session.session import TOOLS, ComparisonState, Playback, Session

IDS = known_ids()


def loads(text: str) -> Session | Scene:
    return files.loads(text, IDS)


numbers = st.floats(-1e12, 1e12) | st.integers(-(10**12), 10**12)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def all_sessions(draw: st.DrawFn) -> Session:
    scene = draw(scenes())
    groups = [i for i, item in enumerate(scene.items) if isinstance(item, Group)]
    network = draw(st.sampled_from(tuple(VARIANTS)))
    architecture = VARIANTS[network].architecture
    alike = [
        name for name, one in VARIANTS.items() if one.architecture.shapes == architecture.shapes
    ]
    units = st.sampled_from(architecture.layers).flatmap(
        lambda layer: st.builds(
            Unit,
            st.just(layer.name),
            st.integers(0, layer.maps - 1),
            st.integers(0, 99),
            st.integers(0, 99),
        )
    )
    ablated = {
        layer.name: draw(st.frozensets(st.integers(0, layer.maps - 1), min_size=1, max_size=4))
        for layer in draw(st.frozensets(st.sampled_from(architecture.layers), max_size=3))
    }
    stroke = None
    if groups and draw(st.booleans()):
        item = draw(st.sampled_from(groups))
        stroke = (item, draw(st.integers(0, len(scene.strokes_of(item)) - 1)))
    return Session(
        scene,
        draw(st.sampled_from(chapter_ids())),
        draw(st.none() | st.text(max_size=20)),
        network,
        ablated,
        draw(st.none() | units),
        draw(st.none() | st.tuples(st.integers(0, 24), st.integers(0, 120))),
        frozenset(range(len(scene.items))) if draw(st.booleans()) else frozenset(),
        stroke,
        draw(st.sampled_from(TOOLS)),
        draw(st.none() | st.tuples(st.integers(0, 24), st.integers(0, 120))),
        draw(
            st.none()
            | st.builds(
                Playback,
                st.text(max_size=20),
                st.floats(0, 1e6),
                st.floats(1 / 64, 64),
                st.booleans(),
                st.booleans(),
                st.booleans(),
            )
        ),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(
            st.dictionaries(
                st.text(max_size=20),
                st.dictionaries(st.text(max_size=9), values, max_size=3),
                max_size=3,
            )
        ),
        draw(
            st.none()
            | st.builds(
                ComparisonState,
                scenes(),
                st.sampled_from(alike),
                st.just(ablated),
                st.none() | st.tuples(st.integers(0, 24), st.integers(0, 120)),
            )
        ),
        draw(st.none() | units),
        draw(st.integers(0, 49)),
    )


@settings(max_examples=40)
@given(all_sessions())
def test_what_is_saved_comes_back(session: Session) -> None:
    text = files.dumps(session, IDS)
    assert loads(text) == session


def test_a_file_without_a_session_is_its_scene(tmp_path: Path) -> None:
    path = tmp_path / "old.scene.json"
    data = json.loads(files.dumps(Session(digits.number("31")), IDS))
    del data["session"]
    path.write_text(json.dumps(data))
    assert files.load(path, IDS) == digits.number("31")


@pytest.mark.parametrize("shape", [(1024, 1024), (40, 30, 3)])
def test_an_instrument_keeps_a_picture_and_a_table_of_numbers(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    table = [[row + column / 7 for column in range(256)] for row in range(256)]
    state = {"picture": Picture(pixels), "kernel": table, "size": 3}
    back = loads(files.dumps(Session(Scene(), instruments={"kernel": state}), IDS))
    assert isinstance(back, Session) and back.instruments == {"kernel": state}
    assert not back.instruments["kernel"]["picture"].pixels.flags.writeable


def test_an_empty_session_is_a_new_window() -> None:
    assert loads(changed(session={})) == Session(digits.number("31"))


def test_items_keep_their_numbers_where_empty_ones_are_left_out() -> None:
    three, one = digits.number("31").items
    scene = Scene(32, 64, (Group((), (1, 2)), three, Group((), (3, 4)), one))
    session = Session(scene, selection=frozenset((1, 2, 3)), stroke=(3, 0))
    back = loads(files.dumps(session, IDS))
    assert isinstance(back, Session)
    assert (back.scene.items, back.selection, back.stroke) == ((three, one), {0, 1}, (1, 0))


def test_settings_that_no_file_can_hold_do_not_cost_the_drawing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    states: dict[str, dict[str, Any]] = {
        "Good": {"axis": "x"},
        "NaN": {"value": float("nan")},
        "Object": {"value": object()},
        "Huge": {"values": list(range(codec.MOST_NUMBERS + 1))},
        "Many": {str(n): n for n in range(codec.MOST_VALUES + 1)},
        "Wide": {"picture": Picture(np.zeros((1025, 1024), np.uint8))},
    }
    back = loads(files.dumps(Session(Scene(), instruments=states), IDS))
    assert isinstance(back, Session)
    assert back.instruments == {"Good": {"axis": "x"}}
    assert len(caplog.records) == 5


def changed(**changes: Any) -> str:
    """A good session file of 31 with some of it changed: keys as paths, session__pinned__0."""
    session = Session(
        digits.number("31"),
        chapter="binding",
        ablated={"C1": frozenset((0, 3))},
        pinned=Unit("C3", 5, 2, 3),
        window=(0, 3),
        demonstration=Playback("35-53", 2.5),
        instruments={"shift-map": {"axis": "x"}},
        comparison=ComparisonState(
            digits.number("8"), ablated={"S2": frozenset((1,))}, window=(0, 1)
        ),
    )
    data = json.loads(files.dumps(session, IDS))
    for path, value in changes.items():
        at = data
        *way, last = path.split("__")
        for key in way:
            at = at[int(key) if key.isdigit() else key]
        at[int(last) if last.isdigit() else last] = value
    return json.dumps(data)


HOSTILE = {
    "session a list": {"session": [1]},
    "session a number": {"session": 0},
    "chapter a number": {"session__chapter": 3},
    "chapter endless": {"session__chapter": "a" * 10_000},
    "instrument a number": {"session__instrument": 1},
    "instrument endless": {"session__instrument": "a" * 201},
    "instrument of fractions": {"session__instrument": 0.5},
    "instrument true": {"session__instrument": True},
    "network null": {"session__network": None},
    "ablated a list": {"session__ablated": [1]},
    "ablated an unknown layer": {"session__ablated": {"C7": [1]}},
    "ablated a map too many": {"session__ablated__C1": [20]},
    "ablated nothing": {"session__ablated__C1": []},
    "ablated a text": {"session__ablated__C1": ["1"]},
    "ablated without end": {"session__ablated__C1": [1] * 21},
    "pinned short": {"session__pinned": {"layer": "C3", "map": 5}},
    "pinned unknown": {"session__pinned__layer": "C9"},
    "pinned a list": {"session__pinned__layer": ["C3"]},
    "pinned as before": {"session__pinned": ["C3", 5, 2, 3]},
    "pinned beyond": {"session__pinned__map": 50},
    "pinned far away": {"session__pinned__row": 10**30},
    "window of three": {"session__window": [1, 2, 3]},
    "window NaN": {"session__window": [float("nan"), 1]},
    "window negative": {"session__window": [0, -1]},
    "selection beyond": {"session__selection": [2]},
    "selection a text": {"session__selection": "01"},
    "stroke beyond": {"session__stroke": [0, 99]},
    "stroke of no item": {"session__stroke": [7, 0]},
    "demonstration a text": {"session__demonstration": "35-53"},
    "demonstration nameless": {"session__demonstration": {"time": 1}},
    "time negative": {"session__demonstration__time": -1},
    "time infinite": {"session__demonstration__time": float("inf")},
    "time a text": {"session__demonstration__time": "2.5"},
    "speed zero": {"session__demonstration__speed": 0},
    "loop a number": {"session__demonstration__loop": 1},
    "playing a number": {"session__demonstration__playing": 1},
    "kernel beyond": {"session__kernel": 1_000_000},
    "kernel null": {"session__kernel": None},
    "pre-activation a number": {"session__pre_activation": 1},
    "comparison a number": {"session__comparison": 8},
    "comparison without a scene": {"session__comparison": {}},
    "comparison with a bad item": {"session__comparison__scene__items": [7]},
    "comparison too wide": {"session__comparison__scene__width": 10**400},
    "comparison NaN": {"session__comparison__scene__noise": {"sigma": float("nan")}},
    "comparison an unknown network": {"session__comparison__network": 3},
    "comparison an unknown layer": {"session__comparison__ablated": {"C7": [1]}},
    "comparison a window of three": {"session__comparison__window": [1, 2, 3]},
    "instruments a list": {"session__instruments": []},
    "instruments without end": {"session__instruments": {str(i): {} for i in range(101)}},
    "instrument's state a list": {"session__instruments__x": []},
    "instrument's state deep": {"session__instruments__x": {"a": [[[[[[[1]]]]]]]}},
    "instrument's state long": {"session__instruments__x": {"a": "b" * 201}},
    "instrument's state large": {"session__instruments__x": {"a": [0] * 65_537}},
    "instrument's table of lists": {"session__instruments__x": {"a": [[]] * 1001}},
    "instrument's picture no PNG": {"session__instruments__x": {"a": {"png": "R0lGODlh"}}},
    "instrument's picture a number": {"session__instruments__x": {"a": {"png": 7}}},
    "instrument's state enormous": {"session__instruments__x": {"a": 10**400}},
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_session_gives_one_sentence(kind: str) -> None:
    with pytest.raises(
        UserError, match=r"^This (is no scene file of LeNetScope: .*|file's .*); .*\.$"
    ) as error:
        loads(changed(**HOSTILE[kind]))
    assert len(str(error.value)) < 300


@pytest.mark.parametrize("key", ["chapter", "network", "tool"])
def test_what_a_newer_program_knows_asks_for_it(key: str) -> None:
    with pytest.raises(UserError, match=f"file's {key} “dreams” is not known .* update LeNetScope"):
        loads(changed(**{f"session__{key}": "dreams"}))


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
PATHS = [
    "session",
    *(f"session__{key}" for key in json.loads(changed())["session"]),
    "session__ablated__C1",
    "session__pinned__layer",
    "session__pinned__map",
    "session__demonstration__time",
    "session__instruments__shift-map",
    "session__comparison__scene",
    "session__comparison__ablated",
]


@given(st.sampled_from(PATHS), json_values)
def test_any_value_anywhere_gives_a_session_or_a_sentence(path: str, value: object) -> None:
    with contextlib.suppress(UserError):
        assert isinstance(loads(changed(**{path: value})), Session | Scene)
