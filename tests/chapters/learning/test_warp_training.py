"""A net of 2-h-1 in NumPy: its gradient and its training, against torch; and what does not bend."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from viz.chapters.learning.measure.points import SETS, Points, drawn_points, of_drawn, points
from viz.chapters.learning.measure.warp import (
    BOUNDARY,
    COMPONENTS,
    RATE,
    RIDGE,
    SIGMA,
    WIDTHS,
    Warped,
    far_field,
    first_weights,
    gradient,
    kernel,
    linear,
    loss,
    train,
    unpack,
)


def torch_loss(flat: torch.Tensor, data: Points) -> torch.Tensor:
    units = (len(flat) - 1) // 4
    x = torch.from_numpy(data.places)
    hidden = torch.tanh(x @ flat[: 2 * units].view(units, 2).T + flat[2 * units : 3 * units])
    logits = hidden @ flat[3 * units : 4 * units] + flat[-1]
    return torch.nn.functional.binary_cross_entropy_with_logits(
        logits, torch.from_numpy(data.classes)
    )


def trained(name: str, units: int, seed: int = 1) -> Warped:
    *_, last = train(points(name), units, seed)
    assert last is not None
    return last


@pytest.mark.parametrize("units", WIDTHS)
def test_the_gradient_and_the_steps_are_those_of_torch(units: int) -> None:
    data = points("moons")
    *_, short = train(data, units, 3, steps=10)
    assert short is not None
    flat = torch.from_numpy(first_weights(units, 3)).requires_grad_()
    optimiser = torch.optim.Adam([flat], RATE)
    for number in range(11):
        optimiser.zero_grad()
        value = torch_loss(flat, data)
        value.backward()
        at = short.path[number]
        np.testing.assert_allclose(at, flat.detach(), atol=1e-8)
        assert loss(at, data) == pytest.approx(value.item())
        assert short.losses[number] == pytest.approx(value.item())
        np.testing.assert_allclose(gradient(at, data), flat.grad, atol=1e-9)  # type: ignore[arg-type]
        optimiser.step()


def test_rings_need_three_units() -> None:
    """A line cannot cut a disc out of the plane, however the plane is bent without a tear."""
    assert [float(trained("rings", units).right[-1]) for units in WIDTHS] == [0.9, 1.0, 1.0]


@pytest.mark.parametrize("name", SETS)
def test_four_units_separate_every_set(name: str) -> None:
    found = trained(name, 4)
    assert found.right[-1] == 1.0 and found.losses[-1] < 0.1 * found.losses[0]


@pytest.mark.parametrize("name", ["moons", "xor"])
def test_the_line_in_the_hidden_space_is_where_p_is_a_half(name: str) -> None:
    found = trained(name, 2)
    line = found.line(600, "")
    weights = found.weights(600)
    assert line is not None
    np.testing.assert_allclose(line @ weights.outer + weights.offset, 0, atol=1e-9)


def test_of_more_units_the_boundary_is_upright_and_the_components_are_the_principal_ones() -> None:
    found = trained("rings", 4)
    for at in (0, 300, 600):
        weights = found.weights(at)
        places = found.projected(at, found.data.places, BOUNDARY)
        away = weights.logit(found.data.places) / np.linalg.norm(weights.outer)
        np.testing.assert_allclose(places[:, 0], away, atol=1e-9)
        hidden = weights.hidden(found.data.places)
        spread = np.linalg.svd(hidden - hidden.mean(0), compute_uv=False) ** 2
        flat = found.projected(at, found.data.places, COMPONENTS)
        assert np.sum(flat**2) == pytest.approx(spread[:2].sum())
    steps = np.diff(found.axes[COMPONENTS], axis=0)
    assert np.abs(steps).max() < 0.5, "no axis flips from one step to the next"
    assert found.line(600, COMPONENTS) is None


def test_the_linear_classifier_is_at_its_minimum_and_fails_on_rings() -> None:
    data = points("xor")
    plain = linear(data)
    x = torch.from_numpy(np.column_stack([data.places, np.ones(len(data.places))]))
    w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([w], max_iter=200, tolerance_grad=1e-12)

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        value = torch.nn.functional.binary_cross_entropy_with_logits(
            x @ w, torch.from_numpy(data.classes)
        )
        total = value + 0.5e-3 * w.pow(2).sum()
        total.backward()
        return total

    optimiser.step(closure)
    unpenalised = torch.nn.functional.binary_cross_entropy_with_logits(
        x @ w, torch.from_numpy(data.classes)
    )
    assert plain.loss == pytest.approx(unpenalised.item(), abs=1e-6)
    assert linear(points("rings")).right < 0.6 and plain.right < 0.6


def test_the_kernel_classifier_knows_its_points_and_nothing_far_from_them() -> None:
    data = points("rings")
    plain = kernel(data)
    assert plain.right == 1.0
    field = far_field()
    nearest = np.sqrt(((field[:, :, None] - data.places) ** 2).sum(-1)).min(-1)
    # 80 weights of exp(−½ d²/σ²) each: nothing is left at 5σ
    assert np.abs(plain.field[nearest > 5 * SIGMA]).max() < 0.01
    assert plain.unsure > 0.7
    near = torch.exp(-(torch.cdist(*[torch.from_numpy(data.places)] * 2) ** 2) / (2 * SIGMA**2))
    wanted = torch.from_numpy(2 * data.classes - 1)
    alpha = torch.linalg.solve(near + RIDGE * torch.eye(len(near)), wanted)
    at = torch.from_numpy(field.reshape(-1, 2)[1000:1001])
    value = (
        torch.exp(-(torch.cdist(at, torch.from_numpy(data.places)) ** 2) / (2 * SIGMA**2)) @ alpha
    )
    assert plain.field.ravel()[1000] == pytest.approx(float(value.clamp(-1, 1)), abs=1e-6)


def test_two_classes_are_needed() -> None:
    with pytest.raises(ValueError, match="both"):
        next(train(of_drawn([(0.0, 0.0, 1)]), 2, 1))
    assert unpack(first_weights(3, 1)).inner.shape == (3, 2)


@pytest.mark.parametrize(
    "value",
    [
        "no", [[0, 0]], [[0, 0, 2]], [[9, 0, 1]], [[float("nan"), 0, 1]], [[0, 0, True]],
        [[0, 0, 1]] * 401,
    ],
)  # fmt: skip
def test_what_is_no_point_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"no|0|9"):
        drawn_points(value)
