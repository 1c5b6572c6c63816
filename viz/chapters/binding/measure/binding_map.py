"""The binding map: for every place of one part, the answer that it would give.

The rest B stays, the part A is put to every shift of up to 12 pixels, or to every angle and every
shift to the side; each time the network answers in one window. There is no shortcut through the
network, since A and B meet within every layer; but the images are put together from two rasters
(see ``viz.measure.stroke_selection``), and few of them tell most: 49 places come first, then the
ones between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.binding.measure.piece import Piece, piece_for
from viz.measure.stroke_selection import StrokeSelection, image_without, put, reaching
from viz.scene import Scene
from viz.scene.raster import exposed

if TYPE_CHECKING:
    from viz.nets.network import Ablation, Network

Array = NDArray[np.float32]

REACH = 12
"""Pixels to each side, or steps of the angle."""

SIDE = 2 * REACH + 1
DEGREES = 7.5
"""One step of the angle; ±12 of them are a quarter turn to each side."""

STRIDES = (4, 2, 1)
"""Coarse to fine: every fourth place, every second, all."""

BATCH = 64
"""Places answered at a time, all of the coarsest at once: so long at most does newer work wait
(30 ms on one slow core)."""

AXES = ("xy", "ax")
"""What is varied: the shift in x and y, or the shift in x and the angle."""


@dataclass(frozen=True, eq=False)
class BindingMap:
    """The answers (25, 25) by place, rows down and columns to the right, and how sure they are.

    ``classes`` intp 0 … 10, ``probabilities`` float32 of that class. A place [i, j] stands for the
    part shifted by j − 12 px to the right and i − 12 px down, or, if ``axes`` is "ax", turned by
    (i − 12)·7.5°. Only ``known`` places have been answered; the others lie between them: their
    probabilities are those of the nearest answered places of a grid, weighted by nearness
    (bilinear). ``window`` (row, column) is the window that answers, ``scene`` what was measured.
    """

    scene: Scene
    part: StrokeSelection
    window: tuple[int, int]
    axes: str
    classes: NDArray[np.intp]
    probabilities: Array
    known: NDArray[np.bool_]


def shift_of(row: int, column: int, axes: str) -> tuple[float, float, float]:
    """Return (dx, dy, degrees) of a place of the map."""
    x, y = float(column - REACH), float(row - REACH)
    return (x, y, 0.0) if axes == "xy" else (x, 0.0, y * DEGREES)


class Composer:
    """Puts the images together: what the window sees with the part at any place."""

    def __init__(self, scene: Scene, part: StrokeSelection, piece: Piece, axes: str = "xy") -> None:
        """``piece``: what the window answers from; blank where it lies off the canvas."""
        self._scene, self._part, self._piece, self._axes = scene, part, piece, axes
        self._rest = np.pad(image_without(scene, part), piece.rim)
        self._turned: dict[int, Array] = {}

    def image(self, row: int, column: int) -> Array:
        """Return what rasterising the changed scene would show in the piece: float32 in [0, 1]."""
        scene, piece = self._scene, self._piece
        number = row if self._axes == "ax" else REACH
        if number not in self._turned:
            degrees = (number - REACH) * DEGREES
            turned = put(scene, self._part, 0, 0, degrees) if degrees else scene
            self._turned[number] = reaching(turned, self._part, piece.box, REACH)
        y = REACH if self._axes == "ax" else SIDE - 1 - row
        x = SIDE - 1 - column
        own = self._turned[number][y : y + piece.height, x : x + piece.width]
        whole, rim = self._rest.copy(), piece.rim
        top, left = piece.top + rim, piece.left + rim
        region = whole[top : top + piece.height, left : left + piece.width]
        np.maximum(region, own, out=region)
        canvas = whole[rim : rim + scene.height, rim : rim + scene.width]
        return piece.of(exposed(canvas, scene))  # which belongs to the canvas


def order(stride: int) -> list[tuple[int, int]]:
    """Return the places answered at a ``stride``, the middle of the map first."""
    places = [
        (row, column)
        for row in range(0, SIDE, stride)
        for column in range(0, SIDE, stride)
        if stride == STRIDES[0] or row % (2 * stride) or column % (2 * stride)
    ]
    return sorted(places, key=lambda at: (at[0] - REACH) ** 2 + (at[1] - REACH) ** 2)


def binding_map(
    net: Network,
    scene: Scene,
    part: StrokeSelection,
    window: tuple[int, int],
    axes: str = "xy",
    ablated: Ablation | None = None,
) -> Iterator[BindingMap | None]:
    """Yield the map, first at every fourth place, then ever finer; the last one is finished.

    ``window`` (row, column) is the output position that answers. Results share no arrays. None
    where images have been put together but not answered: others may have their turn.
    """
    seen = piece_for(net.architecture, (scene.height, scene.width), window)
    composer = Composer(scene, part, seen, axes)
    found = np.zeros((SIDE, SIDE, net.architecture.classes), np.float32)
    known = np.zeros((SIDE, SIDE), np.bool_)
    for stride in STRIDES:
        places = order(stride)
        for start in range(0, len(places), BATCH):
            some = places[start : start + BATCH]
            images = []
            for place in some:
                images.append(composer.image(*place))
                if axes == "ax" and place[1] == some[0][1]:
                    yield None  # an angle more has been rasterised
            yield None
            output = seen.maps(net, np.stack(images), ablated)["output"]
            at = tuple(np.array(some).T)
            found[at] = np.exp(output[:, :, seen.row, seen.column])
            known[at] = True
            whole = between(found, stride if start + BATCH >= len(places) else 2 * stride)
            whole[known] = found[known]
            classes, best = whole.argmax(2), whole.max(2)
            yield BindingMap(scene, part, window, axes, classes, best, known.copy())


def between(found: Array, stride: int) -> Array:
    """Interpolate linearly, along both axes, between every ``stride``-th row and column.

    ``found`` and the result: (25, 25, N).
    """
    grid = np.ascontiguousarray(found[::stride, ::stride])
    count, _, depth = grid.shape
    away = np.abs(np.arange(SIDE)[:, None] / stride - np.arange(count))
    weights = np.maximum(0, 1 - away).astype(np.float32)
    rows = (weights @ grid.reshape(count, -1)).reshape(SIDE, count, depth)
    return np.asarray(weights @ rows)
