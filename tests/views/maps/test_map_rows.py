"""Map rows: the largest units that fit, no row at the cost of another, pooled maps no larger."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viz.nets.lenet5 import lenet5
from viz.views.maps.map_rows import CELLS, MapLayer, MapRows
from viz.views.maps.tiling import grid_columns, plan

GAP = 8


def rows_of(canvas: tuple[int, int], ratio: float = 1.0) -> MapRows:
    layers: list[MapLayer] = []
    for layer in lenet5().mosaics:
        shape = layer.shape(*canvas)
        pooled = layer.operation == "pool"
        layers.append(MapLayer(*shape, layers[-1].columns if pooled else grid_columns(*shape)))
    return MapRows(tuple(layers), GAP, ratio)


@pytest.mark.parametrize(
    ("canvas", "place", "cells", "widths"),
    [
        ((32, 64), (782, 350), (1, 2), (308, 308)),
        ((32, 64), (1246, 574), (2, 3), (608, 608)),
        ((32, 64), (527, 300), (1, 1), (308, 158)),  # no room to enlarge S2
        ((32, 32), (1246, 574), (3, 4), (428, 428)),
        ((64, 64), (782, 350), (1 / 2, 1), (278, 278)),
    ],
)
def test_lenet5_in_places_of_windows(
    canvas: tuple[int, int],
    place: tuple[int, int],
    cells: tuple[float, float],
    widths: tuple[int, int],
) -> None:
    rows = rows_of(canvas)
    found = rows.enlarge((0, 0), *place)
    assert tuple(CELLS[cell] for cell in found) == cells
    assert rows.widths(found, place[0]) == widths


@settings(max_examples=40, deadline=None)
@given(
    st.integers(32, 128), st.integers(32, 512), st.integers(400, 1400), st.integers(250, 1000),
    st.sampled_from((1.0, 1.25, 1.5, 2.0)),
)  # fmt: skip
def test_the_maps_fit_and_a_pooled_map_is_never_drawn_larger(
    high: int, wide: int, width: int, height: int, ratio: float
) -> None:
    rows = rows_of((high, wide), ratio)
    cells = rows.enlarge((0, 0), width, height)
    if cells == (0, 0):
        return  # not even the smallest fit
    sides, heights = rows.widths(cells, width), rows.heights(cells)
    assert sum(sides) + GAP <= width and sum(heights) <= height
    for row, cell, tall in zip(rows.rows, cells, heights, strict=True):
        upper, pooled = (
            plan(one.maps, one.height, one.width, (int(tall * ratio), int(side * ratio)),
                 columns=one.columns)
            for one, side in zip(row, sides, strict=True)
        )  # fmt: skip
        assert min(upper.cell, pooled.cell) >= CELLS[cell] - 1e-9, "as a mosaic lays it out"
        assert pooled.size[0] <= upper.size[0] + upper.rows * upper.cell  # odd maps lose a line


def test_an_odd_layer_and_none_at_all() -> None:
    alone = MapRows((MapLayer(6, 28, 28, 3, head=400),), GAP)
    cells = alone.enlarge((0,), 500, 200)
    assert (alone.heights(cells), alone.widths(cells, 500)) == ((170,), (400, 0))
    nothing = MapRows((), GAP)
    assert nothing.enlarge((), 100, 100) == () and nothing.widths((), 100) == (0, 0)


def test_heads_are_whole_where_there_is_room() -> None:
    layers = (MapLayer(20, 28, 60, 5, head=330), MapLayer(20, 14, 30, 5, head=200))
    rows = MapRows(layers, GAP)
    cells = rows.enlarge((0,), 540, 130)
    assert rows.widths(cells, 540) == (330, 200)
    assert rows.widths(cells, 530) == (308, 158)
