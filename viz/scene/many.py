"""Many strokes rasterised at once: the same pixels as ``raster`` draws one by one, without a step
of Python for each.

A step of Python for each of ten thousand strokes takes seconds, in which the window waits for
Python's lock again and again; NumPy lets it go while it works on a long array.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz.scene.model import Points

Image = NDArray[np.float32]
Numbers = NDArray[np.intp]

SOFTNESS = 0.8
"""Half the width of a stroke's soft rim, in pixels."""

GRID = 4096.0
"""Points are rounded to one over this many pixels."""

FAR = 1e6
"""Pixels beyond which nothing is told apart."""

LEAF = 16
"""Segments whose nearest one gives a pixel its ink."""

NEAR = 64
"""Pixels: what reaches no farther is rasterised around its leaves."""

_BATCH = 1 << 16  # pixels at a time


@dataclass(frozen=True, eq=False)
class Lines:
    """S polylines of one width each: ``points`` (P, 2), where those of each begin, ``widths`` and
    ``inks`` (S,)."""

    points: Points
    first: Numbers
    widths: Points
    inks: Image

    @property
    def counts(self) -> Numbers:
        """How many points each has."""
        return np.diff(self.first, append=len(self.points))

    def rounded(self) -> Lines:
        """Return them with their points rounded, as they are rasterised."""
        points = np.rint(np.clip(self.points, -FAR, FAR) * GRID) / GRID
        return Lines(points, self.first, np.minimum(self.widths, 4 * FAR), self.inks)

    def spans(self) -> Points:
        """Return the longer side of each one's box."""
        low, high = (f.reduceat(self.points, self.first) for f in (np.minimum, np.maximum))
        return np.asarray((high - low).max(1))


def lay(lines: Lines, chosen: Numbers, image: Image) -> Iterator[None]:
    """Draw the ``chosen`` of these lines, which are rounded, on an image (H, W), as the maximum of
    both; a pause after each part of the work. Each of them spans at most ``NEAR`` pixels."""
    if not len(chosen):
        return
    leaves = _Leaves.of(lines, chosen, *image.shape)
    pixels = image.reshape(-1)
    for begin, end in leaves.batches():
        at, ink = leaves.ink(begin, end, image.shape[1])
        np.maximum.at(pixels, at, ink)
        yield


@dataclass(frozen=True, eq=False)
class _Leaves:
    """Parts of lines, those of most segments first: the segments of each, the pixels of the canvas
    about it, and how its pen draws.

    ``first``, ``counts`` (L,): its segments among ``start``, ``step`` (N, 2) and ``inverse`` (N,),
    which are relative to the whole pixel ``origin`` (L, 2). ``corner``, ``size`` (L, 2): its box on
    the canvas. ``reach``, ``thin``, ``inks`` (L,).
    """

    first: Numbers
    counts: Numbers
    start: Image
    step: Image
    inverse: Image
    origin: Numbers
    corner: Numbers
    size: Numbers
    reach: Image
    thin: Image
    inks: Image

    @classmethod
    def of(cls, lines: Lines, chosen: Numbers, height: int, width: int) -> _Leaves:
        """Take lines apart; what lies beside the canvas is left out."""
        segments = np.maximum(lines.counts[chosen] - 1, 1)  # of a dot one without a length
        parts = -(-segments // LEAF)
        of = np.repeat(np.arange(len(chosen)), parts)
        begin = _ranks(parts) * LEAF
        counts = np.minimum(segments[of] - begin, LEAF)
        widths, begin = lines.widths[chosen][of], begin + lines.first[chosen][of]
        dots = lines.counts[chosen][of] == 1
        ends = np.where(dots, 0, counts)
        leaf = np.repeat(np.arange(len(of)), ends + 1)
        points = lines.points[begin[leaf] + _ranks(ends + 1)]
        at = np.cumsum(ends + 1) - ends - 1
        origin = np.floor(np.minimum.reduceat(points, at))
        local = points - origin[leaf]
        reach = widths / 2 + SOFTNESS
        box = np.ceil(np.maximum.reduceat(local, at) + reach[:, None]) + origin
        limits = np.array((width, height))
        corner = np.clip(np.floor(-reach)[:, None] + origin, 0, limits).astype(np.intp)
        size = np.clip(box, 0, limits).astype(np.intp) - corner
        seen = np.flatnonzero((size > 0).all(1))
        seen = seen[np.argsort(-counts[seen], kind="stable")]
        # Segments, in the new order
        of_leaf = np.repeat(seen, counts[seen])
        number = at[of_leaf] + _ranks(counts[seen])
        start = local[number]
        end = local[np.where(dots[of_leaf], number, number + 1)]
        step = (end - start).astype(np.float32)
        length2 = step[:, 0] ** 2 + step[:, 1] ** 2
        inverse = np.divide(1, length2, out=np.zeros_like(length2), where=length2 > 0)
        pens, which = np.unique(widths[seen], return_inverse=True)
        thin = [_thinness(pen) for pen in pens.tolist()]
        return cls(
            np.cumsum(counts[seen]) - counts[seen], counts[seen], start.astype(np.float32), step,
            inverse, origin[seen].astype(np.intp), corner[seen], size[seen],
            reach[seen].astype(np.float32), np.array(thin, np.float32)[which],
            lines.inks[chosen][of[seen]],
        )  # fmt: skip

    def batches(self) -> Iterator[tuple[int, int]]:
        """Give the leaves, from one number to another, in parts of some ``_BATCH`` pixels."""
        ends = np.cumsum(self.size.prod(1))
        begin = 0
        while begin < len(ends):
            done = ends[begin - 1] if begin else 0
            end = max(begin + 1, int(np.searchsorted(ends, done + _BATCH, "right")))
            yield begin, end
            begin = end

    def ink(self, begin: int, end: int, width: int) -> tuple[Numbers, Image]:
        """The pixels about these leaves, by their numbers on a canvas so wide, and their ink."""
        chosen = slice(begin, end)
        size, corner = self.size[chosen], self.corner[chosen]
        areas = size.prod(1)
        leaf = np.repeat(np.arange(len(areas)), areas)
        wide = size[:, 0][leaf]
        row = _ranks(areas)
        column = row % wide
        row //= wide
        left, top = (corner - self.origin[chosen]).T
        half = np.float32(0.5)
        px = (column + left[leaf]).astype(np.float32) + half
        py = (row + top[leaf]).astype(np.float32) + half
        at = (row + corner[:, 1][leaf]) * width + column + corner[:, 0][leaf]
        nearest = np.full(len(px), np.inf, np.float32)
        ends, counts = np.cumsum(areas), self.counts[chosen]
        for rank in range(int(counts[0])):  # those of so many segments come first
            pixels = int(ends[np.searchsorted(-counts, -rank) - 1])
            segment = (self.first[chosen] + rank)[leaf[:pixels]]
            squares = _distance2(
                px[:pixels], py[:pixels], self.start[segment], self.step[segment],
                self.inverse[segment],
            )  # fmt: skip
            np.minimum(nearest[:pixels], squares, out=nearest[:pixels])
        u = (self.reach[chosen][leaf] - np.sqrt(nearest)) / np.float32(2 * SOFTNESS)
        np.clip(u, 0, 1, out=u)
        ink = u * u * (3 - 2 * u)
        for factor in (self.thin[chosen], self.inks[chosen]):
            if (factor != 1).any():
                ink *= factor[leaf]
        return at, ink


def _distance2(px: Image, py: Image, start: Image, step: Image, inverse: Image) -> Image:
    """The squares of the distances of pixels from a segment each."""
    (ax, ay), (ux, uy) = start.T, step.T
    dx, dy = px - ax, py - ay
    t = dx * (ux * inverse) + dy * (uy * inverse)
    np.clip(t, 0, 1, out=t)
    return np.asarray((dx - t * ux) ** 2 + (dy - t * uy) ** 2)


def _thinness(width_px: float) -> float:
    """By how much a pen thinner than the rim is paler: as much ink as its width gives."""
    share = np.float32(width_px / (2 * SOFTNESS))
    return float(share ** np.float32(0.5)) if width_px < 2 * SOFTNESS else 1.0


def _ranks(counts: Numbers) -> Numbers:
    """0, 1, … for each of these counts, one after the other."""
    ends = np.cumsum(counts)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
