"""Shapes that are no digit: what the class "none" is trained and measured on, besides blank paper.

Discs, rectangles, triangles, crosses, stars, faces, arrows, lines further than 50° from upright,
waves, scribbles and letters that no digit resembles. An outlined circle is not among them: it is
a 0, and ``circle`` draws it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from viz.scene import Stroke, rasterize

Points = NDArray[np.float64]
Drawing = list[tuple[Points, float]]
"""Polylines (N, 2), x right and y down from the middle, in px, each with the width of its pen."""

LEAST_ANGLE = 52.0
"""A line at least so many degrees from upright is no 1."""

LETTERS = {
    "A": ((0, 2, 1, 0, 2, 2), (0.4, 1.2, 1.6, 1.2)),
    "E": ((2, 0, 0, 0, 0, 2, 2, 2), (0, 1, 1.6, 1)),
    "F": ((2, 0, 0, 0, 0, 2), (0, 1, 1.6, 1)),
    "H": ((0, 0, 0, 2), (2, 0, 2, 2), (0, 1, 2, 1)),
    "K": ((0, 0, 0, 2), (2, 0, 0, 1, 2, 2)),
    "L": ((0, 0, 0, 2, 1.8, 2),),
    "M": ((0, 2, 0, 0, 1, 1.4, 2, 0, 2, 2),),
    "N": ((0, 2, 0, 0, 2, 2, 2, 0),),
    "R": ((0, 2, 0, 0, 1.6, 0, 1.9, 0.5, 1.6, 1, 0, 1, 2, 2),),
    "T": ((0, 0, 2, 0), (1, 0, 1, 2)),
    "V": ((0, 0, 1, 2, 2, 0),),
    "W": ((0, 0, 0.5, 2, 1, 0.4, 1.5, 2, 2, 0),),
    "X": ((0, 0, 2, 2), (2, 0, 0, 2)),
    "m": ((0, 2, 0, 0.8, 0.6, 0.7, 1, 1, 1, 2, 1, 1, 1.4, 0.7, 2, 1, 2, 2),),
    "n": ((0, 2, 0, 0.6, 0.8, 0.5, 1.5, 0.9, 1.5, 2),),
    "k": ((0, -0.4, 0, 2), (1.5, 0.6, 0, 1.3, 1.6, 2)),
}
"""Strokes as x, y, x, y …, in a square of side 2."""


def shape(rng: np.random.Generator, side: int) -> tuple[NDArray[np.float32], float]:
    """Draw a random shape in the middle of (side, side); also return its height in px."""
    kind = KINDS[int(rng.integers(len(KINDS)))]
    return _painted(kind(rng, float(rng.uniform(12, 26)), _pen(rng)), side)


def circle(rng: np.random.Generator, side: int) -> tuple[NDArray[np.float32], float]:
    """Draw a circle's outline, which is read as a 0; also return its height in px."""
    size = float(rng.uniform(12, 26))
    return _painted([(_ellipse(rng, size, 0.8), _pen(rng))], side)


def _painted(drawing: Drawing, side: int) -> tuple[NDArray[np.float32], float]:
    points = np.concatenate([line for line, _ in drawing])
    middle = (points.min(0) + points.max(0)) / 2 - side / 2
    ink = rasterize([Stroke(line - middle, pen) for line, pen in drawing], side, side)
    rows = np.flatnonzero(ink.max(1) > 0)
    return ink, float(len(rows) and rows[-1] - rows[0] + 1)


def _pen(rng: np.random.Generator) -> float:
    return float(rng.uniform(1.6, 3.2) if rng.random() < 0.7 else rng.uniform(1.5, 5))


def _turned(line: Points, degrees: float) -> Points:
    angle = np.deg2rad(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(line @ np.array([[cos, sin], [-sin, cos]]))


def _by_hand(rng: np.random.Generator, line: Points, size: float) -> Points:
    """Let the corners of a polyline miss their places a little."""
    return np.asarray(line + rng.normal(0, 0.035 * size, line.shape))


def _ellipse(rng: np.random.Generator, size: float, least: float) -> Points:
    angle = np.linspace(0, 2 * np.pi, 33) + rng.uniform(0, 2 * np.pi)
    across = size / 2 * rng.uniform(least, 1 / least if size < 21 else 1)
    return np.stack([across * np.cos(angle), size / 2 * np.sin(angle)], 1)


def _filled(corners: Points, pen: float) -> Drawing:
    """Hatch a convex quadrilateral (4, 2) until nothing is left of the paper in it."""
    a, b, c, d = corners
    longest = max(np.hypot(*(d - a)), np.hypot(*(c - b)))
    return [
        (np.stack([a + (d - a) * t, b + (c - b) * t]), pen)
        for t in np.linspace(0, 1, max(2, round(longest / (0.4 * pen))))
    ]


def _box(rng: np.random.Generator, size: float) -> Points:
    """Four corners of a rectangle no more than 1.6 times as long as wide."""
    width = size * rng.uniform(0.62, 1)
    half = np.array([size, width])[:: rng.choice([-1, 1])] / 2
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return _by_hand(rng, signs * half, size)


def _disc(rng: np.random.Generator, size: float, pen: float) -> Drawing:
    diameter = size * rng.uniform(0.15, 0.9)
    return [(np.zeros((2, 2)) + [[0, 0], [0.1, 0]], diameter)]


def _rectangle(rng: np.random.Generator, size: float, pen: float) -> Drawing:
    corners = _turned(_box(rng, size * 0.9), rng.uniform(-15, 15))
    if rng.random() < 0.5:
        return _filled(corners, 2)
    return [(np.concatenate([corners, corners[:1]]), pen)]


def _triangle(rng: np.random.Generator, size: float, pen: float) -> Drawing:
    angle = np.deg2rad([0, 120, 240])
    corners = size * 0.55 * np.stack([np.sin(angle), -np.cos(angle)], 1)
    corners = _turned(_by_hand(rng, corners, size * 2), rng.uniform(0, 360))
    if rng.random() < 0.5:
        return _filled(corners[[0, 1, 2, 2]], 2)
    return [(corners[[0, 1, 2, 0]], pen)]


def _star(rng: np.random.Generator, size: float, pen: float) -> Drawing:
    turn = rng.uniform(0, 360)
    if rng.random() < 0.5:
        angle = np.arange(6) * 4 * np.pi / 5
        line = size / 2 * np.stack([np.sin(angle), -np.cos(angle)], 1)
        return [(_turned(_by_hand(rng, line, size), turn), pen)]
    spoke = np.array([[-0.5, 0.0], [0.5, 0.0]]) * size
    return [(_turned(spoke, turn + k * 60), pen) for k in range(3)]


def _cross(rng: np.random.Generator, size: float, pen: float) -> Drawing:
    spoke = np.array([[-0.5, 0.0], [0.5, 0.0]]) * size
    turn = rng.normal(0, 8) + 45 * rng.integers(2)
    crossed = [(_turned(_by_hand(rng, spoke, size), turn + k * 90), pen) for k in range(2)]
    if rng.random() < 0.25:  # two of each: a lattice
        return [(line + side, width) for line, width in crossed for side in (-size / 8, size / 8)]
    return crossed


def _face(rng: np.random.Generator, size: float, pen: float) -> Drawing:
    size = max(size, 18.0)
    pen = min(pen, 2.2)
    u = np.linspace(-1, 1, 9)
    mouth = np.stack([0.24 * u, 0.16 + 0.1 * (1 - u * u) * rng.choice([-1, 1])], 1) * size
    dots = [np.array([[x, -0.14], [x + 0.01, -0.14]]) * size for x in (-0.18, 0.18)]
    return [(_ellipse(rng, size, 0.85), pen), (mouth, pen), *((dot, 1.3 * pen) for dot in dots)]


def _arrow(rng: np.random.Generator, size: float, pen: float) -> Drawing:
    half, head = size / 2, size * rng.uniform(0.22, 0.4)
    turn = rng.uniform(0, 360)
    shaft = np.array([[-half, 0], [half, 0]])
    wings = np.array([[half - head, -head * 0.8], [half, 0], [half - head, head * 0.8]])
    drawing = [(shaft, pen), (_by_hand(rng, wings, size / 2), pen)]
    if rng.random() < 0.4:
        drawing += _filled(wings[[0, 2, 1, 1]], 2)
    return [(_turned(line, turn), width) for line, width in drawing]


def _line(rng: np.random.Generator, size: float, pen: float) -> Drawing:
    """One line, or two above one another as in "="; from a dash's length to beyond the window."""
    half = size * rng.uniform(0.25, 1.3) / 2
    angle = rng.uniform(LEAST_ANGLE - 90, 90 - LEAST_ANGLE)
    line = _turned(np.array([[-half, 0], [0, rng.normal(0, 0.5)], [half, 0]]), angle)
    if rng.random() < 0.25:
        return [(line + [0, y], min(pen, 3.0)) for y in (-3.5, 3.5)]
    return [(line, pen)]


def _wave(rng: np.random.Generator, size: float, pen: float) -> Drawing:
    """A wave or a zigzag of at least two periods, lying."""
    periods = rng.uniform(2, 4)
    u = np.linspace(0, 1, 60)
    phase = 2 * np.pi * periods * u + rng.uniform(0, 6)
    height = np.sin(phase) if rng.random() < 0.5 else 2 / np.pi * np.arcsin(np.sin(phase))
    line = np.stack([(u - 0.5) * size * 1.25, height * size * rng.uniform(0.08, 0.3)], 1)
    return [(_turned(line, rng.uniform(-20, 20)), min(pen, 3.0))]


def _scribble(rng: np.random.Generator, size: float, pen: float) -> Drawing:
    """A smooth closed path through 8 to 16 places, at least six times as long as its box."""
    count = int(rng.integers(8, 17))
    spectrum = np.zeros((count, 2), complex)
    spectrum[1:] = rng.normal(size=(count - 1, 2)) + 1j * rng.normal(size=(count - 1, 2))
    u = np.linspace(0, 1, 160)[:, None]
    waves = np.exp(2j * np.pi * u * np.arange(count)[None])
    line = (waves @ (spectrum / np.maximum(np.arange(count), 3)[:, None] ** 0.5)).real
    line -= (line.min(0) + line.max(0)) / 2
    line *= size / np.ptp(line, axis=0)
    return [(line, min(pen, 2.6))]


def _letter(rng: np.random.Generator, size: float, pen: float) -> Drawing:
    strokes = list(LETTERS.values())[int(rng.integers(len(LETTERS)))]
    scale = np.array([size * rng.uniform(0.6, 1.0), size]) / 2
    turn = rng.normal(0, 6)
    return [
        (_turned(_by_hand(rng, (np.array(s).reshape(-1, 2) - 1) * scale, size), turn), pen)
        for s in strokes
    ]


KINDS: tuple[Callable[[np.random.Generator, float, float], Drawing], ...] = (
    _disc,
    _rectangle,
    _triangle,
    _star,
    _cross,
    _face,
    _arrow,
    _line,
    _line,
    _wave,
    _scribble,
    _scribble,
    _letter,
    _letter,
    _letter,
)
