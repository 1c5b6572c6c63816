"""Recording: the window's session, or a live session, sent to ``render`` in a process of its own.

So the window stays live, and the film's frames are exact however slowly they come. A live session
is noted first, by a ``TakeRecorder``. What is under way ends when it is cancelled or the window
closes; nothing is left then.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QMainWindow

from viz.chapters.panels import ChapterPanels
from viz.engine.engine import Engine
from viz.i18n import tr
from viz.model import settings
from viz.model.command import Command
from viz.model.document import Document
from viz.model.player import Player
from viz.recording.render_process import RenderProcess
from viz.recording.take import MOST_SECONDS, Take
from viz.session.session import Session
from viz.views import theme as themes
from viz.window.appearance import Appearance
from viz.window.dialogs import Dialogs
from viz.window.messages import NOTICE_MS, PASSING_MS, Messages
from viz.window.session_store import SessionStore
from viz.window.take_recorder import TakeRecorder

if TYPE_CHECKING:
    from viz.window.record_dialog import RecordDialog, RecordOptions
    from viz.window.record_strip import RecordStrip

KEYS = "Ctrl+Shift+R"


class Recorder(QObject):
    """The Record command. One recording at a time."""

    changed = pyqtSignal()
    """A live session began or ended."""
    told = pyqtSignal(str)
    """A sentence to be said for a while, where no dialog opens."""

    def __init__(
        self,
        window: QMainWindow,
        document: Document,
        player: Player,
        engine: Engine,
        panels: ChapterPanels,
        store: SessionStore,
        appearance: Appearance,
        messages: Messages,
        dialogs: Dialogs,
    ) -> None:
        """``window``: whose status line shows how far a recording is."""
        super().__init__(window)
        self._window, self._document, self._player = window, document, player
        self._panels, self._store, self._appearance = panels, store, appearance
        self._messages, self._dialogs = messages, dialogs
        self._dialog: RecordDialog | None = None
        self._take: tuple[RecordOptions, TakeRecorder] | None = None
        self._file = Path()
        self._last: RecordOptions | None = None
        """How the last film was to be recorded."""
        self.process = RenderProcess(engine, self)
        self.process.counted.connect(lambda *frames: self.strip.count_frames(*frames))
        self.process.ended.connect(self._end)

    def commands(self) -> tuple[Command, ...]:
        """Return the command that records, and ends a live session."""
        return (
            Command("record", tr("&File"), tr("Re&cord…"), KEYS,
                    tr("Record the demonstration, or the live session until you choose this again, "
                       "as a film, or this moment as an image, in any size; the window stays live "
                       "meanwhile. While presenting, no dialog opens: a film of the live session "
                       "begins with the last settings."), self.ask, short=tr("Record"),
                    once=True),
        )  # fmt: skip

    @cached_property
    def strip(self) -> RecordStrip:
        """How far a recording is, in the window's status line; made when it is first needed."""
        from viz.window.record_strip import RecordStrip

        strip = RecordStrip()
        strip.stopped.connect(self.finish_take)
        strip.cancelled.connect(self.cancel)
        self._window.statusBar().addPermanentWidget(strip)
        return strip

    @property
    def is_taking(self) -> bool:
        """Whether a live session is being noted."""
        return self._take is not None

    @property
    def is_rendering(self) -> bool:
        """Whether a picture or film is being made."""
        return self.process.working

    def ask(self) -> None:
        """Ask what to record of the present state; end a live session and make its film. While
        presenting begin a live session with the last settings."""
        from viz.window.record_dialog import RecordDialog  # made when first asked for

        if self.is_taking:
            self.finish_take()
            return
        if self.is_rendering:
            self._messages.show(
                tr("A recording is under way; cancel it, or wait until it is done."),
                holds=lambda: self.is_rendering,
            )
            return
        if self._document.view.presenting:
            self._begin_unasked()
            return
        if self._dialog is not None:
            self._dialog.activateWindow()
            return
        if not self._dialogs.may_open():
            return
        session = self._store.capture()
        played, shown = session.demonstration, self._player.at_hand
        seconds = shown.duration / played.speed if shown and played else None
        size = self._window.size()
        of_screen = f"lenetscope-{self._screen_name}"
        of_film = f"lenetscope-{shown.id}" if shown else of_screen
        dialog = RecordDialog(
            seconds,
            (size.width(), size.height()),
            lambda suffix, film: _free_name(of_film if film else of_screen, suffix),
            self._window,
            keys=_keys(),
        )
        self._dialog = dialog
        dialog.chosen.connect(
            lambda chosen: self.begin_take(chosen) if chosen.live else self.start(chosen, session)
        )
        dialog.finished.connect(self._put_away)
        dialog.open()

    @property
    def _screen_name(self) -> str:
        """The chapter and instrument on the screen, for the name of a file."""
        panel = self._panels.shown
        words = [self._document.view.chapter]
        if panel is not None and panel.current is not None:
            words.append(panel.current.title)
        return re.sub(r"\W+", "-", " ".join(words).lower()).strip("-")

    def _put_away(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    # A live session

    def _begin_unasked(self) -> None:
        """Begin a live session with the settings of the last film, into a file of its own."""
        from viz.window.record_dialog import USUAL, RecordOptions

        size = self._window.size()
        usual = RecordOptions(
            "mp4", True, (size.width() & ~1, size.height() & ~1), USUAL["mp4"], Path(), live=True
        )
        options = self._last or usual
        file = _free_name(f"lenetscope-{self._screen_name}", f".{options.kind}")
        self.begin_take(replace(options, file=file, live=True))
        self.told.emit(tr("The live session is being recorded; {keys} ends it.", keys=_keys()))

    def begin_take(self, options: RecordOptions) -> None:
        """Note what the user does from now on, until it is finished or cancelled."""
        self._last = options
        take = TakeRecorder(
            self._document, self._player, self._store.capture, options.rate, parent=self
        )
        self._take = options, take
        take.went_on.connect(self.strip.count_seconds)
        take.full.connect(self._finish_full)
        self.strip.count_seconds(0.0)
        self.changed.emit()

    def finish_take(self) -> None:
        """Make the film of the live session."""
        if self._take is not None:
            self.start(*self._end_take())
            self.told.emit(tr("The film is being made: {file}.", file=self._file))

    def _finish_full(self) -> None:
        self.finish_take()
        self._messages.show(
            tr(
                "The recording has ended: a live session is recorded for {most:.0f} s at most, or "
                "less if it takes too much memory. The film is being made now.",
                most=MOST_SECONDS,
            )
        )

    def _end_take(self) -> tuple[RecordOptions, Take]:
        assert self._take is not None
        options, recorder = self._take
        self._take = None
        take = recorder.stop()
        recorder.deleteLater()
        self.strip.hide()
        self.changed.emit()
        return options, take

    # The recording

    def start(self, options: RecordOptions, shown: Session | Take) -> None:
        """Record a session or a take. What goes wrong is said in the message bar."""
        if options.kind != "png":
            self._last = options
        self._file = options.file
        settings.put("folder", str(options.file.parent))
        self.process.start(options.file, self._arguments(options), shown)
        self.strip.count_frames(0, 0)

    def _arguments(self, options: RecordOptions) -> list[str]:
        """Return the options as arguments of ``render``."""
        window, appearance = self._window, self._appearance
        usual = themes.text_pixels(options.size[1], projection=False)
        now = appearance.text_px / themes.text_pixels(window.height(), projection=False)
        largest = themes.text_pixels(options.size[1], projection=True) / usual
        return [
            *("--out", str(options.file), "--size", f"{options.size[0]}x{options.size[1]}"),
            *("--theme", appearance.theme.name),
            *("--scale", f"{max(1.0, min(now, largest)):.4f}"),
            *(("--stage",) if options.stage else ()),
            *(("--rate", str(options.rate)) if options.kind != "png" else ()),
        ]

    def cancel(self) -> None:
        """End what is recorded or rendered; nothing of it is left."""
        if self.is_taking:
            self._end_take()
            self._tell_cancelled()
        self.process.cancel()

    def _tell_cancelled(self) -> None:
        self._messages.show(tr("The recording was cancelled."), for_ms=NOTICE_MS)

    def stop(self) -> None:
        """Cancel, and wait until it is so: the program ends."""
        self.cancel()
        self.process.stop()

    def _end(self, code: int) -> None:
        """Say what became of it."""
        self.strip.hide()
        show = self._messages.show
        if self.process.cancelled:
            self._tell_cancelled()
        elif code == 0:
            show(tr("Recorded as {file}.", file=self._file), for_ms=PASSING_MS)
        elif reason := self.process.said:
            show(tr("The recording failed: {reason}", reason=reason))
        else:
            show(tr("The recording failed: the process ended; try again."))


def _keys() -> str:
    return QKeySequence(KEYS).toString(QKeySequence.SequenceFormat.NativeText)


def _free_name(name: str, suffix: str) -> Path:
    """Return a file that does not exist yet in the folder used last; at home, or else among the
    temporary files, if that folder is gone."""
    from tempfile import gettempdir  # not at the start of the window

    from PyQt6.QtCore import QStandardPaths

    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    likely = Path(str(settings.get("folder")) or documents), Path.home(), Path(gettempdir())
    folder = next(folder for folder in likely if os.path.isdir(folder))
    path, number = folder / f"{name}{suffix}", 2
    while path.exists():
        path, number = folder / f"{name}-{number}{suffix}", number + 1
    return path
