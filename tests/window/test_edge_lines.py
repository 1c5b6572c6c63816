"""Connections on the stage: between the right places, of the right signs, only while all rests."""

from __future__ import annotations

import numpy as np
import pytest
from opening import Open, run_out, settled
from painted import pixels
from PyQt6.QtCore import QLineF, QPoint, QPointF, QRectF, Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.measure.edges import edges
from viz.model.snapshot import Unit
from viz.nets import networks
from viz.scene.digits import number
from viz.views import theme as themes
from viz.window.edges import EdgeLines

REST_MS = 3_600_000
"""Until a test says that the time is over."""


@pytest.fixture
def application(open_application: Open, qtbot: QtBot) -> Application:
    application = open_application(number("31"))
    for timer in application.window.edges.findChildren(QTimer):
        timer.setInterval(REST_MS)
    settled(application, qtbot)
    return application


def rested(application: Application, qtbot: QtBot) -> EdgeLines:
    """Answered, and the time over that lines wait for, if they do."""
    settled(application, qtbot)
    QApplication.processEvents()
    lines = application.window.edges
    if lines.waiting:
        run_out(lines, REST_MS)
    return lines


def strongest(application: Application, layer: str) -> Unit:
    snapshot = application.document.snapshot
    assert snapshot is not None
    values = snapshot.maps[layer]
    return Unit(layer, *map(int, np.unravel_index(values.argmax(), values.shape)))


def centre(application: Application, unit: Unit) -> QPointF:
    """Where the view of a unit's layer has it, on the stage."""
    stage = application.window.stage
    view = {**stage.maps.mosaics, **stage.maps.barcodes}[unit.layer]
    return view.unit_rect(unit).center() + QPointF(view.mapTo(stage, QPoint()))


def is_at(point: QPointF, place: QPointF) -> bool:
    return (point - place).manhattanLength() < 0.01


@pytest.mark.parametrize("layer", ["S2", "C3", "S4"])
def test_lines_lead_from_the_unit_to_those_of_its_strongest_edges(
    layer: str, application: Application, qtbot: QtBot
) -> None:
    document, unit = application.document, strongest(application, layer)
    document.pin(unit)
    lines = rested(application, qtbot)
    assert lines.isVisible()
    snapshot = document.snapshot
    assert snapshot is not None
    found = edges(
        snapshot.image, snapshot.maps, networks.trained(), layer, (unit.map, unit.row, unit.column)
    )
    assert found is not None
    drawn = [each for each in lines.lines if each.share is not None]
    assert len(drawn) == len(found.below) + len(found.above) > 10
    here = centre(application, unit)
    for side in (found.below, found.above):
        largest = max(abs(each.product) for each in side)
        for each in side:
            there = centre(application, Unit(each.layer, each.map, each.row, each.column))
            assert any(
                is_at(line.line.p1(), here)
                and is_at(line.line.p2(), there)
                and line.share == pytest.approx(each.product / largest)
                for line in drawn
            )
    corners = [line.line.p2() for line in lines.lines if line.share is None]
    canvas, stage = application.window.canvas, application.window.stage
    top, left, height, width = snapshot.layer(layer).receptive_field(unit.row, unit.column)
    expected = [
        canvas.to_widget(x, y) + QPointF(canvas.mapTo(stage, QPoint()))
        for y in (top, top + height) for x in (left, left + width)
    ]  # fmt: skip
    assert len(corners) == 4
    assert all(any(is_at(corner, place) for corner in corners) for place in expected)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_hue_says_the_sign(theme: str, application: Application, qtbot: QtBot) -> None:
    application.window.appearance.fix(theme, 1.0)
    application.document.pin(strongest(application, "S4"))
    lines = rested(application, qtbot)
    shown = application.window.stage.grab().toImage()
    lut = themes.theme(theme).diverging
    seen = set()
    for each in lines.lines:
        if each.share is not None and abs(each.share) > 0.9:
            free = (each.line.pointAt(at / 20).toPoint() for at in (10, 14, 6, 17, 3))
            words = application.window.stage.words
            middle = next(at for at in free if not any(place.contains(at) for place in words))
            around = [
                shown.pixelColor(middle + QPoint(x, y)) for x in (-1, 0, 1) for y in (-1, 0, 1)
            ]
            red = any(c.red() > c.blue() + 60 for c in around)
            blue = any(c.blue() > c.red() + 60 for c in around)
            assert red if each.share > 0 else blue
            seen.add(each.share > 0)
    assert seen == {False, True} and lut[0] != lut[-1]


@pytest.mark.parametrize(("layer", "size"), [("C3", (1280, 720)), ("C5", (1024, 640))])
def test_no_line_crosses_names_and_numbers(
    layer: str, size: tuple[int, int], application: Application, qtbot: QtBot
) -> None:
    window, stage = application.window, application.window.stage
    window.resize(*size)
    window.presentation.toggle()
    settled(application, qtbot)
    application.document.pin(strongest(application, layer))
    lines = rested(application, qtbot)
    assert lines.isVisible()
    crossing = [
        view.layer.name
        for view in stage.maps.views
        for head in [QRectF(view.words[0]).translated(QPointF(view.mapTo(stage, QPoint())))]
        if any(
            each.line.intersects(QLineF(head.bottomLeft(), head.bottomRight()))[0]
            == QLineF.IntersectionType.BoundedIntersection
            for each in lines.lines
        )
    ]
    assert crossing, "or nothing is tested"
    with_lines = pixels(stage)
    lines.hide()
    differs = (with_lines != pixels(stage)).any(axis=2)
    assert differs.any()
    for place in stage.words:
        part = differs[place.top() : place.bottom() + 1, place.left() : place.right() + 1]
        assert not part.any(), place


def test_there_are_none_while_the_drawing_moves_and_again_at_rest(
    application: Application, qtbot: QtBot
) -> None:
    window, document = application.window, application.document
    document.pin(strongest(application, "C3"))
    lines = rested(application, qtbot)
    before = lines.lines
    assert lines.isVisible()
    QTest.keyClick(window.canvas, Qt.Key.Key_Right)
    settled(application, qtbot)
    assert document.scene != number("31")
    assert not lines.isVisible() and lines.waiting
    run_out(lines, REST_MS)
    assert lines.isVisible() and lines.lines != before
    # pressed on the canvas: not even at rest, before it is let go
    canvas = window.canvas
    at = canvas.image_rect().center().toPoint()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(canvas, at + QPoint(9, 4))
    settled(application, qtbot)
    run_out(lines, REST_MS)
    assert canvas.held and not lines.isVisible() and not lines.waiting
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at + QPoint(9, 4))
    assert rested(application, qtbot).isVisible()


def test_there_are_none_while_a_demonstration_plays(application: Application, qtbot: QtBot) -> None:
    window, document = application.window, application.document
    document.pin(strongest(application, "C3"))
    lines = rested(application, qtbot)
    window.player.pose(playing=True)
    assert not lines.isVisible()
    assert not rested(application, qtbot).isVisible()
    window.player.pose(playing=False)
    assert rested(application, qtbot).isVisible()


def test_a_film_has_none_in_any_frame(application: Application, qtbot: QtBot) -> None:
    window = application.window
    application.document.pin(strongest(application, "C3"))
    lines = rested(application, qtbot)
    assert lines.isVisible(), "a picture has them"
    for time, playing in ((0.0, False), (0.1, True), (0.2, False)):
        window.player.film(time, playing=playing)
        assert not rested(application, qtbot).isVisible()


def test_pointing_at_rest_shows_them_with_the_answer_and_leaving_takes_them_away(
    application: Application, qtbot: QtBot
) -> None:
    lines = rested(application, qtbot)
    assert not lines.isVisible() and not lines.waiting
    mosaic, unit = application.window.stage.maps.mosaics["C3"], strongest(application, "C3")
    where = mosaic.unit_position(unit).toPoint()
    QTest.mouseMove(mosaic, where - QPoint(30, 0))
    QTest.mouseMove(mosaic, where)
    qtbot.waitUntil(lines.isVisible)
    assert not lines.waiting
    QTest.mouseMove(mosaic, QPoint(2, 2))
    qtbot.waitUntil(lambda: not lines.isVisible())


def test_they_let_the_pointer_through(application: Application, qtbot: QtBot) -> None:
    window, unit = application.window, strongest(application, "C3")
    application.document.pin(unit)
    assert rested(application, qtbot).isVisible()
    handle = window.windowHandle()
    assert handle is not None
    at = window.stage.mapTo(window, centre(application, unit).toPoint())
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=at)
    assert application.document.pinned is None


def test_the_output_s_units_stand_in_the_scores_of_the_shown_window(
    application: Application, qtbot: QtBot
) -> None:
    document, window = application.document, application.window
    shown = document.shown_window()
    assert shown is not None
    scores = window.scores
    document.pin(Unit("output", 3, *shown))
    lines = rested(application, qtbot)
    foot = QPointF(scores.bar(3).center().x(), scores.bar(3).bottom())
    foot += QPointF(scores.mapTo(window.stage, QPoint()))
    drawn = [line for line in lines.lines if line.share is not None]
    assert len(drawn) == 16
    assert all((line.line.p1() - foot).manhattanLength() < 1 for line in drawn)
    document.select_window((shown[0], shown[1] + 1))
    assert not rested(application, qtbot).isVisible()
    document.select_window(None)
    document.pin(Unit("C5", 52, *shown))
    lines = rested(application, qtbot)
    left = [line for line in lines.lines if line.share is not None and line.line.dy() > 0
            and line.line.p2().x() < window.canvas.width()]  # fmt: skip
    assert len(left) == 11
    document.view.answer_hidden = True
    lines = rested(application, qtbot)
    assert len(lines.lines) == 4 + 16, "they would tell what is covered"


def test_views_that_are_hidden_have_no_lines(application: Application, qtbot: QtBot) -> None:
    stage = application.window.stage
    application.document.pin(strongest(application, "C3"))
    whole = rested(application, qtbot).lines
    stage.maps.mosaics["S2"].hide()
    stage.parts_changed.emit()
    lines = rested(application, qtbot)
    assert 0 < len(lines.lines) < len(whole)
    stage.maps.mosaics["C3"].hide()
    stage.parts_changed.emit()
    assert not rested(application, qtbot).isVisible()


def test_they_can_be_switched_off(application: Application, qtbot: QtBot) -> None:
    window = application.window
    application.document.pin(strongest(application, "C3"))
    assert rested(application, qtbot).isVisible()
    QTest.keyClick(window, Qt.Key.Key_W)
    assert not window.view.edges
    lines = rested(application, qtbot)
    assert not lines.isVisible() and not lines.waiting
    QTest.keyClick(window, Qt.Key.Key_W)
    assert rested(application, qtbot).isVisible()


def test_a_network_of_windows_and_a_resized_window_keep_them_in_place(
    application: Application, qtbot: QtBot
) -> None:
    document, window = application.document, application.window
    document.pin(strongest(application, "C3"))
    rested(application, qtbot)
    for change in (
        lambda: window.resize(1000, 640),
        lambda: document.set_network("blur"),
        lambda: document.apply(number("31", width=128), "wider"),
        lambda: window.presentation.toggle(),
    ):
        change()
        lines = rested(application, qtbot)
        assert lines.isVisible() and document.pinned is not None
        here = centre(application, document.pinned)
        assert all(is_at(line.line.p1(), here) for line in lines.lines)
