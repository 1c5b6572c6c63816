"""Tiling: square cells, nothing cut off, and averages that are averages."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viz.views.maps.tiling import Grid, averaged, plan

sides = st.integers(1, 600)


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


def test_a_larger_zoom_is_preferred() -> None:
    layout = plan(20, 28, 60, (296, 490))
    assert (layout.zoom, layout.columns, layout.rows) == (2, 4, 5)


def test_averaging_is_the_mean_of_blocks() -> None:
    values = np.random.default_rng(0).random((3, 13, 17), np.float32)
    layout = plan(3, 13, 17, (10, 30))
    k = layout.shrink
    assert k > 1
    small = averaged(values, layout)
    assert small.shape == (3, layout.height, layout.width)
    assert np.allclose(small[1, 0, 1], values[1, :k, k : 2 * k].mean(), atol=1e-6)


def test_a_grid_fixes_the_columns_and_the_largest_cell() -> None:
    for grid in (Grid(5, 2), Grid(7, 1), Grid(3, 1 / 2)):
        layout = plan(20, 28, 60, (500, 800), grid=grid)
        assert (layout.columns, layout.zoom / layout.shrink) == (grid.columns, grid.cell)
    layout = plan(20, 28, 60, (100, 330), grid=Grid(5, 2))
    assert (layout.columns, layout.zoom / layout.shrink) == (5, 1 / 2), "no more room"
