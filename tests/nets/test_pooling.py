"""Pooling: against torch, against the formulas in float64, at the limits and beyond them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from viz.nets.pooling import KINDS, Pooling, pool, pool_1d

WINDOWS = [(1, 1), (2, 2), (2, 1), (3, 2), (2, 3), (5, 5), (1, 5), (4, 3)]
RNG = np.random.default_rng(3)
MAPS = RNG.standard_normal((2, 3, 11, 14)).astype(np.float32)


def windows(x: np.ndarray, size: int, stride: int) -> np.ndarray:
    """(…, H′, W′, n) float64, by slow and plain loops."""
    rows = range(0, x.shape[-2] - size + 1, stride)
    columns = range(0, x.shape[-1] - size + 1, stride)
    flat = [[x[..., r : r + size, c : c + size] for c in columns] for r in rows]
    stacked = np.stack([np.stack(row, -3) for row in flat], -4).astype(np.float64)
    return stacked.reshape(*stacked.shape[:-2], size * size)


@pytest.mark.parametrize(("size", "stride"), WINDOWS)
def test_max_average_and_lp_are_torchs(size: int, stride: int) -> None:
    tensor = torch.from_numpy(MAPS)
    assert np.array_equal(
        pool(MAPS, Pooling("max", size, stride)), F.max_pool2d(tensor, size, stride).numpy()
    )
    average = pool(MAPS, Pooling("average", size, stride))
    assert np.allclose(average, F.avg_pool2d(tensor, size, stride).numpy(), atol=1e-6)
    for p in (1.0, 2.0, 3.5, 7.0):
        summed = F.lp_pool2d(tensor.abs().double(), p, size, stride).numpy()
        mine = pool(MAPS, Pooling("lp", size, stride, p=p))
        assert np.allclose(mine, summed / (size * size) ** (1 / p), rtol=1e-6)


@pytest.mark.parametrize(("size", "stride"), WINDOWS)
def test_log_prob_and_subsampling_are_their_formulas(size: int, stride: int) -> None:
    w = windows(MAPS, size, stride)
    for b in (1e-3, 0.5, 1.0, 4.0, 30.0):
        direct = np.log(np.exp(b * w).mean(-1)) / b
        assert np.allclose(pool(MAPS, Pooling("log-prob", size, stride, b=b)), direct, atol=1e-6)
    wanted = np.tanh(1.7 * w.mean(-1) - 0.3)
    mine = pool(MAPS, Pooling("subsampling", size, stride, coefficient=1.7, bias=-0.3))
    assert np.allclose(mine, wanted, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("size", "stride"), WINDOWS)
def test_shapes_and_one_axis(kind: str, size: int, stride: int) -> None:
    pooling = Pooling(kind, size, stride, p=3.0, b=2.0, coefficient=0.5, bias=0.1)
    pooled = pool(MAPS, pooling)
    assert pooled.dtype == np.float32 and pooled.flags.c_contiguous
    assert pooled.shape == (2, 3, pooling.outputs(11), pooling.outputs(14))
    line = MAPS[0, 0, 0]
    # A signal along one axis pools as a map whose rows all are that signal
    rows = np.tile(line, (pooling.reach, 1))
    assert np.allclose(pool_1d(line, pooling), pool(rows, pooling)[0], atol=1e-6)


def test_the_lectures_toy() -> None:
    """[0 1 0 0] and [0 0 1 0] pool to the same; across a window's border they do not."""
    before, after = np.array([[0, 1, 0, 0], [0, 0, 1, 0]], np.float32)
    for kind in set(KINDS) - {"blur"}:
        whole, halves = Pooling(kind, 4, 4), Pooling(kind, 2, 2)
        assert np.array_equal(pool_1d(before, whole), pool_1d(after, whole))
        assert not np.array_equal(pool_1d(before, halves), pool_1d(after, halves))


def test_limits_are_met_exactly_and_approached_smoothly() -> None:
    largest, average = pool(MAPS, Pooling("max")), pool(MAPS, Pooling("average"))
    magnitude = np.abs(MAPS)
    assert np.array_equal(pool(MAPS, Pooling("lp", p=math.inf)), pool(magnitude, Pooling("max")))
    assert np.allclose(pool(MAPS, Pooling("lp", p=1)), pool(magnitude, Pooling("average")))
    assert np.allclose(pool(MAPS, Pooling("lp", p=1e9)), pool(magnitude, Pooling("max")))
    assert np.array_equal(pool(MAPS, Pooling("log-prob", b=math.inf)), largest)
    assert np.array_equal(pool(MAPS, Pooling("log-prob", b=0)), average)
    assert np.allclose(pool(MAPS, Pooling("log-prob", b=1e9)), largest, atol=1e-6)
    # Near 0 it is the average + b/2 · variance, to the accuracy of float32
    variance = windows(MAPS, 2, 2).var(-1)
    for b in (5e-324, 1e-300, 1e-150, 1e-16, 1e-9, 1e-4):
        near = pool(MAPS, Pooling("log-prob", b=b))
        assert np.allclose(near, average + b / 2 * variance, rtol=0, atol=3e-7)


EXTREME_P = (1.0, 1.0000001, 50.0, 1e6, 1e300, math.inf)
EXTREME_B = (0.0, 5e-324, 1e-290, 1e-16, 800.0, 1e6, 1e308, math.inf)


@pytest.mark.parametrize("scale", [0.0, 1e-45, 1e-20, 1.0, 1e20, 3e38])
def test_extreme_parameters_and_values_stay_finite_and_within_the_window(scale: float) -> None:
    x = np.clip(MAPS, -1, 1) * np.float32(scale)
    low, high = -pool(-x, Pooling("max")), pool(x, Pooling("max"))
    slack = 1e-6 * scale
    for b in EXTREME_B:
        pooled = pool(x, Pooling("log-prob", b=b))
        assert (pooled >= low - slack).all() and (pooled <= high + slack).all(), b
    highest = pool(np.abs(x), Pooling("max"))
    for p in EXTREME_P:
        pooled = pool(x, Pooling("lp", p=p))
        assert (pooled >= 0).all() and (pooled <= highest + slack).all(), p
    for coefficient, bias in ((0.0, 0.0), (1e308, 0.0), (-1e308, 1e308), (1.0, -1e308)):
        pooled = pool(x, Pooling("subsampling", coefficient=coefficient, bias=bias))
        assert np.abs(pooled).max() <= 1


finite = st.floats(-8, 8, width=32)
signals = arrays(np.float32, (4, 5), elements=finite)


@given(signals, st.sampled_from(("lp", "log-prob")), st.floats(1, 60), st.floats(0, 59))
def test_lp_and_log_prob_grow_from_average_to_max(
    x: np.ndarray, kind: str, least: float, more: float
) -> None:
    x = np.abs(x) if kind == "lp" else x
    poolings = [Pooling("average"), *(Pooling(kind, p=v, b=v - 1) for v in (least, least + more))]
    chain = np.stack([pool(x, each) for each in (*poolings, Pooling("max"))])
    assert (np.diff(chain, axis=0) >= -4e-6).all()


@given(signals, st.sampled_from(KINDS), st.integers(-2, 2))
def test_pooling_moves_with_its_stride(x: np.ndarray, kind: str, steps: int) -> None:
    """A shift by whole strides shifts the output by whole units."""
    wide = np.pad(x, ((0, 0), (8, 8)))
    pooling = Pooling(kind, p=3.0, b=2.0)
    moved = pool(np.roll(wide, 2 * steps, axis=1), pooling)
    assert np.allclose(moved, np.roll(pool(wide, pooling), steps, axis=1)[..., : moved.shape[1]])


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "median"}, {"size": 0}, {"size": 6}, {"size": 2.0}, {"stride": 0}, {"stride": 9},
        {"p": 0.5}, {"p": math.nan}, {"b": -1.0}, {"b": math.nan}, {"coefficient": math.inf},
        {"bias": math.nan},
    ],
)  # fmt: skip
def test_what_is_no_pooling_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 — each has its own words
        Pooling(**wrong)


def test_a_map_too_small_for_a_window_is_refused() -> None:
    with pytest.raises(ValueError, match="no window of 5"):
        pool(MAPS[..., :4, :], Pooling("max", 5, 1))
    with pytest.raises(ValueError, match="no window of 4"):
        pool_1d(MAPS[0, 0, 0, :3], Pooling("blur", 2, 1))
