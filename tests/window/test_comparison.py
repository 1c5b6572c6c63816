"""A|B in a session: what stands frozen comes back in another window, and both sides look alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scene_files
from opening import Open, settled
from painted import bars, cell
from PyQt6.QtCore import QRect, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viz.chapters.equivariance.displacement import Displacement
from viz.scene import Transform
from viz.scene.digits import number
from viz.session.session import ComparisonState, Session
from viz.views.canvas.handles import MARGIN
from viz.window.comparison import Caption
from viz.window.main_window import MainWindow


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
    qtbot.waitUntil(lambda: second.window.comparison.frozen is not None, timeout=20_000)
    settled(second, qtbot)
    a, b = first.window.comparison.frozen, second.window.comparison.frozen
    assert a is not None and b is not None
    for name, image in a.snapshot.maps.items():
        assert np.array_equal(b.snapshot.maps[name], image), name
    assert b.answer.accessibleDescription() == a.answer.accessibleDescription()
    assert second.window.commands.actions["freeze"].isChecked()
    assert not second.window.kernels.isVisible()
    assert second.document.snapshot is not None and second.document.snapshot.reading.text == "8"
    assert second.window.session_store.capture() == session
    second.window.session_store.restore(Session(number("2")))
    assert second.window.comparison.frozen is None
    assert second.window.kernels.isVisible()


def test_a_that_is_under_way_is_kept_and_can_be_let_go(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    settled(application, qtbot)
    window = application.window
    session = Session(number("8"), comparison=ComparisonState(number("5")))
    window.session_store.restore(session)
    assert window.comparison.frozen is None
    assert window.session_store.capture().comparison == session.comparison
    QTest.keyClick(window, Qt.Key.Key_B)
    settled(application, qtbot)
    assert window.comparison.frozen is None and window.session_store.capture().comparison is None


def test_the_pixel_grid_changes_on_both_sides(open_application: Open, qtbot: QtBot) -> None:
    application = open_application(number("31"))
    settled(application, qtbot)
    window = application.window
    QTest.keyClick(window, Qt.Key.Key_B)
    frozen = window.comparison.frozen
    assert frozen is not None
    qtbot.waitUntil(lambda: frozen.canvas.size() == window.canvas.size())
    with_grid = frozen.canvas.grab().toImage()
    QTest.keyClick(window, Qt.Key.Key_G)
    without = frozen.canvas.grab().toImage()
    assert without != with_grid
    QTest.keyClick(window, Qt.Key.Key_G)
    assert frozen.canvas.grab().toImage() == with_grid


def freeze_in(window: MainWindow, qtbot: QtBot, size: tuple[int, int]) -> None:
    """Freeze A in the second chapter, in a window of this size, with digits moving below."""
    window.resize(*size)
    QTest.keyClick(window, Qt.Key.Key_2)
    assert window.panels.shown is not None
    window.panels.shown.choose("displacement")
    QTest.keyClick(window, Qt.Key.Key_B)
    frozen = window.comparison.frozen
    assert frozen is not None
    qtbot.waitUntil(lambda: frozen.canvas.size() == window.canvas.size())


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_beside_a_the_instrument_goes_on_telling_of_b(
    size: tuple[int, int], open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    settled(application, qtbot)
    window, document = application.window, application.document
    freeze_in(window, qtbot, size)
    panel, frozen = window.panels.shown, window.comparison.frozen
    assert panel is not None and frozen is not None and not window.maps.crowded
    qtbot.waitUntil(lambda: panel.height() >= 14 * window.appearance.text_px - 1)
    assert panel.isVisible() and window.maps.scores.isVisible()
    qtbot.waitUntil(
        lambda: min(cell(window.maps, layer) for layer in window.maps.layers.mosaics) >= 1,
        timeout=2000,
    )
    table = panel.instruments[0]
    assert isinstance(table, Displacement)
    still = table.grab().toImage()
    scene = document.scene
    document.apply(replace(scene, transform=Transform(dx=4.0)), "drag")
    settled(application, qtbot)
    qtbot.waitUntil(lambda: table.grab().toImage() != still)
    # The canvas fills its column, but for what whole pixels leave
    picture = window.canvas.image_rect()
    assert picture.width() >= window.canvas.width() - scene.width - 2 * MARGIN
    assert "every row" in window.hint_line.hint or "each row" in window.hint_line.hint


def test_without_room_for_it_the_instrument_makes_way_and_no_hint_speaks_of_it(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31", height=44, width=60))
    settled(application, qtbot)
    window = application.window
    told = window.hint_line.hint
    freeze_in(window, qtbot, (1280, 720))
    panel = window.panels.shown
    assert panel is not None
    qtbot.waitUntil(lambda: not panel.isVisible())
    assert window.maps.crowded and not window.maps.scores.isVisible()
    assert "compare them map by map" in window.hint_line.hint
    window.resize(1920, 1080)
    qtbot.waitUntil(panel.isVisible)
    assert "compare them map by map" not in window.hint_line.hint
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: not panel.isVisible())
    QTest.keyClick(window, Qt.Key.Key_B)
    qtbot.waitUntil(panel.isVisible)
    assert window.hint_line.hint != told and not window.maps.crowded


def test_the_scores_of_a_are_outlined_round_those_of_b(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    settled(application, qtbot)
    window = application.window
    heights, outlines = bars(window.maps.scores)
    assert not outlines.isVisible()
    QTest.keyClick(window, Qt.Key.Key_B)
    said = np.array(outlines.opts["height"])
    assert outlines.isVisible() and said.sum() > 0.99
    application.document.apply(number("8"), "draw")
    settled(application, qtbot)
    assert np.array_equal(outlines.opts["height"], said)
    assert np.abs(heights.opts["height"] - said).max() > 0.5
    QTest.keyClick(window, Qt.Key.Key_B)
    assert not outlines.isVisible()


def test_a_caption_leaves_out_the_key_before_it_leaves_out_what_is_read(
    open_application: Open, qtbot: QtBot
) -> None:
    application = open_application(number("31"))
    settled(application, qtbot)
    pictures = []
    for meanings in (("frozen (key B lets it go)", "frozen"), ("frozen",), ("",)):
        caption = Caption("A", *meanings)
        qtbot.addWidget(caption)
        caption.show_window(application.document.snapshot, (0, 3))
        caption.resize(300, caption.height())
        pictures.append(caption.grab().toImage())
    with_key, without, bare = pictures
    assert with_key == without
    right = QRect(150, 0, 150, with_key.height())
    assert with_key.copy(right) == bare.copy(right), "what is read stands there in full"
