"""Lectures: an ordered list of steps, each a title, a speaker's note and a screen.

The screen of a step is a session, as it stood when it was added, or a demonstration from a given
time on. ``viz/session/lecture_files.py`` has the files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from viz.scene.limits import APART, AtMost, Between
from viz.session.session import Id, Session

MOST_STEPS = 500
MOST_TITLE = 200
"""Characters of a title, of a lecture or a step."""
MOST_NOTE = 10_000
"""Characters of a speaker's note."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

Title = Annotated[str, AtMost(MOST_TITLE)]


@dataclass(frozen=True)
class DemonstrationStart:
    """A demonstration by its ``id``, from ``time`` on, in seconds of its own clock.

    ``instrument`` is the id of the chapter's instrument beside it, None the one that the
    demonstration is about. A demonstration that is not ``playing`` stands still at that time.
    """

    id: Id
    time: Annotated[float, Between(0, 1e6)] = 0.0
    playing: bool = True
    instrument: Id | None = None


@dataclass(frozen=True)
class Step:
    """One step: title and note are plain text, and either ``session`` or ``demonstration`` is what
    the screen shows. Raises ValueError for both or neither."""

    title: Title
    note: Annotated[str, AtMost(MOST_NOTE)] = ""
    session: Annotated[Session | None, APART] = None
    demonstration: DemonstrationStart | None = None

    def __post_init__(self) -> None:
        if (self.session is None) == (self.demonstration is None):
            raise ValueError("a step shows either a session or a demonstration")


@dataclass(frozen=True)
class Lecture:
    """A title, and at most ``MOST_STEPS`` steps."""

    title: Title
    steps: Annotated[tuple[Step, ...], APART] = ()


def one_line(text: str) -> str:
    """Return a text as a title: on one line, without control characters, no longer than a file
    takes."""
    return " ".join(_CONTROL.sub(" ", text).split())[:MOST_TITLE].strip()


def lines(text: str) -> str:
    """Return a text as a note: without control characters, but for tabs and ends of lines."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
