"""Shortcut sheet: typing filters, keys choose, Enter runs the command and closes."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QLineEdit, QTreeWidget
from pytestqt.qtbot import QtBot

from viz.views import theme as themes
from viz.window.shortcuts import ShortcutSheet

ROWS = [
    ("File", "Open…", "Ctrl+O", "Open a scene file."),
    ("File", "Save", "Ctrl+S", "Save the drawing."),
    ("Edit", "Undo", "Ctrl+Z", "Undo the last change."),
    ("Edit", "Redo", "Ctrl+Y", "Make the change again."),
    ("Tools", "Pen", "P", "Draw strokes."),
]


@pytest.fixture
def called() -> list[int]:
    return []


@pytest.fixture
def sheet(qtbot: QtBot, called: list[int]) -> ShortcutSheet:
    view = ShortcutSheet(ROWS, called.append)
    qtbot.addWidget(view)
    view.show()
    return view


def search(sheet: ShortcutSheet) -> QLineEdit:
    found = sheet.findChild(QLineEdit)
    assert isinstance(found, QLineEdit)
    return found


def rows(sheet: ShortcutSheet) -> QTreeWidget:
    found = sheet.findChild(QTreeWidget)
    assert isinstance(found, QTreeWidget)
    return found


def chosen(sheet: ShortcutSheet) -> str:
    current = rows(sheet).currentItem()
    assert current is not None
    return current.text(0)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("CHANGE", [2, 3]),  # in the tip, whatever the case
        ("ctrl+z", [2]),
        ("edit again", [3]),  # every word, in any column
        ("file", [0, 1]),  # the group counts
        ("xyzzy", []),
    ],
)
def test_typing_filters(
    typed: str, expected: list[int], sheet: ShortcutSheet, qtbot: QtBot
) -> None:
    qtbot.keyClicks(search(sheet), typed)
    assert sheet.shown() == expected
    assert rows(sheet).isVisible() == bool(expected)
    headings = [
        item.text(0)
        for item in (rows(sheet).topLevelItem(i) for i in range(rows(sheet).topLevelItemCount()))
        if item is not None and not item.isHidden()
    ]
    assert headings == list(dict.fromkeys(ROWS[index][0] for index in expected))


def test_enter_runs_the_first_match(sheet: ShortcutSheet, called: list[int], qtbot: QtBot) -> None:
    qtbot.keyClicks(search(sheet), "undo")
    qtbot.keyClick(search(sheet), Qt.Key.Key_Return)
    assert called == [2]
    assert not sheet.isVisible()


def test_arrow_keys_in_the_search_choose(
    sheet: ShortcutSheet, called: list[int], qtbot: QtBot
) -> None:
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        qtbot.keyClick(search(sheet), key)
    assert chosen(sheet) == "Undo"  # headings are passed over
    for key, expected in ((Qt.Key.Key_PageDown, "Pen"), (Qt.Key.Key_PageUp, "Open…")):
        qtbot.keyClick(search(sheet), key)
        assert chosen(sheet) == expected
    qtbot.keyClick(search(sheet), Qt.Key.Key_Down)
    qtbot.keyClick(search(sheet), Qt.Key.Key_Enter)
    assert called == [1]


def test_a_click_runs_once_a_heading_and_no_match_nothing(
    sheet: ShortcutSheet, called: list[int], qtbot: QtBot
) -> None:
    view = rows(sheet)
    viewport, group = view.viewport(), view.topLevelItem(2)
    assert viewport is not None and group is not None
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=view.visualItemRect(group).center())
    qtbot.keyClicks(search(sheet), "xyzzy")
    qtbot.keyClick(search(sheet), Qt.Key.Key_Return)
    assert called == [] and sheet.isVisible()
    search(sheet).clear()
    where = view.visualItemRect(group.child(0)).center()
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=where)
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=where)
    assert called == [4]


def test_escape_closes_and_the_next_time_starts_anew(sheet: ShortcutSheet, qtbot: QtBot) -> None:
    qtbot.keyClicks(search(sheet), "pen")
    qtbot.keyClick(search(sheet), Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    sheet.show()
    assert search(sheet).text() == ""
    assert sheet.shown() == [0, 1, 2, 3, 4]


def test_the_tip_of_the_chosen_command_is_written_out(sheet: ShortcutSheet, qtbot: QtBot) -> None:
    labels = sheet.findChildren(QLabel)
    for tip in ("Open a scene file.", "Save the drawing."):
        assert [label.text() for label in labels].count(tip) == 1
        qtbot.keyClick(search(sheet), Qt.Key.Key_Down)


@pytest.mark.parametrize("pixels", [13, 16, 24, 40])
def test_the_sheet_fits_the_screen_with_whole_rows(pixels: int, qtbot: QtBot) -> None:
    many = [ROWS[index % len(ROWS)] for index in range(120)]
    view = ShortcutSheet(many, lambda _: None)
    qtbot.addWidget(view)
    view.setFont(themes.font(pixels))
    view.show()
    screen = view.screen()
    assert screen is not None
    area = screen.availableGeometry()
    assert view.width() <= area.width()
    assert view.height() < area.height()
    commands = rows(view)
    qtbot.waitUntil(lambda: commands.height() % row_height(commands) == 0)
    assert commands.height() >= 4 * row_height(commands)


def row_height(commands: QTreeWidget) -> int:
    return commands.visualItemRect(commands.topLevelItem(0)).height()
