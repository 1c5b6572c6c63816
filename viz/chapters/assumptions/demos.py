"""Demonstrations of chapter 8, Assumptions: what is lost where an assumption does not hold."""

from __future__ import annotations

from viz.chapters.motion import Motion, moving
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.scene import Group, Scene, Stroke


def demonstrations() -> tuple[Demonstration, ...]:
    """Build them, in the order of showing."""
    return (_bar_turns(),)


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
