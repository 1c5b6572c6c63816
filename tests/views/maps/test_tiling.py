"""Tiling: grids by the canvas's size alone, the largest cells, honest averages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.nets.lenet5 import lenet5
from viz.views.maps.tiling import averaged, grid_columns, plan

sides = st.integers(1, 600)


@pytest.mark.parametrize(
    ("canvas", "c1", "c3"),
    [
        ((32, 32), (5, 4), (10, 5)), ((32, 64), (5, 4), (5, 10)), ((48, 64), (5, 4), (10, 5)),
        ((64, 64), (5, 4), (10, 5)), ((32, 128), (4, 5), (5, 10)), ((128, 512), (4, 5), (5, 10)),
    ],
)  # fmt: skip
def test_the_grids_of_lenet5(
    canvas: tuple[int, int], c1: tuple[int, int], c3: tuple[int, int]
) -> None:
    for layer, grid in (("C1", c1), ("S2", c1), ("C3", c3), ("S4", c3)):
        maps, height, width = lenet5().layer(layer).shape(*canvas)
        columns = grid_columns(maps, height, width)
        assert (columns, -(-maps // columns)) == grid


@pytest.mark.parametrize(
    ("maps", "columns"),
    [(1, 1), (2, 2), (5, 3), (6, 3), (7, 3), (13, 4), (16, 8), (20, 5), (50, 10), (120, 15)],
)
def test_square_maps_have_pairs_of_factors_at_most_4_to_1_else_a_near_square(
    maps: int, columns: int
) -> None:
    assert grid_columns(maps, 10, 10) == columns


@given(st.integers(1, 64), sides, sides, st.integers(40, 1200), st.integers(80, 1200))
def test_a_plan_holds_all_maps_within_the_space(
    maps: int, height: int, width: int, space_h: int, space_w: int
) -> None:
    layout = plan(maps, height, width, (space_h, space_w))
    assert layout.columns * layout.rows >= maps
    assert 1 in (layout.zoom, layout.shrink)
    if layout.columns > 1 or layout.shrink < max(height, width):
        assert layout.size[0] <= space_h
        assert layout.size[1] <= space_w


@pytest.mark.parametrize(
    ("columns", "space", "cell"),
    [
        (5, (500, 800), 2), (5, (118, 308), 1), (5, (117, 308), 1 / 2), (3, (500, 800), 2),
        (4, (296, 490), 2), (5, (3, 3), 1 / 60),
    ],
)  # fmt: skip
def test_given_columns_leave_only_the_size_of_a_cell_open(
    columns: int, space: tuple[int, int], cell: float
) -> None:
    layout = plan(20, 28, 60, space, columns=columns)
    assert (layout.columns, layout.cell) == (columns, cell)


def test_averaging_is_the_mean_of_blocks() -> None:
    values = np.random.default_rng(0).random((3, 13, 17), np.float32)
    layout = plan(3, 13, 17, (10, 30))
    k = layout.shrink
    assert k > 1
    small = averaged(values, layout)
    assert small.shape == (3, layout.height, layout.width)
    assert np.allclose(small[1, 0, 1], values[1, :k, k : 2 * k].mean(), atol=1e-6)
