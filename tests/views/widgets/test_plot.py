"""Plots: what the curves and the key say, how x is chosen, and what is copied and saved."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from dressing import dress
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viz.errors import UserError
from viz.i18n import UNKNOWN
from viz.views import theme as themes
from viz.views.widgets.export import csv_text, save
from viz.views.widgets.plot import Plot
from viz.views.widgets.plot_series import Measured, Series
from viz.views.widgets.text_cache import text_cache

X = np.linspace(-4, 4, 9)


@pytest.fixture
def plot(qtbot: QtBot) -> Plot:
    view = Plot("shift / px", "residual", step=1.0, fine=0.25)
    qtbot.addWidget(view)
    dress(view, "light")
    view.resize(560, 230)
    view.set_ranges((-4, 4), (0, 1))
    view.set_series(
        [
            Series("rising", X, (X + 4) / 8, lambda theme: theme.class_ink(3)),
            Series("broken", X, np.where(X < 0, math.nan, 0.25), dashed=True),
        ]
    )
    with qtbot.waitExposed(view):
        view.show()
    return view


def at(plot: Plot, x: float, y: float) -> QPoint:
    """A point of the axes in pixels of the viewport, which the mouse events go to."""
    viewport = plot.view.viewport()
    assert viewport is not None
    return viewport.mapFrom(plot, plot.to_widget(x, y).toPoint())


def test_a_click_and_a_drag_choose_x(plot: Plot, qtbot: QtBot) -> None:
    viewport, chosen, begun = plot.view.viewport(), [], []
    plot.chosen.connect(chosen.append)
    plot.started.connect(lambda: begun.append(len(chosen)))
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, left, pos=at(plot, 1.0, 0.5))
    QTest.mouseMove(viewport, at(plot, 2.0, 0.5))
    QTest.mouseMove(viewport, at(plot, 4.0, 0.5) + QPoint(200, 0))
    QTest.mouseRelease(viewport, left, pos=at(plot, 2.0, 0.5))
    assert begun == [0]
    assert chosen == [
        pytest.approx(1.0, abs=0.05), pytest.approx(2.0, abs=0.05), pytest.approx(4.0)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "modifier", "x"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 1.5),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, -0.5),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 0.75),
    ],
)
def test_arrow_keys_choose_x(
    plot: Plot, key: Qt.Key, modifier: Qt.KeyboardModifier, x: float
) -> None:
    chosen: list[float] = []
    plot.chosen.connect(chosen.append)
    QTest.keyClick(plot, key, modifier)
    assert chosen == []  # there is no cursor to move
    plot.set_mark(0.5)
    QTest.keyClick(plot, key, modifier)
    assert chosen == [x]


def test_the_key_tells_the_values_at_the_cursor_and_under_the_pointer(plot: Plot) -> None:
    assert plot.key is not None
    plot.set_mark(2.0)
    assert plot.key.values == ("0.75", "0.25")
    plot.set_mark(2.5)
    assert plot.key.values == ("≈0.81", "≈0.25")
    plot.set_mark(-4.0)
    assert plot.key.values == ("0", UNKNOWN)
    plot.set_mark(2.0)
    plot.set_measured(Measured(2.0, "2, 0", {"rising": 0.5}))
    assert plot.key.values == ("0.50", "0.25")
    QTest.mouseMove(plot.view.viewport(), at(plot, 0.0, 0.5))
    assert float(plot.key.values[0].lstrip("≈")) == pytest.approx(0.5, abs=0.02)
    plot.set_dimmed(True)
    assert plot.key.values == (UNKNOWN, UNKNOWN)


def test_curves_lie_where_their_values_are_and_follow_the_theme(plot: Plot) -> None:
    def colour(x: float, y: float) -> str:
        return plot.grab().toImage().pixelColor(plot.to_widget(x, y).toPoint()).name()

    assert colour(0.0, 0.5) == themes.theme("light").class_ink(3).name()
    dress(plot, "dark")
    assert colour(0.0, 0.5) == themes.theme("dark").class_ink(3).name()
    assert colour(-1.5, 0.9) == themes.theme("dark").background.name()


def test_zoom_stays_in_the_ranges_and_goes_back(plot: Plot) -> None:
    plot.zoom(2.0, QPointF(4.0, 0.0))
    assert plot.ranges == (pytest.approx((0.0, 4.0)), pytest.approx((0.0, 0.5)))
    plot.zoom(0.1, QPointF(2.0, 0.2))
    assert plot.ranges == (pytest.approx((-4.0, 4.0)), pytest.approx((0.0, 1.0)))
    plot.zoom(2.0, QPointF(0.0, 0.5))
    QTest.mouseDClick(plot.view.viewport(), Qt.MouseButton.LeftButton, pos=at(plot, 0.0, 0.5))
    assert plot.ranges == (pytest.approx((-4.0, 4.0)), pytest.approx((0.0, 1.0)))


def test_zoom_has_ends_and_lasts_until_other_ranges_are_set(plot: Plot) -> None:
    for _ in range(60):
        plot.zoom(1.25, QPointF(1.0, 0.5))
    plot.zoom(1e300, QPointF(1.0, 0.5))
    (low, high), _ = plot.ranges
    assert high - low == pytest.approx(8 / 1000) and low < 1 < high
    plot.set_ranges((-4, 4), (0, 1))  # as with every result
    assert plot.ranges[0] == pytest.approx((low, high))
    for _ in range(60):
        plot.zoom(0.8, QPointF(1.0, 0.5))
    assert plot.ranges == (pytest.approx((-4.0, 4.0)), pytest.approx((0.0, 1.0)))
    plot.zoom(2, QPointF(1.0, 0.5))
    plot.set_ranges((-4, 4), (0, 2))
    assert plot.ranges == (pytest.approx((-4.0, 4.0)), pytest.approx((0.0, 2.0)))


def test_the_values_are_copied_and_saved(plot: Plot, tmp_path: Path) -> None:
    heading, first, *_ = csv.reader(io.StringIO(csv_text(plot.table())))
    assert heading == ["shift / px", "rising", "broken"]
    assert [float(value) for value in first] == pytest.approx([-4.0, 0.0, math.nan], nan_ok=True)
    for ending in ("csv", "png", "svg"):
        save(plot, plot.table(), tmp_path / f"plot.{ending}")
    assert (tmp_path / "plot.csv").read_text() == csv_text(plot.table())
    assert QImage(str(tmp_path / "plot.png")).size() == plot.size() * plot.devicePixelRatioF()
    assert "<path" in (tmp_path / "plot.svg").read_text()
    with pytest.raises(UserError):
        save(plot, plot.table(), tmp_path / "nowhere" / "plot.svg")
    menu = plot.build_menu()
    menu.actions()[0].trigger()
    clipboard = QApplication.clipboard()
    assert clipboard is not None and clipboard.text() == csv_text(plot.table())


def test_a_note_and_a_message_are_read_out(plot: Plot) -> None:
    plot.set_note("The noise stays.")
    plot.set_message("The canvas is empty.")
    assert (plot.note, plot.message) == ("The noise stays.", "The canvas is empty.")
    assert plot.accessibleDescription() == "The noise stays."
    assert plot.accessibleName() == "residual over shift / px"


def test_the_key_stands_below_where_axes_would_be_narrow(plot: Plot) -> None:
    assert plot.key is not None
    QApplication.processEvents()
    assert not plot.key.flat and plot.key.x() > plot.area().right()
    plot.resize(230, 230)
    QApplication.processEvents()
    assert plot.key.flat and plot.key.y() > plot.area().bottom()
    assert plot.area().width() > 160 and plot.key.geometry().bottom() <= plot.height()
    plot.resize(560, 230)
    QApplication.processEvents()
    assert not plot.key.flat and plot.key.x() > plot.area().right()


@pytest.mark.parametrize(("width", "text_px"), [(560, 13), (230, 21), (180, 21), (180, 13)])
def test_numbers_at_the_axis_do_not_run_together(plot: Plot, width: int, text_px: int) -> None:
    dress(plot, "light", text_px)
    plot.set_ranges((-14, 14), (0, 1))
    for step in (None, 1.0):
        plot.set_grid_step(step)
        plot.resize(width, 230)
        QApplication.processEvents()
        axis = plot.view.getPlotItem().getAxis("bottom")
        size = plot.area().width()
        major, _ = axis.tickSpacing(-14, 14, size)[0]
        widest = text_cache(text_px).width("−10")
        assert major / 28 * size >= widest or major >= 14


def test_in_a_low_plot_rows_of_the_key_come_before_its_heading(plot: Plot) -> None:
    key = plot.key
    assert key is not None
    named = [Series(f"curve {n}", X, X / 8, dashed=n > 0) for n in range(7)]
    plot.set_series(named)
    found = []
    for height in (300, 115):
        plot.resize(560, height)
        found.append((key.has_heading, len(key.tops())))
    assert found == [(True, 7), (False, 7)]
    plot.resize(240, 115)
    assert not key.flat, "the axes would have no height left"
    plot.resize(240, 300)
    assert key.flat


@pytest.mark.parametrize(("dotted", "shown"), [(False, False), (True, True)])
def test_a_curve_of_a_single_value_is_seen_where_it_is_dotted(
    plot: Plot, dotted: bool, shown: bool
) -> None:
    ink = plot.theme.class_ink(3)
    one = Series("one", np.array([1.0]), np.array([0.5]), lambda theme: theme.class_ink(3))
    plot.set_series([replace(one, dotted=dotted)])
    QApplication.processEvents()
    at = plot.to_widget(1.0, 0.5).toPoint()
    assert (plot.grab().toImage().pixelColor(at).name() == ink.name()) is shown
