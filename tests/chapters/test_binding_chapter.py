"""Chapter 4 lays its instruments out; they speak of one part, and leave no trace when left."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from viz import theme as themes
from viz.chapters import Context, chapters
from viz.chapters.panel import ChapterPanel
from viz.compute import Computer, Nets
from viz.document import Document
from viz.engine import Engine
from viz.measure.part import Part
from viz.player import Player
from viz.scene.digits import number
from viz.views.canvas.canvas import Canvas
from viz.views.paint_clock import PaintClock


def test_the_instruments_agree_and_tidy_up(qtbot: QtBot) -> None:
    document, engine, clock = Document(number("31")), Engine(), PaintClock()
    canvas, player = Canvas(document, clock), Player(document)
    chapter = next(one for one in chapters() if one.id == "binding")
    failed: list[str] = []
    engine.failed.connect(failed.append)
    panel = ChapterPanel(chapter, Context(document, engine, clock, canvas, player))
    for widget in (canvas, panel):
        qtbot.addWidget(widget)
    panel.resize(520, 280)
    panel.set_theme(themes.theme("dark"), 13)
    engine.start()
    panel.show()
    document.show(Computer(Nets())(document.request()))
    try:
        map_, interaction, trajectory = panel.instruments
        panel.show_snapshot(document.snapshot)  # type: ignore[arg-type]
        _, on = map_.bar.findChildren(QToolButton)  # type: ignore[attr-defined]
        QTest.mouseClick(on, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not engine.measuring, timeout=30_000)
        assert map_.result.part == Part(0, 1) and map_.result.finished  # type: ignore[attr-defined]
        assert canvas._overlay is not None
        panel.choose(1)
        qtbot.waitUntil(lambda: not engine.measuring, timeout=30_000)
        assert canvas._overlay is None
        assert interaction.result.part == Part(0, 1)  # type: ignore[attr-defined]
        assert document.marks is not None
        panel.choose(2)
        qtbot.waitUntil(lambda: not engine.measuring, timeout=30_000)
        assert document.marks is None
        assert trajectory.bar.text.startswith("A: stroke 2 of the 3")  # type: ignore[attr-defined]
        panel.choose(0)
        document.select(())
        assert canvas._pointed_out
        panel.hide()
        assert canvas._overlay is None and not canvas._pointed_out
        qtbot.waitUntil(lambda: not engine.measuring, timeout=30_000)
        assert failed == []
    finally:
        engine.stop()
