"""The four methods step as torch's optimisers do, on a formula and on a net's weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from viz.chapters.learning.measure.optimisers import (
    BETAS,
    DECAY,
    METHODS,
    MOMENTUM,
    is_lost,
    no_memory,
    step,
)
from viz.chapters.learning.measure.paths import STEPS, follow
from viz.chapters.learning.measure.surfaces import (
    FORMULAS,
    Formula,
    Slice,
    contours,
    field_of,
    levels,
)

RATE = 0.05

OPTIMISERS: dict[str, Callable[[Any], torch.optim.Optimizer]] = {
    "descent": lambda x: torch.optim.SGD([x], RATE),
    "momentum": lambda x: torch.optim.SGD([x], RATE, momentum=MOMENTUM),
    "rmsprop": lambda x: torch.optim.RMSprop([x], RATE, alpha=DECAY),
    "adam": lambda x: torch.optim.Adam([x], RATE, betas=BETAS),
}


def in_torch(name: str, place: torch.Tensor) -> torch.Tensor:
    x, y = place
    if name == "bowl":
        return (x**2 + y**2) / 2
    if name == "ravine":
        return 0.05 * x**2 + 5 * y**2
    if name == "saddle":
        return x**2 / 2 - y**2 / 2 + y**4 / 4
    return sum(((2 * z) ** 4 - 16 * (2 * z) ** 2 + 5 * (2 * z)) / 100 for z in (x, y))  # type: ignore[return-value]


@pytest.mark.parametrize("name", FORMULAS)
def test_gradients_are_those_of_autograd(name: str) -> None:
    for start in ([1.3, -0.4], [-0.2, 1.9]):
        place = torch.tensor(start, dtype=torch.float64, requires_grad=True)
        loss = in_torch(name, place)
        loss.backward()
        surface = Formula(name)
        np.testing.assert_allclose(surface.gradient(np.array(start)), place.grad, atol=1e-12)  # type: ignore[arg-type]
        assert surface.values(np.array([start]))[0] == pytest.approx(loss.item())


@pytest.mark.parametrize("method", METHODS)
def test_steps_are_those_of_torch(method: str) -> None:
    place = torch.tensor([1.3, -0.4], dtype=torch.float64, requires_grad=True)
    optimiser = OPTIMISERS[method](place)
    path = follow(Formula("saddle"), method, np.array([1.3, -0.4]), RATE, 0, 1, steps=25)
    for number in range(1, 26):
        optimiser.zero_grad()
        in_torch("saddle", place).backward()
        optimiser.step()
        np.testing.assert_allclose(path.places[number], place.detach(), atol=1e-7)


def test_an_unknown_method_is_none() -> None:
    with pytest.raises(KeyError):
        step("newton", np.zeros(2), np.zeros(2), no_memory(np.zeros(2)), 0.1, 1)
    assert is_lost(np.array([0.0, np.inf])) and not is_lost(np.array([3.0, -4.0]))


def test_momentum_leaves_the_saddle_long_before_plain_descent() -> None:
    surface, start = Formula("saddle"), np.array([1.5, 0.001])
    left = {}
    for method in ("descent", "momentum"):
        away = np.abs(follow(surface, method, start, 0.03, 0, 1).places[:, 1]) > 0.5
        left[method] = int(away.argmax()) if away.any() else STEPS + 1
    assert left["momentum"] < 60 < STEPS < left["descent"]


def test_too_large_a_rate_climbs_and_stops() -> None:
    path = follow(Formula("ravine"), "descent", np.array([1.5, 1.0]), 0.3, 0, 1)
    assert path.is_lost and path.steps < STEPS  # 0.3 > 2 / 10, the bound of the steep direction
    assert (np.diff(path.losses) > 0).all()
    kept = follow(Formula("ravine"), "descent", np.array([1.5, 1.0]), 0.19, 0, 1)
    assert not kept.is_lost and kept.losses[-1] < kept.losses[0]


def test_batches_are_noise_about_the_same_slope() -> None:
    surface, place = Formula("bowl"), np.array([1.0, 1.0])
    every = np.arange(surface.count)
    np.testing.assert_allclose(surface.gradient(place, every), surface.gradient(place))
    one = np.stack([surface.gradient(place, every[k : k + 1]) for k in every])
    np.testing.assert_allclose(one.mean(0), place, atol=1e-12)
    assert one.std(0).min() > 1
    ends = [follow(surface, "descent", place, 0.1, batch, 1).places[-1] for batch in (0, 1)]
    assert np.linalg.norm(ends[0]) < 1e-5 < 0.01 < np.linalg.norm(ends[1])


def test_a_slice_goes_through_its_grid_and_its_slope_is_that_of_its_values() -> None:
    at = np.linspace(-1, 1, 9)
    x, y = np.meshgrid(at, at)
    surface = Slice(np.stack([x**2 + x * y, 3 * y - x]))
    grid = np.stack([x, y], -1)
    np.testing.assert_allclose(surface.values(grid), surface.mean, atol=1e-12)
    place, tiny = np.array([0.31, -0.22]), 1e-6
    for batch in (None, np.array([1])):
        part = surface if batch is None else Slice(surface.each[batch])
        numeric = [
            (part.values(place + tiny * way) - part.values(place - tiny * way)) / (2 * tiny)
            for way in np.eye(2)
        ]
        np.testing.assert_allclose(surface.gradient(place, batch), numeric, atol=1e-6)
    np.testing.assert_allclose(surface.gradient(place), [0.5 * (0.62 - 0.22 - 1), 0.5 * 3.31])
    np.testing.assert_array_equal(surface.gradient(np.array([1.5, 1.5])), [0, 0])


def test_contour_lines_are_at_their_height() -> None:
    surface = Formula("bowl")
    values = field_of(surface)
    x, y = contours(values, np.array([0.5]), surface.reach)
    known = ~np.isnan(x)
    np.testing.assert_allclose(np.hypot(x[known], y[known]), 1.0, atol=2e-3)
    assert known.sum() == 2 * np.isnan(x).sum() > 100
    heights = levels(values)
    assert values.min() < heights[0] and heights[-1] < values.max()
    assert (np.diff(heights) > 0).all()
