"""Correlation by any kernel, padding and stride, against torch; and what sizes make of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from viz.chapters.convolution.measure import correlation
from viz.chapters.convolution.measure.correlation import (
    Axis,
    axis,
    correlate,
    correlate_volume,
    flipped,
    products,
)

SIZES = st.tuples(
    st.integers(1, 24), st.integers(1, 24), st.integers(1, 11), st.integers(1, 11),
    st.sampled_from(["valid", "same", "full", 0, 1, 3]), st.integers(1, 5),
)  # fmt: skip


def torch_correlate(x: np.ndarray, kernel: np.ndarray, rows: Axis, columns: Axis) -> np.ndarray:
    padded = F.pad(torch.from_numpy(x), (columns.before, columns.after, rows.before, rows.after))
    weight = torch.from_numpy(kernel)[None, None]
    return F.conv2d(padded[None, None], weight, stride=(rows.stride, columns.stride))[0, 0].numpy()


@given(SIZES, st.booleans())
def test_a_map_is_that_of_torch(sizes: tuple, by_opencv: bool) -> None:
    height, width, tall, broad, padding, stride = sizes
    rng = np.random.default_rng(height)
    x = rng.normal(size=(height, width)).astype(np.float32)
    kernel = rng.normal(size=(tall, broad)).astype(np.float32)
    rows, columns = axis(height, tall, padding, stride), axis(width, broad, padding, stride)
    if not (rows.outputs and columns.outputs):
        with pytest.raises(ValueError, match="no window"):
            correlate(x, kernel, rows, columns)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(correlation, "DIRECT", 0 if by_opencv else 1 << 62)
        ours = correlate(x, kernel, rows, columns)
    assert ours.shape == (rows.outputs, columns.outputs) and ours.dtype == np.float32
    wanted = torch_correlate(x, kernel, rows, columns)
    np.testing.assert_allclose(ours, wanted, atol=1e-5, rtol=1e-5)  # torch sums in single precision
    if padding == "same" and stride == 1:
        assert ours.shape == x.shape
    last = (rows.outputs - 1, columns.outputs - 1)
    written_out = products(x, kernel, rows, columns, last)
    assert written_out.sum() == pytest.approx(ours[last], abs=1e-4)


@given(st.integers(1, 30), st.integers(1, 9), st.sampled_from(["valid", "same", "full", 2]),
       st.integers(1, 5))  # fmt: skip
def test_coverage_counts_the_windows_of_each_value(
    size: int, kernel: int, padding: str | int, stride: int
) -> None:
    one = axis(size, kernel, padding, stride)
    windows = [range(*one.window(output)) for output in range(one.outputs)]
    assert one.coverage().tolist() == [sum(i in w for w in windows) for i in range(size)]
    if one.outputs:
        assert windows[-1].stop + one.left_over == size + one.after


def test_a_corner_is_covered_once_and_the_middle_by_f_squared() -> None:
    side = axis(6, 3).coverage()
    assert np.outer(side, side).tolist()[0] == [1, 2, 3, 3, 2, 1]
    assert np.outer(side, side).max() == 9


def test_the_formula_of_the_notes() -> None:
    """⌊(n + 2p − f)/s⌋ + 1."""
    assert axis(6, 3).outputs == 4
    assert axis(39, 3).outputs == 37
    assert axis(37, 5, 0, 2).outputs == 17
    assert axis(17, 5, 0, 2).outputs == 7
    assert (axis(7, 3, 0, 3).outputs, axis(7, 3, 0, 3).left_over) == (2, 1)
    assert axis(6, 3, "same").before == axis(6, 3, "same").after == 1
    assert (axis(6, 4, "same").before, axis(6, 4, "same").after) == (1, 2)
    assert axis(6, 3, "full").outputs == 8


def test_light_to_dark_of_the_notes() -> None:
    """6×6 of tens and zeros: 0 30 30 0; its mirror with signs reversed; the checkerboard."""
    edge = np.tile(np.float32([1, 0, -1]), (3, 1))
    tens = np.tile(np.float32([10, 10, 10, 0, 0, 0]), (6, 1))
    side = axis(6, 3)
    assert correlate(tens, edge, side, side).tolist() == [[0, 30, 30, 0]] * 4
    assert correlate(tens[:, ::-1].copy(), edge, side, side).tolist() == [[0, -30, -30, 0]] * 4
    board = np.concatenate([tens[:3], tens[:3, ::-1]])
    assert correlate(board, edge, side, side).tolist() == [
        [0, 30, 30, 0], [0, 10, 10, 0], [0, -10, -10, 0], [0, -30, -30, 0],
    ]  # fmt: skip


def test_flipped_both_ways_correlation_is_convolution() -> None:
    rng = np.random.default_rng(3)
    x, kernel = rng.normal(size=40).astype(np.float32), rng.normal(size=7).astype(np.float32)
    rows, columns = axis(1, 1), axis(40, 7, "full")
    ours = correlate(x[None], flipped(kernel[None]), rows, columns)[0]
    np.testing.assert_allclose(ours, np.convolve(x, kernel), atol=1e-5)


def test_a_volume_is_summed_over_its_channels() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(3, 9, 8)).astype(np.float32)
    kernels = rng.normal(size=(10, 3, 3, 3)).astype(np.float32)
    sums = correlate_volume(x, kernels, axis(9, 3), axis(8, 3))
    assert sums.shape == (10, 3, 7, 6)
    wanted = F.conv2d(torch.from_numpy(x)[None], torch.from_numpy(kernels))[0].numpy()
    np.testing.assert_allclose(sums.sum(1), wanted, atol=1e-5)


@pytest.mark.parametrize("sizes", [(0, 1), (1, 0), (1, 1, -1), (1, 1, 0, 0, 0)])
def test_sizes_that_make_no_sense_are_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no correlation"):
        Axis(*sizes)
