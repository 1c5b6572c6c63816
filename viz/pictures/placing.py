"""Placing: a picture becomes canvases, its lines of writing at the size that the network knows.

A clean drawing whose digits have that size already, such as an exported canvas or a digit of MNIST,
is left as it is, to the pixel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from viz.i18n import tr
from viz.pictures import ink, layout, ruling
from viz.pictures.layout import Layout, Line
from viz.pictures.pixels import MAX_SIDE, pixels_of, shrunk
from viz.scene import images
from viz.scene.decoding import check_size, open_picture
from viz.scene.model import MAX_HEIGHT, MAX_WIDTH, MIN_SIDE, ImageLayer, Scene

Image = NDArray[np.float32]
Mask = NDArray[np.bool_]

DIGIT_PX = 20
"""The height that digits are brought to, as in MNIST."""

ROW_PX = 32
"""The height of a line of writing on a canvas: the network's window."""

MARGIN_PX = 12
"""Room on either side of a line, so that a window can look at its first digit straight on."""

OVERLAP_PX = 60
"""Columns that two canvases of a longer line share: a window, and a digit whole on either."""

GAP_PX = 20
"""Wider gaps within a line are narrowed to this."""

_AS_IS_PX = (14, 27)
"""Digits of a clean drawing that are so high are left as they are, on a small canvas lower ones,
too."""

_PEN_PX = (1.9, 3.6)
"""Thinner and thicker strokes than these are brought to about 2.3 and 3.2 pixels."""

_DRAWINGS = (
    (DIGIT_PX, 0.0), (DIGIT_PX - 2, 0.0), (DIGIT_PX + 2, 0.0), (DIGIT_PX, 0.2), (DIGIT_PX, -0.2),
)  # fmt: skip
"""How a line may be drawn: its digits' height, and how far they are slanted back, in columns a
row."""

_FINE = 4
"""Lines are drawn so many times as large first, to thicken and thin strokes."""

_BROADEST_PX = 8
"""Thicker strokes than this are no pen's, and their line is drawn smaller instead."""

_MOST_PX = 60_000
"""What would be so wide in all, line after line, is a pattern and no writing."""

_MOST_CHOSEN_PX = 12_000
"""Of lines wider than this in all, each is drawn once: choosing would take too long."""

_FAINT = 0.02  # less contrast than this is none


@dataclass(frozen=True)
class Step:
    """Something that was done to a picture, in a sentence; ``place(…, without={id})`` leaves it
    out."""

    id: str
    text: str


@dataclass(frozen=True)
class Placing:
    """A picture on canvases.

    ``overlaps``: of each page, how many columns of pixels it shares with the one before, whose line
    it goes on with; 0 where it begins anew. ``steps``: what was done, and (``left_out``) what was
    not, in the order of doing.
    """

    pages: tuple[Scene, ...]
    overlaps: tuple[int, ...]
    steps: tuple[Step, ...]
    left_out: frozenset[str] = frozenset()


Choose = Callable[[Iterator[Image]], int]
"""Which of several drawings of one line, each (ROW_PX, w), is read most surely: its number."""


def read_picture(
    source: str | Path | bytes, name: str = "", choose: Choose | None = None
) -> Placing:
    """Open a picture, in a file or in a file's bytes, and place it.

    ``name`` stands in messages and names the layers, which defaults to the file's. Raises UserError
    if it cannot be opened.
    """
    own = Path(name).name or _file_name(source)
    return place(opened(source, name), own, choose=choose)


def _file_name(source: str | Path | bytes) -> str:
    return "" if isinstance(source, bytes) else Path(source).name


def opened(source: str | Path | bytes, name: str = "") -> NDArray[np.uint8]:
    """Open a picture, in a file or in a file's bytes, as ``place`` takes it.

    ``name`` stands in messages. Raises UserError if it cannot be opened.
    """
    return pixels_of(open_picture(source, name, least_side=MAX_SIDE))


def opaque(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return pixels (h, w), (h, w, 3) RGB or (h, w, 4) RGBA as ``place`` takes them.

    Raises UserError if there are none or too many.
    """
    check_size((pixels.shape[1], pixels.shape[0]), tr("The picture"))
    return pixels_of(Pillow.fromarray(np.ascontiguousarray(pixels)))


def place(
    picture: NDArray[np.uint8],
    name: str = "",
    *,
    without: Iterable[str] = frozenset(),
    choose: Choose | None = None,
) -> Placing:
    """Place a picture (h, w) grey or (h, w, 3) RGB by its writing, without the steps named.

    With ``choose``, lines are drawn in several sizes and slants, and one drawing each is kept.
    """
    without, picture = frozenset(without), shrunk(picture, MAX_SIDE)
    return _Placer(picture, name, without, choose).placing()


@dataclass
class _Row:
    """A line of writing at the size of a canvas, (ROW_PX, w), and what was done to it."""

    pixels: Image
    narrowed: bool
    pen: int
    """1 where strokes were thickened, −1 where they were thinned."""


class _Placer:
    """The steps of placing one picture."""

    def __init__(
        self,
        picture: NDArray[np.uint8],
        name: str,
        without: frozenset[str],
        choose: Choose | None,
    ) -> None:
        self._picture, self._name, self._without = picture, name, without
        self._choose = choose
        self._steps: list[Step] = []

    def placing(self) -> Placing:
        found = ink.separate(self._picture)
        self._inverted = found.dark
        if found.dark:
            self._do("inverted", tr("Dark and light were exchanged, so that ink is 1."))
        strength, mask = found.strength, _sharpened(found.mask, found.strength)
        plain = _grey(self._picture)
        plain = 1 - plain if found.dark else plain
        edges = found.edges
        angle = ruling.tilt(mask) if "turned" not in self._without else 0.0
        level = _turned_mask(mask, angle)
        runs = ruling.find(level)
        if runs:
            strength, mask, plain = _turned(strength, angle), level, _turned(plain, angle)
            edges = _turned_mask(edges, angle)
            if self._do("ruling", tr("Ruled lines and frames were taken out.")):
                gone = ruling.take_out(mask, strength, runs)
                wide = cv2.dilate(gone.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
                mask = mask & ~gone
                strength = np.where(wide & ~mask, np.float32(0), strength)
        else:
            angle = 0.0
        page = layout.lay_out(mask, strength, edges)
        specks = page.left_out
        if specks and "specks" in self._without:
            page = layout.lay_out(mask, strength, edges, whole=True)
        page = replace(page, lines=tuple(map(_in_bounds, page.lines)))
        if sum(map(_width, page.lines)) > _MOST_PX:
            page = replace(page, lines=())
        if not runs and (as_is := self._as_is(page, plain)) is not None:
            return self._finished((as_is,), (0,))
        if found.even or self._do(
            "background", tr("The paper's brightness, shadows and edges were taken out.")
        ):
            plain = strength / max(_full_strength(strength, mask), _FAINT)
        if specks and (page.lines or "specks" in self._without):
            self._do("specks", tr("Specks, and what lies at the border, were left out."))
        if not page.lines:
            return self._framed(np.where(mask, plain, np.float32(0)))
        if not self._do(
            "size",
            tr(
                "Each line of writing was found and brought to the size of the digits "
                "that the network was trained on."
            ),
        ):
            return self._framed(plain)
        return self._lines(page, strength, plain, angle)

    def _do(self, step: str, text: str) -> bool:
        """Note a step; tell whether it is to be done."""
        self._steps.append(Step(step, text))
        return step not in self._without

    def _finished(self, pages: tuple[Scene, ...], overlaps: tuple[int, ...]) -> Placing:
        if "inverted" in self._without and self._inverted:
            pages = tuple(
                replace(page, items=tuple(
                    images.inverted(item) if isinstance(item, ImageLayer) else item
                    for item in page.items
                ))
                for page in pages
            )  # fmt: skip
        return Placing(pages, overlaps, tuple(self._steps), self._without)

    def _layer(self, pixels: Image, anchor: tuple[float, float]) -> ImageLayer:
        """A layer of pixels on the grid that a scene file keeps."""
        pixels = images.on_grid(np.asarray(np.clip(pixels, 0, 1), np.float32))
        return ImageLayer(pixels, anchor, inverted=self._inverted, name=self._name)

    def _as_is(self, page: Layout, plain: Image) -> Scene | None:
        """The picture on a canvas of its own size, if it is a clean drawing that suits it."""
        height, width = plain.shape
        low, high = (0 if height <= ROW_PX else _AS_IS_PX[0]), _AS_IS_PX[1]
        if (
            height > MAX_HEIGHT
            or width > MAX_WIDTH
            or any(not low <= line.height <= high for line in page.lines)
            # Ours are light on dark: thin or bold print is brought to a pen's width
            or (self._inverted and low and not all(map(_has_pen, page.lines)))
            or np.median(plain) > _FAINT
            or np.percentile(plain, 25) > _FAINT / 4
            or (page.lines and plain.max() < 0.9)
        ):
            return None
        room = MARGIN_PX if any(_is_at_side(line, width) for line in page.lines) else 0
        across = max(MIN_SIDE, width + 2 * room)
        across += -across % 4
        down = max(MIN_SIDE, height)
        if across > MAX_WIDTH:
            return None
        x, y = across // 2 - width // 2 + width / 2, down // 2 - height // 2 + height / 2
        return Scene(down, across, (self._layer(plain, (x, y)),))

    def _framed(self, pixels: Image) -> Placing:
        """The whole picture, fitted into a canvas."""
        layer = self._layer(pixels, (pixels.shape[1] / 2, pixels.shape[0] / 2))
        return self._finished((images.place(Scene(ROW_PX, ROW_PX), layer),), (0,))

    def _lines(self, page: Layout, strength: Image, plain: Image, angle: float) -> Placing:
        lines = page.lines
        turns = [line.angle for line in lines if abs(line.angle) >= 1]
        most = angle + (max(turns, key=abs) if turns else 0.0)
        if abs(most) >= 1 and not self._do(
            "turned", tr("The writing was turned by {angle:.0f}° to be level.", angle=-most)
        ):
            lines = tuple(replace(line, angle=0.0) for line in lines)
        if sum(map(_width, lines)) > _MOST_CHOSEN_PX:
            self._choose = None
        drawings = [self._drawings(line, page, strength, plain) for line in lines]
        rows = [some[0] for some in drawings]
        if any(len(some) > 1 for some in drawings) and self._do(
            "redrawn",
            tr(
                "Lines hard to read were drawn in 3 sizes and 3 slants, and the drawing "
                "that was read most confidently was kept."
            ),
        ):
            rows = [some[-1] for some in drawings]
        pens = {row.pen for row in rows}
        if 1 in pens:
            self._do("thickened", tr("Thin strokes were thickened."))
        if -1 in pens:
            self._do("thinned", tr("Thick strokes were thinned."))
        if any(row.narrowed for row in rows):
            self._do("gaps", tr("Wide gaps within a line were narrowed."))
        return self._finished(*_paged([row.pixels for row in rows], self._page))

    def _drawings(self, line: Line, page: Layout, strength: Image, plain: Image) -> list[_Row]:
        """Draw a line; and once more, if another drawing of it is read more surely."""
        ink = self._ink(line, page, strength, plain)
        rows = [self._row(line, *ink, *_DRAWINGS[0])]

        def drawn() -> Iterator[Image]:
            yield rows[0].pixels
            for tall, slant in _DRAWINGS[1:]:
                rows.append(self._row(line, *ink, tall, slant))
                yield rows[-1].pixels

        chosen = self._choose(drawn()) if self._choose else 0
        return [rows[0], rows[chosen]] if chosen else [rows[0]]

    def _ink(
        self, line: Line, page: Layout, strength: Image, plain: Image
    ) -> tuple[Image, tuple[int, int]]:
        """A line's ink and what is around it, and where in the picture its upper left corner is."""
        left, top, right, bottom = line.box
        pad = round(0.3 * line.height) + 2
        y0, x0 = max(0, top - pad), max(0, left - pad)
        part = np.s_[y0 : bottom + pad, x0 : right + pad]
        own = np.isin(page.labels[part], line.labels)
        if "background" in self._without:
            image = np.clip(plain[part], 0, 1)
        else:
            full = _local_strength(np.where(own, strength[part], np.float32(0)), line.height)
            reach = max(3, round(0.08 * line.height)) | 1
            near = cv2.dilate(own.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
            image = np.where(near, np.clip((strength[part] / full - 0.15) / 0.7, 0, 1), 0)
        return np.asarray(image, np.float32), (x0, y0)

    def _row(
        self, line: Line, ink: Image, corner: tuple[int, int], tall: float, slant: float
    ) -> _Row:
        """Draw a line's ink with digits ``tall`` pixels high, ``slant`` taken from them."""
        fine = _resampled(ink, line, corner, tall, slant)
        pen, change = line.pen * tall / line.height, 0
        if pen < _PEN_PX[0]:
            change = 1
            if "thickened" not in self._without:
                fine = np.asarray(cv2.dilate(fine, _disc((2.3 - pen) * _FINE / 2)), np.float32)
        elif pen > _PEN_PX[1]:
            change = -1
            if "thinned" not in self._without:
                fine = np.asarray(cv2.erode(fine, _disc((pen - 3.2) * _FINE / 2)), np.float32)
        size = (fine.shape[1] // _FINE, ROW_PX)
        row = np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA), np.float32)
        kept, narrowed = _spacing(row, narrow="gaps" not in self._without)
        return _Row(np.pad(row[:, kept], ((0, 0), (MARGIN_PX, MARGIN_PX))), narrowed, change)

    def _page(self, rows: list[Image]) -> Scene:
        width = max(MIN_SIDE, *(row.shape[1] for row in rows))
        width += -width % 4
        items = tuple(
            self._layer(row, (row.shape[1] / 2, (number + 0.5) * ROW_PX))
            for number, row in enumerate(rows)
        )
        return Scene(ROW_PX * len(rows), width, items)


def _grey(picture: NDArray[np.uint8]) -> Image:
    """Luminance (Rec. 601) in [0, 1]."""
    grey = picture if picture.ndim == 2 else np.asarray(Pillow.fromarray(picture).convert("L"))
    return np.asarray(grey, np.float32) / np.float32(255)


def _turned(image: Image, angle: float) -> Image:
    """The image turned about its middle by ``angle`` degrees, against the clock."""
    if abs(angle) <= 0.2:
        return image
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height)), np.float32)


def _turned_mask(mask: Mask, angle: float) -> Mask:
    return np.asarray(_turned(mask.astype(np.float32), angle) > 0.5)


def _sharpened(mask: Mask, strength: Image) -> Mask:
    """The mask without the blurred rim of strong ink: where there is 40 % of what is near."""
    side = max(3, round(max(mask.shape) / 60)) | 1
    near = cv2.dilate(np.where(mask, strength, 0).astype(np.float32), np.ones((side, side)))
    near = cv2.blur(near, (side, side))
    return np.asarray(mask & (strength > 0.4 * near))


def _full_strength(strength: Image, mask: Mask) -> float:
    return float(np.percentile(strength[mask], 75)) if mask.any() else 1.0


def _local_strength(own: Image, height: float) -> Image:
    """How strong full ink is around each pixel of a line: less in glare, or where it is faint."""
    side = max(3, round(0.25 * height)) | 1
    strongest = cv2.dilate(own, np.ones((side, side), np.uint8))
    weight = cv2.blur((strongest > 0).astype(np.float32), (side, side))
    full = 0.85 * cv2.blur(strongest, (side, side)) / np.maximum(weight, 1e-3) + 1e-3
    return np.asarray(full, np.float32)


def _resampled(
    image: Image, line: Line, corner: tuple[int, int], tall: float, slant: float
) -> Image:
    """The line, level and in the middle of ``_FINE`` × (ROW_PX, w) pixels; ``image`` is the part of
    the picture whose upper left ``corner`` (x, y) this is."""
    left, top, right, bottom = line.box
    scale, height, width = tall * _FINE / line.height, *image.shape
    if 2 * scale < 1:  # averaged over areas first, lest thin strokes fall between the samples
        size = (max(1, round(width * 2 * scale)), max(1, round(height * 2 * scale)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32)
    shrunk_by = np.array([image.shape[1] / width, image.shape[0] / height])
    cos, sin = np.cos(np.radians(line.angle)), np.sin(np.radians(line.angle))
    centre = (np.array([left + right, top + bottom]) / 2 - corner) * shrunk_by
    span = (right - left) * abs(cos) + (bottom - top) * abs(sin)
    across = max(ROW_PX, int(np.ceil(span * scale / _FINE)) + 2 * ROW_PX)
    level = np.array([[1, slant], [0, 1]]) @ np.array([[cos, sin], [-sin, cos]])
    matrix = level * scale / shrunk_by
    shift = np.array([across, ROW_PX]) * _FINE / 2 - matrix @ centre
    fine = cv2.warpAffine(
        image, np.column_stack([matrix, shift]), (across * _FINE, ROW_PX * _FINE),
        flags=cv2.INTER_LINEAR,
    )  # fmt: skip
    return np.asarray(fine, np.float32)


def _disc(radius: float) -> NDArray[np.uint8]:
    side = 2 * max(1, round(radius)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def _spacing(row: Image, *, narrow: bool) -> tuple[Mask, bool]:
    """The columns of a row to keep: those with ink and what lies between, but for wide gaps if they
    are to be ``narrow``; and whether there are any."""
    inked = np.flatnonzero(row.max(0) > 0.1)
    kept = np.zeros(row.shape[1], np.bool_)
    if len(inked) == 0:
        return kept, False
    kept[inked[0] : inked[-1] + 1] = True
    wide = [
        (before + 1 + GAP_PX // 2, after - GAP_PX // 2)
        for before, after in zip(inked.tolist(), inked[1:].tolist(), strict=False)
        if after - before - 1 > GAP_PX
    ]
    for start, end in wide if narrow else ():
        kept[start:end] = False
    return kept, bool(wide)


def _has_pen(line: Line) -> bool:
    """Whether a line needs its strokes neither thickened nor thinned."""
    return _PEN_PX[0] <= line.pen * DIGIT_PX / line.height <= _PEN_PX[1]


def _in_bounds(line: Line) -> Line:
    """The line as if it were higher, where its strokes are nearly as thick as high."""
    return replace(line, height=max(line.height, line.pen * DIGIT_PX / _BROADEST_PX))


def _width(line: Line) -> float:
    """How wide a line is on a canvas, in pixels."""
    return (line.box[2] - line.box[0]) * DIGIT_PX / line.height + 2 * MARGIN_PX


def _is_at_side(line: Line, width: int) -> bool:
    return line.box[0] <= 1 or line.box[2] >= width - 1


def _paged(
    rows: list[Image], page: Callable[[list[Image]], Scene]
) -> tuple[tuple[Scene, ...], tuple[int, ...]]:
    """Lay rows on as few pages as hold them, a longer one on pages of its own, which overlap."""
    pages: list[Scene] = []
    overlaps: list[int] = []
    together: list[Image] = []

    def close() -> None:
        if together:
            pages.append(page(together))
            overlaps.append(0)
            together.clear()

    for row in rows:
        if row.shape[1] <= MAX_WIDTH:
            if (len(together) + 1) * ROW_PX > MAX_HEIGHT:
                close()
            together.append(row)
            continue
        close()
        step = MAX_WIDTH - OVERLAP_PX
        for start in range(0, row.shape[1] - OVERLAP_PX, step):
            pages.append(page([row[:, start : start + MAX_WIDTH]]))
            overlaps.append(OVERLAP_PX if start else 0)
    close()
    return tuple(pages), tuple(overlaps)
