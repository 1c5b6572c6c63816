"""The transform panel's fields, and where each number stands in a scene: pure functions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from viz.i18n import tr
from viz.scene import Group, Scene, Stroke
from viz.scene.edit import all_transformed, limited, move_stroke, rotate_stroke, with_width
from viz.scene.model import Points, Transform, numbers_of
from viz.views.widgets.value_row import Field


def fields() -> tuple[Field, ...]:
    """Return all fields in the order in which they stand."""
    far = 1e5
    return (
        Field("dx", tr("shift x"), tr("Shift to the right, in pixels"),
              0, -50, 50, -far, far, 0.25),
        Field("dy", tr("shift y"), tr("Shift downwards, in pixels"),
              0, -50, 50, -far, far, 0.25),
        Field("scale", tr("scale"), tr("Size, as a factor"),
              1, 0.25, 4, 0.001, 100, 0.01, logarithmic=True),
        Field("angle", tr("angle °"), tr("Rotation, clockwise, in degrees"),
              0, -180, 180, -180, 180, 0.5, 1),
        Field("squeeze", tr("squeeze"), tr("Width over height, as a factor"),
              1, 0.25, 4, 0.001, 100, 0.01, logarithmic=True),
        Field("slant", tr("slant"), tr("Shift to the right per pixel upwards"),
              0, -1, 1, -100, 100, 0.01),
        Field("width", tr("pen"), tr("Stroke width in pixels: of the selected strokes, "
              "or else of those to be drawn"),
              2.4, 0.4, 8.4, 0.1, 64, 0.1),
        Field("sigma", tr("noise σ"), tr("Standard deviation of Gaussian noise over the whole "
              "canvas, whose ink is 1"),
              0, 0, 1, 0, 10, 0.01, short=tr("σ")),
        Field("salt_pepper", tr("salt & pepper"), tr("Specks, known as salt and pepper: the "
              "share of pixels set to 0 or 1 at random, over the whole canvas"),
              0, 0, 0.5, 0, 1, 0.005, 3, short=tr("specks")),
    )  # fmt: skip


STROKE_FIELDS = ("dx", "dy", "angle", "width", "sigma", "salt_pepper")
"""The fields that act while a single stroke is selected: it has no size or slant of its own."""


@dataclass(frozen=True, eq=False)
class SelectedStroke:
    """A selected stroke, ``number`` of ``item``, with its points (N, 2) when it was selected.

    A stroke has no transform of its own: its shift and turn are measured from ``original``.
    """

    item: int
    number: int
    original: Points

    def stroke(self, scene: Scene) -> Stroke:
        """Return the stroke as it is in a scene, without its item's transform."""
        group = scene.items[self.item]
        assert isinstance(group, Group)  # only groups have strokes to select
        return group.strokes[self.number]

    def points(self, scene: Scene) -> Points:
        """Return its points (N, 2) on the canvas."""
        return scene.stroke(self.item, self.number).points

    def transform(self, scene: Scene) -> Transform:
        """Return the shift of its mean point, and the turn that fits best.

        The rotation of least squares between two point sets in the plane: the argument of their
        complex inner product (Kabsch 1976).
        """
        points = self.points(scene)
        shift = points.mean(0) - self.original.mean(0)
        before, after = (
            (points - points.mean(0)) @ np.array((1, 1j)) for points in (self.original, points)
        )
        angle = np.degrees(np.angle(np.vdot(before, after)))
        # Rounded, or what was put back would not be neutral: no eye sees 1e-9 pixels
        dx, dy, angle = (round(float(x), 9) + 0.0 for x in (*shift, angle))
        return limited(Transform(), dx=dx, dy=dy, angle=angle)

    def changed(self, scene: Scene, name: str, value: float) -> Scene:
        """Return the scene with its dx, dy, angle or width set, the turn about its mean point."""
        if name == "width":
            group, old = scene.items[self.item], self.stroke(scene)
            assert isinstance(group, Group)
            strokes = list(group.strokes)
            strokes[self.number] = replace(old, width_px=value)
            return scene.with_item(self.item, replace(group, strokes=tuple(strokes)))
        by = value - float(getattr(self.transform(scene), name))
        if name == "angle":
            x, y = self.points(scene).mean(0).tolist()
            return rotate_stroke(scene, self.item, self.number, by, (x, y))
        way = (by, 0.0) if name == "dx" else (0.0, by)
        return move_stroke(scene, self.item, self.number, *way)


def value_of(
    name: str, scene: Scene, selection: Collection[int], stroke: SelectedStroke | None = None
) -> float | None:
    """Return what a field shows: the stroke's number, else the first selected item's, else the
    drawing's. None for the width of the pen where no stroke is selected."""
    if name in ("sigma", "salt_pepper"):
        return float(getattr(scene.noise, name))
    if name == "width" and stroke is not None:
        return stroke.stroke(scene).width_px
    if name == "width":
        items = [scene.items[i] for i in sorted(selection)]
        widths = (item.strokes[0].width_px for item in items if isinstance(item, Group))
        return next(widths, None)
    if stroke is not None:
        return float(getattr(stroke.transform(scene), name))
    return float(getattr(_first(scene, selection), name))


def changed(
    name: str,
    value: float,
    scene: Scene,
    selection: Collection[int],
    stroke: SelectedStroke | None = None,
) -> Scene:
    """Return the scene with a field set: of the stroke, else of the selection, else of the drawing.

    Of several items the first takes the value; the others change by the same difference, or factor
    for scale and squeeze, each about its own anchor.
    """
    if name == "sigma":
        return replace(scene, noise=replace(scene.noise, sigma=value))
    if name == "salt_pepper":
        return replace(scene, noise=replace(scene.noise, salt_pepper=value))
    if stroke is not None:
        return stroke.changed(scene, name, value)
    if name == "width":
        return with_width(scene, selection, value)
    if not selection:
        return replace(scene, transform=limited(scene.transform, **{name: value}))
    old, first = float(getattr(_first(scene, selection), name)), min(selection)
    chosen = list(selection)
    numbers = numbers_of(scene.items[index].transform for index in chosen)
    column = numbers[:, Transform.__match_args__.index(name)]
    column[:] = column * value / old if name in ("scale", "squeeze") else column + value - old
    column[chosen.index(first)] = value
    return all_transformed(scene, chosen, numbers)


def _first(scene: Scene, selection: Collection[int]) -> Transform:
    return scene.items[min(selection)].transform if selection else scene.transform
