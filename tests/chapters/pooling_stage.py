"""A stage for the tests of the pooling chapter: its panel on the screen and a real engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from viz import theme as themes
from viz.chapters import Context, chapters
from viz.chapters.panel import ChapterPanel
from viz.compute import Computer, Nets
from viz.document import Document
from viz.engine import Engine
from viz.player import Player
from viz.scene.digits import number
from viz.snapshot import Snapshot
from viz.views.canvas.canvas import Canvas
from viz.views.paint_clock import PaintClock
from viz.views.pooling.change import PoolingChange
from viz.views.pooling.maps import PoolingMaps
from viz.views.pooling.toy import PoolingToy

LEFT = Qt.MouseButton.LeftButton


@dataclass
class Shown:
    """The panel on the screen, and how to show it the present drawing."""

    document: Document
    engine: Engine
    panel: ChapterPanel
    computer: Computer
    qtbot: QtBot

    @property
    def instruments(self) -> tuple[PoolingToy, PoolingMaps, PoolingChange]:
        """Those that share the operator; Steps has a test of its own."""
        return self.panel.instruments[:3]  # type: ignore[return-value]

    def show(self) -> Snapshot:
        snapshot = self.computer(self.document.request())
        self.document.show(snapshot)
        self.panel.show_snapshot(snapshot)
        self.settle()
        return snapshot

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.engine.measuring, timeout=20_000)

    def turn(self, index: int) -> None:
        self.panel.choose(index)
        self.settle()


@contextmanager
def opened(qtbot: QtBot, nets: Nets) -> Iterator[Shown]:
    """The chapter with a 31; nothing may have failed in the end."""
    document, engine, clock = Document(number("31")), Engine(), PaintClock()
    canvas, player = Canvas(document, clock), Player(document)
    chapter = next(one for one in chapters() if one.id == "pooling")
    panel = ChapterPanel(chapter, Context(document, engine, clock, canvas, player))
    failed: list[str] = []
    engine.failed.connect(failed.append)
    for widget in (canvas, panel):
        qtbot.addWidget(widget)
    panel.resize(520, 280)
    panel.set_theme(themes.theme("light"), 13)
    engine.start()
    panel.show()
    shown = Shown(document, engine, panel, Computer(nets), qtbot)
    shown.show()
    yield shown
    engine.stop()
    assert failed == []
