"""Chapter tabs: they follow the document and lead it, and shorten where there is no room."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMenuBar
from pytestqt.qtbot import QtBot

from viz.chapters.registry import chapters
from viz.model.document import Document
from viz.views.theme import theme
from viz.window.chapter_tabs import ChapterTabs, MenuRow


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def tabs(document: Document) -> ChapterTabs:
    return ChapterTabs(document.view, [(c.id, c.number, c.title, c.claim) for c in chapters()])


@pytest.fixture
def menus() -> QMenuBar:
    menus = QMenuBar()
    for name in ("File", "Edit", "View", "Chapter", "Help"):
        menus.addMenu(name)
    return menus


@pytest.fixture
def row(qtbot: QtBot, menus: QMenuBar, tabs: ChapterTabs) -> MenuRow:
    row = MenuRow(menus, tabs)
    qtbot.addWidget(row)
    row.set_theme(theme("dark"), 13)
    row.resize(1280, 30)
    row.show()
    return row


def test_a_click_turns_to_the_chapter(
    row: MenuRow, tabs: ChapterTabs, document: Document, qtbot: QtBot
) -> None:
    for index, chapter in enumerate(chapters()):
        qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(index).center())
        assert document.view.chapter == chapter.id
    document.view.chapter = chapters()[0].id
    assert tabs.currentIndex() == 0


def test_names_where_there_is_room_numbers_where_not(
    row: MenuRow, tabs: ChapterTabs, document: Document, qtbot: QtBot
) -> None:
    def texts() -> list[str]:
        return [tabs.tabText(index) for index in range(tabs.count())]

    numbers = [str(chapter.number) for chapter in chapters()]
    full = [f"{chapter.number}  {chapter.title}" for chapter in chapters()]
    assert texts() == full
    row.resize(480, 30)
    for index, chapter in enumerate(chapters()):
        document.view.chapter = chapter.id
        assert texts() == [*numbers[:index], full[index], *numbers[index + 1 :]]
    qtbot.waitUntil(lambda: tabs.geometry().right() < 480)
    row.resize(1280, 30)
    assert texts() == full


@pytest.mark.parametrize("text_px", [13, 16, 24])
def test_all_fit_beside_the_menus_on_a_screen_of_16_to_9(
    row: MenuRow, tabs: ChapterTabs, menus: QMenuBar, qtbot: QtBot, text_px: int
) -> None:
    row.resize(80 * text_px, 60)
    row.set_theme(theme("light"), text_px)
    qtbot.wait(10)
    assert tabs.geometry().right() < row.width()
    assert tabs.tabRect(tabs.count() - 1).right() < tabs.width()
    assert menus.geometry().right() < tabs.geometry().left()
