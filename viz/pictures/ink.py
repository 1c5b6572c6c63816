"""Ink: what differs from its background in a picture, by brightness or by colour.

The background is what a closing, or for light ink an opening, and a median over a third of the
picture leave: it follows light and the edges of shadows, and strokes are gone from it. What is left
solid in it and touches no border, such as a disc, is ink. What lies around a sheet on a dark table
is none. The distance of each pixel's colour from its background's is its ink; a change of
brightness the other way, such as glare on a whiteboard, is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
Mask = NDArray[np.bool_]

_SMALL = 240
"""The longer side at which the background is estimated, in pixels."""

_LEAST = 0.025
"""Weaker contrast than this is none."""

_TINY = 100
"""No photo is so small: a side in pixels."""

_EVEN = 0.1
"""An even background differs less than this from its colour."""

_HUE_NOISE = 0.02
"""So much colour a JPEG file may add to grey."""

_NOISE = 5.0
"""Ink stands out by so many standard deviations of the background."""


@dataclass(frozen=True)
class Ink:
    """``strength`` (h, w) float32, at least 0, about the contrast of what is written; ``mask``
    (h, w) bool, where it is certainly more than noise; ``edges`` (h, w) bool, where the background
    itself has an edge, as a shadow's. ``dark``: darker than its background, which is of one colour
    if it is ``even``."""

    strength: Image
    mask: Mask
    edges: Mask
    dark: bool
    even: bool


def separate(picture: NDArray[np.uint8]) -> Ink:
    """Separate a picture (h, w) grey or (h, w, 3) RGB from its background."""
    colours = picture[..., None] if picture.ndim == 2 else picture
    if colours.shape[2] == 3 and (np.ptp(colours, axis=2) == 0).all():
        colours = colours[..., :1]
    even = _even_colour(colours)
    image = np.asarray(colours, np.float32) / np.float32(255)
    if even is None and min(image.shape[:2]) >= _TINY:
        image = _blurred(image, 2.0 if _is_dithered(colours) else 1.0)
    back = _background(image, even)
    change = image - back.colours
    light = change.mean(2)
    strength = np.maximum(-light if back.dark else light, 0)
    if back.dark:  # reflected light: as strong in the shadow as beside it
        strength = strength / np.clip(back.colours.mean(2), 0.2, 1)
    if image.shape[2] == 3:
        hue = np.sqrt(((change - light[..., None]) ** 2).mean(2))
        strength = np.hypot(strength, np.maximum(hue - _HUE_NOISE, 0))
    bare = strength if back.sheet is None else strength[back.sheet]
    if even is not None:  # of which a bold digit may hide more than half
        bare = bare[bare < _EVEN] if (bare < _EVEN).any() else bare
    low = float(np.median(bare))
    noise = 1.4826 * float(np.median(np.abs(bare - low)))
    strength = np.maximum(strength - low - back.slack, 0)
    if back.sheet is not None:
        strength[~back.sheet] = 0
    mask = strength > max(_NOISE * noise, _LEAST)
    return Ink(
        np.asarray(strength, np.float32),
        np.asarray(mask),
        back.slack > 0,
        back.dark,
        even is not None,
    )


def _blurred(image: Image, sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32).reshape(image.shape)


def _is_dithered(colours: NDArray[np.uint8]) -> bool:
    """Whether the picture is of two colours only, finely mixed."""
    grey = colours[..., 0]
    if colours.shape[2] > 1 or len(np.unique(grey)) > 2:
        return False
    ink = (grey == grey.max()) == ((grey == grey.max()).mean() < 0.5)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=4)
    areas = stats[1:, 4]
    return bool(areas[areas <= 4].sum() > 0.01 * grey.size)


def _even_colour(colours: NDArray[np.uint8]) -> Image | None:
    """The one colour of at least half of the pixels, as of a drawing or a scan; None of a photo."""
    coarse = np.zeros(colours.shape[:2], np.int32)
    for channel in range(colours.shape[2]):
        coarse = coarse * 32 + (colours[..., channel] >> 3)
    votes = coarse
    if min(coarse.shape) < _TINY:  # a bold digit may fill more than half of it
        votes = np.concatenate([coarse[0], coarse[-1], coarse[:, 0], coarse[:, -1]])
    most = int(np.bincount(votes.ravel()).argmax())
    colour = np.median(colours[coarse == most], axis=0)
    apart = np.abs(colours.astype(np.int16) - colour).max(2)
    least = 0.5 if min(apart.shape) >= _TINY else 0.3
    if (apart <= 4).mean() < least or _is_dithered(colours):
        return None
    return np.asarray(colour / 255, np.float32)


@dataclass(frozen=True)
class _Background:
    """``colours`` (h, w, c); ``slack`` (h, w): how far they may be wrong, at their own edges;
    ``dark``: whether ink is darker; ``sheet`` (h, w): where the one sheet lies that is there."""

    colours: Image
    slack: Image
    dark: bool
    sheet: Mask | None


def _background(image: Image, even: Image | None) -> _Background:
    height, width, channels = image.shape
    if even is not None and min(height, width) < _TINY:
        blank = np.zeros((height, width), np.float32)
        colours = np.broadcast_to(even, image.shape).astype(np.float32)
        return _Background(colours, blank, _is_darker(image, even), None)
    shrink = max(1.0, max(height, width) / _SMALL)
    size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    resized = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    small = np.asarray(resized, np.float32).reshape(size[1], size[0], channels)
    sheet = _sheet(small)
    if sheet is not None:
        small = np.where(sheet[..., None], small, _surface(small, sheet))
    reach = max(2, min(size) // 6, max(size) // 16)
    dark = _is_dark(small.mean(2), _median(small, reach).mean(2))
    local = _median(np.dstack([_smoothed(small[..., c], reach) for c in range(channels)]), reach)
    local = _without_solids(small, local, even)
    square = np.ones((3, 3), np.uint8)
    spread = [cv2.morphologyEx(local[..., c], cv2.MORPH_GRADIENT, square) for c in range(channels)]
    slack = np.max(spread, axis=0)
    slack = np.where(slack > 0.04, slack, 0).astype(np.float32)

    def full(array: Image) -> Image:
        large = cv2.resize(array, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(large, np.float32)

    paper = None if sheet is None else full(sheet.astype(np.float32)) > 0.99
    return _Background(full(local).reshape(image.shape), full(slack), dark, paper)


def _sheet(small: Image) -> Mask | None:
    """Where a sheet lies on something much darker, or None: light, convex, and in the picture."""
    light = small.mean(2)
    side = max(3, min(light.shape) // 12)
    closed = cv2.morphologyEx(light, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    light = np.asarray(closed, np.float32)
    bytes_ = np.rint(np.clip(light, 0, 1) * 255).astype(np.uint8)
    _, bright = cv2.threshold(bytes_, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    if not 0 < bright.mean() < 1 or light[bright > 0].mean() - light[bright == 0].mean() < 0.25:
        return None
    count, labels, stats, _ = cv2.connectedComponentsWithStats(bright, connectivity=4)
    if count < 2:
        return None
    label = 1 + int(stats[1:, 4].argmax())
    inside = (labels == label).astype(np.uint8)
    if not 0.08 < inside.mean() < 0.92:
        return None
    rim = np.concatenate([inside[0], inside[-1], inside[:, 0], inside[:, -1]])
    if rim.mean() > 0.3:
        return None
    contours, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))
    if inside.sum() < 0.9 * cv2.contourArea(hull):
        return None
    filled = cv2.fillConvexPoly(np.zeros(light.shape, np.uint8), hull, 1)
    filled = cv2.erode(filled, np.ones((9, 9), np.uint8))
    # A disc of light ink is no sheet: nothing is written on it
    written = np.abs(small.mean(2) - light)[filled > 0] > 0.1
    return filled > 0 if written.size and written.mean() > 0.002 else None


def _median(small: Image, reach: int) -> Image:
    """Each pixel's median over the square reaching ``reach`` pixels every way."""
    bytes_ = np.rint(np.clip(small, 0, 1) * 255).astype(np.uint8)
    padded = cv2.copyMakeBorder(bytes_, reach, reach, reach, reach, cv2.BORDER_REFLECT_101)
    local = cv2.medianBlur(padded, 2 * reach + 1).reshape(*padded.shape[:2], small.shape[2])
    return np.asarray(local[reach:-reach, reach:-reach], np.float32) / np.float32(255)


def _smoothed(channel: Image, reach: int) -> Image:
    """The channel (h, w) without what is thinner than twice ``reach`` and darker than what is
    around it, or lighter, whichever there is more of."""
    dark = _is_dark(channel, _median(channel[..., None], reach)[..., 0])
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    far = 2 * reach
    padded = cv2.copyMakeBorder(channel, far, far, far, far, cv2.BORDER_REPLICATE)
    without = cv2.morphologyEx(padded, cv2.MORPH_CLOSE if dark else cv2.MORPH_OPEN, disc)
    return np.asarray(without[far:-far, far:-far], np.float32)


def _is_darker(image: Image, even: Image) -> bool:
    """Whether what is on an even background is darker than it."""
    change = (image - even).mean(2)
    darker = float(np.maximum(-change, 0).sum())
    lighter = float(np.maximum(change, 0).sum())
    return darker > lighter or (darker == lighter and float(even.mean()) > 0.5)


def _is_dark(channel: Image, local: Image) -> bool:
    """Whether thin things are darker than what is around them rather than lighter."""
    change = channel - local
    element = np.ones((max(3, min(channel.shape) // 8),) * 2, np.uint8)
    black = cv2.morphologyEx(channel, cv2.MORPH_BLACKHAT, element)
    white = cv2.morphologyEx(channel, cv2.MORPH_TOPHAT, element)
    darker = float((black * np.maximum(-change, 0)).sum())
    lighter = float((white * np.maximum(change, 0)).sum())
    return darker > lighter or (darker == lighter and float(np.median(channel)) > 0.5)


def _without_solids(small: Image, local: Image, even: Image | None) -> Image:
    """The local background where solid ink is taken out of it: what differs from the background
    as a whole, and neither lies at the border nor has something written on it."""
    everywhere = np.ones(local.shape[:2], np.bool_)
    whole = _surface(local, everywhere) if even is None else np.broadcast_to(even, local.shape)
    odd = (np.abs(local - whole).max(2) > 0.08).astype(np.uint8)
    count, labels = cv2.connectedComponents(odd, connectivity=4)
    written = np.abs(small - local).max(2) > 0.1
    square = np.ones((3, 3), np.uint8)
    result = np.array(local)
    for label in range(1, count):
        inside = (labels == label).astype(np.uint8)
        rim = np.concatenate([inside[0], inside[-1], inside[:, 0], inside[:, -1]])
        core = cv2.erode(inside, square, iterations=3) > 0
        another = rim.mean() > (0 if even is None else 0.3) or (
            inside.mean() > 0.05 and core.any() and written[core].mean() > 0.01
        )
        wide = cv2.dilate(inside, square) > 0
        result[wide] = (local if another else whole)[wide]
    return result


def _surface(image: Image, chosen: Mask) -> Image:
    """The quadratic surface nearest to most of the chosen pixels, channel by channel."""
    height, width, channels = image.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    x, y = x.ravel(), y.ravel()
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    result = np.empty_like(image)
    for channel in range(channels):
        values = image[..., channel].ravel().astype(np.float64)
        off = np.abs(values - np.median(values[chosen.ravel()]))
        kept = chosen.ravel() & (off < max(0.15, 1.1 * float(off[chosen.ravel()].min())))
        fitted = values
        for _ in range(4):
            fitted = terms @ np.linalg.lstsq(terms[kept], values[kept], rcond=None)[0]
            off = np.abs(values - fitted)
            kept = chosen.ravel() & (off <= max(0.02, 3.7 * float(np.median(off[kept]))))
        result[..., channel] = fitted.reshape(height, width)
    return result
