"""Dividing: the same grids whatever takes room, pooled maps no larger, and no room wasted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viz.nets.lenet5 import lenet5, notes
from viz.views.maps.map_grid import Division, Shapes, best_division, division, factors
from viz.views.maps.tiling import plan

CANVASES = ((32, 32), (32, 64), (48, 64), (64, 64), (64, 128), (128, 512))

PLACES = {
    (1280, 720): (631, (392, 251), (172, 150, 189, 142)),
    (1920, 1080): (1084, (688, 433), (205, 177, 226, 166)),
}
"""By the window's size: the width that the maps share, the heights of their tiles in chapter 1 and
in the others, and the heads' widths."""


def shapes_of(canvas: tuple[int, int]) -> Shapes:
    return tuple(layer.shape(*canvas) for layer in lenet5().mosaics)


def divided(canvas: tuple[int, int], window: tuple[int, int]) -> list[Division]:
    width, heights, least = PLACES[window]
    usual = (heights[0],) * 2 + (heights[1],) * 3
    return [best_division(shapes_of(canvas), width, high, usual, least) for high in heights]


def check(found: Division, shapes: Shapes, width: int, height: int) -> None:
    """All tiles fit where they are to stand, at the size that was promised."""
    assert sum(found.heights) <= height
    for number, (shape, grid) in enumerate(zip(shapes, found.grids, strict=True)):
        left = found.lefts[number // 2]
        space = found.heights[number // 2], width - left if number % 2 else left
        layout = plan(*shape, space, grid=grid)
        assert layout.columns == grid.columns
        assert layout.zoom / layout.shrink == pytest.approx(grid.cell)
        assert layout.size <= space
        assert layout.size[1] <= space[1]


@settings(max_examples=40)
@given(st.integers(32, 128), st.integers(32, 512), st.integers(400, 1400), st.integers(250, 1000))
def test_the_tiles_fit_and_a_pooled_map_is_never_drawn_larger(
    high: int, wide: int, width: int, height: int
) -> None:
    shapes = shapes_of((high, wide))
    least = PLACES[1280, 720][2]
    found = best_division(shapes, width, height, (height, height + 150), least)
    check(found, shapes, width, height)
    cells = [grid.cell for grid in found.grids]
    for pooled, below in ((1, 0), (3, 2)):
        assert cells[below] <= cells[pooled] <= 2 * cells[below] + 1e-9
        drawn = [plan(*shapes[k], (10_000, 10_000), grid=found.grids[k]) for k in (pooled, below)]
        assert drawn[0].height * drawn[0].zoom <= drawn[1].height * drawn[1].zoom
        assert drawn[0].width * drawn[0].zoom <= drawn[1].width * drawn[1].zoom


@pytest.mark.parametrize("window", PLACES)
@pytest.mark.parametrize("canvas", CANVASES)
def test_a_chapter_that_takes_room_leaves_the_grids_as_they_are(
    canvas: tuple[int, int], window: tuple[int, int]
) -> None:
    width, heights, least = PLACES[window]
    live, chapter = divided(canvas, window)
    own, kept = (tuple(grid.columns for grid in found.grids) for found in (live, chapter))
    first, second, third, fourth = kept
    same = division(shapes_of(canvas), width, heights[0], least, (first, second, third, fourth))
    assert own == kept or (same.smallest < 1 <= live.smallest)
    assert own == kept or canvas == (64, 64), "the only one that is tiled anew"
    mean = [np.prod([grid.cell for grid in found.grids]) for found in (live, chapter)]
    assert mean[0] >= mean[1]
    for found, height in zip((live, chapter), heights, strict=True):
        check(found, shapes_of(canvas), width, height)
        for number, left in enumerate(found.lefts):
            assert left >= least[2 * number]
            assert width - left >= least[2 * number + 1]


@pytest.mark.parametrize(
    ("canvas", "window", "cells"),
    [
        ((32, 64), (1280, 720), [1, 2, 1, 2]),
        ((32, 64), (1920, 1080), [2, 4, 2, 4]),
        ((32, 32), (1920, 1080), [2, 4, 3, 6]),
        ((32, 32), (1280, 720), [1, 2, 2, 4]),
        ((64, 64), (1920, 1080), [1, 2, 1, 2]),
        ((48, 64), (1920, 1080), [1, 2, 2, 4]),
    ],
)
def test_a_chapter_s_maps_are_as_large_as_their_place_allows(
    canvas: tuple[int, int], window: tuple[int, int], cells: list[int]
) -> None:
    """In grids that are pairs of factors, found by trying all of them."""
    _, chapter = divided(canvas, window)
    assert [grid.cell for grid in chapter.grids] == cells


def test_other_grids_where_a_unit_would_have_no_pixel_in_the_same() -> None:
    shapes, least = shapes_of((64, 64)), PLACES[1280, 720][2]
    for height in range(150, 500, 10):
        kept = best_division(shapes, 631, height, (700,), least)
        own = best_division(shapes, 631, height, (height,), least)
        assert kept.smallest >= 1 or own.smallest < 1
    cramped = best_division(shapes_of((32, 64)), 701, 130, (392, 251), least, any_grid=True)
    assert cramped.smallest >= 1  # in grids of any shape
    assert any(
        grid.columns not in factors(n)
        for grid, n in zip(cramped.grids, (20, 20, 50, 50), strict=True)
    )


@pytest.mark.parametrize(
    ("maps", "allowed"),
    [
        (1, (1,)), (2, (1, 2)), (3, (1, 3)), (4, (1, 2, 4)), (5, (2, 3)), (6, (2, 3)), (7, (3,)),
        (8, (2, 4)), (13, (4,)), (16, (2, 4, 8)), (20, (4, 5)), (50, (5, 10)),
        (120, (6, 8, 10, 12, 15, 20)),
    ],
)  # fmt: skip
def test_grids_are_pairs_of_factors_at_most_4_to_1_else_near_square(
    maps: int, allowed: tuple[int, ...]
) -> None:
    assert factors(maps) == allowed


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(1, 60), st.integers(2, 60), st.integers(2, 120)),
        min_size=1,
        max_size=7,
    ),
    st.integers(300, 1400),
    st.integers(250, 1000),
)
def test_any_number_of_layers_fits(
    shapes: list[tuple[int, int, int]], width: int, height: int
) -> None:
    """Rows of two, the last of one where the number is odd; each in an allowed grid."""
    layers = tuple(shapes)
    found = best_division(layers, width, height, (height,), (60,) * len(layers))
    assert len(found.heights) == len(found.lefts) == -(-len(layers) // 2)
    if all(found.heights):  # where nothing fits, nothing is promised
        assert len(layers) % 2 == 0 or found.lefts[-1] == width
        heads = found.smallest >= 1
        assert not heads or sum(found.heights) <= height


def test_the_notes_network_has_larger_cells_than_the_main_one() -> None:
    width, heights, least = PLACES[1280, 720]
    shapes = tuple(layer.shape(32, 64) for layer in notes().mosaics)
    found = best_division(shapes, width, heights[1], (heights[1],), least)
    assert [grid.columns for grid in found.grids] == [3, 3, 8, 4] or found.smallest >= 2
