"""Ruling: the plain lines of forms, ruled and squared paper, found and taken away.

A line is a straight run, many times as long as it is thick, along an axis of the picture, that is
either much longer than what is written or part of a grid with something in it. Where a stroke
crosses or touches it, the picture is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

_SLIM = 6
"""A line of a grid is at least so many times as long as it is thick; ruling twice as many times."""

_WHOLE = 0.85
"""So much of its length a line covers without gaps."""

_LONG = 2.5
"""Ruling is at least so many times as long as the writing is high."""


_AHEAD = 0.35
"""A line reaches further than the writing by this share of its height, or has no gaps and is thin.
"""

_FINE = 0.1
"""Thinner than this share of the writing's height."""


@dataclass(frozen=True, eq=False)
class Run:
    """A straight run of ink along an axis: ``across`` the picture or down it; it covers
    ``start`` … ``end`` along and ``low`` … ``high`` the other way, in pixels."""

    across: bool
    start: int
    end: int
    low: int
    high: int
    thickness: float
    pixels: Mask

    @property
    def length(self) -> int:
        return self.end - self.start


def tilt(mask: Mask) -> float:
    """The angle of the picture's long lines from its axes, in degrees, clockwise; 0 without any."""
    height, width = mask.shape
    shrink = max(1.0, max(mask.shape) / 800)
    size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    small = cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    small = (small > 60).astype(np.uint8) * 255
    thick = cv2.morphologyEx(small, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    small[thick > 0] = 0
    least = max(20, round(0.3 * min(size)))
    found = cv2.HoughLinesP(small, 1, np.pi / 720, 60, minLineLength=least, maxLineGap=8)
    if found is None:
        return 0.0
    x0, y0, x1, y1 = found.reshape(-1, 4).T.astype(np.float64)
    angle = np.degrees(np.arctan2(y1 - y0, x1 - x0))
    angle = (angle + 45) % 90 - 45
    length = np.hypot(x1 - x0, y1 - y0)
    near = np.abs(angle) < 15
    if not near.any():
        return 0.0
    middle = _weighted_median(angle[near], length[near])
    agreeing = np.abs(angle - middle) < 1.5
    if length[agreeing].sum() < 0.7 * length.sum() or length[agreeing].sum() < 1.5 * max(size):
        return 0.0
    return float(np.average(angle[agreeing], weights=length[agreeing]))


def find(mask: Mask) -> tuple[Run, ...]:
    """Find the lines of ruling, frames and grids; none where they might be what is written."""
    least = max(16, min(mask.shape) // 8)
    candidates = [*_runs(mask, least, across=True), *_runs(mask, least, across=False)]
    if not candidates:
        return ()
    free = _free_height(mask, candidates)
    candidates = [run for run in candidates if run.length >= 1.05 * free]
    left = mask & ~_removed(mask, candidates)
    writing = free or _writing_height(left, candidates)
    if writing == 0 or not candidates:
        return ()
    across = [run for run in candidates if run.across]
    down = [run for run in candidates if not run.across]
    grid = _grid(across, down)
    slim = [
        run
        for run in candidates
        if run.length >= 2 * _SLIM * run.thickness and _goes_on(run, left, writing)
    ]
    chosen = [*grid, *(run for run in slim if run.length >= _LONG * writing and run not in grid)]
    for runs in (across, down):  # a digit that fills the picture, on ruled paper
        side = mask.shape[1] if runs is across else mask.shape[0]
        through = [run for run in runs if run in slim and run.length >= 0.85 * side]
        if len(through) >= 3 and runs is across:
            chosen += [run for run in through if run not in chosen]
    if not chosen:
        return ()
    return (*_alike([run for run in chosen if run.across]),
            *_alike([run for run in chosen if not run.across]))  # fmt: skip


def _alike(runs: list[Run]) -> list[Run]:
    """The runs about as thick as most: strokes that hang on a grid are thicker than its lines."""
    if not runs:
        return []
    thickness = np.array([run.thickness for run in runs])
    rule = _weighted_median(thickness, np.array([run.length for run in runs], np.float64))
    return [run for run in runs if run.thickness <= 1.4 * rule + 0.7]


def take_out(mask: Mask, strength: NDArray[np.float32], runs: tuple[Run, ...]) -> Mask:
    """Return the pixels of the runs, without what crosses or touches them.

    Where the lines are much fainter than what is written, all that is about as faint is taken, too.
    """
    gone = _removed(mask, list(runs))
    left = mask & ~gone
    if gone.any() and left.any():
        line, ink = float(np.median(strength[gone])), float(np.percentile(strength[left], 80))
        if ink > 2 * line:
            gone |= left & (strength < np.sqrt(line * ink))
    return gone


def _runs(mask: Mask, least: int, *, across: bool) -> list[Run]:
    work = (mask if across else mask.T).astype(np.uint8)
    gap = np.ones((1, max(3, least // 6) | 1), np.uint8)
    closed = cv2.morphologyEx(work, cv2.MORPH_CLOSE, gap)
    thicker = cv2.dilate(closed, np.ones((3, 1), np.uint8))
    opened = cv2.morphologyEx(thicker, cv2.MORPH_OPEN, np.ones((1, least), np.uint8))
    # what is thick both ways is no line
    side = max(11, round(0.7 * least))
    opened[cv2.morphologyEx(opened, cv2.MORPH_OPEN, np.ones((side, side), np.uint8)) > 0] = 0
    joined = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((1, least | 1), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    runs = []
    for label in range(1, count):
        x, y, w, h, _ = (int(value) for value in stats[label])
        box = np.s_[y : y + h, x : x + w]
        pixels = (labels[box] == label) & (work[box] > 0)
        inked = np.flatnonzero(pixels.any(0))
        if len(inked) == 0:
            continue
        # A closing near the picture's border reaches to it
        x, w, pixels = (
            x + int(inked[0]),
            int(np.ptp(inked)) + 1,
            pixels[:, inked[0] : inked[-1] + 1],
        )
        columns = pixels.sum(0)
        if (columns > 0).mean() < _WHOLE:
            continue  # the feet of a row of digits
        thickness = float(np.median(columns[columns > 0]))
        if w < _SLIM * thickness or w < least or h > max(3 * thickness + 3, 0.06 * w + thickness):
            continue
        runs.append(Run(across, x, x + w, y, y + h, thickness, pixels))
    return runs


def _removed(mask: Mask, runs: list[Run]) -> Mask:
    gone = np.zeros(mask.shape, np.uint8)
    for run in runs:
        view, work = (gone, mask) if run.across else (gone.T, mask.T)
        limit = round(1.6 * run.thickness + 2)
        low, high = max(0, run.low - limit), min(work.shape[0], run.high + limit)
        band = work[low:high, run.start : run.end]
        # Runs through the line, across its direction, longer than it is thick belong to strokes
        tall = cv2.morphologyEx(
            band.astype(np.uint8), cv2.MORPH_OPEN, np.ones((limit, 1), np.uint8)
        )
        line = np.zeros(band.shape, np.uint8)
        top = run.low - low
        line[top : top + run.pixels.shape[0]] = run.pixels
        own = np.asarray(cv2.dilate(line, np.ones((3, 1), np.uint8)), np.uint8)
        view[low:high, run.start : run.end] |= own & band & (tall == 0)
    return gone > 0


def _free_height(mask: Mask, runs: list[Run]) -> float:
    """The height of the pieces of ink that are not part of a frame, in pixels; 0 without any."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    sides: dict[int, int] = {}
    for run in runs:
        if not run.across:
            own = labels.T[run.low : run.high, run.start : run.end][run.pixels]
            count = np.bincount(own)
            # The neighbouring sides of two boxes may be one run
            for label in np.flatnonzero(count > 0.25 * own.size).tolist():
                if run.length >= 0.85 * stats[label, 3]:
                    sides[label] = sides.get(label, 0) + 1
    frames = {label for label, count in sides.items() if count >= 2}
    heights = [int(h) for i, h in enumerate(stats[1:, 3], 1) if i not in frames]
    if not heights:
        return 0.0
    tall = [height for height in heights if height >= 0.25 * max(heights)]
    thickness = float(np.median([run.thickness for run in runs]))
    middle = float(np.percentile(tall, 90))
    return middle if middle > max(6, 3 * thickness) else 0.0


def _writing_height(left: Mask, runs: list[Run]) -> float:
    """The height of what is written, in pixels, where the runs are gone; 0 if nothing is left."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(left.astype(np.uint8), connectivity=8)
    if count < 2:
        return 0.0
    height, area = stats[1:, 3].astype(np.float64), stats[1:, 4].astype(np.float64)
    middle = _weighted_median(height, area)
    thickness = float(np.median([run.thickness for run in runs]))
    return middle if middle > max(6, 3 * thickness) else 0.0


def _goes_on(run: Run, left: Mask, writing: float) -> bool:
    """Whether a run goes on where nothing is written, unlike the bars of printed digits in a row.

    ``left``: the ink beside all runs; ``writing``: how high it is.
    """
    view = left if run.across else left.T
    reach = round(writing)
    beside = view[max(0, run.low - reach) : run.high + reach, run.start : run.end]
    written = np.flatnonzero(beside.sum(axis=0) > 0.08 * writing)
    if len(written) == 0:
        return True
    ahead, behind = int(written[0]), run.length - 1 - int(written[-1])
    if max(ahead, behind) > _AHEAD * writing:
        return True
    blank = ~np.asarray(run.pixels.any(axis=0) | beside.any(axis=0))
    gaps = np.count_nonzero(np.diff(blank, prepend=False) & blank)
    return bool(gaps < max(2, run.length / (2 * writing)) and run.thickness < _FINE * writing)


def _grid(across: list[Run], down: list[Run]) -> list[Run]:
    """The runs that form grids: each meets at least two others, which meet at least two."""
    chosen = [*across, *down]
    while True:
        kept = [run for run in chosen if sum(_meet(run, other) for other in chosen) >= 2]
        if len(kept) == len(chosen):
            return kept
        chosen = kept


def _meet(run: Run, other: Run) -> bool:
    if run.across == other.across:
        return False
    slack = 2 * max(run.thickness, other.thickness) + 3
    return (
        run.start - slack <= other.high
        and other.low <= run.end + slack
        and other.start - slack <= run.high
        and run.low <= other.end + slack
    )


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][int(np.searchsorted(total, total[-1] / 2))])
