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

STILL = Scene(32, 64, items=(digit(7, centre=(32, 16)),))


def demonstrations() -> tuple[Demonstration, ...]:
    """Build them, in the order of showing."""
    return (
        _noise_to_features(),
        _one_update(),
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
        proves=tr("From the second net on parameters get fewer and the nets better."),
        duration=at.duration,
        scene_at=lambda t: STILL,
        instrument="race-1989",
        settings_at=lambda t: {"digits": "pen", "seed": 1, "pass": round(at(t))},
    )


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
        watch=tr(
            "At first all ten scores are alike; maps grow stronger layer by layer, and the 2 wins."
        ),
        proves=tr("157 small steps downhill turn random weights into a network that reads digits."),
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
