"""The fields of the transform panel: name, range and slider scale, and where each number lives.

Pure functions of a scene and a selection; the panel only shows them.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace

from viz.i18n import tr
from viz.scene import Group, Scene, Stroke
from viz.scene.edit import limited, transformed, with_width
from viz.scene.model import Transform

TICKS = 400
"""Positions of a slider from one end to the other."""


@dataclass(frozen=True)
class Field:
    """One number: its text, its neutral value, the slider's range, the range that can be typed.

    ``logarithmic``: equal ways on the slider are equal factors. ``step``: of keys and wheel, and
    what the slider snaps to.
    """

    name: str
    label: str
    tip: str
    neutral: float
    low: float
    high: float
    least: float
    most: float
    step: float
    decimals: int = 2
    logarithmic: bool = False

    def at(self, tick: int) -> float:
        """The value of a slider's position 0 … TICKS."""
        share = tick / TICKS
        if self.logarithmic:
            value = self.low * (self.high / self.low) ** share
        else:
            value = self.low + (self.high - self.low) * share
        return round(round(value / self.step) * self.step, 6)

    def tick(self, value: float) -> int:
        """The slider's position nearest to a value."""
        value = min(max(value, self.low), self.high)
        if self.logarithmic:
            return round(TICKS * math.log(value / self.low) / math.log(self.high / self.low))
        return round(TICKS * (value - self.low) / (self.high - self.low))


def fields() -> tuple[Field, ...]:
    """All fields in the order in which they stand."""
    far = 1e5
    return (
        Field("dx", tr("x (px)"), tr("Shift to the right, in pixels"),
              0, -50, 50, -far, far, 0.25),
        Field("dy", tr("y (px)"), tr("Shift downwards, in pixels"),
              0, -50, 50, -far, far, 0.25),
        Field("scale", tr("scale"), tr("Size, as a factor"),
              1, 0.25, 4, 0.001, 100, 0.01, logarithmic=True),
        Field("angle", tr("angle (°)"), tr("Turn, clockwise, in degrees"),
              0, -180, 180, -180, 180, 0.5, 1),
        Field("squeeze", tr("squeeze"), tr("Width over height, as a factor"),
              1, 0.25, 4, 0.001, 100, 0.01, logarithmic=True),
        Field("slant", tr("slant"), tr("How far a point moves right per pixel upwards"),
              0, -1, 1, -100, 100, 0.01),
        Field("width", tr("pen (px)"), tr("The pen's width in pixels: of the selected strokes, "
              "else of those to be drawn"),
              2.4, 0.4, 8.4, 0.1, 64, 0.1),
        Field("sigma", tr("noise σ"), tr("Standard deviation of Gaussian noise on the image, "
              "whose ink is 1"),
              0, 0, 1, 0, 10, 0.01),
        Field("salt_pepper", tr("salt & pepper"), tr("Share of pixels set to 0 or 1 at random"),
              0, 0, 0.5, 0, 1, 0.005, 3),
    )  # fmt: skip


def value_of(name: str, scene: Scene, selection: Collection[int]) -> float | None:
    """What a field shows: the first selected item's number, else the drawing's.

    None for the width of the pen where no stroke is selected.
    """
    if name in ("sigma", "salt_pepper"):
        return float(getattr(scene.noise, name))
    if name == "width":
        groups = [scene.items[i] for i in sorted(selection)]
        widths = (item.strokes[0].width_px for item in groups if isinstance(item, Group))
        return next(widths, None)
    return float(getattr(_first(scene, selection), name))


def changed(
    name: str,
    value: float,
    scene: Scene,
    selection: Collection[int],
    stroke: tuple[int, int] | None = None,
) -> Scene:
    """The scene with a field set.

    Of several items the first takes the value; the others change by the same difference, or factor
    for scale and squeeze, each about its own anchor. ``stroke``: of one stroke only, the width.
    """
    if name == "sigma":
        return replace(scene, noise=replace(scene.noise, sigma=value))
    if name == "salt_pepper":
        return replace(scene, noise=replace(scene.noise, salt_pepper=value))
    if name == "width":
        return _with_width(scene, selection, stroke, value)
    if not selection:
        return replace(scene, transform=limited(scene.transform, **{name: value}))
    old = float(getattr(_first(scene, selection), name))
    for index in selection:
        own = scene.items[index].transform
        was = float(getattr(own, name))
        if index == min(selection):
            new = value
        else:
            new = was * value / old if name in ("scale", "squeeze") else was + value - old
        scene = transformed(scene, index, limited(own, **{name: new}))
    return scene


def _first(scene: Scene, selection: Collection[int]) -> Transform:
    return scene.items[min(selection)].transform if selection else scene.transform


def _with_width(
    scene: Scene, selection: Collection[int], stroke: tuple[int, int] | None, width_px: float
) -> Scene:
    if stroke is None:
        return with_width(scene, selection, width_px)
    group = scene.items[stroke[0]]
    assert isinstance(group, Group)  # only groups have strokes to select
    old = group.strokes[stroke[1]]
    strokes = list(group.strokes)
    strokes[stroke[1]] = Stroke(old.points, width_px, old.ink)
    return scene.with_item(stroke[0], replace(group, strokes=tuple(strokes)))
