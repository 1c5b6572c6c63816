"""Parts: one stroke of a drawing, or one whole item, as A, and everything else as the rest B.

The image of the drawing is max(image of A, image of B), because that is how ink is laid over ink,
and a part shifted by whole pixels has the same ink, shifted. So an image for every place of A is
put together from two rasters, without rasterising again (see ``viz.scene.raster``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from viz.i18n import tr
from viz.nets.architecture import NONE_CLASS, Architecture
from viz.scene import Group, Scene, Stroke, rasterize
from viz.scene.edit import move_stroke, moved, rotate_stroke, transformed
from viz.scene.hits import item_bounds, item_frame, strokes_box
from viz.scene.raster import exposed
from viz.scene.resampling import resample

Array = NDArray[np.float32]

SLIGHT = 1.0
"""Pixels by which a turn or another shape may move a point and still counts as none."""


@dataclass(frozen=True)
class StrokeSelection:
    """A: stroke number ``stroke`` of item number ``item``; None: the whole item."""

    item: int
    stroke: int | None = None


def strokes_in(scene: Scene) -> tuple[StrokeSelection, ...]:
    """List what can be moved alone: each stroke of each group, each picture as a whole."""
    parts: list[StrokeSelection] = []
    for index, item in enumerate(scene.items):
        if isinstance(item, Group):
            parts += [StrokeSelection(index, stroke) for stroke in range(len(item.strokes))]
        else:
            parts.append(StrokeSelection(index))
    return tuple(parts)


def exists(scene: Scene, part: StrokeSelection) -> bool:
    """Tell whether the scene has this part."""
    if part.item >= len(scene.items):
        return False
    item = scene.items[part.item]
    if not isinstance(item, Group):
        return part.stroke is None
    return (part.stroke or 0) < len(item.strokes)


def likely_part(
    scene: Scene, architecture: Architecture | None = None, output: Array | None = None
) -> StrokeSelection | None:
    """Return the part to start with where none is chosen; None on an empty canvas.

    It is the shortest stroke of the most confident digit, digits of several strokes first; of two
    equal ones the lower item. ``output`` (classes, H′, W′) holds the log-probabilities that give
    the confidence, of a network of this architecture; without them all digits count alike.
    """

    def rank(part: StrokeSelection) -> tuple[bool, float, int, float]:
        strokes = scene.strokes_of(part.item)
        sure, length = 0.0, 0.0
        if architecture is not None and output is not None:
            row, column = window_over(scene, StrokeSelection(part.item), architecture)
            sure = round(float(output[:NONE_CLASS, row, column].max()), 1)
        if part.stroke is not None:
            steps = np.diff(strokes[part.stroke].points, axis=0)
            length = float(np.hypot(*steps.T).sum())
        return len(strokes) < 2, -sure, part.item, length

    return min(strokes_in(scene), key=rank, default=None)


def name_of(scene: Scene, part: StrokeSelection) -> str:
    """Name the part for the screen, such as “stroke 2 of the 3”; translated."""
    item = scene.items[part.item]
    if not isinstance(item, Group):
        return tr("the image")
    whole = tr("the {name}", name=item.name) if item.name else tr("the drawing")
    if part.stroke is None:
        return whole
    if len(item.strokes) == 1:
        return whole if item.name else tr("the stroke")
    return tr("stroke {number} of {whole}", number=part.stroke + 1, whole=whole)


def strokes_of(scene: Scene, part: StrokeSelection) -> tuple[Stroke, ...]:
    """Return the part's strokes where they are drawn; none for a picture."""
    strokes = scene.strokes_of(part.item)
    return strokes if part.stroke is None else strokes[part.stroke : part.stroke + 1]


def centre_of(scene: Scene, part: StrokeSelection) -> tuple[float, float]:
    """Return the middle (x, y) of the box of the part's ink, in canvas pixels."""
    box = strokes_box(strokes_of(scene, part))
    left, top, right, bottom = box or item_bounds(scene, part.item)
    return (left + right) / 2, (top + bottom) / 2


def put(scene: Scene, part: StrokeSelection, dx: float, dy: float, degrees: float = 0.0) -> Scene:
    """Turn the part clockwise about its own middle, then shift it as seen, by pixels."""
    if part.stroke is not None:
        if degrees:
            scene = rotate_stroke(scene, part.item, part.stroke, degrees)
        return move_stroke(scene, part.item, part.stroke, dx, dy)
    if degrees:
        old = scene.items[part.item].transform
        scene = transformed(scene, part.item, replace(old, angle=old.angle + degrees))
    return moved(scene, [part.item], dx, dy)


def same_rest(before: Scene, after: Scene, part: StrokeSelection) -> bool:
    """Tell whether two scenes, both with the part, differ in nothing else."""
    if before is after:
        return True
    one, other = ((s.height, s.width, s.noise, s.light, len(s.items)) for s in (before, after))
    return one == other and all(
        _others(before, index, part) == _others(after, index, part)
        for index in range(len(before.items))
    )


def _others(scene: Scene, index: int, part: StrokeSelection) -> tuple[object, ...]:
    """What an item shows besides the part: its strokes where they are drawn, or the picture."""
    strokes = _strokes_without(scene, index, part)
    return strokes if index == part.item else strokes or (scene.items[index], scene.transform)


def _strokes_without(scene: Scene, index: int, part: StrokeSelection) -> tuple[Stroke, ...]:
    """An item's strokes where they are drawn, the part's left out."""
    strokes = scene.strokes_of(index)
    if index != part.item:
        return strokes
    return () if part.stroke is None else (*strokes[: part.stroke], *strokes[part.stroke + 1 :])


def moves_since(before: Scene, after: Scene, part: StrokeSelection) -> NDArray[np.float64] | None:
    """Measure by how much (N, 2) each point of the part moved; None if more changed."""
    if not exists(before, part) or not exists(after, part) or not same_rest(before, after, part):
        return None
    old, new = points_of(before, part), points_of(after, part)
    return new - old if old.shape == new.shape else None


def shift_since(before: Scene, after: Scene, part: StrokeSelection) -> tuple[float, float] | None:
    """Measure by how much (dx, dy) the part was shifted, in pixels; None if more changed.

    A turn or a change of shape by less than ``SLIGHT`` pixels counts as none.
    """
    if before is after:
        return 0.0, 0.0
    moves = moves_since(before, after, part)
    if moves is None:
        return None
    dx, dy = moves.mean(0).tolist()
    return None if np.abs(moves - (dx, dy)).max() > SLIGHT else (dx, dy)


def points_of(scene: Scene, part: StrokeSelection) -> NDArray[np.float64]:
    """List the (N, 2) canvas points that move with the part: of strokes, or a picture's corners."""
    strokes = strokes_of(scene, part)
    if not strokes:
        return item_frame(scene, part.item)
    return np.concatenate([stroke.points for stroke in strokes])


def image_of(scene: Scene, part: StrokeSelection) -> Array:
    """Rasterise the part's ink alone: (H, W) float32 in [0, 1], without light and noise."""
    item = scene.items[part.item]
    if isinstance(item, Group):
        return rasterize(strokes_of(scene, part), scene.height, scene.width)
    return resample(item, scene)


def image_without(scene: Scene, part: StrokeSelection) -> Array:
    """Rasterise everything but the part: (H, W) float32 in [0, 1], without light and noise."""
    image = np.zeros((scene.height, scene.width), np.float32)
    for index, item in enumerate(scene.items):
        if isinstance(item, Group):
            strokes = _strokes_without(scene, index, part)
            np.maximum(image, rasterize(strokes, scene.height, scene.width), out=image)
        elif index != part.item:
            np.maximum(image, resample(item, scene), out=image)
    return image


def four_images(scene: Scene, part: StrokeSelection) -> Array:
    """Rasterise both, A alone, B alone and neither: (4, H, W), in the scene's light and noise."""
    a, b = image_of(scene, part), image_without(scene, part)
    images = (np.maximum(a, b), a, b, np.zeros_like(a))
    return np.stack([exposed(image, scene) for image in images])


def reaching(
    scene: Scene, part: StrokeSelection, box: tuple[int, int, int, int], reach: int
) -> Array:
    """Rasterise the part in a (top, left, height, width) box of pixels and ``reach`` beyond it.

    (height + 2·reach, width + 2·reach), light and noise apart; ink outside the canvas included, so
    that any shift up to ``reach`` is a piece of it. A picture ends where the canvas does.
    """
    top, left, height, width = box
    item = scene.items[part.item]
    if isinstance(item, Group):
        strokes = [stroke.moved(reach - left, reach - top) for stroke in strokes_of(scene, part)]
        return rasterize(strokes, height + 2 * reach, width + 2 * reach)
    beyond = max(0, -top, -left, top + height - scene.height, left + width - scene.width)
    seen = np.pad(resample(item, scene), reach + beyond)
    top, left = top + beyond, left + beyond
    return seen[top : top + height + 2 * reach, left : left + width + 2 * reach]


def window_over(scene: Scene, part: StrokeSelection, architecture: Architecture) -> tuple[int, int]:
    """Find the window (row, column) of a network whose centre is nearest to the part's."""
    x, y = centre_of(scene, part)
    rows, columns = architecture.windows(scene.height, scene.width)
    stride, middle = architecture.stride, architecture.centre(0)
    row, column = round((y - middle) / stride), round((x - middle) / stride)
    return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)


def worth_about(
    scene: Scene, part: StrokeSelection, architecture: Architecture, output: Array
) -> Array:
    """Rate how well each window (H′, W′) shows the digit that the part belongs to.

    That is the nearest window that sees a digit: its log-probability, less log 2 for every step
    away from the part's item, or from the part where the item is wider than a window.
    ``output`` (classes, H′, W′) are log-probabilities of a network of this architecture.
    """
    _, rows, columns = output.shape
    left, top, right, bottom = item_bounds(scene, part.item)
    if max(right - left, bottom - top) <= architecture.window:
        part = StrokeSelection(part.item)
    row, column = window_over(scene, part, architecture)
    steps = np.hypot(*np.ogrid[-row : rows - row, -column : columns - column])
    seen = np.maximum(output[:NONE_CLASS].max(0), np.log(1e-3))
    return np.asarray(seen - np.log(2) * steps, np.float32)


def window_about(
    scene: Scene, part: StrokeSelection, architecture: Architecture, output: Array
) -> tuple[int, int]:
    """Find the window whose digit the part belongs to, see ``worth_about``."""
    return best_window(worth_about(scene, part, architecture, output))


def best_window(worth: Array) -> tuple[int, int]:
    """Find the window (row, column) of the largest value of (H′, W′)."""
    row, column = divmod(int(worth.argmax()), worth.shape[1])
    return row, column
