"""One pass against a crop per window: counted by hand, equal in every window, timed as told."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from viz.chapters.sliding_window.measure import (
    BATCH,
    TOLERANCE,
    compare,
    crops,
    formula,
    multiply_adds,
    per_window,
    windows,
)
from viz.nets.lenet5 import LeNet5


@pytest.fixture(scope="module")
def nets():
    torch.manual_seed(7)
    return {pooling: LeNet5(pooling).eval() for pooling in ("max", "average", "blur")}


def image(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width), np.float32)


def test_multiply_adds_of_a_window_by_hand():
    assert multiply_adds(32, 32) == {
        "C1": 20 * 28 * 28 * 1 * 25,  # 392,000
        "S2": 0,
        "C3": 50 * 10 * 10 * 20 * 25,  # 2,500,000
        "S4": 0,
        "C5": 500 * 1 * 1 * 50 * 25,  # 625,000
        "output": 11 * 1 * 1 * 500,  # 5,500
    }
    assert sum(multiply_adds(32, 32).values()) == 3_522_500


def test_multiply_adds_of_two_windows_width_by_hand():
    assert sum(multiply_adds(32, 64).values()) == 13_014_500
    assert multiply_adds(32, 64)["C3"] == 50 * 10 * 26 * 20 * 25
    assert sum(multiply_adds(32, 64, "average").values()) == 13_014_500


def test_blur_pooling_pays_for_its_rim():
    counts = multiply_adds(32, 32, "blur")
    assert counts["C1"] == 20 * 34 * 34 * 25
    assert counts["C3"] == 50 * 12 * 12 * 20 * 25
    assert counts["C5"] == multiply_adds(32, 32)["C5"]


@pytest.mark.parametrize("pooling", ["max", "average", "blur"])
def test_what_is_counted_is_what_torch_multiplies(nets, pooling):
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        nets[pooling](torch.zeros(1, 1, 45, 70))
    assert counter.get_total_flops() == 2 * sum(multiply_adds(45, 70, pooling).values())


def test_the_formula_has_its_numbers_put_in():
    lines = formula(32, 64).splitlines()
    assert lines[0] == "C1: 20 · 28×60 · 1 · 5² = 840,000"
    assert lines[-1] == "output: 11 · 1×9 · 500 · 1² = 49,500"
    assert len(lines) == 4


def test_windows_and_crops_agree():
    assert windows(32, 32) == (1, 1)
    assert windows(128, 512) == (25, 121)
    canvas = image(37, 51)
    cut = crops(canvas)
    assert cut.shape == (2 * 5, 1, 32, 32)
    assert np.array_equal(cut[7, 0], canvas[4:36, 8:40])
    rimmed = crops(canvas, 3)
    assert rimmed.shape == (2 * 5, 1, 38, 38)
    assert np.array_equal(rimmed[7, 0, 3:-3, 3:-3], cut[7, 0])
    assert not rimmed[0, 0, :3].any() and rimmed[7, 0, 0].any()


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(["max", "average", "blur"]),
    st.integers(32, 53),
    st.integers(32, 71),
    st.integers(0, 99),
)
def test_one_pass_equals_a_crop_per_window(nets, pooling, height, width, seed):
    net, canvas = nets[pooling], image(height, width, seed)
    with torch.inference_mode():
        whole = net(torch.from_numpy(canvas)[None, None])["output"][0].flatten(1).T.numpy()
    alone = np.concatenate(list(per_window(net, canvas)))
    assert alone.shape == (np.prod(windows(height, width)), 11)
    assert np.abs(whole - alone).max() <= TOLERANCE


def test_it_holds_for_ablated_maps_and_for_the_shipped_weights(nets):
    from viz.nets import load_pretrained

    *_, last = compare(nets["max"], image(44, 60), {"C1": frozenset({3}), "C5": frozenset({1, 2})})
    assert last.difference <= TOLERANCE
    *_, last = compare(load_pretrained(), image(36, 100))
    assert 0 < last.difference <= TOLERANCE


def test_a_comparison_goes_on_step_by_step_and_names_the_worst_window(nets):
    ticks = iter(range(10_000))
    costs = compare(nets["max"], image(40, 128), clock=lambda: next(ticks))
    steps = [cost for cost in costs if cost is not None]
    total = 3 * 25
    assert [step.done for step in steps] == [16, 32, 48, 64, 75]
    assert all(step.windows == total for step in steps)
    assert [step.one_pass_ms for step in steps] == [1000.0] * 5
    # a second for each batch: 16 windows of 75 in one second, then 75 in five
    assert steps[0].crops_ms == pytest.approx(1000 * total / BATCH)
    assert steps[-1].crops_ms == 5000
    assert all(a.difference <= b.difference for a, b in pairwise(steps))
    row, column = steps[-1].where
    assert 0 <= row < 3 and 0 <= column < 25


def test_outputs_that_differ_are_found(nets):
    torch.manual_seed(8)
    other = LeNet5().eval()

    class Mixed(LeNet5):
        """Another network for crops than for whole canvases."""

        def forward(self, x, ablated=None, *, rimmed=False):
            return (other if x.shape[-1] == 32 else nets["max"])(x, ablated)

    *_, last = compare(Mixed().eval(), image(32, 48))
    assert last.difference > TOLERANCE
