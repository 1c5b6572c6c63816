"""Lines of text and rows of controls: what happens where there is no room."""

from __future__ import annotations

import numpy as np
import pytest
from dressing import dress
from painted import pixels
from PyQt6.QtCore import QPointF, QSize, Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viz.views.widgets.flow_layout import FlowLayout
from viz.views.widgets.line import Line


def test_what_is_cut_is_whole_in_the_tip(qtbot: QtBot) -> None:
    line = Line()
    qtbot.addWidget(line)
    dress(line)
    line.resize(600, 24)
    line.set_text("A: the stroke of the 3", "window row 0, column 4", "its formula")
    assert not line.is_elided and line.tooltip(QPointF()) == "its formula"
    line.resize(60, 24)
    whole = "A: the stroke of the 3  window row 0, column 4"
    assert line.is_elided and line.tooltip(QPointF()) == f"{whole}\nits formula"
    assert line.accessibleName() == whole
    assert line.minimumSizeHint().width() < 10


def test_right_aligned_text_with_room_is_not_cut(qtbot: QtBot) -> None:
    right, left = Line(align=Qt.AlignmentFlag.AlignRight), Line()
    for line in (right, left):
        qtbot.addWidget(line)
        dress(line)
        line.resize(200, 24)
        line.set_text("94.8 %")
    spans = []
    for line in (right, left):
        shown = pixels(line)
        spans.append(np.flatnonzero((shown != shown[0, 0]).any((0, 2)))[[0, -1]])
    assert np.ptp(spans[0]) == pytest.approx(np.ptp(spans[1]), abs=1)
    assert spans[0][1] >= 197


@pytest.mark.parametrize(
    ("width", "corners"),
    [
        (400, [(0, 0), (112, 0), (224, 0)]),
        (230, [(0, 0), (112, 0), (0, 24)]),
        (80, [(0, 0), (0, 24), (0, 48)]),
    ],
)
def test_controls_wrap_where_there_is_no_room(
    qtbot: QtBot, width: int, corners: list[tuple[int, int]]
) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    layout = FlowLayout(box, spacing=12)
    parts = [QWidget() for _ in corners]
    for part in parts:
        part.setFixedSize(QSize(100, 20))
        layout.addWidget(part)
    box.resize(width, layout.heightForWidth(width))
    layout.activate()
    box.show()
    assert [(part.x(), part.y()) for part in parts] == corners
    assert layout.heightForWidth(width) == corners[-1][1] + 20
    parts[0].hide()
    layout.activate()
    assert (parts[1].x(), parts[1].y()) == (0, 0)


def test_where_there_is_no_room_a_shorter_text_stands_there(qtbot: QtBot) -> None:
    line = Line()
    qtbot.addWidget(line)
    dress(line)
    long, shorter = ("relative change", "within 0.05: max, average, Lp"), ("change", "within 0.05")
    line.set_text(*long, shorter=[shorter, ("change", "")])
    found = []
    for width in (400, 160, 60, 20):
        line.resize(width, 24)
        found.append((line.shown, line.is_elided))
    assert found == [(long, False), (shorter, True), (("change", ""), True), (("change", ""), True)]
    assert line.tooltip(QPointF()) == line.accessibleName() == "  ".join(long)
    assert (line.text, line.note) == long
