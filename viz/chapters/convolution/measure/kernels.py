"""Kernels by name, as the lecture and textbooks have them, for cross-correlation: not flipped."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import Architecture

Array = NDArray[np.float32]

EDGE = (1.0, 0.0, -1.0)


MOST_SIDE = 11
"""Rows and columns of a kernel at most."""


def learned(architecture: Architecture, weights: Mapping[str, Array]) -> tuple[Array, Array]:
    """Return the kernels (n, h, w) of a network's first layer, and their biases (n,); none where
    these are no shared kernels over the one input, or larger than ``MOST_SIDE``."""
    layer = architecture.layers[0]
    is_plain = layer.operation == "conv" and layer.inputs == 1 and not layer.unshared
    if not is_plain or layer.kernel > MOST_SIDE:
        return np.zeros((0, 1, 1), np.float32), np.zeros(0, np.float32)
    return weights[f"{layer.name}.weight"][:, 0], weights[f"{layer.name}.bias"]


def resized(kernel: Array, rows: int, columns: int) -> Array:
    """Return a kernel of another size, the old one in its middle and zeros round it; a side that
    grows or shrinks by an odd number does so at its end by one more."""
    made = np.zeros((rows, columns), np.float32)
    down, right = (
        (new - old) // 2 if new > old else -((old - new) // 2)
        for new, old in zip(made.shape, kernel.shape, strict=True)
    )
    here = made[max(0, down) :, max(0, right) :]
    there = kernel[max(0, -down) :, max(0, -right) :]
    height, width = min(len(here), len(there)), min(here.shape[1], there.shape[1])
    here[:height, :width] = there[:height, :width]
    return made


def _column(values: tuple[float, ...]) -> Array:
    return np.array(values, np.float32)[:, None]


PRESETS: dict[str, Array] = {
    "vertical": _column((1, 1, 1)) * np.array(EDGE, np.float32),
    "horizontal": _column(EDGE) * np.ones(3, np.float32),
    "sobel": _column((1, 2, 1)) * np.array(EDGE, np.float32),
    "scharr": _column((3, 10, 3)) * np.array(EDGE, np.float32),
    "laplacian": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float32),
    "box": np.full((3, 3), 1 / 9, np.float32),
    "gaussian": _column((1, 2, 1)) * np.array([1, 2, 1], np.float32) / np.float32(16),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], np.float32),
    "identity": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], np.float32),
}
"""3×3. ``vertical`` is the notes' [1 0 −1] in each row: positive where it is bright on the left and
dark on the right, although they say the opposite."""
