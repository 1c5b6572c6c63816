"""Wiring: builds the objects, joins them, starts and stops the threads."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from PyQt6 import sip
from PyQt6.QtCore import QEvent, QObject, QSocketNotifier, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QApplication, QMessageBox

from viz import display
from viz.chapters.registry import chapter_ids, import_all
from viz.engine.engine import Engine
from viz.errors import UserError, reraise
from viz.i18n import tr
from viz.model import settings
from viz.model.document import Document
from viz.model.view_state import ViewState
from viz.nets.networks import TrainedNetwork
from viz.scene import Scene, digits
from viz.session.lecture import Lecture
from viz.session.session import Session
from viz.views.paint_clock import PaintClock
from viz.window.autosaver import Autosaver, Recovery
from viz.window.leaving import Leaving
from viz.window.lecture_keeper import LectureKeeper
from viz.window.main_window import MainWindow
from viz.window.placed_pictures import Picture

IDLE_MS = 2000
"""How long after the start the chapters' modules are imported, which takes a tenth of a second
each: not while the window opens, and before one is likely to be visited."""


class Application(QObject):
    """The running program: ``document``, ``engine``, ``clock`` and ``window``, joined."""

    def __init__(self, scene: Scene | None = None, *, keep: bool = True) -> None:
        """``keep``: recover and autosave the drawing, remember preferences; not for rendering
        and the bench."""
        super().__init__()
        settings.remember(keep)
        self.document = Document(scene, ViewState(chapter_ids()))
        self.engine = Engine()
        self.clock = PaintClock()
        # Before any view: the worker computes while the others hear of the change
        self.document.request_changed.connect(self.engine.post)
        self.window = MainWindow(self.document, self.engine, self.clock)
        self._unavailable: set[str] = set()
        window = self.window
        self._leaving: Leaving | None = None
        open_files = window.files.open_files
        if keep:
            keeper = LectureKeeper(window.lectures, self.engine, open_files, window.messages, self)
            autosaver = Autosaver(
                self.document, window.player, self.engine, window.session_store.capture,
                open_files, window.messages.show, self,
            )  # fmt: skip
            self._leaving = Leaving(
                (autosaver.write_now, keeper.write_now), autosaver.drawings,
                lambda: window.lectures.kept, window.files.folder, window.messages,
                window.dialogs, window.close, window.files.saving.finish,
            )  # fmt: skip
            window.may_close = self._leaving.may_close
            window.tips.begin()
        self.document.snapshot_changed.connect(self.window.show_snapshot)
        self.engine.snapshot_ready.connect(self.document.show)
        self.engine.unavailable.connect(self._do_without)
        self.engine.failed.connect(self._tell)
        self.window.closing.connect(self.close)
        if keep and scene is None:
            Recovery(
                self.document, window.session_store, window.messages, open_files, window.files.new,
                self.engine,
            ).begin()  # fmt: skip
        if keep:
            keeper.recover()

    def welcome(self) -> None:
        """At the very first start put a 31 on the canvas and begin the tour; else do nothing."""
        document = self.document
        if not settings.is_first_start() or settings.get("tour_seen") or document.scene.items:
            return
        scene = digits.number("31")
        # Not the user's own drawing: nothing says next time that it is back
        document.open(scene, None, tr("First drawing"), staged=scene)
        document.undo_stack.clear()
        self.window.tour.begin()

    def start_when_painted(self) -> None:
        """Start as soon as the window has been painted for the first time.

        Earlier, importing torch would fight with the first paint for Python's lock.
        """
        self.window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Paint:
            self.window.removeEventFilter(self)
            QTimer.singleShot(0, self.start)
        return False

    def start(self) -> None:
        """Start the network's thread and ask for the first snapshot."""
        self.engine.start()
        self.engine.post(self.document.request())

    def close(self) -> None:
        """End the threads."""
        self.engine.stop()

    def leave(self) -> None:
        """Close the window and ask nothing: a signal ends the program."""
        if self._leaving is not None:
            self._leaving.asks = False
        self.window.close()

    def dispose(self) -> None:
        """Delete the closed window and all that belongs to it; nothing of it may be used any more.

        Otherwise PyQt does at Python's end, going through all objects while they free one another,
        and now and then crashes over that: 4 of 275 processes on a busy machine.
        """
        window, document = self.window, self.document
        for gone in (
            window, window.player, document, document.view, self.engine, self.clock, self,
        ):  # fmt: skip
            sip.delete(gone)

    def _do_without(self, network: str, reason: str) -> None:
        """Go back to the network that answered last, to the main one if none has yet, and say once
        why this one cannot."""
        chosen = self.document.network == network
        if chosen or reason not in self._unavailable:
            self.window.messages.show(reason)
        self._unavailable.add(reason)
        if chosen:
            shown = self.document.snapshot
            self.document.set_network("max" if shown is None else shown.request.network)

    def _tell(self, text: str) -> None:
        if text in self._unavailable:
            return  # said already
        self.window.messages.show(tr("The network could not be run: {error}", error=text))


class _Alarm(QObject):
    """Brings an exception of any thread to the GUI thread, for the one dialog."""

    raised = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        # Queued, also on the GUI thread: a dialog within a paint event would paint within it
        self.raised.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._shown = False
        self.window: MainWindow | None = None
        """Once there is one: while it presents, it says what happened without a dialog."""

    def _show(self, text: str) -> None:
        logging.error("%s", text)
        if self.window is not None and self.window.view.presenting:
            last = text.strip().rsplit("\n", 1)[-1]
            self.window.messages.show(tr("Something went wrong: {error}", error=last))
            return
        if self._shown:  # one dialog: a fault in a paint event would open hundreds
            return
        self._shown = True
        QMessageBox.critical(
            None,
            tr("Error in LeNetScope"),
            tr(
                "Something went wrong; your drawing is not lost. Please save it and restart "
                "LeNetScope.\n\n{details}",
                details=text[-1500:],
            ),
        )
        self._shown = False


def install_hooks() -> _Alarm:
    """Report exceptions of any thread instead of letting PyQt abort the process."""
    alarm = _Alarm()
    if sys.stderr is not None:
        faulthandler.enable()

    def on_error(
        kind: type[BaseException], value: BaseException, trace: TracebackType | None
    ) -> None:
        alarm.raised.emit("".join(traceback.format_exception(kind, value, trace)))

    sys.excepthook = on_error
    threading.excepthook = lambda args: on_error(
        args.exc_type, args.exc_value or RuntimeError(), args.exc_traceback
    )
    return alarm


def make_qapplication() -> QApplication:
    """Return the one QApplication, in Fusion style so that the themes hold everywhere.

    Raises UserError if there is no font to write with.
    """
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    qapp = QApplication(sys.argv[:1])
    if missing := display.missing_font():
        raise UserError(missing)
    qapp.setApplicationName("LeNetScope")
    qapp.setStyle("Fusion")
    return qapp


def run(
    opened: Session | Scene | Lecture | Picture | None = None,
    path: Path | None = None,
    network: TrainedNetwork | None = None,
    *,
    welcome: bool = False,
) -> int:
    """Open the window and stay until it closes; returns the exit code.

    ``path`` is the file that ``opened`` came from, where Save writes it; ``network`` one that was
    opened, which answers. ``welcome``: a newcomer who opens nothing is shown about.
    """
    alarm = install_hooks()
    qapp = make_qapplication()
    with _ended_by_signals(qapp):
        session = opened if isinstance(opened, Session) else None
        lecture = opened if isinstance(opened, Lecture) else None
        scene = opened if isinstance(opened, Scene) else None
        application = Application(scene if session is None else session.scene)
        if path is not None:
            application.window.files.open_files.note(path)
        if path is not None and lecture is None:
            application.document.saved_as(path)
            settings.note_file(path)
        window = alarm.window = application.window
        geometry = settings.geometry()
        if geometry is None or not window.restoreGeometry(geometry):
            screen = qapp.primaryScreen()
            available = screen.availableGeometry() if screen else None
            window.resize(1600, 900)
            if available is not None and (available.width() < 1700 or available.height() < 1000):
                window.showMaximized()
        window.show()
        if session is not None:
            window.files.restore(session, path)
            application.document.undo_stack.clear()  # nothing was there before
        if isinstance(opened, Picture):
            window.files.pictures.open(opened)
        if welcome and opened is None:
            application.welcome()
        if network is not None:
            window.networks.show(network)
        if lecture is not None and path is not None:
            window.lectures.open(lecture, path)
        application.start_when_painted()
        QTimer.singleShot(
            IDLE_MS, partial(application.engine.run_job, import_all, lambda _: None, reraise)
        )
        code = qapp.exec()
        application.leave()
        alarm.window = None
        if not application.engine.ended:
            _leave(code)
        application.dispose()
    del alarm
    return code


def _leave(code: int) -> NoReturn:
    """End the process at once: Python's own end would abort it beside a thread that is in torch.

    Closing has kept the drawing and the preferences; what was said is written here.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # pythonw has none
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    os._exit(code)


@contextlib.contextmanager
def _ended_by_signals(qapp: QApplication) -> Iterator[None]:
    """Ctrl-C, SIGTERM and SIGHUP (a logout) end the event loop, with the code by which a shell
    reports a program that ended so: 128 + the signal's number. Closing then keeps the drawing, as
    it always does, and asks nothing.

    By handlers rather than by KeyboardInterrupt, which would strike in the middle of a slot or a
    paint event. Python runs them between two lines of its own, so a socket that every signal is
    written to wakes Qt's loop and with it Python.
    """
    numbers = (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", None))
    before = {}
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    wakeup = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(partial(_drain, reader))
    for number in numbers:
        # A shell's background job is not to be interrupted, nor nohup's ended by a hang-up
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            before[number] = signal.signal(number, partial(_end, qapp))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(wakeup)
        notifier.setEnabled(False)
        reader.close()
        writer.close()


def _end(qapp: QApplication, number: int, _frame: object) -> None:
    # From within the loop: an exit before it starts would be forgotten, a timer is not
    QTimer.singleShot(0, partial(qapp.exit, 128 + number))


def _drain(reader: socket.socket, *_: object) -> None:
    with contextlib.suppress(OSError):
        while reader.recv(64):
            pass
