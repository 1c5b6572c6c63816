"""Lanes: the places of a drawing where digits are read along a path, one lane for each digit.

A window that follows the part hops from digit to digit; a lane stays. At each point of the path it
answers by the one of its windows that sees a digit best.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz.chapters.binding.measure.trajectory import Near
from viz.nets.architecture import CLASSES, NONE_CLASS

Array = NDArray[np.float32]

LEAST_REACH = 1.5
"""Windows to each side of a lane's middle that belong to it at least: a digit answers in three."""

DRAWN = 0.005
"""A class is drawn where its probability exceeds this."""

Band = tuple[tuple[float, float, str], ...]
"""What is read along a path: (from x, to x, text), in order."""


@dataclass(frozen=True, eq=False)
class LaneCurves:
    """What is drawn of one lane, by its ``name``: ``probabilities`` (classes, N) at ``xs`` (N,).

    They are NaN where unknown. ``before``: those without ablation, if there is one.
    """

    name: str
    xs: NDArray[np.float64]
    probabilities: Array
    before: LaneCurves | None = None

    @property
    def change(self) -> float:
        """How much it changes: Σ|p(x) − p(previous x)|."""
        return float(np.nansum(np.abs(np.diff(self.probabilities, axis=1))))

    def at(self, x: float) -> tuple[tuple[int, float], ...]:
        """Return (class, p) at the place nearest to ``x``, of those that are drawn, best first."""
        if not len(self.xs):
            return ()
        values = np.nan_to_num(self.probabilities[:, int(np.abs(self.xs - x).argmin())])
        order = np.argsort(-values, kind="stable").tolist()
        return tuple((one, float(values[one])) for one in order if values[one] >= DRAWN)


@dataclass(frozen=True)
class Lane:
    """The windows that are nearer to (``row``, ``column``) than to any other lane's middle and at
    most ``reach`` away from it, both in windows."""

    row: float
    column: float
    reach: float


def find_lanes(kept: Sequence[Near | None]) -> tuple[Lane, ...]:
    """Return a lane for each digit, in the order of reading; without any one for all windows.

    There are as many as digits are read at most points of the path; each stands where its digit
    is read on average, and reaches as far as that goes astray.
    """
    known = [near for near in kept if near is not None]
    counts = Counter(len(near.digits) for near in known if near.digits)
    if not counts:
        return (Lane(0.0, 0.0, np.inf),)
    count = max(counts, key=lambda number: (counts[number], number))
    places = np.array(
        [[(d.row, d.column) for d in near.digits] for near in known if len(near.digits) == count]
    )  # (times, count, 2)
    middles = places.mean(0)
    astray = np.hypot(*np.moveaxis(places - middles, 2, 0)).max(0)
    return tuple(
        Lane(float(row), float(column), float(far) + LEAST_REACH)
        for (row, column), far in zip(middles, astray, strict=True)
    )


def probabilities(
    lanes: Sequence[Lane], kept: Sequence[Near | None]
) -> tuple[NDArray[np.intp], Array]:
    """Return what is known: places (N,) of ``kept``, and probabilities (lanes, classes, N).

    All are of one network and canvas, about one window. NaN where no window of a lane was kept;
    where nothing is known there are ``CLASSES``.
    """
    at = np.array([place for place, near in enumerate(kept) if near is not None], np.intp)
    known = [near for near in kept if near is not None]
    if not known:
        return at, np.zeros((len(lanes), CLASSES, 0), np.float32)
    values = np.stack([near.values for near in known])  # all at once, for live drags
    count, classes, high, wide = values.shape
    values = values.reshape(count, classes, high * wide)
    most_confident = values[:, :NONE_CLASS].max(1)
    found = np.full((len(lanes), classes, count), np.nan, np.float32)
    for lane, mine in enumerate(_owned(lanes, known[0])):
        if mine.any():
            best = np.where(mine.ravel(), most_confident, -np.inf).argmax(1)
            found[lane] = np.exp(values[np.arange(count), :, best]).T
    return at, found


def _owned(lanes: Sequence[Lane], near: Near) -> NDArray[np.bool_]:
    """Which of the windows (lanes, high, wide) that were kept belong to each lane."""
    rows, columns = np.indices(near.values.shape[1:])
    rows, columns = rows + near.top, columns + near.left
    away = np.stack([np.hypot(rows - lane.row, columns - lane.column) for lane in lanes])
    reaches = np.array([lane.reach for lane in lanes])[:, None, None]
    nearest = away.argmin(0) == np.arange(len(lanes))[:, None, None]
    owned: NDArray[np.bool_] = nearest & (away <= reaches)
    return owned


def band_of(xs: Sequence[float], kept: Sequence[Near | None]) -> Band:
    """Return what is read along a path. A change lies half-way between the two places it was seen
    between."""
    found: list[tuple[float, float, str]] = []
    for x, near in zip(xs, kept, strict=True):
        if near is None:
            continue
        if found and found[-1][2] == near.text:
            found[-1] = found[-1][0], x, near.text
            continue
        start = x
        if found:
            first, last, text = found[-1]
            start = (last + x) / 2
            found[-1] = first, start, text
        found.append((start, x, near.text))
    return tuple(found)
