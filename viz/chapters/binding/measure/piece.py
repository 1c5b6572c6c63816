"""Pieces of a canvas: as little of it as makes some windows answer just as in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import Architecture

if TYPE_CHECKING:
    from viz.nets.network import Ablation, Network

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Piece:
    """The canvas pixels [top, top + height) × [left, left + width), and the windows in them.

    ``row``, ``column``: the first of these windows among the outputs of the piece alone. A piece
    for a network that has a ``rim`` has that, too, which may lie off the canvas; any
    other ends where the canvas does, so that padding is where it is in one pass.
    """

    top: int
    left: int
    height: int
    width: int
    row: int
    column: int
    rim: int
    beyond: str = "constant"

    @property
    def box(self) -> tuple[int, int, int, int]:
        """(top, left, height, width)."""
        return self.top, self.left, self.height, self.width

    def of(self, images: Array) -> Array:
        """Copy it out of ``images`` (…, H, W), which go on as for the network: (…, h, w)."""
        rim = self.rim
        if rim:
            images = np.pad(images, [(0, 0)] * (images.ndim - 2) + [(rim, rim)] * 2, self.beyond)
        top, left = self.top + rim, self.left + rim
        return images[..., top : top + self.height, left : left + self.width].copy()

    def maps(
        self, net: Network, images: Array, ablated: Ablation | None = None
    ) -> dict[str, Array]:
        """Return all maps (N, maps, h, w) of images (N, height, width) of the piece, by name."""
        import torch

        with torch.inference_mode():
            maps = net(torch.from_numpy(images)[:, None], ablated, rimmed=self.rim > 0)
            return {name: values.numpy() for name, values in maps.items()}


def piece_for(
    architecture: Architecture,
    size: tuple[int, int],
    window: tuple[int, int],
    windows: tuple[int, int] = (1, 1),
) -> Piece:
    """Return the piece of a canvas of ``size`` (H, W) for so many ``windows`` (rows, columns).

    The first of them is ``window`` (row, column). All units that belong to these windows are in it
    as in one pass.
    """
    (top, height, row), (left, width, column) = (
        _along(architecture, *each) for each in zip(size, window, windows, strict=True)
    )
    return Piece(top, left, height, width, row, column, architecture.rim, architecture.beyond)


def _along(architecture: Architecture, size: int, first: int, count: int) -> tuple[int, int, int]:
    """Start and length along one axis, and the first window among those of the piece."""
    stride, window, rim = architecture.stride, architecture.window, architecture.rim
    if rim:
        before = beyond = rim
    elif not architecture.is_convolutional:  # each window is computed alone
        before = beyond = 0
    else:
        ends = ((e.size - 1) * e.stride - e.lead + e.field for e in architecture.layers)
        before = -(-architecture.output.lead // stride) * stride
        beyond = max(window, *ends) - window
    start = max(-rim, first * stride - before)
    end = min(size + rim, (first + count - 1) * stride + window + beyond)
    return start, end - start, first - (start + rim) // stride
