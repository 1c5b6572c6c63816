"""Facts: every number has its words and its formula; what does not fit is left out whole."""

from __future__ import annotations

import pytest
from dressing import dress
from PyQt6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from viz.views.widgets.facts import Fact, Facts

ROWS = (
    Fact("96.4 %", "of neighbouring shifts agree, which takes two lines here", "pairs / pairs"),
    Fact("8.6", "ms", "a median"),
    Fact("3", "read here", colour=lambda theme: theme.class_ink(3)),
)


@pytest.fixture
def facts(qtbot: QtBot) -> Facts:
    view = Facts("100.0 %")
    qtbot.addWidget(view)
    dress(view)
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
    assert 0 < len(facts.rows()) < 3
    assert all(facts.rect().contains(row) for row in facts.rows())
    assert "read here" in facts.accessibleDescription()


def test_each_row_tells_its_formula(facts: Facts) -> None:
    rows = facts.rows()
    tips = [facts.tooltip(QPointF(row.center())) for row in rows]
    assert tips == ["pairs / pairs", "a median", ""]
    assert facts.tooltip(QPointF(1, 1)) == ""  # the heading


def test_a_changed_number_is_painted_and_spoken(facts: Facts) -> None:
    before, places = facts.grab().toImage(), facts.rows()
    facts.set_facts("a heading", (ROWS[0], Fact("9.9", "ms", "a median"), ROWS[2]))
    assert facts.grab().toImage() != before
    assert facts.rows() == places
    assert "9.9 ms" in facts.accessibleDescription()


def test_a_row_without_a_number_has_the_whole_width(facts: Facts) -> None:
    words = "what this does not prove, in a sentence"
    facts.set_facts("", [Fact("3", words), Fact("", words)])
    beside, alone = facts.rows()
    assert alone.height() < beside.height()
