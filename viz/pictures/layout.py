"""Layout: pieces of ink become lines of writing.

Connected components are used to find where lines run and how high they are written; what they are
is for the network to say. What is not writing, such as specks and a thumb at the border, is left
out.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

_MOST_PIECES = 4000
"""The largest pieces that are looked at; a picture of more is noise."""

_SOLID = 0.2
"""A piece is solid whose largest inscribed circle has at least this radius, in its height."""


_HELD = 0.3
"""What holds the picture, such as a thumb, is cut off by its border over this share of its size."""


@dataclass(frozen=True)
class Line:
    """A line of writing. ``labels``: its pieces in the labelled picture; ``box``: left, top, right,
    bottom; ``height``: that of its digits, in pixels; ``angle``: of its run, in degrees, clockwise;
    ``pen``: the strokes' width in pixels."""

    labels: tuple[int, ...]
    box: tuple[int, int, int, int]
    height: float
    angle: float
    pen: float


@dataclass(frozen=True)
class Layout:
    """``labels`` (h, w) int32: the piece of ink each pixel belongs to, 0 none; ``lines`` from the
    top; ``left_out``: whether there are pieces that belong to none."""

    labels: NDArray[np.int32]
    lines: tuple[Line, ...]
    left_out: bool


def lay_out(
    mask: Mask, strength: NDArray[np.float32], edges: Mask, *, whole: bool = False
) -> Layout:
    """Find the lines of writing in a picture's ink; ``whole``: leave no piece out."""
    ink = mask.astype(np.uint8)
    _, found, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    labels = np.asarray(found, np.int32)
    boxes = stats[1:].astype(np.int64)
    every, pieces = _pieces(boxes, mask, labels, strength, edges)
    if whole:
        pieces = every
    if not pieces:
        return Layout(labels, (), bool(every))
    lines = _lines(_merged(pieces), whole)
    used = sum(len(piece.labels) for line in lines for piece in line)
    left_out = used < len(every)
    return Layout(labels, tuple(_measured(line, mask, labels) for line in lines), left_out)


@dataclass
class _Piece:
    """A piece of ink, or several that belong together: its labels and box."""

    labels: tuple[int, ...]
    left: int
    top: int
    right: int
    bottom: int
    area: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def x(self) -> float:
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        return (self.top + self.bottom) / 2


def _pieces(
    boxes: NDArray[np.int64],
    mask: Mask,
    labels: NDArray[np.int32],
    strength: NDArray[np.float32],
    edges: Mask,
) -> tuple[list[_Piece], list[_Piece]]:
    """All pieces but for single points and for what the background leaves; and those written."""
    height, width = mask.shape
    order = np.argsort(-boxes[:, 4])[:_MOST_PIECES]
    distance = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    every, kept, radii, strengths = list[_Piece](), list[_Piece](), list[float](), list[float]()
    strips = list[bool]()
    for index in order:
        x, y, w, h, area = (int(v) for v in boxes[index])
        if max(w, h) < 4 or area < 6:
            continue
        box = np.s_[y : y + h, x : x + w]
        own = labels[box] == index + 1
        radius = float(distance[box][own].max())
        rim = own & ~cv2.erode(own.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.bool_)
        if rim.any() and edges[box][rim].mean() > 0.45:
            continue  # what the background's own edge leaves, such as a sheet's corner
        contact = max(
            own[:, 0].sum() if x <= 1 else 0, own[:, -1].sum() if x + w >= width - 1 else 0,
            own[0].sum() if y <= 1 else 0, own[-1].sum() if y + h >= height - 1 else 0,
        )  # fmt: skip
        piece = _Piece((int(index) + 1,), x, y, x + w, y + h, area)
        every.append(piece)
        at_border = contact > _HELD * max(h, w) and radius > 6
        if at_border and radius > _SOLID * max(h, w):
            continue
        kept.append(piece)
        radii.append(radius)
        strengths.append(float(np.percentile(strength[box][own], 80)))
        strips.append(at_border and radius > _SOLID * min(h, w))
    if not kept:
        return every, []
    heights = np.array([max(p.height, 0.5 * p.width) for p in kept], np.float64)
    areas = np.array([p.area for p in kept], np.float64)
    # What is much weaker, or much fatter, than what is written as a rule, is something else; and
    # what lies along the border, where it is darker there, is something else unless it is as strong
    lean = (np.array(radii) < _SOLID * heights) & ~np.array(strips)
    weight = np.where(lean, areas, 0.05 * areas)
    rule = _weighted_median(np.array(strengths), weight)
    radius = _weighted_median(np.array(radii), weight)
    tall = _weighted_median(heights, weight)
    return every, [
        piece
        for piece, r, s, strip in zip(kept, radii, strengths, strips, strict=True)
        if s > (0.5 if strip else 0.2) * rule
        and r < max(3 * radius, 0.2 * tall)
        and max(piece.height, piece.width) > 0.12 * tall
    ]


def _merged(pieces: list[_Piece]) -> list[_Piece]:
    """Join pieces that lie over each other, such as a 5 and its bar."""
    tall = _typical_height(pieces)
    pieces = sorted(pieces, key=lambda piece: piece.left)
    boxes = np.array([(p.left, p.top, p.right, p.bottom) for p in pieces], np.float64)
    there = np.ones(len(pieces), np.bool_)
    changed = True
    while changed:
        changed = False
        for i in range(len(pieces)):
            while there[i] and (j := _over(boxes, there, i, tall)) is not None:
                first, second = pieces[i], pieces[j]
                pieces[i] = _Piece(
                    first.labels + second.labels,
                    min(first.left, second.left), min(first.top, second.top),
                    max(first.right, second.right), max(first.bottom, second.bottom),
                    first.area + second.area,
                )  # fmt: skip
                joined = pieces[i]
                boxes[i] = joined.left, joined.top, joined.right, joined.bottom
                there[j], changed = False, True
    return [piece for piece, kept in zip(pieces, there, strict=True) if kept]


def _over(boxes: Floats, there: NDArray[np.bool_], i: int, tall: float) -> int | None:
    """The first piece after ``i`` that lies over it or under it, if one does; ``boxes`` (n, 4) are
    sorted by their left."""
    left, top, right, bottom = boxes[i]
    end = int(np.searchsorted(boxes[:, 0], right, "right"))
    others = boxes[i + 1 : end]
    overlap = np.minimum(right, others[:, 2]) - np.maximum(left, others[:, 0])
    apart = np.maximum(top, others[:, 1]) - np.minimum(bottom, others[:, 3])
    joined = np.maximum(bottom, others[:, 3]) - np.minimum(top, others[:, 1])
    least = np.minimum(right - left, others[:, 2] - others[:, 0])
    lower = np.minimum(bottom - top, others[:, 3] - others[:, 1])
    belong = (overlap >= 0.5 * least) & (
        (apart < -0.5 * lower)
        | ((apart < 0.15 * tall) & (joined < 1.3 * tall) & (lower < 0.6 * tall))
    )
    found = np.flatnonzero(belong & there[i + 1 : end])
    return i + 1 + int(found[0]) if len(found) else None


def _typical_height(pieces: list[_Piece]) -> float:
    heights = np.array([piece.height for piece in pieces], np.float64)
    areas = np.array([piece.area for piece in pieces], np.float64)
    slim = np.array([piece.width <= 3 * piece.height for piece in pieces])
    if slim.any():
        heights, areas = heights[slim], areas[slim]
    return _weighted_median(heights, areas)


def _lines(pieces: list[_Piece], whole: bool) -> list[list[_Piece]]:
    tall = _typical_height(pieces)
    big = [p for p in pieces if p.height >= 0.5 * tall]
    small = [p for p in pieces if p.height < 0.5 * tall]
    if not big:
        big, small = pieces, []
    lines = _linked(big, tall)
    slope = _slope(lines)
    lines = _joined(lines, slope)
    lone = []
    for piece in small:
        near = [
            (abs(piece.y - slope * piece.x - _level(line, slope)), line)
            for line in lines
            if min(abs(piece.x - p.x) for p in line) < 2.5 * tall
        ]
        if near:
            away, line = min(near, key=lambda found: found[0])
            if away < 0.7 * float(np.median([p.height for p in line if p.height >= 0.5 * tall])):
                line.append(piece)
                continue
        lone.append(piece)
    if whole:
        return sorted(
            [*lines, *_joined(_linked(lone, tall), slope)], key=lambda line: _level(line, slope)
        )
    most = max(sum(p.area for p in line) for line in lines)
    lines = [line for line in lines if sum(p.area for p in line) >= 0.02 * most]
    return sorted(lines, key=lambda line: _level(line, slope))


def _linked(big: list[_Piece], tall: float) -> list[list[_Piece]]:
    """Lines made by linking each piece to the nearest at its right that stands as high."""
    parent = list(range(len(big)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    left = np.array([p.left for p in big], np.float64)
    right = np.array([p.right for p in big], np.float64)
    top = np.array([p.top for p in big], np.float64)
    bottom = np.array([p.bottom for p in big], np.float64)
    middle = (left + right) / 2
    for i, piece in enumerate(big):
        overlap = np.minimum(bottom, piece.bottom) - np.maximum(top, piece.top)
        gap = left - piece.right
        fits = (
            (middle > piece.x)
            & (overlap >= 0.4 * np.minimum(bottom - top, piece.height))
            & (gap < 4 * tall)
        )
        fits[i] = False
        if fits.any():
            j = int(np.where(fits, middle, np.inf).argmin())
            parent[root(i)] = root(j)
    groups: dict[int, list[_Piece]] = {}
    for i, piece in enumerate(big):
        groups.setdefault(root(i), []).append(piece)
    return list(groups.values())


def _slope(lines: list[list[_Piece]]) -> float:
    """How far lines fall per pixel to the right: the median of those of three pieces or more."""
    slopes, weights = [], []
    for line in lines:
        if len(line) < 3:
            continue
        x = np.array([p.x for p in line])
        y = np.array([(p.y + p.bottom) / 2 for p in line])
        spread = x.max() - x.min()
        height = float(np.median([p.height for p in line]))
        if spread < 2 * height:
            continue
        i, j = np.triu_indices(len(x), 1)
        far = np.abs(x[i] - x[j]) > 0.4 * spread
        slopes.append(float(np.median((y[j] - y[i])[far] / (x[j] - x[i])[far])))
        weights.append(float(spread))
    if not slopes:
        return 0.0
    slope = _weighted_median(np.array(slopes), np.array(weights))
    return float(np.clip(slope, -0.35, 0.35))


def _level(line: list[_Piece], slope: float) -> float:
    return float(np.median([p.y - slope * p.x for p in line]))


def _joined(lines: list[list[_Piece]], slope: float) -> list[list[_Piece]]:
    """Lines at the same level, far apart as they may stand, are one."""
    lines = sorted(lines, key=lambda line: _level(line, slope))
    joined: list[list[_Piece]] = []
    for line in lines:
        height = float(np.median([p.height for p in line]))
        if joined:
            last = joined[-1]
            other = float(np.median([p.height for p in last]))
            away = _level(line, slope) - _level(last, slope)
            if away < 0.4 * min(height, other) and 0.5 < height / other < 2:
                last.extend(line)
                continue
        joined.append(list(line))
    return joined


def _measured(line: list[_Piece], mask: Mask, labels: NDArray[np.int32]) -> Line:
    slope = _slope([line]) if len(line) >= 4 else 0.0
    tallest = max(p.height for p in line)
    high = [p.height for p in line if p.height >= 0.6 * tallest]
    box = (
        min(p.left for p in line),
        min(p.top for p in line),
        max(p.right for p in line),
        max(p.bottom for p in line),
    )
    names = tuple(label for p in line for label in p.labels)
    part = np.s_[box[1] : box[3], box[0] : box[2]]
    own = (np.isin(labels[part], names) & mask[part]).astype(np.uint8)
    contours, _ = cv2.findContours(own, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outline = sum(cv2.arcLength(contour, True) for contour in contours)
    pen = 2 * float(own.sum()) / max(outline, 1.0)
    return Line(
        names, box, float(np.percentile(high, 60)), float(np.degrees(np.arctan(slope))), pen
    )


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][int(np.searchsorted(total, total[-1] / 2))])
