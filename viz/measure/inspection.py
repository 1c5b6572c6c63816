"""Inspection: how one unit came to its value, written out.

For a convolution, y = b + Σ_c Σ_u Σ_v x[c, i+u, j+v] · w[c, u, v] (cross-correlation, as every
framework and LeCun 1998 compute it), then the activation; for pooling, what
``viz.nets.pooling`` makes of a patch; for prototypes, −Σ (x − w)².
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz.nets.architecture import Architecture, Layer
from viz.nets.networks import TrainedNetwork
from viz.nets.pooling import pool_window

Array = NDArray[np.float32]

INPUT = "input"
"""What the first layer is computed from."""


@dataclass(frozen=True, eq=False)
class Trace:
    """The incoming patches of a unit and what becomes of them.

    ``spec`` is its layer. ``patches`` (channels, k, k) float32 are the inputs it sees in
    ``source``, the layer below or ``INPUT``, padding included. For a layer with kernels
    ``kernels`` has the same shape, ``products`` is their product (−(x − w)² for prototypes),
    ``sums`` (channels,) the products added up per channel, and pre_activation = Σ sums + bias (the
    logit, for ``output``). For pooling ``patches`` is (1, k, k), for blur pooling two larger, or
    what the map holds of it at its border, ``kernels`` None, ``products`` the patches, ``sums``
    empty and pre_activation what pooling makes of them; so it is for a normalisation.
    ``activation`` is the value in the map (for ``output`` the log-probability), 0 if the map was
    set to zero: ``ablated``. ``corner`` is the
    (row, column) in the source of the patches' first cell, and cells lie ``spec.dilation`` apart.
    """

    spec: Layer
    map: int
    row: int
    column: int
    source: str
    patches: Array
    kernels: Array | None
    products: Array
    sums: Array
    bias: float
    pre_activation: float
    activation: float
    ablated: bool
    corner: tuple[int, int] = (0, 0)

    @property
    def layer(self) -> str:
        """The layer's name."""
        return self.spec.name

    @property
    def is_cut(self) -> bool:
        """Whether blur pooling took in units that no map shows."""
        return self.spec.pooling == "blur" and self.patches.shape[1:] != (self.spec.reach,) * 2


def entered(image: Array, architecture: Architecture, origin: tuple[int, int] = (0, 0)) -> Array:
    """Return the network's input (h, w) of a canvas (H, W) in [0, 1]: averaged, in its range.

    ``origin`` (top, left) is that of the window, for a network that sees one at a time.
    """
    if not architecture.is_convolutional:
        top, left = origin
        image = image[top : top + architecture.window, left : left + architecture.window]
    scale = architecture.scale
    if scale > 1:
        height, width = (side // scale for side in image.shape)
        image = image[: height * scale, : width * scale]
        image = image.reshape(height, scale, width, scale).mean((1, 3))
    if (architecture.blank, architecture.ink) == (0.0, 1.0):
        return image
    return image * np.float32(architecture.ink - architecture.blank) + np.float32(
        architecture.blank
    )


def trace(
    image: Array,
    maps: Mapping[str, Array],
    network: TrainedNetwork,
    layer: str,
    unit: tuple[int, int, int],
    *,
    ablated: bool = False,
    origin: tuple[int, int] = (0, 0),
) -> Trace | None:
    """Explain unit (map, row, column) of ``layer``; None if the network has no such unit.

    ``image`` (H, W) and ``maps`` (maps, h, w) by layer name are one snapshot's, ``origin`` that of
    its window. Arrays of the trace may be views of these: do not write to them.
    """
    architecture = network.architecture
    if layer not in architecture:
        return None
    spec = architecture.layer(layer)
    number, row, column = unit
    values = maps[layer]
    if not all(0 <= at < side for at, side in zip(unit, values.shape, strict=True)):
        return None
    under = architecture.below(spec)
    source = under.name if under else INPUT
    below = maps[source] if under else entered(image, architecture, origin)[None]
    place = row, column
    if not architecture.is_convolutional and not spec.fixed:
        place = 0, 0  # the output of the window to which the maps belong
    before = spec.padding + (spec.pooling == "blur")
    if spec.operation == "normalise":
        before = spec.kernel // 2
    top, left = (at * spec.step - before for at in place)
    activation = float(values[number, row, column])
    kernels: Array | None = None
    if spec.operation in ("pool", "normalise"):
        bottom, right = top + spec.reach, left + spec.reach
        top, left = max(0, top), max(0, left)
        patches = below[number : number + 1, top:bottom, left:right]
        products, sums = patches, np.empty(0, np.float32)
        pre, offset = _pooled(spec, patches[0], number, network, activation)
    else:
        patches = _patches(below, spec, top, left)
        kernels, offset = _kernels(spec, network, number, place)
        products = patches * kernels
        if spec.operation == "prototypes":
            products = -((patches - kernels) ** 2)
        sums = products.sum((1, 2))
        pre = float(sums.sum(dtype=np.float64)) + offset
    return Trace(
        spec=spec,
        map=number,
        row=row,
        column=column,
        source=source,
        patches=patches,
        kernels=kernels,
        products=products,
        sums=sums,
        bias=offset,
        pre_activation=pre,
        activation=activation,
        ablated=ablated,
        corner=(top, left),
    )


def _kernels(
    spec: Layer, network: TrainedNetwork, number: int, place: tuple[int, int]
) -> tuple[Array, float]:
    """The kernels (inputs, k, k) of a map, at this place if it shares none, and its bias."""
    weight = network.weights[f"{spec.name}.weight"][number]
    kernels = weight[..., *place] if "weights" in spec.unshared else weight
    if spec.connections is not None:
        left_out = np.ones(spec.inputs, bool)
        left_out[list(spec.connections[number])] = False
        kernels = np.where(left_out[:, None, None], np.float32(0), kernels)
    bias = network.weights.get(f"{spec.name}.bias")
    if bias is None:
        return kernels, 0.0
    return kernels, float(bias[(number, *place) if "biases" in spec.unshared else number])


def _patches(below: Array, spec: Layer, top: int, left: int) -> Array:
    """The inputs (channels, k, k) from (top, left) on; padding where the map does not reach."""
    channels, height, width = below.shape
    rows, columns = (start + spec.dilation * np.arange(spec.kernel) for start in (top, left))
    if min(top, left) >= 0 and rows[-1] < height and columns[-1] < width:
        end = spec.reach
        return below[:, top : top + end : spec.dilation, left : left + end : spec.dilation]
    patches = np.full((channels, spec.kernel, spec.kernel), spec.padding_value, np.float32)
    down, across = (rows >= 0) & (rows < height), (columns >= 0) & (columns < width)
    found = below[:, *np.ix_(rows[down], columns[across])]
    patches[:, *np.ix_(down, across)] = found
    return patches


def _pooled(
    spec: Layer, patch: Array, number: int, network: TrainedNetwork, activation: float
) -> tuple[float, float]:
    """What pooling makes of a patch of map ``number``, and the bias of subsampling, else 0."""
    if patch.shape != (spec.reach, spec.reach) or spec.operation == "normalise" or spec.across > 1:
        return activation, 0.0  # for which units count that the patch does not show
    if not spec.has_weights:
        return pool_window(patch, spec.pooling, spec.p, spec.b), 0.0
    coefficient, bias = (
        float(network.weights[f"{spec.name}.{name}"][number]) for name in ("coefficient", "bias")
    )
    return coefficient * pool_window(patch, "average") + bias, bias
