"""Render options: what ``render`` shows, and at which times, worked out from its options.

A demonstration is shown at ``--time``; without it a picture shows the middle, which says more than
the beginning, and a film begins at the beginning. A session is shown exactly as it was saved, a
take exactly as it went.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from viz import disk
from viz.chapters import registry
from viz.cli import streams
from viz.errors import UserError
from viz.i18n import tr
from viz.nets.modules import base_of
from viz.recording.take import Take
from viz.recording.video import FILMS, MOST_GIF_RATE, Frame
from viz.scene import Scene
from viz.session.session import Playback, Session
from viz.window.sizes import LEAST_SIZE

if TYPE_CHECKING:
    from viz.model.demonstration import Demonstration
    from viz.session.lecture import Lecture

RATES = {".mp4": 30, ".gif": 20}
"""Frames a second unless asked for otherwise."""

MOST_FRAMES = 100_000


def opened(file: Path) -> Session | Scene:
    """Open a scene file, or a picture, of which the first page is shown.

    Which of them it is, its first bytes say. Raises UserError if it cannot be opened.
    """
    from viz.session import files

    content = files.content_or_picture(file, registry.known_ids())
    if not isinstance(content, bytes):
        return content.opened
    from viz.measure.pictures import chooser_of_main
    from viz.pictures.placing import read_picture  # which imports OpenCV

    return read_picture(content, file.name, chooser_of_main()).pages[0]


def is_film(arguments: argparse.Namespace) -> bool:
    """Tell whether ``--out`` names a film."""
    return arguments.out.suffix.lower() in FILMS


def check_out(out: Path, size: tuple[int, int]) -> None:
    """Raise UserError, before any work, for what could not be written or a ``size`` (in pixels)
    that has no room for what is shown."""
    check_size(size)
    suffix = out.suffix.lower()
    if suffix not in (".png", *FILMS):
        raise UserError(tr("{file} must end in .png, .gif or .mp4; change its name.", file=out))
    if not out.absolute().parent.is_dir():
        raise UserError(tr("There is no folder {folder}; create it first.", folder=out.parent))
    disk.check_writable(out)
    if suffix == ".mp4" and (size[0] % 2 or size[1] % 2):
        raise UserError(
            tr(
                "The sides of an MP4 must be even; use --size {width}x{height}.",
                width=size[0] & ~1,
                height=size[1] & ~1,
            )
        )


def check_size(size: tuple[int, int]) -> None:
    """Raise UserError for a size (in pixels) that has no room for what is shown."""
    if size[0] < LEAST_SIZE[0] or size[1] < LEAST_SIZE[1]:
        raise UserError(
            tr(
                "{given} leaves no room for maps and instruments; use --size {needed}.",
                given="{}x{}".format(*size),
                needed="{}x{}".format(*LEAST_SIZE),
            )
        )


def rate(arguments: argparse.Namespace) -> int:
    """Return the frames a second. Raises UserError for more than a GIF can hold."""
    suffix = arguments.out.suffix.lower()
    frames: int = arguments.rate or RATES[suffix]
    if suffix == ".gif" and frames > MOST_GIF_RATE:
        raise UserError(
            tr(
                "A GIF shows at most {rate} frames per second; lower --rate or write an MP4.",
                rate=MOST_GIF_RATE,
            )
        )
    return frames


def shown(arguments: argparse.Namespace, opened_network: str | None = None) -> Session | Take:
    """Work out the session that the options describe, or read the take that comes through stdin.

    ``opened_network``: the name of the one that ``--weights`` opened.

    Raises UserError if nothing can be read, or options contradict one another.
    """
    if not is_film(arguments):
        for name in ("rate", "speed"):
            if getattr(arguments, name) is not None:
                raise UserError(
                    tr("--{name} is for films; leave it out, or write an .mp4 or .gif.", name=name)
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
    if arguments.enlarge is not None:
        session = replace(session, enlarged=arguments.enlarge)
    if arguments.explain:
        session = replace(session, explained=True)
    if arguments.network is not None and opened_network is not None:
        raise UserError(tr("--network and --weights both choose a network; leave one of them out."))
    network = opened_network or arguments.network
    if network is not None:
        session = replace(session, network=network)
    return session


def beginning(arguments: argparse.Namespace, session: Session) -> Session:
    """Find where to start before what is ``shown``: of a demonstration named by options at its
    beginning, from where instruments measure shifts; what was saved or recorded as it was."""
    if arguments.scene is not None or arguments.stdin or session.demonstration is None:
        return session
    return _turned(session, registry.by_id(session.demonstration.id), 0.0)


def times(arguments: argparse.Namespace, shown: Session | Take) -> list[float]:
    """List the seconds of the demonstration or take for every frame of a film; [] for a picture.

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
    demonstration = registry.by_id(played.id)
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
    looks = [
        (
            demonstration.scene_at(time),
            demonstration.instruments_at(time),
            demonstration.network_at(time, ""),
        )
        for time in (last, played.time)
    ]
    if count > 1 and looks[0] == looks[1]:
        count -= 1
    return [played.time + number * step for number in range(count)]


def _saved(arguments: argparse.Namespace) -> Session | Take | None:
    """What a scene file or stdin holds, if one of them is named."""
    if arguments.stdin:
        from viz.recording import transfer

        return transfer.load(sys.stdin.buffer if sys.stdin is not None else BytesIO())
    if arguments.scene is None:
        return None
    saved = opened(arguments.scene)
    return saved if isinstance(saved, Session) else Session(saved)


def _chosen(
    arguments: argparse.Namespace, saved: Session | None
) -> tuple[Session, Demonstration | None]:
    """What is shown, with the demonstration that it belongs to, if any."""
    chapter = arguments.chapter
    if arguments.demo is not None:
        demonstration = registry.by_id(arguments.demo)
        return _middle(demonstration, chapter or demonstration.chapter), demonstration
    if saved is not None:
        session = saved
        if chapter is not None and chapter != session.chapter:
            session = replace(session, chapter=chapter, instrument=None, instruments={})
        played = session.demonstration
        return session, None if played is None else registry.by_id(played.id)
    if arguments.digits is None and chapter is not None:
        for demonstration in registry.of_chapter(chapter):
            return _middle(demonstration, chapter), demonstration
    from viz.scene import digits

    scene = digits.number("31" if arguments.digits is None else arguments.digits)
    return Session(scene, chapter or registry.chapter_ids()[0], tool="select"), None


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
    return replace(
        session,
        scene=demonstration.scene_at(time),
        network=demonstration.network_at(time, base_of(session.network)),
        demonstration=played,
        instruments={**session.instruments, **demonstration.instruments_at(time)},
    )


def lecture(arguments: argparse.Namespace) -> tuple[Lecture, list[Session]]:
    """Read the lecture that ``--lecture`` names, and what each of its steps shows.

    Raises UserError if it cannot be read or has no steps, or options contradict one another.
    """
    from viz.chapters.lecture_steps import session_of
    from viz.session import lecture_files

    check_size(arguments.size)
    for name in ("chapter", "instrument", "network", "weights", "input", "time", "rate", "speed"):
        if getattr(arguments, name) is not None:
            raise UserError(
                tr("A lecture determines what is shown; leave out --{name}.", name=name)
            )
    read = lecture_files.load(arguments.lecture, registry.known_ids())
    if not read.steps:
        raise UserError(tr("This lecture has no steps; add one in the window (Ctrl+L)."))
    return read, [session_of(step) for step in read.steps]


def counted(frames: Iterable[Frame], total: int, *, lines: bool) -> Iterator[Frame]:
    """Pass the frames of a film on and say how far it is once each has been used.

    A bar on stderr for people, or ``lines`` on stdout, like ``frame 12/480``, for programs.
    """
    from tqdm import tqdm

    with tqdm(total=total, unit="frame", disable=lines or sys.stderr is None) as bar:
        for number, frame in enumerate(frames, 1):
            yield frame
            bar.update()
            if lines:
                streams.write(f"frame {number}/{total}\n")
