"""The engine: the only code that knows threads.

The live lane is one worker with a single slot, where the latest request wins; a queue of inputs
would show the user the past (841 ms of it under a flood, measured, against 4). The measuring lane
runs the heavier maps behind it, in a thread that yields the processor to the others and takes
their results one by one, whosever turn it is. The job lane runs longer work (reading a large
image, keeping the drawing) in a thread for each.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import QObject, Qt, pyqtSignal, pyqtSlot

from viz.engine.compute import Computer, Nets, UnavailableError
from viz.errors import UserError
from viz.model.snapshot import Request, Snapshot
from viz.scene.raster import Cancelled, cancellable

PATIENCE_S = 2.0
"""How long closing waits for a computation that is under way."""

JOBS_PATIENCE_S = 0.25
"""How long closing waits for jobs, such as one that opens a network of a gigabyte: what they read
is not wanted any more, and what they write has been written by then, at closing itself."""

MOVING_S = 0.1
"""How long after the last request the user's input counts as continuing."""

REST_S = 0.014
"""Pause of the measuring lane after every step during user input: it shares two cores with the
live lane, the window and the display. 8 ms brought the 99 % latency of a drag from 14.6 to
11 ms in chapter 2, from 14.6 to 9 in chapter 3, from 19.5 to 14.5 in chapter 4. 14 instead of 8
bring it from 16.8 to 13.3 beside the binding map (medians of four in turns), and leave the shift
map 38 of its 48 maps a second."""

_NO_MORE = object()


@dataclass(eq=False)
class _Measure:
    """One measurement: its results are taken one by one, in turn with the others'."""

    slot: _Slot
    work: Callable[[Nets], Iterable[Any]]
    deliver: Callable[[Any], None]
    rests: bool = False
    results: Iterator[Any] | None = None
    begun: bool = False
    shown: bool = False
    done: bool = False

    @property
    def owes(self) -> bool:
        """Whether it is under way to its first result, which is shown whatever comes after."""
        return self.begun and not self.shown and not self.done


@dataclass(eq=False)
class _Slot:
    """What is measured under a name, and what will be once that has shown a result."""

    name: str
    measure: _Measure | None = None
    waiting: _Measure | None = None
    forgotten: bool = False


class Engine(QObject):
    """Runs the network in a thread of its own; signals arrive queued on the GUI thread."""

    snapshot_ready = pyqtSignal(object)
    """A Snapshot, of the latest request the worker could take."""
    failed = pyqtSignal(str)
    """A computation raised; the text of the exception. The lane goes on with the next request."""
    unavailable = pyqtSignal(str, str)
    """A network could not be loaded; its name and why. ``failed`` follows with the same text."""
    measured = pyqtSignal()
    """The measuring lane has nothing left to do, and all its results have been delivered."""
    _job_done = pyqtSignal(object, object)
    _result = pyqtSignal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._condition = threading.Condition()
        self._slot: Request | None = None
        self._posted = -math.inf
        self.rest_s = REST_S
        """Pause of the measuring lane after a step during user input; 0 where there is no user."""
        self._stopping = False
        self._worker: threading.Thread | None = None
        self._measurer: threading.Thread | None = None
        self._abandoned: list[threading.Thread] = []
        self._slots: dict[str, _Slot] = {}
        self._measured_now: _Slot | None = None
        self._nets: Nets | None = None
        self._jobs: list[threading.Thread] = []
        self._result.connect(self._deliver_result, Qt.ConnectionType.QueuedConnection)
        self._job_done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Start the live lane; torch is imported there, while the window is already shown."""
        # Python lets a thread wait 5 ms for its lock by default, longer than a whole frame takes;
        # the median latency of a drag was 9 to 16 ms with that, 7 with this.
        sys.setswitchinterval(0.0005)
        self._worker = threading.Thread(target=self._work, name="live", daemon=True)
        self._measurer = threading.Thread(target=self._measure, name="measure", daemon=True)
        self._worker.start()
        self._measurer.start()

    def post(self, request: Request) -> None:
        """Ask for a computation; a request still waiting is forgotten."""
        with self._condition:
            self._slot = request
            self._posted = time.monotonic()
            self._condition.notify_all()

    def measure(
        self,
        name: str,
        work: Callable[[Nets], Iterable[Any]],
        deliver: Callable[[Any], None],
        *,
        rests: bool = False,
    ) -> None:
        """Measure in the background: each result of ``work(nets)`` goes to ``deliver``, GUI thread.

        A result None is not delivered: there is nothing to show yet, but the others may have their
        turn and the engine may stop. Long work yields it every few tens of milliseconds.

        Each ``name`` has one slot, where the latest wins: newer work under the same name stops
        older work between two of its results. But what is under way to its first one shows that
        all the same: a drag, which asks again every few milliseconds, would see none otherwise.
        ``work`` may only hold data that is never changed. What ``rests`` waits while the user
        moves something: training, whose every step would cost a drag a tenth of a second.
        """
        with self._condition:
            if self._stopping:
                return
            slot = self._slots.setdefault(name, _Slot(name))
            measure = _Measure(slot, work, deliver, rests)
            if slot.measure is not None and slot.measure.owes:
                slot.waiting = measure
                return
            slot.measure = measure
            self._to_the_end(slot)
            self._condition.notify_all()

    def forget(self, name: str) -> None:
        """Drop what is measured under this name; nothing more of it is delivered."""
        with self._condition:
            slot = self._slots.pop(name, None)
            if slot is not None:
                slot.forgotten = True
                if not self._slots:
                    self._result.emit(None, None)

    @property
    def measuring(self) -> bool:
        """Whether any measurement waits, runs, or has results that are not delivered yet."""
        return bool(self._slots)

    def run_job(
        self,
        job: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Run ``job()`` off the GUI thread, then ``done(result)`` or ``failed(error)`` on it.

        Neither if it was cancelled, by ``check_cancelled``, because the engine stops.
        """
        if self._stopping:
            return

        def run() -> None:
            try:
                with cancellable(lambda: self._stopping):
                    result = job()
            except Cancelled:
                return
            except Exception as error:  # handed over whole: the caller tells the user
                self._emit_job(failed, error)
            else:
                self._emit_job(done, result)

        self._jobs = [thread for thread in self._jobs if thread.is_alive()]
        self._jobs.append(threading.Thread(target=run, name="job", daemon=True))
        self._jobs[-1].start()

    def stop(self) -> None:
        """Accept no more work, drop what waits, and wait for the threads to end, with a timeout,
        short for jobs: they are daemons, and closing the program must not hang."""
        with self._condition:
            self._stopping = True
            self._slot = None
            self._slots.clear()
            self._condition.notify_all()
        lanes, begun = [*filter(None, (self._worker, self._measurer))], time.monotonic()
        for threads, patience in ((lanes, PATIENCE_S), (self._jobs, JOBS_PATIENCE_S)):
            for thread in threads:
                thread.join(max(0.0, begun + patience - time.monotonic()))
        self._abandoned += [thread for thread in (*lanes, *self._jobs) if thread.is_alive()]
        self._jobs, self._worker, self._measurer = [], None, None

    @property
    def ended(self) -> bool:
        """Whether no thread outlived ``stop``. One that did may be anywhere in torch, and Python
        cannot shut down beside it: the process aborts."""
        return not any(thread.is_alive() for thread in self._abandoned)

    def _emit_job(self, callback: Callable[[Any], None], value: object) -> None:
        if not self._stopping:
            self._job_done.emit(callback, value)

    @pyqtSlot(object, object)
    def _deliver(self, callback: Callable[[Any], None], value: object) -> None:
        if not self._stopping:
            callback(value)

    def _work(self) -> None:
        try:
            nets = Nets()
            compute: Callable[[Request], Snapshot] = Computer(nets)
        except Exception as error:  # without weights there is nothing to compute with
            self._report(error)
            return
        with self._condition:
            self._nets = nets
            self._condition.notify_all()
        while True:
            with self._condition:
                while self._slot is None and not self._stopping:
                    self._condition.wait()
                if self._stopping:
                    return
                request, self._slot = self._slot, None
            try:
                with cancellable(lambda: self._stopping):
                    snapshot = compute(request)  # type: ignore[arg-type]
            except Cancelled:
                return
            except Exception as error:  # one bad frame must not end the lane
                self._report(error)
                time.sleep(0.05)
            else:
                if not self._stopping:
                    self.snapshot_ready.emit(snapshot)

    def _measure(self) -> None:
        # Beside a drag the shift map costs it less the lower this thread's priority is, although it
        # may hold Python's lock while it waits: p99 12 ms with 10, 16 with 5, 20 with 0 (medians of
        # 6 runs in turns), for 34, 33 and 37 maps a second.
        with contextlib.suppress(AttributeError, OSError):  # Linux gives each thread its own
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        while True:
            with self._condition:
                while self._nets is None or (measure := self._next_measure()) is None:
                    if self._stopping:
                        return
                    # What rests goes on once the user has done nothing for a moment
                    self._condition.wait(MOVING_S if self._slots else None)
                nets = self._nets
                measure.begun = True
                self._measured_now = measure.slot
            self._run_measure(measure, nets)
            if time.monotonic() - self._posted < MOVING_S:
                time.sleep(self.rest_s)

    def _next_measure(self) -> _Measure | None:
        """Whose turn it is."""
        is_moving = time.monotonic() - self._posted < MOVING_S
        measures = (slot.measure for slot in self._slots.values())
        return next(
            (
                one
                for one in measures
                if one is not None and not one.done and not (one.rests and is_moving)
            ),
            None,
        )

    def _to_the_end(self, slot: _Slot) -> None:
        """Let the others have their turn, if this one has not been forgotten."""
        if self._slots.pop(slot.name, None) is not None:
            self._slots[slot.name] = slot

    def _unwanted(self) -> bool:
        """Return whether the result now being computed by the measuring lane is not needed."""
        return self._stopping or (self._measured_now is not None and self._measured_now.forgotten)

    def _run_measure(self, measure: _Measure, nets: Nets) -> None:
        """Take the next result of one measurement, then pass the turn to another."""
        slot = measure.slot
        try:
            with cancellable(self._unwanted):
                if measure.results is None:
                    measure.results = iter(measure.work(nets))
                result = next(measure.results, _NO_MORE)
        except Cancelled:
            result = _NO_MORE
        except Exception as error:  # one bad measurement must not end the lane
            self._report(error)
            result = _NO_MORE
        with self._condition:
            if result is _NO_MORE:
                measure.done = True
            elif result is not None:
                measure.shown = True
            if slot.waiting is not None and not measure.owes:
                slot.measure, slot.waiting = slot.waiting, None
            if not measure.done and self._slots.get(slot.name) is slot:
                self._to_the_end(slot)
        if result is not None and not self._unwanted():
            self._result.emit(measure, result)

    @pyqtSlot(object, object)
    def _deliver_result(self, measure: _Measure | None, result: object) -> None:
        if self._stopping:
            return
        if measure is not None and not measure.slot.forgotten:
            if result is not _NO_MORE:
                measure.deliver(result)
            elif measure.slot.measure is measure:
                with self._condition:
                    del self._slots[measure.slot.name]
        if not self._slots:
            self.measured.emit()

    def _report(self, error: Exception) -> None:
        if not self._stopping:
            if isinstance(error, UnavailableError):
                self.unavailable.emit(error.network, str(error))
            known = isinstance(error, UserError)
            self.failed.emit(str(error) if known else f"{type(error).__name__}: {error}")
