"""A|B: A stays as it was and cannot be changed, comes back with a session, and looks like B."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scene_files
from opening import Open, settled
from painted import cell
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viz.app import Application
from viz.chapters.equivariance.displacement import Displacement
from viz.scene import Transform
from viz.scene.digits import number
from viz.session.session import ComparisonState, Session
from viz.window.comparison_caption import ComparisonCaption
from viz.window.stage import Stage

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def application(open_application: Open, qtbot: QtBot) -> Application:
    application = open_application(number("31"))
    settled(application, qtbot)
    return application


def stage_of_a(application: Application) -> Stage:
    """Keep the present state as A."""
    QTest.keyClick(application.window, Qt.Key.Key_F)
    stage = application.window.comparison.stage
    assert stage is not None
    return stage


def test_a_stays_as_it_was_while_b_changes(application: Application, qtbot: QtBot) -> None:
    window, document = application.window, application.document
    a = stage_of_a(application)
    views: tuple[QWidget, ...] = (
        a.canvas, a.answer, a.maps.mosaics["C1"], a.maps.barcodes["C5"],
    )  # fmt: skip
    before = [view.grab().toImage() for view in views]
    document.apply(number("8"), "draw")
    settled(application, qtbot)
    assert a.answer.accessibleDescription() == "31"
    assert window.answer.accessibleDescription() == "8"
    for view in views:
        for button in (LEFT, RIGHT):
            QTest.mouseClick(view, button, pos=view.rect().center())
    QTest.mouseMove(a.maps, QPoint(0, 0))  # which leaves whatever was pointed at
    a.document.hover(None)
    assert [view.grab().toImage() for view in views] == before
    assert (a.document.scene, a.document.pinned, dict(a.document.ablated)) == (
        number("31"), None, {},
    )  # fmt: skip
    QTest.keyClick(window, Qt.Key.Key_F)
    assert window.comparison.stage is None and window.transform_panel.isVisible()


@pytest.mark.parametrize("presenting", [False, True])
def test_both_sides_are_equally_large_and_a_stands_above_b(
    presenting: bool, application: Application, qtbot: QtBot
) -> None:
    window = application.window
    a, b = stage_of_a(application), window.stage
    if presenting:
        window.commands.actions["present"].trigger()
    settled(application, qtbot)
    assert a.canvas.size() == b.canvas.size() and a.answer.pos() == b.answer.pos()
    for name in b.maps.mosaics:
        assert cell(a.maps, name) == cell(b.maps, name)
    assert a.geometry().bottom() < b.geometry().top()
    assert not window.palette_strip.isVisible() and not window.transform_panel.isVisible()


def test_both_captions_speak_of_their_own_window(application: Application, qtbot: QtBot) -> None:
    window, document = application.window, application.document
    document.select_window((0, 4))
    a = stage_of_a(application)
    told = a.caption.accessibleDescription()
    assert told == window.stage.caption.accessibleDescription() != ""
    document.select_window((0, 0))
    settled(application, qtbot)
    assert window.stage.caption.accessibleDescription() != told
    assert a.caption.accessibleDescription() == told
    state = window.comparison.state()
    assert state is not None and state.window == (0, 4)


def test_a_comes_back_with_its_network_and_its_ablations(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    first = open_application(number("31"))
    settled(first, qtbot)
    first.document.set_network("average")
    first.document.toggle_ablation("C1", 3)
    settled(first, qtbot)
    QTest.keyClick(first.window, Qt.Key.Key_F)
    first.document.set_network("max")
    first.document.restore_all()
    first.document.apply(number("8"), "draw")
    settled(first, qtbot)
    session = first.window.session_store.capture()
    assert session.comparison is not None
    assert session.comparison.scene == number("31")
    assert (session.comparison.network, session.comparison.ablated) == (
        "average",
        {"C1": frozenset({3})},
    )
    path = tmp_path / "ab.scene.json"
    scene_files.save(session, path)
    assert scene_files.load(path) == session

    second = open_application(number("31"))
    settled(second, qtbot)
    second.window.files.open_paths([str(path)])
    qtbot.waitUntil(lambda: second.window.comparison.stage is not None, timeout=20_000)
    settled(second, qtbot)
    a, b = first.window.comparison.stage, second.window.comparison.stage
    assert a is not None and b is not None
    assert a.document.snapshot is not None and b.document.snapshot is not None
    for name, image in a.document.snapshot.maps.items():
        assert np.array_equal(b.document.snapshot.maps[name], image), name
    assert b.answer.accessibleDescription() == a.answer.accessibleDescription()
    assert second.window.commands.actions["freeze"].isChecked()
    assert not second.window.transform_panel.isVisible()
    assert second.document.snapshot is not None and second.document.snapshot.reading.text == "8"
    assert second.window.session_store.capture() == session
    second.window.session_store.restore(Session(number("2")))
    assert second.window.comparison.stage is None
    assert second.window.transform_panel.isVisible()


def test_a_that_is_under_way_is_kept_and_can_be_let_go(
    application: Application, qtbot: QtBot
) -> None:
    window = application.window
    session = Session(number("8"), comparison=ComparisonState(number("5")))
    window.session_store.restore(session)
    assert window.comparison.stage is None
    assert window.session_store.capture().comparison == session.comparison
    QTest.keyClick(window, Qt.Key.Key_F)
    settled(application, qtbot)
    assert window.comparison.stage is None and window.session_store.capture().comparison is None


def test_the_pixel_grid_changes_on_both_sides(application: Application) -> None:
    window = application.window
    a = stage_of_a(application)
    with_grid = a.canvas.grab().toImage()
    QTest.keyClick(window, Qt.Key.Key_G)
    assert a.canvas.grab().toImage() != with_grid
    QTest.keyClick(window, Qt.Key.Key_G)
    assert a.canvas.grab().toImage() == with_grid


def test_the_instrument_goes_on_speaking_of_b_where_it_has_room(
    application: Application, qtbot: QtBot
) -> None:
    window, document = application.window, application.document
    told = window.hint_line.hint
    QTest.keyClick(window, Qt.Key.Key_2)
    panel = window.panels.shown
    assert panel is not None
    panel.choose("displacement")
    stage_of_a(application)
    assert not panel.isVisible() and not window.scores.isVisible()
    assert "compare them map by map" in window.hint_line.hint
    window.resize(1920, 1080)
    qtbot.waitUntil(panel.isVisible)
    assert window.scores.isVisible() and "compare them map by map" not in window.hint_line.hint
    assert window.stage.instrument.height() >= 14 * window.appearance.text_px
    assert min(cell(window.stage.maps, name) for name in window.stage.maps.mosaics) >= 1
    table = panel.instruments[0]
    assert isinstance(table, Displacement)
    settled(application, qtbot)
    still = table.grab().toImage()
    document.apply(replace(document.scene, transform=Transform(dx=4.0)), "drag")
    settled(application, qtbot)
    qtbot.waitUntil(lambda: table.grab().toImage() != still)
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: not panel.isVisible())
    QTest.keyClick(window, Qt.Key.Key_F)
    assert panel.isVisible() and window.hint_line.hint != told


def test_the_scores_of_a_are_outlined_round_those_of_b(
    application: Application, qtbot: QtBot
) -> None:
    window, scores = application.window, application.window.scores
    assert scores.beside is None
    QTest.keyClick(window, Qt.Key.Key_F)
    assert scores.beside is not None and scores.beside.sum() == pytest.approx(1, abs=1e-3)
    assert np.allclose(scores.heights, scores.beside, atol=2e-3)
    application.document.apply(number("8"), "draw")
    settled(application, qtbot)
    assert np.abs(scores.heights - scores.beside).max() > 0.5
    QTest.keyClick(window, Qt.Key.Key_F)
    assert scores.beside is None


def test_a_caption_leaves_out_the_key_before_it_leaves_out_what_is_read(
    application: Application, qtbot: QtBot
) -> None:
    pictures = []
    for meanings in (("frozen (press F to end)", "frozen"), ("frozen",), ("",)):
        caption = ComparisonCaption("A", *meanings)
        qtbot.addWidget(caption)
        caption.show_window(application.document.snapshot, (0, 3))
        caption.resize(300, caption.height())
        pictures.append(caption.grab().toImage())
    with_key, without, bare = pictures
    assert with_key == without
    right = QRect(150, 0, 150, with_key.height())
    assert with_key.copy(right) == bare.copy(right), "what is read stands there in full"
