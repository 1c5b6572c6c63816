"""One signal slid over another: what theory says of boxes, spikes and Gaussians, exactly."""

from __future__ import annotations

import numpy as np
import pytest

from viz.chapters.convolution.measure.signals import (
    COARSE,
    FINE,
    HIGHEST,
    REACH,
    ROW,
    SHAPES,
    SPIKE,
    Slid,
    drawn_values,
    middles,
    signal,
    slide,
    with_line,
)  # fmt: skip


def pair(f: str, g: str, step: float = FINE, *, flipped: bool = True) -> Slid:
    return slide(signal(f, step), signal(g, step), step, flipped=flipped)


@pytest.mark.parametrize("step", [FINE, COARSE])
def test_a_box_with_a_box_is_a_triangle(step: float) -> None:
    slid = pair("box", "box", step)
    np.testing.assert_allclose(slid.result, np.maximum(0, 2 - np.abs(slid.t)), atol=1e-12)
    assert slid.t[0] == -2 * REACH and slid.t[-1] == 2 * REACH


def test_gaussians_make_a_wider_one() -> None:
    slid = pair("gaussian", "gaussian")
    wanted = np.sqrt(np.pi) / 2 * np.exp(-(slid.t**2))  # variances add up
    np.testing.assert_allclose(slid.result, wanted, atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("flipped", [True, False])
def test_the_result_is_the_area_of_the_product(shape: str, flipped: bool) -> None:
    slid = pair("ramp", shape, flipped=flipped)
    for t in (-3.0, -1.25, 0.0, 0.5, 2.0):
        assert slid.product(t).sum() * FINE == pytest.approx(slid.at(t), abs=1e-12)


def test_flipping_matters_only_where_a_signal_is_not_symmetric() -> None:
    for shape in ("box", "triangle", "gaussian"):
        both = [pair("ramp", shape, flipped=flipped).result for flipped in (True, False)]
        np.testing.assert_allclose(*both, atol=1e-12)
    assert (
        np.abs(pair("ramp", "ramp").result - pair("ramp", "ramp", flipped=False).result).max() > 0.1
    )


def test_a_spike_copies_the_other_signal() -> None:
    slid = pair("ramp", SPIKE)
    inside = np.interp(middles(FINE), slid.t, slid.result)
    np.testing.assert_allclose(inside, signal("ramp", FINE), atol=0.51)  # half a step aside
    assert slid.result.max() == pytest.approx(signal("ramp", FINE).max())


def test_g_is_slid_by_t_and_not_by_tau() -> None:
    slid = pair("box", "ramp", flipped=False)
    there = middles(FINE)[slid.moved(2.0) > 0]
    assert there[0] == pytest.approx(1, abs=FINE) and there[-1] == pytest.approx(3, abs=FINE)
    turned = pair("box", "ramp").moved(2.0)
    np.testing.assert_array_equal(turned[turned > 0], slid.moved(2.0)[slid.moved(2.0) > 0][::-1])


def test_a_row_is_stretched_over_the_reach() -> None:
    values = signal(ROW, COARSE, np.array([0.0, 1.0, 0.5, 0.0]))
    assert values.tolist() == [0] * 4 + [1] * 4 + [0.5] * 4 + [0] * 4
    with pytest.raises(ValueError, match="no signal"):
        signal("sawtooth", FINE)


def test_what_is_drawn_is_sampled_with_straight_lines_between() -> None:
    flat = (0.0,) * 64
    drawn = with_line(flat, (1.0, 0.5), (-1.0, 1.0))  # from right to left
    assert np.flatnonzero(drawn).tolist() == list(range(24, 41))
    fine = signal("drawn", 1 / 64, drawn=drawn)
    assert np.interp(0.0, middles(1 / 64), fine) == pytest.approx(0.75, abs=1e-3)
    assert signal("drawn", 1 / 2, drawn=drawn).shape == (16,)
    assert with_line(flat, (9.0, 5.0), (9.0, 5.0)) == flat, "beyond the end there is nothing"
    assert max(with_line(flat, (0.0, 5.0), (0.0, 5.0))) == HIGHEST
    assert min(with_line(flat, (0.0, -5.0), (0.0, -5.0))) == 0


@pytest.mark.parametrize(
    "value", [None, "x" * 64, [0.5] * 63, [0.5] * 63 + [2.0], [0.5] * 63 + [float("nan")],
              [0.5] * 63 + [True], [0.5] * 63 + [[1]], {}]
)  # fmt: skip
def test_what_is_no_drawing_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="drawing"):
        drawn_values(value)
