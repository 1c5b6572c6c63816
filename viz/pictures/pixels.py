"""Pixels: a decoded picture becomes bytes on an opaque ground, no larger than is needed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

Bytes = NDArray[np.uint8]

MAX_SIDE = 1600
"""The longer side that placing works on, in pixels; larger pictures are averaged over areas."""

_STRIP = 1 << 20  # pixels converted at a time, so that 100 megapixels need little more than decoded


def pixels_of(picture: Pillow.Image) -> Bytes:
    """Return a picture of mode L, RGB or RGBA as (h, w) or (h, w, 3) bytes of at most MAX_SIDE.

    What is transparent lies on white, or on black if nothing could be seen on white.
    """
    if picture.mode != "RGBA":
        return _reduced(picture, None)
    on_white = _reduced(picture, 255)
    if np.ptp(on_white) > 4:
        return on_white
    on_black = _reduced(picture, 0)
    return on_black if np.ptp(on_black) > 4 else on_white


def _reduced(picture: Pillow.Image, ground: int | None) -> Bytes:
    width, height = picture.size
    block = max(1, max(width, height) // (2 * MAX_SIDE))
    rows = max(1, _STRIP // width // block) * block
    strips = []
    for top in range(0, height, rows):
        strip = np.asarray(picture.crop((0, top, width, min(height, top + rows))))
        if ground is not None:
            alpha = strip[..., 3:].astype(np.float32) / np.float32(255)
            strip = np.rint(strip[..., :3] * alpha + ground * (1 - alpha)).astype(np.uint8)
        if block > 1:
            size = (max(1, width // block), max(1, strip.shape[0] // block))
            strip = np.asarray(cv2.resize(strip, size, interpolation=cv2.INTER_AREA), np.uint8)
        strips.append(strip)
    return shrunk(np.concatenate(strips), MAX_SIDE)


def shrunk(array: Bytes, side: int) -> Bytes:
    """Average over areas until no side is longer than ``side``."""
    longer = max(array.shape[:2])
    if longer <= side:
        return array
    size = (max(1, round(array.shape[1] * side / longer)),
            max(1, round(array.shape[0] * side / longer)))  # fmt: skip
    return np.asarray(cv2.resize(array, size, interpolation=cv2.INTER_AREA), np.uint8)
