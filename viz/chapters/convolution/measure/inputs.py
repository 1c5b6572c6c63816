"""What a kernel is applied to: the canvas, a picture at its own size, or a small matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.scene import ImageLayer
from viz.session.codec import Picture

Array = NDArray[np.float32]
Bytes = NDArray[np.uint8]

LIGHT = 10
"""The lecture's notes draw light with tens and dark with zeros."""

PATTERNS = ("light-dark", "dark-light", "checkerboard")
"""Of ``matrix``."""

TINY = 1e-30
"""Colours divide by the largest value, and in float32 1/1e-44 is infinite."""

Matrix = tuple[tuple[float, ...], ...]

GREEN = 1
"""The channel of a picture in colour whose products are written out."""


@dataclass(frozen=True, eq=False)
class Input:
    """``x`` (c, H, W), one channel or red, green and blue, of values up to ``most`` or from
    −``most``; ``lights`` (H, W, 3) are its colours, if light is large; None for ink."""

    x: Array
    most: float = 1.0
    lights: Bytes | None = None

    @property
    def channel(self) -> int:
        """The channel whose products are written out."""
        return GREEN if len(self.x) > 1 else 0


def matrix(pattern: str, side: int) -> Array:
    """Make a matrix of tens and zeros, at least 2×2: light on the left and dark on the right, its
    mirror, or the first over the second. Raises ValueError for another name."""
    light = np.full((side, side), LIGHT, np.float32)
    light[:, side // 2 :] = 0
    if pattern == "light-dark":
        return light
    if pattern == "dark-light":
        return np.ascontiguousarray(light[:, ::-1])
    if pattern == "checkerboard":
        return np.concatenate([light[: side // 2], light[side // 2 :, ::-1]])
    raise ValueError(f"there is no pattern {pattern!r}")


def rows_of(array: Array) -> Matrix:
    """Return an array (h, w) as rows, which can be compared."""
    return tuple(tuple(row) for row in array.tolist())


def array_of(rows: Any, least: int, most: int, largest: float) -> Array | None:
    """Return the array (h, w) of rows from a file, ``least`` to ``most`` of them and as many
    columns, of numbers within ±``largest``; None for anything else. What is too close to 0 to be
    divided by is 0."""
    if not isinstance(rows, Sequence) or not least <= len(rows) <= most:
        return None
    if not all(isinstance(row, Sequence) and len(row) == len(rows[0]) for row in rows):
        return None
    flat = [value for row in rows for value in row]
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in flat):
        return None
    if not least <= len(rows[0]) <= most or not all(abs(value) <= largest for value in flat):
        return None
    made = np.array(rows, np.float32)
    made[np.abs(made) < TINY] = 0
    return made


def of(source: Picture | ImageLayer | Matrix | Array) -> Input:
    """Make the input of a picture, of an image's ink, of a matrix, or of the canvas (H, W)."""
    if isinstance(source, Picture):
        pixels = source.pixels
        colours = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, 2)
        x = pixels.astype(np.float32) / np.float32(255)
        x = np.ascontiguousarray(np.moveaxis(x, 2, 0)) if x.ndim == 3 else x[None]
        return Input(x, 1.0, colours)
    if isinstance(source, ImageLayer):
        return Input(source.pixels[None])
    if isinstance(source, tuple):
        x = np.array(source, np.float32)
        most = float(np.abs(x).max()) or 1.0
        grey = np.clip(x * np.float32(255 / most), 0, 255).astype(np.uint8)
        return Input(x[None], most, np.repeat(grey[..., None], 3, 2))
    return Input(source[None])
