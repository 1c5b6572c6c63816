"""Demonstrations of chapter 8, Assumptions: what is lost where an assumption does not hold."""

from __future__ import annotations

from viz.chapters.motion import Motion, moving
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.scene import Scene
from viz.scene.digits import digit


def demonstrations() -> tuple[Demonstration, ...]:
    """Build them, in the order of showing."""
    return (_left_and_right(),)


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
