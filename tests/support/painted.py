"""What is painted: pixels of widgets, and how large units of maps are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QWidget

from viz.model.snapshot import Unit
from viz.views.maps.layer_maps import LayerMaps


def cell(maps: LayerMaps, layer: str) -> float:
    """Return the side in pixels of a unit of this layer."""
    at = maps.mosaics[layer].unit_position
    return at(Unit(layer, 0, 0, 1)).x() - at(Unit(layer, 0, 0, 0)).x()


def pixels(widget: QWidget) -> NDArray[np.uint8]:
    """Return a widget as it is painted: (height, width, 3), red, green and blue."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    bits = image.constBits()
    assert bits is not None
    bytes_ = np.frombuffer(bits.asstring(image.sizeInBytes()), np.uint8)
    return bytes_.reshape(image.height(), image.width(), 4)[:, :, 2::-1]
