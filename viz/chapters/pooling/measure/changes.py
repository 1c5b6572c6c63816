"""How much each pooling's output changes while the input shifts: pooling invariance as a number.

For a map f of the network, a pooling P and a shift T_s of the drawing by s pixels to the right,

    change(s) = ‖P(f(T_s x)) − P(f(x))‖ / ‖P(f(x)) − P(f(∅))‖

over all maps of the layer, ‖·‖ the root of the sum of squares, ∅ the canvas without the drawing.
What is divided by is the response to the drawing: a constant that the output has for blank paper
too (the maps' biases, and tanh of the subsampling's) is no response to anything, and would make
an output with more of it seem to change less. So w·P + c changes as P does. f(T_s x) comes from the
network run on the drawing shifted as vectors, so sub-pixel shifts are exact (pictures are
resampled); noise lies on the canvas, also on the blank one, and stays where it is; and ink that
leaves the canvas is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import Architecture, Layer
from viz.nets.pooling import Pooling, pool
from viz.scene import Scene, rasterize_scene
from viz.scene.shifts import shifted

if TYPE_CHECKING:
    from viz.nets.network import Network

Array = NDArray[np.float32]

UNPOOLED = "none"
"""The name, beside the poolings', of the maps as they are."""

SHIFTS = tuple(float(s) for s in np.arange(17) / 4)
"""0 to 4 pixels by quarters: 4 pixels are what one unit of LeNet-5's last pooling stands for."""

_STAGES = (SHIFTS[::4], SHIFTS[2::4], SHIFTS[1::2])  # coarse first, then halves, then quarters


@dataclass(frozen=True, eq=False)
class Changes:
    """``curves[name][i]`` is the relative change at ``shifts[i]`` pixels, ascending; float64.
    ``distances[name][i]`` is how far the output moved, and ``responses[name]`` the response to the
    drawing, which that is divided by."""

    shifts: NDArray[np.float64]
    curves: Mapping[str, NDArray[np.float64]]
    distances: Mapping[str, NDArray[np.float64]]
    responses: Mapping[str, float]


@dataclass(eq=False)
class ChangeCache:
    """Results that hold as long as only poolings change: ``maps`` by shift, those of the ``blank``
    canvas, and by pooling (None: not pooled) and shift the ``distances`` that the output moved."""

    maps: dict[float, Array] = field(default_factory=dict)
    blank: Array | None = None
    distances: dict[tuple[Pooling | None, float], float] = field(default_factory=dict)


def poolable(architecture: Architecture) -> tuple[Layer, ...]:
    """Return the layers that an operator of this chapter can pool: those with kernels, and maps of
    several units."""
    return tuple(
        layer for layer in architecture.mosaics if layer.has_weights and layer.operation != "pool"
    )


def pooled_by(architecture: Architecture, layer: Layer) -> Layer | None:
    """Return the pooling layer by which the network itself pools this one, if it does."""
    above = architecture.layers[architecture.layers.index(layer) + 1]
    return above if above.operation == "pool" else None


def blank_of(scene: Scene) -> Scene:
    """Return the canvas without the drawing; noise lies on it as before."""
    return replace(scene, items=())


def distance(one: Array, other: Array) -> float:
    """Return ‖one − other‖ of two arrays of one shape."""
    return float(np.linalg.norm(one.astype(np.float64) - other))


def relative_change(before: Array, after: Array, blank: Array) -> float:
    """Return ‖after − before‖ / ‖before − blank‖ of arrays of one shape; 0 if nothing changes, ∞
    where ``before`` is what blank paper gives and ``after`` is not."""
    return relative(distance(after, before), distance(before, blank))


def relative(change: float, response: float) -> float:
    """Return change / response, both 0 … ∞; 0 where nothing changes, else ∞ for a response of 0."""
    if change == 0:
        return 0.0
    return change / response if response > 0 else float("inf")


def changes(
    net: Network,
    scene: Scene,
    layer: str,
    poolings: Mapping[str, Pooling],
    ablated: Mapping[str, Collection[int]] | None = None,
    cache: ChangeCache | None = None,
    window: tuple[int, int] | None = None,
) -> Iterator[Changes | None]:
    """Measure the changes of ``layer`` (of ``poolable``) by the names of ``poolings``, and
    ``UNPOOLED``.

    Yields three results: at whole pixels of ``SHIFTS``, then at halves too, then at quarters; and
    None after each shift, where others may have their turn. ``cache`` comes from an earlier call
    that differed in the poolings only, and is added to. ``window`` (row, column) is the one that is
    seen, of a network that sees one at a time. Raises KeyError for another layer, ValueError where
    a pooling's window does not fit into the maps.
    """
    import torch

    if net.architecture.layer(layer) not in poolable(net.architecture):
        raise KeyError(layer)
    cache = cache or ChangeCache()
    named: dict[str, Pooling | None] = {UNPOOLED: None, **poolings}
    wanted = set(named.values())
    cache.distances = {at: cache.distances[at] for at in cache.distances if at[0] in wanted}
    start: dict[Pooling | None, tuple[Array, Array]] = {}
    done: list[float] = []

    def seen(drawn: Scene) -> Array:
        image = torch.from_numpy(rasterize_scene(drawn))
        with torch.inference_mode():
            maps: Array = net(image[None, None], ablated, window=window)[layer][0].numpy()
        return maps

    if cache.blank is None:
        cache.blank = seen(blank_of(scene))
        yield None
    blank = cache.blank
    for stage in _STAGES:
        for shift in stage:
            if shift not in cache.maps:
                cache.maps[shift] = seen(shifted(scene, shift, 0.0))
            for pooling in wanted:
                if pooling not in start:
                    start[pooling] = _pooled(cache.maps[0.0], pooling), _pooled(blank, pooling)
                if (pooling, shift) not in cache.distances:
                    now = _pooled(cache.maps[shift], pooling)
                    cache.distances[pooling, shift] = distance(now, start[pooling][0])
            yield None
        done = sorted((*done, *stage))
        distances = {
            name: np.array([cache.distances[pooling, shift] for shift in done])
            for name, pooling in named.items()
        }
        responses = {name: distance(*start[pooling]) for name, pooling in named.items()}
        curves = {
            name: np.array([relative(change, responses[name]) for change in distances[name]])
            for name in named
        }
        yield Changes(np.array(done), curves, distances, responses)


def _pooled(maps: Array, pooling: Pooling | None) -> Array:
    return maps if pooling is None else pool(maps, pooling)


def shifted_signal(signal: Array, cells: float) -> Array:
    """Return a signal (n,) moved right by any number of cells, zeros coming in: (n,) float32.

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
