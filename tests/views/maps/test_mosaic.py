"""Mosaics and barcode: pixels on screen are activations at a locked scale; hover, pin, ablate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from dressing import dress
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from viz.engine.compute import Computer, Nets
from viz.model.document import Document
from viz.model.snapshot import Snapshot, Unit
from viz.nets.lenet5 import lenet5
from viz.scene.digits import number
from viz.views import theme as themes
from viz.views.maps.barcode import Barcode
from viz.views.maps.mosaic import Mosaic
from viz.views.paint_clock import PaintClock

LENET5 = lenet5()
SCALES = {"C1": 2.0, "C1 pre": 3.0, "S2": 2.0, "C3": 4.0, "C3 pre": 5.0, "C5": 3.0, "C5 pre": 3.0}


@pytest.fixture(scope="module")
def computer() -> Computer:
    return Computer(Nets())


def show(view: Mosaic | Barcode, document: Document, computer: Computer, qtbot: QtBot) -> Snapshot:
    qtbot.addWidget(view)
    view.resize(640, 400)
    dress(view)
    view.show()
    snapshot = computer(document.request())
    document.show(snapshot)
    view.show_snapshot(snapshot)
    return snapshot


def colour_at(view: Mosaic | Barcode, position: QPointF) -> QColor:
    return view.grab().toImage().pixelColor(position.toPoint())


@pytest.mark.parametrize("layer", ["C1", "S2", "C3"])
def test_a_pixel_is_its_activation(layer: str, qtbot: QtBot, computer: Computer) -> None:
    document, clock = Document(number("31")), PaintClock()
    view = Mosaic(document, clock, LENET5.layer(layer), SCALES)
    snapshot = show(view, document, computer, qtbot)
    values = snapshot.maps[layer]
    lut = themes.theme("dark").sequential
    for unit in (Unit(layer, 3, 2, 5), Unit(layer, *map(int, _place(values, values.max())))):
        value = values[unit.map, unit.row, unit.column]
        expected = lut[min(255, int(value * 255 / SCALES[layer]))]
        position = view.unit_position(unit)
        assert colour_at(view, position).rgb() == int(expected)
        assert view.unit_at(position) == unit


def _place(values: np.ndarray, value: float) -> np.ndarray:
    return np.argwhere(values == value)[0]


def test_pre_activations_are_symmetric_about_zero(qtbot: QtBot, computer: Computer) -> None:
    document, clock = Document(number("31")), PaintClock()
    view = Mosaic(document, clock, LENET5.layer("C1"), SCALES)
    snapshot = show(view, document, computer, qtbot)
    document.view.pre_activation = True
    values = snapshot.maps["C1 pre"]
    unit = Unit("C1", *map(int, _place(values, values.min())))
    index = int(np.clip(values.min() * 127.5 / SCALES["C1 pre"] + 127.5, 0, 255))
    expected = themes.theme("dark").diverging[index]
    assert colour_at(view, view.unit_position(unit)).rgb() == int(expected)
    assert index < 127


def test_pointer_hovers_pins_and_ablates(qtbot: QtBot, computer: Computer) -> None:
    document, clock = Document(number("31")), PaintClock()
    view = Mosaic(document, clock, LENET5.layer("C3"), SCALES)
    show(view, document, computer, qtbot)
    unit = Unit("C3", 17, 4, 12)
    where = view.unit_position(unit).toPoint()
    qtbot.mouseMove(view, where - QPoint(1, 0))
    qtbot.mouseMove(view, where)
    assert document.hovered == unit
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
    assert document.pinned == unit
    qtbot.mouseClick(
        view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, pos=where
    )
    assert document.pinned == unit
    assert document.ablated == {"C3": frozenset({17})}
    snapshot = computer(document.request())
    assert not snapshot.maps["C3"][17].any()
    assert not snapshot.maps["S4"][17].any()


def test_an_ablated_map_is_crossed_out_within_what_is_painted_with_every_snapshot(
    qtbot: QtBot, computer: Computer
) -> None:
    """Else a line of its frame would stay when the map is restored."""
    document = Document()
    document.toggle_ablation("C1", 1)
    view = Mosaic(document, PaintClock(), LENET5.layer("C1"), SCALES)
    show(view, document, computer, qtbot)
    accent = view.theme.accent.rgb()
    image = view.grab().toImage()
    painted = [
        QPoint(x, y)
        for y in range(image.height())
        for x in range(image.width())
        if image.pixel(x, y) == accent
    ]
    tile = view._tile(1).toAlignedRect()
    assert painted and all(tile.contains(point) for point in painted)


def test_every_unit_is_found_where_it_is_painted(qtbot: QtBot, computer: Computer) -> None:
    document, clock = Document(number("31")), PaintClock()
    view = Mosaic(document, clock, LENET5.layer("S4"), {"S4": 1.0})
    show(view, document, computer, qtbot)
    maps, height, width = LENET5.layer("S4").shape(32, 64)
    for number_ in range(0, maps, 7):
        for row in range(height):
            for column in range(width):
                unit = Unit("S4", number_, row, column)
                assert view.unit_at(view.unit_position(unit)) == unit
                place = view.unit_rect(unit)
                assert place.center() == view.unit_position(unit)
                for corner in (place.topLeft(), place.bottomRight() - QPointF(0.01, 0.01)):
                    assert view.unit_at(corner + QPointF(0.005, 0.005)) == unit
    assert view.unit_at(QPointF(-3, -3)) is None
    assert view.unit_at(QPointF(1e6, 50)) is None


def test_a_frame_is_painted_once_by_every_view(qtbot: QtBot, computer: Computer) -> None:
    document, clock = Document(number("31")), PaintClock()
    views = [
        Mosaic(document, clock, LENET5.layer("C1"), SCALES),
        Barcode(document, clock, LENET5.layer("C5"), SCALES),
    ]
    for view in views:
        show(view, document, computer, qtbot)
    snapshot = computer(document.request())
    with qtbot.waitSignal(clock.frame_painted, timeout=5000) as painted:
        clock.begin(snapshot.request.number)
        for view in views:
            view.show_snapshot(snapshot)
    assert painted.args[0] == snapshot.request.number


def test_the_barcode_shows_c5(qtbot: QtBot, computer: Computer) -> None:
    document, clock = Document(number("31")), PaintClock()
    view = Barcode(document, clock, LENET5.layer("C5"), SCALES)
    view.setMinimumHeight(600)
    snapshot = show(view, document, computer, qtbot)
    assert snapshot.maps["C5"].shape == (500, 1, 9)
    where = QPointF(view.width() * 4.5 / 9, view.height() - 60)
    unit = view.unit_at(where)
    assert unit is not None
    assert unit.column == 4
    value = snapshot.maps["C5"][unit.map, 0, 4]
    expected = themes.theme("dark").sequential[min(255, int(value * 255 / SCALES["C5"]))]
    assert colour_at(view, where).rgb() == int(expected)
    place = view.unit_rect(unit)
    assert place.contains(where) and place.width() == pytest.approx(view.width() / 9)
    assert view.unit_at(place.center()) == unit
    assert view.unit_rect(replace(unit, row=1)).isEmpty(), "of a row that is not shown"
