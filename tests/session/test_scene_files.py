"""Scene files: what is saved comes back, and what is no scene file gives one sentence."""

from __future__ import annotations

import base64
import contextlib
import errno
import json
import math
import os
import zlib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_files import dumps, load, loads, save
from scenes import extreme_transforms, scenes

from viz import disk
from viz.chapters.registry import known_ids
from viz.errors import UserError
from viz.model.snapshot import Unit
from viz.scene import Group, ImageLayer, Scene, Stroke
from viz.scene.digits import number
from viz.scene.edit import moved
from viz.scene.limits import MOST_BYTES, MOST_ITEMS, MOST_POINTS
from viz.session import codec, files
from viz.session.codec import Picture
from viz.session.session import ComparisonState, OpenedWeights, Playback, Session

IDS = known_ids()
PIXELS = ImageLayer(np.ones((2, 2), np.float32), (1, 1))
FULL = Session(
    Scene(32, 64, (*number("31").items, PIXELS)),
    "binding",
    "interaction",
    ablated={"C1": frozenset((0, 3))},
    pinned=Unit("C3", 5, 2, 3),
    window=(0, 3),
    selection=frozenset((0,)),
    stroke=(0, 1),
    focus_window=(0, 3),
    demonstration=Playback("35-53", 2.5),
    instruments={"shift-map": {"axis": "x"}},
    comparison=ComparisonState(number("8"), ablated={"S2": frozenset((1,))}, window=(0, 1)),
    hovered=Unit("S4", 1, 0, 2),
    opened=(OpenedWeights("mine", "/mine.pt", "00ff", "own"),),
)
"""Has every value that a file can hold."""

DATA = json.loads(dumps(FULL))


def changed(path: str, value: object) -> str:
    """The file of FULL with another value: "items.0.kind"."""
    data = deepcopy(DATA)
    at: Any = data
    *way, last = (int(key) if key.isdigit() else key for key in path.split("."))
    for key in way:
        at = at[key]
    at[last] = value
    return json.dumps(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(-1e12, 1e12) | st.integers(-(10**12), 10**12)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=6,
)  # fmt: skip
sessions = st.builds(
    replace,
    st.just(FULL),
    scene=scenes() | scenes(most=65535) | scenes(extreme_transforms),
    selection=st.just(frozenset()),
    stroke=st.none(),
    instrument=st.none() | st.text(max_size=20),
    window=st.none() | st.tuples(st.integers(0, 24), st.integers(0, 120)),
    demonstration=st.builds(
        Playback, st.text(max_size=20), st.floats(0, 1e6), st.floats(1 / 64, 64), st.booleans()
    ),
    instruments=st.dictionaries(
        st.text(max_size=20), st.dictionaries(st.text(max_size=9), json_values, max_size=3)
    ),
    comparison=st.none() | st.builds(ComparisonState, scenes()),
)


@settings(max_examples=50)
@given(sessions | st.just(FULL))
def test_what_is_saved_comes_back_to_the_last_bit(session: Session) -> None:
    assert loads(dumps(session)) == session


def test_pictures_between_grey_levels_come_back_to_16_bits() -> None:
    pixels = np.random.default_rng(4).random((40, 30), np.float32)
    scene = Scene(32, 32, (ImageLayer(pixels, (15.0, 20.0)),))
    (back,) = loads(dumps(scene)).scene.items
    assert isinstance(back, ImageLayer)
    assert np.abs(back.pixels - pixels).max() <= 0.5 / 65535 + 1e-7
    assert loads(dumps(Scene(32, 32, (back,)))).scene.items[0] == back


def test_a_minimal_file_written_by_a_user() -> None:
    text = """{"format": "lenetscope-scene", "version": 1, "height": 32, "width": 40, "x": 1,
        "items": [{"kind": "group", "anchor": [3, 4], "strokes": [{"points": [[1, 2], [3, 4]]}]}
        ]}"""
    scene = Scene(32, 40, (Group((Stroke([(1, 2), (3, 4)], 2.4),), (3, 4)),))
    assert files.parse(text.encode(), IDS).opened == scene, "without a session"
    assert loads(changed("session", {})) == Session(FULL.scene), "that of a new window"


def test_widths_along_a_stroke_come_back_and_others_are_not_written() -> None:
    wedge = Stroke([(1, 2), (3, 4.5), (9, 9)], 2.4, widths=[0.5, 1 / 3, 1.5])
    plain = Stroke([(1, 2), (3, 4.5)], 2.4)
    scene = Scene(32, 40, (Group.of([wedge, plain]),))
    text = dumps(scene)
    assert loads(text).scene == scene
    written = json.loads(text)["items"][0]["strokes"]
    assert written[0]["widths"] == [0.5, 1 / 3, 1.5]
    assert written[1] == {"points": [[1, 2], [3, 4.5]], "width_px": 2.4, "ink": 1}


@pytest.mark.parametrize(
    "widths", [[], [1], [1] * 20, [0, 1], [11, 1], [math.nan, 1], ["1", 1], 1, "1", {}, [True, 1]]
)
def test_widths_that_do_not_fit_the_points_are_refused(widths: object) -> None:
    stroke = {"points": [[1, 2], [3, 4]], "widths": widths}
    assert refused(changed("items.0.strokes.0", stroke))


def test_widths_that_no_file_may_hold_are_not_written() -> None:
    stroke = Stroke([(1, 2), (3, 4)], widths=[0.05, 1])
    with pytest.raises(UserError, match="its “widths” lies outside"):
        dumps(Scene(32, 40, (Group.of([stroke]),)))


@pytest.mark.parametrize("shape", [(1024, 1024), (40, 30, 3)])
def test_an_instrument_keeps_a_picture_and_a_table_of_numbers(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    table = [[row + column / 7 for column in range(256)] for row in range(256)]
    state = {"picture": Picture(pixels), "kernel": table, "size": 3}
    back = loads(dumps(Session(Scene(), instruments={"kernel": state}))).instruments
    assert back == {"kernel": state}
    assert not back["kernel"]["picture"].pixels.flags.writeable


def test_items_keep_their_numbers_where_empty_ones_are_left_out() -> None:
    three, one = number("31").items
    scene = Scene(32, 64, (Group((), (1, 2)), three, Group((), (3, 4)), one))
    session = Session(
        scene, selection=frozenset((1, 2, 3)), stroke=(3, 0), comparison=ComparisonState(scene)
    )
    back = loads(dumps(session))
    assert (back.scene.items, back.selection, back.stroke) == ((three, one), {0, 1}, (1, 0))
    assert back.comparison is not None and back.comparison.scene == back.scene
    assert loads(dumps(replace(session, stroke=(2, 0)))).stroke is None
    data = json.loads(dumps(number("1")))
    data["items"].insert(0, {"kind": "group", "anchor": [16, 16], "strokes": []})
    assert loads(json.dumps(data)).scene == number("1")


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
    back = loads(dumps(Session(Scene(), instruments=states)))
    assert back.instruments == {"Good": {"axis": "x"}}
    assert len(caplog.records) == 5


# What is no scene file


def refused(text: str) -> bool:
    """Whether a file is refused, with one sentence of a modest length."""
    try:
        loads(text)
    except UserError as error:
        sentence = str(error)
        assert sentence.endswith(".") and "; " in sentence and len(sentence) < 300
        return True
    return False


def values(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """All values of a file with their paths, but for the settings of instruments."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in pairs:
        yield f"{path}{key}", value
        if isinstance(value, dict | list) and key != "shift-map":
            yield from values(value, f"{path}{key}.")


NO_NUMBERS = ("1", True, [1], {}, float("nan"), float("inf"), -1e300, 10**400)
OTHERS: dict[type, tuple[object, ...]] = {
    bool: (1, "true", []),
    int: (*NO_NUMBERS, 0.5),
    float: NO_NUMBERS,
    str: (3, True, [], {}),
    list: ({}, "01", 7),
    dict: ([], 7, "x"),
}


def test_no_value_may_be_of_another_type_or_beyond_all_bounds() -> None:
    taken = [
        (path, str(other)[:20])
        for path, value in values(DATA)
        if value is not None
        for other in OTHERS[type(value)]
        if not refused(changed(path, other))
    ]
    assert taken == []


def png(width: int, height: int) -> str:
    """A PNG with a valid header for so many pixels and hardly any data, as base64."""
    body = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    crc = zlib.crc32(body).to_bytes(4, "big")
    head = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + body + crc
    return base64.b64encode(head + b"\0\0\0\x04IDAT1234").decode()


GROUP = {"kind": "group", "anchor": [1, 2], "strokes": [{"points": [[1, 2]]}]}

HOSTILE: list[tuple[str, object]] = [
    ("height", None),
    ("height", 1),
    ("width", 100_000),
    ("transform.scale", 0),
    ("items.0.transform.squeeze", -1),
    ("noise.seed", -1),
    ("noise.salt_pepper", 1.5),
    ("items", [GROUP] * (MOST_ITEMS + 1)),
    ("items.0.kind", "video"),
    ("items.0.name", "a" * 1001),
    ("items.0.anchor", [1, 2, 3]),
    ("items.0.strokes", None),
    ("items.0.strokes.0.points", []),
    ("items.0.strokes.0.points", [[1, 2, 3]]),
    ("items.0.strokes.0.points", [[1.1e6, 0]]),
    ("items.0.strokes", [{"points": [[1, 2]] * 1000}] * (MOST_POINTS // 1000 + 1)),
    ("items.0.strokes.0.width_px", 0),
    ("items.0.strokes.0.ink", 2),
    ("items.2.png", "…"),
    ("items.2.png", base64.b64encode(b"GIF89a").decode()),
    ("items.2.png", png(8, 8)),  # cut off
    ("items.2.png", png(60_000, 60_000)),  # a bomb
    ("items.2.png", png(5000, 5000)),
    ("session.chapter", "a" * 10_000),
    ("session.instrument", "a" * 201),
    ("session.network", None),
    ("session.ablated", {"C7": [1]}),
    ("session.ablated.C1", [20]),
    ("session.ablated.C1", []),
    ("session.ablated.C1", [1, 1]),
    ("session.pinned", {"layer": "C3", "map": 5}),
    ("session.pinned", ["C3", 5, 2, 3]),  # as version 1 has it
    ("session.pinned.layer", "C9"),
    ("session.pinned.map", 50),
    ("session.hovered.map", 50),
    ("session.window", [1, 2, 3]),
    ("session.window", [0, -1]),
    ("session.selection", [3]),
    ("session.stroke", [0, 99]),
    ("session.stroke", [7, 0]),
    ("session.stroke", [2, 0]),  # of a picture
    ("session.demonstration", {"time": 1}),
    ("session.demonstration.time", -1),
    ("session.demonstration.speed", 0),
    ("session.kernel", None),
    ("session.comparison", {}),
    ("session.comparison.network", "none"),
    ("session.comparison.ablated", {"C7": [1]}),
    ("session.instruments", {str(i): {} for i in range(101)}),
    ("session.instruments.x", []),
    ("session.instruments.x", {"a": [[[[[[[1]]]]]]]}),
    ("session.instruments.x", {"a": "b" * 1_001}),
    ("session.instruments.x", {"a": [0] * 65_537}),
    ("session.instruments.x", {"a": [[]] * 1001}),
    ("session.instruments.x", {"a": {"png": "R0lGODlh"}}),
    ("session.instruments.x", {"a": {"png": 7}}),
    ("session.instruments.x", {"a": 10**400}),
]


@pytest.mark.parametrize(
    ("path", "value"), HOSTILE, ids=[f"{path}={str(value)[:20]}" for path, value in HOSTILE]
)
def test_a_value_beyond_its_limits_is_refused(path: str, value: object) -> None:
    assert refused(changed(path, value))


GOOD = json.dumps(DATA)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "format: lenetscope-scene",
        GOOD[:-20],
        "[]",
        "42",
        changed("format", "lenetscope-settings"),
        changed("version", 0),
        GOOD.replace('"dx": 0.0', '"dx": 1e999'),
        GOOD.replace('"dx": 0.0', '"dx": ' + "9" * 5000),
        '{"a":' * 100_000,
        '"' + " " * MOST_BYTES + '"',
    ],
    ids=lambda text: text[:20],
)
def test_a_text_that_is_no_scene_file_is_refused(text: str) -> None:
    assert refused(text)


@pytest.mark.parametrize("key", ["chapter", "network", "tool"])
def test_what_a_newer_program_knows_asks_for_it(key: str) -> None:
    with pytest.raises(UserError, match=f"file's {key} “dreams” is not known .* update LeNetScope"):
        loads(changed(f"session.{key}", "dreams"))
    with pytest.raises(UserError, match="of version 3; update LeNetScope"):
        loads(changed("version", 3))


@given(st.sampled_from([path for path, _ in values(DATA)]), json_values)
def test_any_value_anywhere_gives_a_session_or_a_sentence(path: str, value: object) -> None:
    with contextlib.suppress(UserError):
        assert isinstance(loads(changed(path, value)), Session)


@given(st.text().map(str.encode) | st.binary())
def test_no_bytes_do_harm(text: bytes) -> None:
    with pytest.raises(UserError):
        files.parse(text, IDS)


# On the disk


def test_files_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "two digits ü.scene.json"
    save(FULL, path)
    assert load(path) == FULL
    save(number("3"), str(path))
    assert load(str(path)) == Session(number("3"))
    assert [file.name for file in tmp_path.glob("two*")] == [path.name]
    path.write_text(dumps(number("5")), encoding="utf-8-sig")  # as Windows writes it
    assert load(path) == Session(number("5"))


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    save(number("1"), real)
    link.symlink_to(real)
    save(number("2"), link)
    assert link.is_symlink() and load(real) == Session(number("2"))


def test_a_full_disk_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "drawing.scene.json"
    save(number("1"), path)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(disk.os, "fsync", full)
    with pytest.raises(UserError, match=r"cannot be written \(No space left on device\)"):
        save(number("2"), path)
    assert load(path) == Session(number("1"))
    assert [file.name for file in tmp_path.glob("drawing*")] == [path.name]


def test_where_nothing_can_be_written_or_read(tmp_path: Path) -> None:
    for path in (tmp_path / "no folder" / "a.json", tmp_path):
        with pytest.raises(UserError, match="cannot be written"):
            save(Scene(), path)
    for path in (tmp_path / "a.json", tmp_path):
        with pytest.raises(UserError, match="cannot be opened"):
            load(path)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "an empty file"),
        (b"%PDF-1.7", "a PDF document"),
        (b'{"type": "FeatureCollection"}', "a JSON file of another program"),
        (b"[1, 2]", "a text file"),
    ],
)
def test_another_file_is_called_what_it_is(content: bytes, kind: str) -> None:
    with pytest.raises(UserError, match=rf"^This is {kind}; open a scene file, a lecture or"):
        files.parse(content, known_ids())


@settings(max_examples=40)
@given(scenes())
def test_the_text_put_together_of_parts_is_that_of_one_call(scene: Scene) -> None:
    session, ids = Session(scene), known_ids()
    whole = json.dumps(files.to_json(session, ids), separators=(",", ":"))
    for _ in range(2):  # the second time most of it is known
        assert files.dumps(session, ids) == whole


def test_long_strokes_and_pictures_are_written_whole_and_anew_where_they_changed() -> None:
    rng = np.random.default_rng(0)
    long = Group.of([Stroke(rng.uniform(0, 60, (2_500, 2)), widths=rng.uniform(0.5, 1, 2_500))])
    picture = ImageLayer(rng.random((30, 40), np.float32), (20.0, 9.0))
    scene = Scene(32, 64, (long, picture))
    for shifted in (scene, moved(scene, [0, 1], 2, 3), moved(scene, [1], 5, 5), scene):
        whole = json.dumps(files.to_json(Session(shifted), known_ids()), separators=(",", ":"))
        assert files.dumps(Session(shifted), known_ids()) == whole
        assert loads(dumps(shifted)) == loads(whole)
