"""Trajectories: what the network answers along a path, be it a demonstration's or a hand's.

A ``Course`` is the places of a path and the outputs there, for each network and ablation asked
for; the outputs of all windows are kept, so that another window needs no new computation.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.measure.part import Part, exists, strokes_of
from viz.scene import Group, Scene
from viz.scene.hits import item_frame
from viz.scene.raster import rasterize_scene

if TYPE_CHECKING:
    from viz.nets.lenet5 import Ablation, LeNet5

Array = NDArray[np.float32]

MOST = 400
"""Places of a hand's path that are kept, the latest ones."""

SAMPLES = 121
"""Places of a demonstration."""

PAUSE_S = 1.5
"""A hand that rests longer than this begins another path."""

CHUNK = 10
"""Scenes answered between two results."""

KEYS_KEPT = 6

Key = tuple[str, frozenset[tuple[str, frozenset[int]]]]


def key_of(network: str, ablated: Mapping[str, frozenset[int]]) -> Key:
    """A network and what is ablated of it, hashable."""
    return network, frozenset((name, frozenset(maps)) for name, maps in ablated.items() if maps)


@dataclass(eq=False)
class Course:
    """A path: ``xs`` (seconds or pixels), growing; by key the outputs (11, H′, W′) at each x, or
    None where nothing has been computed yet."""

    xs: list[float] = field(default_factory=list)
    outputs: OrderedDict[Key, list[Array | None]] = field(default_factory=OrderedDict)

    def answers(self, key: Key) -> list[Array | None]:
        """The outputs under a key, as long as ``xs``; may be written to."""
        kept = self.outputs.setdefault(key, [])
        kept += [None] * (len(self.xs) - len(kept))
        self.outputs.move_to_end(key)
        while len(self.outputs) > KEYS_KEPT:
            self.outputs.popitem(last=False)
        return kept

    def missing(self, key: Key) -> tuple[int, ...]:
        """The places without an output, such that the first few already show the whole path."""
        answers = self.answers(key)
        return tuple(i for i in coarse_to_fine(len(answers)) if answers[i] is None)

    def curve(self, key: Key, window: tuple[int, int]) -> tuple[NDArray[np.float64], Array]:
        """What is known of a window: xs (N,) and the probabilities (11, N).

        Where a canvas has no such window, on a path over several sizes, they are NaN.
        """
        row, column = window
        xs, columns = [], []
        for x, output in zip(self.xs, self.answers(key), strict=True):
            if output is not None:
                _, rows, wide = output.shape
                seen = row < rows and column < wide
                xs.append(x)
                columns.append(output[:, row, column] if seen else np.full(len(output), np.nan))
        if not columns:
            return np.zeros(0), np.zeros((11, 0), np.float32)
        return np.array(xs), np.exp(np.stack(columns, 1).astype(np.float32))


def coarse_to_fine(count: int) -> list[int]:
    """0 … count − 1, first every eighth and the last, then the ones half-way between."""
    order = list(range(0, count, 8))
    if count and (count - 1) % 8:
        order.append(count - 1)
    for step in (8, 4, 2):
        order += [i for i in range(step // 2, count, step) if i not in order]
    return order


def outputs_along(
    net: LeNet5,
    scene_at: Callable[[int], Scene],
    places: Sequence[int],
    ablated: Ablation | None = None,
) -> Iterator[dict[int, Array]]:
    """Output log-probabilities (11, H′, W′) of the scenes at these places, a few at a time."""
    import torch

    for start in range(0, len(places), CHUNK):
        found = {}
        for place in places[start : start + CHUNK]:
            image = rasterize_scene(scene_at(place))
            with torch.inference_mode():
                output = net(torch.from_numpy(image)[None, None], ablated)["output"]
            found[place] = output[0].numpy()
        yield found


@dataclass(eq=False)
class Trail(Course):
    """The path of one part under the hand: x is the length of the way, in pixels.

    The way between two scenes is how far the part's points moved, on average; so turning counts.
    """

    scenes: list[Scene] = field(default_factory=list)
    part: Part | None = None
    _rest: Scene | None = None
    _until: float = 0.0

    def add(self, scene: Scene, part: Part, key: Key, output: Array, now: float) -> bool:
        """A snapshot's answer at ``now`` seconds; returns whether the path changed.

        It begins anew with another part, when anything else changed, and after a pause.
        """
        if self.scenes and self.part == part and scene == self.scenes[-1]:
            answers = self.answers(key)
            new = answers[-1] is None
            answers[-1] = output
            return new
        rest = without(scene, part)
        step = None
        if self.scenes and self.part == part and rest == self._rest:
            step = _way(self.scenes[-1], scene, part)
        if step is None:
            self.clear()
        elif now > self._until:  # from where it rested
            self._forget(len(self.xs) - 1)
            self.xs = [0.0]
        self.part, self._rest, self._until = part, rest, now + PAUSE_S
        self.xs.append(self.xs[-1] + step if self.xs and step is not None else 0.0)
        self.scenes.append(scene)
        self.answers(key)[-1] = output
        self._forget(len(self.xs) - MOST)
        return True

    def _forget(self, count: int) -> None:
        """Drop the first places."""
        if count > 0:
            for kept in self.outputs.values():
                kept += [None] * (len(self.xs) - len(kept))
                del kept[:count]
            del self.xs[:count], self.scenes[:count]

    def clear(self) -> None:
        """Forget the path."""
        self.xs, self.scenes, self.part = [], [], None
        self.outputs.clear()


def without(scene: Scene, part: Part) -> Scene:
    """The scene without the part; an item stays in its place, if need be without a stroke."""
    item = scene.items[part.item]
    if isinstance(item, Group) and part.stroke is not None:
        strokes = (*item.strokes[: part.stroke], *item.strokes[part.stroke + 1 :])
        return scene.with_item(part.item, replace(item, strokes=strokes))
    return replace(scene, items=(*scene.items[: part.item], *scene.items[part.item + 1 :]))


def _way(before: Scene, after: Scene, part: Part) -> float | None:
    """How far the part's points moved on average, in pixels; None if they are others."""
    if not exists(before, part) or not exists(after, part):
        return None
    old, new = _points(before, part), _points(after, part)
    if old.shape != new.shape:
        return None
    return float(np.hypot(*(new - old).T).mean())


def _points(scene: Scene, part: Part) -> NDArray[np.float64]:
    strokes = strokes_of(scene, part)
    if not strokes:
        return item_frame(scene, part.item)
    return np.concatenate([stroke.points for stroke in strokes])
