"""Simple and complex cells: how maps answer to a bar that turns, and units to one that slides.

Hubel and Wiesel found cells that answer to a bar of one orientation in one place (simple cells),
and cells that answer to it anywhere in a small region (complex cells): "Receptive fields, binocular
interaction and functional architecture in the cat's visual cortex", 1962. Here the units of the
first layer are the former, those of the pooling above it the latter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import Architecture, Layer

if TYPE_CHECKING:
    from viz.nets.network import Network

Array = NDArray[np.float32]
Floats = NDArray[np.float64]

WIDTH = 2.4
"""The bar's width in pixels: that of the pen."""

ANGLES = np.arange(0.0, 181.0, 5.0)
"""Degrees that the bar is turned by, anticlockwise from horizontal as one reads it."""

REACH, STEP = 6.0, 0.25
"""Pixels that it slides to either side, and between two measurements."""


@dataclass(frozen=True, eq=False)
class Tuning:
    """Answers of a first layer and of the pooling above it.

    ``curves`` (angles, maps): the largest activation of each map for a bar at each of ``ANGLES``.
    Of one ``map`` at ``angle``: ``offsets`` (N,) in pixels across the bar, ``simple`` (N,) of the
    unit at ``unit`` (row, column) and, unless there is no pooling, ``pooled`` (N,) of the unit
    above it. ``bars`` (N, side, side) are the pictures; ``fields``: the receptive fields of both,
    (top, left, side).
    """

    layer: str
    above: str
    map: int
    angle: float
    curves: Array
    offsets: Floats
    simple: Array
    pooled: Array | None
    bars: Array
    fields: tuple[tuple[int, int, int], ...]

    @property
    def preferred(self) -> float:
        """The angle in degrees at which the map answers most."""
        return float(ANGLES[int(self.curves[:-1, self.map].argmax())])


def first_layers(architecture: Architecture) -> tuple[Layer, Layer | None] | None:
    """Return the first layer of kernels that slide over maps and the pooling right above it; None
    where there is no such layer, or where its maps are single units."""
    for layer in architecture.layers[:-1]:
        if layer.operation == "conv" and not layer.is_vector:
            after = architecture.layers[architecture.layers.index(layer) + 1]
            return layer, after if after.operation == "pool" and not after.is_vector else None
    return None


def bar(side: int, angle: float, offset: float, centre: tuple[float, float]) -> Array:
    """Draw a bar through a picture (side, side) from edge to edge, ink = 1, softened by a pixel.

    ``angle`` in degrees, anticlockwise from horizontal; ``offset`` pixels from ``centre`` (x, y)
    along its normal, downwards for a horizontal bar.
    """
    x, y = np.meshgrid(np.arange(side) + 0.5, np.arange(side) + 0.5)
    turned = math.radians(angle)
    across = (x - centre[0]) * math.sin(turned) + (y - centre[1]) * math.cos(turned)
    return np.asarray(np.clip(WIDTH / 2 + 0.5 - np.abs(across - offset), 0, 1), np.float32)


def tune(net: Network, chosen: int, angle: float | None) -> Tuning:
    """Turn and slide a bar for one map; at its preferred angle where ``angle`` is None.

    Raises ValueError for a network that ``first_layers`` finds nothing in.
    """
    import torch

    from viz.nets.network import activation, surrounded

    architecture = net.architecture
    found = first_layers(architecture)
    if found is None:
        raise ValueError("no layer of kernels")
    layer, above = found
    last = above or layer
    side, scale = architecture.window, architecture.scale
    chosen = min(chosen, layer.maps - 1)

    def answers(bars: Array) -> dict[str, Array]:
        maps = {}
        with torch.no_grad():
            x = torch.from_numpy(bars)[:, None]
            x = surrounded(x, architecture.rim, architecture) if architecture.rim else x
            x = net.entered(x)
            for one in architecture.layers:
                if one.has_weights:
                    x = activation(net.sums(one, x), one.activation)
                else:
                    x = net.reduced(one, x)
                inner = x[..., one.rim : -one.rim, one.rim : -one.rim] if one.rim else x
                maps[one.name] = inner.numpy()
                if one is last:
                    return maps
        return maps

    middle = (side / 2, side / 2)
    turned = np.stack([bar(side, one, 0.0, middle) for one in ANGLES])
    curves = answers(turned)[layer.name].max((2, 3))
    row = column = (layer.size - 1) // 2
    if above is not None:  # the first of the units that one unit pools
        row = column = row // above.step * above.step
    if angle is None:
        angle = float(ANGLES[int(curves[:-1, chosen].argmax())])
    fields = [layer.receptive_field(row, column)[:3]]
    if above is not None:
        up = row // above.step
        fields.append(above.receptive_field(up, up)[:3])
    top, left, field = fields[-1]
    centre = (left + field / 2, top + field / 2)
    offsets = np.arange(-REACH, REACH + STEP / 2, STEP) * scale
    bars = np.stack([bar(side, angle, float(one), centre) for one in offsets])
    maps = answers(bars)
    simple = maps[layer.name][:, chosen, row, column]
    pooled = None if above is None else maps[above.name][:, chosen, up, up]
    return Tuning(
        layer.name, above.name if above else "", chosen, angle, curves, offsets, simple, pooled,
        bars, tuple((top, left, wide) for top, left, wide in fields),
    )  # fmt: skip


def breadth(offsets: Floats, answers: Array) -> float:
    """Return over how many pixels answers are at least half of the largest; 0 if none is > 0.

    Between two offsets they count as linear. Only the stretch round the peak counts.
    """
    peak = int(answers.argmax())
    if answers[peak] <= 0:
        return 0.0
    half = float(answers[peak]) / 2
    ends = []
    for way in (-1, 1):
        at = peak
        while 0 <= at + way < len(answers) and answers[at + way] >= half:
            at += way
        beyond = at + way
        if 0 <= beyond < len(answers):
            share = (float(answers[at]) - half) / float(answers[at] - answers[beyond])
            ends.append(offsets[at] + share * (offsets[beyond] - offsets[at]))
        else:
            ends.append(offsets[at])
    return float(ends[1] - ends[0])
