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

from viz.measure.stroke_selection import StrokeSelection, image_without, put, reaching
from viz.nets.layers import BY_NAME, CLASSES, WINDOW
from viz.scene import Scene
from viz.scene.raster import add_noise

if TYPE_CHECKING:
    from viz.nets.lenet5 import Ablation, LeNet5

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

    def __init__(
        self,
        scene: Scene,
        part: StrokeSelection,
        window: tuple[int, int],
        axes: str = "xy",
        edge: int = 0,
    ) -> None:
        """``edge`` pixels more than the window's 32 are composed on each side, blank off canvas."""
        self._scene, self._part, self._axes = scene, part, axes
        stride = BY_NAME["output"].stride
        top, left = window[0] * stride - edge, window[1] * stride - edge
        self._box = (top, left, WINDOW + 2 * edge, WINDOW + 2 * edge)
        self._rest = image_without(scene, part)
        self._cut = np.pad(self._rest, edge)[
            top + edge : top + 3 * edge + WINDOW, left + edge : left + 3 * edge + WINDOW
        ]
        inside = np.pad(np.ones_like(self._rest, np.bool_), edge)
        self._inside = inside[
            top + edge : top + 3 * edge + WINDOW, left + edge : left + 3 * edge + WINDOW
        ]
        self._turned: dict[int, Array] = {}

    def image(self, row: int, column: int) -> Array:
        """(32 + 2·edge)² float32 in [0, 1]: what rasterising the changed scene would show there."""
        number = row if self._axes == "ax" else REACH
        if number not in self._turned:
            degrees = (number - REACH) * DEGREES
            turned = put(self._scene, self._part, 0, 0, degrees) if degrees else self._scene
            self._turned[number] = reaching(turned, self._part, self._box, REACH)
        ink = self._turned[number]
        _, _, height, width = self._box
        y = REACH if self._axes == "ax" else SIDE - 1 - row
        x = SIDE - 1 - column
        piece = ink[y : y + height, x : x + width]
        if self._scene.noise.sigma > 0 or self._scene.noise.salt_pepper > 0:
            return self._noisy(piece)
        return np.maximum(self._cut, piece * self._inside)

    def _noisy(self, piece: Array) -> Array:
        """The same with noise, which belongs to the canvas and not to the window."""
        top, left, height, width = self._box
        low, wide = self._rest.shape
        y0, x0, y1, x1 = max(0, top), max(0, left), min(low, top + height), min(wide, left + width)
        whole = self._rest.copy()
        region = whole[y0:y1, x0:x1]
        np.maximum(region, piece[y0 - top : y1 - top, x0 - left : x1 - left], out=region)
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
    net: LeNet5,
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
    edge = edge_of(net)
    composer = Composer(scene, part, window, axes, edge)
    found = np.zeros((SIDE, SIDE, CLASSES), np.float32)
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
            output = answers(net, np.stack(images), edge, ablated)
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


def edge_of(net: LeNet5) -> int:
    """Pixels beyond its 32×32 that a window must be given: with blur pooling it sees 3 more."""
    from viz.nets.lenet5 import BLUR_RIM

    return BLUR_RIM if net.pooling == "blur" else 0


def answers(net: LeNet5, images: Array, edge: int = 0, ablated: Ablation | None = None) -> Array:
    """Log-probabilities (N, 11) of windows (N, 32 + 2·edge, 32 + 2·edge)."""
    import torch

    with torch.inference_mode():
        output = net(torch.from_numpy(images)[:, None], ablated, rimmed=edge > 0)["output"]
        result: Array = output.numpy().reshape(-1, CLASSES)
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
