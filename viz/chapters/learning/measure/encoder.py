"""First weights from an autoencoder: convolutions that learn, without labels, to keep their input.

Each of the first convolutions is trained to let a second, transposed one restore what came in
(greedily, layer by layer: Bengio et al., "Greedy layer-wise training of deep networks", NIPS 2006;
convolutional: Masci et al., "Stacked convolutional auto-encoders", ICANN 2011).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import Architecture, Layer
from viz.nets.learning import pixels, seeded
from viz.nets.weights import Weights

if TYPE_CHECKING:
    import torch

    from viz.nets.network import Network

LAYERS, STEPS, BATCH, RATE = 2, 150, 32, 3e-3
"""Convolutions that are trained, steps for each, pictures a step, Adam's rate."""


def encode(
    architecture: Architecture, images: NDArray[np.uint8], seed: int
) -> Generator[None, None, Weights]:
    """Train the first convolutions on images (N, side, side) without labels, with pauses; return
    their weights by name."""
    import torch

    net = seeded(architecture, seed)
    rng = np.random.default_rng(seed)
    found: Weights = {}
    for layer in encoded_layers(architecture):
        weight, bias = net.weights(layer), net.biases(layer)
        generator = torch.Generator().manual_seed(seed)
        back = 0.1 * torch.randn(weight.shape, generator=generator)
        back.requires_grad_(True)
        optimizer = torch.optim.Adam([weight, bias, back], RATE)
        for _ in range(STEPS):
            index = rng.integers(0, len(images), BATCH)
            with torch.no_grad():
                below = _below(net, layer, pixels(images[index]))
            loss = reconstruction_loss(net, layer, below, back)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            yield
        for name, value in (("weight", weight), ("bias", bias)):
            found[f"{layer.name}.{name}"] = value.detach().numpy().copy()
    return found


def encoded_layers(architecture: Architecture) -> tuple[Layer, ...]:
    """Return the convolutions that an autoencoder can train: the first ones, plain."""
    layers = []
    for layer in architecture.layers[:-1]:
        is_plain = not (layer.unshared or layer.connections or layer.padding)
        if layer.operation == "conv" and is_plain and layer.dilation == 1:
            layers.append(layer)
    return tuple(layers[:LAYERS])


def reconstruction_loss(
    net: Network, layer: Layer, below: torch.Tensor, back: torch.Tensor
) -> torch.Tensor:
    """Compute the mean square of what the code of a layer loses of its input, (B, maps, h, w)."""
    import torch.nn.functional as F

    from viz.nets.network import activation

    code = activation(net.sums(layer, below), layer.activation)
    restored = F.conv_transpose2d(code, back, stride=layer.step)
    height, width = restored.shape[2:]
    return (restored - below[..., :height, :width]).pow(2).mean()


def _below(net: Network, layer: Layer, x: torch.Tensor) -> torch.Tensor:
    """What a layer sees of windows (B, 1, side, side)."""
    import torch.nn.functional as F

    from viz.nets.network import activation, pool

    architecture = net.architecture
    x = net.entered(F.pad(x, (architecture.rim,) * 4) if architecture.rim else x)
    for one in architecture.layers:
        if one.name == layer.name:
            break
        if one.has_weights:
            x = activation(net.sums(one, x), one.activation)
        else:
            x = pool(x, one) if one.operation == "pool" else net.reduced(one, x)
    return x
