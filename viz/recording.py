"""Recording: the window's session, or a take, handed to ``render`` in a process of its own.

So the window stays live, and the film's frames are exact however slowly they come. A take goes
before: the window goes on as ever while ``taking`` notes what is done. Whatever is under way ends
when the recording is cancelled or the window closes; nothing is left then.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections import deque
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer
from PyQt6.QtGui import QKeySequence

import viz
from viz import screen, settings, take_file
from viz import session as sessions
from viz import theme as themes
from viz.engine import Engine
from viz.errors import UserError
from viz.i18n import tr
from viz.scene.files import SUFFIX
from viz.session import Session
from viz.take import MOST_SECONDS, Take
from viz.taking import Taking

if TYPE_CHECKING:
    from viz.views.record import RecordDialog, RecordStrip, TakeStrip, Wish
    from viz.window import MainWindow

TOLD_MS = 8000
"""How long it is told that all went well, over the controls."""

GRACE_MS = 3000
"""How long a process that is told to end may take."""

COMMAND = ("-P", "-m", "viz.cli")
"""Of Python: -P, so that a folder called viz where it was started is not taken for ours."""

_FRAME = re.compile(r"frame (\d+)/(\d+)")


class Recorder(QObject):
    """The Record command. One recording at a time."""

    def __init__(self, window: MainWindow, engine: Engine) -> None:
        super().__init__(window)
        self._window, self._engine = window, engine
        self._dialog: RecordDialog | None = None
        self._strip: RecordStrip | None = None
        self._take_strip: TakeStrip | None = None
        self._taking: tuple[Wish, Taking] | None = None
        self._writing = False
        self._process: QProcess | None = None
        self._file, self._shown_file = Path(), Path()
        self._number = 0
        self._cancelled = False
        self._said: deque[str] = deque(maxlen=1)
        self._grace = QTimer(self)
        self._grace.setSingleShot(True)
        self._grace.timeout.connect(self._kill)
        window.closing.connect(self.stop)

    @property
    def taking(self) -> bool:
        """Whether what the hand does is being noted."""
        return self._taking is not None

    @property
    def recording(self) -> bool:
        """Whether a picture or film is being made."""
        return self._writing or self._process is not None

    def ask(self) -> None:
        """Ask what to record, of the state as it is now. A take that is under way ends, and its
        film is made."""
        from viz.views.record import RecordDialog  # made when first asked for, not at the start

        if self.taking:
            self.finish_take()
            return
        if self.recording:
            self._say(tr("A recording is under way; cancel it, or wait until it is done."))
            return
        if self._dialog is not None:
            self._dialog.activateWindow()
            return
        session = screen.capture(self._window)
        played, shown = session.demonstration, self._window.player.at_hand
        seconds = shown.duration / played.speed if shown and played else None
        size = self._window.size()
        name = f"lenetscope-{played.id}" if played else "lenetscope"
        keys = self._window.actions_by_id["record"].shortcut()
        dialog = RecordDialog(
            seconds,
            (size.width(), size.height()),
            lambda s: _free(name, s),
            self._window,
            keys=keys.toString(QKeySequence.SequenceFormat.NativeText),
        )
        self._dialog = dialog
        dialog.wished.connect(lambda wish: self._begin(wish, session))
        dialog.finished.connect(self._put_away)
        dialog.open()

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
        from viz.views.record import TakeStrip

        if self._take_strip is None:
            self._take_strip = TakeStrip()
            self._take_strip.stopped.connect(self.finish_take)
            self._take_strip.cancelled.connect(self.cancel)
            self._window.statusBar().addPermanentWidget(self._take_strip)
        taking = Taking(self._window, wish.rate)
        self._taking = wish, taking
        taking.went_on.connect(self._take_strip.count)
        taking.full.connect(self._finish_full)
        self._take_strip.count(0.0)
        self._take_strip.show()
        self._window.presenting.switch_dialogs()

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
        self._window.presenting.switch_dialogs()

    # The process

    def start(self, wish: Wish, shown: Session | Take) -> None:
        """Record a session or a take. What goes wrong is said in the message bar."""
        import tempfile  # like what films need, not at the start of the window

        self._file = wish.file
        settings.put("folder", str(wish.file.parent))
        self._cancelled = False
        self._said.clear()
        arguments = self._arguments(wish)
        suffix = take_file.SUFFIX if isinstance(shown, Take) else SUFFIX
        try:
            handle, name = tempfile.mkstemp(prefix="lenetscope-", suffix=suffix)
            os.close(handle)
        except OSError as error:
            self._say(str(error))
            return
        self._shown_file = Path(name)
        self._show_strip()
        self._writing = True
        self._engine.run_job(
            partial(self._write, shown, self._shown_file),
            partial(self._run, arguments),
            self._fail_to_write,
        )

    def _write(self, shown: Session | Take, file: Path) -> str:
        """Write what is to be shown, in a thread of its own: a long take has some megabytes.

        Returns the option of ``render`` that takes it.
        """
        if isinstance(shown, Take):
            take_file.save(shown, file)
        else:
            sessions.save(shown, file)
        if self._cancelled:
            file.unlink(missing_ok=True)
        return "--take" if isinstance(shown, Take) else "--scene"

    def _fail_to_write(self, error: Exception) -> None:
        self._writing = False
        self._said.append(str(error))
        self._end(-1)
        if not isinstance(error, UserError):
            raise error

    def _run(self, arguments: list[str], what: str) -> None:
        """``what`` is to be shown lies in its file: start the process."""
        self._writing = False
        if self._cancelled:
            self._end(-1)
            return
        process = self._process = QProcess(self)
        process.setProcessEnvironment(_environment())
        process.readyReadStandardOutput.connect(self._count)
        process.readyReadStandardError.connect(self._listen)
        process.errorOccurred.connect(self._fail_to_start)
        process.finished.connect(self._finish)
        given = ["render", "--progress", what, str(self._shown_file), *arguments]
        process.start(sys.executable, [*COMMAND, *given])
        self._number = process.processId()

    def _arguments(self, wish: Wish) -> list[str]:
        """How it is to be shown, as one would type it for ``render``."""
        window = self._window
        usual = themes.text_pixels(wish.size[1], projection=False)
        now = window.appearance.text_px / themes.text_pixels(window.height(), projection=False)
        largest = themes.text_pixels(wish.size[1], projection=True) / usual
        return [
            *("--out", str(wish.file), "--size", f"{wish.size[0]}x{wish.size[1]}"),
            *("--theme", window.appearance.theme.name),
            *("--scale", f"{min(max(now, 1.0), largest):.4f}"),
            *(("--stage",) if wish.stage else ()),
            *(("--rate", str(wish.rate)) if wish.kind != "png" else ()),
        ]

    def _show_strip(self) -> None:
        from viz.views.record import RecordStrip

        if self._strip is None:
            self._strip = RecordStrip()
            self._strip.cancelled.connect(self.cancel)
            self._window.statusBar().addPermanentWidget(self._strip)
        self._strip.begin()

    def cancel(self) -> None:
        """End the take or recording; nothing of it is left."""
        if self.taking:
            self._end_take()
            self._tell_cancelled()
        process = self._process
        if not self.recording or self._cancelled:
            return
        self._cancelled = True
        if process is None:
            return  # it will not be started
        if sys.platform == "win32":  # no polite way to ask a program without a window
            process.kill()
        else:
            process.terminate()
            self._grace.start(GRACE_MS)

    def _tell_cancelled(self) -> None:
        self._window.statusBar().showMessage(tr("The recording was cancelled."), 4000)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def stop(self) -> None:
        """Cancel, and wait until it is so: the program ends."""
        self.cancel()
        process = self._process
        if self._writing:  # nobody will hear when that is done
            self._shown_file.unlink(missing_ok=True)
        if process is None:
            return
        if not process.waitForFinished(GRACE_MS):
            process.kill()
            process.waitForFinished(GRACE_MS)

    def _count(self) -> None:
        assert self._process is not None and self._strip is not None
        found = _FRAME.findall(bytes(self._process.readAllStandardOutput().data()).decode())
        if found:
            self._strip.count(*map(int, found[-1]))

    def _listen(self) -> None:
        assert self._process is not None
        text = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
        self._said.extend(line for line in text.splitlines() if line.strip())

    def _fail_to_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._said.append(self._process.errorString())
            self._finish(-1)

    def _finish(self, code: int, *_: object) -> None:
        process, self._process = self._process, None
        if process is not None:
            self._grace.stop()
            process.deleteLater()
            self._end(code)

    def _end(self, code: int) -> None:
        """Tidy up, and tell what became of it."""
        from viz.export import part_of

        with contextlib.suppress(OSError):
            self._shown_file.unlink(missing_ok=True)
            # What was killed could not tidy up after itself
            part_of(Path(os.path.realpath(self._file)), self._number).unlink(missing_ok=True)
        if self._strip is not None:
            self._strip.hide()
        if self._cancelled:
            self._tell_cancelled()
        elif code == 0:
            self._say(tr("Recorded as {file}.", file=self._file), TOLD_MS)
        else:
            reason = (self._said[-1] if self._said else "").removeprefix("lenetscope: ")
            self._say(
                tr("It could not be recorded: {reason}", reason=reason)
                if reason
                else tr("It could not be recorded: the process ended; try again.")
            )

    def _say(self, text: str, for_ms: int = 0) -> None:
        self._window.message_bar.say(text, for_ms=for_ms)


def _environment() -> QProcessEnvironment:
    """That of this program, in which the child finds the same package."""
    result = QProcessEnvironment.systemEnvironment()
    package = str(Path(viz.__file__).resolve().parents[1])
    paths = [package, *filter(None, [result.value("PYTHONPATH")])]
    result.insert("PYTHONPATH", os.pathsep.join(paths))
    result.insert("PYTHONIOENCODING", "utf-8")
    return result


def _free(name: str, suffix: str) -> Path:
    """A file name in the folder used last that is not taken."""
    from PyQt6.QtCore import QStandardPaths

    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    folder = Path(str(settings.get("folder")) or documents)
    if not folder.is_dir():
        folder = Path.home()
    path, number = folder / f"{name}{suffix}", 2
    while path.exists():
        path, number = folder / f"{name}-{number}{suffix}", number + 1
    return path
