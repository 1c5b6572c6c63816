"""Images: pictures as layers of a drawing, fitted into the canvas and joined to what is on it.

Pixels lie on the grid of 16-bit grey, so a layer is saved and loaded without loss.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from viz.scene.capacity import check_counts
from viz.scene.edit import limited, resized
from viz.scene.model import MAX_WIDTH, ImageLayer, Scene, Transform

Image = NDArray[np.float32]

MARGIN_PX = 4
"""What ``fit`` leaves free around the ink, as MNIST does."""


def inverted(layer: ImageLayer) -> ImageLayer:
    """Exchange ink and background."""
    return replace(layer, pixels=on_grid(1 - layer.pixels), inverted=not layer.inverted)


def fit(layer: ImageLayer, scene: Scene) -> ImageLayer:
    """Put a layer in the middle of the canvas, as large as it fits with MARGIN_PX around its ink.

    One no larger than the canvas stays 1:1 on whole pixels: an MNIST digit saved as a picture is
    exact.
    """
    height, width = layer.pixels.shape
    x, y = scene.centre
    if height <= scene.height and width <= scene.width:
        anchor = (x // 1 - width // 2 + width / 2, y // 1 - height // 2 + height / 2)
        return replace(layer, anchor=anchor, transform=Transform())
    ink_height, ink_width = _ink_size(layer.pixels)
    scale = min(
        scene.height / height,
        scene.width / width,
        (scene.height - 2 * MARGIN_PX) / ink_height,
        (scene.width - 2 * MARGIN_PX) / ink_width,
    )
    return replace(layer, anchor=(x, y), transform=limited(Transform(), scale=scale))


def place(scene: Scene, layer: ImageLayer) -> Scene:
    """Fit a layer and lay it on top.

    A picture that is wide for the canvas, such as a strip of digits, is fitted by its height, and
    the canvas widened for it as far as canvases go. Raises UserError if the scene can hold no more.
    """
    height, width = layer.pixels.shape
    ink_height, _ = _ink_size(layer.pixels)
    room = (scene.height - 2 * MARGIN_PX) / ink_height
    scale = 1.0 if height <= scene.height else min(scene.height / height, room)
    if width * scale > scene.width:
        wide = 4 * int(np.ceil((width * scale + 2 * MARGIN_PX) / 4))
        scene = resized(scene, scene.height, min(MAX_WIDTH, wide))
    return check_counts(replace(scene, items=(*scene.items, fit(layer, scene))))


def joined(scene: Scene, page: Scene) -> Scene:
    """Lay the images of a page in the middle of a drawing, on whole pixels.

    The canvas grows to hold both. Raises UserError if the scene can hold no more.
    """
    height, width = max(scene.height, page.height), max(scene.width, page.width)
    dx, dy = (width - page.width) // 2, (height - page.height) // 2
    layers = tuple(
        replace(item, anchor=(item.anchor[0] + dx, item.anchor[1] + dy))
        for item in page.items
        if isinstance(item, ImageLayer)
    )
    if (height, width) != (scene.height, scene.width):
        scene = resized(scene, height, width)
    return check_counts(replace(scene, items=(*scene.items, *layers)))


def _ink_size(pixels: Image) -> tuple[int, int]:
    """(height, width) of the box of what is at least half ink; of the picture if there is none."""
    drawn = pixels >= 0.5
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    if len(rows) == 0:
        return pixels.shape
    return int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1


def on_grid(pixels: Image) -> Image:
    """Round pixels to 16-bit grey, which a scene file keeps."""
    return np.asarray(np.rint(pixels * np.float32(65535)) / np.float32(65535), np.float32)
