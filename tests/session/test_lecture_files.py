"""Lecture files: what is saved comes back, and what is no lecture gives one sentence."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scenes import scenes

from viz.chapters.lecture_steps import session_of
from viz.chapters.registry import known_ids
from viz.errors import UserError
from viz.scene import ImageLayer, Scene
from viz.scene.digits import number
from viz.scene.limits import MOST_BYTES
from viz.session import lecture_files
from viz.session.lecture import (
    MOST_NOTE,
    MOST_STEPS,
    MOST_TITLE,
    DemonstrationStart,
    Lecture,
    Step,
    lines,
    one_line,
)
from viz.session.session import OpenedWeights, Session

IDS = known_ids()
PHOTO = ImageLayer(np.eye(24, dtype=np.float32), (16, 16))
SWING = DemonstrationStart("3-5", 1.5, playing=False, instrument="interaction")
LECTURE = Lecture(
    "Two & “three” – \ud800",
    (
        Step("A photo", "Ask:\nwhat is it?", Session(Scene(32, 40, (PHOTO,)))),
        Step("The same, moved", "", Session(Scene(40, 48, (PHOTO, *number("3").items)))),
        Step("A 3 becomes a 5", demonstration=SWING),
    ),
)
DATA = json.loads(lecture_files.plain(LECTURE, IDS))

starts = st.builds(
    DemonstrationStart,
    st.text(max_size=20),
    st.floats(0, 1e6),
    st.booleans(),
    st.none() | st.text(max_size=20),
)
titles, notes = st.text(max_size=30).map(one_line), st.text(max_size=90).map(lines)
steps = st.builds(Step, titles, notes, demonstration=starts) | st.builds(
    Step, titles, notes, st.builds(Session, scenes())
)
lectures = st.builds(Lecture, titles, st.lists(steps, max_size=3).map(tuple))


@settings(max_examples=40)
@given(lectures)
def test_what_is_saved_comes_back_plain_and_packed(lecture: Lecture) -> None:
    assert lecture_files.parse(lecture_files.plain(lecture, IDS), IDS) == lecture
    assert lecture_files.parse(lecture_files.packed(lecture, IDS), IDS) == lecture


@pytest.mark.parametrize("name", ["mine.lecture.json", "mine.lecture.zip", "MINE.ZIP"])
def test_a_file_is_packed_by_its_name_and_read_by_its_contents(tmp_path: Path, name: str) -> None:
    lecture_files.save(LECTURE, tmp_path / name, IDS)
    content = (tmp_path / name).read_bytes()
    assert content.startswith(b"PK" if "zip" in name.lower() else b"{")
    (tmp_path / "renamed").write_bytes(content)
    assert lecture_files.load(tmp_path / "renamed", IDS) == LECTURE
    assert {file.name for file in tmp_path.iterdir()} == {name, "renamed"}, "nothing beside them"


def test_a_packed_lecture_holds_a_picture_once_and_names_weights() -> None:
    weights = OpenedWeights("mine", "/home/me/mine.pt", "00ff", "own")
    first = LECTURE.steps[0]
    assert first.session is not None
    lent = replace(first, session=replace(first.session, network="mine", opened=(weights,)))
    lecture = replace(LECTURE, steps=(lent, *LECTURE.steps[1:]))
    with zipfile.ZipFile(io.BytesIO(lecture_files.packed(lecture, IDS))) as archive:
        assert archive.namelist() == ["lecture.json", "pictures/0.png"]
        with Image.open(io.BytesIO(archive.read("pictures/0.png"))) as picture:
            assert picture.size == (24, 24)
        text = archive.read("lecture.json").decode()
    assert "mine.pt" in text and "00ff" in text
    assert lecture_files.parse(lecture_files.packed(lecture, IDS), IDS) == lecture


def test_a_text_that_only_begins_like_a_picture_stays_a_text() -> None:
    mine = {"unit": {"png": "iVBORw0KGgoA!", "other": 1}}
    lecture = Lecture("", (Step("", session=Session(Scene(), instruments=mine)),))
    assert lecture_files.parse(lecture_files.packed(lecture, IDS), IDS) == lecture


def test_a_minimal_file_written_by_a_user() -> None:
    text = """{"format": "lenetscope-lecture", "version": 1, "title": "T", "more": 1, "steps": [
        {"title": "S", "demonstration": {"id": "shift"}}]}"""
    expected = Lecture("T", (Step("S", demonstration=DemonstrationStart("shift")),))
    assert lecture_files.parse(text.encode(), IDS) == expected


def test_a_step_shows_either_of_two() -> None:
    with pytest.raises(ValueError, match="either"):
        Step("none")
    with pytest.raises(ValueError, match="either"):
        Step("both", session=Session(Scene()), demonstration=SWING)


def test_a_demonstration_stands_at_its_start_or_at_its_end() -> None:
    session = session_of(LECTURE.steps[2])
    assert session.demonstration is not None
    assert (session.demonstration.time, session.demonstration.playing) == (1.5, False)
    assert (session.chapter, session.instrument) == ("binding", "interaction")
    late = session_of(Step("", demonstration=DemonstrationStart("3-5", 1e6)))
    assert late.demonstration is not None
    assert late.demonstration.time == pytest.approx(7.4) and late.demonstration.playing
    with pytest.raises(UserError, match="no demonstration “gone”"):
        session_of(Step("", demonstration=DemonstrationStart("gone")))


# What is no lecture


def refused(content: bytes, reason: str) -> None:
    with pytest.raises(UserError, match=reason) as caught:
        lecture_files.parse(content, IDS)
    assert str(caught.value).count("\n") == 0


def with_step(**changes: Any) -> bytes:
    step = {**DATA["steps"][2], **changes}
    return json.dumps({**DATA, "steps": [step]}).encode()


def with_start(**changes: Any) -> bytes:
    return with_step(demonstration={**DATA["steps"][2]["demonstration"], **changes})


SCREEN = DATA["steps"][0]["screen"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "damaged or not JSON"),
        (b"\xff\xfe", "damaged or not JSON"),
        (b"[]", "another format"),
        (b'{"format": "lenetscope-scene"}', "another format"),
        (b"[" * 100_000, "nested too deeply"),
        (json.dumps({**DATA, "version": 0}).encode(), "version"),
        (json.dumps({**DATA, "version": 2}).encode(), "version 2; update"),
        (json.dumps({**DATA, "title": 3}).encode(), "title"),
        (json.dumps({**DATA, "title": "x" * (MOST_TITLE + 1)}).encode(), "title"),
        (json.dumps({**DATA, "steps": {}}).encode(), "steps"),
        (json.dumps({**DATA, "steps": [DATA["steps"][2]] * (MOST_STEPS + 1)}).encode(), "steps"),
        (json.dumps({**DATA, "steps": [3]}).encode(), "step 1.*steps"),
        (with_step(title=None), "step 1.*title"),
        (with_step(note="x" * (MOST_NOTE + 1)), "note"),
        (with_step(note=["x"]), "note"),
        (with_step(demonstration=None), "either a screen or"),
        (with_step(screen=SCREEN), "either a screen or"),
        (with_step(demonstration=None, screen=3), "screen"),
        (with_step(demonstration=None, screen={}), "another format"),
        (with_step(demonstration=None, screen={**SCREEN, "height": 1e9}), "height"),
        (with_step(demonstration=None, screen={**SCREEN, "version": 9}), "version 9; update"),
        (with_start(time=float("nan")), "NaN"),
        (with_start(time=-1), "time"),
        (with_start(time="0"), "time"),
        (with_start(playing=1), "playing"),
        (with_start(id="x" * 201), "id"),
        (with_start(instrument=3), "instrument"),
        (b"PK", "damaged"),
    ],
)
def test_one_sentence_says_what_is_wrong(content: bytes, reason: str) -> None:
    refused(content, reason)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.lecture.json").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(UserError, match="larger than 64 MB"):
        lecture_files.load(tmp_path / "huge.lecture.json", IDS)
    refused(b"PK" + bytes(MOST_BYTES), "larger than 64 MB")
    with pytest.raises(UserError, match="cannot be opened"):
        lecture_files.load(tmp_path, IDS)


def test_small_pictures_that_unfold_to_many_pixels_are_refused() -> None:
    file = io.BytesIO()
    Image.fromarray(np.zeros((4096, 4096), np.uint8)).save(file, "PNG")
    image = {**SCREEN["items"][0], "png": base64.b64encode(file.getvalue()).decode()}
    step = {"title": "", "screen": {**SCREEN, "items": [image]}}
    refused(json.dumps({**DATA, "steps": [step] * 5}).encode(), "images are too large")


@settings(max_examples=60)
@given(st.data())
def test_a_file_cut_or_with_another_byte_is_read_or_refused(data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from([lecture_files.plain(LECTURE, IDS), lecture_files.packed(LECTURE, IDS)])
    )
    at = data.draw(st.integers(0, len(whole) - 1))
    for content in (whole[:at], whole[:at] + data.draw(st.binary(max_size=1)) + whole[at + 1 :]):
        with contextlib.suppress(UserError):  # and nothing else
            assert isinstance(lecture_files.parse(content, IDS), Lecture)


# Hostile archives


def packed(change: Callable[[zipfile.ZipFile], object], text: bytes | None = None) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lecture.json", text or lecture_files.plain(LECTURE, IDS))
        change(archive)
    return file.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "/etc/passwd", "C:\\evil", "pictures/../../0.png", "pictures/0.png/", "a.py",
        "pictures/00000.png", "pictures/٣.png", "LECTURE.json",
    ],
)  # fmt: skip
def test_a_member_of_another_name_is_refused(name: str, tmp_path: Path) -> None:
    refused(
        packed(lambda archive: archive.writestr(name, b"x")), "which does not belong in a lecture"
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_occurs_twice_is_refused() -> None:
    refused(packed(lambda archive: archive.writestr("lecture.json", b"{}")), "lecture.json")


def test_a_link_is_refused() -> None:
    link = zipfile.ZipInfo("pictures/0.png")
    link.external_attr = 0o120777 << 16
    refused(
        packed(lambda archive: archive.writestr(link, "/etc/passwd")),
        "which does not belong in a lecture",
    )


def test_an_archive_without_a_lecture_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("pictures/0.png", b"x")
    refused(file.getvalue(), "holds no lecture.json")


def test_an_encrypted_member_is_refused() -> None:
    content = bytearray(packed(lambda _: None))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    refused(bytes(content), "encrypted")


def test_another_compression_is_refused() -> None:
    refused(
        packed(lambda archive: archive.writestr("pictures/0.png", b"x", zipfile.ZIP_BZIP2)),
        "kind of compression",
    )


def test_more_members_than_a_lecture_has_are_refused() -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        for name in range(lecture_files.MOST_PICTURES + 1):
            archive.writestr(f"pictures/{name}.png", b"")

    refused(packed(fill), "too many files")


def test_what_unfolds_to_more_than_64_mb_is_refused_before_it_does() -> None:
    bomb = packed(lambda archive: archive.writestr("pictures/0.png", bytes(MOST_BYTES)))
    assert len(bomb) < 100_000
    refused(bomb, "larger than 64 MB")


def test_a_member_that_lies_about_its_size_is_damaged() -> None:
    content = bytearray(packed(lambda archive: archive.writestr("pictures/0.png", bytes(1 << 20))))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.rindex(mark) + offset, 10)
    refused(bytes(content), "damaged")


def test_a_picture_that_is_missing_is_damaged() -> None:
    image = {**SCREEN["items"][0], "png": "pictures/7.png"}
    step = {"title": "", "screen": {**SCREEN, "items": [image]}}
    text = json.dumps({**DATA, "steps": [step]}).encode()
    refused(packed(lambda _: None, text), "image in it is damaged")


# What cannot be saved


@pytest.mark.parametrize(
    ("lecture", "reason"),
    [
        (Lecture("x" * (MOST_TITLE + 1)), "too long; shorten"),
        (Lecture("", LECTURE.steps * (MOST_STEPS // 3 + 1)), "at most 500 steps"),
        (
            Lecture("", (Step("", session=Session(Scene(), network="none")),)),
            "“none” is not known",
        ),
    ],
)
def test_what_could_not_be_read_again_is_not_saved(
    lecture: Lecture, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=reason):
        lecture_files.save(lecture, tmp_path / "l.lecture.json", IDS)
    assert not any(tmp_path.iterdir())
