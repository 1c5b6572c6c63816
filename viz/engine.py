"""The engine: the only code that knows threads.

The live lane is one worker with a single slot, where the latest request wins; a queue of inputs
would show the user the past (841 ms of it under a flood, measured, against 4). The job lane runs
longer work (reading a large image, keeping the drawing) in a thread for each.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QObject, Qt, pyqtSignal, pyqtSlot

from viz.compute import Computer
from viz.errors import UserError
from viz.scene.raster import Cancelled
from viz.snapshot import Request, Snapshot

PATIENCE_S = 2.0
"""How long closing waits for a computation that is under way."""


class Engine(QObject):
    """Runs the network in a thread of its own; signals arrive queued on the GUI thread."""

    snapshot_ready = pyqtSignal(object)
    """A Snapshot, of the latest request the worker could take."""
    failed = pyqtSignal(str)
    """A computation raised; the text of the exception. The lane goes on with the next request."""
    _job_done = pyqtSignal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._condition = threading.Condition()
        self._slot: Request | None = None
        self._stopping = False
        self._worker: threading.Thread | None = None
        self._jobs: list[threading.Thread] = []
        self._job_done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Start the live lane; torch is imported there, while the window is already shown."""
        # Python lets a thread wait 5 ms for its lock by default, longer than a whole frame takes;
        # the median latency of a drag was 9 to 16 ms with that, 7 with this.
        sys.setswitchinterval(0.0005)
        self._worker = threading.Thread(target=self._work, name="live", daemon=True)
        self._worker.start()

    def post(self, request: Request) -> None:
        """Ask for a computation; a request still waiting is forgotten."""
        with self._condition:
            self._slot = request
            self._condition.notify()

    def run_job(
        self,
        job: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Run ``job()`` off the GUI thread, then ``done(result)`` or ``failed(error)`` on it."""
        if self._stopping:
            return

        def run() -> None:
            try:
                result = job()
            except Exception as error:  # handed over whole: the caller tells the user
                self._emit_job(failed, error)
            else:
                self._emit_job(done, result)

        self._jobs = [thread for thread in self._jobs if thread.is_alive()]
        self._jobs.append(threading.Thread(target=run, name="job", daemon=True))
        self._jobs[-1].start()

    def stop(self) -> None:
        """Take no more, drop what waits, and wait for the threads to end, but not for ever: they
        are daemons, and whoever closes a program wants it closed."""
        with self._condition:
            self._stopping = True
            self._slot = None
            self._condition.notify()
        deadline = time.monotonic() + PATIENCE_S
        for thread in (*self._jobs, *filter(None, (self._worker,))):
            thread.join(max(0.0, deadline - time.monotonic()))
        self._jobs, self._worker = [], None

    def _emit_job(self, callback: Callable[[Any], None], value: object) -> None:
        if not self._stopping:
            self._job_done.emit(callback, value)

    @pyqtSlot(object, object)
    def _deliver(self, callback: Callable[[Any], None], value: object) -> None:
        if not self._stopping:
            callback(value)

    def _work(self) -> None:
        try:
            compute: Callable[[Request], Snapshot] = Computer(lambda: self._stopping)
        except Exception as error:  # without weights there is nothing to compute with
            self._report(error)
            return
        while True:
            with self._condition:
                while self._slot is None and not self._stopping:
                    self._condition.wait()
                if self._stopping:
                    return
                request, self._slot = self._slot, None
            try:
                snapshot = compute(request)  # type: ignore[arg-type]
            except Cancelled:
                return
            except Exception as error:  # one bad frame must not end the lane
                self._report(error)
                time.sleep(0.05)
            else:
                if not self._stopping:
                    self.snapshot_ready.emit(snapshot)

    def _report(self, error: Exception) -> None:
        if not self._stopping:
            known = isinstance(error, UserError)
            self.failed.emit(str(error) if known else f"{type(error).__name__}: {error}")
