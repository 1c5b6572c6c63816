"""Renderer: the real window on no screen, frame by frame, each exactly as its time demands.

A frame is taken when the snapshot of its very scene is shown and the heavier maps have arrived, so
a film shows what the network answered at that time, however long that took. Two renderings are
alike to the last pixel: the status line's milliseconds, which never are, are left out.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType

import numpy as np
from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QWidget

from viz.app import Application, make_qapplication
from viz.errors import UserError
from viz.i18n import tr
from viz.recording.take import Take
from viz.recording.video import Frame
from viz.session.session import Session
from viz.window.networks import reopen_all

PATIENCE_MS = 120_000
"""For one frame."""

ROUNDS = 4
"""How often what was put off may put off something more."""

WAKE_MS = 50
"""How often Python looks whether Ctrl-C was pressed while Qt waits."""


@dataclass(frozen=True)
class Look:
    """``size`` is (width, height) in pixels, ``text_scale`` how much larger all text is. ``stage``
    leaves out all controls."""

    size: tuple[int, int]
    theme: str = "dark"
    text_scale: float = 1.0
    stage: bool = False


class Renderer:
    """A window that shows a session; ``frame`` waits until it does and takes the picture.

    Made and closed by ``rendering``.
    """

    def __init__(self, look: Look) -> None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        self._qapp = make_qapplication()
        self._qapp.setCursorFlashTime(0)  # a text cursor that blinks would be there or not
        self.application = Application(keep=False)
        self.window = self.application.window
        """The program and its window, which show what the next frame does."""
        self._faults: list[str] = []
        self._interrupted = False
        self._loop = QEventLoop()
        self._deadline = QTimer()
        self._deadline.setSingleShot(True)
        self._deadline.timeout.connect(lambda: self._fail(tr("it took too long")))
        self._waker = QTimer()
        self._waker.timeout.connect(lambda: self._loop.quit() if self._interrupted else None)
        self.window.appearance.fix(look.theme, look.text_scale)
        self.window.timing.hide()
        self.window.view.stage_only = look.stage
        self.window.resize(*look.size)
        document, engine = self.application.document, self.application.engine
        engine.rest_s = 0.0  # no user waits for the live lane
        self._asked = 0
        document.request_changed.connect(self._note)
        document.snapshot_changed.connect(self._look)
        engine.measured.connect(self._look)
        engine.failed.connect(self._fail)

    def show(self, session: Session) -> None:
        """Open the window and begin. Raises UserError if the session cannot be shown."""
        self.window.show()
        self.window.canvas.setFocus()  # or a frame round the tabs says that keys go there
        self.application.start()  # which asks for a first snapshot, perhaps of this very scene
        self._asked = 1
        session = self._opened(session)
        self.window.session_store.restore(session)
        self.window.player.pose(playing=_was_playing(session))
        if session.instrument is not None:
            self._choose(session.instrument)

    def _opened(self, session: Session) -> Session:
        """The session, once the weights that it names are open; what is not opened is told."""
        return reopen_all(session, lambda text: print(text, file=sys.stderr))

    def _choose(self, name: str) -> None:
        """Bring an instrument of the chapter to the screen, by its id or its number from 1.

        Raises UserError if the chapter does not have it.
        """
        panel = self.window.panels.shown
        assert panel is not None
        ids = [one.id for one in panel.instruments]
        number = int(name) if re.fullmatch(r"0*[1-9]\d{0,3}", name) else 0
        if name not in ids and not 1 <= number <= len(ids):
            raise UserError(_no_instrument(name, ids, self.window.panels.chapter.title))
        panel.choose(name if name in ids else ids[number - 1])

    def _note(self, request: object) -> None:
        self._asked = request.number  # type: ignore[attr-defined]

    def _look(self, *_: object) -> None:
        """Stop waiting at the next turn of the event loop, if there is nothing to wait for."""
        if self._settled():
            QTimer.singleShot(0, self._loop.quit)

    def _settled(self) -> bool:
        snapshot = self.application.document.snapshot
        return (
            snapshot is not None
            and snapshot.request.number >= self._asked
            and not self.application.engine.measuring
        )

    def _fail(self, text: str) -> None:
        self._faults.append(text)
        self._loop.quit()

    def seek(self, time: float) -> None:
        """Turn the demonstration to a time in seconds."""
        self.window.player.seek(time)

    def follow(self, take: Take, times: Iterable[float]) -> Iterator[Frame]:
        """Paint a take at these times, which ascend; what held for several only once.

        Raises as ``settle``.
        """
        shown, frame, document = None, None, self.window.document
        for time in times:
            state, badges = take.at(time), document.badges
            if state is not shown:
                self.window.session_store.follow(self._opened(state))
            self.window.player.film(time, playing=_was_playing(state))
            if state is not shown:
                self.settle()
                self.window.session_store.hold_window(state)
            if frame is None or state is not shown or document.badges is not badges:
                shown, frame = state, self.frame()
            elif self._interrupted:
                raise KeyboardInterrupt
            yield frame

    def play(self, times: Iterable[float]) -> Iterator[Frame]:
        """Paint the demonstration at these times. Raises as ``settle``."""
        for time in times:
            self.seek(time)
            self.window.player.film(time, playing=True)
            yield self.frame()

    def frame(self) -> Frame:
        """Paint the window once everything on it is up to date: (height, width, 3).

        Raises as ``settle``.
        """
        self.settle()
        return _pixels(self.window)

    def settle(self) -> None:
        """Wait until everything on the window is up to date.

        Raises UserError if that fails, KeyboardInterrupt after Ctrl-C.
        """
        self._deadline.start(PATIENCE_MS)
        self._waker.start(WAKE_MS)
        for _ in range(ROUNDS):
            self._wait()
            if self._faults or self._interrupted or not self._hurry():
                break
        self._deadline.stop()
        self._waker.stop()
        if self._interrupted:
            raise KeyboardInterrupt
        if self._faults:
            raise UserError(tr("The window could not be rendered: {error}", error=self._faults[0]))

    def _wait(self) -> None:
        """Wait for the snapshot and the measurements, and for what layouts and instruments put off
        to the next turn of the loop, where they may ask anew."""
        turns = 0
        while turns < 2 and not self._faults and not self._interrupted:
            if self._settled():
                turns += 1
                self._qapp.processEvents()
            else:
                turns = 0
                self._loop.exec()

    def _hurry(self) -> bool:
        """Run at once what views defer by timers during input; return whether there was any."""
        timers = self.window.findChildren(QTimer)
        waiting = [timer for timer in timers if timer.isSingleShot() and timer.isActive()]
        for timer in waiting:
            timer.stop()
            timer.timeout.emit()
        return bool(waiting)

    def interrupt(self) -> None:
        """Break off at the next safe moment; may be called at any."""
        self._interrupted = True

    def close(self) -> None:
        """End the threads, and all that belongs to the window."""
        self.window.close()
        self.application.dispose()

    def tell_fault(
        self, kind: type[BaseException], value: BaseException, _trace: TracebackType | None
    ) -> None:
        """Note an exception that Qt met in one of our slots; as ``sys.excepthook``."""
        self._fail(f"{kind.__name__}: {value}")


@contextmanager
def rendering(session: Session, look: Look) -> Iterator[Renderer]:
    """Make a Renderer, its faults caught, Ctrl-C and SIGTERM turned into KeyboardInterrupt.

    Raises UserError if the session cannot be shown.
    """
    made = Renderer(look)
    before = {}
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:  # a shell's background job ignores Ctrl-C
            # By a handler: KeyboardInterrupt would strike in the middle of a slot
            before[number] = signal.signal(number, lambda *_: made.interrupt())
    sys.excepthook = made.tell_fault
    try:
        made.show(session)
        made.settle()
        yield made
    finally:
        sys.excepthook = sys.__excepthook__
        made.close()
        for number, handler in before.items():  # only now: users may press Ctrl-C twice
            signal.signal(number, handler)


def picture(session: Session, look: Look) -> Frame:
    """Paint one session. Raises as ``rendering`` and ``Renderer.settle``."""
    with rendering(session, look) as made:
        return made.frame()


def _was_playing(session: Session) -> bool:
    return session.demonstration is not None and session.demonstration.playing


def _no_instrument(name: str, there: list[str], chapter: str) -> str:
    """What to choose instead of an instrument that a chapter does not have."""
    return tr(
        "Chapter “{chapter}” has no instrument “{name}”; choose one of: {there}.",
        chapter=chapter,
        name=name,
        there=", ".join(f"{number} {id_}" for number, id_ in enumerate(there, 1)),
    )


def _pixels(widget: QWidget) -> Frame:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    bits = image.constBits()
    assert bits is not None
    rows = np.frombuffer(bits.asarray(image.sizeInBytes()), np.uint8)
    rows = rows.reshape(image.height(), image.bytesPerLine())[:, : 3 * image.width()]
    return rows.reshape(image.height(), image.width(), 3).copy()
