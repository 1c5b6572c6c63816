"""Parsing: scene files and lectures read off the GUI thread, with a word while that takes long."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QTimer

from viz import disk
from viz.chapters.registry import known_ids
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.scene import formats
from viz.window.messages import Messages
from viz.window.placed_pictures import read_picture

PATIENCE_MS = 400
"""So long nothing is said of a file that is being read."""

_BEGINNING = 1023
"""A scene file is known by so many of its bytes."""


def read_in_job(
    kind: str,
    path: Path,
    engine: Engine,
    messages: Messages,
    done: Callable[[Any, str], object],
    failed: Callable[[Exception], object],
) -> None:
    """Read a "scene" or "lecture"; call ``done`` with it and the file's SHA-256, or ``failed``.

    What is to be a scene may turn out to be a picture; that has no checksum. Both are called on the
    GUI thread, neither if the window closes meanwhile.
    """
    reading = True

    def say() -> None:
        if reading:
            messages.show(
                tr("{file} is being read; the window stays usable meanwhile.", file=path.name),
                holds=lambda: reading,
            )

    def end(go_on: Callable[[], object]) -> None:
        nonlocal reading
        reading = False
        timer.deleteLater()
        messages.refresh()
        go_on()

    timer = QTimer(messages)  # its child: where the window is gone, so is the timer
    timer.setSingleShot(True)
    timer.timeout.connect(say)
    timer.start(PATIENCE_MS)
    engine.run_job(
        partial(_read, kind, path),
        lambda read: end(partial(done, *read)),
        lambda error: end(partial(failed, error)),
    )


def _read(kind: str, path: Path) -> tuple[Any, str]:
    from viz.recording import parse_process  # when a file is opened, not at the window's start

    if kind == "scene" and not formats.is_scene(disk.read(path, _BEGINNING)):
        return read_picture(path), ""  # a picture, whatever its name
    return parse_process.read(kind, path, known_ids())
