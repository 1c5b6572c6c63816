"""The maps of a network: a mosaic for each layer with maps of several units, in rows of two, and
beside them a barcode for each layer with one unit a map and window.

They are made for the architecture of the snapshot that is shown, and anew for another's.
"""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRect
from PyQt6.QtWidgets import QWidget

from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.nets import networks
from viz.nets.architecture import Architecture
from viz.views.maps.barcode import Barcode
from viz.views.maps.mosaic import Mosaic
from viz.views.maps.tiling import grid_columns
from viz.views.paint_clock import PaintClock


class LayerMaps(QWidget):
    """``mosaics`` and ``barcodes`` by layer name, as a snapshot's architecture has them."""

    def __init__(
        self, document: Document, clock: PaintClock, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._clock = document, clock
        self.mosaics: dict[str, Mosaic] = {}
        self.barcodes: dict[str, Barcode] = {}
        self._network = ""
        self._canvas = 0, 0
        self._snapshot: Snapshot | None = None
        self._build(networks.MAIN)

    @property
    def views(self) -> tuple[Mosaic | Barcode, ...]:
        """All mosaics, then all barcodes."""
        return (*self.mosaics.values(), *self.barcodes.values())

    @property
    def network(self) -> str:
        """The network that the views were made for; each has its own, but states of one network in
        training share them."""
        return self._network

    @property
    def architecture(self) -> Architecture:
        """Whose maps are shown."""
        return self._architecture

    def _build(self, network: str) -> None:
        """Make the views of a network. Its colour scales are its own, so another of the same
        architecture gets new ones, too."""
        trained = networks.trained(network)
        self._network, self._architecture = network, trained.architecture
        self._scales = trained.scales
        for view in self.views:
            self._clock.forget(view)
            view.hide()
            view.setParent(None)
            view.deleteLater()
        arguments = self._document, self._clock
        self.mosaics = {
            layer.name: Mosaic(*arguments, layer, trained.scales, self)
            for layer in self._architecture.mosaics
        }
        self.barcodes = {
            layer.name: Barcode(*arguments, layer, trained.scales, self)
            for layer in self._architecture.vectors
        }
        for view in self.views:
            view.show()

    def set_places(self, places: Sequence[QRect], enlarged: str = "") -> None:
        """Put the ``views`` at these places, and hide those that have none, which then follow no
        snapshot. ``enlarged`` is the name of the layer, or of the map, that has the stage."""
        layer, _, number = enlarged.partition(":")
        for view, place in zip(self.views, places, strict=True):
            if place.isEmpty():
                view.hide()
                continue
            if isinstance(view, Mosaic):
                is_enlarged = view.layer.name == layer
                view.enlarge(is_enlarged, int(number) if is_enlarged and number else None)
            view.setGeometry(place)
            if view.isHidden():
                if self._snapshot is not None:
                    view.show_snapshot(self._snapshot)
                view.show()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show these activations; those of another network in views of its own."""
        height, width = snapshot.image.shape
        network = snapshot.request.network
        if network != self._network and not self._shares_views(network):
            self._build(network)
            self._canvas = 0, 0
        if (height, width) != self._canvas:
            self._canvas = height, width
            grids = self.grids(height, width)
            for mosaic, (*_, columns) in zip(self.mosaics.values(), grids, strict=True):
                mosaic.set_columns(columns)
        self._snapshot = snapshot
        for view in self.views:
            if not view.isHidden():
                view.show_snapshot(snapshot)

    def _shares_views(self, network: str) -> bool:
        """Tell whether the views are those of another network, too: another state of the same."""
        if not networks.is_passing(network):
            return False
        trained = networks.trained(network)
        return trained.scales is self._scales and trained.architecture == self._architecture

    def grids(self, height: int, width: int) -> tuple[tuple[int, int, int, int], ...]:
        """Return (maps, height, width, columns) of each mosaic on a canvas of height × width.

        A pooling layer has the grid of the layer that it pools, so that its maps stand alike.
        """
        grids: list[tuple[int, int, int, int]] = []
        for layer in self._architecture.mosaics:
            shape = layer.shape(height, width)
            alike = layer.operation in ("pool", "normalise")
            pooled = bool(grids) and alike and grids[-1][0] == shape[0]
            grids.append((*shape, grids[-1][3] if pooled else grid_columns(*shape)))
        return tuple(grids)

    def head_widths(self, height: int, width: int) -> tuple[int, ...]:
        """Return the pixels that the head of each mosaic takes on a canvas of height × width."""
        return tuple(
            mosaic.head_width(*mosaic.layer.shape(height, width)[1:])
            for mosaic in self.mosaics.values()
        )
