"""Evaluation on tiny data: every row, repeatable; and the disturbances do what they say."""

import json
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from viz.measure.evaluation import (
    Evaluation,
    Row,
    measure,
)
from viz.nets import disturbances, load_pretrained
from viz.nets.architecture import NONE_CLASS
from viz.nets.data import Digits, load_mnist
from viz.nets.disturbances import draw_strings, string_canvas
from viz.nets.lenet5 import lenet5, notes
from viz.nets.network import Network
from viz.nets.networks import trained
from viz.nets.pen import PenDigit, load_pen_digits, split_writers


@pytest.fixture(scope="module")
def digits() -> Digits:
    """Boxes of ten widths, 20 px high."""
    images = np.zeros((10, 28, 28), np.uint8)
    for number in range(10):
        images[number, 4:24, 13 - number : 14 + number] = 255
    return Digits(images, np.arange(10, dtype=np.uint8))


@pytest.fixture(scope="module")
def images(digits) -> np.ndarray:
    return (digits.images / np.float32(255)).astype(np.float32)


@pytest.fixture(scope="module")
def net() -> Network:
    torch.manual_seed(5)
    return Network(lenet5()).eval()


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_table_has_every_row_and_repeats_from_the_seed(net, digits):
    pens = [PenDigit(1, 26, (np.array([[0.0, 0], [1, 9]]),))]
    first = measure(net, digits, pens, strings=2, progress=False)
    assert len(first.rows) == 16
    assert all(0 <= row.correct <= 1 for row in first.rows)
    assert [row.samples for row in first.rows] == [10, 1, *[10] * 10, 2, 2, 2, 2]
    assert measure(net, digits, pens, strings=2, progress=False).rows == first.rows
    without = measure(net, digits, None, strings=2, progress=False)
    assert [r.test for r in without.rows] == [r.test for r in first.rows if "pen" not in r.test]
    assert json.loads(json.dumps(first.as_json()))["rows"][0]["test"] == first.rows[0].test


def test_only_a_net_that_says_none_is_right_where_nothing_is_there(digits):
    mute, ten = Network(lenet5()).eval(), Network(notes()).eval()
    with torch.no_grad():
        mute.output.weight.zero_()
        mute.output.bias.zero_()
        mute.output.bias[NONE_CLASS] = 50
    tables = [measure(net, digits, None, strings=3, progress=False) for net in (mute, ten)]
    for always, never in zip(*(table.rows for table in tables), strict=True):
        nothing = always.test in (
            "blank",
            "only digits ≥ 10 px off",
            "shapes, letters: no digit",
        )
        assert always.correct == nothing and not (nothing and never.correct)


def test_table_says_which_figures_are_missed():
    table = Evaluation((Row("easy", 0.99, 100, 0.9), Row("hard", 0.5, 100, 0.9)), 1.0)
    easy, hard = table.as_table().splitlines()[1:]
    assert "99.00%" in easy
    assert "missed" not in easy
    assert "missed" in hard
    assert [row["reached"] for row in table.as_json()["rows"]] == [True, False]


def ink_columns(canvas: np.ndarray) -> list[tuple[int, int]]:
    """(first, last + 1) of each run of inked columns."""
    inked = np.concatenate([[0], (canvas.max(0) > 0).astype(int), [0]])
    return list(zip(*(np.flatnonzero(np.diff(inked) == sign) for sign in (1, -1)), strict=True))


@given(
    chosen=st.lists(st.integers(0, 9), min_size=1, max_size=5),
    gaps=st.lists(st.integers(1, 12), min_size=4, max_size=4),
    margin=st.integers(0, 12),
)
def test_gaps_lie_between_the_inks_of_a_string(images, chosen, gaps, margin):
    canvas = string_canvas(images[chosen], np.array(gaps), 32, 2, margin)
    runs = ink_columns(canvas)
    assert [end - start for start, end in runs] == [2 * n + 1 for n in chosen]
    assert [b[0] - a[1] for a, b in pairwise(runs)] == gaps[: len(chosen) - 1]
    assert runs[0][0] - (13 - chosen[0]) == margin
    assert canvas.shape[1] == max(32, runs[-1][1] + (13 - chosen[-1]) + 1 + margin)
    overlapping = string_canvas(images[[5, 5]], np.array([-4]), 32, 2, margin)
    assert ink_columns(overlapping) == [(margin + 8, margin + 8 + 11 + 11 - 4)]
    assert overlapping.max() == 1, "ink that adds up is clipped"


@pytest.mark.parametrize("heights", [(32,), (48, 64)])
def test_strings_are_wholly_on_their_canvas(images, digits, heights):
    labels = digits.labels.astype(np.int64)
    canvases, truths = draw_strings(images, labels, rng(), (0, 12), heights, 30)
    for canvas, truth in zip(canvases, truths, strict=True):
        assert 2 <= len(truth) <= 5
        assert canvas.shape[0] in heights
        area = sum(20 * (2 * int(mark) + 1) for mark in truth)
        assert canvas.sum() == pytest.approx(area)


def test_shifts_stay_in_range_and_lose_no_ink(images):
    shifted = disturbances.shifted(np.repeat(images, 40, 0), rng())
    rows = shifted.max(2).argmax(1) - 6
    assert rows.min() == -6
    assert rows.max() == 6
    assert shifted.sum() == pytest.approx(40 * images.sum())


def test_far_digits_are_ten_pixels_off(images):
    narrow = np.repeat(images[:1], 300, 0)
    windows = disturbances.far_off(narrow, rng())
    columns = np.arange(32) + 0.5 - 15.5 - 0  # the bar's own centre is half a pixel left
    for window in windows[windows.max((1, 2)) > 0]:
        inked = np.flatnonzero(window.max(0))
        rows = np.flatnonzero(window.max(1))
        sideways = abs(columns[inked[0]]) >= 10
        assert sideways or rows[0] - 6 >= 10 or 25 - rows[-1] >= 10


def test_warp_by_nothing_changes_nothing_and_scale_scales(images):
    still = disturbances.warped(images, rng(), {"scale": (1, 1)})
    np.testing.assert_allclose(still, disturbances.centred(images), atol=1e-5)
    double = disturbances.warped(images, rng(), {"scale": (1.4, 1.4)})
    np.testing.assert_allclose(double.sum(), still.sum() * 1.96, rtol=0.05)
    squeezed = disturbances.warped(images, rng(), {"squeeze": (0.7, 0.7)})
    np.testing.assert_allclose(squeezed.sum(), still.sum() * 0.7, rtol=0.05)


def test_stroke_width_grows_and_shrinks_by_what_is_said(images, monkeypatch):
    """A bar 7 px wide and 20 high, thinned by 1 and thickened by 1.5 px."""

    class Fixed:
        def __init__(self, step: int) -> None:
            self.step = step

        def integers(self, low: int, high: int, count: int) -> np.ndarray:
            assert low <= self.step < high
            return np.full(count, self.step)

    bar = images[3:4]
    middle = slice(12, 20)
    for step, width in ((-4, 6), (0, 7), (4, 8), (6, 8.5)):
        window = disturbances.penned(bar, Fixed(step))[0]
        np.testing.assert_allclose(window[middle].sum(1), width, atol=0.3)


def test_noise_is_as_strong_as_it_is_named():
    blank = np.zeros((50, 28, 28), np.float32)
    salted = disturbances.salted(blank, rng())
    assert set(np.unique(salted)) == {0, 1}
    assert salted.mean() == pytest.approx(0.05, abs=0.005)
    grey = disturbances.gaussian(blank + 0.5, rng())[:, 2:-2, 2:-2]
    assert grey.std() == pytest.approx(0.28, abs=0.02)  # 0.3, clipped to [0, 1]
    assert disturbances.blank(40, rng()).min() >= 0


def test_the_committed_weights_read_what_they_are_said_to(mnist_dir, strokes_file):
    """Few of the test digits, few strings, and room for chance in so small a sample."""
    whole = load_mnist(mnist_dir, test=True)
    some = Digits(whole.images[::50], whole.labels[::50])
    pens = split_writers(load_pen_digits(strokes_file))[1][::10]
    table = measure(load_pretrained(), some, pens, strings=20, progress=False)
    assert table.rows[0].correct >= 0.985 and table.rows[1].correct >= 0.975
    assert all(row.correct >= row.target - 0.1 for row in table.rows)


def test_shapes_and_letters_are_no_digit_in_95_of_100() -> None:
    (row,) = (one for one in trained("max").metadata["figures"]["rows"] if "shapes" in one["test"])
    assert row["samples"] == 2000 and row["correct"] >= 0.95
    windows = torch.from_numpy(disturbances.shapes(300, rng()))[:, None]
    with torch.inference_mode():
        winners = load_pretrained()(windows)["output"].argmax(1)
    assert float((winners == NONE_CLASS).float().mean()) >= 0.92  # σ of 300: 1.2 %
