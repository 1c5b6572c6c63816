"""Chapter 2's instruments paint what is measured, and a click in a curve goes there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from lost_weights import DAMAGES, lose, word_for
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viz import theme as themes
from viz.compute import Computer, Nets
from viz.demos import by_id
from viz.document import Document
from viz.engine import Engine
from viz.measure.equivariance import (
    Equivariance,
    activity,
    compare,
    compare_layers,
    reference,
)
from viz.nets.layers import LAYERS
from viz.player import Player
from viz.scene import ImageLayer, Noise, Scene, rasterize_scene
from viz.scene.digits import number
from viz.scene.edit import moved
from viz.scene.shifts import shifted
from viz.snapshot import Unit
from viz.views.curve_key import value_text
from viz.views.equivariance.difference import Difference
from viz.views.equivariance.live import LiveShift
from viz.views.equivariance.pictures import _draw, finer_numbers
from viz.views.equivariance.residual import ALL, Residual
from viz.views.equivariance.residual_series import layer_colours
from viz.views.equivariance.table import ROWS, Displacement
from viz.views.equivariance.table_columns import UNKNOWN, columns, pair_text, residual_text
from viz.views.network_names import POOLINGS, network_colour

LEFT = Qt.MouseButton.LeftButton
SCENE = number("31")


@pytest.fixture(scope="module")
def nets() -> Nets:
    return Nets()


class Bench:
    """A document that answers at once, and the real measuring lane."""

    def __init__(self, qtbot: QtBot, nets: Nets) -> None:
        self.qtbot, self.nets, self.compute = qtbot, nets, Computer(nets)
        self.document, self.engine = Document(SCENE), Engine()
        self.errors: list[str] = []
        self.engine.failed.connect(self.errors.append)
        self.engine.start()
        self.live = LiveShift(self.document, self.engine, Player(self.document))
        self.view: Displacement | Difference | Residual | None = None
        self.document.request_changed.connect(lambda _: self.answer())
        self.answer()

    def answer(self) -> None:
        self.document.show(self.compute(self.document.request()))
        if self.view is not None:
            assert self.document.snapshot is not None
            self.view.show_snapshot(self.document.snapshot)

    def show(self, view: QWidget) -> None:
        self.qtbot.addWidget(view)
        view.resize(520, 250)
        view.set_theme(themes.theme("dark"), 13)  # type: ignore[attr-defined]
        view.show()
        self.qtbot.waitExposed(view)
        self.view = view  # type: ignore[assignment]
        self.answer()
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.engine.measuring, timeout=30_000)
        assert self.errors == []

    def go(self, scene: Scene) -> None:
        self.document.apply(scene, "x")
        self.settle()

    def expected(self, before: Scene, shift: tuple[float, float]) -> Equivariance:
        """What the pure functions say about ``before`` moved by ``shift``."""
        net = self.nets("max")
        snapshot = self.document.snapshot
        assert snapshot is not None
        return compare(reference(net, rasterize_scene(before)), activity(snapshot.maps), shift)


@pytest.fixture
def bench(qtbot: QtBot, nets: Nets) -> Iterator[Bench]:
    made = Bench(qtbot, nets)
    yield made
    made.engine.stop()


def test_the_table_shows_what_the_pure_functions_measure(bench: Bench) -> None:
    view = Displacement(bench.live)
    bench.show(view)
    for shift in ((4.0, 0.0), (2.5, -1.0), (-8.0, 4.0)):
        bench.go(shifted(SCENE, *shift))
        found = bench.expected(SCENE, shift)
        for layer, texts in zip(LAYERS, view.table.rows, strict=True):
            one = found.layers[layer.name]
            assert texts[0] == layer.name
            assert texts[1] == pair_text((shift[0] / layer.stride, shift[1] / layer.stride))
            assert texts[2] == pair_text(found.measured[layer.name])
            assert texts[4] == residual_text(one.interior)
            assert texts[5] == residual_text(one.border)
            aligned = all(d % layer.stride == 0 for d in shift)
            assert texts[6] == ("exactly" if aligned else "interpolated")
        assert bench.live.shown is not None and bench.live.shown.measured.shift == shift


def test_digits_moved_together_measure_and_one_alone_starts_anew(bench: Bench) -> None:
    view = Displacement(bench.live)
    bench.show(view)
    bench.go(moved(SCENE, [0, 1], 4, 0))
    assert bench.live.shift == (4, 0) and view.table.rows[0][1] == "4.00  0.00"
    bench.go(moved(bench.document.scene, [0], 1, 0))
    assert bench.live.shift == (0, 0) and view.table.rows[0][1] == "–  –"
    bench.go(shifted(bench.document.scene, 0, 2))
    assert bench.live.shift == (0, 2) and view.table.rows[0][1] == "0.00  2.00"


def test_the_button_takes_the_present_drawing_as_reference(bench: Bench) -> None:
    view = Displacement(bench.live)
    bench.show(view)
    bench.go(shifted(SCENE, 6, 0))
    QTest.mouseClick(view.button, LEFT)
    bench.settle()
    assert bench.live.shift == (0, 0) and view.table.rows[3][4] == "0"
    bench.go(shifted(SCENE, 7, 0))
    assert view.table.rows[0][1] == "1.00  0.00"


def test_a_kept_shift_comes_back(bench: Bench) -> None:
    view = Displacement(bench.live)
    bench.show(view)
    bench.go(shifted(SCENE, 3, -1))
    state = view.state()
    other = LiveShift(bench.document, bench.engine, Player(bench.document))
    again = Displacement(other)
    again.restore(state)
    bench.show(again)
    assert other.shift == (3, -1) and again.table.rows[0][1] == "3.00  −1.00"
    for nonsense in ({}, {"shift": "x"}, {"shift": [1]}, {"shift": [math.nan, 0]}):
        again.restore(nonsense)
    bench.answer()
    assert other.shift == (3, -1)


def test_noise_and_ablations_are_told_and_measured(bench: Bench) -> None:
    view = Displacement(bench.live)
    bench.show(view)
    noisy = replace(SCENE, noise=Noise(sigma=0.2))
    bench.go(noisy)
    bench.go(shifted(noisy, 4, 0))
    assert bench.live.shown is not None and any("noise" in n for n in bench.live.shown.notes)
    assert (
        bench.live.shown.measured.layers["C1"].interior > 0.1
    )  # the theorem's drawing moved; not it
    bench.go(SCENE)
    bench.document.toggle_ablation("C1", 3)
    bench.go(shifted(SCENE, 4, 0))
    assert not bench.live.shown.before.maps["C1"][3].any()
    assert view.table.rows[3][4] == "0"


def test_an_empty_canvas_shows_dashes_and_says_why(bench: Bench) -> None:
    view = Displacement(bench.live)
    bench.show(view)
    bench.go(Scene())
    for texts in view.table.rows:
        assert set("".join(texts[1:]).replace(" ", "")) == {UNKNOWN}
    assert view.table._title == "shift  –"
    assert view.table._notes[0].startswith("The canvas is empty")
    bench.go(shifted(SCENE, 0, 60))  # all of it below the canvas
    bench.go(shifted(SCENE, 0, 61))
    assert all(texts[2] == "–  –" for texts in view.table.rows)


def test_a_wide_canvas_is_pictured_whole(bench: Bench) -> None:
    view = Difference(bench.document, bench.live)
    bench.show(view)
    bench.go(number("31415", width=512))
    bench.go(shifted(bench.document.scene, 4, 0))
    view.grab()
    areas = view.pictures.areas()
    assert not areas[0].intersects(areas[1]) and not areas[1].intersects(areas[2])
    for area in areas:  # one below the other: twice as wide as three side by side
        assert QRectF(view.pictures.rect()).contains(area)
        assert area.width() > 2 * view.pictures.width() / 3 * 0.9


@pytest.mark.parametrize(
    ("size", "text_px"),
    [
        ((520, 250), 13),
        ((510, 250), 16),
        ((520, 250), 18),
        ((895, 400), 24),
        ((950, 450), 24),
        ((494, 270), 20),
    ],
)
def test_no_column_is_cut_off(bench: Bench, size: tuple[int, int], text_px: int) -> None:
    view = Displacement(bench.live)
    bench.show(view)
    view.resize(*size)
    view.set_theme(themes.theme("light"), text_px)
    bench.go(shifted(SCENE, -3.25, 1.5))
    places, small = view.table.places(), view.table._small
    for place in places:
        widest = max(small.width(texts[place.number]) for texts in view.table.rows)
        assert place.left + widest <= place.right + 0.5 <= view.table.width() + 0.5
    assert all(a.right + 8 <= b.left for a, b in pairwise(places))
    # What gives way is said by others; the text stays as large as it was chosen
    assert {place.number for place in places} >= {0, 1, 2, 4, 5}
    assert (small.font.stretch() in (0, 100)) == (size != (494, 270))  # before letters do
    assert view.table._small.font.pixelSize() == text_px
    assert view.table.pitch >= 1.1 * text_px
    picture = view.table.grab().toImage()
    ground = picture.pixelColor(picture.width() - 1, 0)
    right = [picture.pixelColor(picture.width() - 1, y) for y in range(picture.height())]
    assert all(colour == ground for colour in right)


def test_each_column_tells_its_formula_and_c5_why_it_has_no_y(bench: Bench) -> None:
    view = Displacement(bench.live)
    bench.show(view)
    places, pitch = view.table.places(), view.table.pitch
    assert len(places) == len(columns())
    tips = [view.table.tip_at(QPointF(place.left + 2, 1.5 * pitch)) for place in places]
    assert len(set(tips)) == len(tips) and "stride" in tips[1] and "‖f(Tx) − T′f(x)‖" in tips[4]
    c5 = view.table.tip_at(QPointF(places[2].left + 5, (ROWS + 4.5) * pitch))
    assert "9×1" in c5 and "9×1" not in tips[2]
    assert "9×1" not in view.table.tip_at(QPointF(places[2].left + 5, (ROWS + 3.5) * pitch))


def test_the_pictures_are_the_maps_at_the_locked_scale(bench: Bench) -> None:
    view = Difference(bench.document, bench.live)
    bench.show(view)
    bench.go(shifted(SCENE, 2.5, 0))
    found = bench.expected(SCENE, (2.5, 0))
    for layer, finer in (("C1", 8), ("S4", 4)):
        view.layers.chosen.emit(layer) if view.layers.value == layer else click(view, layer)
        name, index = view.pictures.what
        assert name == layer and index is not None
        one, theme = found.layers[layer], themes.theme("dark")
        picture, peak = view.pictures.grab().toImage(), view.pictures.peak
        columns = one.after.shape[2]
        difference = one.after[index] - one.moved[index]
        assert view.pictures.finer == finer
        away = np.abs(difference) * one.inside  # where it is largest
        row, column = map(int, np.unravel_index(away.argmax(), away.shape))
        assert away[row, column] > 0.3 * peak / finer
        for maps, lut, scale, shift, area in zip(
            (one.after[index], one.moved[index], difference),
            (theme.sequential, theme.sequential, theme.diverging),
            (255 / peak, 255 / peak, 127.5 * finer / peak),
            (0, 0, 128),
            view.pictures.areas(),
            strict=True,
        ):
            cell = area.width() / columns
            place = int(np.clip(maps[row, column] * scale + shift, 0, 255))
            colour = picture.pixelColor(
                int(area.left() + (column + 0.5) * cell), int(area.top() + (row + 0.5) * cell)
            )
            near = [lut[min(255, max(0, place + d))] & 0xFFFFFF for d in (-1, 0, 1)]
            assert colour.rgb() & 0xFFFFFF in near
        assert residual_text(one.interior) in view.pictures.numbers()
        assert str(finer) in view.pictures._tip()


def test_the_scale_of_the_difference_is_told_and_does_not_follow_the_data(bench: Bench) -> None:
    view = Difference(bench.document, bench.live)
    bench.show(view)
    before = view.pictures.difference_peak
    assert finer_numbers(before) == ("−0.1", "0.1") and view.pictures.peak == 8 * before
    bench.go(shifted(SCENE, 0.5, 0))
    assert view.pictures.difference_peak == before
    bench.go(Scene())
    assert "inside –, at border –" in view.pictures.numbers()
    stand, line = view.pictures._places(), view.pictures._small.height
    assert stand is not None  # and what is told of it has room below
    assert stand.below + line + line <= view.pictures.height() + 1
    assert view.pictures.difference_peak == before


def test_units_of_no_whole_number_of_pixels_are_alike(qtbot: QtBot) -> None:
    stripes = np.tile(np.array([0xFF000000, 0xFFFFFFFF], np.uint32), (10, 10))
    image = QImage(116, 58, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    _draw(painter, QRectF(0, 0, 116, 58), stripes)  # 5.8 pixels each
    painter.end()
    light = [image.pixelColor(x, 29).lightnessF() for x in range(116)]
    up_to = np.interp(5.8 * np.arange(21), np.arange(117), np.cumsum([0, *light]))
    # A unit that took 6 or 5 whole pixels would be 0.8 off
    assert np.abs(np.diff(up_to) - 5.8 * (np.arange(20) % 2)).max() < 0.6
    assert min(light) < 0.01 and max(light) > 0.99


def click(view: Difference | Residual, value: str) -> None:
    at = view.layers.option_rect(value).center().toPoint()
    QTest.mouseClick(view.layers, LEFT, pos=at)


def test_the_map_is_kept_stepped_and_follows_the_pointer(bench: Bench) -> None:
    view = Difference(bench.document, bench.live)
    bench.show(view)
    click(view, "C3")
    first = view.pictures.what
    bench.go(shifted(SCENE, -9, 3))
    assert view.pictures.what == first  # though another may be more active now
    QTest.mouseClick(view.on, LEFT)
    assert view.pictures.what == ("C3", (first[1] + 1) % 50)  # type: ignore[operator]
    QTest.mouseClick(view.back, LEFT)
    bench.document.hover(Unit("S2", 7, 1, 1))
    assert view.pictures.what == ("S2", 7)
    bench.document.hover(None)
    assert view.pictures.what == first
    click(view, "output")
    assert view.pictures.what == ("output", None) and not view.on.isEnabled()
    again = Difference(bench.document, bench.live)
    again.restore(view.state())
    bench.show(again)
    assert again.pictures.what == ("output", None)
    click(again, "C3")
    assert again.pictures.what == first
    again.restore({"layer": "C9", "maps": {"C1": 99, "x": 1, "S2": "2"}})
    assert again.pictures.what == first


@pytest.mark.parametrize("shift", [(8.0, 0.0), (3.0, -2.0), (0.0, 20.0)])
@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_layer_can_be_pictured(bench: Bench, shift: tuple[float, float], name: str) -> None:
    view = Difference(bench.document, bench.live)
    bench.show(view)
    view.set_theme(themes.theme(name), 24)
    bench.go(shifted(SCENE, *shift))
    for layer in LAYERS:
        if view.layers.value != layer.name:
            click(view, layer.name)
        view.grab()
        areas = view.pictures.areas()
        assert areas[-1].right() <= view.pictures.width()
        assert areas[0].bottom() <= view.pictures.height()


def test_a_click_in_the_curve_moves_the_drawing_there(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    steps = bench.document.undo_stack.count()
    at = view.plot.to_widget(8, 0.3).toPoint()
    QTest.mousePress(view.plot, LEFT, pos=view.plot.to_widget(5, 0.3).toPoint())
    QTest.mouseMove(view.plot, at)
    QTest.mouseRelease(view.plot, LEFT, pos=at)
    bench.settle()
    assert bench.document.scene == shifted(SCENE, 8, 0)
    assert view.plot.mark == 8 and bench.live.shift == (8, 0)
    assert bench.document.undo_stack.count() == steps + 1
    bench.document.undo_stack.undo()
    assert bench.document.scene == SCENE and view.plot.mark == 0


def test_the_curves_are_zero_at_the_strides_and_stay_while_the_drawing_moves(
    bench: Bench,
) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    found = bench.live.curves
    assert found is not None and found.done and found.shifts[0] == -16 and found.shifts[-1] == 16
    curves = {series.name: series for series in view.plot.series}
    assert list(curves) == [layer.name for layer in LAYERS]
    for layer in LAYERS:
        aligned = curves[layer.name].x % layer.stride == 0
        assert curves[layer.name].y[aligned].max() <= 1e-5
        assert curves[layer.name].y[~aligned].min() > 0.05
    bench.go(shifted(SCENE, 5, 0))
    assert bench.live.curves is found and view.plot.mark == 5
    bench.document.toggle_ablation("C1", 0)
    bench.settle()
    assert bench.live.curves is not found


def test_while_one_edits_curves_come_and_are_faint_until_they_are_the_drawing_s(
    bench: Bench,
) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    assert not view.plot.dimmed
    found = bench.live.curves
    results: list[int] = []
    bench.live.refined.connect(
        lambda: results.append(len(bench.live.curves.shifts))  # type: ignore[union-attr]
    )
    for step in range(1, 200):
        bench.document.apply(moved(SCENE, [0], step / 100, 0), "edit")
        assert view.plot.dimmed and view.plot.mark == 0
        bench.qtbot.wait(2)
        if len(results) >= 4:
            break
    assert len(results) >= 4 and bench.live.curves is not found
    assert min(results) >= 9  # from the outset there is a curve
    bench.settle()
    assert not view.plot.dimmed and bench.live.curves is not None and bench.live.curves.done


def test_layers_are_told_apart_by_more_than_their_colour(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    lines = {(series.pattern, series.thick) for series in view.plot.series}
    assert len(lines) == len(LAYERS)


def test_an_empty_canvas_has_no_residual(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    assert view.plot.message == ""
    bench.go(Scene(SCENE.height, SCENE.width))
    assert view.plot.message.startswith("The canvas is empty") and view.plot.mark is None
    assert [series.name for series in view.plot.series] == [layer.name for layer in LAYERS]
    for series in view.plot.series:
        assert not series.known.any() and math.isnan(series.at(0.0))
    assert not view.plot.dimmed
    click(view, "C3")
    assert not any(series.known.any() for series in view.plot.series)
    bench.go(SCENE)
    assert view.plot.message == "" and view.plot.mark == 0
    assert all(series.known.any() for series in view.plot.series)


def test_old_curves_are_measured_anew_when_the_instrument_comes_back(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    bench.document.apply(moved(SCENE, [0], 1, 0), "edit")
    view.hide()
    view.show()
    bench.answer()
    bench.settle()
    assert not view.plot.dimmed and not bench.live.curves_old


def test_the_curves_tell_of_noise_and_pictures(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    assert view.plot.note == ""
    bench.go(replace(SCENE, noise=Noise(sigma=0.2)))
    assert "noise" in view.plot.note
    assert max(series.y[series.x == 4].max() for series in view.plot.series) > 0.1
    picture = ImageLayer(np.ones((8, 8), np.float32), (16, 16))
    bench.go(replace(SCENE, items=(picture,)))
    assert "resampled" in view.plot.note and "noise" not in view.plot.note


@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_layer_s_colour_is_legible(name: str) -> None:
    def luminance(colour: QColor) -> float:
        parts = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4
                 for p in (colour.redF(), colour.greenF(), colour.blueF())]  # fmt: skip
        return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))

    theme = themes.theme(name)
    ground = luminance(theme.background)
    for colour in layer_colours(theme).values():
        low, high = sorted((ground, luminance(colour)))
        assert (high + 0.05) / (low + 0.05) >= 3  # WCAG 2.1, 1.4.11: graphics


def test_axis_and_layer_are_chosen_shown_and_kept(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    QTest.mouseClick(view.axes, LEFT, pos=view.axes.option_rect("y").center().toPoint())
    bench.settle()
    click(view, "C3")
    border, *interiors = view.plot.series
    assert border.dashed and not any(one.dashed for one in interiors)
    assert [one.name for one in interiors] == ["max", "average", "blur"]
    bench.settle()
    border = view.plot.series[0]
    assert bench.live.curves is not None and bench.live.curves.axis == "y"
    assert np.nanmax(border.y) > 0.5  # the drawing leaves the canvas
    state = view.state()
    again = Residual(bench.document, bench.live)
    again.restore(state)
    assert again.state() == state == {"axis": "y", "layer": "C3"}
    again.restore({"axis": "z", "layer": 3})
    assert again.state() == state
    click(view, ALL)
    assert len(view.plot.series) == len(LAYERS)


def pure(nets: Nets, name: str, shift: tuple[float, float]) -> dict[str, tuple[float, float]]:
    """Each layer's residuals, interior and border, in a network for SCENE moved by ``shift``."""
    images = rasterize_scene(SCENE), rasterize_scene(shifted(SCENE, *shift))
    before, after = (reference(nets(name), image) for image in images)
    layers = compare_layers(before, after.maps, shift)
    return {key: (one.interior, one.border) for key, one in layers.items()}


def test_the_mark_and_the_curves_are_of_the_drawing_s_own_shift(bench: Bench) -> None:
    """Of both its components: on the axis alone x = 12 would promise 0 to every layer."""
    view = Residual(bench.document, bench.live)
    bench.show(view)
    for shift, place in (
        ((12.0, 1.4), "12, 1.4"),
        ((12.3, 1.4), "12.3, 1.4"),
        ((-7.0, 4.0), "−7, 4"),
        ((3.0, 0.0), "3"),
    ):
        bench.go(shifted(SCENE, *shift))
        expected = pure(bench.nets, "max", shift)
        here = view.plot.here
        assert here is not None and view.plot.mark == here.x == pytest.approx(shift[0])
        assert here.place == place
        curves = {series.name: series for series in view.plot.series}
        for name, (interior, _) in expected.items():
            assert here.values[name] == pytest.approx(interior, abs=1e-5, nan_ok=True)
            if shift[0] % 0.5 == 0:  # where the curves are measured
                assert curves[name].at(here.x) == pytest.approx(interior, abs=1e-5, nan_ok=True)
        assert not view.plot.dimmed and f"y: {shift[1]:g}" in view.plot._labels[0]
        aligned = shift[1] % 4 == 0
        assert ("no multiple of 4" in view.plot._labels[0]) == (not aligned)
        assert (curves["S4"].y.min() < 1e-5) == aligned
    bench.go(shifted(SCENE, 12, 1.4))
    area = view.plot.plot_area()
    picture = view.plot.grab().toImage()
    dot = view.plot.to_widget(12, pure(bench.nets, "max", (12, 1.4))["S4"][0])
    assert area.contains(dot)
    colour = layer_colours(themes.theme("dark"))["S4"]
    assert picture.pixelColor(dot.toPoint()) == colour
    # A click goes along the curve that is shown
    QTest.mouseClick(view.plot, LEFT, pos=view.plot.to_widget(8, 0.3).toPoint())
    bench.settle()
    assert bench.live.shift == pytest.approx((8, 1.4))


def test_while_the_drawing_moves_across_the_dots_follow_and_the_curves_wait(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    click(view, "S4")
    bench.settle()
    before = bench.live.curves
    refined: list[None] = []
    bench.live.refined.connect(lambda: refined.append(None))
    steps = [(6, n / 10) for n in range(1, 9)]
    for shift in steps:
        bench.document.apply(shifted(SCENE, *shift), "drag")
        assert view.plot.dimmed and bench.live.curves is before
        # What is not measured here is not told by curves of another shift
        texts = {
            one.name: value_text(one, view.plot.mark, view.plot.here, dimmed=view.plot.dimmed)
            for one in view.plot.series
        }
        assert texts["average"] == texts["blur"] == "–"
        bench.qtbot.waitUntil(lambda: bench.live.point.shift == bench.live.shift)  # type: ignore[union-attr]
        if refined:
            break  # this machine measured curves between two steps
    assert view.plot.here is not None
    last = bench.live.shift
    assert view.plot.here.values["max"] == pytest.approx(pure(bench.nets, "max", last)["S4"][0])
    bench.settle()
    assert not view.plot.dimmed and bench.live.curves is not before
    assert bench.live.curves is not None and bench.live.curves.other == pytest.approx(last[1])


def test_one_layer_is_shown_for_the_three_poolings_side_by_side(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    max_pooling = bench.live.curves
    click(view, "S4")
    assert not view.plot.dimmed  # what is known stays
    bench.settle()
    assert bench.live.curves is max_pooling
    bench.go(shifted(SCENE, 2, 0))
    assert bench.live.curves is max_pooling
    border, *interiors = view.plot.series
    theme = themes.theme("dark")
    for name, series in zip(POOLINGS, interiors, strict=True):
        inside, outside = pure(bench.nets, name, (2, 0))["S4"]
        assert series.name == name and series.colour == network_colour(name, theme)
        assert series.thick == (name == "max")
        assert series.at(2) == pytest.approx(inside, abs=1e-5)
        assert value_text(series, 2, view.plot.here) == f"{inside:.2f}"
        if name == "max":
            assert border.at(2) == pytest.approx(outside, abs=1e-5)
    tops = [series.y.max() for series in interiors]
    assert tops[2] < tops[1] < tops[0]  # blur pooling's sawtooth is the lowest
    bench.document.set_network("blur")
    bench.settle()
    assert [one.thick for one in view.plot.series] == [False, False, False, True]
    blurred = pure(bench.nets, "blur", (0, 0))  # another network, another reference
    assert bench.live.shift == (2, 0) and blurred["S4"][0] == 0
    assert view.plot.note == ""
    bench.document.toggle_ablation("S2", 3)
    bench.settle()
    assert view.plot.note == "blur: 1 map ablated; the others: none."
    assert view.plot.series[1].at(2) == pytest.approx(interiors[0].at(2), abs=1e-5)
    assert view.plot.series[3].at(2) != pytest.approx(interiors[2].at(2), abs=1e-3)


def test_a_layer_that_comes_back_with_a_session_is_measured_for_all_three(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    view.restore({"layer": "S4"})  # while the drawing stays, so that no snapshot comes
    bench.settle()
    assert len(view.plot.series) == 4
    assert all(series.known.any() for series in view.plot.series)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_network_without_weights_has_no_curve_and_is_told(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    lose(monkeypatch, tmp_path, "blur", damage)
    bench = Bench(qtbot, Nets())
    try:
        view = Residual(bench.document, bench.live)
        bench.show(view)
        assert view.plot.note == ""  # nobody asked for it yet
        click(view, "C3")
        bench.settle()
        known = {one.name: one.known.any() for one in view.plot.series}
        assert known == {"border": True, "max": True, "average": True, "blur": False}
        assert word_for(damage) in view.plot.note
        assert str(tmp_path) in view.plot.toolTip().replace("\n", "")
    finally:
        bench.engine.stop()


def test_what_the_canvas_is_too_small_for_is_told(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    assert view.plot.note == ""
    QTest.mouseClick(view.axes, LEFT, pos=view.axes.option_rect("y").center().toPoint())
    bench.settle()
    assert view.plot.note == "64×32 px are too few for an interior of C5, output."
    click(view, "S4")
    bench.settle()
    assert view.plot.note == "64×32 px are too few for an interior of blur beyond 8 px."
    bench.go(replace(SCENE, height=64))
    assert view.plot.note == ""


def test_hidden_instruments_measure_nothing(bench: Bench) -> None:
    view = Residual(bench.document, bench.live)
    bench.show(view)
    bench.document.toggle_ablation("C3", 1)
    assert bench.engine.measuring
    view.hide()
    assert not bench.engine.measuring
    view.show()
    bench.answer()
    bench.settle()
    assert bench.live.curves is not None and bench.live.curves.done


def test_a_demonstration_counts_from_where_it_begins(bench: Bench, qtbot: QtBot) -> None:
    player = Player(bench.document)
    live = LiveShift(bench.document, bench.engine, player)
    player.load(by_id("shift"))
    player.seek(4.5)  # 12 px to the right, and its beginning was never on the screen
    scene = bench.document.scene
    assert live._locate(scene) == by_id("shift").scene_at(0)
    assert live.shift == pytest.approx((12, 0))


def test_a_part_that_moves_alone_is_told_apart_from_a_shift(bench: Bench) -> None:
    view = Displacement(bench.live)
    bench.show(view)
    bench.go(SCENE)
    last = len(SCENE.items) - 1
    bench.go(moved(SCENE, [last], 3.0, 0.0))
    assert bench.live.shown is not None and bench.live.shown.partly
    assert "part of the drawing" in " ".join(bench.live.shown.notes)
    for texts in view.table.rows:  # 0 would say that it had been measured
        assert set("".join(texts[1:]).replace(" ", "")) == {UNKNOWN}
    assert view.table._title == "shift  –"
    QTest.mouseClick(view.button, LEFT)
    bench.settle()
    assert view.table._notes == () and view.table.rows[0][2] == "0.00  0.00"
    bench.go(moved(SCENE, [last], 3.0, 1.0))
    assert bench.live.shown.partly
    bench.go(moved(SCENE, [last], 3.0, 0.0))
    bench.go(shifted(moved(SCENE, [last], 3.0, 0.0), 2.0, 0.0))
    assert not bench.live.shown.partly and bench.live.shift == (2.0, 0.0)
