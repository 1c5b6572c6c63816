"""Inspection: how one unit came to its value, written out.

For a convolution, y = b + Σ_c Σ_u Σ_v x[c, i+u, j+v] · w[c, u, v] (cross-correlation, as every
framework and LeCun 1998 compute it), then the activation; for pooling, what
``viz.nets.pooling`` makes of a patch; for prototypes, −Σ (x − w)².
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from viz.nets.architecture import LEAST_B, Architecture, Layer
from viz.nets.networks import TrainedNetwork

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
    empty and pre_activation what pooling makes of them. ``activation`` is the value in the map (for
    ``output`` the log-probability), 0 if the map was set to zero: ``ablated``. ``corner`` is the
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
    """The network's input (h, w) of a canvas (H, W) in [0, 1]: averaged, and its range.

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
    if not (
        0 <= number < values.shape[0]
        and 0 <= row < values.shape[1]
        and 0 <= column < values.shape[2]
    ):
        return None
    under = architecture.below(spec)
    source = under.name if under else INPUT
    below = maps[source] if under else entered(image, architecture, origin)[None]
    place = row, column
    if not architecture.is_convolutional and not spec.fixed:
        place = 0, 0  # the output of the window to which the maps belong
    before = spec.padding + (spec.pooling == "blur")
    top, left = (at * spec.step - before for at in place)
    if spec.operation == "pool":
        return _pooled(spec, below, values, unit, (top, left), source, network, ablated)
    weight = network.weights[f"{layer}.weight"][number]
    kernels = weight[..., *place] if "weights" in spec.unshared else weight
    if spec.connections is not None:
        left_out = np.ones(spec.inputs, bool)
        left_out[list(spec.connections[number])] = False
        kernels = np.where(left_out[:, None, None], np.float32(0), kernels)
    bias = network.weights.get(f"{layer}.bias")
    offset = 0.0
    if bias is not None:
        offset = float(bias[(number, *place) if "biases" in spec.unshared else number])
    patches = _patches(below, spec, top, left)
    products = patches * kernels
    if spec.operation == "prototypes":
        products = -((patches - kernels) ** 2)
    sums = products.sum((1, 2))
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
        pre_activation=float(sums.sum(dtype=np.float64)) + offset,
        activation=float(values[number, row, column]),
        ablated=ablated,
        corner=(top, left),
    )


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
    spec: Layer,
    below: Array,
    values: Array,
    unit: tuple[int, int, int],
    corner: tuple[int, int],
    source: str,
    network: TrainedNetwork,
    ablated: bool,
) -> Trace:
    number, row, column = unit
    bottom, right = (at + spec.reach for at in corner)
    top, left = (max(0, at) for at in corner)
    patches = below[number : number + 1, top:bottom, left:right]
    activation, bias = float(values[number, row, column]), 0.0
    if spec.pooling == "blur":
        # At its border blur pooling also takes in units that no map shows
        whole = patches.shape[1:] == (spec.reach, spec.reach)
        pre = _blurred(patches[0], spec.kernel) if whole else activation
    elif spec.pooling == "max":
        pre = float(patches.max())
    elif spec.pooling in ("average", "subsampling"):
        pre = float(patches.mean(dtype=np.float64))
        if spec.has_weights:
            bias = float(network.weights[f"{spec.name}.bias"][number])
            pre = pre * float(network.weights[f"{spec.name}.coefficient"][number]) + bias
    else:
        pre = _power_mean(patches, spec.p) if spec.pooling == "lp" else _log_mean(patches, spec.b)
    return Trace(
        spec=spec,
        map=number,
        row=row,
        column=column,
        source=source,
        patches=patches,
        kernels=None,
        products=patches,
        sums=np.empty(0, np.float32),
        bias=bias,
        pre_activation=pre,
        activation=activation,
        ablated=ablated,
        corner=(top, left),
    )


def _power_mean(patch: Array, p: float) -> float:
    """Lp pooling, by the largest of the window, so that no power overflows."""
    wide = np.abs(patch.astype(np.float64))
    peak = float(wide.max())
    if math.isinf(p) or peak == 0:
        return peak
    return peak * math.pow(float(((wide / peak) ** p).mean()), 1 / p)


def _log_mean(patch: Array, b: float) -> float:
    """Log-prob pooling, in terms of exp − 1 and log(1 + …), so that nothing cancels."""
    wide = patch.astype(np.float64)
    if b < LEAST_B:
        return float(wide.mean())
    peak = float(wide.max())
    if b > 1 / LEAST_B:
        return peak
    return peak + math.log1p(float(np.expm1(b * (wide - peak)).mean())) / b


def _blurred(patch: Array, size: int) -> float:
    """Blur pooling of one patch: maxima of size², weighted by the binomial filter."""
    binomial = np.array([1, 2, 1]) / 4
    return float(binomial @ sliding_window_view(patch, (size, size)).max((2, 3)) @ binomial)
