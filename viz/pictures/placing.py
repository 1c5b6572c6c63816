"""Placing: a picture becomes canvases, its lines of writing at the size that the network knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from viz.i18n import tr
from viz.pictures import ink, ruling
from viz.pictures.layout import Layout, Line, lay_out
from viz.scene.model import MAX_HEIGHT, MAX_WIDTH, ImageLayer, Scene

Image = NDArray[np.float32]

DIGIT_PX = 20
"""The height that digits are brought to."""

ROW_PX = 32
"""The height of a line of writing on a canvas: the network's window."""

OVERLAP_PX = 60
"""Columns that two pieces of a line share."""

GAP_PX = 20
"""Wider gaps within a line are narrowed to this."""

_FINE = 4
"""Lines are drawn so many times as large first, to widen or thin strokes."""

_WORK_SIDE = 1600


@dataclass(frozen=True)
class Step:
    """Something that was done to a picture: ``text`` says it in a sentence, ``without=(id,)`` leaves
    it out where it ``can_be_left_out``."""

    id: str
    text: str
    can_be_left_out: bool = True


@dataclass(frozen=True)
class Piece:
    """A line, or a part of one, on the canvas of a page: its rows of pixels from ``top`` on.

    ``overlap``: how many of the page's columns show again what the piece before it ends with.
    """

    page: int
    top: int
    overlap: int = 0


@dataclass(frozen=True)
class Placing:
    """A picture on canvases: ``pages``, its ``lines``, each in one piece or several pages', and the
    ``steps`` that led there."""

    pages: tuple[Scene, ...]
    lines: tuple[tuple[Piece, ...], ...]
    steps: tuple[Step, ...]


def place(
    picture: NDArray[np.uint8], name: str = "", *, without: frozenset[str] = frozenset()
) -> Placing:
    """Place a picture (h, w) grey or (h, w, 3) RGB by its writing."""
    longer = max(picture.shape[:2])
    if longer > _WORK_SIDE:
        scale = _WORK_SIDE / longer
        size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    found = ink.separate(picture)
    strength = found.strength
    mask = _sharpened(found.mask, strength)
    angle = ruling.tilt(mask)
    if abs(angle) > 0.2:
        turned = _turned(strength, angle), _turned(mask.astype(np.float32), angle) > 0.5
    else:
        turned = strength, mask
    runs = ruling.find(turned[1])
    if runs:
        strength, mask = turned
        gone = ruling.take_out(mask, runs)
        wide = cv2.dilate(gone.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        mask = mask & ~gone
        strength = np.where(wide & ~mask, 0, strength)
    layout = lay_out(mask, strength, found.edges)
    rows = [_drawn(line, layout, strength) for line in layout.lines]
    return _pages(rows, name, found.dark)


def _turned(image: Image, angle: float) -> Image:
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height)), np.float32)


def _sharpened(mask: NDArray[np.bool_], strength: Image) -> NDArray[np.bool_]:
    """The mask without the blurred rim of strong ink: where there is 40 % of what is near."""
    side = max(3, round(max(mask.shape) / 60)) | 1
    near = cv2.dilate(np.where(mask, strength, 0).astype(np.float32), np.ones((side, side)))
    near = cv2.blur(near, (side, side))
    return np.asarray(mask & (strength > 0.4 * near))


def _drawn(line: Line, layout: Layout, strength: Image) -> Image:
    """The line's ink at the size that the network knows: (ROW_PX, w) float32 in [0, 1]."""
    left, top, right, bottom = line.box
    pad = round(0.3 * line.height) + 2
    y0, x0 = max(0, top - pad), max(0, left - pad)
    part = np.s_[y0 : bottom + pad, x0 : right + pad]
    own = np.isin(layout.labels[part], line.labels)
    full = _full(np.where(own, strength[part], 0), line.height)
    reach = max(3, round(0.08 * line.height)) | 1
    near = cv2.dilate(own.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    image = np.where(near, np.clip((strength[part] / full - 0.15) / 0.7, 0, 1), 0)
    image = np.asarray(image, np.float32)
    scale = DIGIT_PX * _FINE / line.height
    # Shrunk over areas first, then laid out
    first = min(1.0, 2 * scale)
    if first < 1:
        size = (max(1, round(image.shape[1] * first)), max(1, round(image.shape[0] * first)))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    first_x, first_y = image.shape[1] / own.shape[1], image.shape[0] / own.shape[0]
    cos, sin = np.cos(np.radians(line.angle)), np.sin(np.radians(line.angle))
    centre = np.array([((left + right) / 2 - x0) * first_x, ((top + bottom) / 2 - y0) * first_y])
    span = (right - left) * abs(cos) + (bottom - top) * abs(sin)
    width = max(ROW_PX, int(np.ceil(span * scale / _FINE)) + 2 * ROW_PX)
    matrix = np.array([[cos, sin], [-sin, cos]]) * (scale / first_x)
    target = np.array([width, ROW_PX]) * _FINE / 2
    affine = np.column_stack([matrix, target - matrix @ centre])
    fine = cv2.warpAffine(image, affine, (width * _FINE, ROW_PX * _FINE), flags=cv2.INTER_LINEAR)
    pen = line.pen * scale
    if pen < 1.9 * _FINE:
        more = max(1, round((2.3 * _FINE - pen) / 2))
        fine = cv2.dilate(fine, _disc(more))
    elif pen > 3.6 * _FINE:
        less = max(1, round((pen - 3.2 * _FINE) / 2))
        fine = cv2.erode(fine, _disc(less))
    row = cv2.resize(fine, (width, ROW_PX), interpolation=cv2.INTER_AREA)
    return _spaced(np.asarray(row, np.float32))


def _full(ink: Image, height: float) -> Image:
    """How strong full ink is around each pixel of a line: less in glare, or where it is faint."""
    side = max(3, round(0.25 * height)) | 1
    strongest = cv2.dilate(ink, np.ones((side, side), np.uint8))
    weight = cv2.blur((strongest > 0).astype(np.float32), (side, side))
    return np.asarray(0.85 * cv2.blur(strongest, (side, side)) / np.maximum(weight, 1e-3) + 1e-3)


def _disc(radius: int) -> NDArray[np.uint8]:
    side = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))


def _spaced(row: Image) -> Image:
    """The row with wide gaps narrowed, and as much room at both ends as the window needs."""
    inked = np.flatnonzero(row.max(0) > 0.1)
    if len(inked) == 0:
        return np.zeros((ROW_PX, ROW_PX), np.float32)
    kept = np.ones(row.shape[1], np.bool_)
    kept[: inked[0]] = kept[inked[-1] + 1 :] = False
    for before, after in zip(inked, inked[1:], strict=False):
        if after - before - 1 > GAP_PX:
            kept[before + 1 + GAP_PX // 2 : after - (GAP_PX - GAP_PX // 2)] = False
    row = row[:, kept]
    return row


def _pages(rows: list[Image], name: str, dark: bool) -> Placing:
    margin = 12
    pages: list[Scene] = []
    lines: list[tuple[Piece, ...]] = []
    open_rows: list[Image] = []

    def close() -> None:
        if open_rows:
            pages.append(_page(open_rows, name, dark))
            open_rows.clear()

    for row in rows:
        width = row.shape[1] + 2 * margin
        if width <= MAX_WIDTH:
            if (len(open_rows) + 1) * ROW_PX > MAX_HEIGHT:
                close()
            lines.append((Piece(len(pages), len(open_rows) * ROW_PX),))
            open_rows.append(np.pad(row, ((0, 0), (margin, margin))))
            continue
        close()
        padded = np.pad(row, ((0, 0), (margin, margin)))
        pieces, start = [], 0
        while True:
            pieces.append(Piece(len(pages), 0, OVERLAP_PX if start else 0))
            pages.append(_page([padded[:, start : start + MAX_WIDTH]], name, dark))
            if start + MAX_WIDTH >= padded.shape[1]:
                break
            start += MAX_WIDTH - OVERLAP_PX
        lines.append(tuple(pieces))
    close()
    if not pages:
        pages.append(Scene(ROW_PX, ROW_PX))
    return Placing(tuple(pages), tuple(lines), ())


def _page(rows: list[Image], name: str, dark: bool) -> Scene:
    width = max(ROW_PX, *(row.shape[1] for row in rows))
    width += -width % 4
    items = []
    for number, row in enumerate(rows):
        pixels = np.rint(row * np.float32(65535)) / np.float32(65535)
        x = (width - row.shape[1]) // 2 if len(rows) == 1 else 0
        anchor = (x + row.shape[1] / 2, number * ROW_PX + ROW_PX / 2)
        items.append(ImageLayer(pixels.astype(np.float32), anchor, inverted=dark, name=name))
    return Scene(ROW_PX * len(rows), width, tuple(items))
