"""A layer over a colour picture: kernels of one slice a channel, their sums, bias and ReLU.

The input is a volume (c, H, W). A kernel (c, f, f) has a slice for each channel and makes one map:
its c partial sums are added up. So c′ kernels make a volume (c′, H − f + 1, W − f + 1) and have
c′·(c·f·f + 1) parameters, biases included, whatever H and W.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from viz.chapters.convolution.measure.correlation import Array, axis, correlate_volume
from viz.chapters.convolution.measure.kernels import PRESETS
from viz.scene import Noise, Scene, rasterize_scene

SIDE = 3
"""Rows and columns of a kernel's slices."""

CHANNELS = 3

MOST_PIXELS = 96
"""Of a picture along its longer side: a larger one is reduced."""

GAP = 2
"""Units between two maps of the output where they stand beside each other."""

COLOURS = np.array([(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1)], np.float32)
"""Red, green and blue of what is drawn, item after item."""


def _slices(preset: str, red: float, green: float, blue: float) -> Array:
    return np.multiply.outer(np.array([red, green, blue], np.float32), PRESETS[preset])


BANK: dict[str, Array] = {
    "red-edge": _slices("vertical", 1, 0, 0),
    "edge": _slices("vertical", 1, 1, 1),
    "green-edge": _slices("vertical", 0, 1, 0),
    "blue-edge": _slices("vertical", 0, 0, 1),
    "horizontal": _slices("horizontal", 1, 1, 1),
    "red-green": _slices("box", 1, -1, 0),
    "yellow-blue": _slices("box", 0.5, 0.5, -1),
    "blur": _slices("box", 1 / 3, 1 / 3, 1 / 3),
    "laplacian": _slices("laplacian", 1, 1, 1),
    "red": _slices("identity", 1, 0, 0),
}
"""Kernels (3, 3, 3) by name: the first look at one colour alone, at all, at one against another."""


@dataclass(frozen=True, eq=False)
class Volume:
    """A ``picture`` (3, H, W) in [0, 1], ``kernels`` (c′, 3, f, f), and what each slice adds:
    ``partial`` (c′, 3, H′, W′)."""

    picture: Array
    kernels: Array
    partial: Array

    @property
    def parameters(self) -> int:
        """Weights, and a bias for each kernel."""
        return self.kernels.size + len(self.kernels)

    @property
    def multiply_adds(self) -> int:
        """Products of all units of all maps."""
        maps, _, rows, columns = self.partial.shape
        return int(maps * rows * columns * self.kernels[0].size)

    def sums(self) -> Array:
        """Return the totals over the channels, (c′, H′, W′)."""
        return np.asarray(self.partial.sum(1))

    def patch(self, row: int, column: int) -> Array:
        """Return what the unit at a place sees, (3, f, f)."""
        side = self.kernels.shape[-1]
        return self.picture[:, row : row + side, column : column + side]


def layer(picture: Array, count: int) -> Volume:
    """Correlate a picture (3, H, W) with the first ``count`` kernels of the ``BANK``."""
    kernels = np.stack(list(BANK.values())[:count])
    height, width = picture.shape[1:]
    rows, columns = axis(height, SIDE), axis(width, SIDE)
    return Volume(picture, kernels, correlate_volume(picture, kernels, rows, columns))


def activated(sums: Array, bias: float, *, rectified: bool) -> Array:
    """Add a bias, and apply ReLU if asked to."""
    shifted = sums + np.float32(bias)
    return np.maximum(shifted, np.float32(0)) if rectified else shifted


def bound(kernel: Array) -> float:
    """Return the largest magnitude of a sum over a picture in [0, 1]."""
    return max(float(kernel.clip(0).sum()), float(-kernel.clip(max=0).sum()))


def bars() -> Array:
    """Make a picture (3, 20, 20) of a red, a green, a blue and a white upright bar above a yellow
    one that lies, on black."""
    picture = np.zeros((CHANNELS, 20, 20), np.float32)
    for place, colour in enumerate((*COLOURS[:3], (1, 1, 1))):
        left = 1 + 5 * place
        picture[:, 1:13, left : left + 3] = np.reshape(colour, (CHANNELS, 1, 1))
    picture[:2, 15:18, 1:19] = 1
    return picture


def coloured(scene: Scene, image: Array) -> Array:
    """Give each item of a drawing a colour of ``COLOURS``; ``image`` (H, W) is how it looks.

    Returns (3, H, W): where items overlap their colours are mixed by their ink, and noise is grey.
    """
    inks = np.stack(
        [
            rasterize_scene(replace(scene, items=items, noise=Noise()))
            if items
            else np.zeros_like(image)
            for items in (scene.items[n :: len(COLOURS)] for n in range(len(COLOURS)))
        ]
    )
    total = inks.sum(0)
    mixed = np.tensordot(COLOURS.T, inks, 1) / np.maximum(total, 1e-6)
    return np.asarray(image * np.where(total > 0, mixed, 1), np.float32)


def channels_of(x: Array) -> Array:
    """Make three channels (3, H, W) of a picture (c, h, w), grey or red, green and blue: one with
    more than ``MOST_PIXELS`` along a side is reduced, each pixel the mean of those it stands for.
    """
    scale = min(1.0, MOST_PIXELS / max(x.shape[1:]))
    for along in (1, 2):
        length = x.shape[along]
        count = max(min(length, SIDE), round(length * scale))
        edges = np.arange(count + 1) * length // count
        shape = np.ones(3, int)
        shape[along] = count
        x = np.add.reduceat(x, edges[:-1], along) / np.diff(edges).reshape(shape)
    return np.asarray(np.broadcast_to(x, (CHANNELS, *x.shape[1:])), np.float32)


def across(count: int) -> int:
    """Return how many maps of an output stand beside each other."""
    return 1 if count == 1 else 2 if count <= 6 else 3


def tiled(maps: Array) -> Array:
    """Put maps (c, h, w) row by row into one array, ``GAP`` apart."""
    count, height, width = maps.shape
    wide = across(count)
    down = -(-count // wide)
    whole = np.zeros((down * (height + GAP) - GAP, wide * (width + GAP) - GAP), np.float32)
    for place, values in enumerate(maps):
        row, column = divmod(place, wide)
        top, left = row * (height + GAP), column * (width + GAP)
        whole[top : top + height, left : left + width] = values
    return whole
