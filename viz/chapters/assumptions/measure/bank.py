"""A bank of hand-made units for end points, corners and crossings, that tells C from D.

A kernel adds up the ink along its arms, from its middle outwards, and subtracts what lies between
them, so that its sum is 1 where every arm is covered and the rest is blank. A unit answers where
the sum is above its threshold. End points have one arm, corners two at a right angle, crossings
four; of each kind there are kernels in several directions.

The bank asks only whether a kind is found anywhere, as a maximum over all places does; the
position-aware variant, whether it is found in each quarter of the picture, and in the direction
that it has in the letter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from viz.scene import Stroke, rasterize

Array = NDArray[np.float32]

SIDE, PEN = 32, 2.4
REACH = 5
"""Pixels from the middle of a kernel to its edge."""
AGAINST = 4.0
"""How much more ink between the arms counts than ink along them."""

END, CORNER, CROSSING = range(3)
ARMS = ((0.0,), (0.0, 90.0), (0.0, 90.0, 180.0, 270.0))
"""Directions of the arms in degrees, of each kind."""
TURNS = (16, 16, 4)
"""Kernels of each kind, turned by equal steps; a crossing looks the same after 90°."""
THRESHOLDS = (0.6, 0.74, 0.6)

LETTERS = ("C", "D")


@dataclass(frozen=True, eq=False)
class Found:
    """The largest sum of each kind: ``sums`` (3,) anywhere, ``quarters`` (4, 3) in each quarter,
    upper left, upper right, lower left, lower right, at ``places`` (4, 3, 2), row and column, by
    the kernel turned by so many steps, ``turns`` (4, 3)."""

    sums: Array
    quarters: Array
    places: NDArray[np.intp]
    turns: NDArray[np.intp]

    @property
    def answer(self) -> str:
        """The letter that the bank says: D with a corner, else C with an end point, else none."""
        end, corner, _ = self.sums > THRESHOLDS
        return "D" if corner else "C" if end else ""

    @property
    def placed_answer(self) -> str:
        """The letter of the position-aware variant: it has the letter's features in each quarter,
        turned as there or by one step more or less, and no others."""
        found = self.quarters > THRESHOLDS
        for one in LETTERS:
            own = _placed(one)
            away = np.abs(self.turns - own.turns)
            is_near = np.minimum(away, np.array(TURNS) - away) <= 1
            if np.array_equal(found, own.quarters > THRESHOLDS) and bool((is_near | ~found).all()):
                return one
        return ""


@cache
def letter(name: str) -> Array:
    """Draw C or D, (32, 32), ink = 1, by a pen of 2.4 px. Raises KeyError for another."""
    half = {"C": (45.0, 315.0), "D": (90.0, -90.0)}[name]
    angles = np.radians(np.linspace(*half, 60))
    if name == "C":
        points = np.stack([16.5 + 8 * np.cos(angles), 16 - 10 * np.sin(angles)], 1)
    else:
        bowl = np.stack([10 + 12 * np.cos(angles), 16 - 10 * np.sin(angles)], 1)
        points = np.concatenate([[(10.0, 26.0), (10.0, 6.0)], bowl])
    drawn = rasterize([Stroke(points, PEN)], SIDE, SIDE)
    drawn.setflags(write=False)
    return drawn


@cache
def kernels() -> tuple[Array, NDArray[np.intp]]:
    """Return all kernels (N, side, side) and the kind of each (N,)."""
    made, kinds = [], []
    for kind, (arms, turns) in enumerate(zip(ARMS, TURNS, strict=True)):
        period = 90.0 if kind == CROSSING else 360.0
        for turn in range(turns):
            made.append(_kernel([arm + period * turn / turns for arm in arms]))
            kinds.append(kind)
    return np.stack(made).astype(np.float32), np.array(kinds)


def look(pictures: Array) -> tuple[Found, ...]:
    """Apply the bank to pictures (N, h, w), blank beyond their edges."""
    weights, kinds = kernels()
    side = 2 * REACH + 1
    around = np.pad(pictures, ((0, 0), (REACH, REACH), (REACH, REACH)))
    windows = np.lib.stride_tricks.sliding_window_view(around, (side, side), (1, 2))
    results = []
    for own in windows:
        high, wide = own.shape[:2]
        sums = own.reshape(high * wide, -1) @ weights.reshape(len(weights), -1).T
        kernels_of = [sums[:, kinds == kind] for kind in range(len(ARMS))]
        maps = np.stack([one.max(1) for one in kernels_of], 1)
        best_turns = np.stack([one.argmax(1) for one in kernels_of], 1).reshape(high, wide, -1)
        placed = maps.reshape(high, wide, -1)
        h, w = high // 2, wide // 2
        quarters, places, turns = [], [], []
        for top, rows in ((0, slice(h)), (h, slice(h, None))):
            for left, columns in ((0, slice(w)), (w, slice(w, None))):
                own_maps = placed[rows, columns]
                flat = own_maps.reshape(-1, len(ARMS))
                best = np.divmod(flat.argmax(0), own_maps.shape[1])
                quarters.append(flat.max(0))
                places.append(np.stack(best, 1) + (top, left))
                turns.append(best_turns[rows, columns][(*best, np.arange(len(ARMS)))])
        results.append(Found(maps.max(0), np.stack(quarters), np.stack(places), np.stack(turns)))
    return tuple(results)


@cache
def _placed(name: str) -> Found:
    """What is found of a letter."""
    return look(letter(name)[None])[0]


def _kernel(arms: list[float]) -> NDArray[np.float64]:
    y, x = np.mgrid[-REACH : REACH + 1, -REACH : REACH + 1].astype(float)
    away = np.hypot(x, y)
    nearest = np.full_like(x, np.inf)
    for arm in arms:
        cos, sin = math.cos(math.radians(arm)), math.sin(math.radians(arm))
        along, across = x * cos - y * sin, x * sin + y * cos
        nearest = np.minimum(nearest, np.where(along >= 0, np.abs(across), away))
    disk = away <= REACH + 0.3
    ink = np.clip(PEN / 2 + 0.5 - nearest, 0, 1) * disk
    between = (nearest > PEN / 2 + 1) & disk
    return np.asarray(ink / ink.sum() - AGAINST * between / between.sum())
