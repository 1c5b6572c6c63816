"""The binding map as it lies on the canvas: a translucent picture."""

from __future__ import annotations

import numpy as np
from PyQt6.QtGui import QImage

from viz.chapters.binding.measure.binding_map import REACH, SIDE, BindingMap
from viz.nets.architecture import CLASSES, NONE_CLASS
from viz.views.theme import Theme

OPACITY, SAME_OPACITY = 0.75, 0.2
"""Of the map over the canvas where the answer is certain: another than now, and the present one or
none."""


def overlay_image(result: BindingMap, theme: Theme) -> QImage:
    """Return the map as an image of 25×25 translucent pixels that owns its data.

    Each pixel has the hue of its class, denser with higher confidence. The present answer stays
    pale, so that places with another digit stand out.
    """
    hues = np.array([theme.class_colour(k).getRgb()[:3] for k in range(CLASSES)], np.uint32)
    rgb = hues[result.classes]
    now = result.classes[REACH, REACH]
    pale = (result.classes == now) | (result.classes == NONE_CLASS)
    most = np.where(pale, SAME_OPACITY, OPACITY)
    alpha = (255 * most * result.probabilities).astype(np.uint32)
    pixels = alpha << 24 | rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2]
    return QImage(pixels.tobytes(), SIDE, SIDE, 4 * SIDE, QImage.Format.Format_ARGB32).copy()
