"""Render options: what ``render`` shows, and at which times, worked out from its options.

A demonstration is shown at ``--time``; without it a picture shows the middle, which says more than
the beginning, and a film begins at the beginning. A session is shown exactly as it was saved, a
take exactly as it went.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from viz.chapters.registry import chapter_ids
from viz.errors import UserError
from viz.i18n import tr
from viz.recording.take import Take
from viz.recording.video import FILMS, MOST_GIF_RATE
from viz.scene import Scene
from viz.session.session import Playback, Session
from viz.window.sizes import LEAST_STAGE, least_size

if TYPE_CHECKING:
    from viz.model.demonstration import Demonstration

RATES = {".mp4": 30, ".gif": 20}
"""Frames a second unless asked for otherwise."""

MOST_FRAMES = 100_000


def opened(file: Path) -> Session | Scene:
    """What a scene file holds, or an image placed on a canvas that fits it.

    Raises UserError if it cannot be opened.
    """
    from viz.chapters.registry import known_ids
    from viz.scene import images
    from viz.session import files

    if file.suffix.lower() == ".json":
        return files.load(file, known_ids())
    return images.place(Scene(32, 32), images.read_image(file))


def is_film(arguments: argparse.Namespace) -> bool:
    """Whether ``--out`` names a film."""
    return arguments.out.suffix.lower() in FILMS


def check_out(out: Path, size: tuple[int, int], *, stage: bool) -> None:
    """Raises UserError for a file that could not be written, or a ``size`` in pixels that has no
    room for what is shown, before any work."""
    _check_size(size, stage=stage)
    suffix = out.suffix.lower()
    if suffix not in (".png", *FILMS):
        raise UserError(
            tr("{file} must end in .png, .gif or .mp4: these are what render writes.", file=out)
        )
    if not out.absolute().parent.is_dir():
        raise UserError(tr("There is no folder {folder}; make it first.", folder=out.parent))
    if suffix == ".mp4" and (size[0] % 2 or size[1] % 2):
        raise UserError(
            tr(
                "An MP4 has even sides; use --size {width}x{height}.",
                width=size[0] & ~1,
                height=size[1] & ~1,
            )
        )


def _check_size(size: tuple[int, int], *, stage: bool) -> None:
    least = least_size(stage=stage)
    if size[0] >= least[0] and size[1] >= least[1]:
        return
    given, needed = "{}x{}".format(*size), "{}x{}".format(*least)
    raise UserError(
        tr("{given} has no room for all the maps; use --size {needed}.", given=given, needed=needed)
        if stage
        else tr(
            "{given} has no room for all the maps and controls; use --size {needed}, or --stage "
            "and {stage}.",
            given=given,
            needed=needed,
            stage="{}x{}".format(*LEAST_STAGE),
        )
    )


def rate(arguments: argparse.Namespace) -> int:
    """Frames a second. Raises UserError for more than a GIF can hold."""
    suffix = arguments.out.suffix.lower()
    wanted: int = arguments.rate or RATES[suffix]
    if suffix == ".gif" and wanted > MOST_GIF_RATE:
        raise UserError(
            tr("A GIF shows at most {rate} frames a second; use --rate or MP4.", rate=MOST_GIF_RATE)
        )
    return wanted


def shown(arguments: argparse.Namespace, opened_network: str | None = None) -> Session | Take:
    """The session that the options describe, or the take that comes through stdin.

    ``opened_network``: the name of the one that ``--weights`` opened.

    Raises UserError if nothing can be read, or options contradict one another.
    """
    if not is_film(arguments):
        for name in ("rate", "speed"):
            if getattr(arguments, name) is not None:
                raise UserError(
                    tr("--{name} is for films; leave it out, or name an .mp4 or .gif.", name=name)
                )
    saved = _saved(arguments)
    if isinstance(saved, Take):
        return saved
    session, demonstration = _chosen(arguments, saved)
    if demonstration is None:
        if is_film(arguments) or arguments.time is not None:
            raise UserError(
                tr(
                    "Nothing moves here; name a demonstration with --demo. "
                    "`lenetscope demos` lists them."
                )
            )
    elif is_film(arguments) or arguments.time is not None:
        session = _turned(session, demonstration, arguments.time or 0.0)
    if arguments.speed is not None and session.demonstration is not None:
        session = replace(
            session, demonstration=replace(session.demonstration, speed=arguments.speed)
        )
    if arguments.instrument is not None:
        session = replace(session, instrument=arguments.instrument)
    if arguments.network is not None and opened_network is not None:
        raise UserError(tr("--network and --weights name two networks; leave one of them out."))
    network = opened_network or arguments.network
    if network is not None:
        session = replace(session, network=network)
    return session


def beginning(arguments: argparse.Namespace, session: Session) -> Session:
    """Where to start before what is ``shown``: a demonstration named by options at its beginning,
    from where instruments measure shifts; what was saved or recorded as it was."""
    if arguments.scene is not None or arguments.stdin or session.demonstration is None:
        return session
    return _turned(session, _demonstration(session.demonstration.id), 0.0)


def times(arguments: argparse.Namespace, shown: Session | Take) -> list[float]:
    """The time of the demonstration or take in seconds for every frame of a film; [] for a picture.

    Frame i shows ``start + i / rate · speed``, to the end; where a demonstration looks there as it
    did in the beginning, it is left out, so that a loop does not halt. Raises UserError if it is
    too long.
    """
    if not is_film(arguments):
        return []
    if isinstance(shown, Take):
        return shown.times(rate(arguments))
    played = shown.demonstration
    if played is None:
        return []
    demonstration = _demonstration(played.id)
    step = played.speed / rate(arguments)
    # An end that rounding puts a hair behind the last frame still is that frame
    count = math.floor((demonstration.duration - played.time) / step + 1e-6) + 1
    if count > MOST_FRAMES:
        raise UserError(
            tr(
                "That film would have {count} frames; lower --rate or raise --speed.",
                count=count,
            )
        )
    last = played.time + (count - 1) * step
    if count > 1 and demonstration.scene_at(last) == demonstration.scene_at(played.time):
        count -= 1
    return [played.time + number * step for number in range(count)]


def _saved(arguments: argparse.Namespace) -> Session | Take | None:
    """What a scene file or stdin holds, if one of them is named."""
    if arguments.stdin:
        from viz.recording import transfer

        return transfer.load(sys.stdin.buffer if sys.stdin is not None else BytesIO())
    if arguments.scene is None:
        return None
    found = opened(arguments.scene)
    return found if isinstance(found, Session) else Session(found)


def _chosen(
    arguments: argparse.Namespace, saved: Session | None
) -> tuple[Session, Demonstration | None]:
    """What is shown, with the demonstration that it belongs to, if any."""
    chapter = arguments.chapter
    if arguments.demo is not None:
        demonstration = _demonstration(arguments.demo)
        return _middle(demonstration, chapter or demonstration.chapter), demonstration
    if saved is not None:
        session = saved
        if chapter is not None and chapter != session.chapter:
            session = replace(session, chapter=chapter, instrument=None, instruments={})
        played = session.demonstration
        return session, None if played is None else _demonstration(played.id)
    if arguments.digits is None and chapter is not None:
        from viz.chapters.registry import of_chapter

        for demonstration in of_chapter(chapter):
            return _middle(demonstration, chapter), demonstration
    from viz.scene import digits

    scene = digits.number("31" if arguments.digits is None else arguments.digits)
    return Session(scene, chapter or chapter_ids()[0], tool="select"), None


def _demonstration(name: str) -> Demonstration:
    from viz.chapters.registry import by_id

    return by_id(name)


def _middle(demonstration: Demonstration, chapter: str) -> Session:
    session = Session(Scene(), chapter, tool="select", demonstration=Playback(demonstration.id))
    return _turned(session, demonstration, demonstration.duration / 2)


def _turned(session: Session, demonstration: Demonstration, time: float) -> Session:
    """The session at another time of its demonstration."""
    assert session.demonstration is not None
    if time > demonstration.duration:
        raise UserError(
            tr(
                "“{id}” lasts {duration:g} s; use a --time within that.",
                id=demonstration.id,
                duration=demonstration.duration,
            )
        )
    played = replace(session.demonstration, time=time)
    return replace(session, scene=demonstration.scene_at(time), demonstration=played)


class Progress:
    """How far a film is: a bar on stderr for people, or lines on stdout for programs."""

    def __init__(self, total: int, *, lines: bool) -> None:
        """``lines``: ``frame 12/480`` on stdout for each frame."""
        from tqdm import tqdm

        self._total, self._lines, self._number = total, lines, 0
        self._bar = tqdm(total=total, unit="frame", disable=lines or sys.stderr is None)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()

    def step(self) -> None:
        """One more frame is done."""
        self._number += 1
        self._bar.update()
        if self._lines:
            print(f"frame {self._number}/{self._total}", flush=True)
