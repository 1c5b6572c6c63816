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
    lanes: Sequence[Lane], kept: Sequence[Near | None]
) -> tuple[NDArray[np.intp], Array]:
    """What is known of the lanes: the places (N,) of ``kept`` and the probabilities (lanes,
    classes, N).

    NaN where no window of a lane was kept; where nothing is known there are ``CLASSES``.
    """
    at = np.array([place for place, near in enumerate(kept) if near is not None], np.intp)
    classes = next((len(near.values) for near in kept if near is not None), CLASSES)
    found = np.full((len(lanes), classes, len(at)), np.nan, np.float32)
    alike: dict[tuple[int, ...], list[int]] = {}  # all places at once, for live drags
    for number, place in enumerate(at.tolist()):
        near = kept[place]
        assert near is not None
        alike.setdefault((*near.values.shape, near.top, near.left), []).append(number)
    for (_, high, wide, top, left), numbers in alike.items():
        values = np.stack([kept[at[number]].values for number in numbers])
        values = values.reshape(len(numbers), classes, high * wide)
        surest = values[:, :NONE_CLASS].max(1)
        for lane, mine in enumerate(_owned(lanes, high, wide, top, left)):
            if mine.any():
                best = np.where(mine.ravel(), surest, -np.inf).argmax(1)
                found[lane][:, numbers] = np.exp(values[np.arange(len(numbers)), :, best]).T
    return at, found


def _owned(lanes: Sequence[Lane], high: int, wide: int, top: int, left: int) -> NDArray[np.bool_]:
    """Which of the windows (lanes, high, wide) that were kept belong to each lane."""
    rows, columns = np.indices((high, wide))
    away = np.stack([np.hypot(rows + top - e.row, columns + left - e.column) for e in lanes])
    reaches = np.array([lane.reach for lane in lanes])[:, None, None]
    nearest = away.argmin(0) == np.arange(len(lanes))[:, None, None]
    owned: NDArray[np.bool_] = nearest & (away <= reaches)
    return owned


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
