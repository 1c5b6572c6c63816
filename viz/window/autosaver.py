"""Autosaver: keeps the user's drawings on disk, each with the screen it was on, and brings them
back at the next start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock

from PyQt6.QtCore import QObject, QTimer

from viz.chapters.registry import known_ids
from viz.engine.engine import Engine
from viz.errors import UserError
from viz.i18n import tr
from viz.model import autosave
from viz.model.document import Document
from viz.model.player import Player
from viz.session import files
from viz.session.session import Session
from viz.window.messages import Messages
from viz.window.session_store import SessionStore

AUTOSAVE_MS = 1500
"""How long after the first change that is not on disk the drawing is kept there: at most so much
drawing is lost with a process that is killed."""

Drawing = tuple[Session, Path | None]
"""A drawing with its screen, and the file it belongs to."""


class Recovery:
    """Brings drawings of programs that no longer run back to the screen, the newest first."""

    def __init__(
        self,
        document: Document,
        store: SessionStore,
        messages: Messages,
        start_anew: Callable[[], object],
    ) -> None:
        self._document, self._store = document, store
        self._messages, self._start_anew = messages, start_anew

    def begin(self) -> None:
        """Show the newest drawing, if there is one; before it there was nothing to undo to."""
        self._recover()
        self._document.undo_stack.clear()

    def _recover(self) -> None:
        damaged: list[str] = []
        ids = known_ids()
        found = autosave.recover(lambda data: files.parse(data, ids), tell=damaged.append)
        if found is not None:
            content, when = found
            self._show(content.session, content.file, when)
        for text in damaged:
            self._messages.show(text)

    def _show(self, session: Session, file: Path | None, when: float) -> None:
        """Bring a drawing back with its screen, say so, and offer the one before it, or an empty
        canvas. It was kept at ``when``, in seconds since the epoch."""
        try:
            self._store.restore(session, file, saved=False)
        except UserError:  # of a demonstration that this program does not have: the drawing counts
            session = replace(session, demonstration=None)
            self._store.restore(session, file, saved=False)
        if not session.scene.items:
            return
        text, action = _comeback(file, when), (tr("New drawing"), self._start_anew)
        if autosave.more():
            text += " " + tr("An earlier one that was not saved is kept as well.")
            action = tr("Show the earlier one"), self._recover
        document, items = self._document, session.scene.items
        self._messages.show(
            text,
            [action],  # another file may hold the very same digits
            holds=lambda: document.file == file and any(i in document.scene.items for i in items),
        )


def _comeback(file: Path | None, when: float) -> str:
    """Say that the drawing kept at ``when`` is back, and what of it its file does not hold."""
    if file is None:
        return tr("Your last drawing is back.")
    try:
        saved = file.stat().st_mtime
    except OSError:
        return tr(
            "Your last drawing is back; {file} is not on the disk; Save writes it again.",
            file=file.name,
        )
    if saved <= when:
        return tr(
            "Your last drawing is back; {file} on the disk is older; Save updates it.",
            file=file.name,
        )
    return tr(
        "Your last drawing is back, but {file} has since been changed on the disk; use Save as to "
        "keep both.",
        file=file.name,
    )


class Autosaver(QObject):
    """Writes ``document.kept`` in a thread, one at a time, so that the newest is the last."""

    def __init__(
        self,
        document: Document,
        player: Player,
        engine: Engine,
        capture: Callable[[], Session],
        say: Callable[[str], None],
        parent: QObject,
    ) -> None:
        """``capture`` gives the screen as it is, ``say`` tells the user a sentence."""
        super().__init__(parent)
        self._document, self._player, self._engine = document, player, engine
        self._capture, self._say = capture, say
        self._ids = known_ids()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AUTOSAVE_MS)
        self._timer.timeout.connect(self.write)
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
        drawings = self._drawings()
        if drawings != self._written:
            self._writing, self._written = True, drawings
            work = partial(self._write, next(self._numbers), drawings)
            self._engine.run_job(work, self._end, self._tell)

    def write_now(self) -> None:
        """Write the drawings before this returns: the program ends. Raises UserError."""
        self._timer.stop()
        self._write(next(self._numbers), self._drawings())

    def _end(self, _: object = None) -> None:
        self._unkept = ""
        self._go_on()

    def _go_on(self) -> None:
        self._writing = False
        if self._changed_meanwhile:
            self._changed_meanwhile = False
            self.write()

    def _tell(self, error: Exception) -> None:
        """Say once, until it succeeds again, why the drawing cannot be kept."""
        before, self._unkept, self._written = self._unkept, str(error), None
        self._go_on()
        if not isinstance(error, UserError):
            raise error
        if before != str(error):
            self._say(str(error))

    def _drawings(self) -> list[Drawing]:
        """Return the user's drawings as they are now, with their files, oldest first."""
        drawings = []
        for kept in self._document.kept:
            session = kept.screen if isinstance(kept.screen, Session) else self._capture()
            if session.scene is not kept.scene:
                session = replace(session, scene=kept.scene)
            drawings.append((session, kept.file))
        return drawings

    def _write(self, number: int, drawings: list[Drawing]) -> None:
        """Write these on any thread, or forget those written before once there is none."""
        with self._lock:
            if number < self._last:  # the program's end was quicker than this thread
                return
            self._last = number
            self._encoded = [(drawing, self._bytes(drawing)) for drawing in drawings]
            if drawings:
                autosave.write([data for _, data in self._encoded])
            else:
                autosave.clear()

    def _bytes(self, drawing: Drawing) -> bytes:
        """Return a drawing as it is written, encoded only once."""
        known = (data for same, data in self._encoded if same == drawing)
        session, file = drawing
        return next(known, None) or files.dumps(session, self._ids, file).encode()
