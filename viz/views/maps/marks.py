"""Marks: dots over units that a measurement points out, on mosaics and barcode alike, and badges.

A dot belongs to the scene that was measured; while another scene is shown there is none. So while
the drawing moves there are no dots, and a badge at the edge of each map that had such units
recently shows where to look: it does not flicker, since ``Document.badges`` changes slowly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPolygonF

from viz.i18n import tr
from viz.model.document import Document
from viz.model.snapshot import Snapshot
from viz.views.theme import Theme

if TYPE_CHECKING:
    from viz.measure.marks import Marks

LEAST, MOST = 3.0, 7.0
"""Sides of a dot in pixels; between these it follows the cell that it marks."""

RING, RIM = QColor("#ffffff"), QColor("#000000")

SHARE, SMALL, LARGE = 0.4, 6.0, 14.0
"""A badge's share of the shorter side of its tile, and its least and largest side in pixels."""

EDGE = 2.0
"""How far a badge's rim reaches beyond it, in pixels."""

_NONE = np.zeros((0, 3), np.intp)


def marked_units(marks: Marks | None, snapshot: Snapshot, layer: str) -> NDArray[np.intp]:
    """Return the (N, 3) map, row, column of a layer's units to mark on this snapshot."""
    if marks is None or marks.scene is not snapshot.scene or layer not in marks.units:
        return _NONE
    units = marks.units[layer]
    shape = snapshot.maps[layer].shape
    return units[(units < shape).all(1)]


def draw_marks(painter: QPainter, corners: NDArray[np.float64], cell: float) -> None:
    """Draw dots at cells of ``cell`` pixels; ``corners`` (N, 2) are their upper left ones.

    White with a black rim: one of the two stands out from any value of any scale, in any theme.
    """
    side = min(max(cell, LEAST), MOST)
    away = (cell - side) / 2
    dots = [QRectF(x + away, y + away, side, side) for x, y in corners.tolist()]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(RIM)  # all rims first, or one would cover its neighbour's dot
    painter.drawRects([dot.adjusted(-1, -1, 1, 1) for dot in dots])
    painter.setBrush(RING)
    painter.drawRects(dots)
    painter.restore()


def ear(side: float) -> QPolygonF:
    """Return the badge of a tile, a folded corner: the tile's upper right corner is (0, 0)."""
    return QPolygonF([QPointF(0, 0), QPointF(-side, 0), QPointF(0, side)])


def notch(side: float) -> QPolygonF:
    """Return the badge of a line, at its right end, which is (0, 0)."""
    return QPolygonF([QPointF(0, -side / 2), QPointF(-side, 0), QPointF(0, side / 2)])


def ear_side(height: float, width: float) -> float:
    """Return the side of the badge of a tile, in pixels."""
    return min(max(SHARE * min(height, width), SMALL), LARGE)


class Badges:
    """The badges of one layer's maps. They are painted with every snapshot, so their outlines are
    kept until others are to be seen or the layout changes: 50 of them cost 0.04 ms (measured)."""

    def __init__(
        self,
        document: Document,
        layer: str,
        outline: Callable[[float], QPolygonF],
        place: Callable[[int], QPointF],
    ) -> None:
        """``outline`` is ``ear`` or ``notch``; ``place`` gives where the (0, 0) of a map's is."""
        self._document, self._layer = document, layer
        self._outline, self._place = outline, place
        self._side = SMALL
        self._maps: tuple[int, ...] = ()
        self._paths: tuple[QPainterPath, QPainterPath] | None = None

    def changed(self) -> bool:
        """Take the document's badges of this layer; return whether they are others than before."""
        before, self._maps = self._maps, self._document.badges.get(self._layer, ())
        if self._maps != before:
            self._paths = None
        return self._maps != before

    def lay_out(self, side: float) -> None:
        """Take other places, and this size in pixels."""
        self._side, self._paths = side, None

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Paint them in the colour of text, with a rim of the background: part of the frame, not of
        the data, whose scales hold both."""
        if not self._maps:
            return
        if self._paths is None:
            self._paths = self._path(self._side + EDGE), self._path(self._side)
        rims, badges = self._paths
        painter.fillPath(rims, theme.background)
        painter.fillPath(badges, theme.text)

    def _path(self, side: float) -> QPainterPath:
        outline, path = self._outline(side), QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        for number in self._maps:
            path.addPolygon(outline.translated(self._place(number)))
        return path

    def tip(self) -> str:
        """Say what they mean, "" while there are none."""
        if not self._maps:
            return ""
        if self._outline is notch:
            return tr(
                "Notch: the unit responds only to A and B together, or did in the last second."
            )
        return tr(
            "Folded corner: the map has units that respond only to A and B together, or had some "
            "in the last second."
        )
