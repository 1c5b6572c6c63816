"""Demonstrations of chapter 3, Pooling: motions so small that pooling forgets them, or does not."""

from __future__ import annotations

from viz.chapters.motion import Motion, moving, sway
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.scene import Group, Scene, Stroke
from viz.scene.digits import digit


def demonstrations() -> tuple[Demonstration, ...]:
    """Build the bar that crosses pooling's borders, and the trembling digit."""
    return (_bar(), _tremble())


def _bar() -> Demonstration:
    steps = [leg for x in range(1, 9) for leg in ((0.35, float(x)), (0.65, float(x)))]
    motion = Motion(0.0, (0.65, 0.0), *steps, (1.5, 0.0))
    bar = Group.of([Stroke([[28.5, 6.5], [28.5, 25.5]])], name=tr("bar"))
    return Demonstration(
        id="bar-steps",
        chapter="pooling",
        title=tr("A bar in steps of one pixel"),
        watch=tr(
            "Each step changes the maps less after each pooling; after the first the changes "
            "repeat every 2 steps, after the second every 4."
        ),
        proves=tr("A pooled unit forgets where in its window a feature was, not whether it was."),
        duration=motion.duration,
        scene_at=moving(Scene(32, 64), (bar, {"dx": motion}), duration=motion.duration),
        instrument="pooling-steps",
    )


def _tremble() -> Demonstration:
    seconds = 6.0
    group = digit(3, centre=(32, 16))
    across, up = sway(1, seconds / 2, 0.25), sway(1, seconds / 2)
    return Demonstration(
        id="tremble",
        chapter="pooling",
        title=tr("A trembling 3"),
        watch=tr("The first maps change most; after each pooling they change less than before it."),
        proves=tr("The change that a tremble of one pixel makes shrinks with every pooling."),
        duration=seconds,
        scene_at=moving(
            Scene(32, 64),
            (group, {"dx": lambda t: across(t) - 1, "dy": up}),
            duration=seconds,
        ),
        instrument="pooling-steps",
    )
