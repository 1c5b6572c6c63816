"""Lecture keeper: writes lectures that no file holds where a killed program leaves them, and offers
them at the next start; by the files of ``viz/model/autosave.py``, in a folder of their own."""

from __future__ import annotations

import json
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock

from PyQt6.QtCore import QObject, QTimer

from viz.chapters.registry import known_ids
from viz.engine.engine import Engine
from viz.errors import UserError
from viz.model import autosave
from viz.session import lecture_files
from viz.session.codec import KnownIds
from viz.window.autosaver import AUTOSAVE_MS, watched
from viz.window.lecture import Kept
from viz.window.lectures import Lectures
from viz.window.messages import Messages
from viz.window.open_files import OpenFiles


class LectureKeeper(QObject):
    """Keeps ``lectures.kept`` on the disk, written in a thread."""

    def __init__(
        self,
        lectures: Lectures,
        engine: Engine,
        open_files: OpenFiles,
        messages: Messages,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._open_files = open_files
        self._lectures, self._engine, self._messages = lectures, engine, messages
        self._ids, self._folder = known_ids(), autosave.folder_of("lectures")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AUTOSAVE_MS)
        self._timer.timeout.connect(self._write_in_thread)
        self._watch = watched(self._folder, self._write_soon, self)
        self._numbers, self._lock, self._last = count(1), Lock(), 0
        self._said = ""
        lectures.kept_changed.connect(self._write_soon)

    def recover(self) -> None:
        """Offer the lectures that programs left which no longer run."""
        found: list[Kept] = []
        damaged: list[str] = []
        while newest := autosave.recover(
            partial(_parse, ids=self._ids), self._folder, damaged.append
        ):
            kept, checksum = newest[0]
            found.insert(0, kept)
            if kept.file is not None and checksum:
                self._open_files.note(kept.file, checksum)
        for text in damaged:
            self._messages.show_later(text, ())
        self._lectures.offer(tuple(found))

    def write_now(self) -> None:
        """Write what is kept before this returns: the program ends. Raises UserError."""
        self._timer.stop()
        self._write(next(self._numbers), self._lectures.kept)

    def _write_soon(self) -> None:
        if not self._timer.isActive():  # or what is typed without a pause would never be kept
            self._timer.start()

    def _write_in_thread(self) -> None:
        work = partial(self._write, next(self._numbers), self._lectures.kept)
        self._engine.run_job(work, self._be_quiet, self._tell)

    def _be_quiet(self, _: object) -> None:
        self._said = ""
        self._watch()

    def _tell(self, error: Exception) -> None:
        """Say once, until it succeeds again, why a lecture cannot be kept; try again soon."""
        if not isinstance(error, UserError):
            raise error
        self._write_soon()
        if self._said != str(error):
            self._said = str(error)
            self._messages.show(self._said)

    def _write(self, number: int, kept: tuple[Kept, ...]) -> None:
        """Write these on any thread, in the place of those before."""
        with self._lock:
            if number < self._last:  # a newer write was quicker
                return
            self._last = number
            errors, written = [], []
            for one in kept:  # one that cannot be written costs no other
                try:
                    written.append(self._dumps(one))
                except UserError as error:
                    errors.append(error)
            if kept:
                autosave.write(written, self._folder)
            else:
                autosave.clear(self._folder)
            if errors:
                raise errors[0]

    def _dumps(self, kept: Kept) -> bytes:
        """A line about the lecture, and the bytes of its file."""
        head = {
            "file": None if kept.file is None else str(kept.file),
            "checksum": self._open_files.checksum(kept.file),
            "index": kept.index,
        }
        return json.dumps(head).encode() + b"\n" + lecture_files.plain(kept.lecture, self._ids)


def _parse(data: bytes, ids: KnownIds) -> tuple[Kept, str]:
    """The lecture, and the SHA-256 of what the window read or wrote in its file last."""
    head, _, content = data.partition(b"\n")
    try:
        about = json.loads(head)
        file, index = about["file"], int(about["index"])
        path = None if file is None else Path(str(file))
        checksum = str(about.get("checksum", ""))
    except (
        ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError,
    ) as error:  # fmt: skip
        raise lecture_files.LectureFileError("") from error
    return Kept(lecture_files.parse(content, ids), path, index), checksum
