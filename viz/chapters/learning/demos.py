"""Demonstrations of chapter 9, Learning: going downhill, from noise to features."""

from __future__ import annotations

from viz.chapters.motion import Motion
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.scene import Scene
from viz.scene.digits import digit

STILL = Scene(32, 64, items=(digit(7, centre=(32, 16)),))


def demonstrations() -> tuple[Demonstration, ...]:
    """Build them, in the order of showing."""
    return (_race(),)


def _race() -> Demonstration:
    at = Motion(0.0, (0.5, 0.0), (8.0, 30.0), (2.0, 30.0), (0.5, 0.0))
    return Demonstration(
        id="race",
        chapter="learning",
        title=tr("The race of 1989"),
        watch=tr("Five nets learn the same 320 digits; the curves tell how many of 160 they read."),
        proves=tr("With few examples structure decides: fewer free parameters, fewer errors."),
        duration=at.duration,
        scene_at=lambda t: STILL,
        instrument="race-1989",
        settings_at=lambda t: {"digits": "pen", "seed": 1, "pass": round(at(t))},
    )
