"""Where kernels fire: how often each unit of a network's first layer is active, over digits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.measure.cutting import cut_about
from viz.nets.shipped_digits import COUNT, shipped_windows

if TYPE_CHECKING:
    from viz.nets.architecture import Layer
    from viz.nets.network import Network

Array = NDArray[np.float32]

SHIFT = 6
"""Pixels by which digits are shifted at most to each side where they are shown anywhere: 20 px of
ink stay in a window of 32."""

ACTIVE = 0.1
"""Share of the layer's locked colour scale above which a unit counts as active, by magnitude."""

BATCH = 50

SEED = 8


@dataclass(frozen=True, eq=False)
class Firing:
    """``shares`` (maps, h, w): of ``count`` digits the share that makes a unit active.

    ``mean`` (side, side) is the mean of these digits."""

    layer: Layer
    count: int
    shares: Array
    mean: Array


def firing(net: Network, scale: float, *, shifted: bool, count: int = COUNT) -> Iterator[Firing]:
    """Count over the digits that ship; yields what is known so far.

    ``scale`` is the end of the colour scale of the first layer that has kernels. ``shifted``: each
    digit by its own whole pixels up to ``SHIFT``, drawn from a seed.
    """
    import torch

    architecture = net.architecture
    layer = first_kernels(architecture.layers)
    side = architecture.window
    rng = np.random.default_rng(SEED)
    shifts = rng.integers(-SHIFT, SHIFT + 1, (COUNT, 2)) * int(shifted)
    active = np.zeros((layer.maps, layer.size, layer.size))
    total = np.zeros((side, side))
    done = 0
    for target in (BATCH, 4 * BATCH, count):  # rendering so many takes time once
        images, _ = shipped_windows(max(32, side), min(target, count))
        while done < len(images):
            part = images[done : done + BATCH]
            middle = images.shape[1] / 2
            windows = np.stack(
                [
                    cut_about(image, (middle - dx, middle - dy), side)
                    for image, (dx, dy) in zip(part, shifts[done:].tolist(), strict=False)
                ]
            )
            with torch.inference_mode():
                found = net(torch.from_numpy(windows[:, None]))[layer.name].numpy()
            active += (np.abs(found) > ACTIVE * scale).sum(0)
            total += windows.sum(0)
            done += len(part)
            yield Firing(
                layer, done, (active / done).astype(np.float32), (total / done).astype(np.float32)
            )


def first_kernels(layers: tuple[Layer, ...]) -> Layer:
    """Return the first layer with trained kernels."""
    return next(layer for layer in layers if layer.operation in ("conv", "dense", "prototypes"))
