"""Presentation: no dialog opens however late it comes, and it ends when the full screen does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from opening import run_out, running_out
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialog, QFileDialog, QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters.registry import chapter_ids
from viz.nets import data
from viz.scene.digits import number
from viz.window.main_window import MainWindow
from viz.window.messages import PASSING_MS
from viz.window.presentation import STAYS_MS

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def application(qtbot: QtBot) -> Iterator[Application]:
    made = Application(number("31"), keep=False)
    qtbot.addWidget(made.window)
    made.window.resize(1280, 720)
    made.window.show()
    with qtbot.waitActive(made.window):
        made.window.activateWindow()
    yield made
    made.window.close()


@pytest.fixture(autouse=True)
def no_dialogs(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a dialog")

    for kind, name in (
        (QDialog, "exec"), (QDialog, "show"), (QDialog, "open"), (QFileDialog, "exec"),
        (QFileDialog, "getOpenFileNames"), (QFileDialog, "getOpenFileName"),
        (QInputDialog, "getInt"), (QInputDialog, "getItem"),
    ):  # fmt: skip
        monkeypatch.setattr(kind, name, forbidden)


def places(window: MainWindow, qtbot: QtBot) -> dict[str, QRect]:
    """Where the parts of the window are once its layout has settled."""
    maps = window.maps
    parts: dict[str, QWidget] = {
        "canvas": window.canvas,
        "instrument": maps.instruments,
        "scores": maps.scores,
        "maps": maps,
        "C1": maps.layers.mosaics["C1"],
        "S4": maps.layers.mosaics["S4"],
    }
    seen: list[dict[str, QRect]] = []
    while len(seen) < 4 or any(other != seen[-1] for other in seen[-4:]):
        qtbot.wait(10)
        seen.append(
            {
                name: QRect(part.mapTo(window, QPoint(0, 0)), part.size())
                for name, part in parts.items()
            }
        )
    return seen[-1]


def present(window: MainWindow, qtbot: QtBot) -> None:
    """Present in a window as large as it is: a full screen has another size without a screen."""
    size, screen = window.size(), window.screen()
    assert screen is not None and screen.size() != size
    window.presentation.toggle()
    qtbot.waitUntil(lambda: window.size() == screen.size())
    window.resize(size)
    qtbot.waitUntil(lambda: window.size() == size)


def area(rect: QRect) -> int:
    return rect.width() * rect.height()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
@pytest.mark.parametrize("canvas", [(32, 64), (32, 80), (44, 60)])
def test_the_instrument_gets_the_room_and_the_scores_a_strip(
    size: tuple[int, int], canvas: tuple[int, int], application: Application, qtbot: QtBot
) -> None:
    window, document = application.window, application.document
    window.resize(*size)
    document.apply(number("31", height=canvas[0], width=canvas[1]), "other")
    document.view.chapter = "binding"
    usual = places(window, qtbot)
    usual_canvas = window.canvas.image_rect().height()
    present(window, qtbot)
    for chapter in ("binding", *chapter_ids()):
        document.view.chapter = chapter
        shown = places(window, qtbot)
        end = shown["maps"].bottom()
        left = "instrument" if shown["instrument"].left() < shown["maps"].left() else "scores"
        right = "scores" if left == "instrument" else "instrument"
        assert not any(
            shown[a].intersects(shown[b])
            for a, b in (("canvas", left), ("C1", right), ("S4", right), (left, right))
        )
        # Both sides are full to the foot
        assert abs(shown[left].bottom() - end) <= 2 and abs(shown[right].bottom() - end) <= 2
        assert shown[left].top() - shown["canvas"].bottom() <= 16
        assert window.canvas.image_rect().height() > 1.1 * usual_canvas
        assert shown["scores"].height() >= 8 * window.appearance.text_px
        if window.panels.shown is not None:
            assert shown["instrument"].height() >= 0.4 * shown["maps"].height()
            # On a wide canvas the grids of maps, pairs of factors, leave the scores what they lack
            assert area(shown["instrument"]) > (1 if canvas == (32, 80) else 1.4) * area(
                shown["scores"]
            )
            assert area(shown["instrument"]) > 0.185 * size[0] * size[1]
    QTest.keyClick(window, Qt.Key.Key_Escape)
    document.view.chapter = "binding"
    assert places(window, qtbot) == usual


def test_digits_that_are_read_only_now_open_no_dialog(
    application: Application, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits = data.Digits(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8))
    monkeypatch.setattr(data, "load_mnist", lambda test: digits)
    window = application.window
    QTest.keyClick(window, Qt.Key.Key_M, CONTROL)
    QTest.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: "No dialog opens while presenting" in window.messages.text)
    assert window.view.presenting and application.document.scene == number("31")


def test_save_without_a_file_opens_no_dialog(application: Application, tmp_path: Path) -> None:
    window, document = application.window, application.document
    save = window.commands.actions["save"]
    path = tmp_path / "a.scene.json"
    document.saved_as(path)
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert save.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_N, CONTROL)
    assert document.file is None and not save.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_S, CONTROL)
    window.files.save()  # whoever else asks
    assert "No dialog opens" in window.messages.text
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert document.file == path and save.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_N, CONTROL)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert save.isEnabled() and window.commands.actions["record"].isEnabled()


def test_it_ends_with_the_full_screen(application: Application, qtbot: QtBot) -> None:
    window = application.window
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert window.view.presenting and not window.head.isVisible()
    window.setWindowState(Qt.WindowState.WindowMaximized)  # as a window manager would
    qtbot.waitUntil(lambda: not window.view.presenting)
    assert window.head.isVisible() and not window.commands.actions["present"].isChecked()
    assert window.isMaximized(), "what the window manager made of it stays"


def test_leaving_full_screen_for_a_moment_is_no_end(application: Application, qtbot: QtBot) -> None:
    window = application.window
    QTest.keyClick(window, Qt.Key.Key_F5)
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.setWindowState(Qt.WindowState.WindowFullScreen)
    qtbot.wait(2 * STAYS_MS)
    assert window.view.presenting and not window.head.isVisible()


def test_a_message_leaves_the_maps_free_and_waits_for_the_end(
    application: Application, qtbot: QtBot
) -> None:
    window = application.window
    QTest.keyClick(window, Qt.Key.Key_F5)
    window.files.open_paths(["nowhere/at-all.scene.json"])
    bar = window.messages
    qtbot.waitUntil(lambda: "at-all.scene.json" in bar.text)
    told = bar.text
    run_out(bar, PASSING_MS)
    assert bar.text == ""
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert bar.text == told and running_out(bar) == []


def test_an_edge_of_the_canvas_stays_under_the_hand_that_drags_it(
    application: Application, qtbot: QtBot
) -> None:
    window, document, canvas = application.window, application.document, application.window.canvas
    present(window, qtbot)
    application.start()
    qtbot.waitUntil(lambda: document.snapshot is not None, timeout=20_000)
    before = places(window, qtbot)
    rect = canvas.image_rect()
    edge = QPoint(round(rect.right()) + 5, round(rect.center().y()))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=edge)
    assert canvas.held
    for step in range(1, 9):
        QTest.mouseMove(canvas, edge - QPoint(12 * step, 0))
        qtbot.wait(20)
    qtbot.waitUntil(
        lambda: document.snapshot is not None and document.snapshot.scene is document.scene
    )
    assert document.scene.width < 56
    assert places(window, qtbot)["canvas"] == before["canvas"]
    assert places(window, qtbot)["maps"] == before["maps"]
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=edge - QPoint(96, 0))
    qtbot.waitUntil(lambda: places(window, qtbot)["maps"] != before["maps"])
    assert not canvas.held


def test_the_stage_of_a_picture_has_a_margin_below_where_no_line_follows(
    application: Application, qtbot: QtBot
) -> None:
    window = application.window
    window.view.stage_only = True
    window.head.hide()
    window.statusBar().hide()
    window.stage_layout.arrange()
    shown = places(window, qtbot)["maps"]
    assert window.height() - 1 - shown.bottom() == shown.top() == 8
