"""Demonstrations of chapter 4, Binding: one stroke moves, and the digits round it become others.

The standing strokes and the places of the bar of ``31-61`` were found by a random search with the
shipped network, for every answer to hold when the bar lies a pixel aside or is turned by 6°.
"""

from __future__ import annotations

import math

import numpy as np

from viz.chapters.motion import Motion, ease, moving
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.scene import Group, Scene, Stroke
from viz.scene.digits import digit, stroke_names

_BAR_PX = 8.48
_HOOK = (17.1, 7.25), (16.4, 7.25), (15.55, 15.85)
_BOWL = (20.35, 20.9), (6.39, 4.53), (-127.5, 83.6)  # centre, half axes, from angle to angle
_STEM = (46.5, 6.5), (42.5, 25.5)

_PLACES = (
    # the bar's middle x, y and its angle; what its way there bends towards; seconds there, and rest
    ((12.28, 5.95, -17.0), None, 0.1, 1.4),  # 31
    ((22.06, 5.95, -17.0), (15.5, 3.6, -5.8), 1.6, 1.2),  # 51
    ((41.00, 6.50, -10.0), (31.2, 2.3, -7.0), 2.0, 1.2),  # 57
    ((22.06, 5.95, -17.0), (31.3, 6.0, -36.0), 2.0, 1.0),  # 51
    ((23.90, 12.93, 80.0), (21.4, 8.0, 61.6), 1.6, 1.2),  # 41
    ((18.19, 21.69, 60.0), (14.8, 23.6, 92.5), 1.6, 1.4),  # 61
    ((12.28, 5.95, -17.0), (8.3, 5.3, -42.6), 2.4, 0.1),  # and back
)
"""The bends were searched for, too: on these ways hardly anything else is read in between."""


def demonstrations() -> tuple[Demonstration, ...]:
    """Build the chapter's: a bar over 31, a 3 whose diagonal swings, a 1 that gets a bar."""
    return (_bar(), _swing(), _flag())


def _ellipse() -> list[tuple[float, float]]:
    (x, y), (wide, high), (begin, end) = _BOWL
    angles = np.radians(np.linspace(begin, end, 17))
    return [(x + wide * math.cos(a), y + high * math.sin(a)) for a in angles]


def _bar() -> Demonstration:
    standing = Group.of([Stroke(_HOOK), Stroke(_ellipse())], name="5")
    stem = Group.of([Stroke(_STEM)], name="1")
    x0, y0, _ = _PLACES[0][0]
    bar = Group.of([Stroke([(x0 - _BAR_PX / 2, y0), (x0 + _BAR_PX / 2, y0)])], name=tr("bar"))
    duration = sum(seconds + rest for *_, seconds, rest in _PLACES)
    return Demonstration(
        id="31-61",
        chapter="binding",
        title=tr("One bar, many numbers"),
        watch=tr("Only the bar moves: watch which digits it makes of the strokes beside it."),
        proves=tr("The same stroke becomes part of whatever it stands beside: position binds."),
        duration=duration,
        scene_at=moving(
            Scene(32, 64),
            standing,
            stem,
            (
                bar,
                {
                    "dx": lambda t: _pose(t)[0] - x0,
                    "dy": lambda t: _pose(t)[1] - y0,
                    "angle": lambda t: _pose(t)[2],
                },
            ),
            duration=duration,
        ),
        moving=(2, 0),
        instrument="binding-map",
    )


def _pose(t: float) -> tuple[float, float, float]:
    """The bar's middle (x, y) and angle: from place to place on parabolas, at rest at each."""
    here = _PLACES[0][0]
    for there, bend, seconds, rest in _PLACES:
        if t < seconds + rest:
            u = ease(min(1.0, t / seconds))
            by = bend or [(a + b) / 2 for a, b in zip(here, there, strict=True)]
            x, y, angle = (
                (1 - u) ** 2 * a + 2 * u * (1 - u) * c + u**2 * b
                for a, c, b in zip(here, by, there, strict=True)
            )
            return x, y, angle
        t -= seconds + rest
        here = there
    return here


def _swing() -> Demonstration:
    """The diagonal of a school 3 swings by 45° to the left and makes it a 5."""
    three = digit(3, "school", centre=(32, 16))
    at = stroke_names(3, "school").index("diagonal")
    diagonal = Group.of([three.strokes[at]], name=tr("bar"))
    rest = Group.of([s for k, s in enumerate(three.strokes) if k != at], name="3")
    swing = Motion(0, (1.4, 0), (2.0, 1), (1.6, 1), (2.0, 0), (0.4, 0))
    return Demonstration(
        id="3-5",
        chapter="binding",
        title=tr("A 3 becomes a 5"),
        watch=tr("The diagonal swings to the left; nothing else changes."),
        proves=tr(
            "Conjunctions: units that respond to two strokes together, and to neither alone."
        ),
        duration=swing.duration,
        scene_at=moving(
            Scene(32, 64),
            rest,
            (diagonal, {"angle": lambda t: -45 * swing(t), "dx": lambda t: -6 * swing(t)}),
            duration=swing.duration,
        ),
        moving=(1, 0),
        instrument="interaction",
    )


def _flag() -> Demonstration:
    """A bar comes down to a stem from above: 1, then 7."""
    stem = Group.of([Stroke([(35, 6.5), (31, 25.5)])], name="1")
    bar = Group.of([Stroke([(25.5, 6.5), (34.5, 6.5)])], name=tr("bar"))
    down = Motion(-12, (0.8, -12), (1.8, 0), (1.4, 0), (1.8, -12), (0.4, -12))
    return Demonstration(
        id="1-7",
        chapter="binding",
        title=tr("A 1 becomes a 7"),
        watch=tr("A bar comes down; within a few pixels of touching, the 1 becomes a 7."),
        proves=tr("Binding needs proximity: a few pixels apart, the same two strokes are a 1."),
        duration=down.duration,
        scene_at=moving(Scene(32, 64), stem, (bar, {"dy": down}), duration=down.duration),
        moving=(1, 0),
        instrument="binding-map",
    )
