"""Displacement: by how many of its own pixels a stack of feature maps has moved, to sub-pixels.

Estimator: image registration, blind to the shift that was made. Both stacks have the response to a
blank canvas taken off. From the peak of their cross-correlation on, Gauss–Newton steps (Lucas and
Kanade, 1981) find the d that minimises, over all maps and the places that both still hold,

    Σ ( b(p + d/2) − a(p − d/2) )²      with bilinear interpolation.

Both are moved by half, so that interpolation blurs both alike: moving one alone blurs only that
one and draws the estimate towards whole pixels. A centroid of the activity is simpler and much
worse, because what leaves the map drags it back.

Error measured with real drawings (three handwritings; 3, 31 and 58; 32×64 canvas; 72 shifts drawn
at random from ±5 px in x and ±4 px in y), root mean square (and largest) in map pixels:

            max pooling                average pooling            blur pooling
            x            y             x            y             x            y
    C1      0.03 (0.06)  0.04 (0.06)   0.03 (0.06)  0.04 (0.06)   0.03 (0.06)  0.04 (0.07)
    S2      0.05 (0.08)  0.06 (0.10)   0.05 (0.08)  0.06 (0.10)   0.04 (0.06)  0.05 (0.08)
    C3      0.05 (0.10)  0.06 (0.11)   0.04 (0.08)  0.05 (0.11)   0.05 (0.09)  0.05 (0.09)
    S4      0.06 (0.12)  0.11 (0.28)   0.06 (0.10)  0.07 (0.22)   0.05 (0.09)  0.07 (0.17)
    C5      0.06 (0.14)  –             0.06 (0.13)  –             0.05 (0.12)  –
    output  0.14 (0.33)  –             0.12 (0.32)  –             0.12 (0.33)  –

The means of these errors lie within 0.01, but for S4 in y (−0.04; only five rows) and the output
(−0.06): hardly any bias. At whole map pixels the error is 0.00 while nothing leaves the map. A
max-pooled map follows a shift in jumps, because where in its 2×2 a maximum lay is forgotten; so a
tenth of a pixel off is the network's own error as much as the estimator's. The output turns from
one class to another on its way, and is the worst to follow.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

LEAST_SIDE = 3
"""Maps shorter than this along an axis do not tell a displacement along it."""

LEAST_SIDE_OF_PROBABILITIES = 6
"""The output's are 0 or 1 nearly everywhere: on five rows of windows the estimate went astray by a
whole row."""

LEAST_SHARE = 0.05
"""Less of the activity than this left in the overlap is too little to measure by."""

LARGE = 400
"""Maps of more places than this are first matched by their sum, which is quicker."""

_STEPS = 6
_DONE = 1e-3
_FAINT, _FLAT = 1e-6, 1e-4


def displacement(
    before: Array, after: Array, blank: Array | None = None, least_side: int = LEAST_SIDE
) -> tuple[float, float]:
    """The (dx, dy) in map pixels by which ``after`` is ``before`` moved; both (K, h, w).

    ``blank`` (K, 1, 1) is the response to a canvas without ink. NaN along an axis where it cannot
    be known: the maps are too short there (below ``least_side``), empty, or alike all along it.
    """
    if blank is not None:
        before, after = before - blank, after - blank
    energies = [float(np.square(maps).sum()) for maps in (before, after)]
    _, height, width = before.shape
    known = width >= least_side, height >= least_side
    if min(energies) <= _FAINT or not any(known):
        return math.nan, math.nan
    shift = np.where(known, _start(before, after), 0.0)
    for _ in range(_STEPS):
        moved = _halfway(before, after, shift)
        if moved is None:
            return math.nan, math.nan
        step, certain = _step(*moved, known)
        shift = shift + step
        if np.abs(step).max() < _DONE:
            break
    moved = _halfway(before, after, shift)
    if moved is None or np.square(moved[0]).sum() + np.square(moved[1]).sum() < LEAST_SHARE * sum(
        energies
    ):
        return math.nan, math.nan
    dx, dy = (float(d) if sure else math.nan for d, sure in zip(shift, certain, strict=True))
    return dx, dy


def _start(before: Array, after: Array) -> NDArray[np.float64]:
    """The (dx, dy) at which two stacks correlate best; large maps by their sum alone."""
    _, height, width = before.shape
    if height * width > LARGE:
        before, after = (np.abs(maps).sum(0, keepdims=True) for maps in (before, after))
    size = 2 * height, 2 * width  # twice as large, so that nothing comes round the edge
    spectrum = np.fft.rfft2(after, size) * np.conj(np.fft.rfft2(before, size))
    score = np.fft.irfft2(spectrum.sum(0), size)
    y, x = divmod(int(score.argmax()), size[1])
    dx, dy = _vertex(score[y], x), _vertex(score[:, x], y)
    return np.array((dx - size[1] if x >= width else dx, dy - size[0] if y >= height else dy))


def _vertex(line: NDArray[np.float64], peak: int) -> float:
    """The vertex of the parabola through the peak of a cyclic line and its neighbours."""
    low, top, high = line[peak - 1], line[peak], line[(peak + 1) % len(line)]
    bend = low - 2 * top + high
    return peak + (0.5 * float((low - high) / bend) if bend < 0 else 0.0)


def _taps(length: int, way: float) -> tuple[int, float, int, int]:
    """(n, f, low, high): ``way`` = n + f; the places low ≤ p < high for which p + way is held."""
    whole = math.floor(way + 1e-9)
    part = max(0.0, way - whole)
    if part < 1e-6:
        return whole, 0.0, max(0, -whole), min(length, length - whole)
    return whole, part, max(0, -whole), min(length, length - whole - 1)


def _halfway(before: Array, after: Array, shift: NDArray[np.float64]) -> tuple[Array, Array] | None:
    """``before`` moved by half the shift (dx, dy) and ``after`` moved back by half, where both are
    held; None if that is nowhere."""
    spans, taps = [], []
    for way, length in zip(shift, before.shape[:0:-1], strict=True):
        forth, back = _taps(length, way / 2), _taps(length, -way / 2)
        low, high = max(forth[2], back[2]), min(forth[3], back[3])
        if high <= low:
            return None
        spans.append((low, high))
        taps.append((back, forth))
    stacks = []
    for maps, (along_x, along_y) in zip((before, after), zip(*taps, strict=True), strict=True):
        for axis, (n, part, _, _), (low, high) in (
            (2, along_x, spans[0]),
            (1, along_y, spans[1]),
        ):
            near = _cut(maps, axis, low + n, high + n)
            if part:
                far = _cut(maps, axis, low + n + 1, high + n + 1)
                near = near + np.float32(part) * (far - near)
            maps = near
        stacks.append(maps)
    return stacks[0], stacks[1]


def _cut(maps: Array, axis: int, low: int, high: int) -> Array:
    return maps[:, :, low:high] if axis == 2 else maps[:, low:high]


def _step(
    before: Array, after: Array, known: tuple[bool, bool]
) -> tuple[NDArray[np.float64], tuple[bool, bool]]:
    """One Gauss–Newton step (dx, dy), at most half a pixel, and which of the two are certain."""
    mean, error = before + after, before - after
    slope_x = (mean[:, :, 2:] - mean[:, :, :-2]) * np.float32(0.25)
    slope_y = (mean[:, 2:] - mean[:, :-2]) * np.float32(0.25)
    across = float(np.vdot(slope_x[:, 1:-1], slope_y[:, :, 1:-1]))
    matrix = np.array(
        [[np.vdot(slope_x, slope_x), across], [across, np.vdot(slope_y, slope_y)]], np.float64
    )
    pull = np.array(
        [np.vdot(error[:, :, 1:-1], slope_x), np.vdot(error[:, 1:-1], slope_y)], np.float64
    )
    floor = _FLAT * float(matrix.trace()) + _FAINT**2
    certain = known[0] and matrix[0, 0] > floor, known[1] and matrix[1, 1] > floor
    for axis, sure in enumerate(certain):
        if not sure:
            matrix[axis] = matrix[:, axis] = 0.0
            pull[axis] = 0.0
    step = np.linalg.lstsq(matrix, pull, rcond=_FLAT)[0]
    return np.clip(step, -0.5, 0.5), (bool(certain[0]), bool(certain[1]))
