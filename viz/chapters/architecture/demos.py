"""Demonstrations of chapter 7, Architecture: what grows with the input, and what does not."""

from __future__ import annotations

from dataclasses import replace

from viz.chapters.motion import Motion
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.nets.architecture import NORMALISATIONS
from viz.nets.modules import NONE, Modules
from viz.scene import Light, Scene
from viz.scene.digits import digit

GROWTH = 4
"""Pixels by which the canvas widens at a time: one window of the output more."""


def demonstrations() -> tuple[Demonstration, ...]:
    """Build the canvas that grows by one window at a time, and the modules in uneven light."""
    return (_one_window_then_a_row(), _each_module())


def _one_window_then_a_row() -> Demonstration:
    width = Motion(32.0, (1.0, 32.0), (5.0, 64.0), (1.5, 64.0), (3.0, 32.0), (0.5, 32.0))
    scene = Scene(32, 64, items=(digit(3, centre=(16, 16)), digit(1, centre=(48, 16))))

    def scene_at(t: float) -> Scene:
        steps = int((width(min(max(0.0, t), width.duration)) - 32) // GROWTH)
        return replace(scene, width=32 + GROWTH * steps)

    return Demonstration(
        id="one-window-then-a-row",
        chapter="architecture",
        title=tr("One window, then a row of windows"),
        watch=tr(
            "With every 4 pixels C1 gains 4 columns, S2 and C3 gain 2, S4, C5 and the output 1."
        ),
        proves=tr("A fully convolutional network takes any width with the same parameters."),
        duration=width.duration,
        scene_at=scene_at,
    )


UNEVEN = Scene(
    32, 64, items=(digit(3, centre=(24, 16)), digit(1, centre=(40, 16))),
    light=Light(contrast=0.2, background=0.1, ramp=0.7, direction=90.0),
)  # fmt: skip

DIVISIVE = Modules(before="divisive")
SWITCHED = (
    NONE,
    *(Modules(before=kind) for kind in NORMALISATIONS if kind != "divisive"),
    DIVISIVE,
    replace(DIVISIVE, behind="divisive"),
    *(
        replace(DIVISIVE, activation=name)
        for name in ("identity", "leaky-relu", "absolute", "tanh", "sigmoid")
    ),
    *(replace(DIVISIVE, pooling=name) for name in ("average", "min", "maxout")),
)
"""One after the other; then from the beginning."""
SECONDS_EACH = 1.2


def _each_module() -> Demonstration:
    def now(t: float) -> Modules:
        return SWITCHED[int(max(0.0, t) / SECONDS_EACH + 1e-9) % len(SWITCHED)]

    def place_of(modules: Modules) -> str:
        own = {"activation": modules.activation, "behind": modules.behind}
        return next((name for name, value in own.items() if value),
                    "pooling" if modules.pooling else "before")  # fmt: skip

    return Demonstration(
        id="each-module",
        chapter="architecture",
        title=tr("Each module switched, in uneven light"),
        watch=tr("The badge names the module; the maps before and behind it stand below."),
        proves=tr("Only dividing by the local deviation makes up for low contrast: 31 is read."),
        duration=SECONDS_EACH * len(SWITCHED),
        scene_at=lambda t: UNEVEN,
        instrument="modules",
        settings_at=lambda t: {"place": place_of(now(t))},
        modules_at=now,
    )
