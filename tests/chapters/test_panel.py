"""The chapter's panel: tabs, keys, and the unit that is pinned."""

from __future__ import annotations

import pytest
from dressing import dress
from lab import Lab, NewLab
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QTabBar

from viz.model.snapshot import Unit
from viz.scene.digits import number
from viz.views import theme as themes


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    lab = new_lab(number("31"))
    lab.open_chapter("equivariance", (720, 220))
    return lab


def tabs_of(lab: Lab) -> QTabBar:
    (tabs,) = lab.panel.findChildren(QTabBar)
    return tabs


def test_a_tab_and_the_arrow_keys_choose_an_instrument(lab: Lab) -> None:
    tabs, titles = tabs_of(lab), [one.title for one in lab.panel.instruments]
    assert [tabs.tabText(index) for index in range(tabs.count())] == titles
    assert titles[0] == "Displacement" and titles[-1] == "Unit"
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(2).center())
    assert lab.document.view.instrument_of("equivariance") == "residual"
    assert lab.panel.current.id == "residual"
    QTest.keyClick(tabs, Qt.Key.Key_Right)
    assert lab.panel.current.id == "shift-map" and lab.panel.current.isVisible()


def test_while_a_unit_is_pinned_it_is_shown_and_then_what_was_chosen(lab: Lab) -> None:
    panel, tabs = lab.panel, tabs_of(lab)
    panel.choose("difference")
    lab.document.pin(Unit("C1", 3, 4, 5))
    lab.settle()
    assert panel.unit.isVisible() and tabs.tabText(tabs.currentIndex()) == "Unit"
    assert panel.chosen.id == "difference", "files keep it"
    lab.document.pin(None)
    assert panel.current.id == "difference" and panel.current.isVisible()
    lab.document.pin(Unit("C1", 3, 4, 5))
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(0).center())
    assert panel.current.id == "displacement" and lab.document.pinned is None


@pytest.mark.parametrize(("text_px", "width"), [(13, 560), (16, 720), (24, 1300)])
def test_all_tabs_are_whole_where_there_is_room(lab: Lab, text_px: int, width: int) -> None:
    tabs = tabs_of(lab)
    lab.panel.setStyleSheet(themes.style_sheet(themes.theme("light")))
    dress(lab.panel, "light", text_px)
    lab.panel.resize(width, 220)
    lab.settle()
    for index in range(tabs.count()):
        needed = tabs.fontMetrics().horizontalAdvance(tabs.tabText(index))
        assert needed <= tabs.tabRect(index).width() and tabs.tabRect(index).right() < width


def test_many_tabs_have_a_single_word_where_their_titles_have_no_room(new_lab: NewLab) -> None:
    lab = new_lab(number("31"))
    lab.open_chapter("assumptions", (1400, 220))
    panel, tabs = lab.panel, tabs_of(lab)
    panel.setStyleSheet(themes.style_sheet(themes.theme("dark")))
    titles = [one.title for one in panel.instruments]
    for width, texts in (
        (1400, titles),
        (730, [one.tab or one.title for one in panel.instruments]),
    ):
        panel.resize(width, 220)
        lab.settle()
        assert [tabs.tabText(index) for index in range(tabs.count())] == texts
        assert tabs.tabRect(tabs.count() - 1).right() < width
    assert any(one.tab for one in panel.instruments)


def test_no_tab_is_cut_off_on_a_small_window_and_in_a_smaller_one_they_scroll(
    new_lab: NewLab,
) -> None:
    lab = new_lab(number("31"))
    lab.open_chapter("assumptions", (1400, 220))
    panel, tabs = lab.panel, tabs_of(lab)
    panel.setStyleSheet(themes.style_sheet(themes.theme("dark")))
    dress(panel, "dark", 13)
    last = tabs.count() - 1
    for width, scrolls in ((600, False), (400, True)):  # 600: of a window of 1024×640
        panel.resize(width, 220)
        lab.settle()
        assert tabs.usesScrollButtons() == scrolls
        for index in range(tabs.count()):
            needed = tabs.fontMetrics().horizontalAdvance(tabs.tabText(index))
            assert needed <= tabs.tabRect(index).width()
        panel.turn_to(0)
        panel.turn_to(last)
        lab.settle()
        assert tabs.rect().contains(tabs.tabRect(last))
