"""Chapter tabs: they follow the document and lead it, and shorten where there is no room."""

from __future__ import annotations

import pytest
from dressing import dress
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenuBar
from pytestqt.qtbot import QtBot

from viz.chapters.registry import chapters
from viz.model.document import Document
from viz.model.player import Player
from viz.window.head import TOOLS, Head


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def menus() -> QMenuBar:
    menus = QMenuBar()
    for name in ("File", "Edit", "View", "Chapter", "Help"):
        menus.addMenu(name)
    return menus


@pytest.fixture
def head(qtbot: QtBot, document: Document, menus: QMenuBar) -> Head:
    actions = {name: QAction(name) for name in TOOLS.replace("|", "").split()}
    entries = [(one.id, one.number, one.title, one.claim) for one in chapters()]
    head = Head(document, Player(document, lambda _: ()), menus, actions, entries)
    qtbot.addWidget(head)
    dress(head)
    head.resize(1280, 60)
    head.show()
    return head


def test_a_click_turns_to_the_chapter(head: Head, document: Document, qtbot: QtBot) -> None:
    tabs = head.tabs
    for index, chapter in enumerate(chapters()):
        qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(index).center())
        assert document.view.chapter == chapter.id
    document.view.chapter = chapters()[0].id
    assert tabs.currentIndex() == 0


def test_names_where_there_is_room_numbers_where_not(
    head: Head, document: Document, qtbot: QtBot
) -> None:
    def texts() -> list[str]:
        return [head.tabs.tabText(index) for index in range(head.tabs.count())]

    numbers = [str(chapter.number) for chapter in chapters()]
    full = [f"{chapter.number}  {chapter.title}" for chapter in chapters()]
    assert texts() == full
    head.resize(640, 60)
    for index, chapter in enumerate(chapters()):
        document.view.chapter = chapter.id
        assert texts() == [*numbers[:index], full[index], *numbers[index + 1 :]]
    qtbot.waitUntil(lambda: head.tabs.geometry().right() < head.width())
    head.resize(1280, 60)
    assert texts() == full


@pytest.mark.parametrize("text_px", [13, 16, 24])
def test_all_fit_beside_the_menus_on_a_screen_of_16_to_9(
    head: Head, menus: QMenuBar, qtbot: QtBot, text_px: int
) -> None:
    head.resize(80 * text_px, 60)
    dress(head, "light", text_px)
    qtbot.wait(10)
    assert head.tabs.geometry().right() < head.width()
    assert head.tabs.tabRect(head.tabs.count() - 1).right() < head.tabs.width()
    assert menus.geometry().right() < head.tabs.geometry().left()
