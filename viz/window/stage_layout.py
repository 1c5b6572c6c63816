"""Stage layout: where each thing stands on a stage, from sizes alone.

    title (F5)      C1         S2        C5
    caption (A|B)   C3         S4
    answer
    canvas
    scores          instrument
    controls

No chapter and no instrument is asked. Units of the maps get the largest whole numbers of device
pixels that leave the left column and the instrument their shares; what is left over goes to the
canvas and to the instrument. Where controls would take half of the width, or leave the canvas less
than a third of the height, they fold behind a button, which opens them over the left column.

What is enlarged has the whole stage, but for title and caption; the canvas keeps its answer.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from math import ceil

from PyQt6.QtCore import QPoint, QRect

from viz.scene import Scene
from viz.views.canvas.handles import MARGIN, Mapping
from viz.views.maps.map_rows import CELLS, LARGEST, ONE, MapLayer, MapRows
from viz.views.maps.mosaic_head import head_height
from viz.views.theme import GRID

Size = tuple[int, int]
"""(width, height) in pixels."""

SIDE, TOP = 3 * GRID, 2 * GRID
"""Pixels at the sides of the stage, and above it."""

BETWEEN, APART = 4 * GRID, 2 * GRID
"""Pixels between the left column and the maps, in which the canvas's margin lies; and between other
things."""

LEFT, LEFT_ALONE, WIDEST = 0.28, 0.36, 0.46
"""The left column's least share of the width, with controls and without: then its height is the
canvas's, which needs the width to use it. And its largest."""

LEFT_EM, HALF = 29.0, 2 / 3
"""Without controls a column of which a wide canvas leaves height yields, to no less than this in em
and to ``LEFT``, where pooled maps had half of the width of those that they pool, or hardly more,
and can have the same."""

INSTRUMENT, CRAMPED = (0.35, 14.0), (0.27, 12.5)
"""The instrument's least share of the height, and its least height in em; of both the more. And the
same where units would have less than a pixel otherwise."""

BARCODE, BARCODE_EM = 72, 4.0
"""The least width of a barcode, in pixels and in em."""

SCORES_EM = 6.0
"""The least height of the scores."""

SCORES_BEFORE_KERNELS_EM, KERNELS_EM = 11.0, (7.0, 16.0)
"""The height that scores have before kernels have any, and the least and largest of kernels."""

CANVAS, UNFOLDED = 1 / 3, 0.4
"""The share of the height that the canvas has, where its width allows it, before controls fold; and
the largest share of the width that they take."""

STRIP_EM = 14.0
"""The height of scores and instrument below the canvases and maps of A|B."""


@dataclass(frozen=True)
class Controls:
    """The least width and the best one of all controls, the heights of palette and sliders, the
    size of the button.

    ``is_open``: those that are folded lie open over the left column.
    """

    width: int
    best_width: int
    palette: int
    sliders: int
    button: Size
    is_open: bool = False


@dataclass(frozen=True)
class Content:
    """What stands on a stage, as far as places depend on it; lengths in pixels.

    ``canvas`` is (height, width) in the canvas's own pixels, ``ratio`` are device pixels to one of
    the stage. Without ``controls`` the stage is presented. ``strip``: it is one of A|B, with so
    much room for scores and instrument, or none of them for 0. ``title`` is the height of the
    title, 0 for none. ``enlarged`` is "canvas", "scores", "instrument", or the index of a layer,
    mosaics first and then barcodes.
    """

    canvas: tuple[int, int]
    layers: tuple[MapLayer, ...]
    barcodes: int
    answer: int
    text_px: int = 13
    ratio: float = 1.0
    controls: Controls | None = None
    strip: int | None = None
    caption: int = 0
    foot: int = 0
    title: int = 0
    enlarged: str | int = ""

    def em(self, number: float) -> int:
        """So many sizes of the text, in pixels."""
        return round(number * self.text_px)

    @property
    def map_rows(self) -> MapRows:
        """The layers with maps of several units."""
        return MapRows(self.layers, APART, self.ratio)

    @property
    def barcode(self) -> int:
        """The width of a barcode."""
        return max(BARCODE, self.em(BARCODE_EM))


@dataclass(frozen=True)
class Places:
    """The rectangle of each thing; an empty one: there is no room for it.

    ``layers``, those of mosaics and then of barcodes, lie within ``maps``. ``ground`` is
    that of controls that lie open. ``cell`` is the size of the smallest unit in device pixels.
    """

    title: QRect
    caption: QRect
    answer: QRect
    canvas: QRect
    scores: QRect
    palette: QRect
    sliders: QRect
    kernels: QRect
    button: QRect
    ground: QRect
    maps: QRect
    layers: tuple[QRect, ...]
    instrument: QRect
    cell: float

    @property
    def folds_only_kernels(self) -> bool:
        """Whether the button stands beside the sliders, which have a place of their own."""
        return not self.sliders.isEmpty() and self.button.top() == self.sliders.top()


_RECTS = tuple(one.name for one in fields(Places) if one.name not in ("layers", "cell"))


@lru_cache(maxsize=64)
def places(size: Size, content: Content) -> Places:
    """Return where everything stands on a stage of this size."""
    stage = QRect(SIDE, TOP, size[0] - 2 * SIDE, size[1] - TOP - content.foot)
    if content.enlarged != "":
        return _enlarged(stage, content)
    cells, left = _divide(stage, content)
    beside = stage.adjusted(left + BETWEEN, 0, 0, 0)
    layers, below = _place_maps(cells, beside, content)
    return Places(
        **_place_column(QRect(SIDE, TOP, left, stage.height()), content),
        maps=QRect(beside.left(), beside.top(), beside.width(), max(0, below - APART)),
        layers=layers,
        instrument=QRect() if content.strip == 0 else beside.adjusted(0, below, 0, 0),
        cell=min((CELLS[cell] for cell in cells), default=1.0),
    )


def _enlarged(stage: QRect, content: Content) -> Places:
    """Return the places where one thing has the stage."""
    rects = dict.fromkeys(_RECTS, QRect())
    left, top = stage.left(), stage.top()
    for name, height in (("title", content.title), ("caption", content.caption)):
        rects[name] = QRect(left, top, stage.width(), height)
        top += height
    enlarged, layers = content.enlarged, len(content.layers) + content.barcodes
    places = [QRect()] * layers
    if enlarged == "canvas":
        wide = stage.width() + 2 * MARGIN
        rects["answer"] = QRect(left - MARGIN, top, wide, content.answer)
        top += content.answer
        rects["canvas"] = QRect(left - MARGIN, top, wide, stage.bottom() + 1 - top)
    else:
        name = enlarged if isinstance(enlarged, str) else "maps"
        rects[name] = QRect(left, top, stage.width(), stage.bottom() + 1 - top)
    if isinstance(enlarged, int):
        places[enlarged] = QRect(QPoint(), rects["maps"].size())
    return Places(**rects, layers=tuple(places), cell=1.0)


def _divide(stage: QRect, content: Content) -> tuple[tuple[int, ...], int]:
    """Return the sizes of units, and the width of the left column: what the maps leave, as far as
    canvas and controls can use it; at least its share, and what controls need."""
    presented = content.controls is None and content.strip is None
    least = round((LEFT_ALONE if presented else LEFT) * stage.width())
    if content.controls and content.controls.width <= UNFOLDED * stage.width():
        least = max(least, content.controls.width)
    room = stage.width() - BETWEEN - content.barcodes * (content.barcode + APART)
    cells = _cells(room - least, stage.height(), content)
    if not cells:
        return cells, least
    if presented and _leaves_height(least, stage.height(), content):
        rows = content.map_rows
        (_, pooled), alike = rows.widths(cells, room - least), rows.widths(cells, room)
        yielding = room - sum(alike) - APART
        if pooled < HALF * alike[1] and yielding >= max(LEFT * stage.width(), content.em(LEFT_EM)):
            least = min(least, yielding)
    rest = room - sum(content.map_rows.widths(cells, room - least)) - APART
    rest = min(rest, round(WIDEST * stage.width()))
    (useful, _), _ = _fit_canvas(rest, stage.height(), content)
    if content.controls:
        useful = max(useful, content.controls.best_width)
    return cells, max(least, min(rest, useful))


# Maps and instrument


def _cells(width: int, height: int, content: Content) -> tuple[int, ...]:
    """Return the largest units of each row with which maps, heads and instrument fit."""
    rows = content.map_rows
    cells = (0,) * len(rows.rows)
    room = height - len(cells) * (head_height(content.text_px) + APART)
    if content.strip is not None:
        return rows.enlarge(cells, width, room - content.strip)
    for (share, em), most in ((CRAMPED, ONE), (INSTRUMENT, LARGEST)):
        instrument = max(round(share * height), content.em(em))
        cells = rows.enlarge(cells, width, room - instrument, most)
    return cells


def _place_maps(
    cells: tuple[int, ...], place: QRect, content: Content
) -> tuple[tuple[QRect, ...], int]:
    """Return where the layers stand within their place, and where the instrument begins."""
    rows, head = content.map_rows, head_height(content.text_px)
    count, wide = content.barcodes, content.barcode
    room = place.width() - count * (wide + APART)
    left, right = rows.widths(cells, room)
    spare = max(0, room - left - right - APART) // 2
    across = (0, left + spare), (left + spare + APART, right + spare)
    layers, top = [], 0
    for row, height in zip(rows.rows, rows.heights(cells), strict=True):
        for (x, width), _ in zip(across, row, strict=False):
            layers.append(QRect(x, top, width, head + height))
        top += head + height + APART
    if not cells:  # barcodes alone
        top = round((1 - INSTRUMENT[0]) * place.height())
        wide = place.width() // max(1, count) - APART
    for number in range(count):
        x = place.width() - (count - number) * (wide + APART) + APART
        layers.append(QRect(x, 0, wide, top - APART))
    return tuple(layers), top


# Left column


def _fit_canvas(width: int, height: int, content: Content) -> tuple[Size, int]:
    """Return the size of the canvas, without its margin, in a column of this size; and how many of
    palette and sliders, 0 to 2, have a place below it."""
    controls = content.controls
    fixed = content.title + content.caption + content.answer
    fixed += content.em(SCORES_EM) if content.strip is None else content.strip
    below = {0: 0}
    if controls is not None:
        palette, button = controls.palette + APART, controls.button[1] + APART
        below = {2: palette + controls.sliders + APART, 1: palette + button, 0: button}
        if width < controls.width:
            below = {0: below[0]}
    least = min(CANVAS * height, _canvas(width, height, content)[1])
    sizes = {
        shown: _canvas(width, height - fixed - taken, content) for shown, taken in below.items()
    }
    shown = next((shown for shown, canvas in sizes.items() if canvas[1] >= least), 0)
    return sizes[shown], shown


def _canvas(width: int, height: int, content: Content) -> Size:
    """Return the size of the canvas, without its margin, in a column ``width`` wide; its margins
    above and below are within ``height``."""
    rect = Mapping.fit(Scene(*content.canvas), width + 2 * MARGIN, height, content.ratio).rect
    return ceil(rect.width()), ceil(rect.height())


def _place_column(column: QRect, content: Content) -> dict[str, QRect]:
    """Return where the parts of the left column stand: title, caption, answer and canvas from
    above, controls from below; the scores take what is between."""
    canvas, shown = _fit_canvas(column.width(), column.height(), content)
    heights = (content.title, content.caption, content.answer, canvas[1] + 2 * MARGIN)
    top, end = column.top(), column.bottom() + 1
    places = dict.fromkeys(("palette", "sliders", "kernels", "button", "ground"), QRect())
    for name, height in zip(("title", "caption", "answer", "canvas"), heights, strict=True):
        margin = MARGIN if name in ("answer", "canvas") else 0
        places[name] = QRect(column.left() - margin, top, column.width() + 2 * margin, height)
        top += height
    if content.controls is not None:
        end = _place_controls(places, column, end - top, shown, content, content.controls)
    elif content.strip is None:  # a wide canvas leaves more than scores can use
        high = min(_kernels(end - top, content), content.em(KERNELS_EM[1]))
        if high:
            places["kernels"] = QRect(column.left(), end - high, column.width(), high)
            end -= high + APART
    places["scores"] = QRect(column.left(), top, column.width(), end - top)
    if content.strip == 0:
        places["scores"] = QRect()
    return places


def _leaves_height(width: int, height: int, content: Content) -> bool:
    """Whether a canvas in a column without controls leaves more height than scores can use."""
    (_, canvas), _ = _fit_canvas(width, height, content)
    above = content.title + content.caption + content.answer + canvas + 2 * MARGIN
    return _kernels(height - above, content) > 0


def _kernels(room: int, content: Content) -> int:
    """Return the height that kernels may have below the scores, 0 for no room."""
    free = room - APART - content.em(SCORES_BEFORE_KERNELS_EM)
    return free if free >= content.em(KERNELS_EM[0]) else 0


def _place_controls(
    places: dict[str, QRect],
    column: QRect,
    room: int,
    shown: int,
    content: Content,
    controls: Controls,
) -> int:
    """Place the controls at the lower end of the column, in which ``room`` pixels are free; return
    where the scores end."""
    left, end = column.left(), column.bottom() + 1
    heights = {"palette": controls.palette, "sliders": controls.sliders, "kernels": 0}
    in_place = ["palette", "sliders"][:shown]
    free = _kernels(room - sum(heights.values()) - 2 * APART, content)
    if shown == 2 and free:
        in_place.append("kernels")
        heights["kernels"] = min(free, content.em(KERNELS_EM[1]))
    folded = [name for name in heights if name not in in_place]
    for name in reversed(in_place):
        end -= heights[name]
        places[name] = QRect(left, end, column.width(), heights[name])
        end -= APART
    if not folded:
        return end
    wide, high = controls.button
    if shown == 2:  # at the end of the line that says what the sliders act on
        top = places["sliders"].top()
        places["button"] = QRect(column.right() + 1 - wide, top, wide, high)
    else:
        end -= high
        places["button"] = QRect(left, end, wide, high)
        end -= APART
    if controls.is_open:
        heights["kernels"] = content.em(SCORES_BEFORE_KERNELS_EM)
        top, width = end, max(column.width(), controls.width)
        for name in reversed(folded):
            top -= heights[name]
            places[name] = QRect(left, top, width, heights[name])
            top -= APART
        places["ground"] = QRect(left - APART, top, width + 2 * APART, column.bottom() + 1 - top)
    return end
