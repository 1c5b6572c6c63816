"""The binding decomposition: what a layer does only because two parts are there together.

Four images, with the parts A and B present or absent, give each unit's interaction

    I = f(AB) − f(A) − f(B) + f(∅),

which is zero where the parts only add up. A convolution adds up; I is born where something is not
linear (ReLU, the maximum of pooling, one part's ink hiding another's) and spread by the
convolutions above it. So the first layer's sums have exactly the interaction of the input that they
see, none where the inks of A and B do not overlap: in exact arithmetic zero, in 32-bit floats below
1e-6 of what A and B do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.chapters.binding.measure.piece import piece_for
from viz.measure.inspection import INPUT
from viz.measure.marks import Marks
from viz.measure.stroke_selection import StrokeSelection, four_images
from viz.nets.architecture import Architecture, Layer
from viz.scene import Scene

if TYPE_CHECKING:
    from viz.nets.network import Ablation, Network


Array = NDArray[np.float32]

PRE = " pre"
"""What the name of a layer's sums ends with."""

ACTIVE, SILENT = 0.05, 0.01
"""Shares of a layer's locked scale: a conjunction unit rises by more than the one for A and B
together, and by at most the other for A alone and for B alone."""


@dataclass(frozen=True)
class Row:
    """Where the interaction is measured: ``INPUT``, a layer, or its sums before the activation.

    ``name`` is that of the maps, ``"C1"`` or ``"C1 pre"``; ``layer`` is None for the input.
    """

    name: str
    layer: Layer | None = None

    @property
    def marked(self) -> bool:
        """Whether conjunction units are counted and marked there: in all layers but the output."""
        return self.layer is not None and self.name == self.layer.name

    @property
    def linear(self) -> bool:
        """Whether it adds up what is below: spreads interaction, and makes none."""
        layer = self.layer
        if layer is None:
            return False
        if layer.has_weights:
            sums = self.name.endswith(PRE) or layer.activation == "identity"
            return sums and layer.operation != "prototypes"
        if layer.operation == "normalise":
            return layer.normalisation not in ("divisive", "variance")
        return layer.pooling == "average" or (layer.pooling == "log-prob" and layer.b == 0)


def rows_of(architecture: Architecture) -> tuple[Row, ...]:
    """Return where the interaction is measured, in the order in which the network computes.

    Of a layer without an activation the sums are all there is, and of the output the logits.
    """
    rows = [Row(INPUT)]
    for layer in architecture.layers:
        if layer.has_weights and layer.activation != "identity":
            rows.append(Row(layer.name + PRE, layer))
        if layer is not architecture.output:
            rows.append(Row(layer.name, layer))
    return tuple(rows)


@dataclass(frozen=True, eq=False)
class Decomposition:
    """The interaction of the part with the rest, within the window (row, column) that is shown.

    ``images`` (4, h, w) are that window with AB, A, B, ∅. By name of the ``rows``: ``shares``, see
    ``share``, and ``sizes``, the numbers of units. ``marks`` are the conjunction units, in
    coordinates of the maps on the screen.
    """

    scene: Scene
    part: StrokeSelection
    window: tuple[int, int]
    rows: tuple[Row, ...]
    images: Array
    shares: Mapping[str, float]
    sizes: Mapping[str, int]
    marks: Marks


def interaction(both: Array, a: Array, b: Array, neither: Array) -> Array:
    """Return f(AB) − f(A) − f(B) + f(∅), unit by unit: computed in double precision, float32."""
    wide = [np.asarray(values, np.float64) for values in (both, a, b, neither)]
    return np.asarray(wide[0] - wide[1] - wide[2] + wide[3], np.float32)


def share(both: Array, a: Array, b: Array, neither: Array) -> float:
    """Return how much of the activity of a layer is interaction: 0 … 1.

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


def conjunctions(both: Array, a: Array, b: Array, neither: Array, peak: float) -> NDArray[np.intp]:
    """Return the units (N, 3) that respond only to A and B together: see ``ACTIVE``, ``SILENT``.

    ``peak`` is where the layer's locked scale ends; arrays are (maps, h, w).
    """
    silent = np.float32(SILENT * peak)
    chosen = (both - neither > np.float32(ACTIVE * peak)) & (np.abs(a - neither) <= silent)
    return np.argwhere(chosen & (np.abs(b - neither) <= silent))


def decompose(
    net: Network,
    scene: Scene,
    part: StrokeSelection,
    window: tuple[int, int],
    scales: Mapping[str, float],
    ablated: Ablation | None = None,
) -> Decomposition:
    """Take a part and the rest apart in one window.

    ``scales`` are the ends of the layers' colour scales.
    """
    architecture = net.architecture
    seen = piece_for(architecture, (scene.height, scene.width), window)
    images = seen.of(four_images(scene, part))
    maps = seen.maps(net, images, ablated)
    side, stride = architecture.window, architecture.stride
    top, left = seen.row * stride + seen.rim, seen.column * stride + seen.rim
    values = {INPUT: images[:, top : top + side, left : left + side]}
    units: dict[str, NDArray[np.intp]] = {}
    rows = rows_of(architecture)
    for row in rows:
        layer = row.layer
        if layer is None:
            continue
        ratio = 0 if layer.fixed else stride // layer.stride
        top, left = seen.row * ratio, seen.column * ratio
        values[row.name] = maps[row.name][:, :, top : top + layer.size, left : left + layer.size]
        if row.marked:
            both, a, b, neither = values[row.name]
            found = conjunctions(both, a, b, neither, scales[layer.name])
            units[layer.name] = found + np.array((0, window[0] * ratio, window[1] * ratio))
    return Decomposition(
        scene, part, window, rows, values[INPUT],
        shares={row.name: share(*values[row.name]) for row in rows},
        sizes={row.name: values[row.name][0].size for row in rows},
        marks=Marks(scene, units),
    )  # fmt: skip
