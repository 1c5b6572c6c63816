"""Pictures cut into parts and put together otherwise: quarters in other places, strokes moved."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.assumptions.measure.bank import Found, letter, look
from viz.chapters.assumptions.measure.window import Box, item_in
from viz.scene import Group, Scene, Stroke, rasterize, rasterize_scene

if TYPE_CHECKING:
    from viz.nets.network import Network

Array = NDArray[np.float32]
Region = tuple[int, int, int, int]
"""Top, left, height and width of what is cut into quarters, in pixels; the last two are even."""
Order = tuple[int, ...]
"""Which quarter stands in each place: upper left, upper right, lower left, lower right."""
Offsets = tuple[tuple[int, int], ...]
"""How far each stroke is moved, (dx, dy) in whole pixels."""

WHOLE: Order = (0, 1, 2, 3)
ORDERS: tuple[Order, ...] = tuple(permutations(range(4)))

MOST_STROKES = 12
MOST_OFFSET = 32
PLACES = range(-8, 9, 4)
"""Pixels to which a stroke is moved along each axis, to see what is still accepted."""
BATCH = 12
INK = 0.05
"""From so much on a pixel counts as ink."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """The ``picture`` (side, side), the ``region`` round its ink that is cut into quarters, and the
    ``strokes`` (N, side, side) it can be taken apart into, each as an image of its own."""

    picture: Array
    strokes: Array
    region: Region


@dataclass(frozen=True, eq=False)
class Accepted:
    """What comes of arrangements.

    ``pieces`` are those of the picture; ``arranged`` (side, side) is how it is put together now.
    ``before`` and ``after`` (classes,) are the network's probabilities, or empty for a letter.
    ``pictures`` (N, side, side): all arrangements that are tried, the whole one first;
    ``probabilities`` (N, classes) or, for a letter, ``found`` (N,), what the bank finds in each;
    ``now``: what it finds in ``arranged``.
    """

    pieces: Pieces
    arranged: Array
    before: Array
    after: Array
    pictures: Array
    probabilities: Array
    found: tuple[Found, ...] = ()
    now: Found | None = None

    @property
    def read(self) -> int:
        """The class that the network reads in the whole picture."""
        return int(self.before.argmax())

    @property
    def kept(self) -> int:
        """In how many of the arrangements it is still read, or said by the bank."""
        if self.found:
            return sum(one.answer == self.found[0].answer for one in self.found)
        return int((self.probabilities.argmax(1) == self.read).sum())

    @property
    def kept_in_place(self) -> int:
        """In how many the position-aware variant of the bank says the same."""
        return sum(one.placed_answer == self.found[0].placed_answer for one in self.found)


def cut(picture: Array, region: Region) -> tuple[Array, ...]:
    """Return views of a region's quarters: upper left, upper right, lower left, lower right."""
    top, left, height, width = region
    rows = (slice(top, top + height // 2), slice(top + height // 2, top + height))
    columns = (slice(left, left + width // 2), slice(left + width // 2, left + width))
    return tuple(picture[one, other] for one in rows for other in columns)


def arrange(picture: Array, region: Region, order: Order) -> Array:
    """Put the quarters of a region into other places; the rest stays."""
    pieces, result = cut(picture, region), picture.copy()
    for place, piece in zip(cut(result, region), order, strict=True):
        place[:] = pieces[piece]
    return result


def region_of(picture: Array) -> Region:
    """Return the smallest region of even sides round all ink; of a blank picture the whole."""
    rows, columns = (np.flatnonzero(picture.max(axis) > INK) for axis in (1, 0))
    if not len(rows):
        return _even((0, 0, *picture.shape), len(picture))
    top, left = int(rows[0]), int(columns[0])
    return _even((top, left, int(rows[-1]) + 1 - top, int(columns[-1]) + 1 - left), len(picture))


def _joined(scene: Scene, index: int) -> tuple[float, ...]:
    """The box round an item and all whose boxes touch it, or one another."""
    boxes = scene.boxes.items
    own = boxes[index]
    for _ in range(len(boxes)):
        touching = (boxes[:, :2] <= own[2:]).all(1) & (boxes[:, 2:] >= own[:2]).all(1)
        grown = np.concatenate([boxes[touching, :2].min(0), boxes[touching, 2:].max(0)])
        if np.array_equal(grown, own):
            break
        own = grown
    return tuple(own.tolist())


def _even(region: Region, side: int) -> Region:
    """Enlarge a region within a picture to even sides, or make it smaller where it fills that."""
    ends = []
    for start, length in zip(region[:2], region[2:], strict=True):
        if length % 2:
            start -= start + length == side and start > 0
            length += 1 if length < side else -1
        ends.append((start, max(2, length)))
    (top, height), (left, width) = ends
    return top, left, height, width


def take_apart(scene: Scene, window: Box) -> Pieces:
    """Cut a window out of the canvas, and draw each of its strokes on its own.

    A single stroke is cut into three of equal length. Of pictures on the canvas there are none.
    """
    top, left, side = window
    canvas = rasterize_scene(scene)
    picture = np.array(canvas[top : top + side, left : left + side])
    strokes = []
    for index, item in enumerate(scene.items):
        if isinstance(item, Group):
            for stroke in scene.strokes_of(index):
                x0, y0, x1, y1 = stroke.box
                if x1 > left and x0 < left + side and y1 > top and y0 < top + side:
                    strokes.append(stroke.moved(-left, -top))
    if len(strokes) == 1:
        strokes = thirds(strokes[0])
    drawn = [rasterize([one], side, side) for one in strokes[:MOST_STROKES]]
    stack = np.stack(drawn) if drawn else np.zeros((0, side, side), np.float32)
    return Pieces(picture, stack, _region_in(scene, window, picture))


def _region_in(scene: Scene, window: Box, picture: Array) -> Region:
    """The region round the item in the middle of a window and those whose boxes touch it; round all
    ink where there is none."""
    index, (top, left, side) = item_in(scene, window), window
    if index is None:
        return region_of(picture)
    x0, y0, x1, y1 = _joined(scene, index)
    first = [min(max(0, math.floor(at)), side - 2) for at in (y0 - top, x0 - left)]
    last = [min(max(2, math.ceil(at)), side) for at in (y1 - top, x1 - left)]
    sizes = [max(2, end - start) for start, end in zip(first, last, strict=True)]
    return _even((first[0], first[1], sizes[0], sizes[1]), side)


def thirds(stroke: Stroke) -> list[Stroke]:
    """Cut a stroke into three of equal length; a dot stays whole."""
    points = stroke.points
    along = np.concatenate([[0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    if along[-1] <= 0:
        return [stroke]
    parts = []
    for low, high in zip((0, 1, 2), (1, 2, 3), strict=True):
        ends = (along[-1] * low / 3, along[-1] * high / 3)
        inner = along[(along > ends[0]) & (along < ends[1])]
        at = np.array([ends[0], *inner, ends[1]])
        placed = np.stack([np.interp(at, along, points[:, axis]) for axis in (0, 1)], 1)
        parts.append(Stroke(placed, stroke.width_px, stroke.ink))
    return parts


def shift(picture: Array, dx: int, dy: int) -> Array:
    """Move a picture by whole pixels; what leaves it is lost, what comes in is blank."""
    side = len(picture)
    around = np.pad(picture, MOST_OFFSET)
    top, left = MOST_OFFSET - dy, MOST_OFFSET - dx
    return around[top : top + side, left : left + side]


def move(pieces: Pieces, offsets: Offsets) -> Array:
    """Put the strokes together, each moved; where they overlap the darker one counts."""
    if not any(map(any, offsets)):
        return pieces.picture
    moved = [
        shift(one, *(offsets[at] if at < len(offsets) else (0, 0)))
        for at, one in enumerate(pieces.strokes)
    ]
    return np.asarray(np.maximum.reduce(moved), np.float32)


def scrambled_drawing(
    net: Network, scene: Scene, window: Box, order: Order
) -> Iterator[Accepted | None]:
    """Read all arrangements of the quarters of a window."""
    pieces = take_apart(scene, window)
    pictures = np.stack([arrange(pieces.picture, pieces.region, one) for one in ORDERS])
    at = ORDERS.index(order)
    for found in _read(net, pictures):
        if found is not None:
            yield Accepted(pieces, pictures[at], found[0], found[at], pictures, found)
        else:
            yield None


def moved_strokes(
    net: Network, scene: Scene, window: Box, offsets: Offsets, stroke: int
) -> Iterator[Accepted | None]:
    """Read a window whose strokes are moved, and with one of them in all ``PLACES``."""
    pieces = take_apart(scene, window)
    if not len(pieces.strokes):
        return
    arranged = move(pieces, offsets)
    stroke = min(stroke, len(pieces.strokes) - 1)
    tried: list[Array] = []
    for dy in PLACES:
        for dx in PLACES:
            placed = list(offsets) + [(0, 0)] * (len(pieces.strokes) - len(offsets))
            placed[stroke] = (dx, dy)
            tried.append(move(pieces, tuple(placed)))
    pictures = np.stack([pieces.picture, arranged, *tried])
    for found in _read(net, pictures):
        if found is not None:
            yield Accepted(pieces, arranged, found[0], found[1], pictures[2:], found[2:])
        else:
            yield None


def scrambled_letter(name: str, order: Order) -> Accepted:
    """Apply the bank to all arrangements of the quarters of a letter."""
    picture = letter(name)
    # the whole picture: where parts touch anew, corners would come and go
    region = (0, 0, *picture.shape)
    pictures = np.stack([arrange(picture, region, one) for one in ORDERS])
    found = look(pictures)
    at, none = ORDERS.index(order), np.zeros(0, np.float32)
    pieces = Pieces(picture, np.zeros((0, *picture.shape), np.float32), region)
    return Accepted(
        pieces, pictures[at], none, none, pictures, np.zeros((len(pictures), 0), np.float32),
        found, found[at],
    )  # fmt: skip


def _read(net: Network, pictures: Array) -> Iterator[Array | None]:
    """Yield the probabilities (N, classes) of windows (N, side, side), after turns for others."""
    import torch

    parts: Sequence[Array] = []
    for first in range(0, len(pictures), BATCH):
        with torch.no_grad():
            output = net(torch.from_numpy(pictures[first : first + BATCH])[:, None])["output"]
        parts = [*parts, output[:, :, 0, 0].exp().numpy()]
        yield None
    yield np.concatenate(parts)
