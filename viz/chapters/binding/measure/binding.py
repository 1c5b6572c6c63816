"""The binding decomposition: what a layer does only because two parts are there together.

Four images, with the parts A and B present or absent, give each unit's interaction

    I = f(AB) − f(A) − f(B) + f(∅),

which is zero where the parts only add up. A convolution adds up; I is born where something is not
linear (ReLU, the maximum of pooling, one part's ink hiding another's) and spread by the
convolutions above it. So C1's sums have exactly the interaction of the input that they see, none
where the inks of A and B do not overlap: in exact arithmetic zero, in 32-bit floats below 1e-6 of
what A and B do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.binding.measure.binding_map import edge_of
from viz.measure.marks import Marks
from viz.measure.stroke_selection import StrokeSelection, four_images
from viz.nets.layers import BY_NAME, WINDOW, input_range
from viz.scene import Scene

if TYPE_CHECKING:
    from viz.nets.lenet5 import Ablation, LeNet5


Array = NDArray[np.float32]

ROWS = ("input", "C1 pre", "C1", "S2", "C3 pre", "C3", "S4", "C5 pre", "C5", "output pre")
"""Where the interaction is measured, in the order in which the network computes."""

MARKED = ("C1", "S2", "C3", "S4", "C5")
"""The layers whose conjunction units are counted and marked."""

ACTIVE, SILENT = 0.05, 0.01
"""Shares of a layer's locked scale: a conjunction unit rises by more than the one for A and B
together, and by at most the other for A alone and for B alone."""


@dataclass(frozen=True, eq=False)
class Decomposition:
    """The interaction of the part with the rest, within the window (row, column) that is shown.

    ``images`` (4, 32, 32) are that window with AB, A, B, ∅. By name of ``ROWS``: ``shares``, see
    ``share``, and ``sizes``, the numbers of units. ``residue`` is how far C1's sums are from being
    linear, see ``off_linear``. ``marks`` are the conjunction units in coordinates of the whole
    canvas's maps.
    """

    scene: Scene
    part: StrokeSelection
    window: tuple[int, int]
    images: Array
    shares: Mapping[str, float]
    sizes: Mapping[str, int]
    residue: float
    marks: Marks


def interaction(both: Array, a: Array, b: Array, neither: Array) -> Array:
    """f(AB) − f(A) − f(B) + f(∅), unit by unit, in double precision and given as float32."""
    wide = [np.asarray(values, np.float64) for values in (both, a, b, neither)]
    return np.asarray(wide[0] - wide[1] - wide[2] + wide[3], np.float32)


def share(both: Array, a: Array, b: Array, neither: Array) -> float:
    """How much of the activity of a layer is interaction: 0 … 1.

        Σ|I| / (Σ|f(AB) − f(∅)| + Σ|f(A) − f(∅)| + Σ|f(B) − f(∅)|)

    I is the first difference less the two others, so by the triangle inequality this never exceeds
    1, whatever the layer's sign and scale. A unit that only A and B together can wake counts 1, one
    that either wakes as well as both ⅓, one that adds them up 0. 0 if nothing is active.
    """
    base = np.asarray(neither, np.float64)
    total = sum(
        float(np.abs(np.asarray(values, np.float64) - base).sum()) for values in (both, a, b)
    )
    own = float(np.abs(interaction(both, a, b, neither)).sum(dtype=np.float64))
    return own / total if total > 0 else 0.0


def off_linear(net: LeNet5, images: Array, sums: Array) -> float:
    """max|I(C1 sums) − conv(I(input))|, as a share of max|C1 sums|: 0 up to rounding, about 1e-7.

    All interaction of C1's sums is the input's, seen through C1's kernels; the bias falls out, as
    it stands in all four terms. ``images`` (4, h, w), ``sums`` (4, 20, h − 4, w − 4).
    """
    import torch
    import torch.nn.functional as F

    with torch.inference_mode():
        own = torch.from_numpy(interaction(*images))[None, None]
        through = F.conv2d(own, net.C1.weight)[0].numpy()
    most = float(np.abs(sums).max())
    return float(np.abs(interaction(*sums) - through).max()) / most if most else 0.0


def conjunctions(both: Array, a: Array, b: Array, neither: Array, peak: float) -> NDArray[np.intp]:
    """The units (N, 3) that answer only to A and B together: see ``ACTIVE`` and ``SILENT``.

    ``peak`` is where the layer's locked scale ends; arrays are (maps, h, w).
    """
    silent = np.float32(SILENT * peak)
    chosen = (both - neither > np.float32(ACTIVE * peak)) & (np.abs(a - neither) <= silent)
    return np.argwhere(chosen & (np.abs(b - neither) <= silent))


def decompose(
    net: LeNet5,
    scene: Scene,
    part: StrokeSelection,
    window: tuple[int, int],
    scales: Mapping[str, float],
    ablated: Ablation | None = None,
) -> Decomposition:
    """Part against rest in one window; ``scales`` are the ends of the layers' colour scales."""
    import torch

    stride = BY_NAME["output"].stride
    edge = edge_of(net)
    top, left, size = window[0] * stride, window[1] * stride, WINDOW + 2 * edge
    images = np.pad(four_images(scene, part), ((0, 0), (edge, edge), (edge, edge)))
    images = np.ascontiguousarray(images[:, top : top + size, left : left + size])
    with torch.inference_mode():
        tensors = net(torch.from_numpy(images)[:, None], ablated, rimmed=edge > 0)
    inner = images[:, edge : edge + WINDOW, edge : edge + WINDOW]
    values: dict[str, Array] = {"input": inner}
    corners: dict[str, tuple[int, int]] = {}
    output = BY_NAME["output"]
    for name in ROWS[1:]:
        layer = BY_NAME[name.removesuffix(" pre")]
        values[name] = tensors[name].numpy()
        corners[name] = (input_range(output, layer, window[0])[0],
                         input_range(output, layer, window[1])[0])  # fmt: skip
    units: dict[str, NDArray[np.intp]] = {}
    for name in MARKED:
        both, a, b, neither = values[name]
        found = conjunctions(both, a, b, neither, scales[name])
        units[name] = found + np.array((0, *corners[name]))
    return Decomposition(
        scene, part, window, inner,
        shares={name: share(*values[name]) for name in ROWS},
        sizes={name: values[name][0].size for name in ROWS},
        residue=off_linear(net, inner, values["C1 pre"]),
        marks=Marks(scene, units),
    )  # fmt: skip
