"""Enlarging: any panel and any map has the whole stage, by Z and by a double click, and back."""

from __future__ import annotations

import numpy as np
import pytest
from opening import Open, settled
from painted import pixels
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QCursor
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QTabBar, QWidget
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.model.snapshot import Unit
from viz.scene.digits import number
from viz.session.session import Session
from viz.window.main_window import MainWindow
from viz.window.stage import Stage

Z, ESC, LEFT = Qt.Key.Key_Z, Qt.Key.Key_Escape, Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
PANELS = ("canvas", "scores", "instrument", "C1", "S2", "C3", "S4", "C5")


@pytest.fixture
def application(open_application: Open, qtbot: QtBot) -> Application:
    application = open_application(number("31"))
    settled(application, qtbot)
    return application


def parts(stage: Stage) -> dict[str, QWidget]:
    """The parts that can be enlarged, by their names."""
    assert stage.live is not None
    return {
        "canvas": stage.canvas, "scores": stage.live.scores, "instrument": stage.instrument,
        **stage.maps.mosaics, **stage.maps.barcodes,
    }  # fmt: skip


def visible(stage: Stage) -> set[str]:
    return {name for name, part in parts(stage).items() if part.isVisible()}


def point_at(widget: QWidget, monkeypatch: pytest.MonkeyPatch, at: QPoint | None = None) -> None:
    place = widget.mapToGlobal(widget.rect().center() if at is None else at)
    monkeypatch.setattr(QCursor, "pos", lambda: QPoint(place))


@pytest.mark.parametrize("presenting", [False, True])
def test_z_gives_what_is_under_the_pointer_the_whole_stage_and_gives_it_back(
    presenting: bool, application: Application, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, view, stage = application.window, application.document.view, application.window.stage
    if presenting:
        QTest.keyClick(window, Qt.Key.Key_F5)
    settled(application, qtbot)
    usual = {name: part.geometry() for name, part in parts(stage).items()}
    for name in PANELS:
        part = parts(stage)[name]
        point_at(part, monkeypatch)
        QTest.keyClick(window, Z)
        assert view.enlarged == name and visible(stage) == {name}
        assert window.commands.actions["enlarge"].isChecked()
        assert stage.answer.isVisible() == (name == "canvas")
        assert part.width() >= stage.width() - 24 and part.height() >= 0.7 * stage.height()
        assert stage.title.isVisible() == presenting and window.hint_line.isVisible()
        QTest.keyClick(window, Z)
        assert not view.enlarged and visible(stage) == set(PANELS)
        assert {name: part.geometry() for name, part in parts(stage).items()} == usual
    assert view.presenting == presenting


def test_without_anything_under_the_pointer_the_last_one_is_enlarged(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, view = application.window, application.document.view
    point_at(window.head, monkeypatch)
    QTest.keyClick(window, Z)
    assert view.enlarged == "canvas"
    view.enlarged = "S2"
    QTest.keyClick(window, Z)
    QTest.keyClick(window, Z)
    assert view.enlarged == "S2"


def heads(window: MainWindow) -> dict[str, tuple[QWidget, QPoint]]:
    """What is double-clicked for each panel, and where."""
    stage = window.stage
    panel = window.panels.shown
    assert panel is not None and stage.live is not None
    tabs = panel.findChild(QTabBar, "instruments")
    assert isinstance(tabs, QTabBar)
    layers = {**stage.maps.mosaics, **stage.maps.barcodes}
    return {
        "canvas": (stage.answer, QPoint(4, 4)),
        "scores": (stage.live.scores, QPoint(20, 8)),
        "instrument": (tabs, QPoint(tabs.width() - 8, 8)),
        **{name: (view, QPoint(8, 8)) for name, view in layers.items()},
    }


def test_a_double_click_on_its_head_does_the_same(application: Application) -> None:
    window, view = application.window, application.document.view
    for name in PANELS:
        for expected in (name, ""):
            widget, at = heads(window)[name]
            QTest.mouseClick(widget, LEFT, pos=at)
            QTest.mouseDClick(widget, LEFT, pos=at)
            assert view.enlarged == expected
    assert application.document.pinned is None
    tabs, _ = heads(window)["instrument"]
    assert isinstance(tabs, QTabBar)
    QTest.mouseDClick(tabs, LEFT, pos=tabs.tabRect(1).center())
    assert view.enlarged == "instrument"


def double_click(view: QWidget, at: QPoint) -> None:
    """Click twice, as Qt tells it of a pointer: press, release, double click, release."""
    QTest.mouseClick(view, LEFT, pos=at)
    QTest.mouseDClick(view, LEFT, pos=at)


def test_a_double_click_on_a_map_enlarges_it_and_leaves_the_pin(application: Application) -> None:
    window, document, view = application.window, application.document, application.document.view
    mosaic = window.stage.maps.mosaics["C3"]
    unit, other = Unit("C3", 7, 2, 3), Unit("C1", 4, 9, 9)
    panel = window.panels.shown
    assert panel is not None
    panel.choose("histogram")
    for pinned in (None, other, unit):
        if pinned is not None:
            document.pin(pinned)
        instrument = panel.current.id
        double_click(mosaic, mosaic.unit_position(unit).toPoint())
        assert (view.enlarged, document.pinned) == ("C3:7", pinned)
        assert panel.current.id == instrument
        double_click(mosaic, mosaic.unit_position(Unit("C3", 7, 5, 20)).toPoint())
        assert (view.enlarged, document.pinned) == ("", pinned)
    document.pin(None)
    barcode = window.stage.maps.barcodes["C5"]
    double_click(barcode, barcode.rect().center())
    assert view.enlarged == "C5" and document.pinned is None
    double_click(barcode, barcode.rect().center())
    assert view.enlarged == ""


def test_a_double_click_with_ctrl_ablates_and_restores_and_between_maps_does_nothing(
    application: Application,
) -> None:
    document, mosaic = application.document, application.window.stage.maps.mosaics["C3"]
    at, control = mosaic.unit_position(Unit("C3", 7, 2, 3)).toPoint(), Qt.KeyboardModifier
    QTest.mouseClick(mosaic, LEFT, control.ControlModifier, at)
    QTest.mouseDClick(mosaic, LEFT, control.ControlModifier, at)
    assert document.ablated == {} and document.undo_stack.count() == 2
    double_click(mosaic, QPoint(mosaic.width() - 1, mosaic.height() - 1))
    assert document.view.enlarged == "" and document.pinned is None


def test_esc_returns_first_then_unpins_lets_the_window_go_and_leaves(
    application: Application,
) -> None:
    window, document, view = application.window, application.document, application.document.view
    QTest.keyClick(window, Qt.Key.Key_F5)
    document.pin(Unit("C3", 7, 2, 3))
    document.select_window((0, 2))
    QTest.keyClick(window, Z, SHIFT)
    assert view.enlarged == "C3:7", "that of the pinned unit"
    states = []
    for _ in range(5):
        QTest.keyClick(window, ESC)
        states.append((view.enlarged, document.pinned is not None, document.window is not None,
                       view.presenting))  # fmt: skip
    assert states == [
        ("C3", True, True, True),
        ("", True, True, True),
        ("", False, True, True),
        ("", False, False, True),
        ("", False, False, False),
    ]


def test_units_of_an_enlarged_layer_and_map_are_pointed_at_and_pinned(
    application: Application,
) -> None:
    window, document, view = application.window, application.document, application.document.view
    mosaic = window.stage.maps.mosaics["C3"]
    view.enlarged = "C3"
    cell = mosaic.unit_position(Unit("C3", 0, 0, 1)).x() - mosaic.unit_position(
        Unit("C3", 0, 0, 0)
    ).x()  # fmt: skip
    assert cell >= 6
    unit = Unit("C3", 12, 4, 5)
    QTest.mouseMove(mosaic, mosaic.unit_position(unit).toPoint())
    assert document.hovered == unit
    QTest.keyClick(window, Z, SHIFT)
    assert view.enlarged == "C3:12"
    last = Unit("C3", 12, 9, 25)
    assert mosaic.unit_at(mosaic.unit_position(last)) == last
    assert mosaic.unit_position(last).x() > 0.9 * mosaic.width()
    QTest.mouseClick(mosaic, LEFT, pos=mosaic.unit_position(last).toPoint())
    assert document.pinned == last and view.enlarged == "C3:12"
    assert mosaic.unit_at(QPointF(mosaic.width() / 2, mosaic.height() - 2)) is None
    QTest.keyClick(window, Z, SHIFT)
    assert view.enlarged == "C3"


def test_shift_z_beside_the_maps_says_what_to_point_at(application: Application) -> None:
    window = application.window
    application.document.hover(None)
    QTest.keyClick(window, Z, SHIFT)
    assert not window.view.enlarged and "Shift+Z" in window.hint_line.hint


def test_a_map_has_its_numbers_where_they_have_room_and_they_follow(
    application: Application, qtbot: QtBot
) -> None:
    window, document, view = application.window, application.document, application.document.view
    mosaic = window.stage.maps.mosaics["S4"]

    def colours(unit: Unit) -> int:
        """How many colours the cell of a unit shows: more than one, if a number is written in."""
        middle = mosaic.unit_position(unit).toPoint()
        cell = pixels(mosaic)[middle.y() - 4 : middle.y() + 4, middle.x() - 4 : middle.x() + 4]
        return len(np.unique(cell.reshape(-1, 3), axis=0))

    snapshot = document.snapshot
    assert snapshot is not None
    strongest = snapshot.maps["S4"].max((1, 2)).argmax()
    map_ = int(strongest)
    row, column = np.unravel_index(snapshot.maps["S4"][map_].argmax(), (5, 13))
    unit = Unit("S4", map_, int(row), int(column))
    view.enlarged = "S4"
    assert colours(unit) == 1
    view.enlarged = f"S4:{map_}"
    assert colours(unit) > 2
    before = pixels(mosaic)
    document.apply(number("55"), "another digit")
    settled(application, qtbot)
    assert not np.array_equal(pixels(mosaic), before)


def test_what_the_network_has_not_is_not_enlarged(application: Application, qtbot: QtBot) -> None:
    window, view = application.window, application.document.view
    for name in ("S4:50", "C9", "C9:1", "C5:3", ":", "S4:99999999999999999999"):
        view.enlarged = name
        assert visible(window.stage) == set(PANELS)
        settled(application, qtbot)
        assert view.enlarged == ""
    view.enlarged = "C3:7"
    application.document.set_network("average")
    settled(application, qtbot)
    assert view.enlarged == "C3:7" and visible(window.stage) == {"C3"}
    window.view.chapter = "pooling"
    assert visible(window.stage) == {"C3"}


def test_beside_a_both_show_an_enlarged_layer_and_b_alone_the_scores(
    application: Application, qtbot: QtBot
) -> None:
    window, view = application.window, application.document.view
    QTest.keyClick(window, Qt.Key.Key_F)
    settled(application, qtbot)
    other = window.comparison.stage
    assert other is not None
    view.enlarged = "C3"
    mosaics = [stage.maps.mosaics["C3"] for stage in (other, window.stage)]
    assert all(mosaic.isVisible() for mosaic in mosaics)
    assert mosaics[0].size() == mosaics[1].size()
    assert window.stage.caption.isVisible() and other.caption.isVisible()
    view.enlarged = "scores"
    assert not other.isVisible() and visible(window.stage) == {"scores"}
    assert window.stage.height() == window.area.height()
    view.enlarged = ""
    assert other.isVisible() and other.canvas.isVisible() and window.canvas.isVisible()


def test_a_session_keeps_what_is_enlarged(application: Application, qtbot: QtBot) -> None:
    window, view = application.window, application.document.view
    view.enlarged = "C3:7"
    kept = window.session_store.capture()
    assert kept.enlarged == "C3:7"
    window.session_store.restore(Session(number("5")))
    assert view.enlarged == ""
    window.session_store.restore(kept)
    settled(application, qtbot)
    assert view.enlarged == "C3:7" and visible(window.stage) == {"C3"}
    window.session_store.follow(Session(number("31")))
    assert view.enlarged == ""


def test_hidden_layers_have_caught_up_when_they_come_back(
    application: Application, qtbot: QtBot
) -> None:
    window, view = application.window, application.document.view
    mosaic = window.stage.maps.mosaics["C1"]
    before = pixels(mosaic)
    view.enlarged = "C3"
    application.document.apply(number("74"), "another")
    settled(application, qtbot)
    view.enlarged = ""
    after = pixels(mosaic)
    assert not np.array_equal(after, before)
    view.enlarged = "C1"
    view.enlarged = ""
    assert np.array_equal(pixels(mosaic), after)


def test_what_is_painted_of_a_map_is_all_that_has_changed(
    application: Application, qtbot: QtBot
) -> None:
    window, document, view = application.window, application.document, application.document.view
    mosaic, screen = window.stage.maps.mosaics["S2"], window.screen()
    assert screen is not None
    view.enlarged = "S2:8"
    settled(application, qtbot)
    qtbot.wait(30)
    for digits in ("37", "31", "8", "74"):
        document.apply(number(digits), "draw")
        settled(application, qtbot)
        qtbot.wait(30)
        corner = mosaic.mapTo(window, QPoint())
        on_screen = screen.grabWindow(window.winId()).toImage()  # type: ignore[arg-type]
        on_screen = on_screen.copy(corner.x(), corner.y(), mosaic.width(), mosaic.height())
        anew = mosaic.grab().toImage().convertToFormat(on_screen.format())
        assert on_screen == anew, digits
