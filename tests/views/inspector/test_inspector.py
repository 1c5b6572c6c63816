"""Inspector: cells are values at locked scales, numbers the trace's, and clicks go deeper."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QHelpEvent
from PyQt6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from viz.engine.compute import Computer, Nets
from viz.model.document import Document
from viz.model.snapshot import Snapshot, Unit
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


@pytest.fixture(scope="module")
def computer() -> Computer:
    return Computer(Nets())


def shown(
    qtbot: QtBot, document: Document, size: tuple[int, int] = (560, 200), text_px: int = 13
) -> Inspector:
    view = Inspector(document, PaintClock())
    qtbot.addWidget(view)
    view.set_theme(themes.theme("dark"), text_px)
    view.resize(*size)
    view.show()
    return view


def update(view: Inspector, document: Document, computer: Computer) -> Snapshot:
    snapshot = computer(document.request())
    document.show(snapshot)
    view.show_snapshot(snapshot)
    return snapshot


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
    unit: Unit, size: tuple[int, int], qtbot: QtBot, computer: Computer
) -> None:
    document = Document(number("31"))
    document.pin(unit)
    view = shown(qtbot, document, size)
    trace = update(view, document, computer).trace
    assert trace is not None
    assert trace.kernels is not None
    theme, scales = themes.theme("dark"), locked_scales("max")[unit.layer]
    source = theme.ink if trace.source == "input" else theme.sequential
    painted = cells(view)
    assert len(painted) == trace.patches.size
    for cell, colours in painted.items():
        assert colours == {
            colour(source, trace.patches[cell], scales.source, diverging=False),
            colour(theme.diverging, trace.kernels[cell], scales.kernel, diverging=True),
            colour(theme.diverging, trace.products[cell], scales.product, diverging=True),
        }


@pytest.mark.parametrize(
    ("size", "text_px"), [((440, 179), 13), ((428, 150), 16), ((753, 201), 24), ((753, 220), 16)]
)
def test_numbers_are_written_into_the_cells_of_a_patch(
    size: tuple[int, int], text_px: int, qtbot: QtBot, computer: Computer
) -> None:
    document = Document(number("31"))
    document.pin(UNITS[0])
    view = shown(qtbot, document, size, text_px)
    update(view, document, computer)
    image = view.grab().toImage()
    pens = {QColor("white").rgb(), QColor("black").rgb()}
    written: set[tuple[int, int, int] | None] = set()
    for y in range(view.height()):
        for x in range(view.width()):
            if image.pixel(x, y) in pens:
                written.add(view.cell_at(QPointF(x + 0.5, y + 0.5)))
    assert len(written - {None}) == 25


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.layer)
@pytest.mark.parametrize(
    ("size", "text_px"), [((440, 179), 13), ((428, 150), 16), ((753, 201), 24), ((900, 220), 13)]
)
def test_nothing_moves_in_the_head_when_a_unit_is_pinned(
    unit: Unit, size: tuple[int, int], text_px: int, qtbot: QtBot, computer: Computer
) -> None:
    document = Document(number("31"))
    view = shown(qtbot, document, size, text_px)
    document.hover(unit)
    update(view, document, computer)
    said = view.accessibleDescription()
    assert f"row {unit.row}, column {unit.column}" in said
    hovered = view.grab().toImage()
    document.pin(unit)
    update(view, document, computer)
    pinned = view.grab().toImage()
    room = button(view).x()
    word = themes.font(text_px)
    left = room - round(QFontMetricsF(word).horizontalAdvance("pinned")) - 4 * themes.GRID
    head = QRect(0, 0, left, text_px + themes.GRID)
    assert hovered.copy(head) == pinned.copy(head)
    assert hovered.copy(0, 0, size[0], text_px) != pinned.copy(0, 0, size[0], text_px)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.layer)
def test_the_tooltip_is_short_and_leaves_the_cells_alone(
    unit: Unit, qtbot: QtBot, computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = Document(number("31"))
    document.hover(unit)
    view = shown(qtbot, document)
    update(view, document, computer)
    told: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        inspector, "show_tip", lambda _, text, __, *, above: told.append((text, above))
    )
    for where in (QPoint(5, 5), place_of(view, (0, 0, 0))):
        qtbot.mouseMove(view, where)
        QApplication.sendEvent(
            view, QHelpEvent(QEvent.Type.ToolTip, where, view.mapToGlobal(where))
        )
    assert len(told) == 1  # not over a cell
    text, above = told[0]
    lines = wrapped(text).split("\n")
    assert len(lines) <= 2
    assert max(map(len, lines)) <= 60
    assert not above


def test_scales_come_from_the_weights_file_alone() -> None:
    calibrated = trained().scales
    scales = locked_scales("max")
    assert scales["C1"].source == 1
    for layer, source in (("S2", "C1"), ("C3", "S2"), ("C5", "S4"), ("output", "C5")):
        assert scales[layer].source == calibrated[source]
        assert scales[layer].product == scales[layer].source * scales[layer].kernel / 2


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.layer)
@pytest.mark.parametrize(
    ("size", "text_px"), [((560, 200), 13), ((320, 136), 13), ((820, 280), 24), ((40, 20), 13)]
)
def test_every_layer_paints_at_every_size(
    unit: Unit, size: tuple[int, int], text_px: int, qtbot: QtBot, computer: Computer
) -> None:
    document = Document(number("31"))
    document.hover(unit)
    view = shown(qtbot, document, size, text_px)
    empty = view.grab().toImage()
    update(view, document, computer)
    assert view.grab().toImage() != empty
    assert str(unit.map) in view.accessibleDescription()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.layer)
def test_the_result_follows_from_its_terms(unit: Unit, computer: Computer) -> None:
    document = Document(number("31"))
    document.pin(unit)
    snapshot = computer(document.request())
    trace = snapshot.trace
    assert trace is not None
    lines = result_terms(trace)
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


def test_the_numbers_follow_the_drawing_while_pinned(qtbot: QtBot, computer: Computer) -> None:
    document = Document(number("31"))
    document.pin(UNITS[2])
    view = shown(qtbot, document)
    update(view, document, computer)
    before = view.grab().toImage()
    document.apply(number("84"), "other digits")
    trace = update(view, document, computer).trace
    assert trace is not None
    assert (trace.layer, trace.map, trace.row, trace.column) == ("C3", 17, 3, 2)
    assert view.grab().toImage() != before


def test_an_ablated_unit_is_said_to_be_zero(computer: Computer, qtbot: QtBot) -> None:
    document = Document(number("31"))
    snapshot = computer(document.request())
    map_, row, column = (int(i) for i in np.argwhere(snapshot.maps["C3"] > 0.5)[0])
    document.pin(Unit("C3", map_, row, column))
    document.toggle_ablation("C3", map_)
    view = shown(qtbot, document)
    trace = update(view, document, computer).trace
    assert trace is not None
    words, value = result_terms(trace)[0][-1]
    assert "ablated" in words
    assert value == 0
    assert trace.pre_activation > 0.5


def button(view: Inspector) -> QToolButton:
    found = view.findChild(QToolButton)
    assert isinstance(found, QToolButton)
    return found


def test_a_button_and_escape_unpin(qtbot: QtBot, computer: Computer) -> None:
    document = Document(number("31"))
    view = shown(qtbot, document)
    update(view, document, computer)
    assert not button(view).isVisible()
    document.pin(UNITS[2])
    update(view, document, computer)
    assert button(view).isVisible()
    qtbot.mouseClick(button(view), Qt.MouseButton.LeftButton)
    assert document.pinned is None
    assert not button(view).isVisible()
    document.pin(UNITS[0])
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert document.pinned is None


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
    unit: Unit,
    cell: tuple[int, int, int],
    expected: Unit,
    qtbot: QtBot,
    computer: Computer,
) -> None:
    document = Document(number("31"))
    document.pin(unit)
    view = shown(qtbot, document)
    snapshot = update(view, document, computer)
    assert snapshot.trace is not None
    where = place_of(view, cell)
    qtbot.mouseMove(view, where)
    assert view.cursor().shape() == Qt.CursorShape.PointingHandCursor
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
    assert document.pinned == expected
    value = snapshot.maps[expected.layer][expected.map, expected.row, expected.column]
    assert value == snapshot.trace.patches[cell]


def test_a_pixel_leads_nowhere(qtbot: QtBot, computer: Computer) -> None:
    document = Document(number("31"))
    document.pin(UNITS[0])
    view = shown(qtbot, document)
    update(view, document, computer)
    before = view.grab().toImage()
    where = place_of(view, (0, 2, 2))
    qtbot.mouseMove(view, where)
    assert view.grab().toImage() != before  # its product is written out
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
    assert document.pinned == UNITS[0]


def test_a_unit_outside_a_smaller_canvas_is_said_to_be_outside(
    qtbot: QtBot, computer: Computer
) -> None:
    document = Document(number("31"))
    document.pin(Unit("C3", 17, 3, 25))
    view = shown(qtbot, document)
    update(view, document, computer)
    inspected = view.grab().toImage()
    document.apply(Scene(32, 32), "smaller")
    assert update(view, document, computer).trace is None
    outside = view.grab().toImage()
    assert view.cell_at(QPointF(20, 60)) is None
    document.pin(None)
    update(view, document, computer)
    assert len({bytes(i.constBits().asarray(i.sizeInBytes())) for i in (
        inspected, outside, view.grab().toImage())}) == 3  # fmt: skip


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.layer)
@pytest.mark.parametrize(
    ("size", "text_px"), [((440, 179), 13), ((428, 150), 16), ((753, 201), 24)]
)
def test_no_text_is_cut_at_the_right_end(
    unit: Unit, size: tuple[int, int], text_px: int, qtbot: QtBot, computer: Computer
) -> None:
    document = Document(number("31"))
    document.hover(unit)
    view = shown(qtbot, document, size, text_px)
    update(view, document, computer)
    cell = (0, 1, 1) if unit.layer != "output" else (3, 0, 0)
    for where in (QPoint(1, 1), place_of(view, cell)):
        qtbot.mouseMove(view, where)
        image = view.grab().toImage()
        ground = themes.theme("dark").background.rgb()
        assert all(image.pixel(view.width() - 1, y) == ground for y in range(view.height()))


def test_the_largest_products_are_listed_in_order() -> None:
    products = np.array([0.1, -3, 2, 0, 3, -0.5], np.float32)
    assert largest(products, 4) == [1, 4, 2, 5]
    assert largest(products, 0) == []


def test_painting_reports_to_the_clock(qtbot: QtBot, computer: Computer) -> None:
    document, clock = Document(number("31")), PaintClock()
    view = Inspector(document, clock)
    qtbot.addWidget(view)
    view.show()
    document.pin(UNITS[2])
    snapshot = computer(document.request())
    with qtbot.waitSignal(clock.frame_painted, timeout=5000) as painted:
        clock.begin(snapshot.request.number)
        view.show_snapshot(snapshot)
    assert painted.args[0] == snapshot.request.number
