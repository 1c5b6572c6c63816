"""Chapter 5 in the real window: its instruments measure, and what they point at is marked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters.sliding_window.measure import TOLERANCE
from viz.scene.digits import number


@pytest.fixture
def application(qtbot: QtBot) -> Iterator[Application]:
    opened = Application(number("31"), keep=False)
    qtbot.addWidget(opened.window)
    opened.window.resize(1280, 720)
    opened.window.show()
    opened.start()
    opened.document.view.chapter = "sliding-window"
    qtbot.waitUntil(lambda: opened.document.snapshot is not None, timeout=20000)
    yield opened
    opened.window.close()


def test_every_instrument_measures_the_drawing(application: Application, qtbot: QtBot) -> None:
    failed: list[str] = []
    application.engine.failed.connect(failed.append)
    panel = application.window.panels.shown
    assert panel is not None
    reading, cost, training = panel.instruments
    assert [instrument.title for instrument in panel.instruments] == ["Reading", "Cost", "Training"]
    assert all(instrument.tip.endswith(".") for instrument in panel.instruments)
    qtbot.waitUntil(lambda: reading.reading is not None, timeout=20000)  # type: ignore[attr-defined]
    assert reading.reading.text == "31"  # type: ignore[attr-defined]
    panel.choose("cost")
    qtbot.waitUntil(lambda: cost.cost is not None and cost.cost.done == 9, timeout=20000)  # type: ignore[attr-defined]
    assert cost.cost.difference <= TOLERANCE  # type: ignore[attr-defined]
    panel.choose("training")
    qtbot.waitUntil(lambda: len(training.readings) == 3, timeout=20000)  # type: ignore[attr-defined]
    assert training.readings["max"].text == "31"  # type: ignore[attr-defined]
    assert failed == []


def test_a_window_pointed_at_is_marked_on_the_canvas(
    application: Application, qtbot: QtBot
) -> None:
    panel = application.window.panels.shown
    assert panel is not None
    view = panel.instruments[0]
    qtbot.waitUntil(lambda: view.reading is not None, timeout=20000)  # type: ignore[attr-defined]
    view.grab()  # type: ignore[attr-defined]
    canvas, document = application.window.canvas, application.document
    before = canvas.grab().toImage()
    place = QPoint(round(view._columns.x(7)), view.fontMetrics().height() + 8)  # type: ignore[attr-defined]
    qtbot.mouseMove(view, place)
    assert document.shown_window() == (0, 7)
    assert canvas.grab().toImage() != before
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert document.window == (0, 7)
    document.view.chapter = "live"  # which lets the window go
    assert document.shown_window() != (0, 7), "nothing is hovered out of sight"
