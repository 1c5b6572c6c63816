"""Tiling: how the maps of a layer are laid out side by side, and shrunk if they must be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GAP = 2
"""Pixels of the device between two tiles."""


@dataclass(frozen=True)
class Plan:
    """How tiles of h×w map pixels are laid out: ``columns`` of tiles, each map pixel ``zoom``
    device pixels wide, or ``shrink`` map pixels averaged into one (one of the two is 1)."""

    columns: int
    rows: int
    zoom: int
    shrink: int
    height: int
    width: int

    @property
    def pitch(self) -> tuple[int, int]:
        """(vertical, horizontal) distance between tiles in device pixels."""
        return self.height * self.zoom + GAP, self.width * self.zoom + GAP

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of all tiles in device pixels."""
        down, right = self.pitch
        return self.rows * down - GAP, self.columns * right - GAP


def plan(maps: int, height: int, width: int, space: tuple[int, int]) -> Plan:
    """The layout with the largest pixels for ``maps`` tiles of height × width in ``space``
    (height, width) device pixels; among equals the one with the fewest empty places."""
    best: Plan | None = None
    best_key = (-math.inf, 0, 0)
    for columns in range(1, maps + 1):
        rows = -(-maps // columns)
        room_h = (space[0] + GAP) / rows - GAP
        room_w = (space[1] + GAP) / columns - GAP
        factor = min(room_h / height, room_w / width)
        if factor >= 1:
            zoom, shrink = int(factor), 1
        else:
            if room_h < 1 or room_w < 1:
                continue
            zoom, shrink = 1, max(-int(-height // room_h), -int(-width // room_w))
        key = (zoom / shrink, -(rows * columns - maps), -abs(rows - columns))
        if key > best_key:
            best_key = key
            best = Plan(columns, rows, zoom, shrink, height // shrink or 1, width // shrink or 1)
    if best is not None:
        return best
    return Plan(maps, 1, 1, max(height, width), 1, 1)


def averaged(values: NDArray[np.float32], layout: Plan) -> NDArray[np.float32]:
    """Maps shrunk by averaging shrink × shrink blocks; a remainder at the border is left out."""
    k, height, width = layout.shrink, layout.height, layout.width
    part = values[:, : height * k, : width * k]
    if part.shape[1] < height * k or part.shape[2] < width * k:  # a map smaller than one block
        return part.mean((1, 2), keepdims=True)
    total = part[:, ::k, ::k].copy()
    for i in range(k):
        for j in range(k):
            if i or j:
                total += part[:, i::k, j::k]
    total /= k * k
    return total
