"""Saving: large drawings are written off the GUI thread, one after the other, with a word while
that takes long; closing waits for them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QTimer

from viz import disk
from viz.chapters.registry import known_ids
from viz.engine.engine import Engine
from viz.errors import UserError, reraise
from viz.i18n import tr
from viz.scene import Group, Scene
from viz.session import files
from viz.session.session import Session
from viz.window.messages import Messages

LARGE = 1 << 20
"""Bytes of a file, about, from which on it is written off the GUI thread: fewer are written within
a few frames."""

PATIENCE_MS = 400
"""So long nothing is said of a file that is being written."""

_PER_POINT = 40
"""Bytes of a point in a file."""


def is_large(scene: Scene) -> bool:
    """Tell whether writing this scene takes long."""
    size = 0
    for item in scene.items:
        if isinstance(item, Group):
            size += _PER_POINT * sum(len(stroke.points) for stroke in item.strokes)
        else:
            size += item.pixels.size
    return size > LARGE


@dataclass(eq=False)
class _Writing:
    """A session on its way to a file, whose SHA-256 it becomes."""

    session: Session
    path: Path
    saved: Callable[[str], object]
    checksum: Future[str] = field(default_factory=Future)

    def write(self) -> None:
        try:
            data = files.dumps(self.session, known_ids()).encode()
            disk.write(data, self.path)
            checksum = hashlib.sha256(data).hexdigest()
        except Exception as error:  # handed over whole: the GUI thread tells the user
            self.checksum.set_exception(error)
        else:
            self.checksum.set_result(checksum)


class Saving:
    """Writes scene files in a thread."""

    def __init__(self, engine: Engine, messages: Messages) -> None:
        self._engine, self._messages = engine, messages
        self._writings: list[_Writing] = []
        """The first is being written, the others wait."""

    def save(self, session: Session, path: Path, saved: Callable[[str], object]) -> None:
        """Write a session to a file; call ``saved`` with its SHA-256, or tell why it cannot be."""
        waiting = [one for one in self._writings[1:] if one.path != path]
        self._writings[1:] = [*waiting, _Writing(session, path, saved)]
        if len(self._writings) == 1:
            self._begin()

    def finish(self) -> bool:
        """Wait until all is written, and tell whether it could be."""
        well = True
        while self._writings:
            writing = self._writings[0]
            wait([writing.checksum])
            well &= self._go_on(writing)
        return well

    def _begin(self) -> None:
        writing = self._writings[0]
        timer = QTimer(self._messages)  # its child: where the window is gone, so is the timer
        timer.setSingleShot(True)
        timer.timeout.connect(partial(self._tell, writing))
        timer.timeout.connect(timer.deleteLater)
        timer.start(PATIENCE_MS)

        def done(_: None) -> None:
            self._go_on(writing)

        self._engine.run_job(writing.write, done, reraise)

    def _tell(self, writing: _Writing) -> None:
        if writing in self._writings[:1]:
            self._messages.show(
                tr(
                    "{file} is being written; the window stays usable meanwhile.",
                    file=writing.path.name,
                ),
                holds=lambda: writing in self._writings,
            )

    def _go_on(self, writing: _Writing) -> bool:
        """Go on after a file has been written or could not be; whether it is written."""
        if writing not in self._writings:  # closing waited for it
            return True
        self._writings.remove(writing)
        self._messages.refresh()
        if self._writings:
            self._begin()
        error = writing.checksum.exception()
        if error is None:
            writing.saved(writing.checksum.result())
        elif isinstance(error, UserError):
            self._messages.show(str(error))
        else:
            raise error
        return error is None
