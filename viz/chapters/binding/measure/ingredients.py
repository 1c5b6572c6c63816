"""What binding needs: the interaction of a stroke with the rest in networks that lack something.

One has no non-linearity below its softmax, others learned from few digits. All are asked about one
window, as a picture of its own, while the stroke is shifted along x.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.binding.measure.binding import interaction, share
from viz.measure.cutting import cut_about
from viz.measure.stroke_selection import StrokeSelection, image_of, image_without
from viz.nets.architecture import WINDOW
from viz.scene import Scene
from viz.scene.raster import exposed

if TYPE_CHECKING:
    from viz.nets.network import Ablation, Network

Array = NDArray[np.float32]

LINEAR = "linear"
NETWORKS = (LINEAR, "digits-100", "digits-1000", "centred-convolutional")
"""The last learned from all 60,000 digits; all but the first have its layers."""

REACH = 14
"""Pixels to each side that the stroke is shifted."""

_CHUNK = 10


@dataclass(frozen=True, eq=False)
class Ingredients:
    """At each of ``shifts`` (n,) of the stroke, by a network's name: the logits of both parts
    (n, classes), their interaction terms f(AB) − f(A) − f(B) + f(∅) (n, classes), and the share of
    interaction in them (n,), as ``binding.share``. ``overlap`` (n,): of A's pixels with
    ink in the window, the share that has ink of B, too."""

    shifts: NDArray[np.int64]
    overlap: NDArray[np.float64]
    logits: Mapping[str, Array]
    terms: Mapping[str, Array]
    shares: Mapping[str, Array]

    @property
    def present(self) -> int:
        """The number of the shift that is none."""
        return int((self.shifts == 0).argmax())

    def answers(self, name: str) -> NDArray[np.intp]:
        """Return the predictions of both parts together (n,)."""
        return np.asarray(self.logits[name].argmax(1))

    def path(self, name: str) -> tuple[int, ...]:
        """Return the predictions along the shifts, each stretch once."""
        answers = self.answers(name)
        first = np.flatnonzero(np.diff(answers, prepend=-1))
        return tuple(answers[first].tolist())

    def most_apart(self, name: str) -> float:
        """Return the largest interaction term where the inks do not overlap; NaN where they always
        do."""
        apart = self.terms[name][self.overlap == 0]
        return float(np.abs(apart).max()) if apart.size else float("nan")


def measure(
    nets: Mapping[str, Network],
    scene: Scene,
    part: StrokeSelection,
    middle: tuple[float, float],
    ablated: Mapping[str, Ablation] | None = None,
) -> Iterator[Ingredients | None]:
    """Ask each network about its window about ``middle``: None where others may have their turn,
    the result at last. ``ablated`` maps by a network's name."""
    a, b = image_of(scene, part), image_without(scene, part)
    shifts = np.arange(-REACH, REACH + 1)
    moved = np.stack([_shifted(a, by) for by in shifts.tolist()])
    ink, rest_ink = (cut_about(image, middle, WINDOW) > 0 for image in (moved, b))
    overlap = (ink & rest_ink).sum((1, 2)) / np.maximum(1, ink.sum((1, 2)))
    inks = np.maximum(moved, b), moved, np.stack([b, np.zeros_like(b)])
    seen = [np.stack([exposed(image, scene) for image in images]) for images in inks]
    logits, terms, shares = {}, {}, {}
    for name, net in nets.items():
        side = net.architecture.window

        windows = [cut_about(images, middle, side) for images in seen]
        own = (ablated or {}).get(name)
        parts: list[list[Array]] = [[], []]
        for start in range(0, len(shifts), _CHUNK):
            for place in (0, 1):
                parts[place].append(_ask(net, windows[place][start : start + _CHUNK], own))
                yield None
        f_ab, f_a = (np.concatenate(found) for found in parts)
        rest = _ask(net, windows[2], own)
        logits[name] = f_ab
        terms[name] = interaction(f_ab, f_a, rest[:1], rest[1:])
        shares[name] = np.array(
            [share(f_ab[k], f_a[k], rest[0], rest[1]) for k in range(len(shifts))], np.float32
        )
    yield Ingredients(shifts, overlap, logits, terms, shares)


def _shifted(image: Array, by: int) -> Array:
    """Shift an image along x by whole pixels."""
    wide = np.pad(image, ((0, 0), (REACH, REACH)))
    return wide[:, REACH - by : REACH - by + image.shape[1]]


def _ask(net: Network, windows: Array, ablated: Ablation | None) -> Array:
    """The logits (N, classes) of windows (N, side, side)."""
    import torch

    with torch.inference_mode():
        found = net(torch.from_numpy(np.ascontiguousarray(windows[:, None])), ablated)
        return np.asarray(found["output pre"][:, :, 0, 0].numpy())
