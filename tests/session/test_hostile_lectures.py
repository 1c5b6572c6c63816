"""Hostile lectures by trial: whatever stands in a file, it is read or refused with one sentence."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viz.chapters.registry import known_ids
from viz.cli import handout
from viz.errors import UserError
from viz.scene import ImageLayer, Scene
from viz.scene.digits import number
from viz.session import lecture_files
from viz.session.lecture import DemonstrationStart, Lecture, Step
from viz.session.session import Playback, Session

IDS = known_ids()
PHOTO = ImageLayer(np.eye(8, dtype=np.float32), (16, 16))
LECTURE = Lecture(
    "A <i>title</i>",
    (
        Step("A photo", "Ask:\nwhat?", Session(Scene(32, 40, (PHOTO, *number("3").items)))),
        Step("Played", session=Session(number("8"), demonstration=Playback("3-5", 1.0),
                                       instruments={"unit": {"values": [1, 2.5]}})),
        Step("A 3 becomes a 5", demonstration=DemonstrationStart("3-5")),
    ),
)  # fmt: skip
DATA = json.loads(lecture_files.plain(LECTURE, IDS))

HOSTILE: list[Any] = [
    None, True, 0, -1, 2**63, 10**400, 1e308, float("nan"), float("inf"), "", "x" * 20_000,
    "\x00", "\x1b[31m", "a\nb", "\u202e\u2028", "<script>alert(1)</script>", "\ud800",
    "../../etc/passwd", "/etc/passwd", "pictures/0.png", [], {}, [[]], [None], ["x"] * 2_000,
    [0] * 3_000, {str(n): n for n in range(2_000)}, {"png": "pictures/0.png"}, {"kind": "image"},
]  # fmt: skip
NAMES = (
    "pictures/0.png", "pictures/1.png", "../out.png", "/tmp/out.png", "C:\\out.png",
    "pictures/../out.png", "a\nb\x1b[31m.png", "lecture.json",
)  # fmt: skip


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in JSON; of long lists only the beginning."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value[:3])
    for key, one in inner:
        if isinstance(one, dict | list):
            yield from paths(one, (*path, key))
        else:
            yield (*path, key)


PATHS = list(paths(DATA))


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A lecture's file with hostile values in it, plain or packed with hostile members, or cut."""
    data = copy.deepcopy(DATA)
    for path, value in draw(
        st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(HOSTILE)), max_size=2)
    ):
        there = data
        try:
            for key in path[:-1]:
                there = there[key]
            there[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            pass  # another value took its place
    content = json.dumps(data).encode()
    if draw(st.booleans()):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", draw(st.sampled_from([0, 8]))) as archive:
            archive.writestr("lecture.json", content)
            for name in draw(st.lists(st.sampled_from(NAMES), max_size=2)):
                archive.writestr(zipfile.ZipInfo(name), b"x")
        content = file.getvalue()
    return content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content


@pytest.mark.filterwarnings("ignore:Duplicate name")
@settings(max_examples=50, derandomize=True)
@given(files())
def test_it_is_read_or_refused_with_one_sentence(content: bytes) -> None:
    try:
        lecture = lecture_files.parse(content, IDS)
    except UserError as error:
        sentence = str(error)
        assert len(sentence) < 400 and not any(ord(c) < 32 or c in "\x7f\u2028" for c in sentence)
        assert sentence.endswith((".", "?")) and sentence[0].isupper()
        return
    for write in (lecture_files.plain, lecture_files.packed):
        assert lecture_files.parse(write(lecture, IDS), IDS) == lecture
    titles = [step.title for step in lecture.steps]
    page = handout.page(lecture, handout.names(titles), (3, 4)).decode()
    assert "<script" not in page and "<i>" not in page and "\x00" not in page
    assert not any(ord(c) < 32 for title in titles for c in title)


def test_nothing_is_written_by_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with zipfile.ZipFile(tmp_path / "a.lecture.zip", "w") as archive:
        archive.writestr("lecture.json", lecture_files.plain(LECTURE, IDS))
        archive.writestr("../out.png", b"x")
    with pytest.raises(UserError, match="does not belong in a lecture"):
        lecture_files.load(tmp_path / "a.lecture.zip", IDS)
    assert {path.name for path in tmp_path.rglob("*")} == {"here", "a.lecture.zip"}


def test_texts_of_a_file_have_no_control_characters_and_titles_one_line() -> None:
    step = {**DATA["steps"][2], "title": " A\x00\x1b[31m\n 3 ", "note": "One\r\ntwo\x07\tthree\n"}
    data = {**DATA, "title": "On\re", "steps": [step]}
    lecture = lecture_files.parse(json.dumps(data).encode(), IDS)
    assert lecture.title == "On e"
    assert lecture.steps[0].title == "A [31m 3" and lecture.steps[0].note == "One\ntwo\tthree\n"
