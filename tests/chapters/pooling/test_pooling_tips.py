"""The pooling chapter tells every number with its formula and its values, where one points."""

from __future__ import annotations

import numpy as np
import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QColor, QHelpEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget

from viz.chapters.pooling.change import kind_colour
from viz.chapters.pooling.maps import AFTER, BEFORE, OWN
from viz.chapters.pooling.measure.changes import UNPOOLED, changes
from viz.engine.compute import Nets
from viz.nets.pooling import KINDS, Pooling
from viz.scene.digits import number
from viz.views import theme as themes

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    """The chapter's panel with a 31."""
    lab = new_lab(number("31"))
    lab.open_chapter("pooling")
    return lab


def tip(widget: QWidget, at: QPointF) -> str:
    """What is told there, by the event that a resting pointer sends."""
    QToolTip.hideText()
    point = at.toPoint()
    QApplication.sendEvent(
        widget, QHelpEvent(QEvent.Type.ToolTip, point, widget.mapToGlobal(point))
    )
    return QToolTip.text()


@pytest.mark.parametrize("kind", ["max", "subsampling"])
def test_nothing_on_the_screen_is_without_a_tip(lab: Lab, kind: str) -> None:
    lab.panel.instruments[0].strip.kind.chosen.emit(kind)
    for index, instrument in enumerate(lab.panel.instruments):
        lab.turn(index)
        parts = [part for part in instrument.findChildren(QWidget) if part.isVisible()]  # type: ignore[attr-defined]
        parts = [part for part in parts if not part.findChildren(QWidget)]
        assert parts
        for part in parts:
            middle = QPointF(part.rect().center())
            assert tip(part, middle), f"{type(part).__name__} of {instrument.title}"
    QToolTip.hideText()


def test_every_number_is_told_with_its_formula_and_its_values(lab: Lab, nets: Nets) -> None:
    toy, maps, change = lab.panel.instruments[:3]
    toy.strip.kind.chosen.emit("average")
    view = toy.view
    assert "Cell 2: x = 1.00" in tip(view, view.bar_point(1, 0.5))
    QTest.mousePress(view, LEFT, pos=view.grip_point().toPoint())
    QTest.mouseMove(view, (view.grip_point() + QPointF(view.cell_width, 0)).toPoint())
    QTest.mouseRelease(view, LEFT, pos=view.grip_point().toPoint())
    assert view.moved == 1
    assert "s = 1.00" in tip(view, view.grip_point())
    told = tip(toy.strip._line, QPointF(5, 5))
    assert "‖x′ − x‖ = √Σ (x′ᵢ − xᵢ)² = 1.41" in told and "‖P(x′) − P(x)‖ = 0.00" in told
    output = QPointF(view.bar_point(1, 0).x(), view.height() - 5.0)
    told = tip(view, output)
    assert "y = (1/n) Σ xᵢ\ny = 0.250\nof x =\n0.000  0.000  1.000  0.000" in told

    lab.turn(1)
    rect = maps.view.unit_rect(AFTER, 3, 5)
    window = maps.view.pictures[BEFORE].values[6:8, 10:12]
    told = tip(maps.view, rect.center())
    assert f"y = (1/n) Σ xᵢ\ny = {window.mean():.3f}\nof x =\n{window[0, 0]:.3f}" in told
    assert f"row 3, column 5\nf = max(0, b + Σ w x) = {maps.view.pictures[0].values[3, 5]:.3f}" in (
        tip(maps.view, maps.view.unit_rect(BEFORE, 3, 5).center())
    )
    assert "max: y = max xᵢ" in tip(maps.view, maps.view.unit_rect(OWN, 3, 5).center())
    assert "⌊(n − size)/stride⌋ + 1" in tip(maps.strip._line, QPointF(5, 5))

    lab.turn(2)
    *_, wanted = changes(nets("max"), lab.document.scene, "C1", {"average": Pooling("average")})
    at_2, response = wanted.curves["average"][8], wanted.responses["average"]
    plot = change.curves
    told = tip(plot, plot.to_widget(2.0, at_2))
    assert "‖P(f(T x)) − P(f(x))‖ / ‖P(f(x)) − P(f(∅))‖" in told and "2 px" in told
    assert f"= {at_2 * response:.3g} / {response:.3g} = {at_2:.2f}" in told
    told = tip(change.strip._line, QPointF(5, 5)).replace("\n", " ")
    for name, law in (("average", "P(f(∅))"), (UNPOOLED, "/ ‖f(x) − f(∅)‖")):
        assert law in told and f"= {wanted.curves[name][4]:.2f}" in told

    lab.turn(3)
    steps = lab.panel.instruments[3].view  # type: ignore[attr-defined]
    told = tip(steps, steps.group("S2").center())
    assert "‖f(Tₖ x) − f(Tₖ₋₁ x)‖ / ‖f(Tₖ₋₁ x) − f(∅)‖" in told
    assert f"{steps.last('S2'):.2f}" in told
    QToolTip.hideText()


def test_an_ablated_map_is_told_as_such(lab: Lab) -> None:
    lab.turn(1)
    maps = lab.panel.instruments[1]
    lab.document.toggle_ablation("C1", maps.view.numbers[0])
    lab.ask_again()
    told = tip(maps.view, maps.view.unit_rect(BEFORE, 3, 5).center())
    assert "ablated" in told and "max(0" not in told and told.endswith("0.000")
    QToolTip.hideText()


@pytest.mark.parametrize(("layer", "above"), [("C1", "S2"), ("C3", "S4")])
def test_a_map_that_is_ablated_once_pooled_is_told_as_such(
    lab: Lab, layer: str, above: str
) -> None:
    lab.turn(1)
    maps = lab.panel.instruments[1]
    maps.restore({"layer": layer})
    lab.settle()
    number = maps.view.numbers[0]
    before = maps.view.pictures[BEFORE].values
    row, column = (int(place) // 2 for place in np.unravel_index(before.argmax(), before.shape))
    at = {which: maps.view.unit_rect(which, row, column).center() for which in (AFTER, OWN)}
    own_at = f"{above} map {number}, row {row}, column {column}\n"
    assert tip(maps.view, at[OWN]).startswith(f"{own_at}max: y = max xᵢ\n")
    lab.document.toggle_ablation(above, number)
    lab.ask_again()
    assert tip(maps.view, at[OWN]) == f"{own_at}ablated, so = 0.000"
    told = tip(maps.view, at[AFTER])
    assert f"y = {before.max():.3f}" in told, "what comes before it is as it was"
    QToolTip.hideText()


@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_kind_has_a_colour_of_its_own_that_is_read_as_text(name: str) -> None:
    theme = themes.theme(name)
    colours = [kind_colour(kind, theme) for kind in KINDS]
    assert len({colour.name() for colour in colours}) == len(KINDS)
    ground = _luminance(theme.background)
    for colour in colours:
        light, dark = sorted((_luminance(colour), ground), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def _luminance(colour: QColor) -> float:
    """WCAG's relative luminance."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
             for c in (colour.redF(), colour.greenF(), colour.blueF())]  # fmt: skip
    return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))
