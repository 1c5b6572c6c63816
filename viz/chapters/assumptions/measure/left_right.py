"""Left and right: three networks that learned digits on the left only, along a digit's way.

All see a field of 64×64 px about the middle of the canvas, and means of 2×2 px of it. They have the
same layers but for what they share: kernels and head, the head alone, the kernels alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.equivariance.measure.invariance import swept_items
from viz.measure.cutting import cut_about
from viz.nets.architecture import WINDOW
from viz.nets.experiments import FIELD
from viz.scene import Scene, rasterize_scene
from viz.scene.hits import bounds_of, item_bounds

if TYPE_CHECKING:
    from viz.nets.network import Network

Array = NDArray[np.float32]

NETWORKS = ("left-shared", "left-unshared", "left-head-unshared")

LEFT, RIGHT = WINDOW / 2, FIELD - WINDOW / 2
"""Where the middle of a digit was in training, and where it is in the other test; px of the
field."""

REACH = 10
"""From so many pixels inside the field's left end to as many inside its right end a digit goes."""

DIGITS = tuple("0123456789")

CHUNK = 11
"""Places answered between two pauses."""


@dataclass(frozen=True, eq=False)
class Sides:
    """``places`` (n,) of the middle of the ink along x, in px of the field, and for each network by
    name its logits there (n, classes). ``present`` is the number of the drawing's own place, None
    where that lies beyond the field, and ``target`` the class that it means. ``kernels`` are those
    of one map of the network that shares none, at every place, as one picture."""

    places: NDArray[np.float64]
    logits: Mapping[str, Array]
    present: int | None
    target: int
    kernels: Array

    def probabilities(self, name: str) -> Array:
        """Return the softmax of a network's logits: (n, classes)."""
        return softmax(self.logits[name])

    def answer(self, name: str, place: int) -> int:
        """Return the class that a network predicts at a place."""
        return int(self.logits[name][place].argmax())

    def nearest(self, x: float) -> int:
        """Return the number of the place nearest to ``x``."""
        return int(np.abs(self.places - x).argmin())


def softmax(logits: Array) -> Array:
    """Return the probabilities of logits (…, classes)."""
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True), np.float32)


def ask(net: Network, windows: Array) -> Array:
    """Compute the logits (N, classes) of windows (N, side, side) of a network's own size."""
    import torch

    with torch.inference_mode():
        return np.asarray(net(torch.from_numpy(windows[:, None]))["output pre"][:, :, 0, 0].numpy())


def one_digit(
    scene: Scene, selection: Collection[int], middle: tuple[float, float]
) -> frozenset[int]:
    """Return the items that are looked at: the selection; without one the digit nearest to a point
    (x, y), or all (empty) where no item is called a digit."""
    if selection or len(scene.items) < 2:
        return frozenset(selection)
    digits = [at for at, item in enumerate(scene.items) if item.name in DIGITS]
    if not digits:
        return swept_items(scene, (), middle, WINDOW)
    boxes = {at: item_bounds(scene, at) for at in digits}
    x, y = middle

    def away(at: int) -> float:
        left, top, right, bottom = boxes[at]
        return float(np.hypot((left + right) / 2 - x, (top + bottom) / 2 - y))

    return frozenset({min(digits, key=away)})


def alone(scene: Scene, items: Collection[int]) -> Scene:
    """Return the scene with only these items; all without any."""
    if not items:
        return scene
    return replace(scene, items=tuple(scene.items[index] for index in sorted(items)))


def present_place(scene: Scene, items: Collection[int]) -> float:
    """Return where the middle of these items' ink is, along x, in px of the field."""
    box = bounds_of(scene, items or range(len(scene.items)))
    middle = (box[0] + box[2]) / 2 if box else scene.width / 2
    return middle - (scene.width - FIELD) / 2


def along(
    nets: Mapping[str, Network], scene: Scene, items: Collection[int], target: int
) -> Iterator[Sides | None]:
    """Shift the ink of items (empty: all) by steps of 2 px from left to right and ask all networks:
    None where others may have their turn, the result at last."""
    image = rasterize_scene(alone(scene, items))
    own = min(max(present_place(scene, items), REACH), FIELD - REACH)
    steps = np.arange(-FIELD, FIELD + 1, 2)
    steps = steps[(own + steps >= REACH) & (own + steps <= FIELD - REACH)]
    moved = own - present_place(scene, items)  # not 0 where the drawing lies beyond the field
    middles = [(scene.width / 2 - step - moved, scene.height / 2) for step in steps.tolist()]
    fields = np.stack([cut_about(image, middle, FIELD) for middle in middles])
    logits = {}
    for name, net in nets.items():
        parts = []
        for start in range(0, len(fields), CHUNK):
            yield None
            parts.append(ask(net, fields[start : start + CHUNK]))
        logits[name] = np.concatenate(parts)
    yield Sides(
        own + steps.astype(np.float64), logits, None if moved else int((steps == 0).argmax()),
        target,
        kernels_of(nets[NETWORKS[1]]) if NETWORKS[1] in nets else np.zeros((0, 0), np.float32),
    )  # fmt: skip


def kernels_of(net: Network, number: int = 0) -> Array:
    """Lay the kernels of one map of an unshared first layer side by side, each at its place."""
    layer = net.architecture.layers[0]
    weight = net.weights(layer).detach().numpy()[number, 0]  # (k, k, h, w)
    side = layer.kernel * layer.size
    return np.ascontiguousarray(weight.transpose(2, 0, 3, 1)).reshape(side, side)
