"""A document, a player and an engine joined as the program joins them, without threads.

Nothing is computed before a test says so: ``settle`` computes all there is, ``step`` the answer to
the latest request and one result of a measurement. So a test waits for nothing, and meets the same
order on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dressing import dress
from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viz.chapters.equivariance.live_shift import LiveShift
from viz.chapters.instrument import Context
from viz.chapters.panel import ChapterPanel
from viz.chapters.registry import chapters, of_chapter
from viz.engine.compute import Computer, Nets, UnavailableError
from viz.errors import UserError
from viz.model.document import Document
from viz.model.player import Player
from viz.model.snapshot import Request
from viz.scene import Scene
from viz.views.canvas.canvas import Canvas
from viz.views.paint_clock import PaintClock

_NO_MORE = object()


@dataclass(eq=False)
class _Measurement:
    """Results that are taken one by one, in turn with others'."""

    work: Callable[[Nets], Iterable[Any]]
    deliver: Callable[[Any], None]
    results: Iterator[Any] | None = None
    shown: bool = False


class StepEngine(QObject):
    """Stand in for ``viz.engine.engine.Engine``: same calls, signals and order, in the caller's
    thread.

    A newer request replaces the one that waits. Measurements take turns; a newer one under the same
    name replaces the older, but not before that has shown a result once it is under way.
    """

    snapshot_ready = pyqtSignal(object)
    failed = pyqtSignal(str)
    unavailable = pyqtSignal(str, str)
    measured = pyqtSignal()

    def __init__(self, nets: Nets) -> None:
        super().__init__()
        self._nets, self._computer = nets, Computer(nets)
        self._request: Request | None = None
        self._measurements: dict[str, _Measurement] = {}
        self._waiting: dict[str, _Measurement] = {}

    def post(self, request: Request) -> None:
        self._request = request

    def measure(
        self,
        name: str,
        work: Callable[[Nets], Iterable[Any]],
        deliver: Callable[[Any], None],
        *,
        rests: bool = False,
    ) -> None:
        measurement, older = _Measurement(work, deliver), self._measurements.get(name)
        if older is not None and older.results is not None and not older.shown:
            self._waiting[name] = measurement
        else:
            self._measurements.pop(name, None)
            self._measurements[name] = measurement

    def forget(self, name: str) -> None:
        self._waiting.pop(name, None)
        if self._measurements.pop(name, None) is not None and not self._measurements:
            self.measured.emit()

    @property
    def measuring(self) -> bool:
        return bool(self._measurements)

    def run_job(
        self,
        job: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        try:
            result = job()
        except Exception as error:
            failed(error)
        else:
            done(result)

    def answer(self) -> bool:
        """Compute the latest request; returns whether there was one."""
        request, self._request = self._request, None
        if request is None:
            return False
        try:
            snapshot = self._computer(request)
        except Exception as error:
            self._report(error)
        else:
            self.snapshot_ready.emit(snapshot)
        return True

    def step(self) -> bool:
        """Answer, then deliver one result of the measurement whose turn it is; returns whether
        there was anything to do."""
        answered = self.answer()
        if not self._measurements:
            return answered
        name, measurement = next(iter(self._measurements.items()))
        try:
            if measurement.results is None:
                measurement.results = iter(measurement.work(self._nets))
            result = next(measurement.results, _NO_MORE)
        except Exception as error:
            self._report(error)
            result = _NO_MORE
        del self._measurements[name]
        measurement.shown |= result is not None
        if measurement.shown and name in self._waiting:
            self._measurements[name] = self._waiting.pop(name)
        elif result is not _NO_MORE:
            self._measurements[name] = measurement
        if result is not _NO_MORE and result is not None:
            measurement.deliver(result)
        if not self._measurements:
            self.measured.emit()
        return True

    def _report(self, error: Exception) -> None:
        if isinstance(error, UnavailableError):
            self.unavailable.emit(error.network, str(error))
        known = isinstance(error, UserError)
        self.failed.emit(str(error) if known else f"{type(error).__name__}: {error}")


class Lab:
    """Instruments on the screen, fed with the snapshots of one document.

    ``canvas`` and ``live`` are what some instruments share; they exist once a test asks
    for them.
    """

    panel: ChapterPanel
    """The chapter on the screen, after ``open_chapter``."""
    instrument: Any
    """What ``show`` showed last, which lives as long as the lab."""

    def __init__(self, qtbot: QtBot, scene: Scene, nets: Nets) -> None:
        self._qtbot = qtbot
        self.nets = nets
        self.document, self.engine, self.clock = Document(scene), StepEngine(nets), PaintClock()
        self.player = Player(self.document, of_chapter)
        self.failures: list[str] = []
        self.engine.failed.connect(self.failures.append)
        self.engine.snapshot_ready.connect(self.document.show)
        self.document.request_changed.connect(self.engine.post)

    @cached_property
    def canvas(self) -> Canvas:
        """The drawing, 8 px of the screen to a pixel; a test that needs it in sight shows it."""
        canvas = Canvas(self.document, self.clock)
        scene = self.document.scene
        self._qtbot.addWidget(canvas)
        canvas.resize(8 * scene.width + 24, 8 * scene.height + 24)
        self.document.snapshot_changed.connect(canvas.show_snapshot)
        return canvas

    @cached_property
    def live(self) -> LiveShift:
        return self.context.shared(LiveShift)

    @cached_property
    def context(self) -> Context:
        """What instruments are built with."""
        return Context(self.document, self.engine, self.clock, self.canvas, self.player)  # type: ignore[arg-type]

    def show(
        self, id_: str, size: tuple[int, int] = (640, 300), theme: str = "dark", text_px: int = 13
    ) -> Any:
        """Show the instrument with this id, with all it measures of the present drawing."""
        found = (kind for one in chapters() for kind in one.instrument_types() if kind.id == id_)
        self.instrument = self.put(next(found)(self.context), size, theme, text_px)
        return self.instrument

    def put(
        self, view: Any, size: tuple[int, int] = (640, 300), theme: str = "dark", text_px: int = 13
    ) -> Any:
        """Show an instrument with all it measures of the present drawing; returns it."""
        self._qtbot.addWidget(view)
        dress(view, theme, text_px)
        view.resize(*size)
        self.document.snapshot_changed.connect(view.show_snapshot)
        view.show()
        self._qtbot.waitExposed(view)
        self.ask_again()
        return view

    def open_chapter(self, name: str, size: tuple[int, int] = (520, 280)) -> None:
        """Show a chapter's panel, in the light theme."""
        chapter = next(one for one in chapters() if one.id == name)
        self.panel = self.put(ChapterPanel(chapter, self.context), size, "light")

    def turn(self, index: int) -> None:
        """Show another instrument of the open chapter."""
        self.panel.choose(self.panel.instruments[index].id)
        self.settle()

    def go(self, scene: Scene) -> None:
        """Draw something else."""
        self.document.apply(scene, "go")
        self.settle()

    def ask_again(self) -> None:
        """Compute the drawing as it is, anew."""
        self.engine.post(self.document.request())
        self.settle()

    def settle(self) -> None:
        """Compute everything there is to compute, and let the screen show it."""
        while self.engine.step():
            pass
        QApplication.processEvents()
        if self.engine.step():  # a timer of 0 s asked for more
            self.settle()
        assert self.failures == []

    def wait_until(self, condition: Callable[[], object], timeout_ms: int = 5000) -> None:
        """Compute, and let time pass once all is computed, until something holds."""

        def holds() -> bool:
            while not condition():
                if not self.engine.step():
                    return False
            return True

        self._qtbot.waitUntil(holds, timeout=timeout_ms)


NewLab = Callable[..., Lab]
"""The fixture ``new_lab``: a scene, and networks of its own where the shared ones will not do."""
