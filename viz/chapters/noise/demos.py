"""Demonstrations of the chapter on noise."""

from __future__ import annotations

from dataclasses import replace

from viz.chapters.motion import Motion
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.scene import Noise, Scene
from viz.scene.digits import number


def demonstrations() -> tuple[Demonstration, ...]:
    """A 3 that sinks into noise and rises again."""
    sinking = Motion(0.0, (1.0, 0.0), (4.0, 0.3), (1.0, 0.3), (4.0, 0.0), (1.0, 0.0))
    three = number("3")

    def scene_at(time: float) -> Scene:
        return replace(three, noise=Noise(sigma=sinking(time), seed=1))

    return (
        Demonstration(
            id="sinking",
            chapter="noise",
            title=tr("A 3 in noise"),
            watch=tr("Every map trembles before the answer does."),
            proves=tr("Sums over many pixels average noise away."),
            duration=sinking.duration,
            scene_at=scene_at,
        ),
    )
