"""One pass against a crop per window: counted by hand, equal in every window, timed as told."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from random_nets import random_network, three_convolutions, unshared
from torch.utils.flop_counter import FlopCounterMode

from viz.chapters.sliding_window.measure.one_pass import (
    BATCH,
    REPEATS,
    TOLERANCE,
    compare,
    crops,
    formula,
    median,
    multiply_adds,
    per_window,
    quartiles,
    repeats_of,
)
from viz.nets.architecture import Architecture, Layer
from viz.nets.lenet5 import lenet5, notes
from viz.nets.network import Network


@pytest.fixture(scope="module")
def nets():
    torch.manual_seed(7)
    return {pooling: Network(lenet5(pooling)).eval() for pooling in ("max", "average", "blur")}


def image(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width), np.float32)


def test_multiply_adds_of_a_window_by_hand():
    assert multiply_adds(lenet5(), 32, 32) == {
        "C1": 20 * 28 * 28 * 1 * 25,  # 392,000
        "S2": 0,
        "C3": 50 * 10 * 10 * 20 * 25,  # 2,500,000
        "S4": 0,
        "C5": 500 * 1 * 1 * 50 * 25,  # 625,000
        "output": 11 * 1 * 1 * 500,  # 5,500
    }
    assert sum(multiply_adds(lenet5(), 32, 32).values()) == 3_522_500


def test_multiply_adds_of_two_windows_width_by_hand():
    assert sum(multiply_adds(lenet5(), 32, 64).values()) == 13_014_500
    assert multiply_adds(lenet5(), 32, 64)["C3"] == 50 * 10 * 26 * 20 * 25
    assert sum(multiply_adds(lenet5("average"), 32, 64).values()) == 13_014_500


def test_blur_pooling_pays_for_its_rim():
    counts = multiply_adds(lenet5("blur"), 32, 32)
    assert counts["C1"] == 20 * 34 * 34 * 25
    assert counts["C3"] == 50 * 12 * 12 * 20 * 25
    assert counts["C5"] == multiply_adds(lenet5(), 32, 32)["C5"]


@pytest.mark.parametrize("pooling", ["max", "average", "blur"])
def test_what_is_counted_is_what_torch_multiplies(nets, pooling):
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        nets[pooling](torch.zeros(1, 1, 45, 70))
    assert counter.get_total_flops() == 2 * sum(multiply_adds(lenet5(pooling), 45, 70).values())


def test_the_formula_has_its_numbers_put_in():
    lines = formula(lenet5(), 32, 64).splitlines()
    assert lines[0] == "C1: 20 · 28×60 · 1 · 5² = 840,000"
    assert lines[-1] == "output: 11 · 1×9 · 500 · 1² = 49,500"
    assert len(lines) == 4


def test_windows_and_crops_agree():
    assert lenet5().windows(128, 512) == (25, 121)
    canvas = image(37, 51)
    cut = crops(lenet5(), canvas)
    assert cut.shape == (2 * 5, 1, 32, 32)
    assert np.array_equal(cut[7, 0], canvas[4:36, 8:40])
    rimmed = crops(lenet5("blur"), canvas)
    assert rimmed.shape == (2 * 5, 1, 38, 38)
    assert np.array_equal(rimmed[7, 0, 3:-3, 3:-3], cut[7, 0])
    assert not rimmed[0, 0, :3].any() and rimmed[7, 0, 0].any()


@pytest.mark.parametrize("architecture", [notes(), lenet5(side=28, none=False), unshared()])
def test_any_network_without_padding_gives_the_same_in_both_ways(architecture):
    net, canvas = random_network(architecture), image(37, 61)
    *_, last = compare(net, canvas)
    assert last.done == last.windows == np.prod(architecture.windows(37, 61))
    assert last.difference <= TOLERANCE and last.architecture is architecture
    window, whole = (sum(multiply_adds(architecture, *size).values())
                     for size in ((architecture.window,) * 2, (37, 61)))  # fmt: skip
    if architecture.is_convolutional:
        assert window < whole < last.windows * window
    else:
        assert whole == last.windows * window


def test_padding_makes_a_difference_where_a_crop_ends():
    architecture = three_convolutions()
    net, canvas = random_network(architecture), image(33, 40)
    rows, columns = architecture.windows(33, 40)
    cut = crops(architecture, canvas)
    assert (rows, columns) == (2, 5) and cut.shape == (10, 1, 32, 32)
    assert np.array_equal(cut[3, 0], canvas[:32, 6:38])
    assert np.array_equal(cut[9, 0, :31], canvas[2:33, 8:40]) and not cut[9, 0, 31].any()
    with torch.inference_mode():
        whole = net(torch.from_numpy(canvas)[None, None])["output"][0].flatten(1).T.numpy()
        alone = net(torch.from_numpy(cut.copy()))["output"][..., 0, 0].numpy()
    *_, last = compare(net, canvas)
    apart = np.abs(whole - alone).max(1)
    assert last.difference == pytest.approx(apart.max(), rel=1e-5) and last.difference > 0.01
    assert last.where == divmod(int(apart.argmax()), columns)


def test_formulas_of_other_networks():
    assert formula(three_convolutions(), 32, 32).splitlines()[1:3] == [
        "K2: 12 · 15×15 · 8 · 3² = 194,400", "K3: 16 · 13×13 · 12 · 3² = 292,032",
    ]  # fmt: skip
    assert formula(unshared(), 32, 36).splitlines()[0] == "U1: 2 windows · 4 · 6×6 · 1 · 5² = 7,200"
    joined = Architecture(
        (Layer("C1", "conv", 2, 3), Layer("C2", "conv", 2, 3, connections=((0,), (0, 1))),
         Layer("output", "dense", 11, activation="log-softmax")),
        side=8,
    )  # fmt: skip
    assert formula(joined, 8, 8).splitlines()[1] == "C2: 3 connections · 4×4 · 3² = 432"
    assert multiply_adds(joined, 8, 8)["C2"] == 432


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
    assert alone.shape == (np.prod(net.architecture.windows(height, width)), 11)
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
    total, batches = 3 * 25, 5
    compared, repeats = steps[:batches], steps[batches:]
    assert [step.done for step in compared] == [16, 32, 48, 64, 75]
    assert all(step.windows == total for step in steps)
    assert all(step.estimated for step in compared) and not any(s.estimated for s in repeats)
    # a second for each pass and batch: 16 windows of 75 in one second, then 75 in five
    assert [step.one_pass for step in compared] == [(1000.0,)] * batches
    assert compared[0].crops == (pytest.approx(1000 * total / BATCH),)
    assert compared[-1].crops == (5000.0,)
    assert all(a.difference <= b.difference for a, b in pairwise(steps))
    row, column = steps[-1].where
    assert 0 <= row < 3 and 0 <= column < 25
    assert [len(step.crops) for step in repeats] == list(range(1, REPEATS + 1))
    assert repeats[-1].one_pass == (1000.0,) * REPEATS
    assert repeats[-1].crops == (5000.0,) * REPEATS and repeats[-1].ratios == (5.0,) * REPEATS


def test_one_slow_repeat_changes_neither_the_medians_nor_their_ratio(nets):
    passes = [(1.0, 3.0), (9.0, 3.0), (1.0, 3.0), (1.0, 30.0), *[(1.0, 3.0)] * 3]
    lasting = [(0.0, 1.0), (0.0, 1.0)]  # the comparison
    for one, many in passes:
        lasting += [(0.0, one), (0.0, many), (0.0,)]
    looks = iter(np.cumsum([ms for part in lasting for ms in part]) / 1e3)
    *_, last = compare(nets["max"], image(32, 32), clock=lambda: next(looks))
    assert median(last.crops) == pytest.approx(3) and median(last.one_pass) == pytest.approx(1)
    assert max(last.ratios) > 20 and median(last.ratios) == pytest.approx(3)
    low, high = quartiles((1.0, 2.0, 3.0, 4.0, 50.0))
    assert (low, high) == (2.0, 4.0)


def test_wide_canvases_are_timed_less_often():
    assert [repeats_of(n) for n in (1, 9, 285, 400, 6897)] == [7, 7, 7, 5, 3]


def test_outputs_that_differ_are_found(nets):
    torch.manual_seed(8)
    other = Network(lenet5()).eval()

    class Mixed(Network):
        """Another network for crops than for whole canvases."""

        def forward(self, x, ablated=None, *, rimmed=False):
            return (other if x.shape[-1] == 32 else nets["max"])(x, ablated)

    *_, last = compare(Mixed(lenet5()).eval(), image(32, 48))
    assert last.difference > TOLERANCE
