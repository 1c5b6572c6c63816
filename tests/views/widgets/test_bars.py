"""Bars: where they stand, what they say, and that they end with the axis."""

from __future__ import annotations

import pytest
from dressing import dress
from PyQt6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from viz.views import theme as themes
from viz.views.widgets.bars import Bars, Group
from viz.views.widgets.text_cache import text_cache


@pytest.fixture
def bars(qtbot: QtBot) -> Bars:
    view = Bars("", "relative change")
    qtbot.addWidget(view)
    dress(view, "light")
    view.resize(480, 200)
    view.set_ranges((0, 1), (0, 1.5))
    view.set_groups(
        [
            Group("C1", [0.5, 3.0], "all alike", "of C1", [lambda theme: theme.accent]),
            Group("S2", [0.0, 1.5], colours=[None, lambda theme: theme.quiet]),
        ]
    )
    with qtbot.waitExposed(view):
        view.show()
    return view


def test_a_bar_is_as_high_as_its_value_and_ends_with_the_axis(bars: Bars) -> None:
    area = bars.area()
    assert bars.bar(0, 0).height() == pytest.approx(area.height() / 3, abs=2)
    assert bars.bar(0, 1).height() == pytest.approx(area.height(), abs=2)
    assert bars.bar(1, 0).height() == pytest.approx(0, abs=1)
    image = bars.grab().toImage()
    colour = image.pixelColor(bars.bar(0, 0).center().toPoint())
    assert colour.name() == themes.theme("light").accent.name()
    above = QPointF(bars.bar(0, 0).center().x(), bars.bar(0, 0).top() - 6).toPoint()
    assert image.pixelColor(above).name() == themes.theme("light").background.name()


def test_each_group_has_its_tip_and_is_read_out(bars: Bars) -> None:
    assert bars.tooltip(bars.bar(0, 1).center()) == "of C1"
    assert bars.tooltip(bars.bar(1, 1).center()) == ""
    assert bars.accessibleDescription() == "C1: 0.5, 3 all alike; S2: 0, 1.5"


def test_the_table_has_a_column_for_each_group(bars: Bars) -> None:
    assert list(bars.table()) == [["C1", "S2"], [0.5, 0.0], [3.0, 1.5]]


def test_what_is_written_below_groups_is_no_wider_than_their_places(bars: Bars) -> None:
    notes = ["0.70, all alike", "0.55, repeat after 2"]
    groups = [Group(f"S{n}", [0.5] * 4, note) for n, note in enumerate(notes)]
    bars.set_groups(groups)

    def written() -> list[list[str]]:
        return [text.split("\n") for text in bars.heads]

    assert written() == [["S0", notes[0]], ["S1", notes[1]]]
    bars.resize(250, 200)
    assert written() == [["S0", "0.70", "all alike"], ["S1", "0.55", "repeat after 2"]]
    assert bars.tick_lines == 3
    bars.resize(170, 200)
    place = bars.area().width() / 2
    for texts in written():
        assert max(map(text_cache(13).width, texts)) <= place
    bars.resize(480, 200)
    assert written() == [["S0", notes[0]], ["S1", notes[1]]] and bars.tick_lines == 2


def test_rows_have_the_names_of_their_bars(bars: Bars) -> None:
    bars.names = ["before", "after"]
    assert list(bars.table()) == [["", "C1", "S2"], ["before", 0.5, 0.0], ["after", 3.0, 1.5]]


def test_it_tells_how_many_groups_have_room_for_their_texts(bars: Bars) -> None:
    groups = [Group(str(n), [0.5], "−88.8") for n in range(6)]
    assert bars.fitting(groups) == 6
    bars.resize(200, 200)
    fits = bars.fitting(groups)
    assert 1 < fits < 6
    bars.set_groups(groups[:fits])
    assert bars.heads == tuple(f"{n}\n−88.8" for n in range(fits))
    bars.resize(160, 200)
    assert bars.fitting(groups) < fits
    assert bars.fitting([Group("a name that is wider than all of the axes", [0.5], "")]) == 1
