"""Trajectories: the network's predictions along the path of a demonstration or of a drag.

A ``Course`` is the places of a path and the outputs there, for each network and ablation asked
for. Of each output at most ``WINDOWS_KEPT`` windows are kept, 4 KB: all of a small canvas, and
those about the asked one of a large canvas, whose outputs would fill 130 KB each. Another window
within them needs no new computation.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.binding.measure.piece import piece_for
from viz.measure.reading import UNDECIDED, ReadDigit, Reading, read
from viz.measure.stroke_selection import StrokeSelection, exists, strokes_of
from viz.scene import Group, Scene
from viz.scene.hits import item_frame
from viz.scene.raster import rasterize_scene

if TYPE_CHECKING:
    from viz.nets.network import Ablation, Network

Array = NDArray[np.float32]

MOST = 400
"""Number of places kept of the user's path, the latest ones."""

SAMPLES = 121
"""Places of a demonstration."""

PAUSE_S = 1.5
"""A pause in the user's movement longer than this starts a new path."""

CHUNK = 10
"""Scenes answered between two results."""

KEYS_KEPT = 6

WINDOWS_KEPT, ROWS_KEPT = 93, 5
"""Windows kept of one output; if it has more, so many rows of them."""

Key = tuple[str, frozenset[tuple[str, frozenset[int]]]]


def key_of(network: str, ablated: Mapping[str, frozenset[int]]) -> Key:
    """A network and what is ablated of it, hashable."""
    return network, frozenset((name, frozenset(maps)) for name, maps in ablated.items() if maps)


@dataclass(frozen=True, eq=False)
class Near:
    """Output log-probabilities ``values`` (classes, h, w) of some windows, the first one in row
    ``top`` and column ``left``, of a canvas that has ``windows`` (rows, columns); ``digits`` are
    those read there, in order, with their places among all windows of the canvas."""

    values: Array
    top: int
    left: int
    windows: tuple[int, int]
    digits: tuple[ReadDigit, ...]

    @property
    def text(self) -> str:
        """What is read; lines stand one after the other."""
        return "".join(UNDECIDED if d.digit is None else str(d.digit) for d in self.digits)

    def has(self, window: tuple[int, int]) -> bool:
        """Whether the window (row, column) is among them, or the canvas has none such."""
        _, high, wide = self.values.shape
        row, column = window
        beyond = row >= self.windows[0] or column >= self.windows[1]
        return beyond or (0 <= row - self.top < high and 0 <= column - self.left < wide)


def span(windows: tuple[int, int], window: tuple[int, int]) -> tuple[int, int, int, int]:
    """(top, left, rows, columns) of the windows to keep, of so many (rows, columns), about one."""
    rows, columns = windows
    high = rows if rows * columns <= WINDOWS_KEPT else min(rows, ROWS_KEPT)
    wide = min(columns, WINDOWS_KEPT // high)
    top = min(max(window[0] - high // 2, 0), rows - high)
    return top, min(max(window[1] - wide // 2, 0), columns - wide), high, wide


def near(output: Array, window: tuple[int, int], reading: Reading | None = None) -> Near:
    """What is kept of an output (classes, H′, W′) about a window; a copy. ``reading``: the
    output's, if it is known already."""
    _, rows, columns = output.shape
    top, left, high, wide = span((rows, columns), window)
    values = output[:, top : top + high, left : left + wide].copy()
    if reading is None:
        digits = _digits(values, top, left)
    else:
        digits = tuple(
            d for d in reading.digits
            if top - 0.5 <= d.row < top + high - 0.5 and left - 0.5 <= d.column < left + wide - 0.5
        )  # fmt: skip
    return Near(values, top, left, (rows, columns), digits)


def _digits(values: Array, top: int, left: int) -> tuple[ReadDigit, ...]:
    """The digits read in some windows, the first one in row ``top`` and column ``left``."""
    return tuple(
        replace(digit, row=digit.row + top, column=digit.column + left)
        for digit in read(values).digits
    )


@dataclass(eq=False)
class Course:
    """A path: ``xs`` (seconds or pixels), growing; by key what is kept of the output at each x, or
    None where nothing has been computed yet. ``about``: the window about which windows are kept,
    where that is settled."""

    xs: list[float] = field(default_factory=list)
    about: tuple[int, int] | None = None
    outputs: OrderedDict[Key, list[Near | None]] = field(default_factory=OrderedDict)

    def answers(self, key: Key) -> list[Near | None]:
        """What is kept under a key, as long as ``xs``; may be written to."""
        kept = self.outputs.setdefault(key, [])
        kept += [None] * (len(self.xs) - len(kept))
        self.outputs.move_to_end(key)
        while len(self.outputs) > KEYS_KEPT:
            self.outputs.popitem(last=False)
        return kept

    def missing(self, key: Key, window: tuple[int, int]) -> tuple[int, ...]:
        """The places where a window is not known, such that the first few already show the whole
        path."""
        unknown = {
            place
            for place, kept in enumerate(self.answers(key))
            if kept is None or not kept.has(window)
        }
        if not unknown:
            return ()
        return tuple(place for place in coarse_to_fine(len(self.xs)) if place in unknown)


def coarse_to_fine(count: int) -> list[int]:
    """0 … count − 1, first every eighth and the last, then the ones half-way between."""
    order = list(range(0, count, 8))
    if count and (count - 1) % 8:
        order.append(count - 1)
    for step in (8, 4, 2):
        order += [i for i in range(step // 2, count, step) if i not in order]
    return order


def outputs_along(
    net: Network,
    scene_at: Callable[[int], Scene],
    places: Sequence[int],
    window: tuple[int, int],
    ablated: Ablation | None = None,
) -> Iterator[dict[int, Near] | None]:
    """What is kept of the scenes at these places about a window, a few at a time; None between
    two, where others may have their turn."""
    for start in range(0, len(places), CHUNK):
        found = {}
        for place in places[start : start + CHUNK]:
            found[place] = _answered(net, rasterize_scene(scene_at(place)), window, ablated)
            yield None
        yield found


def _answered(
    net: Network, image: Array, window: tuple[int, int], ablated: Ablation | None
) -> Near:
    """What is kept of the output of an image; no windows far from these are computed."""
    import torch

    windows = net.architecture.windows(*image.shape)
    top, left, high, wide = span(windows, window)
    seen = piece_for(net.architecture, image.shape, (top, left), (high, wide))
    with torch.inference_mode():
        batch = torch.from_numpy(seen.of(image))[None, None]
        output = net(batch, ablated, rimmed=seen.rim > 0)["output"][0].numpy()
    values = output[:, seen.row : seen.row + high, seen.column : seen.column + wide]
    return Near(values, top, left, windows, _digits(values, top, left))


@dataclass(eq=False)
class Trail(Course):
    """The path along which the user moves one part; x is its length in pixels.

    The way between two scenes is how far the part's points moved, on average; so turning counts.
    """

    scenes: list[Scene] = field(default_factory=list)
    part: StrokeSelection | None = None
    _rest: Scene | None = None
    _until: float = 0.0

    def add(self, scene: Scene, part: StrokeSelection, key: Key, kept: Near, now: float) -> bool:
        """A snapshot's answer at ``now`` seconds; returns whether the path changed.

        It begins anew with another part, when anything else changed, and after a pause.
        """
        if self.scenes and self.part == part and scene == self.scenes[-1]:
            answers = self.answers(key)
            new = answers[-1] is None
            answers[-1] = kept
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
        self.answers(key)[-1] = kept
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


def without(scene: Scene, part: StrokeSelection) -> Scene:
    """The scene without the part; an item stays in its place, if need be without a stroke."""
    item = scene.items[part.item]
    if isinstance(item, Group) and part.stroke is not None:
        strokes = (*item.strokes[: part.stroke], *item.strokes[part.stroke + 1 :])
        return scene.with_item(part.item, replace(item, strokes=strokes))
    return replace(scene, items=(*scene.items[: part.item], *scene.items[part.item + 1 :]))


def _way(before: Scene, after: Scene, part: StrokeSelection) -> float | None:
    """How far the part's points moved on average, in pixels; None if they are others."""
    if not exists(before, part) or not exists(after, part):
        return None
    old, new = _points(before, part), _points(after, part)
    if old.shape != new.shape:
        return None
    return float(np.hypot(*(new - old).T).mean())


def _points(scene: Scene, part: StrokeSelection) -> NDArray[np.float64]:
    strokes = strokes_of(scene, part)
    if not strokes:
        return item_frame(scene, part.item)
    return np.concatenate([stroke.points for stroke in strokes])
