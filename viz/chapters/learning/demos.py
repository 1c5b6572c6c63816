"""Demonstrations of chapter 9, Learning: going downhill, from noise to features."""

from __future__ import annotations

from typing import Any

from viz.chapters.motion import Motion
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.scene import Scene
from viz.scene.digits import digit

DIGIT = 2
STATES = 7
"""Of the run that ships."""


def demonstrations() -> tuple[Demonstration, ...]:
    """Build them, in the order of showing."""
    return (_noise_to_features(), _one_update())


def _noise_to_features() -> Demonstration:
    place = Motion(0.0, (1.5, 0.0), (9.0, STATES - 0.01), (2.0, STATES - 0.01), (0.5, 0.0))
    scene = Scene(32, 32, items=(digit(DIGIT, centre=(16, 16)),))

    def settings_at(t: float) -> dict[str, Any]:
        return {
            "part": "curves", "run": "example", "what": "error", "stage": True,
            "shown": min(STATES - 1, int(place(t))),
        }  # fmt: skip

    return Demonstration(
        id="noise-to-features",
        chapter="learning",
        title=tr("From noise to features"),
        watch=tr("Maps of random kernels become edges, and then the answer is right."),
        proves=tr("Kernels need not be designed: 157 small steps downhill find them."),
        duration=place.duration,
        scene_at=lambda t: scene,
        instrument="train",
        settings_at=settings_at,
    )


def _one_update() -> Demonstration:
    place = Motion(0.0, (3.0, 0.0), (5.0, 5.99), (2.0, 5.99), (0.5, 0.0))
    scene = Scene(32, 64, items=(digit(3, centre=(32, 16)),))

    def settings_at(t: float) -> dict[str, Any]:
        return {
            "look": "update", "target": 5, "rate": 0.003, "stage": True, "updates": int(place(t)),
        }  # fmt: skip

    return Demonstration(
        id="one-update",
        chapter="learning",
        title=tr("One update, and four more"),
        watch=tr("Each update moves all weights against the gradient: the 3 is read as a 5."),
        proves=tr("The gradient says how every weight must change to lower the loss."),
        duration=place.duration,
        scene_at=lambda t: scene,
        instrument="backpropagation",
        settings_at=settings_at,
    )
