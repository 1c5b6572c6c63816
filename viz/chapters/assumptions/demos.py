"""Demonstrations of chapter 8, Assumptions: what is lost where an assumption does not hold."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from viz.chapters.motion import Motion, moving
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.scene import Group, Scene, Stroke
from viz.scene.digits import digit
from viz.scene.model import Points, bounds


def demonstrations() -> tuple[Demonstration, ...]:
    """Build them, in the order of showing."""
    return (
        _permutation_fades(),
        _left_and_right(),
        _scrambled_8(),
        _bar_turns(),
    )


def _permutation_fades() -> Demonstration:
    still = Scene(32, 64, items=(digit(4, centre=(32, 16)),))
    share = Motion(0.0, (1.5, 0.0), (6.0, 1.0), (3.0, 1.0), (3.5, 0.0), (1.0, 0.0))
    return Demonstration(
        id="permutation-fades",
        chapter="assumptions",
        title=tr("The permutation fades in"),
        watch=tr("Swap by swap the solid curves fall; at the end the dashed ones have risen."),
        proves=tr(
            "Where neighbours no longer belong together, a convolution has lost its advantage."
        ),
        duration=share.duration,
        scene_at=lambda t: still,
        instrument="locality",
        settings_at=lambda t: {"permuted": round(share(t), 3)},
    )


def _scrambled_8() -> Demonstration:
    """First the left quarters of an 8 change places, then its halves; each time it is put back."""
    centre = (32.0, 16.0)
    eight = digit(8, centre=centre)
    left, top, right, bottom = bounds(eight.strokes)
    wide, high = (right - left) / 2, (bottom - top) / 2
    upper_left, upper_right, lower_left, lower_right = _quarters(eight, centre)

    def down(far: float) -> Motion:
        return Motion(0.0, (1.0, 0.0), (2.0, far), (2.0, far), (2.0, 0.0), (7.0, 0.0))

    def across(far: float) -> Motion:
        return Motion(0.0, (8.0, 0.0), (2.0, far), (2.0, far), (1.7, 0.0), (0.3, 0.0))

    return Demonstration(
        id="scrambled-8",
        chapter="assumptions",
        title=tr("A scrambled 8"),
        watch=tr("The left quarters change places, and it is still read as 8; then the halves do."),
        proves=tr("A network that forgets a little of where parts are accepts them rearranged."),
        duration=down(0.0).duration,
        scene_at=moving(
            Scene(32, 64),
            (upper_left, {"dx": across(wide), "dy": down(high)}),
            (lower_left, {"dx": across(wide), "dy": down(-high)}),
            (upper_right, {"dx": across(-wide)}),
            (lower_right, {"dx": across(-wide)}),
            duration=down(0.0).duration,
        ),
        instrument="scrambled",
        settings_at=lambda t: {"source": "drawing", "cut": "quarters", "order": [0, 1, 2, 3]},
    )


def _bar_turns() -> Demonstration:
    angle = Motion(0.0, (0.5, 0.0), (9.0, 180.0), (0.5, 180.0))
    bar = Group.of([Stroke([(22.0, 16.0), (42.0, 16.0)])])
    return Demonstration(
        id="bar-turns",
        chapter="assumptions",
        title=tr("A bar turned through 180°"),
        watch=tr("The maps of the first layer light up one after the other."),
        proves=tr("Each map answers to a range of angles, as a simple cell of the cortex does."),
        duration=angle.duration,
        # anticlockwise, as angles are read
        scene_at=moving(
            Scene(32, 64), (bar, {"angle": lambda t: -angle(t)}), duration=angle.duration
        ),
        instrument="tuning",
        settings_at=lambda t: {"angle": float(round(angle(t))) % 180},
    )


def _quarters(group: Group, centre: tuple[float, float]) -> tuple[Group, ...]:
    """Cut a group by the lines through a point: upper left and right, lower left and right."""
    parts: dict[tuple[bool, bool], list[Stroke]] = {
        (low, right): [] for low in (False, True) for right in (False, True)
    }
    for stroke in group.placed:
        for piece in _cut(stroke.points, centre):
            x, y = piece.mean(0)
            parts[y > centre[1], x > centre[0]].append(Stroke(piece, stroke.width_px))
    return tuple(replace(Group.of(strokes), anchor=centre) for strokes in parts.values())


def _cut(points: Points, centre: tuple[float, float]) -> list[Points]:
    """Cut a polyline wherever it crosses one of the lines x = … and y = … through a point."""
    pieces, current = [], [points[0]]
    for start, end in pairwise(points):
        shares = sorted(
            float((at - a) / (b - a))
            for a, b, at in zip(start, end, centre, strict=True)
            if (a - at) * (b - at) < 0
        )
        for share in shares:
            crossing = start + share * (end - start)
            pieces.append(np.array([*current, crossing]))
            current = [crossing]
        current.append(end)
    return [*pieces, np.array(current)]


def _left_and_right() -> Demonstration:
    """A 3 goes from the middle of the left half of the canvas to that of the right half."""
    way = Motion(0, (1.4, 0), (3.2, 32), (1.6, 32), (2.4, 0), (0.4, 0))
    return Demonstration(
        id="left-and-right",
        chapter="assumptions",
        title=tr("Left and right"),
        watch=tr("The 3 goes to the right, where these networks never saw a digit in training."),
        proves=tr("What a shared kernel learns in one place it knows everywhere; others do not."),
        duration=way.duration,
        scene_at=moving(Scene(32, 64), (digit(3, centre=(16, 16)), {"dx": way}),
                        duration=way.duration),
        instrument="left-right",
    )  # fmt: skip
