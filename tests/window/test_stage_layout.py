"""Stage layout: everything within the stage, nothing over anything else, maps and instrument good
at every size."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PyQt6.QtCore import QRect, QSize

from viz.nets.lenet5 import lenet5
from viz.views.canvas.handles import MARGIN
from viz.views.maps.map_rows import MapLayer
from viz.views.maps.tiling import grid_columns
from viz.window.stage_layout import LEFT_EM, Content, Controls, Places, places

CONTROLS = Controls(377, 487, 36, 132, (77, 21))
"""As they are at 13 px."""

WINDOWS = {"911": (911, 434), "1024": (1024, 562), "1280": (1280, 642), "1920": (1920, 994)}
"""The stages in windows of these widths."""

CANVASES = ((32, 32), (32, 64), (48, 64), (64, 64), (32, 128), (128, 512))


def content(
    canvas: tuple[int, int] = (32, 64), *, text_px: int = 13, presented: bool = False
) -> Content:
    layers: list[MapLayer] = []
    for layer in lenet5().mosaics:
        shape = layer.shape(*canvas)
        pooled = layer.operation == "pool"
        columns = layers[-1].columns if pooled else grid_columns(*shape)
        layers.append(MapLayer(*shape, columns, 13 * text_px))
    lines = min((canvas[0] - 32) // 4 + 1, 3)
    answer = round(2.6 * text_px + lines * (1.2 * text_px + 5))
    controls = None if presented else CONTROLS
    return Content(canvas, tuple(layers), 1, answer, text_px, controls=controls)


def parts(found: Places) -> dict[str, QRect]:
    """What has room, in front of nothing else."""
    layers = {
        f"layer {number}": place.translated(found.maps.topLeft())
        for number, place in enumerate(found.layers)
    }
    names = ("caption", "answer", "scores", "palette", "sliders", "kernels", "instrument")
    named = {name: getattr(found, name) for name in names}
    canvas = found.canvas.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    named["canvas"] = canvas  # whose margin lies in the gaps
    return {name: place for name, place in {**named, **layers}.items() if not place.isEmpty()}


def check(found: Places, size: tuple[int, int]) -> None:
    stage = QRect(0, 0, *size)
    shown = parts(found)
    for name, place in shown.items():
        assert stage.contains(place), name
    for (name, one), (other, two) in combinations(shown.items(), 2):
        assert not one.intersects(two), (name, other)


@pytest.mark.parametrize("presented", [False, True])
@pytest.mark.parametrize("canvas", CANVASES)
@pytest.mark.parametrize("window", WINDOWS)
def test_everything_has_room(window: str, canvas: tuple[int, int], presented: bool) -> None:
    size = WINDOWS[window]
    found = places(size, content(canvas, presented=presented))
    check(found, size)
    assert {"answer", "canvas", "scores", "instrument"} <= set(parts(found))
    # A third of the height, less where units would have no pixel
    assert found.instrument.height() >= (0.34 if found.cell >= 2 else 0.26) * size[1]
    assert found.instrument.width() >= 0.5 * size[0]
    assert found.cell >= (1 / 8 if canvas == (128, 512) else 1 / 3)
    assert found.scores.height() >= 6 * 13
    assert found.instrument.right() == size[0] - 13 and found.instrument.left() == found.maps.left()
    if presented:
        assert found.palette.isEmpty() and found.button.isEmpty()


@pytest.mark.parametrize(
    ("window", "canvas", "instrument", "layers"),
    [
        ("911", QSize(432, 216), QSize(463, 188), ("187x83", "187x83", "187x139", "187x139")),
        ("1024", QSize(443, 216), QSize(565, 260), ("308x139", "169x139", "308x139", "169x139")),
        ("1280", QSize(536, 280), QSize(728, 240), ("320x139", "320x139", "320x239", "320x239")),
        ("1920", QSize(600, 312), QSize(1304, 380), ("608x251", "608x251", "608x339", "608x339")),
    ],
)
def test_the_usual_canvas_in_windows(
    window: str, canvas: QSize, instrument: QSize, layers: tuple[str, ...]
) -> None:
    found = places(WINDOWS[window], content())
    assert found.canvas.size() == canvas, "with its margin"
    assert found.instrument.size() == instrument
    assert tuple(f"{one.width()}x{one.height()}" for one in found.layers[:4]) == layers


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(880, 2600), st.integers(400, 1500)),
    st.tuples(st.integers(32, 128), st.integers(32, 512)),
    st.sampled_from((13, 16, 24)),
    st.sampled_from((1.0, 1.25, 1.5, 2.0)),
    st.booleans(),
)
def test_nothing_lies_over_anything_else(
    size: tuple[int, int], canvas: tuple[int, int], text_px: int, ratio: float, presented: bool
) -> None:
    if text_px * 30 > size[1]:
        return  # text that large is not to be had in such a window
    one = replace(content(canvas, text_px=text_px, presented=presented), ratio=ratio)
    check(places(size, one), size)


def test_what_controls_leave_the_canvas_gets_without_them() -> None:
    for size, canvas in product(WINDOWS.values(), CANVASES):
        usual = places(size, content(canvas)).canvas
        presented = places(size, content(canvas, presented=True)).canvas
        assert presented.height() >= usual.height() or size[0] == 911
    large = places(WINDOWS["1920"], content(presented=True)).canvas
    assert large.width() == 64 * 11 + 2 * MARGIN, "and S2 is drawn three times as large"


@pytest.mark.parametrize(
    ("canvas", "cells"), [((64, 128), (1, 2)), ((48, 160), (1, 2)), ((32, 256), (0.5, 1))]
)
def test_presented_pooled_maps_of_wide_canvases_are_as_large_as_those_that_they_pool(
    canvas: tuple[int, int], cells: tuple[float, float]
) -> None:
    width, height = WINDOWS["1920"]
    found = places((width, height + 80), content(canvas, presented=True))
    layers = content(canvas).layers
    for layer, place, cell in zip(layers[:2], found.layers[:2], cells, strict=True):
        assert place.width() >= layer.columns * layer.width * cell
    assert found.canvas.width() >= LEFT_EM * 13


@pytest.mark.parametrize(
    ("size", "canvas", "palette", "sliders", "kernels"),
    [
        ((1920, 994), (32, 64), True, True, True), ((1280, 642), (32, 64), True, True, False),
        ((1024, 562), (32, 64), True, True, False), ((1024, 562), (48, 64), True, False, False),
        ((911, 434), (32, 64), True, False, False), ((800, 434), (32, 64), False, False, False),
    ],
)  # fmt: skip
def test_controls_that_have_no_room_fold_and_lie_open_over_the_column(
    size: tuple[int, int], canvas: tuple[int, int], palette: bool, sliders: bool, kernels: bool
) -> None:
    usual = content(canvas)
    folded = places(size, usual)
    there = [not part.isEmpty() for part in (folded.palette, folded.sliders, folded.kernels)]
    assert there == [palette, sliders, kernels]
    assert folded.button.isEmpty() == kernels, "a button opens those that are folded"
    assert folded.ground.isEmpty()
    opened = places(size, replace(usual, controls=replace(CONTROLS, is_open=True)))
    if kernels:
        assert opened == folded
        return
    ground, stage = opened.ground, QRect(0, 0, *size)
    for part in (opened.palette, opened.sliders, opened.kernels):
        assert ground.contains(part) and part.width() >= CONTROLS.width
    assert stage.contains(ground) and ground.contains(opened.button)
    assert (opened.canvas, opened.maps, opened.button) == (
        folded.canvas, folded.maps, folded.button,
    )  # fmt: skip


def test_two_stages_beside_each_other_have_the_same_places() -> None:
    one = replace(content(), controls=None, caption=20)
    above, below = (
        places((1920, height), replace(one, strip=strip))
        for height, strip in ((385, 0), (609, 224))
    )
    for name in ("caption", "answer", "canvas", "layers", "cell"):
        assert getattr(above, name) == getattr(below, name), name
    assert above.cell == 1
    assert above.instrument.isEmpty() and above.scores.isEmpty()
    assert below.instrument.height() >= 224 and below.scores.height() >= 224
    check(above, (1920, 385))
    check(below, (1920, 609))


@pytest.mark.parametrize("count", [0, 1, 3, 9])
@pytest.mark.parametrize("barcodes", [0, 1, 2])
def test_any_number_of_layers_has_room(count: int, barcodes: int) -> None:
    layers = (MapLayer(6, 28, 60, 3, 150),) * count
    found = places((1280, 642), replace(content(), layers=layers, barcodes=barcodes))
    check(found, (1280, 642))
    assert len(found.layers) == count + barcodes
    assert all(not place.isEmpty() for place in found.layers)
    assert found.instrument.height() >= 0.26 * 642


@pytest.mark.parametrize("title", [0, 34])
def test_what_is_enlarged_has_the_stage_but_for_title_and_answer(title: int) -> None:
    size, whole = (1280, 642), QRect(12, 8 + title, 1256, 634 - title)
    usual = replace(content(presented=True), title=title)
    for name in ("scores", "instrument"):
        found = places(size, replace(usual, enlarged=name))
        assert getattr(found, name) == whole and set(parts(found)) == {name}
        assert found.title == QRect(12, 8, 1256, title)
    for number in range(5):
        found = places(size, replace(usual, enlarged=number))
        assert found.maps == whole and set(parts(found)) == {f"layer {number}"}
        assert found.layers[number] == QRect(0, 0, 1256, 634 - title)
    found = places(size, replace(usual, enlarged="canvas"))
    check(found, size)
    assert set(parts(found)) == {"canvas", "answer"}
    assert found.answer.top() == whole.top() and found.answer.height() == usual.answer
    assert found.canvas.top() == found.answer.bottom() + 1
    assert found.canvas.bottom() == whole.bottom()


def test_the_title_stands_at_the_top_left_and_moves_nothing_on_the_right() -> None:
    for size, canvas in product(WINDOWS.values(), CANVASES):
        usual = content(canvas, presented=True)
        without, found = places(size, usual), places(size, replace(usual, title=34))
        check(found, size)
        assert found.title == QRect(12, 8, found.scores.width(), 34)
        assert found.answer.top() == found.title.bottom() + 1
        if found.maps.left() == without.maps.left():
            assert (found.maps, found.instrument) == (without.maps, without.instrument)


def test_scores_leave_room_to_kernels_before_they_are_high_and_empty() -> None:
    for size, canvas in product(WINDOWS.values(), CANVASES):
        found = places(size, content(canvas, presented=True))
        room = size[1] - 8 - (found.canvas.bottom() + 1)
        assert found.kernels.isEmpty() == (room < (11 + 7) * 13 + 8)
        if not found.kernels.isEmpty():
            assert 7 * 13 <= found.kernels.height() <= 16 * 13
            assert found.kernels.top() - found.scores.bottom() - 1 == 8
            assert found.scores.height() >= 11 * 13
