"""Demonstrations of chapter 1, Live: digits that move, and every map with them."""

from __future__ import annotations

from dataclasses import replace

from viz.chapters.motion import Motion, OfTime, moving, sway
from viz.i18n import tr
from viz.model.demonstration import Demonstration
from viz.scene import Group, Scene
from viz.scene.digits import digit


def demonstrations() -> tuple[Demonstration, ...]:
    """A 4 sliding down, odd handwritings passing by, a dancing number."""
    return (_sliding_4(), _styles(), _dancing())


def _sliding_4() -> Demonstration:
    down = Motion(-28, (0.6, -28), (3.4, 0), (1.0, 0), (3.4, 28), (0.6, 28))
    four = digit(4, centre=(32.5, 16))
    return Demonstration(
        id="sliding-4",
        chapter="live",
        title=tr("A 4 slides down"),
        watch=tr("The maps slide with the 4; the answer appears and vanishes."),
        proves=tr("Every map moves with the digit; only the output decides whether it is read."),
        duration=down.duration,
        scene_at=moving(Scene(32, 64), (four, {"dy": down}), duration=down.duration),
    )


def _styles() -> Demonstration:
    """Move a row of distorted digits in several handwriting styles across the canvas."""
    row = (
        (4, "school", {"squeeze": 1.35}),
        (7, "slanted", {"slant": 0.3}),
        (2, "slanted", {"angle": -14.0}),
        (1, "school", {"scale": 1.2}),
        (8, "angular", {"slant": -0.25}),
        (9, "american", {"angle": 14.0, "squeeze": 0.8}),
    )
    apart, seconds = 30.0, 12.0
    way = apart * (len(row) - 1) + 64.0
    slide = Motion(48.0, (0.3, 48.0), (seconds, 48.0 - way), (0.3, 48.0 - way))
    groups: list[tuple[Group, dict[str, OfTime]]] = []
    for number, (value, handwriting, shape) in enumerate(row):
        group = digit(value, handwriting, centre=(32 + apart * number, 16), height_px=19)
        groups.append((group, {"dx": slide, **{k: _constant(v) for k, v in shape.items()}}))
    return Demonstration(
        id="styles",
        chapter="live",
        title=tr("Unusual handwriting styles"),
        watch=tr("Six digits in four handwriting styles pass by, slanted, rotated and squeezed."),
        proves=tr("Trained on distorted digits, one network reads many handwriting styles."),
        duration=slide.duration,
        scene_at=moving(Scene(32, 64), *groups, duration=slide.duration),
    )


def _constant(value: float) -> Motion:
    return Motion(value)


def _dancing() -> Demonstration:
    period = 8.0
    groups = []
    for number, value in enumerate((2, 7, 4, 8)):
        group = digit(value, centre=(20 + 23 * number, 16), height_px=18)
        phase = number / 4
        groups.append(
            (
                group,
                {
                    "dx": sway(1.5, period / 2, phase),
                    "dy": sway(2.0, period / 4, phase),
                    "angle": sway(12, period / 2, phase + 0.25),
                },
            )
        )
    return Demonstration(
        id="dancing",
        chapter="live",
        title=tr("A dancing number"),
        watch=tr("2748 sways and rotates; the answer stays."),
        proves=tr("The maps follow every motion; the answer does not change."),
        duration=period,
        scene_at=moving(replace(Scene(32, 112)), *groups, duration=period),
    )
