"""The maps of a frozen state, laid out as the live ones are."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viz.views.maps.barcode import Barcode
from viz.views.maps.map_grid import Division, Shapes
from viz.views.maps.mosaic import Mosaic
from viz.views.theme import GRID

NAMES = ("C1", "S2", "C3", "S4")

BESIDE = 3 * GRID
"""Pixels between what stands side by side."""


class FrozenMaps(QWidget):
    """The right half: four mosaics and the barcode, laid out as the live ones are."""

    def __init__(
        self, mosaics: dict[str, Mosaic], barcode: Barcode, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.mosaics, self.barcode = mosaics, barcode
        self._rows = QHBoxLayout(), QHBoxLayout()
        self._column, whole = QVBoxLayout(), QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        for row, names in zip(self._rows, (NAMES[:2], NAMES[2:]), strict=True):
            for name in names:
                row.addWidget(mosaics[name])
            self._column.addLayout(row)
        whole.addLayout(self._column, 9)
        whole.addWidget(barcode, 1)
        for layout in (*self._rows, self._column, whole):
            layout.setSpacing(4 * GRID)
        for row in self._rows:
            row.setSpacing(BESIDE)
        whole.setSpacing(BESIDE)

    def divide(self, division: Division, shapes: Shapes, place: int, head: int) -> None:
        """Divide the place as the live mosaics divide theirs, ``place`` device pixels wide, each
        with a ``head`` above."""
        lay_out(self.mosaics, (self._rows, self._column), division, shapes, place, head)


def lay_out(
    mosaics: Mapping[str, Mosaic],
    layouts: tuple[tuple[QHBoxLayout, QHBoxLayout], QVBoxLayout],
    division: Division,
    shapes: Shapes,
    place: int,
    head: int,
) -> None:
    """Divide two rows and their column so."""
    rows, column = layouts
    for number, row in enumerate(rows):
        row.setStretch(0, division.lefts[number])
        row.setStretch(1, place - division.lefts[number])
        column.setStretch(number, division.heights[number] + head)
    for mosaic, shape, grid in zip(mosaics.values(), shapes, division.grids, strict=True):
        mosaic.set_grid(shape, grid)
