"""Demonstrations of chapter 7, Architecture: what grows with the input, and what does not."""

from __future__ import annotations

from dataclasses import replace

from viz.chapters.motion import Motion, moving
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.nets.architecture import NORMALISATIONS
from viz.nets.modules import NONE, Modules
from viz.scene import Light, Scene
from viz.scene.digits import digit

GROWTH = 4
"""Pixels by which the canvas widens at a time: one window of the output more."""


def demonstrations() -> tuple[Demonstration, ...]:
    """Build the graph whose input grows, the pair that moves apart, the canvas that grows by one
    window at a time, the modules in uneven light, and the matrix that the canvas does not fit."""
    return (
        _grows_by_4(),
        _too_far_apart(),
        _one_window_then_a_row(),
        _each_module(),
        _the_matrix_fails(),
    )


def _grows_by_4() -> Demonstration:
    grown = Motion(0.0, (1.5, 0.0), (3.0, 4.0), (2.5, 4.0), (1.5, 0.0), (0.5, 0.0))
    scene = Scene(32, 64, items=(digit(3, centre=(16, 16)), digit(1, centre=(48, 16))))
    return Demonstration(
        id="input-grows-by-4",
        chapter="architecture",
        title=tr("The input grows by 4"),
        watch=tr("10 → 8 → 4 → 2 → 1 units: with 4 more the layers gain 4, 2, 2 and 1."),
        proves=tr("Shared weights serve any length: more units, and not one weight more."),
        duration=grown.duration,
        scene_at=lambda t: scene,
        instrument="units",
        settings_at=lambda t: {
            "net": "stack", "layers": 4, "kernel": 3, "pooling": 2, "length": 10,
            "grown": round(grown(t)), "pair": None,
        },
    )  # fmt: skip


def _too_far_apart() -> Demonstration:
    x = Motion(30.0, (1.0, 30.0), (4.0, 78.0), (2.0, 78.0), (3.0, 30.0), (0.5, 30.0))
    return Demonstration(
        id="too-far-apart",
        chapter="architecture",
        title=tr("Further apart than a window"),
        watch=tr("A and B are the two digits; the units with a ring see both of them."),
        proves=tr("No unit relates what lies further apart than its receptive field is wide."),
        duration=x.duration,
        scene_at=moving(
            Scene(32, 96),
            digit(1, centre=(14, 16)),
            (digit(7, centre=(0, 16)), {"dx": x}),
            duration=x.duration,
        ),
        instrument="units",
        settings_at=lambda t: {"net": "network", "pair": None},
    )


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
        instrument="units",
        settings_at=lambda t: {"net": "network", "pair": None},
    )


def _the_matrix_fails() -> Demonstration:
    grows = _one_window_then_a_row()
    return replace(
        grows,
        id="matrix-fails",
        title=tr("The fully connected layer fails when the canvas widens"),
        watch=tr("On 32×32 pixels the matrix fits; on any wider canvas it has too few columns."),
        proves=tr("As a convolution the same weights take any width."),
        instrument="fully-connected",
        settings_at=lambda t: {"way": "dense"},
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
