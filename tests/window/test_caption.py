"""The hint line: short lines are shown whole, long ones have a tip, captions wrap."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from viz.window.caption import HintLine

LONG = "every map follows while you move " * 8


@pytest.fixture
def line(qtbot: QtBot) -> HintLine:
    line = HintLine()
    qtbot.addWidget(line)
    line.set_text_px(13)
    line.resize(600, line.height())
    line.show()
    return line


def test_what_fits_is_whole_and_what_does_not_is_in_the_tip(line: HintLine) -> None:
    line.set_hint("Draw a digit.")
    assert (line.text(), line.toolTip()) == ("Draw a digit.", "")
    line.set_hint(LONG)
    assert line.text() != LONG
    assert line.text().endswith("…")
    assert " ".join(line.toolTip().split()) == LONG.strip()


def test_a_long_hint_does_not_widen_the_window(line: HintLine) -> None:
    line.set_hint(LONG)
    assert line.minimumSizeHint().width() < 200


def test_a_caption_is_larger_and_whole_on_two_lines(line: HintLine) -> None:
    line.set_hint("Watch how the answer appears when the 4 enters, and every map follows.")
    height = line.height()
    line.set_caption(True)
    assert line.text() == line.hint
    assert line.height() > 2 * height
    assert line.heightForWidth(600) <= line.height()
    line.set_caption(False)
    assert line.height() == height
