"""Displacement and Difference paint what is measured, and measure no more than is seen."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from lab import Lab, NewLab
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtTest import QTest

from viz.chapters.equivariance.difference import Difference
from viz.chapters.equivariance.difference_pictures import _draw, finer_numbers
from viz.chapters.equivariance.displacement import ROWS, Displacement
from viz.chapters.equivariance.displacement_columns import (
    UNKNOWN,
    columns,
    pair_text,
    residual_text,
)
from viz.chapters.equivariance.live_shift import LiveShift
from viz.chapters.equivariance.measure.residual import Equivariance, activity, compare, reference
from viz.chapters.equivariance.residual import Residual
from viz.chapters.registry import by_id, of_chapter
from viz.model.player import Player
from viz.model.snapshot import Unit
from viz.nets.lenet5 import lenet5
from viz.scene import Noise, Scene, rasterize_scene
from viz.scene.digits import number
from viz.scene.edit import moved
from viz.scene.shifts import shifted
from viz.views import theme as themes

LEFT = Qt.MouseButton.LeftButton
SCENE = number("31")
LAYERS = lenet5().layers
SIZE = (520, 250)


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:
    return new_lab(SCENE)


def click(view: Difference, value: str) -> None:
    at = view.layers.words.option_rect(value).center().toPoint()
    QTest.mouseClick(view.layers.words, LEFT, pos=at)


def expected(lab: Lab, before: Scene, shift: tuple[float, float]) -> Equivariance:
    """What the pure functions say about ``before`` moved by ``shift``."""
    snapshot = lab.document.snapshot
    assert snapshot is not None
    after = activity(snapshot.maps, snapshot.architecture)
    return compare(reference(lab.nets("max"), rasterize_scene(before)), after, shift)


def test_the_table_shows_what_the_pure_functions_measure(lab: Lab) -> None:
    view = Displacement(lab.live)
    lab.put(view, SIZE)
    for shift in ((4.0, 0.0), (2.5, -1.0), (-8.0, 4.0)):
        lab.go(shifted(SCENE, *shift))
        found = expected(lab, SCENE, shift)
        for layer, texts in zip(LAYERS, view.table.rows, strict=True):
            one = found.layers[layer.name]
            assert texts[0] == layer.name
            assert texts[1] == pair_text((shift[0] / layer.stride, shift[1] / layer.stride))
            assert texts[2] == pair_text(found.measured[layer.name])
            assert texts[4] == residual_text(one.interior)
            assert texts[5] == residual_text(one.border)
            aligned = all(d % layer.stride == 0 for d in shift)
            assert texts[6] == ("exactly" if aligned else "interpolated")
        assert lab.live.shown is not None and lab.live.shown.measured.shift == shift


def test_digits_moved_together_measure_and_one_alone_starts_anew(lab: Lab) -> None:
    view = Displacement(lab.live)
    lab.put(view, SIZE)
    lab.go(moved(SCENE, [0, 1], 4, 0))
    assert lab.live.shift == (4, 0) and view.table.rows[0][1] == "4.00  0.00"
    lab.go(moved(lab.document.scene, [0], 1, 0))
    assert lab.live.shift == (0, 0) and view.table.rows[0][1] == "–  –"
    lab.go(shifted(lab.document.scene, 0, 2))
    assert lab.live.shift == (0, 2) and view.table.rows[0][1] == "0.00  2.00"


def test_the_button_takes_the_present_drawing_as_reference(lab: Lab) -> None:
    view = Displacement(lab.live)
    lab.put(view, SIZE)
    lab.go(shifted(SCENE, 6, 0))
    QTest.mouseClick(view.button, LEFT)
    lab.settle()
    assert lab.live.shift == (0, 0) and view.table.rows[3][4] == "0"
    lab.go(shifted(SCENE, 7, 0))
    assert view.table.rows[0][1] == "1.00  0.00"


def test_a_kept_shift_comes_back(lab: Lab) -> None:
    view = Displacement(lab.live)
    lab.put(view, SIZE)
    lab.go(shifted(SCENE, 3, -1))
    state = view.state()
    other = LiveShift(lab.document, lab.engine, Player(lab.document, of_chapter))
    again = Displacement(other)
    again.restore(state)
    lab.put(again, SIZE)
    assert other.shift == (3, -1) and again.table.rows[0][1] == "3.00  −1.00"
    for nonsense in ({}, {"shift": "x"}, {"shift": [1]}, {"shift": [math.nan, 0]}):
        again.restore(nonsense)
    lab.ask_again()
    assert other.shift == (3, -1)


def test_noise_and_ablations_are_told_and_measured(lab: Lab) -> None:
    view = Displacement(lab.live)
    lab.put(view, SIZE)
    noisy = replace(SCENE, noise=Noise(sigma=0.2))
    lab.go(noisy)
    lab.go(shifted(noisy, 4, 0))
    assert lab.live.shown is not None and any("noise" in n for n in lab.live.shown.notes)
    assert (
        lab.live.shown.measured.layers["C1"].interior > 0.1
    )  # the theorem's drawing moved; not it
    lab.go(SCENE)
    lab.document.toggle_ablation("C1", 3)
    lab.go(shifted(SCENE, 4, 0))
    assert not lab.live.shown.before.maps["C1"][3].any()
    assert view.table.rows[3][4] == "0"


def test_an_empty_canvas_shows_dashes_and_says_why(lab: Lab) -> None:
    view = Displacement(lab.live)
    lab.put(view, SIZE)
    lab.go(Scene())
    for texts in view.table.rows:
        assert set("".join(texts[1:]).replace(" ", "")) == {UNKNOWN}
    assert view.table.title == "shift  –"
    assert view.table.notes[0].startswith("The canvas is empty")
    lab.go(shifted(SCENE, 0, 60))  # all of it below the canvas
    lab.go(shifted(SCENE, 0, 61))
    assert all(texts[2] == "–  –" for texts in view.table.rows)


def test_a_wide_canvas_is_pictured_whole(lab: Lab) -> None:
    view = Difference(lab.document, lab.live)
    lab.put(view, SIZE)
    lab.go(number("31415", width=512))
    lab.go(shifted(lab.document.scene, 4, 0))
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
def test_no_column_is_cut_off(lab: Lab, size: tuple[int, int], text_px: int) -> None:
    view = Displacement(lab.live)
    lab.put(view, SIZE)
    view.resize(*size)
    view.set_theme(themes.theme("light"), text_px)
    lab.go(shifted(SCENE, -3.25, 1.5))
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


def test_each_column_tells_its_formula_and_c5_why_it_has_no_y(lab: Lab) -> None:
    view = Displacement(lab.live)
    lab.put(view, SIZE)
    places, pitch = view.table.places(), view.table.pitch
    assert len(places) == len(columns())
    tips = [view.table.tip_at(QPointF(place.left + 2, 1.5 * pitch)) for place in places]
    assert len(set(tips)) == len(tips) and "stride" in tips[1] and "‖f(Tx) − T′f(x)‖" in tips[4]
    c5 = view.table.tip_at(QPointF(places[2].left + 5, (ROWS + 4.5) * pitch))
    assert "9×1" in c5 and "9×1" not in tips[2]
    assert "9×1" not in view.table.tip_at(QPointF(places[2].left + 5, (ROWS + 3.5) * pitch))


def test_the_pictures_are_the_maps_at_the_locked_scale(lab: Lab) -> None:
    view = Difference(lab.document, lab.live)
    lab.put(view, SIZE)
    lab.go(shifted(SCENE, 2.5, 0))
    found = expected(lab, SCENE, (2.5, 0))
    for layer, finer in (("C1", 8), ("S4", 4)):
        view.layers.chosen.emit() if view.layers.value == layer else click(view, layer)
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


def test_the_scale_of_the_difference_is_told_and_does_not_follow_the_data(lab: Lab) -> None:
    view = Difference(lab.document, lab.live)
    lab.put(view, SIZE)
    before = view.pictures.difference_peak
    assert finer_numbers(before) == ("−0.1", "0.1") and view.pictures.peak == 8 * before
    lab.go(shifted(SCENE, 0.5, 0))
    assert view.pictures.difference_peak == before
    lab.go(Scene())
    assert "inside –, at border –" in view.pictures.numbers()
    stand, line = view.pictures._places(), view.pictures._small.height
    assert stand is not None  # and what is told of it has room below
    assert stand.below + line + line <= view.pictures.height() + 1
    assert view.pictures.difference_peak == before


def test_units_of_no_whole_number_of_pixels_are_alike() -> None:
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


def test_the_map_is_kept_stepped_and_follows_the_pointer(lab: Lab) -> None:
    view = Difference(lab.document, lab.live)
    lab.put(view, SIZE)
    click(view, "C3")
    first = view.pictures.what
    lab.go(shifted(SCENE, -9, 3))
    assert view.pictures.what == first  # though another may be more active now
    QTest.mouseClick(view.on, LEFT)
    assert view.pictures.what == ("C3", (first[1] + 1) % 50)  # type: ignore[operator]
    QTest.mouseClick(view.back, LEFT)
    lab.document.hover(Unit("S2", 7, 1, 1))
    assert view.pictures.what == ("S2", 7)
    lab.document.hover(None)
    assert view.pictures.what == first
    click(view, "output")
    assert view.pictures.what == ("output", None) and not view.on.isEnabled()
    again = Difference(lab.document, lab.live)
    again.restore(view.state())
    lab.put(again, SIZE)
    assert again.pictures.what == ("output", None)
    click(again, "C3")
    assert again.pictures.what == first
    again.restore({"layer": "C9", "maps": {"C1": 99, "x": 1, "S2": "2"}})
    assert again.pictures.what == first


@pytest.mark.parametrize("shift", [(8.0, 0.0), (3.0, -2.0), (0.0, 20.0)])
@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_layer_can_be_pictured(lab: Lab, shift: tuple[float, float], name: str) -> None:
    view = Difference(lab.document, lab.live)
    lab.put(view, SIZE)
    view.set_theme(themes.theme(name), 24)
    lab.go(shifted(SCENE, *shift))
    for layer in LAYERS:
        if view.layers.value != layer.name:
            click(view, layer.name)
        view.grab()
        areas = view.pictures.areas()
        assert areas[-1].right() <= view.pictures.width()
        assert areas[0].bottom() <= view.pictures.height()


def test_hidden_instruments_measure_nothing(lab: Lab) -> None:
    view = Residual(lab.document, lab.live)
    lab.put(view, SIZE)
    lab.document.toggle_ablation("C3", 1)
    lab.engine.answer()
    assert lab.engine.measuring
    view.hide()
    assert not lab.engine.measuring
    view.show()
    lab.ask_again()
    lab.settle()
    assert lab.live.curves is not None and lab.live.curves.done


def test_a_demonstration_counts_from_where_it_begins(lab: Lab) -> None:
    player = Player(lab.document, of_chapter)
    live = LiveShift(lab.document, lab.engine, player)
    player.load(by_id("shift"))
    player.seek(4.5)  # 12 px to the right, and its beginning was never on the screen
    scene = lab.document.scene
    assert live._locate(scene) == by_id("shift").scene_at(0)
    assert live.shift == pytest.approx((12, 0))


def test_a_part_that_moves_alone_is_told_apart_from_a_shift(lab: Lab) -> None:
    view = Displacement(lab.live)
    lab.put(view, SIZE)
    lab.go(SCENE)
    last = len(SCENE.items) - 1
    lab.go(moved(SCENE, [last], 3.0, 0.0))
    assert lab.live.shown is not None and lab.live.shown.partly
    assert "part of the drawing" in " ".join(lab.live.shown.notes)
    for texts in view.table.rows:  # 0 would say that it had been measured
        assert set("".join(texts[1:]).replace(" ", "")) == {UNKNOWN}
    assert view.table.title == "shift  –"
    QTest.mouseClick(view.button, LEFT)
    lab.settle()
    assert view.table.notes == () and view.table.rows[0][2] == "0.00  0.00"
    lab.go(moved(SCENE, [last], 3.0, 1.0))
    assert lab.live.shown.partly
    lab.go(moved(SCENE, [last], 3.0, 0.0))
    lab.go(shifted(moved(SCENE, [last], 3.0, 0.0), 2.0, 0.0))
    assert not lab.live.shown.partly and lab.live.shift == (2.0, 0.0)
