"""The maps of a network: a mosaic for each layer with maps of several units, in rows of two, and
beside them a barcode for each layer with one unit a map and window.

They are made for the architecture of the snapshot that is shown, and anew for another's.
"""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.nets import networks
from viz.nets.architecture import Architecture
from viz.views import theme as themes
from viz.views.maps.barcode import LEAST_WIDTH, Barcode
from viz.views.maps.map_grid import Division, Shapes
from viz.views.maps.mosaic import Mosaic
from viz.views.paint_clock import PaintClock
from viz.views.theme import GRID, Theme

BESIDE = 3 * GRID
"""Pixels between what stands side by side."""

MOSAICS, BARCODE = 9, 1
"""The shares of the width that the mosaics and each barcode have."""


class LayerMaps(QWidget):
    """``mosaics`` and ``barcodes`` by layer name, as a snapshot's architecture has them."""

    built = pyqtSignal()
    """There are other mosaics and barcodes, of another network."""

    def __init__(
        self,
        document: Document,
        clock: PaintClock,
        mosaic: type[Mosaic] = Mosaic,
        barcode: type[Barcode] = Barcode,
        parent: QWidget | None = None,
    ) -> None:
        """``mosaic`` and ``barcode``: the classes of the views."""
        super().__init__(parent)
        self._document, self._clock = document, clock
        self._kinds = mosaic, barcode
        self._theme: tuple[Theme, int] = themes.theme("dark"), 13
        self.mosaics: dict[str, Mosaic] = {}
        self.barcodes: dict[str, Barcode] = {}
        self._rows: list[QHBoxLayout] = []
        self._network = ""
        self._whole = QHBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(BESIDE)
        self._column = QVBoxLayout()
        self._column.setSpacing(4 * GRID)
        self._whole.addLayout(self._column, MOSAICS)
        self._build(networks.MAIN)

    @property
    def views(self) -> tuple[Mosaic | Barcode, ...]:
        """All mosaics, then all barcodes."""
        return (*self.mosaics.values(), *self.barcodes.values())

    @property
    def architecture(self) -> Architecture:
        """Whose maps are shown."""
        return self._architecture

    def _build(self, network: str) -> None:
        """Make the views of a network. Its colour scales are its own, so another of the same
        architecture gets new ones, too."""
        trained = networks.trained(network)
        self._network, self._architecture = network, trained.architecture
        for view in self.views:
            self._clock.forget(view)
            view.hide()
            view.setParent(None)
            view.deleteLater()
        for row in self._rows:
            self._column.removeItem(row)
            row.deleteLater()
        mosaic, barcode = self._kinds
        arguments = self._document, self._clock
        self.mosaics = {
            layer.name: mosaic(*arguments, layer, trained.scales)
            for layer in self._architecture.mosaics
        }
        self.barcodes = {
            layer.name: barcode(*arguments, layer, trained.scales)
            for layer in self._architecture.vectors
        }
        self._rows = []
        for number, view in enumerate(self.mosaics.values()):
            if number % 2 == 0:
                self._rows.append(QHBoxLayout())
                self._rows[-1].setSpacing(BESIDE)
                self._column.addLayout(self._rows[-1])
            self._rows[-1].addWidget(view)
        for view in self.barcodes.values():
            self._whole.addWidget(view, BARCODE)
        self._whole.setStretch(0, MOSAICS if self.mosaics else 0)
        for view in self.views:
            view.set_theme(*self._theme)
            view.show()

    def set_theme(self, theme: Theme, text_px: int) -> None:
        """Colours and the size of small text."""
        self._theme = theme, text_px
        for view in self.views:
            view.set_theme(theme, text_px)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show these activations; those of another network in views of its own."""
        if snapshot.request.network != self._network:
            self._build(snapshot.request.network)
            self.built.emit()
        for view in self.views:
            view.show_snapshot(snapshot)

    def place_in(self, width: int) -> int:
        """Pixels that the mosaics of a row have of this width, as the layout will share it out."""
        count = len(self.barcodes)
        spare = width - count * BESIDE
        each = max(LEAST_WIDTH, spare * BARCODE // (MOSAICS + count * BARCODE))
        return max(0, spare - count * each - BESIDE)

    def shapes(self, height: int, width: int) -> Shapes:
        """The shapes of the mosaics' layers on a canvas of height × width pixels."""
        return tuple(layer.shape(height, width) for layer in self._architecture.mosaics)

    def head_widths(self, shapes: Shapes) -> tuple[int, ...]:
        """Pixels that the head of each mosaic takes, for maps of these shapes."""
        return tuple(
            view.head_width(*shape[1:])
            for view, shape in zip(self.mosaics.values(), shapes, strict=True)
        )

    def divide(self, division: Division, shapes: Shapes, place: int, head: int) -> None:
        """Divide the place so, ``place`` device pixels wide, each row with a ``head`` above."""
        for number, row in enumerate(self._rows):
            row.setStretch(0, division.lefts[number])
            if row.count() > 1:
                row.setStretch(1, place - division.lefts[number])
            self._column.setStretch(number, division.heights[number] + head)
        for mosaic, shape, grid in zip(self.mosaics.values(), shapes, division.grids, strict=True):
            mosaic.set_grid(shape, grid)
