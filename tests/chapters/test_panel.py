"""The panel's tabs: every instrument's is whole and in sight, however large the text."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from viz.chapters.panel import InstrumentTabs
from viz.views import theme as themes

TITLES = ("Displacement", "Difference", "Residual", "Shift map", "Invariance", "Networks")


@pytest.fixture
def tabs(qtbot: QtBot) -> InstrumentTabs:
    tabs = InstrumentTabs()
    qtbot.addWidget(tabs)
    for title in TITLES:
        tabs.addTab(title)
    tabs.show()
    return tabs


@pytest.mark.parametrize(
    ("text_px", "width"), [(13, 463), (16, 513), (16, 800), (20, 513), (24, 769), (32, 760)]
)
def test_all_tabs_are_whole_and_in_sight(
    text_px: int, width: int, tabs: InstrumentTabs, qtbot: QtBot
) -> None:
    tabs.setFixedWidth(width)
    tabs.set_theme(themes.theme("light"), text_px)
    qtbot.waitUntil(lambda: tabs.width() == width)
    places = [tabs.tabRect(index) for index in range(len(TITLES))]
    assert places[-1].right() < width
    assert tabs.font().pixelSize() == text_px
    for place, title in zip(places, TITLES, strict=True):
        assert place.width() >= tabs.fontMetrics().horizontalAdvance(title)


def test_letters_are_as_wide_as_the_room_allows(tabs: InstrumentTabs, qtbot: QtBot) -> None:
    tabs.set_theme(themes.theme("dark"), 16)
    stretches = []
    for width in (800, 480, 400, 800):
        tabs.setFixedWidth(width)
        qtbot.waitUntil(lambda width=width: tabs.width() == width)  # type: ignore[misc]
        stretches.append(tabs.font().stretch())
    assert stretches[0] == stretches[3] == 100
    assert stretches[0] > stretches[1] > stretches[2]
