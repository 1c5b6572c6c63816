"""A slice of a network's real loss: its mean over digits at θ + xδ + yη.

θ are the trained weights, δ and η random directions, filter by filter as long as θ's (H. Li et al.
2018, "Visualizing the loss landscape of neural nets", section 4); biases stay as they are.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.learning.measure.surfaces import Slice
from viz.nets.shipped_digits import shipped_windows

if TYPE_CHECKING:
    from torch import Tensor

    from viz.nets.network import Network

Floats = NDArray[np.float64]

DIGITS = 30
GRIDS = (5, 9, 17)
"""Points of the grid each way, coarse first; each has all points of the one before."""
REACH = 1.0
HIGHEST = 30.0
"""Larger losses count as it: a digit's log-probability may be −∞."""


@dataclass(frozen=True, eq=False)
class Measured:
    """The losses of ``count`` digits on a grid; ``is_final`` on the finest one."""

    surface: Slice
    count: int
    is_final: bool


def directions(net: Network, seed: int) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Draw two random directions by the names of the weights, normalised filter by filter.

    A filter is what one map of a layer is computed by: the first axis of its weights.
    """
    import torch

    drawn = torch.Generator().manual_seed(seed)
    found: tuple[dict[str, Tensor], dict[str, Tensor]] = ({}, {})
    for name, value in net.named_parameters():
        for direction in found:
            if value.dim() < 2:
                continue
            random = torch.randn(value.shape, generator=drawn)
            rows, own = random.flatten(1), value.detach().flatten(1)
            scale = own.norm(dim=1) / rows.norm(dim=1).clamp_min(1e-10)
            direction[name] = (rows * scale[:, None]).view(value.shape)
    return found


Known = dict[tuple[float, float], Floats]
"""The losses of all digits at points (x, y) that were measured."""


def measure_slice(
    net: Network,
    seed: int,
    ablated: Mapping[str, Collection[int]] | None = None,
    known: Known | None = None,
) -> Iterator[Measured | None]:
    """Measure it on finer and finer grids; None after each point. ``net`` stays as it is.

    Points that are ``known`` are not measured again, and those that are measured become known.
    """
    import torch

    images, labels = shipped_windows(max(32, net.architecture.window), DIGITS)
    side = net.architecture.window
    margin = (images.shape[1] - side) // 2
    x = torch.from_numpy(images[:, None, margin : margin + side, margin : margin + side].copy())
    wanted = torch.from_numpy(labels)[:, None]
    own = copy.deepcopy(net)  # the live lane goes on with the other
    along, across = directions(own, seed)
    centre = {name: value.detach().clone() for name, value in own.named_parameters()}
    known = {} if known is None else known
    for side in GRIDS:
        at = np.linspace(-REACH, REACH, side)
        for b in at.tolist():
            for a in at.tolist():
                if (a, b) in known:
                    continue
                with torch.no_grad():
                    for name, value in own.named_parameters():
                        if name in along:
                            value.copy_(centre[name] + a * along[name] + b * across[name])
                    output = own(x, ablated)["output"].flatten(2).amax(2)
                losses = -output.gather(1, wanted)[:, 0].double().numpy()
                known[a, b] = np.nan_to_num(losses, nan=HIGHEST, posinf=HIGHEST).clip(0, HIGHEST)
                yield None
        each = np.array([[known[a, b] for a in at.tolist()] for b in at.tolist()])
        yield Measured(Slice(np.moveaxis(each, 2, 0), REACH), DIGITS, side == GRIDS[-1])
