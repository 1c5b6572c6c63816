"""The fields of the transform panel: name, range and slider scale, and where each number lives.

Pure functions of a scene and a selection; the panel only shows them.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from viz.i18n import tr
from viz.scene import Group, Scene, Stroke
from viz.scene.edit import limited, move_stroke, rotate_stroke, transformed, with_width
from viz.scene.model import Points, Transform

TICKS = 400
"""Positions of a slider from one end to the other."""


@dataclass(frozen=True)
class Field:
    """One number: its text, its neutral value, the slider's range, the range that can be typed.

    ``logarithmic``: equal ways on the slider are equal factors. ``step``: of keys and wheel, and
    what the slider snaps to. ``short``: the label where room is scarce.
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
    short: str = ""

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
        Field("dx", tr("shift x"), tr("Shift to the right, in pixels"),
              0, -50, 50, -far, far, 0.25),
        Field("dy", tr("shift y"), tr("Shift downwards, in pixels"),
              0, -50, 50, -far, far, 0.25),
        Field("scale", tr("scale"), tr("Size, as a factor"),
              1, 0.25, 4, 0.001, 100, 0.01, logarithmic=True),
        Field("angle", tr("angle °"), tr("Turn, clockwise, in degrees"),
              0, -180, 180, -180, 180, 0.5, 1),
        Field("squeeze", tr("squeeze"), tr("Width over height, as a factor"),
              1, 0.25, 4, 0.001, 100, 0.01, logarithmic=True),
        Field("slant", tr("slant"), tr("How far a point moves right per pixel upwards"),
              0, -1, 1, -100, 100, 0.01),
        Field("width", tr("pen"), tr("The pen's width in pixels: of the selected strokes, "
              "else of those to be drawn"),
              2.4, 0.4, 8.4, 0.1, 64, 0.1),
        Field("sigma", tr("noise σ"), tr("Standard deviation of Gaussian noise over the whole "
              "canvas, whose ink is 1"),
              0, 0, 1, 0, 10, 0.01, short=tr("σ")),
        Field("salt_pepper", tr("salt & pepper"), tr("Salt and pepper: the share of pixels set "
              "to 0 or 1 at random, over the whole canvas"),
              0, 0, 0.5, 0, 1, 0.005, 3, short=tr("s & p")),
    )  # fmt: skip


STROKE_FIELDS = ("dx", "dy", "angle", "width", "sigma", "salt_pepper")
"""The fields that act while a single stroke is selected: it has no size or slant of its own."""


@dataclass(frozen=True, eq=False)
class Held:
    """A single selected stroke: (item, number), and its points (N, 2) as it was found.

    A stroke has no transform of its own; its shift and its turn are told from how it was found.
    """

    stroke: tuple[int, int]
    found: Points

    def now(self, scene: Scene) -> Points:
        """Its points (N, 2) on the canvas of ``scene``."""
        return scene.strokes_of(self.stroke[0])[self.stroke[1]].points

    def change(self, scene: Scene) -> Transform:
        """How far its mean point was shifted since it was found, and the turn that fits best.

        The rotation of least squares between two point sets in the plane: the argument of their
        complex inner product (Kabsch 1976).
        """
        now = self.now(scene)
        shift = now.mean(0) - self.found.mean(0)
        was, turned = (
            (points - points.mean(0)) @ np.array((1, 1j)) for points in (self.found, now)
        )
        angle = np.degrees(np.angle(np.vdot(was, turned)))
        # Rounded, or what was put back would not be neutral: no eye sees 1e-9 pixels
        dx, dy, angle = (round(float(x), 9) + 0.0 for x in (*shift, angle))
        return limited(Transform(), dx=dx, dy=dy, angle=angle)

    def changed(self, scene: Scene, name: str, value: float) -> Scene:
        """The scene with its dx, dy or angle set, the turn about its mean point."""
        by = value - float(getattr(self.change(scene), name))
        if name == "angle":
            x, y = self.now(scene).mean(0).tolist()
            return rotate_stroke(scene, *self.stroke, by, (x, y))
        return move_stroke(scene, *self.stroke, *((by, 0.0) if name == "dx" else (0.0, by)))


def value_of(
    name: str, scene: Scene, selection: Collection[int], held: Held | None = None
) -> float | None:
    """What a field shows: the held stroke's number, the first selected item's or the drawing's.

    None for the width of the pen where no stroke is selected.
    """
    if name in ("sigma", "salt_pepper"):
        return float(getattr(scene.noise, name))
    if name == "width" and held is not None:
        return _group(scene, held).strokes[held.stroke[1]].width_px
    if name == "width":
        groups = [scene.items[i] for i in sorted(selection)]
        widths = (item.strokes[0].width_px for item in groups if isinstance(item, Group))
        return next(widths, None)
    if held is not None:
        return float(getattr(held.change(scene), name))
    return float(getattr(_first(scene, selection), name))


def changed(
    name: str, value: float, scene: Scene, selection: Collection[int], held: Held | None = None
) -> Scene:
    """The scene with a field set: of the held stroke, else of the selection or the drawing.

    Of several items the first takes the value; the others change by the same difference, or factor
    for scale and squeeze, each about its own anchor.
    """
    if name == "sigma":
        return replace(scene, noise=replace(scene.noise, sigma=value))
    if name == "salt_pepper":
        return replace(scene, noise=replace(scene.noise, salt_pepper=value))
    if name == "width":
        return _with_width(scene, selection, held, value)
    if held is not None:
        return held.changed(scene, name, value)
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


def _group(scene: Scene, held: Held) -> Group:
    group = scene.items[held.stroke[0]]
    assert isinstance(group, Group)  # only groups have strokes to select
    return group


def _with_width(
    scene: Scene, selection: Collection[int], held: Held | None, width_px: float
) -> Scene:
    if held is None:
        return with_width(scene, selection, width_px)
    group = _group(scene, held)
    number = held.stroke[1]
    old = group.strokes[number]
    strokes = list(group.strokes)
    strokes[number] = Stroke(old.points, width_px, old.ink)
    return scene.with_item(held.stroke[0], replace(group, strokes=tuple(strokes)))
