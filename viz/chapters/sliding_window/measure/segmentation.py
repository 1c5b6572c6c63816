"""Segmentation: a drawing is cut into pieces, and each is read alone, in a window of its own.

Two cuts: at gaps, which are columns without ink, and into connected components (8 neighbours). A
piece's ink is moved to the middle of an empty window; a piece that is larger than a digit may be is
made smaller, evenly. What went wrong is told by the digits that the one pass over the whole canvas
reads: a piece that holds the centres of two is merged, a digit with two pieces is split.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from viz.chapters.sliding_window.measure.one_pass import BATCH, crops, multiply_adds
from viz.measure.reading import UNDECIDED, ReadDigit, Reading
from viz.nets.architecture import Architecture

if TYPE_CHECKING:
    from viz.nets.network import Network

Floats = NDArray[np.float32]
Labels = NDArray[np.int32]
Point = tuple[float, float]

GAPS, COMPONENTS = "gaps", "components"

INK = 0.2
"""The grey from which a pixel counts as ink."""

LEAST_INK = 6
"""Pixels of ink; a piece of fewer is a speck, and left out."""

MOST_PIECES = 48
"""The largest ones; of noise there would be thousands."""

MARGIN = 2
"""Pixels that a window keeps free around a piece at least."""

BESIDE = 2.0
"""A digit's centre may lie so many pixels beside a piece that holds it: centres are found from
windows, a stride apart."""


@dataclass(frozen=True, eq=False)
class Piece:
    """One piece: the ``box`` of its ink (left, top, right, bottom) in pixels of the canvas.

    ``image`` (side, side): its window. ``scale``: 1, or less where it was made smaller. ``winner``
    and ``probability``: the likeliest class. ``holds``: the digits of the one pass whose centres
    lie in it, "[?]" where one is undecided.
    """

    box: tuple[int, int, int, int]
    image: Floats
    scale: float
    winner: int
    probability: float
    holds: tuple[str, ...]

    @property
    def is_merged(self) -> bool:
        """Whether it holds more than one digit."""
        return len(self.holds) > 1


@dataclass(frozen=True, eq=False)
class Cut:
    """What one way of cutting gives. ``pieces`` from left to right, line by line; ``split``: digits
    of the one pass, each with the number of its pieces, where these are several; ``left_out``:
    pieces too small or too many."""

    pieces: tuple[Piece, ...]
    split: tuple[tuple[str, int], ...]
    left_out: int
    multiply_adds: int

    @property
    def merged(self) -> tuple[Piece, ...]:
        """The pieces that hold more than one digit."""
        return tuple(piece for piece in self.pieces if piece.is_merged)


@dataclass(frozen=True, eq=False)
class Segmented:
    """Both cuts of one ``image`` beside the ``reading`` of one pass, and what that costs.

    ``a_window``: multiply-adds of one window; ``whole``: of the one pass over ``windows`` windows.
    ``seen`` (side, side): of each digit of the one pass the window that is most confident of it.
    ``joins``: the shortest lines, as two ends (x, y), from each component to the next of its line.
    """

    image: Floats
    architecture: Architecture
    reading: Reading
    cuts: Mapping[str, Cut]
    a_window: int
    whole: int
    windows: int
    seen: tuple[Floats, ...]
    joins: tuple[tuple[Point, Point], ...]


def at_gaps(image: Floats) -> Labels:
    """Number the runs of columns with ink from 1: (H, W), 0 in the gaps.

    A column beside a run, where strokes fade out, belongs to it.
    """
    inked = np.pad((image >= INK).any(0).astype(np.int8), 1)
    starts, ends = np.flatnonzero(np.diff(inked) == 1), np.flatnonzero(np.diff(inked) == -1)
    columns = np.zeros(image.shape[1], np.int32)
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        columns[start:end] = number
    return np.broadcast_to(_grown(columns[None]), image.shape).copy()


def components(image: Floats) -> Labels:
    """Number the connected components of ink from 1: (H, W), 0 where there is none.

    A pixel beside one, where strokes fade out, belongs to it.
    """
    _, found = cv2.connectedComponents((image >= INK).astype(np.uint8), connectivity=8)
    return _grown(np.asarray(found, np.int32))


def _grown(labels: Labels) -> Labels:
    """Labels with those of the next pixel where there was none."""
    wider = cv2.dilate(labels.astype(np.float32), np.ones((3, 3), np.uint8))
    return np.where(labels > 0, labels, wider.astype(np.int32))


CUTS = {GAPS: at_gaps, COMPONENTS: components}


def segmented(
    net: Network,
    image: Floats,
    reading: Reading,
    ablated: Mapping[str, frozenset[int]] | None = None,
) -> Iterator[Segmented | None]:
    """Cut an image (H, W) in both ways, and read the pieces; ``reading`` is that of one pass.

    Yields None between batches of windows, and the result at the end.
    """
    architecture, cuts = net.architecture, dict[str, Cut]()
    side = architecture.window
    a_window = sum(multiply_adds(architecture, side, side).values())
    for name, cut in CUTS.items():
        labels = cut(image)
        boxes, left_out = _boxes(image, labels)
        boxes = _in_order(boxes, reading, architecture)
        windows = [_centred(np.where(labels == n, image, 0), box, side) for n, box in boxes]
        answers: list[tuple[int, float]] = []
        for start in range(0, len(windows), BATCH):
            answers += _answers(net, [each for each, _ in windows[start : start + BATCH]], ablated)
            yield None
        pieces = tuple(
            Piece(box, window, scale, *answer, _held(box, reading, architecture))
            for (_, box), (window, scale), answer in zip(boxes, windows, answers, strict=True)
        )
        split = _split(pieces, reading, architecture)
        cuts[name] = Cut(pieces, split, left_out, len(pieces) * a_window)
    lines = []
    for line in joins(image, reading, architecture):
        lines.append(line)
        yield None
    rows, columns = architecture.windows(*image.shape)
    yield Segmented(
        image, architecture, reading, cuts, a_window,
        sum(multiply_adds(architecture, *image.shape).values()), rows * columns,
        _seen(image, reading, architecture), tuple(lines),
    )  # fmt: skip


Box = tuple[int, int, int, int]


def _boxes(image: Floats, labels: Labels) -> tuple[list[tuple[int, Box]], int]:
    """The pieces' numbers and the boxes of their ink; how many were left out."""
    ink = np.where(image >= INK, labels, 0)
    areas = np.bincount(ink.ravel(), minlength=int(labels.max()) + 1)
    areas[0] = 0
    largest = np.argsort(-areas, kind="stable")[:MOST_PIECES]
    found = []
    for number in largest[areas[largest] >= LEAST_INK].tolist():
        rows, columns = np.nonzero(ink == number)
        found.append(
            (number, (int(columns.min()), int(rows.min()),
                      int(columns.max()) + 1, int(rows.max()) + 1))
        )  # fmt: skip
    return found, int((areas > 0).sum()) - len(found)


def _in_order(
    boxes: list[tuple[int, Box]], reading: Reading, architecture: Architecture
) -> list[tuple[int, Box]]:
    """Line by line as the one pass finds them, from left to right."""
    levels = [architecture.centre(line.row) for line in reading.lines] or [0.0]

    def place(entry: tuple[int, Box]) -> tuple[int, int]:
        left, top, _, bottom = entry[1]
        return int(np.abs(np.subtract(levels, (top + bottom) / 2)).argmin()), left

    return sorted(boxes, key=place)


def _centred(image: Floats, box: Box, side: int) -> tuple[Floats, float]:
    """An image that holds one piece → that piece in the middle of a window, and its scale.

    Whole pixels are moved, so the ink stays as it is.
    """
    left, top, right, bottom = box
    width, height = right - left + 2, bottom - top + 2  # with the pixels where strokes fade out
    around = np.pad(image, 1)[top : bottom + 2, left : right + 2]
    room = side - 2 * MARGIN
    scale = min(1.0, room / width, room / height)
    if scale < 1:
        size = max(1, round(scale * width)), max(1, round(scale * height))
        around = np.asarray(cv2.resize(around, size, interpolation=cv2.INTER_AREA), np.float32)
        height, width = around.shape
    window = np.zeros((side, side), np.float32)
    x, y = (side - width) // 2, (side - height) // 2
    window[y : y + height, x : x + width] = around
    return window, scale


def _answers(
    net: Network, windows: Sequence[Floats], ablated: Mapping[str, frozenset[int]] | None
) -> list[tuple[int, float]]:
    """The likeliest class of each window, and its probability."""
    import torch

    with torch.inference_mode():
        output = net(torch.from_numpy(np.stack(windows))[:, None], ablated)["output"]
        sure, winners = output[..., 0, 0].exp().max(1)
    return list(zip(winners.tolist(), sure.tolist(), strict=True))


def _seen(image: Floats, reading: Reading, architecture: Architecture) -> tuple[Floats, ...]:
    every, rim = crops(architecture, image), architecture.rim
    _, columns = architecture.windows(*image.shape)
    places = [segment.window for line in reading.lines for segment in line.segments]
    inner = slice(rim, rim + architecture.window)
    return tuple(every[row * columns + column, 0, inner, inner] for row, column in places)


# What went wrong


def name_of(digit: ReadDigit) -> str:
    """Return a digit of the one pass as it is written."""
    return UNDECIDED if digit.digit is None else str(digit.digit)


def centre_of(digit: ReadDigit, architecture: Architecture) -> Point:
    """Return where a digit of the one pass lies, (x, y) in pixels of the canvas."""
    return architecture.centre(digit.column), architecture.centre(digit.row)


def _held(box: Box, reading: Reading, architecture: Architecture) -> tuple[str, ...]:
    left, top, right, bottom = box
    return tuple(
        name_of(digit)
        for digit in reading.digits
        for x, y in [centre_of(digit, architecture)]
        if left - BESIDE <= x <= right + BESIDE and top - BESIDE <= y <= bottom + BESIDE
    )


def _split(
    pieces: Sequence[Piece], reading: Reading, architecture: Architecture
) -> tuple[tuple[str, int], ...]:
    """The digits to which several pieces are nearest, within half a window, merged ones apart."""
    if not reading.digits:
        return ()
    centres = np.array([centre_of(digit, architecture) for digit in reading.digits])
    counts = np.zeros(len(centres), np.int64)
    for piece in pieces:
        left, top, right, bottom = piece.box
        away = np.abs(centres - ((left + right) / 2, (top + bottom) / 2)).max(1)
        if not piece.is_merged and away.min() < architecture.window / 2:
            counts[away.argmin()] += 1
    return tuple(
        (name_of(digit), count)
        for digit, count in zip(reading.digits, counts.tolist(), strict=True)
        if count > 1
    )


# Ligatures


def joins(
    image: Floats, reading: Reading, architecture: Architecture
) -> Iterator[tuple[Point, Point]]:
    """Find the shortest line from the ink of each component to that of the next in its line."""
    labels = components(image)
    boxes, _ = _boxes(image, labels)
    ink = np.where(image >= INK, labels, 0)
    ordered = _in_order(boxes, reading, architecture)
    for (one, box), (other, next_box) in pairwise(ordered):
        if min(box[3], next_box[3]) <= max(box[1], next_box[1]):
            continue  # one below the other: another line
        away = cv2.distanceTransform(
            (ink != other).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
        )
        y, x = np.unravel_index(int(np.where(ink == one, away, np.inf).argmin()), ink.shape)
        ends = np.argwhere(ink == other)
        to_y, to_x = ends[np.hypot.reduce(ends - (y, x), axis=1).argmin()].tolist()
        yield (float(x) + 0.5, float(y) + 0.5), (to_x + 0.5, to_y + 0.5)
