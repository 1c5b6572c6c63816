"""Autosaver: keeps the user's drawings on disk, each with the screen it was on, and brings them
back at the next start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock

from PyQt6.QtCore import QFileSystemWatcher, QObject, QTimer

from viz import disk
from viz.chapters.registry import known_ids
from viz.engine.engine import Engine
from viz.errors import UserError, reraise
from viz.i18n import tr
from viz.model import autosave
from viz.model.document import Document
from viz.model.player import Player
from viz.session import files
from viz.session.codec import KnownIds
from viz.session.session import Session
from viz.window.messages import Messages
from viz.window.open_files import OpenFiles
from viz.window.saving import LARGE
from viz.window.session_store import SessionStore

AUTOSAVE_MS = 1000
"""How long after the first change that is not on disk the drawing is kept there. With the time that
writing takes, at most two seconds of drawing are lost with a process that is killed."""

Drawing = tuple[Session, Path | None, str]
"""A drawing with its screen, the file it belongs to, and the SHA-256 of what the window read or
wrote there last."""


class Recovery:
    """Brings drawings of programs that no longer run back to the screen, the newest first."""

    def __init__(
        self,
        document: Document,
        store: SessionStore,
        messages: Messages,
        open_files: OpenFiles,
        start_anew: Callable[[], object],
        engine: Engine,
    ) -> None:
        self._engine = engine
        self._document, self._store = document, store
        self._messages, self._open_files, self._start_anew = messages, open_files, start_anew

    def begin(self) -> None:
        """Show the newest drawing, if there is one; before it there was nothing to undo to. A large
        one comes while the window is in use, and then perhaps there is."""
        self._recover(first=True)

    def _recover(self, *, first: bool = False) -> None:
        damaged: list[str] = []
        ids = known_ids()
        if autosave.newest_size() > LARGE:
            self._engine.run_job(
                partial(autosave.find, partial(_read_large, ids), None, damaged.append),
                partial(self._take, damaged, first), reraise,
            )  # fmt: skip
            return
        read = autosave.find(lambda _, data: files.parse(data, ids), None, damaged.append)
        self._take(damaged, first, read)

    def _take(
        self, damaged: list[str], first: bool, found: autosave.Found[files.Content] | None
    ) -> None:
        """Show what was found, and say what could not be read."""
        if found is not None and not autosave.take(found) and not found.path.exists():
            self._recover(first=first)  # another program was quicker
        elif found is not None:
            first = first and not self._document.undo_stack.count()
            self._show(found.content, found.when)
            if first:
                self._document.undo_stack.clear()
        for text in damaged:
            self._messages.show(text)

    def _show(self, content: files.Content, when: float) -> None:
        """Bring a drawing back with its screen, say so, and offer the one before it, or an empty
        canvas. It was kept at ``when``, in seconds since the epoch."""
        session, file = content.session, content.file
        if file is not None and content.checksum:
            self._open_files.note(file, content.checksum)
        try:
            self._store.restore(session, file, saved=False)
        except UserError:  # of a demonstration that this program does not have: the drawing counts
            session = replace(session, demonstration=None)
            self._store.restore(session, file, saved=False)
        if not session.scene.items:
            return
        text, action = _comeback(content, when), (tr("New drawing"), self._start_anew)
        if autosave.more():
            text += " " + tr("An earlier one that was not saved is kept as well.")
            action = tr("Show the earlier one"), self._recover
        document, items = self._document, session.scene.items
        self._messages.show(
            text,
            [action],  # another file may hold the very same digits
            holds=lambda: document.file == file and any(i in document.scene.items for i in items),
        )


def _read_large(ids: KnownIds, path: Path, _: bytes) -> files.Content:
    from viz.recording import parse_process  # when it is needed, not at the window's start

    return parse_process.read_kept(path, ids)


def _comeback(content: files.Content, when: float) -> str:
    """Say that the drawing kept at ``when`` is back, and what of it its file does not hold."""
    file = content.file
    if file is None:
        return tr("Your last drawing is back.")
    checksum = disk.checksum(file)
    if not checksum:
        return tr(
            "Your last drawing is back; {file} is not on the disk; Save writes it again.",
            file=file.name,
        )
    if checksum == content.checksum or (not content.checksum and _saved_before(file, when)):
        return tr(
            "Your last drawing is back; {file} on the disk is older; Save updates it.",
            file=file.name,
        )
    return tr(
        "Your last drawing is back, but {file} has since been changed on the disk; use Save as to "
        "keep both.",
        file=file.name,
    )


def _saved_before(file: Path, when: float) -> bool:
    try:
        return file.stat().st_mtime <= when
    except (OSError, ValueError):
        return False


class Autosaver(QObject):
    """Writes ``document.kept`` in a thread, one at a time, so that the newest is the last."""

    def __init__(
        self,
        document: Document,
        player: Player,
        engine: Engine,
        capture: Callable[[], Session],
        open_files: OpenFiles,
        say: Callable[[str], None],
        parent: QObject,
    ) -> None:
        """``capture`` gives the screen as it is, ``say`` tells the user a sentence."""
        super().__init__(parent)
        self._open_files = open_files
        self._document, self._player, self._engine = document, player, engine
        self._capture, self._say = capture, say
        self._ids = known_ids()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AUTOSAVE_MS)
        self._timer.timeout.connect(self.write)
        self._watch = watched(autosave.folder_of(), self._write_soon, self)
        self._writing, self._changed_meanwhile, self._unkept = False, False, ""
        self._numbers, self._lock, self._last = count(1), Lock(), 0
        self._encoded: list[tuple[Drawing, bytes]] = []
        self._written: list[Drawing] | None = None
        document.describe_screen = lambda: replace(capture(), demonstration=None)
        document.request_changed.connect(self._write_soon)
        document.file_changed.connect(self._write_soon)
        document.view.changed.connect(self._write_soon)
        player.playing_changed.connect(self._write_before_play)

    def _write_soon(self, *_: object) -> None:
        """Write within ``AUTOSAVE_MS``. A timer that runs is not restarted: while a demonstration
        plays, or strokes follow one another, it would never come to its end."""
        if not self._timer.isActive():
            self._timer.start()

    def _write_before_play(self, playing: bool) -> None:
        """Write the user's drawing before what plays takes its place."""
        if playing:
            self.write()

    def write(self) -> None:
        """Write the drawings as they are now, in a thread, unless that is done already."""
        if self._writing:
            self._changed_meanwhile = True
            return
        drawings = self.drawings()
        if drawings != self._written or not autosave.intact():
            self._writing, self._written = True, drawings
            work = partial(self._write, next(self._numbers), drawings)
            self._engine.run_job(work, self._end, self._tell)

    def write_now(self) -> None:
        """Write the drawings before this returns: the program ends. Raises UserError."""
        self._timer.stop()
        self._write(next(self._numbers), self.drawings())

    def _end(self, _: object = None) -> None:
        self._unkept = ""
        self._watch()
        self._go_on()

    def _go_on(self) -> None:
        self._writing = False
        if self._changed_meanwhile:
            self._changed_meanwhile = False
            self.write()

    def _tell(self, error: Exception) -> None:
        """Say once, until it succeeds again, why the drawing cannot be kept; try again soon."""
        before, self._unkept, self._written = self._unkept, str(error), None
        self._go_on()
        if not isinstance(error, UserError):
            raise error
        self._write_soon()
        if before != str(error):
            self._say(str(error))

    def drawings(self) -> list[Drawing]:
        """Return the user's drawings as they are now, with their files, oldest first."""
        drawings = []
        for kept in self._document.kept:
            session = kept.screen if isinstance(kept.screen, Session) else self._capture()
            if session.scene is not kept.scene:
                session = replace(session, scene=kept.scene)
            drawings.append((session, kept.file, self._open_files.checksum(kept.file)))
        return drawings

    def _write(self, number: int, drawings: list[Drawing]) -> None:
        """Write these on any thread, or forget those written before once there is none."""
        with self._lock:
            if number < self._last:  # the program's end was quicker than this thread
                return
            self._last = number
            errors: list[UserError] = []
            self._encoded = list(self._encode(drawings, errors))
            if drawings:
                autosave.write([data for _, data in self._encoded])
            else:
                autosave.clear()
            if errors:  # one that cannot be written costs no other
                raise errors[0]

    def _encode(
        self, drawings: list[Drawing], errors: list[UserError]
    ) -> Iterator[tuple[Drawing, bytes]]:
        """Give each drawing as it is written, encoded only once; note why one cannot be."""
        before = self._encoded
        for drawing in drawings:
            known = next((data for same, data in before if same == drawing), None)
            session, file, checksum = drawing
            for screen in (session, Session(session.scene)):  # rather the drawing alone than none
                try:
                    data = known or files.dumps(screen, self._ids, file, checksum).encode()
                except UserError as error:
                    failed = error
                else:
                    yield drawing, data
                    break
            else:
                errors.append(failed)


def watched(folder: Path, write_soon: Callable[[], object], parent: QObject) -> Callable[[], None]:
    """Write anew what was kept in a folder when something of it vanishes. Returns what begins that,
    anew once the folder is there again."""

    def look() -> None:
        if not autosave.intact(folder):
            write_soon()

    def watch() -> None:
        if str(folder) not in watcher.directories() and folder.is_dir():
            watcher.addPath(str(folder))
        look()  # it may have vanished before

    watcher = QFileSystemWatcher(parent)
    watcher.directoryChanged.connect(lambda _: look())
    return watch
