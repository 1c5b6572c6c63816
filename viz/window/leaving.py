"""Leaving: what no file holds is kept when the window closes; where it cannot be, the user is asked
once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

from PyQt6.QtWidgets import QFileDialog

from viz.chapters.registry import known_ids
from viz.errors import UserError
from viz.i18n import tr
from viz.model import settings
from viz.session import files, lecture_files
from viz.window.autosaver import Drawing
from viz.window.dialogs import Dialogs
from viz.window.lecture import Kept
from viz.window.messages import Messages


class Leaving:
    """Whether the window may close now."""

    def __init__(
        self,
        keep: Sequence[Callable[[], object]],
        drawings: Callable[[], Sequence[Drawing]],
        lectures: Callable[[], Sequence[Kept]],
        folder: Callable[[], str],
        messages: Messages,
        dialogs: Dialogs,
        close: Callable[[], object],
        finish: Callable[[], bool],
    ) -> None:
        """``keep``: each writes what is to come back at the next start, or raises UserError.
        ``drawings`` and ``lectures`` are what no file holds. ``folder``: where a dialog opens.
        ``close`` closes the window. ``finish`` waits for what is being saved, and tells whether
        that went well."""
        self._keep, self._drawings, self._lectures = keep, drawings, lectures
        self._folder, self._messages, self._dialogs = folder, messages, dialogs
        self._close, self._finish = close, finish
        self._question = ""
        self.asks = True
        """Whether anybody can be asked: not if a signal ends the program."""

    def may_close(self) -> bool:
        """Keep everything. Where that fails, ask what to do, and tell whether that is answered: who
        closes the window again while the question stands leaves without it."""
        if not self._finish() and self.asks:
            return False  # it was said why: there was to be a file
        failed = self._failure()
        if not failed:
            return True
        if not self.asks:
            if sys.stderr is not None:
                print(f"lenetscope: {failed}", file=sys.stderr)
            return True
        if self._question and self._question == self._messages.text:
            return True
        self._ask(failed)
        return False

    def _failure(self) -> str:
        """Keep everything; return why something cannot be kept, "" if all is."""
        said = ""
        for keep in self._keep:
            try:
                keep()
            except UserError as error:
                said = said or str(error)
        return said

    def _ask(self, reason: str) -> None:
        self._question = tr(
            "What is not saved cannot be kept for next time. {reason} Quit again to leave "
            "without it.",
            reason=reason,
        )
        self._messages.show(
            self._question,
            [(tr("Save elsewhere…"), self._save_elsewhere), (tr("Quit without it"), self._leave)],
        )

    def _leave(self) -> None:
        """Close the window, whatever can be kept."""
        self.asks = False
        self._close()

    def _save_elsewhere(self) -> None:
        """Save everything to files in a folder that the user chooses, then close the window."""
        if not self._dialogs.may_open():
            return
        title = tr("Folder to save in")
        name = QFileDialog.getExistingDirectory(self._dialogs.parent, title, self._folder())
        if not name:
            return
        try:
            for file in self._saved_in(Path(name)):
                settings.note_file(file)
        except UserError as error:
            self._ask(str(error))
        else:
            self._leave()

    def _saved_in(self, folder: Path) -> Iterator[Path]:
        ids = known_ids()
        for session, drawn, _ in self._drawings():
            stem = "drawing" if drawn is None else drawn.name.removesuffix(files.SUFFIX)
            file = _free(folder, stem, files.SUFFIX)
            files.save(session, file, ids)
            yield file
        for kept in self._lectures():
            file = _free(folder, "lecture", lecture_files.SUFFIX)
            lecture_files.save(kept.lecture, file, ids)
            yield file


def _free(folder: Path, stem: str, suffix: str) -> Path:
    """A file that does not exist yet."""
    names = (f"{stem}-{number}{suffix}" if number > 1 else f"{stem}{suffix}" for number in count(1))
    return next(folder / name for name in names if not (folder / name).exists())
