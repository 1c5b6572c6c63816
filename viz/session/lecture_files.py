"""Lecture files: an ordered list of steps, as UTF-8 JSON, or the same packed into a ZIP.

One object, version 1; unknown keys are ignored, and control characters in titles and notes::

    {"format": "lenetscope-lecture",
     "version": 1,
     "title": "Convolutional networks",
     "steps": [STEP, …]}                        at most 500

    STEP = {"title": "A 3 becomes a 5", "note": "Ask the hall …",
            "demonstration": {"id": "35-53", "time": 0, "playing": true,
                              "instrument": null}}      its id; null: what it is about
         | {"title": …, "note": …,
            "screen": SCENE FILE}               see viz/session/files.py

Either file is complete: pictures are in it, and weights that the user opened are named with their
checksum, as in a scene file; the weights themselves are never in it. A ``.lecture.json`` has each
picture where it is used. A ``.lecture.zip`` has ``lecture.json``, where ``"png"`` names one of the
other members, ``pictures/0.png`` and so on, each of which is used by as many steps as show it.

A packed lecture is read in memory, nothing is written anywhere, and whatever else a ZIP could hold
is refused before it is unpacked: other names, names that occur twice, links, encrypted members,
and more than ``MOST_BYTES`` unpacked. Nothing in a file is ever executed.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import re
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from viz import disk
from viz.errors import UserError
from viz.i18n import tr
from viz.scene import ImageLayer
from viz.scene.limits import MOST_BYTES
from viz.session import codec, files
from viz.session.codec import KnownIds, Picture, SceneFileError
from viz.session.lecture import MOST_STEPS, Lecture, Step, lines, one_line

SUFFIX = ".lecture.json"
PACKED = ".lecture.zip"
FORMAT, VERSION = "lenetscope-lecture", 1

MOST_PIXELS = 64 << 20
"""Of all pictures of a lecture together, each counted as often as a step shows it."""

MOST_PICTURES = 1_000
"""Of a packed lecture, different ones."""

_LECTURE = "lecture.json"
_PICTURE = re.compile(r"pictures/[0-9]{1,4}\.png")
_PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n\x00").decode()  # how each of our pictures begins
_ENTRY = b"PK\x01\x02"  # before each entry of a ZIP's list of members


class LectureFileError(UserError):
    """A lecture that cannot be read. ``reason`` is the translated part of its sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            tr("This is not a LeNetScope lecture: {reason}; choose another one.", reason=reason)
        )


def is_lecture(path: Path) -> bool:
    """Tell whether a file is a lecture, by its name."""
    return path.name.lower().endswith((SUFFIX, PACKED))


def load(path: str | Path, known: KnownIds) -> Lecture:
    """Return the lecture of a file, plain or packed, whatever its name. Raises UserError if it
    cannot be read."""
    return parse(disk.read(Path(path), MOST_BYTES), known)


def save(lecture: Lecture, path: str | Path, known: KnownIds) -> None:
    """Write a lecture, whole or not at all: packed if the name ends in ``.zip``, else plain.

    Raises UserError if it cannot be written, or not be read again.
    """
    write = packed if str(path).lower().endswith(".zip") else plain
    disk.write(write(lecture, known), path)


def plain(lecture: Lecture, known: KnownIds) -> bytes:
    """Return the bytes of a plain file, a line for each step.

    Raises UserError for what could not be read again.
    """
    if len(lecture.steps) > MOST_STEPS:
        raise UserError(tr("A lecture has at most {limit} steps; remove some.", limit=MOST_STEPS))
    if sum(map(_pixels_of, lecture.steps)) > MOST_PIXELS:
        raise _too_large()
    head = {"format": FORMAT, "version": VERSION, **_record_out(lecture)}
    steps = ",\n".join(_text(_step_out(step, known)) for step in lecture.steps)
    text = f'{_text(head)[:-1]}, "steps": [\n{steps}\n]}}\n'
    content = text.encode("utf-8", "backslashreplace")  # half a surrogate as JSON escapes it
    if len(content) > MOST_BYTES:
        raise _too_large()
    return content


def packed(lecture: Lecture, known: KnownIds) -> bytes:
    """Return the bytes of a packed file. Raises UserError for what could not be read again."""
    names: dict[bytes, str] = {}

    def name_picture(found: dict[str, Any]) -> dict[str, Any]:
        text = found.get("png")
        if isinstance(text, str) and text.startswith(_PNG):
            with contextlib.suppress(ValueError):  # a text among settings that only looks like one
                png = base64.b64decode(text, validate=True)
                found["png"] = names.setdefault(png, f"pictures/{len(names)}.png")
        return found

    data = files.json_object(plain(lecture, known), name_picture)
    if len(names) > MOST_PICTURES:
        raise _too_large()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_LECTURE, _text(data).encode("utf-8", "backslashreplace"))
        for png, name in names.items():
            archive.writestr(name, png, zipfile.ZIP_STORED)  # it is compressed
    return content.getvalue()


def parse(content: bytes, known: KnownIds) -> Lecture:
    """Return the lecture that the bytes of a file hold. Raises UserError if they are none."""
    try:
        data = _unpacked(content) if content.startswith(b"PK") else files.json_object(content)
        return _lecture_in(data, known)
    except SceneFileError as error:
        raise LectureFileError(error.reason) from error


# Records


def _lecture_in(data: dict[str, Any], known: KnownIds) -> Lecture:
    if data.get("format") != FORMAT:
        raise SceneFileError(tr("it has another format"))
    version = codec.whole(data.get("version"), "version", 1, 1 << 31)
    if version > VERSION:
        raise UserError(
            tr(
                "This lecture is of version {version}; update LeNetScope to open it.",
                version=version,
            )
        )
    steps, room = [], MOST_PIXELS
    for number, value in enumerate(codec.array(data.get("steps"), "steps", MOST_STEPS), 1):
        try:
            step = _step_in(value, known)
        except SceneFileError as error:
            raise LectureFileError(
                tr("in step {number}, {reason}", number=number, reason=error.reason)
            ) from error
        steps.append(step)
        room -= _pixels_of(step)
        if room < 0:
            raise SceneFileError(tr("its images are too large"))
    lecture = codec.decode(Lecture, data, "lecture", steps=tuple(steps))
    return replace(lecture, title=one_line(lecture.title))


def _step_in(value: object, known: KnownIds) -> Step:
    data = codec.mapping(value, "steps")
    screen = data.get("screen")
    if (screen is None) == (data.get("demonstration") is None):
        raise SceneFileError(tr("it shows either a screen or a demonstration"))
    if screen is None:
        step = codec.decode(Step, data, "steps")
    else:
        session = files.from_json(codec.mapping(screen, "screen"), known).session
        step = codec.decode(Step, data, "steps", session=session)
    return replace(step, title=one_line(step.title), note=lines(step.note))


def _step_out(step: Step, known: KnownIds) -> dict[str, Any]:
    data = _record_out(step)
    if step.session is not None:
        del data["demonstration"]
        data["screen"] = files.to_json(step.session, known)
    return data


def _record_out(record: Lecture | Step) -> dict[str, Any]:
    try:
        return codec.encode(record)
    except UserError as error:
        raise UserError(
            tr("A title or note of the lecture is too long; shorten “{title}”.", title=record.title)
        ) from error


def _pixels_of(step: Step) -> int:
    """How many pixels the pictures of a step have."""
    session = step.session
    if session is None:
        return 0
    scenes = (
        [session.scene] if session.comparison is None else [session.scene, session.comparison.scene]
    )
    images = (item for scene in scenes for item in scene.items if isinstance(item, ImageLayer))
    return sum(image.pixels.size for image in images) + _pixels_among(session.instruments)


def _pixels_among(settings: Any) -> int:
    if isinstance(settings, Picture):
        return settings.pixels.size
    if isinstance(settings, Mapping):
        return sum(map(_pixels_among, settings.values()))
    return sum(map(_pixels_among, settings)) if isinstance(settings, list | tuple) else 0


def _text(data: object) -> str:
    return json.dumps(data, allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def _too_large() -> UserError:
    return UserError(
        tr(
            "The images of the lecture are too large for one file; remove a step that shows one.",
        )
    )


# Packed files


def _unpacked(content: bytes) -> dict[str, Any]:
    """Return the object of a packed lecture, its pictures put back where they are used."""
    if len(content) > MOST_BYTES:
        raise SceneFileError(tr("it is larger than {limit} MB", limit=MOST_BYTES >> 20))
    if content.count(_ENTRY) > 2 * MOST_PICTURES:  # before a list of millions is read
        raise SceneFileError(tr("it holds too many files"))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_members(members)
            found = {member.filename: _member(archive, member) for member in members}
    except UserError:
        raise
    except Exception as error:  # a decoder fed with hostile bytes raises whatever it comes to
        raise SceneFileError(tr("it is damaged")) from error
    text = found.pop(_LECTURE)
    pictures = {name: base64.b64encode(png).decode() for name, png in found.items()}

    def put_picture(data: dict[str, Any]) -> dict[str, Any]:
        name = data.get("png")
        if isinstance(name, str) and name in pictures:
            data["png"] = pictures[name]
        return data

    return files.json_object(text, put_picture)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as file:
        # Not all that there is: of a member that lies about its size that could be gigabytes
        return file.read(member.file_size + 1)


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    """Refuse what ``packed`` never writes, before any of it is unpacked."""
    names = [member.filename for member in members]
    if len(names) > 1 + MOST_PICTURES:
        raise SceneFileError(tr("it holds too many files"))
    if _LECTURE not in names:
        raise SceneFileError(tr("it holds no {name}", name=_LECTURE))
    for member in members:
        is_link = stat.S_ISLNK(member.external_attr >> 16)
        is_known = member.filename == _LECTURE or _PICTURE.fullmatch(member.filename)
        if not is_known or is_link or names.count(member.filename) > 1:
            raise SceneFileError(
                tr(
                    "it holds “{name}”, which does not belong in a lecture",
                    name=member.filename[:100],
                )
            )
        if member.flag_bits & 1:
            raise SceneFileError(tr("it is encrypted"))
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise SceneFileError(tr("its kind of compression is not supported"))
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise SceneFileError(tr("it is larger than {limit} MB", limit=MOST_BYTES >> 20))
