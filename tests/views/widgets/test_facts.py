"""Facts: every number has its words and its formula; what does not fit is left out whole."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from viz.views import theme as themes
from viz.views.widgets.facts import Fact, Facts

ROWS = (
    Fact("96.4 %", "of neighbouring shifts agree, which takes two lines here", "pairs / pairs"),
    Fact("8.6", "ms", "a median"),
    Fact("3", "read here"),
)


@pytest.fixture
def facts(qtbot: QtBot) -> Facts:
    view = Facts("100.0 %")
    qtbot.addWidget(view)
    view.set_theme(themes.theme("dark"), 13)
    view.resize(260, 200)
    view.set_facts("a heading", ROWS)
    return view


def test_rows_stand_one_below_the_other_and_wrap(facts: Facts) -> None:
    first, second, third = facts.rows()
    assert first.height() >= 2 * second.height() - 2
    assert 0 < first.top() < first.bottom() < second.top() < second.bottom() < third.top()
    assert facts.rect().contains(third)


def test_what_does_not_fit_is_left_out(facts: Facts) -> None:
    facts.resize(260, 80)
    facts.grab()
    assert 0 < len(facts.rows()) < 3
    assert all(facts.rect().contains(row) for row in facts.rows())
    assert facts.facts == ROWS


def test_letters_are_condensed_before_a_row_is_left_out(facts: Facts) -> None:
    facts.resize(1000, 200)
    facts.grab()
    one_line = facts.rows()[0].height()
    whole = facts.rows()[-1].bottom() + 1
    facts.resize(1000, whole)
    facts.grab()
    assert facts._stretch == 100
    narrow = next(wide for wide in range(900, 100, -5) if wraps(facts, wide, whole))
    facts.resize(narrow, whole)
    facts.grab()
    assert len(facts.rows()) == 3
    assert facts._stretch < 100
    assert all(row.height() == one_line for row in facts.rows())


def wraps(facts: Facts, wide: int, high: int) -> bool:
    """Whether a row has more than a line in full letters, so that not all fit."""
    facts.resize(wide, high)
    facts.grab()
    return len(facts._fitting(100)) < 3


def test_each_row_tells_its_formula(facts: Facts) -> None:
    rows = facts.rows()
    assert facts.tip_at(rows[0].center()) == "pairs / pairs"
    assert facts.tip_at(rows[1].center()) == "a median"
    assert facts.tip_at(QPoint(1, 1)) == ""  # the heading


def test_a_changed_number_is_painted_and_spoken(facts: Facts) -> None:
    before, places = facts.grab().toImage(), facts.rows()
    facts.set_facts("a heading", (ROWS[0], Fact("9.9", "ms", "a median"), ROWS[2]))
    assert facts.grab().toImage() != before
    assert facts.rows() == places
    assert "9.9 ms" in facts.accessibleDescription()
