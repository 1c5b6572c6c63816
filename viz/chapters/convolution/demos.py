"""Demonstrations of chapter 6, Convolution: a kernel's map follows its input, step by step."""

from __future__ import annotations

from viz.chapters.motion import Motion, moving
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.scene import Scene
from viz.scene.digits import digit


def demonstrations() -> tuple[Demonstration, ...]:
    """Build the 7 whose edge picture follows it."""
    return (_edges_follow(),)


def _edges_follow() -> Demonstration:
    across = Motion(0.0, (2.5, 20.0), (1.0, 20.0), (2.5, 0.0), (1.0, 0.0))
    return Demonstration(
        id="edges-follow",
        chapter="convolution",
        title=tr("A 7 slides, and its edges follow"),
        watch=tr("Every map of the first layer moves with the 7, by as many units as pixels."),
        proves=tr(
            "A convolution computes the same at every place, so its map shifts with its input."
        ),
        duration=across.duration,
        scene_at=moving(
            Scene(32, 64), (digit(7, centre=(22, 16)), {"dx": across}), duration=across.duration
        ),
    )
