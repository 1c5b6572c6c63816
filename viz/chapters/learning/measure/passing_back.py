"""How the gradient passes one module: in plain sums over a small patch, with the present numbers.

δ is ∂loss/∂(what comes out), and the module hands on ∂loss/∂(what comes in): a convolution δ
convolved in full with its turned kernel, maximum pooling δ to the largest unit alone, average
pooling an equal share to all, a ReLU δ where its sum was positive. A kernel's own gradient is the
sum over all places of δ · input.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.learning.measure.backprop import forward, loss_at
from viz.nets.architecture import Architecture, Layer

if TYPE_CHECKING:
    from viz.nets.network import Network

Array = NDArray[np.float32]

WINDOWS = 2
"""Windows of a pooling along each side of its patch."""

PATCH = 5
"""Units along each side of an activation's patch, at most."""


@dataclass(frozen=True)
class Module:
    """A layer's ``part``: "kernel", "activation" or "pool"."""

    layer: str
    part: str

    @property
    def name(self) -> str:
        """What it is called in scene files."""
        return f"{self.layer} {self.part}"


@dataclass(frozen=True, eq=False)
class Back:
    """A patch of a module: what comes ``into`` it and what comes ``out``, δ at its output, and what
    it hands on, of output map ``map`` and input map ``input``.

    Of a kernel: ``into`` is the input below the kernel at the place of the largest δ, ``kernel``
    the kernel, ``kernel_gradient`` its gradient, a sum over so many ``places``; ``delta`` the δ
    that meet at the unit in the middle of ``into``, ``turned`` the kernel turned by 180°,
    ``handed`` the sum of their products: what this map hands on to that unit.
    """

    module: Module
    map: int
    input: int
    into: Array
    out: Array
    delta: Array
    handed: Array
    kernel: Array | None = None
    kernel_gradient: Array | None = None
    turned: Array | None = None
    places: int = 0
    place: tuple[int, int] = (0, 0)
    """Row and column of the unit of the input map that ``handed`` is of, or of the first one."""


def modules_of(architecture: Architecture) -> tuple[Module, ...]:
    """List the modules of a network that can be shown."""
    found = []
    for layer in architecture.layers:
        if layer.operation == "pool" and layer.pooling in ("max", "average") and layer.across == 1:
            if not layer.padding and not layer.rim:
                found.append(Module(layer.name, "pool"))
        elif layer.operation in ("conv", "dense") and not layer.unshared and not layer.rim:
            if layer.dilation == 1 and layer.step == 1 and not layer.padding:
                found.append(Module(layer.name, "kernel"))
            if layer.activation in ("relu", "tanh", "sigmoid"):
                found.append(Module(layer.name, "activation"))
    return tuple(found)


def pass_back(
    net: Network,
    image: Array,
    target: int,
    window: tuple[int, int],
    module: Module,
    ablated: Mapping[str, Collection[int]] | None = None,
) -> Back:
    """Compute what a module hands on: a kernel about the place where δ is largest, others where
    δ times the value is, since zeros show little."""
    import torch

    passed = forward(net, torch.tensor(image), ablated)
    number = next(n for n, one in enumerate(passed.layers) if one.name == module.layer)
    layer, total = passed.layers[number], passed.sums[number]
    at = passed.values[number] if module.part != "kernel" or total is None else total
    (delta,) = torch.autograd.grad(loss_at(passed, target, window), [at])
    d = delta[0].numpy()
    below = passed.below[number][0].detach().numpy()
    values = at[0].detach().numpy()
    weighed = np.abs(d if module.part == "kernel" else d * values)
    largest = np.unravel_index(weighed.argmax(), d.shape)
    map_, row, column = (int(one) for one in largest)
    if module.part == "kernel":
        return _kernel(net, module, layer, below, d, (map_, row, column))
    if module.part == "activation":
        assert total is not None
        return _activation(module, layer, total[0].detach().numpy(), d, (map_, row, column))
    return _pool(module, layer, below, d, (map_, row, column))


def kernel_gradient(below: Array, delta: Array, kernel: int) -> Array:
    """Sum δ (h, w) · input (H, W) over all places: the gradient of a kernel (k, k) of stride 1."""
    windows = np.lib.stride_tricks.sliding_window_view(below, (kernel, kernel))
    return np.asarray(np.einsum("hw,hwij->ij", delta, windows), np.float32)


def handed_down(delta: Array, weight: Array) -> Array:
    """Convolve δ (h, w) in full with the turned kernel (k, k): ∂loss/∂input (h + k − 1, …)."""
    kernel = len(weight)
    wide = np.pad(delta, kernel - 1)
    windows = np.lib.stride_tricks.sliding_window_view(wide, (kernel, kernel))
    return np.asarray(np.einsum("hwij,ij->hw", windows, weight[::-1, ::-1]), np.float32)


def pooled_back(below: Array, delta: Array, kernel: int, step: int, pooling: str) -> Array:
    """Hand δ (h, w) down to the units below (H, W): to the largest of a window, or to all alike."""
    handed = np.zeros_like(below)
    for row, column in np.ndindex(*delta.shape):
        top, left = step * row, step * column
        part = below[top : top + kernel, left : left + kernel]
        into = handed[top : top + kernel, left : left + kernel]
        if pooling == "average":
            into += delta[row, column] / kernel**2
        else:
            into[np.unravel_index(part.argmax(), part.shape)] += delta[row, column]
    return handed


def _kernel(
    net: Network, module: Module, layer: Layer, below: Array, delta: Array,
    place: tuple[int, int, int],
) -> Back:  # fmt: skip
    map_, row, column = place
    kernel = layer.kernel
    weights = net.weights(layer).detach().numpy()[map_]
    each = [kernel_gradient(one, delta[map_], kernel) for one in below]
    input_ = int(np.argmax([np.abs(one).max() for one in each]))
    weight = weights[input_]
    reach = kernel - 1
    middle = row + kernel // 2, column + kernel // 2
    wide = np.pad(delta[map_], reach)
    met = wide[middle[0] : middle[0] + kernel, middle[1] : middle[1] + kernel]
    turned = weight[::-1, ::-1]
    return Back(
        module, map_, input_, below[input_, row : row + kernel, column : column + kernel].copy(),
        np.array([[delta[map_, row, column]]], np.float32), met.copy(),
        np.array([[(met * turned).sum()]], np.float32), weight.copy(), each[input_], turned.copy(),
        delta[map_].size, middle,
    )  # fmt: skip


def _activation(
    module: Module, layer: Layer, sums: Array, delta: Array, place: tuple[int, int, int]
) -> Back:
    map_ = place[0]
    rows, columns = (_about(at, side) for at, side in zip(place[1:], sums.shape[1:], strict=True))
    total, d = sums[map_, rows, columns].copy(), delta[map_, rows, columns].copy()
    if layer.activation == "relu":
        out, slope = np.maximum(total, 0), (total > 0).astype(np.float32)
    elif layer.activation == "tanh":
        out = np.tanh(total)
        slope = 1 - out**2
    else:
        out = np.asarray(1 / (1 + np.exp(-total)), np.float32)
        slope = out * (1 - out)
    first = rows.start, columns.start
    return Back(module, map_, map_, total, out, d, d * slope, place=first)


def _about(at: int, side: int) -> slice:
    first = min(max(0, at - PATCH // 2), max(0, side - PATCH))
    return slice(first, min(side, first + PATCH))


def _pool(
    module: Module, layer: Layer, below: Array, delta: Array, place: tuple[int, int, int]
) -> Back:
    map_, row, column = place
    _, height, width = delta.shape
    row, column = min(row, max(0, height - WINDOWS)), min(column, max(0, width - WINDOWS))
    d = delta[map_, row : row + WINDOWS, column : column + WINDOWS]
    step, kernel = layer.step, layer.kernel
    high, wide = (step * (count - 1) + kernel for count in d.shape)
    part = below[map_, step * row : step * row + high, step * column : step * column + wide]
    windows = np.lib.stride_tricks.sliding_window_view(part, (kernel, kernel))[::step, ::step]
    out = windows.mean((2, 3)) if layer.pooling == "average" else windows.max((2, 3))
    handed = pooled_back(part, d, kernel, step, layer.pooling)
    return Back(module, map_, map_, part.copy(), out.astype(np.float32), d.copy(), handed,
                place=(step * row, step * column))  # fmt: skip
