"""Dividing: the same grids whatever takes room, pooled maps no larger, and no room wasted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viz.nets.layers import LAYERS
from viz.views.maps.map_grid import Division, Shapes, best_division, division
from viz.views.maps.tiling import plan

CANVASES = ((32, 32), (32, 64), (48, 64), (64, 64), (64, 128), (128, 512))

PLACES = {
    (1280, 720): (631, (392, 251), (172, 150, 189, 142)),
    (1920, 1080): (1084, (688, 433), (205, 177, 226, 166)),
}
"""By the window's size: the width that the maps share, the heights of their tiles in chapter 1 and
in the others, and the heads' widths."""


def shapes_of(canvas: tuple[int, int]) -> Shapes:
    return tuple(layer.shape(*canvas) for layer in LAYERS[:4])


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
        ((32, 64), (1280, 720), [1, 2, 2, 2]),
        ((32, 64), (1920, 1080), [2, 3, 3, 4]),
        ((32, 32), (1920, 1080), [2, 4, 5, 10]),
        ((32, 32), (1280, 720), [2, 3, 2, 3]),
        ((64, 64), (1920, 1080), [1, 2, 2, 3]),
        ((48, 64), (1920, 1080), [1, 2, 2, 4]),
    ],
)
def test_a_chapter_s_maps_are_as_large_as_without_the_same_grids(
    canvas: tuple[int, int], window: tuple[int, int], cells: list[int]
) -> None:
    """Measured before a chapter had to keep chapter 1's grids: no layer may lose by it."""
    _, chapter = divided(canvas, window)
    assert [grid.cell for grid in chapter.grids] == cells


def test_other_grids_where_a_unit_would_have_no_pixel_in_the_same() -> None:
    shapes, least = shapes_of((64, 64)), PLACES[1280, 720][2]
    same = best_division(shapes, 631, 395, (395, 251), least)
    assert same.smallest >= 1
    narrow = best_division(shapes, 631, 360, (700, 700, 700), least)
    alone = best_division(shapes, 631, 360, (360,), least)
    assert narrow == alone
    assert narrow.smallest >= 1
