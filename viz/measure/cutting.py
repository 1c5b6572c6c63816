"""Windows cut out of a canvas about a point, for networks that are asked about one window each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def cut_about(images: Array, middle: tuple[float, float], side: int) -> Array:
    """Copy the pixels of ``images`` (…, H, W) in a square of ``side`` about (x, y), to the nearest
    whole pixel: (…, side, side), blank beyond the canvas."""
    left, top = (round(at - side / 2) for at in middle)
    height, width = images.shape[-2:]
    cut = np.zeros((*images.shape[:-2], side, side), np.float32)
    rows = slice(max(0, top), max(0, min(height, top + side)))
    columns = slice(max(0, left), max(0, min(width, left + side)))
    inside = images[..., rows, columns]
    down, right = rows.start - top, columns.start - left
    if inside.size:
        cut[..., down : down + inside.shape[-2], right : right + inside.shape[-1]] = inside
    return cut
