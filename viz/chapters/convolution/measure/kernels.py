"""Kernels by name, as the lecture and textbooks have them, for cross-correlation: not flipped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

EDGE = (1.0, 0.0, -1.0)


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
