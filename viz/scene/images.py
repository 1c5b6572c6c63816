"""Reading pictures: one in a file, or pasted pixels, becomes a layer with ink = 1 on 0.

In this order a picture is laid on white where it is
transparent, reduced to grey (luminance, Rec. 601) and to at most MAX_SIDE pixels a side by
averaging areas. A dark-on-light picture, known by its border or most of it, is inverted, which its
layer says. One whose background is black and whose ink is full is then left as it is, to the bit.
Any other is taken for a photograph: an estimate of its unlit background is divided out, what is
weaker than the paper's own noise becomes 0, and the contrast is stretched until ink is about 1.

Pixels lie on the grid of 16-bit grey, so a layer is saved and loaded without loss.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from viz.i18n import tr
from viz.scene.capacity import check_counts
from viz.scene.decoding import check_size, open_picture
from viz.scene.edit import limited, resized
from viz.scene.model import MAX_WIDTH, ImageLayer, Scene, Transform

Image = NDArray[np.float32]

MAX_SIDE = 1024
"""The longer side of a layer, in pixels."""

MARGIN_PX = 4
"""What ``fit`` leaves free around the ink, as MNIST does."""

_STRIP = 1 << 20  # pixels converted at a time, so that 100 megapixels need little more than decoded
_FAINT = 0.02  # less contrast than this is none


def read_image(source: str | Path | bytes, name: str = "") -> ImageLayer:
    """Read the picture in a file, or in a file's bytes, as a layer that is not yet placed.

    ``name`` defaults to the file's name. Raises UserError as ``open_picture`` does.
    """
    if not isinstance(source, bytes):
        name = name or Path(source).name
    picture = open_picture(source, name, least_side=MAX_SIDE)
    return _layer(_light(picture), name)


def layer_from_pixels(array: NDArray[np.uint8], name: str = "") -> ImageLayer:
    """Make a layer of pixels, uint8 of shape (h, w), (h, w, 3) RGB or (h, w, 4) RGBA.

    Raises UserError if there are none or too many, ValueError for another shape.
    """
    if (
        array.dtype != np.uint8
        or array.ndim not in (2, 3)
        or array.shape[2:] not in ((), (3,), (4,))
    ):
        raise ValueError(f"pixels are uint8 (h, w[, 3 or 4]), not {array.dtype} {array.shape}")
    check_size((array.shape[1], array.shape[0]), name or tr("The picture"))
    return _layer(_light(Pillow.fromarray(np.ascontiguousarray(array))), name)


def inverted(layer: ImageLayer) -> ImageLayer:
    """Exchange ink and background."""
    return replace(layer, pixels=_on_grid(1 - layer.pixels), inverted=not layer.inverted)


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


def _light(picture: Pillow.Image) -> Image:
    """The picture's brightness in [0, 1], at most MAX_SIDE a side, averaged over areas, on white.

    If laid on white it shows nothing, it is white on transparent, and laid on black.
    """
    width, height = picture.size
    longer = max(width, height)
    block = max(1, longer // (2 * MAX_SIDE))
    rows = max(1, _STRIP // width // block) * block
    strips = [
        _blocks(_on_white_and_black(picture.crop((0, y, width, min(height, y + rows)))), block)
        for y in range(0, height, rows)
    ]
    both = np.concatenate(strips, axis=1)
    light = both[0] if np.ptp(both[0]) >= _FAINT or np.ptp(both[1]) < _FAINT else both[1]
    if longer <= MAX_SIDE:
        return np.asarray(light, np.float32)
    size = (max(1, round(width * MAX_SIDE / longer)), max(1, round(height * MAX_SIDE / longer)))
    return _resized(light, size, Pillow.Resampling.BOX, (width / block, height / block))


def _on_white_and_black(strip: Pillow.Image) -> Image:
    """(2, h, w) brightness of a strip laid on white, and laid on black."""
    clear = strip.convert("RGBA") if strip.has_transparency_data else None
    if clear is None or clear.getchannel("A").getextrema() == (255, 255):
        grey = np.asarray(strip.convert("L"), np.float32) / np.float32(255)
        return np.stack([grey, grey])
    grey = np.asarray(clear.convert("RGB").convert("L"), np.float32)
    alpha = np.asarray(clear.getchannel("A"), np.float32) / np.float32(255)
    black = grey * alpha / np.float32(255)
    return np.stack([black + (1 - alpha), black])


def _blocks(images: Image, block: int) -> Image:
    """(2, h, w) averaged over blocks of block × block pixels, the last ones filled up."""
    if block == 1:
        return images
    filled = np.pad(images, ((0, 0), *((0, -side % block) for side in images.shape[1:])), "edge")
    two, height, width = filled.shape
    split = filled.reshape(two, height // block, block, width // block, block)
    return np.asarray(split.mean(axis=(2, 4), dtype=np.float32))


def _resized(
    image: Image, size: tuple[int, int], how: Pillow.Resampling, box: tuple[float, float]
) -> Image:
    """The image's upper left ``box`` (width, height) resampled to ``size`` (width, height)."""
    picture = Pillow.fromarray(np.ascontiguousarray(image, np.float32))
    box = (min(box[0], image.shape[1]), min(box[1], image.shape[0]))
    return np.asarray(picture.resize(size, how, (0, 0, *box)), np.float32)


def _layer(light: Image, name: str) -> ImageLayer:
    height, width = light.shape
    edge = max(1, min(height, width) // 32)
    border = np.concatenate(
        [
            light[:edge].ravel(),
            light[-edge:].ravel(),
            light[:, :edge].ravel(),
            light[:, -edge:].ravel(),
        ]
    )
    middle = (float(light.min()) + float(light.max())) / 2 if np.ptp(light) >= _FAINT else 0.5
    # A sheet on a dark table has a dark border, but is light as a whole
    inverted = bool(max(np.median(border), np.median(light)) > middle)
    pixels = _on_grid(_evened(1 - light if inverted else light))
    return ImageLayer(pixels, (width / 2, height / 2), inverted=inverted, name=name)


def _evened(ink: Image) -> Image:
    """The ink of a photograph on an even 0, about 1 strong; a clean picture unchanged."""
    clean = np.median(ink) <= _FAINT and np.percentile(ink, 25) <= _FAINT / 4
    if clean and ink.max() >= 0.9:
        return ink
    paper = np.clip(_background(ink), 0, 0.95)
    even = np.clip((ink - paper) / (1 - paper), 0, 1)
    middle = np.median(even)
    noise = 1.4826 * np.median(np.abs(even - middle))  # of a normal distribution: its sigma
    low = float(middle + 4 * noise)
    drawn = even[even > low + _FAINT]
    even = np.clip(even - low, 0, 1)
    if drawn.size == 0:
        return np.asarray(even, np.float32)
    contrast = float(np.percentile(drawn, 80)) - low
    return np.asarray(np.clip(even / contrast, 0, 1) if contrast >= 0.1 else even, np.float32)


def _background(ink: Image) -> Image:
    """The darkness of the bare paper under the ink, as smooth as light falls.

    A quadratic surface through what is not ink follows the light to the borders; a morphological
    opening of what it leaves follows shadows.
    """
    height, width = ink.shape
    shrink = max(1.0, max(height, width) / 96)
    size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    small = _resized(ink, size, Pillow.Resampling.BOX, (width, height))
    reach = max(2, max(small.shape) // 10)
    surface = _surface(small)
    opened = -_lowest(-_lowest(small - surface, reach), reach)
    smooth = surface + _mean(_mean(opened, reach).T, reach).T
    box = (smooth.shape[1], smooth.shape[0])
    return _resized(smooth, (width, height), Pillow.Resampling.BICUBIC, box)


def _surface(image: Image) -> Image:
    """The quadratic surface nearest to the image's pixels, fitted again without those far above."""
    y, x = (np.linspace(-1, 1, side) for side in image.shape)
    x, y = (axis.ravel() for axis in np.meshgrid(x, y))
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    values = image.ravel().astype(np.float64)
    kept = np.ones(len(values), np.bool_)
    fitted = values
    for _ in range(6):
        fitted = terms @ np.linalg.lstsq(terms[kept], values[kept], rcond=None)[0]
        above = values - fitted
        kept = above <= np.median(above) + 2 * 1.4826 * np.median(np.abs(above - np.median(above)))
    return fitted.reshape(image.shape).astype(np.float32)


def _lowest(image: Image, reach: int) -> Image:
    """Each pixel's minimum over the square reaching ``reach`` pixels every way."""
    for axis in (0, 1):
        padded = np.pad(image, [(reach, reach) if a == axis else (0, 0) for a in (0, 1)], "edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis)
        image = windows.min(-1)
    return image


def _mean(image: Image, reach: int) -> Image:
    """Each pixel's mean over the rows up to ``reach`` above and below."""
    padded = np.pad(image, ((reach, reach), (0, 0)), "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, 0)
    return np.asarray(windows.mean(-1), np.float32)


def _ink_size(pixels: Image) -> tuple[int, int]:
    """(height, width) of the box of what is at least half ink; of the picture if there is none."""
    drawn = pixels >= 0.5
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    if len(rows) == 0:
        return pixels.shape
    return int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1


def _on_grid(pixels: Image) -> Image:
    """The pixels rounded to 16-bit grey, which a scene file keeps."""
    return np.asarray(np.rint(pixels * np.float32(65535)) / np.float32(65535), np.float32)
