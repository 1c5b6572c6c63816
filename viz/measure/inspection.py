"""Inspection: how one unit came to its value, written out.

For a convolution, y = b + Σ_c Σ_u Σ_v x[c, i+u, j+v] · w[c, u, v] (cross-correlation, as every
framework and LeCun 1998 compute it), then ReLU; for pooling, the maximum or the mean of a 2×2
patch, or the binomial mean of the maxima in a 4×4 patch (see ``viz.nets.lenet5``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from viz.nets.layers import BY_NAME, LAYERS, input_range, layer_of

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Trace:
    """The incoming patches of a unit and what becomes of them.

    ``patches`` (channels, k, k) float32 are the inputs it sees in ``source``, the layer below or
    ``"input"``. For a convolution ``kernels`` has the same shape, ``products`` is their product,
    ``sums`` (channels,) the products added up per channel, and pre_activation = Σ sums + bias (the
    logit, for ``output``). For pooling ``patches`` is (1, 2, 2), for blur pooling (1, 4, 4) or what
    the map holds of it at its border, ``kernels`` None, ``products`` the patches, ``sums`` empty
    and pre_activation what ``pooling`` makes of them. ``activation`` is the value in the map (for
    ``output`` the log-probability), 0 if the map was set to zero: ``ablated``. ``corner`` is the
    (row, column) in the source of the patches' first cell.
    """

    layer: str
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
    pooling: str = "max"
    corner: tuple[int, int] = (0, 0)


def trace(
    image: Array,
    maps: Mapping[str, Array],
    weights: Mapping[str, Array],
    layer: str,
    unit: tuple[int, int, int],
    *,
    ablated: bool = False,
    pooling: str = "max",
) -> Trace | None:
    """Explain unit (map, row, column) of ``layer``; None if the layer has no such unit.

    ``image`` (H, W) and ``maps`` (maps, h, w) by layer name are one snapshot's, ``weights`` by
    name, e.g. ``C1.weight`` (20, 1, 5, 5). Arrays of the trace may be views of these: do not
    write to them. KeyError for an unknown layer.
    """
    spec = layer_of(layer, pooling)
    number, row, column = unit
    values = maps[layer]
    if not (
        0 <= number < values.shape[0]
        and 0 <= row < values.shape[1]
        and 0 <= column < values.shape[2]
    ):
        return None
    index = LAYERS.index(BY_NAME[layer])
    source = LAYERS[index - 1].name if index else "input"
    below = maps[source] if index else image[None]
    under = layer_of(source, pooling) if index else None
    (top, tall), (left, wide) = (
        input_range(spec, under, place) if under else (place * spec.step, spec.kernel)
        for place in (row, column)
    )
    bottom, right, top, left = top + tall, left + wide, max(0, top), max(0, left)
    kernels: Array | None = None
    if spec.operation == "pool":
        patches = below[number : number + 1, top:bottom, left:right]
        bias = 0.0
        products, sums = patches, np.empty(0, np.float32)
        activation = float(values[number, row, column])
        # At its border blur pooling also takes in units that no map shows
        pre = {
            "max": float(patches.max()),
            "average": float(patches.mean(dtype=np.float64)),
            "blur": activation if patches.shape != (1, 4, 4) else _blurred(patches[0]),
        }[pooling]
    else:
        patches = below[:, top:bottom, left:right]
        kernels = weights[f"{layer}.weight"][number]
        bias = float(weights[f"{layer}.bias"][number])
        products = patches * kernels
        sums = products.sum((1, 2))
        pre = float(sums.sum(dtype=np.float64)) + bias
    return Trace(
        layer=layer,
        map=number,
        row=row,
        column=column,
        source=source,
        patches=patches,
        kernels=kernels,
        products=products,
        sums=sums,
        bias=bias,
        pre_activation=pre,
        activation=float(values[number, row, column]),
        ablated=ablated,
        pooling=pooling,
        corner=(top, left),
    )


def _blurred(patch: Array) -> float:
    """Blur pooling of one (4, 4) patch: maxima of 2×2, weighted by the binomial filter."""
    binomial = np.array([1, 2, 1]) / 4
    return float(binomial @ sliding_window_view(patch, (2, 2)).max((2, 3)) @ binomial)
