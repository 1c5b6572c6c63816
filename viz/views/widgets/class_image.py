"""The image of answers: one pixel each, hue = class, strength = p, and where a class has room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor, QImage

from viz.nets.architecture import CLASSES, NONE_CLASS
from viz.views.theme import Theme

Classes = NDArray[np.intp]
Array = NDArray[np.float32]

NONE_STRENGTH = 0.35
"""“None” is what the digits lie in, not a figure of its own: its grey is nearer to the ground."""


def colour_of(number: int, theme: Theme) -> QColor:
    """The hue of a class on the map."""
    hue, ground = theme.class_colour(number), theme.surface
    if number != NONE_CLASS:
        return hue
    pairs = zip(hue.getRgb()[:3], ground.getRgb()[:3], strict=True)
    return QColor(*(round(b + NONE_STRENGTH * (a - b)) for a, b in pairs))


def answer_image(classes: Classes, probabilities: Array, theme: Theme) -> QImage:
    """One pixel per answer: the class's hue, the stronger the more probable; owns its pixels.

    ``classes`` (h, w) in 0 … 10, ``probabilities`` (h, w) in [0, 1]; p = 0 is the theme's surface.
    """
    height, width = classes.shape
    hues = np.array([colour_of(k, theme).getRgb()[:3] for k in range(CLASSES)], np.float32)
    ground = np.array(theme.surface.getRgb()[:3], np.float32)
    strength = probabilities[..., None]
    rgb = (ground + strength * (hues[classes] - ground) + np.float32(0.5)).astype(np.uint32)
    pixels = np.uint32(0xFF000000) | rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2]
    return QImage(
        pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32
    ).copy()  # owns its pixels


def clearances(classes: Classes) -> NDArray[np.intp]:
    """How many cells lie between each cell and the nearest other class along rows and columns.

    (h, w) of 1 …: 1 beside another class; the map's own border ends nothing but the map.
    """
    found = []
    for axis in (0, 1):
        same = np.moveaxis(classes, axis, 0)
        places = np.arange(len(same))[:, None]
        change = np.ones(same.shape, bool)
        change[1:] = same[1:] != same[:-1]
        first = np.maximum.accumulate(np.where(change, places, 0), 0)
        last_change = np.ones(same.shape, bool)
        last_change[:-1] = change[1:]
        last = np.minimum.accumulate(np.where(last_change, places, len(same))[::-1], 0)[::-1]
        inner = np.minimum(places - first, last - places) + 1
        found.append(np.moveaxis(inner, 0, axis))
    return np.minimum(*found)
