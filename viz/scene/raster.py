"""Rasterising: vectors become an image (H, W) float32 in [0, 1], ink = 1.

A pixel's ink depends only on the distance d of its centre from the polyline: full inside the pen,
falling as a smoothstep over ±SOFTNESS about its rim, which looks like MNIST's own grey levels and
is smooth (C¹) under sub-pixel motion. Points are first rounded to 1/4096 pixel and taken relative
to a whole pixel; so a shift by whole pixels repeats the same arithmetic and gives the same bits.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from viz.scene.model import ImageLayer, Noise, Points, Scene, Stroke
from viz.scene.resampling import resample

Image = NDArray[np.float32]

SOFTNESS = 0.8
"""Half the width of a stroke's soft rim, in pixels."""

_GRID = 4096.0
_FAR = 1e6
_CHUNK = 16
"""Segments rasterised together: a stroke that grows under the pen redoes only its last chunk."""

_Patch = tuple[int, int, Image]
_patches: OrderedDict[tuple[bytes, float], _Patch] = OrderedDict()
_PATCHES_KEPT = 512


def rasterize(strokes: Iterable[Stroke], height: int, width: int) -> Image:
    """The strokes on a blank canvas: (height, width) float32 in [0, 1].

    Strokes overlap as their maximum, so crossing ink is not darker than ink.
    """
    image = np.zeros((height, width), np.float32)
    for stroke in strokes:
        _draw(stroke, image)
    return image


def rasterize_scene(scene: Scene) -> Image:
    """The whole scene as the network sees it: items, then noise, clipped to [0, 1]."""
    image = np.zeros((scene.height, scene.width), np.float32)
    for index, item in enumerate(scene.items):
        if isinstance(item, ImageLayer):
            np.maximum(image, resample(item, scene), out=image)
        else:
            for stroke in scene.strokes_of(index):
                _draw(stroke, image)
    return add_noise(image, scene.noise)


def add_noise(image: Image, noise: Noise) -> Image:
    """The image with the noise on it, clipped to [0, 1]; the image itself if there is none."""
    if noise.sigma <= 0 and noise.salt_pepper <= 0:
        return image
    rng = np.random.default_rng(noise.seed)
    gaussian = rng.standard_normal(image.shape, np.float32)
    noisy = np.clip(image + np.float32(noise.sigma) * gaussian, 0, 1)
    if noise.salt_pepper > 0:
        u = rng.random(image.shape, np.float32)
        noisy[u < noise.salt_pepper / 2] = 0
        noisy[u > 1 - noise.salt_pepper / 2] = 1
    return noisy


def _draw(stroke: Stroke, image: Image) -> None:
    points = np.rint(np.clip(stroke.points, -_FAR, _FAR) * _GRID) / _GRID
    height, width = image.shape
    reach = stroke.width_px / 2 + SOFTNESS
    for start in range(0, max(1, len(points) - 1), _CHUNK):
        part = points[start : start + _CHUNK + 1]
        (left, top), (right, bottom) = part.min(0) - reach, part.max(0) + reach
        if right <= 0 or bottom <= 0 or left >= width or top >= height:
            continue
        y, x, patch = _coverage(part, stroke.width_px, height, width)
        y0, x0 = max(0, y), max(0, x)
        y1, x1 = min(height, y + patch.shape[0]), min(width, x + patch.shape[1])
        if y1 <= y0 or x1 <= x0:
            continue
        ink = patch[y0 - y : y1 - y, x0 - x : x1 - x]
        if stroke.ink != 1:
            ink = ink * np.float32(stroke.ink)
        region = image[y0:y1, x0:x1]
        np.maximum(region, ink, out=region)


def _coverage(points: Points, width_px: float, height: int, width: int) -> _Patch:
    """(top, left, patch) of a few segments' ink; the patch may reach over the canvas's edge."""
    origin = np.floor(points.min(0))
    local = points - origin
    reach = width_px / 2 + SOFTNESS
    extent = local.max(0) + reach
    if extent.max() > 64:  # a long stroke: only what lies on the canvas, and not worth keeping
        first = np.maximum(np.floor(-reach), -origin)
        last = np.minimum(np.ceil(extent), np.array([width, height]) - origin)
        patch = _soft_pen(local, width_px, first, last)
        return int(origin[1] + first[1]), int(origin[0] + first[0]), patch
    key = (local.tobytes(), width_px)
    first = np.full(2, np.floor(-reach))
    kept = _patches.get(key)
    if kept is None:
        kept = (0, 0, _soft_pen(local, width_px, first, np.ceil(extent)))
        _patches[key] = kept
        if len(_patches) > _PATCHES_KEPT:
            _patches.popitem(last=False)
    return int(origin[1] + first[1]), int(origin[0] + first[0]), kept[2]


def _soft_pen(points: Points, width_px: float, first: Points, last: Points) -> Image:
    """The ink of the segments on the pixels first … last (x, y), relative to their origin."""
    px = np.arange(first[0], last[0], dtype=np.float32)[None, None, :] + np.float32(0.5)
    py = np.arange(first[1], last[1], dtype=np.float32)[None, :, None] + np.float32(0.5)
    start = points[:-1] if len(points) > 1 else points
    end = points[1:] if len(points) > 1 else points
    step = (end - start).astype(np.float32)
    length2 = (step**2).sum(1)
    inverse = np.divide(1, length2, out=np.zeros_like(length2), where=length2 > 0)
    ax, ay = start.astype(np.float32).T[:, :, None, None]
    ux, uy = step.T[:, :, None, None]
    dx, dy = px - ax, py - ay  # (segments, 1, w) and (segments, h, 1)
    # Where along the segment the pixel projects, 0 … 1
    t = dx * (ux * inverse[:, None, None]) + dy * (uy * inverse[:, None, None])
    np.clip(t, 0, 1, out=t)
    distance2 = (dx - t * ux) ** 2 + (dy - t * uy) ** 2
    distance = np.sqrt(distance2.min(0))
    u = np.clip((np.float32(width_px / 2 + SOFTNESS) - distance) / np.float32(2 * SOFTNESS), 0, 1)
    ink = u * u * (3 - 2 * u)
    if width_px < 2 * SOFTNESS:  # a pen thinner than the rim: as much ink as its width gives
        ink *= np.float32(width_px / (2 * SOFTNESS)) ** np.float32(0.5)
    return np.asarray(ink, np.float32)
