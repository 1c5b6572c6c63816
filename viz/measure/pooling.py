"""How much each pooling's output changes while the input shifts: pooling invariance as a number.

For a map f of the network, a pooling P and a shift T_s of the drawing by s pixels to the right,

    change(s) = ‖P(f(T_s x)) − P(f(x))‖ / ‖P(f(x))‖

over all maps of the layer, ‖·‖ the root of the sum of squares. f(T_s x) comes from the network run
on the drawing shifted as vectors, so sub-pixel shifts are exact (pictures are resampled); noise
lies on the canvas and stays where it is, and ink that leaves the canvas is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.nets.pooling import Pooling, pool
from viz.scene import Scene, rasterize_scene
from viz.scene.edit import limited

if TYPE_CHECKING:
    from viz.nets.lenet5 import LeNet5

Array = NDArray[np.float32]

POOLED = {"C1": "S2", "C3": "S4"}
"""The layers that are pooled, and those that they are pooled into."""

UNPOOLED = "none"
"""The name, beside the poolings', of the maps as they are."""

SHIFTS = tuple(float(s) for s in np.arange(17) / 4)
"""0 to 4 pixels by quarters: 4 pixels are what one unit of S4 stands for."""

_STAGES = (SHIFTS[::4], SHIFTS[2::4], SHIFTS[1::2])  # coarse first, then halves, then quarters


@dataclass(frozen=True, eq=False)
class Changes:
    """``curves[name][i]`` is the relative change at ``shifts[i]`` pixels, ascending; float64."""

    shifts: NDArray[np.float64]
    curves: Mapping[str, NDArray[np.float64]]


def shifted(scene: Scene, pixels: float) -> Scene:
    """The whole drawing so many pixels to the right; noise and canvas stay."""
    return replace(scene, transform=limited(scene.transform, dx=scene.transform.dx + pixels))


def relative_change(before: Array, after: Array) -> float:
    """‖after − before‖ / ‖before‖ of two arrays of one shape; 0 if they are equal, ∞ where
    ``before`` is all zero and ``after`` is not."""
    first, second = before.astype(np.float64), after.astype(np.float64)
    size, change = float(np.linalg.norm(first)), float(np.linalg.norm(second - first))
    if change == 0:
        return 0.0
    return change / size if size > 0 else float("inf")


def changes(
    net: LeNet5,
    scene: Scene,
    layer: str,
    poolings: Mapping[str, Pooling],
    ablated: Mapping[str, Collection[int]] | None = None,
) -> Iterator[Changes]:
    """The changes of ``layer`` (of ``POOLED``) by the names of ``poolings``, and ``UNPOOLED``.

    Yields three times: at whole pixels of ``SHIFTS``, then at halves too, then at quarters. Raises
    KeyError for another layer, ValueError where a window does not fit into the maps.
    """
    import torch

    POOLED[layer]
    at: dict[float, dict[str, Array]] = {}
    found: dict[float, dict[str, float]] = {}
    for stage in _STAGES:
        for shift in stage:
            image = torch.from_numpy(rasterize_scene(shifted(scene, shift)))
            with torch.inference_mode():
                maps = net(image[None, None], ablated)[layer][0].numpy()
            now = {UNPOOLED: maps, **{name: pool(maps, p) for name, p in poolings.items()}}
            start = at.setdefault(0.0, now)  # the first shift of all is 0
            found[shift] = {name: relative_change(start[name], now[name]) for name in now}
        shifts = sorted(found)
        yield Changes(
            np.array(shifts),
            {name: np.array([found[shift][name] for shift in shifts]) for name in at[0.0]},
        )


def shifted_signal(signal: Array, cells: float) -> Array:
    """A signal (n,) moved right by any number of cells, zeros coming in: (n,) float32.

    Between whole cells it is interpolated linearly: by ¼, a value leaves ¼ of itself to the right.
    """
    whole = int(np.floor(cells))
    part = np.float32(cells - whole)

    def by(steps: int) -> Array:
        moved = np.zeros_like(signal)
        n = len(signal)
        if abs(steps) < n:
            moved[max(0, steps) : n + min(0, steps)] = signal[max(0, -steps) : n - max(0, steps)]
        return moved

    if part == 0:
        return by(whole)
    return (1 - part) * by(whole) + part * by(whole + 1)
