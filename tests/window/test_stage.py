"""The stage in the real window: one place for each thing, edges that stay while dragged, controls
that fold and open, Esc one step back."""

from __future__ import annotations

from pathlib import Path

import pytest
from opening import Open
from opening import settled as answered
from PyQt6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters.registry import chapter_ids
from viz.model.snapshot import Unit
from viz.scene.digits import number
from viz.window.main_window import MainWindow
from viz.window.record_dialog import RecordOptions
from viz.window.record_strip import RecordStrip

ESC = Qt.Key.Key_Escape


@pytest.fixture
def application(open_application: Open, qtbot: QtBot) -> Application:
    application = open_application(number("31"))
    settled(application, qtbot)
    return application


def settled(application: Application, qtbot: QtBot) -> None:
    """Wait for the network, and for what Qt's own layouts of head and foot put off."""
    answered(application, qtbot)
    qtbot.wait(20)


def places(window: MainWindow) -> dict[str, QRect]:
    """Where the parts of the stage are, as far as they are to be seen."""
    parts: dict[str, QWidget] = {
        "answer": window.answer, "canvas": window.canvas, "scores": window.scores,
        "palette": window.palette_strip, "sliders": window.transform_panel,
        "instrument": window.stage.instrument, **window.stage.maps.mosaics,
        **window.stage.maps.barcodes,
    }  # fmt: skip
    return {
        name: QRect(part.mapTo(window, QPoint()), part.size())
        for name, part in parts.items()
        if part.isVisible()
    }


def present(window: MainWindow, qtbot: QtBot) -> None:
    """Present in a window as large as it is: a full screen has another size without a screen."""
    size, screen = window.size(), window.screen()
    assert screen is not None and screen.size() != size
    window.presentation.toggle()
    qtbot.waitUntil(lambda: window.size() == screen.size())
    window.resize(size)
    qtbot.waitUntil(lambda: window.size() == size)


@pytest.mark.parametrize("size", [(911, 512), (1024, 640), (1280, 720), (1920, 1080)])
def test_each_thing_has_one_place_in_every_chapter_and_instrument(
    size: tuple[int, int], application: Application, qtbot: QtBot
) -> None:
    window, view = application.window, application.document.view
    window.resize(*size)
    settled(application, qtbot)
    usual = places(window)
    assert usual.keys() >= {"answer", "canvas", "scores", "instrument", "C1", "S4", "C5"}
    for chapter in chapter_ids():
        view.chapter = chapter
        panel = window.panels.shown
        assert panel is not None
        for instrument in panel.instruments:
            panel.choose(instrument.id)
            assert places(window) == usual and instrument.isVisible(), instrument.id
        panel.choose(panel.instruments[0].id)
        application.document.pin(Unit("C3", 7, 4, 12))
        assert places(window) == usual and panel.unit.isVisible()
        application.document.pin(None)
        assert panel.instruments[0].isVisible()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_presenting_folds_the_controls_alone_and_enlarges_the_canvas(
    size: tuple[int, int], application: Application, qtbot: QtBot
) -> None:
    window = application.window
    window.resize(*size)
    settled(application, qtbot)
    usual, canvas = places(window), window.canvas.image_rect()
    present(window, qtbot)
    shown = places(window)
    assert usual.keys() - shown.keys() == {"palette", "sliders"} and not shown.keys() - usual.keys()
    assert window.stage.title.isVisible() and not window.stage.button.isVisible()
    assert window.canvas.image_rect().width() >= canvas.width()
    assert shown["instrument"].height() >= 0.34 * window.stage.height()
    QTest.keyClick(window, ESC)
    qtbot.waitUntil(lambda: window.size() == QSize(*size))
    settled(application, qtbot)
    assert places(window) == usual


def test_the_answer_row_lies_exactly_over_the_canvas(
    application: Application, qtbot: QtBot
) -> None:
    window, canvas = application.window, application.window.canvas
    for size in ((1280, 720), (1000, 600)):
        window.resize(*size)
        settled(application, qtbot)
        over = window.answer.mapFrom(window, canvas.mapTo(window, QPoint()))
        middle = canvas.to_widget(16, 0).x()  # of the first window
        assert window.answer.window_x(0) == pytest.approx(over.x() + middle, abs=1e-6)


def test_the_stage_of_a_picture_has_a_margin_below_where_no_line_follows(
    application: Application, qtbot: QtBot
) -> None:
    window = application.window
    window.view.stage_only = True
    settled(application, qtbot)
    shown = places(window)
    title = window.stage.title
    assert title.y() == window.height() - 1 - shown["instrument"].bottom() == 8
    assert shown["answer"].top() == title.geometry().bottom() + 1


@pytest.mark.parametrize("beside", [False, True])
def test_an_edge_of_the_canvas_stays_under_the_pointer_that_drags_it(
    beside: bool, application: Application, qtbot: QtBot
) -> None:
    window, document, canvas = application.window, application.document, application.window.canvas
    if beside:
        QTest.keyClick(window, Qt.Key.Key_F)
    before = places(window)
    rect = canvas.image_rect()
    edge = QPoint(round(rect.right()) + 5, round(rect.center().y()))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=edge)
    for step in range(1, 9):
        QTest.mouseMove(canvas, edge - QPoint(12 * step, 0))
        qtbot.wait(20)
    settled(application, qtbot)
    assert document.scene.width < 56
    assert places(window) == before
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=edge - QPoint(96, 0))
    assert places(window)["C1"] != before["C1"]


def test_folded_controls_are_reached_by_tab_and_closed_by_esc(
    application: Application, qtbot: QtBot
) -> None:
    window, stage = application.window, application.window.stage
    window.resize(window.minimumSize())
    settled(application, qtbot)
    assert (window.width(), window.height()) == (910, 512)
    assert stage.button.isVisible() and not window.kernels.isVisible()
    closed = places(window)
    window.canvas.setFocus()
    for _ in range(60):
        if stage.button.hasFocus():
            break
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert stage.button.hasFocus() and stage.button.accessibleName()
    QTest.keyClick(stage.button, Qt.Key.Key_Return)
    for part in (window.palette_strip, window.transform_panel, window.kernels):
        assert part.isVisible()
        middle = part.mapTo(window, part.rect().center())
        over = window.childAt(middle)
        assert over is part or part.isAncestorOf(over), "nothing lies over it"
    row = window.transform_panel.rows["dx"]
    row.number.setFocus()
    row.number.selectAll()
    QTest.keyClicks(row.number, "4\r")
    assert application.document.scene.transform.dx == 4
    QTest.keyClick(window, ESC)
    assert places(window) == closed and not window.kernels.isVisible()
    assert window.canvas.hasFocus()
    QTest.mouseClick(stage.button, Qt.MouseButton.LeftButton)
    window.resize(1920, 1080)
    settled(application, qtbot)
    assert not stage.button.isVisible() and window.kernels.isVisible()
    window.resize(window.minimumSize())
    settled(application, qtbot)
    assert not window.kernels.isVisible(), "they fold again"
    assert stage.button.text() == "Controls"
    window.resize(1280, 720)
    settled(application, qtbot)
    assert window.transform_panel.isVisible() and stage.button.text() == "Kernels"


def test_esc_goes_back_one_step_at_a_time(application: Application, qtbot: QtBot) -> None:
    window, document = application.window, application.document
    present(window, qtbot)
    document.select_window((0, 3))
    document.pin(Unit("C3", 7, 4, 12))
    document.select((0,))
    left = []
    for _ in range(4):
        QTest.keyClick(window.canvas, ESC)
        left.append(
            (len(document.selection), document.pinned is not None,
             document.window is not None, window.view.presenting)
        )  # fmt: skip
    assert left == [
        (0, True, True, True), (0, False, True, True), (0, False, False, True),
        (0, False, False, False),
    ]  # fmt: skip


def test_a_recording_moves_nothing(
    application: Application, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = application.window
    window.commands.actions["projection"].trigger()
    settled(application, qtbot)
    before = places(window)
    process = window.recorder.process
    monkeypatch.setattr(process, "start", lambda *_: None)
    options = RecordOptions("mp4", False, (1280, 720), 30, tmp_path / "a.mp4")
    window.recorder.start(options, window.session_store.capture())
    process.counted.emit(3, 240)
    strip = window.findChild(RecordStrip)
    assert strip is not None
    qtbot.waitUntil(strip.cancel.isVisible)
    assert places(window) == before
    strip.hide()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_projected_controls_are_read_from_the_last_row(
    size: tuple[int, int], application: Application, qtbot: QtBot
) -> None:
    window = application.window
    window.resize(*size)
    window.commands.actions["projection"].trigger()
    settled(application, qtbot)
    window.stage.button.setChecked(True)
    least = size[1] / 45
    panel = window.transform_panel
    for part in (panel.target, window.palette_strip.handwritings):
        assert part.isVisible() and part.font().pixelSize() >= least
    for row in panel.rows.values():
        for part in (row.label, row.number):
            assert part.font().pixelSize() >= least
            assert part.height() >= part.fontMetrics().height(), "whole lines"


def test_maps_of_another_network_of_the_same_layers_stand_in_the_same_places(
    application: Application, qtbot: QtBot
) -> None:
    usual = places(application.window)
    for name in ("no-augmentation", "no-none", "max"):
        application.document.set_network(name)
        settled(application, qtbot)
        assert places(application.window) == usual, name


def test_places_do_not_depend_on_the_sizes_before(application: Application, qtbot: QtBot) -> None:
    window, found = application.window, []
    for size in ((3000, 1700), (1280, 720), (910, 512), (1280, 720)):
        window.resize(*size)
        settled(application, qtbot)
        found.append(places(window))
    assert found[1] == found[3]


def test_what_was_frozen_leaves_no_connection_behind(
    application: Application, qtbot: QtBot
) -> None:
    window, view = application.window, application.document.view
    counts = []
    for _ in range(4):
        for _ in range(2):  # on and off
            window.comparison.toggle()
            settled(application, qtbot)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        counts.append(view.receivers(view.changed))
    assert len(set(counts)) == 1
