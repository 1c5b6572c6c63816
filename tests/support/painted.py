"""What a window's maps and scores show: where a layer's maps lie, and how high the bars are."""

from __future__ import annotations

import pyqtgraph as pg

from viz.model.snapshot import Snapshot, Unit
from viz.views.answer.scores import Scores
from viz.views.maps.layer_maps import LayerMaps
from viz.views.maps.maps import Maps


def cell(maps: Maps | LayerMaps, layer: str) -> float:
    """The side in pixels of a unit of this layer."""
    at = (maps if isinstance(maps, LayerMaps) else maps.layers).mosaics[layer].unit_position
    return at(Unit(layer, 0, 0, 1)).x() - at(Unit(layer, 0, 0, 0)).x()


def columns(maps: Maps, layer: str, snapshot: Snapshot) -> int:
    """How many maps of this layer stand in a row."""
    count = snapshot.maps[layer].shape[0]
    tops = [
        maps.layers.mosaics[layer].unit_position(Unit(layer, n, 0, 0)).y() for n in range(count)
    ]
    return tops.count(tops[0])


def tile(maps: Maps, layer: str, snapshot: Snapshot) -> tuple[float, float]:
    """(height, width) in pixels of a map of this layer."""
    _, height, width = snapshot.maps[layer].shape
    return height * cell(maps, layer), width * cell(maps, layer)


def bars(scores: Scores) -> tuple[pg.BarGraphItem, pg.BarGraphItem]:
    """The bars of the scores, and the outlines of a frozen state's."""
    plot = scores.findChild(pg.PlotWidget)
    assert plot is not None
    one, other = (item for item in plot.getPlotItem().items if isinstance(item, pg.BarGraphItem))
    return one, other
