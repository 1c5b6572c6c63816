"""Inspection: how one unit came to its value, written out.

For a convolution, y = b + Σ_c Σ_u Σ_v x[c, i+u, j+v] · w[c, u, v] (cross-correlation, as every
framework and LeCun 1998 compute it), then ReLU; for pooling, the maximum of a 2×2 patch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz.nets.layers import BY_NAME, LAYERS

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Trace:
    """The incoming patches of a unit and what becomes of them.

    ``patches`` (channels, k, k) float32 are the inputs it sees in ``source``, the layer below or
    ``"input"``. For a convolution ``kernels`` has the same shape, ``products`` is their product,
    ``sums`` (channels,) the products added up per channel, and pre_activation = Σ sums + bias (the
    logit, for ``output``). For pooling ``patches`` is (1, 2, 2), ``kernels`` None, ``products`` the
    patches, ``sums`` empty and pre_activation their maximum. ``activation`` is the value in the
    map (for ``output`` the log-probability), 0 if the map was set to zero: ``ablated``.
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


def trace(
    image: Array,
    maps: Mapping[str, Array],
    weights: Mapping[str, Array],
    layer: str,
    unit: tuple[int, int, int],
    *,
    ablated: bool = False,
) -> Trace | None:
    """Explain unit (map, row, column) of ``layer``; None if the layer has no such unit.

    ``image`` (H, W) and ``maps`` (maps, h, w) by layer name are one snapshot's, ``weights`` by
    name, e.g. ``C1.weight`` (20, 1, 5, 5). Arrays of the trace may be views of these: do not
    write to them. KeyError for an unknown layer.
    """
    spec = BY_NAME[layer]
    number, row, column = unit
    values = maps[layer]
    if not (
        0 <= number < values.shape[0]
        and 0 <= row < values.shape[1]
        and 0 <= column < values.shape[2]
    ):
        return None
    index = LAYERS.index(spec)
    source = LAYERS[index - 1].name if index else "input"
    below = maps[source] if index else image[None]
    top, left, k = row * spec.step, column * spec.step, spec.kernel
    kernels: Array | None = None
    if spec.operation == "pool":
        patches = below[number : number + 1, top : top + k, left : left + k]
        bias = 0.0
        products, sums = patches, np.empty(0, np.float32)
        pre = float(patches.max())
    else:
        patches = below[:, top : top + k, left : left + k]
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
    )
