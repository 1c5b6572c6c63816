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
from viz.scene.raster import add_noise

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
"""Places answered at a time: so long at most does newer work wait (30 ms on one slow core)."""

AXES = ("xy", "ax")
"""What is varied: the shift in x and y, or the shift in x and the angle."""


@dataclass(frozen=True, eq=False)
class BindingMap:
    """The answers (25, 25) by place, rows down and columns to the right, and how sure they are.

    ``classes`` intp 0 … 10, ``probabilities`` float32 of that class. A place [i, j] stands for the
    part shifted by j − 12 px to the right and i − 12 px down, or, if ``axes`` is "ax", turned by
    (i − 12)·7.5°. Only ``known`` places have been answered, every ``stride``-th at least when it is
    complete; the others lie between them: their probabilities are those of the nearest answered
    places of a grid, weighted by nearness (bilinear). ``centre`` (x, y) is the part's middle,
    ``window`` (row, column) the window that answers, ``scene`` what was measured.
    """

    scene: Scene
    part: StrokeSelection
    window: tuple[int, int]
    axes: str
    centre: tuple[float, float]
    stride: int
    classes: NDArray[np.intp]
    probabilities: Array
    known: NDArray[np.bool_]

    @property
    def finished(self) -> bool:
        """Whether every place has been answered."""
        return bool(self.known.all())


def shift_of(row: int, column: int, axes: str) -> tuple[float, float, float]:
    """(dx, dy, degrees) of a place of the map."""
    x, y = float(column - REACH), float(row - REACH)
    return (x, y, 0.0) if axes == "xy" else (x, 0.0, y * DEGREES)


class Composer:
    """Puts the images together: what the window sees with the part at any place."""

    def __init__(self, scene: Scene, part: StrokeSelection, piece: Piece, axes: str = "xy") -> None:
        """``piece``: what the window answers from; blank where it lies off the canvas."""
        self._scene, self._part, self._axes = scene, part, axes
        self._box = piece.box
        self._rest = image_without(scene, part)
        self._cut = piece.of(self._rest)
        self._inside = piece.of(np.ones_like(self._rest))
        self._turned: dict[int, Array] = {}

    def image(self, row: int, column: int) -> Array:
        """The piece's float32 in [0, 1]: what rasterising the changed scene would show there."""
        number = row if self._axes == "ax" else REACH
        if number not in self._turned:
            degrees = (number - REACH) * DEGREES
            turned = put(self._scene, self._part, 0, 0, degrees) if degrees else self._scene
            self._turned[number] = reaching(turned, self._part, self._box, REACH)
        ink = self._turned[number]
        _, _, height, width = self._box
        y = REACH if self._axes == "ax" else SIDE - 1 - row
        x = SIDE - 1 - column
        own = ink[y : y + height, x : x + width]
        if self._scene.noise.sigma > 0 or self._scene.noise.salt_pepper > 0:
            return self._noisy(own)
        return np.asarray(np.maximum(self._cut, own * self._inside))

    def _noisy(self, own: Array) -> Array:
        """The same with noise, which belongs to the canvas and not to the window."""
        top, left, height, width = self._box
        low, wide = self._rest.shape
        y0, x0, y1, x1 = max(0, top), max(0, left), min(low, top + height), min(wide, left + width)
        whole = self._rest.copy()
        region = whole[y0:y1, x0:x1]
        np.maximum(region, own[y0 - top : y1 - top, x0 - left : x1 - left], out=region)
        result = np.zeros((height, width), np.float32)
        result[y0 - top : y1 - top, x0 - left : x1 - left] = add_noise(whole, self._scene.noise)[
            y0:y1, x0:x1
        ]
        return result


def order(stride: int) -> list[tuple[int, int]]:
    """The places answered when the map is refined to ``stride``, the middle of the map first."""
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
    centre: tuple[float, float],
    axes: str = "xy",
    ablated: Ablation | None = None,
) -> Iterator[BindingMap | None]:
    """The map, first at every fourth place, then ever finer; the last one is finished.

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
            output = answers(net, np.stack(images), seen, ablated)
            at = tuple(np.array(some).T)
            found[at] = np.exp(output)
            known[at] = True
            if stride == STRIDES[0] and start + BATCH < len(places):
                continue
            whole = between(found, stride if start + BATCH >= len(places) else 2 * stride)
            whole[known] = found[known]
            yield BindingMap(
                scene, part, window, axes, centre, stride,
                whole.argmax(2), whole.max(2), known.copy(),
            )  # fmt: skip


def answers(net: Network, images: Array, seen: Piece, ablated: Ablation | None = None) -> Array:
    """Log-probabilities (N, classes) of a piece's first window in images (N, h, w) of that."""
    import torch

    with torch.inference_mode():
        output = net(torch.from_numpy(images)[:, None], ablated, rimmed=seen.rim > 0)["output"]
        result: Array = output[:, :, seen.row, seen.column].numpy()
    return result


def between(found: Array, stride: int) -> Array:
    """(25, 25, N): what every ``stride``-th row and column of ``found`` (25, 25, N) says of all
    places, linearly between them along both."""
    grid = np.ascontiguousarray(found[::stride, ::stride])
    count, _, depth = grid.shape
    away = np.abs(np.arange(SIDE)[:, None] / stride - np.arange(count))
    weights = np.maximum(0, 1 - away).astype(np.float32)
    rows = (weights @ grid.reshape(count, -1)).reshape(SIDE, count, depth)
    return np.asarray(weights @ rows)
