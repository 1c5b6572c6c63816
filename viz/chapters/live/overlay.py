"""Signed values as they lie over the drawing: a translucent picture."""

from __future__ import annotations

import numpy as np
from PyQt6.QtGui import QImage

from viz.chapters.live.measure import Array
from viz.views.theme import Theme

OPACITY = 0.9
"""At the ends of the scale: the ink is still seen below it."""


def overlay_image(values: Array, peak: float, theme: Theme) -> QImage:
    """Return values (h, w) as an image of translucent pixels that owns its data.

    Hue by sign, that of the theme's diverging scale at its ends; the denser the larger.
    """
    strength = np.minimum(np.abs(values) / np.float32(peak), 1)
    alpha = (255 * OPACITY * strength).astype(np.uint32)
    hue = np.where(values > 0, theme.diverging[-1], theme.diverging[0]) & np.uint32(0xFFFFFF)
    pixels = alpha << 24 | hue
    height, width = values.shape
    image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_ARGB32)
    return image.copy()
