"""Inspector: cells are values at locked scales, numbers the trace's, and clicks go deeper."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from dressing import dress
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QHelpEvent, QImage
from PyQt6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from viz.engine.compute import Computer, Nets
from viz.measure.inspection import Trace
from viz.model.document import Document
from viz.model.snapshot import Unit
from viz.nets.lenet5 import lenet5
from viz.nets.networks import trained
from viz.scene import Scene
from viz.scene.digits import number
from viz.views import theme as themes
from viz.views.inspector import inspector
from viz.views.inspector.inspector import Inspector
from viz.views.inspector.look import locked_scales
from viz.views.inspector.output import largest
from viz.views.inspector.result import result_terms
from viz.views.paint_clock import PaintClock
from viz.views.theme import Lut
from viz.views.widgets.tooltip import wrapped

UNITS = [
    Unit("C1", 3, 12, 10),
    Unit("S2", 3, 6, 5),
    Unit("C3", 17, 3, 2),
    Unit("S4", 17, 1, 1),
    Unit("C5", 100, 0, 2),
    Unit("output", 3, 0, 1),
]


class InspectorLab:
    """An inspector beside a 31, which explains a unit; ``update`` computes the drawing as it is."""

    def __init__(
        self,
        qtbot: QtBot,
        nets: Nets,
        unit: Unit | None,
        size: tuple[int, int] = (560, 200),
        text_px: int = 13,
        *,
        pinned: bool = True,
    ) -> None:
        self._computer, self.document = Computer(nets), Document(number("31"))
        self.clock = PaintClock()
        self.view = Inspector(self.document, self.clock)
        qtbot.addWidget(self.view)
        dress(self.view, "dark", text_px)
        self.view.resize(*size)
        self.view.show()
        if pinned:
            self.document.pin(unit)
        else:
            self.document.hover(unit)
        self.update()

    def update(self) -> Trace | None:
        self.snapshot = self._computer(self.document.request())
        self.document.show(self.snapshot)
        self.view.show_snapshot(self.snapshot)
        return self.snapshot.trace

    @property
    def trace(self) -> Trace:
        assert self.snapshot.trace is not None
        return self.snapshot.trace

    @property
    def image(self) -> QImage:
        return self.view.grab().toImage()

    @property
    def button(self) -> QToolButton:
        (found,) = self.view.findChildren(QToolButton)
        return found


Inspect = Callable[..., InspectorLab]


@pytest.fixture
def inspect(qtbot: QtBot, nets: Nets) -> Inspect:
    """Shows an inspector of a unit; hovered, if not ``pinned``."""
    return partial(InspectorLab, qtbot, nets)


by_layer = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.layer)
projected = pytest.mark.parametrize(
    ("size", "text_px"), [((440, 179), 13), ((428, 150), 16), ((753, 201), 24)]
)


def cells(view: Inspector) -> dict[tuple[int, int, int], set[int]]:
    """The colours of each cell's upper left pixels; further inside there may be a number.

    Every second pixel is tried, as no cell is narrower, and the corner sought from there.
    """
    image = view.grab().toImage()
    found: dict[tuple[int, int, int], set[int]] = {}

    def at(x: int, y: int) -> tuple[int, int, int] | None:
        return view.cell_at(QPointF(x + 0.5, y + 0.5))

    above: dict[int, tuple[int, int, int] | None] = {}
    for y in range(0, view.height(), 2):
        row = {x: at(x, y) for x in range(0, view.width(), 2)}
        for x, cell in row.items():
            if cell is not None and cell not in (row.get(x - 2), above.get(x)):
                left, top = x, y
                while at(left - 1, y) == cell:
                    left -= 1
                while at(left, top - 1) == cell:
                    top -= 1
                found.setdefault(cell, set()).add(image.pixel(left, top))
        above = row
    return found


def colour(lut: Lut, value: float, scale: float, *, diverging: bool) -> int:
    index = value / scale * (127.5 if diverging else 255) + (128 if diverging else 0)
    return int(lut[min(255, max(0, math.floor(np.float32(index))))])


@pytest.mark.parametrize("unit", [UNITS[0], UNITS[2], UNITS[4]], ids=lambda unit: unit.layer)
@pytest.mark.parametrize("size", [(560, 200), (494, 170), (700, 260)])
def test_cells_are_patches_kernels_and_products_at_locked_scales(
    unit: Unit, size: tuple[int, int], inspect: Inspect
) -> None:
    lab = inspect(unit, size)
    trace = lab.trace
    assert trace.kernels is not None
    theme, scales = themes.theme("dark"), locked_scales("max")[unit.layer]
    source = theme.ink if trace.source == "input" else theme.sequential
    painted = cells(lab.view)
    assert len(painted) == trace.patches.size
    for cell, colours in painted.items():
        assert colours == {
            colour(source, trace.patches[cell], scales.source, diverging=False),
            colour(theme.diverging, trace.kernels[cell], scales.kernel, diverging=True),
            colour(theme.diverging, trace.products[cell], scales.product, diverging=True),
        }


@projected
def test_numbers_are_written_into_the_cells_of_a_patch(
    size: tuple[int, int], text_px: int, inspect: Inspect
) -> None:
    lab = inspect(UNITS[0], size, text_px)
    view, image = lab.view, lab.image
    pens = {QColor("white").rgb(), QColor("black").rgb()}
    written = {
        view.cell_at(QPointF(x + 0.5, y + 0.5))
        for y in range(view.height())
        for x in range(view.width())
        if image.pixel(x, y) in pens
    }
    assert len(written - {None}) == 25


@by_layer
@projected
def test_nothing_moves_in_the_head_when_a_unit_is_pinned(
    unit: Unit, size: tuple[int, int], text_px: int, inspect: Inspect
) -> None:
    lab = inspect(unit, size, text_px, pinned=False)
    said = lab.view.accessibleDescription()
    assert f"row {unit.row}, column {unit.column}" in said
    hovered = lab.image
    lab.document.pin(unit)
    lab.update()
    pinned = lab.image
    word = round(QFontMetricsF(themes.font(text_px)).horizontalAdvance("pinned"))
    left = lab.button.x() - word - 4 * themes.GRID
    head = QRect(0, 0, left, text_px + themes.GRID)
    assert hovered.copy(head) == pinned.copy(head)
    assert hovered.copy(0, 0, size[0], text_px) != pinned.copy(0, 0, size[0], text_px)


@by_layer
def test_the_tooltip_is_short_and_leaves_the_cells_alone(
    unit: Unit, inspect: Inspect, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = inspect(unit, pinned=False).view
    told: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        inspector, "show_tip", lambda _, text, __, *, above: told.append((text, above))
    )
    for where in (QPoint(5, 5), place_of(view, (0, 0, 0))):
        qtbot.mouseMove(view, where)
        QApplication.sendEvent(
            view, QHelpEvent(QEvent.Type.ToolTip, where, view.mapToGlobal(where))
        )
    ((text, above),) = told  # not over a cell
    lines = wrapped(text).split("\n")
    assert len(lines) <= 2 and max(map(len, lines)) <= 60 and not above


def test_scales_come_from_the_weights_file_alone() -> None:
    calibrated = trained().scales
    scales = locked_scales("max")
    assert scales["C1"].source == 1
    for layer, source in (("S2", "C1"), ("C3", "S2"), ("C5", "S4"), ("output", "C5")):
        assert scales[layer].source == calibrated[source]
        assert scales[layer].product == scales[layer].source * scales[layer].kernel / 2


@by_layer
@pytest.mark.parametrize(
    ("size", "text_px"), [((560, 200), 13), ((320, 136), 13), ((820, 280), 24), ((40, 20), 13)]
)
def test_every_layer_paints_at_every_size(
    unit: Unit, size: tuple[int, int], text_px: int, inspect: Inspect
) -> None:
    lab = inspect(None, size, text_px)
    empty = lab.image
    lab.document.hover(unit)
    lab.update()
    assert lab.image != empty
    assert str(unit.map) in lab.view.accessibleDescription()


@by_layer
def test_the_result_follows_from_its_terms(unit: Unit, inspect: Inspect) -> None:
    lab = inspect(unit)
    snapshot, lines = lab.snapshot, result_terms(lab.trace)
    value = float(snapshot.maps[unit.layer][unit.map, unit.row, unit.column])
    if lenet5().layer(unit.layer).operation == "pool":
        assert [number_ for _, number_ in lines[0]] == [value]
        return
    total, bias, pre = (number_ for _, number_ in lines[0][:3])
    assert pre == pytest.approx(total + bias)
    if unit.layer == "output":
        log_sum, log_p, p = (number_ for _, number_ in lines[1])
        logits = snapshot.maps["output pre"][:, unit.row, unit.column].astype(np.float64)
        assert log_sum == pytest.approx(np.log(np.exp(logits).sum()), abs=1e-4)
        assert log_p == pytest.approx(pre - log_sum) == pytest.approx(value)
        assert p == pytest.approx(math.exp(value))
    else:
        assert lines[0][3][1] == value == pytest.approx(max(0.0, pre), abs=1e-5)


def test_the_numbers_follow_the_drawing_while_pinned(inspect: Inspect) -> None:
    lab = inspect(UNITS[2])
    before = lab.image
    lab.document.apply(number("84"), "other digits")
    trace = lab.update()
    assert trace is not None
    assert (trace.layer, trace.map, trace.row, trace.column) == ("C3", 17, 3, 2)
    assert lab.image != before


def test_an_ablated_unit_is_said_to_be_zero(inspect: Inspect) -> None:
    lab = inspect(None)
    unit = Unit("C3", *map(int, np.argwhere(lab.snapshot.maps["C3"] > 0.5)[0]))
    lab.document.pin(unit)
    lab.document.toggle_ablation("C3", unit.map)
    trace = lab.update()
    assert trace is not None
    words, value = result_terms(trace)[0][-1]
    assert "ablated" in words
    assert value == 0 and trace.pre_activation > 0.5


def test_a_button_unpins(inspect: Inspect, qtbot: QtBot) -> None:
    lab = inspect(None)
    assert not lab.button.isVisible()
    lab.document.pin(UNITS[2])
    lab.update()
    assert lab.button.isVisible()
    qtbot.mouseClick(lab.button, Qt.MouseButton.LeftButton)
    assert lab.document.pinned is None
    assert not lab.button.isVisible()


def place_of(view: Inspector, cell: tuple[int, int, int]) -> QPoint:
    """A pixel of a cell: few are tried first, as most cells are larger, then every one."""
    for step in (4, 1):
        for y in range(0, view.height(), step):
            for x in range(0, view.width(), step):
                if view.cell_at(QPointF(x, y)) == cell:
                    return QPoint(x, y)
    raise AssertionError(cell)


@pytest.mark.parametrize(
    ("unit", "cell", "expected"),
    [
        (UNITS[2], (7, 4, 1), Unit("S2", 7, 7, 3)),
        (UNITS[1], (0, 1, 0), Unit("C1", 3, 13, 10)),
        (UNITS[4], (49, 0, 3), Unit("S4", 49, 0, 5)),
        (UNITS[5], (321, 0, 0), Unit("C5", 321, 0, 1)),
    ],
    ids=["C3", "S2", "C5", "output"],
)
def test_clicking_a_cell_pins_the_unit_it_shows(
    unit: Unit, cell: tuple[int, int, int], expected: Unit, inspect: Inspect, qtbot: QtBot
) -> None:
    lab = inspect(unit)
    view, where = lab.view, place_of(lab.view, cell)
    qtbot.mouseMove(view, where)
    assert view.cursor().shape() == Qt.CursorShape.PointingHandCursor
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
    assert lab.document.pinned == expected
    value = lab.snapshot.maps[expected.layer][expected.map, expected.row, expected.column]
    assert value == lab.trace.patches[cell]


def test_a_pixel_leads_nowhere(inspect: Inspect, qtbot: QtBot) -> None:
    lab = inspect(UNITS[0])
    before, where = lab.image, place_of(lab.view, (0, 2, 2))
    qtbot.mouseMove(lab.view, where)
    assert lab.image != before, "its product is written out"
    qtbot.mouseClick(lab.view, Qt.MouseButton.LeftButton, pos=where)
    assert lab.document.pinned == UNITS[0]


def test_a_unit_outside_a_smaller_canvas_is_said_to_be_outside(inspect: Inspect) -> None:
    lab = inspect(Unit("C3", 17, 3, 25))
    inside = lab.image
    lab.document.apply(Scene(32, 32), "smaller")
    assert lab.update() is None
    outside = lab.image
    assert lab.view.cell_at(QPointF(20, 60)) is None
    lab.document.pin(None)
    lab.update()
    assert inside != outside != lab.image != inside


@by_layer
@projected
def test_no_text_is_cut_at_the_right_end(
    unit: Unit, size: tuple[int, int], text_px: int, inspect: Inspect, qtbot: QtBot
) -> None:
    lab = inspect(unit, size, text_px, pinned=False)
    view, ground = lab.view, themes.theme("dark").background.rgb()
    cell = (0, 1, 1) if unit.layer != "output" else (3, 0, 0)
    for where in (QPoint(1, 1), place_of(view, cell)):
        qtbot.mouseMove(view, where)
        image = lab.image
        assert all(image.pixel(view.width() - 1, y) == ground for y in range(view.height()))


def test_the_largest_products_are_listed_in_order() -> None:
    products = np.array([0.1, -3, 2, 0, 3, -0.5], np.float32)
    assert largest(products, 4) == [1, 4, 2, 5]
    assert largest(products, 0) == []


def test_painting_reports_to_the_clock(inspect: Inspect, qtbot: QtBot) -> None:
    lab = inspect(UNITS[2])
    with qtbot.waitSignal(lab.clock.frame_painted, timeout=5000) as painted:
        lab.clock.begin(lab.snapshot.request.number)
        lab.view.show_snapshot(lab.snapshot)
    assert painted.args[0] == lab.snapshot.request.number
