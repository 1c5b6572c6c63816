"""What modules do to one window: its answer, and maps of it, with modules and without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.measure.inspection import INPUT, entered
from viz.nets import networks
from viz.nets.architecture import NORMALISATIONS, Architecture
from viz.nets.modules import filter_bank, joined, split

if TYPE_CHECKING:
    from viz.engine.compute import Nets
    from viz.nets.network import Ablation

Array = NDArray[np.float32]

KINDS = ("", *NORMALISATIONS)
"""Normalisations in front of C1, none first."""

BEFORE, ACTIVATION, BEHIND, POOLING = "before", "activation", "behind", "pooling"
PLACES = (BEFORE, ACTIVATION, BEHIND, POOLING)
"""Where modules are, in the order in which the network computes."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What a network makes of one window: the class that wins in it, its probability, and those
    (classes,) of all. ``maps`` of the whole canvas by layer, ``INPUT`` among them."""

    network: str
    answer: int
    probability: float
    probabilities: Array
    maps: Mapping[str, Array]


def seen(
    nets: Nets, network: str, image: Array, window: tuple[int, int], ablated: Ablation | None = None
) -> Seen:
    """Compute what a network of this name makes of a canvas (H, W), in a window (row, column)."""
    import torch

    net = nets(network)
    architecture = net.architecture
    there = {name: maps for name, maps in (ablated or {}).items() if name in architecture}
    with torch.inference_mode():
        found = net(torch.from_numpy(np.array(image))[None, None], there, window=window)
    maps = {name: values[0].numpy() for name, values in found.items()}
    maps[INPUT] = entered(image, architecture)[None]
    row, column = (min(at, n - 1) for at, n in zip(window, maps["output"].shape[1:], strict=True))
    probabilities = np.exp(maps["output"][:, row, column])
    best = int(probabilities.argmax())
    return Seen(network, best, float(probabilities[best]), probabilities, maps)


def normalised(
    nets: Nets, network: str, image: Array, window: tuple[int, int], ablated: Ablation | None = None
) -> Iterator[tuple[Seen, ...]]:
    """Yield what the network makes of a window with each of ``KINDS`` in front of C1, one more each
    time; its other modules stay, those that go with none are left out."""
    base, modules = split(network)
    found: tuple[Seen, ...] = ()
    for kind in KINDS:
        name = joined(base, replace(modules, before=kind))
        if networks.is_known(name):
            found = (*found, seen(nets, name, image, window, ablated))
            yield found


def goes_with(architecture: Architecture) -> bool:
    """Tell whether a network can have modules: it begins with a convolution of shared weights, is
    fully convolutional, and pads nothing."""
    return (
        filter_bank(architecture) is not None
        and architecture.is_convolutional
        and not any(layer.padding for layer in architecture.layers[1:] if layer.operation != "pool")
    )


def shown_layers(architecture: Architecture, place: str) -> tuple[str, str]:
    """Name the layer that the module of a place takes, and the one that it makes.

    Without a normalisation there both are the layer that it would take. Of the activation: the
    sums, and the maps.
    """
    layers = architecture.layers
    at = 1 if layers[0].operation == "normalise" else 0
    below, bank, above = INPUT, layers[at].name, layers[at + 1]
    if place == BEFORE:
        return below, layers[0].name if at else below
    if place == ACTIVATION:
        return f"{bank} pre", bank
    if place == BEHIND:
        return bank, above.name if above.operation == "normalise" else bank
    if above.operation == "normalise":
        return above.name, layers[at + 2].name
    return bank, above.name
