"""Chapter 2 lays its instruments out, and all of them measure in the window's own panel."""

from __future__ import annotations

import pytest
from lab import NewLab
from opening import Open, answered, settled
from PyQt6.QtCore import QEvent, QPoint
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters.equivariance.measure import residual_curves, sweeps
from viz.chapters.instrument import MeasuredInstrument
from viz.scene.digits import number
from viz.scene.shifts import shifted
from viz.views.widgets.heatmap import Heatmap
from viz.views.widgets.line import Line
from viz.views.widgets.segmented import Segmented
from viz.views.widgets.table import Table


@pytest.fixture(autouse=True)
def few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sweeps and residuals measure few points: no test here is about their curves."""
    monkeypatch.setattr(sweeps, "COARSE", 3)
    monkeypatch.setattr(sweeps, "FINE", 5)
    monkeypatch.setattr(residual_curves, "STEPS", (2.0,))


def test_each_instrument_shows_the_shift_that_was_made(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    lab.open_chapter("equivariance")
    titles = [instrument.title for instrument in lab.panel.instruments]
    assert titles[:3] == ["Displacement", "Difference", "Residual"]
    lab.go(shifted(number("31"), 6, 0))
    for index in range(3):
        lab.turn(index)
    table, difference, residual = lab.panel.instruments[:3]
    assert table.table.rows[0][1:3] == ("6.00", "0.00")  # type: ignore[attr-defined]
    assert difference.map[0] == "C1"  # type: ignore[attr-defined]
    assert residual.plot.mark == 6 and residual.plot.series  # type: ignore[attr-defined]


def places(view: QWidget) -> list[QPoint]:
    """Where one points at what a view shows."""
    if isinstance(view, Segmented):
        return [view.option_rect(option.value).center().toPoint() for option in view.options]
    if isinstance(view, Table):
        rows = [QPoint(5, 5), *(QPoint(5, round(k * view.pitch)) for k in range(3, 9))]
        return [at + QPoint(round(p.left), 0) for p in view.places() for at in rows]
    if isinstance(view, Heatmap):
        return [view.cell_rect(3, 3).center().toPoint()]
    return [view.rect().center()]


def painted(instrument: QWidget) -> list[QWidget]:
    """The views that an instrument consists of; a line that is whole has said all."""
    found = [view for view in instrument.findChildren(QWidget) if view.isVisible()]
    leaves = [view for view in found if not any(w.parent() is view for w in found)]
    return [view for view in leaves if not isinstance(view, Line) or view.is_elided]


def test_wherever_one_points_there_is_a_tip(qtbot: QtBot) -> None:
    """A number's formula on hover: no instrument has a part that says nothing."""
    application = Application(keep=False)
    window, document = application.window, application.document
    qtbot.addWidget(window)
    window.appearance.fix("dark", 1.0)
    window.resize(1280, 720)
    window.show()
    application.start()
    asked = 0
    try:
        document.view.chapter = "equivariance"
        document.apply(number("31"), "draw")
        panel = window.panels.shown
        assert panel is not None
        for instrument in panel.instruments:
            if not isinstance(instrument, MeasuredInstrument):
                continue
            panel.choose(instrument.id)
            qtbot.waitUntil(
                lambda: document.snapshot is not None and not application.engine.measuring,
                timeout=30_000,
            )
            for view in painted(instrument):
                for at in places(view):
                    QToolTip.showText(QPoint(0, 0), "nothing", view)
                    event = QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at))
                    QApplication.sendEvent(view, event)
                    told = QToolTip.text()
                    assert told not in ("", "nothing"), (instrument.title, view, at)
                    asked += 1
        assert asked > 50
    finally:
        QToolTip.hideText()
        window.close()


def test_an_opened_session_has_its_shift_whatever_was_on_the_screen(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    window, document = application.window, application.document
    document.view.chapter = "equivariance"
    panel = window.panels.shown
    assert panel is not None
    for instrument in panel.instruments:
        for elsewhere in ("live", "equivariance"):
            document.apply(number("31"), "draw")
            answered(application, qtbot)
            document.apply(shifted(number("31"), 4, -1), "move")
            panel.choose(instrument.id)
            session = window.session_store.capture()  # before the snapshot has come
            document.view.chapter = "live"
            document.apply(number("8"), "draw")
            answered(application, qtbot)
            document.view.chapter = elsewhere
            answered(application, qtbot)
            window.session_store.restore(session)
            answered(application, qtbot)
            assert panel.current is instrument
            kept = window.session_store.capture().instruments["displacement"]
            assert kept == session.instruments["displacement"]
            assert kept == {"shift": [4.0, -1.0], "partly": False}
            panel.choose("displacement")
            settled(application, qtbot)
            table = panel.instruments[0].table  # type: ignore[attr-defined]
            assert table.rows[0][1:3] == ("4.00", "−1.00")
