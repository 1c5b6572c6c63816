"""A bench for the tests of the binding instruments: document, canvas, player and a real engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viz import theme as themes
from viz.document import Document
from viz.engine import Engine
from viz.player import Player
from viz.scene import Scene
from viz.snapshot import Snapshot
from viz.views.binding.part import PartChoice
from viz.views.canvas.canvas import Canvas
from viz.views.paint_clock import PaintClock


class Bench:
    """Hands every snapshot to the instrument, as the chapter's panel does."""

    def __init__(self, qtbot: QtBot, scene: Scene) -> None:
        self.qtbot = qtbot
        self.document, self.engine = Document(scene), Engine()
        self.canvas = Canvas(self.document, PaintClock())
        self.player = Player(self.document)
        self.choice = PartChoice(self.document, self.player)
        self.instrument: QWidget | None = None
        qtbot.addWidget(self.canvas)
        self.canvas.resize(8 * scene.width + 24, 8 * scene.height + 24)
        self.document.request_changed.connect(self.engine.post)
        self.engine.snapshot_ready.connect(self.document.show)
        self.document.snapshot_changed.connect(self._show)

    def _show(self, snapshot: Snapshot) -> None:
        self.canvas.show_snapshot(snapshot)
        if self.instrument is not None:
            self.instrument.show_snapshot(snapshot)  # type: ignore[attr-defined]

    def put(self, instrument: QWidget, width: int = 640, height: int = 320) -> None:
        """Bring the instrument to the screen and wait for its first result."""
        self.qtbot.addWidget(instrument)
        self.instrument = instrument
        instrument.resize(width, height)
        instrument.set_theme(themes.theme("dark"), 13)  # type: ignore[attr-defined]
        self.canvas.show()
        instrument.show()
        self.qtbot.waitExposed(instrument)
        self.engine.post(self.document.request())
        self.settle()

    def settle(self) -> None:
        """Wait until everything asked for is on the screen."""
        self.qtbot.waitUntil(self._settled, timeout=30_000)

    def _settled(self) -> bool:
        snapshot = self.document.snapshot
        return (
            snapshot is not None
            and snapshot.request.number == self.document._number
            and not self.engine.measuring
        )


@contextmanager
def bench(qtbot: QtBot, scene: Scene) -> Iterator[Bench]:
    """A running bench, whose threads end with it."""
    made = Bench(qtbot, scene)
    made.engine.start()
    try:
        yield made
    finally:
        made.engine.stop()
