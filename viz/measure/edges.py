"""Edges: the strongest connections of one unit, to what it is computed from and to its targets.

The product of an edge is activation × weight: what the unit below adds to the sum above. Pooling
has no weights; there the weight is the operator's derivative, so that for all but log-prob the
products add up to its value, too: 1 for the maximum, 1/n for each unit of an average, a binomial
weight for each maximum that a blur takes in. Of prototypes the product is −(x − w)².
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz.measure.inspection import Array, entered, trace
from viz.nets.architecture import WINDOW_STEP, Layer
from viz.nets.networks import TrainedNetwork

MOST = 16
"""Edges to each side: more cannot be told apart."""

MOST_WINDOWS = 8
"""Pooling windows along each axis, of those that a unit lies in, that are looked at."""

Wide = NDArray[np.float64]
Span = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Cells of a kernel along one axis, and the place in the layer above that each belongs to."""

_BINOMIAL = np.outer((1, 2, 1), (1, 2, 1)) / 16


@dataclass(frozen=True)
class Edge:
    """A connection: the unit at its other end and the ``product``, never 0, that goes along it.

    ``layer`` may be ``inspection.INPUT``: then row and column are those of the network's input.
    """

    layer: str
    map: int
    row: int
    column: int
    product: float


@dataclass(frozen=True)
class Edges:
    """The strongest edges of a unit, the strongest first, to the layer below and the one above."""

    below: tuple[Edge, ...]
    above: tuple[Edge, ...]


def edges(
    image: Array,
    maps: Mapping[str, Array],
    network: TrainedNetwork,
    layer: str,
    unit: tuple[int, int, int],
    *,
    ablated: Mapping[str, Collection[int]] | None = None,
    origin: tuple[int, int] = (0, 0),
    most: int = MOST,
) -> Edges | None:
    """Find the edges of unit (map, row, column) of ``layer``; None if the network has no such unit.

    The arguments are those of ``inspection.trace``; ``ablated`` are the maps set to zero, by layer.
    Padding, and units that no map shows, are no ends of edges, nor are targets in ablated maps. To
    and from normalisations and pooling over several maps there are none: all of a window counts.
    """
    architecture = network.architecture
    found = trace(image, maps, network, layer, unit, origin=origin)
    if found is None:
        return None
    spec, (number, row, column) = found.spec, unit
    under = architecture.below(spec)
    source = maps[under.name] if under else entered(image, architecture, origin)[None]
    if _is_joint(spec):
        products, corner = np.zeros((1, 1, 1)), found.corner
    elif spec.operation == "pool":
        patch, corner = _window(source[number], spec, row, column)
        products = _pooled_products(patch, spec, network, number)[None]
    else:
        products, corner = found.products.astype(np.float64), found.corner
    below = [
        Edge(found.source, number if spec.operation == "pool" else map_, top, left, product)
        for map_, u, v, product in _strongest(_within(products, spec, corner, source), most)
        for top, left in [(corner[0] + spec.dilation * u, corner[1] + spec.dilation * v)]
    ]
    above: list[Edge] = []
    upper = None
    if spec != architecture.output:
        upper = architecture.layers[architecture.layers.index(spec) + 1]
    if upper is not None and not _is_joint(upper):
        left_out = set((ablated or {}).get(upper.name, ()))
        above = _targets(maps, network, spec, upper, unit, left_out, origin, most)
    return Edges(tuple(below), tuple(above))


def _is_joint(spec: Layer) -> bool:
    """Whether its units are no sums of what they see, and no choice among one map's units."""
    return spec.operation == "normalise" or spec.across > 1


def _within(products: Wide, spec: Layer, corner: tuple[int, int], source: Array) -> Wide:
    """The products, 0 where a cell lies beside the source's maps (maps, h, w)."""
    kept = products.copy()
    for axis, (start, size) in enumerate(zip(corner, source.shape[1:], strict=True), 1):
        places = start + spec.dilation * np.arange(kept.shape[axis])
        outside = np.flatnonzero((places < 0) | (places >= size))
        kept[(slice(None),) * axis + (outside,)] = 0
    return kept


def _strongest(products: Wide, most: int) -> list[tuple[int, int, int, float]]:
    """The places of the largest products of (maps, rows, columns), with them, largest first."""
    size = np.abs(products).ravel()
    size[~np.isfinite(size)] = 0
    most = min(most, size.size)
    best = np.argpartition(size, size.size - most)[size.size - most :]
    best = best[np.argsort(-size[best], kind="stable")]
    places = np.stack(np.unravel_index(best[size[best] > 0], products.shape), 1)
    return [(*place, float(products[*place])) for place in places.tolist()]


# Targets


def _targets(
    maps: Mapping[str, Array],
    network: TrainedNetwork,
    lower: Layer,
    upper: Layer,
    unit: tuple[int, int, int],
    left_out: Collection[int],
    origin: tuple[int, int],
    most: int,
) -> list[Edge]:
    """The strongest edges from a unit of ``lower`` to the layer above it."""
    number, *at = unit
    height, width = maps[upper.name].shape[1:]
    top = left = 0
    if lower.fixed and not upper.fixed:  # the output of the window to which the maps belong
        height = width = 1
        top, left = (start // WINDOW_STEP for start in origin)
    across = tuple(
        _span(upper, place, size) for place, size in zip(at, (height, width), strict=True)
    )
    if upper.operation == "pool":
        products, numbers = _into_pool(maps[lower.name], network, upper, unit, across), [number]
        if number in left_out:
            products[:] = 0
    else:
        value = float(maps[lower.name][unit])
        products, numbers = _into_kernels(value, network, upper, number, across), None
        products[sorted(left_out)] = 0
    (_, rows), (_, columns) = across
    return [
        Edge(
            upper.name,
            numbers[map_] if numbers else map_,
            top + int(rows[u]),
            left + int(columns[v]),
            product,
        )
        for map_, u, v, product in _strongest(products, most)
    ]


def _span(upper: Layer, place: int, size: int) -> Span:
    """Which cells of a kernel look at a place of the layer below, and from where in theirs."""
    before = upper.padding + (upper.pooling == "blur")
    if upper.operation == "pool":
        cells, apart = np.arange(upper.reach), 1
    else:
        cells, apart = np.arange(upper.kernel), upper.dilation
    places, rest = np.divmod(place + before - apart * cells, upper.step)
    seen = (rest == 0) & (places >= 0) & (places < size)
    return cells[seen], places[seen]


def _into_kernels(
    value: float, network: TrainedNetwork, upper: Layer, number: int, across: tuple[Span, ...]
) -> Wide:
    """Products (maps, rows, columns) of one activation with the weights that lead away from it."""
    (u, rows), (v, columns) = across
    weights = network.weights[f"{upper.name}.weight"][:, number]
    if "weights" in upper.unshared:
        weights = weights[:, u[:, None], v, rows[:, None], columns]
    else:
        weights = weights[:, u[:, None], v]
    wide = weights.astype(np.float64)
    products: Wide = -((value - wide) ** 2) if upper.operation == "prototypes" else value * wide
    if upper.connections is not None:
        products[[number not in inputs for inputs in upper.connections]] = 0
    return products


def _into_pool(
    below: Array,
    network: TrainedNetwork,
    upper: Layer,
    unit: tuple[int, int, int],
    across: tuple[Span, ...],
) -> Wide:
    """Products (1, rows, columns) that a unit has in the windows which it lies in."""
    number, row, column = unit
    (_, rows), (_, columns) = across
    products = np.zeros((1, len(rows), len(columns)))
    for i, at_row in enumerate(rows[:MOST_WINDOWS].tolist()):
        for j, at_column in enumerate(columns[:MOST_WINDOWS].tolist()):
            patch, (top, left) = _window(below[number], upper, at_row, at_column)
            each = _pooled_products(patch, upper, network, number)
            products[0, i, j] = each[row - top, column - left]
    return products


# Pooling


def _window(below: Array, spec: Layer, row: int, column: int) -> tuple[Wide, tuple[int, int]]:
    """The whole window of a unit of a pooling layer in its map below, NaN for units that the map
    does not show, and the (row, column) of its first cell."""
    before = spec.padding + (spec.pooling == "blur")
    top, left = row * spec.step - before, column * spec.step - before
    beyond = {"max": -np.inf, "min": np.inf, "blur": np.nan}.get(spec.pooling, 0.0)
    patch = np.full((spec.reach, spec.reach), beyond)
    shown = below[max(0, top) : top + spec.reach, max(0, left) : left + spec.reach]
    start = max(0, -top), max(0, -left)
    patch[start[0] : start[0] + shown.shape[0], start[1] : start[1] + shown.shape[1]] = shown
    return patch, (top, left)


def _pooled_products(patch: Wide, spec: Layer, network: TrainedNetwork, number: int) -> Wide:
    """Value × derivative of what pooling makes of a window, for each cell of it."""
    if spec.pooling == "blur":
        return _blurred_products(patch, spec.kernel)
    if spec.pooling == "average":
        return patch / patch.size
    if spec.pooling == "subsampling":
        return patch / patch.size * float(network.weights[f"{spec.name}.coefficient"][number])
    sizes = np.abs(patch)
    if spec.pooling == "min":
        return _alone(patch, -patch)
    if spec.pooling == "max" or (spec.pooling == "log-prob" and math.isinf(spec.b)):
        return _alone(patch, patch)
    if spec.pooling == "log-prob":
        shares = np.exp(spec.b * (patch - patch.max()))
        return np.asarray(patch * (shares / shares.sum()))
    if math.isinf(spec.p):
        return _alone(sizes, sizes)
    peak = sizes.max()
    if peak == 0:
        return np.zeros_like(patch)
    powers = (sizes / peak) ** spec.p
    return np.asarray(peak * powers.mean() ** (1 / spec.p) * powers / powers.sum())


def _alone(values: Wide, by: Wide) -> Wide:
    """The values, but for that where ``by`` is greatest, the first of equals, set to 0."""
    kept = np.zeros_like(values)
    at = np.unravel_index(by.argmax(), by.shape)
    kept[at] = values[at]
    return kept


def _blurred_products(patch: Wide, size: int) -> Wide:
    """Of a blur of maxima: a maximum counts as often as it is taken in. Of maxima over units that
    no map shows nothing is known."""
    products = np.zeros_like(patch)
    for (i, j), weight in np.ndenumerate(_BINOMIAL):
        part = patch[i : i + size, j : j + size]
        if not np.isnan(part).any():
            products[i : i + size, j : j + size] += weight * _alone(part, part)
    return products
