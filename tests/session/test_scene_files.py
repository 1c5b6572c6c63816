"""Scene files: what is saved comes back, and what is no scene file gives one sentence."""

import base64
import contextlib
import errno
import json
import os
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import extreme_transforms, scenes

from viz import disk
from viz.chapters.registry import known_ids
from viz.errors import UserError
from viz.scene import Group, ImageLayer, Scene, Stroke
from viz.scene.digits import number
from viz.scene.limits import MOST_BYTES, MOST_ITEMS, MOST_POINTS
from viz.session import files as scene_files
from viz.session.session import Session

IDS = known_ids()


def dumps(scene: Scene) -> str:
    return scene_files.dumps(Session(scene), IDS)


def loads(text: str) -> Scene:
    return scene_files.parse(text, IDS).session.scene


def save(scene: Scene, path: str | os.PathLike[str]) -> None:
    scene_files.save(Session(scene), path, IDS)


def load(path: str | os.PathLike[str]) -> Scene:
    opened = scene_files.load(path, IDS)
    return opened.scene if isinstance(opened, Session) else opened


@settings(max_examples=50)
@given(scenes() | scenes(most=65535) | scenes(extreme_transforms))
def test_what_is_saved_comes_back_to_the_last_bit(scene):
    assert loads(dumps(scene)) == scene


def test_pictures_between_grey_levels_come_back_to_16_bits():
    pixels = np.random.default_rng(4).random((40, 30), np.float32)
    layer = ImageLayer(pixels, (15.0, 20.0))
    back = loads(dumps(Scene(32, 32, (layer,)))).items[0]
    assert np.abs(back.pixels - pixels).max() <= 0.5 / 65535 + 1e-7
    assert loads(dumps(Scene(32, 32, (back,)))).items[0] == back


def test_the_files_say_what_they_are():
    data = json.loads(dumps(number("31")))
    assert (data["format"], data["version"]) == ("lenetscope-scene", 2)
    assert [item["name"] for item in data["items"]] == ["3", "1"]


def test_a_minimal_file_by_hand():
    text = """{"format": "lenetscope-scene", "version": 1, "height": 32, "width": 40, "x": 1,
        "items": [{"kind": "group", "anchor": [3, 4], "strokes": [{"points": [[1, 2], [3, 4]]}]}
        ]}"""
    assert loads(text) == Scene(32, 40, (Group((Stroke([(1, 2), (3, 4)], 2.4),), (3, 4)),))


def broken(**changes):
    """A good file with some of it changed: keys as paths, items.0.kind."""
    layer = ImageLayer(np.ones((2, 2), np.float32), (1, 1))
    data = json.loads(dumps(Scene(32, 64, (*number("3").items, layer))))
    for path, value in changes.items():
        at = data
        *way, last = path.split("__")
        for key in way:
            at = at[int(key) if key.isdigit() else key]
        at[int(last) if last.isdigit() else last] = value
    return json.dumps(data)


def png(width: int, height: int, colour: int = 0) -> str:
    """A PNG with a valid header for so many pixels and hardly any data, as base64."""
    body = (
        b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, colour, 0, 0, 0])
    )
    head = (
        b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    )
    return base64.b64encode(head + b"\0\0\0\x04IDAT1234").decode()


GROUP = {"kind": "group", "anchor": [1, 2], "strokes": [{"points": [[1, 2]]}]}

HOSTILE = {
    "nothing": "",
    "no JSON": "format: lenetscope-scene",
    "cut off": broken()[:-20],
    "a list": "[]",
    "a number": "42",
    "another format": broken(format="lenetscope-settings"),
    "no version": broken(version=None),
    "version as text": broken(version="1"),
    "version true": broken(version=True),
    "NaN": broken(items__0__anchor=[float("nan"), 1]),
    "infinity": broken(transform__dx=float("inf")),
    "too large for a float": broken().replace('"dx": 0.0', '"dx": 1e999'),
    "thousands of digits": broken().replace('"dx": 0.0', '"dx": ' + "9" * 5000),
    "nested too deeply": '{"a":' * 100_000,
    "canvas too small": broken(height=1),
    "canvas too wide": broken(width=100_000),
    "no canvas": broken(height=None),
    "canvas of fractions": broken(height=32.5),
    "scale zero": broken(transform__scale=0),
    "squeeze negative": broken(items__0__transform__squeeze=-1),
    "angle as text": broken(transform__angle="90"),
    "dx true": broken(transform__dx=True),
    "transform a list": broken(transform=[1, 2]),
    "noise as number": broken(noise=3),
    "seed negative": broken(noise__seed=-1),
    "salt above one": broken(noise__salt_pepper=1.5),
    "items an object": broken(items={}),
    "too many items": broken(items=[GROUP] * (MOST_ITEMS + 1)),
    "an item a number": broken(items=[7]),
    "unknown kind": broken(items__0__kind="video"),
    "name a number": broken(items__0__name=3),
    "name endless": broken(items__0__name="a" * 1001),
    "anchor of three": broken(items__0__anchor=[1, 2, 3]),
    "no strokes": broken(items__0__strokes=None),
    "stroke a list": broken(items__0__strokes=[[1, 2]]),
    "no points": broken(items__0__strokes__0__points=[]),
    "points as text": broken(items__0__strokes__0__points="1 2"),
    "points of three": broken(items__0__strokes__0__points=[[1, 2, 3]]),
    "point far away": broken(items__0__strokes__0__points=[[1e300, 0]]),
    "point as text": broken(items__0__strokes__0__points=[["a", 0]]),
    "a million points": broken(items__0__strokes__0__points=[[1, 2]] * 1_000_000),
    "points over many strokes": broken(
        items__0__strokes=[{"points": [[1, 2]] * 1000}] * (MOST_POINTS // 1000 + 1)
    ),
    "pen without width": broken(items__0__strokes__0__width_px=0),
    "ink too strong": broken(items__0__strokes__0__ink=2),
    "picture no text": broken(items__1__png=3),
    "picture no base64": broken(items__1__png="…"),
    "picture no PNG": broken(items__1__png=base64.b64encode(b"GIF89a").decode()),
    "picture cut off": broken(items__1__png=png(8, 8)),
    "picture a bomb": broken(items__1__png=png(60_000, 60_000)),
    "picture too large": broken(items__1__png=png(5000, 5000)),
    "inverted a number": broken(items__1__inverted=1),
    "too much of it": '"' + " " * MOST_BYTES + '"',
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_scene_file_gives_one_sentence(kind):
    with pytest.raises(
        UserError, match=r"^This is no scene file of LeNetScope: .*; .*\.$"
    ) as error:
        loads(HOSTILE[kind])
    assert len(str(error.value)) < 200


def test_a_newer_file_asks_for_a_newer_program():
    with pytest.raises(UserError, match="of version 3; update LeNetScope"):
        loads(broken(version=3, items="in a shape not known yet"))


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
PATHS = [
    "height",
    "transform__angle",
    "noise",
    "items",
    "items__0",
    "items__0__strokes",
    "items__0__strokes__0",
    "items__0__strokes__0__points__0",
    "items__1__png",
    "items__1__anchor",
]


@given(st.sampled_from(PATHS), json_values)
def test_any_value_anywhere_gives_a_scene_or_a_sentence(path, value):
    with contextlib.suppress(UserError):
        assert isinstance(loads(broken(**{path: value})), Scene)


@settings(max_examples=200)
@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_no_text_does_harm(text):
    with pytest.raises(UserError):
        loads(text)


def test_files_on_disk(tmp_path):
    scene, path = number("2718", "angular"), tmp_path / "two digits ü.scene.json"
    save(scene, path)
    assert load(path) == scene
    save(number("3"), str(path))
    assert load(str(path)) == number("3")
    assert [file.name for file in tmp_path.glob("two*")] == [path.name]


def test_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    save(number("1"), real)
    link.symlink_to(real)
    save(number("2"), link)
    assert link.is_symlink()
    assert load(real) == number("2")


def test_a_full_disk_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "drawing.scene.json"
    save(number("1"), path)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(disk.os, "fsync", full)
    with pytest.raises(UserError, match=r"cannot be written \(No space left on device\)"):
        save(number("2"), path)
    assert load(path) == number("1")
    assert [file.name for file in tmp_path.glob("drawing*")] == [path.name]


def test_where_nothing_can_be_written_or_read(tmp_path):
    with pytest.raises(UserError, match="cannot be written"):
        save(Scene(), tmp_path / "no folder" / "a.json")
    with pytest.raises(UserError, match="cannot be written"):
        save(Scene(), tmp_path)
    with pytest.raises(UserError, match="cannot be opened"):
        load(tmp_path / "a.json")
    with pytest.raises(UserError, match="cannot be opened"):
        load(tmp_path)
    binary = tmp_path / "b.json"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="no scene file"):
        load(binary)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "from Windows.json"
    path.write_text(dumps(number("5")), encoding="utf-8-sig")
    assert load(path) == number("5")
