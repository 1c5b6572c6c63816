"""Backpropagation through a network on the live drawing: gradients, updates, one weight turned.

The loss is −log p(target) of one window of the output. Autograd computes the gradients; what the
instrument claims of single modules is computed by ``viz.chapters.learning.measure.modules`` in
plain sums, and compared in tests.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import Architecture, Layer
from viz.nets.learning import weights_of
from viz.nets.weights import Weights

if TYPE_CHECKING:
    from torch import Tensor

    from viz.nets.network import Network

Array = NDArray[np.float32]
Ablated = Mapping[str, Collection[int]] | None

Place = tuple[int, int, int, int]
"""A weight within its layer: output map, input map, row, column."""

MOST_UPDATES = 20

CURVE = 33
"""Points of the loss over one weight."""

SPAN = 2.0
"""How far a weight is turned: up to this many times the largest of its layer, at least 0.5."""


@dataclass(frozen=True, eq=False)
class Passed:
    """One pass that can be gone back through: of every layer what comes in, its sums (None without
    weights) and its values, each (1, maps, h, w) with rim; ``out`` are log-probabilities."""

    layers: tuple[Layer, ...]
    below: tuple[Tensor, ...]
    sums: tuple[Tensor | None, ...]
    values: tuple[Tensor, ...]

    @property
    def out(self) -> Tensor:
        """Log-probabilities (1, classes, h, w)."""
        return self.values[-1]


def forward(net: Network, image: Tensor, ablated: Ablated = None) -> Passed:
    """Compute all layers of a canvas (H, W) as the live lane does, so that gradients pass."""
    import torch

    from viz.nets.network import activation, surrounded

    architecture = net.architecture
    x = image[None, None]
    if architecture.rim:
        x = surrounded(x, architecture.rim, architecture)
    x = net.entered(x)
    below, sums, values = [], [], []
    for layer in architecture.layers:
        below.append(x)
        total = net.sums(layer, x) if layer.has_weights else None
        sums.append(total)
        x = net.reduced(layer, x) if total is None else activation(total, layer.activation)
        if ablated and ablated.get(layer.name):
            kept = torch.ones(layer.maps, 1, 1)
            kept[sorted(ablated[layer.name])] = 0.0
            x = x * kept
        values.append(x)
    return Passed(architecture.layers, tuple(below), tuple(sums), tuple(values))


def loss_at(passed: Passed, target: int, window: tuple[int, int]) -> Tensor:
    """Compute −log p(target) of a window (row, column)."""
    return -passed.out[0, target, window[0], window[1]]


@dataclass(frozen=True, eq=False)
class LayerGradient:
    """Of a layer (or of the input, "input") the map that matters most, by Σ ∣value · gradient∣: its
    number, its values and ∂loss/∂value, (h, w) each; ``norm`` of the whole layer's gradient. Of a
    layer with one unit a map all units of the window, in rows."""

    name: str
    map: int
    values: Array
    gradient: Array
    norm: float


@dataclass(frozen=True, eq=False)
class Gradients:
    """Of a window: the loss for ``target``, probabilities (classes,), ∂loss/∂logits (classes,), and
    the gradients of the input and of every layer."""

    target: int
    loss: float
    probabilities: Array
    logits: Array
    layers: tuple[LayerGradient, ...]


def gradients(
    net: Network,
    image: Array,
    target: int,
    window: tuple[int, int],
    ablated: Ablated = None,
) -> Gradients:
    """Compute the gradients of the loss of a window by every layer and by the canvas (H, W)."""
    import torch

    x = torch.tensor(image, requires_grad=True)
    passed = forward(net, x, ablated)
    loss = loss_at(passed, target, window)
    last = passed.sums[-1]
    assert last is not None
    found = torch.autograd.grad(loss, [x, *passed.values[:-1], last])
    layers = [_layer("input", 0, x[None, None], found[0][None, None], None, window)]
    for layer, values, gradient in zip(passed.layers, passed.values, found[1:-1], strict=False):
        layers.append(_layer(layer.name, layer.rim, values, gradient, layer, window))
    row, column = window
    return Gradients(
        target, float(loss.detach()), passed.out[0, :, row, column].detach().exp().numpy(),
        found[-1][0, :, row, column].numpy(), tuple(layers),
    )  # fmt: skip


def _layer(
    name: str, rim: int, values: Tensor, gradient: Tensor, layer: Layer | None,
    window: tuple[int, int],
) -> LayerGradient:  # fmt: skip
    if rim:
        values, gradient = (of[..., rim:-rim, rim:-rim] for of in (values, gradient))
    norm = float(gradient.norm())
    if layer is not None and layer.is_vector:
        row, column = (min(at, side - 1) for at, side in zip(window, values.shape[2:], strict=True))
        units, slopes = (of[0, :, row, column].detach().numpy() for of in (values, gradient))
        return LayerGradient(name, -1, in_rows(units), in_rows(slopes), norm)
    weighed = (gradient[0] * values[0].detach()).abs().sum((1, 2))
    number = int(weighed.argmax())
    return LayerGradient(
        name, number, values[0, number].detach().numpy().copy(), gradient[0, number].numpy().copy(),
        norm,
    )  # fmt: skip


def in_rows(units: Array) -> Array:
    """Lay units (n,) out in rows, as square as can be, with zeros at the end."""
    columns = math.ceil(math.sqrt(len(units)))
    rows = math.ceil(len(units) / columns)
    laid = np.zeros(rows * columns, np.float32)
    laid[: len(units)] = units
    return laid.reshape(rows, columns)


# Updates


@dataclass(frozen=True, eq=False)
class Updated:
    """What ``count`` updates do: losses (count + 1,), probabilities (count + 1, classes), the step
    of the last one by layer (its norm), and the weights after it. ``predicted``: by how much the
    first is to change the loss, −η ‖∇‖²."""

    rate: float
    losses: Array
    probabilities: Array
    steps: Mapping[str, float]
    weights: Weights
    predicted: float


def update(
    net: Network,
    image: Array,
    target: int,
    window: tuple[int, int],
    rate: float,
    count: int,
    ablated: Ablated = None,
) -> Updated:
    """Move all weights ``count`` times by −rate · ∂loss/∂weight, on a copy of the network."""
    import torch

    own = copied(net)
    x = torch.tensor(image)
    parameters = dict(own.named_parameters())
    losses, probabilities = [], []
    steps: dict[str, float] = {}
    predicted = 0.0
    for number in range(count + 1):
        passed = forward(own, x, ablated)
        loss = loss_at(passed, target, window)
        losses.append(float(loss.detach()))
        probabilities.append(passed.out[0, :, window[0], window[1]].detach().exp().numpy())
        found = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
        moved = {
            name: torch.zeros_like(parameters[name]) if one is None else one
            for name, one in zip(parameters, found, strict=True)
        }
        if number == 0:
            predicted = -rate * float(sum(one.pow(2).sum() for one in moved.values()))
        if number < count:
            with torch.no_grad():
                for name, one in moved.items():
                    parameters[name].sub_(rate * one)
        if number == max(0, count - 1):
            steps = _norms(moved, rate)
    return Updated(
        rate, np.array(losses, np.float32), np.array(probabilities, np.float32), steps,
        weights_of(own), predicted,
    )  # fmt: skip


def _norms(moved: Mapping[str, Tensor], rate: float) -> dict[str, float]:
    """The length of a step of each layer."""
    squares: dict[str, float] = {}
    for name, one in moved.items():
        layer = name.split(".")[0]
        squares[layer] = squares.get(layer, 0.0) + float(one.pow(2).sum())
    return {layer: rate * math.sqrt(square) for layer, square in squares.items()}


def copied(net: Network) -> Network:
    """Copy a network: the one that the lanes share is never changed."""
    from viz.nets.network import Network

    return Network(net.architecture, weights_of(net))


# One weight


@dataclass(frozen=True, eq=False)
class Turned:
    """The loss over one weight of a ``layer``: at ``values`` (n,) the ``losses`` (n,); the weight's
    own value, the loss and the slope there. ``kernel`` (k, k) is the one that it belongs to."""

    layer: str
    place: Place
    values: Array
    losses: Array
    own: float
    loss: float
    slope: float
    kernel: Array
    kernel_gradient: Array

    def at(self, value: float) -> float:
        """Return the loss at a value, between the points linear."""
        return float(np.interp(value, self.values, self.losses))

    def predicted(self, value: float) -> float:
        """Return the loss that the slope predicts."""
        return self.loss + self.slope * (value - self.own)


def weighted(architecture: Architecture) -> tuple[Layer, ...]:
    """Return the layers with kernels of which one weight can be turned."""
    return tuple(
        layer for layer in architecture.layers if layer.operation in ("conv", "dense", "prototypes")
        and "weights" not in layer.unshared
    )  # fmt: skip


def strongest(
    net: Network,
    image: Array,
    target: int,
    window: tuple[int, int],
    layer: str,
    ablated: Ablated = None,
) -> Place:
    """Return the weight of a layer that the loss depends on most."""
    import torch

    passed = forward(net, torch.tensor(image), ablated)
    weight = net.weights(net.architecture.layer(layer))
    (gradient,) = torch.autograd.grad(loss_at(passed, target, window), [weight])
    places = np.unravel_index(int(gradient.abs().argmax()), tuple(gradient.shape))
    map_, input_, row, column = (int(place) for place in places)
    return map_, input_, row, column


def turn(
    net: Network,
    image: Array,
    target: int,
    window: tuple[int, int],
    layer: str,
    place: Place,
    ablated: Ablated = None,
) -> Generator[None, None, Turned]:
    """Compute the loss over one weight of a layer, with pauses."""
    import torch
    from torch import Tensor

    own = copied(net)
    x = torch.tensor(image)
    weight = own.get_submodule(layer).weight
    assert isinstance(weight, Tensor)
    loss = loss_at(forward(own, x, ablated), target, window)
    (gradient,) = torch.autograd.grad(loss, [weight])
    yield
    value = float(weight.detach()[place])
    span = max(0.5, SPAN * float(weight.detach().abs().max()))
    values = np.linspace(value - span, value + span, CURVE, dtype=np.float32)
    losses = []
    for one in values:
        with torch.no_grad():  # not about the yield: the mode would last into other work
            weight[place] = float(one)
            losses.append(float(loss_at(forward(own, x, ablated), target, window)))
        yield
    with torch.no_grad():
        weight[place] = value
    return Turned(
        layer, place, values, np.array(losses, np.float32), value, float(loss.detach()),
        float(gradient[place]), weight.detach()[place[:2]].numpy().copy(),
        gradient[place[:2]].numpy().copy(),
    )  # fmt: skip


def turned_weights(weights: Weights, layer: str, place: Place, value: float) -> Weights:
    """Return weights in which one has another value; the other arrays are shared."""
    name = f"{layer}.weight"
    changed = weights[name].copy()
    changed[place] = value
    changed.setflags(write=False)
    return {**weights, name: changed}
