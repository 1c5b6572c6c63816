"""Scene files for the tests, with the ids that the program knows."""

from __future__ import annotations

from pathlib import Path

from viz.chapters.registry import known_ids
from viz.scene import Scene
from viz.session import files
from viz.session.session import Session

IDS = known_ids()
SUFFIX = files.SUFFIX


def dumps(shown: Session | Scene) -> str:
    return files.dumps(shown if isinstance(shown, Session) else Session(shown), IDS)


def loads(text: str) -> Session:
    return files.parse(text.encode(), IDS).session


def save(shown: Session | Scene, path: Path | str) -> None:
    files.save(shown if isinstance(shown, Session) else Session(shown), path, IDS)


def load(path: Path | str) -> Session:
    opened = files.load(path, IDS)
    return opened if isinstance(opened, Session) else Session(opened)
