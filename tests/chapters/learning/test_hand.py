"""Both passes of the nets that are written out, against autograd; the product of the Jacobians."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from viz.chapters.learning.measure.hand import (
    FIRST,
    LOGISTIC,
    RELU,
    SHAPES,
    TANH,
    run,
    small_change,
    update,
)

FUNCTIONS = {LOGISTIC: torch.sigmoid, TANH: torch.tanh, RELU: torch.relu}
X, TARGET = np.array([0.9, -0.6]), 0.25


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_all_derivatives_are_those_of_autograd(name: str, function: str) -> None:
    found = run(FIRST[name], X, TARGET, function)
    net = [torch.tensor(layer, requires_grad=True) for layer in FIRST[name]]
    x = torch.tensor(X, requires_grad=True)
    sums, outputs, below = [], [], x
    for layer in net:
        sums.append(layer[:, :-1] @ below + layer[:, -1])
        outputs.append(FUNCTIONS[function](sums[-1]))
        below = outputs[-1]
    (by_x,) = torch.autograd.grad(below, x, retain_graph=True)
    for kept in (*sums, *outputs):
        kept.retain_grad()
    error = 0.5 * (below - TARGET).pow(2).sum()
    error.backward()
    assert found.error == pytest.approx(error.item())
    for ours, theirs in (
        (found.sums, sums), (found.outputs, outputs),
        (found.by_sums, [one.grad for one in sums]),
        (found.by_outputs, [one.grad for one in outputs]),
        (found.by_net, [one.grad for one in net]),
    ):  # fmt: skip
        for one, other in zip(ours, theirs, strict=True):
            assert other is not None
            np.testing.assert_allclose(one, other.detach(), atol=1e-12)
    assert x.grad is not None
    np.testing.assert_allclose(found.by_input, x.grad, atol=1e-12)
    np.testing.assert_allclose(found.product[0], by_x, atol=1e-12)
    np.testing.assert_allclose((found.output - TARGET) * found.product[0], x.grad, atol=1e-12)


@pytest.mark.parametrize("name", SHAPES)
def test_an_update_lowers_the_error_as_much_as_the_gradient_says(name: str) -> None:
    before = run(FIRST[name], X, TARGET, LOGISTIC)
    rate = 1e-4
    after = run(update(FIRST[name], before, rate), X, TARGET, LOGISTIC)
    square = sum(float(np.sum(one**2)) for one in before.by_net)
    assert before.error - after.error == pytest.approx(rate * square, rel=1e-3)


def test_a_small_change_passes_by_the_chain_rule() -> None:
    passes = run(FIRST["2-3-2-1"], X, TARGET, TANH)
    change = np.array([1e-5, -2e-5])
    found = small_change(passes, change)
    assert [one.shape for one in found] == [(2,), (3,), (2,), (1,)]
    moved = run(FIRST["2-3-2-1"], X + change, TARGET, TANH)
    for one, after, before in zip(found[1:], moved.outputs, passes.outputs, strict=True):
        np.testing.assert_allclose(one, after - before, rtol=1e-3)
    np.testing.assert_allclose(found[-1], passes.product @ change)
