"""The explanation in the real window: opened and closed by keys, presenting too; in the place of
the maps, and live beside canvas and instrument; as large as fits, scrolled where nothing does."""

from __future__ import annotations

import pytest
from opening import Open, settled
from PyQt6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters.registry import chapters
from viz.model.snapshot import Unit
from viz.scene.digits import number
from viz.window.explanation import EVERY_MS, Explanation, Part
from viz.window.main_window import MainWindow

ESC, F2, F5 = Qt.Key.Key_Escape, Qt.Key.Key_F2, Qt.Key.Key_F5


@pytest.fixture
def application(open_application: Open, qtbot: QtBot) -> Application:
    application = open_application(number("31"))
    settled(application, qtbot)
    return application


@pytest.fixture
def explained(application: Application, qtbot: QtBot) -> Application:
    press(application.window, F2)
    assert application.window.explanation.isVisible()
    return application


def press(window: MainWindow, key: Qt.Key, times: int = 1) -> None:
    for _ in range(times):
        QTest.keyClick(window.canvas, key)


def formulas(explanation: Explanation) -> list[str]:
    return [part.formula for part in explanation.shown]


def test_f2_opens_and_closes_it_and_ticks_the_command(application: Application) -> None:
    window = application.window
    action = window.commands.actions["explain"]
    assert not window.explanation.isVisible() and not action.isChecked()
    press(window, F2)
    assert window.explanation.isVisible() and action.isChecked() and action.isEnabled()
    assert not window.stage.maps.isVisible()
    places = window.stage.maps.geometry()
    assert window.explanation.geometry() == places
    assert window.canvas.isVisible() and window.scores.isVisible()
    assert window.stage.instrument.isVisible() and window.answer.isVisible()
    action.trigger()
    assert not window.explanation.isVisible() and not action.isChecked()
    assert window.stage.maps.isVisible()


def test_esc_closes_it_before_it_lets_the_unit_go(explained: Application) -> None:
    window, document = explained.window, explained.document
    document.pin(Unit("C1", 0, 5, 5))
    press(window, ESC)
    assert not window.explanation.isVisible() and document.pinned is not None
    press(window, ESC)
    assert document.pinned is None


def test_it_works_while_presenting(application: Application, qtbot: QtBot) -> None:
    window = application.window
    press(window, F5)
    press(window, F2)
    assert window.view.presenting and window.explanation.isVisible()
    assert window.explanation.text_px >= window.view.text_px
    press(window, ESC)
    assert window.view.presenting and not window.explanation.isVisible()
    press(window, ESC)
    assert not window.view.presenting


def test_it_follows_chapter_and_instrument(explained: Application) -> None:
    window = explained.window
    press(window, Qt.Key.Key_2)
    panel = window.panels.shown
    assert panel is not None
    for instrument in panel.instruments:
        panel.choose(instrument.id)
        window.explanation.refresh()
        titles = [part.title for part in window.explanation.shown]
        assert titles == ["2\N{EN SPACE}Equivariance", instrument.title]
    explained.document.pin(Unit("C1", 0, 5, 5))
    window.explanation.refresh()
    assert window.explanation.shown[1].title == "Unit"
    assert "Equivariance" in window.explanation.accessibleDescription()


def test_its_numbers_follow_the_drawing(explained: Application, qtbot: QtBot) -> None:
    window, explanation = explained.window, explained.window.explanation
    press(window, Qt.Key.Key_2)
    assert window.panels.shown is not None
    window.panels.shown.choose("displacement")
    settled(explained, qtbot)
    qtbot.waitUntil(lambda: "0 px / 2" in formulas(explanation)[1])
    window.canvas.setFocus()
    press(window, Qt.Key.Key_Right, 3)
    qtbot.waitUntil(lambda: "= 3 px / 2 = <b>1.5</b> units" in formulas(explanation)[1])


def test_it_looks_only_while_it_is_in_sight(explained: Application) -> None:
    explanation = explained.window.explanation
    (timer,) = explanation.findChildren(QTimer)
    assert timer.isActive() and timer.interval() == EVERY_MS
    press(explained.window, F2)
    assert not timer.isActive()


def test_nothing_is_painted_while_nothing_changes(explained: Application, qtbot: QtBot) -> None:
    settled(explained, qtbot)
    explanation, paints = explained.window.explanation, Paints()
    explanation.refresh()
    qtbot.wait(20)
    ground = explanation.viewport()
    assert ground is not None
    ground.installEventFilter(paints)
    explanation.refresh()
    qtbot.wait(20)
    assert paints.count == 0
    explained.document.apply(number("7"), "another")
    settled(explained, qtbot)
    qtbot.waitUntil(lambda: paints.count > 0)


class Paints(QObject):
    count = 0

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        self.count += event is not None and event.type() == QEvent.Type.Paint
        return False


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_everything_fits_without_scrolling(
    size: tuple[int, int], explained: Application, qtbot: QtBot
) -> None:
    window, explanation = explained.window, explained.window.explanation
    window.resize(*size)
    for chapter in chapters():
        window.view.chapter = chapter.id
        panel = window.panels.shown
        assert panel is not None
        for instrument in panel.instruments:
            panel.choose(instrument.id)
            settled(explained, qtbot)
            explanation.refresh()
            assert explanation.verticalScrollBar().maximum() == 0, instrument.id  # type: ignore[union-attr]
            assert explanation.text_px > window.view.text_px, instrument.id


def test_lines_stand_closer_before_anything_is_scrolled(
    explained: Application, qtbot: QtBot
) -> None:
    window, explanation = explained.window, explained.window.explanation
    window.view.chapter = "sliding-window"
    heights = []
    for height in (720, 640):
        window.resize(1024, height)
        settled(explained, qtbot)
        explanation.refresh()
        assert explanation.verticalScrollBar().maximum() == 0  # type: ignore[union-attr]
        heights.append(explanation.height())
    assert heights[1] < heights[0] and explanation.text_px == window.view.text_px


def test_in_little_room_it_keeps_small_text_and_scrolls(
    explained: Application, qtbot: QtBot
) -> None:
    window, explanation = explained.window, explained.window.explanation
    window.resize(911, 512)
    settled(explained, qtbot)
    explanation.refresh()
    bar = explanation.verticalScrollBar()
    assert bar is not None and bar.maximum() > 0 and bar.value() == 0
    assert explanation.text_px == 12, "a 45th of the height, which the last row can read"
    ground = explanation.viewport()
    explanation.setFocus()
    QTest.keyClick(explanation, Qt.Key.Key_Down)
    assert bar.value() > 0
    QTest.keyClick(explanation, Qt.Key.Key_Up)
    assert bar.value() == 0 and ground is not None
    wheel = QWheelEvent(
        QPointF(50, 50), QPointF(ground.mapToGlobal(QPoint(50, 50))), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QCoreApplication.sendEvent(ground, wheel)
    assert bar.value() > 0


def test_in_a_b_the_maps_of_a_stay(explained: Application, qtbot: QtBot) -> None:
    window = explained.window
    window.comparison.toggle()
    settled(explained, qtbot)
    assert window.area.other is not None and window.area.other.maps.isVisible()
    assert window.explanation.isVisible() and not window.stage.maps.isVisible()
    assert window.explanation.geometry() == window.stage.maps.geometry()
    press(window, F2)
    assert not window.explanation.isVisible() and window.stage.maps.isVisible()


def test_a_session_keeps_it(explained: Application, qtbot: QtBot) -> None:
    store, view = explained.window.session_store, explained.window.view
    kept = store.capture()
    view.explained = False
    store.restore(kept)
    assert view.explained


def test_a_title_is_text() -> None:
    assert Part("<i> & B", "", "").pieces[0] == "<b>&lt;i&gt; &amp; B</b>"


def test_about_parts_1998_from_the_lecture(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "about", lambda *given: told.append(given[-1]))
    application.window.help.show_about()
    lecture, of_1998 = told[0].split("\n\n")[1:3]
    assert "656,581" in lecture and "20, 50 and 500" in lecture and "1998" not in lecture
    assert "1998" in of_1998 and "6, 16 and 120" in of_1998


def test_beside_what_is_enlarged_it_has_the_right_third(
    open_application: Open, qtbot: QtBot
) -> None:
    window = open_application(number("31", width=64)).window
    window.view.explained = True
    for name in ("canvas", "C1", "instrument"):
        window.view.enlarged = name
        explanation = window.stage.explanation
        assert explanation is not None and explanation.isVisible()
        part = {"canvas": window.canvas, "C1": window.stage.maps}.get(name, window.stage.instrument)
        assert part.isVisible() and part.geometry().right() < explanation.x()
        assert explanation.width() > 0.3 * window.stage.width()
    window.view.enlarged = ""
    assert window.stage.explanation is not None
    assert window.stage.explanation.x() > window.canvas.geometry().right() - 20
