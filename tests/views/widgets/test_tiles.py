"""Tiles: values become the colours of the table, at places and sizes in whole pixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtGui import QColor

from viz.views import theme as themes
from viz.views.widgets.tiles import (
    Tiles,
    dark_colours,
    diverging_colours,
    locked_peak,
    ramp,
    sequential_colours,
)

LUT = np.arange(256, dtype=np.uint32) + 0xFF000000


@given(st.floats(-50, 50, width=32), st.floats(0.125, 20, width=32))
def test_scales_are_linear_and_clip(value: float, scale: float) -> None:
    array = np.array([[[value]]], np.float32)
    sequential = int(sequential_colours(LUT, array, scale)[0, 0, 0]) - 0xFF000000
    diverging = int(diverging_colours(LUT, array, scale)[0, 0, 0]) - 0xFF000000
    assert abs(sequential - min(255, max(0, value / scale * 255))) <= 1
    assert abs(diverging - min(255, max(0, 127.5 + value / scale * 127.5))) <= 1


def test_the_ends_and_the_middle_of_a_scale() -> None:
    values = np.array([[[-2.0, -1.0, 0.0, 1.0, 2.0]]], np.float32)
    assert [int(c) & 255 for c in sequential_colours(LUT, values, 1)[0, 0]] == [0, 0, 0, 255, 255]
    assert [int(c) & 255 for c in diverging_colours(LUT, values, 1)[0, 0]] == [0, 0, 128, 255, 255]


@pytest.mark.parametrize(("cell", "wide", "high"), [((4,), 4, 4), ((5, 3), 5, 3)])
def test_a_matrix_is_painted_where_it_belongs_and_nowhere_else(
    cell: tuple[int, ...], wide: int, high: int
) -> None:
    tiles = Tiles()
    tiles.resize(40, 30)
    tiles.clear(QColor("#102030"))
    colours = (np.arange(12, dtype=np.uint32) + 0xFF000000).reshape(2, 2, 3)
    tiles.paint(colours, [(1, 2), (20, 10)], *cell)
    image = tiles.image
    painted = 0
    for number, (x, y) in enumerate([(1, 2), (20, 10)]):
        for (u, v), colour in np.ndenumerate(colours[number]):
            for dy in range(high):
                for dx in range(wide):
                    assert image.pixel(x + wide * v + dx, y + high * u + dy) == int(colour)
                    painted += 1
    ground = QColor("#102030").rgb()
    left = sum(image.pixel(x, y) == ground for x in range(40) for y in range(30))
    assert left == 40 * 30 - painted


def test_a_wide_picture_and_a_rectangle() -> None:
    tiles = Tiles()
    tiles.resize(12, 4)
    tiles.paint_wide(LUT[:6].reshape(2, 3), 0, 1, 4)
    tiles.fill(0, 0, 12, 1, int(LUT[99]))
    rows = [[tiles.image.pixel(x, y) & 255 for x in range(12)] for y in range(4)]
    assert rows == [[99] * 12, [0] * 4 + [1] * 4 + [2] * 4, [3] * 4 + [4] * 4 + [5] * 4, [0] * 12]


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (3, 5), (33, 7)])
def test_any_size_has_a_picture(size: tuple[int, int]) -> None:
    tiles = Tiles()
    tiles.resize(*size)
    assert (tiles.image.width(), tiles.image.height()) == tuple(max(1, s) for s in size)


def test_a_ramp_is_its_table() -> None:
    for name in ("dark", "light"):
        theme = themes.theme(name)
        for lut in (theme.sequential, theme.diverging, theme.ink):
            image = ramp(lut)
            assert [image.pixel(x, 0) for x in range(256)] == lut.tolist()


def test_text_is_white_on_dark_colours_only() -> None:
    grey = np.array([0xFF000000 | v << 16 | v << 8 | v for v in range(256)], np.uint32)
    white = dark_colours(grey)
    assert white[0]
    assert not white[255]
    assert list(white) == sorted(white, reverse=True)


@given(st.integers(1, 5000))
def test_999_of_1000_weights_lie_within_the_peak(count: int) -> None:
    weights = np.random.default_rng(count).normal(size=count).astype(np.float32)
    peak = locked_peak(weights)
    beyond = int((np.abs(weights) > peak).sum())
    assert beyond <= count / 1000
    assert peak in np.abs(weights)


def test_a_layer_of_zeros_still_has_a_scale() -> None:
    assert locked_peak(np.zeros((3, 5, 5), np.float32)) == 1
