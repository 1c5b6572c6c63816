"""How much each step of one pixel changes the network's own maps, from layer to layer.

For the maps f of a layer and the drawing x shifted by k pixels to the right, T_k x, step k changes
them by

    ‖f(T_k x) − f(T_{k−1} x)‖ / ‖f(T_{k−1} x) − f(∅)‖        k = 1 − STEPS … 0

‖·‖ the root of the sum of squares over all maps: the last steps of a drawing that has come to where
it is from the left. Shifts, the blank canvas ∅ and why it is subtracted are those of
``viz.chapters.pooling.measure.changes``. A layer of stride n answers to the
step k as to the step k − n, because all of its maps are then the same, one unit further on; but not
where padding shows at the border, or each place has weights of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.pooling.measure.changes import Array, blank_of, relative_change
from viz.nets.architecture import Architecture, Layer
from viz.scene import Scene, rasterize_scene
from viz.scene.shifts import shifted

if TYPE_CHECKING:
    from viz.nets.network import Network

STEPS = 8
"""Twice what a stride of 4 needs to repeat itself."""

Steps = Mapping[str, NDArray[np.float64]]
"""(STEPS,) changes by layer, the last step's at the end; ∞ where maps that were those of blank
paper are not any more."""


def layers_of(architecture: Architecture) -> tuple[Layer, ...]:
    """Return the layers that are shown: up to the last pooling, or, where nothing is pooled, all;
    but those of one unit a window."""
    shown = architecture.mosaics
    pooled = [number for number, layer in enumerate(shown, 1) if layer.operation == "pool"]
    return shown[: pooled[-1]] if pooled else shown


def steps(
    net: Network,
    scene: Scene,
    ablated: Mapping[str, Collection[int]] | None = None,
    window: tuple[int, int] | None = None,
) -> Iterator[Steps | None]:
    """Yield the changes of ``layers_of`` the network, once; before that None after each picture,
    where others may have their turn. ``window`` (row, column) is the one that is seen, of a network
    that sees one at a time."""
    import torch

    layers = [layer.name for layer in layers_of(net.architecture)]

    def seen(drawn: Scene) -> dict[str, Array]:
        image = torch.from_numpy(rasterize_scene(drawn))
        with torch.inference_mode():
            maps = net(image[None, None], ablated, window=window)
        return {layer: maps[layer][0].numpy() for layer in layers}

    blank = seen(blank_of(scene))
    yield None
    before: dict[str, Array] = {}
    found: dict[str, list[float]] = {layer: [] for layer in layers}
    for shift in range(-STEPS, 1):
        now = seen(shifted(scene, float(shift), 0.0))
        for layer, earlier in before.items():
            found[layer].append(relative_change(earlier, now[layer], blank[layer]))
        before = now
        yield None
    yield {layer: np.array(changes) for layer, changes in found.items()}


def period(changes: NDArray[np.float64], same: float) -> int | None:
    """Return after how many steps, at most half of all, each change recurs to within ``same``; None
    if after none of these."""
    for steps_ in range(1, len(changes) // 2 + 1):
        if np.isclose(changes[steps_:], changes[:-steps_], rtol=0, atol=same).all():
            return steps_
    return None
