"""Render process: ``render`` at work beside the window.

The session or take is pickled in a thread, then sent through the process's stdin, while the window
goes on. Nothing is left at the end, whatever happens, but the picture or film.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections import deque
from functools import partial
from io import BytesIO
from pathlib import Path

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, pyqtSignal

import viz
from viz import disk
from viz.engine.engine import Engine
from viz.recording import transfer
from viz.recording.parent import VARIABLE
from viz.recording.take import Take
from viz.session.session import Session

GRACE_MS = 3000
"""How long a process may take to end."""

PIECE = 1 << 20
"""Bytes sent at a time: the window stood still for 0.4 s when 250 MB were sent at once."""

COMMAND = ("-P", "-m", "viz.cli")
"""Of Python: -P, so that a folder called viz where it was started is not taken for ours."""

_FRAME = re.compile(r"frame (\d+)/(\d+)")


class RenderProcess(QObject):
    """At most one process at a time, which makes a picture or film."""

    counted = pyqtSignal(int, int)
    """So many frames are done, of so many."""
    ended = pyqtSignal(int)
    """With the exit code, 0 if all went well; −1 if there was no process."""

    def __init__(self, engine: Engine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self._pickling = False
        self._process: QProcess | None = None
        self._file = Path()
        self._number = 0
        self.cancelled = False
        self._said: deque[str] = deque(maxlen=1)
        self._grace = QTimer(self)
        self._grace.setSingleShot(True)
        self._grace.timeout.connect(self._kill)

    @property
    def working(self) -> bool:
        """Whether a picture or film is being made."""
        return self._pickling or self._process is not None

    @property
    def said(self) -> str:
        """The last line of the process's stderr, "" if there is none."""
        return (self._said[-1] if self._said else "").removeprefix("lenetscope: ")

    def start(self, file: Path, arguments: list[str], shown: Session | Take) -> None:
        """Make ``file``, by ``render`` with these arguments, of a session or a take."""
        self._file, self.cancelled = file, False
        self._said.clear()
        self._pickling = True
        self._engine.run_job(  # a long take has many megabytes
            partial(transfer.dumps, shown), partial(self._run, arguments), self._fail_to_pickle
        )

    def _fail_to_pickle(self, error: Exception) -> None:
        self._pickling = False
        self._said.append(str(error))
        self._end(-1)
        raise error

    def _run(self, arguments: list[str], data: bytes) -> None:
        """Start the process, and send it the pickled data."""
        self._pickling = False
        if self.cancelled:
            self._end(-1)
            return
        process = self._process = QProcess(self)
        process.setProcessEnvironment(_environment())
        process.readyReadStandardOutput.connect(self._count)
        process.readyReadStandardError.connect(self._listen)
        process.errorOccurred.connect(self._fail_to_start)
        process.finished.connect(self._finish)
        process.start(sys.executable, [*COMMAND, "render", "--progress", "--stdin", *arguments])
        self._number = process.processId()
        rest = BytesIO(data)
        process.bytesWritten.connect(lambda _: self._send(rest))
        self._send(rest)

    def _send(self, rest: BytesIO) -> None:
        """Send the next piece, once the one before is through."""
        process = self._process
        if process is None or process.bytesToWrite():
            return
        if piece := rest.read(PIECE):
            process.write(piece)
        else:
            process.closeWriteChannel()

    def cancel(self) -> None:
        """End the process; nothing of it is left."""
        process = self._process
        if not self.working or self.cancelled:
            return
        self.cancelled = True
        if process is None:
            return  # it will not be started
        if sys.platform == "win32":  # no polite way to ask a program without a window
            process.kill()
        else:
            process.terminate()
            self._grace.start(GRACE_MS)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def stop(self) -> None:
        """Cancel, and wait for the end: the program is closing."""
        self.cancel()
        process = self._process
        if process is None:
            return
        if not process.waitForFinished(GRACE_MS):
            process.kill()
            process.waitForFinished(GRACE_MS)

    def _count(self) -> None:
        assert self._process is not None
        found = _FRAME.findall(bytes(self._process.readAllStandardOutput().data()).decode())
        if found:
            self.counted.emit(*map(int, found[-1]))

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
        with contextlib.suppress(OSError):  # what was killed could not tidy up after itself
            disk.part_of(Path(os.path.realpath(self._file)), self._number).unlink(missing_ok=True)
        self.ended.emit(code)


def _environment() -> QProcessEnvironment:
    """Return this program's environment, in which the child finds the same package."""
    result = QProcessEnvironment.systemEnvironment()
    package = str(Path(viz.__file__).resolve().parents[1])
    paths = [package, *filter(None, [result.value("PYTHONPATH")])]
    result.insert("PYTHONPATH", os.pathsep.join(paths))
    result.insert("PYTHONIOENCODING", "utf-8")
    result.insert(VARIABLE, str(os.getpid()))
    return result
