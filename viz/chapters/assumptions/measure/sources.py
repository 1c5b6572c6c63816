"""Where invariance comes from: sweeps of a drawing by networks that differ in one ingredient."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.assumptions.measure.left_right import alone, ask, softmax
from viz.chapters.equivariance.measure.invariance import Point, posed, present_value
from viz.measure.cutting import cut_about
from viz.nets.networks import MAIN
from viz.scene import Scene, rasterize_scene

if TYPE_CHECKING:
    from viz.nets.network import Network

Array = NDArray[np.float32]

NETWORKS = (
    "centred-fully-connected", "centred-unshared", "centred-convolutional",
    "centred-global-average", MAIN,
)  # fmt: skip
"""All but the last learned the same digits, in the middle; the last learned shifted, scaled and
rotated ones."""

SWEEPS = {
    "dx": np.linspace(-10, 10, 41),
    "scale": np.linspace(0.5, 1.5, 41),
    "angle": np.linspace(-60, 60, 41),
}
"""The values of each kind; the middle one changes nothing of a digit as it was learned."""

CHUNK = 8


@dataclass(frozen=True, eq=False)
class Swept:
    """One kind of sweep: ``values`` (n,), each network's logits (n, classes) by name, the drawing's
    own value (None where it has none), and the class that it means."""

    kind: str
    values: NDArray[np.float64]
    logits: Mapping[str, Array]
    present: float | None
    target: int

    def curve(self, name: str) -> Array:
        """Return the target class's probability at each value; NaN where there is no such class."""
        if self.target >= self.logits[name].shape[1]:
            return np.full(len(self.values), np.nan, np.float32)
        return softmax(self.logits[name])[:, self.target]

    def kept(self, name: str) -> tuple[int, int]:
        """Return at how many values the prediction is that of the middle one, and of how many.

        The largest logit decides. A softmax would not change which that is.
        """
        answers = self.logits[name].argmax(1)
        return int((answers == answers[len(answers) // 2]).sum()), len(answers)


def sweep(
    nets: Mapping[str, Network],
    scene: Scene,
    items: Collection[int],
    kind: str,
    middle: Point,
    target: int,
) -> Iterator[Swept | None]:
    """Change one thing about items (empty: all), without the others, and ask each network about the
    window about ``middle``, as a picture of its own: None where others may have their turn, the
    result at last.
    """
    values = SWEEPS[kind]
    side = max((net.architecture.window for net in nets.values()), default=32)
    kept = alone(scene, items)
    chosen = range(len(kept.items)) if items else ()
    windows = []
    for value in values.tolist():
        image = rasterize_scene(posed(kept, chosen, kind, value, middle))
        windows.append(cut_about(image, middle, side))
        if len(windows) % CHUNK == 0:
            yield None
    logits = {}
    for name, net in nets.items():
        parts = []
        for start in range(0, len(windows), CHUNK):
            yield None
            parts.append(ask(net, np.stack(windows[start : start + CHUNK])))
        logits[name] = np.concatenate(parts)
    yield Swept(kind, values, logits, present_value(scene, items, kind, middle), target)
