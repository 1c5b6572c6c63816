"""Trajectories: the network's predictions along the path of a demonstration or of a drag.

A ``Course`` is the places of a path, with the outputs there for each network and ablation asked
for. Of each output at most ``WINDOWS_KEPT`` windows are kept, 9 KB: all of a small canvas, and
those about one window of a large canvas, whose outputs would fill 130 KB each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.binding.measure.piece import piece_for
from viz.measure.reading import UNDECIDED, ReadDigit, Reading, read
from viz.measure.stroke_selection import StrokeSelection, moves_since
from viz.scene import Scene
from viz.scene.raster import rasterize_scene

if TYPE_CHECKING:
    from viz.nets.network import Network

Array = NDArray[np.float32]

MOST = 400
"""Number of places kept of the user's path, the latest ones."""

PAUSE_S = 1.5
"""A pause in the user's movement longer than this starts a new path."""

CHUNK = 10
"""Scenes answered between two results."""

ABLATIONS_KEPT = 6
"""At one place, beside the answers of whole networks."""

WINDOWS_KEPT, ROWS_KEPT = 200, 5
"""Windows kept of one output; if it has more, so many rows of them."""

Key = tuple[str, frozenset[tuple[str, frozenset[int]]]]
"""A network, and the maps that are ablated in its layers."""


def key_of(network: str, ablated: Mapping[str, frozenset[int]]) -> Key:
    """Return a network and what is ablated of it, hashable."""
    return network, frozenset((name, frozenset(maps)) for name, maps in ablated.items() if maps)


@dataclass(frozen=True, eq=False)
class Near:
    """The windows that are kept of an output, the first one in row ``top`` and column ``left``.

    ``values`` (classes, h, w) are their log-probabilities; ``digits`` those read there, in order,
    with their places among all windows of the canvas.
    """

    values: Array
    top: int
    left: int
    digits: tuple[ReadDigit, ...]

    @property
    def text(self) -> str:
        """What is read; lines stand one after the other."""
        return "".join(UNDECIDED if d.digit is None else str(d.digit) for d in self.digits)


def span(windows: tuple[int, int], window: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return (top, left, rows, columns) of the windows to keep about one, of so many."""
    rows, columns = windows
    high = rows if rows * columns <= WINDOWS_KEPT else min(rows, ROWS_KEPT)
    wide = min(columns, WINDOWS_KEPT // high)
    top = min(max(window[0] - high // 2, 0), rows - high)
    return top, min(max(window[1] - wide // 2, 0), columns - wide), high, wide


def near(output: Array, window: tuple[int, int], reading: Reading) -> Near:
    """Return what is kept of an output (classes, H′, W′) and its reading about a window: a copy."""
    _, rows, columns = output.shape
    top, left, high, wide = span((rows, columns), window)
    values = output[:, top : top + high, left : left + wide].copy()
    digits = (
        d for d in reading.digits
        if top - 0.5 <= d.row < top + high - 0.5 and left - 0.5 <= d.column < left + wide - 0.5
    )  # fmt: skip
    return Near(values, top, left, tuple(digits))


@dataclass(frozen=True, eq=False)
class Place:
    """A point of a path at ``x`` (seconds or pixels), and by key what is known of its output."""

    x: float
    scene: Scene
    outputs: dict[Key, Near] = field(default_factory=dict)

    def keep(self, key: Key, found: Near) -> None:
        """Keep an output, and forget the oldest of too many ablations."""
        self.outputs[key] = found
        ablations = [one for one in self.outputs if one[1]]
        if len(ablations) > ABLATIONS_KEPT:
            del self.outputs[ablations[0]]


@dataclass(eq=False)
class Course:
    """A path, growing, and the window about which outputs are kept."""

    places: list[Place] = field(default_factory=list)
    window: tuple[int, int] = (0, 0)

    @property
    def xs(self) -> list[float]:
        """Where its places are."""
        return [place.x for place in self.places]

    def outputs(self, key: Key) -> list[Near | None]:
        """Return what is known at each place."""
        return [place.outputs.get(key) for place in self.places]

    def missing(self, key: Key) -> tuple[Place, ...]:
        """Return where nothing is known; the first few places already show the whole path."""
        if not any(key not in place.outputs for place in self.places):
            return ()
        ordered = (self.places[number] for number in coarse_to_fine(len(self.places)))
        return tuple(place for place in ordered if key not in place.outputs)


def coarse_to_fine(count: int) -> list[int]:
    """Return 0 … count − 1, first every eighth and the last, then those half-way between."""
    order = list(range(0, count, 8))
    if count and (count - 1) % 8:
        order.append(count - 1)
    for step in (8, 4, 2):
        order += [i for i in range(step // 2, count, step) if i not in order]
    return order


def outputs_along(
    net: Network, places: Sequence[Place], window: tuple[int, int], key: Key
) -> Iterator[dict[Place, Near] | None]:
    """Yield what is kept of the outputs at these places about a window, a few at a time.

    ``key``: what is ablated. None between two scenes: others may have their turn.
    """
    for start in range(0, len(places), CHUNK):
        found = {}
        for place in places[start : start + CHUNK]:
            found[place] = _answered(net, rasterize_scene(place.scene), window, dict(key[1]))
            yield None
        yield found


def _answered(
    net: Network, image: Array, window: tuple[int, int], ablated: Mapping[str, frozenset[int]]
) -> Near:
    """What is kept of the output of an image; no windows far from these are computed."""
    top, left, high, wide = span(net.architecture.windows(*image.shape), window)
    seen = piece_for(net.architecture, image.shape, (top, left), (high, wide))
    output = seen.maps(net, seen.of(image)[None], ablated)["output"][0]
    values = output[:, seen.row : seen.row + high, seen.column : seen.column + wide]
    digits = (
        replace(digit, row=digit.row + top, column=digit.column + left)
        for digit in read(values).digits
    )
    return Near(values, top, left, tuple(digits))


@dataclass(eq=False)
class Trail(Course):
    """The path along which the user moves one part; x is its length in pixels.

    The way between two scenes is how far the part's points moved, on average; so turning counts.
    """

    part: StrokeSelection | None = None
    _until: float = 0.0

    def add(
        self, scene: Scene, part: StrokeSelection, window: tuple[int, int], now: float
    ) -> Place:
        """Return the last place, which is a new one where the scene of ``now`` (seconds) is new.

        The path begins anew, about ``window``, with another part and where anything else changed;
        after a pause it begins where the part rested.
        """
        last = self.places[-1] if self.places else None
        if last is not None and part == self.part and scene == last.scene:
            return last
        moves = None
        if last is not None and part == self.part:
            moves = moves_since(last.scene, scene, part)
        if last is None or moves is None:
            self.places, self.part, self.window = [Place(0.0, scene)], part, window
        else:
            if now > self._until:
                last = replace(last, x=0.0)
                self.places = [last]
            way = float(np.hypot(*moves.T).mean())
            self.places = [*self.places, Place(last.x + way, scene)][-MOST:]
        self._until = now + PAUSE_S
        return self.places[-1]
