"""By hand: a net small enough to write out, its derivatives, its Jacobians, and one update.

Each layer: z = W·x + b, y = f(z); E = ½ (y − t)² (Y. LeCun, Y. Bengio, G. Hinton 2015, figure 1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Net = tuple[Floats, ...]
"""One matrix (units, inputs + 1) a layer; its last column are the biases."""

LOGISTIC, TANH, RELU = "logistic", "tanh", "relu"

_FUNCTIONS: dict[str, Callable[[Floats], Floats]] = {
    LOGISTIC: lambda z: np.asarray(0.5 * (1 + np.tanh(z / 2))),
    TANH: lambda z: np.asarray(np.tanh(z)),
    RELU: lambda z: np.asarray(np.maximum(0.0, z)),
}
_DERIVATIVES: dict[str, Callable[[Floats], Floats]] = {
    LOGISTIC: lambda y: y * (1 - y),
    TANH: lambda y: 1 - y**2,
    RELU: lambda y: (y > 0).astype(np.float64),
}
"""By the value y = f(z) of the unit."""

SHAPES: dict[str, tuple[int, ...]] = {"2-2-1": (2, 2, 1), "2-3-2-1": (2, 3, 2, 1)}

FIRST: dict[str, Net] = {
    "2-2-1": (
        np.array([[0.5, -0.4, 0.1], [-0.3, 0.8, -0.2]]),
        np.array([[1.2, -0.7, 0.3]]),
    ),
    "2-3-2-1": (
        np.array([[0.5, -0.4, 0.1], [-0.3, 0.8, -0.2], [0.6, 0.2, 0.0]]),
        np.array([[0.9, -0.5, 0.4, 0.1], [-0.6, 0.7, 0.3, -0.1]]),
        np.array([[1.2, -0.7, 0.3]]),
    ),
}


@dataclass(frozen=True, eq=False)
class Passes:
    """Forward: the ``sums`` z and the ``outputs`` y of each layer, and ``error`` E. Backward: E's
    derivatives by them, ``by_sums`` and ``by_outputs``, by the weights ``by_net`` and by the input
    ``by_input``. ``jacobians``: ∂y/∂x of each layer, diag(f′(z))·W without the biases."""

    sums: tuple[Floats, ...]
    outputs: tuple[Floats, ...]
    error: float
    by_sums: tuple[Floats, ...]
    by_outputs: tuple[Floats, ...]
    by_net: Net
    by_input: Floats
    jacobians: tuple[Floats, ...]

    @property
    def output(self) -> float:
        """What the net answers."""
        return float(self.outputs[-1][0])

    @property
    def product(self) -> Floats:
        """The product of all Jacobians (1, inputs): the derivative of the output by the input."""
        found = self.jacobians[0]
        for one in self.jacobians[1:]:
            found = one @ found
        return found


def run(net: Net, x: Floats, target: float, function: str) -> Passes:
    """Compute both passes for an input (n,). Raises KeyError for an unknown function."""
    value, slope = _FUNCTIONS[function], _DERIVATIVES[function]
    sums, outputs, below = [], [], x
    for layer in net:
        sums.append(layer[:, :-1] @ below + layer[:, -1])
        outputs.append(value(sums[-1]))
        below = outputs[-1]
    error = float(0.5 * np.sum((below - target) ** 2))
    by_outputs, by_sums, by_net = [below - target], list[Floats](), list[Floats]()
    for place in reversed(range(len(net))):
        delta = by_outputs[0] * slope(outputs[place])
        under = outputs[place - 1] if place else x
        by_sums.insert(0, delta)
        by_net.insert(0, np.outer(delta, np.append(under, 1.0)))
        by_outputs.insert(0, net[place][:, :-1].T @ delta)
    jacobians = tuple(
        slope(out)[:, None] * layer[:, :-1] for out, layer in zip(outputs, net, strict=True)
    )
    return Passes(
        tuple(sums), tuple(outputs), error, tuple(by_sums), tuple(by_outputs[1:]), tuple(by_net),
        by_outputs[0], jacobians,
    )  # fmt: skip


def update(net: Net, passes: Passes, rate: float) -> Net:
    """Return the net after one step: w − η ∂E/∂w."""
    return tuple(one - rate * by for one, by in zip(net, passes.by_net, strict=True))


def small_change(passes: Passes, change: Floats) -> tuple[Floats, ...]:
    """Return how a small change of the input (n,) passes through the layers by the chain rule: Δx,
    Δy ≈ J Δx of each layer in turn."""
    found = [change]
    for jacobian in passes.jacobians:
        found.append(jacobian @ found[-1])
    return tuple(found)
