"""Digits: 0–9 in several handwritings, as strokes whose parts can be moved one by one.

``viz_resources/digits.json`` holds them as the knots that the pen passes through, drawn for this
program. A smooth piece is the cubic spline through its knots, twice continuously differentiable
and with constant curvature at its ends, as in handwriting; a corner ends it. The spline is sampled,
more densely where it bends, into the polyline that a Stroke is.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.errors import UserError
from viz.i18n import tr
from viz.resources import resource_path
from viz.scene.model import (
    MAX_WIDTH,
    MIN_SIDE,
    Group,
    Points,
    Scene,
    Stroke,
    Transform,
    bounds,
    middle,
)

HANDWRITINGS: tuple[str, ...] = ("round", "school", "slanted", "american", "angular")

_POINTS_PER_NEED = 5.0
"""How densely a curve is sampled, see ``_need``; up to _MOST_POINTS a stroke."""

_MOST_POINTS = 24

_Floats = NDArray[np.float64]


def digit(
    value: int,
    handwriting: str = HANDWRITINGS[0],
    *,
    centre: tuple[float, float] = (16.0, 16.0),
    height_px: float = 20.0,
    width_px: float = 2.4,
) -> Group:
    """Make one digit, 0 … 9, a group of that name; its box's centre lies at ``centre``.

    ``height_px`` is the height of the pen's path, ``width_px`` the pen's width. Raises KeyError for
    a digit or a handwriting that does not exist.
    """
    paths = _drawings(handwriting)[str(value)].values()
    strokes = [Stroke(path * height_px, width_px) for path in paths]
    dx, dy = np.subtract(centre, middle(bounds(strokes))).tolist()
    return replace(Group.of([stroke.moved(dx, dy) for stroke in strokes]), name=str(value))


def stroke_names(value: int, handwriting: str = HANDWRITINGS[0]) -> tuple[str, ...]:
    """Name a digit's strokes, in the order in which ``digit`` gives them."""
    return tuple(_drawings(handwriting)[str(value)])


def number(
    text: str,
    handwriting: str = HANDWRITINGS[0],
    *,
    height: int = 32,
    width: int | None = None,
    height_px: float = 20.0,
    width_px: float = 2.4,
    gap_px: float = 8.0,
) -> Scene:
    """Write the digits of ``text`` in one line, ``gap_px`` apart, the outer ones equally far in.

    ``width`` None takes 64 pixels, or as many as keep the outer digits' centres half a window (16
    pixels) off the edge, where the network can read them. Raises UserError if ``text`` is not made
    of digits or needs a canvas wider than there is.
    """
    if not (text and text.isascii() and text.isdigit()):
        raise UserError(tr("Write digits from 0 to 9, such as 31, not “{text}”.", text=text))
    groups = [
        digit(int(figure), handwriting, height_px=height_px, width_px=width_px) for figure in text
    ]
    sizes = [bounds(group.strokes) for group in groups]
    breadths = [right - left for left, _, right, _ in sizes]
    line = sum(breadths) + gap_px * (len(groups) - 1)
    between = line - (breadths[0] + breadths[-1]) / 2  # between the first centre and the last
    if width is None:
        width = max(2 * MIN_SIDE, 4 * int(np.ceil((MIN_SIDE + between) / 4)))
    if line > width or width > MAX_WIDTH:
        raise UserError(
            tr("{count} digits do not fit on the canvas; write fewer of them.", count=len(text))
        )
    items = []
    x = (width - between - breadths[0]) / 2
    for group, breadth in zip(groups, breadths, strict=True):
        # On the centres of pixels as a rule: every digit of a kind then has the same image
        dx, dy = round(x + breadth / 2 - 16), round(height / 2 - 16)
        items.append(replace(group, transform=Transform(dx=dx, dy=dy)))
        x += breadth + gap_px
    return Scene(height, width, tuple(items))


@cache
def _drawings(handwriting: str) -> dict[str, dict[str, Points]]:
    """Digit → stroke's name → polyline (N, 2) in digit heights, one handwriting."""
    text = resource_path("digits.json").read_text(encoding="utf-8")
    drawn: dict[str, Any] = json.loads(text)["handwritings"][handwriting]
    slant = Transform(slant=drawn["slant"])
    return {
        value: {name: _polyline(knots, slant) for name, knots in strokes.items()}
        for value, strokes in drawn["digits"].items()
    }


def _polyline(knots: str, slant: Transform) -> Points:
    """The polyline of one stroke of ``digits.json``, unit height."""
    curves: list[_Floats] = []
    for piece in knots.split(";"):
        at = np.array([knot.split() for knot in piece.split(",")], np.float64) / 100
        if curves:
            at = np.concatenate((curves[-1][-1:], at))
        curves.append(at if len(at) == 2 else _spline(at))
    needs = [_need(curve) for curve in curves]
    room = _MOST_POINTS - len(curves)
    dense = min(_POINTS_PER_NEED, room / sum(float(need[-1]) for need in needs))
    pieces: list[_Floats] = []
    for curve, need in zip(curves, needs, strict=True):
        count = 1 if len(curve) == 2 else max(2, round(float(need[-1]) * dense))
        pieces.append(_sampled(curve, need, count)[1 if pieces else 0 :])
    return slant.apply(np.concatenate(pieces), (0.0, 1.0))


def _need(curve: _Floats) -> _Floats:
    """How many points a curve (N, 2) needs up to each of its samples, as a growing measure (N,).

    The integral of √(curvature + 1) along it: with points evenly spaced in it, all chords of a
    polyline are equally far off the curve, however tight its bends (the 1 keeps straights coarse).
    """
    step = np.diff(curve, axis=0)
    length = np.hypot(*step.T)
    heading = np.unwrap(np.arctan2(step[:, 1], step[:, 0]))
    bend = np.abs(np.gradient(heading)) / length if len(step) > 1 else np.zeros(1)
    return np.concatenate(([0.0], np.cumsum(np.sqrt(bend + 1) * length)))


def _sampled(curve: _Floats, need: _Floats, count: int) -> _Floats:
    """count + 1 points on a densely sampled curve, evenly spaced in ``need``, with both ends."""
    at = np.linspace(0, need[-1], count + 1)
    points = np.stack([np.interp(at, need, curve[:, axis]) for axis in (0, 1)], axis=1)
    points[-1] = curve[-1]  # closed curves close to the bit
    return points


def _spline(knots: _Floats, samples: int = 32) -> _Floats:
    """The interpolating C² cubic spline through knots (K, 2), densely sampled.

    Parametrised by chord length; M are the second derivatives at the knots (de Boor, A Practical
    Guide to Splines, 1978, chapter IV). The ends have M₀ = M₁ and Mₙ = Mₙ₋₁, a closed curve is
    periodic.
    """
    h = np.hypot(*np.diff(knots, axis=0).T)
    slope = np.diff(knots, axis=0) / h[:, None]
    n = len(knots)
    system, right = np.zeros((n, n)), np.zeros((n, 2))
    for i in range(1, n - 1):
        system[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        right[i] = 6 * (slope[i] - slope[i - 1])
    if np.array_equal(knots[0], knots[-1]):
        system[0, 0], system[0, -1] = 1, -1
        system[-1, [-2, -1]] = h[-1], 2 * h[-1]
        system[-1, [0, 1]] = 2 * h[0], h[0]
        right[-1] = 6 * (slope[0] - slope[-1])
    else:
        system[0, [0, 1]] = 1, -1
        system[-1, [-2, -1]] = -1, 1
    m = np.linalg.solve(system, right)
    t = np.linspace(0, 1, samples, endpoint=False)[:, None]
    curves = [
        (1 - t) * knots[i]
        + t * knots[i + 1]
        - h[i] ** 2 / 6 * t * (1 - t) * ((2 - t) * m[i] + (1 + t) * m[i + 1])
        for i in range(n - 1)
    ]
    return np.concatenate([*curves, knots[-1:]])
