"""Large files are parsed in a process: what comes back is what was saved, or the same sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import psutil
import pytest
from scene_files import IDS, dumps

from viz import disk
from viz.errors import UserError
from viz.recording import parse_process
from viz.scene import Group, ImageLayer, Scene, Stroke
from viz.scene.raster import Cancelled, cancellable
from viz.session import files, lecture_files
from viz.session.codec import KnownIds
from viz.session.lecture import DemonstrationStart, Lecture, Step
from viz.session.session import Session

SOME = np.random.default_rng(4)
STROKES = tuple(Stroke(SOME.uniform(0, 60, (40, 2)), 2.0) for _ in range(50))
LAYER = ImageLayer(np.rint(SOME.random((30, 40)) * 255).astype(np.float32) / 255, (9.0, 9.0))
SCENE = Scene(32, 64, (Group(STROKES, (3.0, 4.0), name="3"), LAYER))
LECTURE = Lecture(
    "Two steps",
    (Step("A", "note", Session(SCENE)), Step("B", demonstration=DemonstrationStart("35-53"))),
)


@pytest.fixture(autouse=True)
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_process, "LARGE", 0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.scene.json"
    path.write_text(dumps(SCENE))
    return path


def test_a_scene_file_arrives_to_the_last_bit(file: Path) -> None:
    parsed, checksum = parse_process.read("scene", file, IDS)
    assert parsed == Session(SCENE)
    assert not parsed.scene.items[1].pixels.flags.writeable
    assert checksum == disk.checksum(file)


def test_a_lecture_arrives(file: Path) -> None:
    lecture_files.save(LECTURE, file, IDS)
    assert parse_process.read("lecture", file, IDS) == (LECTURE, disk.checksum(file))


def test_a_kept_drawing_arrives_with_the_file_it_belongs_to(tmp_path: Path) -> None:
    path = tmp_path / "drawing-1-1.json"
    for file, checksum in ((None, ""), (tmp_path / "a.json", "00ff")):
        path.write_text(files.dumps(Session(SCENE), IDS, file, checksum))
        content = files.Content(Session(SCENE), file, checksum)
        assert parse_process.read_kept(path, IDS) == content
    path.write_bytes(b"{")
    with pytest.raises(UserError):
        parse_process.read_kept(path, IDS)


def test_a_kept_drawing_is_not_damaged_because_the_process_ended(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parse_process, "COMMAND", ("-c", "raise SystemExit(7)"))
    with pytest.raises(OSError, match="ended"):
        parse_process.read_kept(file, IDS)


@pytest.mark.parametrize("data", [b'{"format": "other"}', "{„".encode(), None])
def test_what_cannot_be_read_is_refused_as_it_is_here(
    data: bytes | None, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if data is not None:
        file.write_bytes(data)
    known = IDS if data is not None else KnownIds((), {})
    with pytest.raises(UserError) as there:
        parse_process.read("scene", file, known)
    monkeypatch.setattr(parse_process, "LARGE", 1 << 20)
    with pytest.raises(UserError) as here:
        parse_process.read("scene", file, known)
    assert str(there.value) == str(here.value)


def test_small_files_start_no_process(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_process, "LARGE", 1 << 20)
    monkeypatch.setattr(parse_process, "COMMAND", ("-c", "raise SystemExit(7)"))
    assert parse_process.read("scene", file, IDS) == (Session(SCENE), disk.checksum(file))


def test_a_process_that_ends_otherwise_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_process, "COMMAND", ("-c", "raise SystemExit(7)"))
    with pytest.raises(UserError, match=r"the process that reads it ended; try again\.$"):
        parse_process.read("scene", file, IDS)


def test_it_ends_when_the_file_is_not_wanted_any_more(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begun = tmp_path / "begun"
    code = f"open({str(begun)!r}, 'w').close(); import time; time.sleep(60)"
    monkeypatch.setattr(parse_process, "COMMAND", ("-c", code))
    before = psutil.Process().children()
    with cancellable(begun.exists), pytest.raises(Cancelled):
        parse_process.read("scene", file, IDS)
    assert psutil.Process().children() == before
