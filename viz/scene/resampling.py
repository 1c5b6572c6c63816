"""Resampling: a picture in the scene becomes pixels of the canvas, through one affine map.

The layer's and the scene's transforms are joined, so that the picture is resampled once. At scale
1 and a whole-pixel shift it is copied exactly; otherwise it is interpolated bilinearly, 0 outside.
A shrunk picture is read from a pyramid of area averages (Williams, Pyramidal Parametrics, 1983),
between two of its levels, with several samples a pixel where it shrinks more one way than the
other. Averaging pales thin lines: each level is therefore darkened so that its ink is on average,
weighted by itself, as strong as the original's, and the pen of a large photo does not vanish.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viz.scene.model import ImageLayer, Scene, Transform
from viz.scene.recent import Recent

Image = NDArray[np.float32]
_Floats = NDArray[np.float64]
_Pyramid = tuple[Image, ...]
"""Levels 0, 1, 2, …, each half as large, with one pixel of 0 around it."""

MOST_GAIN = 8.0
"""How many times a level's ink may be strengthened."""

_MOST_SAMPLES = 4
_GRID = 4096.0

_PYRAMID_BYTES = 96 << 20  # those of one scene, at the most: 16 megapixels of 4 bytes, 4/3 times
# Values hold the pixels too: as long as they live, their id is not given to another array
_pyramids: Recent[int, tuple[Image, _Pyramid]] = Recent(_PYRAMID_BYTES)


def resample(layer: ImageLayer, scene: Scene) -> Image:
    """Return the layer as it lies on the scene's canvas: (H, W) float32 in [0, 1], read-only."""
    return _resample(layer, scene.transform, scene.height, scene.width)


def pyramid(pixels: Image) -> _Pyramid:
    """Average (h, w) pixels over areas, halved again and again, with their ink's strength kept."""
    kept = _pyramids.get(id(pixels))
    if kept is None:
        strength = _strength(pixels)
        levels = [np.pad(pixels, 1)]
        level = pixels
        while max(level.shape) > 1:
            level = np.pad(level, [(0, side % 2) for side in level.shape])
            four = level[::2, ::2] + level[::2, 1::2] + level[1::2, ::2] + level[1::2, 1::2]
            level = four * np.float32(0.25)
            gain = min(max(strength / max(_strength(level), 1e-6), 1.0), MOST_GAIN)
            levels.append(np.pad(np.minimum(level * np.float32(gain), 1), 1))
        kept = (pixels, tuple(levels))
        _pyramids.put(id(pixels), kept, sum(level.nbytes for level in levels))
    return kept[1]


def _strength(pixels: Image) -> float:
    """Average the ink, weighted by itself: 1 for any black line on white, 0 for no ink."""
    total = float(pixels.sum(dtype=np.float64))
    return float((pixels.astype(np.float64) ** 2).sum()) / total if total > 0 else 0.0


@lru_cache(8)
def _resample(layer: ImageLayer, transform: Transform, height: int, width: int) -> Image:
    scene, image = Scene(height, width, (), transform), np.zeros((height, width), np.float32)
    matrix, offset = _canvas_to_picture(layer, scene)
    if np.array_equal(matrix, np.eye(2)) and np.array_equal(offset, np.rint(offset)):
        _copy(layer.pixels, image, int(-offset[1]), int(-offset[0]))
    else:
        left, top, right, bottom = _reach(layer.pixels, matrix, offset, scene)
        if left < right and top < bottom:
            x = np.arange(left, right, dtype=np.float64) + 0.5
            y = np.arange(top, bottom, dtype=np.float64) + 0.5
            image[top:bottom, left:right] = _sampled(layer.pixels, matrix, offset, x, y)
    image.setflags(write=False)
    return image


def _canvas_to_picture(layer: ImageLayer, scene: Scene) -> tuple[_Floats, _Floats]:
    """Return picture = matrix · canvas + offset, both (x, y) from their upper left corners."""
    height, width = layer.pixels.shape
    corner = np.array(layer.anchor) - (width / 2, height / 2)
    if layer.transform.is_shift and scene.transform.is_shift:
        there = np.array((scene.transform.dx, scene.transform.dy))
        shift = np.array((layer.transform.dx, layer.transform.dy)) + there + corner
        return np.eye(2), -np.rint(shift * _GRID) / _GRID
    canvas = np.array([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)])
    own = layer.transform.unapply(scene.transform.unapply(canvas, scene.centre), layer.anchor)
    origin, x, y = own - corner
    return np.stack([x - origin, y - origin], axis=1), origin


def _copy(pixels: Image, image: Image, top: int, left: int) -> None:
    """Copy the picture's pixels, its upper left corner at a whole pixel of the image."""
    height, width = pixels.shape
    y0, x0 = max(0, top), max(0, left)
    y1, x1 = min(image.shape[0], top + height), min(image.shape[1], left + width)
    if y0 < y1 and x0 < x1:
        image[y0:y1, x0:x1] = pixels[y0 - top : y1 - top, x0 - left : x1 - left]


def _reach(
    pixels: Image, matrix: _Floats, offset: _Floats, scene: Scene
) -> tuple[int, int, int, int]:
    """Return (left, top, right, bottom) of the canvas's pixels that the picture may touch."""
    height, width = pixels.shape
    # A level's outermost pixels fade over half their own size, which is up to a canvas pixel
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    on_canvas = np.linalg.solve(matrix, (corners - offset).T).T
    spread = 1 + np.abs(np.linalg.inv(matrix)).sum(1)
    limit = (scene.width, scene.height)
    low = np.clip(np.floor(on_canvas.min(0) - spread), 0, limit).astype(int)
    high = np.clip(np.ceil(on_canvas.max(0) + spread), 0, limit).astype(int)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _sampled(pixels: Image, matrix: _Floats, offset: _Floats, x: _Floats, y: _Floats) -> Image:
    """Sample the picture at the canvas points y × x (pixel centres): (len(y), len(x)) float32."""
    levels = pyramid(pixels)
    per_x, per_y = np.hypot(*matrix)  # the picture's pixels per canvas pixel, along x and along y
    least = max(1.0, min(per_x, per_y))
    depth = min(math.log2(least), len(levels) - 1)
    across, down = (
        min(_MOST_SAMPLES, max(1, math.ceil(per / least - 0.01))) for per in (per_x, per_y)
    )
    total = np.zeros((len(y), len(x)), np.float32)
    for dx in (np.arange(across) + 0.5) / across - 0.5:
        for dy in (np.arange(down) + 0.5) / down - 0.5:
            u = matrix[0, 0] * (x + dx) + matrix[0, 1] * (y[:, None] + dy) + offset[0]
            v = matrix[1, 0] * (x + dx) + matrix[1, 1] * (y[:, None] + dy) + offset[1]
            lower = int(depth)
            share = np.float32(depth - lower)
            sample = _bilinear(levels[lower], u / 2**lower, v / 2**lower)
            if share > 0:
                upper = _bilinear(levels[lower + 1], u / 2 ** (lower + 1), v / 2 ** (lower + 1))
                sample += share * (upper - sample)
            total += sample
    return total / np.float32(across * down)


def _bilinear(level: Image, u: _Floats, v: _Floats) -> Image:
    """Interpolate a padded level at the points (u, v), measured without the padding."""
    height, width = level.shape
    x = np.clip(u + 0.5, 0, width - 1)
    y = np.clip(v + 0.5, 0, height - 1)
    column = np.minimum(x.astype(np.intp), width - 2)
    row = np.minimum(y.astype(np.intp), height - 2)
    fx, fy = (x - column).astype(np.float32), (y - row).astype(np.float32)
    flat, at = level.ravel(), row * width + column
    top = flat[at] + fx * (flat[at + 1] - flat[at])
    low = flat[at + width] + fx * (flat[at + width + 1] - flat[at + width])
    return np.asarray(top + fy * (low - top), np.float32)
