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
    return (
        _rings_unbend(),
        _momentum_leaves_saddle(),
        _race(),
    )


def _rings_unbend() -> Demonstration:
    step = Motion(0.0, (1.0, 0.0), (6.0, 120.0), (5.0, 400.0), (2.0, 400.0), (1.0, 0.0))
    return Demonstration(
        id="rings-unbend",
        chapter="learning",
        title=tr("The rings unbend"),
        watch=tr("Among the hidden units the grid bends until one line has each ring on its side."),
        proves=tr("A hidden layer turns what no line separates into what one line separates."),
        duration=step.duration,
        scene_at=lambda t: STILL,
        instrument="warp",
        settings_at=lambda t: {
            "points": "rings", "units": 3, "view": "boundary", "seed": 1, "step": round(step(t)),
        },
    )  # fmt: skip


def _momentum_leaves_saddle() -> Demonstration:
    step = Motion(0.0, (1.0, 0.0), (9.0, 110.0), (2.0, 110.0), (1.0, 0.0))
    return Demonstration(
        id="momentum-leaves-saddle",
        chapter="learning",
        title=tr("Momentum leaves the saddle"),
        watch=tr("Plain descent creeps onto the saddle and stays; momentum swings and runs off."),
        proves=tr("Slopes that agree add up in the velocity: small ones become large steps."),
        duration=step.duration,
        scene_at=lambda t: STILL,
        instrument="descent",
        settings_at=lambda t: {
            "surface": "saddle", "method": "all", "rate": 0.03, "batch": 0, "seed": 1,
            "start": [1.5, 0.001], "step": round(step(t)),
        },
    )  # fmt: skip


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
