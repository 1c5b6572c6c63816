"""A|B in a session: what stands frozen comes back in another window, and both sides look alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from opening import Open, settled
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz import screen
from viz import session as sessions
from viz.scene.digits import number
from viz.session import Beside, Session


def test_a_comes_back_with_its_network_and_its_ablations(
    open_application: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    first = open_application(number("31"))
    settled(first, qtbot)
    first.document.set_network("average")
    first.document.toggle_ablation("C1", 3)
    settled(first, qtbot)
    QTest.keyClick(first.window, Qt.Key.Key_B)
    first.document.set_network("max")
    first.document.restore_all()
    first.document.apply(number("8"), "draw")
    settled(first, qtbot)
    session = screen.capture(first.window)
    assert session.beside is not None
    assert session.beside.scene == number("31")
    assert (session.beside.network, session.beside.ablated) == ("average", {"C1": frozenset({3})})
    path = tmp_path / "ab.scene.json"
    sessions.save(session, path)
    assert sessions.load(path) == session

    second = open_application(number("31"))
    settled(second, qtbot)
    second.window.files.open_paths([str(path)])
    qtbot.waitUntil(lambda: second.window.freezing.frozen is not None, timeout=20_000)
    settled(second, qtbot)
    a, b = first.window.freezing.frozen, second.window.freezing.frozen
    assert a is not None and b is not None
    for name, image in a.snapshot.maps.items():
        assert np.array_equal(b.snapshot.maps[name], image), name
    assert b.answer.accessibleDescription() == a.answer.accessibleDescription()
    assert second.window.actions_by_id["freeze"].isChecked()
    assert not second.window.kernels.isVisible()
    assert second.document.snapshot is not None and second.document.snapshot.reading.text == "8"
    assert screen.capture(second.window) == session
    screen.restore(second.window, Session(number("2")))
    assert second.window.freezing.frozen is None
    assert second.window.kernels.isVisible()


def test_a_that_is_under_way_is_kept_and_can_be_let_go(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    settled(application, qtbot)
    window = application.window
    session = Session(number("8"), beside=Beside(number("5")))
    screen.restore(window, session)
    assert window.freezing.frozen is None
    assert screen.capture(window).beside == session.beside
    QTest.keyClick(window, Qt.Key.Key_B)
    settled(application, qtbot)
    assert window.freezing.frozen is None and screen.capture(window).beside is None


def test_the_pixel_grid_changes_on_both_sides(open_application: Open, qtbot: QtBot) -> None:
    application = open_application(number("31"))
    settled(application, qtbot)
    window = application.window
    QTest.keyClick(window, Qt.Key.Key_B)
    frozen = window.freezing.frozen
    assert frozen is not None
    qtbot.waitUntil(lambda: frozen.canvas.size() == window.canvas.size())
    with_grid = frozen.canvas.grab().toImage()
    QTest.keyClick(window, Qt.Key.Key_G)
    without = frozen.canvas.grab().toImage()
    assert without != with_grid
    QTest.keyClick(window, Qt.Key.Key_G)
    assert frozen.canvas.grab().toImage() == with_grid


def test_the_scores_of_a_are_outlined_round_those_of_b(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    settled(application, qtbot)
    window, outlines = application.window, application.window.maps.scores._outlines
    assert not outlines.isVisible()
    QTest.keyClick(window, Qt.Key.Key_B)
    said = np.array(outlines.opts["height"])
    assert outlines.isVisible() and said.sum() > 0.99
    application.document.apply(number("8"), "draw")
    settled(application, qtbot)
    assert np.array_equal(outlines.opts["height"], said)
    assert np.abs(window.maps.scores._bars.opts["height"] - said).max() > 0.5
    QTest.keyClick(window, Qt.Key.Key_B)
    assert not outlines.isVisible()
