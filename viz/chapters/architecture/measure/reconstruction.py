"""What a layer still knows of its input: the input found again from the layer's activations.

Gradient descent on the pixels, Adam's, from blank paper: the loss is the square of what is missing
of the activations, as a share of their own, and a little for ink and for differences between
neighbours, so that of all pictures with these activations a plain one is found (Mahendran and
Vedaldi, "Understanding deep image representations by inverting them", 2015). First few coarse
pixels are found, then finer ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import Architecture, Layer

if TYPE_CHECKING:
    from torch import Tensor

    from viz.nets.network import Network

Array = NDArray[np.float32]

STAGES = ((4, 12, 0.2), (2, 16, 0.1), (1, 52, 0.06))
"""Pixels along a side of a coarse one, steps, and the learning rate at the first; it falls to 0."""

PLAIN = 3e-4
"""What a pixel of full ink costs beside activations that are missing altogether, which cost 1."""

MOST = 7
"""Layers that are inverted, of a network that has more."""

SHOWN_EVERY = 8
"""Steps from result to result."""


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """``pictures`` (layers, side, side) in [0, 1] found from the activations of ``layers`` for the
    ``window`` (side, side) of the canvas, after ``step`` of ``steps``.

    ``missing`` (layers,): the share of the activations' energy that a picture does not have,
    ‖φ(x) − φ(x₀)‖² / ‖φ(x₀)‖². ``alike`` (layers,): the correlation of its pixels with those of
    the window.
    """

    window: Array
    layers: tuple[str, ...]
    pictures: Array
    missing: Array
    alike: Array
    step: int
    steps: int


def window_of(architecture: Architecture, image: Array, window: tuple[int, int]) -> Array:
    """Cut the pixels (side, side) of a window (row, column) out of a canvas (H, W)."""
    side = architecture.window
    top, left = (
        min(max(0, at * architecture.stride), length - side)
        for at, length in zip(window, image.shape, strict=True)
    )
    return np.array(image[top : top + side, left : left + side])


def layers_of(architecture: Architecture) -> tuple[Layer, ...]:
    """Return the layers that are inverted: all, or ``MOST`` from the first to the last."""
    layers = architecture.layers
    if len(layers) <= MOST:
        return layers
    return tuple(layers[round(at)] for at in np.linspace(0, len(layers) - 1, MOST))


def patch_rank(kernels: Array) -> int:
    """Return how many dimensions of a patch kernels (maps, inputs, h, w) tell apart: their rank."""
    return int(np.linalg.matrix_rank(kernels.reshape(len(kernels), -1)))


def reconstruct(net: Network, window: Array) -> Iterator[Reconstruction | None]:
    """Find a window (side, side) again from each layer, in steps; None where others may have their
    turn."""
    import torch
    import torch.nn.functional as F

    side, layers = len(window), layers_of(net.architecture)
    with torch.no_grad():
        own = torch.from_numpy(window).expand(len(layers), 1, side, side)
        wanted = _activations(net, own, layers)
        energies = torch.stack([one.square().sum() for one in wanted]).clamp(min=1e-12)

    def missing(pictures: Tensor) -> Tensor:
        found = _activations(net, pictures, layers)
        apart = [(one - own).square().sum() for one, own in zip(found, wanted, strict=True)]
        return torch.stack(apart) / energies

    def enlarged(pixels: Tensor) -> Tensor:
        if pixels.shape[-1] == side:
            return pixels
        return F.interpolate(pixels, (side, side), mode="bilinear", align_corners=False)

    steps, done = sum(count for _, count, _ in STAGES), 0
    pixels = torch.zeros(len(layers), 1, side, side)
    for coarse, count, rate in STAGES:
        size = max(1, side // coarse)
        pixels = F.interpolate(pixels, (size, size), mode="area")
        mean, square = torch.zeros_like(pixels), torch.zeros_like(pixels)
        for step in range(1, count + 1):
            pixels.requires_grad_()
            loss = missing(enlarged(pixels)).sum() + PLAIN * _roughness(pixels)
            (gradient,) = torch.autograd.grad(loss, pixels)
            # Adam (Kingma, Ba 2015); torch.optim's import alone would take a second of the lock
            mean.lerp_(gradient, 0.1)
            square.lerp_(gradient.square(), 0.001)
            slope = mean / (1 - 0.9**step) / ((square / (1 - 0.999**step)).sqrt() + 1e-8)
            falling = rate * (1 - (step - 1) / count)
            pixels = (pixels.detach() - falling * slope).clamp_(0, 1)
            done += 1
            if done % SHOWN_EVERY and done < steps:
                yield None
                continue
            with torch.no_grad():
                pictures = enlarged(pixels)
                left = missing(pictures).numpy()
            array = pictures[:, 0].numpy().copy()
            alike = np.array([_alike(one, window) for one in array], np.float32)
            names = tuple(layer.name for layer in layers)
            yield Reconstruction(window, names, array, left, alike, done, steps)


def _activations(net: Network, pictures: Tensor, layers: Sequence[Layer]) -> list[Tensor]:
    """Of each picture (B, 1, side, side) the activations of one of B layers; of the last the sums,
    which for the output are the logits."""
    from viz.nets.network import activation, surrounded

    architecture, found = net.architecture, []
    x = net.entered(surrounded(pictures, architecture.rim, architecture))
    for layer in architecture.layers:
        x = net.sums(layer, x) if layer.has_weights else net.reduced(layer, x)
        if layer is not architecture.output:
            x = activation(x, layer.activation)
        if layer in layers:  # this picture's layer: those left go on
            found.append(x[0])
            x = x[1:]
    return found


def _roughness(pixels: Tensor) -> Tensor:
    """The squares of all ink and of its differences between neighbours, added up."""
    parts = pixels, pixels.diff(dim=2), pixels.diff(dim=3)
    return sum((part.square().sum() for part in parts), pixels.new_zeros(()))


def _alike(picture: Array, window: Array) -> float:
    """The correlation of two pictures' pixels; 0 where one of them is the same everywhere."""
    first, second = (one - one.mean() for one in (picture.astype(float), window.astype(float)))
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) / size if size > 1e-9 else 0.0
