"""Scores: the bars are the probabilities of the window that the title names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from dressing import dress
from PyQt6.QtCore import QPoint, QPointF
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from viz.engine.compute import Computer, Nets
from viz.model.document import Document
from viz.nets.architecture import NONE_CLASS
from viz.scene import Scene, Transform
from viz.scene.digits import number
from viz.scene.hits import item_centre
from viz.views import theme as themes
from viz.views.answer.scores import Scores, probabilities
from viz.views.paint_clock import PaintClock

LIGHT = themes.theme("light")


@pytest.fixture
def computer(nets: Nets) -> Computer:
    return Computer(nets)


@pytest.fixture
def shown(qtbot: QtBot, computer: Computer) -> tuple[Document, Scores]:
    document = Document(number("31"))
    view = Scores(document, PaintClock())
    qtbot.addWidget(view)
    dress(view, "light")
    view.resize(320, 200)
    view.show()
    document.snapshot_changed.connect(view.show_snapshot)
    document.show(computer(document.request()))
    return document, view


def painted(view: Scores, number: int) -> int:
    """The height in pixels of the bar of a class, as it is on the screen."""
    image = view.grab().toImage()
    x, colour = round(view.bar(number).center().x()), QColor(LIGHT.class_colour(number))
    return sum(image.pixelColor(x, y) == colour for y in range(image.height()))


def test_bars_are_probabilities(shown: tuple[Document, Scores]) -> None:
    document, view = shown
    assert document.snapshot is not None
    full = view.bar(3).height() / view.heights[3]
    for column in (0, 3, 8, 2):
        document.select_window((0, column))
        scores = np.exp(document.snapshot.maps["output"][:, 0, column])
        assert view.heights == pytest.approx(scores, abs=1e-3)
        assert f"column {column}" in view.title
        for place, score in enumerate(scores):
            assert painted(view, place) == pytest.approx(score * full, abs=1.1)


def test_the_number_is_the_shown_window_s_however_little_the_bars_move(
    shown: tuple[Document, Scores], computer: Computer
) -> None:
    document, view = shown
    document.select_window((0, 2))
    for step in range(20):
        moved = replace(document.scene, transform=Transform(dx=0.05 * step))
        document.show(computer(replace(document.request(), scene=moved)))
        assert document.snapshot is not None
        best = float(np.exp(document.snapshot.maps["output"][:, 0, 2].max()))
        assert f"  {best:.3f}  " in view.title


def test_a_blank_canvas_names_the_chosen_window(
    shown: tuple[Document, Scores], computer: Computer
) -> None:
    """All windows of a blank canvas score alike, and yet the title must follow the choice."""
    document, view = shown
    document.apply(Scene(), "clear")
    document.show(computer(document.request()))
    for column in (0, 5):
        document.select_window((0, column))
        assert view.title == f"Scores   none  1.000   row 0, column {column}"


def test_a_network_without_none_has_ten_bars(
    shown: tuple[Document, Scores], computer: Computer
) -> None:
    document, view = shown
    wide = view.bar(0).width()
    document.set_network("notes")
    document.show(computer(document.request()))
    assert len(view.heights) == NONE_CLASS and view.bar(0).width() > wide
    winner = int(view.heights.argmax())
    assert painted(view, winner) == pytest.approx(view.bar(winner).height(), abs=1.1)


def test_the_window_follows_the_selected_item(shown: tuple[Document, Scores]) -> None:
    document, _ = shown
    centres = [item_centre(document.scene, i)[0] for i in range(len(document.scene.items))]
    for index, x in enumerate(centres):
        document.select((index,))
        _, column = document.shown_window()  # type: ignore[misc]
        assert abs(16 + 4 * column - x) <= 4


def test_competing_digits_do_not_make_the_window_hop(
    shown: tuple[Document, Scores], computer: Computer
) -> None:
    document, _ = shown
    scene = document.scene
    windows = set()
    for n in range(12):
        moved = Scene(32, 64, scene.items, Transform(angle=0.2 * n))
        document.apply(moved, "turn")
        document.show(computer(document.request()))
        windows.add(document.shown_window())
    assert len(windows) == 1


def test_hovering_a_window_shows_it_meanwhile(shown: tuple[Document, Scores]) -> None:
    document, view = shown
    document.select_window((0, 2))
    document.hover_window((0, 7))
    assert "column 7" in view.title
    document.hover_window(None)
    assert "column 2" in view.title


def test_a_title_without_room_is_whole_in_the_tip(shown: tuple[Document, Scores]) -> None:
    _, view = shown
    assert view.title not in view.tooltip(QPointF(5, 5))
    dress(view, "light", 30)
    assert view.tooltip(QPointF(5, 5)).startswith(view.title)


def test_the_scores_of_a_frozen_state_stand_round_the_live_ones(
    shown: tuple[Document, Scores],
) -> None:
    document, view = shown
    assert document.snapshot is not None
    three = int(document.snapshot.maps["output"][3, 0].argmax())
    document.select_window((0, three))
    alone, title, bar = view.grab().toImage(), view.title, view.bar(3)
    frozen = probabilities(document.snapshot, (0, three))
    view.set_beside(frozen)
    document.select_window((0, 0))
    assert view.heights[3] < 0.1 and "outlined: A" in view.title
    image = view.grab().toImage()
    top = QPoint(round(bar.center().x()), round(bar.top()))
    assert any(image.pixelColor(top.x(), top.y() + step) == LIGHT.text for step in (-1, 0, 1))
    view.set_beside(None)
    document.select_window((0, three))
    assert view.title == title and view.grab().toImage() == alone
