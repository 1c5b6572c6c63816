"""Difficulty: why a drawing is not read, where that has a plain reason with a remedy.

Nothing is said of what is read with confidence, nor where the reason is not plain: on strokes of
the shipped handwritings, 10 to 28 px high and within the network's reach, there is no difficulty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from viz.measure.reading import ReadDigit, Reading
from viz.nets.architecture import Architecture
from viz.scene import Group, Scene
from viz.scene.hits import Box
from viz.scene.model import Points, middle

KNOWN_PX, KNOWN_SHARE = 20, 0.7
"""Height of training digits, in pixels, and as a share of a window smaller than LeNet-5's."""

SMALL, LARGE, HUGE = 0.5, 1.4, 2.0
"""Heights, in multiples of the known one. Digits smaller than the first, or larger than the second,
are often not read; one larger than the last, never rightly but by chance."""

DOT_PX = 4.0
"""What is smaller is no digit."""

CONFIDENT = 0.8
"""Probability from which a digit counts as read."""

AROUND_PX, NEAR_PX = 4.0, 12.0
"""A digit read so far around an item's box, or from its middle, is that item."""

OFF_PX = 8.0
"""From so far beside the middle of a side of a single window digits are no longer read."""

JOINED_PX = 2.0
"""Items whose boxes lie closer may be parts of one digit, such as the bar of a 5."""

_SIGNS, _OPPOSITE = np.array([[1.0], [1.0], [-1.0], [-1.0]]), [2, 3, 0, 1]


@dataclass(frozen=True)
class OutOfReach:
    """No window looks straight at it; ``whole``: it is all that is drawn."""

    whole: bool


@dataclass(frozen=True)
class OddSize:
    """It is ``height`` pixels high, where the network knows about ``known``."""

    height: float
    known: int


@dataclass(frozen=True)
class Competing:
    """In one window the two likeliest digits, each with its probability among digits, are too close
    to each other, as for two digits drawn over each other."""

    shares: tuple[tuple[int, float], tuple[int, float]]


Difficulty = OutOfReach | OddSize | Competing


def read_span(architecture: Architecture, side: int) -> tuple[float, float]:
    """Return the range, along a side of ``side`` pixels, where a digit's centre can be read."""
    windows, _ = architecture.windows(side, side)
    reach = architecture.stride / 2
    return architecture.centre(0) - reach, architecture.centre(windows - 1) + reach


def known_height(architecture: Architecture) -> int:
    """Return how high, in pixels, the digits are that a network was trained on."""
    return min(KNOWN_PX, round(KNOWN_SHARE * architecture.window))


def difficulty(scene: Scene, architecture: Architecture, reading: Reading) -> Difficulty | None:
    """Say why a digit is not read, of the one drawn last; None where there is no plain reason."""
    parts = joined_items(scene)
    digits = reading.digits
    at = [(architecture.centre(digit.column), architecture.centre(digit.row)) for digit in digits]
    centres = np.array(at, np.float64).reshape(-1, 2)
    for items, box in reversed(parts):
        read = [digits[number] for number in _read_in(box, centres)]
        size = _odd_size(scene, items, box, architecture, read)
        if size is not None:
            return size
        if not read and _is_out_of_reach(scene, architecture, box):
            return OutOfReach(whole=len(parts) == 1)
    doubted = (part for line in reading.lines for part in line.segments if part.doubt is not None)
    return next((Competing(part.shares) for part in doubted), None)


def joined_items(scene: Scene) -> list[tuple[list[int], Box]]:
    """List items that may be parts of one digit, and the box around them; without dots."""
    # Boxes as left, top, −right, −bottom: around several are the least of all four
    own = scene.boxes.items.T * _SIGNS
    opposite = own[_OPPOSITE]
    parts: list[list[int]] = []
    boxes = np.empty_like(own)  # of the parts so far
    for index in range(len(scene.items)):
        box, known = own[:, index], boxes[:, : len(parts)]
        apart = known + opposite[:, index, None]
        near = np.logical_and.reduce(apart < JOINED_PX).nonzero()[0]
        items = [index]
        for number in near[::-1]:
            box = np.minimum(box, boxes[:, number])
            part = parts.pop(number)
            boxes[:, number : len(parts)] = boxes[:, number + 1 : len(parts) + 1]
            items, fewer = (part, items) if len(part) > len(items) else (items, part)
            items += fewer
        boxes[:, len(parts)] = box
        parts.append(items)
    found = zip(parts, (boxes * _SIGNS).T[: len(parts)].tolist(), strict=True)
    whole = [(items, (left, top, right, bottom)) for items, (left, top, right, bottom) in found]
    return [(items, box) for items, box in whole if max(_size(box)) >= DOT_PX]


def _size(box: Box) -> tuple[float, float]:
    """Width and height."""
    return box[2] - box[0], box[3] - box[1]


def _read_in(box: Box, centres: Points) -> list[int]:
    """Which digits, read about these ``centres`` (D, 2), lie where a part of the drawing does."""
    width, height = _size(box)
    within = max(width / 2 + AROUND_PX, NEAR_PX), max(height / 2 + AROUND_PX, NEAR_PX)
    return np.flatnonzero((abs(centres - middle(box)) <= within).all(1)).tolist()


def _odd_size(
    scene: Scene,
    items: Sequence[int],
    box: Box,
    architecture: Architecture,
    read: Sequence[ReadDigit],
) -> OddSize | None:
    """How large something of strokes is, if it is too large, or too small and not read.

    A picture's box is not its ink's, and a group with a longer name holds several digits.
    """
    groups = (scene.items[index] for index in items)
    if not all(isinstance(group, Group) and len(group.name) < 2 for group in groups):
        return None
    known, confident = known_height(architecture), [d for d in read if _is_confident(d)]
    boxes = scene.boxes.items[items]
    high = float((boxes[:, 3] - boxes[:, 1]).max())
    is_one = len(read) == len(confident) == 1
    if high > HUGE * known or (high > LARGE * known and not is_one):
        return OddSize(high, known)
    if max(_size(box)) < SMALL * known and not confident:
        return OddSize(_size(box)[1], known)
    return None


def _is_confident(digit: ReadDigit) -> bool:
    return digit.digit is not None and digit.confidence >= CONFIDENT


def _is_out_of_reach(scene: Scene, architecture: Architecture, box: Box) -> bool:
    for at, side in zip(middle(box), (scene.width, scene.height), strict=True):
        low, high = read_span(architecture, side)
        if high - low <= architecture.stride:  # a single window
            centre = (low + high) / 2
            low, high = centre - OFF_PX, centre + OFF_PX
        if not low <= at <= high:
            return True
    return False
