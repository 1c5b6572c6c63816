"""The player bar: buttons, the timeline's knob under real mouse and key events, menus."""

from __future__ import annotations

from itertools import pairwise

import pytest
from dressing import dress
from PyQt6.QtCore import QEvent, QObject, QPoint, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from staging import DEMOS, OWN, Demo

from viz.model.document import Document
from viz.model.player import STEP_S, Player
from viz.window.player_bar import PlayerBar, speed_text
from viz.window.timeline import LEAST_TRAVEL, Timeline, time_text

LEFT = Qt.MouseButton.LeftButton
POOLED = Demo("Pooled", "pooling", digits="6")
SHELF = {"live": DEMOS, "pooling": (POOLED,)}


@pytest.fixture
def document() -> Document:
    return Document(OWN)


@pytest.fixture
def player(document: Document) -> Player:
    return Player(document, lambda chapter: SHELF.get(chapter, ()), lambda: 0.0)


@pytest.fixture
def bar(qtbot: QtBot, player: Player, document: Document) -> PlayerBar:
    bar = PlayerBar(player, document)
    qtbot.addWidget(bar)
    bar.resize(700, 40)
    bar.show()
    return bar


def at(timeline: Timeline, time: float) -> QPoint:
    slider = timeline.slider
    return QPoint(round(slider.x_of(1000 * time)), slider.height() // 2)


def titles(bar: PlayerBar) -> list[QAction]:
    """What the menu lists when it opens."""
    menu = bar.chooser.menu()
    assert menu is not None
    menu.aboutToShow.emit()
    return menu.actions()


def test_buttons_play_and_go_through_the_demonstrations(
    bar: PlayerBar, player: Player, qtbot: QtBot
) -> None:
    qtbot.mouseClick(bar.toggle, LEFT)
    assert player.playing
    assert player.demonstration is DEMOS[0]
    assert DEMOS[0].title in bar.chooser.text()
    assert DEMOS[0].watch in bar.chooser.toolTip()
    qtbot.mouseClick(bar.next, LEFT)
    assert player.demonstration is DEMOS[1]
    assert "Another && more" in bar.chooser.text(), "an ampersand is no mnemonic"
    qtbot.mouseClick(bar.previous, LEFT)
    qtbot.mouseClick(bar.toggle, LEFT)
    assert player.demonstration is DEMOS[0]
    assert not player.playing


def test_the_menu_lists_the_chapters_demonstrations(
    bar: PlayerBar, player: Player, document: Document
) -> None:
    listed = titles(bar)
    texts = [action.text() for action in listed]
    assert texts == ["A digit moves", "Another && more", "A third"]
    listed[2].trigger()
    assert player.demonstration is DEMOS[2]
    assert player.playing
    document.view.chapter = "binding"
    (none,) = titles(bar)
    assert not none.isEnabled()


def test_what_another_chapter_offers_is_not_on_the_canvas_yet(
    bar: PlayerBar, player: Player, document: Document
) -> None:
    player.load(DEMOS[0])
    player.seek(3.0)
    scene = document.scene
    loaded = bar.chooser.grab().toImage()
    document.view.chapter = "pooling"
    assert "Pooled" in bar.chooser.text()
    QTest.mouseClick(bar.timeline.slider, LEFT, pos=at(bar.timeline, 1.0))
    assert document.scene == scene, "nor is there a time to go to"
    document.view.chapter = "live"
    assert bar.chooser.grab().toImage() == loaded
    assert (player.at_hand, player.time) == (DEMOS[0], 3.0)


def test_only_what_the_user_chose_is_announced(bar: PlayerBar, player: Player) -> None:
    told = []
    player.brought_on.connect(lambda: told.append((player.demonstration, player.playing)))
    player.load(DEMOS[0])
    player.play()
    player.pause()
    player.toggle()
    assert not told
    player.next()
    titles(bar)[2].trigger()
    assert told == [(DEMOS[1], False), (DEMOS[2], False)]


def test_a_click_jumps_and_a_drag_scrubs(
    bar: PlayerBar, player: Player, document: Document
) -> None:
    line = bar.timeline
    player.load(DEMOS[0])
    QTest.mousePress(line.slider, LEFT, pos=at(line, 4.0))
    assert player.time == pytest.approx(4.0, abs=0.03)
    QTest.mouseMove(line.slider, at(line, 6.0))
    assert player.time == pytest.approx(6.0, abs=0.03)
    assert document.scene == DEMOS[0].scene_at(player.time)
    QTest.mouseMove(line.slider, QPoint(5000, 0))
    assert player.time == 8.0
    QTest.mouseRelease(line.slider, LEFT)
    assert not player.playing


def test_scrubbing_while_it_plays_goes_on_afterwards(bar: PlayerBar, player: Player) -> None:
    line = bar.timeline
    player.load(DEMOS[0])
    player.play()
    QTest.mousePress(line.slider, LEFT, pos=at(line, 2.0))
    assert not player.playing
    QTest.mouseRelease(line.slider, LEFT, pos=at(line, 2.0))
    assert player.playing


def test_a_page_turned_while_the_knob_is_held_ends_the_scrubbing(
    bar: PlayerBar, player: Player, document: Document
) -> None:
    slider = bar.timeline.slider
    player.load(DEMOS[0])
    player.play()
    QTest.mousePress(slider, LEFT, pos=at(bar.timeline, 3.0))
    scene = document.scene
    document.view.chapter = "pooling"
    QTest.mouseMove(slider, QPoint(200, 5))
    QTest.mouseRelease(slider, LEFT, pos=QPoint(200, 5))
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Right):
        QTest.keyClick(slider, key)
    assert document.scene is scene
    assert not player.playing


def test_keys_step_on_the_timeline(bar: PlayerBar, player: Player) -> None:
    line = bar.timeline
    player.load(DEMOS[0])
    QTest.keyClick(line.slider, Qt.Key.Key_Right)
    assert player.time == pytest.approx(STEP_S)
    QTest.keyClick(line.slider, Qt.Key.Key_Left)
    assert player.time == 0
    QTest.keyClick(line.slider, Qt.Key.Key_End)
    assert player.time == 8.0
    QTest.keyClick(line.slider, Qt.Key.Key_Home)
    assert player.time == 0
    player.play()
    QTest.keyClick(line.slider, Qt.Key.Key_End)
    assert player.time == 8.0 and not player.playing, "it does not begin anew at once"


def test_without_a_demonstration_the_timeline_does_nothing(
    bar: PlayerBar, player: Player, document: Document
) -> None:
    QTest.mouseClick(bar.timeline.slider, LEFT, pos=QPoint(20, 5))
    assert player.time == 0
    assert document.scene == OWN


def test_speed_and_loop(bar: PlayerBar, player: Player) -> None:
    speeds = bar.speed.menu()
    assert speeds is not None
    speeds.actions()[0].trigger()
    assert player.speed == 0.25
    assert bar.speed.text() == speed_text(0.25) == "¼×"
    assert bar.loop.isChecked()
    player.loop = False
    assert not bar.loop.isChecked()
    bar.loop.click()
    assert player.loop


def test_times_of_a_demonstration_are_equally_wide() -> None:
    assert time_text(2.5, 8.0) == "2.5 / 8.0 s"
    assert len(time_text(2.5, 12.0)) == len(time_text(11.5, 12.0))


def test_playing_repaints_only_what_looks_different(
    bar: PlayerBar, player: Player, qtbot: QtBot
) -> None:
    class Paints(QObject):
        count = 0

        def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
            self.count += event is not None and event.type() == QEvent.Type.Paint
            return False

    paints = Paints()
    bar.timeline.slider.installEventFilter(paints)
    player.load(DEMOS[0])
    qtbot.waitUntil(lambda: paints.count > 0)
    qtbot.wait(50)
    before = paints.count
    player.seek(1e-4)
    qtbot.wait(50)
    assert paints.count == before
    player.seek(4.0)
    qtbot.waitUntil(lambda: paints.count > before)


@pytest.mark.parametrize("text_px", [13, 16, 24])
def test_nothing_moves_while_it_plays_nor_for_another(
    bar: PlayerBar, player: Player, qtbot: QtBot, text_px: int
) -> None:
    dress(bar, "light", text_px)
    bar.resize(45 * text_px, 60)
    qtbot.wait(10)

    def places() -> list[object]:
        return [part.geometry() for part in bar.findChildren(QWidget) if part.isVisible()]

    before = places()
    player.load(DEMOS[0])
    qtbot.wait(10)
    assert places() == before
    player.load(Demo("A demonstration with a title that is much too long for any bar"))
    qtbot.wait(10)
    assert places() == before
    assert bar.timeline.slider.travel >= LEAST_TRAVEL == 160
    assert bar.chooser.text().endswith("… ▾")
    assert "much too long for any\nbar" in bar.chooser.toolTip()
    player.play()
    player.seek(7.9)
    qtbot.wait(10)
    assert places() == before
    row = [bar.previous, bar.toggle, bar.next, bar.chooser, bar.timeline, bar.speed, bar.loop]
    for left, right in pairwise(row):
        assert left.geometry().right() < right.geometry().left()
    assert row[-1].geometry().right() < bar.width()
