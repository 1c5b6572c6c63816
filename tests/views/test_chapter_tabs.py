"""Chapter tabs: they follow the document and lead it, and shorten where there is no room."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMenuBar
from pytestqt.qtbot import QtBot

from viz.chapters import chapters
from viz.document import Document
from viz.theme import theme
from viz.views.chapter_tabs import ChapterTabs, MenuRow


@pytest.fixture
def row(qtbot: QtBot) -> MenuRow:
    document = Document()
    tabs = ChapterTabs(document, [(c.id, c.number, c.title, c.about) for c in chapters()])
    menus = QMenuBar()
    for name in ("File", "Edit", "View", "Chapter", "Help"):
        menus.addMenu(name)
    row = MenuRow(menus, tabs)
    qtbot.addWidget(row)
    row.set_theme(theme("dark"), 13)
    row.resize(1280, 30)
    row.show()
    return row


def test_a_click_turns_to_the_chapter(row: MenuRow, qtbot: QtBot) -> None:
    tabs = row._tabs
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(2).center())
    assert tabs._document.chapter == "pooling"
    tabs._document.set_chapter("live")
    assert tabs.currentIndex() == 0


def test_names_where_there_is_room_numbers_where_not(row: MenuRow, qtbot: QtBot) -> None:
    tabs = row._tabs
    assert [tabs.tabText(i).split()[0] for i in range(5)] == ["1", "2", "3", "4", "5"]
    assert "Binding" in tabs.tabText(3)
    row.resize(480, 30)
    tabs._document.set_chapter("binding")
    texts = [tabs.tabText(i) for i in range(5)]
    assert "Binding" in texts[3]
    assert texts[:3] == ["1", "2", "3"]
    qtbot.waitUntil(lambda: tabs.geometry().right() < 480)
    row.resize(1280, 30)
    assert "Pooling" in tabs.tabText(2)


@pytest.mark.parametrize("text_px", [13, 16, 24])
def test_all_fit_beside_the_menus_on_a_screen_of_16_to_9(
    row: MenuRow, qtbot: QtBot, text_px: int
) -> None:
    row.resize(80 * text_px, 60)
    row.set_theme(theme("light"), text_px)
    qtbot.wait(10)
    tabs = row._tabs
    assert tabs.geometry().right() < row.width()
    assert tabs.tabRect(tabs.count() - 1).right() < tabs.width()
    assert row._menus.geometry().right() < tabs.geometry().left()
