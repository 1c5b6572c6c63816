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

from viz.measure.trajectory import Near
from viz.nets.layers import CLASSES, NONE_CLASS

Array = NDArray[np.float32]

LEAST_REACH = 1.5
"""Windows to each side of a lane's middle that belong to it at least: a digit answers in three."""


@dataclass(frozen=True)
class Lane:
    """The windows that are nearer to (``row``, ``column``) than to any other lane's middle and at
    most ``reach`` away from it, both in windows."""

    row: float
    column: float
    reach: float


def find_lanes(kept: Sequence[Near | None]) -> tuple[Lane, ...]:
    """One lane for each digit, in the order of reading; without any digit one for all windows.

    There are as many as digits are read at most points of the path; each stands where its digit
    is read on average, and reaches as far as that goes astray.
    """
    known = [near for near in kept if near is not None]
    counts = Counter(len(near.digits) for near in known if near.digits)
    if not counts:
        return (Lane(0.0, 0.0, np.inf),)
    most = max(counts.values())
    count = max(number for number, times in counts.items() if times == most)
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
    lanes: Sequence[Lane], number: int, kept: Sequence[Near | None]
) -> tuple[NDArray[np.intp], Array]:
    """What is known of lane ``number``: the places (N,) of ``kept`` and the probabilities (11, N).

    NaN where no window of the lane was kept.
    """
    at, columns = [], []
    owned: dict[tuple[int, ...], NDArray[np.bool_]] = {}
    for place, near in enumerate(kept):
        if near is None:
            continue
        frame = (*near.values.shape, near.top, near.left)
        if frame not in owned:
            owned[frame] = _owned(lanes, number, near)
        at.append(place)
        mine = owned[frame]
        if not mine.any():
            columns.append(np.full(CLASSES, np.nan, np.float32))
            continue
        sure = np.where(mine, near.values[:NONE_CLASS].max(0), -np.inf)
        row, column = np.unravel_index(int(sure.argmax()), sure.shape)
        columns.append(np.exp(near.values[:, row, column]))
    if not columns:
        return np.zeros(0, np.intp), np.zeros((CLASSES, 0), np.float32)
    return np.array(at), np.stack(columns, 1)


def _owned(lanes: Sequence[Lane], number: int, near: Near) -> NDArray[np.bool_]:
    """Which of the windows (h, w) that were kept belong to a lane."""
    _, high, wide = near.values.shape
    rows, columns = np.indices((high, wide))
    away = np.stack(
        [np.hypot(rows + near.top - e.row, columns + near.left - e.column) for e in lanes]
    )
    mine: NDArray[np.bool_] = (away.argmin(0) == number) & (away[number] <= lanes[number].reach)
    return mine


def runs(kept: Sequence[Near | None]) -> tuple[tuple[int, int, str], ...]:
    """What is read along the path: (first, last, text) for each run of places that read alike.

    Places where nothing is known yet count to the run that they lie in.
    """
    found: list[tuple[int, int, str]] = []
    for place, near in enumerate(kept):
        if near is None:
            continue
        if found and found[-1][2] == near.text:
            found[-1] = found[-1][0], place, near.text
        else:
            found.append((place, place, near.text))
    return tuple(found)
