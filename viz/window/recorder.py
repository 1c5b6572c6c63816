"""Recording: the window's session, or a take, sent to ``render`` in a process of its own.

So the window stays live, and the film's frames are exact however slowly they come. A take goes
before: the window goes on as ever while ``taking`` notes what is done. Whatever is under way ends
when the recording is cancelled or the window closes; nothing is left then.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QMainWindow, QWidget

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
from viz.window.messages import NOTICE_MS, Messages
from viz.window.session_store import SessionStore
from viz.window.take_recorder import TakeRecorder

if TYPE_CHECKING:
    from viz.window.record_dialog import RecordDialog, Wish
    from viz.window.record_strips import RecordStrip, TakeStrip

KEYS = "Ctrl+Shift+R"

TOLD_MS = 8000
"""How long it is told that all went well, over the controls."""


class Recorder(QObject):
    """The Record command. One recording at a time."""

    changed = pyqtSignal()
    """A take began or ended."""

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
        self._strip: RecordStrip | None = None
        self._take_strip: TakeStrip | None = None
        self._taking: tuple[Wish, TakeRecorder] | None = None
        self._file = Path()
        self.process = RenderProcess(engine, self)
        self.process.counted.connect(self._count)
        self.process.ended.connect(self._end)

    def commands(self) -> tuple[Command, ...]:
        """The one command."""
        return (
            Command("record", tr("&File"), tr("Re&cord…"), KEYS,
                    tr("Record the demonstration, or what you do until you choose this again, as "
                       "a film, or this moment as a picture, in any size; the window stays live "
                       "meanwhile."), self.ask,
                    enabled=lambda: self.taking or not self._document.view.presenting,
                    short=tr("Record")),
        )  # fmt: skip

    @property
    def taking(self) -> bool:
        """Whether what the user does is being noted."""
        return self._taking is not None

    @property
    def recording(self) -> bool:
        """Whether a picture or film is being made."""
        return self.process.working

    def ask(self) -> None:
        """Ask what to record, of the state as it is now. A take that is under way ends, and its
        film is made."""
        from viz.window.record_dialog import RecordDialog  # made when first asked for

        if self.taking:
            self.finish_take()
            return
        if self.recording:
            self._say(tr("A recording is under way; cancel it, or wait until it is done."))
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
        of_screen = f"lenetscope-{self._on}"
        of_film = f"lenetscope-{shown.id}" if shown else of_screen
        keys = QKeySequence(KEYS)
        dialog = RecordDialog(
            seconds,
            (size.width(), size.height()),
            lambda suffix, film: _free(of_film if film else of_screen, suffix),
            self._window,
            keys=keys.toString(QKeySequence.SequenceFormat.NativeText),
        )
        self._dialog = dialog
        dialog.wished.connect(lambda wish: self._begin(wish, session))
        dialog.finished.connect(self._put_away)
        dialog.open()

    @property
    def _on(self) -> str:
        """Chapter and instrument on the screen, for the name of a file."""
        panel = self._panels.shown
        words = [self._document.view.chapter]
        if panel is not None and panel.current is not None:
            words.append(panel.current.title)
        return re.sub(r"\W+", "-", " ".join(words).lower()).strip("-")

    def _put_away(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def _begin(self, wish: Wish, session: Session) -> None:
        if wish.take:
            self.begin_take(wish)
        else:
            self.start(wish, session)

    # A take

    def begin_take(self, wish: Wish) -> None:
        """Note from now on what is done, until it is finished or cancelled."""
        from viz.window.record_strips import TakeStrip

        if self._take_strip is None:
            self._take_strip = TakeStrip()
            self._take_strip.stopped.connect(self.finish_take)
            self._take_strip.cancelled.connect(self.cancel)
            self._add_strip(self._take_strip)
        taking = TakeRecorder(
            self._document, self._player, self._store.capture, wish.rate, parent=self
        )
        self._taking = wish, taking
        taking.went_on.connect(self._take_strip.count)
        taking.full.connect(self._finish_full)
        self._take_strip.count(0.0)
        self._take_strip.show()
        self.changed.emit()

    def finish_take(self) -> None:
        """Make the film of what was done."""
        if self._taking is not None:
            wish, taking = self._taking
            self.start(wish, taking.stop())
            self._end_take()

    def _finish_full(self) -> None:
        self.finish_take()
        self._say(
            tr(
                "What you do is recorded for {most:.0f} s at most, less where it takes too much "
                "memory; the film is being made now.",
                most=MOST_SECONDS,
            )
        )

    def _end_take(self) -> None:
        assert self._taking is not None and self._take_strip is not None
        _, taking = self._taking
        self._taking = None
        taking.stop()
        taking.deleteLater()
        self._take_strip.hide()
        self.changed.emit()

    # The recording

    def start(self, wish: Wish, shown: Session | Take) -> None:
        """Record a session or a take. What goes wrong is said in the message bar."""
        self._file = wish.file
        settings.put("folder", str(wish.file.parent))
        self.process.start(wish.file, self._arguments(wish), shown)
        self._show_strip()

    def _arguments(self, wish: Wish) -> list[str]:
        """How it is to be shown, as one would type it for ``render``."""
        window, appearance = self._window, self._appearance
        usual = themes.text_pixels(wish.size[1], projection=False)
        now = appearance.text_px / themes.text_pixels(window.height(), projection=False)
        largest = themes.text_pixels(wish.size[1], projection=True) / usual
        return [
            *("--out", str(wish.file), "--size", f"{wish.size[0]}x{wish.size[1]}"),
            *("--theme", appearance.theme.name),
            *("--scale", f"{max(1.0, min(now, largest)):.4f}"),
            *(("--stage",) if wish.stage else ()),
            *(("--rate", str(wish.rate)) if wish.kind != "png" else ()),
        ]

    def _show_strip(self) -> None:
        from viz.window.record_strips import RecordStrip

        if self._strip is None:
            self._strip = RecordStrip()
            self._strip.cancelled.connect(self.cancel)
            self._add_strip(self._strip)
        self._strip.begin()

    def _add_strip(self, strip: QWidget) -> None:
        bar = self._window.statusBar()
        assert bar is not None
        bar.addPermanentWidget(strip)

    def cancel(self) -> None:
        """End the take or recording; nothing of it is left."""
        if self.taking:
            self._end_take()
            self._tell_cancelled()
        self.process.cancel()

    def _tell_cancelled(self) -> None:
        self._say(tr("The recording was cancelled."), NOTICE_MS)

    def stop(self) -> None:
        """Cancel, and wait until it is so: the program ends."""
        self.cancel()
        self.process.stop()

    def _count(self, done: int, total: int) -> None:
        assert self._strip is not None
        self._strip.count(done, total)

    def _end(self, code: int) -> None:
        """Tell what became of it."""
        if self._strip is not None:
            self._strip.hide()
        if self.process.cancelled:
            self._tell_cancelled()
        elif code == 0:
            self._say(tr("Recorded as {file}.", file=self._file), TOLD_MS)
        elif reason := self.process.said:
            self._say(tr("It could not be recorded: {reason}", reason=reason))
        else:
            self._say(tr("It could not be recorded: the process ended; try again."))

    def _say(self, text: str, for_ms: int = 0) -> None:
        self._messages.show(text, for_ms=for_ms)


def _free(name: str, suffix: str) -> Path:
    """A file name in the folder used last that is not taken; at home, or else among the temporary
    files, if that folder is gone."""
    from tempfile import gettempdir  # not at the start of the window

    from PyQt6.QtCore import QStandardPaths

    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    likely = Path(str(settings.get("folder")) or documents), Path.home(), Path(gettempdir())
    folder = next(folder for folder in likely if folder.is_dir())
    path, number = folder / f"{name}{suffix}", 2
    while path.exists():
        path, number = folder / f"{name}-{number}{suffix}", number + 1
    return path
