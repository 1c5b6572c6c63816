"""The shift map: one dense pass gives what 841 forward passes give, for every pooling."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from random_nets import POOLINGS, random_net, random_window

from viz.measure.shift_map import answers, forwards, kept_share, shift_map, shift_maps, window_of
from viz.nets.layers import CLASSES

ABLATED = {"C1": {3, 7}, "S2": {0}, "C3": {11, 12}, "S4": {49}, "C5": {1, 200, 499}}


@pytest.mark.parametrize("ablated", [None, ABLATED], ids=["whole", "ablated"])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_one_dense_pass_equals_841_forwards(pooling: str, ablated: dict | None) -> None:
    net, window = random_net(pooling), random_window()
    dense, separate = shift_map(net, window, 14, ablated), forwards(net, window, 14, ablated)
    assert dense.shape == separate.shape == (CLASSES, 29, 29)
    assert dense.dtype == np.float32
    assert np.abs(dense - separate).max() <= 1e-5
    assert np.ptp(dense, axis=(1, 2)).max() > 0.1  # not the same answer everywhere


@pytest.mark.parametrize("pooling", POOLINGS)
def test_an_entry_is_the_answer_to_the_drawing_moved_so_far(pooling: str) -> None:
    # The drawing fills the middle of the window only, so nothing is cut off: np.roll moves it
    net, window = random_net(pooling), np.zeros((32, 32), np.float32)
    window[12:20, 13:18] = random_window()[:8, :5]
    found = shift_map(net, window)
    for dx, dy in ((0, 0), (5, 0), (0, -9), (-11, 12)):
        moved = np.roll(window, (dy, dx), (0, 1))
        with torch.inference_mode():
            answer = net(torch.from_numpy(moved)[None, None])["output"][0, :, 0, 0].numpy()
        assert np.abs(found[:, 14 + dy, 14 + dx] - answer).max() <= 1e-5


def test_what_leaves_the_window_is_cut_off_and_blank_comes_in() -> None:
    net, window = random_net("max"), random_window()
    moved = np.zeros_like(window)
    moved[:-6, 9:] = window[6:, :-9]  # 9 to the right, 6 up
    with torch.inference_mode():
        answer = net(torch.from_numpy(moved)[None, None])["output"][0, :, 0, 0].numpy()
    assert np.abs(shift_map(net, window)[:, 14 - 6, 14 + 9] - answer).max() <= 1e-5


@pytest.mark.parametrize("pooling", POOLINGS)
def test_several_windows_at_once_are_the_same_as_one_by_one(pooling: str) -> None:
    net, windows = random_net(pooling), np.stack([random_window(seed) for seed in range(3)])
    many = shift_maps(net, windows, 4)
    assert many.shape == (3, CLASSES, 9, 9)
    for window, one in zip(windows, many, strict=True):
        assert np.abs(forwards(net, window, 4) - one).max() <= 1e-5
    assert shift_maps(net, windows, 0).shape == (3, CLASSES, 1, 1)


def test_read_only_arrays_are_taken() -> None:
    window = random_window()
    window.setflags(write=False)
    net = random_net("max")
    assert np.array_equal(shift_map(net, window, 1), shift_map(net, window.copy(), 1))
    assert window_of(window, (0, 0)).flags.writeable


def test_windows_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="32×32"):
        shift_map(random_net("max"), np.zeros((32, 64), np.float32))


def test_the_window_is_what_the_output_sees() -> None:
    image = np.arange(48 * 64, dtype=np.float32).reshape(48, 64)
    assert np.array_equal(window_of(image, (2, 5)), image[8:40, 20:52])


def test_answers_and_how_many_are_kept() -> None:
    log_probs = np.log(np.full((CLASSES, 7, 7), 0.05, np.float32))
    log_probs[3] = np.log(0.5)
    log_probs[8, 2, 2] = np.log(0.75)  # within ±2 of the middle
    log_probs[8, 0, 0] = np.log(0.75)  # beyond
    classes, probabilities = answers(log_probs)
    assert classes[3, 3] == 3 and classes[2, 2] == classes[0, 0] == 8
    assert probabilities[2, 2] == pytest.approx(0.75) and probabilities[3, 3] == pytest.approx(0.5)
    assert kept_share(classes, 2) == pytest.approx(24 / 25)
    assert kept_share(classes, 3) == pytest.approx(47 / 49)


def test_the_chapter_s_views_do_not_import_torch() -> None:
    # The window is shown before torch is imported, and a session may open with this chapter
    code = "import sys, viz.chapters.equivariance.instruments; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
