"""Maps before and after a pooling, and as the network itself pools them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from viz.chapters.pooling.measure.changes import Array, pooled_by
from viz.model.snapshot import Snapshot
from viz.nets.architecture import Layer
from viz.nets.pooling import Pooling, pool


@dataclass(frozen=True, eq=False)
class MapPicture:
    """``values`` (h, w) of the map ``number`` of a ``layer``, be it as the layer has it, or pooled
    from the map ``before``.

    Unit i covers ``stride`` units of that map, and comes from ``reach`` of them from ``first`` +
    i·``stride`` on; ``pooling`` is the operator, if it is one of the chapter's.
    """

    layer: Layer
    number: int
    values: Array
    before: Array | None = None
    pooling: Pooling | None = None
    stride: int = 1
    reach: int = 1
    first: int = 0
    is_ablated: bool = False

    @property
    def start(self) -> float:
        """Where unit 0 begins, so that it lies about the middle of what it comes from."""
        return self.first + (self.reach - self.stride) / 2

    def window(self, row: int, column: int) -> tuple[slice, slice]:
        """Return the units of the map before from which a unit comes."""
        top, left = (self.first + place * self.stride for place in (row, column))
        rows, columns = (slice(max(0, place), place + self.reach) for place in (top, left))
        return rows, columns


@dataclass(frozen=True, eq=False)
class PooledMaps:
    """Of each of some maps the pictures: as it is, pooled by ``pooling``, of shape (0, 0) where no
    window of it fits, and as the ``network`` pools it itself, if it does."""

    network: str
    pooling: Pooling
    rows: tuple[tuple[MapPicture, ...], ...]


def pooled_maps(
    snapshot: Snapshot, layer: str, numbers: tuple[int, ...], pooling: Pooling
) -> PooledMaps:
    """Pool the maps of these numbers. Raises KeyError for another network's layer."""
    rows = tuple(tuple(_pictures(snapshot, layer, number, pooling)) for number in numbers)
    return PooledMaps(snapshot.request.network, pooling, rows)


def _pictures(snapshot: Snapshot, name: str, number: int, pooling: Pooling) -> Iterator[MapPicture]:
    layer, ablated = snapshot.layer(name), snapshot.request.ablated
    before = snapshot.maps[name][number]
    yield MapPicture(layer, number, before, is_ablated=number in ablated.get(name, ()))
    fits = all(map(pooling.outputs, before.shape))
    after = pool(before, pooling) if fits else np.zeros((0, 0), np.float32)
    yield MapPicture(layer, number, after, before, pooling, pooling.stride, pooling.reach)
    above = pooled_by(snapshot.architecture, layer)
    if above is not None:
        yield MapPicture(
            above, number, snapshot.maps[above.name][number], before, own_pooling(above),
            above.step, above.reach, (above.kernel - above.reach) // 2,
            number in ablated.get(above.name, ()),
        )  # fmt: skip


def own_pooling(layer: Layer) -> Pooling | None:
    """Return a network's pooling layer as an operator of the chapter, if it is one of them."""
    if layer.has_weights:
        return None  # coefficients of each map's own
    try:
        return Pooling(layer.pooling, layer.kernel, layer.step, p=layer.p, b=layer.b)
    except ValueError:
        return None  # larger than those
