"""Tiling: square cells, nothing cut off, and averages that are averages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.nets.layers import LAYERS
from viz.views.tiling import averaged, best_split, cell_sizes, plan

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


@given(st.integers(1, 50), st.integers(1, 124), st.integers(1, 508))
def test_the_quick_cell_size_is_that_of_the_plan(maps: int, height: int, width: int) -> None:
    layout = plan(maps, height, width, (500, 700))
    size = cell_sizes(maps, height, width, np.array([500.0]), np.array([700.0]))
    assert size[0, 0] == pytest.approx(layout.zoom / layout.shrink)


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


def test_the_split_gives_every_layer_room() -> None:
    for size in ((32, 32), (32, 64), (64, 64), (128, 512)):
        shapes = tuple(layer.shape(*size) for layer in LAYERS[:4])
        split = best_split(shapes, (620, 740), head=28, below=150)
        assert sum(split.heights) <= 620 - 150 + 1
        assert min(split.heights) > 80
        assert all(200 < left < 600 for left in split.lefts)


def test_no_layer_grows_at_its_neighbour_s_cost_and_heads_fit() -> None:
    """A chapter's window of 1280×720: C3 once had one pixel a unit where S4 had three."""
    shapes = tuple(layer.shape(32, 64) for layer in LAYERS[:4])
    least = (171, 149, 188, 141)
    split = best_split(shapes, (586, 631), head=22, below=291, least=least)
    cells = []
    for height, left, pair in zip(split.heights, split.lefts, (0, 2), strict=True):
        widths = left, 631 - left
        for shape, width, needed in zip(
            shapes[pair : pair + 2], widths, least[pair : pair + 2], strict=True
        ):
            assert width >= needed
            layout = plan(*shape, (height - 22, width))
            cells.append(layout.zoom / layout.shrink)
    assert cells == [1, 2, 2, 2]
