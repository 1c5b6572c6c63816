"""Scores: the bars are the probabilities of the window that the title names."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest
from PyQt6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from viz.engine.compute import Computer, Nets
from viz.model.document import Document
from viz.scene import Scene, Transform
from viz.scene.digits import number
from viz.scene.hits import item_centre
from viz.views import theme as themes
from viz.views.answer.scores import PLACES, Scores, probabilities
from viz.views.paint_clock import PaintClock


@pytest.fixture(scope="module")
def computer() -> Computer:
    return Computer(Nets())


@pytest.fixture
def shown(qtbot: QtBot, computer: Computer) -> tuple[Document, Scores]:
    document = Document(number("31"))
    view = Scores(document, PaintClock())
    qtbot.addWidget(view)
    view.resize(320, 200)
    view.set_theme(themes.theme("light"), 13)
    view.show()
    document.snapshot_changed.connect(view.show_snapshot)
    document.show(computer(document.request()))
    return document, view


def bars(view: Scores) -> np.ndarray:
    return heights(view)[0]


def plot(view: Scores) -> pg.PlotWidget:
    return view.findChild(pg.PlotWidget)


def heights(view: Scores) -> list[np.ndarray]:
    """Those of the bars, and of the outlines round them."""
    items = plot(view).getPlotItem().items
    return [np.asarray(i.opts["height"]) for i in items if isinstance(i, pg.BarGraphItem)]


def test_bars_are_probabilities(shown: tuple[Document, Scores]) -> None:
    document, view = shown
    for window in ((0, 0), (0, 3), (0, 8)):
        document.select_window(window)
        log_probs = document.snapshot.maps["output"][:, window[0], window[1]]  # type: ignore[union-attr]
        assert np.allclose(bars(view), np.exp(log_probs), atol=2e-3)
        assert bars(view).sum() == pytest.approx(1, abs=5e-3)
        assert f"column {window[1]}" in view.title


def test_a_blank_canvas_names_the_chosen_window(
    shown: tuple[Document, Scores], computer: Computer
) -> None:
    """All windows of a blank canvas score alike, and yet the title must follow the choice."""
    document, view = shown
    document.apply(Scene(), "clear")
    document.show(computer(document.request()))
    for column in (0, 5):
        document.select_window((0, column))
        assert f"column {column}:" in view.title


def test_the_window_follows_the_selected_item(
    shown: tuple[Document, Scores], computer: Computer
) -> None:
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


def test_the_scores_of_a_frozen_state_stand_round_the_live_ones(
    shown: tuple[Document, Scores], computer: Computer
) -> None:
    document, view = shown
    assert document.snapshot is not None
    three = int(document.snapshot.maps["output"][3, 0].argmax())
    document.select_window((0, three))
    alone, title = view.grab().toImage(), view.title
    frozen = probabilities(document.snapshot, (0, three))
    view.set_beside(frozen)
    document.select_window((0, 0))
    _, outlines = heights(view)
    assert np.array_equal(outlines, frozen) and not np.allclose(bars(view), frozen, atol=0.5)
    assert "outlined: A" in view.title
    winner = int(frozen.argmax())
    of_plot = plot(view)
    box = of_plot.getPlotItem().vb
    top = of_plot.mapFromScene(box.mapViewToScene(QPointF(PLACES[winner], frozen[winner])))
    image = of_plot.grab().toImage()
    ink = themes.theme("light").text.rgb()
    assert any(image.pixel(top.x(), top.y() + step) == ink for step in (-1, 0, 1))
    view.set_beside(None)
    document.select_window((0, three))
    assert view.title == title and view.grab().toImage() == alone
    view.set_beside(frozen)
    document.select_window((0, 0))
    view.resize(160, 200)
    assert view.title == "(0, 0)  none  1.000", "there is no room for more"
